"""Policies whose assessment periods have several lengths: which period a text names, and the same result by every way."""

import importlib
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditdsl.amending.moments import period_named
from creditdsl.backends.python.emit import emit_python
from creditdsl.backends.python.loading import load_module
from creditdsl.backends.python.package import emit_package
from creditdsl.backends.sql.emit import Dialect, Part, QueryOptions, emit_query
from creditdsl.backends.sql.source import typed_source
from creditdsl.compile import compile_for, compile_policy, compile_timeline, open_policy
from creditdsl.core.evaluate import evaluate
from creditdsl.core.inputs import load, parse_period, run_context
from creditdsl.core.ir import PeriodKind, Program
from creditdsl.core.periods import MONTHS, period_around, shortest, written_period
from creditdsl.core.result import explained
from creditdsl.core.show import show
from creditdsl.diagnostics import PolicyError
from creditdsl.engines.run import RunOptions
from creditdsl.publishing.times import slice_text
from creditdsl.score import score
from creditdsl.syntax import tree
from creditdsl.tabular.plan import tabulate
from creditdsl.testing.strategies import World
from tests.conftest import Run
from tests.engines_support import read_csv, write_tables

POLICY = """
policy p "甲" / "P" {{ languages zh, en subject firm period {lengths} effective 2019-01-01 .. 2023-12-31 }}
source r "规则" / "Rules" {{ in force 2019-01-01 .. }}
subject firm {{ key id : text fixed : truth }}
record late of firm {{ absent means none due : date }}
score {{ basis r base 100 points }}
indicator 01 {{ basis r for each late where due in period.start .. period.end deduct 10 points }}
indicator 02 {{ basis r when fixed deduct 0.5 points * period.months }}
exempt by_quarter "按季评价" / "By quarter" {{ basis r when fixed and period.months = 12 }}
grades Grade {{ basis r | A : 90 or more | B : under 90 }}
{rest}
"""
KINDS = tuple(PeriodKind)
RUNS = ("2020", "2020-Q1", "2020-Q4", "2020-01", "2020-11")
AS_OF = date(2021, 4, 30)
FIRMS: list[dict[str, object]] = [
    {"id": "1", "fixed": True, "late": [{"due": "2020-01-31"}, {"due": "2020-11-30"}, {"due": "2020-12-01"}]},
    {"id": "2", "fixed": False, "late": [{"due": "2020-03-31"}, {"due": "2020-04-01"}, {"due": "2020-11-01"}]},
    {"id": "3", "fixed": True, "late": []},
]


def written(folder: Path, lengths: str = "year, quarter, month", rest: str = "") -> Path:
    path = folder / "p.credit"
    path.write_text(POLICY.format(lengths=lengths, rest=rest), encoding="utf-8")
    return path


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return compile_policy(written(tmp_path)).program


def expected(program: Program, period: str) -> list[dict[str, object]]:
    context = run_context(program, period, AS_OF)
    loaded = [load(program, firm) for firm in FIRMS]
    return [dict(explained(program, firm, context, evaluate(program, firm, context))) for firm in loaded]


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from(KINDS))
@settings(max_examples=200)
def test_a_period_reads_back_as_it_is_written_and_takes_its_days(day: date, kind: PeriodKind) -> None:
    period = period_around(day, kind)
    assert period.start <= day <= period.end
    assert written_period(period.text, KINDS) == period
    assert written_period(period.text, [other for other in KINDS if other is not kind]) is None
    first_after = period.end + timedelta(1)
    assert (first_after.year * 12 + first_after.month) - (period.start.year * 12 + period.start.month) == MONTHS[kind]
    assert period.start.day == first_after.day == 1
    assert (period.start.month - 1) % MONTHS[kind] == 0


@pytest.mark.parametrize(
    "text", ["2020-Q0", "2020-Q5", "2020Q1", "2020-q1", "2020-1", "2020-13", "20", "2020-Q1 ", "２０２０", ""]
)
def test_nothing_else_is_a_period(text: str) -> None:
    assert written_period(text, KINDS) is None


def test_the_shortest_length_is_the_one_that_the_others_are_made_of() -> None:
    assert shortest([PeriodKind.YEAR, PeriodKind.MONTH, PeriodKind.QUARTER]) is PeriodKind.MONTH
    assert shortest([PeriodKind.YEAR, PeriodKind.QUARTER]) is PeriodKind.QUARTER


REFUSED = [
    ("year", "2020-Q1", "a year such as `2020`"),
    ("quarter", "2020", "a quarter such as `2020-Q1`"),
    ("year, quarter", "2020-11", "a year such as `2020`, or a quarter such as `2020-Q1`"),
    ("month, year", "2020-Q1", "a month such as `2020-11`, or a year such as `2020`"),
]


@pytest.mark.parametrize(("lengths", "text", "accepted"), REFUSED)
def test_a_period_of_another_length_is_refused_with_what_is_accepted(
    tmp_path: Path, lengths: str, text: str, accepted: str
) -> None:
    path = written(tmp_path, lengths)
    program = compile_policy(path).program
    message = f"the period `{text}` must be {accepted}"
    for refuse in (lambda: parse_period(program, text), lambda: compile_for(path, text, AS_OF)):
        with pytest.raises(PolicyError) as refused:
            refuse()
        assert [(item.code.name, item.message.en) for item in refused.value.diagnostics] == [("CR0914", message)]
    module: Any = load_module(emit_python(program), "refusing")
    with pytest.raises(module.InputError) as emitted:
        module.period(text)
    [problem], [said] = emitted.value.problems, refused.value.diagnostics
    assert (problem.code, problem.zh, problem.en) == ("CR0914", said.message.zh, said.message.en)


@pytest.mark.parametrize("period", RUNS)
def test_the_emitted_module_gives_what_the_interpreter_does(program: Program, period: str) -> None:
    module: Any = load_module(emit_python(program), "several_lengths")
    named = module.period(period)
    context = run_context(program, period, AS_OF)
    assert (named.text, named.start, named.end) == (period, context.period.start, context.period.end)
    assert [module.explain(module.load(firm), named, AS_OF).to_dict() for firm in FIRMS] == expected(program, period)


@pytest.mark.parametrize("period", RUNS)
@pytest.mark.parametrize("engine", ["columns", "python"])
def test_tables_are_scored_for_a_period_of_any_length(
    program: Program, tmp_path: Path, period: str, engine: Any
) -> None:
    write_tables(tmp_path / "tables", program, FIRMS)
    score(program, tmp_path / "tables", tmp_path / "out", RunOptions(period, AS_OF, "en"), engine=engine)
    rows = [(row["score"], row["grade"] or None) for row in read_csv(tmp_path / "out" / "results.csv")]
    assert rows == [(item["score"], item["grade"]) for item in expected(program, period)]


@pytest.fixture
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE firm (id VARCHAR, fixed BOOLEAN); CREATE TABLE late (id VARCHAR, due DATE)")
        for firm in FIRMS:
            connection.execute("INSERT INTO firm VALUES (?, ?)", [firm["id"], firm["fixed"]])
            for late in firm["late"]:  # type: ignore[attr-defined]
                connection.execute("INSERT INTO late VALUES (?, ?)", [firm["id"], late["due"]])
        yield connection


def open_run(program: Program, part: Part) -> str:
    return emit_query(tabulate(program), Dialect.DUCKDB, part, typed_source(program), QueryOptions(open_run=True))


@pytest.mark.parametrize("period", RUNS)
def test_one_query_is_for_periods_of_every_length(
    program: Program, database: duckdb.DuckDBPyConnection, period: str
) -> None:
    named = parse_period(program, period)
    days = {"period_start": named.start, "period_end": named.end, "as_of": AS_OF}
    rows = database.execute(f"SELECT id, score, grade FROM ({open_run(program, Part.RESULTS)}) ORDER BY id", days)
    found = [(key, Decimal(points), grade) for key, points, grade in rows.fetchall()]
    assert found == [
        (item["subject"], Decimal(str(item["score"])), item["grade"]) for item in expected(program, period)
    ]
    assert database.execute(open_run(program, Part.PROBLEMS), days).fetchall() == []


@pytest.mark.parametrize(
    ("lengths", "start", "end"),
    [
        ("year, quarter", "2020-11-01", "2020-11-30"),
        ("year, quarter", "2020-02-01", "2020-04-30"),
        ("year, quarter", "2020-04-01", "2021-03-31"),
        ("year, month", "2020-01-01", "2020-03-31"),
        ("quarter", "2020-01-01", "2020-12-31"),
        ("quarter, month", "2020-01-02", "2020-02-01"),
    ],
)
def test_a_query_refuses_a_period_of_another_length(
    tmp_path: Path, database: duckdb.DuckDBPyConnection, lengths: str, start: str, end: str
) -> None:
    program = compile_policy(written(tmp_path, lengths)).program
    days = {"period_start": start, "period_end": end, "as_of": AS_OF}
    assert database.execute(open_run(program, Part.RESULTS), days).fetchall() == []
    told = database.execute(open_run(program, Part.PROBLEMS), days).fetchall()
    assert [row[3] for row in told if row[0] is None] == ["CR0914"]


AMENDMENT = """
amend a "一" / "One" { basis r effective 2021-01-01 .. applies from 2020-Q3 change score { replace base 80 points } }
amend b "二" / "Two" { basis r effective 2022-04-01 .. change score { replace base 70 points } }
"""
TEXTS = [
    ("2020-Q2", "2021-01-01", "100"),
    ("2020-06", "2021-01-01", "100"),
    ("2020-Q3", "2020-12-31", "100"),
    ("2020-Q3", "2021-01-01", "80"),
    ("2020-07", "2021-01-01", "80"),
    ("2020", "2021-01-01", "80"),
    ("2022-Q1", "2022-06-30", "80"),
    ("2022-Q2", "2022-06-30", "70"),
    ("2022-04", "2022-06-30", "70"),
    ("2022", "2022-12-31", "70"),
]


def test_an_amendment_takes_the_periods_of_every_length_that_end_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, rest=AMENDMENT)
    folder = tmp_path / "several_texts"
    folder.mkdir()
    for name, text in emit_package([text.program for text in compile_timeline(path).texts]).items():
        (folder / name).write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    package = importlib.import_module("several_texts")
    firm = {"id": "1", "fixed": False, "late": []}
    for period, day, points in TEXTS:
        as_of = date.fromisoformat(day)
        program = compile_for(path, period, as_of).program
        context = run_context(program, period, as_of)
        loaded = load(program, firm)
        assert explained(program, loaded, context, evaluate(program, loaded, context))["score"] == points
        assert package.evaluate(firm, period, as_of).to_dict()["score"] == points


def test_every_evaluation_has_one_text(tmp_path: Path) -> None:
    rest = 'amend a "一" / "One" { basis r effective 2021-01-01 .. judged by period.start change score { replace base 80 points } }'
    opened = open_policy(written(tmp_path, rest=rest))
    policy = opened.policy
    assert policy is not None
    for text, amended in (("2020", 0), ("2020-Q4", 0), ("2020-12", 0), ("2021-01", 1), ("2021-Q1", 1), ("2021", 1)):
        days = period_named(text, policy)
        assert days is not None
        [found] = [item for item in opened.slices() if days.last in item.ends]
        assert len(found.amendments) == amended


def test_texts_are_told_by_the_shortest_length(tmp_path: Path) -> None:
    timeline = compile_timeline(written(tmp_path, "year, quarter", AMENDMENT))
    kinds = timeline.newest.program.header.periods
    assert [slice_text(text.slice, "zh", kinds)[0] for text in timeline.texts][-1] == "2022年第2季度至2023年第4季度"


def test_generated_runs_have_periods_of_every_length(program: Program) -> None:
    kinds = {found.kind for period in World(program).periods if (found := written_period(period.text, KINDS))}
    assert kinds == set(KINDS)


def test_the_header_has_the_lengths_in_the_order_written(tmp_path: Path) -> None:
    program = compile_policy(written(tmp_path, "quarter, year")).program
    assert program.header.periods == (PeriodKind.QUARTER, PeriodKind.YEAR)
    assert "  period quarter, year, in force 2019-01-01 .. 2023-12-31" in show(program)


def test_the_command_line_and_the_pages_know_every_length(tmp_path: Path, creditdsl: Run) -> None:
    path = written(tmp_path, "year, quarter")
    write_tables(tmp_path / "tables", compile_policy(path).program, FIRMS)
    arguments = ("score", str(path), str(tmp_path / "tables"), "-o", str(tmp_path / "out"), "--as-of", "2021-04-30")
    assert creditdsl(*arguments, "--period", "2020-Q1").returncode == 0
    refused = creditdsl("--lang", "zh", *arguments, "--period", "2020-11")
    assert refused.returncode == 1
    assert "评价期 `2020-11` 应写成年份,例如 `2020`,或季度,例如 `2020-Q1`" in refused.stderr
    assert creditdsl("docs", str(path), "-o", str(tmp_path / "site")).returncode == 0
    page = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert "年度、季度" in page


def test_a_case_keeps_its_quarter_when_it_is_printed(tmp_path: Path) -> None:
    case = 'case "季" { period 2020-Q1 as of 2021-01-01 given { id = "1" fixed = no } expect { grade = A } }'
    compiled = compile_policy(written(tmp_path, rest=case))
    assert [item.period for item in compiled.program.cases] == ["2020-Q1"]
    [found] = [item for module in compiled.modules for item in module.declarations if isinstance(item, tree.Case)]
    assert found.period == tree.QuarterLiteral(2020, 1)
