"""What emitted modules need to count workdays, as Python that is copied into them; see `runtime`.

`workdays` is the ascending list of all workdays that the policy's calendar knows. The compiler has proved that every
day here lies between its ends.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import date, timedelta


def workdays_of(first: date, last: date, off: Mapping[int, str], made_up: Mapping[int, str]) -> list[date]:
    """The workdays from `first` to `last`: Monday to Friday but for those off, and the weekend days made up."""
    days_off, days_made_up = days_of(off), days_of(made_up)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [day for day in days if day in days_made_up or (day.weekday() < 5 and day not in days_off)]


def days_of(years: Mapping[int, str]) -> set[date]:
    """The days of a table such as `{2020: "01-01 01-24"}`."""
    return {date.fromisoformat(f"{year}-{day}") for year, days in years.items() for day in days.split()}


def add_workdays(workdays: list[date], day: date, number: int) -> date:
    """The n-th workday after a day, before it when negative, the day itself not counted (Civil Code 201)."""
    if number == 0:
        return day
    if number > 0:
        return workdays[bisect_right(workdays, day) + number - 1]
    return workdays[bisect_left(workdays, day) + number]


def roll_forward(workdays: list[date], day: date) -> date:
    """The day itself when it is a workday, else the next one (Civil Code 203)."""
    return workdays[bisect_left(workdays, day)]


def workdays_between(workdays: list[date], first: date, second: date) -> int:
    """How many workdays lie after `first` and up to `second`; negative when `second` lies before `first`."""
    return bisect_right(workdays, second) - bisect_right(workdays, first)
