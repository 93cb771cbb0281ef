"""Figures of a population: what they count is what each subject's own result says, whichever engine has written it."""

import json
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import cast

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from creditdsl.compile import check_policy_text, compile_for
from creditdsl.core.evaluate import evaluate
from creditdsl.core.inputs import load, run_context
from creditdsl.core.ir import AggregateKind, Interval, Program
from creditdsl.core.result import Json, explained
from creditdsl.core.show import show
from creditdsl.core.verify import verify
from creditdsl.diagnostics import InternalError, PolicyError
from creditdsl.engines.populations import CheckedFigure
from creditdsl.engines.run import RunOptions
from creditdsl.score import Engine, score
from tests.conftest import Run
from tests.engines_spark import both
from tests.engines_support import table_rows, write_tables

POLICY = """
policy shops "商户" / "Shops" {{ languages zh, en subject shop period year effective 2015-01-01 .. 2024-12-31 }}
source rules "规则" / "Rules" {{ in force 2015-01-01 .. }}
subject shop {{ key id : text closed : truth sales : yuan in 0 .. 1_000亿元 }}
record fault of shop {{ absent means none weight : int in 0 .. 50 mended : date? }}
score {{ basis rules base 100.5 points bounds 0 .. 101 points }}
indicator 01 {{ basis rules for each fault deduct 0.5 points * weight }}
repair of 01 {{ basis rules for each fault from mended to mended restore {{ | mended is present -> 50% | otherwise -> 0% }} }}
exempt shut {{ basis rules when closed }}
grades Grade {{ basis rules | A : 90 or more | B : 60 or more under 90 | C : under 60 }}
list red {{ basis rules when score >= 99 points }}
reward fast {{ basis rules by "甲局" / "Office" when grade in {{A, B}} unless sales < 100 yuan }}
offer loan {{ basis rules by "银行" / "Bank" when grade is A or red grants amount = sales * 3 }}
{figures}
"""
HEADING = 'population "年度" { basis rules period 2020 as of 2021-04-30 '
RUN = ("2020", date(2021, 4, 30))
SUBJECTS = 300

Result = dict[str, Json]
Figures = dict[str, Callable[[Sequence[Result]], bool]]


def applies(result: Result, code: str) -> bool:
    return any(cast(Result, item)["rule"] == code for item in cast(list[Json], result["measures"]))


def amount(result: Result) -> Decimal:
    measures = (cast(Result, item) for item in cast(list[Json], result["measures"]))
    return Decimal(
        sum(Decimal(str(cast(Result, item["grants"])["amount"])) for item in measures if item["rule"] == "loan")
    )


def after(result: Result) -> Decimal:
    return Decimal(str(result["score_after_repair"]))


def grade(result: Result) -> Json:
    return result["grade_after_repair"]


COUNTS: dict[str, Callable[[Result], bool]] = {
    "count(shop)": lambda one: True,
    "count(shop where grade is A)": lambda one: grade(one) == "A",
    "count(shop where grade is not A)": lambda one: grade(one) in ("B", "C"),
    "count(shop where not (grade is A))": lambda one: grade(one) != "A",
    "count(shop where grade in {B, C})": lambda one: grade(one) in ("B", "C"),
    "count(shop where grade not in {B, C})": lambda one: grade(one) == "A",
    "count(shop where grade != A and fast)": lambda one: grade(one) in ("B", "C") and applies(one, "fast"),
    "count(shop where grade is absent)": lambda one: grade(one) is None,
    "count(shop where grade is present and fast)": lambda one: grade(one) is not None and applies(one, "fast"),
    "count(shop where grade is absent or grade is A)": lambda one: grade(one) in (None, "A"),
    "count(shop where score >= 99 points)": lambda one: after(one) >= 99,
    "count(shop where score in 60 points .. 90.5 points)": lambda one: Decimal(60) <= after(one) <= Decimal("90.5"),
    "count(shop where red)": lambda one: applies(one, "red"),
    "count(shop where red and not loan)": lambda one: applies(one, "red") and not applies(one, "loan"),
    "count(shop where loan or fast and score < 95 points)": lambda one: (
        applies(one, "loan") or (applies(one, "fast") and after(one) < 95)
    ),
    "count(shop where loan implies fast)": lambda one: not applies(one, "loan") or applies(one, "fast"),
}
SUMS: dict[str, tuple[str, Callable[[Result], Decimal]]] = {
    "sum(score for each shop)": ("points", after),
    "sum(score for each shop where grade is B)": (
        "points",
        lambda one: after(one) if grade(one) == "B" else Decimal(0),
    ),
    "sum(amount for each shop)": ("yuan", amount),
    "sum(amount for each shop where score < 95 points)": (
        "yuan",
        lambda one: amount(one) if after(one) < 95 else Decimal(0),
    ),
    "sum(amount for each shop where red and fast)": (
        "yuan",
        lambda one: amount(one) if applies(one, "red") and applies(one, "fast") else Decimal(0),
    ),
}


def program_of(folder: Path, figures: str) -> Program:
    path = folder / "shops.credit"
    path.write_text(POLICY.format(figures=figures), encoding="utf-8")
    return compile_for(path, *RUN).program


def shop(number: int, chance: random.Random) -> dict[str, object]:
    faults = [
        {"weight": chance.randint(0, 50), "mended": chance.choice((None, "2020-06-01"))}
        for _ in range(chance.choice((0, 0, 1, 1, 2, 4)))
    ]
    sales = chance.choice(("0", "99.99", "100", "12345678.9", "99999999999.99"))
    return {"id": f"甲{number}", "closed": chance.random() < 0.2, "sales": sales, "fault": faults}


@pytest.fixture(scope="module")
def shops() -> list[dict[str, object]]:
    chance = random.Random(7)
    return [shop(number, chance) for number in range(SUBJECTS)]


def results_of(program: Program, shops: Iterable[dict[str, object]]) -> list[Result]:
    context = run_context(program, *RUN)
    loaded = [load(program, one) for one in shops]
    return [explained(program, one, context, evaluate(program, one, context)) for one in loaded]


def run(
    program: Program, tables: Path, out: Path, engine: Engine = "auto", **options: object
) -> tuple[CheckedFigure, ...]:
    chosen = RunOptions(*RUN, "en", **options)  # type: ignore[arg-type]  # passed through from the tests
    return score(program, tables, out, chosen, engine=engine).figures


def all_figures(program: Program, shops: Sequence[dict[str, object]]) -> str:
    """A figure for each count and sum with the value that the subjects' own results add up to."""
    results = results_of(program, shops)
    lines = [f'| "{text}" / "" : {text} = {sum(map(test, results))}' for text, test in COUNTS.items()]
    for text, (unit, value) in SUMS.items():
        lines.append(f'| "{text}" / "" : {text} = {sum(map(value, results)):f} {unit}')
    return HEADING + "\n".join(lines) + "}"


def write_parquet(folder: Path, program: Program, shops: Sequence[dict[str, object]]) -> None:
    folder.mkdir()
    for table in (program.subject, *program.records):
        header, rows = table_rows(program, table, shops)
        columns = {
            name: pa.array([None if row[place] is None else str(row[place]).lower() for row in rows], pa.string())
            for place, name in enumerate(header)
        }
        pq.write_table(pa.table(columns), folder / f"{table.name}.parquet")


@pytest.mark.parametrize("engine", ["columns", "python"])
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_what_is_counted_and_added_up_is_what_each_result_says(
    tmp_path: Path, shops: list[dict[str, object]], engine: Engine, form: str
) -> None:
    plain = program_of(tmp_path, "")
    program = program_of(tmp_path, all_figures(plain, shops))
    verify(program)
    (write_tables if form == "csv" else write_parquet)(tmp_path / "tables", program, shops)
    figures = run(program, tmp_path / "tables", tmp_path / "out", engine)
    assert len(figures) == len(COUNTS) + len(SUMS)
    assert [item.figure.label[0] for item in figures if not item.holds] == []
    # Every figure tells subjects apart, so that one that counted them all, or none, would not have held.
    counted = [item.found[0][0] for item in figures[1 : len(COUNTS)]]
    assert all(isinstance(count, int) and 0 < count < SUBJECTS for count in counted)


@pytest.mark.xdist_group("spark")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.usefixtures("spark")
def test_a_result_of_spark_in_parts_is_counted_too(tmp_path: Path, shops: list[dict[str, object]]) -> None:
    program = program_of(tmp_path, all_figures(program_of(tmp_path, ""), shops[:60]))
    write_parquet(tmp_path / "tables", program, shops[:60])
    figures = both(program, tmp_path / "tables", tmp_path / "out").figures
    assert [item.holds for item in figures] == [True] * (len(COUNTS) + len(SUMS))


def test_sums_beyond_64_bits_are_exact(tmp_path: Path) -> None:
    many = [{"id": str(number), "closed": False, "sales": "99999999999", "fault": []} for number in range(400_000)]
    total = 99_999_999_999 * 3 * len(many)
    assert total * 100 > 2**63
    right = f'{HEADING} | "合" / "" : sum(amount for each shop) = {total} yuan }}'
    program = program_of(tmp_path, right)
    write_parquet(tmp_path / "tables", program, many)
    assert [item.holds for item in run(program, tmp_path / "tables", tmp_path / "out")] == [True]
    wrong = program_of(tmp_path, right.replace(str(total), str(total + 1)))
    assert [item.holds for item in run(wrong, tmp_path / "tables", tmp_path / "out")] == [False]


FEW: list[dict[str, object]] = [
    {"id": "1", "closed": False, "sales": "1000", "fault": []},
    {"id": "2", "closed": False, "sales": "1000", "fault": [{"weight": 30, "mended": None}]},
    {"id": "3", "closed": True, "sales": "1000", "fault": []},
]


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        ("round(count(shop where grade is A) / count(shop), 4 places, half up) = 33.33%", True),
        ("round(count(shop where grade is A) / count(shop), 4 places, half up) = 33.34%", False),
        ("count(shop where grade is A) / count(shop) >= 1 / 3", True),
        ("count(shop where grade is A) / count(shop) > 1 / 3", False),
        ("round(sum(score for each shop) / count(shop), 2 places, half up) = 95.5 points", True),
        ("every(shop where not red or loan)", False),
        ("every(shop where not red or grade is absent or loan)", True),
        ("every(shop where grade is present implies fast)", True),
        ("every(shop where fast)", False),
        ("any(shop where grade is B)", True),
        ("any(shop where grade is C)", False),
        ("count(shop where fast) >= 2 and count(shop where fast) < 3", True),
        ("not any(shop where fast) or count(shop) = 4", False),
        ("count(shop) in 2 .. 3", True),
        ("count(shop) != 3", False),
        ("if any(shop where grade is C) then count(shop) = 0 else count(shop) = 3", True),
        ("count(shop where as of > 2021-04-01 and period.end < 2021-01-01) = 3", True),
    ],
)
def test_claims_mean_what_they_mean_everywhere(tmp_path: Path, claim: str, holds: bool) -> None:
    program = program_of(tmp_path, f'{HEADING} | "甲" / "" : {claim} }}')
    write_tables(tmp_path / "tables", program, FEW)
    assert [item.holds for item in run(program, tmp_path / "tables", tmp_path / "out")] == [holds]


def test_both_sides_of_a_comparison_are_found_in_the_order_written(tmp_path: Path) -> None:
    claims = (
        "count(shop) > 7",
        "8 <= count(shop)",
        "count(shop where red) / count(shop) >= 10%",
        "every(shop where red)",
        "any(shop where red)",
    )
    figures = "".join(f'| "甲" / "" : {claim} ' for claim in claims)
    program = program_of(tmp_path, HEADING + figures + "}")
    write_tables(tmp_path / "tables", program, FEW)
    found = run(program, tmp_path / "tables", tmp_path / "out")
    assert [[value for value, _ in item.found] for item in found] == [[3, 7], [8, 3], [2, 3], [1, 0], [2, 0]]
    assert [item.figure.relation for item in found] == [">", "<=", "", "=", ">"]


def test_figures_of_another_evaluation_are_not_checked(tmp_path: Path) -> None:
    others = [
        'population "别的年度" { period 2019 as of 2021-04-30 | "甲" / "" : count(shop) = 9 }',
        'population "别的日期" { period 2020 as of 2021-05-01 | "甲" / "" : count(shop) = 9 }',
        'population "别的地区" { period 2020 as of 2021-04-30 jurisdiction "2102" | "甲" / "" : count(shop) = 9 }',
        HEADING + '| "甲" / "" : count(shop) = 3 }',
    ]
    program = program_of(tmp_path, "\n".join(others))
    write_tables(tmp_path / "tables", program, FEW)
    assert [item.population for item in run(program, tmp_path / "tables", tmp_path / "out")] == ["年度"]
    local = compile_for(tmp_path / "shops.credit", *RUN, "2102").program
    assert [item.population for item in run(local, tmp_path / "tables", tmp_path / "out")] == ["别的地区"]


def test_no_figure_holds_where_no_subject_is_scored(tmp_path: Path) -> None:
    program = program_of(tmp_path, HEADING + '| "甲" / "" : count(shop) >= 0 | "乙" / "" : every(shop where red) }')
    write_tables(tmp_path / "tables", program, [])
    found = run(program, tmp_path / "tables", tmp_path / "out")
    assert [(item.holds, item.found) for item in found] == [(False, ()), (False, ())]


def test_a_figure_that_fails_gives_status_1_and_stands_in_the_summary(tmp_path: Path, creditdsl: Run) -> None:
    program = program_of(
        tmp_path,
        HEADING
        + '| "合计" / "Total" : count(shop) = 3 | "占比" / "Share" : round(count(shop where red) / count(shop), 3 places, half up) = 50% }',
    )
    write_tables(tmp_path / "tables", program, FEW)
    arguments = (str(tmp_path / "tables"), "-o", str(tmp_path / "out"), "--period", "2020", "--as-of", "2021-04-30")
    done = creditdsl("--lang", "en", "score", str(tmp_path / "shops.credit"), *arguments)
    assert done.returncode == 1
    lines = [" ".join(line.split()) for line in done.stderr.splitlines()]
    assert "Total 3 = 3 holds" in lines
    assert "Share 66.7% = 50% does not hold" in lines
    assert "error[CR0605]: the figure “Share” of the population “年度” does not hold" in lines
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert [(item["label"], item["found"], item["holds"]) for item in summary["figures"]] == [
        (["合计", "Total"], [3, 3], True),
        (["占比", "Share"], ["0.667", "0.5"], False),
    ]
    program_of(tmp_path, HEADING + '| "合计" / "Total" : count(shop) = 3 }')
    assert creditdsl("--lang", "zh", "score", str(tmp_path / "shops.credit"), *arguments).returncode == 0


def test_a_population_belongs_to_the_text_of_its_evaluation(tmp_path: Path) -> None:
    later = 'amend a "2021年文" { effective 2021-01-01 .. insert reward slow { basis rules by "甲局" / "Office" when grade is C } }'
    early = HEADING + '| "甲" / "" : count(shop where slow) = 3 }'
    late = 'population "次年" { period 2021 as of 2022-04-30 | "甲" / "" : count(shop where slow) = 3 }'
    program_of(tmp_path, later + late)
    path = tmp_path / "shops.credit"
    assert [item.code.name for item in check_policy_text(path)] == []
    assert compile_for(path, "2020", date(2021, 4, 30)).program.populations == ()
    assert [item.name for item in compile_for(path, "2021", date(2022, 4, 30)).program.populations] == ["次年"]
    path.write_text(POLICY.format(figures=later + early), encoding="utf-8")
    with pytest.raises(PolicyError) as refused:
        check_policy_text(path)
    assert [item.code.name for item in refused.value.diagnostics] == ["CR0101"]


def test_a_population_that_no_text_evaluates_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "shops.credit"
    figures = 'population "太早" { period 2014 as of 2021-04-30 | "甲" / "" : count(shop) = 3 }'
    path.write_text(POLICY.format(figures=figures), encoding="utf-8")
    with pytest.raises(PolicyError) as refused:
        check_policy_text(path)
    assert [item.code.name for item in refused.value.diagnostics] == ["CR0911"]


def test_the_core_shows_figures_with_their_totals(tmp_path: Path) -> None:
    shown = show(program_of(tmp_path, HEADING + '| "甲" / "One" : sum(amount for each shop where red) > 3 yuan }'))
    assert "population '年度' of 2020 as of 2021-04-30" in shown
    assert "figure 甲 / One: 3 yuan < @total.1" in shown
    assert "total.1 : yuan .2 = sum of @measure.loan.amount where @measure.red" in shown


@pytest.mark.parametrize(
    "fault",
    [
        lambda total: {"where": total.where, "value": "score"},
        lambda total: {"where": total.where, "value": "score.base"},
        lambda total: {"name": "another"},
        lambda total: {"range": Interval(0, 5)},
        lambda total: {"type": AggregateKind.COUNT},
    ],
)
def test_a_figure_that_breaks_what_the_core_promises_is_a_fault(
    tmp_path: Path, fault: Callable[..., dict[str, object]]
) -> None:
    claim = "round(count(shop where red) / count(shop), 3 places, half up) = 50%"
    program = program_of(tmp_path, f'{HEADING} | "甲" / "" : {claim} }}')
    verify(program)
    (population,) = program.populations
    (figure,) = population.figures
    totals = tuple(replace(total, **fault(total)) for total in figure.totals)
    broken = replace(population, figures=(replace(figure, totals=totals),))
    with pytest.raises(InternalError):
        verify(replace(program, populations=(broken,)))
