"""Text measured in terminal cells, and one line of rule text cut to what a terminal can show.

In: a line of rule text. Out: the part to print, in which every character is visible, and where each character begins.
"""

import unicodedata
from itertools import accumulate

from creditdsl.frozen import dataclass

TAB = "    "
CUT = "..."
INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})


def visible(character: str) -> str:
    """A character as a terminal may show it: tabs as spaces, what would be invisible or reorder text by its number."""
    if character == "\t":
        return TAB
    if unicodedata.category(character) in INVISIBLE:
        return f"<U+{ord(character):04X}>"
    return character


def printable(text: str) -> str:
    """A text that quotes rule text or data, such that nothing in it moves the cursor or reorders the line."""
    return "".join(map(visible, text))


def cells(text: str, ambiguous_width: int) -> int:
    """How many terminal cells a printable text takes."""
    from wcwidth import wcwidth

    return sum(max(0, wcwidth(character, ambiguous_width=ambiguous_width)) for character in text)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The shown part of a line. `starts[i]` is the cell where character `first + i` begins, the end of all last."""

    text: str
    first: int
    starts: tuple[int, ...]

    def cell(self, index: int) -> int:
        """The cell where a character of the whole line begins; what is cut off counts as the nearest end."""
        return self.starts[min(max(index - self.first, 0), len(self.starts) - 1)]


def excerpt(line: str, focus: int, limit: int, ambiguous_width: int) -> Excerpt:
    """The part of `line` around the character `focus` (from 0) that fits into `limit` cells, with `...` where cut."""
    if len(line) <= limit and cells(printable(line), ambiguous_width) <= limit:
        return _excerpt_from(line, 0, len(line), ambiguous_width)
    first = max(0, focus - limit // 3)
    last, room = first, limit - 2 * len(CUT)
    while last < len(line) and last - first < limit:
        room -= cells(visible(line[last]), ambiguous_width)
        if room < 0:
            break
        last += 1
    return _excerpt_from(line, first, last, ambiguous_width)


def _excerpt_from(line: str, first: int, last: int, ambiguous_width: int) -> Excerpt:
    shown = [visible(character) for character in line[first:last]]
    before = CUT if first > 0 else ""
    after = CUT if last < len(line) else ""
    starts = accumulate((cells(item, ambiguous_width) for item in shown), initial=len(before))
    return Excerpt(before + "".join(shown) + after, first, tuple(starts))
