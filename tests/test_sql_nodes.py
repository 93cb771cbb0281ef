"""Every node of the core is written in every dialect, and DuckDB gives for it what the interpreter does."""

from datetime import date
from typing import TYPE_CHECKING, get_args

import duckdb
import pytest
from sqlglot.generator import Generator
from strategies_expressions import CALENDAR, COUNT, DAYS, KIND, MONTHS, TRUTH, WORKDAYS

from creditdsl.backends.sql import build, printing
from creditdsl.backends.sql.bounds import Bounds
from creditdsl.backends.sql.emit import Dialect
from creditdsl.backends.sql.expressions import write
from creditdsl.backends.sql.parts import Parts
from creditdsl.backends.sql.printing import printed
from creditdsl.backends.sql.scope import Scope
from creditdsl.backends.sql.target import TARGETS
from creditdsl.core.calendar import date_of, day_of
from creditdsl.core.evaluate import Scope as Meaning
from creditdsl.core.evaluate import value_of
from creditdsl.core.ir import (
    Add,
    AddDays,
    AddMonths,
    AddWorkdays,
    Aggregate,
    Among,
    And,
    Branch,
    ChoiceAt,
    Choose,
    Constant,
    ContextField,
    DaysBetween,
    DefinitionReference,
    DivideRounded,
    Equal,
    Expression,
    Greatest,
    Interval,
    IsPresent,
    Least,
    Less,
    LessOrEqual,
    MonthOf,
    MonthsBetween,
    Multiply,
    Negate,
    Not,
    Or,
    OrdinalOf,
    OrElse,
    Presume,
    RecordField,
    RollForward,
    Rounding,
    SubjectField,
    Subtract,
    Value,
    WorkdaysBetween,
    YearOf,
)
from creditdsl.core.subject import LoadedSubject, Period, RunContext
from creditdsl.core.type_of import type_of
from creditdsl.core.types import Choice, Day, Number, Optional, Type, plain
from tests.core_examples import PROGRAM

if TYPE_CHECKING:
    import psycopg

NO_RUN = RunContext(Period("", date.min, date.min), date.min)
ROWS: list[dict[str, Value]] = [
    {"a": 7, "b": 2, "o": None, "d": day_of(date(2020, 1, 31)), "e": day_of(date(2021, 2, 28)), "t": True, "k": "vat"},
    {"a": -5, "b": -2, "o": 3, "d": day_of(date(2020, 2, 29)), "e": day_of(date(2020, 1, 30)), "t": False, "k": "其他"},
    {"a": 0, "b": 3, "o": -1, "d": day_of(date(2020, 5, 9)), "e": day_of(date(2020, 10, 1)), "t": True, "k": "cit"},
    {"a": -1, "b": 2, "o": 0, "d": day_of(date(2019, 2, 1)), "e": day_of(date(2022, 2, 28)), "t": False, "k": "vat"},
]
TYPES: dict[str, Type] = {
    "a": COUNT, "b": COUNT, "o": Optional(COUNT), "d": Day(), "e": Day(), "t": TRUTH, "k": Choice("Kind"),
}  # fmt: skip
A, B, O, D, E, T, K = (SubjectField(name, type_) for name, type_ in TYPES.items())
KNOWN = {
    A: Interval(-9, 9), B: Interval(-9, 9), O: Interval(-9, 9), K: Interval(0, 2),
    D: Interval(day_of(date(2019, 1, 1)), day_of(date(2022, 3, 1))),
    E: Interval(day_of(date(2019, 1, 1)), day_of(date(2022, 3, 1))),
}  # fmt: skip
ONE, TWO = Constant(1, COUNT), Constant(2, COUNT)
SAMPLES: list[Expression] = [
    Constant(5, COUNT),
    A,
    IsPresent(O),
    Choose((Branch(IsPresent(O), Presume(O)),), A, COUNT),
    OrElse(O, A),
    Not(T),
    And((T, Less(A, B))),
    Or((T, Less(A, B))),
    Equal(A, B),
    Less(A, B),
    LessOrEqual(ONE, A),
    Among(K, (Constant("vat", Choice("Kind")), Constant("其他", Choice("Kind")))),
    Add((A, B, TWO), COUNT),
    Subtract(A, B, COUNT),
    Multiply(A, B, COUNT),
    Negate(A, COUNT),
    *(DivideRounded(A, B, rounding, COUNT) for rounding in Rounding),
    *(DivideRounded(A, TWO, rounding, COUNT) for rounding in Rounding),
    Least((A, B, TWO), COUNT),
    Greatest((D, E), Day()),
    Choose((Branch(T, A),), B, COUNT),
    YearOf(D),
    MonthOf(D),
    AddDays(D, A),
    AddMonths(D, A),
    AddWorkdays(D, A, CALENDAR),
    RollForward(D, CALENDAR),
    DaysBetween(D, E, DAYS),
    MonthsBetween(D, E, MONTHS),
    WorkdaysBetween(D, E, WORKDAYS, CALENDAR),
    OrdinalOf(K, "Kind"),
    ChoiceAt(Constant(1, COUNT), "Kind"),
]
ELSEWHERE = {ContextField, RecordField, DefinitionReference, Aggregate}
"""Leaves that only a whole query has; the tests of agreement have them, and all kinds of aggregates."""


def test_there_is_a_sample_of_every_node() -> None:
    parts = {Presume} | {type(sample) for sample in SAMPLES}
    assert parts | ELSEWHERE == set(get_args(Expression))


def statement(expression: Expression, dialect: Dialect) -> str:
    """A query for the expression in a table `t`; every part is written out in a subquery of its own."""
    known = dict(KNOWN)
    bounds, columns = Bounds(known), {leaf: (None, leaf.name) for leaf in (A, B, O, D, E, T, K)}
    parts = Parts(TARGETS[dialect], known, bounds, SubjectField)
    whole = parts.of(expression, f"x{len(columns)}")
    scope = Scope(TARGETS[dialect], {"Kind": KIND}, bounds, {**columns})
    source: build.Tree = build.table(("t",))
    for number, part in enumerate(parts.taken()):
        assert isinstance(part.leaf, SubjectField)
        name = f"part{number}"
        query = build.select([build.star(), build.named(write(part.expression, scope), name)], source)
        source = query.subquery(f"q{number}", copy=False)
        columns[part.leaf] = (None, name)
        scope = Scope(TARGETS[dialect], {"Kind": KIND}, bounds, {**columns})
    return printed(build.select([build.named(write(whole, scope), "value")], source), dialect)


@pytest.mark.parametrize("dialect", list(Dialect))
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: type(sample).__name__)
def test_a_node_is_written_in_every_dialect(sample: Expression, dialect: Dialect) -> None:
    assert statement(sample, dialect).startswith("SELECT")


def stored(name: str, value: Value) -> object:
    return date_of(value) if isinstance(TYPES[name], Day) and isinstance(value, int) else value


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: type(sample).__name__)
def test_a_node_has_in_duckdb_the_value_that_the_interpreter_gives_it(sample: Expression) -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE t (a INTEGER, b INTEGER, o INTEGER, d DATE, e DATE, t BOOLEAN, k VARCHAR)")
    program = PROGRAM.__class__(
        PROGRAM.header, (KIND,), PROGRAM.subject, PROGRAM.records, (), PROGRAM.result, (), (), CALENDAR
    )
    connection.executemany(
        "INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?)",
        [[stored(name, value) for name, value in row.items()] for row in ROWS],
    )
    meant = [value_of(sample, Meaning(program, LoadedSubject(row, {}), NO_RUN, {}, {})) for row in ROWS]
    day = isinstance(plain(type_of(sample)), Day)
    expected = [date_of(value) if day and isinstance(value, int) else value for value in meant]
    assert [row[0] for row in connection.execute(statement(sample, Dialect.DUCKDB)).fetchall()] == expected


def products_of_large_numbers(dialect: Dialect) -> str:
    """A product where it is small enough, and the product alone."""
    large = Number(COUNT.unit)
    field = SubjectField("a", large)
    known = {field: Interval(-(2**63), 2**63 - 1)}
    product = Multiply(field, field, large)
    guarded = Choose((Branch(Less(field, Constant(1000, large)), product),), field, large)
    scope = Scope(TARGETS[dialect], {}, Bounds(known), {field: (None, "a")})
    return printed(build.select([write(guarded, scope), write(product, scope)], build.table(("large",))), dialect)


LARGE = "CREATE TABLE large (a BIGINT)", "INSERT INTO large VALUES (9223372036854775807), (30)"


def test_a_number_that_leaves_64_bits_beside_what_is_evaluated_fails_nowhere() -> None:
    connection = duckdb.connect()
    for command in LARGE:
        connection.execute(command)
    query = products_of_large_numbers(Dialect.DUCKDB)
    assert connection.execute(query).fetchall() == [(9223372036854775807, None), (900, 900)]


@pytest.mark.xdist_group("postgres")
def test_a_number_that_leaves_64_bits_beside_what_is_evaluated_fails_not_in_postgres(
    postgres: "psycopg.Connection",
) -> None:
    for command in ("DROP TABLE IF EXISTS large", *LARGE):
        postgres.execute(command)
    query = products_of_large_numbers(Dialect.POSTGRES)
    assert postgres.execute(query).fetchall() == [(9223372036854775807, 9223372036854775807), (900, 900)]


@pytest.mark.parametrize("dialect", list(Dialect))
def test_generators_that_are_no_base_of_others_write_the_same(
    monkeypatch: pytest.MonkeyPatch, dialect: Dialect
) -> None:
    """In the compiled build of sqlglot a class that is made of one of its generators cannot be called."""
    meant = [statement(sample, dialect) for sample in SAMPLES]
    made = printing._made

    def refused(kind: type[Generator], dialect: Dialect) -> Generator:
        if kind.__module__ == printing.__name__:
            raise TypeError("interpreted classes cannot inherit from compiled")
        return made(kind, dialect)

    monkeypatch.setattr(printing, "_made", refused)
    assert [statement(sample, dialect) for sample in SAMPLES] == meant
