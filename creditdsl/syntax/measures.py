"""Measures, service items and catalogues: concrete nodes into declarations."""

from collections.abc import Callable, Mapping

from creditdsl.syntax import messages, tree
from creditdsl.syntax.clauses import Clauses, condition, for_each, gather, named, one_label, rule_clauses
from creditdsl.syntax.concrete import Node
from creditdsl.syntax.expressions import operands
from creditdsl.syntax.literals import (
    Desk,
    canonical,
    code,
    day,
    identifier,
    identifiers,
    label,
    number,
    optional_label,
    quantity,
    required_node,
    required_word,
    rounding_mode,
    text_literal,
)


def _measure(node: Node, desk: Desk) -> tree.Measure:
    clauses = gather(node, desk)
    authorities = [item for clause in clauses.every("by") for item in clause.nodes("label")]
    excluded = [item for clause in clauses.every("excludes") for item in identifiers(clause, desk)]
    return tree.Measure(
        tree.MeasureWord(node.rule),
        code(node, desk),
        optional_label(node, desk),
        rule_clauses(clauses, desk),
        tuple(label(item, desk) for item in authorities),
        one_label(clauses, "on", desk),
        clauses.has("may"),
        tuple(grant(clause, desk) for clause in clauses.every("grants", "restricts")),
        _duration(clauses, desk),
        tuple(excluded),
        _entry(clauses, desk) if node.rule == "list" else None,
        condition(clauses, "breach", desk),
        condition(clauses, "ranked", desk),
        _sampling(clauses, desk),
        span=desk.span(node),
    )


def _duration(clauses: Clauses, desk: Desk) -> tree.Number | None:
    """`lasts 6 months`; a measure begins with its decision, so it takes no `from`."""
    node = clauses.one("lasts")
    if node is None:
        return None
    start = node.node("name")
    if start is not None:
        desk.report(messages.misplaced_clause(desk.span(start), "from", clauses.declaration.rule))
    return quantity(required_node(node, "quantity"), desk)


def grant(node: Node, desk: Desk) -> tree.Grant:
    value = node.node("grant_value")
    return tree.Grant(
        node.rule == "restricts",
        identifier(required_node(node, "name"), desk),
        optional_label(node, desk),
        None if value is None else operands(value, desk)[0],
        span=desk.span(node),
    )


def _entry(clauses: Clauses, desk: Desk) -> tree.Entry:
    published = clauses.one("publish")
    channels = [item for clause in clauses.every("through") for item in clause.nodes("label")]
    return tree.Entry(
        for_each(clauses, desk),
        condition(clauses, "where", desk),
        named(clauses, "from", desk),
        condition(clauses, "leave", desk),
        () if published is None else publications(published, desk),
        tuple(label(item, desk) for item in channels),
        span=desk.span(clauses.declaration),
    )


def publications(node: Node, desk: Desk) -> tuple[tree.Publication, ...]:
    """`publish at least 3 months at most 1 year`, or one such time behind each condition."""
    found = []
    for child in node.nodes("publication", "publication_branch"):
        branch = child.rule == "publication_branch"
        times = required_node(child, "publication") if branch else child
        conditions = operands(child, desk) if branch else []
        shortest, longest = (_duration_of(times.node(rule), desk) for rule in ("no_less_than", "no_more_than"))
        found.append(tree.Publication(conditions[0] if conditions else None, shortest, longest, span=desk.span(child)))
    if not found:
        desk.report(messages.nothing_inside(desk.span(node.words()[0]), "publish"))
    return tuple(found)


def _duration_of(node: Node | None, desk: Desk) -> tree.Number | None:
    return None if node is None else quantity(required_node(node, "quantity"), desk)


def _sampling(clauses: Clauses, desk: Desk) -> tree.Sampling | None:
    rate, seed, rounded = (clauses.one(rule) for rule in ("rate", "seed", "rounded"))
    if rate is None or seed is None or rounded is None:
        return None
    return tree.Sampling(
        operands(rate, desk)[0],
        text_literal(required_word(seed, "STRING"), desk),
        rounding_mode(rounded, desk),
        span=desk.span(rate),
    )


def _matter(node: Node, desk: Desk) -> tree.Matter:
    clauses = gather(node, desk)
    limit, none = clauses.one("time_limit"), clauses.one("no_measures")
    measures = [item for clause in clauses.every("measures") for item in identifiers(clause, desk)]
    if none is None and not measures and not clauses.has("includes"):
        desk.report(messages.missing_clause(desk.span(node.words()[0]), "measures", "matter"))
    return tree.Matter(
        code(node, desk),
        optional_label(node, desk),
        rule_clauses(clauses, desk),
        tuple(label(item, desk) for clause in clauses.every("by") for item in clause.nodes("label")),
        tuple(measures),
        none is not None,
        tuple(item for clause in clauses.every("includes") for item in identifiers(clause, desk)),
        () if limit is None else tuple(dated_value(child, desk) for child in limit.nodes("dated_value")),
        span=desk.span(node),
    )


def _catalogue(node: Node, desk: Desk) -> tree.Catalogue:
    clauses = gather(node, desk)
    ranks, counts = clauses.one("ranks"), clauses.one("counts")
    words: dict[str, tree.CatalogueWord | tree.MeasureWord] = {
        item.value.upper(): item for item in (*tree.CatalogueWord, *tree.MeasureWord)
    }
    word = required_word(node, *words)
    rows = tuple(catalogued(child, desk) for child in node.nodes("catalogued"))
    if not rows:
        desk.report(messages.nothing_inside(desk.span(node.words()[0]), "catalogue"))
    return tree.Catalogue(
        identifier(required_node(node, "name"), desk),
        words[word.terminal],
        optional_label(node, desk),
        rule_clauses(clauses, desk),
        () if ranks is None else tuple(canonical("rank", item, desk) for item in ranks.words("RANK_KIND")),
        None if counts is None else number(required_word(counts, "NUMBER"), None, desk),
        rows,
        span=desk.span(node),
    )


def catalogued(node: Node, desk: Desk) -> tree.Catalogued:
    return tree.Catalogued(identifiers(node, desk), optional_label(node, desk), span=desk.span(node))


def dated_value(node: Node, desk: Desk) -> tree.DatedValue:
    until = node.node("until")
    end = None if until is None else day(required_word(until, "DATE"), desk)
    return tree.DatedValue(operands(node, desk)[0], day(required_word(node, "DATE"), desk), end, span=desk.span(node))


MEASURES: Mapping[str, Callable[[Node, Desk], tree.Declaration]] = {
    **dict.fromkeys((word.value for word in tree.MeasureWord), _measure),
    "matter": _matter,
    "catalogue": _catalogue,
}
"""One function for each declaration of this module."""
