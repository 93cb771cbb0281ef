"""The worked cases with the results that the interpreter computes for them.

In: an edition. Out: for each case what is given and what comes out; what the author expected plays no part.
"""

from dataclasses import dataclass

from creditdsl.core.evaluate import evaluate
from creditdsl.core.inputs import load, run_context
from creditdsl.core.ir import Case, InputTable, RuleKind, Step, Value
from creditdsl.core.subject import LoadedSubject, Record
from creditdsl.core.types import Choice, plain
from creditdsl.diagnostics import Text
from creditdsl.publishing.edition import Edition
from creditdsl.publishing.figures import core_value, day_text, decimal, period_text
from creditdsl.publishing.pieces import Piece
from creditdsl.publishing.prose import linked
from creditdsl.publishing.ruler import score_scale, tones


@dataclass(frozen=True, slots=True)
class FactView:
    """A given fact: the label of the field and its value in words."""

    label: Piece
    value: Piece


@dataclass(frozen=True, slots=True)
class RecordsView:
    """The given records of one kind, each as its facts."""

    label: Piece
    records: tuple[tuple[FactView, ...], ...]


@dataclass(frozen=True, slots=True)
class FoundView:
    """An indicator that fired: its code and label, how often, and its signed points before and after repair."""

    code: Piece
    label: Piece
    count: int
    points: str
    points_after: str


@dataclass(frozen=True, slots=True)
class StepResult:
    """A rule of a grading step that holds: which step, the rule, and what repair changes about it."""

    step: str
    rule: Piece
    remark: str


@dataclass(frozen=True, slots=True)
class GradeResult:
    label: Piece
    tone: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """`score` and its kin are empty for a policy without a score; `grade` is None when not graded."""

    anchor: str
    name: Piece
    period: str
    as_of: str
    facts: tuple[FactView, ...]
    records: tuple[RecordsView, ...]
    base: str
    findings: tuple[FoundView, ...]
    score: str
    score_after: str
    limited: bool
    steps: tuple[StepResult, ...]
    band: GradeResult | None
    grade: GradeResult | None
    grade_after: GradeResult | None
    measures: tuple[Piece, ...]


def case_views(this: Edition) -> tuple[CaseView, ...]:
    """Every case, computed; PolicyError when a case does not describe a valid subject."""
    return tuple(_case(this, case, number) for number, case in enumerate(this.program.cases, 1))


def _case(this: Edition, case: Case, number: int) -> CaseView:
    program, plan = this.program, this.program.result
    subject = load(program, case.subject)
    values = evaluate(program, subject, run_context(program, case.period, case.as_of))
    findings = tuple(
        FoundView(
            this.code_link(item.rule.code),
            this.rule_link(item.rule.code),
            _whole(values[item.count]),
            _points(this, values[item.points]),
            _points(this, values[item.points_after]),
        )
        for item in plan.findings
        if values[item.fires]
    )
    total = sum(_whole(values[item.points]) for item in plan.findings if values[item.fires])
    base, score = (_optional(values, name) for name in (plan.base, plan.score))
    return CaseView(
        anchor=this.lexicon.case_anchor(number),
        name=this.voice.label((case.name,)),
        period=period_text(case.period, this.voice.language),
        as_of=day_text(case.as_of, this.voice.language),
        facts=_facts(this, program.subject, subject.fields),
        records=_records(this, subject),
        base=_points(this, base, signed=False),
        findings=findings,
        score=_points(this, score, signed=False),
        score_after=_points(this, _optional(values, plan.score_after), signed=False),
        limited=score is not None and base is not None and _whole(base) + total != score,
        steps=_steps(this, values),
        band=_grade(this, _optional(values, plan.band)),
        grade=_grade(this, _optional(values, plan.grade)),
        grade_after=_grade(this, _optional(values, plan.grade_after)),
        measures=tuple(this.rule_link(item.rule.code) for item in plan.measures if values[item.holds]),
    )


def _optional(values: dict[str, Value], name: str | None) -> Value:
    return None if name is None else values[name]


def _whole(value: Value) -> int:
    return value if isinstance(value, int) else 0


def _points(this: Edition, value: Value, *, signed: bool = True) -> str:
    if not isinstance(value, int):
        return ""
    text = decimal(value, score_scale(this.program))
    return f"+{text}" if signed and value > 0 else text


def _grade(this: Edition, value: Value) -> GradeResult | None:
    return GradeResult(this.grade(value), tones(this.program).get(value, "rule")) if isinstance(value, str) else None


STEP_TEXTS = (
    Text("不予评价", "Not graded"),
    Text("直接判级", "Direct grade"),
    Text("评为", "Assigned"),
    Text("降级", "Demotion"),
    Text("级别上限", "Ceiling"),
)


def _steps(this: Edition, values: dict[str, Value]) -> tuple[StepResult, ...]:
    """The rules of the grading steps that hold before or after repair, in the order of the steps."""
    plan = this.program.result
    groups: tuple[tuple[Step, ...], ...] = (plan.exempts, plan.directs, plan.assigns, plan.demotes, plan.ceilings)
    return tuple(
        StepResult(this.text(text), _step_link(this, step), _remark(this, values[step.holds], values[step.holds_after]))
        for text, steps in zip(STEP_TEXTS, groups, strict=True)
        for step in steps
        if values[step.holds] or values[step.holds_after]
    )


def _step_link(this: Edition, step: Step) -> Piece:
    if step.rule.kind is RuleKind.REPAIR_DIRECT:
        return this.repair_link(step.rule.code)
    return this.rule_link(step.rule.code)


def _remark(this: Edition, before: Value, after: Value) -> str:
    if before == after:
        return ""
    if before:
        return this.text(Text("修复后不再适用", "no longer after repair"))
    return this.text(Text("修复后适用", "after repair only"))


def _facts(this: Edition, table: InputTable, fields: Record) -> tuple[FactView, ...]:
    views = []
    for item in table.fields:
        value = fields[item.name]
        if value is None:
            continue
        entry = this.lexicon.fields[table.name, item.name]
        type_ = plain(item.type)
        spoken = Piece(core_value(value, type_, this.voice.language))
        if isinstance(type_, Choice) and isinstance(value, str):
            named = this.lexicon.find(value, None, type_.enum)
            spoken = linked(named, this.voice) if named is not None else spoken
        views.append(FactView(linked(entry, this.voice), spoken))
    return tuple(views)


def _records(this: Edition, subject: LoadedSubject) -> tuple[RecordsView, ...]:
    return tuple(
        RecordsView(
            linked(this.lexicon.names[table.name], this.voice),
            tuple(_facts(this, table, record) for record in subject.records[table.name]),
        )
        for table in this.program.records
        if subject.records[table.name]
    )
