"""Measures, service items, catalogues and figures of a population as lines."""

from collections.abc import Sequence

from creditdsl.syntax import tree
from creditdsl.syntax.format_clauses import (
    Clause,
    anchor,
    basis_clauses,
    body,
    braced,
    branches_clause,
    expression_clause,
    for_each_clause,
    grant_clause,
    label_clause,
    listed,
    name_clause,
    note_clauses,
    rule_head,
    text_clause,
)
from creditdsl.syntax.format_expressions import optional_label, written, written_period
from creditdsl.syntax.format_rows import dated_value_cells
from creditdsl.syntax.layout import Line, aligned
from creditdsl.syntax.spelling import Speller, written_code, written_label, written_name, written_text


def measure_clauses(measure: tree.Measure, spell: Speller, conditions: list[Clause]) -> list[Clause]:
    """The clauses of a measure of any kind behind its basis, notes and validity."""
    lasts = measure.lasts
    duration = [] if lasts is None else [Clause(spell.clause("lasts"), spell.number(lasts), anchor(lasts.span))]
    return [
        *_labels("by", measure.by, spell),
        *label_clause(spell.clause("on"), measure.on),
        *([Clause(spell.clause("may"), "")] if measure.may else []),
        *([] if measure.entry is None else _entered(measure.entry, spell)),
        *conditions,
        *([] if measure.entry is None else _published(measure.entry, spell)),
        *expression_clause(spell.clause("breach"), measure.breach, spell),
        *([] if measure.sampling is None else _sampling(measure.sampling, spell)),
        *(grant_clause(item, spell) for item in measure.grants),
        *duration,
        *expression_clause(spell.clause("ranked"), measure.ranked, spell),
        *_codes("excludes", measure.excludes, spell),
    ]


def own_clauses(measure: tree.Measure, spell: Speller) -> list[Clause]:
    """The clauses that only lists, pledges, offers or inspections have."""
    return [
        *([] if measure.entry is None else [*_entered(measure.entry, spell), *_published(measure.entry, spell)]),
        *expression_clause(spell.clause("breach"), measure.breach, spell),
        *([] if measure.sampling is None else _sampling(measure.sampling, spell)),
        *expression_clause(spell.clause("ranked"), measure.ranked, spell),
    ]


def _labels(key: str, labels: Sequence[tree.Label], spell: Speller) -> list[Clause]:
    return listed(spell.clause(key), [(written_label(item), item.span) for item in labels])


def _codes(key: str, codes: Sequence[tree.Identifier], spell: Speller) -> list[Clause]:
    return listed(spell.clause(key), [(written_code(item.text), item.span) for item in codes])


def _entered(entry: tree.Entry, spell: Speller) -> list[Clause]:
    return [
        *for_each_clause(entry.for_each, spell),
        *expression_clause(spell.clause("where"), entry.where, spell),
        *name_clause(spell.clause("from"), entry.start),
    ]


def _published(entry: tree.Entry, spell: Speller) -> list[Clause]:
    return [
        *expression_clause(spell.clause("leave"), entry.leave, spell),
        *publication_clause(entry.publications, spell),
        *_labels("through", entry.channels, spell),
    ]


def publication_clause(publications: tuple[tree.Publication, ...], spell: Speller) -> list[Clause]:
    """`publish at least 3 months at most 1 year`, or a branch a line."""
    if not publications:
        return []
    key, span = spell.clause("publish"), publications[0].span
    if len(publications) == 1 and publications[0].condition is None:
        return [Clause(key, _times(publications[0], spell), anchor(span))]
    rows = [(f"| {_when(item, spell)}", f"-> {_times(item, spell)}") for item in publications]
    lines = [Line(text, 1, anchor(item.span)) for text, item in zip(aligned(rows), publications, strict=True)]
    return [Clause(key, "{", anchor(span), (*lines, Line("}", 0)))]


def _when(item: tree.Publication, spell: Speller) -> str:
    return spell.clause("otherwise") if item.condition is None else written(item.condition, spell)


def _times(item: tree.Publication, spell: Speller) -> str:
    limits = (("no_less_than", item.shortest), ("no_more_than", item.longest))
    return " ".join(f"{spell.clause(key)} {spell.number(time)}" for key, time in limits if time is not None)


def _sampling(sampling: tree.Sampling, spell: Speller) -> list[Clause]:
    return [
        *branches_clause(spell.clause("rate"), sampling.rate, spell),
        *text_clause(spell.clause("seed"), sampling.seed),
        Clause(spell.clause("rounded"), spell.word("rounding", sampling.rounded.value)),
    ]


def matter_lines(matter: tree.Matter, spell: Speller) -> list[Line]:
    """The lines of a service item."""
    clauses = [
        *rule_head(matter.clauses, spell),
        *_labels("by", matter.by, spell),
        *_codes("measures", matter.measures, spell),
        *([Clause(spell.clause("no_measures"), "")] if matter.none else []),
        *_codes("includes", matter.includes, spell),
        *_time_limit(matter.limit, spell),
    ]
    heading = f"{spell.declaration('matter')} {written_code(matter.code.text)}{optional_label(matter.label)}"
    return braced(heading, body(clauses, 1), matter.span)


def _time_limit(limit: tuple[tree.DatedValue, ...], spell: Speller) -> list[Clause]:
    if not limit:
        return []
    rows = aligned([dated_value_cells(value, spell) for value in limit])
    lines = [Line(text, 1, anchor(item.span)) for text, item in zip(rows, limit, strict=True)]
    return [Clause(spell.clause("time_limit"), "{", anchor(limit[0].span), (*lines, Line("}", 0)))]


def catalogue_lines(catalogue: tree.Catalogue, spell: Speller) -> list[Line]:
    """The lines of a catalogue."""
    ranks = ", ".join(spell.word("rank", item.text) for item in catalogue.ranks)
    count = catalogue.count
    clauses = [
        *rule_head(catalogue.clauses, spell),
        *([Clause(spell.clause("rank"), ranks, anchor(catalogue.ranks[0].span))] if ranks else []),
        *([] if count is None else [Clause(spell.clause("counts"), spell.number(count), anchor(count.span))]),
    ]
    rows = [Line(catalogued_row(item), 1, anchor(item.span)) for item in catalogue.rows]
    word = catalogue.word
    own = spell.declaration if isinstance(word, tree.MeasureWord) else spell.clause
    kind = f"{spell.clause('record_of')} {own(word.value)}"
    name = written_name(catalogue.name.text)
    heading = f"{spell.declaration('catalogue')} {name} {kind}{optional_label(catalogue.label)}"
    return braced(heading, [*body(clauses, 1), *rows], catalogue.span)


def catalogued_row(item: tree.Catalogued) -> str:
    names = ", ".join(written_code(name.text) for name in item.names)
    return " ".join(["|", *([names] if names else []), *([] if item.label is None else [written_label(item.label)])])


def population_lines(population: tree.Population, spell: Speller) -> list[Line]:
    """The lines of published figures."""
    period, as_of = population.period, population.as_of
    clauses = [
        *basis_clauses(population.basis, spell),
        *note_clauses(population.notes, spell),
        *(
            []
            if period is None
            else [Clause(spell.clause("period"), written_period(period, spell), anchor(period.span))]
        ),
        *([] if as_of is None else [Clause(spell.expression("as_of"), as_of.value.isoformat(), anchor(as_of.span))]),
        *text_clause(spell.clause("jurisdiction"), population.jurisdiction),
    ]
    figures = [
        Line(f"| {written_label(item.label)} : {written(item.claim, spell)}", 1, anchor(item.span))
        for item in population.figures
    ]
    heading = f"{spell.declaration('population')} {written_text(population.name.value)}"
    return braced(heading, [*body(clauses, 1), *figures], population.span)
