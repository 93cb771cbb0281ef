"""How emitted code is laid out on lines.

In: documents, which say where a line may be broken. Out: text in which a group stands on one line when it fits in
`WIDTH` columns, and is broken at all of its own places otherwise (Wadler, A prettier printer, 2003).
"""

from dataclasses import dataclass
from unicodedata import east_asian_width

WIDTH = 120
INDENT = 4


@dataclass(frozen=True, slots=True)
class Joined:
    parts: tuple["Document", ...]


@dataclass(frozen=True, slots=True)
class Break:
    """A line break where its group is broken, `flat` where it is not."""

    flat: str


@dataclass(frozen=True, slots=True)
class Broken:
    """Text that appears only where its group is broken, such as the parentheses of a long sum."""

    text: str


@dataclass(frozen=True, slots=True)
class Nested:
    inner: "Document"


@dataclass(frozen=True, slots=True)
class Group:
    inner: "Document"


Document = str | Joined | Break | Broken | Nested | Group
LINE, SPACE, COMMA = Break(""), Break(" "), Broken(",")
"""A line break that is nothing or a blank where its group stands on one line; a comma that is there where it does not."""
OPENING, CLOSING = Broken("("), Broken(")")

Pending = list[tuple[int, bool, Document]]
"""What is still to be laid out, the last one first: the column in which broken lines begin, and whether the group is broken."""


def joined(*parts: Document) -> Document:
    """The parts side by side; texts alone are one text."""
    for part in parts:
        if not isinstance(part, str):
            return Joined(parts)
    return "".join(parts)  # type: ignore[arg-type]  # there is nothing else among them


def bracketed(opening: str, items: tuple[Document, ...], closing: str) -> Document:
    """Items between brackets, one a line when they do not fit on one."""
    if not items:
        return opening + closing
    separated: list[Document] = [LINE]
    grouped = [item if isinstance(item, str) else Group(item) for item in items]
    for item in grouped[:-1]:
        separated += (item, ",", SPACE)
    separated += (grouped[-1], COMMA)
    return Group(Joined((opening, Nested(Joined(tuple(separated))), LINE, closing)))


def tupled(items: tuple[Document, ...]) -> Document:
    """A tuple; one of one item has its comma."""
    return joined("(", items[0], ",)") if len(items) == 1 else bracketed("(", items, ")")


def parenthesised(inner: Document) -> Document:
    return Group(Joined(("(", Nested(Joined((LINE, Group(inner)))), LINE, ")")))


def wrapped(inner: Document) -> Document:
    """The document, in parentheses only when it is broken and has none of its own."""
    match inner:
        case Group() | Joined((str(), Group())):
            return inner
        case _:
            return Group(Joined((OPENING, Nested(Joined((LINE, Group(inner)))), LINE, CLOSING)))


class _Widths(dict[int, str]):
    """By character: as many letters as it takes columns; filled as characters turn up."""

    def __missing__(self, character: int) -> str:
        self[character] = width = "  " if east_asian_width(chr(character)) in "WF" else " "
        return width


WIDTHS = _Widths()


def columns(text: str) -> int:
    """How many columns a text takes; a Chinese character takes two."""
    return len(text) if text.isascii() else len(text.translate(WIDTHS))


def unbroken(document: Document) -> str:
    """The text of a document that is not broken."""
    # By class, the most frequent first: there are hundreds of thousands of them in a large module.
    if isinstance(document, str):
        return document
    if isinstance(document, Joined):
        return "".join(map(unbroken, document.parts))
    if isinstance(document, Break):
        return document.flat
    return "" if isinstance(document, Broken) else unbroken(document.inner)


def render(document: Document, indent: int) -> str:
    """The text of a document that begins in column `indent`; later lines are indented, the first is not.

    A break outside all groups stays flat.
    """
    whole = unbroken(document)
    if indent + columns(whole) <= WIDTH:
        return whole
    output: list[str] = []
    column = indent
    pending: Pending = [(indent, False, document)]
    while pending:
        level, broken, item = pending.pop()
        if isinstance(item, str):
            output.append(item)
            column += columns(item)
        elif isinstance(item, Joined):
            pending += [(level, broken, part) for part in item.parts[::-1]]
        elif isinstance(item, Group):
            whole = unbroken(item.inner)
            width = columns(whole)
            if _follows(WIDTH - column - width, pending):
                output.append(whole)
                column += width
            else:
                pending.append((level, True, item.inner))
        elif isinstance(item, Break):
            output.append("\n" + " " * level if broken else item.flat)
            column = level if broken else column + columns(item.flat)
        elif isinstance(item, Nested):
            pending.append((level + INDENT, broken, item.inner))
        elif broken:
            output.append(item.text)
            column += columns(item.text)
    return "".join(output)


def _follows(room: int, rest: Pending) -> bool:
    """Whether what follows fits into the room that is left on the line, up to the next possible break."""
    pending: list[tuple[bool, Document]] = []
    following = len(rest)
    while room >= 0:
        if not pending:
            if following == 0:
                return True
            following -= 1
            pending.append(rest[following][1:])
        broken, item = pending.pop()
        if isinstance(item, str):
            room -= columns(item)
        elif isinstance(item, Joined):
            pending += [(broken, part) for part in item.parts[::-1]]
        elif isinstance(item, Group | Nested):
            pending.append((broken, item.inner))
        elif isinstance(item, Break):
            if broken:
                return True
            room -= columns(item.flat)
        elif broken:
            room -= columns(item.text)
    return False
