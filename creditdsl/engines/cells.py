"""One cell of a table becomes one value of a subject, or a refusal that says why.

In: the text of a cell, and the field that it fills. Out: what `core.inputs` takes (`docs/result.md`, "Input"): whole
numbers as int, amounts, points and rates as decimal strings, dates as `2020-11-01`, months as `2020-11`, enum values by
name, truth as bool, an empty cell as None. Ranges and missing values are judged when the subject is loaded, not here.

Only forms with one possible reading are taken; a form that a spreadsheet has damaged is refused with its cause.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from creditdsl.core.ir import Enumeration, InputField, JsonScalar
from creditdsl.core.types import Choice, Day, Month, Number, Plain, Text, Truth, Unit, plain
from creditdsl.diagnostics import Code
from creditdsl.diagnostics import Text as Message
from creditdsl.engines import messages

BLANKS = " \t\r\n\v\f\u00a0\u3000\ufeff"
"""What is cut from both ends of a cell."""

REMEMBERED = 50_000
"""How many distinct cells of one column are remembered with their values."""

TRUTHS = {"yes": True, "是": True, "true": True, "1": True, "no": False, "否": False, "false": False, "0": False}
WHOLE_UNITS = frozenset({Unit.NUMBER, Unit.DAYS, Unit.WORKDAYS, Unit.MONTHS, Unit.YEARS})

NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
GROUPED_NUMBER = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
EXPONENT = re.compile(r"-?[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]+")
DAMAGED_CODE = re.compile(r"[0-9]+\.0+")
DIGITS = re.compile(r"[0-9]+(?:\.0+)?")
SHEET_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|#+)")
DAY = re.compile(
    r"(?:([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})|([0-9]{4})([0-9]{2})([0-9]{2})"
    r"|([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日)(?:[ T]0{1,2}:00(?::00(?:\.0+)?)?)?"
)
MONTH = re.compile(r"(?:([0-9]{4})[-/.]([0-9]{1,2})|([0-9]{4})([0-9]{2})|([0-9]{4})年([0-9]{1,2})月)")
SERIAL_DAY = re.compile(r"([0-9]{5,6})(?:\.[0-9]+)?")
SERIAL_ZERO = date(1899, 12, 30).toordinal()
LAST_SERIAL = date(2199, 12, 31).toordinal() - SERIAL_ZERO


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a cell is not a value."""

    code: Code
    message: Message


Converter = Callable[[str], JsonScalar | Refusal]


class Reading(dict[str, JsonScalar | Refusal]):
    """The values of a column's cells by their text; a cell is read when it is asked for the first time.

    >>> from creditdsl.core.types import Number, Unit
    >>> Reading(InputField("months", Number(Unit.NUMBER), (), None), {})[" 36.0"]
    36
    """

    def __init__(self, field: InputField, enums: Mapping[str, Enumeration]) -> None:
        super().__init__()
        self.convert = _plain_converter(plain(field.type), enums)

    def __missing__(self, cell: str) -> JsonScalar | Refusal:
        if len(self) >= REMEMBERED:
            self.clear()
        self[cell] = value = self._read(cell.strip(BLANKS))
        return value

    def _read(self, text: str) -> JsonScalar | Refusal:
        if not text:
            return None
        return _wrong(messages.sheet_error(text)) if SHEET_ERROR.fullmatch(text) else self.convert(text)


def _plain_converter(type_: Plain, enums: Mapping[str, Enumeration]) -> Converter:
    match type_:
        case Truth():
            return _truth
        case Number(unit, scale):
            return _rate if unit is Unit.RATE else _whole if unit in WHOLE_UNITS and scale == 0 else _decimal
        case Day():
            return _day
        case Month():
            return _month
        case Choice(name):
            return _choice(enums[name])
        case Text():
            return _text


def _wrong(message: Message) -> Refusal:
    return Refusal(Code.CR0903, message)


def _truth(text: str) -> JsonScalar | Refusal:
    value = TRUTHS.get(text.lower())
    return _wrong(messages.not_a_truth(text)) if value is None else value


def _decimal(text: str) -> JsonScalar | Refusal:
    """A decimal string without trailing zeros behind the point; `12.5000` is `12.5`, exactly."""
    if not NUMBER.fullmatch(text):
        return _wrong(_number_trouble(text))
    number = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if number == "-0" else number


def _whole(text: str) -> JsonScalar | Refusal:
    number = _decimal(text)
    if isinstance(number, Refusal):
        return number
    digits = str(number)
    if "." in digits:
        return _wrong(messages.not_whole(text))
    return int(digits) if len(digits) <= 20 else _wrong(messages.too_many_digits(text))


def _rate(text: str) -> JsonScalar | Refusal:
    """`10%` as it stands, or a decimal."""
    if text.endswith(("%", "\uff05")):
        number = _decimal(text[:-1].rstrip(BLANKS))
        return number if isinstance(number, Refusal) else f"{number}%"
    return _decimal(text)


def _number_trouble(text: str) -> Message:
    if GROUPED_NUMBER.fullmatch(text):
        return messages.grouped_number(text)
    if EXPONENT.fullmatch(text):
        return messages.exponent(text)
    return messages.not_a_number(text)


def _day(text: str) -> JsonScalar | Refusal:
    found = DAY.fullmatch(text)
    if found is None:
        return _wrong(_day_trouble(text))
    year, month, day = (int(part) for part in found.groups() if part is not None and part.isdigit())
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return _wrong(messages.no_such_day(text))


def _day_trouble(text: str) -> Message:
    serial = SERIAL_DAY.fullmatch(text)
    if serial and 10_000 <= int(serial[1]) <= LAST_SERIAL:
        return messages.serial_day(text, date.fromordinal(SERIAL_ZERO + int(serial[1])).isoformat())
    if DAMAGED_CODE.fullmatch(text):
        return messages.damaged_code(text)
    if DAY.match(text):
        return messages.time_of_day(text)
    return messages.not_a_day(text)


def _month(text: str) -> JsonScalar | Refusal:
    found = MONTH.fullmatch(text)
    if found is None:
        return _wrong(messages.not_a_month(text))
    year, month = (int(part) for part in found.groups() if part is not None)
    return f"{year:04}-{month:02}" if 1 <= month <= 12 else _wrong(messages.not_a_month(text))


def names_by_text(enum: Enumeration) -> dict[str, str]:
    """What a cell may say of an enumeration, with the name of the value that is meant.

    Names first, then labels of any language that are not the name of a value; a label that two values share is not taken.
    """
    labelled: dict[str, set[str]] = {}
    for value in enum.values:
        for label in value.label:
            labelled.setdefault(label, set()).add(value.name)
    labels = {label: next(iter(names)) for label, names in labelled.items() if len(names) == 1}
    return {
        **{name: name for name in enum.names},
        **{label: labels[label] for label in labels if label not in enum.names},
    }


def _choice(enum: Enumeration) -> Converter:
    known = names_by_text(enum)
    unpadded = {name.lstrip("0"): name for name in enum.names if name.isdigit()}

    def convert(text: str) -> JsonScalar | Refusal:
        name = known.get(text)
        if name is not None:
            return name
        if DIGITS.fullmatch(text) and (meant := unpadded.get(text.partition(".")[0].lstrip("0"))):
            return _wrong(messages.damaged_choice(text, meant))
        return _wrong(messages.not_in_enum(text, enum, tuple(known)))

    return convert


def _text(text: str) -> JsonScalar | Refusal:
    if DAMAGED_CODE.fullmatch(text):
        return _wrong(messages.damaged_code(text))
    if EXPONENT.fullmatch(text) and "+" in text:
        return _wrong(messages.exponent(text))
    return text
