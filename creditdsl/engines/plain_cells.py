"""A column of a table as the values of a field, where that can be said for whole columns.

In: a field, a column of DuckDB and its type. Out: a `PlainColumn`: the value in the core's representation, and the condition
under which it is exactly what `engines.cells` and `core.inputs` make of the cell, and valid. Where the condition does not
hold, nothing is said: the cell is looked at by itself.
"""

import re
from dataclasses import dataclass

from creditdsl.core.calendar import date_of
from creditdsl.core.intervals import INPUT_DAYS, INPUT_MONTHS, INT64
from creditdsl.core.ir import Enumeration, InputField, Interval
from creditdsl.core.notation import decimal
from creditdsl.core.types import Choice, Day, Month, Number, Optional, Text, Truth, Unit, plain
from creditdsl.diagnostics import InternalError
from creditdsl.engines.cells import BLANKS, SHEET_ERROR, TRUTHS, names_by_text
from creditdsl.engines.duck import quoted_text

WHOLE = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?")
DECIMAL = re.compile(r"DECIMAL\(([0-9]+),\s?([0-9]+)\)")
INEXACT = ("FLOAT", "DOUBLE")
"""Read by their shortest decimal form."""
DAY_TEXT = "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}"
OTHER_DAY_TEXT = r"[0-9]{4}\.[0-9]{1,2}\.[0-9]{1,2}|[0-9]{8}|[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日"
PARTS_OF_A_DAY = r"^([0-9]{4})[.年]?([0-9]{1,2})[.月]?([0-9]{1,2})日?$"
MONTH_TEXT, OTHER_MONTH_TEXT = "[0-9]{4}[-/.]?(0[1-9]|1[0-2])", "[0-9]{4}年(0?[1-9]|1[0-2])月"
MIDNIGHT = re.compile(r"TIMESTAMP(_S|_MS|_NS)?")
WIDEST_IN_64_BITS = 18
"""The most digits of a DECIMAL that DuckDB computes in 64 bits."""

DAMAGE = ".#+"
"""Every text that a spreadsheet may have damaged has one of these characters."""
DOUBTFUL_TEXT = f"[{DAMAGE}]|^[{BLANKS}]|[{BLANKS}]$"


@dataclass(frozen=True, slots=True)
class PlainColumn:
    """`value` is whole numbers at the field's scale, DATE, months as numbers, BOOLEAN, the position of a choice, or text; it never
    fails. `holds` is true or false, never NULL."""

    value: str
    holds: str


def plain_column(field: InputField, column: str, physical: str, enum: Enumeration | None) -> PlainColumn:
    """How a column is read as a field; `enum` is the one of a choice."""
    value, holds = _present(field, column, physical, enum)
    if holds == NEVER:
        return PlainColumn(value, NEVER)
    present = f"coalesce({holds}, false)"
    return PlainColumn(value, f"({present} OR {column} IS NULL)" if isinstance(field.type, Optional) else present)


NEVER = "false"


def _present(field: InputField, column: str, physical: str, enum: Enumeration | None) -> tuple[str, str]:
    """The value of a cell that is not empty, and the condition; NULL there counts as false."""
    type_ = plain(field.type)
    match type_:
        case Truth():
            return _truth(column, physical)
        case Number(unit, scale):
            range_ = field.range or INT64
            rate = unit is Unit.RATE and scale >= PERCENT and physical == "VARCHAR"
            return _rate(type_, range_, column) if rate else _number(type_, range_, column, physical)
        case Day():
            return _day(field.range or INPUT_DAYS, column, physical)
        case Month():
            return _month(field.range or INPUT_MONTHS, column, physical)
        case Choice():
            return _choice(enum, column, physical)
        case Text():
            return _text(column, physical)


def _truth(column: str, physical: str) -> tuple[str, str]:
    if physical == "BOOLEAN":
        return column, f"{column} IS NOT NULL"
    if physical != "VARCHAR":
        return "CAST(NULL AS BOOLEAN)", NEVER
    holding = ", ".join(quoted_text(text) for text, value in TRUTHS.items() if value)
    known = ", ".join(quoted_text(text) for text in TRUTHS)
    return f"lower({column}) IN ({holding})", f"lower({column}) IN ({known})"


def integer_type(interval: Interval) -> str:
    """The type of whole numbers of an interval."""
    return "INTEGER" if -(2**31) <= interval.low and interval.high < 2**31 else "BIGINT"


def _number(type_: Number, range_: Interval, column: str, physical: str) -> tuple[str, str]:
    wanted = integer_type(range_)
    nothing = f"CAST(NULL AS {wanted})"
    exact_type = DECIMAL.fullmatch(physical)
    if physical in ("VARCHAR", *INEXACT) or (exact_type and int(exact_type[2]) > type_.scale):
        column = column if physical == "VARCHAR" else f"CAST({column} AS VARCHAR)"
        places = f"(\\.[0-9]{{1,{type_.scale}}}0*)?" if type_.scale else "(\\.0+)?"
        is_number = f"regexp_full_match({column}, {quoted_text(f'-?[0-9]{{1,18}}{places}')})"
        number = f"TRY_CAST({column} AS DECIMAL(38, {type_.scale}))"
    elif WHOLE.fullmatch(physical) or exact_type:
        is_number, number = None, column
    else:
        return nothing, NEVER
    whole_digits = len(str(max(abs(range_.low), abs(range_.high)) // 10**type_.scale))
    within = f"{number} BETWEEN {decimal(range_.low, type_.scale)} AND {decimal(range_.high, type_.scale)}"
    holds = within if is_number is None else f"({is_number} AND {within})"
    if not type_.scale:
        return f"TRY_CAST({number} AS {wanted})", holds
    # Of so few digits that DuckDB multiplies in 64 bits, where the range allows it.
    width = min(whole_digits + type_.scale, 38)
    factor = f"CAST({10**type_.scale} AS DECIMAL({type_.scale + 1}, 0))"
    scaled = f"TRY_CAST({number} AS DECIMAL({width}, {type_.scale})) * {factor}"
    if width + type_.scale + 1 > WIDEST_IN_64_BITS:
        scaled = f"CASE WHEN {holds} THEN TRY_CAST({number} AS DECIMAL(22, {type_.scale})) * {factor} END"
    return f"TRY_CAST({scaled} AS {wanted})", holds


PERCENT = 2
"""By so many places `57%` is less than 57."""


def _rate(type_: Number, range_: Interval, column: str) -> tuple[str, str]:
    """A decimal, or a percentage."""
    hundredths = Number(type_.unit, type_.scale - PERCENT)
    percent = _number(hundredths, range_, f"left({column}, length({column}) - 1)", "VARCHAR")
    value, holds = (
        f"CASE WHEN right({column}, 1) IN ('%', '\uff05') THEN {of_percent} ELSE {other} END"
        for of_percent, other in zip(percent, _number(type_, range_, column, "VARCHAR"), strict=True)
    )
    return value, holds


def _day(range_: Interval, column: str, physical: str) -> tuple[str, str]:
    low, high = (f"DATE {quoted_text(date_of(end).isoformat())}" for end in (range_.low, range_.high))
    if physical == "DATE":
        return column, f"{column} BETWEEN {low} AND {high}"
    if physical == "VARCHAR":
        usual, other = (f"regexp_full_match({column}, {quoted_text(form)})" for form in (DAY_TEXT, OTHER_DAY_TEXT))
        parts = rf"regexp_replace({column}, {quoted_text(PARTS_OF_A_DAY)}, '\1-\2-\3')"
        text = f"CASE WHEN {usual} THEN replace({column}, '/', '-') WHEN {other} THEN {parts} END"
        value = f"TRY_CAST({text} AS DATE)"
        return value, f"({value} BETWEEN {low} AND {high})"
    if MIDNIGHT.fullmatch(physical):
        value = f"CAST({column} AS DATE)"
        return value, f"({column} = {value} AND {value} BETWEEN {low} AND {high})"
    return "CAST(NULL AS DATE)", NEVER


def _month(range_: Interval, column: str, physical: str) -> tuple[str, str]:
    if physical != "VARCHAR":
        return "CAST(NULL AS INTEGER)", NEVER
    usual, other = (f"regexp_full_match({column}, {quoted_text(form)})" for form in (MONTH_TEXT, OTHER_MONTH_TEXT))
    between = f"replace(substr({column}, 6), '月', '')"
    month = f"TRY_CAST(CASE WHEN {usual} THEN right({column}, 2) WHEN {other} THEN {between} END AS INTEGER)"
    value = f"(TRY_CAST(left({column}, 4) AS INTEGER) * 12 + {month} - 1)"
    return value, f"({value} BETWEEN {range_.low} AND {range_.high})"


def _choice(enum: Enumeration | None, column: str, physical: str) -> tuple[str, str]:
    if enum is None:
        raise InternalError("a choice without its enum")
    text = f"CAST({column} AS VARCHAR)" if physical.startswith("ENUM") else column
    if physical != "VARCHAR" and text == column:
        return "CAST(NULL AS INTEGER)", NEVER
    known = {given: name for given, name in names_by_text(enum).items() if given == name or _is_as_given(given)}
    code = f"CAST(enum_code(TRY_CAST({text} AS ENUM({', '.join(map(quoted_text, known))}))) AS INTEGER)"
    labels = [str(enum.names.index(name)) for name in known.values()][len(enum.names) :]
    if not labels:
        return code, f"{code} IS NOT NULL"
    # The names come first, and a label is its value's.
    of_label = f"[{', '.join(labels)}][{code} - {len(enum.names) - 1}]"
    return f"CASE WHEN {code} < {len(enum.names)} THEN {code} ELSE {of_label} END", f"{code} IS NOT NULL"


def _is_as_given(label: str) -> bool:
    """Whether a cell with a label in it is read as that label."""
    return bool(label) and label == label.strip(BLANKS) and not SHEET_ERROR.fullmatch(label)


def _text(column: str, physical: str) -> tuple[str, str]:
    if physical != "VARCHAR":
        return f"CAST({column} AS VARCHAR)", NEVER
    return column, f"({column} <> '' AND NOT regexp_matches({column}, {quoted_text(DOUBTFUL_TEXT)}))"
