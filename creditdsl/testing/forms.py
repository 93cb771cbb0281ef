"""Core comparisons as linear forms, so that a generator can solve them for one field.

In: the expressions of a program. Out: for `left < right` the forms of `left - right`: sums of readings (a field, a day of
the context, an aggregate) with exact coefficients. A choice gives one form for each of its values; what is not linear
gives none. The forms only guide where subjects are looked for; nothing is decided by them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction
from itertools import islice, product

from creditdsl.core.ir import (
    Add,
    AddDays,
    AddMonths,
    AddWorkdays,
    Aggregate,
    Choose,
    Constant,
    ContextField,
    DaysBetween,
    DefinitionReference,
    DivideRounded,
    Equal,
    Expression,
    Greatest,
    Least,
    Less,
    LessOrEqual,
    MonthOf,
    MonthsBetween,
    Multiply,
    Negate,
    OrdinalOf,
    OrElse,
    Presume,
    Program,
    RecordField,
    RollForward,
    SubjectField,
    Subtract,
    WorkdaysBetween,
    YearOf,
)
from creditdsl.core.types import Day, Month, Number, plain

WORKDAYS_A_DAY = Fraction(5, 7)
"""About how many workdays there are in a day."""

MOST_FORMS = 12
"""A form more than this for one expression is left out: the choice that made it is seen elsewhere too."""

Comparison = Equal | Less | LessOrEqual
Place = SubjectField | RecordField | ContextField | Aggregate


class View(Enum):
    VALUE = "value"
    ORDINAL = "ordinal"
    YEAR = "year"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Reading:
    """A place as an integer: its value, the position of its choice, or its year or month.

    A day is moved by `months`, then by `workdays`.
    """

    place: Place
    view: View = View.VALUE
    months: int = 0
    workdays: int = 0


@dataclass(frozen=True, slots=True)
class LinearForm:
    """`terms` (reading, coefficient; coefficients are not 0) added up, plus `constant`."""

    terms: tuple[tuple[Reading, Fraction], ...]
    constant: Fraction

    def plus(self, other: "LinearForm", factor: int = 1) -> "LinearForm":
        """This form plus `factor` times the other."""
        merged = dict(self.terms)
        for reading, coefficient in other.terms:
            merged[reading] = merged.get(reading, Fraction(0)) + factor * coefficient
        terms = tuple((reading, coefficient) for reading, coefficient in merged.items() if coefficient)
        return LinearForm(terms, self.constant + factor * other.constant)

    def times(self, factor: Fraction) -> "LinearForm":
        terms = tuple((reading, coefficient * factor) for reading, coefficient in self.terms if factor)
        return LinearForm(terms, self.constant * factor)


class Forms:
    """The linear forms of the expressions of one program; definitions are followed, but those of `opaque`."""

    def __init__(self, program: Program, opaque: frozenset[str]) -> None:
        self._definitions = {item.name: item.expression for item in program.definitions if item.name not in opaque}
        self.calendar = program.calendar
        self._known: dict[int, tuple[Expression, tuple[LinearForm, ...]]] = {}

    def expression(self, name: str) -> Expression | None:
        """What a definition says; None for an opaque one."""
        return self._definitions.get(name)

    def difference(self, comparison: Comparison) -> tuple[LinearForm, ...]:
        """The forms of `left - right`; a count of months against a number is turned into days."""
        left, right = comparison.left, comparison.right
        if isinstance(left, MonthsBetween):
            return self._months_against(left, right)
        if isinstance(right, MonthsBetween):
            return tuple(form.times(Fraction(-1)) for form in self._months_against(right, left))
        return _combined(self.of(left), self.of(right), -1)

    def of(self, expression: Expression) -> tuple[LinearForm, ...]:
        """The forms of one numeric expression, days included."""
        known = self._known.get(id(expression))
        if known is None:
            known = (expression, tuple(islice(self._of(expression), MOST_FORMS)))
            self._known[id(expression)] = known
        return known[1]

    def _of(self, expression: Expression) -> Iterator[LinearForm]:
        match expression:
            case Constant(value=value):
                if isinstance(value, int) and not isinstance(value, bool):
                    yield LinearForm((), Fraction(value))
            case SubjectField(type=type_) | RecordField(type=type_) | Aggregate(type=type_):
                if isinstance(plain(type_), Number | Day | Month):
                    yield LinearForm(((Reading(expression), Fraction(1)),), Fraction(0))
            case ContextField():
                yield LinearForm(((Reading(expression), Fraction(1)),), Fraction(0))
            case DefinitionReference(name=name):
                followed = self.expression(name)
                if followed is not None:
                    yield from self.of(followed)
            case Presume(operand=operand):
                yield from self.of(operand)
            case OrElse(operand=operand, default=default):
                yield from self.of(operand)
                yield from self.of(default)
            case Add(operands=operands):
                yield from self._sum(operands)
            case Subtract(left=left, right=right):
                yield from _combined(self.of(left), self.of(right), -1)
            case Multiply(left=left, right=right):
                yield from self._product(left, right)
            case Negate(operand=operand):
                yield from (form.times(Fraction(-1)) for form in self.of(operand))
            case DivideRounded(dividend=dividend, divisor=divisor):
                yield from self._quotient(dividend, divisor)
            case Least(operands=operands) | Greatest(operands=operands):
                for operand in operands:
                    yield from self.of(operand)
            case Choose(branches=branches, otherwise=otherwise):
                for branch in branches:
                    yield from self.of(branch.then)
                yield from self.of(otherwise)
            case YearOf(operand=operand):
                yield from self._viewed(operand, View.YEAR)
            case MonthOf(operand=operand):
                yield from self._viewed(operand, View.MONTH)
            case OrdinalOf(operand=operand):
                yield from self._viewed(operand, View.ORDINAL)
            case AddDays(day=day, days=days):
                yield from _combined(self.of(day), self.of(days), 1)
            case DaysBetween(first=first, second=second):
                yield from _combined(self.of(second), self.of(first), -1)
            case AddMonths(day=day, months=months):
                for form in self.of(months):
                    if not form.terms:
                        yield from self._moved(day, int(form.constant))
            case AddWorkdays(day=day, workdays=workdays):
                for form in self.of(workdays):
                    if not form.terms:
                        yield from self._moved(day, workdays=int(form.constant))
            case RollForward(day=day):
                yield from self.of(day)
            case WorkdaysBetween(first=first, second=second):
                week = _combined(self.of(second), self.of(first), -1)
                yield from (form.times(WORKDAYS_A_DAY) for form in week)
            case _:
                return

    def _sum(self, operands: tuple[Expression, ...]) -> Iterator[LinearForm]:
        total: tuple[LinearForm, ...] = (LinearForm((), Fraction(0)),)
        for operand in operands:
            total = _combined(total, self.of(operand), 1)
        yield from total

    def _product(self, left: Expression, right: Expression) -> Iterator[LinearForm]:
        for one, other in product(self.of(left), self.of(right)):
            if not one.terms:
                yield other.times(one.constant)
            elif not other.terms:
                yield one.times(other.constant)

    def _quotient(self, dividend: Expression, divisor: Expression) -> Iterator[LinearForm]:
        for one, other in product(self.of(dividend), self.of(divisor)):
            if not other.terms and other.constant:
                yield one.times(1 / other.constant)

    def _viewed(self, operand: Expression, view: View) -> Iterator[LinearForm]:
        for place in self.places(operand):
            yield LinearForm(((Reading(place, view), Fraction(1)),), Fraction(0))

    def _moved(self, day: Expression, months: int = 0, workdays: int = 0) -> Iterator[LinearForm]:
        for form in self.of(day):
            terms = tuple(
                (replace(item, months=item.months + months, workdays=item.workdays + workdays), factor)
                for item, factor in form.terms
            )
            yield LinearForm(terms, form.constant)

    def _months_against(self, months: MonthsBetween, limit: Expression) -> tuple[LinearForm, ...]:
        """`second - (first + n months)`, for n and n + 1: where the count of months reaches and where it leaves n."""
        found: list[LinearForm] = []
        for bound in self.of(limit):
            if bound.terms:
                continue
            for more in (0, 1):
                moved = tuple(self._moved(months.first, int(bound.constant) + more))
                found.extend(_combined(self.of(months.second), moved, -1))
        return tuple(found[:MOST_FORMS])

    def places(self, expression: Expression) -> tuple[Place, ...]:
        """The fields, context days or aggregates that the expression is, seen through what only carries them."""
        match expression:
            case SubjectField() | RecordField() | ContextField() | Aggregate():
                return (expression,)
            case Presume(operand=operand) | OrElse(operand=operand):
                return self.places(operand)
            case DefinitionReference(name=name):
                followed = self.expression(name)
                return () if followed is None else self.places(followed)
            case Choose(branches=branches, otherwise=otherwise):
                found = [place for branch in branches for place in self.places(branch.then)]
                return tuple(found) + self.places(otherwise)
            case _:
                return ()


def _combined(left: tuple[LinearForm, ...], right: tuple[LinearForm, ...], factor: int) -> tuple[LinearForm, ...]:
    pairs = islice(product(left, right), MOST_FORMS)
    return tuple(one.plus(other, factor) for one, other in pairs)
