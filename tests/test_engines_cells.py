"""Cells of every type: the forms that are taken, and the forms that are refused with their cause."""

import pytest

from creditdsl.core.ir import Enumeration, EnumValue, InputField
from creditdsl.core.types import Choice, Day, Month, Number, Text, Truth, Type, Unit
from creditdsl.engines.cells import Reading, Refusal

TAX = Enumeration(
    "TaxType",
    ("税种", "Tax"),
    (EnumValue("010101", ("增值税", "VAT")), EnumValue("010104", ("所得税", "Other")), EnumValue("x", ("x", "Other"))),
)


def read(text: str, type_: Type) -> object:
    return Reading(InputField("field", type_, ("字段",), None), {"TaxType": TAX})[text]


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        (Truth(), "yes", True),
        (Truth(), "否", False),
        (Truth(), "TRUE", True),
        (Truth(), "0", False),
        (Number(Unit.NUMBER), "36", 36),
        (Number(Unit.NUMBER), "-1", -1),
        (Number(Unit.NUMBER), "36.0", 36),
        (Number(Unit.MONTHS), "007", 7),
        (Number(Unit.YUAN, 2), "1234.50", "1234.5"),
        (Number(Unit.YUAN, 2), "12.5000", "12.5"),
        (Number(Unit.YUAN, 2), "-0.00", "0"),
        (Number(Unit.YUAN, 2), "100", "100"),
        (Number(Unit.POINTS, 1), "9223372036854775807123", "9223372036854775807123"),
        (Number(Unit.RATE, 2), "10%", "10%"),
        (Number(Unit.RATE, 2), "10.50 \uff05", "10.5%"),
        (Number(Unit.RATE, 2), "0.10", "0.1"),
        (Day(), "2020-01-05", "2020-01-05"),
        (Day(), "2020/1/5", "2020-01-05"),
        (Day(), "2020.1.5", "2020-01-05"),
        (Day(), "20200105", "2020-01-05"),
        (Day(), "2020年1月5日", "2020-01-05"),
        (Day(), "2020/1/5 0:00:00", "2020-01-05"),
        (Day(), "2020-01-05 00:00:00", "2020-01-05"),
        (Day(), "2020-01-05T00:00", "2020-01-05"),
        (Month(), "2020-11", "2020-11"),
        (Month(), "2020/1", "2020-01"),
        (Month(), "202011", "2020-11"),
        (Month(), "2020年1月", "2020-01"),
        (Choice("TaxType"), "010101", "010101"),
        (Choice("TaxType"), "增值税", "010101"),
        (Choice("TaxType"), "VAT", "010101"),
        (Text(), "  91150000\t", "91150000"),
        (Text(), "\u3000甲乙\u00a0", "甲乙"),
        (Text(), "1.5", "1.5"),
        (Text(), " \t", None),
        (Number(Unit.YUAN, 2), "", None),
    ],
)
def test_a_cell_with_one_reading_is_read(type_: Type, text: str, value: object) -> None:
    assert read(text, type_) == value


@pytest.mark.parametrize(
    ("type_", "text", "cause"),
    [
        (Truth(), "maybe", "truth value"),
        (Truth(), "2", "truth value"),
        (Number(Unit.NUMBER), "3.5", "whole"),
        (Number(Unit.NUMBER), "1" * 30, "too many digits"),
        (Number(Unit.NUMBER), "nan", "not a number"),
        (Number(Unit.YUAN, 2), "1,234.50", "thousands separators"),
        (Number(Unit.YUAN, 2), "1.5E+05", "scientific notation"),
        (Number(Unit.YUAN, 2), "¥5", "not a number"),
        (Number(Unit.YUAN, 2), "5万元", "not a number"),
        (Number(Unit.YUAN, 2), "\uff11\uff12", "not a number"),
        (Number(Unit.YUAN, 2), "+5", "not a number"),
        (Number(Unit.YUAN, 2), ".5", "not a number"),
        (Number(Unit.RATE, 2), "ten%", "not a number"),
        (Day(), "43831", "2020-01-01"),
        (Day(), "43831.0", "2020-01-01"),
        (Day(), "2020-02-30", "does not exist"),
        (Day(), "0000-01-01", "does not exist"),
        (Day(), "20200105.0", "turned into a number"),
        (Day(), "05/01/2020", "not a date"),
        (Day(), "20-1-5", "not a date"),
        (Day(), "2020-1/5", "not a date"),
        (Day(), "2020-01-05 13:22:11", "write the day alone"),
        (Month(), "2020-13", "not a month"),
        (Month(), "2020-11-01", "not a month"),
        (Choice("TaxType"), "10101.0", "the code `010101`"),
        (Choice("TaxType"), "10101", "the code `010101`"),
        (Choice("TaxType"), "010110", "did you mean `0101"),
        (Choice("TaxType"), "Other", "not a value of `TaxType`"),
        (Text(), "10102.0", "turned into a number"),
        (Text(), "9.115E+17", "scientific notation"),
        (Text(), "#N/A", "error value"),
        (Day(), "########", "error value"),
    ],
)
def test_a_cell_with_none_or_several_readings_is_refused_with_its_cause(type_: Type, text: str, cause: str) -> None:
    refusal = read(text, type_)
    assert isinstance(refusal, Refusal)
    assert cause in refusal.message.en
    assert refusal.message.zh != refusal.message.en


def test_what_is_remembered_of_a_column_does_not_grow_without_end() -> None:
    values = Reading(InputField("field", Number(Unit.NUMBER), ("字段",), None), {})
    for number in range(120_000):
        assert values[str(number)] == number
    assert len(values) <= 50_000
    assert values["5"] == 5
