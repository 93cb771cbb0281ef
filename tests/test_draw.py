"""Inspection samples: how many of each stratum, and who; whatever the order of rows, the format of files or the engine."""

import csv
import hashlib
import json
import random
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from functools import partial
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditdsl.compile import compile_for
from creditdsl.core.ir import Program, RuleKind
from creditdsl.engines.layout import FileFormat
from creditdsl.engines.run import RunOptions
from creditdsl.engines.samples import SampleSummary, draw
from creditdsl.score import score
from tests.conftest import Run

RUN = ("2020", date(2021, 3, 31))
OPTIONS = RunOptions(*RUN, "en")
POLICY = """
policy shop "商户" / "Shop" {{ languages zh, en  subject shop  period year }}
source s "文" / "Notice" {{ title "文" / "Notice"  rank normative  in force 2000-01-01 .. }}
subject shop "商户" / "Shop" {{
  key id : text "号" / "Id"
  mark : int in 0 .. 100 "分" / "Mark"
  risk : int in 0 .. 1_000 "风险" / "Risk"
}}
record visit of shop "检查" / "Visit" {{ absent means none  on_day : date "检查日" / "Day" }}
score "分" / "Score" {{ basis s  base mark * 1 points }}
grades Grade "级别" / "Grade" {{ basis s  | A "A" / "A" : 90 or more | B "B" / "B" : 60 or more under 90 | C "C" / "C" : under 60 }}
{inspections}
"""
DAILY = """
inspection daily "日常" / "Daily" {{
  basis s
  when grade is present
  unless any(visit where on_day within 3 years before as of)
  rate {{ | grade is C -> {first}% | grade is B -> {second}% | otherwise -> {third}% }}
  seed "2021-1"
  rounded {rounded}
}}
"""
EXACT = {
    "down": lambda value: value.numerator // value.denominator,
    "up": lambda value: -(-value.numerator // value.denominator),
    "half up": lambda value: (2 * value.numerator + value.denominator) // (2 * value.denominator),
    "half even": round,
}
"""How a positive number is made whole, by whole numbers and by the standard library's fractions."""

Shop = tuple[str, int]


def program(folder: Path, inspections: str) -> Program:
    path = folder / "shop.credit"
    path.write_text(POLICY.format(inspections=inspections), encoding="utf-8")
    return compile_for(path, *RUN).program


def tables(folder: Path, shops: Iterable[Shop], visited: Iterable[str] = (), form: str = "csv") -> Path:
    folder.mkdir(parents=True)
    lines = "\n".join(["id,mark,risk", *(f"{key},{mark},{mark * 7}" for key, mark in shops)]) + "\n"
    visits = "\n".join(["id,on_day", *(f"{key},2020-05-06" for key in visited)]) + "\n"
    for name, text in (("shop", lines), ("visit", visits)):
        path = folder / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        if form == "parquet":
            types = {"id": "VARCHAR"}
            with duckdb.connect() as connection:
                source = (
                    f"read_csv('{path}', header = true, types = {types}, delim = ',', quote = '\"', auto_detect = true)"
                )
                connection.execute(f"COPY (SELECT * FROM {source}) TO '{folder / name}.parquet' (FORMAT parquet)")
            path.unlink()
    return folder


def drawn(
    policy: Program, source: Path, target: Path, options: RunOptions = OPTIONS, engine: str = "auto"
) -> tuple[SampleSummary, list[dict[str, str]]]:
    """The summary and the rows of the sample of all inspections, as CSV."""
    inspections = tuple(item for item in policy.result.measures if item.rule.kind is RuleKind.INSPECTION)
    as_csv = RunOptions(*RUN, "en", options.jobs, FileFormat.CSV)
    into = partial(_score_into, engine)
    summary = draw(policy, inspections, (source, target), as_csv, into, {})
    with (target / "sample.csv").open(encoding="utf-8", newline="") as file:
        return summary, list(csv.DictReader(file))


def _score_into(engine: str, policy: Program, source: Path, target: Path, options: RunOptions):  # type: ignore[no-untyped-def]
    return score(policy, source, target, options, engine=engine)  # type: ignore[arg-type]


def place(seed: str, code: str, key: str) -> tuple[str, str]:
    """What the documentation says the order of a draw is."""
    return hashlib.sha256(f"{seed}:{code}:{key}".encode()).hexdigest(), key


def stratum(mark: int) -> int:
    return 1 if mark < 60 else 2 if mark < 90 else 3


@settings(deadline=None, max_examples=6)
@given(
    marks=st.lists(st.integers(0, 100), min_size=1, max_size=60),
    rates=st.tuples(*[st.integers(0, 10_000)] * 3),
    visited=st.sets(st.integers(0, 59)),
    rounded=st.sampled_from(sorted(EXACT)),
    seed=st.integers(0, 1_000),
)
def test_the_sample_is_the_first_of_each_stratum_in_the_order_of_the_hash(
    tmp_path_factory: pytest.TempPathFactory,
    marks: list[int],
    rates: tuple[int, int, int],
    visited: set[int],
    rounded: str,
    seed: int,
) -> None:
    folder = tmp_path_factory.mktemp("draw")
    texts = [f"{rate // 100}.{rate % 100:02}" for rate in rates]
    policy = program(folder, DAILY.format(first=texts[0], second=texts[1], third=texts[2], rounded=rounded))
    shops = [(f"S{number:03}店", mark) for number, mark in enumerate(marks)]
    away = [f"S{number:03}店" for number in visited if number < len(marks)]
    expected = []
    for number, rate in enumerate(rates, start=1):
        pool = [key for key, mark in shops if stratum(mark) == number and key not in away]
        count = EXACT[rounded](Fraction(rate * len(pool), 10_000))
        order = sorted(pool, key=lambda key: place("2021-1", "daily", key))
        expected += [(key, str(number), str(rank)) for rank, key in enumerate(order[:count], start=1)]

    found = []
    for name, form in (("one", "csv"), ("two", "parquet"), ("three", "csv")):
        random.Random(seed).shuffle(shops)
        source = tables(folder / name, shops, away, form)
        summary, rows = drawn(policy, source, folder / f"out_{name}", engine="python" if name == "three" else "auto")
        found.append([(row["id"], row["stratum"], row["rank"]) for row in rows])
        assert sum(pool.drawn for pool in summary.drawn[0].pools) == len(rows)
        assert len({row["id"] for row in rows}) == len(rows)
    assert found == [expected] * 3


@pytest.mark.parametrize(
    ("rounded", "counts"),
    [("down", (1, 2, 2)), ("up", (2, 3, 3)), ("half up", (2, 3, 2)), ("half even", (2, 2, 2))],
)
def test_a_share_is_made_whole_as_the_inspection_says(
    tmp_path: Path, rounded: str, counts: tuple[int, int, int]
) -> None:
    policy = program(tmp_path, DAILY.format(first="50", second="50", third="48", rounded=rounded))
    shops = [(f"{number}", mark) for number, mark in enumerate([10] * 3 + [70] * 5 + [95] * 5)]
    summary, _ = drawn(policy, tables(tmp_path / "t", shops), tmp_path / "out")
    assert tuple(pool.drawn for pool in summary.drawn[0].pools) == counts
    assert [(pool.stratum, pool.rate, pool.subjects) for pool in summary.drawn[0].pools] == [
        (1, "0.5", 3),
        (2, "0.5", 5),
        (3, "0.48", 5),
    ]


def test_a_rate_above_one_hundred_percent_draws_all_and_none_twice(tmp_path: Path) -> None:
    policy = program(tmp_path, DAILY.format(first="250", second="0", third="0", rounded="up"))
    summary, rows = drawn(policy, tables(tmp_path / "t", [("a", 1), ("b", 2), ("c", 70)]), tmp_path / "out")
    assert [pool.drawn for pool in summary.drawn[0].pools] == [2, 0, 0]
    assert sorted(row["id"] for row in rows) == ["a", "b"]


def test_rates_that_differ_within_a_stratum_are_taken_each_for_its_own_subjects(tmp_path: Path) -> None:
    inspection = 'inspection risky "r" / "r" { basis s  rate risk * 0.05%  seed "x"  rounded half up }'
    policy = program(tmp_path, inspection)
    shops = [(f"a{number}", 100) for number in range(20)] + [(f"b{number}", 50) for number in range(20)]
    summary, rows = drawn(policy, tables(tmp_path / "t", shops), tmp_path / "out")
    assert [(pool.stratum, pool.rate, pool.subjects, pool.drawn) for pool in summary.drawn[0].pools] == [
        (1, "0.35", 20, 7),
        (1, "0.175", 20, 4),
    ]
    assert [(row["id"][0], row["rate"], row["rank"]) for row in rows] == [
        *(("a", "0.35", str(rank)) for rank in range(1, 8)),
        *(("b", "0.175", str(rank)) for rank in range(1, 5)),
    ]


def test_each_inspection_is_drawn_by_itself(tmp_path: Path) -> None:
    other = 'inspection other "o" / "o" { basis s  when grade is A  rate 50%  seed "2021-1"  rounded up }'
    policy = program(tmp_path, DAILY.format(first="50", second="50", third="50", rounded="up") + other)
    shops = [(f"{number:03}", 95) for number in range(40)]
    _, rows = drawn(policy, tables(tmp_path / "t", shops), tmp_path / "out")
    keys = {code: [row["id"] for row in rows if row["inspection"] == code] for code in ("daily", "other")}
    assert [row["inspection"] for row in rows] == ["daily"] * 20 + ["other"] * 20
    assert set(keys["daily"]) != set(keys["other"])
    for code, found in keys.items():
        assert found == sorted((key for key, _ in shops), key=lambda key: place("2021-1", code, key))[:20]


def test_the_command_writes_the_sample_with_its_summary_and_what_was_refused(tmp_path: Path, creditdsl: Run) -> None:
    program(tmp_path, DAILY.format(first="100", second="0", third="0", rounded="up"))
    source = tables(tmp_path / "t", [("a", 10), ("b", 20), ("c", 95)])
    (source / "shop.csv").write_text("id,mark,risk\na,10,1\nb,many,2\nc,95,3\n", encoding="utf-8")
    arguments = ("draw", "shop.credit", "t", "-o", "out", "--period", "2020", "--as-of", "2021-03-31")
    for _ in range(2):
        done = creditdsl(*arguments)
        assert done.returncode == 1
        assert "1 rows were refused; see rejects" in done.stderr
    assert (tmp_path / "out/sample.csv").read_text(
        encoding="utf-8"
    ) == "id,inspection,stratum,rate,rank\na,daily,1,1,1\n"
    assert "b" in (tmp_path / "out/rejects.csv").read_text(encoding="utf-8")
    summary = json.loads((tmp_path / "out/summary.json").read_text(encoding="utf-8"))
    assert summary["tables"]["shop"] == {"rows": 3, "used": 2, "refused": 1}
    assert summary["inspections"][0]["strata"][0] == {
        "stratum": 1,
        "condition": "grade is C",
        "rate": "1",
        "pool": 1,
        "drawn": 1,
    }
    assert [item["pool"] for item in summary["inspections"][0]["strata"]] == [1, 0, 1]


def test_an_inspection_that_the_policy_does_not_have_is_named_with_those_near_it(
    tmp_path: Path, creditdsl: Run
) -> None:
    program(tmp_path, DAILY.format(first="100", second="0", third="0", rounded="up"))
    tables(tmp_path / "t", [("a", 10)])
    run = ("--period", "2020", "--as-of", "2021-03-31")
    unknown = creditdsl("draw", "shop.credit", "t", "-o", "out", "--inspection", "dayly", *run)
    assert unknown.returncode == 2
    assert "The policy has no inspection dayly. Did you mean daily?" in unknown.stderr
    program(tmp_path, "")
    absent = creditdsl("draw", "shop.credit", "t", "-o", "out", *run, "--lang", "zh")
    assert absent.returncode == 2
    assert "这个政策没有抽查。" in absent.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_of_another_command_is_not_replaced(tmp_path: Path, creditdsl: Run) -> None:
    program(tmp_path, DAILY.format(first="100", second="0", third="0", rounded="up"))
    tables(tmp_path / "t", [("a", 10)])
    run = ("--period", "2020", "--as-of", "2021-03-31")
    assert creditdsl("score", "shop.credit", "t", "-o", "out", *run).returncode == 0
    refused = creditdsl("draw", "shop.credit", "t", "-o", "out", *run)
    assert refused.returncode == 1
    assert "CR0912" in refused.stderr
    assert (tmp_path / "out/results.csv").exists()
