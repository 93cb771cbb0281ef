"""Lists, offers, pledges and inspections as measures with a plain condition and values.

In: the declarations of a policy. Out: the same with every such measure spelled out: what it means as a `when`, and what it tells
of each subject as `grants`. A list and a pledge can be named in conditions, and so can the breach of a pledge.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from creditdsl.checking.declarations import Declarations
from creditdsl.diagnostics import InternalError, Text
from creditdsl.source import Span
from creditdsl.syntax import tree
from creditdsl.syntax.logic import all_of, binary, negated

LISTED, EARLIEST, LATEST = (
    ("listed", Text("列入日", "listed on")),
    ("leaves_from", Text("最早移出日", "may leave from")),
    ("until", Text("最迟移出日", "until")),
)
RANK = ("rank", Text("排序值", "rank"))
RATE, STRATUM = ("rate", Text("抽查比例", "share inspected")), ("stratum", Text("抽查层", "stratum"))
AS_OF = tree.ContextWord.AS_OF
Named = tuple[str, Text]


def spell_out(declarations: Declarations) -> None:
    """Replaces the measures of these kinds by what they mean, and makes lists, pledges and breaches names."""
    languages = tuple(item.text for item in declarations.policy.languages) if declarations.policy else ()
    for code, rule in tuple(declarations.rules.items()):
        if isinstance(rule, tree.Measure):
            meant = _Speller(rule, languages).meant()
            declarations.rules[code] = meant
            if rule.word in (tree.MeasureWord.LIST, tree.MeasureWord.PLEDGE):
                declarations.named[code] = meant
            if rule.breach is not None:
                name = breach_name(rule.code)
                declarations.named[name.text] = tree.Define(name, rule.label, rule.breach, span=rule.breach.span)
    for overriders in declarations.overriders.values():
        overriders[:] = [declarations.rules[rule.code.text] for rule in overriders]


def breach_name(pledge: tree.Identifier) -> tree.Identifier:
    """What the breach of a pledge is called among the names; no name of an author has a blank in it."""
    return tree.Identifier(f"breach of {pledge.text}", span=pledge.span)


class _Speller:
    """Spells one measure out; every part that it makes stands where the clause stands that it is made from."""

    def __init__(self, measure: tree.Measure, languages: Sequence[str]) -> None:
        self.measure = measure
        self.languages = languages

    def meant(self) -> tree.Measure:
        measure, clauses = self.measure, self.measure.clauses
        match measure:
            case tree.Measure(word=tree.MeasureWord.LIST, entry=entry) if entry is not None:
                if entry.for_each is None:
                    return self._held_until_left(entry)
                entered = self._any(entry, self._on(entry))
                clauses = replace(clauses, when=all_of([entered, *([clauses.when] if clauses.when else [])]))
                return replace(measure, clauses=clauses, grants=(*self._days(entry), *measure.grants))
            case tree.Measure(word=tree.MeasureWord.PLEDGE, breach=breach) if breach is not None:
                broken = tree.BreachOf(measure.code, span=breach.span)
                unless = broken if clauses.unless is None else binary(tree.BinaryOperator.OR, clauses.unless, broken)
                return replace(measure, clauses=replace(clauses, unless=unless))
            case tree.Measure(word=tree.MeasureWord.OFFER, ranked=ranked) if ranked is not None:
                return replace(measure, grants=(*measure.grants, self._grant(RANK, ranked)))
            case tree.Measure(word=tree.MeasureWord.INSPECTION, sampling=sampling) if sampling is not None:
                values = (self._grant(RATE, sampling.rate), self._grant(STRATUM, _number_of_branch(sampling.rate)))
                return replace(measure, grants=(*values, *measure.grants))
            case _:  # Rewards and penalties say it all themselves.
                return measure

    def _held_until_left(self, entry: tree.Entry) -> tree.Measure:
        """A list without records: a subject is on it while its condition holds and that for leaving does not."""
        clauses = self.measure.clauses
        if entry.leave is None:
            return self.measure
        unless = entry.leave if clauses.unless is None else binary(tree.BinaryOperator.OR, clauses.unless, entry.leave)
        return replace(self.measure, clauses=replace(clauses, unless=unless))

    def _on(self, entry: tree.Entry) -> tree.Expression | None:
        """Whether a record keeps its subject on the list on the as-of date."""
        tests = [] if entry.where is None else [entry.where]
        if entry.start is not None:
            start = tree.Reference(entry.start.text, span=entry.start.span)
            tests.append(binary(tree.BinaryOperator.LESS_OR_EQUAL, start, _as_of(entry.start.span)))
            tests += [negated(test) for test in self._ended(entry)]
        elif entry.leave is not None:
            tests.append(negated(entry.leave))
        return all_of(tests)

    def _ended(self, entry: tree.Entry) -> Iterator[tree.Expression]:
        """The ways off the list: the longest time is over, or the condition holds and the shortest time is over."""
        if any(item.longest is not None for item in entry.publications):
            over = [
                (item, tree.TruthLiteral(False, span=item.span))
                if item.longest is None
                else (item, binary(tree.BinaryOperator.LESS, _after(entry.start, item.longest), _as_of(item.span)))
                for item in entry.publications
            ]
            yield _chosen(over)
        if entry.leave is not None:
            left: tree.Expression = entry.leave
            if any(item.shortest is not None for item in entry.publications):
                earliest = _chosen([(item, _after(entry.start, item.shortest)) for item in entry.publications])
                free = binary(tree.BinaryOperator.LESS_OR_EQUAL, earliest, _as_of(entry.leave.span))
                left = binary(tree.BinaryOperator.AND, left, free)
            yield left

    def _days(self, entry: tree.Entry) -> Iterator[tree.Grant]:
        """The first day on the list, the first on which it may be left, the last; of several records the longest clock."""
        if entry.start is None:
            return
        start = tree.Reference(entry.start.text, span=entry.start.span)
        yield self._grant(LISTED, self._over(tree.AggregateWord.EARLIEST, start, entry))
        for named, times in (
            (EARLIEST, [(item, item.shortest) for item in entry.publications]),
            (LATEST, [(item, item.longest) for item in entry.publications]),
        ):
            if times and all(time is not None for _, time in times):
                day = _chosen([(item, _after(entry.start, time)) for item, time in times])
                yield self._grant(named, self._over(tree.AggregateWord.LATEST, day, entry))

    def _any(self, entry: tree.Entry, where: tree.Expression | None) -> tree.Expression:
        return tree.Aggregate(tree.AggregateWord.ANY, None, _record(entry), (), where, span=_place(entry))

    def _over(self, word: tree.AggregateWord, value: tree.Expression, entry: tree.Entry) -> tree.Expression:
        return tree.Aggregate(word, value, _record(entry), (), self._on(entry), span=_place(entry))

    def _grant(self, named: Named, value: tree.Expression) -> tree.Grant:
        name, text = named
        label = tree.Label(tuple(text.zh if language == "zh" else text.en for language in self.languages))
        return tree.Grant(False, tree.Identifier(name, span=value.span), label, value, span=value.span)


def _record(entry: tree.Entry) -> tree.Identifier:
    return entry.for_each.record if entry.for_each is not None else tree.Identifier("")


def _place(entry: tree.Entry) -> Span:
    return entry.for_each.span if entry.for_each is not None else entry.span


def _as_of(span: Span) -> tree.Context:
    return tree.Context(AS_OF, span=span)


def _after(start: tree.Identifier | None, time: tree.Number | None) -> tree.Expression:
    """The day that lies a time after the day of a record; that day itself where there is no time."""
    if start is None:
        raise InternalError("the time on a list is counted from no day")
    day = tree.Reference(start.text, span=start.span)
    return day if time is None else binary(tree.BinaryOperator.ADD, day, time)


def _chosen(values: Sequence[tuple[tree.Publication, tree.Expression]]) -> tree.Expression:
    """The value of the branch whose condition holds."""
    if len(values) == 1 and values[0][0].condition is None:
        return values[0][1]
    branches = tuple(tree.Branch(item.condition, value, span=item.span) for item, value in values)
    return tree.Cases(branches, span=values[0][0].span)


def _number_of_branch(rate: tree.Expression) -> tree.Expression:
    """Which branch of a rate holds, from 1."""
    if not isinstance(rate, tree.Cases):
        return tree.Number(1, 0, span=rate.span)
    branches = tuple(
        tree.Branch(branch.condition, tree.Number(place, 0, span=branch.span), span=branch.span)
        for place, branch in enumerate(rate.branches, start=1)
    )
    return tree.Cases(branches, span=rate.span)
