"""From a CSV file as people write it to one that DuckDB reads without a doubt.

In: a `TableFile`. Out: a UTF-8 file with `number,cell,cell,…` a row, where number is the line of the row in the given
file (the header is line 1), and for each row that is none the number, what is wrong and the row as it stands. Every
row of the input goes one of the two ways; lines with nothing in them are no rows.

A quote that is never closed costs the row it stands in and no other: reading goes on with the next line. So that it
cannot swallow other rows, a cell may go over several lines only in a column of text, and only when none of the lines
in it looks like a row of the table.
"""

import csv
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from creditdsl.core.types import Text as TextType
from creditdsl.core.types import plain
from creditdsl.diagnostics import Code, Text
from creditdsl.engines import messages
from creditdsl.engines.cells import BLANKS
from creditdsl.engines.encoding import MAX_LINE, Unreadable, lines
from creditdsl.engines.layout import TableFile

MOST_LINES_OF_A_ROW = 1_000
"""The most lines over which the quoted cells of one row may go on."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """A row that has no cells for the columns. `key` is what stands where the key should be, "" when nothing does."""

    number: int
    key: str
    code: Code
    message: Text
    raw: str


@dataclass(frozen=True, slots=True)
class Intake:
    """What was found in a file: how many rows in all, and whether a cell of a good row goes over several lines."""

    rows: int
    several_lines: bool


Line = tuple[int, str | Unreadable]
"""The number of a line, from 1, and its text."""


def take_in(file: TableFile, target: Path, refuse: Callable[[Malformed], None]) -> Intake:
    """Write the good rows of a CSV file to `target` and hand the others to `refuse`."""
    rows, several_lines = 0, False
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        for number, row in read_rows(file):
            rows += 1
            if isinstance(row, Malformed):
                refuse(row)
            elif isinstance(row, str):
                out.write(f"{number},{row}\n")
            else:
                writer.writerow([number, *row])
                several_lines = several_lines or any("\n" in cell or "\r" in cell for cell in row)
    return Intake(rows, several_lines)


def read_rows(file: TableFile) -> Iterator[tuple[int, str | list[str] | Malformed]]:
    """The rows with the number of their first line: text without quotes as it stands, else cells, or what is wrong."""
    if file.encoding is None:
        return
    width = len(file.header)
    commas = width - 1
    waiting: deque[Line] = deque()
    source = enumerate(lines(file.path, file.encoding), start=1)
    next(source, None)
    for number, line in _waiting_first(waiting, source):
        if isinstance(line, Unreadable):
            yield number, Malformed(number, _key_before(line.shown, file.key), Code.CR0912, line.why, line.shown)
        elif '"' not in line and "\r" not in line:
            if line.count(",") == commas and (line or width > 1):
                yield number, line
            elif line.strip(BLANKS):
                yield number, _wrong_width(number, line, line.split(","), file)
        else:
            yield number, _quoted_row(number, line, waiting, source, file)


def _wrong_width(number: int, raw: str, cells: list[str], file: TableFile) -> Malformed:
    key = cells[file.key].strip(BLANKS) if len(cells) > file.key else ""
    return Malformed(number, key, Code.CR0908, messages.wrong_width(len(cells), len(file.header)), raw)


def _quoted_row(
    number: int, line: str, waiting: deque[Line], source: Iterator[Line], file: TableFile
) -> list[str] | Malformed:
    """The cells of a row that begins with `line`; lines read ahead in vain are put back into `waiting`."""
    cells = _parsed(line)
    if cells is None and line.count('"') % 2:
        ahead, text = _lines_up_to_quote(line, waiting, source)
        cells = None if text is None else _parsed(text)
        if cells is None or not _may_go_over_lines(cells, ahead, file):
            waiting.extendleft(reversed(ahead))
            cells = None
    if cells is None:
        return Malformed(number, _key_before(line, file.key), Code.CR0908, messages.broken_quotes(), line)
    return cells if len(cells) == len(file.header) else _wrong_width(number, line, cells, file)


def _may_go_over_lines(cells: list[str], ahead: list[Line], file: TableFile) -> bool:
    """Whether the cells of a row of several lines are what was meant, and not rows behind a quote too many."""
    commas = len(file.header) - 1
    texts = {column.position for column in file.columns if isinstance(plain(column.field.type), TextType)} - {file.key}
    return (
        len(cells) == len(file.header)
        and all(position in texts for position, cell in enumerate(cells) if "\n" in cell)
        and not any(isinstance(text, str) and text.count(",") == commas for _, text in ahead[:-1])
    )


def _lines_up_to_quote(line: str, waiting: deque[Line], source: Iterator[Line]) -> tuple[list[Line], str | None]:
    """The lines up to the one that may close the open quote, and all of the row's text; None when no line does."""
    ahead: list[Line] = []
    parts, size = [line], len(line)
    for item in _waiting_first(waiting, source):
        ahead.append(item)
        text = item[1]
        if isinstance(text, Unreadable) or len(ahead) >= MOST_LINES_OF_A_ROW or size + len(text) > MAX_LINE:
            break
        parts.append(text)
        size += len(text)
        if text.count('"') % 2:
            return ahead, "\n".join(parts)
    return ahead, None


def _waiting_first(waiting: deque[Line], source: Iterator[Line]) -> Iterator[Line]:
    """What waits, then what comes; a line that begins to wait meanwhile is next."""
    while waiting:
        yield waiting.popleft()
    for item in source:
        yield item
        while waiting:
            yield waiting.popleft()


def _parsed(text: str) -> list[str] | None:
    """The cells of a row; None when its quotes are wrong."""
    try:
        rows = list(csv.reader([text], strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def _key_before(text: str, position: int) -> str:
    """The cell at `position` of a row that cannot be read, if it stands before everything that is wrong with it."""
    before = text.partition('"')[0].partition("\\x")[0].split(",")
    return before[position].strip(BLANKS) if position < len(before) - 1 else ""
