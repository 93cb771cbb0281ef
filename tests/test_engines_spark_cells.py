"""What a column is read as in Spark is what each of its cells is read as by itself, and clean columns are read as a whole."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditdsl.core.calendar import day_of
from creditdsl.core.ir import Value
from creditdsl.engines.duck import parquet_columns
from creditdsl.engines.spark_cells import Physical, as_staged, has_one_text, shown, spark_column
from tests.engines_spark import SPARK, session_with
from tests.test_engines_plain_cells import CELLS, FIELDS, MANY, NUMBERS, TRADE, by_itself, field_of

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = SPARK

BINARY = st.one_of(
    st.floats(width=32),
    st.sampled_from([0.1, 36.0, 0.125, -0.0, 1e-5, 1e-4, 12345.67, 1e15, 1e16, 12345678.0, 0.3, float("nan")]),
)
MIDNIGHTS = st.dates().map(lambda day: datetime(day.year, day.month, day.day))
NANOSECONDS = st.one_of(
    st.integers(-(2**63) + 1, 2**63 - 1),
    st.integers(-(10**9), 10**9),
    st.dates(date(1700, 1, 1), date(2200, 1, 1)).map(lambda day: day_of(day) * 86_400_000_000_000),
)
COLUMNS: dict[str, tuple[pa.DataType, st.SearchStrategy[object]]] = {
    "text": (pa.string(), CELLS),
    "boolean": (pa.bool_(), st.booleans()),
    "int8": (pa.int8(), st.integers(-128, 127)),
    "int32": (pa.int32(), st.integers(-(2**31), 2**31 - 1)),
    "int64": (pa.int64(), st.one_of(st.integers(-(2**63), 2**63 - 1), NUMBERS)),
    "uint32": (pa.uint32(), st.integers(0, 2**32 - 1)),
    "uint64": (pa.uint64(), st.integers(0, 2**64 - 1)),
    "decimal18": (
        pa.decimal128(18, 2),
        st.one_of(st.decimals(-(10**15), 10**15, places=2), NUMBERS.map(Decimal)),
    ),
    "decimal9": (pa.decimal128(9, 4), st.decimals(-(10**4), 10**4, places=4)),
    "decimal38": (
        pa.decimal128(38, 6),
        st.one_of(st.decimals(-(10**30), 10**30, places=6), NUMBERS.map(Decimal)),
    ),
    "double": (pa.float64(), st.one_of(st.floats(), NUMBERS.map(float), NUMBERS.map(lambda n: n / 100), BINARY)),
    "float": (pa.float32(), BINARY),
    "date": (pa.date32(), st.dates()),
    "microseconds": (pa.timestamp("us"), st.one_of(st.datetimes(), MIDNIGHTS)),
    "milliseconds": (pa.timestamp("ms"), MIDNIGHTS),
    "nanoseconds": (pa.timestamp("ns"), NANOSECONDS),
}
CLEAN: dict[tuple[str, str], list[object]] = {
    ("count", "int32"): [0, 36, 1200],
    ("count", "double"): [36.0, 0.0],
    ("count", "text"): ["36", "36.0", "007"],
    ("negative", "int64"): [-5, 2**63 - 1],
    ("yuan", "decimal18"): [Decimal("0.01"), Decimal("9999999999.99")],
    ("yuan", "double"): [0.01, 12345678.9],
    ("yuan", "int64"): [12, 10**10],
    ("wide", "decimal38"): [Decimal("99999999999999.999900")],
    ("rate", "text"): ["0.1", "1"],
    ("day", "date"): [date(2020, 2, 29)],
    ("day", "microseconds"): [datetime(2020, 2, 29)],
    ("day", "milliseconds"): [datetime(2020, 2, 29)],
    ("day", "nanoseconds"): [day_of(date(2020, 2, 29)) * 86_400_000_000_000],
    ("day", "text"): ["2020-02-29", "2020/2/9"],
    ("month", "text"): ["2020-11"],
    ("truth", "boolean"): [True, False],
    ("truth", "text"): ["yes", "否", "TRUE"],
    ("choice", "text"): ["food", "010101"],
    ("text", "text"): ["甲", "a b"],
    ("text", "int64"): [91150, -1],
}


def read(session: "SparkSession", path: Path) -> list[tuple[object, ...]]:
    """For each row of a file with one column its text in DuckDB, the text of what Spark writes of it, its text in Spark or
    None where it may be another, and for each field, required and optional, the value and whether it holds."""
    frame = session.read.parquet(f"file:{path}")
    frame.createOrReplaceTempView("given")
    physical = Physical("c", frame.dtypes[0][1], parquet_columns(path)[0][1])
    read_as = [
        spark_column(field_of(name, optional=optional), physical, TRADE)
        for name in FIELDS
        for optional in (False, True)
    ]
    columns = [
        part
        for item in read_as
        for part in (f"CASE WHEN {item.holds} THEN {item.value} END", f"({item.value}) IS NULL", item.holds)
    ]
    text = shown(physical) if has_one_text(physical) else "NULL"
    rows = session.sql(f"SELECT {text}, {', '.join(columns)} FROM given").collect()
    staged = path.with_suffix(".staged")
    session.sql(f"SELECT {as_staged(physical)} AS c FROM given").coalesce(1).write.parquet(f"file:{staged}")
    with duckdb.connect() as connection:
        texts, again = (
            [text for (text,) in connection.execute(f"SELECT CAST(c AS VARCHAR) FROM '{place}'").fetchall()]
            for place in (path, f"{staged}/*.parquet")
        )
    return [(text, other, *row) for text, other, row in zip(texts, again, rows, strict=True)]


def assert_agreement(row: tuple[object, ...]) -> None:
    text, staged, in_spark, *columns = row
    assert staged == text
    assert in_spark in (None, text)
    cell = None if text is None else str(text)
    places = [(name, optional) for name in FIELDS for optional in (False, True)]
    for (name, optional), value, holds in zip(places, columns[::3], columns[2::3], strict=True):
        assert holds in (True, False)
        if holds:
            number: Value = day_of(value) if isinstance(value, date) else value  # type: ignore[assignment]
            alone = by_itself(field_of(name, optional=optional), cell)
            assert type(alone) is type(number), (name, cell, alone, value)
            assert alone == number, (name, cell)


@pytest.mark.parametrize("kind", sorted(COLUMNS))
@settings(MANY, max_examples=1)
@given(data=st.data())
def test_a_column_is_read_as_the_text_of_its_cells_is(
    spark: "SparkSession",
    tmp_path_factory: pytest.TempPathFactory,
    kind: str,
    data: st.DataObject,
) -> None:
    arrow, values = COLUMNS[kind]
    size = 300 if kind == "text" else 100
    cells = data.draw(st.lists(st.one_of(st.none(), values), min_size=size, max_size=size))
    cells += [cell for (_, other), some in CLEAN.items() if other == kind for cell in some]
    path = tmp_path_factory.mktemp("cells") / "column.parquet"
    pq.write_table(pa.table({"c": pa.array(cells, arrow)}), path)
    rows = read(session_with(spark), path)
    for row in rows:
        assert_agreement(row)
    places = [name for name in FIELDS for _ in (False, True)]
    clean = [(name, some) for (name, other), some in CLEAN.items() if other == kind]
    waiting = len(rows) - sum(len(some) for _, some in clean)
    for name, some in clean:
        for row in rows[waiting : waiting + len(some)]:
            holding = dict(zip(places, row[5::3], strict=True))
            assert holding[name] is True, (name, row[0])
        waiting += len(some)
