"""Amendments as they are published: the instrument, its time, how it is judged, and what it changed.

In: a volume and its amendments. Out: views for the history; each declaration that an amendment touched is shown as it read before
and as it reads after it, in rule text with what differs marked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from markupsafe import Markup

from creditdsl.amending.consolidate import Action
from creditdsl.amending.moments import days_of
from creditdsl.amending.paths import key_of
from creditdsl.diagnostics import Text
from creditdsl.publishing.changes import DeclarationChange, declaration_changes, rule_text_of
from creditdsl.publishing.figures import day_text
from creditdsl.publishing.marking import marked_lines, shown
from creditdsl.publishing.pieces import Piece, Voice
from creditdsl.publishing.texts import amendment_anchor, change_anchor
from creditdsl.publishing.times import applies_text, days_text, decided_by_as_of, judged_sentence
from creditdsl.publishing.titles import Title, title
from creditdsl.publishing.volume import PublishedText, Volume, cite
from creditdsl.syntax.tree import Amend

ACTIONS: Mapping[Action, Text] = {
    Action.INSERTED: Text("增加", "Inserted"),
    Action.REPLACED: Text("替换", "Replaced"),
    Action.CHANGED: Text("修改", "Changed"),
    Action.REPEALED: Text("废止", "Repealed"),
}
MOST_LINES = 20
"""How many lines of a declaration that is only there before or after an amendment are shown at once."""
OMITTED = Text("…… 此处 {count} 行未改 ……", "… {count} lines without a change …")


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One declaration: what was done to it, what it is called, and both readings, None where it is not there.

    `last` says, of one that was repealed, which evaluations it was for last. `folded` is the number of lines of one that was inserted or
    repealed and is long, else 0.
    """

    anchor: str
    action: str
    title: Title
    before: Markup | None
    after: Markup | None
    last: str
    folded: int


@dataclass(frozen=True, slots=True)
class AmendmentView:
    """An amendment; `days` is empty when it was always in force, `jurisdiction` for one of the nation.

    Without `changes` it is in no text.
    """

    anchor: str
    number: int
    name: str
    label: Piece
    jurisdiction: str
    days: str
    judged: str
    basis: tuple[Piece, ...]
    notes: tuple[Piece, ...]
    changes: tuple[ChangeView, ...]


def amendment_view(this: Volume, amendment: Amend, number: int) -> AmendmentView:
    """One amendment, with links to the pages of the texts in which it and what it changed can be read."""
    voice, name = this.voice, amendment.name.text
    within = [item for item in this.texts if amendment in item.text.slice.amendments]
    home = within[-1] if within else replace(this.texts[-1], page="")
    changes = declaration_changes(this.history, within[0].text, amendment) if within else ()
    return AmendmentView(
        anchor=amendment_anchor(name),
        number=number,
        name=name,
        label=voice.written(amendment.label, name),
        jurisdiction="" if amendment.jurisdiction is None else amendment.jurisdiction.value,
        days=days_text(days_of(amendment.effective), voice.language),
        judged=judged_sentence(amendment, voice.language),
        basis=tuple(cite(home, item) for item in amendment.basis),
        notes=tuple(voice.written(note) for note in amendment.notes),
        changes=tuple(_change(this, amendment, item) for item in changes),
    )


def _change(this: Volume, amendment: Amend, change: DeclarationChange) -> ChangeView:
    voice = this.voice
    before, after = _readings(change, voice)
    repealed = change.action is Action.REPEALED
    return ChangeView(
        change_anchor(amendment.name.text, change.key),
        voice.text(ACTIONS[change.action]),
        title(_where(this, amendment, change), change.key, change.declaration, voice),
        before,
        after,
        last_sentence(amendment, voice) if repealed else "",
        0 if before is not None and after is not None else _folded(before or after or Markup()),
    )


def _folded(text: Markup) -> int:
    lines = text.count("\n") + 1
    return lines if lines > MOST_LINES else 0


def _readings(change: DeclarationChange, voice: Voice) -> tuple[Markup | None, Markup | None]:
    old, new = (rule_text_of(item, voice.language) for item in (change.before, change.after))
    if old and new:
        return marked_lines(old, new, voice.text(OMITTED))
    return shown(old) if old else None, shown(new) if new else None


def _where(this: Volume, amendment: Amend, change: DeclarationChange) -> PublishedText | None:
    """The last text in which the declaration reads as the amendment has it, or, when it was repealed, the last before that."""
    found = [
        item
        for item in this.texts
        if (amendment in item.text.slice.amendments) is bool(change.after)
        and any(key_of(one) == change.key for one in item.edition.declarations)
    ]
    return found[-1] if found else None


LAST_PERIOD = Text("最后适用于末日为{day}或者更早的评价期", "Last applied to periods that end on {day} or before")
LAST_OF_PERIODS = Text(
    "评价期{periods}的，最后适用于{day}作出的评价；其他评价期仍然适用",
    "For the periods {periods}, last applied to evaluations made on {day}; for other periods it still applies",
)
LAST_AS_OF = Text("最后适用于{day}作出的评价", "Last applied to evaluations made on {day}")


def last_sentence(amendment: Amend, voice: Voice, *, lapsed: bool = False) -> str:
    """The last evaluations before an amendment, or with it when what it made has lapsed; empty when that day is open."""
    days = days_of(amendment.effective)
    if (days.last == date.max) if lapsed else (days.first == date.min):
        return ""
    day = days.last if lapsed else days.first - timedelta(1)
    shown_day = day_text(day, voice.language)
    if amendment.applies is not None and not lapsed:
        periods = applies_text(amendment.applies, voice.language)
        return voice.text(LAST_OF_PERIODS).format(periods=periods, day=shown_day)
    template = voice.text(LAST_AS_OF if decided_by_as_of(amendment) else LAST_PERIOD)
    return template.format(day=shown_day)
