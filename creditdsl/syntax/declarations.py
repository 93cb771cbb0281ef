"""Policies, sources, data, values and tables: concrete nodes into declarations of the surface tree."""

from collections.abc import Callable, Mapping

from creditdsl.syntax import messages, tree
from creditdsl.syntax.cases import case, invariant, jurisdiction, operands_after_name, population
from creditdsl.syntax.clauses import (
    Clauses,
    citations,
    gather,
    judged_by_as_of,
    judged_validity,
    locators,
    named,
    notes,
    one_label,
    validity,
)
from creditdsl.syntax.concrete import Node
from creditdsl.syntax.expressions import operands
from creditdsl.syntax.keywords import key_of
from creditdsl.syntax.literals import (
    Desk,
    canonical,
    identifier,
    identifiers,
    label,
    optional_label,
    required_node,
    required_word,
    text_literal,
    whole_number,
)
from creditdsl.syntax.measures import dated_value
from creditdsl.syntax.rules import RULES
from creditdsl.syntax.tables import table


def _policy(node: Node, desk: Desk) -> tree.Policy:
    clauses = gather(node, desk)
    languages, period, successor = (clauses.one(rule) for rule in ("languages", "period", "replaced_by"))
    name = required_node(node, "name")
    return tree.Policy(
        identifier(name, desk),
        label(required_node(node, "label"), desk),
        () if languages is None else tuple(_language(item) for item in identifiers(languages, desk)),
        one_label(clauses, "authority", desk),
        named(clauses, "subject_clause", desk),
        ()
        if period is None
        else tuple(canonical("span_of_period", item, desk) for item in period.words("PERIOD_KIND")),
        _interval(clauses, desk, as_of=False),
        notes(clauses, desk),
        _interval(clauses, desk, as_of=True),
        named(clauses, "calendar", desk),
        None if successor is None else successor_of(successor, desk),
        jurisdiction(clauses, desk),
        span=desk.span(node),
    )


def _interval(clauses: Clauses, desk: Desk, *, as_of: bool) -> tree.Validity | None:
    """The `effective` of a policy that bounds the as-of date, or the one that bounds the end of the period."""
    node = next((item for item in clauses.every("effective") if judged_by_as_of(item) is as_of), None)
    interval = None if node is None else judged_validity(node, desk)
    if interval is not None and not as_of and interval.judged_by is not None:
        if interval.judged_by != tree.Context(tree.ContextWord.PERIOD_END):
            desk.report(messages.misplaced_clause(interval.judged_by.span, "judged_by", "policy"))
        interval = tree.Validity(interval.start, interval.end, span=interval.span)
    return interval


def successor_of(node: Node, desk: Desk) -> tree.Successor:
    return tree.Successor(
        identifier(required_node(node, "name"), desk), optional_label(node, desk), span=desk.span(node)
    )


def _language(name: tree.Identifier) -> tree.Identifier:
    """`中文` is `zh`; a name that no language has stays as written."""
    return tree.Identifier(key_of("language", name.text) or name.text, span=name.span)


def _use(node: Node, desk: Desk) -> tree.Use:
    return tree.Use(text_literal(required_word(node, "STRING"), desk), span=desk.span(node))


def _source(node: Node, desk: Desk) -> tree.Source:
    clauses = gather(node, desk)
    rank, in_force, address = clauses.one("rank"), clauses.one("in_force"), clauses.one("address")
    return tree.Source(
        identifier(required_node(node, "name"), desk),
        label(required_node(node, "label"), desk),
        one_label(clauses, "title", desk),
        None if rank is None else canonical("rank", required_word(rank, "RANK_KIND"), desk),
        None if in_force is None else validity(required_node(in_force, "validity", "validity_until"), desk),
        None if address is None else text_literal(required_word(address, "STRING"), desk),
        tuple(article(child, desk) for child in clauses.every("source_article", "source_omission")),
        notes(clauses, desk),
        span=desk.span(node),
    )


def article(node: Node, desk: Desk) -> tree.SourceArticle:
    text = label(required_node(node, "label"), desk)
    return tree.SourceArticle(locators(node, desk), node.rule == "source_article", text, span=desk.span(node))


def _enumeration(node: Node, desk: Desk) -> tree.Enumeration:
    values = tuple(enum_value(child, desk) for child in node.nodes("enum_value"))
    if not values:
        desk.report(messages.nothing_inside(desk.span(node.words()[0]), "enum"))
    name = identifier(required_node(node, "name"), desk)
    return tree.Enumeration(name, optional_label(node, desk), values, span=desk.span(node))


def enum_value(node: Node, desk: Desk) -> tree.EnumValue:
    name = identifier(required_node(node, "name"), desk)
    return tree.EnumValue(name, optional_label(node, desk), span=desk.span(node))


def _subject(node: Node, desk: Desk) -> tree.Subject:
    name = identifier(required_node(node, "name"), desk)
    return tree.Subject(name, optional_label(node, desk), _fields(node, desk), span=desk.span(node))


def _record(node: Node, desk: Desk) -> tree.Record:
    name, subject = identifiers(node, desk)
    absences = tuple(node.nodes("absent_means_none"))
    for extra in absences[1:]:
        desk.report(messages.clause_twice(desk.span(extra), desk.span(absences[0]), "absent_means_none"))
    fields = _fields(node, desk)
    return tree.Record(name, subject, optional_label(node, desk), bool(absences), fields, span=desk.span(node))


def _fields(node: Node, desk: Desk) -> tuple[tree.FieldDeclaration, ...]:
    return tuple(field_declaration(child, desk) for child in node.nodes("field"))


def field_declaration(node: Node, desk: Desk) -> tree.FieldDeclaration:
    name = identifier(required_node(node, "name"), desk)
    kind = type_expression(required_node(node, "type"), desk)
    key = node.word("KEY") is not None
    return tree.FieldDeclaration(key, name, kind, optional_label(node, desk), span=desk.span(node))


def type_expression(node: Node, desk: Desk) -> tree.TypeExpression:
    """`yuan 4 places? in 0 .. 100`."""
    word, digits, range_ = node.word("TYPE"), node.node("digits"), node.node("type_range")
    name: tree.TypeWord | tree.Identifier
    if word is None:
        name = identifier(required_node(node, "name"), desk)
    else:
        name = tree.TypeWord(canonical("type", word, desk).text)
    low, high = (None, None) if range_ is None else operands(range_, desk)
    places = None if digits is None else whole_number(required_word(digits, "NUMBER"), desk)
    return tree.TypeExpression(name, node.node("optional") is not None, places, low, high, span=desk.span(node))


def _parameter(node: Node, desk: Desk) -> tree.Parameter:
    values = tuple(dated_value(child, desk) for child in node.nodes("dated_value"))
    if not values:
        desk.report(messages.nothing_inside(desk.span(node.words()[0]), "parameter"))
    return tree.Parameter(
        identifier(required_node(node, "name"), desk),
        type_expression(required_node(node, "type"), desk),
        optional_label(node, desk),
        citations(list(node.nodes("basis")), desk),
        values,
        span=desk.span(node),
    )


def _define(node: Node, desk: Desk) -> tree.Define:
    name, value = operands_after_name(node, desk)
    return tree.Define(name, optional_label(node, desk), value, span=desk.span(node))


def _table(node: Node, desk: Desk) -> tree.Table:
    columns = tuple(_column(child, desk) for child in node.nodes("column"))
    kind = type_expression(required_node(node, "type"), desk)
    return table(node, columns, kind, desk)


def _column(node: Node, desk: Desk) -> tree.Column:
    name = identifier(required_node(node, "name"), desk)
    return tree.Column(name, type_expression(required_node(node, "type"), desk), span=desk.span(node))


SINGLE: Mapping[str, Callable[[Node, Desk], tree.Declaration]] = {
    "policy": _policy,
    "use": _use,
    "source": _source,
    "enum": _enumeration,
    "subject": _subject,
    "record": _record,
    "parameter": _parameter,
    "define": _define,
    "table": _table,
    **RULES,
    "case": case,
    "invariant": invariant,
    "population": population,
}
"""One function for each declaration of the grammar but `amend`, which contains others."""
