"""Which rule decided a grade, as definitions of the core.

In: a program. Out: its definitions and, behind them, for the grade before and after repair a number that names the last
step, in the order of grading, that gave the subject the grade it has: exemptions, direct grades, assigned grades, the band
of the score, demotions, ceilings. A demotion or a ceiling counts only where it changed something.
"""

from creditdsl.core.ir import (
    Add,
    And,
    Branch,
    Choose,
    Constant,
    Definition,
    DefinitionReference,
    Equal,
    Expression,
    Interval,
    IsPresent,
    Less,
    LessOrEqual,
    OrdinalOf,
    Presume,
    Program,
    RuleKind,
    Step,
)
from creditdsl.core.types import Number, Optional, Truth, Type, Unit
from creditdsl.frozen import dataclass

COUNT = Number(Unit.NUMBER)
TRUTH = Truth()

Outcomes = tuple[tuple[str, str | None], ...]
"""Each a step, `exempt`, `direct`, `assign`, `band`, `demote`, `ceiling` or `repair`, and the code of its rule."""


@dataclass(frozen=True, slots=True)
class Decided:
    """`before` and `after` name the definitions of what decided; both None when the policy has no such step at all."""

    definitions: tuple[Definition, ...]
    before: str | None
    after: str | None
    outcomes: Outcomes


def with_decisions(program: Program) -> Decided:
    """The definitions of a program with those that say what decided its grades."""
    plan = program.result
    if plan.grades is None and not plan.exempts:
        return Decided(program.definitions, None, None, ())
    outcomes: dict[tuple[str, str | None], int] = {}
    made = list(program.definitions)
    for after, name in ((False, "decided"), (True, "decided.after")):
        made += _Decision(program, outcomes, after=after, name=name).made()
    return Decided(tuple(made), "decided", "decided.after", tuple(outcomes))


class _Decision:
    """The definitions for one of the two grades."""

    def __init__(
        self, program: Program, outcomes: dict[tuple[str, str | None], int], *, after: bool, name: str
    ) -> None:
        self.plan = program.result
        self.types = {definition.name: definition.type for definition in program.definitions}
        self.grades = () if self.plan.grades is None else program.enum(self.plan.grades).names
        self.outcomes = outcomes
        self.after = after
        self.name = name
        self.definitions: list[Definition] = []

    def made(self) -> list[Definition]:
        """The definitions, in order; the last one is what decided."""
        decision: Expression = _number(0)
        if self.grades:
            decision = self._limited(*self._demoted(*self._start()))
        exempted = [Branch(self._holds(step), self._outcome("exempt", step)) for step in self.plan.exempts]
        self._define(self.name, _choose(exempted, decision), self._most())
        return self.definitions

    def _start(self) -> tuple[Expression, Expression]:
        """What gives the grade before demotions and ceilings, and its place."""
        steps = [
            (name, step)
            for name, group in (("direct", self.plan.directs), ("assign", self.plan.assigns))
            for step in sorted(group, key=lambda step: -self.grades.index(str(step.grade)))
        ]
        outcomes = [Branch(self._holds(step), self._outcome(name, step)) for name, step in steps]
        places = [Branch(self._holds(step), self._place(step)) for _, step in steps]
        band = self.plan.band_after if self.after else self.plan.band
        if band is not None:
            reference = DefinitionReference(band, self.types[band])
            optional = isinstance(reference.type, Optional)
            present: Expression = IsPresent(reference) if optional else Constant(True, TRUTH)
            outcomes.append(Branch(present, _number(self._numbered("band", None))))
            ordinal = OrdinalOf(Presume(reference) if optional else reference, str(self.plan.grades))
            places.append(Branch(present, ordinal))
        decision = self._kept("start", _choose(outcomes, _number(0)), self._most())
        return decision, self._kept("start.place", _choose(places, _number(0)), self._last())

    def _demoted(self, decision: Expression, place: Expression) -> tuple[Expression, Expression]:
        """Some grades down, past grades that only rules give, at most the worst."""
        demotes = [(self._holds(step), step) for step in self.plan.demotes]
        if not demotes:
            return decision, place
        downs = tuple(_choose([Branch(test, _number(step.demote))], _number(0)) for test, step in demotes)
        steps = self._kept("demote.steps", Add(downs, COUNT), sum(step.demote for _, step in demotes))
        branches = [
            Branch(And((Equal(place, _number(at)), LessOrEqual(_number(down), steps))), _number(below[down - 1]))
            for at in range(len(self.grades))
            for below in [self._banded_below(at)]
            for down in range(len(below), 0, -1)
        ]
        lowered = self._kept("demote.place", _choose(branches, place), self._last())
        first = _choose([Branch(test, self._outcome("demote", step)) for test, step in demotes], decision)
        changed = _choose([Branch(Less(place, lowered), first)], decision)
        return self._kept("demote", changed, self._most()), lowered

    def _banded_below(self, place: int) -> list[int]:
        """The grades that a score can give, worse than the one at a place."""
        banded = {self.grades.index(band.grade) for band in self.plan.bands if not band.by_rule}
        return sorted(other for other in banded if other > place)

    def _limited(self, decision: Expression, place: Expression) -> Expression:
        """What decided after all ceilings, each of which counts where it lowers the grade that there is."""
        for number, ceiling in enumerate(self.plan.ceilings, start=1):
            name = f"ceiling{number}"
            lowers = self._kept(name, And((self._holds(ceiling), Less(place, self._place(ceiling)))), None)
            step = "repair" if ceiling.rule.kind is RuleKind.REPAIR_DIRECT else "ceiling"
            outcome = _choose([Branch(lowers, self._outcome(step, ceiling))], decision)
            decision = self._kept(f"{name}.outcome", outcome, self._most())
            lowered = _choose([Branch(lowers, self._place(ceiling))], place)
            place = self._kept(f"{name}.place", lowered, self._last())
        return decision

    def _kept(self, part: str, expression: Expression, most: int | None) -> DefinitionReference:
        """A reference to a new definition under the decision's name."""
        return self._define(f"{self.name}.{part}", expression, most)

    def _define(self, name: str, expression: Expression, most: int | None) -> DefinitionReference:
        """Define a Truth, or a number up to `most`."""
        type_: Type = TRUTH if most is None else COUNT
        self.definitions.append(Definition(name, type_, expression, None if most is None else Interval(0, most)))
        return DefinitionReference(name, type_)

    def _holds(self, step: Step) -> DefinitionReference:
        return DefinitionReference(step.holds_after if self.after else step.holds, TRUTH)

    def _outcome(self, name: str, step: Step) -> Constant:
        return _number(self._numbered(name, step.rule.code))

    def _numbered(self, name: str, code: str | None) -> int:
        return self.outcomes.setdefault((name, code), len(self.outcomes) + 1)

    def _most(self) -> int:
        """The greatest number that an outcome can have: one for each rule, and one for the band."""
        plan = self.plan
        groups = (plan.exempts, plan.directs, plan.assigns, plan.demotes, plan.ceilings)
        return 1 + sum(len(group) for group in groups)

    def _last(self) -> int:
        return len(self.grades) - 1

    def _place(self, step: Step) -> Constant:
        return _number(self.grades.index(str(step.grade)))


def _number(value: int) -> Constant:
    return Constant(value, COUNT)


def _choose(branches: list[Branch], otherwise: Expression) -> Expression:
    return Choose(tuple(branches), otherwise, COUNT) if branches else otherwise
