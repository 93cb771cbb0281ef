"""Numbers, days and places in a source as a reader writes them, in Chinese and English.

In: exact numbers (digits and decimal places, or an integer at a scale), dates, locators. Out: plain text. Nothing here
rounds: what cannot be written exactly is written with all its places.
"""

from datetime import date

from creditdsl.core.calendar import date_of
from creditdsl.core.ir import Value
from creditdsl.core.types import Day, Month, Number, Optional, Type, Unit
from creditdsl.diagnostics import Language
from creditdsl.syntax.tree import UnitWord

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
MINUS = "\u2212"


def decimal(digits: int, places: int) -> str:
    """An exact number with grouped digits and no trailing zeros after the point.

    >>> decimal(123450, 2), decimal(-5, 1), decimal(100, 2)
    ('1,234.5', '−0.5', '1')
    """
    whole, part = divmod(abs(digits), 10**places)
    fraction = f"{part:0{places}d}".rstrip("0") if places else ""
    return (MINUS if digits < 0 else "") + f"{whole:,}" + (f".{fraction}" if fraction else "")


def share(part: int, whole: int) -> str:
    """`part` of `whole` in per cent with two places, rounded down.

    >>> share(1, 3)
    '33.33%'
    """
    hundredths = part * 10_000 // whole
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


def day_text(day: date, language: Language) -> str:
    """One day, written out."""
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def month_text(year: int, month: int, language: Language) -> str:
    """One month of a year, written out; `month` from 1."""
    return f"{year}年{month}月" if language == "zh" else f"{MONTHS[month - 1]} {year}"


def period_text(period: str, language: Language) -> str:
    """An assessment period, written out.

    >>> period_text("2020", "zh"), period_text("2020-Q1", "zh"), period_text("2020-11", "en")
    ('2020年度', '2020年第1季度', 'November 2020')
    """
    year, _, part = period.partition("-")
    if part.startswith("Q"):
        return f"{year}年第{part[1:]}季度" if language == "zh" else f"quarter {part[1:]} of {year}"
    if part:
        return month_text(int(year), int(part), language)
    return f"{year}年度" if language == "zh" else year


def interval_text(start: date | None, end: date | None, language: Language) -> str:
    """An interval of days, both included and None open; empty when both are open."""
    if start is None and end is None:
        return ""
    first = day_text(start, language) if start else ""
    last = day_text(end, language) if end else ""
    if language == "zh":
        return f"{first}至{last}" if start and end else f"{first}起" if start else f"至{last}"
    return f"{first} to {last}" if start and end else f"from {first}" if start else f"until {last}"


UNIT_TEXTS: dict[UnitWord, tuple[str, str, str]] = {
    UnitWord.POINTS: ("分", " point", " points"),
    UnitWord.YUAN: ("元", " yuan", " yuan"),
    UnitWord.TEN_THOUSAND_YUAN: ("万元", "", ""),
    UnitWord.HUNDRED_MILLION_YUAN: ("亿元", "", ""),
    UnitWord.PERCENT: ("%", "%", "%"),
    UnitWord.PERCENTAGE_POINTS: ("个百分点", " percentage point", " percentage points"),
    UnitWord.DAYS: ("日", " day", " days"),
    UnitWord.WORKDAYS: ("个工作日", " working day", " working days"),
    UnitWord.MONTHS: ("个月", " month", " months"),
    UnitWord.YEARS: ("年", " year", " years"),
}
"""For each unit: Chinese, English for one, English for more. The two large amounts are multiplied out in English."""


def quantity(digits: int, places: int, unit: UnitWord | None, language: Language) -> str:
    """A number with its unit.

    >>> quantity(10, 0, UnitWord.TEN_THOUSAND_YUAN, "zh"), quantity(10, 0, UnitWord.TEN_THOUSAND_YUAN, "en")
    ('10万元', '100,000 yuan')
    >>> quantity(1, 0, UnitWord.DAYS, "en"), quantity(15, 1, UnitWord.POINTS, "en")
    ('1 day', '1.5 points')
    """
    if unit is None:
        return decimal(digits, places)
    if language == "zh":
        return decimal(digits, places) + UNIT_TEXTS[unit][0]
    if unit is UnitWord.TEN_THOUSAND_YUAN:
        return quantity(digits * 10**4, places, UnitWord.YUAN, language)
    if unit is UnitWord.HUNDRED_MILLION_YUAN:
        return quantity(digits * 10**8, places, UnitWord.YUAN, language)
    single = abs(digits) == 10**places
    return decimal(digits, places) + UNIT_TEXTS[unit][1 if single else 2]


CORE_UNITS: dict[Unit, UnitWord | None] = {
    Unit.NUMBER: None,
    Unit.POINTS: UnitWord.POINTS,
    Unit.YUAN: UnitWord.YUAN,
    Unit.RATE: UnitWord.PERCENT,
    Unit.DAYS: UnitWord.DAYS,
    Unit.WORKDAYS: UnitWord.WORKDAYS,
    Unit.MONTHS: UnitWord.MONTHS,
    Unit.YEARS: UnitWord.YEARS,
}


def core_value(value: Value, type_: Type, language: Language) -> str:
    """A value of the core as text: yuan in 亿 and 万 where they are whole, rates as percentages, days written out."""
    plain = type_.of if isinstance(type_, Optional) else type_
    if isinstance(value, bool):
        return {"zh": ("否", "是"), "en": ("no", "yes")}[language][value]
    if value is None or isinstance(value, str):
        return value or ""
    match plain:
        case Day():
            return day_text(date_of(value), language)
        case Month():
            return month_text(value // 12, value % 12 + 1, language)
        case Number(unit=Unit.RATE, scale=scale):
            return decimal(value * 100, scale) + "%"
        case Number(unit=Unit.YUAN, scale=scale) if language == "zh":
            return _yuan(value, scale)
        case Number(unit=unit, scale=scale):
            return quantity(value, scale, CORE_UNITS[unit], language)
    return str(value)


def _yuan(value: int, scale: int) -> str:
    for weight, unit in ((8, UnitWord.HUNDRED_MILLION_YUAN), (4, UnitWord.TEN_THOUSAND_YUAN)):
        if value and value % 10 ** (scale + weight) == 0:
            return quantity(value // 10 ** (scale + weight), 0, unit, "zh")
    return quantity(value, scale, UnitWord.YUAN, "zh")
