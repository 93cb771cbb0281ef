"""A policy that counts workdays, through every stage: compiled, tried on generated subjects, explained and published."""

import ast
import re
from datetime import date
from pathlib import Path

import pytest

from creditdsl.analyses.explanation import explain_why
from creditdsl.backends.python.emit import emit_python
from creditdsl.compile import compile_policy
from creditdsl.core.calendar import day_of
from creditdsl.core.ir import JsonObject, Program
from creditdsl.core.workdays import add_workdays, is_workday
from creditdsl.testing.check import Options, check_policy, generate
from creditdsl.testing.findings import checked
from creditdsl.testing.strategies import Sample, World, drawn_sample
from creditdsl.verify_policy import compiled_machine

POLICY = """
policy answers "答复信用" / "Credit of answers" {
  languages zh, en
  subject   office
  period    year
  effective 2020-01-01 ..
  calendar  china
}
subject office "机关" / "Office" { key id : text }
record request of office "申请" / "Request" {
  asked  : date in 2019-06-01 .. 2026-06-30  "申请日" / "Asked"
  sent   : date? in 2019-06-01 .. 2026-06-30 "答复日" / "Sent"
  closed : date? in 2019-06-01 .. 2026-06-30 "办结日" / "Closed"
}
score { base 100 points }
indicator late "逾期答复" / "Late answer" {
  for each request
  where    sent is present and not (sent within 20 workdays after asked)
  deduct   5 points
}
indicator slow "办理缓慢" / "Slow" {
  for each request
  where    sent is present and workdays between asked and sent > 60 workdays
  deduct   5 points
}
repair of late {
  for each request
  from asked
  to   closed
  restore {
    | within 5 workdays after asked             -> 100%
    | closed <= rolled(asked + 15 days)         -> 50%
    | workdays between asked and closed <= 400  -> 20%
    | otherwise                                 -> 0%
  }
}
grades Grade { | A : 90 or more | B : under 90 }
"""
AS_OF = date(2021, 4, 30)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    path = tmp_path_factory.mktemp("answers") / "answers.credit"
    path.write_text(POLICY, encoding="utf-8")
    return compile_policy(path).program


def office(asked: str, sent: str | None = None, closed: str | None = None) -> JsonObject:
    return {"id": "1", "request": [{"asked": asked, "sent": sent, "closed": closed}]}


def score(program: Program, subject: JsonObject) -> object:
    return compiled_machine(program).evaluate(subject, "2020", AS_OF)["score"]


def test_the_twentieth_workday_is_in_time_and_the_next_day_is_not(program: Program) -> None:
    assert score(program, office("2020-01-06", "2020-02-10")) == "100"
    assert score(program, office("2020-01-06", "2020-02-11")) == "95"


def test_evaluators_agree_on_generated_subjects(program: Program) -> None:
    report = check_policy(program, compiled_machine(program), Options(150))
    assert [item.name for item in checked(report) if item.diagnostics] == []


@pytest.fixture(scope="module")
def drawn(program: Program) -> list[Sample]:
    found: list[Sample] = []
    world = World(program)
    generate(lambda integer: drawn_sample(integer, world), Options(400), found.append)
    return found


def requests(drawn: list[Sample]) -> list[tuple[date, date | None]]:
    """The dates of all requests of all samples: asked and sent."""
    found = []
    for sample in drawn:
        rows = sample.subject["request"]
        for row in rows if isinstance(rows, list) else ():
            sent = row["sent"]
            found.append(
                (date.fromisoformat(str(row["asked"])), None if sent is None else date.fromisoformat(str(sent)))
            )
    return found


def test_subjects_are_generated_on_both_sides_of_a_time_in_workdays(program: Program, drawn: list[Sample]) -> None:
    assert program.calendar is not None
    calendar = program.calendar
    ends = [(add_workdays(calendar, day_of(asked), 20), day_of(sent)) for asked, sent in requests(drawn) if sent]
    assert any(end == sent for end, sent in ends) and any(end + 1 == sent for end, sent in ends)


def test_subjects_are_generated_at_the_edges_of_holidays(program: Program, drawn: list[Sample]) -> None:
    assert program.calendar is not None
    calendar, days = program.calendar, [day_of(asked) for asked, _ in requests(drawn)]
    assert any(day + 1 in calendar.days_off and is_workday(calendar, day) for day in days)
    assert any(day in calendar.days_off and is_workday(calendar, day + 1) for day in days)
    assert any(day in calendar.make_up_days for day in days)


def test_a_record_cannot_be_repaired_now_on_a_day_that_input_may_not_give(program: Program) -> None:
    subject = office("2020-01-06", "2020-03-31")
    today = explain_why(program, subject, "2020", AS_OF).repairs
    later = explain_why(program, subject, "2020", date(2027, 4, 30)).repairs
    assert [item.points for view in today for item in view.open] == ["1"]
    assert [item.points for view in later for item in view.open] == [None]


def test_the_tables_of_the_emitted_module_are_those_of_the_calendar(program: Program) -> None:
    assert program.calendar is not None
    text = emit_python(program)
    tables = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Dict)
    }
    for name, days in (("DAYS_OFF", program.calendar.days_off), ("MAKE_UP_DAYS", program.calendar.make_up_days)):
        written = [
            day_of(date.fromisoformat(f"{year}-{day}")) for year, days in tables[name].items() for day in days.split()
        ]
        assert tuple(written) == days


def test_a_module_that_counts_no_workdays_has_no_calendar(tmp_path: Path) -> None:
    path = tmp_path / "plain.credit"
    path.write_text(re.sub(r"(?s)indicator late.*?(?=grades)", "", POLICY), encoding="utf-8")
    assert "orkday" not in emit_python(compile_policy(path).program)
