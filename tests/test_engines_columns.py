"""Whole columns give, byte for byte, what looking at one subject after the other gives, whatever stands in the rows.

CREDITDSL_AGREEMENT_EXAMPLES=n tries n programs instead of the few of the gate.
"""

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from creditdsl.core.inputs import run_context
from creditdsl.core.ir import Interval, Program
from creditdsl.core.types import Number, Unit
from creditdsl.engines.arrow_lines import GradedBlock
from creditdsl.engines.encoding import Encoding
from creditdsl.engines.gathered import Owned
from creditdsl.engines.layout import FileFormat
from creditdsl.engines.plain import PlainPlan
from creditdsl.engines.run import RunOptions, run
from creditdsl.engines.summary import Summary
from creditdsl.score import column_plan
from tests.engines_support import interpreter, read_csv, write_tables
from tests.engines_town import town
from tests.strategies_core import programs, runs, subjects
from tests.test_engines_agreement import as_a_cell_keeps_it
from tests.test_engines_run import write_city

EXAMPLES = int(os.environ.get("CREDITDSL_AGREEMENT_EXAMPLES", "10"))
SLOW = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
FILES = ("results", "findings", "measures", "rejects")


class Watched:
    """A plan that counts the subjects it graded."""

    def __init__(self, plan: PlainPlan) -> None:
        self.plan = plan
        self.graded: set[str] = set()
        self.query = plan.query

    @property
    def subjects(self) -> int:
        return len(self.graded)

    def grade(self, subjects: pa.RecordBatch, records: Mapping[str, Owned]) -> GradedBlock:
        self.graded |= set(subjects.column("key").to_pylist())
        return self.plan.grade(subjects, records)


def both(
    program: Program, folder: Path, out: Path, period: str, as_of: date, **options: object
) -> tuple[Watched, Summary]:
    """A run with columns into `out`/columns and one without into `out`/rows."""
    chosen = RunOptions(period, as_of, "en", **options)  # type: ignore[arg-type]  # passed through from the tests
    make = interpreter(program, period, as_of, "en")
    plan = column_plan(program, run_context(program, period, as_of), "en")
    watched = Watched(plan)
    summary = run(program, (folder, out / "columns"), make, chosen, plan=watched)
    assert run(program, (folder, out / "rows"), make, chosen) == summary
    return watched, summary


def assert_same(out: Path) -> None:
    for name in FILES:
        assert (out / "columns" / f"{name}.csv").read_text() == (out / "rows" / f"{name}.csv").read_text(), name


@st.composite
def cities(draw: st.DrawFn) -> tuple[Program, list[dict[str, object]], str, date]:
    program = draw(programs())
    people = [
        {name: as_a_cell_keeps_it(value) for name, value in draw(subjects(program)).items()}
        | {"key": f"K{position:02}"}
        for position in range(draw(st.integers(0, 25)))
    ]
    return program, people, *draw(runs(program))


def to_parquet(folder: Path) -> None:
    """The CSV tables of a folder as Parquet, with the types that DuckDB makes of them where all cells agree."""
    with duckdb.connect() as connection:
        for path in sorted(folder.glob("*.csv")):
            target = path.with_suffix(".parquet")
            connection.execute(
                f"COPY (SELECT * FROM read_csv('{path}', header = true, all_varchar = false)) TO '{target}'"
            )
            path.unlink()


@SLOW
@given(cities(), st.booleans())
def test_generated_policies_and_subjects_give_the_same_files(
    city: tuple[Program, list[dict[str, object]], str, date], parquet: bool
) -> None:
    program, people, period, as_of = city
    with tempfile.TemporaryDirectory() as name:
        folder, out = Path(name, "in"), Path(name, "out")
        write_tables(folder, program, people)
        if parquet:
            to_parquet(folder)
        both(program, folder, out, period, as_of, format=FileFormat.CSV, encoding=Encoding.UTF_8)
        assert_same(out)


@settings(SLOW, max_examples=max(8, EXAMPLES // 3))
@given(seed=st.integers(0, 2**32), faults=st.sampled_from([0.0, 0.02, 0.2]))
def test_spoilt_rows_are_refused_as_before_and_the_rest_is_graded_in_columns(seed: int, faults: float) -> None:
    with tempfile.TemporaryDirectory() as name:
        write_city(Path(name, "in"), 80, seed, faults)
        watched, summary = both(town(), Path(name, "in"), Path(name, "out"), "2020", date(2021, 4, 30))
        assert_same(Path(name, "out"))
        assert watched.subjects <= summary.scored
        assert watched.subjects > 0 or faults > 0.1


TAXPAYERS = (
    ("uscc", "operating_months", "tax_payable", "general_vat"),
    [("A", 36, "1.5", True), ("B", 36, "2", True), ("C", 1, "0", False)],
)


def write_parquet(folder: Path, taxpayers: Sequence[tuple[object, ...]], filings: Sequence[tuple[object, ...]]) -> None:
    folder.mkdir()
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE t (uscc VARCHAR, operating_months INTEGER, tax_payable DECIMAL(18,2), general_vat BOOLEAN)"
        )
        connection.execute("CREATE TABLE f (uscc VARCHAR, tax VARCHAR, due DATE, filed DATE, tax_due DECIMAL(18,2))")
        for name, rows in (("t", taxpayers), ("f", filings)):
            if rows:
                columns = [pa.array(column) for column in zip(*rows, strict=True)]
                connection.register("given", pa.table(columns, names=[f"c{place}" for place in range(len(columns))]))
                connection.execute(f"INSERT INTO {name} SELECT * FROM given")
        connection.execute(f"COPY t TO '{folder}/taxpayer.parquet'")
        connection.execute(f"COPY f TO '{folder}/late_filing.parquet'")


GOOD = [("A", "010101", "2020-01-05", None, "10")]
ROWS = {
    "clean": (TAXPAYERS[1], GOOD, 3),
    "a key twice": ([*TAXPAYERS[1], ("B", 1, "0", True)], GOOD, 2),
    "a key twice, once with a blank": ([*TAXPAYERS[1], ("B ", 1, "0", True)], GOOD, 2),
    "a key with a blank": ([*TAXPAYERS[1], (" D", 1, "0", True)], [("D", "010101", "2020-01-05", None, "1"), *GOOD], 4),
    "a record whose key has a blank": (TAXPAYERS[1], [("A\u3000", "010101", "2020-01-05", None, "10")], 3),
    "no key": ([*TAXPAYERS[1], (None, 1, "0", True), ("", 1, "0", True), (" ", 1, "0", True)], GOOD, 3),
    "a record without a subject": (TAXPAYERS[1], [*GOOD, ("X", "010101", "2020-01-05", None, "10")], 3),
    "a record without a key": (TAXPAYERS[1], [*GOOD, (None, "010101", "2020-01-05", None, "10")], 3),
    "a key like a number": ([*TAXPAYERS[1], ("10102.0", 1, "0", True), ("1.5", 1, "0", True)], GOOD, 3),
    "out of range": ([*TAXPAYERS[1], ("D", -1, "0", True)], GOOD, 3),
    "an empty cell": ([*TAXPAYERS[1], ("D", None, "0", True)], [*GOOD, ("B", None, "2020-01-05", None, "1")], 2),
    "a value unknown to the policy": (TAXPAYERS[1], [*GOOD, ("A", "x", "2020-01-05", None, "1")], 2),
    "a label for a name": (TAXPAYERS[1], [("A", "增值税", "2020-01-05", None, "1")], 3),
    "a label with a blank": (TAXPAYERS[1], [("A", "增值税 ", "2020-01-05", None, "1")], 2),
    "nobody": ([], [], 0),
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(ROWS))
def test_whatever_is_odd_about_parquet_is_seen(case: str, tmp_path: Path) -> None:
    taxpayers, filings, graded = ROWS[case]
    if not taxpayers:
        write_parquet(tmp_path / "in", TAXPAYERS[1], filings)
        with duckdb.connect() as connection:
            path = tmp_path / "in" / "taxpayer.parquet"
            connection.execute(f"CREATE TABLE t AS SELECT * FROM '{path}' WHERE false")
            connection.execute(f"COPY t TO '{path}'")
    else:
        write_parquet(tmp_path / "in", taxpayers, filings)
    watched, _ = both(town(), tmp_path / "in", tmp_path / "out", "2020", date(2021, 4, 30), format=FileFormat.CSV)
    assert_same(tmp_path / "out")
    assert watched.subjects == graded


def test_a_subject_with_too_many_records_is_refused(tmp_path: Path) -> None:
    filings = [("A", "010101", "2020-01-05", None, "1")] * 5 + [("B", "010101", "2020-01-05", None, "1")] * 3
    write_parquet(tmp_path / "in", TAXPAYERS[1], filings)
    watched, summary = both(
        town(), tmp_path / "in", tmp_path / "out", "2020", date(2021, 4, 30), format=FileFormat.CSV, most_records=4
    )
    assert_same(tmp_path / "out")
    assert watched.subjects == summary.scored == 2


def test_keys_that_are_numbers_stay_the_texts_that_they_are(tmp_path: Path) -> None:
    program = town()
    subject = program.subject
    numbered = tuple(
        replace(item, type=Number(Unit.NUMBER), range=Interval(0, 10**9)) if item.key else item
        for item in subject.fields
    )
    program = replace(program, subject=replace(subject, fields=numbered))
    taxpayers = [("7", 36, "1", True), ("007", 36, "2", True), ("8", 1, "0", False)]
    filings = [(key, "010101", "2020-01-05", None, "10") for key in ("7", "007", "007")]
    write_parquet(tmp_path / "in", taxpayers, filings)
    watched, summary = both(
        program, tmp_path / "in", tmp_path / "out", "2020", date(2021, 4, 30), format=FileFormat.CSV
    )
    assert_same(tmp_path / "out")
    assert watched.subjects == summary.scored == 3


def test_parquet_stands_in_the_order_of_the_keys_when_that_is_asked_for(tmp_path: Path) -> None:
    people = [(f"K{number * 7919 % 10_007:05}", number % 50, "1", True) for number in range(10_000)]
    write_parquet(tmp_path / "in", people, [(people[3][0], "010101", "2020-01-05", None, "1")])
    both(town(), tmp_path / "in", tmp_path / "out", "2020", date(2021, 4, 30), sort=True)
    with duckdb.connect() as connection:
        for name in FILES:
            columns, rows = (
                connection.execute(f"SELECT * FROM '{tmp_path}/out/{part}/{name}.parquet'").fetchall()
                for part in ("columns", "rows")
            )
            assert columns == rows
            types = [
                connection.execute(f"DESCRIBE SELECT * FROM '{tmp_path}/out/{part}/{name}.parquet'").fetchall()
                for part in ("columns", "rows")
            ]
            assert types[0] == types[1]


def test_unsorted_parquet_has_the_same_rows_and_types(tmp_path: Path) -> None:
    people = [(f"K{number:05}", number % 50, "1", True) for number in range(3_000)]
    write_parquet(tmp_path / "in", people, [(people[3][0], "010101", "2020-01-05", None, "1")])
    both(town(), tmp_path / "in", tmp_path / "out", "2020", date(2021, 4, 30))
    with duckdb.connect() as connection:
        for name in FILES:
            columns, rows = (
                connection.sql(f"SELECT * FROM '{tmp_path}/out/{part}/{name}.parquet' ORDER BY ALL")
                for part in ("columns", "rows")
            )
            assert (columns.types, columns.columns) == (rows.types, rows.columns)
            assert columns.fetchall() == rows.fetchall()


def test_tables_of_the_result_can_be_read_back(tmp_path: Path) -> None:
    write_city(tmp_path / "in", 50, 1, 0.1)
    both(town(), tmp_path / "in", tmp_path / "out", "2020", date(2021, 4, 30))
    assert len(read_csv(tmp_path / "out" / "columns" / "results.csv")) > 20
