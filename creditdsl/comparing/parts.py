"""The parts of a declaration as its author would write them, each by itself, and which of them differ.

In: two versions of a declaration. Out: the clauses, bands, rows, branches, dated values, fields, values and articles that are not
the same, in both keyword languages.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from creditdsl.comparing import messages
from creditdsl.comparing.kinds import Rule
from creditdsl.comparing.model import PartChange
from creditdsl.diagnostics import Text
from creditdsl.syntax import tree
from creditdsl.syntax.bare import without_spans
from creditdsl.syntax.format_clauses import (
    Clause,
    article_clause,
    expression_clause,
    for_each_clause,
    grant_clause,
    label_clause,
    name_clause,
    periods_clause,
    successor_clause,
    text_clause,
    validity_clause,
)
from creditdsl.syntax.format_declarations import declaration_lines
from creditdsl.syntax.format_expressions import SUM, written, written_branch, written_citation, written_type
from creditdsl.syntax.format_measures import own_clauses
from creditdsl.syntax.format_rows import band_text, dated_value_text, field_text, row_text
from creditdsl.syntax.layout import INDENT, Line
from creditdsl.syntax.spelling import BREAK, Speller, written_code, written_label, written_name


@dataclass(frozen=True, slots=True)
class Part:
    """`key` and `item` say which part it is, so that it is found again in the other version."""

    key: str
    item: str
    name: Text
    text: Text


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes rule text in both keyword languages."""

    zh: Speller
    en: Speller

    def text(self, write: Callable[[Speller], str]) -> Text:
        return Text(write(self.zh).replace(BREAK, " "), write(self.en).replace(BREAK, " "))

    def part(self, key: str, item: str, name: Text, write: Callable[[Speller], str]) -> Part:
        return Part(key, item, name, self.text(write))

    def clauses(self, write: Callable[[Speller], list[Clause]]) -> Iterator[Part]:
        """Each clause as a part that is called as its keyword."""
        for zh, en in zip(write(self.zh), write(self.en), strict=True):
            text = Text(_clause_text(zh), _clause_text(en))
            yield Part(en.key, "", Text(zh.key, en.key), text)


def writer(own_names: frozenset[str]) -> Writer:
    return Writer(Speller("zh", own_names), Speller("en", own_names))


def whole(declaration: tree.Declaration, write: Writer) -> Text:
    """The text of a declaration, which may have parts of several files."""
    bare = without_spans(declaration)
    return write.text(lambda spell: _joined(declaration_lines(bare, spell)))


def changed_parts(old: tree.Declaration, new: tree.Declaration, write: Writer) -> tuple[PartChange, ...]:
    """What differs, in the order of the new version, what is gone where it stood."""
    before, after = _numbered(parts(old, write)), _numbered(parts(new, write))
    changes = [
        PartChange(part.name, known.text if known else None, part.text)
        for key, part in after.items()
        if (known := before.get(key)) is None or known.text != part.text
    ]
    changes += [PartChange(part.name, part.text, None) for key, part in before.items() if key not in after]
    if changes:
        return tuple(changes)
    return (PartChange(messages.ORDER, whole(old, write), whole(new, write)),)


def _numbered(found: Iterable[Part]) -> dict[tuple[str, str, int], Part]:
    """The parts by what they are; those that are called alike are told apart by their order."""
    seen: Counter[tuple[str, str]] = Counter()
    numbered = {}
    for part in found:
        seen[part.key, part.item] += 1
        numbered[part.key, part.item, seen[part.key, part.item]] = part
    return numbered


def _clause_text(clause: Clause) -> str:
    return _joined([Line(clause.value, 0), *clause.rest])


def _joined(lines: Iterable[Line]) -> str:
    return "\n".join(INDENT * line.level + line.text for line in lines).replace(BREAK, " ")


def parts(declaration: tree.Declaration, write: Writer) -> Iterator[Part]:
    """Every part of a declaration, its label among them."""
    match declaration:
        case tree.Policy():
            yield from _policy(declaration, write)
        case tree.Use():
            return
        case tree.Source():
            yield from _source(declaration, write)
        case tree.Enumeration(label=label, values=values):
            yield from _label(label, write)
            for item in values:
                yield write.part("value", item.name.text, messages.value_part(item.name.text), _enum_value(item))
        case tree.Subject(label=label, fields=fields):
            yield from _label(label, write)
            yield from _fields(fields, write)
        case tree.Record(label=label, fields=fields):
            yield from _label(label, write)
            if declaration.absent_means_none:
                yield from write.clauses(lambda spell: [Clause(spell.clause("absent_means_none"), "")])
            yield from _fields(fields, write)
        case tree.Parameter(label=label, values=dated):
            yield from _label(label, write)
            yield write.part("type", "", messages.TYPE, lambda spell: written_type(declaration.type, spell))
            yield from _basis(declaration.basis, write)
            for value in dated:
                yield write.part("dated", value.start.isoformat(), messages.VALUE, _dated(value))
        case tree.Define(label=label, value=expression):
            yield from _label(label, write)
            yield from _branches("value", messages.VALUE, expression, write)
        case tree.Table():
            yield from _table(declaration, write)
        case tree.Amend() | tree.Case() | tree.Invariant() | tree.Population() | tree.Matter() | tree.Catalogue():
            yield Part("text", "", messages.TEXT, whole(declaration, write))
        case _:  # What is left are rules.
            yield from _rule(declaration, write)


def _label(label: tree.Label | None, write: Writer) -> Iterator[Part]:
    if label is not None:
        yield write.part("label", "", messages.LABEL, lambda _: written_label(label))


def _enum_value(item: tree.EnumValue) -> Callable[[Speller], str]:
    label = "" if item.label is None else f" {written_label(item.label)}"
    return lambda _: written_name(item.name.text) + label


def _dated(value: tree.DatedValue) -> Callable[[Speller], str]:
    return lambda spell: dated_value_text(value, spell)


def _fields(fields: tuple[tree.FieldDeclaration, ...], write: Writer) -> Iterator[Part]:
    for item in fields:
        name = item.name.text
        yield write.part("field", name, messages.field_part(name), _field(item))


def _field(item: tree.FieldDeclaration) -> Callable[[Speller], str]:
    return lambda spell: field_text(item, spell)


def _basis(basis: tuple[tree.Citation, ...], write: Writer) -> Iterator[Part]:
    for item in basis:
        text = write.text(_citation(item))
        yield Part("basis", text.en, write.text(lambda spell: spell.clause("basis")), text)


def _citation(item: tree.Citation) -> Callable[[Speller], str]:
    return lambda spell: written_citation(item, spell)


def _notes(notes: tuple[tree.Label, ...], write: Writer) -> Iterator[Part]:
    for item in notes:
        yield from write.clauses(_label_clause("note", item))


def _label_clause(key: str, label: tree.Label | None) -> Callable[[Speller], list[Clause]]:
    return lambda spell: label_clause(spell.clause(key), label)


def _policy(policy: tree.Policy, write: Writer) -> Iterator[Part]:
    yield write.part("name", "", messages.NAME, lambda _: written_name(policy.name.text))
    yield from _label(policy.label, write)
    languages = ", ".join(item.text for item in policy.languages)
    yield from write.clauses(lambda spell: [Clause(spell.clause("languages"), languages)])
    yield from write.clauses(_label_clause("authority", policy.authority))
    yield from write.clauses(lambda spell: name_clause(spell.declaration("subject"), policy.subject))
    yield from write.clauses(lambda spell: periods_clause(policy.periods, spell))
    for validity in (policy.effective, policy.evaluated):
        yield from write.clauses(_validity(validity))
    yield from write.clauses(lambda spell: name_clause(spell.clause("calendar"), policy.calendar))
    yield from write.clauses(lambda spell: text_clause(spell.clause("jurisdiction"), policy.jurisdiction))
    yield from write.clauses(lambda spell: successor_clause(policy.replaced_by, spell))
    yield from _notes(policy.notes, write)


def _validity(validity: tree.Validity | None, key: str = "effective") -> Callable[[Speller], list[Clause]]:
    return lambda spell: validity_clause(spell.clause(key), validity, spell)


def _source(source: tree.Source, write: Writer) -> Iterator[Part]:
    yield from _label(source.label, write)
    yield from write.clauses(_label_clause("title", source.title))
    rank = source.rank
    if rank is not None:
        word = rank.text
        yield from write.clauses(lambda spell: [Clause(spell.clause("rank"), spell.word("rank", word))])
    yield from write.clauses(_validity(source.in_force, "in_force"))
    yield from write.clauses(lambda spell: text_clause(spell.clause("address"), source.address))
    for item in source.articles:
        yield from write.clauses(_article(item))
    yield from _notes(source.notes, write)


def _article(item: tree.SourceArticle) -> Callable[[Speller], list[Clause]]:
    return lambda spell: [article_clause(item, spell)]


def _table(table: tree.Table, write: Writer) -> Iterator[Part]:
    yield from _label(table.label, write)
    for column in table.columns:
        yield write.part("column", column.name.text, messages.column_part(column.name.text), _column(column))
    yield write.part("type", "", messages.TYPE, lambda spell: written_type(table.type, spell))
    yield from _basis(table.basis, write)
    for row in table.rows:
        text = write.text(_row(row))
        yield Part("row", text.en.rpartition(" -> ")[0], messages.ROW, text)


def _column(column: tree.Column) -> Callable[[Speller], str]:
    return lambda spell: f"{written_name(column.name.text)} : {written_type(column.type, spell)}"


def _row(row: tree.Row) -> Callable[[Speller], str]:
    return lambda spell: row_text(row, spell)


def _branches(key: str, name: Text, value: tree.Expression, write: Writer) -> Iterator[Part]:
    """A value, or each branch of a choice by itself."""
    if not isinstance(value, tree.Cases):
        yield write.part(key, "", name, lambda spell: written(value, spell))
        return
    for branch in value.branches:
        text = write.text(_branch(branch))
        yield Part(key, text.en.rpartition(" -> ")[0], name, text)


def _branch(branch: tree.Branch) -> Callable[[Speller], str]:
    return lambda spell: written_branch(branch, spell)


def _clause_branches(key: str, value: tree.Expression, write: Writer) -> Iterator[Part]:
    yield from _branches(key, write.text(lambda spell: spell.clause(key)), value, write)


def _expression(key: str, value: tree.Expression | None) -> Callable[[Speller], list[Clause]]:
    return lambda spell: expression_clause(spell.clause(key), value, spell)


def _name(key: str, name: tree.Identifier | None) -> Callable[[Speller], list[Clause]]:
    return lambda spell: name_clause(spell.clause(key), name)


def _rule(rule: Rule, write: Writer) -> Iterator[Part]:
    clauses = rule.clauses
    yield from _label(rule.label, write)
    yield from _basis(clauses.basis, write)
    yield from _notes(clauses.notes, write)
    yield from write.clauses(_validity(clauses.effective))
    yield from _own_clauses(rule, write)
    yield from write.clauses(_expression("when", clauses.when))
    yield from write.clauses(_expression("unless", clauses.unless))
    for code in clauses.overrides:
        yield from write.clauses(_code("overrides", code))


def _code(key: str, code: tree.Identifier) -> Callable[[Speller], list[Clause]]:
    return lambda spell: [Clause(spell.clause(key), written_code(code.text))]


def _own_clauses(rule: Rule, write: Writer) -> Iterator[Part]:
    match rule:
        case tree.Score(low=low, high=high):
            yield from _clause_branches("base", rule.base, write)
            if low is not None and high is not None:
                bounds = write.text(lambda spell: f"{written(low, spell, SUM)} .. {written(high, spell, SUM)}")
                yield Part("bounds", "", write.text(lambda spell: spell.clause("bounds")), bounds)
        case tree.Indicator():
            yield from _indicator(rule, write)
        case tree.Grades():
            for band in rule.bands:
                yield write.part("band", band.grade.text, messages.grade_part(band.grade.text), _band(band))
        case tree.Direct(grade=grade) | tree.Assign(grade=grade) | tree.Ceiling(grade=grade):
            yield write.part("grade", "", messages.GRADE, lambda _: written_name(grade.text))
        case tree.Demote(steps=steps):
            yield write.part("steps", "", messages.STEPS, lambda _: str(steps))
        case tree.Exempt():
            return
        case tree.Measure():
            yield from _measure(rule, write)
        case tree.RepairPoints():
            yield from write.clauses(lambda spell: for_each_clause(rule.for_each, spell))
            yield from write.clauses(_name("from", rule.start))
            yield from write.clauses(_name("to", rule.end))
            yield from _clause_branches("restore", rule.restore, write)
        case tree.RepairDirect():
            yield from write.clauses(lambda spell: for_each_clause(rule.for_each, spell))
            yield from write.clauses(_expression("where", rule.where))
            yield from write.clauses(_name("from", rule.start))
            yield from write.clauses(_name("to", rule.end))
            yield from write.clauses(_name("regrade", rule.regrade))
            if rule.once_per_year:
                yield from write.clauses(lambda spell: [Clause(spell.clause("once_per_year"), "")])


def _band(band: tree.Band) -> Callable[[Speller], str]:
    return lambda spell: band_text(band, spell)


def _indicator(indicator: tree.Indicator, write: Writer) -> Iterator[Part]:
    lasts = indicator.lasts
    yield from write.clauses(lambda spell: for_each_clause(indicator.for_each, spell))
    yield from write.clauses(_expression("where", indicator.where))
    yield from _clause_branches(indicator.points.sign.value, indicator.points.value, write)
    yield from write.clauses(_expression("capped", indicator.capped))
    if lasts is not None:
        start = written_name(lasts.start.text)
        text = write.text(lambda spell: f"{spell.number(lasts.duration)} {spell.clause('from')} {start}")
        yield Part("lasts", "", write.text(lambda spell: spell.clause("lasts")), text)


def _measure(measure: tree.Measure, write: Writer) -> Iterator[Part]:
    for label in measure.by:
        text = written_label(label).replace(BREAK, " ")
        yield Part("by", text, write.text(lambda spell: spell.clause("by")), Text(text, text))
    yield from write.clauses(_label_clause("on", measure.on))
    if measure.may:
        yield from write.clauses(lambda spell: [Clause(spell.clause("may"), "")])
    yield from write.clauses(lambda spell: own_clauses(measure, spell))
    for grant in measure.grants:
        for part in write.clauses(_grant(grant)):
            yield Part(part.key, grant.name.text, part.name, part.text)
    lasts = measure.lasts
    if lasts is not None:
        yield from write.clauses(lambda spell: [Clause(spell.clause("lasts"), spell.number(lasts))])
    for code in measure.excludes:
        yield from write.clauses(_code("excludes", code))


def _grant(grant: tree.Grant) -> Callable[[Speller], list[Clause]]:
    return lambda spell: [grant_clause(grant, spell)]
