"""Cases and invariants as lines."""

from creditdsl.source import NOWHERE, Span
from creditdsl.syntax import tree
from creditdsl.syntax.format_clauses import Clause, anchor, body, broken
from creditdsl.syntax.format_expressions import SUM, written, written_period
from creditdsl.syntax.layout import INDENT, WIDTH, Line, display_width
from creditdsl.syntax.spelling import Speller, words_of_section, written_code, written_name, written_text

RULE_EXPECTATIONS = frozenset(tree.ExpectWord) - {
    tree.ExpectWord.SCORE,
    tree.ExpectWord.GRADE,
    tree.ExpectWord.GRADED,
    tree.ExpectWord.IN_FORCE,
}
"""What is expected of a rule, with its code."""


def case_lines(case: tree.Case, spell: Speller) -> list[Line]:
    """The lines of a worked example."""
    head: list[Clause] = []
    if case.like is not None:
        head.append(Clause(spell.clause("like"), written_text(case.like.value), anchor(case.like.span)))
    if case.period is not None:
        head.append(Clause(spell.clause("period"), written_period(case.period, spell), anchor(case.period.span)))
    if case.as_of is not None:
        head.append(Clause(spell.expression("as_of"), case.as_of.value.isoformat(), anchor(case.as_of.span)))
    if case.jurisdiction is not None:
        code = case.jurisdiction
        head.append(Clause(spell.clause("jurisdiction"), written_text(code.value), anchor(code.span)))
    facts = _given(case, spell)
    return [
        Line(f"{spell.declaration('case')} {written_text(case.name.value)} {{", 0, anchor(case.span)),
        *body(head, 1),
        *([Line(spell.clause("given") + " {", 1), *facts, Line("}", 1)] if facts else []),
        Line(spell.clause("expect") + " {", 1),
        *(Line(_expectation(item, spell), 2, anchor(item.span)) for item in case.expectations),
        Line("}", 1),
        Line("}", 0, _end(case.span)),
    ]


def _end(span: Span) -> int | None:
    return None if span == NOWHERE else span.end - 1


def _given(case: tree.Case, spell: Speller) -> list[Line]:
    """Fields and records in the order written, a record on one line when it fits."""
    facts: list[tree.GivenField | tree.GivenRecord] = [*case.fields, *case.records]
    facts.sort(key=lambda item: item.span.start)
    lines: list[Line] = []
    for item in facts:
        before = lines[-1].text if lines else ""
        if isinstance(item, tree.GivenField):
            lines.append(Line(_field(item, before, spell), 2, anchor(item.span)))
        else:
            lines.extend(_record(item, before, spell))
    return lines


def _fact_name(name: tree.Identifier, before: str) -> str:
    """A name; behind a bare number a name like a unit would be read as the number's unit."""
    units = words_of_section("unit") if before[-1:].isdigit() else frozenset()
    return written_name(name.text, also=units)


def _field(item: tree.GivenField, before: str, spell: Speller) -> str:
    return f"{_fact_name(item.name, before)} = {written(item.value, spell, SUM)}"


def _record(record: tree.GivenRecord, before: str, spell: Speller) -> list[Line]:
    name = _fact_name(record.name, before)
    fields: list[str] = []
    for item in record.fields:
        fields.append(_field(item, fields[-1] if fields else "", spell))
    text = f"{name} {{ {'  '.join(fields)} }}" if fields else f"{name} {{ }}"
    if display_width(text) + 2 * len(INDENT) <= WIDTH:
        return [Line(text, 2, anchor(record.span))]
    inside = [Line(field, 3, anchor(item.span)) for field, item in zip(fields, record.fields, strict=True)]
    return [Line(f"{name} {{", 2, anchor(record.span)), *inside, Line("}", 2, _end(record.span))]


def _expectation(item: tree.Expectation, spell: Speller) -> str:
    """`repaired score = 95 points`, `not reward fast`."""
    words = []
    if item.negated:
        words.append(spell.clause("expect_not"))
    if item.repaired:
        words.append(spell.clause("repaired"))
    words.append(_expected_word(item.word, spell))
    if item.code is not None:
        words.append(written_code(item.code.text))
    if item.value is not None:
        words.append(f"= {written(item.value, spell, SUM)}")
    return " ".join(words)


def _expected_word(word: tree.ExpectWord, spell: Speller) -> str:
    if word in RULE_EXPECTATIONS:
        return spell.declaration(word.value)
    return spell.clause("graded" if word is tree.ExpectWord.GRADED else f"expect_{word.value}")


def invariant_lines(invariant: tree.Invariant, spell: Speller) -> list[Line]:
    """On one line when it fits."""
    heading = f"{spell.declaration('invariant')} {written_text(invariant.name.value)} {{"
    claim = invariant.claim
    text = _more(claim, spell) if isinstance(claim, tree.MoreInvariant) else written(claim.condition, spell)
    whole = f"{heading} {text} }}"
    if display_width(whole) <= WIDTH:
        return [Line(whole, 0, anchor(invariant.span))]
    first, rest = (text, []) if isinstance(claim, tree.MoreInvariant) else broken(claim.condition, spell, len(INDENT))
    return [
        Line(heading, 0, anchor(invariant.span)),
        Line(first, 1, anchor(claim.span)),
        *(Line(line.text, line.level + 1, line.anchor) for line in rest),
        Line("}", 0, _end(invariant.span)),
    ]


def _more(claim: tree.MoreInvariant, spell: Speller) -> str:
    words = [
        spell.clause("more"),
        written_name(claim.record.text),
        spell.clause("never"),
        spell.clause(claim.never.value),
        _expected_word(claim.target, spell),
    ]
    return " ".join(words)
