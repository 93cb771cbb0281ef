"""Clauses as lines: a keyword, a value, and the offset that they stand for.

Out: `Clause`s, which `body` puts in the author's order with their values in one column.
"""

from collections.abc import Iterable, Sequence

from creditdsl.frozen import dataclass
from creditdsl.source import NOWHERE, Span
from creditdsl.syntax import tree
from creditdsl.syntax.format_expressions import (
    level,
    optional_label,
    written,
    written_branch,
    written_citation,
    written_locator,
)
from creditdsl.syntax.layout import INDENT, WIDTH, Line, aligned, display_width, padded
from creditdsl.syntax.spelling import Speller, written_code, written_label, written_name, written_text

KEY_COLUMN = 10
"""The widest keyword that the others are brought into line with."""
CHAINED = frozenset({tree.BinaryOperator.AND, tree.BinaryOperator.OR})


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: `rest` are the lines below the first, already indented against it by their own level."""

    key: str
    value: str
    anchor: int | None = None
    rest: tuple[Line, ...] = ()


def anchor(span: Span) -> int | None:
    """The offset of a span; None for a tree that no text was parsed to."""
    return None if span == NOWHERE else span.start


def body(clauses: Iterable[Clause], level_: int) -> list[Line]:
    """The clauses in the order in which they stood, their values in one column."""
    ordered = _in_source_order(clauses)
    widths = [display_width(item.key) for item in ordered if item.value not in ("", "{")]
    width = max((item for item in widths if item <= KEY_COLUMN), default=0)
    lines: list[Line] = []
    for clause in ordered:
        key = clause.key if clause.value == "{" else padded(clause.key, width)
        text = f"{key} {clause.value}" if clause.value else clause.key
        lines.append(Line(text, level_, clause.anchor))
        lines.extend(Line(line.text, line.level + level_, line.anchor) for line in clause.rest)
    return lines


def _in_source_order(clauses: Iterable[Clause]) -> list[Clause]:
    """Sorted by offset; a clause without one stays behind the clause that it was built behind."""
    keyed: list[tuple[int, Clause]] = []
    last = -1
    for clause in clauses:
        last = last if clause.anchor is None else clause.anchor
        keyed.append((last, clause))
    return [clause for _, clause in sorted(keyed, key=lambda item: item[0])]


def braced(heading: str, inside: Sequence[Line], span: Span) -> list[Line]:
    """A declaration: its heading, what stands inside, and the closing brace."""
    end = None if span == NOWHERE else span.end - 1
    return [Line(heading + " {", 0, anchor(span)), *inside, Line("}", 0, end)]


def expression_clause(key: str, value: tree.Expression | None, spell: Speller) -> list[Clause]:
    """A clause whose value is an expression, broken over lines where it is long; none when there is no value."""
    if value is None:
        return []
    first, rest = broken(value, spell, display_width(key) + 2 * len(INDENT))
    return [Clause(key, first, anchor(value.span), tuple(rest))]


def branches_clause(key: str, value: tree.Expression | None, spell: Speller) -> list[Clause]:
    """Like `expression_clause`, with alternatives in bare braces."""
    if isinstance(value, tree.Cases):
        return [Clause(key, "{", anchor(value.span), tuple(branch_lines(value, spell)))]
    return expression_clause(key, value, spell)


def branch_lines(cases: tree.Cases, spell: Speller) -> list[Line]:
    """The alternatives one a line, arrows in one column, and the closing brace."""
    rows = []
    for branch in cases.branches:
        head, arrow, value = written_branch(branch, spell).rpartition(" -> ")
        if branch.condition is not None:
            head, value = f"| {written(branch.condition, spell)}", written(branch.value, spell)
        rows.append((head, f"{arrow.strip()} {value}"))
    texts = aligned(rows, 72)
    lines = [Line(text, 1, anchor(branch.span)) for text, branch in zip(texts, cases.branches, strict=True)]
    return [*lines, Line("}", 0, _last_offset(cases.span))]


def _last_offset(span: Span) -> int | None:
    return None if span == NOWHERE else span.end - 1


def broken(value: tree.Expression, spell: Speller, used: int) -> tuple[str, list[Line]]:
    """The first line of an expression and the lines below it; `used` columns of the first line are taken."""
    if isinstance(value, tree.Cases):
        return f"{spell.expression('cases')} {{", branch_lines(value, spell)
    text = written(value, spell)
    if used + display_width(text) <= WIDTH:
        return text, []
    if isinstance(value, tree.Binary) and value.operator in CHAINED:
        operands = _chain(value, value.operator)
        word = spell.expression(value.operator.value)
        least = level(value) + 1
        first = written(operands[0], spell, level(value))
        rest = [Line(f"{word} {written(item, spell, least)}", 1, anchor(item.span)) for item in operands[1:]]
        return first, rest
    if isinstance(value, tree.If):
        return _broken_if(value, spell)
    return text, []


def _chain(value: tree.Expression, operator: tree.BinaryOperator) -> list[tree.Expression]:
    """The operands of `a and b and c`, as the parser nests them to the left."""
    operands: list[tree.Expression] = []
    while isinstance(value, tree.Binary) and value.operator is operator:
        operands.append(value.right)
        value = value.left
    return [value, *reversed(operands)]


def _broken_if(value: tree.If, spell: Speller) -> tuple[str, list[Line]]:
    then = Line(f"{spell.expression('then')} {written(value.then, spell)}", 1, anchor(value.then.span))
    last = Line(f"{spell.expression('else')} {written(value.otherwise, spell)}", 1, anchor(value.otherwise.span))
    return f"{spell.expression('if')} {written(value.condition, spell)}", [then, last]


def label_clause(key: str, label: tree.Label | None) -> list[Clause]:
    return [] if label is None else [Clause(key, written_label(label), anchor(label.span))]


def listed(key: str, items: Sequence[tuple[str, Span]]) -> list[Clause]:
    """One clause with its items behind commas when they fit, else one clause an item."""
    if not items:
        return []
    together = ", ".join(text for text, _ in items)
    if display_width(key) + display_width(together) + 2 * len(INDENT) <= WIDTH:
        return [Clause(key, together, anchor(items[0][1]))]
    return [Clause(key, text, anchor(span)) for text, span in items]


def basis_clauses(basis: tuple[tree.Citation, ...], spell: Speller) -> list[Clause]:
    return listed(spell.clause("basis"), [(written_citation(item, spell), item.span) for item in basis])


def note_clauses(notes: tuple[tree.Label, ...], spell: Speller) -> list[Clause]:
    return [clause for note in notes for clause in label_clause(spell.clause("note"), note)]


def validity_clause(key: str, validity: tree.Validity | None, spell: Speller) -> list[Clause]:
    if validity is None:
        return []
    judged = ""
    if validity.judged_by is not None:
        standing = f" {spell.clause('standing')}" if spell.language == "zh" else ""
        day = validity.judged_by
        # A field is called by its name, even one that is called like a result.
        shown = written_name(day.name) if isinstance(day, tree.Reference) else written(day, spell)
        judged = f" {spell.clause('judged_by')} {shown}{standing}"
    return [Clause(key, spell.validity(validity) + judged, anchor(validity.span))]


def periods_clause(periods: tuple[tree.Identifier, ...], spell: Speller) -> list[Clause]:
    text = ", ".join(spell.word("span_of_period", item.text) for item in periods)
    return [Clause(spell.clause("period"), text, anchor(periods[0].span))] if periods else []


def text_clause(key: str, text: tree.TextLiteral | None) -> list[Clause]:
    return [] if text is None else [Clause(key, written_text(text.value), anchor(text.span))]


def successor_clause(successor: tree.Successor | None, spell: Speller) -> list[Clause]:
    """`replaced by tax_payment_credit "…"`."""
    if successor is None:
        return []
    text = written_name(successor.name.text) + optional_label(successor.label)
    return [Clause(spell.clause("replaced_by"), text, anchor(successor.span))]


def name_clause(key: str, name: tree.Identifier | None) -> list[Clause]:
    return [] if name is None else [Clause(key, written_name(name.text), anchor(name.span))]


def rule_head(clauses: tree.RuleClauses, spell: Speller) -> list[Clause]:
    """Basis, notes and validity."""
    return [
        *basis_clauses(clauses.basis, spell),
        *note_clauses(clauses.notes, spell),
        *validity_clause(spell.clause("effective"), clauses.effective, spell),
    ]


def rule_conditions(clauses: tree.RuleClauses, spell: Speller) -> list[Clause]:
    """`when`, `unless` and `overrides`."""
    overridden = [(written_code(item.text), item.span) for item in clauses.overrides]
    return [
        *expression_clause(spell.clause("when"), clauses.when, spell),
        *expression_clause(spell.clause("unless"), clauses.unless, spell),
        *listed(spell.clause("overrides"), overridden),
    ]


def for_each_clause(for_each: tree.ForEach | None, spell: Speller) -> list[Clause]:
    if for_each is None:
        return []
    text = written_name(for_each.record.text)
    if for_each.keys:
        text += f" {spell.clause('per')} " + ", ".join(written_name(key.text) for key in for_each.keys)
    return [Clause(spell.clause("for_each"), text, anchor(for_each.span))]


def article_clause(article: tree.SourceArticle, spell: Speller) -> Clause:
    """`article 18 "…"`, `article 22 not encoded "…"`."""
    place = " ".join(written_locator(item, spell) for item in article.locators)
    omitted = "" if article.encoded else spell.clause("not_encoded") + " "
    return Clause(place, omitted + written_label(article.text), anchor(article.span))


def grant_clause(grant: tree.Grant, spell: Speller) -> Clause:
    text = written_name(grant.name.text) + optional_label(grant.label)
    if grant.value is not None:
        text += f" = {written(grant.value, spell)}"
    return Clause(spell.clause("restricts" if grant.restricts else "grants"), text, anchor(grant.span))
