"""Days and months as integers, and the Civil Code's way of counting them (arts. 200 to 203).

A day is the number of days since 1970-01-01, a month is year x 12 + (month - 1); both may lie anywhere on the
proleptic Gregorian calendar, so that interval arithmetic on them never fails. Workdays are counted in `core.workdays`.
"""

from datetime import date

EPOCH = date(1970, 1, 1).toordinal()
FIRST_DATE = date.min.toordinal() - EPOCH
LAST_DATE = date.max.toordinal() - EPOCH
"""The days that a date in years 1 to 9999 can name."""

FIRST_MONTH = 12
LAST_MONTH = 9999 * 12 + 11
"""The months of years 1 to 9999."""


def day_of(value: date) -> int:
    """The day of a date: `day_of(date(1970, 1, 2))` is 1."""
    return value.toordinal() - EPOCH


def date_of(day: int) -> date:
    """The date of a day between FIRST_DATE and LAST_DATE."""
    return date.fromordinal(day + EPOCH)


def day_from(year: int, month: int, day: int) -> int:
    """The day of a calendar date of any year; `month` and `day` count from 1.

    Years are counted from March, so that the leap day is the last of its year and months have a closed form.
    """
    shifted_year = year - 1 if month <= 2 else year
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    days_before = 365 * shifted_year + shifted_year // 4 - shifted_year // 100 + shifted_year // 400
    return days_before + day_of_year - 719_468


def calendar_date(day: int) -> tuple[int, int, int]:
    """Year, month from 1 and day of the month from 1; the inverse of `day_from`."""
    era, day_of_era = divmod(day + 719_468, 146_097)
    year_of_era = (day_of_era - day_of_era // 1_460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * day_of_year + 2) // 153
    month = (shifted_month + 2) % 12 + 1
    year = era * 400 + year_of_era + (1 if month <= 2 else 0)
    return year, month, day_of_year - (153 * shifted_month + 2) // 5 + 1


def year_of(day: int) -> int:
    return calendar_date(day)[0]


def month_of(day: int) -> int:
    """The month of a day, as year x 12 + (month - 1)."""
    year, month, _ = calendar_date(day)
    return year * 12 + month - 1


def first_day(month: int) -> int:
    """The first day of a month."""
    return day_from(month // 12, month % 12 + 1, 1)


def add_months(day: int, months: int) -> int:
    """The corresponding day `months` later (earlier, when negative), or that month's last day when it has none.

    >>> date_of(add_months(day_of(date(2020, 1, 31)), 1)).isoformat()
    '2020-02-29'
    """
    target = month_of(day) + months
    return min(first_day(target) + calendar_date(day)[2] - 1, first_day(target + 1) - 1)


def months_between(first: int, second: int) -> int:
    """Whole months from one day to another: the greatest n with `add_months(first, n) <= second`.

    When `second` lies before `first` it is minus the whole months from `second` to `first`.

    >>> months_between(day_of(date(2020, 1, 31)), day_of(date(2020, 2, 29)))
    1
    """
    if second < first:
        return -months_between(second, first)
    months = month_of(second) - month_of(first)
    return months if add_months(first, months) <= second else months - 1
