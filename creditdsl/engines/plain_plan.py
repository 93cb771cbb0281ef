"""A folder of tables as whole columns: a view of each table with its fields read as the core has them.

In: the tables, and which of their fields are wanted. Out: views of a row for each row of a table: its key, whether it is plain,
and its fields.
"""

from collections.abc import Mapping

from creditdsl.core.ir import Enumeration, InputField, Program
from creditdsl.core.types import Choice, Day, Month, Number, Plain, Text, Truth, plain
from creditdsl.engines.duck import quoted_name
from creditdsl.engines.plain_cells import plain_column
from creditdsl.engines.plain_query import PLAIN, PlainQuery, PlainSource
from creditdsl.engines.views import KEY, field_column


def plain_query(
    program: Program, sources: tuple[PlainSource, ...], wanted: Mapping[str, tuple[str, ...]]
) -> PlainQuery:
    """The views of the sources; `wanted` are the fields of each table that are to be given, by the table's name."""
    enums = {enum.name: enum for enum in program.enums}
    views = {f"plain{number}": _view(source, enums) for number, source in enumerate(sources)}
    fields = [wanted.get(source.table.name, ()) for source in sources]
    columns = tuple((KEY, PLAIN, *map(field_column, names)) for names in fields)
    held = (HELD_FOR_A_SUBJECT, *(HELD_FOR_A_RECORD for _ in sources[1:]))
    return PlainQuery(
        views,
        columns,
        tuple(row + HELD_FOR_A_VALUE * len(names) for row, names in zip(held, fields, strict=True)),
    )


HELD_FOR_A_SUBJECT, HELD_FOR_A_RECORD, HELD_FOR_A_VALUE = 64, 24, 8
"""About how many bytes there are for a key and its hash, which records have only for a while, and for each value."""

DUCKDB_TYPES: dict[type[Plain], str] = {
    Truth: "BOOLEAN",
    Number: "BIGINT",
    Day: "DATE",
    Month: "INTEGER",
    Choice: "INTEGER",
    Text: "VARCHAR",
}
"""The types of columns that are not there."""


def _view(source: PlainSource, enums: dict[str, Enumeration]) -> str:
    """The rows of a table with its key, whether each is plain, and its fields; an optional one may have no column."""
    columns, tests = [f"{source.key} AS {KEY}"], []
    for field in source.table.fields:
        if field.name not in source.columns:
            columns.append(_absent(field))
            continue
        column, physical = source.columns[field.name]
        type_ = plain(field.type)
        if field.key and isinstance(type_, Text):
            # Whether it is text, and undamaged, is looked at when it has been read.
            columns.append(f"{source.key} AS {quoted_name(field_column(field.name))}")
            continue
        read = plain_column(field, column, physical, enums[type_.enum] if isinstance(type_, Choice) else None)
        columns.append(f"{read.value} AS {quoted_name(field_column(field.name))}")
        tests.append(read.holds)
    columns.append(f"{' AND '.join(tests) or 'true'} AS {PLAIN}")
    return f"SELECT {', '.join(columns)} FROM {source.relation}"


def _absent(field: InputField) -> str:
    return f"CAST(NULL AS {DUCKDB_TYPES[type(plain(field.type))]}) AS {quoted_name(field_column(field.name))}"
