"""How types, units and values are called in messages, in both languages."""

from creditdsl.core.calendar import date_of
from creditdsl.core.notation import decimal, month_text
from creditdsl.core.types import Choice, Day, Month, Number, Optional, Text, Truth, Type, Unit
from creditdsl.diagnostics import Code, Diagnostic
from creditdsl.diagnostics import Text as Wording
from creditdsl.source import Span

UNITS: dict[Unit, Wording] = {
    Unit.NUMBER: Wording("无单位的数", "a plain number"),
    Unit.POINTS: Wording("分", "points"),
    Unit.YUAN: Wording("元", "yuan"),
    Unit.RATE: Wording("百分比", "a rate"),
    Unit.DAYS: Wording("天", "days"),
    Unit.WORKDAYS: Wording("个工作日", "workdays"),
    Unit.MONTHS: Wording("个月", "months"),
    Unit.YEARS: Wording("年", "years"),
}


def type_name(type_: Type) -> Wording:
    """A type in words."""
    match type_:
        case Truth():
            return Wording("是非", "a truth value")
        case Number(unit=unit):
            return UNITS[unit]
        case Day():
            return Wording("日期", "a date")
        case Month():
            return Wording("月份", "a month")
        case Choice(enum=enum):
            return Wording(f"`{enum}` 的取值", f"a value of `{enum}`")
        case Text():
            return Wording("文本", "text")
        case Optional(of=inner):
            name = type_name(inner)
            return Wording(f"{name.zh}(可缺失)", f"{name.en} (may be absent)")


SUFFIXES: dict[Unit, str] = {
    Unit.NUMBER: "",
    Unit.POINTS: " points",
    Unit.YUAN: " yuan",
    Unit.RATE: "%",
    Unit.DAYS: " days",
    Unit.WORKDAYS: " workdays",
    Unit.MONTHS: " months",
    Unit.YEARS: " years",
}


def show_value(value: int, type_: Type | None) -> str:
    """A value as an author would write it."""
    match type_:
        case Number(unit=Unit.RATE, scale=scale):
            return f"{decimal(value * 100, scale)}%"
        case Number(unit=unit, scale=scale):
            return decimal(value, scale) + SUFFIXES[unit]
        case Day():
            return date_of(value).isoformat()
        case Month():
            return month_text(value)
        case Optional(of=inner):
            return show_value(value, inner)
        case _:
            return str(value)


def simple(code: Code, span: Span, message: tuple[str, str], remedy: tuple[str, str]) -> Diagnostic:
    """A finding without labels or facts; the message and the remedy in Chinese and English."""
    return Diagnostic(code, span, Wording(*message), Wording(*remedy))
