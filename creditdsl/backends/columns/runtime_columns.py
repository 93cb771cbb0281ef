"""Values, days and months in columns, copied into an emitted module with the names that it uses.

In: columns of integers, or whole numbers in place of them. Out: columns. Integers wrap and nothing faults, whatever stands in
rows whose value nobody asks for; where a value is asked for, the compiler has proved that it fits.
"""

import numpy as np

from creditdsl.backends.columns.runtime import Integers, Truths

Operand = Integers | int


def chosen(when: Truths, then: Operand, otherwise: Operand) -> Integers:
    """`then` where it holds, else `otherwise`; up to 32 bits a multiplication is quicker than `np.where`, and wraps exactly."""
    column = then if isinstance(then, np.ndarray) else otherwise
    assert isinstance(column, np.ndarray)
    if column.dtype.itemsize == 8 or column.dtype == np.bool_:
        return np.where(when, then, otherwise)
    result = np.subtract(then, otherwise, dtype=column.dtype)
    result *= when.view(np.int8) if column.dtype == np.int8 else when.astype(column.dtype)
    result += otherwise
    return result


def divided_half_up(dividend: Integers, divisor: Operand) -> Integers:
    """To the nearest, a tie away from zero."""
    quotient, more, half, negative = divided(dividend, divisor)
    return rounded(quotient, more | (half & ~negative))


def divided_half_even(dividend: Integers, divisor: Operand) -> Integers:
    """To the nearest, a tie to the even neighbour."""
    quotient, more, half, _ = divided(dividend, divisor)
    return rounded(quotient, more | (half & ((quotient & 1) == 1)))


def divided_down(dividend: Integers, divisor: Operand) -> Integers:
    """Towards zero."""
    divisor = safe(divisor)
    quotient = dividend // divisor
    return rounded(quotient, ((dividend < 0) != (divisor < 0)) & (quotient * divisor != dividend))


def divided_up(dividend: Integers, divisor: Operand) -> Integers:
    """Away from zero."""
    divisor = safe(divisor)
    quotient = dividend // divisor
    return rounded(quotient, ((dividend < 0) == (divisor < 0)) & (quotient * divisor != dividend))


def rounded(quotient: Integers, up: Truths) -> Integers:
    """The quotient, one more where it is rounded up."""
    result: Integers = quotient + up
    return result


def divided(dividend: Integers, divisor: Operand) -> tuple[Integers, Truths, Truths, Truths]:
    """The quotient rounded down, whether the rest is more than a half of the divisor or just a half, and its sign."""
    divisor = safe(divisor)
    quotient = dividend // divisor
    rest = dividend - quotient * divisor
    other = divisor - rest
    more = np.where(divisor < 0, rest < other, rest > other)
    return quotient, more, rest == other, (dividend < 0) != (divisor < 0)


def safe(divisor: Operand) -> Operand:
    """The divisor, 1 where it is 0, which it is only where nobody asks for the quotient."""
    return np.where(divisor == 0, divisor.dtype.type(1), divisor) if isinstance(divisor, np.ndarray) else divisor


# Days and months


def calendar_date(day: Integers) -> tuple[Integers, Integers, Integers]:
    """Year, month from 1 and day of the month from 1. Years are counted from March, so that months have a closed form."""
    shifted = day + 719_468
    era = shifted // 146_097
    day_of_era = shifted - era * 146_097
    year_of_era = (day_of_era - day_of_era // 1_460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * day_of_year + 2) // 153
    month = (shifted_month + 2) % 12 + 1
    year = era * 400 + year_of_era + (month <= 2)
    return year, month, day_of_year - (153 * shifted_month + 2) // 5 + 1


def year_of(day: Integers) -> Integers:
    return calendar_date(day)[0]


def month_of(day: Integers) -> Integers:
    """The month of a day, as year x 12 + (month - 1)."""
    year, month, _ = calendar_date(day)
    return year * 12 + month - 1


def first_day(month: Integers) -> Integers:
    """The first day of a month, as days since 1970-01-01."""
    number = month % 12 + 1
    year = month // 12 - (number <= 2)
    days_before = 365 * year + year // 4 - year // 100 + year // 400
    return days_before + (153 * ((number + 9) % 12) + 2) // 5 - 719_468


def add_months(day: Integers, months: Integers) -> Integers:
    """The corresponding day so many months later, or that month's last day when it has none."""
    year, month, number = calendar_date(day)
    target = year * 12 + month - 1 + months
    result: Integers = np.minimum(first_day(target) + number - 1, first_day(target + 1) - 1)
    return result


def months_between(first: Integers, second: Integers) -> Integers:
    """Whole months from one day to another; minus those from second to first where it lies before."""
    backward = second < first
    early, late = np.minimum(first, second), np.maximum(first, second)
    months = month_of(late) - month_of(early)
    months -= add_months(early, months) > late
    return np.where(backward, -months, months)


class Workdays:
    """The workdays of a calendar: Monday to Friday without `days_off`, and `make_up_days`; all tables by year."""

    def __init__(self, first: str, last: str, days_off: dict[int, str], make_up_days: dict[int, str]) -> None:
        days = np.arange(np.datetime64(first), np.datetime64(last) + 1).astype(np.int32)
        works = (days + 3) % 7 < 5
        works[np.isin(days, days_of(days_off))] = False
        works[np.isin(days, days_of(make_up_days))] = True
        self.first = int(days[0])
        self.days = days[works]
        self.until = np.concatenate(([0], np.cumsum(works))).astype(np.int32)
        """by day, from the one before the first: how many workdays there are up to it"""

    def number(self, day: Integers) -> Integers:
        """How many workdays there are up to a day, it included."""
        return self.until[np.clip(day - (self.first - 1), 0, self.until.size - 1)]

    def numbered(self, number: Integers) -> Integers:
        """The workday of a number."""
        return self.days[np.clip(number - 1, 0, self.days.size - 1)]

    def add(self, day: Integers, workdays: Integers) -> Integers:
        """The n-th workday after a day, before it when negative, itself for 0."""
        later = self.numbered(self.number(day) + workdays)
        earlier = self.numbered(self.number(day - 1) + workdays + 1)
        return np.where(workdays == 0, day, np.where(workdays > 0, later, earlier))

    def roll(self, day: Integers) -> Integers:
        """The day itself when it is a workday, else the next one."""
        return self.numbered(self.number(day - 1) + 1)

    def between(self, first: Integers, second: Integers) -> Integers:
        """How many workdays there are after the first day and up to the second."""
        return self.number(second) - self.number(first)


def days_of(table: dict[int, str]) -> Integers:
    """The days of a table such as `{2020: "01-01 01-24"}`."""
    return np.array([f"{year}-{day}" for year, days in table.items() for day in days.split()], "M8[D]").astype(np.int64)
