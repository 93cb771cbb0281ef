"""Trees without places: what a tree says when it stands nowhere, so that it can be written in the formatter's own order."""

import dataclasses
from typing import TypeVar

from creditdsl.source import NOWHERE, Span

Node = TypeVar("Node")


def without_spans(node: Node) -> Node:
    """The same tree standing nowhere: text of several files has no order of its own."""
    if isinstance(node, tuple):
        bare = tuple(without_spans(item) for item in node)
        return bare  # type: ignore[return-value]  # a tuple of the same classes
    if not dataclasses.is_dataclass(node) or isinstance(node, type | Span):
        return node
    values = {
        item.name: NOWHERE if item.name == "span" else without_spans(getattr(node, item.name))
        for item in dataclasses.fields(node)
    }
    bare_node: Node = dataclasses.replace(node, **values)
    return bare_node
