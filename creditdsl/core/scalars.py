"""One value of the input: from what JSON, CSV or Python gives to a value of the core.

In: a value of any kind and the field that it is for. Out: the value at the field's type, scaled, or what is wrong.
Numbers are taken exactly: integers, decimals, decimal strings; a float by its shortest decimal form.
"""

import json
import math
import re
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches

from creditdsl.core import messages
from creditdsl.core.calendar import day_of
from creditdsl.core.intervals import INPUT_DAYS, INPUT_MONTHS, INT64
from creditdsl.core.ir import Enumeration, InputField, Interval, Value
from creditdsl.core.notation import written
from creditdsl.core.types import Choice, Day, Month, Number, Plain, Truth, Unit, plain
from creditdsl.core.types import Text as TextType
from creditdsl.diagnostics import Code, InternalError, Text
from creditdsl.frozen import dataclass

MOST_FLOAT_DIGITS = 15
"""A decimal of so many significant digits survives a binary float unchanged."""

MOST_DIGITS = 60
"""A number with more digits lies outside every range, or has more places than any type."""

BEYOND = 10**MOST_DIGITS

_DECIMAL = re.compile(r"[+-]?[0-9]{1,60}(\.[0-9]{1,60})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a value is refused."""

    code: Code
    message: Text
    help: Text | None = None


def load_value(raw: object, item: InputField, path: str, enum: Enumeration | None) -> Value | Problem:
    """The value of a field that is given (not None); `enum` is that of a Choice."""
    type_ = plain(item.type)
    match type_:
        case Truth():
            return raw if isinstance(raw, bool) else _wrong(path, raw, messages.A_TRUTH)
        case Number():
            return _load_number(raw, type_, path, item.range)
        case Day():
            return _load_day(raw, path, item.range or INPUT_DAYS)
        case Month():
            return _load_month(raw, path, item.range or INPUT_MONTHS)
        case Choice():
            return _load_choice(raw, path, enum)
        case TextType():
            return raw if isinstance(raw, str) and _is_unicode(raw) else _wrong(path, raw, messages.A_TEXT)


def raw_form(raw: object) -> str:
    """How a refused value is shown: as JSON writes it, cut off where it is long."""
    if isinstance(raw, bool) or raw is None:
        return "null" if raw is None else str(raw).lower()
    if isinstance(raw, int) and raw.bit_length() > 200:
        return f"10^{int(raw.bit_length() * math.log10(2))}"
    if isinstance(raw, list | tuple | dict):
        return "{...}" if isinstance(raw, dict) else "[...]"
    if isinstance(raw, str):
        text = raw if len(raw) <= MOST_DIGITS else raw[:MOST_DIGITS] + "..."
        return json.dumps(text, ensure_ascii=not _is_unicode(text))
    return str(raw)[:MOST_DIGITS]


def _wrong(path: str, raw: object, expected: Text) -> Problem:
    return Problem(Code.CR0903, messages.wrong_type(path, raw_form(raw), expected))


def _is_unicode(text: str) -> bool:
    """Whether a text can be written out: half of a surrogate pair cannot."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _load_number(raw: object, type_: Number, path: str, range_: Interval | None) -> Value | Problem:
    number = _decimal(raw, type_, path)
    if isinstance(number, Problem):
        return number
    sign, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int):
        return _wrong(path, raw, messages.A_NUMBER)
    size, exponent = int("".join(map(str, digits[:MOST_DIGITS]))), exponent + type_.scale
    while size and size % 10 == 0 and exponent < 0:
        size, exponent = size // 10, exponent + 1
    if size and exponent < 0:
        return Problem(Code.CR0903, messages.too_many_places(path, raw_form(raw), type_.scale))
    scaled = size * 10 ** min(exponent, MOST_DIGITS) if size else 0
    return _within(-scaled if sign else scaled, raw, path, type_, range_ or INT64)


def _decimal(raw: object, type_: Number, path: str) -> Decimal | Problem:
    """The exact number that was given, before its scale."""
    expected = messages.A_RATE if type_.unit is Unit.RATE else messages.A_NUMBER
    if isinstance(raw, bool):
        return _wrong(path, raw, expected)
    if isinstance(raw, int):
        return Decimal(raw) if abs(raw) < BEYOND else Decimal(BEYOND if raw > 0 else -BEYOND)
    if isinstance(raw, float):
        return _decimal_of_float(raw, path, expected)
    if isinstance(raw, Decimal):
        small = raw.is_finite() and len(raw.as_tuple().digits) <= MOST_DIGITS
        return raw if small else _wrong(path, raw, expected)
    if isinstance(raw, str) and _DECIMAL.fullmatch(raw):
        return Decimal(raw)
    if isinstance(raw, str) and type_.unit is Unit.RATE and raw.endswith("%") and _DECIMAL.fullmatch(raw[:-1]):
        sign, digits, exponent = Decimal(raw[:-1]).as_tuple()
        return Decimal((sign, digits, int(exponent) - 2))
    return _wrong(path, raw, expected)


def _decimal_of_float(raw: float, path: str, expected: Text) -> Decimal | Problem:
    if not math.isfinite(raw):
        return _wrong(path, raw, expected)
    number = Decimal(repr(raw))
    digits = "".join(map(str, number.as_tuple().digits)).strip("0")
    if len(digits) > MOST_FLOAT_DIGITS:
        return Problem(Code.CR0903, messages.too_many_digits(path, raw_form(raw)))
    return number


def _load_day(raw: object, path: str, range_: Interval) -> Value | Problem:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return _within(day_of(raw), raw, path, Day(), range_)
    if not isinstance(raw, str) or not _DATE.fullmatch(raw):
        return _wrong(path, raw, messages.A_DATE)
    try:
        day = day_of(date.fromisoformat(raw))
    except ValueError:
        return Problem(Code.CR0904, messages.no_such_day(path, raw_form(raw)))
    return _within(day, raw, path, Day(), range_)


def _load_month(raw: object, path: str, range_: Interval) -> Value | Problem:
    found = _MONTH.fullmatch(raw) if isinstance(raw, str) else None
    if found is None:
        return _wrong(path, raw, messages.A_MONTH)
    return _within(int(found[1]) * 12 + int(found[2]) - 1, raw, path, Month(), range_)


def _within(value: int, raw: object, path: str, type_: Plain, range_: Interval) -> Value | Problem:
    if range_.low <= value <= range_.high:
        return value
    low, high = written(range_.low, type_), written(range_.high, type_)
    return Problem(Code.CR0904, messages.outside_range(path, raw_form(raw), low, high))


def _load_choice(raw: object, path: str, enum: Enumeration | None) -> Value | Problem:
    if enum is None:
        raise InternalError(f"{path} is a choice of no enum")
    if not isinstance(raw, str):
        return _wrong(path, raw, messages.A_CHOICE)
    if raw in enum.names:
        return raw
    labelled = [value.name for value in enum.values if raw in value.label]
    near = labelled or get_close_matches(raw[:MOST_DIGITS], enum.names, 1)
    help_ = messages.did_you_mean(near[0]) if near else None
    return Problem(Code.CR0904, messages.not_a_choice(path, raw_form(raw), enum.names), help_)
