"""What each dialect calls things.

In: SQL trees. Out: SQL trees. A `Target` is one dialect's table from an operation to how it is written there; the compiler
of a query asks it for everything that dialects do not agree on, so that a dialect without an entry does not exist.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from sqlglot import exp

from creditdsl.backends.sql.build import (
    Tree,
    add,
    call,
    cast,
    column,
    data_type,
    grouped,
    identifier,
    integer,
    subtract,
    text,
)
from creditdsl.diagnostics import Text

INT64_HIGH = 2**63 - 1


class Dialect(Enum):
    DUCKDB = "duckdb"
    POSTGRES = "postgres"
    SPARK = "spark"


class CannotExpress(Exception):
    """What a dialect has no exact words for: why, and what can be done about it."""

    def __init__(self, message: Text, remedy: Text) -> None:
        super().__init__(message.en)
        self.message = message
        self.remedy = remedy


One = Callable[[Tree], Tree]
Two = Callable[[Tree, Tree], Tree]


@dataclass(frozen=True, slots=True)
class Target:
    """How one dialect writes what dialects do not agree on. A day is a DATE, a month or a number of days an integer."""

    dialect: Dialect
    year: One
    month_of_year: One
    day_of_month: One
    add_days: Two
    days_between: Two
    """from the first to the second"""
    add_months: Two
    """the corresponding day, or the last one of its month"""
    quotient: Two
    """of two whole numbers, towards zero"""
    least: Callable[[Sequence[Tree]], Tree] | None
    """None where CASE is faster"""
    greatest: Callable[[Sequence[Tree]], Tree] | None
    wide: One
    """a whole number at a type in which no sum, difference or product of two BIGINT overflows"""
    narrow: One
    """such a number as a BIGINT; anything that is not garbage where it does not fit"""
    total: One
    """SUM, as the widest integer that sums can have"""
    row: Callable[[Sequence[Tree]], Tree]
    """several values as one, absent ones included, for DISTINCT"""
    count_up_to: Callable[[Sequence[int], Tree], Tree]
    """how many of some ascending numbers are at most a number"""
    matches: Callable[[Tree, str], Tree]
    """whether a whole text matches a pattern"""
    try_cast: Callable[[Tree, str], Tree] | None
    """NULL where the value has no such form; None where there is none and a pattern must decide first"""
    exact_remainder: bool
    """whether `%` of two decimals is exact, however many digits they have"""
    day_text: One
    """a day as `2020-11-01`"""
    parameter: Callable[[str, str | None], Tree]
    """a day of the run, by its name and the function whose parameter it is"""
    unpivot: str
    """how rows are made of columns: `union`, `values` or `stack`"""
    most_cases: int | None
    """how many rows are made of one stage's columns at a time; a dialect may look at all columns for each of them"""
    most_columns: int | None
    """of one SELECT"""
    fenced: bool
    """whether OFFSET 0 must keep a stage from being written into the next one"""
    most_bytes_of_a_name: int


def _function(name: str) -> One:
    return lambda tree: call(name, tree)


def _date_part(name: str) -> One:
    return lambda tree: cast(exp.Extract(this=exp.Var(this=name), expression=tree), "INTEGER")


def _int(tree: Tree) -> Tree:
    """A number as the INTEGER that functions of days want; one that is written out is one already."""
    number = tree.this if isinstance(tree, exp.Neg) else tree
    return tree if isinstance(number, exp.Literal) else cast(tree, "INTEGER")


def _variadic(name: str) -> Callable[[Sequence[Tree]], Tree]:
    return lambda trees: call(name, *trees)


def _duckdb_quotient(left: Tree, right: Tree) -> Tree:
    return exp.IntDiv(this=grouped(left), expression=grouped(right))


def _postgres_quotient(left: Tree, right: Tree) -> Tree:
    return exp.Div(this=grouped(left), expression=grouped(right), typed=True)


def _numeric(tree: Tree) -> Tree:
    """A number of any size. The type is not made from its name, which in DuckDB means 18 digits with three places."""
    return exp.Cast(this=tree, to=exp.DataType(this=exp.DataType.Type.DECIMAL))


def _postgres_narrow(tree: Tree) -> Tree:
    low, high = _numeric(text(str(-INT64_HIGH - 1))), _numeric(text(str(INT64_HIGH)))
    return cast(call("LEAST", call("GREATEST", tree, low), high), "BIGINT")


def _try_cast(tree: Tree, type_: str) -> Tree:
    return exp.TryCast(this=tree, to=data_type(type_))


def _numbers(values: Sequence[int]) -> list[Tree]:
    return [integer(value) for value in values]


def _duckdb_count(values: Sequence[int], tree: Tree) -> Tree:
    test = exp.Lambda(this=exp.LTE(this=column("x"), expression=tree), expressions=[identifier("x")])
    return cast(call("LEN", call("LIST_FILTER", exp.Array(expressions=_numbers(values)), test)), "INTEGER")


def _postgres_count(values: Sequence[int], tree: Tree) -> Tree:
    return call("WIDTH_BUCKET", tree, exp.Array(expressions=_numbers(values)))


def _spark_count(values: Sequence[int], tree: Tree) -> Tree:
    test = exp.Lambda(this=exp.LTE(this=column("x"), expression=tree), expressions=[identifier("x")])
    return call("SIZE", call("FILTER", call("ARRAY", *_numbers(values)), test))


DUCKDB = Target(
    dialect=Dialect.DUCKDB,
    year=lambda tree: cast(call("YEAR", tree), "INTEGER"),
    month_of_year=lambda tree: cast(call("MONTH", tree), "INTEGER"),
    day_of_month=lambda tree: cast(call("DAY", tree), "INTEGER"),
    add_days=lambda tree, days: add(tree, _int(days)),
    days_between=lambda first, second: cast(subtract(second, first), "INTEGER"),
    add_months=lambda tree, months: cast(add(tree, call("TO_MONTHS", _int(months))), "DATE"),
    quotient=_duckdb_quotient,
    least=None,
    greatest=None,
    wide=lambda tree: cast(tree, "HUGEINT"),
    narrow=lambda tree: _try_cast(tree, "BIGINT"),
    total=lambda tree: exp.Sum(this=tree),
    row=_variadic("ROW"),
    count_up_to=_duckdb_count,
    matches=lambda tree, pattern: call("REGEXP_FULL_MATCH", tree, text(pattern)),
    try_cast=_try_cast,
    exact_remainder=False,
    day_text=lambda tree: cast(tree, "TEXT"),
    parameter=lambda name, _: cast(exp.Placeholder(this=name), "DATE"),
    unpivot="union",
    most_cases=40,
    most_columns=None,
    fenced=False,
    most_bytes_of_a_name=200,
)

POSTGRES = Target(
    dialect=Dialect.POSTGRES,
    year=_date_part("YEAR"),
    month_of_year=_date_part("MONTH"),
    day_of_month=_date_part("DAY"),
    add_days=lambda tree, days: add(tree, _int(days)),
    days_between=lambda first, second: subtract(second, first),
    add_months=lambda tree, months: cast(add(tree, call("MAKE_INTERVAL", integer(0), _int(months))), "DATE"),
    quotient=_postgres_quotient,
    least=_variadic("LEAST"),
    greatest=_variadic("GREATEST"),
    wide=_numeric,
    narrow=_postgres_narrow,
    total=lambda tree: exp.Sum(this=tree),
    row=_variadic("ROW"),
    count_up_to=_postgres_count,
    matches=lambda tree, pattern: exp.RegexpLike(this=grouped(tree), expression=text(f"^(?:{pattern})$")),
    try_cast=None,
    exact_remainder=True,
    day_text=lambda tree: call("TO_CHAR", tree, text("YYYY-MM-DD")),
    parameter=column,
    unpivot="values",
    most_cases=None,
    most_columns=1600,
    fenced=True,
    most_bytes_of_a_name=63,
)

SPARK = Target(
    dialect=Dialect.SPARK,
    year=_function("YEAR"),
    month_of_year=_function("MONTH"),
    day_of_month=_function("DAY"),
    add_days=lambda tree, days: call("DATE_ADD", tree, _int(days)),
    days_between=lambda first, second: call("DATEDIFF", second, first),
    add_months=lambda tree, months: call("ADD_MONTHS", tree, _int(months)),
    quotient=_duckdb_quotient,
    least=_variadic("LEAST"),
    greatest=_variadic("GREATEST"),
    wide=lambda tree: cast(tree, "DECIMAL(38, 0)"),
    narrow=lambda tree: _try_cast(tree, "BIGINT"),
    total=lambda tree: exp.Sum(this=tree),
    row=_variadic("STRUCT"),
    count_up_to=_spark_count,
    matches=lambda tree, pattern: exp.RegexpLike(this=grouped(tree), expression=text(rf"\A(?:{pattern})\z")),
    try_cast=_try_cast,
    exact_remainder=True,
    day_text=lambda tree: cast(tree, "TEXT"),
    parameter=lambda name, _: cast(exp.Placeholder(this=name), "DATE"),
    unpivot="stack",
    most_cases=40,
    most_columns=None,
    fenced=False,
    most_bytes_of_a_name=200,
)

TARGETS = {target.dialect: target for target in (DUCKDB, POSTGRES, SPARK)}
