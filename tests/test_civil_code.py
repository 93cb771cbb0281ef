"""Periods counted by hand under articles 200 to 204 of the Civil Code, in the interpreter and in emitted Python.

Each line is one policy: an expression over the day `d`, a value of `d`, and the day (or number) on which the count must
end. The holidays meant are named beside them.
"""

from datetime import date
from pathlib import Path

import pytest

from creditdsl.compile import compile_policy
from creditdsl.testing.machines import interpreter
from creditdsl.verify_policy import compiled_machine

POLICY = """
policy periods "期间" {{ languages zh subject firm period year calendar china }}
subject firm {{ key id : text d : date in 2004-06-01 .. 2025-06-30 }}
exempt hit "正是" {{ when {expression} = {result} }}
"""

GOLDEN = {
    # Article 200: days, months and years of the calendar. Article 201: the first day is not counted.
    "thirty days end in the next month": ("d + 30 days", "2019-07-15", "2019-08-14"),
    "one day ends on the next day": ("d + 1 day", "2019-12-31", "2020-01-01"),
    "a month counts as a month, not as thirty days": ("d + 1 month", "2020-09-30", "2020-10-30"),
    "a year of a leap year has 366 days": ("days between d and (d + 1 year)", "2019-03-01", "366 days"),
    # Article 202: the corresponding day, or the last day of the month where it has none.
    "a month from 31 January of a leap year": ("d + 1 month", "2020-01-31", "2020-02-29"),
    "a month from 31 January of another year": ("d + 1 month", "2019-01-31", "2019-02-28"),
    "a month from 31 August": ("d + 1 month", "2020-08-31", "2020-09-30"),
    "three months from 30 November": ("d + 3 months", "2019-11-30", "2020-02-29"),
    "six months from 31 August": ("d + 6 months", "2021-08-31", "2022-02-28"),
    "a year from the leap day": ("d + 1 year", "2020-02-29", "2021-02-28"),
    "four years from the leap day": ("d + 4 years", "2020-02-29", "2024-02-29"),
    "a month before 31 March": ("d - 1 month", "2020-03-31", "2020-02-29"),
    # Article 203: a period whose last day is a day of rest ends on the day after the days of rest.
    "a last day at the Spring Festival of 2020, prolonged to 2 February": (
        "rolled(d + 15 days)",
        "2020-01-10",
        "2020-02-03",
    ),
    "a last day on the Saturday that was to be made up in 2020": ("rolled(d + 1 month)", "2020-01-01", "2020-02-03"),
    "a last day at the National Day of 2023 goes on to a worked Saturday": (
        "rolled(d + 15 days)",
        "2023-09-14",
        "2023-10-07",
    ),
    "a last day at the National Day of 2024": ("rolled(d + 30 days)", "2024-09-02", "2024-10-08"),
    "a last day on a worked Saturday is not put off": ("rolled(d + 15 days)", "2024-09-27", "2024-10-12"),
    "a last day on a worked Sunday is not put off": ("rolled(d + 1 day)", "2024-09-28", "2024-09-29"),
    "a last day on an ordinary Saturday goes on to Monday": ("rolled(d + 5 days)", "2024-10-14", "2024-10-21"),
    "a last day on a workday stays": ("rolled(d + 1 day)", "2024-10-08", "2024-10-09"),
    "the last day of February on a Saturday": ("rolled(d + 1 month)", "2020-01-31", "2020-03-02"),
    "a year from the leap day ends on a Sunday": ("rolled(d + 1 year)", "2020-02-29", "2021-03-01"),
    "a holiday in between puts nothing off": ("rolled(d + 15 days)", "2023-09-26", "2023-10-11"),
    # Article 204: otherwise only where it is said; what does not say `rolled` is not put off.
    "fifteen days without a word of rest": ("d + 15 days", "2020-01-10", "2020-01-25"),
    # Workdays: the first day is not counted, whatever it is.
    "ten workdays over the Spring Festival of 2020": ("d + 10 workdays", "2020-01-16", "2020-02-06"),
    "one workday from the last day before it": ("d + 1 workday", "2020-01-23", "2020-02-03"),
    "one workday from the middle of it": ("d + 1 workday", "2020-01-25", "2020-02-03"),
    "one workday from a Friday before a worked Sunday": ("d + 1 workday", "2020-01-17", "2020-01-19"),
    "no workdays from a day of rest": ("d + 0 workdays", "2020-01-25", "2020-01-25"),
    "one workday over the National Day of 2023": ("d + 1 workday", "2023-09-28", "2023-10-07"),
    "two workdays over it": ("d + 2 workdays", "2023-09-28", "2023-10-08"),
    "three workdays over it": ("d + 3 workdays", "2023-09-28", "2023-10-09"),
    "eight workdays over it": ("d + 8 workdays", "2023-09-28", "2023-10-16"),
    "seven workdays over the National Day of 2024": ("d + 7 workdays", "2024-09-27", "2024-10-12"),
    "eight workdays over it and a worked Saturday": ("d + 8 workdays", "2024-09-27", "2024-10-14"),
    "a workday before the Spring Festival of 2020, counted back": ("d - 1 workday", "2020-02-03", "2020-01-23"),
    "counted back from the middle of it": ("d - 1 workday", "2020-02-01", "2020-01-23"),
    "counted back over a worked Sunday": ("d - 2 workdays", "2020-01-20", "2020-01-17"),
    "one workday over the three days off in September 2015": ("d + 1 workday", "2015-09-02", "2015-09-06"),
    "one workday over the four days off in May 2019": ("d + 1 workday", "2019-04-30", "2019-05-05"),
    "workdays of the festival": ("workdays between d and 2020-02-03", "2020-01-23", "1 workday"),
    "workdays of October 2023": ("workdays between d and 2023-10-31", "2023-09-30", "19 workdays"),
    "workdays counted backwards": ("workdays between d and 2023-09-30", "2023-10-31", "-19 workdays"),
    "workdays from a day to itself": ("workdays between d and 2024-09-29", "2024-09-29", "0 workdays"),
}


def graded(folder: Path, expression: str, day: str, result: str) -> list[object]:
    """Whether a firm with the day is graded, by every evaluator; it is not where the expression gives the result."""
    path = folder / "periods.credit"
    path.write_text(POLICY.format(expression=expression, result=result), encoding="utf-8")
    program = compile_policy(path).program
    subject = {"id": "1", "d": day}
    run = "2020", date(2021, 4, 30)
    return [machine.evaluate(subject, *run)["graded"] for machine in (interpreter(program), compiled_machine(program))]


@pytest.mark.parametrize(("expression", "day", "result"), GOLDEN.values(), ids=GOLDEN.keys())
def test_a_period_ends_on_the_day_that_was_counted_by_hand(
    expression: str, day: str, result: str, tmp_path: Path
) -> None:
    assert graded(tmp_path, expression, day, result) == [False, False]


WITHIN = {
    "the day itself": ("2023-09-28", True),
    "a day of rest in the time": ("2023-10-01", True),
    "the second workday": ("2023-10-08", True),
    "the third workday": ("2023-10-09", False),
    "the day before": ("2023-09-27", False),
}


@pytest.mark.parametrize(("day", "in_time"), WITHIN.values(), ids=WITHIN.keys())
def test_a_time_in_workdays_includes_its_first_day_and_its_last_workday(
    day: str, in_time: bool, tmp_path: Path
) -> None:
    expression = "(if d within 2 workdays after 2023-09-28 then 1 else 0)"
    assert graded(tmp_path, expression, day, "1") == [not in_time, not in_time]


BEFORE = {
    "two workdays before": ("2023-09-28", True),
    "a day more": ("2023-09-27", False),
    "later": ("2023-10-09", False),
}


@pytest.mark.parametrize(("day", "in_time"), BEFORE.values(), ids=BEFORE.keys())
def test_a_time_in_workdays_before_a_day_is_counted_back_from_it(day: str, in_time: bool, tmp_path: Path) -> None:
    expression = "(if d within 2 workdays before 2023-10-08 then 1 else 0)"
    assert graded(tmp_path, expression, day, "1") == [not in_time, not in_time]
