"""Which step decided a grade: the order of grading, walked once more over the steps that hold.

In: a program, the values of its definitions, before or after repair. Out: the last step, in the order of the language,
that gave the subject the grade it has. A demotion passes over grades that only rules give and ends at the worst.
"""

from collections.abc import Mapping

from creditdsl.analyses.explanation_model import Pivot, StepKind
from creditdsl.analyses.views import rule_view
from creditdsl.core.ir import Band, Program, Result, RuleKind, Step, Value
from creditdsl.core.notation import written
from creditdsl.diagnostics import InternalError


def holds(step: Step, values: Mapping[str, Value], *, after: bool) -> bool:
    """Whether a step's rule holds, before or after repair."""
    return values[step.holds_after if after else step.holds] is True


def limit_kind(step: Step) -> StepKind:
    """What a ceiling is: one of its own, or the limit of a new evaluation after a direct grade was repaired."""
    return StepKind.REGRADE if step.rule.kind is RuleKind.REPAIR_DIRECT else StepKind.CEILING


def decided(program: Program, values: Mapping[str, Value], *, after: bool) -> Pivot | None:
    """The step that decided; None in a policy without grades, and where no band takes the score."""
    plan = program.result
    for step in plan.exempts:
        if holds(step, values, after=after):
            return Pivot(StepKind.EXEMPT, rule_view(step.rule), None)
    if plan.grades is None:
        return None
    names = program.enum(plan.grades).names
    pivot = _given(program, names, values, after=after)
    if pivot is None or pivot.grade is None:
        return pivot
    pivot = _demoted(plan, names, pivot, [step for step in plan.demotes if holds(step, values, after=after)])
    return _limited(plan, names, pivot, values, after=after)


def _worst(steps: list[Step], names: tuple[str, ...]) -> Step:
    """The step with the worst grade, the first of several."""
    return max(steps, key=lambda step: names.index(_grade(step)))


def _grade(step: Step) -> str:
    if step.grade is None:
        raise InternalError(f"{step.rule.code} gives no grade")
    return step.grade


def _given(program: Program, names: tuple[str, ...], values: Mapping[str, Value], *, after: bool) -> Pivot | None:
    plan = program.result
    for kind, steps in ((StepKind.DIRECT, plan.directs), (StepKind.ASSIGN, plan.assigns)):
        held = [step for step in steps if holds(step, values, after=after)]
        if held:
            worst = _worst(held, names)
            return Pivot(kind, rule_view(worst.rule), worst.grade)
    name = plan.band_after if after else plan.band
    grade = None if name is None else values[name]
    if grade is None:
        return None
    band = next(item for item in plan.bands if item.grade == grade)
    rule = None if plan.grades_rule is None else rule_view(plan.grades_rule)
    touches = band.high is not None and any(other.low == band.high + 1 for other in plan.bands)
    low, high = _limit(band.low, program), _limit(band.high, program)
    below = _limit(band.high + 1, program) if touches and band.high is not None else None
    return Pivot(StepKind.BAND, rule, band.grade, low, high, below, condition=band.condition is not None)


def _limit(end: int | None, program: Program) -> str | None:
    score = program.result.score
    return None if end is None or score is None else written(end, program.definition(score).type)


def _demoted(plan: Result, names: tuple[str, ...], pivot: Pivot, held: list[Step]) -> Pivot:
    below = [band.grade for band in plan.bands if not band.by_rule and _is_worse(band, pivot, names)]
    total = min(sum(step.demote for step in held), len(below))
    if total == 0:
        return pivot
    return Pivot(StepKind.DEMOTE, rule_view(held[0].rule), below[total - 1], demote=total)


def _is_worse(band: Band, pivot: Pivot, names: tuple[str, ...]) -> bool:
    return pivot.grade is not None and names.index(band.grade) > names.index(pivot.grade)


def _limited(plan: Result, names: tuple[str, ...], pivot: Pivot, values: Mapping[str, Value], *, after: bool) -> Pivot:
    """The lowest ceiling, where the grade is better than it; a regrade limit counts after repair only."""
    limits = [
        (step.grade, Pivot(limit_kind(step), rule_view(step.rule), step.grade))
        for step in plan.ceilings
        if holds(step, values, after=after)
    ]
    limits += [
        (repair.at_most, Pivot(StepKind.REGRADE, rule_view(repair.rule), repair.at_most))
        for repair in plan.direct_repairs
        if after and values[repair.repaired] is True
    ]
    for grade, limit in limits:
        if grade is not None and pivot.grade is not None and names.index(grade) > names.index(pivot.grade):
            pivot = limit
    return pivot
