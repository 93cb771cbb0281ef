"""Two texts with what differs marked, for tables that show them side by side.

In: rule text. Out: markup of our own around escaped text; `del` and `ins` carry a line through or below, so that no mark is a colour alone.
"""

import re
from difflib import SequenceMatcher

from markupsafe import Markup, escape

from creditdsl.publishing.rendering import printable

TOKEN = re.compile(r"[A-Za-z0-9_.]+|\s+|.", re.DOTALL)
MOST_TOKENS = 2_000
"""Longer texts are shown without marks for single words; comparing them would take too long."""
MOST_PAIRS = 1_000
"""How many pairs of lines are compared to find which became which; in longer exchanges no line became another."""
CONTEXT = 4
"""How many equal lines are shown beside a change at least."""


def marked(old: str, new: str) -> tuple[Markup, Markup]:
    """Both texts with `del` around what is only in the old one and `ins` around what is only in the new one.

    >>> marked("deduct 5 points", "deduct 8 points")
    (Markup('deduct <del>5</del> points'), Markup('deduct <ins>8</ins> points'))
    """
    before, after = TOKEN.findall(old), TOKEN.findall(new)
    if max(len(before), len(after)) > MOST_TOKENS:
        return _tagged("del", old), _tagged("ins", new)
    first, second = Markup(), Markup()
    for tag, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, come = "".join(before[start:end]), "".join(after[new_start:new_end])
        first += shown(gone) if tag == "equal" else _tagged("del", gone)
        second += shown(come) if tag == "equal" else _tagged("ins", come)
    return first, second


def marked_lines(old: str, new: str, omitted: str) -> tuple[Markup, Markup]:
    """As `marked`, for texts of many lines: of a long run of equal ones only the ends are shown, and `omitted` with their `{count}`.

    >>> marked_lines("a\\nb 1\\nc", "a\\nb 2\\nc\\nd", "{count}")[1]
    Markup('a\\nb <ins>2</ins>\\nc\\n<ins>d</ins>')
    """
    before, after = old.split("\n"), new.split("\n")
    first: list[Markup] = []
    second: list[Markup] = []
    for tag, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, come = before[start:end], after[new_start:new_end]
        if tag == "equal":
            same = _shortened(gone, omitted)
            first.append(same)
            second.append(same)
            continue
        for earlier, later in _paired(gone, come):
            sides = marked(earlier or "", later or "")
            first.extend([] if earlier is None else [sides[0]])
            second.extend([] if later is None else [sides[1]])
    return Markup("\n").join(first), Markup("\n").join(second)


def _paired(gone: list[str], come: list[str]) -> list[tuple[str | None, str | None]]:
    """Lines that were exchanged for others, in order, each with the one that it became; None where there is none."""
    if len(gone) * len(come) > MOST_PAIRS:
        return [(line, None) for line in gone] + [(None, line) for line in come]
    likeness = [[_likeness(line, other) for other in come] for line in gone]
    best = [[0] * (len(come) + 1) for _ in range(len(gone) + 1)]
    for row in reversed(range(len(gone))):
        for column in reversed(range(len(come))):
            paired = likeness[row][column] + best[row + 1][column + 1]
            best[row][column] = max(best[row + 1][column], best[row][column + 1], paired)
    return _walk(gone, come, likeness, best)


def _walk(
    gone: list[str], come: list[str], likeness: list[list[int]], best: list[list[int]]
) -> list[tuple[str | None, str | None]]:
    """The way through the table of the greatest likeness in all."""
    pairs: list[tuple[str | None, str | None]] = []
    row = column = 0
    while row < len(gone) and column < len(come):
        alike = likeness[row][column]
        if alike and best[row][column] == alike + best[row + 1][column + 1]:
            pairs.append((gone[row], come[column]))
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            pairs.append((gone[row], None))
            row += 1
        else:
            pairs.append((None, come[column]))
            column += 1
    return pairs + [(line, None) for line in gone[row:]] + [(None, line) for line in come[column:]]


def _likeness(line: str, other: str) -> int:
    """How many words and signs two lines share in order, when these are at least half of the longer one; 0 otherwise."""
    words, others = ([token for token in TOKEN.findall(item) if not token.isspace()] for item in (line, other))
    matcher = SequenceMatcher(None, words, others, autojunk=False)
    same = sum(block.size for block in matcher.get_matching_blocks())
    return same if 2 * same >= max(len(words), len(others)) else 0


def _shortened(lines: list[str], omitted: str) -> Markup:
    left_out = len(lines) - 2 * CONTEXT
    if left_out < CONTEXT:
        return shown("\n".join(lines))
    note = Markup('<span class="omitted">{text}</span>').format(text=omitted.format(count=left_out))
    return Markup("\n").join((shown("\n".join(lines[:CONTEXT])), note, shown("\n".join(lines[-CONTEXT:]))))


def _tagged(tag: str, text: str) -> Markup:
    """A mark around the text without the spaces at its ends: they align columns and say nothing."""
    bare = text.strip(" ")
    if not bare:
        return shown(text)
    before, after = text[: text.index(bare)], text[text.index(bare) + len(bare) :]
    return shown(before) + Markup("<{tag}>{text}</{tag}>").format(tag=tag, text=shown(bare)) + shown(after)


def shown(text: str) -> Markup:
    """Rule text as it is written, line by line, without what a page must not hold."""
    return Markup("\n").join(escape(printable(line)) for line in text.split("\n"))
