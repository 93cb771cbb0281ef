"""The history of a policy in one language, as its template reads it: its texts, its amendments, and what is no longer in force.

In: the history of the nation and those of the divisions that have amendments of their own. Out: a `HistoryDocument`. Amendments are
numbered in the order in which they are made, those of the nation first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from creditdsl.amending.consolidate import Action
from creditdsl.amending.moments import period_kinds
from creditdsl.amending.ordering import amendments_of, jurisdiction_of
from creditdsl.amending.paths import Key, key_of
from creditdsl.diagnostics import Language, Text
from creditdsl.publishing.amendments import AmendmentView, amendment_view, last_sentence
from creditdsl.publishing.axis import Axis, axis
from creditdsl.publishing.header import HeaderView, header_view
from creditdsl.publishing.names import slug
from creditdsl.publishing.pieces import Inline, Piece, fill
from creditdsl.publishing.texts import Links, PolicyHistory, amendment_anchor, change_anchor
from creditdsl.publishing.times import slice_text
from creditdsl.publishing.titles import Title, title
from creditdsl.publishing.volume import PublishedText, Volume, volume
from creditdsl.syntax.tree import Amend


@dataclass(frozen=True, slots=True)
class TextRow:
    """A text: its periods and as-of dates, both empty when not limited, the amendments in it, linked, and its page."""

    periods: str
    made: str
    amendments: Inline
    page: str
    newest: bool


@dataclass(frozen=True, slots=True)
class GoneView:
    """A declaration that the newest text does not have: what it was, what ended it, linked, and which evaluations it was for last."""

    title: Title
    by: Inline
    last: str


@dataclass(frozen=True, slots=True)
class GroupView:
    """The nation, whose `jurisdiction` is empty, or a division."""

    anchor: str
    jurisdiction: str
    texts: tuple[TextRow, ...]
    amendments: tuple[AmendmentView, ...]
    gone: tuple[GoneView, ...]


@dataclass(frozen=True, slots=True)
class HistoryDocument:
    language: Language
    links: Links
    header: HeaderView
    axis: Axis | None
    groups: tuple[GroupView, ...]

    @property
    def amendments(self) -> tuple[AmendmentView, ...]:
        return tuple(item for group in self.groups for item in group.amendments)


def amendments_by_history(histories: Sequence[PolicyHistory]) -> tuple[tuple[Amend, ...], ...]:
    """The amendments that each of the histories has for itself, in the order in which they are made."""
    made, _ = amendments_of(histories[0].written)
    return tuple(
        tuple(item for item in made if jurisdiction_of(item) == (history.jurisdiction or "")) for history in histories
    )


def history_document(histories: Sequence[PolicyHistory], links: Links, language: Language) -> HistoryDocument:
    """The history in one language; the first of `histories` is that of the nation."""
    nation = histories[0]
    volumes = [volume(item, nation.newest, language) for item in histories]
    groups = amendments_by_history(histories)
    every = tuple(item for group in groups for item in group)
    numbers = {item.name.text: number for number, item in enumerate(every, 1)}
    views = [_group(one, own, numbers, volumes[0]) for one, own in zip(volumes, groups, strict=True)]
    header = header_view(volumes[0].texts[-1].edition, nation.newest, nation, links)
    return HistoryDocument(language, links, header, axis(nation.policy, every, volumes[0].voice), tuple(views))


def _group(this: Volume, own: Sequence[Amend], numbers: Mapping[str, int], nation: Volume) -> GroupView:
    place = this.history.jurisdiction or ""
    known = {} if this is nation else _gone(nation)
    return GroupView(
        "-".join(filter(None, ("section-amendments", slug(place)))),
        place,
        tuple(_row(this, item, numbers) for item in this.texts if item.page),
        tuple(amendment_view(this, item, numbers[item.name.text]) for item in own),
        tuple(_gone_view(this, key, text) for key, text in _gone(this).items() if key not in known),
    )


def _row(this: Volume, item: PublishedText, numbers: Mapping[str, int]) -> TextRow:
    slice_ = item.text.slice
    periods, made = slice_text(slice_, this.voice.language, period_kinds(this.history.policy))
    links = tuple(
        Piece(str(numbers[name]), f"#{amendment_anchor(name)}", manner="name")
        for name in (amendment.name.text for amendment in slice_.amendments)
        if name in numbers
    )
    newest = item.text is this.history.newest and this.history.jurisdiction is None
    return TextRow(periods, made, links, item.page, newest)


def _gone(this: Volume) -> dict[Key, PublishedText]:
    """What an older text has and the newest has not, each with the last text that has it."""
    newest = {key_of(item) for item in this.texts[-1].edition.declarations}
    last: dict[Key, PublishedText] = {}
    for text in this.texts[:-1]:
        for item in text.edition.declarations:
            key = key_of(item)
            if key is not None and key not in newest:
                last[key] = text
    return last


REPEALED = Text("由{amendment}废止", "Repealed by {amendment}")
LAPSED = Text("随{amendment}期满失效", "Lapsed with {amendment}")


def _gone_view(this: Volume, key: Key, text: PublishedText) -> GoneView:
    declaration = next(item for item in text.edition.declarations if key_of(item) == key)
    by, last = _end(this, key, text)
    return GoneView(title(text, key, declaration, this.voice), by, last)


def _end(this: Volume, key: Key, text: PublishedText) -> tuple[Inline, str]:
    """The amendment that ended a declaration, and its last evaluations: one repealed it, or the one that inserted it lapsed."""
    newest = this.texts[-1]
    steps = newest.text.origins.get(key, ())
    repealed = bool(steps) and steps[-1].action is Action.REPEALED
    steps = steps if repealed else text.text.origins.get(key, ())
    if not steps:
        return (), ""
    amendments = (newest if repealed else text).edition.amendments
    amendment = amendments[steps[-1 if repealed else 0].amendment]
    anchor = change_anchor(amendment.name.text, key)
    link = this.voice.written(amendment.label, amendment.name.text, f"#{anchor}")
    by = fill(this.voice.text(REPEALED if repealed else LAPSED), amendment=(link,))
    return by, last_sentence(amendment, this.voice, lapsed=not repealed)
