"""The time axis of a policy: a bar for the original and one for each amendment, over the years.

In: the policy and its amendments. Out: positions in per cent of the width, as the template draws them. Nothing depends on today: a bar
without an end runs to the right edge.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from creditdsl.amending.moments import Days, days_of
from creditdsl.diagnostics import Text
from creditdsl.publishing.figures import share
from creditdsl.publishing.pieces import Voice
from creditdsl.publishing.times import days_text, decided_by_as_of
from creditdsl.syntax.tree import Amend, Policy

ROW = 46
TOP = 8
ORIGINAL = Text("原文本", "The original")
MOST_YEARS = 6
"""How many years are written below the axis at most; more would touch on a narrow screen."""


@dataclass(frozen=True, slots=True)
class Row:
    """Which row from the top, what stands there and how it is read out, and whether the as-of date decides on it."""

    place: int
    label: str
    said: str
    by_as_of: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what stands above it and how it is read out, its place and width; `text` and `top` are heights in pixels."""

    label: str
    said: str
    left: str
    width: str
    by_as_of: bool
    text: int
    top: int


@dataclass(frozen=True, slots=True)
class Year:
    text: str
    left: str


@dataclass(frozen=True, slots=True)
class Axis:
    """`changes` are the days on which a bar begins, as places; `height` is that of the drawing without the years."""

    bars: tuple[Bar, ...]
    years: tuple[Year, ...]
    changes: tuple[str, ...]
    height: int


def axis(policy: Policy, amendments: Sequence[Amend], voice: Voice) -> Axis | None:
    """From the January before the first day to the second one after the last; None where no day is written."""
    spans = [days_of(policy.effective), *(days_of(item.effective) for item in amendments)]
    written = sorted({day for span in spans for day in (span.first, span.last)} - {date.min, date.max})
    if not written:
        return None
    first, last = written[0].year, min(written[-1].year + 2, date.max.year)
    frame = Days(date(first, 1, 1), date(last, 1, 1))
    names = [voice.text(ORIGINAL), *(_name(item, number, voice) for number, item in enumerate(amendments, 1))]
    by_as_of = [False, *map(decided_by_as_of, amendments)]
    # The last day of a period is one of the policy's own days; an evaluation can be made after them.
    drawn = [span if kind else span.within(spans[0]) or span for span, kind in zip(spans, by_as_of, strict=True)]
    bars = tuple(
        _bar(Row(place, _short(name, span, voice), _said(name, span, voice), kind), bar, frame)
        for place, (name, span, kind, bar) in enumerate(zip(names, spans, by_as_of, drawn, strict=True))
    )
    step = -(-(last - first) // MOST_YEARS)
    years = tuple(Year(str(year), _place(date(year, 1, 1), frame)) for year in range(first, last, step))
    changes = tuple(dict.fromkeys(_place(span.first, frame) for span in spans if span.first != date.min))
    return Axis(bars, years, changes, TOP + ROW * len(bars))


LOCAL = Text("{number}（{place}）", "{number} ({place})")


def _name(amendment: Amend, number: int, voice: Voice) -> str:
    place = amendment.jurisdiction
    return str(number) if place is None else voice.text(LOCAL).format(number=number, place=place.value)


SAID = Text("{name}，{days}", "{name}, {days}")


def _said(name: str, days: Days, voice: Voice) -> str:
    written = days_text(days, voice.language)
    return voice.text(SAID).format(name=name, days=written) if written else name


UNTIL = Text("{last}止", "until {last}")
FROM = Text("{first}起", "from {first}")


def _short(name: str, days: Days, voice: Voice) -> str:
    """A name and its days in figures: a narrow screen has no room for more."""
    first, last = days.first.isoformat(), days.last.isoformat()
    if days.last != date.max:
        written = f"{first} – {last}" if days.first != date.min else voice.text(UNTIL).format(last=last)
    else:
        written = voice.text(FROM).format(first=first) if days.first != date.min else ""
    return " · ".join(filter(None, (name, written)))


def _bar(row: Row, days: Days, frame: Days) -> Bar:
    start, end = max(days.first, frame.first), min(days.last, frame.last)
    width = share((end - start).days + 1, (frame.last - frame.first).days + 1)
    top = TOP + ROW * row.place
    return Bar(row.label, row.said, _place(start, frame), width, row.by_as_of, text=top + 14, top=top + 21)


def _place(day: date, frame: Days) -> str:
    return share((day - frame.first).days, (frame.last - frame.first).days + 1)
