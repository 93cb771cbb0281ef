"""The policies of the repository in DuckDB, and in PostgreSQL as views for one run and as functions for any."""

import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditdsl.backends.sql.emit import Dialect, Part, QueryOptions
from creditdsl.backends.sql.script import Script, name_of, write_script
from creditdsl.backends.sql.source import typed_source
from creditdsl.backends.sql.tables import COLUMNS
from creditdsl.compile import compile_for
from creditdsl.core.inputs import run_context
from creditdsl.core.ir import Program
from creditdsl.tabular.plan import tabulate
from creditdsl.tabular.result_tables import ColumnKind, output_tables, points_size
from creditdsl.testing.strategies import subjects
from tests.conftest import REPOSITORY
from tests.sql_support import (
    LONG,
    TABLE_PARTS,
    Batch,
    Row,
    database_tables,
    expected,
    in_duckdb,
    in_postgres,
    keyed,
    normal,
    queries,
)

psycopg = pytest.importorskip("psycopg")
pytestmark = pytest.mark.xdist_group("postgres")

FEW = settings(LONG, max_examples=2)
RUNS = [
    ("tax_credit", "2020", date(2021, 4, 30)),
    ("tax_payment_credit", "2025", date(2026, 4, 30)),
    ("repair_publicity", "2025", date(2026, 4, 30)),
]


@pytest.fixture(scope="module", params=RUNS, ids=lambda run: run[0])
def policy(request: pytest.FixtureRequest) -> tuple[Program, str, date]:
    folder, period, as_of = request.param
    program = compile_for(REPOSITORY / "policies" / folder, period, as_of, None).program
    return program, period, as_of


def drawn(data: st.DataObject, policy: tuple[Program, str, date]) -> Batch:
    program, period, as_of = policy
    key = program.subject.key
    assert key is not None
    several = st.lists(subjects(program, period, as_of), min_size=5, max_size=12)
    return Batch(program, keyed(data.draw(several), key.name), period, as_of)


@pytest.fixture(scope="module")
def statements(policy: tuple[Program, str, date]) -> dict[Part, str]:
    program, period, as_of = policy
    return queries(Batch(program, [], period, as_of), Dialect.DUCKDB, language="en")


@FEW
@given(st.data())
def test_duckdb_gives_what_the_interpreter_says(
    policy: tuple[Program, str, date], statements: dict[Part, str], data: st.DataObject
) -> None:
    batch = drawn(data, policy)
    database = in_duckdb(database_tables(batch.program, batch.subjects))
    meant = expected(batch, "en")
    for part in TABLE_PARTS:
        assert normal(database.execute(statements[part]).fetchall()) == meant[part]
    assert database.execute(statements[Part.PROBLEMS]).fetchall() == []


def script(batch: Batch, *, open_run: bool) -> str:
    context = None if open_run else run_context(batch.program, batch.period, batch.as_of)
    tabular = tabulate(batch.program, context)
    return write_script(Script(tabular, typed_source(tabular.program), QueryOptions("en"), context, "credit"))


@FEW
@given(st.data())
def test_postgres_keeps_views_and_functions_that_say_the_same(
    policy: tuple[Program, str, date], postgres: "psycopg.Connection", data: st.DataObject
) -> None:
    batch = drawn(data, policy)
    in_postgres(postgres, database_tables(batch.program, batch.subjects))
    postgres.execute("DROP SCHEMA IF EXISTS credit CASCADE")
    meant = expected(batch, "en")
    context = run_context(batch.program, batch.period, batch.as_of)
    days = (context.period.start, context.period.end, context.as_of)
    for open_run in (False, True):
        postgres.execute(script(batch, open_run=open_run))
        for part in (*TABLE_PARTS, Part.PROBLEMS):
            name = f'"credit"."{name_of(batch.program, part)}"'
            if open_run:
                cursor = postgres.execute(f"SELECT * FROM {name}(%s, %s, %s)", days)
            else:
                cursor = postgres.execute(f"SELECT * FROM {name}")
            rows: list[Row] = normal(cursor.fetchall())
            assert rows == meant.get(part, []), (open_run, part)


def test_the_columns_are_those_of_the_batch_engine(
    policy: tuple[Program, str, date], statements: dict[Part, str]
) -> None:
    program, *_ = policy
    database = in_duckdb(database_tables(program, []))
    digits, places = points_size(program)
    for part in COLUMNS:
        columns = output_tables(program).by_name[part.value]
        found = database.sql(statements[part])
        assert found.columns == [name for name, _ in columns]
        points = [
            str(type_) for type_, (_, kind) in zip(found.types, columns, strict=True) if kind is ColumnKind.POINTS
        ]
        assert set(points) <= {f"DECIMAL({digits},{places})"}


def test_every_rule_that_is_computed_stands_in_the_query(
    policy: tuple[Program, str, date], statements: dict[Part, str]
) -> None:
    program, *_ = policy
    commented = re.findall(r"/\* indicator (\S+)", statements[Part.FINDINGS])
    assert {item.rule.code for item in program.result.findings} <= set(commented)


def test_a_query_is_the_same_every_time(policy: tuple[Program, str, date], statements: dict[Part, str]) -> None:
    program, period, as_of = policy
    assert queries(Batch(program, [], period, as_of), Dialect.DUCKDB, language="en") == statements


def test_no_module_of_the_command_line_loads_sqlglot_before_it_is_asked_for(tmp_path: Path) -> None:
    code = "import sys; from creditdsl.cli.main import run; run(['compile', '--help']); print('sqlglot' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert run.stdout.rstrip().endswith("False"), run.stdout + run.stderr
