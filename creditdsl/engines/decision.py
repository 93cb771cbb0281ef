"""Which step decided a grade, and by which rule.

In: the steps that hold, and the plan that says which grade each gives. Out: the last step, in the order of grading,
that gave the subject the grade it has: a demotion or a ceiling only where it changed something.
"""

from dataclasses import dataclass

from creditdsl.core.ir import Program, RuleKind, Step
from creditdsl.engines.evaluator import ExplanationJson, StepsJson


@dataclass(frozen=True, slots=True)
class Decision:
    """`step` is `exempt`, `direct`, `assign`, `band`, `demote`, `ceiling` or `repair`; `rule` is None for the band.

    `repair` is a new evaluation after a direct grade, which may not exceed a grade.
    """

    step: str
    rule: str | None


class Decider:
    """Decides for one policy."""

    def __init__(self, program: Program) -> None:
        plan = program.result
        grades = () if plan.grades is None else program.enum(plan.grades).names
        self.order = {grade: place for place, grade in enumerate(grades)}
        self.banded = [self.order[band.grade] for band in plan.bands if band.grade in self.order and not band.by_rule]
        # By step, because the limit of a new evaluation is a ceiling with the code of the direct rule it repairs.
        self.directs = {step.rule.code: step for step in plan.directs}
        self.assigns = {step.rule.code: step for step in plan.assigns}
        self.demotes = {step.rule.code: step for step in plan.demotes}
        self.ceilings = {step.rule.code: step for step in plan.ceilings}

    def before_repair(self, explanation: ExplanationJson) -> Decision | None:
        """What decided the grade; None when nothing did, as in a policy without grades."""
        return self._decided(explanation["steps"], explanation["band"])

    def after_repair(self, explanation: ExplanationJson) -> Decision | None:
        """What decided the grade after repair."""
        return self._decided(explanation["steps_after_repair"], explanation["band_after_repair"])

    def _decided(self, steps: StepsJson, band: str | None) -> Decision | None:
        if steps["exempt"]:
            return Decision("exempt", steps["exempt"][0])
        if not self.order:
            return None
        decision, place = self._start(steps, band)
        demoted = self._demoted(place, sum(self.demotes[code].demote for code in steps["demote"]))
        if demoted > place:
            decision, place = Decision("demote", steps["demote"][0]), demoted
        for code in steps["ceiling"]:
            ceiling = self.ceilings[code]
            if self._place(ceiling) > place:
                name = "repair" if ceiling.rule.kind is RuleKind.REPAIR_DIRECT else "ceiling"
                decision, place = Decision(name, code), self._place(ceiling)
        return decision

    def _start(self, steps: StepsJson, band: str | None) -> tuple[Decision | None, int]:
        """What gives the grade before demotions and ceilings, and its place."""
        if steps["direct"]:
            worst = max((self.directs[code] for code in steps["direct"]), key=self._place)
            return Decision("direct", worst.rule.code), self._place(worst)
        if steps["assign"]:
            assigned = max((self.assigns[code] for code in steps["assign"]), key=self._place)
            return Decision("assign", assigned.rule.code), self._place(assigned)
        return (None, 0) if band is None else (Decision("band", None), self.order[band])

    def _demoted(self, place: int, steps: int) -> int:
        """The place some grades down, past grades that only rules give, at most the worst."""
        below = [other for other in self.banded if other > place]
        return below[min(steps, len(below)) - 1] if steps and below else place

    def _place(self, step: Step) -> int:
        return 0 if step.grade is None else self.order[step.grade]
