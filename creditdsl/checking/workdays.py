"""Workdays: the arithmetic that needs a calendar, and the proof that the calendar covers it.

In: elaborated days and numbers. Out: an elaborated result, or None after reporting. Every day that is given and every
day that is found must lie in the span of the policy's calendar, whatever the subject: no day outside it is guessed.
"""

from creditdsl.checking import calendar_messages, calendars, messages
from creditdsl.checking.calendar_messages import Counted
from creditdsl.checking.scope import DAY, Elaboration, Scope, Typed
from creditdsl.core import ir
from creditdsl.core.types import Day, Number, Unit
from creditdsl.core.workdays import covers, last_workday, room
from creditdsl.diagnostics import Text
from creditdsl.source import Span
from creditdsl.syntax import tree

WORKDAYS = Number(Unit.WORKDAYS)
CONTEXT: dict[ir.ContextDay, Text] = {
    ir.ContextDay.PERIOD_START: Text("期初", "period.start"),
    ir.ContextDay.PERIOD_END: Text("期末", "period.end"),
    ir.ContextDay.AS_OF: Text("截至日", "as of"),
}
"""How the days of the run are written."""


def policy_calendar(policy: tree.Policy | None, elaboration: Elaboration) -> ir.Calendar | None:
    """The calendar that a policy names; reported when there is none of that name."""
    name = policy.calendar if policy else None
    if name is None:
        return None
    if name.text not in calendars.calendar_names():
        elaboration.report(calendar_messages.no_such_calendar(name, calendars.calendar_names()))
        return None
    return calendars.calendar_named(name.text)


def calendar_at(scope: Scope, span: Span) -> ir.Calendar | None:
    """The policy's calendar; reported when the policy names none, which is said once when it names a wrong one."""
    elaboration = scope.elaboration
    policy = elaboration.declarations.policy
    if elaboration.calendar is None and (policy is None or policy.calendar is None):
        scope.report(calendar_messages.workdays_need_a_calendar(span))
    return elaboration.calendar


def add_workdays(day: Typed, workdays: ir.Expression, scope: Scope, span: Span) -> Typed | None:
    """The n-th workday after a day."""
    calendar = calendar_at(scope, span)
    if calendar is None:
        return None
    inside = room(calendar, scope.interval(workdays))
    return _found(ir.AddWorkdays(day.expression, workdays, calendar), inside, scope, span)


def roll(expression: tree.Rolled, day: Typed, scope: Scope) -> Typed | None:
    """The day, or the next workday."""
    calendar = calendar_at(scope, expression.span)
    if calendar is None:
        return None
    if not isinstance(day.type, Day):
        scope.report(messages.types_do_not_fit(day.type, DAY, expression.operand.span))
        return None
    inside = ir.Interval(calendar.span.low, last_workday(calendar))
    return _found(ir.RollForward(day.expression, calendar), inside, scope, expression.span)


def workdays_between(first: Typed, second: Typed, scope: Scope, span: Span) -> Typed | None:
    """How many workdays there are from one day to another."""
    calendar = calendar_at(scope, span)
    if calendar is None:
        return None
    for day in (first, second):
        may_be = scope.interval(day.expression)
        if not covers(calendar, may_be):
            counted = _counted(day.expression, may_be, calendar.span)
            scope.report(calendar_messages.day_not_covered(counted, span, calendar))
            return None
    return Typed(ir.WorkdaysBetween(first.expression, second.expression, WORKDAYS, calendar), WORKDAYS)


def _found(found: ir.AddWorkdays | ir.RollForward, inside: ir.Interval, scope: Scope, span: Span) -> Typed | None:
    """The day that is found; from a day `inside` it is covered, and so is the day itself."""
    may_be, leads_to = scope.interval(found.day), scope.interval(found)
    covered = covers(found.calendar, may_be)
    if covered and covers(found.calendar, leads_to):
        return Typed(found, DAY)
    counted = _counted(found.day, may_be, inside, leads_to if covered else None)
    scope.report(calendar_messages.day_not_covered(counted, span, found.calendar))
    return None


def _counted(
    day: ir.Expression, may_be: ir.Interval, inside: ir.Interval, leads_to: ir.Interval | None = None
) -> Counted:
    while isinstance(day, ir.Presume):
        day = day.operand
    return Counted(_name(day), isinstance(day, ir.SubjectField | ir.RecordField), may_be, inside, leads_to)


def _name(day: ir.Expression) -> Text | None:
    """What a day is called in the policy, if it is called anything."""
    match day:
        case ir.SubjectField(name) | ir.RecordField(_, name):
            return Text(name, name)
        case ir.ContextField(name):
            return CONTEXT[name]
        case _:
            return None
