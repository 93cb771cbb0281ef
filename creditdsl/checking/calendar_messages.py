"""The wording of the checking stage: calendars and workdays."""

from collections.abc import Sequence
from difflib import get_close_matches

from creditdsl.checking.wording import simple
from creditdsl.core import ir
from creditdsl.core.calendar import FIRST_DATE, LAST_DATE, date_of
from creditdsl.diagnostics import Code, Diagnostic, Text
from creditdsl.frozen import dataclass
from creditdsl.source import Span
from creditdsl.syntax import tree


@dataclass(frozen=True, slots=True)
class Counted:
    """A day from which workdays are counted: what the policy calls it, and the days that it may be.

    `is_field` says that its range can be written; `inside` are the days from which everything is known; `leads_to` what may be found, where that is the trouble.
    """

    name: Text | None
    is_field: bool
    may_be: ir.Interval
    inside: ir.Interval
    leads_to: ir.Interval | None


def workdays_need_a_calendar(span: Span) -> Diagnostic:
    return simple(
        Code.CR0505,
        span,
        ("工作日要按日历计算,政策没有写明日历", "workdays need a calendar, and the policy names none"),
        ("在政策中写上 `日历 china`,或改用 `天`", "write `calendar china` in the policy, or use `days`"),
    )


def no_such_calendar(name: tree.Identifier, names: Sequence[str]) -> Diagnostic:
    near = get_close_matches(name.text, names, n=1, cutoff=0.6)
    shown = ", ".join(f"`{item}`" for item in names)
    return simple(
        Code.CR0101,
        name.span,
        (f"没有名为 `{name.text}` 的日历", f"there is no calendar `{name.text}`"),
        (f"是否想写 `{near[0]}`?", f"did you mean `{near[0]}`?")
        if near
        else (f"可用的日历:{shown}", f"the calendars are {shown}"),
    )


def day_not_covered(day: Counted, span: Span, calendar: ir.Calendar) -> Diagnostic:
    """A day that the calendar may not cover, or from which it may not know the day that is to be found."""
    first, last = _ends(calendar.span)
    shown = Text("这一天", "the day") if day.name is None else Text(f"`{day.name.zh}` ", f"`{day.name.en}`")
    zh, en = f"{shown.zh}可能是 {' 至 '.join(_ends(day.may_be))}", f"{shown.en} may be {' to '.join(_ends(day.may_be))}"
    if day.leads_to is not None:
        zh += f",由此可能算到 {' 至 '.join(_ends(day.leads_to))}"
        en += f", from where it may lead to {' to '.join(_ends(day.leads_to))}"
    return simple(
        Code.CR0512,
        span,
        (
            f"日历 `{calendar.name}` 只有 {first} 至 {last},{zh}",
            f"the calendar `{calendar.name}` covers {first} to {last}, and {en}",
        ),
        _remedy(day),
    )


def _remedy(day: Counted) -> tuple[str, str]:
    if day.inside.low > day.inside.high:
        return ("给工作日的数目写上更窄的范围", "give the number of workdays a narrower range")
    low, high = _ends(day.inside)
    if day.name is None:
        return (
            f"给其中的字段写上范围,或先写条件,使这一天在 {low} 至 {high} 之内",
            f"give the fields in it ranges, or guard them, so that the day lies in {low} to {high}",
        )
    zh, en = (
        f"写 `如果 {day.name.zh} 在 {low} .. {high} 那么 … 否则 …`",
        f"write `if {day.name.en} in {low} .. {high} then … else …`",
    )
    if day.is_field:
        zh, en = (
            f"给字段写上范围 `日期 范围 {low} .. {high}`,或{zh}",
            f"give the field the range `date in {low} .. {high}`, or {en}",
        )
    return zh, en


def _ends(days: ir.Interval) -> tuple[str, str]:
    """The first and the last day, as far as dates can be written."""
    first, last = (date_of(min(max(day, FIRST_DATE), LAST_DATE)) for day in (days.low, days.high))
    return first.isoformat(), last.isoformat()
