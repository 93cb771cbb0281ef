"""Whether the days of a run fit the policy, for a query that is given them when it runs.

In: a policy. Out: conditions on the first and the last day of the period and on the as-of day. `core.inputs` refuses the same
runs; here nobody is scored in them, and the problems say why.
"""

from creditdsl.backends.sql import build
from creditdsl.backends.sql.build import Tree
from creditdsl.backends.sql.scope import Scope
from creditdsl.core.ir import FIRST_DAY, LAST_DAY, ContextDay, PeriodKind, Program


def fits_calendar(program: Program, scope: Scope) -> Tree:
    """The period is a whole year or month within the calendar, and the as-of day does not lie before it (CR0914)."""
    start, end, as_of = (_day(name, scope) for name in ContextDay)
    target, months = scope.target, 1 if program.header.period is PeriodKind.MONTH else 12
    first = [build.equal(target.day_of_month(start.copy()), build.integer(1))]
    if months == 12:
        first.append(build.equal(target.month_of_year(start.copy()), build.integer(1)))
    following = target.add_months(start.copy(), build.integer(months))
    whole = build.equal(end, target.add_days(following, build.integer(-1)))
    inside = build.between(start.copy(), build.day(FIRST_DAY), build.day(LAST_DAY))
    later = build.between(as_of, start.copy(), build.day(LAST_DAY))
    return build.all_of([inside, *first, whole, later])


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
            conditions.append(build.at_least(day.copy(), build.day(first)))
        if last is not None:
            conditions.append(build.at_most(day.copy(), build.day(last)))
    return build.all_of(conditions)


def _day(name: ContextDay, scope: Scope) -> Tree:
    return scope.target.parameter(name.value, scope.function)
