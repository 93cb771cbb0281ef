"""What a column of a database holds is read as `core.scalars` reads the same value: exactly, or told to be wrong with its code."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

import duckdb
import pytest

from creditdsl.backends.sql import build
from creditdsl.backends.sql.emit import Dialect
from creditdsl.backends.sql.printing import printed
from creditdsl.backends.sql.reading import Reading, reading
from creditdsl.backends.sql.source import ANY_DAY, ANY_NUMBER
from creditdsl.backends.sql.target import TARGETS, CannotExpress
from creditdsl.core.calendar import date_of
from creditdsl.core.ir import Enumeration, EnumValue, InputField, Interval
from creditdsl.core.scalars import Problem, load_value
from creditdsl.core.types import Choice, Day, Month, Number, Plain, Text, Truth, Unit
from tests.conftest import tool
from tests.sql_support import postgres_server

TRADE = Enumeration("Trade", (), (EnumValue("food", ()), EnumValue("衣服", ())))
YUAN, RATE, COUNT = Number(Unit.YUAN, 2), Number(Unit.RATE, 3), Number(Unit.NUMBER)
Run = Callable[[str, Sequence[tuple[object, ...]], str], list[tuple[object, ...]]]
"""Runs a query over a table `t` with one column `x` of a type, and rows."""

TEXTS = [
    *(
        "",
        " ",
        "0",
        "-0",
        "+7",
        "12",
        "12.5",
        "12.50",
        "12.345",
        "12.3450",
        "12.",
        ".5",
        "1e3",
        "1,200",
        "007",
        "１２",
        "nan",
    ),
    *(
        "99999999999999999999",
        "100000.00",
        "100000.01",
        "-1",
        "-1.00",
        "-1.01",
        "5 ",
        "5\n",
        "10%",
        "10.5%",
        "0.125%",
        "%",
    ),
    *(
        "12.34%",
        "99.9%",
        "100%",
        "100.1%",
        "1%%",
        "0.1",
        "0.1234",
        "true",
        "false",
        "TRUE",
        "yes",
        "food",
        "衣服",
        "Food",
        "x",
    ),
    *("2020-11-01", "2020-02-29", "2021-02-29", "2020-2-9", "2020-13-01", "2020-00-10", "2020-04-31", "0000-01-01"),
    *(
        "1899-12-31",
        "1900-01-01",
        "2199-12-31",
        "2200-01-01",
        "20201101",
        "2020-11-01 ",
        "2020-11-01T00:00",
        "9999-12-31",
    ),
    *("2020-11", "2020-00", "2020-13", "1899-12", "2199-12", "2200-01", "202011", "2020-11\n", "0000-01", "甲\t乙"),
]
FIELDS: list[tuple[Plain, Interval | None]] = [
    (COUNT, Interval(-1, 12_000)),
    (COUNT, None),
    (YUAN, Interval(-100, 10_000_000)),
    (RATE, Interval(0, 1000)),
    (Number(Unit.POINTS, 1), Interval(0, 10**15)),
    (Truth(), None),
    (Day(), None),
    (Month(), None),
    (Choice("Trade"), None),
    (Text(), None),
]


def run_in_duckdb(type_: str, rows: Sequence[tuple[object, ...]], query: str) -> list[tuple[object, ...]]:
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE t (n INTEGER, x {type_})")
    connection.executemany("INSERT INTO t VALUES (?, ?)", list(rows))
    return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def run_in_postgres() -> Iterator[Run]:
    psycopg = pytest.importorskip("psycopg")
    with postgres_server(tool) as address, psycopg.connect(address, autocommit=True) as connection:

        def run(type_: str, rows: Sequence[tuple[object, ...]], query: str) -> list[tuple[object, ...]]:
            connection.execute(f"DROP TABLE IF EXISTS t; CREATE TABLE t (n INTEGER, x {type_})")
            with connection.cursor() as cursor:
                cursor.executemany("INSERT INTO t VALUES (%s, %s)", rows)
            found: list[tuple[object, ...]] = connection.execute(query).fetchall()
            return found

        yield run


def statement(found: Reading, dialect: Dialect) -> str:
    """What a reading says of each row; the value only where it is valid, as queries ask for it."""
    no = build.truth(False)
    trees = [
        build.column("n"),
        build.named(build.coalesce(found.ok, no), "ok"),
        build.named(found.wrong_type or no, "wrong_type"),
        build.named(found.out_of_range or no.copy(), "out_of_range"),
        build.named(build.when([(build.coalesce(found.ok, no.copy()), found.value.copy())]), "value"),
    ]
    return printed(build.select(trees, build.table(("t",))), dialect)


def check(
    run: Run, dialect: Dialect, field: tuple[Plain, Interval | None], given: tuple[str, str], values: Sequence[object]
) -> None:
    """Reads `values` from a column; `given` is its real type, and the one that the reading is told."""
    physical, told = given
    type_, range_ = field
    item = InputField("x", type_, (), range_)
    found = reading(item, build.column("x"), told, TARGETS[dialect], TRADE.names)
    rows = run(physical, list(enumerate(values)), statement(found, dialect))
    assert len(rows) == len(values)
    for place, ok, wrong_type, out_of_range, value in rows:
        assert isinstance(place, int)
        truths = {"true": True, "false": False} if isinstance(type_, Truth) else {}
        meant = load_value(truths.get(str(values[place]), values[place]), item, "x", TRADE)
        if isinstance(meant, Problem):
            assert not ok, (values[place], value)
            assert wrong_type or out_of_range, values[place]
            # Of a number with too many places that lies outside its range one is told, not the same everywhere.
            assert isinstance(type_, Number) or bool(wrong_type) is (meant.code.name == "CR0903"), (
                values[place],
                meant.code,
            )
        else:
            assert ok and not wrong_type and not out_of_range, values[place]
            assert value == (date_of(meant) if isinstance(type_, Day) and isinstance(meant, int) else meant), values[
                place
            ]


@pytest.mark.parametrize("field", FIELDS, ids=str)
def test_text_is_read_as_the_core_reads_it_in_duckdb(field: tuple[Plain, Interval | None]) -> None:
    check(run_in_duckdb, Dialect.DUCKDB, field, ("VARCHAR", "VARCHAR"), TEXTS)


@pytest.mark.xdist_group("postgres")
@pytest.mark.parametrize("field", FIELDS, ids=str)
def test_text_is_read_as_the_core_reads_it_in_postgres(
    run_in_postgres: Run, field: tuple[Plain, Interval | None]
) -> None:
    check(run_in_postgres, Dialect.POSTGRES, field, ("TEXT", "TEXT"), TEXTS)


NUMBERS: list[tuple[str, str, list[object]]] = [
    ("BIGINT", "BIGINT", [0, 1, -1, -2, 12_000, 12_001, 100_000, 100_001, 2**63 - 1, -(2**63)]),
    ("BIGINT", ANY_NUMBER, [0, 1, -1, -2, 12_000, 12_001, 100_000, 100_001, 2**63 - 1, -(2**63)]),
    ("SMALLINT", "SMALLINT", [0, 1, -1, -2, 12_000, 12_001, 32_767]),
    (
        "DECIMAL(18, 4)",
        "DECIMAL(18,4)",
        [Decimal(text) for text in ("0", "12.5", "12.345", "12.3401", "-1", "-1.01", "1e13")],
    ),
    (
        "DECIMAL(18, 4)",
        ANY_NUMBER,
        [Decimal(text) for text in ("0", "12.5", "12.345", "12.3401", "-1", "-1.01", "1e13")],
    ),
    ("DECIMAL(18, 2)", "DECIMAL(18,2)", [Decimal(text) for text in ("0", "12.5", "99999.99", "100000.01", "-1.01")]),
    ("DECIMAL(38, 0)", ANY_NUMBER, [Decimal(text) for text in ("0", "12", "9e37", "-9e37")]),
]


@pytest.mark.parametrize("field", FIELDS[:5], ids=str)
@pytest.mark.parametrize("column", NUMBERS, ids=lambda column: " as ".join(column[:2]))
def test_numbers_are_read_as_the_core_reads_them_in_duckdb(
    field: tuple[Plain, Interval | None], column: tuple[str, str, list[object]]
) -> None:
    check(run_in_duckdb, Dialect.DUCKDB, field, column[:2], column[2])


@pytest.mark.xdist_group("postgres")
@pytest.mark.parametrize("field", FIELDS[:5], ids=str)
@pytest.mark.parametrize("column", NUMBERS, ids=lambda column: " as ".join(column[:2]))
def test_numbers_are_read_as_the_core_reads_them_in_postgres(
    run_in_postgres: Run, field: tuple[Plain, Interval | None], column: tuple[str, str, list[object]]
) -> None:
    check(run_in_postgres, Dialect.POSTGRES, field, column[:2], column[2])


DOUBLES: list[object] = [0.0, 0.1, 0.57, 12.5, 1.15, 12.345, 99999.99, 0.1 + 0.2, 1e300, -0.01, float("nan"), 123.0]


@pytest.mark.parametrize("field", FIELDS[:5], ids=str)
def test_doubles_are_read_by_their_shortest_form_in_duckdb(field: tuple[Plain, Interval | None]) -> None:
    check(run_in_duckdb, Dialect.DUCKDB, field, ("DOUBLE", "DOUBLE"), DOUBLES)


@pytest.mark.xdist_group("postgres")
@pytest.mark.parametrize("field", FIELDS[:5], ids=str)
def test_doubles_are_read_by_their_shortest_form_in_postgres(
    run_in_postgres: Run, field: tuple[Plain, Interval | None]
) -> None:
    check(run_in_postgres, Dialect.POSTGRES, field, ("DOUBLE PRECISION", "DOUBLE PRECISION"), DOUBLES)


@pytest.mark.parametrize("told", ["TIMESTAMP", ANY_DAY])
def test_a_timestamp_is_a_day_at_midnight_alone(told: str) -> None:
    found = reading(InputField("x", Day(), (), None), build.column("x"), told, TARGETS[Dialect.DUCKDB])
    rows: list[tuple[object, ...]] = [
        (0, datetime(2020, 1, 5)),
        (1, datetime(2020, 1, 5, 8)),
        (2, datetime(1700, 1, 1)),
    ]
    read = run_in_duckdb("TIMESTAMP", rows, statement(found, Dialect.DUCKDB))
    assert sorted(read, key=str) == [
        (0, True, False, False, date(2020, 1, 5)),
        (1, False, True, False, None),
        (2, False, False, True, None),
    ]


@pytest.mark.parametrize(
    ("type_", "physical"),
    [(COUNT, "DATE"), (Truth(), "BIGINT"), (Day(), "BIGINT"), (Month(), "DATE"), (Text(), "DATE")],
)
def test_a_type_that_cannot_hold_a_field_is_refused_by_name(type_: Plain, physical: str) -> None:
    with pytest.raises(CannotExpress, match=f"`x` cannot be read from a column of type `{physical}`"):
        reading(InputField("x", type_, (), None), build.column("x"), physical, TARGETS[Dialect.DUCKDB])
