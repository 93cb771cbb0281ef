"""Score, indicators, grades, grading rules, measures and repairs: concrete nodes into declarations."""

from collections.abc import Callable, Mapping

from creditdsl.syntax import messages, tree
from creditdsl.syntax.clauses import Clauses, condition, for_each, gather, named, rule_clauses
from creditdsl.syntax.concrete import Node
from creditdsl.syntax.expressions import operands
from creditdsl.syntax.literals import (
    Desk,
    code,
    identifier,
    optional_label,
    quantity,
    required_node,
    required_word,
    whole_number,
)
from creditdsl.syntax.measures import MEASURES
from creditdsl.syntax.tables import bounds

MISSING = tree.TruthLiteral(False)
"""Stands for an expression that is missing, which has been reported."""
NOBODY = tree.Identifier("")
"""Stands for a name that is missing, which has been reported."""


def _score(node: Node, desk: Desk) -> tree.Score:
    clauses = gather(node, desk)
    limits = clauses.one("bounds")
    low, high = (None, None) if limits is None else operands(limits, desk)
    return tree.Score(
        optional_label(node, desk),
        rule_clauses(clauses, desk),
        condition(clauses, "base", desk) or MISSING,
        low,
        high,
        span=desk.span(node),
    )


def _indicator(node: Node, desk: Desk) -> tree.Indicator:
    clauses = gather(node, desk)
    return tree.Indicator(
        code(node, desk),
        optional_label(node, desk),
        rule_clauses(clauses, desk),
        for_each(clauses, desk),
        condition(clauses, "where", desk),
        _points(clauses, desk),
        condition(clauses, "capped", desk),
        _lifetime(clauses, desk),
        span=desk.span(node),
    )


def _points(clauses: Clauses, desk: Desk) -> tree.Points:
    node = clauses.one("deduct") or clauses.one("add")
    if node is None:
        return tree.Points(tree.Sign.DEDUCT, MISSING)
    return tree.Points(tree.Sign(node.rule), operands(node, desk)[0], span=desk.span(node))


def _lifetime(clauses: Clauses, desk: Desk) -> tree.Lasts | None:
    """`lasts 6 months from decided`; an indicator needs the `from`."""
    node = clauses.one("lasts")
    if node is None:
        return None
    start = node.node("name")
    if start is None:
        desk.report(messages.clause_needs(desk.span(node), "lasts", "from"))
        return None
    return tree.Lasts(quantity(required_node(node, "quantity"), desk), identifier(start, desk), span=desk.span(node))


def _grades(node: Node, desk: Desk) -> tree.Grades:
    clauses = gather(node, desk)
    bands = tuple(band(child, desk) for child in node.nodes("band"))
    if not bands:
        desk.report(messages.nothing_inside(desk.span(node.words()[0]), "grades"))
    name = identifier(required_node(node, "name"), desk)
    return tree.Grades(name, optional_label(node, desk), rule_clauses(clauses, desk), bands, span=desk.span(node))


def band(node: Node, desk: Desk) -> tree.Band:
    grade = identifier(required_node(node, "name"), desk)
    return tree.Band(grade, optional_label(node, desk), _limits(node, desk), span=desk.span(node))


def _limits(node: Node, desk: Desk) -> tree.BandLimits:
    when, by_rule = node.node("band_when"), node.node("by_rule")
    if when is not None:
        return tree.WhenBand(operands(when, desk)[0], span=desk.span(when))
    if by_rule is not None:
        return tree.ByRule(span=desk.span(by_rule))
    found = bounds(node, desk)
    return tree.BoundsBand(found, span=found[0].span.to(found[-1].span))


def _step(node: Node, desk: Desk) -> tree.Direct | tree.Assign | tree.Ceiling:
    """`direct D CODE`, `assign M CODE`, `ceiling B CODE`."""
    clauses = gather(node, desk)
    grade = identifier(required_node(node, "name"), desk)
    kind = STEPS[node.rule]
    return kind(grade, code(node, desk), optional_label(node, desk), rule_clauses(clauses, desk), span=desk.span(node))


STEPS: Mapping[str, type[tree.Direct | tree.Assign | tree.Ceiling]] = {
    "direct": tree.Direct,
    "assign": tree.Assign,
    "ceiling": tree.Ceiling,
}


def _demote(node: Node, desk: Desk) -> tree.Demote:
    clauses = gather(node, desk)
    steps = whole_number(required_word(node, "NUMBER"), desk)
    named_ = optional_label(node, desk)
    return tree.Demote(steps, code(node, desk), named_, rule_clauses(clauses, desk), span=desk.span(node))


def _exempt(node: Node, desk: Desk) -> tree.Exempt:
    clauses = gather(node, desk)
    return tree.Exempt(code(node, desk), optional_label(node, desk), rule_clauses(clauses, desk), span=desk.span(node))


def _repair_points(node: Node, desk: Desk) -> tree.RepairPoints:
    clauses = gather(node, desk)
    return tree.RepairPoints(
        code(node, desk),
        optional_label(node, desk),
        rule_clauses(clauses, desk),
        for_each(clauses, desk),
        named(clauses, "from", desk) or NOBODY,
        named(clauses, "to", desk) or NOBODY,
        condition(clauses, "restore", desk) or MISSING,
        span=desk.span(node),
    )


def _repair_direct(node: Node, desk: Desk) -> tree.RepairDirect:
    clauses = gather(node, desk)
    return tree.RepairDirect(
        code(node, desk),
        optional_label(node, desk),
        rule_clauses(clauses, desk),
        for_each(clauses, desk),
        condition(clauses, "where", desk),
        named(clauses, "from", desk),
        named(clauses, "to", desk),
        named(clauses, "regrade", desk),
        clauses.has("once_per_year"),
        span=desk.span(node),
    )


RULES: Mapping[str, Callable[[Node, Desk], tree.Declaration]] = {
    "score": _score,
    "indicator": _indicator,
    "grades": _grades,
    **dict.fromkeys(STEPS, _step),
    "demote": _demote,
    "exempt": _exempt,
    **MEASURES,
    "repair": _repair_points,
    "repair_direct": _repair_direct,
}
"""One function for each rule declaration of the grammar."""
