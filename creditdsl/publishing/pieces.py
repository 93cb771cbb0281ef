"""Running text with links: the pieces that prose is made of, and the language it is spoken in.

A label of the policy keeps the language it was written in, so that a page can mark it up when it has to fall back.
"""

import re
from dataclasses import dataclass
from typing import Literal

from creditdsl.diagnostics import Language, Text
from creditdsl.syntax.tree import Label

Manner = Literal["plain", "name", "value"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text: `href` when it links somewhere, `lang` when it is not in the page's language."""

    text: str
    href: str | None = None
    lang: str | None = None
    manner: Manner = "plain"


Inline = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One clause of a condition on a line of its own."""

    pieces: Inline


@dataclass(frozen=True, slots=True)
class Group:
    """A lead such as `同时符合下列各项:` and the clauses that it governs."""

    lead: Inline
    items: tuple["Block", ...]


Block = Line | Group


@dataclass(frozen=True, slots=True)
class Voice:
    """The language of a page, and the languages of the policy's labels in their order."""

    language: Language
    languages: tuple[str, ...]

    def text(self, text: Text) -> str:
        return text.in_language(self.language)

    def label(self, texts: tuple[str, ...], name: str = "", href: str | None = None) -> Piece:
        """The label in the page's language, else the policy's first one, else the name as written."""
        manner: Manner = "name" if href else "plain"
        if self.language in self.languages:
            index = self.languages.index(self.language)
            if index < len(texts):
                return Piece(texts[index], href, None, manner)
        if texts:
            return Piece(texts[0], href, self.languages[0] if self.languages else None, manner)
        return Piece(name, href, None, manner)

    def written(self, label: Label | None, name: str = "", href: str | None = None) -> Piece:
        """As `label`, for a label of the surface tree that may be missing."""
        return self.label(label.texts if label else (), name, href)


def plain(text: str) -> Inline:
    return (Piece(text),)


def value(text: str) -> Inline:
    return (Piece(text, manner="value"),)


def fill(template: str, **slots: Inline) -> Inline:
    """The pieces of `template` with each `{slot}` replaced by the pieces given for it.

    >>> fill("{a}晚于{b}", a=plain("到账日"), b=plain("期限"))
    (Piece(text='到账日', href=None, lang=None, manner='plain'), Piece(text='晚于', href=None, lang=None, \
manner='plain'), Piece(text='期限', href=None, lang=None, manner='plain'))
    """
    pieces: list[Piece] = []
    for index, part in enumerate(re.split(r"\{(\w+)\}", template)):
        if index % 2:
            pieces.extend(slots[part])
        elif part:
            pieces.append(Piece(part))
    return tuple(pieces)


def join(parts: list[Inline], separator: str) -> Inline:
    """The parts one after the other with the separator between them."""
    pieces: list[Piece] = []
    for index, part in enumerate(parts):
        if index:
            pieces.append(Piece(separator))
        pieces.extend(part)
    return tuple(pieces)


def as_text(pieces: Inline) -> str:
    """The words alone."""
    return "".join(piece.text for piece in pieces)
