"""Whether the days of a run fit the policy, for a query that is given them when it runs.

In: a policy. Out: conditions on the first and the last day of the period and on the as-of day. `core.inputs` refuses the same
runs; here nobody is scored in them, and the problems say why.
"""

from creditdsl.backends.sql import build
from creditdsl.backends.sql.build import Tree
from creditdsl.backends.sql.scope import Scope
from creditdsl.core.ir import FIRST_DAY, LAST_DAY, ContextDay, PeriodKind, Program
from creditdsl.core.periods import MONTHS


def fits_calendar(program: Program, scope: Scope) -> Tree:
    """The period has a length of the policy's and lies within the calendar, the as-of day not before it (CR0914)."""
    start, as_of = _day(ContextDay.PERIOD_START, scope), _day(ContextDay.AS_OF, scope)
    inside = build.between(build.again(start), build.day(FIRST_DAY), build.day(LAST_DAY))
    whole = build.any_of([_whole(kind, scope) for kind in program.header.periods])
    later = build.between(as_of, build.again(start), build.day(LAST_DAY))
    return build.all_of(
        [inside, build.equal(scope.target.day_of_month(build.again(start)), build.integer(1)), whole, later]
    )


def _whole(kind: PeriodKind, scope: Scope) -> Tree:
    """The period, which begins with a month, is one of this length."""
    start, end = _day(ContextDay.PERIOD_START, scope), _day(ContextDay.PERIOD_END, scope)
    target, months = scope.target, MONTHS[kind]
    following = target.add_months(build.again(start), build.integer(months))
    conditions = [build.equal(end, target.add_days(following, build.integer(-1)))]
    if months > 1:
        first_months = [build.integer(month) for month in range(1, 13, months)]
        conditions.append(build.one_of(target.month_of_year(build.again(start)), first_months))
    return build.all_of(conditions)


def in_force(program: Program, scope: Scope) -> Tree:
    """The policy is in force on the last day of the period, and this text of it on the as-of day (CR0911)."""
    header = program.header
    end, as_of = (_day(name, scope) for name in (ContextDay.PERIOD_END, ContextDay.AS_OF))
    conditions = []
    for day, first, last in (
        (end, header.effective_start, header.effective_end),
        (as_of, header.evaluated_start, header.evaluated_end),
    ):
        if first is not None:
            conditions.append(build.at_least(build.again(day), build.day(first)))
        if last is not None:
            conditions.append(build.at_most(build.again(day), build.day(last)))
    return build.all_of(conditions)


def _day(name: ContextDay, scope: Scope) -> Tree:
    return scope.target.parameter(name.value, scope.function)
