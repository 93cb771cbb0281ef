"""The title block of a page, and what the overview says of the policy and of the time of its text.

In: an edition and the history that it is from. Out: views; a policy without amendments has no time of its text beside its own.
"""

from dataclasses import dataclass
from datetime import timedelta

from creditdsl.core.calendar import date_of
from creditdsl.diagnostics import Text
from creditdsl.publishing.edition import Edition
from creditdsl.publishing.figures import day_text, interval_text
from creditdsl.publishing.phrases import LISTING
from creditdsl.publishing.pieces import Inline, Piece, fill, plain
from creditdsl.publishing.texts import Links, PolicyHistory, PolicyText, amendment_anchor
from creditdsl.publishing.words import WORDS
from creditdsl.syntax.tree import Policy, Subject, Validity


@dataclass(frozen=True, slots=True)
class TextView:
    """The time of a text: the evaluations that it is for, the amendments in it, linked, and the division, empty for the nation.

    `newest` is whether it is the newest of the nation or the division, `main` whether the main page has it.
    """

    applies: str
    amendments: Inline
    jurisdiction: str
    newest: bool
    main: bool


@dataclass(frozen=True, slots=True)
class HeaderView:
    """The title block. `period` has the lengths of the periods in words; `in_force` and `evaluated` are empty when not limited.

    `working_days` says which days are counted as such, empty in a policy without a calendar. `ended` says when the policy is no longer
    in force and what took its place, empty when neither is written. `text` is None in a policy without amendments.
    """

    label: Piece
    authority: Piece | None
    subject: Piece
    period: str
    in_force: str
    evaluated: str
    ended: Inline
    jurisdiction: str
    content_hash: str
    notes: tuple[Piece, ...]
    working_days: str
    text: TextView | None


def header_view(this: Edition, text: PolicyText, history: PolicyHistory, links: Links) -> HeaderView:
    """The title block of a text; its validity is that of the policy, and the text says which part of it is its own."""
    header = this.program.header
    policy = next((item for item in this.declarations if isinstance(item, Policy)), history.policy)
    subject = next(item for item in this.declarations if isinstance(item, Subject))
    return HeaderView(
        label=this.voice.label(header.label, header.name),
        authority=this.voice.label(header.authority) if header.authority else None,
        subject=this.voice.written(subject.label, subject.name.text),
        period=this.voice.text(LISTING).join(this.voice.text(WORDS[f"period_{kind.value}"]) for kind in header.periods),
        in_force=_days(this, history.policy.effective),
        evaluated=_days(this, history.policy.evaluated),
        ended=_ended(this, policy, history.policy.effective),
        jurisdiction=header.jurisdiction,
        content_hash=header.content_hash,
        notes=tuple(this.voice.written(note) for note in policy.notes),
        working_days=_working_days(this),
        text=_text(this, text, history, links) if links.history else None,
    )


def _text(this: Edition, text: PolicyText, history: PolicyHistory, links: Links) -> TextView:
    linked = tuple(
        this.voice.written(item.label, item.name.text, f"{links.history}#{amendment_anchor(item.name.text)}")
        for item in text.slice.amendments
    )
    newest, place = text is history.newest, text.slice.jurisdiction
    return TextView(this.applies, linked, place or "", newest, newest and place is None)


def _days(this: Edition, validity: Validity | None) -> str:
    return "" if validity is None else interval_text(validity.start, validity.end, this.voice.language)


ENDED = Text("自{day}起不再施行", "no longer in force from {day}")
SUCCESSOR = Text("由《{policy}》接替", "replaced by “{policy}”")
BOTH = Text("{ended}，{successor}", "{ended}; {successor}")


def _ended(this: Edition, policy: Policy, effective: Validity | None) -> Inline:
    """When the policy ends and what takes its place; an end alone is said by its validity."""
    if policy.replaced_by is None:
        return ()
    name = this.voice.written(policy.replaced_by.label, policy.replaced_by.name.text)
    successor = fill(this.text(SUCCESSOR), policy=(name,))
    if effective is None or effective.end is None:
        return successor
    day = day_text(effective.end + timedelta(1), this.voice.language)
    return fill(this.text(BOTH), ended=fill(this.text(ENDED), day=plain(day)), successor=successor)


CALENDARS: dict[str, Text] = {
    "china": Text(
        "依国务院办公厅公布的放假和调休安排（{span}）",
        "as the State Council announces holidays and make-up days ({span})",
    )
}
"""How the working days of a calendar are described, by its name."""


def _working_days(this: Edition) -> str:
    calendar, language = this.program.calendar, this.voice.language
    if calendar is None:
        return ""
    span = interval_text(date_of(calendar.span.low), date_of(calendar.span.high), language)
    return this.voice.text(CALENDARS[calendar.name]).format(span=span)
