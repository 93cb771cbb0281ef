"""Decision tables and the limits that bands and cells have in common."""

from collections.abc import Mapping

from creditdsl.syntax import messages, tree
from creditdsl.syntax.clauses import citations
from creditdsl.syntax.concrete import Node
from creditdsl.syntax.expressions import operands
from creditdsl.syntax.literals import Desk, identifier, optional_label, required_node

BOUNDS: Mapping[str, tree.BoundWord] = {
    "or_more": tree.BoundWord.OR_MORE,
    "or_less": tree.BoundWord.OR_LESS,
    "under": tree.BoundWord.UNDER,
    "over": tree.BoundWord.OVER,
    "at_least": tree.BoundWord.OR_MORE,
    "at_most": tree.BoundWord.OR_LESS,
    "below": tree.BoundWord.UNDER,
    "above": tree.BoundWord.OVER,
}
"""A limit in words or by a sign; both give the same."""


def bounds(node: Node, desk: Desk) -> tuple[tree.Bound, ...]:
    """The limits among the children: `70 以上 不满 90`."""
    return tuple(
        tree.Bound(BOUNDS[child.rule], operands(child, desk)[0], span=desk.span(child)) for child in node.nodes(*BOUNDS)
    )


def table(node: Node, columns: tuple[tree.Column, ...], kind: tree.TypeExpression, desk: Desk) -> tree.Table:
    """The table of a node whose columns and type are built."""
    rows = tuple(row(child, desk) for child in node.nodes("row"))
    if not rows:
        desk.report(messages.nothing_inside(desk.span(node.words()[0]), "table"))
    return tree.Table(
        identifier(required_node(node, "name"), desk),
        optional_label(node, desk),
        columns,
        kind,
        citations(list(node.nodes("basis")), desk),
        rows,
        span=desk.span(node),
    )


def row(node: Node, desk: Desk) -> tree.Row:
    cells = tuple(_cell(child, desk) for child in node.nodes(*CELLS))
    return tree.Row(cells, operands(node, desk)[0], span=desk.span(node))


def _cell(node: Node, desk: Desk) -> tree.Cell:
    span = desk.span(node)
    if node.rule == "any_cell":
        return tree.AnyCell(span=span)
    if node.rule == "bounds_cell":
        return tree.BoundsCell(bounds(node, desk), span=span)
    items = operands(node, desk)
    if node.rule == "range_cell":
        return tree.RangeCell(items[0], items[1], span=span)
    return tree.ItemsCell(tuple(items), span=span)


CELLS = ("any_cell", "bounds_cell", "items_cell", "range_cell")
