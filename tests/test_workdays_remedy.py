"""What CR0512 says is enough: the guard that it writes out compiles, and one day more at either end does not."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from creditdsl.compile import compile_policy
from creditdsl.diagnostics import Diagnostic, PolicyError

POLICY = """
policy answers "答复" / "Answers" {{ languages zh, en subject office period year calendar china }}
subject office {{ key id : text asked : date sent : date? days : int in 0 .. 9 }}
define ends = if sent is present and asked in {low} .. {high} then {expression} else period.end
exempt late "逾期" / "Late" {{ when ends < as of }}
"""
EVERY_DAY = date(1900, 1, 1), date(2199, 12, 31)
GUARD = re.compile(r"`if asked in (\S+) \.\. (\S+) then")


def refused(folder: Path, expression: str, low: date, high: date) -> list[Diagnostic]:
    """The diagnostics of the code, where the day asked lies between two days."""
    path = folder / "answers.credit"
    path.write_text(POLICY.format(expression=expression, low=low, high=high), encoding="utf-8")
    try:
        compile_policy(path)
    except PolicyError as error:
        return [item for item in error.diagnostics if item.code.name == "CR0512"]
    return []


def remedy(folder: Path, expression: str) -> tuple[date, date]:
    """The days that the one diagnostic says are enough."""
    (only,) = refused(folder, expression, *EVERY_DAY)
    assert only.help is not None
    found = GUARD.search(only.help.en)
    assert found is not None, only.help.en
    return date.fromisoformat(found[1]), date.fromisoformat(found[2])


ENDS = {
    "asked + 0 workdays": ("2004-01-01", "2026-12-24"),
    # Back from Thursday 24 December: 24, 23, 22, 21, 18; from the 17th on, five workdays lead to the 24th.
    "asked + 5 workdays": ("2004-01-01", "2026-12-17"),
    # From 2 January 2004, a Friday after the holiday, the first workday.
    "asked - 1 workday": ("2004-01-03", "2026-12-24"),
    # At most nine: the ninth from the end is Monday 14 December.
    "asked + days * 1 workday": ("2004-01-01", "2026-12-13"),
    "rolled(asked)": ("2004-01-01", "2026-12-24"),
}


@pytest.mark.parametrize(("expression", "ends"), ENDS.items(), ids=ENDS.keys())
def test_the_guard_that_is_written_out_has_every_day_that_can_be_counted_from(
    expression: str, ends: tuple[str, str], tmp_path: Path
) -> None:
    low, high = remedy(tmp_path, expression)
    assert (low.isoformat(), high.isoformat()) == ends
    assert not refused(tmp_path, expression, low, high)
    assert refused(tmp_path, expression, low - timedelta(1), high)
    assert refused(tmp_path, expression, low, high + timedelta(1))


def test_a_day_of_the_run_is_not_said_to_have_a_range(tmp_path: Path) -> None:
    (only,) = refused(tmp_path, "as of + 3 workdays", *EVERY_DAY)
    assert only.help is not None and "range" not in only.help.en and "范围" not in only.help.zh


def test_too_many_workdays_are_said_to_be_the_trouble(tmp_path: Path) -> None:
    (only,) = refused(tmp_path, "asked + days * 9999 workdays", date(2020, 1, 1), date(2020, 12, 31))
    assert only.help is not None and "the number of workdays" in only.help.en
