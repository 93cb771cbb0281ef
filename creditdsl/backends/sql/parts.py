"""Operands that SQL has to write twice become columns of their own.

In: expressions over columns. Out: the same with a leaf wherever an operand is written more than once and is more than a
column, and what those leaves are, in order; a chain of operations would double in size at every step otherwise. Workdays are
brought down to their number in a count (`workdays`).
"""

from collections.abc import Callable
from dataclasses import dataclass

from creditdsl.backends.sql.arithmetic import is_plain, is_small
from creditdsl.backends.sql.bounds import Bounds
from creditdsl.backends.sql.days import inside
from creditdsl.backends.sql.scope import is_leaf
from creditdsl.backends.sql.target import Target
from creditdsl.backends.sql.workdays import START, by_number
from creditdsl.core.intervals import Facts
from creditdsl.core.ir import (
    AddMonths,
    AddWorkdays,
    Branch,
    Choose,
    DivideRounded,
    Expression,
    Greatest,
    Least,
    MonthOf,
    MonthsBetween,
    RollForward,
    WorkdaysBetween,
)
from creditdsl.core.type_of import type_of
from creditdsl.core.types import Day, Type
from creditdsl.core.walk import Leaf, rebuilt

MakeLeaf = Callable[[str, Type], Expression]
"""A new leaf by a name and a type."""


@dataclass(frozen=True, slots=True)
class Part:
    leaf: Expression
    expression: Expression


class Parts:
    """Collects the parts of expressions of one kind of row; `known` learns the interval of every part."""

    def __init__(self, target: Target, known: Facts, bounds: Bounds, make_leaf: MakeLeaf) -> None:
        self.target = target
        self.known = known
        self.bounds = bounds
        self.make_leaf = make_leaf
        self.leaves: dict[Expression, Expression] = {}
        self.made: list[Part] = []
        self.name = ""

    def of(self, expression: Expression, name: str) -> Expression:
        """The expression over its parts; `name` is what they are named after."""
        self.name = name
        return self._split(expression)

    def taken(self) -> list[Part]:
        """The parts that were made since this was last asked."""
        made, self.made = self.made, []
        return made

    def _split(self, expression: Expression) -> Expression:
        if isinstance(expression, Leaf):
            return expression
        split = rebuilt(expression, self._split)
        match split:
            case Least(operands) | Greatest(operands):
                return self._extreme(split, operands)
            case DivideRounded(dividend, divisor) if not is_plain(split, self.bounds):
                return DivideRounded(self._leaf(dividend), self._leaf(divisor), split.rounding, split.type)
            case MonthOf(operand):
                return MonthOf(self._leaf(operand))
            case AddMonths(day, months) if not inside(self.bounds.uncut(split)):
                return AddMonths(self._leaf(day), months)
            case MonthsBetween(first, second):
                return MonthsBetween(self._leaf(first), self._leaf(second), split.type)
            case WorkdaysBetween(first, second, type_, calendar):
                return WorkdaysBetween(self._leaf(first), self._leaf(second), type_, calendar)
            case AddWorkdays() | RollForward():
                return self._workday(split)
            case _:
                return split

    def _extreme(self, extreme: Least | Greatest, operands: tuple[Expression, ...]) -> Expression:
        """Of two at a time, where a dialect is faster with CASE."""
        if self.target.least is not None or len(operands) == 1:
            return extreme
        kind, result = type(extreme), operands[0]
        for operand in operands[1:]:
            result = kind((self._short(result), self._short(operand)), extreme.type)
        return result

    def _short(self, expression: Expression) -> Expression:
        return expression if is_small(expression) else self._leaf(expression)

    def _workday(self, expression: AddWorkdays | RollForward) -> Expression:
        number, itself = by_number(expression)
        found = AddWorkdays(START, self._leaf(self._split(number)), expression.calendar)
        if itself is None:
            return found
        return Choose((Branch(itself, expression.day),), found, Day())

    def _leaf(self, expression: Expression) -> Expression:
        """A column with the value of an expression."""
        if is_leaf(expression):
            return expression
        leaf = self.leaves.get(expression)
        if leaf is None:
            leaf = self.make_leaf(f"{self.name} part", type_of(expression))
            self.leaves[expression] = leaf
            self.known[leaf] = self.bounds.of(expression)
            self.made.append(Part(leaf, expression))
        return leaf
