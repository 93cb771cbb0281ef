"""Literals as exact quantities, and which of two is the smaller one, as far as their units allow to say."""

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from creditdsl.syntax import tree


class Measured(Enum):
    """What a quantity counts. `PLAIN` is a number without a unit, which takes the unit that it meets."""

    PLAIN = "plain"
    POINTS = "points"
    YUAN = "yuan"
    RATE = "rate"
    DAYS = "days"
    WORKDAYS = "workdays"
    MONTHS = "months"
    YEARS = "years"
    DATE = "date"
    MONTH = "month"


UNITS: dict[tree.UnitWord, tuple[Measured, Fraction]] = {
    tree.UnitWord.POINTS: (Measured.POINTS, Fraction(1)),
    tree.UnitWord.YUAN: (Measured.YUAN, Fraction(1)),
    tree.UnitWord.TEN_THOUSAND_YUAN: (Measured.YUAN, Fraction(10_000)),
    tree.UnitWord.HUNDRED_MILLION_YUAN: (Measured.YUAN, Fraction(100_000_000)),
    tree.UnitWord.PERCENT: (Measured.RATE, Fraction(1, 100)),
    tree.UnitWord.PERCENTAGE_POINTS: (Measured.RATE, Fraction(1, 100)),
    tree.UnitWord.DAYS: (Measured.DAYS, Fraction(1)),
    tree.UnitWord.WORKDAYS: (Measured.WORKDAYS, Fraction(1)),
    tree.UnitWord.MONTHS: (Measured.MONTHS, Fraction(1)),
    tree.UnitWord.YEARS: (Measured.YEARS, Fraction(1)),
}

DURATIONS = frozenset({Measured.DAYS, Measured.WORKDAYS, Measured.MONTHS, Measured.YEARS})
FEWEST_DAYS, MOST_DAYS = 28, 31
"""The days of a month."""
MONTHS_OF_YEAR = 12


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact amount; dates are counted in days, months of the calendar in months."""

    measured: Measured
    amount: Fraction


def quantity(expression: tree.Expression) -> Quantity | None:
    """The quantity that a literal stands for; None for everything else.

    >>> quantity(tree.Number(15, 1, tree.UnitWord.TEN_THOUSAND_YUAN))
    Quantity(measured=<Measured.YUAN: 'yuan'>, amount=Fraction(15000, 1))
    """
    match expression:
        case tree.Number(digits=digits, places=places, unit=unit):
            measured, factor = (Measured.PLAIN, Fraction(1)) if unit is None else UNITS[unit]
            return Quantity(measured, Fraction(digits, 10**places) * factor)
        case tree.DateLiteral(value=value):
            return Quantity(Measured.DATE, Fraction(value.toordinal()))
        case tree.MonthLiteral(year=year, month=month):
            return Quantity(Measured.MONTH, Fraction(year * MONTHS_OF_YEAR + month))
        case tree.Unary(operator=tree.UnaryOperator.NEGATE, operand=operand):
            inner = quantity(operand)
            return None if inner is None else Quantity(inner.measured, -inner.amount)
        case _:  # Nothing else is a literal that has an order.
            return None


def known_at_most(first: Quantity, second: Quantity, *, strict: bool) -> bool:
    """Whether the first is certainly at most (`strict`: less than) the second where both stand in the same place.

    A month is 28 to 31 days long: 30 days are less than 2 months, and nothing is said about 30 days and 1 month.
    """
    left, right = _brought_together(first, second)
    if left is None or right is None:
        return False
    return left < right if strict else left <= right


def _brought_together(first: Quantity, second: Quantity) -> tuple[Fraction | None, Fraction | None]:
    """Both amounts in one unit: the first at its longest, the second at its shortest."""
    if first.measured is second.measured or _takes_the_other_unit(first, second):
        return first.amount, second.amount
    if not {first.measured, second.measured} <= {Measured.DAYS, Measured.MONTHS, Measured.YEARS}:
        return None, None
    if min(first.amount, second.amount) < 0:
        return None, None
    if Measured.DAYS not in (first.measured, second.measured):
        return _months(first), _months(second)
    return (
        first.amount if first.measured is Measured.DAYS else _months(first) * MOST_DAYS,
        second.amount if second.measured is Measured.DAYS else _months(second) * FEWEST_DAYS,
    )


def _takes_the_other_unit(first: Quantity, second: Quantity) -> bool:
    """Zero without a unit fits every unit, another whole number that of a duration."""
    plain, other = (first, second) if first.measured is Measured.PLAIN else (second, first)
    if plain.measured is not Measured.PLAIN:
        return False
    if other.measured in DURATIONS:
        return True
    return plain.amount == 0 and other.measured not in (Measured.DATE, Measured.MONTH)


def _months(length: Quantity) -> Fraction:
    return length.amount * (MONTHS_OF_YEAR if length.measured is Measured.YEARS else 1)
