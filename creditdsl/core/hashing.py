"""Nodes that remember their hash, and what stands under them.

Expressions are keys wherever something is known, counted or named by expression, and the hash of one is made from the hashes of all
that stands under it: without memory, looking up each part of an expression takes time in the square of its depth. And every pass
asks of most expressions whether something stands under them.
"""

from dataclasses import MISSING, fields
from typing import Any, TypeVar

Node = TypeVar("Node", bound="Hashed")


class Hashed:
    """What `hashed_once` and `core.walk` need of a class: room for what is remembered.

    That is no field, so it is neither compared, copied nor pickled.
    """

    __slots__ = ("_hash", "walked")
    __match_args__: tuple[str, ...]
    _hash: int
    walked: tuple[Any, ...] | None
    """the node and all under it, once `core.walk.walk` has been asked for them"""

    def __reduce__(self) -> tuple[type["Hashed"], tuple[object, ...]]:
        """Made anew from its fields: the hash of a text is another one in another process."""
        return type(self), tuple(getattr(self, name) for name in self.__match_args__)


def hashed_once(node: type[Node]) -> type[Node]:
    """The frozen dataclass with the hash of its fields computed when it is made.

    Nearly every node is a key sooner or later. To find out by an exception that it has no hash yet takes six times as long.
    """
    items = fields(node)  # type: ignore[arg-type]  # a dataclass, which `Hashed` by itself is not
    defaults = {f"default_{item.name}": item.default for item in items if item.default is not MISSING}
    parameters = (
        f"{item.name}=default_{item.name}" if f"default_{item.name}" in defaults else item.name for item in items
    )
    lines = [
        f"def __init__(self, {', '.join(parameters)}):",
        *(f"    self.{item.name} = {item.name}" for item in items),
        f"    self._hash = hash(({''.join(f'{item.name}, ' for item in items if item.compare)}))",
        "    self.walked = None",
        "def __hash__(self):",
        "    return self._hash",
    ]
    made: dict[str, object] = {}
    exec("\n".join(lines), defaults, made)  # noqa: S102  # of names of fields, as the standard library does it
    for name, method in made.items():
        setattr(node, name, method)
    return node
