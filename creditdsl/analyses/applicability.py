"""One subject, its values, and why a measure does not apply to it.

In: a program that has the written conditions of measures as definitions of their own, and a subject. Out: views of the measures
that apply, and for every other one the conditions that are not met, or stand against it, with the values that they looked at.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from creditdsl.analyses.applicability_model import (
    REQUIRED,
    Cause,
    Heading,
    Reason,
    RefusedView,
    Role,
    ValueView,
    WrittenCondition,
    WrittenValue,
)
from creditdsl.analyses.explanation_model import EvidenceView, MeasureView, RecordView
from creditdsl.analyses.views import measure_view, record_fields, rule_view, texts
from creditdsl.core.evaluate import Scope, evaluate, matching
from creditdsl.core.inputs import load, run_context
from creditdsl.core.ir import (
    Aggregate,
    AggregateKind,
    DefinitionReference,
    Expression,
    Measure,
    Presume,
    Program,
    RuleKind,
    SubjectField,
    Value,
)
from creditdsl.core.notation import json_value
from creditdsl.core.walk import walk

Run = tuple[str, date]
"""The period and the as-of date."""

RESULTS = ("score", "grade", "band")
"""What the names of definitions begin with whose records are no evidence of a measure: they made the grade."""


class Applicability:
    """The measures of a program for one subject. PolicyError when the subject, the period or the day is not valid."""

    def __init__(
        self, program: Program, conditions: Sequence[WrittenCondition], json_subject: object, run: Run
    ) -> None:
        self.program = program
        self.conditions = conditions
        self.context = run_context(program, *run)
        self.subject = load(program, json_subject)
        self.values = evaluate(program, self.subject, self.context)
        self.scope = Scope(program, self.subject, self.context, self.values, {})

    def heading(self) -> Heading:
        header, plan, key = self.program.header, self.program.result, self.program.subject.key
        return Heading(
            header.name,
            header.label,
            header.authority,
            header.content_hash,
            header.languages,
            None if key is None else json_value(self.subject.fields[key.name], key.type),
            self.context.period.text,
            self.context.as_of.isoformat(),
            self.values[plan.graded] is True,
            None if plan.score_after is None else str(self._json(plan.score_after)),
            None if plan.grade_after is None or self.values[plan.grade_after] is None else self._name(plan.grade_after),
            () if plan.grade_after is None else self._texts(plan.grade_after),
        )

    def applies(self, measure: Measure) -> bool:
        return self.values[measure.holds] is True

    def measure(self, measure: Measure) -> MeasureView:
        return measure_view(measure, self.values, self.program)

    def refused(self, measure: Measure) -> RefusedView:
        """A measure that does not apply, with every reason."""
        return RefusedView(rule_view(measure.rule), measure.by, self.reasons(measure))

    def reasons(self, measure: Measure) -> tuple[Reason, ...]:
        """Why a measure does not apply; none where it does."""
        if self.applies(measure):
            return ()
        written = [item for item in self.conditions if item.measure == measure.rule.code]
        found = tuple(self._reason(item) for item in written if self._stands_against(item))
        if found:
            return found
        entries = [item for item in written if item.role is Role.ENTRY]
        if measure.rule.kind is RuleKind.LIST and entries:
            return (Reason(Cause.OVER, (), (), self._records(entries[0].holds)),)
        grade = self.program.result.grade_after
        if grade is not None and self.values[grade] is None:
            return (Reason(Cause.UNGRADED, (), (), ()),)
        return ()

    def holds(self, condition: WrittenCondition) -> bool:
        return self.values[condition.holds] is True and all(self.values[name] is True for name in condition.behind)

    def _stands_against(self, condition: WrittenCondition) -> bool:
        """Whether a condition keeps its measure from applying; one that cannot be looked at does not."""
        if not all(self.values[name] is True for name in condition.behind):
            return False
        return (self.values[condition.holds] is True) != (condition.role in REQUIRED)

    def _reason(self, condition: WrittenCondition) -> Reason:
        shown = tuple(self._value(item) for item in condition.values)
        return Reason(Cause(condition.role.value), condition.texts, shown, self._records(condition.holds))

    def _value(self, written: WrittenValue) -> ValueView:
        return ValueView(written.texts, self._json(written.definition), self._texts(written.definition))

    def _json(self, name: str) -> Value:
        return json_value(self.values[name], self.program.definition(name).type)

    def _name(self, name: str) -> str:
        return str(self.values[name])

    def _texts(self, name: str) -> tuple[str, ...]:
        value = self.values[name]
        return () if value is None else texts(value, self.program.definition(name).type, self.program)

    def _records(self, name: str) -> tuple[EvidenceView, ...]:
        """The records that a condition found or counted, through definitions too, each kind once."""
        found: dict[str, dict[int, None]] = {}
        for aggregate in self._aggregates(name, set()):
            places = matching(aggregate.table, aggregate.where, self.scope)
            found.setdefault(aggregate.table, {}).update(dict.fromkeys(places))
        return tuple(self._evidence(table, places) for table, places in found.items() if places)

    def _evidence(self, table: str, places: Iterable[int]) -> EvidenceView:
        declared = self.program.table(table)
        rows = self.subject.records[table]
        records = tuple(
            RecordView(place, record_fields(declared, rows[place], self.program)) for place in sorted(places)
        )
        return EvidenceView(table, declared.label, records)

    def _aggregates(self, name: str, seen: set[str]) -> Iterator[Aggregate]:
        """The aggregates of a definition, and of those that it refers to, that count records or look for one."""
        seen.add(name)
        parts = list(walk(self.program.definition(name).expression))
        outer = [part for part in parts if isinstance(part, Aggregate)]
        inner = [part for item in outer for part in walk(item.where)]
        for part in parts:
            match part:
                case Aggregate(kind=AggregateKind.ANY | AggregateKind.COUNT) if part not in inner and self._known(part):
                    yield part
                case DefinitionReference(name=other) if other not in seen and not other.startswith(RESULTS):
                    yield from self._aggregates(other, seen)
                case _:
                    pass

    def _known(self, aggregate: Aggregate) -> bool:
        """Whether what the condition on a record presumes of the subject is there: what stands before it may say it is not."""
        return all(self._given(part.operand) is not None for part in walk(aggregate.where) if isinstance(part, Presume))

    def _given(self, operand: Expression) -> Value:
        match operand:
            case SubjectField(name=name):
                return self.subject.fields[name]
            case DefinitionReference(name=name):
                return self.values[name]
            case _:
                # A field of the record, about which its own condition has asked.
                return True
