"""Rule text and places in it.

In: the decoded text of rule files. Out: spans (half-open ranges of characters, from 0) and, for people, lines and
columns (from 1). Everything above points into text with these two classes and with nothing else.
"""

import re
from bisect import bisect_right
from dataclasses import field

from creditdsl.frozen import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters in one file: `path`, `start` and `end` offsets from 0."""

    path: str
    start: int
    end: int

    def to(self, other: "Span") -> "Span":
        """The span from the beginning of this one to the end of `other`, in this file."""
        return Span(self.path, self.start, max(self.end, other.end))


NOWHERE = Span("", 0, 0)


@dataclass(frozen=True, slots=True)
class Position:
    """A place as people count: `line` and `column` from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One decoded rule file."""

    path: str
    text: str
    line_starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        starts = (0, *(match.end() for match in re.finditer("\n", self.text)))
        object.__setattr__(self, "line_starts", starts)

    def position(self, offset: int) -> Position:
        """The line and column of a character offset; offsets past the end give the end of the text."""
        offset = min(max(offset, 0), len(self.text))
        line = bisect_right(self.line_starts, offset)
        return Position(line, offset - self.line_starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """The text of line `number` (from 1) without its line break."""
        start = self.line_starts[number - 1]
        end = self.line_starts[number] - 1 if number < len(self.line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r")

    @property
    def line_count(self) -> int:
        return len(self.line_starts)
