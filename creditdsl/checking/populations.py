"""Figures of a population: claims about counts and sums over all subjects of one evaluation.

In: the populations of a policy and its program. Out: `ir.Population`s. What a figure counts or adds up becomes an `ir.Total`, a
condition over definitions of the result; the claim is an expression over those totals. Inside, a name means the grade, the score
(both after repair) or a measure; a comparison of the grade does not hold for a subject without one.
"""

from collections.abc import Mapping
from dataclasses import field, replace

from creditdsl.checking import messages, population_messages
from creditdsl.checking.cases import period_text
from creditdsl.checking.citations import citations
from creditdsl.checking.declarations import Declarations
from creditdsl.checking.expressions import elaborate
from creditdsl.checking.named import texts_of
from creditdsl.checking.operators import COMPARISONS
from creditdsl.checking.quotients import contains_division
from creditdsl.checking.scope import (
    NUMBER,
    TRUE,
    TRUTH,
    Elaboration,
    Scope,
    Stage,
    Typed,
    choice_of,
    conjunction,
    negation,
)
from creditdsl.checking.terms import condition
from creditdsl.core import ir
from creditdsl.core.inputs import run_context
from creditdsl.core.types import Number, Type, plain
from creditdsl.core.walk import walk
from creditdsl.diagnostics import PolicyError
from creditdsl.frozen import dataclass
from creditdsl.syntax import tree

MOST_SUBJECTS = 10_000_000_000
"""No population has more subjects; with it, the ranges of totals are proved."""

COUNTED = (tree.AggregateWord.COUNT, tree.AggregateWord.ANY, tree.AggregateWord.EVERY)


def populations(program: ir.Program, elaboration: Elaboration) -> tuple[ir.Population, ...]:
    """The populations in the order written; those whose evaluation the policy does not make are reported."""
    declared = elaboration.declarations.populations.values()
    made = (_population(item, program, elaboration) for item in declared)
    return tuple(item for item in made if item is not None)


def _population(declared: tree.Population, program: ir.Program, elaboration: Elaboration) -> ir.Population | None:
    if declared.period is None or declared.as_of is None:
        return None
    period, as_of = period_text(declared.period), declared.as_of.value
    try:
        run_context(program, period, as_of)
    except PolicyError as error:
        elaboration.report(population_messages.no_such_evaluation(declared, error.diagnostics[0]))
        return None
    figures = [_Claim(declared, program, elaboration).figure(item) for item in declared.figures]
    place = program.header.jurisdiction if declared.jurisdiction is None else declared.jurisdiction.value
    return ir.Population(
        declared.name.value,
        period,
        as_of,
        place,
        citations(declared.basis, elaboration),
        tuple(item for item in figures if item is not None),
        declared.name.span,
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What a figure may name of each subject: `judged` in conditions, `added` as the value of a sum."""

    judged: Mapping[str, Typed]
    added: Mapping[str, Typed]
    grade: ir.DefinitionReference | None


def _known(program: ir.Program) -> _Known:
    result = program.result
    judged: dict[str, Typed] = {}
    added: dict[str, Typed] = {}
    for measure in result.measures:
        judged[measure.rule.code] = Typed(ir.DefinitionReference(measure.holds, TRUTH), TRUTH)
    granted = [grant for measure in result.measures for grant in measure.grants]
    names = [grant.name for grant in granted]
    for grant in granted:
        if grant.value is not None and names.count(grant.name) == 1:
            type_ = program.definition(grant.value).type
            added[grant.name] = Typed(ir.DefinitionReference(grant.value, type_), type_)
    grade = None
    if result.grade_after is not None:
        grade = ir.DefinitionReference(result.grade_after, program.definition(result.grade_after).type)
        judged["grade"] = Typed(grade, grade.type)
    if result.score_after is not None:
        score = ir.DefinitionReference(result.score_after, program.definition(result.score_after).type)
        judged["score"] = added["score"] = Typed(score, score.type)
    return _Known(judged, added, grade)


@dataclass(slots=True)
class _Claim:
    """Elaborates one figure after the other; the totals of the one at hand are collected on the way."""

    population: tree.Population
    program: ir.Program
    elaboration: Elaboration
    known: _Known = field(init=False)
    totals: list[ir.Total] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.known = _known(self.program)
        # Definitions, fields and records of the policy mean nothing here; enums and ranges do.
        self.elaboration = replace(
            self.elaboration,
            declarations=Declarations(sources=self.elaboration.declarations.sources),
            elaborate=self._elaborate,
            subject=ir.InputTable(self.program.subject.name, self.program.subject.label, ()),
            records={},
            definitions={},
            untyped=set(),
            ranges=dict(self.elaboration.ranges),
        )

    def figure(self, written: tree.Figure) -> ir.Figure | None:
        self.totals = []
        claim = condition(written.claim, Scope(self.elaboration, stage=Stage.FINAL))
        if claim is None:
            return None
        if not self.totals:
            self.elaboration.report(population_messages.no_total(written, self.program.subject.name))
            return None
        label = texts_of(written.label, "", self.elaboration)
        totals = tuple(self.totals)
        relation, sides = _compared(written.claim, claim)
        shown = sides or tuple(ir.DefinitionReference(total.name, total.type) for total in totals)
        return ir.Figure(label, claim, totals, shown, relation if sides else "", written.span)

    def _elaborate(self, written: tree.Expression, scope: Scope, expected: Type | None) -> Typed | None:
        """As everywhere, but for aggregates and names."""
        match written:
            case tree.Aggregate():
                return self._total(written, scope)
            case tree.Reference(name=name) if name not in scope.values and not self._is_value(name, expected):
                self._report_name(written, inside=bool(scope.values))
                return None
            case tree.Is() | tree.InSet():
                return self._of_a_graded_one(written, scope)
            case tree.Binary(operator=operator) if operator in COMPARISONS:
                return self._of_a_graded_one(written, scope)
            case _:
                return elaborate(written, scope, expected)

    def _is_value(self, name: str, expected: Type | None) -> bool:
        choice = None if expected is None else choice_of(expected)
        return choice is not None and name in self.elaboration.enums[choice.enum].ordinals

    def _report_name(self, name: tree.Reference, *, inside: bool) -> None:
        subject = self.program.subject
        if not inside and (name.name in self.known.judged or name.name in self.known.added):
            self.elaboration.report(population_messages.of_no_subject(name, subject.name))
        elif inside and (subject.find(name.name) is not None or name.name in self.known.added):
            self.elaboration.report(population_messages.not_in_the_result(name))
        else:
            names = list(self.known.judged) if inside else [subject.name]
            self.elaboration.report(messages.not_declared(name.name, name.span, names))

    def _of_a_graded_one(self, written: tree.Expression, scope: Scope) -> Typed | None:
        """A comparison, which does not hold for a subject without a grade where it looks at the grade."""
        grade = self.known.grade
        if grade is None or not scope.values or grade in scope.present:
            return elaborate(written, scope)
        presence = ir.IsPresent(grade)
        typed = elaborate(written, scope.assuming(presence))
        if typed is None or ir.Presume(grade) not in tuple(walk(typed.expression)):
            return typed
        return Typed(conjunction([presence, typed.expression]), TRUTH)

    def _total(self, written: tree.Aggregate, scope: Scope) -> Typed | None:
        subject = self.program.subject.name
        if written.record.text != subject or scope.values or written.keys:
            self.elaboration.report(population_messages.over_subjects_alone(written, subject))
            return None
        if written.word not in (*COUNTED, tree.AggregateWord.SUM):
            self.elaboration.report(population_messages.no_such_aggregate(written))
            return None
        inner = replace(scope, values=self.known.judged or {"": Typed(TRUE, TRUTH)})
        where = TRUE if written.where is None else condition(written.where, inner)
        if where is None:
            return None
        if written.word is tree.AggregateWord.SUM:
            return self._sum(written, where)
        every = written.word is tree.AggregateWord.EVERY
        counted = self._add(negation(where) if every else where, None, NUMBER, ir.Interval(0, 1))
        zero = ir.Constant(0, NUMBER)
        match written.word:
            case tree.AggregateWord.ANY:
                return Typed(ir.Less(zero, counted.expression), TRUTH)
            case tree.AggregateWord.EVERY:
                return Typed(ir.Equal(counted.expression, zero), TRUTH)
            case _:
                return counted

    def _sum(self, written: tree.Aggregate, where: ir.Expression) -> Typed | None:
        name = written.value.name if isinstance(written.value, tree.Reference) else ""
        found = self.known.added.get(name)
        if found is None or not isinstance(found.expression, ir.DefinitionReference):
            self.elaboration.report(population_messages.nothing_to_add(written, list(self.known.added)))
            return None
        type_, definition = plain(found.type), self.program.definition(found.expression.name)
        if not isinstance(type_, Number) or definition.range is None:
            self.elaboration.report(messages.aggregate_of_wrong_type(written.word, type_, written.span))
            return None
        return self._add(where, definition.name, type_, definition.range)

    def _add(self, where: ir.Expression, value: str | None, type_: Number, one: ir.Interval) -> Typed:
        """The total whose part from one subject lies in `one`; all subjects are at least one, else nothing is claimed."""
        least = 1 if where == TRUE and value is None else min(0, one.low * MOST_SUBJECTS)
        range_ = ir.Interval(least, max(0, one.high * MOST_SUBJECTS))
        # What is counted twice is one total, so that what is said of it in one place is known in the other.
        alike = (item for item in self.totals if (item.where, item.value) == (where, value))
        total = next(alike, ir.Total(f"total.{len(self.totals) + 1}", where, value, type_, range_))
        if total not in self.totals:
            self.totals.append(total)
        reference = ir.DefinitionReference(total.name, type_)
        self.elaboration.ranges[reference] = range_
        return Typed(reference, type_)


def _compared(written: tree.Expression, claim: ir.Expression) -> tuple[str, tuple[ir.Expression, ...]]:
    """The relation that a claim is, and its sides as written; none where it is something else, or was cross-multiplied."""
    match written, claim:
        case tree.Aggregate(), ir.Equal(left, right):
            return "=", (left, right)
        case tree.Aggregate(), ir.Less(left, right):
            return ">", (right, left)
        case tree.Binary(operator=operator, left=first, right=second), _ if operator in COMPARISONS:
            if contains_division(first) or contains_division(second):
                return "", ()
            return operator.value, _sides(operator, claim)
        case _:
            return "", ()


def _sides(operator: tree.BinaryOperator, claim: ir.Expression) -> tuple[ir.Expression, ...]:
    match claim:
        case ir.Equal(left, right) if operator is tree.BinaryOperator.EQUAL:
            return left, right
        case ir.Not(ir.Equal(left, right)) if operator is tree.BinaryOperator.NOT_EQUAL:
            return left, right
        case ir.Less(left, right) | ir.LessOrEqual(left, right):
            turned = operator in (tree.BinaryOperator.GREATER, tree.BinaryOperator.GREATER_OR_EQUAL)
            return (right, left) if turned else (left, right)
        case _:
            return ()
