"""A column of a Parquet table as the values of a field, in the SQL of Spark.

In: a field, a column and its type as DuckDB and as Spark name it. Out: a `PlainColumn`: the value in the core's
representation, and the condition under which it is exactly what `engines.cells` and `core.inputs` make of the cell, and valid.
Where the condition does not hold, nothing is said: the cell is looked at by itself. Under ANSI a cast that fails ends a
query, so that whatever may fail is tried.
"""

import re
from dataclasses import dataclass

from creditdsl.core.calendar import date_of
from creditdsl.core.intervals import INPUT_DAYS, INPUT_MONTHS, INT64
from creditdsl.core.ir import Enumeration, InputField, Interval
from creditdsl.core.notation import decimal
from creditdsl.core.types import Choice, Day, Month, Number, Optional, Text, Truth, plain
from creditdsl.diagnostics import InternalError
from creditdsl.engines.cells import BLANKS, TRUTHS
from creditdsl.engines.plain_cells import DAMAGE, NEVER, PlainColumn

WHOLE = ("tinyint", "smallint", "int", "bigint")
DECIMAL = re.compile(r"decimal\(([0-9]+),([0-9]+)\)")
INEXACT = {"float": 6, "double": 15}
"""So many digits of a decimal always survive."""
WIDEST = 38
"""The most digits of a DECIMAL."""
NANOSECONDS = "TIMESTAMP_NS"
"""What DuckDB calls a column that Spark reads as the number of nanoseconds since 1970."""
NANOSECONDS_OF_A_DAY = 86_400_000_000_000

Reading = tuple[str, str]

NUMBER_TEXT = r"\A-?[0-9]{1,18}%s\z"
DAY_TEXT = r"\A[0-9]{4}([-/])[0-9]{1,2}\1[0-9]{1,2}\z"
MONTH_TEXT = r"\A[0-9]{4}-(0[1-9]|1[0-2])\z"


@dataclass(frozen=True, slots=True)
class Physical:
    """A column: its expression, and its type as Spark and as DuckDB name it."""

    column: str
    spark: str
    duck: str


def spark_text(text: str) -> str:
    """A text as a string literal of Spark's SQL."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def spark_name(name: str) -> str:
    """A name as an identifier of Spark's SQL."""
    return "`" + name.replace("`", "``") + "`"


def trimmed(text: str) -> str:
    """A text without blanks around it."""
    return f"trim(BOTH {spark_text(BLANKS)} FROM {text})"


def shown(physical: Physical) -> str:
    """A column as text; where it `has_one_text`, as DuckDB writes it."""
    return physical.column if physical.spark == "string" else f"CAST({physical.column} AS STRING)"


def has_one_text(physical: Physical) -> bool:
    """Whether Spark and DuckDB write the values of a column alike."""
    return physical.duck != NANOSECONDS and (
        physical.spark in ("string", "date", "boolean", *WHOLE) or DECIMAL.fullmatch(physical.spark) is not None
    )


def as_staged(physical: Physical) -> str:
    """A column as DuckDB has to read it again, so that its text is that of the table it stands in."""
    column = physical.column
    if physical.duck == NANOSECONDS:
        seconds = f"CAST(floor(CAST({column} AS DECIMAL(20, 0)) / 1000000000) AS BIGINT)"
        whole = f"CAST(CAST(timestamp_seconds({seconds}) AS TIMESTAMP_NTZ) AS STRING)"
        rest = f"rtrim('0', lpad(CAST(pmod({column}, 1000000000) AS STRING), 9, '0'))"
        return f"{whole} || CASE WHEN pmod({column}, 1000000000) = 0 THEN '' ELSE '.' || {rest} END"
    return f"CAST({column} AS TIMESTAMP_NTZ)" if physical.spark == "timestamp" else column


def spark_column(field: InputField, physical: Physical, enum: Enumeration | None) -> PlainColumn:
    """How a column is read as a field; `enum` is the one of a choice."""
    found = _present(field, physical, enum)
    if found is None:
        return PlainColumn(nothing(field), NEVER)
    value, holds = found
    absent = f"{physical.column} IS NULL" if isinstance(field.type, Optional) else "false"
    return PlainColumn(value, f"coalesce({holds}, {absent})")


def nothing(field: InputField) -> str:
    """The absent value of a field, at the type of its values."""
    type_ = plain(field.type)
    match type_:
        case Truth():
            named = "BOOLEAN"
        case Number():
            named = _integer_type(field.range or INT64)
        case Day():
            named = "DATE"
        case Month():
            named = "INT"
        case Choice() | Text():
            named = "STRING"
    return f"CAST(NULL AS {named})"


def _present(field: InputField, physical: Physical, enum: Enumeration | None) -> Reading | None:
    """The value of a cell that is not empty, and the condition, where NULL counts as false; None for a type of columns about
    which nothing is said."""
    type_ = plain(field.type)
    match type_:
        case Truth():
            return _truth(physical)
        case Number():
            return _number(type_, field.range or INT64, physical)
        case Day():
            return _day(field.range or INPUT_DAYS, physical)
        case Month():
            return _month(field.range or INPUT_MONTHS, physical)
        case Choice():
            return _choice(enum, physical)
        case Text():
            return _text(physical)


def _truth(physical: Physical) -> Reading | None:
    column = physical.column
    if physical.spark == "boolean":
        return column, f"{column} IS NOT NULL"
    if physical.spark != "string":
        return None
    holding = ", ".join(spark_text(text) for text, value in TRUTHS.items() if value)
    known = ", ".join(spark_text(text) for text in TRUTHS)
    return f"lower({column}) IN ({holding})", f"lower({column}) IN ({known})"


def _integer_type(interval: Interval) -> str:
    return "INT" if -(2**31) <= interval.low and interval.high < 2**31 else "BIGINT"


def _number(type_: Number, range_: Interval, physical: Physical) -> Reading | None:
    column, scale = physical.column, type_.scale
    wanted = _integer_type(range_)
    if physical.duck == NANOSECONDS:
        return None
    # As many digits as the range has; what has more is NULL, and so outside of it.
    whole = len(str(max(abs(range_.low), abs(range_.high)) // 10**scale))
    narrow = f"DECIMAL({min(whole + scale, WIDEST)}, {scale})"
    exact_type = DECIMAL.fullmatch(physical.spark)
    low, high = decimal(range_.low, scale), decimal(range_.high, scale)
    number = f"TRY_CAST({column} AS {narrow})"
    if physical.spark in WHOLE:
        number = f"CAST({column} AS BIGINT)"
        exact = f"{column} IS NOT NULL"
    elif exact_type:
        exact = f"{number} = {column}"
        if max(whole, int(exact_type[1]) - int(exact_type[2])) + max(scale, int(exact_type[2])) > WIDEST:
            return None
    elif physical.spark in INEXACT and INEXACT[physical.spark] > scale:
        exact = _survives(physical, number, scale)
    elif physical.spark == "string":
        places = f"([.][0-9]{{1,{scale}}}0*)?" if scale else "([.]0+)?"
        exact = f"{column} RLIKE {spark_text(NUMBER_TEXT % places)}"
    else:
        return None
    return _scaled(number, scale, wanted), f"({exact} AND {number} BETWEEN {low} AND {high})"


def _survives(physical: Physical, number: str, scale: int) -> str:
    """Whether a number with a binary point is the decimal, has no more digits than surely survive, and is written without an
    exponent."""
    column = physical.column
    most = INEXACT[physical.spark] - scale
    size = f"abs({column})"
    return f"CAST({number} AS {physical.spark.upper()}) = {column} AND {size} < 1e{most} AND ({column} = 0 OR {size} >= 1e-4)"


def _scaled(number: str, scale: int, wanted: str) -> str:
    if not scale:
        return f"TRY_CAST({number} AS {wanted})"
    return f"TRY_CAST(TRY_MULTIPLY({number}, {10**scale}) AS {wanted})"


def _day(range_: Interval, physical: Physical) -> Reading | None:
    column = physical.column
    low, high = (f"DATE {spark_text(date_of(end).isoformat())}" for end in (range_.low, range_.high))
    if physical.duck == NANOSECONDS:
        value = f"DATE_ADD(DATE '1970-01-01', CAST({column} DIV {NANOSECONDS_OF_A_DAY} AS INT))"
        return value, f"({column} % {NANOSECONDS_OF_A_DAY} = 0 AND {value} BETWEEN {low} AND {high})"
    if physical.spark == "date":
        return column, f"{column} BETWEEN {low} AND {high}"
    if physical.spark == "string":
        value = f"TRY_CAST(replace({column}, '/', '-') AS DATE)"
        return value, f"({column} RLIKE {spark_text(DAY_TEXT)} AND {value} BETWEEN {low} AND {high})"
    if physical.spark in ("timestamp", "timestamp_ntz"):
        value = f"CAST({column} AS DATE)"
        midnight = f"CAST({value} AS {physical.spark.upper()})"
        return value, f"({column} = {midnight} AND {value} BETWEEN {low} AND {high})"
    return None


def _month(range_: Interval, physical: Physical) -> Reading | None:
    column = physical.column
    if physical.spark != "string":
        return None
    year, month = f"TRY_CAST(substr({column}, 1, 4) AS INT)", f"TRY_CAST(substr({column}, 6, 2) AS INT)"
    value = f"TRY_ADD(TRY_MULTIPLY({year}, 12), {month} - 1)"
    return value, f"({column} RLIKE {spark_text(MONTH_TEXT)} AND {value} BETWEEN {range_.low} AND {range_.high})"


def _choice(enum: Enumeration | None, physical: Physical) -> Reading | None:
    if enum is None:
        raise InternalError("a choice without its enum")
    names = ", ".join(spark_text(name) for name in enum.names)
    if physical.spark != "string":
        return None
    return physical.column, f"{physical.column} IN ({names})"


def _text(physical: Physical) -> Reading | None:
    column = physical.column
    if physical.spark in WHOLE and physical.duck != NANOSECONDS:
        return f"CAST({column} AS STRING)", f"{column} IS NOT NULL"
    if physical.spark != "string":
        return None
    damaged = " OR ".join(f"contains({column}, {spark_text(mark)})" for mark in DAMAGE)
    return column, f"({column} <> '' AND NOT ({damaged}) AND {trimmed(column)} = {column})"
