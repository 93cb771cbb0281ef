"""The wording of everything that can be wrong with a subject's data, a period or an as-of date.

`path` leads each message: `late_filing[2].due`, positions from 0 as in the result; it is empty for the whole subject.
"""

from collections.abc import Sequence
from datetime import date

from creditdsl.core.ir import PeriodKind
from creditdsl.diagnostics import Text


def missing_field(path: str, label: Text) -> Text:
    return Text(
        zh=f"`{path}`: 缺少必填字段{_named(label.zh)}", en=f"`{path}`: a required field is missing{_called(label.en)}"
    )


def unknown_field(path: str) -> Text:
    return Text(zh=f"`{path}`: 没有声明这个字段", en=f"`{path}`: no such field is declared")


def unknown_record(path: str) -> Text:
    return Text(zh=f"`{path}`: 没有声明这种记录", en=f"`{path}`: no such kind of record is declared")


def missing_table(path: str, label: Text) -> Text:
    return Text(
        zh=f"`{path}`: 缺少记录列表{_named(label.zh)};没有记录时应给出空列表 `[]`",
        en=f"`{path}`: the list of records is missing{_called(label.en)}; where there are none, give an empty list `[]`",
    )


def too_many_records(path: str, count: int, most: int) -> Text:
    return Text(
        zh=f"`{path}`: 有 {count} 条记录,一个主体最多 {most} 条",
        en=f"`{path}`: has {count} records, a subject may have at most {most}",
    )


def not_an_object(path: str) -> Text:
    if not path:
        return Text(zh="一个主体应是一个 JSON 对象", en="a subject must be a JSON object")
    return Text(zh=f"`{path}`: 每条记录应是一个 JSON 对象", en=f"`{path}`: each record must be a JSON object")


def not_a_list(path: str) -> Text:
    return Text(zh=f"`{path}`: 应是记录的列表", en=f"`{path}`: must be a list of records")


def wrong_type(path: str, found: str, expected: Text) -> Text:
    return Text(
        zh=f"`{path}`: 应为{expected.zh},实际为 {found}",
        en=f"`{path}`: must be {expected.en}, but is {found}",
    )


def too_many_places(path: str, found: str, places: int) -> Text:
    if places == 0:
        return Text(zh=f"`{path}`: 应为整数,实际为 {found}", en=f"`{path}`: must be a whole number, but is {found}")
    return Text(
        zh=f"`{path}`: 最多 {places} 位小数,实际为 {found}",
        en=f"`{path}`: may have at most {places} decimal places, but is {found}",
    )


def too_many_digits(path: str, found: str) -> Text:
    return Text(
        zh=f"`{path}`: 浮点数 {found} 超过 15 位有效数字,不能确定其准确值;请写成十进制字符串",
        en=f"`{path}`: the floating-point number {found} has more than 15 significant digits and is not exact; "
        "give it as a decimal string",
    )


def outside_range(path: str, found: str, low: str, high: str) -> Text:
    return Text(
        zh=f"`{path}`: 应在 {low} 至 {high} 之间,实际为 {found}",
        en=f"`{path}`: must lie between {low} and {high}, but is {found}",
    )


def no_such_day(path: str, found: str) -> Text:
    return Text(zh=f"`{path}`: 没有 {found} 这个日期", en=f"`{path}`: there is no date {found}")


def not_a_choice(path: str, found: str, names: tuple[str, ...]) -> Text:
    shown, rest = "、".join(f"`{name}`" for name in names[:12]), len(names) - 12
    english = ", ".join(f"`{name}`" for name in names[:12])
    return Text(
        zh=f"`{path}`: {found} 不在可选值之内:{shown}" + (f" 等 {len(names)} 个" if rest > 0 else ""),
        en=f"`{path}`: {found} is none of {english}" + (f" and {rest} more" if rest > 0 else ""),
    )


def did_you_mean(name: str) -> Text:
    return Text(zh=f"是否应为 `{name}`", en=f"did you mean `{name}`?")


PERIODS = {
    PeriodKind.YEAR: Text("年份,例如 `2020`", "a year such as `2020`"),
    PeriodKind.QUARTER: Text("季度,例如 `2020-Q1`", "a quarter such as `2020-Q1`"),
    PeriodKind.MONTH: Text("年月,例如 `2020-11`", "a month such as `2020-11`"),
}


def no_such_period(text: str, kinds: Sequence[PeriodKind]) -> Text:
    """A period is of none of the policy's lengths, all of which are listed."""
    zh, en = ",或".join(PERIODS[kind].zh for kind in kinds), ", or ".join(PERIODS[kind].en for kind in kinds)
    return Text(zh=f"评价期 `{text}` 应写成{zh}", en=f"the period `{text}` must be {en}")


def outside_calendar(text: str, first: str, last: str) -> Text:
    return Text(
        zh=f"`{text}` 应在 {first} 至 {last} 之间",
        en=f"`{text}` must lie between {first} and {last}",
    )


def not_in_force(end: date, first: date | None, last: date | None) -> Text:
    """Not in force yet, or no more, on the last day of the period."""
    if first is not None and end < first:
        zh, en = f"尚未施行(自 {first} 起施行)", f"not yet in force: it begins on {first}"
    else:
        zh, en = f"已不再施行(施行至 {last})", f"no longer in force: it ended on {last}"
    return Text(zh=f"评价期最后一日 {end} 时政策{zh}", en=f"on the period's last day, {end}, the policy is {en}")


def not_for_that_day(as_of: date, first: date | None, last: date | None) -> Text:
    """Another text of the policy is for evaluations made on that day."""
    zh = (f"{first} 起" if first else "") + (f"至 {last} 止" if last else "")
    en = ", ".join((*([f"from {first}"] if first else []), *([f"until {last}"] if last else [])))
    return Text(
        zh=f"这份文本用于{zh}所作的评价,截止日 {as_of} 不在其内",
        en=f"this text is for evaluations made {en}, and the as-of date {as_of} is none of these days",
    )


def as_of_before_period(as_of: str, start: str) -> Text:
    return Text(
        zh=f"截止日 {as_of} 早于评价期第一日 {start}",
        en=f"the as-of date {as_of} lies before the first day of the period, {start}",
    )


A_NUMBER = Text(zh="数", en="a number")
A_RATE = Text(zh='比率(如 0.1 或 "10%")', en='a rate such as 0.1 or "10%"')
A_TRUTH = Text(zh="true 或 false", en="true or false")
A_DATE = Text(zh='日期(如 "2020-11-01")', en='a date such as "2020-11-01"')
A_MONTH = Text(zh='年月(如 "2020-11")', en='a month such as "2020-11"')
A_TEXT = Text(zh="文本", en="a text")
A_CHOICE = Text(zh="选项名称", en="the name of a value")


def _named(label: str) -> str:
    return f"“{label}”" if label else ""


def _called(label: str) -> str:
    return f' ("{label}")' if label else ""
