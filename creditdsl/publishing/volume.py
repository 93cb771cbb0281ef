"""The texts of a policy for the nation or one division, with their pages in one language, and links into these pages.

A history speaks of many texts; each of its links says on which page its target is.
"""

from dataclasses import dataclass, replace

from creditdsl.diagnostics import Language
from creditdsl.publishing.edition import Edition, edition
from creditdsl.publishing.pieces import Piece, Voice
from creditdsl.publishing.texts import HISTORY, PolicyHistory, PolicyText, published_texts, text_page
from creditdsl.syntax.tree import Citation


@dataclass(frozen=True, slots=True)
class PublishedText:
    """A text with its edition and its page, empty when it has none."""

    text: PolicyText
    edition: Edition
    page: str


@dataclass(frozen=True, slots=True)
class Volume:
    history: PolicyHistory
    texts: tuple[PublishedText, ...]
    voice: Voice


def volume(history: PolicyHistory, newest: PolicyText, language: Language) -> Volume:
    """The volume of a history in one language; `newest` is the newest text of the nation."""
    voice = Voice(language, newest.program.header.languages)
    published = {id(text) for text in published_texts(history)}
    texts = tuple(
        PublishedText(
            text,
            edition(text, voice, HISTORY[language]),
            text_page(text, newest, language) if id(text) in published else "",
        )
        for text in history.texts
    )
    return Volume(history, texts, voice)


def cite(published: PublishedText, citation: Citation) -> Piece:
    """A citation, linked to its place on the page of a text."""
    return on_page(published, published.edition.cite(citation))


def on_page(published: PublishedText, piece: Piece) -> Piece:
    """A piece whose link leads to the page of a text; without a link where the text has no page."""
    if piece.href is None:
        return piece
    return replace(piece, href=f"{published.page}{piece.href}" if published.page else None)
