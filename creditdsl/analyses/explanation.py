"""Why a subject has its grade: the data of `creditdsl why`.

In: a program, a subject as JSON, the period and the as-of date. Out: `Why`, with the step that decided, arithmetic
that adds up, what each record costs, what could be repaired, and the smallest change that reaches a better grade.
What would be without a record is not guessed from points: the reference interpreter is run again without it.
"""

from collections.abc import Iterable
from datetime import date

from creditdsl.analyses.decision import decided, holds, limit_kind
from creditdsl.analyses.explanation_model import (
    Arithmetic,
    Change,
    EvidenceView,
    FindingView,
    NextGrade,
    RecordView,
    RuleView,
    Side,
    StepKind,
    StepView,
    Why,
)
from creditdsl.analyses.next_grade import Candidate, next_grade
from creditdsl.analyses.open_repairs import direct_repair_view, points_repair_view
from creditdsl.analyses.trials import Place, Standing, Supposition, Trials
from creditdsl.analyses.views import field_view, measure_view, record_fields, rule_view
from creditdsl.core.evaluate import Scope, evaluate, matching
from creditdsl.core.inputs import load, run_context
from creditdsl.core.ir import Expression, Finding, Program, Step, Value
from creditdsl.core.notation import json_value
from creditdsl.core.subject import LoadedSubject, RunContext
from creditdsl.diagnostics import InternalError

MOST_RUNS = 2_000
"""How often the interpreter is run for one explanation, about three seconds for a policy of 160 definitions."""

MOST_MARGINALS = 500
"""Of these, how many find out what single records cost."""


def explain_why(program: Program, json_subject: object, period: str, as_of: date, *, everything: bool = False) -> Why:
    """The explanation of a subject; PolicyError when the subject, the period or the day is not valid.

    With `everything`, `not_applied` lists the rules that did not apply too.
    """
    context = run_context(program, period, as_of)
    return explain_loaded(program, load(program, json_subject), context, everything=everything)


def explain_loaded(program: Program, subject: LoadedSubject, context: RunContext, *, everything: bool = False) -> Why:
    """As `explain_why`, of a subject that is loaded already."""
    return _Explainer(program, subject, context).why(everything=everything)


class _Explainer:
    """One run of a program, and what its parts are looked up in."""

    def __init__(self, program: Program, subject: LoadedSubject, context: RunContext) -> None:
        self.program = program
        self.plan = program.result
        self.subject = subject
        self.context = context
        self.values = evaluate(program, subject, context)
        self.scope = Scope(program, subject, context, self.values, {})
        self.definitions = {definition.name: definition for definition in program.definitions}
        self.trials = Trials(program, subject, context, MOST_RUNS)
        self.marginals: dict[object, Standing] = {}

    def why(self, *, everything: bool) -> Why:
        plan, header = self.plan, self.program.header
        before, after = self.side(after=False), self.side(after=True)
        key = self.program.subject.key
        grades = () if plan.grades is None else self.program.enum(plan.grades).values
        findings = tuple(self.finding(item) for item in plan.findings if self.fires(item))
        direct_repairs = [item for item in plan.direct_repairs if self.direct_holds(item.direct)]
        repaired = [item for item in plan.points_repairs if self.indicator_fires(item.indicator)]
        return Why(
            policy=header.name,
            policy_label=header.label,
            authority=header.authority,
            hash=header.content_hash,
            languages=header.languages,
            subject=None if key is None else json_value(self.subject.fields[key.name], key.type),
            period=self.context.period.text,
            as_of=self.context.as_of.isoformat(),
            graded=self.values[plan.graded] is True,
            grade_labels=tuple((grade.name, grade.label) for grade in grades),
            pivot=after.pivot,
            suppressed=after.band if after.grade is not None and after.band != after.grade else None,
            before=before,
            after=after,
            has_repairs=bool(plan.points_repairs or plan.direct_repairs),
            findings=findings,
            measures=tuple(
                measure_view(item, self.values, self.program)
                for item in plan.measures
                if self.values[item.holds] is True
            ),
            repairs=tuple(points_repair_view(item, self.scope, self.trials) for item in repaired),
            direct_repairs=tuple(direct_repair_view(item, self.values, self.trials) for item in direct_repairs),
            next_grade=None if plan.grades is None else self.next_grade([grade.name for grade in grades]),
            absent=tuple(
                field_view(item, None, self.program)
                for item in self.program.subject.fields
                if self.subject.fields[item.name] is None
            ),
            not_applied=tuple(self.not_applied()) if everything else None,
        )

    def text(self, name: str | None) -> str | None:
        """A number of the plan as a decimal string, a choice as its name."""
        if name is None or self.values[name] is None:
            return None
        return str(json_value(self.values[name], self.definitions[name].type))

    def points(self, name: str) -> int:
        value = self.values[name]
        if not isinstance(value, int):
            raise InternalError(f"{name} is no number of points")
        return value

    def fires(self, finding: Finding) -> bool:
        return self.values[finding.fires] is True

    def indicator_fires(self, code: str) -> bool:
        return any(item.rule.code == code and self.fires(item) for item in self.plan.findings)

    def direct_holds(self, code: str) -> bool:
        return any(step.rule.code == code and holds(step, self.values, after=False) for step in self.plan.directs)

    def side(self, *, after: bool) -> Side:
        plan = self.plan
        band = self.text(plan.band_after if after else plan.band)
        grade = self.text(plan.grade_after if after else plan.grade)
        pivot = decided(self.program, self.values, after=after)
        return Side(self.arithmetic(after=after), band, grade, pivot, tuple(self.steps(after=after)))

    def arithmetic(self, *, after: bool) -> Arithmetic | None:
        plan = self.plan
        name = plan.score_after if after else plan.score
        if plan.base is None or name is None:
            return None
        fired = [
            (item.rule.code, item.points_after if after else item.points) for item in plan.findings if self.fires(item)
        ]
        total = self.points(plan.base) + sum(self.points(points) for _, points in fired)
        bounds = [None if end is None else self.trials.points(end) for end in (plan.score_low, plan.score_high)]
        return Arithmetic(
            base=self.trials.points(self.points(plan.base)),
            terms=tuple((code, self.trials.points(self.points(points))) for code, points in fired),
            total=self.trials.points(total),
            low=bounds[0],
            high=bounds[1],
            score=self.trials.points(self.points(name)),
        )

    def all_steps(self) -> Iterable[tuple[StepKind, Step]]:
        plan = self.plan
        for kind, steps in (
            (StepKind.EXEMPT, plan.exempts),
            (StepKind.DIRECT, plan.directs),
            (StepKind.ASSIGN, plan.assigns),
            (StepKind.DEMOTE, plan.demotes),
            (StepKind.CEILING, plan.ceilings),
        ):
            for step in steps:
                yield limit_kind(step) if kind is StepKind.CEILING else kind, step

    def ever_holds(self, step: Step) -> bool:
        return any(holds(step, self.values, after=after) for after in (False, True))

    def steps(self, *, after: bool) -> Iterable[StepView]:
        for kind, step in self.all_steps():
            if holds(step, self.values, after=after):
                yield StepView(kind, rule_view(step.rule), step.grade, step.demote, tuple(self.evidence(step)))

    def evidence(self, step: Step) -> Iterable[EvidenceView]:
        for table, condition in step.evidence:
            places = matching(table, condition, self.scope)
            if places:
                label = self.program.table(table).label
                yield EvidenceView(table, label, tuple(self.record((table, place)) for place in places))

    def record(self, place: Place, gives_back: str | None = None) -> RecordView:
        table, position = place
        record = self.subject.records[table][position]
        return RecordView(position, record_fields(self.program.table(table), record, self.program), gives_back)

    def without(self, place: Place) -> Standing | None:
        """The standing without one record; records that are alike are tried once, None when too many were tried."""
        table, position = place
        key = (table, tuple(self.subject.records[table][position].items()))
        if key not in self.marginals:
            if len(self.marginals) >= MOST_MARGINALS:
                return None
            self.marginals[key] = self.trials.suppose(Supposition(frozenset((place,))))
        return self.marginals[key]

    def gain(self, standing: Standing | None) -> str | None:
        return None if standing is None else self.trials.gain(standing)

    def finding(self, finding: Finding) -> FindingView:
        table, count = finding.table, self.values[finding.count]
        places = () if table is None else matching(table, finding.where, self.scope)
        standings = [self.without((table or "", place)) for place in places]
        if table is None:
            standings = [self.trials.suppose(Supposition(fixed=dict(self.as_if_not_fired(finding))))]
        known = [standing for standing in standings if standing is not None and standing.score is not None]
        best = max(known, key=lambda standing: standing.score or 0, default=None)
        records = tuple(
            self.record((table or "", place), self.gain(standing))
            for place, standing in zip(places, standings, strict=False)
        )
        return FindingView(
            rule_view(finding.rule),
            count if isinstance(count, int) else 0,
            self.trials.points(self.points(finding.points)),
            self.trials.points(self.points(finding.points_after)),
            table,
            () if table is None else self.program.table(table).label,
            records,
            self.gain(best),
        )

    def as_if_not_fired(self, finding: Finding) -> tuple[tuple[str, Value], ...]:
        return (finding.fires, False), (finding.count, 0), (finding.points, 0), (finding.points_after, 0)

    def next_grade(self, grades: list[str]) -> NextGrade:
        return next_grade(self.trials, tuple(grades), [*self.record_candidates(), *self.rule_candidates()])

    def record_candidates(self) -> Iterable[Candidate]:
        """The records that made an indicator deduct or a step hold, those that are alike together."""
        looked_at: list[tuple[str, Expression | None]] = [
            (item.table, item.where)
            for item in self.plan.findings
            if item.table is not None and self.points(item.points_after) < 0
        ]
        for kind, step in self.all_steps():
            if kind is not StepKind.EXEMPT and self.ever_holds(step):
                looked_at += step.evidence
        places = dict.fromkeys(
            (table, place) for table, where in looked_at for place in matching(table, where, self.scope)
        )
        alike: dict[object, list[Place]] = {}
        for table, place in places:
            alike.setdefault((table, tuple(self.subject.records[table][place].items())), []).append((table, place))
        for group in alike.values():
            label = self.program.table(group[0][0]).label
            changes = tuple(Change(place[0], label, self.record(place), None) for place in group)
            yield Candidate(tuple(group), changes, (), self.score_gain(self.without(group[0])))

    def rule_candidates(self) -> Iterable[Candidate]:
        """The rules that look at no record: without them is as if they did not apply."""
        for finding in self.plan.findings:
            if finding.table is None and self.points(finding.points_after) < 0:
                fixed = self.as_if_not_fired(finding)
                standing = self.trials.suppose(Supposition(fixed=dict(fixed)))
                yield self.rule_candidate(rule_view(finding.rule), fixed, self.score_gain(standing))
        for kind, step in self.all_steps():
            if kind in (StepKind.EXEMPT, StepKind.REGRADE) or not holds(step, self.values, after=True):
                continue
            if not any(self.evidence(step)):
                fixed = ((step.holds, False), (step.holds_after, False))
                yield self.rule_candidate(rule_view(step.rule), fixed, 0)

    def rule_candidate(self, rule: RuleView, fixed: tuple[tuple[str, Value], ...], gain: int) -> Candidate:
        return Candidate((), (Change(None, (), None, rule),), fixed, gain)

    def score_gain(self, standing: Standing | None) -> int:
        if standing is None or standing.score is None or self.trials.now.score is None:
            return 0
        return standing.score - self.trials.now.score

    def not_applied(self) -> Iterable[RuleView]:
        for finding in self.plan.findings:
            if not self.fires(finding):
                yield rule_view(finding.rule)
        for _, step in self.all_steps():
            if not self.ever_holds(step):
                yield rule_view(step.rule)
        for measure in self.plan.measures:
            if self.values[measure.holds] is not True:
                yield rule_view(measure.rule)
