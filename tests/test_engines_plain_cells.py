"""What whole columns are read as is what each cell is read as by itself, and clean columns are read as a whole."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from creditdsl.core.calendar import date_of, day_of
from creditdsl.core.ir import Enumeration, EnumValue, InputField, Interval, Value
from creditdsl.core.scalars import Problem, load_value
from creditdsl.core.types import Choice, Day, Month, Number, Optional, Plain, Text, Truth, Unit
from creditdsl.engines.cells import Reading, Refusal
from creditdsl.engines.plain_cells import plain_column

TRADE = Enumeration(
    "Trade",
    ("行业", "Trade"),
    tuple(EnumValue(name, (label, label)) for name, label in (("food", "食品"), ("010101", "x"))),
)
DAYS = Interval(day_of(date(2019, 1, 1)), day_of(date(2021, 12, 31)))
FIELDS: dict[str, tuple[Plain, Interval | None]] = {
    "truth": (Truth(), None),
    "count": (Number(Unit.NUMBER), Interval(0, 1_200)),
    "negative": (Number(Unit.NUMBER), Interval(-5, 2**63 - 1)),
    "yuan": (Number(Unit.YUAN, 2), Interval(0, 10**12)),
    "wide": (Number(Unit.YUAN, 4), Interval(-(10**18), 10**18)),
    "rate": (Number(Unit.RATE, 3), Interval(0, 1_000)),
    "day": (Day(), DAYS),
    "month": (Month(), Interval(2019 * 12, 2021 * 12 + 11)),
    "choice": (Choice("Trade"), None),
    "text": (Text(), None),
}

BLANK = st.sampled_from(["", "", "", " ", "\t", "\u3000", "\u00a0"])
DIGITS = st.from_regex(r"-?[0-9]{1,20}(\.[0-9]{1,6})?%?", fullmatch=True)
DATES = st.builds(
    lambda day, mark, padded: f"{day.year:04}{mark}{day.month:{padded}}{mark}{day.day:{padded}}",
    st.dates(date(2018, 6, 1), date(2022, 6, 1)),
    st.sampled_from(["-", "/", ".", ""]),
    st.sampled_from(["02", "1"]),
)
WORDS = st.sampled_from(
    [
        "yes",
        "No",
        "TRUE",
        "是",
        "1",
        "0",
        "food",
        "食品",
        "010101",
        "10101",
        "x",
        "2020-11",
        "2020/11",
        "2020-13",
        "2020-02-30",
    ]
    + [
        "9.1E+17",
        "10102.0",
        "#N/A",
        "36.0",
        "1,200",
        "007",
        "-0",
        "0.10",
        "10%",
        "nan",
        "inf",
        "1e3",
        "2020-11-01 0:00:00",
    ]
    + [
        "2020-1/5",
        "+5",
        ".5",
        "5.",
        "9223372036854775807",
        "9223372036854775808",
        "99999999999999.9999",
        "甲",
        "a'b",
        "a.b",
    ]
)
CELLS = st.builds(
    lambda front, cell, back: front + cell + back, BLANK, st.one_of(DIGITS, DATES, WORDS, st.text(max_size=4)), BLANK
)
MANY = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)


def field_of(name: str, *, optional: bool = False) -> InputField:
    type_, range_ = FIELDS[name]
    return InputField(name, Optional(type_) if optional else type_, (name, name), range_)


def by_itself(field: InputField, cell: str | None) -> Value | Refusal | Problem:
    """What a cell is, read with all care."""
    value = None if cell is None else Reading(field, {"Trade": TRADE})[cell]
    if isinstance(value, Refusal):
        return value
    if value is None:
        return None if isinstance(field.type, Optional) else Problem(None, None)  # type: ignore[arg-type]
    return load_value(value, field, "path", TRADE if field.name == "choice" else None)


def as_columns(field: InputField, column: pa.Array, physical: str) -> tuple[list[Value], list[bool], list[str | None]]:
    """What a column is as a whole: values, whether they hold, and the text of each cell."""
    with duckdb.connect() as connection:
        connection.register("given", pa.table({"c": column}))
        connection.execute(f"CREATE TABLE cells AS SELECT CAST(c AS {physical}) AS c FROM given")
        plain = plain_column(field, "c", physical, TRADE)
        rows = connection.execute(f"SELECT {plain.value}, {plain.holds}, CAST(c AS VARCHAR) FROM cells").fetchall()
    values = [as_in_core(field, value) for value, _, _ in rows]
    return values, [holds for _, holds, _ in rows], [text for _, _, text in rows]


def as_in_core(field: InputField, value: Value | date) -> Value:
    """A value of a column, where days are dates and choices are their positions."""
    if isinstance(value, date):
        return day_of(value)
    return TRADE.names[value] if field.name == "choice" and isinstance(value, int) else value


def agree(field: InputField, column: pa.Array, physical: str) -> list[bool]:
    values, holding, cells = as_columns(field, column, physical)
    for value, holds, cell in zip(values, holding, cells, strict=True):
        assert holds in (True, False)
        if holds:
            alone = by_itself(field, cell)
            assert type(alone) is type(value), (cell, alone, value)
            assert alone == value, cell
    return holding


@MANY
@given(st.booleans(), st.lists(st.one_of(st.none(), CELLS), min_size=30, max_size=60))
def test_a_text_column_is_read_as_its_cells_are(optional: bool, cells: list[str | None]) -> None:
    for name in FIELDS:
        agree(field_of(name, optional=optional), pa.array(cells, pa.string()), "VARCHAR")


def in_range(name: str) -> st.SearchStrategy[str]:
    """Canonical cells of a field."""
    type_, range_ = FIELDS[name]
    match type_:
        case Truth():
            return st.sampled_from(["true", "false", "yes", "否"])
        case Choice():
            return st.sampled_from([*TRADE.names, "食品", "x"])
        case Text():
            return st.text("甲乙abc01-_ x", min_size=1).map(lambda text: f"a{text}b")
    assert range_ is not None
    whole = st.integers(range_.low, range_.high)
    match type_:
        case Day():
            forms = [
                "{0:04}-{1:02}-{2:02}",
                "{0:04}/{1}/{2}",
                "{0:04}.{1}.{2}",
                "{0:04}{1:02}{2:02}",
                "{0:04}年{1}月{2}日",
            ]
            days = whole.map(lambda day: date_of(day).timetuple()[:3])
            return st.builds(lambda day, form: form.format(*day), days, st.sampled_from(forms))
        case Month():
            forms = [
                "{0:04}-{1:02}",
                "{0:04}/{1:02}",
                "{0:04}.{1:02}",
                "{0:04}{1:02}",
                "{0:04}年{1}月",
                "{0:04}年{1:02}月",
            ]
            months = whole.map(lambda month: (month // 12, month % 12 + 1))
            return st.builds(lambda month, form: form.format(*month), months, st.sampled_from(forms))
        case Number(Unit.RATE, scale):
            texts = st.sampled_from([(0, ""), (2, "%"), (2, "\uff05")])
            return st.builds(lambda value, text: f"{Decimal(value).scaleb(text[0] - scale):f}{text[1]}", whole, texts)
        case Number(_, scale):
            return whole.filter(lambda value: abs(value) < 10**18).map(
                lambda value: f"{Decimal(value).scaleb(-scale):f}"
            )


@MANY
@given(st.sampled_from(sorted(FIELDS)), st.data())
def test_clean_text_is_read_as_a_whole(name: str, data: st.DataObject) -> None:
    cells = data.draw(st.lists(in_range(name), min_size=1, max_size=20))
    assert all(agree(field_of(name), pa.array(cells, pa.string()), "VARCHAR"))


NUMBERS = st.integers(-(10**10), 10**10)
TYPED: Sequence[tuple[str, pa.DataType, st.SearchStrategy[object]]] = [
    ("BOOLEAN", pa.bool_(), st.booleans()),
    ("TINYINT", pa.int8(), st.integers(-128, 127)),
    ("UBIGINT", pa.uint64(), st.integers(0, 2**64 - 1)),
    ("BIGINT", pa.int64(), st.one_of(st.integers(-(2**63), 2**63 - 1), NUMBERS)),
    ("DECIMAL(18,2)", pa.decimal128(18, 2), st.one_of(st.decimals(-(10**15), 10**15, places=2), NUMBERS.map(Decimal))),
    ("DECIMAL(38,6)", pa.decimal128(38, 6), st.one_of(st.decimals(-(10**30), 10**30, places=6), NUMBERS.map(Decimal))),
    ("DOUBLE", pa.float64(), st.one_of(st.floats(), NUMBERS.map(float), st.sampled_from([0.1, 36.0, 0.125, -0.0]))),
    ("DATE", pa.date32(), st.dates()),
    ("TIMESTAMP", pa.timestamp("us"), st.one_of(st.datetimes(), st.dates().map(lambda day: datetime(day.year, day.month, day.day)))),
    ("ENUM('food', '010101', 'else')", pa.string(), st.sampled_from(["food", "010101", "else"])),
]  # fmt: skip


@MANY
@given(st.booleans(), st.sampled_from(TYPED), st.data())
def test_a_typed_column_is_read_as_the_text_of_its_cells_is(
    optional: bool, column: tuple[str, pa.DataType, st.SearchStrategy[object]], data: st.DataObject
) -> None:
    physical, arrow, values = column
    cells = data.draw(st.lists(st.one_of(st.none(), values), min_size=20, max_size=40))
    for name in FIELDS:
        agree(field_of(name, optional=optional), pa.array(cells, arrow), physical)


@pytest.mark.parametrize(
    ("name", "physical", "arrow", "cells"),
    [
        ("count", "INTEGER", pa.int32(), [0, 36, 1200]),
        ("negative", "BIGINT", pa.int64(), [-5, 2**63 - 1]),
        ("yuan", "DECIMAL(18,2)", pa.decimal128(18, 2), [Decimal("0.01"), Decimal("9999999999.99")]),
        ("yuan", "DECIMAL(18,4)", pa.decimal128(18, 4), [Decimal("0.0100")]),
        ("yuan", "BIGINT", pa.int64(), [12]),
        ("wide", "DECIMAL(38,4)", pa.decimal128(38, 4), [Decimal("99999999999999.9999")]),
        ("count", "DOUBLE", pa.float64(), [36.0]),
        ("day", "DATE", pa.date32(), [date(2020, 2, 29)]),
        ("day", "TIMESTAMP", pa.timestamp("us"), [datetime(2020, 2, 29)]),
        ("truth", "BOOLEAN", pa.bool_(), [True, False]),
        ("choice", "VARCHAR", pa.string(), ["food", "010101"]),
    ],
)
def test_clean_typed_columns_are_read_as_a_whole(
    name: str, physical: str, arrow: pa.DataType, cells: list[object]
) -> None:
    assert all(agree(field_of(name), pa.array(cells, arrow), physical))
