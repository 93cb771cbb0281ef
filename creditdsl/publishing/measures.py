"""What follows from credit: rewards, penalties, lists, offers, pledges and inspections, as their authors wrote them.

In: an edition. Out: views for the templates, by kind and authority. The words come from the declarations as written; which grade can
get which measure comes from the program, where lists, offers, pledges and inspections are spelled out.
"""

from dataclasses import dataclass

from creditdsl.core.ir import Measure as CoreMeasure
from creditdsl.diagnostics import InternalError, Text
from creditdsl.publishing.conditions import alternatives, branch_line, condition, rule_condition
from creditdsl.publishing.edition import Edition, RuleView, rule_view, written_rule
from creditdsl.publishing.eligibility import Eligibility, eligibility
from creditdsl.publishing.figures import quantity
from creditdsl.publishing.phrases import LISTING, ROUNDING
from creditdsl.publishing.pieces import Block, Group, Inline, Line, Piece, join, plain
from creditdsl.publishing.prose import Scope, clause, describe, name_text
from creditdsl.syntax.tree import (
    Aggregate,
    AggregateWord,
    Binary,
    BinaryOperator,
    Entry,
    Expression,
    Grant,
    If,
    Measure,
    MeasureWord,
    Number,
    Publication,
    Sampling,
)


@dataclass(frozen=True, slots=True)
class GrantView:
    """What a measure grants or restricts; `value` has several blocks where it depends on a condition, none where there is no value."""

    restricts: bool
    label: Piece
    value: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class TermView:
    """A term of one kind of measure alone: a title and what it says; `numbered` when its items are known by their numbers."""

    title: str
    blocks: tuple[Block, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class MeasureView:
    """A measure of a kind; `eligible` has one word for each grade, best first, and one for subjects that are not graded."""

    rule: RuleView
    kind: str
    may: bool
    by: tuple[Piece, ...]
    on: Piece | None
    grants: tuple[GrantView, ...]
    terms: tuple[TermView, ...]
    lasts: str
    excludes: tuple[Piece, ...]
    eligible: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuthorityView:
    """An authority and the measures it takes; `name` is None for those that name no authority."""

    name: Piece | None
    measures: tuple[MeasureView, ...]


@dataclass(frozen=True, slots=True)
class KindView:
    """The measures of one kind, by the authority or the partner."""

    kind: str
    anchor: str
    measures: tuple[MeasureView, ...]
    authorities: tuple[AuthorityView, ...]


def kind_views(this: Edition) -> tuple[KindView, ...]:
    """The kinds that the policy has; the measures of each in the order of the program."""
    verdicts = eligibility(this.program)
    made = [_measure(this, item, verdicts[item.rule.code]) for item in this.program.result.measures]
    kinds = []
    for word in MeasureWord:
        measures = tuple(item for item in made if item.kind == word.value)
        if measures:
            anchor = this.lexicon.measures_anchor(word)
            kinds.append(KindView(word.value, anchor, measures, _authorities(measures)))
    return tuple(kinds)


def _authorities(measures: tuple[MeasureView, ...]) -> tuple[AuthorityView, ...]:
    """The measures by authority, in the order in which the authorities are first named."""
    groups: dict[Piece | None, list[MeasureView]] = {}
    for measure in measures:
        for authority in dict.fromkeys(measure.by) or (None,):
            groups.setdefault(authority, []).append(measure)
    named = [AuthorityView(name, tuple(items)) for name, items in groups.items() if name is not None]
    unnamed = [AuthorityView(None, tuple(items)) for name, items in groups.items() if name is None]
    return tuple(named + unnamed)


def _measure(this: Edition, core: CoreMeasure, verdicts: dict[str | None, Eligibility]) -> MeasureView:
    measure = written_rule(this, core.rule.code)
    if not isinstance(measure, Measure):
        raise InternalError(f"the program's measure {core.rule.code} is declared as another rule")
    return MeasureView(
        rule_view(this, measure, _conditions(this, measure)),
        measure.word.value,
        measure.may,
        tuple(this.voice.written(label) for label in measure.by),
        this.voice.written(measure.on) if measure.on is not None else None,
        tuple(_grant(this, grant) for grant in measure.grants),
        _terms(this, measure),
        _time(this, measure.lasts) if measure.lasts is not None else "",
        tuple(this.rule_link(item.text) for item in measure.excludes if item.text in this.lexicon.names),
        tuple(verdict.value for verdict in verdicts.values()),
    )


def _time(this: Edition, time: Number) -> str:
    return quantity(time.digits, time.places, time.unit, this.voice.language)


def _grant(this: Edition, grant: Grant) -> GrantView:
    value = _value(grant.value, this.scope()) if grant.value is not None else ()
    return GrantView(grant.restricts, this.voice.written(grant.label, grant.name.text), value)


def _value(expression: Expression, scope: Scope) -> tuple[Block, ...]:
    """A value, each branch of a choice on a line of its own."""
    if isinstance(expression, If):
        then = branch_line(expression.condition, describe(expression.then, scope), scope)
        return (then, branch_line(None, describe(expression.otherwise, scope), scope))
    return alternatives(expression, scope, Text("{v}", "{v}"))


NO_PLEDGE = Text("{a}的，不得承诺", "Not if {a}")
NO_PLEDGE_IF_ONE = Text("有下列情形之一的，不得承诺：", "Not if one of the following holds:")


def _conditions(this: Edition, measure: Measure) -> tuple[Block, ...]:
    """When a measure applies: of a list first the records that enter it, of a pledge at last who may not pledge."""
    clauses, scope = measure.clauses, this.scope()
    if measure.word is MeasureWord.PLEDGE and clauses.unless is not None:
        refused = condition(clauses.unless, scope)
        may = () if clauses.when is None else (condition(clauses.when, scope),)
        if isinstance(refused, Group) and _is_choice(clauses.unless):
            return (*may, Group(plain(this.text(NO_PLEDGE_IF_ONE)), refused.items))
        words = refused.pieces if isinstance(refused, Line) else clause(clauses.unless, scope)
        return (*may, Line(this.say(NO_PLEDGE, a=words)))
    blocks = rule_condition(clauses, scope)
    entry = measure.entry
    if entry is None or entry.for_each is None:
        return blocks
    record = Aggregate(AggregateWord.ANY, None, entry.for_each.record, (), entry.where, span=entry.span)
    return (condition(record, scope), *blocks)


def _is_choice(expression: Expression) -> bool:
    return isinstance(expression, Binary) and expression.operator is BinaryOperator.OR


def _terms(this: Edition, measure: Measure) -> tuple[TermView, ...]:
    """The terms of each kind of measure."""
    terms: list[TermView] = []
    if measure.entry is not None:
        terms += _list_terms(this, measure.entry)
    if measure.breach is not None:
        terms.append(TermView(this.text(Text("违背承诺", "Broken when")), (condition(measure.breach, this.scope()),)))
    if measure.ranked is not None:
        terms.append(TermView(this.text(Text("排序值", "Ranked by")), _value(measure.ranked, this.scope())))
    if measure.sampling is not None:
        terms += _sampling_terms(this, measure.sampling)
    return tuple(terms)


LEAVES = Text("移出条件", "Left when")
LEAVES_LATER = Text("最短期限届满后的移出条件", "Left after the shortest time when")


def _list_terms(this: Edition, entry: Entry) -> list[TermView]:
    scope = this.scope(entry.for_each.record.text if entry.for_each is not None else None)
    terms = []
    if entry.start is not None:
        start = Line(name_text(entry.start.text, scope))
        terms.append(TermView(this.text(Text("起算日", "Counted from")), (start,)))
    if entry.publications:
        title = this.text(Text("期限", "Time on the list"))
        terms.append(TermView(title, _publications(this, entry.publications, scope)))
    if entry.leave is not None:
        later = any(item.shortest is not None for item in entry.publications)
        title = this.text(LEAVES_LATER if later else LEAVES)
        terms.append(TermView(title, (condition(entry.leave, scope),)))
    if entry.channels:
        named: list[Inline] = [(this.voice.written(label),) for label in entry.channels]
        channels = Line(join(named, this.text(LISTING)))
        terms.append(TermView(this.text(Text("公示渠道", "Published through")), (channels,)))
    return terms


def _publications(this: Edition, publications: tuple[Publication, ...], scope: Scope) -> tuple[Block, ...]:
    match publications:
        case (Publication(condition=None) as only,):
            return (Line(_publication(this, only)),)
        case branches:
            return tuple(branch_line(item.condition, _publication(this, item), scope) for item in branches)


def _publication(this: Edition, publication: Publication) -> Inline:
    """`最短3个月，最长1年`."""
    limits = (
        (Text("最短{t}", "at least {t}"), publication.shortest),
        (Text("最长{t}", "at most {t}"), publication.longest),
    )
    words = [this.say(text, t=plain(_time(this, time))) for text, time in limits if time is not None]
    return join(words, this.text(Text("，", ", ")))


def _sampling_terms(this: Edition, sampling: Sampling) -> list[TermView]:
    rates = _value(sampling.rate, this.scope())
    rounding = Line(plain(this.text(ROUNDING[sampling.rounded])))
    return [
        TermView(this.text(Text("各层的抽查比例", "Share drawn from each stratum")), rates, numbered=len(rates) > 1),
        TermView(this.text(Text("抽取数取整", "Number drawn")), (rounding,)),
        TermView(this.text(Text("种子", "Seed")), (Line((Piece(sampling.seed.value, manner="value"),)),)),
    ]
