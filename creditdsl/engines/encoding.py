"""How a CSV file is encoded, and its lines as text.

In: a file of bytes. Out: `utf-8` (with or without a byte order mark) or `gb18030`, decided by looking at every line,
and the lines, decoded strictly: what cannot be read is handed on as `Unreadable`, nothing is replaced or guessed.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from creditdsl.diagnostics import Text
from creditdsl.engines import messages

MAX_LINE = 1 << 20
"""The most bytes of one line."""
SHOWN_OF_LONG_LINE = 2_000
PIECE = 1 << 22
"""How many bytes are looked at in one go."""
WIDE = re.compile("[\u0800-\U0010ffff]")


class Encoding(Enum):
    UTF_8 = "utf-8"
    GB_18030 = "gb18030"


class EncodingTrouble(Enum):
    """Why no encoding can be told."""

    UTF_16 = "utf-16"
    ZERO_BYTES = "zero bytes"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that is not text, its bytes outside ASCII escaped so that people can find them."""

    why: Text
    shown: str


def detect_encoding(path: Path) -> Encoding | EncodingTrouble:
    """The encoding of a file.

    UTF-8 with a byte order mark, or when every line is UTF-8. Otherwise what more of the lines outside ASCII speak
    for, where a line speaks for UTF-8 only with a character from U+0800 up: Chinese text in GB 18030 can, in short
    words, be read as UTF-8 letters below that. A file that has only such letters and may be either is refused. A line
    that is neither speaks for nothing; it will be refused by itself.
    """
    if _is_plainly_utf_8(path):
        return Encoding.UTF_8
    wide = narrow = other = 0
    with path.open("rb") as file:
        start = file.read(3)
    if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return EncodingTrouble.UTF_16
    for line in _byte_lines(path):
        if b"\0" in line:
            return EncodingTrouble.ZERO_BYTES
        if line.isascii():
            continue
        text = _decoded(line, Encoding.UTF_8)
        if text is not None and max(text) >= "\u0800":
            wide += 1
        elif text is not None:
            narrow += 1
        elif _decoded(line, Encoding.GB_18030) is not None:
            other += 1
    if start == codecs.BOM_UTF8 or wide > other:
        return Encoding.UTF_8
    if other:
        return Encoding.GB_18030
    readable_as_other = all(_decoded(line, Encoding.GB_18030) is not None for line in _byte_lines(path))
    return EncodingTrouble.BOTH if narrow and readable_as_other else Encoding.UTF_8


def _is_plainly_utf_8(path: Path) -> bool:
    """Whether a file is UTF-8 from end to end, without zero bytes, and all ASCII or with a character from U+0800 up."""
    ascii_only, wide = True, False
    for text in _decoded_pieces(path):
        if text is None or "\0" in text:
            return False
        if not text.isascii():
            ascii_only = False
            wide = wide or WIDE.search(text) is not None
    return wide or ascii_only


def _decoded_pieces(path: Path) -> Iterator[str | None]:
    """A file as UTF-8, piece by piece, and None where it is no UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while piece := file.read(PIECE):
                yield decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            yield None


class PlainLines(NamedTuple):
    """How many lines and commas a file has that is cut at these and at nothing else, and whether its lines end as Windows has it."""

    lines: int
    commas: int
    carriage_returns: bool


def plain_lines(path: Path) -> PlainLines | None:
    """What a file has that can be cut into rows at line breaks and into cells at commas, and nothing else.

    None unless it is UTF-8 from end to end and has no quotes, zero bytes or lines with nothing in them, and all its line breaks are
    alike.
    """
    lines = commas = returns = pairs = 0
    last = "\n"
    for piece in _decoded_pieces(path):
        if piece is None or '"' in piece or "\0" in piece:
            return None
        # What stands on both sides of the beginning of a piece is seen with it.
        text = last + piece
        if "\n\n" in text or "\n\r" in text:
            return None
        lines += piece.count("\n")
        commas += piece.count(",")
        returns += piece.count("\r")
        pairs += text.count("\r\n") if returns else 0
        last = piece[-1:] or last
    if returns and not returns == pairs == lines:
        return None
    return PlainLines(lines + (last != "\n"), commas, returns > 0)


def _decoded(line: bytes, encoding: Encoding) -> str | None:
    try:
        return line.decode(encoding.value)
    except UnicodeDecodeError:
        return None


def _byte_lines(path: Path) -> Iterator[bytes]:
    """The lines with their line breaks; of a line that is too long only its beginning, longer than `MAX_LINE`."""
    with path.open("rb") as file:
        while line := file.readline(MAX_LINE + 1):
            rest = line
            while len(rest) > MAX_LINE and not rest.endswith(b"\n"):
                rest = file.readline(MAX_LINE + 1)
            yield line


def lines(path: Path, encoding: Encoding) -> Iterator[str | Unreadable]:
    """The lines of a file without their line breaks; a byte order mark at the beginning is left out."""
    name = encoding.value
    for number, raw in enumerate(_byte_lines(path)):
        line = raw.removeprefix(codecs.BOM_UTF8) if number == 0 else raw
        if len(line) > MAX_LINE:
            yield Unreadable(messages.line_too_long(), _escaped(line[:SHOWN_OF_LONG_LINE]) + "...")
            continue
        try:
            text = line.decode(name)
        except UnicodeDecodeError as error:
            yield Unreadable(messages.undecodable(name, error.object[error.start]), _escaped(line))
            continue
        yield text.removesuffix("\n").removesuffix("\r")


def _escaped(line: bytes) -> str:
    return line.rstrip(b"\r\n").decode("ascii", "backslashreplace")
