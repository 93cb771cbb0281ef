"""A physical column as a field: its value at the core's representation, and whether it is a valid one.

In: a field, the column and its type as the database names it. Out: a `Reading`. What is not valid is told and never scored:
a number with more places than its field has, a day that does not exist, a name that the enum does not have. An absent
value is the matter of the row (`rows`): nothing here holds of it, and nothing fails on it.

| type of the column | fields that it can hold |
|---|---|
| whole numbers, DECIMAL | numbers; whole numbers also text |
| DOUBLE, FLOAT | numbers of at most 15 digits, by their shortest decimal form |
| BOOLEAN | truths |
| DATE, TIMESTAMP (midnight) | days |
| text | numbers `12.50`, rates also `10%`, truths `true` and `false`, days `2020-11-01`, months `2020-11`, names, texts |
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from creditdsl.backends.sql import build
from creditdsl.backends.sql.build import Tree
from creditdsl.backends.sql.source import ANY_DAY, ANY_NUMBER, AS_IN_CORE
from creditdsl.backends.sql.target import CannotExpress, Target
from creditdsl.core.calendar import date_of
from creditdsl.core.intervals import INPUT_DAYS, INPUT_MONTHS, INT64
from creditdsl.core.ir import InputField, Interval
from creditdsl.core.scalars import MOST_FLOAT_DIGITS
from creditdsl.core.types import Choice, Day, Month, Number, Truth, Unit, plain
from creditdsl.core.types import Text as TextType
from creditdsl.diagnostics import Text

WHOLE = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER|[0-9]+)?|BYTE|SHORT|LONG")
DECIMAL = re.compile(r"(?:DECIMAL|NUMERIC|DEC)(?:\(\s*([0-9]+)\s*(?:,\s*([0-9]+)\s*)?\))?")
INEXACT = re.compile(r"DOUBLE( PRECISION)?|FLOAT[0-9]*|REAL")
TIMESTAMP = re.compile(r"TIMESTAMP(_S|_MS|_NS|_NTZ)?( WITHOUT TIME ZONE)?|DATETIME")
TEXT = re.compile(r"(VARCHAR|CHARACTER VARYING|CHAR|TEXT|STRING|BPCHAR|CHARACTER|ENUM)(\(.*\))?")

DAY_TEXT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
NEARLY_A_DAY = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
MONTH_TEXT = r"[0-9]{4}-(0[1-9]|1[0-2])"
WHOLE_TEXT = r"[+-]?[0-9]{1,20}"
"""With twenty digits before the point a number lies outside 64 bits."""


class Order(Enum):
    """Which of two conditions may be asked of any value; the other one only where that one holds."""

    TYPE_FIRST = "type"
    RANGE_FIRST = "range"


@dataclass(frozen=True, slots=True)
class Reading:
    """`value` is as the core has it, and may fail where `ok` does not hold.

    `typed` and `ranged` are what `ok` is made of: the value has the field's type, and it lies in its range. Each is None where
    it cannot be otherwise. Neither says anything of NULL.
    """

    value: Tree
    typed: Tree | None
    ranged: Tree | None
    order: Order | None = None

    @property
    def ok(self) -> Tree:
        """Whether a value that is there is one of the field. Takes over the conditions: to be asked for once, and nothing else."""
        conditions = [condition for condition in (self.ranged, self.typed) if condition is not None]
        if self.order is None or len(conditions) < 2:
            return build.all_of(conditions)
        ranged, typed = conditions
        first, second = (typed, ranged) if self.order is Order.TYPE_FIRST else (ranged, typed)
        return build.when([(first, second)], build.truth(False))

    @property
    def wrong_type(self) -> Tree | None:
        """Whether a value that is there is known to have another type; never NULL."""
        return self._broken(self.typed, self.ranged if self.order is Order.RANGE_FIRST else None)

    @property
    def out_of_range(self) -> Tree | None:
        """Whether a value of the right type lies outside the range; never NULL."""
        return self._broken(self.ranged, self.typed if self.order is not Order.RANGE_FIRST else None)

    def _broken(self, condition: Tree | None, first: Tree | None) -> Tree | None:
        if condition is None:
            return None
        broken = build.negation(build.coalesce(build.again(condition), build.truth(False)))
        return broken if first is None else build.when([(build.again(first), broken)], build.truth(False))


def reading(field: InputField, column: Tree, physical_type: str, target: Target, names: Sequence[str] = ()) -> Reading:
    """How a column is read as a field; `names` are those of its enum. CannotExpress for a type that cannot hold it."""
    type_, name = plain(field.type), " ".join(physical_type.upper().split())
    if name == AS_IN_CORE:
        return Reading(column, None, None)
    match type_:
        case Number():
            found = _number(field, type_, column, name, target)
        case Truth():
            found = _truth(column, name)
        case Day():
            found = _day(column, name, field.range or INPUT_DAYS, target)
        case Month():
            found = _month(column, name, field.range or INPUT_MONTHS, target)
        case Choice():
            found = _choice(column, name, names)
        case TextType():
            found = _text(column, name)
    if found is None:
        raise CannotExpress(
            Text(
                f"字段 `{field.name}` 不能从 `{physical_type}` 类型的列读取。",
                f"The field `{field.name}` cannot be read from a column of type `{physical_type}`.",
            ),
            Text("改变列的类型。", "Change the type of the column."),
        )
    return found


def integer_type(interval: Interval) -> str:
    """The SQL type of a whole number with an interval."""
    return "INTEGER" if -(2**31) <= interval.low and interval.high < 2**31 else "BIGINT"


def _number(field: InputField, type_: Number, column: Tree, name: str, target: Target) -> Reading | None:
    range_ = field.range or INT64
    decimal = DECIMAL.fullmatch(name)
    if WHOLE.fullmatch(name):
        return _scaled(build.cast(column, "BIGINT") if type_.scale else column, column, type_.scale, range_)
    if decimal and decimal[1] and int(decimal[2] or 0) <= type_.scale:
        return _scaled(_decimal(column, type_.scale, range_), column, type_.scale, range_)
    if decimal or name == ANY_NUMBER:
        found = _scaled(_decimal(column, type_.scale, range_), column, type_.scale, range_)
        return Reading(found.value, _has_places(column, type_.scale, target), found.ranged, Order.RANGE_FIRST)
    if INEXACT.fullmatch(name):
        return _inexact(build.cast(column, "TEXT"), type_, range_, target)
    if TEXT.fullmatch(name):
        if type_.unit is Unit.RATE:
            return _rate_text(column, type_, range_, target)
        return _number_text(column, type_.scale, range_, target)
    return None


def _scaled(number: Tree, column: Tree, scale: int, range_: Interval) -> Reading:
    """Of an exact number; its range is looked at before it is scaled."""
    low, high = (_unscaled(end, scale) for end in (range_.low, range_.high))
    value = build.multiply(number, build.integer(10**scale)) if scale else number
    return Reading(build.cast(value, integer_type(range_)), None, build.between(build.again(column), low, high))


def _decimal(column: Tree, scale: int, range_: Interval) -> Tree:
    """A number at a type in which it can be scaled without leaving it."""
    if not scale:
        return column
    widest = max(abs(range_.low), abs(range_.high)) * 10**scale
    return build.cast(column, f"DECIMAL({18 if widest < 10**18 else 38}, {scale})")


def _has_places(column: Tree, scale: int, target: Target) -> Tree:
    """Whether a number in its range has at most so many places."""
    if scale and not target.exact_remainder:
        return build.equal(build.again(column), build.cast(build.again(column), f"DECIMAL(38, {scale})"))
    unit = build.exact(f"0.{'0' * (scale - 1)}1") if scale else build.integer(1)
    return build.equal(build.remainder(build.again(column), unit), build.integer(0))


def _number_pattern(scale: int) -> str:
    """A number as text, with at most so many places that are not zeros at its end."""
    return WHOLE_TEXT + (rf"(\.[0-9]{{1,{scale}}}0*)?" if scale else r"(\.0+)?")


def _unscaled(value: int, scale: int) -> Tree:
    """A scaled number as people write it."""
    if not scale:
        return build.integer(value)
    whole, rest = divmod(abs(value), 10**scale)
    number = build.exact(f"{whole}.{rest:0{scale}d}".rstrip("0").rstrip("."))
    return build.negate(number) if value < 0 else number


def _number_text(column: Tree, scale: int, range_: Interval, target: Target) -> Reading:
    number = build.cast(column, f"DECIMAL(38, {scale})")
    found = _scaled(number, number, scale, range_)
    return Reading(
        found.value, target.matches(build.again(column), _number_pattern(scale)), found.ranged, Order.TYPE_FIRST
    )


def _rate_text(column: Tree, type_: Number, range_: Interval, target: Target) -> Reading:
    """A rate with or without a per-cent sign, behind which two more places are taken."""
    shorter = max(type_.scale - 2, 0)
    percent = target.matches(build.again(column), _number_pattern(shorter) + "%")
    plain_text = target.matches(build.again(column), _number_pattern(type_.scale))
    digits = build.call("REPLACE", column, build.text("%"), build.text(""))
    number = build.cast(digits, f"DECIMAL(38, {type_.scale})")
    scaled = build.multiply(number, build.integer(10**type_.scale))
    factor = build.integer(10 ** max(type_.scale - 2, 0))
    of_percent = build.multiply(build.again(number), factor)
    value = build.when([(build.again(percent), of_percent)], scaled)
    low, high = build.integer(range_.low), build.integer(range_.high)
    ranged = build.between(build.again(value), low, high)
    return Reading(
        build.cast(value, integer_type(range_)), build.any_of([plain_text, percent]), ranged, Order.TYPE_FIRST
    )


def _inexact(shown: Tree, type_: Number, range_: Interval, target: Target) -> Reading:
    """By its shortest decimal form, which must be short enough to have survived."""
    digits = build.call("REPLACE", build.call("REPLACE", build.again(shown), build.text("."), build.text("")), *_dash())
    few = build.at_most(build.call("LENGTH", build.call("TRIM", digits)), build.integer(MOST_FLOAT_DIGITS))
    found = _number_text(shown, type_.scale, range_, target)
    return Reading(found.value, build.all_of([few, found.typed or build.truth(True)]), found.ranged, Order.TYPE_FIRST)


def _dash() -> tuple[Tree, Tree]:
    return build.text("-"), build.text("")


def _truth(column: Tree, name: str) -> Reading | None:
    if name in ("BOOLEAN", "BOOL"):
        return Reading(column, None, None)
    if TEXT.fullmatch(name):
        known = build.one_of(build.again(column), [build.text("true"), build.text("false")])
        return Reading(build.equal(column, build.text("true")), known, None)
    return None


def _day(column: Tree, name: str, range_: Interval, target: Target) -> Reading | None:
    low, high = build.day(date_of(range_.low)), build.day(date_of(range_.high))
    if name == "DATE":
        return Reading(column, None, build.between(build.again(column), low, high))
    if name == ANY_DAY or TIMESTAMP.fullmatch(name):
        value = build.cast(column, "DATE")
        # Not `=`: what Spark infers from a column that equals something of itself has no end.
        midnight = build.at_most(build.again(column), build.again(value))
        return Reading(value, midnight, build.between(build.again(column), low, high))
    if TEXT.fullmatch(name):
        return _day_text(column, low, high, target)
    return None


def _day_text(column: Tree, low: Tree, high: Tree, target: Target) -> Reading:
    matches = target.matches(build.again(column), DAY_TEXT)
    if target.try_cast is not None:
        value = target.try_cast(build.again(column), "DATE")
        ranged = build.coalesce(build.between(build.again(value), low, high), build.truth(False))
        return Reading(value, matches, ranged, Order.TYPE_FIRST)
    # PostgreSQL fails on the text of a day that does not exist: the month's first day, and so many days on, in the same month.
    year, month, day = (build.cast(build.call("SUBSTR", build.again(column), *map(build.integer, part)), "INTEGER")
                        for part in ((1, 4), (6, 2), (9, 2)))  # fmt: skip
    first = build.call("MAKE_DATE", build.call("GREATEST", year, build.integer(1)), month, build.integer(1))
    value = build.add(first, build.subtract(day, build.integer(1)))
    same = build.equal(build.call("TO_CHAR", build.again(value), build.text("YYYY-MM-DD")), build.again(column))
    exists = build.all_of([same, build.between(build.again(value), low, high)])
    ranged = build.when([(target.matches(build.again(column), NEARLY_A_DAY), exists)], build.truth(False))
    return Reading(value, matches, ranged, Order.TYPE_FIRST)


def _month(column: Tree, name: str, range_: Interval, target: Target) -> Reading | None:
    if not TEXT.fullmatch(name):
        return None
    year, month = (
        build.cast(build.call("SUBSTR", build.again(column), *map(build.integer, part)), "INTEGER")
        for part in ((1, 4), (6, 2))
    )
    value = build.subtract(build.add(build.multiply(year, build.integer(12)), month), build.integer(1))
    ranged = build.between(build.again(value), build.integer(range_.low), build.integer(range_.high))
    return Reading(value, target.matches(column, MONTH_TEXT), ranged, Order.TYPE_FIRST)


def _choice(column: Tree, name: str, names: Sequence[str]) -> Reading | None:
    if not TEXT.fullmatch(name):
        return None
    value = build.cast(column, "TEXT") if name.startswith("ENUM") else column
    return Reading(value, None, build.one_of(build.again(value), [build.text(item) for item in names]))


def _text(column: Tree, name: str) -> Reading | None:
    if TEXT.fullmatch(name):
        return Reading(column, None, None)
    if WHOLE.fullmatch(name):
        return Reading(build.cast(column, "TEXT"), None, None)
    return None
