"""What would be if: the score and the grade after repair of a subject that is changed in a few places.

In: a program and one run of it. A trial leaves records out, changes some, or sets definitions to a value, and runs the
interpreter again over the definitions that the score and the grade need. Runs are counted, so that callers can stop.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from creditdsl.core.evaluate import evaluate_with
from creditdsl.core.ir import Definition, DefinitionReference, Program, Value
from creditdsl.core.notation import decimal
from creditdsl.core.subject import LoadedSubject, Record, RunContext
from creditdsl.core.types import Number
from creditdsl.core.walk import walk

Place = tuple[str, int]
"""A record: its table, and its position from 0."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Score (an integer at its scale) and grade after repair; None where a policy has none or gives none."""

    score: int | None
    grade: str | None


@dataclass(frozen=True, slots=True)
class Supposition:
    """What is different from the subject as it is."""

    without: frozenset[Place] = frozenset()
    changed: Mapping[Place, Record] = field(default_factory=dict)
    fixed: Mapping[str, Value] = field(default_factory=dict)


class Trials:
    """Runs suppositions on one subject; `runs` counts them and `most` is where `exhausted` becomes true."""

    def __init__(self, program: Program, subject: LoadedSubject, context: RunContext, most: int) -> None:
        self.program = _only_needed(program)
        self.subject = subject
        self.context = context
        self.most = most
        self.runs = 0
        self.now = self.suppose(Supposition())

    @property
    def exhausted(self) -> bool:
        return self.runs >= self.most

    def suppose(self, supposition: Supposition) -> Standing:
        """The standing of the subject under a supposition."""
        self.runs += 1
        subject = _supposed(self.subject, supposition)
        values = evaluate_with(self.program, subject, self.context, supposition.fixed)
        plan = self.program.result
        score = None if plan.score_after is None else values[plan.score_after]
        grade = None if plan.grade_after is None else values[plan.grade_after]
        return Standing(score if isinstance(score, int) else None, grade if isinstance(grade, str) else None)

    def gain(self, standing: Standing) -> str | None:
        """The points that a standing has more than the present one; None without a score."""
        if standing.score is None or self.now.score is None:
            return None
        return self.points(standing.score - self.now.score)

    def points(self, value: int) -> str:
        """A number at the score's scale as a decimal string."""
        plan = self.program.result
        type_ = None if plan.score is None else self.program.definition(plan.score).type
        return decimal(value, type_.scale if isinstance(type_, Number) else 0)


def _only_needed(program: Program) -> Program:
    """The program with the definitions that the final score and grade depend on, in the same order."""
    by_name = {definition.name: definition for definition in program.definitions}
    plan = program.result
    needed: dict[str, Definition] = {}
    waiting = [name for name in (plan.score, plan.score_after, plan.grade_after) if name is not None]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed[name] = by_name[name]
            parts = walk(by_name[name].expression)
            waiting += [part.name for part in parts if isinstance(part, DefinitionReference)]
    return replace(program, definitions=tuple(item for item in program.definitions if item.name in needed))


def _supposed(subject: LoadedSubject, supposition: Supposition) -> LoadedSubject:
    if not supposition.without and not supposition.changed:
        return subject
    records = {
        table: tuple(
            supposition.changed.get((table, place), record)
            for place, record in enumerate(rows)
            if (table, place) not in supposition.without
        )
        for table, rows in subject.records.items()
    }
    return LoadedSubject(subject.fields, records)
