"""What the records of one table alone decide is computed before they are joined with the subjects, and means the same there."""

import re
from datetime import date
from pathlib import Path

import pytest

from creditdsl.backends.sql import tables_apart
from creditdsl.backends.sql.emit import Dialect, Part
from creditdsl.backends.sql.tables_apart import Apart, apart, in_parts
from creditdsl.core.ir import (
    Add,
    Aggregate,
    AggregateKind,
    Constant,
    Definition,
    DefinitionReference,
    Expression,
    Interval,
    OrElse,
    RecordField,
    SubjectField,
)
from creditdsl.core.types import Number, Optional, Truth
from tests.core_examples import COUNT, PROGRAM, SUBJECT
from tests.policies import FIRM, compiled
from tests.sql_support import TABLE_PARTS, Batch, database_tables, expected, in_duckdb, normal, queries

RULES = """
indicator vat    { for each late where kind is vat deduct 5 points capped 20 points }
indicator cit    { for each late where kind is cit deduct 7 points }
indicator small  {
  for each late where kind is vat and amount < 3 yuan deduct { | amount < 2 yuan -> 1 point | otherwise -> 2 points }
}
define many = count(late where kind is vat) + count(late where kind is cit)
indicator none   { add if many < 1 then 9 points else 0 points }
direct D many_late { when many >= 4 }
"""


def late(kind: str, amount: str = "100") -> dict[str, object]:
    return {"kind": kind, "due": "2020-03-01", "filed": None, "listed": None, "amount": amount}


def batch(folder: Path) -> Batch:
    program = compiled(folder, RULES)
    records = [[], [late("vat")], [late("cit")] * 2, [late("vat", "2"), late("vat", "1.50")], [late("vat")] * 5]
    subjects = [{**FIRM, "id": str(number), "late": rows} for number, rows in enumerate(records)]
    return Batch(program, subjects, "2020", date(2021, 4, 30))


def test_points_of_which_only_the_sum_is_read_pass_the_join_as_one_column(tmp_path: Path) -> None:
    query = queries(batch(tmp_path), Dialect.DUCKDB, checked=True, parts=[Part.RESULTS])[Part.RESULTS]
    joined = re.search(r"AS \(\n  SELECT\n    \"s\"\.\*,\n(.*?)\n  FROM", query, re.DOTALL)
    assert joined is not None
    assert joined[1].split(",\n") == [
        '    COALESCE("a1"."define.many", 0) AS "define.many"',
        '    COALESCE("a1"."score", 109) AS "score"',
    ]


def test_what_is_computed_before_the_join_is_what_the_interpreter_says(tmp_path: Path) -> None:
    given = batch(tmp_path)
    database, meant = in_duckdb(database_tables(given.program, given.subjects)), expected(given)
    for checked in (True, False):
        statements = queries(given, Dialect.DUCKDB, checked=checked, parts=TABLE_PARTS)
        for part in TABLE_PARTS:
            assert normal(database.execute(statements[part]).fetchall()) == meant[part]


def test_what_the_tables_of_findings_need_of_each_indicator_passes_the_join_as_it_is(tmp_path: Path) -> None:
    query = queries(batch(tmp_path), Dialect.DUCKDB, parts=[Part.FINDINGS])[Part.FINDINGS]
    assert "late_values" not in query


LARGE = Number(COUNT.unit)
TABLE = PROGRAM.records[0]
FIELD = SubjectField("operating_months", SUBJECT.fields[1].type)


def aggregate(name: str, high: int, kind: AggregateKind = AggregateKind.COUNT) -> Definition:
    value = None
    type_: Number | Optional = LARGE
    if kind is AggregateKind.MAXIMUM:
        value, type_ = RecordField(TABLE.name, "amount", LARGE), Optional(LARGE)
    expression = Aggregate(kind, TABLE.name, Constant(True, Truth()), value, (), type_)
    return Definition(name, type_, expression, Interval(0, high))


def reference(definition: Definition) -> DefinitionReference:
    return DefinitionReference(definition.name, definition.type)


def parted(high: int) -> list[Expression]:
    terms = [aggregate("first", high), aggregate("second", high)]
    total = Definition("total", LARGE, Add((FIELD, *map(reference, terms)), LARGE), None)
    return [item.expression for item in in_parts(PROGRAM, [*terms, total], ["total"])[2:]]


def test_a_sum_has_one_term_for_each_table() -> None:
    references = tuple(DefinitionReference(name, LARGE) for name in ("first", "second"))
    part = DefinitionReference(f"total of {TABLE.name}", LARGE)
    assert parted(2**62 - 1) == [Add(references, LARGE), Add((FIELD, part), LARGE)]


def test_no_part_of_a_sum_may_leave_64_bits() -> None:
    assert len(parted(2**63 - 1)) == 1


def test_a_value_that_null_would_hide_stays_behind_the_join(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables_apart, "LEAST_SAVED", -10)
    greatest = aggregate("greatest", 9, AggregateKind.MAXIMUM)
    seven = Constant(7, LARGE)
    surely = Definition("surely", LARGE, OrElse(reference(greatest), seven), None)
    maybe = Definition("maybe", Optional(LARGE), OrElse(reference(greatest), Constant(7, Optional(LARGE))), None)
    found = apart(PROGRAM, [greatest, surely, maybe], ["surely", "maybe"])
    assert found == {"surely": Apart(TABLE.name, seven)}


def test_a_value_that_only_repeats_another_one_has_no_stage_of_its_own(tmp_path: Path) -> None:
    query = queries(batch(tmp_path), Dialect.DUCKDB, checked=True, parts=[Part.RESULTS])[Part.RESULTS]
    assert '"grade.given" AS "grade"' in query
    assert re.search(r"\*,\n\s+\"[^\"]+\" AS \"[^\"]+\"\n\s+FROM", query) is None
