"""What an expression can see while it is written: the columns of its leaves, and what is known of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from creditdsl.backends.sql.bounds import Bounds
from creditdsl.backends.sql.target import Target
from creditdsl.core.ir import (
    Enumeration,
    Expression,
    Interval,
    Presume,
)
from creditdsl.core.types import Choice, Day, Month, Number, Text, Truth, Type, plain
from creditdsl.core.walk import Leaf

SQL_NAMES = {Truth: "BOOLEAN", Number: "BIGINT", Day: "DATE", Month: "INTEGER", Choice: "TEXT", Text: "TEXT"}


def sql_type(type_: Type) -> str:
    """The SQL type of a value inside a query."""
    return SQL_NAMES[type(plain(type_))]


def is_leaf(expression: Expression) -> bool:
    """Whether an expression is a constant or a column, so that it can be written twice."""
    if isinstance(expression, Presume):
        return is_leaf(expression.operand)
    return isinstance(expression, Leaf)


@dataclass(frozen=True, slots=True)
class Scope:
    """`columns` has a table, None where there is only one, and a column for each leaf."""

    target: Target
    enums: Mapping[str, Enumeration]
    bounds: Bounds
    columns: Mapping[Expression, tuple[str | None, str]]
    function: str | None = None
    """the function whose parameters the days of the run are"""

    def interval(self, expression: Expression) -> Interval:
        return self.bounds.of(expression)
