"""Which step decided a grade, and by which rule.

In: the steps that hold, and the plan that says which grade each gives. Out: the last step, in the order of grading,
that gave the subject the grade it has: a demotion or a ceiling only where it changed something.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from creditdsl.core.ir import Program, Step
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
        self.steps = {
            step.rule.code: step
            for steps in (plan.exempts, plan.directs, plan.assigns, plan.demotes, plan.ceilings)
            for step in steps
        }
        self.regraded = {item.rule.code: item.at_most for item in plan.direct_repairs if item.at_most is not None}

    def before_repair(self, explanation: ExplanationJson) -> Decision | None:
        """What decided the grade; None when nothing did, as in a policy without grades."""
        return self._decided(explanation["steps"], explanation["band"], ())

    def after_repair(self, explanation: ExplanationJson) -> Decision | None:
        """What decided the grade after repair."""
        repaired = tuple(item["rule"] for item in explanation["repairs"] if item.get("repaired"))
        return self._decided(explanation["steps_after_repair"], explanation["band_after_repair"], repaired)

    def _decided(self, steps: StepsJson, band: str | None, repaired: tuple[str, ...]) -> Decision | None:
        if steps["exempt"]:
            return Decision("exempt", steps["exempt"][0])
        if not self.order:
            return None
        decision, place = self._start(steps, band)
        demoted = min(place + sum(self.steps[code].demote for code in steps["demote"]), len(self.order) - 1)
        if demoted > place:
            decision, place = Decision("demote", steps["demote"][0]), demoted
        for limit, most in self._limits(steps, repaired):
            if most > place:
                decision, place = limit, most
        return decision

    def _start(self, steps: StepsJson, band: str | None) -> tuple[Decision | None, int]:
        """What gives the grade before demotions and ceilings, and its place."""
        if steps["direct"]:
            worst = max((self.steps[code] for code in steps["direct"]), key=self._place)
            return Decision("direct", worst.rule.code), self._place(worst)
        if steps["assign"]:
            assigned = self.steps[steps["assign"][0]]
            return Decision("assign", assigned.rule.code), self._place(assigned)
        return (None, 0) if band is None else (Decision("band", None), self.order[band])

    def _limits(self, steps: StepsJson, repaired: tuple[str, ...]) -> Iterator[tuple[Decision, int]]:
        """The grades that may not be exceeded, as places."""
        for code in steps["ceiling"]:
            yield Decision("ceiling", code), self._place(self.steps[code])
        for code in repaired:
            if code in self.regraded:
                yield Decision("repair", code), self.order[self.regraded[code]]

    def _place(self, step: Step) -> int:
        return 0 if step.grade is None else self.order[step.grade]
