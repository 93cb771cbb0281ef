"""The frame of the benchmarks runs, on sizes that measure nothing, with the contestants that need no package of their own."""

import re
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import national, sections
from tests.benchmarks.charts import Bar, Line, bars, lines
from tests.benchmarks.contest import Contestant, Disagreement, Pace, Pacing, Prepared, contest, latencies
from tests.benchmarks.contestants import python_by_hand
from tests.benchmarks.end_to_end import end_to_end
from tests.benchmarks.entries import national_contestants, record_contestants, scalar_contestants
from tests.benchmarks.page import write_page
from tests.benchmarks.records import make_tables, record_scheme_of
from tests.benchmarks.scheme import Scheme, Table, scheme_of, table_of
from tests.benchmarks.surroundings import PEERS, REQUIREMENTS, machine, releases

PACING = Pacing(3, 0.001)
ALONE = {"python-by-hand", "compiled-python", "interpreter", "columns", "duckdb"}
"""Those that can run wherever the tests can."""


def run_of(**parts: object) -> dict[str, Any]:
    """What a page is written from: parts that were measured, and where."""
    surroundings = {"machine": machine(), "releases": releases(), "extent": "none", "rounds": 3, "day": "2026-01-01"}
    return {**surroundings, "load": {"scalar": [0.0, 0.0]}, **parts}


def once(contestants: list[Contestant[Any, Any]]) -> list[Contestant[Any, Any]]:
    """One form of each: a variant, such as `sql-checking` of `sql`, differs by an option alone."""
    names = {item.name for item in contestants}
    return [item for item in contestants if item.name.rpartition("-")[0] not in names]


def test_every_contestant_that_is_here_gives_the_same_scores_and_grades() -> None:
    scheme = scheme_of(12)
    measured = contest(once(scalar_contestants()), scheme, table_of(scheme, 120), PACING)
    assert {item.name for item in measured} >= ALONE
    assert all(len(item.seconds) == PACING.rounds and item.median > 0 for item in measured)


def test_the_subjects_have_every_grade_and_every_direct_grade() -> None:
    scheme = scheme_of(30)
    evaluate = python_by_hand.by_hand(scheme)
    subjects = table_of(scheme, 5_000).subjects()
    assert {grade for _, grade in map(evaluate, subjects)} == set(scheme.grades)
    assert all(any(item[direct.field] >= direct.least for item in subjects) for direct in scheme.directs)
    assert max(value for item in subjects for value in item.values()) <= 1000


def test_the_same_arguments_give_the_same_table() -> None:
    scheme = scheme_of(12)
    assert table_of(scheme, 1_000).buffer == table_of(scheme, 1_000).buffer


@pytest.mark.parametrize("what", [0, 1])
def test_a_contestant_that_grades_one_subject_differently_stops_the_run(what: int) -> None:
    def prepare(scheme: Scheme, table: Table) -> Prepared:
        right = python_by_hand.prepare(scheme, table)
        assert right.graded is not None

        def wrong(result: object) -> Any:
            columns = [list(column) for column in right.graded(result)]  # type: ignore[misc]
            columns[what][-1] += 1
            return tuple(columns)

        return replace(right, graded=wrong)

    scheme = scheme_of(12)
    entered = [*python_by_hand.CONTESTANTS, Contestant("wrong", "wrong", Pace.SUBJECTS, prepare)]
    with pytest.raises(Disagreement, match=r"row 99: (score|grade) \d+ of python-by-hand, \d+ of wrong"):
        contest(entered, scheme, table_of(scheme, 100), PACING)


def test_record_tables_are_graded_alike_by_every_contestant() -> None:
    scheme = record_scheme_of(12)
    tables = make_tables(scheme, 1_100, 3)
    names = {item.name for item in contest(once(record_contestants()), scheme, tables, PACING)}
    assert names >= {"python-by-hand", "compiled-python", "duckdb-filter", "duckdb-kinds"}


def test_the_national_policy_is_graded_alike_by_every_contestant() -> None:
    policy = national.national_policy()
    measured = contest(once(national_contestants()), policy, national.city_of(policy, 60), PACING)
    assert {item.name for item in measured} >= {"python-by-hand", "compiled-python"}


def test_the_python_module_says_what_the_one_written_by_hand_says() -> None:
    script = Path(__file__).parent / "benchmarks" / "python_speed.py"
    command = [sys.executable, str(script), "--subjects", "150", "--rounds", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("explain") == 2


def test_every_stage_of_the_compiler_is_timed() -> None:
    script = Path(__file__).parent / "benchmarks" / "compile_speed.py"
    command = [sys.executable, str(script), "--indicators", "30", "--rounds", "1", "--stages-only"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    policies = done.stdout.split("\npolicies/")[0].split("30 indicators, ")[1:]
    assert [text.split()[0] for text in policies] == ["records", "scalar"]
    stages = ["import", "parse", "consolidate", "lower", "verify", "emit"]
    assert all([line.split()[0] for line in text.splitlines()[1:]] == stages for text in policies)


def test_a_whole_run_is_compared_with_the_query_by_hand() -> None:
    records, processes = end_to_end(200, 3, 1)
    assert records > 500
    assert [item.name for item in processes] == ["duckdb-read", "duckdb-grade", "creditdsl-score"]
    assert all(item.memory > 10 and item.median > 0 for item in processes)


def test_a_page_shows_every_contestant_and_links_its_charts(tmp_path: Path) -> None:
    scheme = scheme_of(12)
    some = scalar_contestants(["python-by-hand", "compiled-python"])
    parts = [sections.scalar_part(some, count, size, PACING) for count, size in ((30, 50), (30, 100), (12, 100))]
    calls = [asdict(item) for item in latencies(some, scheme, table_of(scheme, 100), 0.01)]
    one_at_a_time = [{"policy": "twelve", "latencies": calls}]
    found = run_of(scalar=parts, growth=parts[::-1], one_at_a_time=one_at_a_time)
    page, *charts = write_page(found, tmp_path)
    text = page.read_text(encoding="utf-8")
    assert text.count("**compiled Python, `evaluate`**") >= len(parts) + 1
    assert set(re.findall(r"\((benchmarks-\w+\.svg)\)", text)) == {path.name for path in charts} != set()
    assert all(path.read_text(encoding="utf-8").count("<svg") == 1 for path in charts)


def test_a_compiled_query_is_held_against_the_one_by_hand_that_gives_the_same(tmp_path: Path) -> None:
    some = scalar_contestants(["duckdb", "duckdb-results", "sql", "sql-grades"])
    part = sections.scalar_part(some, 30, 150, PACING)
    ratios = dict(zip(("duckdb", "duckdb-results", "sql", "sql-grades"), (1.0, 2.0, 2.2, 0.9), strict=True))
    measured = [{**row, "ratio": ratios[row["name"]]} for row in part["measured"]]
    found = run_of(scalar=[{**part, "measured": measured}])
    page, *_ = write_page(found, tmp_path)
    assert "| 30 indicators, 150 subjects | 0.90 | 1.10 |" in page.read_text(encoding="utf-8")


def test_no_label_of_a_chart_is_cut_and_no_two_lines_look_alike() -> None:
    labels = [f"{'a long label ' * 3}{number}" for number in range(12)]
    drawn = lines("title", ("across", "up"), [Line(label, ((1, 2), (10, 20 + at))) for at, label in enumerate(labels)])
    for picture in (bars("title", "unit", [Bar(label, 5, 2, 9, "#000000") for label in labels]), drawn):
        width = float(re.findall(r'viewBox="0 0 (\d+)', picture)[0])
        for x, anchor, text in re.findall(r'<text x="([\d.]+)".*? text-anchor="(\w+)".*?>(.*?)</text>', picture):
            start = float(x) - {"start": 0, "middle": 0.5, "end": 1}[anchor] * 7 * len(text)
            assert start >= 0 and start + 7 * len(text) <= width, text
    strokes = re.findall(r'<polyline .*?stroke="(.*?)" stroke-width="2"(.*?)/>', drawn)
    assert len(set(strokes)) == len(labels)


def test_every_peer_is_pinned() -> None:
    pinned = set(re.findall(r"^([\w-]+)==\d[\w.]*$", REQUIREMENTS.read_text(encoding="utf-8"), re.MULTILINE))
    assert set(PEERS) <= pinned
