"""Nodes that remember their hash, and what stands under them.

Expressions are keys wherever something is known, counted or named by expression, and the hash of one is made from the hashes of all
that stands under it: without memory, looking up each part of an expression takes time in the square of its depth. And every pass
asks of most expressions whether something stands under them.
"""

from typing import Any, TypeVar

Node = TypeVar("Node", bound="Hashed")


class Hashed:
    """What `hashed_once` and `core.walk` need of a class: room for what is remembered.

    That is no field, so it is neither compared, copied nor pickled.
    """

    __slots__ = ("_hash", "walked")
    __match_args__: tuple[str, ...]
    _hash: int
    walked: tuple[Any, ...]
    """the node and all under it, once `core.walk.walk` has been asked for them"""

    def __reduce__(self) -> tuple[type["Hashed"], tuple[object, ...]]:
        """Made anew from its fields: the hash of a text is another one in another process."""
        return type(self), tuple(getattr(self, name) for name in self.__match_args__)


def hashed_once(node: type[Node]) -> type[Node]:
    """The frozen dataclass with the hash of its fields computed when it is first asked for."""
    computed = node.__hash__

    def remembered(self: Node) -> int:
        try:
            return self._hash
        except AttributeError:
            self._hash = computed(self)
            return self._hash

    node.__hash__ = remembered  # type: ignore[assignment]  # in the place of the one that dataclass wrote
    return node
