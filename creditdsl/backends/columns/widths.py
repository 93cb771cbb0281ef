"""Integer types of columns.

In: intervals. Out: the width in bits of the narrowest integer that holds them, 8, 16, 32 or 64; a truth has width 1.
"""

from collections.abc import Iterable

from creditdsl.core.ir import Interval
from creditdsl.core.types import Optional, Text, Truth, Type, plain

WIDTHS = (8, 16, 32, 64)
TYPES = {1: "np.bool_", 8: "np.int8", 16: "np.int16", 32: "np.int32", 64: "np.int64"}
TEXT_WIDTH = 32


def width_of(interval: Interval | None) -> int:
    """The least width for every value of an interval; 64 for what does not fit any."""
    if interval is None:
        return WIDTHS[0]
    for width in WIDTHS:
        if -(2 ** (width - 1)) <= interval.low and interval.high < 2 ** (width - 1):
            return width
    return WIDTHS[-1]


def hull(intervals: Iterable[Interval]) -> Interval:
    """The least interval around several."""
    parts = tuple(intervals)
    return Interval(min(part.low for part in parts), max(part.high for part in parts))


def column_width(type_: Type, interval: Interval | None) -> int:
    """The width of a column of a type whose values lie in an interval."""
    match plain(type_):
        case Truth():
            return 1
        case Text():
            return TEXT_WIDTH
        case _:
            return width_of(interval)


def column_type(type_: Type, interval: Interval | None) -> str:
    """How the module states the type of a column, and whether it is a pair."""
    return f"({TYPES[column_width(type_, interval)]}, {isinstance(type_, Optional)})"
