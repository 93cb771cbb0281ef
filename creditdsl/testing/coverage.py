"""Which rules the worked cases of a policy exercise.

In: a program and the explanations of its cases. Out: one item for each thing that a case can show of a rule: that an
indicator fires, that a grade rule holds and that it does not, that a band, a branch of the start score or a share of a
repair is taken, that a measure applies, that a repair gives something back.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from creditdsl.core.evaluate import Scope, evaluate, matching, value_at, value_of
from creditdsl.core.inputs import load, run_context
from creditdsl.core.ir import Case, Choose, Constant, Multiply, Program, RuleKind, Step
from creditdsl.testing.cases import STEPS, CaseOutcome
from creditdsl.testing.machines import Answer
from creditdsl.testing.reading import codes, objects, optional_text, steps_of

ItemKey = tuple[str, str, str]
"""The kind of rule, its code, and what is to be shown of it."""


@dataclass(frozen=True, slots=True)
class CoverageItem:
    """`kind` as in `RuleKind`, or `band` and `base`; `aspect` is a key of `messages.ASPECTS`; `cases`: how many."""

    kind: str
    code: str
    aspect: str
    cases: int

    @property
    def covered(self) -> bool:
        return self.cases > 0


@dataclass(frozen=True, slots=True)
class Coverage:
    items: tuple[CoverageItem, ...]

    @property
    def covered(self) -> int:
        return sum(item.covered for item in self.items)

    @property
    def percent(self) -> int:
        """Whole per cent, rounded down; 100 when there is nothing to cover."""
        return 100 if not self.items else 100 * self.covered // len(self.items)


def coverage(program: Program, outcomes: Iterable[CaseOutcome]) -> Coverage:
    """The coverage of a program by cases that could be computed, whether or not they meet their expectations."""
    counts = {key: 0 for key in _wanted(program)}
    for outcome in outcomes:
        if outcome.explained is None:
            continue
        seen = {*_seen(program, outcome.explained), *_taken_branches(program, outcome.case)}
        for key in counts.keys() & seen:
            counts[key] += 1
    return Coverage(tuple(CoverageItem(*key, cases) for key, cases in counts.items()))


def _steps(program: Program) -> dict[str, tuple[Step, ...]]:
    """The rules of each grading step; the limit of a new evaluation is shown by its repair."""
    plan = program.result
    ceilings = tuple(step for step in plan.ceilings if step.rule.kind is RuleKind.CEILING)
    return dict(zip(STEPS, (plan.exempts, plan.directs, plan.assigns, plan.demotes, ceilings), strict=True))


def _wanted(program: Program) -> Iterator[ItemKey]:
    """Everything that can be shown, in the order of the policy."""
    plan = program.result
    yield from _branches("base", plan.base or "", _root(program, plan.base))
    yield from (("indicator", finding.rule.code, "fires") for finding in plan.findings)
    yield from (("band", band.grade, "taken") for band in plan.bands if not band.by_rule)
    for kind, steps in _steps(program).items():
        yield from ((kind, step.rule.code, aspect) for step in steps for aspect in ("holds", "does-not-hold"))
    yield from ((measure.rule.kind.value, measure.rule.code, "applies") for measure in plan.measures)
    for repair in plan.points_repairs:
        yield "repair", repair.rule.code, "gives-back"
        if isinstance(repair.share, Choose):
            yield from _branches("repair", repair.rule.code, repair.share)
    yield from (("repair_direct", code, "sets-aside") for code in dict.fromkeys(_repaired_directs(program)))


def _repaired_directs(program: Program) -> list[str]:
    return [repair.rule.code for repair in program.result.direct_repairs]


def _root(program: Program, definition: str | None) -> Choose | None:
    """The choice that a definition is, brought to another scale or not, if it is one."""
    expression = program.definition(definition).expression if definition is not None else None
    if isinstance(expression, Multiply) and isinstance(expression.right, Constant):
        expression = expression.left
    return expression if isinstance(expression, Choose) else None


def _branches(kind: str, code: str, choose: Choose | None) -> Iterator[ItemKey]:
    if choose is not None:
        yield from ((kind, code, f"branch-{number}") for number in range(1, len(choose.branches) + 2))


def _seen(program: Program, answer: Answer) -> Iterator[ItemKey]:
    """What an explanation shows."""
    yield from (("indicator", code, "fires") for code in codes(answer["findings"]))
    if (band := optional_text(answer["band"])) is not None:
        yield "band", band, "taken"
    held = steps_of(answer, after=False)
    for kind, steps in _steps(program).items():
        yield from ((kind, step.rule.code, _aspect(step.rule.code in held[kind])) for step in steps)
    applied = codes(answer["measures"])
    for measure in program.result.measures:
        if measure.rule.code in applied:
            yield measure.rule.kind.value, measure.rule.code, "applies"
    for entry in objects(answer["repairs"]):
        if entry.get("repaired") is True:
            yield "repair_direct", str(entry["rule"]), "sets-aside"
        if entry.get("restored", "0") != "0":
            yield "repair", str(entry["rule"]), "gives-back"


def _aspect(holds: bool) -> str:
    return "holds" if holds else "does-not-hold"


def _taken_branches(program: Program, case: Case) -> Iterator[ItemKey]:
    """The branches of the start score and of the shares of repairs that a valid case takes."""
    subject, context = load(program, case.subject), run_context(program, case.period, case.as_of)
    scope = Scope(program, subject, context, evaluate(program, subject, context), {})
    plan = program.result
    base = _root(program, plan.base)
    if base is not None and plan.base is not None:
        taken = [value_of(branch.when, scope) is True for branch in base.branches]
        yield "base", plan.base, f"branch-{_first(taken)}"
    for repair in plan.points_repairs:
        if isinstance(repair.share, Choose):
            for position in matching(repair.table, repair.where, scope):
                branches = repair.share.branches
                taken = [value_at(branch.when, repair.table, position, scope) is True for branch in branches]
                yield "repair", repair.rule.code, f"branch-{_first(taken)}"


def _first(taken: list[bool]) -> int:
    """The number, from 1, of the first branch that holds; that of `otherwise` when none does."""
    return taken.index(True) + 1 if True in taken else len(taken) + 1
