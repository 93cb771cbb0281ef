"""What is wrong with the input is told, each problem once, and nobody is scored with a row that is wrong."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from creditdsl.backends.sql.emit import Dialect, Part, QueryOptions, emit_query
from creditdsl.backends.sql.source import typed_source
from creditdsl.core.inputs import run_context
from creditdsl.core.ir import Program
from creditdsl.tabular.plan import tabulate
from tests.conftest import tool
from tests.policies import compiled
from tests.sql_support import Row, ordered, postgres_server

RULES = """
indicator 01 { for each late where kind is vat and filed is absent deduct 5 points }
"""
SCRIPT = """
CREATE TABLE firm (id TEXT, months DECIMAL(20, 2), tax DECIMAL(20, 4), prior TEXT, started DATE, large BOOLEAN);
CREATE TABLE late (id TEXT, kind TEXT, due TIMESTAMP, filed DATE, listed DATE, amount DECIMAL(20, 4));
INSERT INTO firm VALUES
  ('good', 60, 1000.5, NULL, NULL, false),
  ('good too', 0, 0, 'A', DATE '2020-02-29', true),
  ('too long', 2401, 1000, NULL, NULL, false),
  ('half', 60.5, 1000.001, 'E', NULL, false),
  ('empty', NULL, NULL, NULL, NULL, NULL),
  ('twice', 60, 1000, NULL, NULL, false),
  ('twice', 61, 1000, NULL, NULL, false),
  ('twice', 2401, 1000, NULL, NULL, false),
  ('bad record', 60, 1000, NULL, NULL, false),
  ('many', 60, 1000, NULL, NULL, false),
  (NULL, 60, 1000, NULL, NULL, false);
INSERT INTO late VALUES
  ('good', 'vat', TIMESTAMP '2020-05-01 00:00:00', NULL, NULL, 12.5),
  ('good', 'cit', TIMESTAMP '2020-05-01 00:00:00', NULL, NULL, 12.5),
  ('bad record', 'vat', TIMESTAMP '2020-05-01 08:00:00', NULL, DATE '1899-12-31', 12.345),
  ('bad record', 'vat', TIMESTAMP '2020-05-01 00:00:00', NULL, NULL, 12.5),
  ('too long', 'gift', TIMESTAMP '2200-01-01 00:00:00', NULL, NULL, -0.01),
  ('twice', 'vat', TIMESTAMP '2020-05-01 00:00:00', NULL, NULL, 12.5),
  ('nobody', 'vat', TIMESTAMP '2020-05-01 00:00:00', NULL, NULL, 12.5),
  (NULL, 'vat', TIMESTAMP '2020-05-01 00:00:00', NULL, NULL, 12.5);
"""
PROBLEMS: list[Row] = [
    ("firm", "too long", "months", "CR0904"),
    ("firm", "half", "months", "CR0903"),
    ("firm", "half", "tax", "CR0903"),
    ("firm", "half", "prior", "CR0904"),
    ("firm", "empty", "months", "CR0901"),
    ("firm", "empty", "tax", "CR0901"),
    ("firm", "empty", "large", "CR0901"),
    ("firm", "twice", "id", "CR0909"),
    ("firm", "twice", "id", "CR0909"),
    ("firm", "twice", "id", "CR0909"),
    ("firm", "twice", "months", "CR0904"),
    ("firm", "bad record", None, "CR0915"),
    ("firm", None, "id", "CR0901"),
    ("late", "bad record", "due", "CR0903"),
    ("late", "bad record", "listed", "CR0904"),
    ("late", "bad record", "amount", "CR0903"),
    ("late", "bad record", None, "CR0915"),
    ("late", "too long", "kind", "CR0904"),
    ("late", "too long", "due", "CR0904"),
    ("late", "too long", "amount", "CR0904"),
    ("late", "twice", None, "CR0915"),
    ("late", "nobody", "id", "CR0910"),
    ("late", None, "id", "CR0901"),
]
MANY = "INSERT INTO late SELECT 'many', 'vat', TIMESTAMP '2020-05-01 00:00:00', NULL, NULL, 12.5 FROM generate_series(1, {count})"
FEW, TOO_MANY = MANY.format(count=100_000), MANY.format(count=1)

Ask = Callable[[str], list[Row]]


def ask_duckdb() -> Ask:
    connection = duckdb.connect()
    connection.execute(SCRIPT)

    def ask(query: str) -> list[Row]:
        return connection.execute(query).fetchall()

    return ask


@pytest.fixture(scope="module", params=["duckdb", pytest.param("postgres", marks=pytest.mark.xdist_group("postgres"))])
def database(request: pytest.FixtureRequest) -> Iterator[tuple[Dialect, Ask]]:
    """A database with the tables of the script."""
    if request.param == "duckdb":
        yield Dialect.DUCKDB, ask_duckdb()
        return
    psycopg = pytest.importorskip("psycopg")
    with postgres_server(tool) as address, psycopg.connect(address, autocommit=True) as connection:
        connection.execute(SCRIPT)

        def ask(query: str) -> list[Row]:
            cursor = connection.execute(query)
            return cursor.fetchall() if cursor.description else []

        yield Dialect.POSTGRES, ask


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return compiled(tmp_path_factory.mktemp("policy"), RULES)


def query(program: Program, dialect: Dialect, part: Part, *, unique: bool = False) -> str:
    tabular = tabulate(program, run_context(program, "2020", date(2021, 4, 30)))
    source = typed_source(tabular.program, unique=unique)
    return emit_query(tabular, dialect, part, source, QueryOptions("en"))


def test_problems_are_told_and_the_rest_is_scored(program: Program, database: tuple[Dialect, Ask]) -> None:
    dialect, ask = database
    ask(FEW)
    assert ordered(ask(query(program, dialect, Part.PROBLEMS))) == ordered(PROBLEMS)
    scored = ask(query(program, dialect, Part.RESULTS))
    assert sorted((row[0], row[2]) for row in scored) == [("good", 95), ("good too", 100), ("many", -499_900)]
    assert {row[0] for row in ask(query(program, dialect, Part.FINDINGS))} == {"good", "many"}
    ask(TOO_MANY)
    told = ask(query(program, dialect, Part.PROBLEMS))
    assert [row for row in told if row[3] == "CR0913"] == [("late", "many", None, "CR0913")]
    for part in (Part.RESULTS, Part.FINDINGS, Part.MEASURES):
        assert "many" not in {row[0] for row in ask(query(program, dialect, part))}
    ask("DELETE FROM late WHERE id = 'many'")


def test_every_row_is_used_or_told(program: Program, database: tuple[Dialect, Ask]) -> None:
    dialect, ask = database
    told = {(row[0], row[1]) for row in ask(query(program, dialect, Part.PROBLEMS))}
    scored = {row[0] for row in ask(query(program, dialect, Part.RESULTS))}
    for table in ("firm", "late"):
        keys = {row[0] for row in ask(f"SELECT id FROM {table}")}
        assert {key for key in keys if (table, key) not in told} <= scored
        assert not {key for key in scored if (table, key) in told}


def test_a_key_that_is_said_to_be_unique_is_not_looked_for_again(program: Program) -> None:
    looking, trusting = (query(program, Dialect.DUCKDB, Part.RESULTS, unique=unique) for unique in (False, True))
    assert "HAVING" in looking
    assert "HAVING" not in trusting


RUNS: list[tuple[str, str, str, str | None]] = [
    ("2020-01-01", "2020-12-31", "2021-04-30", None),
    ("2020-01-01", "2020-12-30", "2021-04-30", "CR0914"),
    ("2020-02-01", "2021-01-31", "2021-04-30", "CR0914"),
    ("2020-01-01", "2020-12-31", "2019-12-31", "CR0914"),
    ("2019-01-01", "2019-12-31", "2021-04-30", "CR0911"),
    ("2200-01-01", "2200-12-31", "2200-12-31", "CR0914"),
]


@pytest.mark.parametrize(("start", "end", "as_of", "code"), RUNS)
def test_a_run_that_does_not_fit_the_policy_scores_nobody_and_says_why(
    program: Program, start: str, end: str, as_of: str, code: str | None
) -> None:
    connection = duckdb.connect()
    connection.execute(SCRIPT)
    days = {"period_start": start, "period_end": end, "as_of": as_of}
    options = QueryOptions(open_run=True)
    tabular, source = tabulate(program), typed_source(program)

    def rows(part: Part) -> list[Row]:
        return connection.execute(emit_query(tabular, Dialect.DUCKDB, part, source, options), days).fetchall()

    assert bool(rows(Part.RESULTS)) is (code is None)
    assert [row[3] for row in rows(Part.PROBLEMS) if row[0] is None] == ([] if code is None else [code])


def test_the_tables_of_a_policy_may_have_other_names(program: Program, tmp_path: Path) -> None:
    connection = duckdb.connect(tmp_path / "file.duckdb")
    connection.execute("CREATE SCHEMA raw; SET schema = 'raw'")
    connection.execute(SCRIPT)
    connection.execute("ALTER TABLE firm RENAME TO 企业; SET schema = 'main'")
    tabular = tabulate(program, run_context(program, "2020", date(2021, 4, 30)))
    source = typed_source(tabular.program, {"firm": "raw.企业", "late": "raw.late"})
    rows = connection.execute(emit_query(tabular, Dialect.DUCKDB, Part.RESULTS, source)).fetchall()
    assert {row[0] for row in rows} == {"good", "good too", "many"}
