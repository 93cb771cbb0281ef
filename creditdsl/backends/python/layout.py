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


def joined(*parts: Document) -> Document:
    return Joined(parts)


def bracketed(opening: str, items: tuple[Document, ...], closing: str) -> Document:
    """Items between brackets, one a line when they do not fit on one."""
    if not items:
        return opening + closing
    separated: list[Document] = [Break("")]
    for item in items[:-1]:
        separated += (item, ",", Break(" "))
    separated += (items[-1], Broken(","))
    return Group(joined(opening, Nested(Joined(tuple(separated))), Break(""), closing))


def tupled(items: tuple[Document, ...]) -> Document:
    """A tuple; one of one item has its comma."""
    return joined("(", items[0], ",)") if len(items) == 1 else bracketed("(", items, ")")


def parenthesised(inner: Document) -> Document:
    return Group(joined("(", Nested(joined(Break(""), Group(inner))), Break(""), ")"))


def wrapped(inner: Document) -> Document:
    """The document, in parentheses only when it is broken and has none of its own."""
    match inner:
        case Group() | Joined((str(), Group())):
            return inner
        case _:
            return Group(joined(Broken("("), Nested(joined(Break(""), Group(inner))), Break(""), Broken(")")))


def columns(text: str) -> int:
    """How many columns a text takes; a Chinese character takes two."""
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def render(document: Document, indent: int) -> str:
    """The text of a document that begins in column `indent`; later lines are indented, the first is not.

    A break outside all groups stays flat.
    """
    output: list[str] = []
    column = indent
    pending: list[tuple[int, bool | None, Document]] = [(indent, None, document)]
    while pending:
        level, flat, item = pending.pop()
        match item:
            case str():
                output.append(item)
                column += columns(item)
            case Joined(parts):
                pending.extend((level, flat, part) for part in reversed(parts))
            case Nested(inner):
                pending.append((level + INDENT, flat, inner))
            case Broken(text):
                if flat is False:
                    output.append(text)
                    column += columns(text)
            case Break(text):
                output.append("\n" + " " * level if flat is False else text)
                column = level if flat is False else column + columns(text)
            case Group(inner):
                pending.append((level, flat or _fits(inner, WIDTH - column, pending), inner))
    return "".join(output)


def _fits(document: Document, room: int, rest: list[tuple[int, bool | None, Document]]) -> bool:
    """Whether the document fits on the line, together with what follows up to the next possible break."""
    pending: list[tuple[bool, Document]] = [(True, document)]
    following = len(rest)
    while room >= 0:
        if not pending:
            if following == 0:
                return True
            following -= 1
            pending.append((rest[following][1] is not False, rest[following][2]))
        flat, item = pending.pop()
        match item:
            case str():
                room -= columns(item)
            case Joined(parts):
                pending.extend((flat, part) for part in reversed(parts))
            case Nested(inner) | Group(inner):
                pending.append((flat, inner))
            case Broken(text):
                room -= 0 if flat else columns(text)
            case Break(text):
                if not flat:
                    return True
                room -= columns(text)
    return False
