"""Expressions of the core as pieces of NumPy: one arm a node.

In: an expression and the rows for which it is computed. Out: its `Code`. Every operand is computed for all rows, whatever
decides whether it is asked for.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from creditdsl.backends.columns.arithmetic import Arithmetic, constant_width
from creditdsl.backends.columns.code import (
    FALSE,
    TRUE,
    Code,
    at_width,
    both,
    chosen,
    combined,
    either,
    inverse,
    number,
    plain,
    plus,
    presence,
    times,
)
from creditdsl.backends.columns.widths import TEXT_WIDTH, width_of
from creditdsl.backends.columns.writer import Place
from creditdsl.core.ir import (
    Add,
    AddDays,
    AddMonths,
    AddWorkdays,
    Aggregate,
    Among,
    And,
    Calendar,
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
    SubjectField,
    Subtract,
    WorkdaysBetween,
    YearOf,
)
from creditdsl.core.type_of import type_of
from creditdsl.core.types import Choice, Number, Optional, Text, Truth, Type
from creditdsl.core.types import plain as plain_type

COMPARISONS = {Equal: ("==", "=="), Less: ("<", ">"), LessOrEqual: ("<=", ">=")}
"""Each comparison, and how it is written with its sides exchanged."""
DAY_WIDTH = 32
"""Calendar arithmetic is done in 32 bits, in which all of its days and months lie."""


@dataclass(slots=True)
class Expressions(Arithmetic):
    """A writer of all expressions but definitions and aggregates."""

    calendars: dict[Calendar, str] = field(default_factory=dict)

    def computed(self, expression: Expression, place: Place) -> Code:
        match expression:
            case Constant():
                return self.constant(expression)
            case ContextField(name):
                return number(self.columns.context.day(name))
            case SubjectField(name, type_):
                return self._leaf(f"subject[{name!r}]", expression, type_, place)
            case RecordField(_, name, type_):
                return self._leaf(f"{place.table}[{name!r}]", expression, type_, place)
            case DefinitionReference():
                return self.definition(expression)
            case IsPresent(operand):
                return presence(self.read(operand, place))
            case Presume(operand):
                return plain(self.read(operand, place))
            case OrElse(operand, default):
                value, other = self.read(operand, place), self.read(default, place)
                if value.present is None:
                    return value
                return chosen(value.present, plain(value), other, self._chosen_width(expression, (value, other)))
            case Not(operand):
                return inverse(self.read(operand, place))
            case And(operands):
                return self.folded(both, TRUE, (self.read(operand, place) for operand in operands))
            case Or(operands):
                return self.folded(either, FALSE, (self.read(operand, place) for operand in operands))
            case Equal(left, right) | Less(left, right) | LessOrEqual(left, right):
                return compared(type(expression), plain(self.read(left, place)), plain(self.read(right, place)))
            case Among(operand, values):
                return self._among(plain(self.read(operand, place)), [self.constant(value) for value in values])
            case Add() | Subtract() | Multiply() | Negate():
                return self.arithmetic(expression, place)
            case DivideRounded():
                return self.quotient(expression, place)
            case Least(operands) | Greatest(operands):
                return self.extreme(expression, operands, place)
            case Choose():
                return self._choice(expression, place)
            case YearOf(operand):
                return self._calendar("year_of", (operand,), place)
            case MonthOf(operand):
                return self._calendar("month_of", (operand,), place)
            case AddDays(first, second):
                return self.in_width("({} + {})", expression, (first, second), place)
            case AddMonths(day, months):
                return self._calendar("add_months", (day, months), place)
            case AddWorkdays(day, workdays, calendar):
                return self._calendar(f"{self._workdays(calendar)}.add", (day, workdays), place)
            case RollForward(day, calendar):
                return self._calendar(f"{self._workdays(calendar)}.roll", (day,), place)
            case DaysBetween(first, second):
                return self.in_width("({} - {})", expression, (second, first), place)
            case MonthsBetween(first, second):
                return self._calendar("months_between", (first, second), place)
            case WorkdaysBetween(first, second, _, calendar):
                return self._calendar(f"{self._workdays(calendar)}.between", (first, second), place)
            case OrdinalOf(operand) | ChoiceAt(operand):
                return plain(self.read(operand, place))
            case Aggregate():
                return self.aggregate(expression)

    def _leaf(self, text: str, field_: SubjectField | RecordField, type_: Type, place: Place) -> Code:
        width = self.columns.field_width(field_)
        rows = f"[{place.rows}]" if place.rows else ""
        uses = place.uses if place.rows else frozenset()
        if not isinstance(type_, Optional):
            return Code(text + rows, width, uses)
        return Code(f"{text}[0]{rows}", width, uses, present=Code(f"{text}[1]{rows}", 1, uses))

    def _chosen_width(self, expression: Expression, codes: Iterable[Code]) -> int:
        """The width of a value that is one of several."""
        type_ = type_of(expression)
        if isinstance(plain_type(type_), Truth):
            return 1
        own = TEXT_WIDTH if isinstance(plain_type(type_), Text) else width_of(self.interval(expression))
        codes = tuple(codes)
        constants = [code.constant for code in codes if code.constant is not None]
        least = max((width_of(Interval(value, value)) for value in constants), default=8)
        return max(own, least, max((code.width for code in codes), default=8))

    def _choice(self, choice: Choose, place: Place) -> Code:
        steps = self._steps(choice, place)
        if steps is not None:
            return steps
        result = self.read(choice.otherwise, place)
        for branch in reversed(choice.branches):
            when, then = self.read(branch.when, place), self.read(branch.then, place)
            result = chosen(when, then, result, self._chosen_width(choice, (then, result)))
            result = self.short(result)
        return result

    def _steps(self, choice: Choose, place: Place) -> Code | None:
        """Constants by ascending or descending limits of one value, as bands have them: each limit passed adds a difference."""
        if not isinstance(plain_type(choice.type), Number | Choice) or not _is_ladder(choice):
            return None
        values = [self.constant(value) for value in _constants(choice)]
        if any(value.present is not None for value in values):
            return None
        numbers = [value.constant or 0 for value in values]
        width = max(width_of(Interval(min(numbers), max(numbers))), *(constant_width(value) for value in values))
        span = max(numbers) - min(numbers)
        if width_of(Interval(-span, span)) > width:
            return None
        result = values[-1]
        for branch, value, following in zip(choice.branches, numbers, numbers[1:], strict=False):
            step = times(at_width(self.read(branch.when, place), width), abs(value - following))
            result = self.short(plus(result, step, minus=value < following))
        return result

    def _among(self, operand: Code, values: list[Code]) -> Code:
        """Consecutive numbers are one comparison with both ends."""
        numbers = sorted({value.constant for value in values if value.constant is not None})
        spans: list[tuple[int, int]] = []
        for value in numbers:
            if spans and spans[-1][1] == value - 1 and operand.width != 1:
                spans[-1] = (spans[-1][0], value)
            else:
                spans.append((value, value))
        return self.folded(either, FALSE, (_within(operand, low, high) for low, high in spans))

    def _calendar(self, function: str, operands: tuple[Expression, ...], place: Place) -> Code:
        codes = self.typed([plain(self.read(operand, place)) for operand in operands], DAY_WIDTH, place)
        codes = [
            at_width(code, DAY_WIDTH) if code.constant is None else Code(f"np.int32({code.text})", DAY_WIDTH)
            for code in codes
        ]
        return combined(f"{function}({', '.join('{}' for _ in codes)})", *codes, width=DAY_WIDTH)

    def _workdays(self, calendar: Calendar) -> str:
        name = self.calendars.get(calendar)
        if name is None:
            name = self.calendars[calendar] = (
                "WORKDAYS" if not self.calendars else f"WORKDAYS_{len(self.calendars) + 1}"
            )
        return name


def compared(kind: type[Equal] | type[Less] | type[LessOrEqual], left: Code, right: Code) -> Code:
    """A comparison; a constant stands on its right."""
    operator, exchanged = COMPARISONS[kind]
    if left.constant is not None and right.constant is not None:
        results = {Equal: left.constant == right.constant, Less: left.constant < right.constant}
        return TRUE if results.get(kind, left.constant <= right.constant) else FALSE
    if left.constant is not None:
        left, right, operator = right, left, exchanged
    if left.width == 1 and right.constant is not None:
        return left if right.constant else inverse(left)
    return combined(f"({{}} {operator} {{}})", left, right, width=1)


def _constants(choice: Choose) -> list[Constant]:
    """The values of a choice, that of no branch last; empty when they are not all constants."""
    values = [*(branch.then for branch in choice.branches), choice.otherwise]
    constants = [value for value in values if isinstance(value, Constant)]
    return constants if len(constants) == len(values) else []


def _is_ladder(choice: Choose) -> bool:
    """Whether each condition of a choice of constants holds wherever the one before it does: limits of one value, in order."""
    if len(choice.branches) < 2 or not _constants(choice):
        return False
    limits: list[int] = []
    sides: set[tuple[type, Expression, bool]] = set()
    for branch in choice.branches:
        match branch.when:
            case Less(Constant(int(limit)), value) | LessOrEqual(Constant(int(limit)), value):
                sides.add((type(branch.when), value, True))
            case Less(value, Constant(int(limit))) | LessOrEqual(value, Constant(int(limit))):
                sides.add((type(branch.when), value, False))
            case _:
                return False
        limits.append(limit)
    falling = next(iter(sides))[2]
    return len(sides) == 1 and limits == sorted(limits, reverse=falling)


def _within(operand: Code, low: int, high: int) -> Code:
    if low == high:
        return compared(Equal, operand, number(low) if operand.width != 1 else (TRUE if low else FALSE))
    return both(compared(LessOrEqual, number(low), operand), compared(LessOrEqual, operand, number(high)))
