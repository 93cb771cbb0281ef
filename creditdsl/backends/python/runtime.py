"""What every emitted module may need, as Python that is copied into it definition by definition.

Nothing here depends on a policy. Only names of this file, of the standard library imports below, and builtins are
used, so that any definition can stand in an emitted module together with those it names. Its messages are those of
`core.messages`, word for word.
"""

import json
import math
import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

Label = tuple[str, str]
"""A text in Chinese and in English."""

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2199, 12, 31)
"""The first and last day that an input may name."""

MOST_RECORDS = 100_000
"""The most records of one kind that one subject may have."""


class Problem(NamedTuple):
    """One thing that is wrong with the input."""

    path: str
    """where: `late_filing[2].due`, positions from 0; empty for the whole input"""
    code: str
    """what kind, such as `CR0901`"""
    zh: str
    en: str


class InputError(ValueError):
    """The input is refused; `problems` has everything that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{problem.code} {problem.en}" for problem in problems[:20]))
        self.problems = tuple(problems)


class Period(NamedTuple):
    """An assessment period as written (`2020`, `2020-Q1`, `2020-11`), with its first and last day."""

    text: str
    start: date
    end: date


PERIODS = {
    "year": (12, r"([0-9]{4})", "年份,例如 `2020`", "a year such as `2020`"),
    "quarter": (3, r"([0-9]{4})-Q([1-4])", "季度,例如 `2020-Q1`", "a quarter such as `2020-Q1`"),
    "month": (1, r"([0-9]{4})-(0[1-9]|1[0-2])", "年月,例如 `2020-11`", "a month such as `2020-11`"),
}
"""For each length of a period its months, how it is written, and how that is called."""


def read_period(text: str, lengths: tuple[str, ...], first: date | None, last: date | None) -> Period:
    """The period of one of these lengths that a text names; InputError when it is none, or ends outside the policy's validity."""
    for months, pattern, _, _ in (PERIODS[length] for length in lengths):
        found = re.fullmatch(pattern, text)
        if found is not None:
            break
    else:
        zh = f"评价期 `{text}` 应写成" + ",或".join(PERIODS[length][2] for length in lengths)
        en = f"the period `{text}` must be " + ", or ".join(PERIODS[length][3] for length in lengths)
        raise InputError([Problem("period", "CR0914", zh, en)])
    year, last_month = int(found[1]), months * int(found[2]) if months < 12 else 12
    if not FIRST_DAY.year <= year <= LAST_DAY.year:
        raise InputError([outside_calendar("period", text, str(FIRST_DAY.year), str(LAST_DAY.year))])
    end = date(year, last_month, monthrange(year, last_month)[1])
    if (first is not None and end < first) or (last is not None and end > last):
        raise InputError([not_in_force(end, first, last)])
    return Period(text, date(year, last_month - months + 1, 1), end)


def not_in_force(end: date, first: date | None, last: date | None) -> Problem:
    """The policy is not in force yet, or no more, on the last day of the period."""
    if first is not None and end < first:
        zh, en = f"尚未施行(自 {first} 起施行)", f"not yet in force: it begins on {first}"
    else:
        zh, en = f"已不再施行(施行至 {last})", f"no longer in force: it ended on {last}"
    message = f"评价期最后一日 {end} 时政策{zh}"
    return Problem("period", "CR0911", message, f"on the period's last day, {end}, the policy is {en}")


def not_for_that_day(as_of: date, first: date | None, last: date | None) -> Problem:
    """Another text of the policy is for evaluations made on that day."""
    zh = (f"{first} 起" if first else "") + (f"至 {last} 止" if last else "")
    en = ", ".join((*([f"from {first}"] if first else []), *([f"until {last}"] if last else [])))
    message = f"这份文本用于{zh}所作的评价,截止日 {as_of} 不在其内"
    return Problem(
        "as_of",
        "CR0911",
        message,
        f"this text is for evaluations made {en}, and the as-of date {as_of} is none of these days",
    )


def outside_calendar(path: str, text: str, first: str, last: str) -> Problem:
    zh = f"`{text}` 应在 {first} 至 {last} 之间"
    return Problem(path, "CR0914", zh, f"`{text}` must lie between {first} and {last}")


def as_of_problem(as_of: date, period: Period) -> Problem:
    """Why an as-of date does not fit a period."""
    if as_of > LAST_DAY:
        return outside_calendar("as_of", as_of.isoformat(), FIRST_DAY.isoformat(), LAST_DAY.isoformat())
    en = f"the as-of date {as_of} lies before the first day of the period, {period.start}"
    return Problem("as_of", "CR0914", f"截止日 {as_of} 早于评价期第一日 {period.start}", en)


class Row:
    """One JSON object that is being read into a dataclass; what is wrong with it goes to `problems`.

    Every method gives back the value of one field: None when it is absent or refused. `required` is the label of a
    field that must be there, None for an optional one.
    """

    __slots__ = ("path", "problems", "raw")

    def __init__(self, raw: Mapping[str, object], path: str, problems: list[Problem]) -> None:
        self.raw = raw
        self.path = path
        self.problems = problems

    def truth(self, name: str, required: Label | None = None) -> Any:
        raw = self.given(name, required)
        if raw is None or isinstance(raw, bool):
            return raw
        return self.wrong_type(name, raw, "true 或 false", "true or false")

    def text(self, name: str, required: Label | None = None) -> Any:
        raw = self.given(name, required)
        if raw is None or (isinstance(raw, str) and is_unicode(raw)):
            return raw
        return self.wrong_type(name, raw, "文本", "a text")

    def number(self, name: str, scale: int, low: int, high: int, required: Label | None = None) -> Any:
        """A number times 10 to the power of `scale`; the bounds stand at that scale too."""
        raw = self.given(name, required)
        if raw is None:
            return None
        if type(raw) is int and low <= raw * 10**scale <= high:
            return raw * 10**scale
        return self.scaled(name, raw, scale, low, high, ("数", "a number"))

    def rate(self, name: str, scale: int, low: int, high: int, required: Label | None = None) -> Any:
        """A share times 10 to the power of `scale`; 10 % may be written `0.1` or `"10%"`."""
        raw = self.given(name, required)
        if raw is None:
            return None
        if isinstance(raw, str) and raw.endswith("%") and is_decimal(raw[:-1]):
            sign, digits, exponent = Decimal(raw[:-1]).as_tuple()
            exact = Decimal((sign, digits, int(exponent) - 2))
            return self.scaled(name, raw, scale, low, high, ("比率", "a rate"), exact)
        return self.scaled(name, raw, scale, low, high, ('比率(如 0.1 或 "10%")', 'a rate such as 0.1 or "10%"'))

    def day(self, name: str, low: date, high: date, required: Label | None = None) -> Any:
        raw = self.given(name, required)
        if raw is None:
            return None
        if isinstance(raw, date) and not isinstance(raw, datetime):
            value = raw
        elif not isinstance(raw, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", raw):
            return self.wrong_type(name, raw, '日期(如 "2020-11-01")', 'a date such as "2020-11-01"')
        else:
            try:
                value = date.fromisoformat(raw)
            except ValueError:
                shown = raw_form(raw)
                return self.refuse(name, "CR0904", f"没有 {shown} 这个日期", f"there is no date {shown}")
        if low <= value <= high:
            return value
        return self.outside_range(name, raw, low.isoformat(), high.isoformat())

    def month(self, name: str, low: int, high: int, required: Label | None = None) -> Any:
        """A month as year x 12 + month - 1."""
        raw = self.given(name, required)
        if raw is None:
            return None
        found = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", raw) if isinstance(raw, str) else None
        if found is None:
            return self.wrong_type(name, raw, '年月(如 "2020-11")', 'a month such as "2020-11"')
        value = int(found[1]) * 12 + int(found[2]) - 1
        return value if low <= value <= high else self.outside_range(name, raw, month_text(low), month_text(high))

    def choice(self, name: str, names: tuple[str, ...], required: Label | None = None) -> Any:
        raw = self.given(name, required)
        if raw is None or (isinstance(raw, str) and raw in names):
            return raw
        if not isinstance(raw, str):
            return self.wrong_type(name, raw, "选项名称", "the name of a value")
        rest = len(names) - 12
        zh = "、".join(f"`{item}`" for item in names[:12]) + (f" 等 {len(names)} 个" if rest > 0 else "")
        en = ", ".join(f"`{item}`" for item in names[:12]) + (f" and {rest} more" if rest > 0 else "")
        return self.refuse(name, "CR0904", f"{raw_form(raw)} 不在可选值之内:{zh}", f"{raw_form(raw)} is none of {en}")

    def records(self, name: str, read: Callable[["Row"], Any], required: Label | None = None) -> Any:
        """The records of one kind, each read by `read`."""
        raw = self.raw.get(name)
        if raw is None:
            if required is not None:
                zh, en = named(required)
                self.refuse(
                    name,
                    "CR0906",
                    f"缺少记录列表{zh};没有记录时应给出空列表 `[]`",
                    f"the list of records is missing{en}; where there are none, give an empty list `[]`",
                )
            return ()
        if not isinstance(raw, list | tuple):
            self.refuse(name, "CR0903", "应是记录的列表", "must be a list of records")
            return ()
        if len(raw) > MOST_RECORDS:
            zh = f"有 {len(raw)} 条记录,一个主体最多 {MOST_RECORDS} 条"
            self.refuse(name, "CR0913", zh, f"has {len(raw)} records, a subject may have at most {MOST_RECORDS}")
            return ()
        found = []
        for position, item in enumerate(raw):
            if isinstance(item, Mapping):
                found.append(read(Row(item, f"{name}[{position}].", self.problems)))
            else:
                en = "each record must be a JSON object"
                self.refuse(f"{name}[{position}]", "CR0903", "每条记录应是一个 JSON 对象", en)
        return tuple(found)

    def refuse_unknown(self, fields: tuple[str, ...], tables: tuple[str, ...] | None = None) -> None:
        """A problem for every name that is not declared; `tables` are the kinds of record where there may be some."""
        known = {*fields, *(tables or ())}
        for name, value in self.raw.items():
            if name in known:
                continue
            shown = raw_form(name).removeprefix('"').removesuffix('"')
            if tables is not None and isinstance(value, list | tuple):
                self.refuse(shown, "CR0905", "没有声明这种记录", "no such kind of record is declared")
            else:
                self.refuse(shown, "CR0902", "没有声明这个字段", "no such field is declared")

    def given(self, name: str, required: Label | None) -> object:
        raw = self.raw.get(name)
        if raw is None and required is not None:
            zh, en = named(required)
            self.refuse(name, "CR0901", f"缺少必填字段{zh}", f"a required field is missing{en}")
        return raw

    def scaled(
        self, name: str, raw: object, scale: int, low: int, high: int, kind: Label, exact: Decimal | None = None
    ) -> Any:
        """The exact number, whatever way it was given, at the scale of its field."""
        number = exact_number(raw) if exact is None else exact
        if number is None:
            return self.wrong_type(name, raw, *kind)
        sign, digits, exponent = number.as_tuple()
        if isinstance(raw, float) and len("".join(map(str, digits)).strip("0")) > 15:
            return self.refuse(
                name,
                "CR0903",
                f"浮点数 {raw_form(raw)} 超过 15 位有效数字,不能确定其准确值;请写成十进制字符串",
                f"the floating-point number {raw_form(raw)} has more than 15 significant digits and is not exact; "
                "give it as a decimal string",
            )
        size, exponent = int("".join(map(str, digits))), int(exponent) + scale
        while size and size % 10 == 0 and exponent < 0:
            size, exponent = size // 10, exponent + 1
        if size and exponent < 0:
            zh, en = f"最多 {scale} 位小数", f"may have at most {scale} decimal places"
            if scale == 0:
                zh, en = "应为整数", "must be a whole number"
            return self.refuse(name, "CR0903", f"{zh},实际为 {raw_form(raw)}", f"{en}, but is {raw_form(raw)}")
        value = (-size if sign else size) * 10 ** min(exponent, 60) if size else 0
        if low <= value <= high:
            return value
        return self.outside_range(name, raw, decimal_text(low, scale), decimal_text(high, scale))

    def wrong_type(self, name: str, raw: object, zh: str, en: str) -> None:
        shown = raw_form(raw)
        self.refuse(name, "CR0903", f"应为{zh},实际为 {shown}", f"must be {en}, but is {shown}")

    def outside_range(self, name: str, raw: object, low: str | None, high: str | None) -> None:
        shown = raw_form(raw)
        zh, en = f"应在 {low} 至 {high} 之间,实际为 {shown}", f"must lie between {low} and {high}, but is {shown}"
        self.refuse(name, "CR0904", zh, en)

    def refuse(self, name: str, code: str, zh: str, en: str) -> None:
        path = self.path + name
        self.problems.append(Problem(path, code, f"`{path}`: {zh}", f"`{path}`: {en}"))


def named(label: Label) -> Label:
    """A label as it stands in a message."""
    zh, en = label
    return f"“{zh}”" if zh else "", f' ("{en}")' if en else ""


def exact_number(raw: object) -> Decimal | None:
    """The number that a JSON value stands for; a float by its shortest decimal form. None when it is no number."""
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int):
        return Decimal(max(-(10**60), min(raw, 10**60)))
    if isinstance(raw, float):
        return Decimal(repr(raw)) if math.isfinite(raw) else None
    if isinstance(raw, Decimal):
        return raw if raw.is_finite() and len(raw.as_tuple().digits) <= 60 else None
    return Decimal(raw) if isinstance(raw, str) and is_decimal(raw) else None


def is_decimal(text: str) -> bool:
    return re.fullmatch(r"[+-]?[0-9]{1,60}(\.[0-9]{1,60})?", text) is not None


def is_unicode(text: str) -> bool:
    """Whether a text can be written out: half of a surrogate pair cannot."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def raw_form(raw: object) -> str:
    """How a refused value is shown: as JSON writes it, cut off where it is long."""
    if isinstance(raw, bool) or raw is None:
        return "null" if raw is None else str(raw).lower()
    if isinstance(raw, int) and raw.bit_length() > 200:
        return f"10^{int(raw.bit_length() * math.log10(2))}"
    if isinstance(raw, list | tuple | dict):
        return "{...}" if isinstance(raw, dict) else "[...]"
    if isinstance(raw, str):
        text = raw if len(raw) <= 60 else raw[:60] + "..."
        return json.dumps(text, ensure_ascii=not is_unicode(text))
    return str(raw)[:60]


def decimal_text(value: int | None, scale: int) -> str | None:
    """The exact decimal of value / 10^scale, without trailing zeros: `decimal_text(8750, 2)` is `"87.5"`."""
    if value is None:
        return None
    whole, rest = divmod(abs(value), 10**scale)
    places = f"{rest:0{scale}d}".rstrip("0") if scale else ""
    return f"{'-' if value < 0 else ''}{whole}{'.' + places if places else ''}"


def exact_decimal(value: int | None, scale: int) -> Decimal | None:
    """value / 10^scale as a Decimal."""
    return None if value is None else Decimal(value).scaleb(-scale)


def day_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def month_text(month: int | None) -> str | None:
    """`2020-11` for a month, which is year x 12 + month - 1."""
    return None if month is None else f"{month // 12:04d}-{month % 12 + 1:02d}"


def month_of(day: date) -> int:
    """The month of a day, as year x 12 + month - 1."""
    return day.year * 12 + day.month - 1


def add_months(day: date, months: int) -> date:
    """The corresponding day some months later, or that month's last day when it has none (Civil Code 202)."""
    year, month = divmod(month_of(day) + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_between(first: date, second: date) -> int:
    """Whole months from one day to another, negative when `second` lies before `first`."""
    if second < first:
        return -months_between(second, first)
    months = (second.year - first.year) * 12 + second.month - first.month
    if second.day < first.day and second.day < monthrange(second.year, second.month)[1]:
        return months - 1
    return months


def longest_run(values: set[int]) -> int:
    """The length of the longest run of consecutive numbers."""
    longest = 0
    for value in values:
        if value - 1 not in values:
            end = value + 1
            while end in values:
                end += 1
            if end - value > longest:  # noqa: PLR1730 - twice as fast as `max`
                longest = end - value
    return longest


def run_down_from(start: int, values: set[int]) -> int:
    """How many of start, start - 1, start - 2, … are there without a gap."""
    length = 0
    while start - length in values:
        length += 1
    return length


def divide_half_up(dividend: int, divisor: int) -> int:
    """The quotient, rounded to the nearest whole number, a tie away from zero."""
    size = (2 * abs(dividend) + abs(divisor)) // (2 * abs(divisor))
    return size if (dividend < 0) == (divisor < 0) else -size


def divide_half_even(dividend: int, divisor: int) -> int:
    """The quotient, rounded to the nearest whole number, a tie to the even neighbour."""
    size, rest = divmod(abs(dividend), abs(divisor))
    if 2 * rest > abs(divisor) or (2 * rest == abs(divisor) and size % 2 == 1):
        size += 1
    return size if (dividend < 0) == (divisor < 0) else -size


def divide_down(dividend: int, divisor: int) -> int:
    """The quotient, rounded towards zero."""
    size = abs(dividend) // abs(divisor)
    return size if (dividend < 0) == (divisor < 0) else -size


def divide_up(dividend: int, divisor: int) -> int:
    """The quotient, rounded away from zero."""
    size = -(-abs(dividend) // abs(divisor))
    return size if (dividend < 0) == (divisor < 0) else -size
