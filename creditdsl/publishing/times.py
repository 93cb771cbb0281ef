"""When a text, an amendment or a rule applies, in words.

An evaluation has two days, the last day of its period and the as-of date; these words always say which of them they mean.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from creditdsl.amending.moments import ALWAYS, Days, Slice
from creditdsl.core.ir import PeriodKind
from creditdsl.core.periods import WrittenPeriod, period_around, shortest
from creditdsl.diagnostics import Language, Text
from creditdsl.publishing.figures import interval_text, period_text
from creditdsl.syntax.tree import (
    Amend,
    Applies,
    Context,
    ContextWord,
    MonthLiteral,
    Number,
    PeriodLiteral,
    QuarterLiteral,
    Validity,
)


def days_text(days: Days, language: Language) -> str:
    """An interval of days in words; empty when it is open on both sides."""
    first, last = (None if day in (date.min, date.max) else day for day in (days.first, days.last))
    return interval_text(first, last, language)


def periods_text(ends: Days, language: Language, kinds: Sequence[PeriodKind]) -> str:
    """The periods whose last day lies in `ends`, by the shortest of their lengths; empty when that says nothing.

    >>> periods_text(Days(date(2014, 10, 1), date(2019, 10, 31)), "zh", [PeriodKind.YEAR])
    '2014年度至2018年度'
    >>> periods_text(Days(date(2014, 10, 1), date(2019, 10, 31)), "zh", [PeriodKind.YEAR, PeriodKind.QUARTER])
    '2014年第4季度至2019年第3季度'
    >>> periods_text(Days(date(2020, 11, 1)), "en", [PeriodKind.MONTH])
    'from November 2020'
    """
    kind = shortest(kinds)
    first = None if ends.first == date.min else _period(period_around(ends.first, kind), language)
    last = None if ends.last == date.max else _period(_ending_by(ends.last, kind), language)
    return _between(first, last, language)


def _ending_by(day: date, kind: PeriodKind) -> WrittenPeriod:
    """The last period that has ended on a day."""
    return period_around(period_around(day + timedelta(1), kind).start - timedelta(1), kind)


def _period(period: WrittenPeriod, language: Language) -> str:
    return period_text(period.text, language)


def _between(first: str | None, last: str | None, language: Language) -> str:
    if first is None and last is None:
        return ""
    if first == last:
        return first or ""
    if first is None:
        return f"至{last}" if language == "zh" else f"until {last}"
    if last is None:
        return f"{first}起" if language == "zh" else f"from {first}"
    return f"{first}至{last}" if language == "zh" else f"{first} to {last}"


def applies_text(applies: Applies, language: Language) -> str:
    """The periods that an amendment is limited to."""
    first = _written_period(applies.first, language)
    last = None if applies.last is None else _written_period(applies.last, language)
    return _between(first, last, language)


def _written_period(period: PeriodLiteral, language: Language) -> str:
    match period:
        case Number(digits=year):
            return _period(WrittenPeriod(PeriodKind.YEAR, year, 1), language)
        case QuarterLiteral(year=year, quarter=quarter):
            return _period(WrittenPeriod(PeriodKind.QUARTER, year, quarter * 3 - 2), language)
        case MonthLiteral(year=year, month=month):
            return _period(WrittenPeriod(PeriodKind.MONTH, year, month), language)


def slice_text(slice_: Slice, language: Language, kinds: Sequence[PeriodKind]) -> tuple[str, str]:
    """The periods of a text, and the days on which an evaluation of them is made; empty where all are meant."""
    periods = periods_text(slice_.ends, language, kinds)
    return periods, "" if slice_.made == ALWAYS else days_text(slice_.made, language)


PERIODS = Text("评价期{periods}", "periods {periods}")
EVERY_PERIOD = Text("各评价期", "every period")
MADE = Text("{which}，评价日{made}", "{which}, evaluated {made}")


def slice_sentence(slice_: Slice, language: Language, kinds: Sequence[PeriodKind]) -> str:
    """Both in one phrase."""
    periods, made = slice_text(slice_, language, kinds)
    which = PERIODS.in_language(language).format(periods=periods) if periods else EVERY_PERIOD.in_language(language)
    return MADE.in_language(language).format(which=which, made=made) if made else which


BY_PERIOD = Text(
    "以评价期末日为准：适用于末日在施行期间以内的评价期。此前的评价期仍适用原文本，以后重新评价的也一样。",
    "Judged by the last day of the period: for the periods that end on these days. Earlier periods keep their text, also when they are "
    "evaluated again.",
)
BY_AS_OF = Text(
    "以评价日为准：适用于施行期间以内作出的一切评价。此前的评价期在此期间重新评价的，也适用。",
    "Judged by the as-of date: for every evaluation that is made on these days, also when an earlier period is evaluated again.",
)
FROM_A_PERIOD = Text(
    "以评价日为准，限于评价期{periods}：适用于施行期间以内对这些评价期作出的评价，包括对其中已经评价的评价期重新作出的评价；其他评价期不受影响。",
    "Judged by the as-of date, for the periods {periods} only: for evaluations of these that are made on these days, also when one of "
    "them is evaluated again. Other periods are not affected.",
)


def judged_sentence(amendment: Amend, language: Language) -> str:
    """How it is found whether an amendment is in the text of an evaluation, and what that means for earlier results."""
    if amendment.applies is not None:
        return FROM_A_PERIOD.in_language(language).format(periods=applies_text(amendment.applies, language))
    return (BY_AS_OF if is_by_as_of(amendment.effective) else BY_PERIOD).in_language(language)


def is_by_as_of(validity: Validity | None) -> bool:
    judged = None if validity is None else validity.judged_by
    return isinstance(judged, Context) and judged.word is ContextWord.AS_OF


def decided_by_as_of(amendment: Amend) -> bool:
    """Whether the as-of date decides, and not the last day of the period alone."""
    return amendment.applies is not None or is_by_as_of(amendment.effective)
