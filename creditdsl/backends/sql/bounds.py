"""The interval of an expression wherever it is evaluated, wanted or not.

`core.intervals` may count on the conditions that an expression stands under. A query cannot: it may compute a branch that is
not taken, and a condition about an absent value says nothing. So here a choice has the hull of all its values, whatever its
conditions say, and what an operation cannot give at 64 bits (or in years 1 to 9999) counts as cut off there.
"""

from creditdsl.core.calendar import FIRST_DATE, LAST_DATE
from creditdsl.core.intervals import INT64, Facts, Known, interval_of
from creditdsl.core.ir import (
    Choose,
    Constant,
    ContextField,
    DefinitionReference,
    Expression,
    Interval,
    OrElse,
    Presume,
    RecordField,
    SubjectField,
)
from creditdsl.core.type_of import type_of
from creditdsl.core.types import Day, plain
from creditdsl.core.walk import children, rebuilt

DAYS = Interval(FIRST_DATE, LAST_DATE)


class Bounds:
    """The intervals of expressions over leaves of which `known` tells."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.found: dict[int, tuple[Expression, Interval]] = {}
        """by the identity of an expression, which is kept so that it stays its own"""

    def of(self, expression: Expression) -> Interval:
        """The interval of a number, a day or a month."""
        known = self.found.get(id(expression))
        if known is None:
            known = self.found[id(expression)] = expression, self._cut(expression, self._computed(expression))
        return known[1]

    def _computed(self, expression: Expression) -> Interval:
        match expression:
            case Constant() | ContextField() | SubjectField() | RecordField() | DefinitionReference():
                return interval_of(expression, self.known)
            case Presume(operand):
                return self.of(operand)
            case OrElse(operand, default):
                return self._hull((operand, default))
            case Choose(branches, otherwise):
                return self._hull((*(branch.then for branch in branches), otherwise))
            case _:
                return self._operation(expression)

    def _operation(self, expression: Expression) -> Interval:
        """Of operands about which nothing but their own interval is known."""
        known: Facts = {}

        def stand_in(part: Expression) -> Expression:
            leaf = DefinitionReference(f"operand {len(known)}", type_of(part))
            known[leaf] = self.of(part)
            return leaf

        return interval_of(rebuilt(expression, stand_in) if children(expression) else expression, known)

    def _hull(self, parts: tuple[Expression, ...]) -> Interval:
        intervals = [self.of(part) for part in parts if not (isinstance(part, Constant) and part.value is None)]
        if not intervals:
            return Interval(0, 0)
        return Interval(min(item.low for item in intervals), max(item.high for item in intervals))

    def _cut(self, expression: Expression, interval: Interval) -> Interval:
        most = DAYS if isinstance(plain(type_of(expression)), Day) else INT64
        low = min(max(interval.low, most.low), most.high)
        return Interval(low, min(max(interval.high, low), most.high))

    def uncut(self, expression: Expression) -> Interval:
        """What an operation would give if its type had no ends."""
        return self._computed(expression)
