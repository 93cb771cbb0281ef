"""The clauses of an amendment, and its changes inside a declaration, as lines."""

import re
from dataclasses import replace
from functools import cache

from creditdsl.source import NOWHERE
from creditdsl.syntax import tree
from creditdsl.syntax.format_clauses import (
    Clause,
    anchor,
    article_clause,
    basis_clauses,
    body,
    branches_clause,
    expression_clause,
    for_each_clause,
    grant_clause,
    label_clause,
    listed,
    name_clause,
    note_clauses,
    successor_clause,
    text_clause,
    validity_clause,
)
from creditdsl.syntax.format_expressions import (
    SUM,
    optional_label,
    written,
    written_branch,
    written_locator,
    written_period,
)
from creditdsl.syntax.format_measures import publication_clause
from creditdsl.syntax.format_rows import band_text, dated_value_text, field_text, row_text
from creditdsl.syntax.keywords import keyword_table
from creditdsl.syntax.layout import Line
from creditdsl.syntax.spelling import Speller, written_code, written_label, written_name, written_text

PLACING = (("amendment", "placed_after"), ("amendment", "placed_before"))
"""What may stand before the name of a part."""
NEXT = (
    *(("clause", key) for key in ("basis", "note", "effective", "applies", "follows", "jurisdiction")),
    *(("amendment", key) for key in ("insert", "replace", "repeal", "change")),
)
"""What may stand where the name of a target is left out."""
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
BRANCHED = frozenset({"base", "restore", "rate"})
NAMED = frozenset(
    {
        tree.TargetWord.POLICY,
        tree.TargetWord.SOURCE,
        tree.TargetWord.ENUM,
        tree.TargetWord.SUBJECT,
        tree.TargetWord.RECORD,
        tree.TargetWord.PARAMETER,
        tree.TargetWord.DEFINE,
        tree.TargetWord.TABLE,
        tree.TargetWord.GRADES,
    }
)
"""Declarations that are named, not coded: digits alone are no name."""


@cache
def _words(keys: tuple[tuple[str, str], ...]) -> frozenset[str]:
    """The spellings of keywords in both languages: a name like one of them stands in backticks."""
    return frozenset(word for key in keys for word in keyword_table()[key].spellings)


def amend_clauses(amendment: tree.Amend, spell: Speller) -> list[Clause]:
    """Basis, dates, periods, order, place and notes."""
    follows = [(written_name(item.text), item.span) for item in amendment.follows]
    return [
        *basis_clauses(amendment.basis, spell),
        *validity_clause(spell.clause("effective"), amendment.effective, spell),
        *_applies(amendment.applies, spell),
        *listed(spell.clause("follows"), follows),
        *text_clause(spell.clause("jurisdiction"), amendment.jurisdiction),
        *note_clauses(amendment.notes, spell),
    ]


def _applies(applies: tree.Applies | None, spell: Speller) -> list[Clause]:
    if applies is None:
        return []
    text = f"{spell.clause('from')} {written_period(applies.first, spell)}"
    if applies.last is not None:
        text += f" {spell.clause('to')} {written_period(applies.last, spell)}"
    return [Clause(spell.clause("applies"), text, anchor(applies.span))]


def written_target(target: tree.Target, spell: Speller) -> str:
    """`indicator 010101`, `repair of direct evasion`, `score`."""
    word, name = target.word, target.name
    if word in (tree.TargetWord.REPAIR, tree.TargetWord.REPAIR_DIRECT):
        text = (
            spell.declaration("repair")
            if spell.language == "zh"
            else f"{spell.declaration('repair')} {spell.expression('of')}"
        )
        if word is tree.TargetWord.REPAIR_DIRECT:
            text += f" {spell.declaration('direct')}"
    else:
        text = spell.declaration(word.value)
    if name is None:
        return text
    if word is tree.TargetWord.INVARIANT:
        return f"{text} {written_text(name.text)}"
    if word in NAMED:
        return f"{text} {written_name(name.text, also=_words(NEXT))}"
    also = frozenset({"direct", "直接判级"}) if word is tree.TargetWord.REPAIR else frozenset()
    return f"{text} {written_code(name.text, also=also)}"


def change_lines(change: tree.ChangeDeclaration, spell: Speller) -> list[Line]:
    """`change score { replace base 90 points }`, one part a line."""
    end = None if change.span == NOWHERE else change.span.end - 1
    heading = f"{spell.amendment('change')} {written_target(change.target, spell)} {{"
    inside = [line for part in change.changes for line in _part_lines(part, spell)]
    return [Line(heading, 1, anchor(change.span)), *inside, Line("}", 1, end)]


def _part_lines(change: tree.PartChange, spell: Speller) -> list[Line]:
    at = anchor(change.span)
    if isinstance(change, tree.RepealPart):
        return [Line(f"{spell.amendment('repeal')} {written_component_name(change.part, spell)}", 2, at)]
    number = ""
    if isinstance(change, tree.InsertPart):
        word, placement = spell.amendment("insert"), _placement(change.placement, spell)
    else:
        word, placement = spell.amendment("replace"), ""
        number = "" if change.number is None else f" {written_code(change.number.text)}"
    first, *rest = component_lines(change.part, spell)
    kind = component_word(change.part, spell)
    prefix = " ".join(item for item in (word, kind) if item) + number + placement
    return [Line(f"{prefix} {first.text}", 2, at), *(replace(line, level=line.level + 2) for line in rest)]


def component_word(part: tree.Component, spell: Speller) -> str:
    """The keyword before a part, where it does not begin with one itself."""
    match part:
        case tree.ClausePart() | tree.SourceArticle():
            return ""
        case tree.Band():
            return spell.amendment("band")
        case tree.Row():
            return spell.clause("row")
        case tree.Branch():
            return spell.amendment("branch")
        case tree.DatedValue() | tree.EnumValue():
            return spell.amendment("value")
        case tree.FieldDeclaration():
            return spell.amendment("field")


def component_lines(part: tree.Component, spell: Speller) -> list[Line]:
    """The part as it stands in its declaration, from level 0."""
    match part:
        case tree.ClausePart():
            return body(clause_lines(part, spell), 0)
        case tree.Band():
            return [Line(band_text(part, spell), 0)]
        case tree.Row():
            return [Line(row_text(part, spell), 0)]
        case tree.Branch():
            return [Line(written_branch(part, spell), 0)]
        case tree.DatedValue():
            return [Line(dated_value_text(part, spell), 0)]
        case tree.EnumValue(name, label):
            return [Line(written_name(name.text, also=_words(PLACING)) + optional_label(label), 0)]
        case tree.FieldDeclaration():
            return [Line(field_text(part, spell, also=_words(PLACING)), 0)]
        case tree.SourceArticle():
            return body([article_clause(part, spell)], 0)


def clause_lines(part: tree.ClausePart, spell: Speller) -> list[Clause]:
    """A clause with its keyword."""
    key = spell.clause(part.rule)
    match part.value:
        case tree.Points(sign, value):
            return branches_clause(spell.clause(sign.value), value, spell)
        case tree.Limits(low, high):
            return [Clause(key, f"{written(low, spell, SUM)} .. {written(high, spell, SUM)}")]
        case tree.Lifetime(duration, start):
            since = "" if start is None else f" {spell.clause('from')} {written_name(start.text)}"
            return [Clause(key, spell.number(duration) + since)]
        case tree.Flag():
            return [Clause(key, "")]
        case tree.ForEach() as for_each:
            return for_each_clause(for_each, spell)
        case tree.Validity() as validity:
            return validity_clause(key, validity, spell)
        case tree.Label() as label:
            return label_clause(key, label)
        case tree.Identifier() as name if part.rule == "rank":
            return [Clause(key, spell.word("rank", name.text))]
        case tree.Identifier() as name:
            return name_clause(key, name)
        case tree.Grant() as grant:
            return [grant_clause(grant, spell)]
        case tree.Successor() as successor:
            return successor_clause(successor, spell)
        case (tree.Publication(), *_) as times:
            return publication_clause(tuple(item for item in times if isinstance(item, tree.Publication)), spell)
        case tuple() as items:
            return [Clause(key, ", ".join(_listed(item, spell) for item in items))]
        case tree.RoundingMode() as mode:
            return [Clause(key, spell.word("rounding", mode.value))]
        case tree.TextLiteral(value) if part.rule == "address":
            return [Clause(key, written_text(value))]
        case expression:
            build = branches_clause if part.rule in BRANCHED else expression_clause
            return build(key, expression, spell)


def _listed(item: tree.Citation | tree.Label | tree.Identifier, spell: Speller) -> str:
    match item:
        case tree.Citation(source, locators):
            return " ".join([written_name(source.text), *(written_locator(place, spell) for place in locators)])
        case tree.Label():
            return written_label(item)
        case tree.Identifier(text):
            return written_code(text)


def _placement(placement: tree.Placement | None, spell: Speller) -> str:
    if placement is None:
        return ""
    word = spell.amendment("placed_before" if placement.before else "placed_after")
    return f" {word} {written_code(placement.anchor.text)}"


def written_component_name(part: tree.ComponentName, spell: Speller) -> str:
    """`band M`, `branch 2`, `grants months`, `article 20 (2)`."""
    match part.word:
        case tree.ComponentWord.CLAUSE:
            granted = "" if part.granted is None else f" {written_name(part.granted.text)}"
            return spell.clause(part.name.text) + granted
        case tree.ComponentWord.ARTICLE:
            return " ".join(written_locator(item, spell) for item in part.locators)
        case tree.ComponentWord.VALUE if ISO_DATE.fullmatch(part.name.text):
            return f"{spell.amendment('value')} {part.name.text}"
        case tree.ComponentWord.ROW:
            return f"{spell.clause('row')} {written_code(part.name.text)}"
        case tree.ComponentWord.BRANCH:
            return f"{spell.amendment('branch')} {written_code(part.name.text)}"
        case word:
            return f"{spell.amendment(word.value)} {written_name(part.name.text)}"
