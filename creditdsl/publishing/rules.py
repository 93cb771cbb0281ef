"""The rules of the document: grades, start score, indicators, special rules on the grade, and repair.

In: an edition. Out: views for the templates, in the order in which the program has the rules.
"""

from dataclasses import dataclass, replace

from creditdsl.core.ir import RuleKind, Step
from creditdsl.diagnostics import Text
from creditdsl.publishing.conditions import alternatives, chosen_records, condition, counted_records, rule_condition
from creditdsl.publishing.edition import Edition, RuleView, amended, repair_view, rule_view, written_rule
from creditdsl.publishing.figures import core_value
from creditdsl.publishing.pieces import Block, Inline, Piece, join, plain
from creditdsl.publishing.prose import describe, name_text, truth
from creditdsl.publishing.ruler import tones
from creditdsl.syntax.tree import (
    Band,
    Bound,
    BoundsBand,
    BoundWord,
    ByRule,
    Cases,
    Grades,
    Indicator,
    RepairDirect,
    RepairPoints,
    Score,
    Sign,
    WhenBand,
)


@dataclass(frozen=True, slots=True)
class GradeView:
    """A grade, best first: `limits` says which scores or what condition give it, empty when only rules give it."""

    anchor: str
    name: str
    label: Piece
    tone: str
    limits: Inline


BOUNDS: dict[BoundWord, Text] = {
    BoundWord.OR_MORE: Text("{n}以上", "{n} or more"),
    BoundWord.OR_LESS: Text("{n}以下", "{n} or less"),
    BoundWord.UNDER: Text("不满{n}", "under {n}"),
    BoundWord.OVER: Text("超过{n}", "over {n}"),
}


def bounds_text(this: Edition, bounds: tuple[Bound, ...]) -> Inline:
    """Limits in the words of the Civil Code: 70分以上不满90分."""
    parts = [this.say(BOUNDS[item.word], n=describe(item.number, this.scope())) for item in bounds]
    return join(parts, this.text(Text("", ", ")))


def grades_amended(this: Edition) -> tuple[Inline, ...]:
    """What amendments did to the grades."""
    return tuple(step for item in this.declarations if isinstance(item, Grades) for step in amended(this, item))


def grade_views(this: Edition) -> tuple[GradeView, ...]:
    """The grades, best first."""
    grades = next((item for item in this.declarations if isinstance(item, Grades)), None)
    tone = tones(this.program)
    if grades is None:
        return ()
    return tuple(
        GradeView(
            this.lexicon.grade_anchor(band.grade.text),
            band.grade.text,
            this.voice.written(band.label, band.grade.text),
            tone.get(band.grade.text, "rule"),
            _limits(this, band),
        )
        for band in grades.bands
    )


def _limits(this: Edition, band: Band) -> Inline:
    match band.limits:
        case ByRule():
            return ()
        case WhenBand(condition=expression):
            return truth(expression, this.scope())
        case BoundsBand(bounds=bounds):
            return bounds_text(this, bounds)


@dataclass(frozen=True, slots=True)
class ScoreView:
    label: Piece
    base: tuple[Block, ...]
    bounds: str
    basis: tuple[Piece, ...]
    notes: tuple[Piece, ...]
    formula: str
    """The key of the wording of the formula."""
    amended: tuple[Inline, ...]


def score_view(this: Edition) -> ScoreView | None:
    """The score, None for a policy without one."""
    score = next((item for item in this.declarations if isinstance(item, Score)), None)
    if score is None:
        return None
    signs = {item.points.sign for item in this.declarations if isinstance(item, Indicator)}
    formula = "formula_both" if len(signs) > 1 else "formula_add" if Sign.ADD in signs else "formula_deduct"
    basis = tuple(this.cite(item) for item in score.clauses.basis)
    notes = tuple(this.voice.written(note) for note in score.clauses.notes)
    label = this.voice.written(score.label, this.text(Text("得分", "Score")))
    base = alternatives(score.base, this.scope(), Text("{v}", "{v}"))
    return ScoreView(label, base, _score_bounds(this), basis, notes, formula, amended(this, score))


def _score_bounds(this: Edition) -> str:
    result = this.program.result
    if result.score is None or (result.score_low is None and result.score_high is None):
        return ""
    type_ = this.program.definition(result.score).type
    low, high = (
        core_value(bound, type_, this.voice.language) if bound is not None else ""
        for bound in (result.score_low, result.score_high)
    )
    if low and high:
        return this.text(Text(f"{low}至{high}", f"{low} to {high}"))
    return this.text(Text(f"不低于{low}", f"at least {low}") if low else Text(f"不高于{high}", f"at most {high}"))


@dataclass(frozen=True, slots=True)
class IndicatorView:
    rule: RuleView
    points: tuple[Block, ...]
    cap: Inline
    lasts: Inline
    adds: bool


def indicator_views(this: Edition) -> tuple[IndicatorView, ...]:
    """The indicators in the order of the program."""
    views = []
    for finding in this.program.result.findings:
        indicator = written_rule(this, finding.rule.code)
        if isinstance(indicator, Indicator):
            views.append(_indicator(this, indicator))
    return tuple(views)


def _indicator(this: Edition, indicator: Indicator) -> IndicatorView:
    each, scope = indicator.for_each, this.scope()
    record = each.record.text if each else None
    blocks: tuple[Block, ...] = ()
    if each is not None:
        blocks = (counted_records(each, indicator.where, scope),)
    rule = rule_view(this, indicator, blocks + rule_condition(indicator.clauses, scope))
    points = alternatives(indicator.points.value, this.scope(record), _points_template(indicator))
    cap: Inline = ()
    if indicator.capped is not None:
        cap = this.say(Text("累计不超过{n}", "at most {n} in all"), n=describe(indicator.capped, scope))
    return IndicatorView(rule, points, cap, _lasts(this, indicator), indicator.points.sign is Sign.ADD)


def _points_template(indicator: Indicator) -> Text:
    adds = indicator.points.sign is Sign.ADD
    if isinstance(indicator.points.value, Cases) or indicator.for_each is None:
        return Text("加{v}", "add {v}") if adds else Text("扣{v}", "deduct {v}")
    return Text("每次加{v}", "add {v} each time") if adds else Text("每次扣{v}", "deduct {v} each time")


def _lasts(this: Edition, indicator: Indicator) -> Inline:
    if indicator.lasts is None or indicator.for_each is None:
        return ()
    inner = this.scope(indicator.for_each.record.text)
    template = Text("自{d}起{n}内计分", "counts for {n} from {d}")
    start = name_text(indicator.lasts.start.text, inner)
    return this.say(template, d=start, n=describe(indicator.lasts.duration, inner))


@dataclass(frozen=True, slots=True)
class StepView:
    """A rule on the grade: the grade it gives or limits, or by how many grades it lowers."""

    rule: RuleView
    grade: Piece | None
    tone: str
    demote: int


def step_views(this: Edition, steps: tuple[Step, ...]) -> tuple[StepView, ...]:
    """The rules of one grading step; what a repair of a direct grade adds to it is shown with the repair."""
    tone = tones(this.program)
    return tuple(
        StepView(
            rule_view(this, written_rule(this, step.rule.code)),
            this.grade(step.grade) if step.grade is not None else None,
            tone.get(step.grade or "", "rule"),
            step.demote,
        )
        for step in own_steps(steps)
    )


def own_steps(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps that are rules of their own, not part of a repair."""
    return tuple(step for step in steps if step.rule.kind is not RuleKind.REPAIR_DIRECT)


@dataclass(frozen=True, slots=True)
class RepairView:
    """A repair. `restores` are the conditions and shares of a repair of points, `outcome` the words of the other."""

    rule: RuleView
    of: tuple[Piece, Piece]
    clock: Inline
    restores: tuple[tuple[Inline, Inline], ...]
    outcome: tuple[Inline, ...]


def repair_views(this: Edition) -> tuple[tuple[RepairView, ...], tuple[RepairView, ...]]:
    """The repairs of points, and those of direct grades."""
    written = [this.repairs[plan.indicator] for plan in this.program.result.points_repairs]
    points = tuple(_points_repair(this, repair) for repair in written if isinstance(repair, RepairPoints))
    directs = tuple(_direct_repair(this, repair) for repair in this.declarations if isinstance(repair, RepairDirect))
    return points, directs


CLOCK = Text("自{a}起，至{b}止", "from {a} to {b}")


def _points_repair(this: Edition, repair: RepairPoints) -> RepairView:
    indicator = written_rule(this, repair.indicator.text)
    each = repair.for_each or (indicator.for_each if isinstance(indicator, Indicator) else None)
    inner = this.scope(each.record.text if each else None)
    start, end = name_text(repair.start.text, inner), name_text(repair.end.text, inner)
    blocks = rule_condition(repair.clauses, this.scope())
    inner = replace(inner, subject_of_within=end)
    restores: list[tuple[Inline, Inline]] = []
    otherwise = plain(this.text(Text("其他情形", "Otherwise")))
    if isinstance(repair.restore, Cases):
        for branch in repair.restore.branches:
            when = truth(branch.condition, inner) if branch.condition is not None else otherwise
            restores.append((when, describe(branch.value, inner)))
    else:
        restores.append(((), describe(repair.restore, inner)))
    of = (this.code_link(repair.indicator.text), this.rule_link(repair.indicator.text))
    clock = this.say(CLOCK, a=start, b=end)
    return RepairView(repair_view(this, repair, blocks), of, clock, tuple(restores), ())


def _direct_repair(this: Edition, repair: RepairDirect) -> RepairView:
    scope = this.scope()
    each = repair.for_each
    inner = this.scope(each.record.text if each else None)
    blocks: tuple[Block, ...] = ()
    if each is not None:
        blocks = (chosen_records(each, repair.where, scope),)
    elif repair.where is not None:
        blocks = (condition(repair.where, scope),)
    blocks += rule_condition(repair.clauses, scope)
    clock: Inline = ()
    if repair.start is not None and repair.end is not None:
        clock = this.say(CLOCK, a=name_text(repair.start.text, inner), b=name_text(repair.end.text, inner))
    outcome = [plain(this.text(Text("不再适用该直接判级，重新评价", "Evaluated again without this direct grade")))]
    if repair.regrade is not None:
        outcome.append(this.say(Text("不高于{g}", "at most {g}"), g=(this.grade(repair.regrade.text),)))
    if repair.once_per_year:
        outcome.append(plain(this.text(Text("同一年度内以一次为限", "once in a calendar year"))))
    of = (this.code_link(repair.direct.text), this.rule_link(repair.direct.text))
    return RepairView(repair_view(this, repair, blocks), of, clock, (), tuple(outcome))
