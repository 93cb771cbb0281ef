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
    grouped = [item if isinstance(item, str) else Group(item) for item in items]
    for item in grouped[:-1]:
        separated += (item, ",", Break(" "))
    separated += (grouped[-1], Broken(","))
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


def unbroken(document: Document) -> str:
    """The text of a document that is not broken."""
    if isinstance(document, str):
        return document
    output: list[str] = []
    pending: list[Document] = [document]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            output.append(item)
        elif isinstance(item, Joined):
            pending += item.parts[::-1]
        elif isinstance(item, Group | Nested):
            pending.append(item.inner)
        elif isinstance(item, Break):
            output.append(item.flat)
    return "".join(output)


def render(document: Document, indent: int) -> str:
    """The text of a document that begins in column `indent`; later lines are indented, the first is not.

    A break outside all groups stays flat.
    """
    whole = unbroken(document)
    if indent + columns(whole) <= WIDTH:
        return whole
    output: list[str] = []
    column = indent
    pending: list[tuple[int, bool | None, Document]] = [(indent, None, document)]
    while pending:
        level, flat, item = pending.pop()
        # By class, the most frequent first: there are millions of them in a large module.
        if isinstance(item, str):
            output.append(item)
            column += columns(item)
        elif isinstance(item, Joined):
            pending += [(level, flat, part) for part in item.parts[::-1]]
        elif isinstance(item, Group):
            pending.append((level, flat or _fits(item.inner, WIDTH - column, pending), item.inner))
        elif isinstance(item, Break):
            output.append("\n" + " " * level if flat is False else item.flat)
            column = level if flat is False else column + columns(item.flat)
        elif isinstance(item, Nested):
            pending.append((level + INDENT, flat, item.inner))
        elif flat is False:
            output.append(item.text)
            column += columns(item.text)
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
        if isinstance(item, str):
            room -= columns(item)
        elif isinstance(item, Joined):
            pending += [(flat, part) for part in item.parts[::-1]]
        elif isinstance(item, Group | Nested):
            pending.append((flat, item.inner))
        elif isinstance(item, Break):
            if not flat:
                return True
            room -= columns(item.flat)
        elif not flat:
            room -= columns(item.text)
    return False
