"""Lines of formatted text and where the comments go.

In: lines in order, each with the offset in the source that it stands for. Out: text in which every comment stands where it stood:
on its own before the line that followed it, or behind the line on which it was.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from creditdsl.frozen import dataclass
from creditdsl.source import SourceFile
from creditdsl.syntax.spelling import BREAK
from creditdsl.syntax.tree import Comment

INDENT = "  "
WIDTH = 110
"""The columns of a line after which lists and conditions are broken; a Chinese character takes two."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its text without indentation, its level, and the source offset it stands for (None when it has none)."""

    text: str
    level: int
    anchor: int | None = None
    trailing: str = ""


def display_width(text: str) -> int:
    """The columns that a text takes on a terminal."""
    return len(text) + sum(
        unicodedata.east_asian_width(character) in "WF" for character in text if not character.isascii()
    )


def padded(text: str, width: int) -> str:
    return text + " " * max(width - display_width(text), 0)


def aligned(rows: Sequence[Sequence[str]], most: int = 48) -> list[str]:
    """Rows of cells as lines, each column as wide as its widest cell of at most `most` columns; the last is not padded."""
    widths: dict[int, int] = {}
    for row in rows:
        for column, cell in enumerate(row[:-1]):
            width = display_width(cell)
            widths[column] = max(widths.get(column, 0), width if width <= most else 0)
    return [
        " ".join([*(padded(cell, widths[column]) for column, cell in enumerate(row[:-1])), row[-1]]).rstrip()
        for row in rows
    ]


def laid_out(lines: Sequence[Line], comments: Sequence[Comment], source: SourceFile) -> str:
    """The text of the lines with the comments in their places and the author's single blank lines kept."""
    anchored = _with_anchors([part for line in lines for part in _within_width(line)])
    placed = _with_comments(anchored, comments)
    written: list[str] = []
    for index, line in enumerate(placed):
        if index and _blank_before(placed[index - 1], line, source):
            written.append("")
        text = INDENT * line.level + line.text + (f"  {line.trailing}" if line.trailing else "")
        written.append(text.rstrip())
    return "\n".join(written) + "\n" if written else ""


def _within_width(line: Line) -> list[Line]:
    """The line, or as many as it takes to stay within the width where it can be broken."""
    room = WIDTH - len(INDENT) * line.level
    if display_width(line.text) <= room:
        return [replace(line, text=line.text.replace(BREAK, " "))]
    first, *rest = line.text.split(BREAK)
    texts = [first]
    for piece in rest:
        if display_width(f"{texts[-1]} {piece}") + 2 * len(INDENT) * (len(texts) > 1) <= room:
            texts[-1] += f" {piece}"
        else:
            texts.append(piece)
    return [replace(line, text=text, level=line.level + 2 * (index > 0)) for index, text in enumerate(texts)]


def _with_anchors(lines: Sequence[Line]) -> list[Line]:
    """Every line has an anchor, never before the one above it."""
    anchored: list[Line] = []
    last = -1
    for line in lines:
        last = max(last, last if line.anchor is None else line.anchor)
        anchored.append(replace(line, anchor=last))
    return anchored


def _with_comments(lines: Sequence[Line], comments: Sequence[Comment]) -> list[Line]:
    """Own-line comments become lines; the others stand behind theirs, or above it when that place is taken."""
    before: dict[int, list[Line]] = {}
    trailing: dict[int, str] = {}
    for comment in comments:
        follower = _first_after(lines, comment.span.start)
        own = follower - 1
        if comment.own_line or own < 0:
            before.setdefault(follower, []).append(_comment_line(lines, follower, comment))
        elif own not in trailing:
            trailing[own] = comment.text
        else:
            before.setdefault(own, []).append(_comment_line(lines, own, comment))
    placed: list[Line] = []
    for index, line in enumerate(lines):
        placed.extend(before.get(index, ()))
        placed.append(replace(line, trailing=trailing.get(index, "")))
    placed.extend(before.get(len(lines), ()))
    return placed


def _first_after(lines: Sequence[Line], offset: int) -> int:
    """The index of the first line whose anchor lies behind `offset`."""
    low, high = 0, len(lines)
    while low < high:
        middle = (low + high) // 2
        if (lines[middle].anchor or 0) > offset:
            high = middle
        else:
            low = middle + 1
    return low


def _comment_line(lines: Sequence[Line], index: int, comment: Comment) -> Line:
    """A comment before line `index`, as deep as that line; before a closing brace as deep as what it closes."""
    level = lines[index].level if index < len(lines) else 0
    if index < len(lines) and lines[index].text.startswith("}"):
        level += 1
    return Line(comment.text, level, comment.span.start)


def _blank_before(above: Line, line: Line, source: SourceFile) -> bool:
    """Between declarations of several lines always; elsewhere where the author left one, but not just inside braces."""
    if above.text.endswith("{") or line.text.startswith("}"):
        return False
    if line.level == 0 and above.text == "}":
        return True
    if line.level == 0 and not above.text.startswith("#") and line.text.endswith("{"):
        return True
    if line.anchor is None or line.anchor < 0 or above.anchor is None:
        return False
    number = source.position(line.anchor).line
    begins_a_line = source.position(max(above.anchor, 0)).line != number
    return begins_a_line and number > 1 and not source.line(number - 1).strip()
