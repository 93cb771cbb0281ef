"""Regions of values, for finding gaps and overlaps of bands and table rows.

A region has one side for each column. A side is a set of names, or a stretch of the number line between two cuts. A cut
stands just before or just after a number, so that open and closed ends need no special cases. Subtracting boxes from
boxes decides cover and overlap exactly, without sampling.
"""

from collections.abc import Iterable
from fractions import Fraction

from creditdsl.frozen import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Cut:
    """A place on the number line: `infinite` is -1 or 1 beyond all numbers; `after` is True just behind `value`."""

    infinite: int
    value: Fraction
    after: bool


LOWEST = Cut(-1, Fraction(0), False)
HIGHEST = Cut(1, Fraction(0), False)


def before(value: Fraction) -> Cut:
    return Cut(0, value, False)


def after(value: Fraction) -> Cut:
    return Cut(0, value, True)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The numbers between two cuts; empty when `low >= high`."""

    low: Cut
    high: Cut


Side = Stretch | frozenset[str]
Region = tuple[Side, ...]
EVERYTHING = Stretch(LOWEST, HIGHEST)


def is_empty(side: Side) -> bool:
    match side:
        case Stretch(low, high):
            return low >= high
        case frozenset():
            return not side


def intersect_sides(first: Side, second: Side) -> Side:
    """What both sides contain; they are of one kind."""
    match first, second:
        case Stretch(), Stretch():
            return Stretch(max(first.low, second.low), min(first.high, second.high))
        case frozenset(), frozenset():
            return first & second
        case _:
            return frozenset()


def intersect(first: Region, second: Region) -> Region | None:
    """What both regions contain, None when that is nothing."""
    sides = tuple(intersect_sides(a, b) for a, b in zip(first, second, strict=True))
    return None if any(is_empty(side) for side in sides) else sides


def _outside(side: Side, taken: Side) -> list[Side]:
    match side, taken:
        case Stretch(), Stretch():
            pieces: list[Side] = [
                Stretch(side.low, min(side.high, taken.low)),
                Stretch(max(side.low, taken.high), side.high),
            ]
        case frozenset(), frozenset():
            pieces = [side - taken]
        case _:
            pieces = [side]
    return [piece for piece in pieces if not is_empty(piece)]


def subtract(region: Region, taken: Region) -> list[Region]:
    """What is left of a region, as disjoint regions."""
    if intersect(region, taken) is None:
        return [region]
    left: list[Region] = []
    inside = region
    for index, side in enumerate(taken):
        left.extend((*inside[:index], piece, *inside[index + 1 :]) for piece in _outside(inside[index], side))
        inside = (*inside[:index], intersect_sides(inside[index], side), *inside[index + 1 :])
    return left


def uncovered(whole: Region, regions: Iterable[Region]) -> list[Region]:
    """The parts of the whole that no region contains."""
    left = [whole]
    for region in regions:
        left = [piece for item in left for piece in subtract(item, region)]
    return left
