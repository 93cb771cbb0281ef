"""How values of the core are written in results, messages and printed core."""

from creditdsl.core.calendar import date_of
from creditdsl.core.ir import Value
from creditdsl.core.types import Choice, Day, Month, Number, Text, Truth, Type, Unit, plain
from creditdsl.diagnostics import InternalError

WHOLE_UNITS = (Unit.NUMBER, Unit.DAYS, Unit.WORKDAYS, Unit.MONTHS, Unit.YEARS)
"""What a result gives as a JSON integer when its scale is 0; points, yuan and rates are always decimal strings."""


def decimal(value: int, scale: int) -> str:
    """The exact decimal of value / 10^scale, without trailing zeros.

    >>> decimal(-25, 2), decimal(9500, 2), decimal(875, 1)
    ('-0.25', '95', '87.5')
    """
    whole, rest = divmod(abs(value), 10**scale)
    places = f"{rest:0{scale}d}".rstrip("0") if scale else ""
    return f"{'-' if value < 0 else ''}{whole}{'.' + places if places else ''}"


def month_text(month: int) -> str:
    """`2020-11` for a month of years 1 to 9999."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def json_value(value: Value, type_: Type) -> Value:
    """A value as docs/result.md has it: a JSON scalar."""
    if value is None or isinstance(value, bool | str):
        return value
    match plain(type_):
        case Number(unit, scale):
            return value if scale == 0 and unit in WHOLE_UNITS else decimal(value, scale)
        case Day():
            return date_of(value).isoformat()
        case Month():
            return month_text(value)
        case Truth() | Choice() | Text():
            raise InternalError(f"an integer {value} where the type is {type_}")


def written(value: Value, type_: Type) -> str:
    """A value as text, such as `95`, `2020-11-01`, `true` or `null`; a text is not quoted."""
    shown = json_value(value, type_)
    if shown is None or isinstance(shown, bool):
        return "null" if shown is None else str(shown).lower()
    return str(shown)


DIGITS = "零一二三四五六七八九"


def chinese_numeral(number: int) -> str:
    """A whole number from 0 to 9999 in Chinese characters, as articles are counted.

    >>> [chinese_numeral(number) for number in (5, 10, 18, 20, 32, 105, 110, 2014)]
    ['五', '十', '十八', '二十', '三十二', '一百零五', '一百一十', '二千零一十四']
    """
    if number < 10:
        return DIGITS[number]
    text = ""
    for weight, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // weight % 10
        if digit:
            text += DIGITS[digit] + name
        elif text and not text.endswith("零"):
            text += "零"
    text = text.rstrip("零")
    return text[1:] if 10 <= number < 20 else text


def ordinal(number: str) -> str:
    """The number of an article in Chinese characters when it is a plain number, as it stands when not."""
    return chinese_numeral(int(number)) if number.isascii() and number.isdigit() and len(number) <= 4 else number
