"""The calendar of China against the notices of the State Council, written out by hand from their texts."""

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest

from creditdsl.checking.calendars import LAST_SETTLED, calendar_named, calendar_names
from creditdsl.core.calendar import date_of, day_of
from creditdsl.core.workdays import is_weekend, is_workday

CHINA = calendar_named("china")

Days = tuple[str, ...]
NOTICES: dict[int, tuple[Days, Days]] = {
    2012: (
        ("01-01/01-03", "01-22/01-28", "04-02/04-04", "04-29/05-01", "06-22/06-24", "09-30/10-07"),
        ("01-21", "01-29", "03-31", "04-01", "04-28", "09-29"),
    ),
    2017: (
        ("01-01/01-02", "01-27/02-02", "04-02/04-04", "05-01", "05-28/05-30", "10-01/10-08"),
        ("01-22", "02-04", "04-01", "05-27", "09-30"),
    ),
    # With the notice on the 70th anniversary of the victory: 3 to 5 September off, Sunday the 6th worked.
    2015: (
        ("01-01/01-03", "02-18/02-24", "04-05/04-06", "05-01", "06-20/06-22", "09-03/09-05", "09-27", "10-01/10-07"),
        ("01-04", "02-15", "02-28", "09-06", "10-10"),
    ),
    # With the notice that prolonged the Spring Festival to 2 February: Saturday 1 February was not worked after all.
    2020: (
        ("01-01", "01-24/02-02", "04-04/04-06", "05-01/05-05", "06-25/06-27", "10-01/10-08"),
        ("01-19", "04-26", "05-09", "06-28", "09-27", "10-10"),
    ),
    2023: (
        ("01-01/01-02", "01-21/01-27", "04-05", "04-29/05-03", "06-22/06-24", "09-29/10-06"),
        ("01-28", "01-29", "04-23", "05-06", "06-25", "10-07", "10-08"),
    ),
    2024: (
        ("01-01", "02-10/02-17", "04-04/04-06", "05-01/05-05", "06-10", "09-15/09-17", "10-01/10-07"),
        ("02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12"),
    ),
    2026: (
        ("01-01/01-03", "02-15/02-23", "04-04/04-06", "05-01/05-05", "06-19/06-21", "09-25/09-27", "10-01/10-07"),
        ("01-04", "02-14", "02-28", "05-09", "09-20", "10-10"),
    ),
}
"""For each year the days off, as `first/last`, and the weekend days that are worked; of January to November."""


def works_by_notice(day: date) -> bool:
    """Whether the notice for the year of a day has it worked."""
    off, worked = NOTICES[day.year]
    text = f"{day:%m-%d}"
    if any(first <= text <= (last or first) for first, _, last in (span.partition("/") for span in off)):
        return False
    return day.weekday() < 5 or text in worked


@pytest.mark.parametrize("year", NOTICES)
def test_every_day_of_a_year_up_to_november_is_as_the_notice_says(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(number) for number in range((date(year, 12, 1) - date(year, 1, 1)).days)]
    assert {day for day in days if is_workday(CHINA, day_of(day))} == {day for day in days if works_by_notice(day)}


def test_every_covered_day_is_as_the_package_has_it() -> None:
    for day in range(CHINA.span.low, CHINA.span.high + 1):
        assert is_workday(CHINA, day) == chinese_calendar.is_workday(date_of(day))


def test_what_the_notice_for_the_next_year_may_still_change_is_not_covered() -> None:
    arranged = {*chinese_calendar.holidays, *chinese_calendar.workdays}
    for day in arranged:
        if day.month == 12:
            assert (day.month, day.day) > LAST_SETTLED
    assert date_of(CHINA.span.high) == date(max(arranged).year, *LAST_SETTLED)


def test_days_off_are_weekdays_and_days_made_up_lie_at_weekends() -> None:
    assert not any(map(is_weekend, CHINA.days_off))
    assert all(map(is_weekend, CHINA.make_up_days))


def test_every_name_names_a_calendar_that_is_called_so() -> None:
    assert [calendar_named(name).name for name in calendar_names()] == list(calendar_names())


POLICY = 'policy p "政策" {{ languages zh subject firm period year {} }} subject firm {{ key id : text }}'
MODULES = "import sys; from creditdsl.compile import compile_policy; compile_policy(sys.argv[1]); print(*sys.modules)"


@pytest.mark.parametrize(("clause", "loaded"), [("", False), ("calendar china", True)])
def test_the_package_is_loaded_only_for_a_policy_that_names_its_calendar(
    clause: str, loaded: bool, tmp_path: Path
) -> None:
    path = tmp_path / "p.credit"
    path.write_text(POLICY.format(clause), encoding="utf-8")
    script = MODULES.replace("sys.argv[1]", "__import__('pathlib').Path(sys.argv[1])")
    output = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    assert ("chinese_calendar" in output.stdout.split()) == loaded
