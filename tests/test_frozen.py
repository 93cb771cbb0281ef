"""Classes of `creditdsl.frozen` are equal, hashed and shown like dataclasses of the standard library."""

import dataclasses
from collections.abc import Callable
from dataclasses import field
from itertools import product
from typing import Any

import pytest

from creditdsl.frozen import dataclass


def classes(decorator: Callable[..., Any], **options: bool) -> tuple[type, ...]:
    """The same classes made by a decorator: plain, with fields that do not count, without fields, under another, with own methods."""

    @decorator(**options)
    class Plain:
        number: int
        text: str = "x"

    @decorator(**options)
    class Partly:
        number: int
        text: str = field(default="x", compare=False)
        other: int = field(default=0, hash=False, repr=False)

    @decorator(**options)
    class Empty:
        pass

    @decorator(**options)
    class Under(Plain):
        more: tuple[object, ...] = ()

    @decorator(**options)
    class Own:
        number: int

        def __eq__(self, other: object) -> bool:
            return True

        def __repr__(self) -> str:
            return "own"

    return Plain, Partly, Empty, Under, Own


def objects(kinds: tuple[Any, ...]) -> list[Any]:
    plain, partly, empty, under, own = kinds
    return [
        *(plain(1), plain(1), plain(2, "y"), plain(1, text="y")),
        *(partly(1), partly(1, "y"), partly(1, "y", 3), partly(2)),
        *(empty(), empty()),
        *(under(1), under(1, "x", (plain(1),)), under(1, "x", (plain(1),)), under(2)),
        *(own(1), own(2)),
    ]


@pytest.mark.parametrize("options", [{}, {"slots": True}, {"frozen": True}, {"frozen": True, "slots": True}])
def test_equality_hash_and_representation_are_those_of_the_standard_library(options: dict[str, bool]) -> None:
    ours, theirs = objects(classes(dataclass, **options)), objects(classes(dataclasses.dataclass, **options))
    places = list(product(range(len(ours)), repeat=2))
    assert [ours[a] == ours[b] for a, b in places] == [theirs[a] == theirs[b] for a, b in places]
    assert [repr(item) for item in ours] == [repr(item) for item in theirs]
    hashable = [item.__hash__ is not None for item in theirs]
    assert [item.__hash__ is not None for item in ours] == hashable
    # Twice: the first call composes the method.
    for _ in range(2):
        hashes = [hash(item) for item, can in zip(ours, hashable, strict=True) if can]
        assert hashes == [hash(item) for item, can in zip(theirs, hashable, strict=True) if can]


def test_ordered_classes_are_ordered_by_their_fields() -> None:
    @dataclass(frozen=True, order=True)
    class Day:
        year: int
        month: int

    assert sorted([Day(2, 1), Day(1, 2), Day(1, 1)]) == [Day(1, 1), Day(1, 2), Day(2, 1)]
    assert len({Day(1, 1), Day(1, 1)}) == 1


def test_an_object_within_itself_is_shown() -> None:
    @dataclass()
    class Node:
        below: list[object]

    node = Node([])
    node.below.append(node)
    assert repr(node).endswith("Node(below=[...])")


def test_methods_are_composed_once() -> None:
    @dataclass(frozen=True, slots=True)
    class Pair:
        first: int
        second: int

    composed = [vars(Pair)[name] for name in ("__eq__", "__hash__")]
    assert Pair(1, 2) == Pair(1, 2)
    assert hash(Pair(1, 2)) == hash(Pair(1, 2))
    now = [vars(Pair)[name] for name in ("__eq__", "__hash__")]
    assert all(before is not after for before, after in zip(composed, now, strict=True))
    assert Pair(1, 2) != Pair(2, 1)
    assert [vars(Pair)[name] for name in ("__eq__", "__hash__")] == now
