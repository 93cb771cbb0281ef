"""The order of grading, restated from the language's specification and not from any evaluator.

In: an explanation. Out: the grade that follows from its band and from the rules that it says hold. Exempt, then the
worst direct grade, otherwise an assigned grade, otherwise the band of the score; then every demotion, added up, through
the grades that a score can give; then the lowest ceiling, that of a new evaluation included.
"""

from creditdsl.core.ir import Program, RuleKind, Step
from creditdsl.testing.machines import Answer
from creditdsl.testing.reading import objects, optional_text, steps_of


def grade_in_order(program: Program, explained: Answer, *, after: bool) -> str | None:
    """The grade before or `after` repair; None when not graded, or when the policy has no grades."""
    plan = program.result
    held = steps_of(explained, after=after)
    band = optional_text(explained["band_after_repair" if after else "band"])
    if plan.grades is None or held["exempt"]:
        return None
    names = program.enum(plan.grades).names
    given = (
        _worst(names, _grades(plan.directs, held["direct"]))
        or _worst(names, _grades(plan.assigns, held["assign"]))
        or band
    )
    if given is None:
        return None
    by_rule = {item.grade for item in plan.bands if item.by_rule}
    below = [name for name in names[names.index(given) + 1 :] if name not in by_rule]
    steps_down = min(sum(step.demote for step in plan.demotes if step.rule.code in held["demote"]), len(below))
    demoted = below[steps_down - 1] if steps_down else given
    ceilings = tuple(step for step in plan.ceilings if step.rule.kind is RuleKind.CEILING)
    limits = _grades(ceilings, held["ceiling"]) + (_regrade_limits(program, explained) if after else [])
    return _worst(names, [demoted, *limits])


def _grades(steps: tuple[Step, ...], codes: list[str]) -> list[str]:
    return [step.grade for step in steps if step.rule.code in codes and step.grade is not None]


def _worst(names: tuple[str, ...], grades: list[str]) -> str | None:
    return max(grades, key=names.index, default=None)


def _regrade_limits(program: Program, explained: Answer) -> list[str]:
    """The grades that new evaluations may not exceed; the explanation lists the repairs in the order of the policy."""
    plan = program.result
    concerned = [item for item in plan.direct_repairs if item.direct in steps_of(explained, after=False)["direct"]]
    listed = [item for item in objects(explained["repairs"]) if "repaired" in item]
    pairs = zip(concerned, listed, strict=True)
    return [item.at_most for item, entry in pairs if entry["repaired"] is True and item.at_most is not None]
