"""What generated subjects are steered towards: every rule, every share of a repair, and every comparison of a policy.

In: a program. Out: goals, which are conditions of the core to be made true (or false), at the level of the subject or
for one record of a table.
"""

from dataclasses import dataclass

from creditdsl.core.ir import (
    Aggregate,
    Choose,
    DefinitionReference,
    Equal,
    Expression,
    IsPresent,
    Less,
    LessOrEqual,
    PointsRepair,
    Program,
)
from creditdsl.core.types import Truth
from creditdsl.core.walk import children


@dataclass(frozen=True, slots=True)
class Goal:
    """Conditions to hold together; for one new record of `table`, or for the subject when it is None."""

    table: str | None
    conditions: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Goals:
    """`faults` are indicators, `steps` the rules on grades, `others` measures and repairs, `details` comparisons."""

    faults: tuple[Goal, ...]
    steps: tuple[Goal, ...]
    others: tuple[Goal, ...]
    details: tuple[Goal, ...]


def goals(program: Program) -> Goals:
    """The goals of a program, in the order of its plan."""
    plan = program.result
    rules = (*plan.exempts, *plan.assigns, *plan.directs, *plan.demotes, *plan.ceilings)
    faults = [_named(finding.fires) for finding in plan.findings]
    steps = [_named(name) for rule in rules for name in dict.fromkeys((rule.holds, rule.holds_after))]
    others = [_named(measure.holds) for measure in plan.measures]
    others += [goal for repair in plan.points_repairs for goal in _shares(repair)]
    others += [_named(repair.repaired) for repair in plan.direct_repairs]
    return Goals(tuple(faults), tuple(steps), tuple(others), _details(program))


def opaque_definitions(program: Program) -> frozenset[str]:
    """The definitions that no single field decides: scores, bands and grades."""
    plan = program.result
    names = (plan.score, plan.score_after, plan.band, plan.band_after, plan.grade, plan.grade_after, plan.graded)
    return frozenset(name for name in names if name is not None)


def _named(definition: str) -> Goal:
    return Goal(None, (DefinitionReference(definition, Truth()),))


def _shares(repair: PointsRepair) -> list[Goal]:
    """One goal for each share that the repair may give back, and one for a record still open."""
    found = [Goal(repair.table, (repair.where, repair.open))]
    if isinstance(repair.share, Choose):
        found += [Goal(repair.table, (repair.where, branch.when)) for branch in repair.share.branches]
    return found


def _details(program: Program) -> tuple[Goal, ...]:
    """Every comparison and test of presence, where it stands."""
    found: dict[Goal, None] = {}
    for definition in program.definitions:
        _gather(definition.expression, None, found)
    for finding in program.result.findings:
        if finding.where is not None:
            _gather(finding.where, finding.table, found)
    for repair in program.result.points_repairs:
        for expression in (repair.where, repair.share, repair.open):
            _gather(expression, repair.table, found)
    return tuple(found)


def _gather(expression: Expression, table: str | None, found: dict[Goal, None]) -> None:
    if isinstance(expression, Equal | Less | LessOrEqual | IsPresent):
        found[Goal(table, (expression,))] = None
    inside = expression.table if isinstance(expression, Aggregate) else table
    for child in children(expression):
        _gather(child, table if isinstance(expression, Aggregate) and child is expression.start else inside, found)
