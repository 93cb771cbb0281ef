"""The columns of a policy as one query over a folder of tables.

In: a program in layers, the tables, and whoever writes the aggregates of a layer as a query. Out: a view of each table with
its fields read as whole columns, and a query of a row a subject: its key, whether it is plain, how many records it has of
each kind, its fields, and its aggregates. Every table of records is grouped once for all of its aggregates.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace

from creditdsl.core.ir import (
    MAX_RECORDS,
    Aggregate,
    AggregateKind,
    Constant,
    Definition,
    Enumeration,
    InputField,
    InputTable,
    Interval,
    Not,
    Program,
    RecordField,
    SubjectField,
)
from creditdsl.core.types import Choice, Day, Month, Number, Optional, Plain, Text, Truth, Unit, plain
from creditdsl.core.walk import walk
from creditdsl.engines.columns import aggregate_column
from creditdsl.engines.duck import quoted_name
from creditdsl.engines.plain_cells import plain_column
from creditdsl.engines.plain_query import PLAIN, PlainQuery, PlainSource, rows_of
from creditdsl.engines.views import KEY, SUBJECT_KEY, ReadTable, field_column, keyed, read_table, with_key
from creditdsl.tabular.plan import Grouped, Tabular

TRUTH, COUNT = Truth(), Number(Unit.NUMBER)

WriteAggregates = Callable[[Tabular, Grouped, "tuple[ReadTable, ...]"], str]
"""The query of the aggregates of a layer over tables that are read: the key first, then a column by each definition's name."""


def plain_query(
    tabular: Tabular,
    sources: tuple[PlainSource, ...],
    most_records: int,
    wanted: tuple[str, ...],
    write: WriteAggregates,
) -> PlainQuery:
    """The query of all subjects; `wanted` are the fields of the subject that it has to give."""
    enums = {enum.name: enum for enum in tabular.program.enums}
    tables = tuple(_read_table(source.table, number) for number, source in enumerate(sources))
    tables = (with_key(tables[0]), *tables[1:])
    views = {table.view: _view(source, enums) for table, source in zip(tables, sources, strict=True)}
    there = {source.table.name for source in sources}
    left_out = [table for table in tabular.program.records if table.name not in there]
    absent = tuple(_read_table(table, number) for number, table in enumerate(left_out, start=len(sources)))
    views.update({table.view: _view_of_nothing(table.table) for table in absent})
    layers = _layers(tabular, tables)
    asked = keyed(replace(tabular, program=_with_plain(tabular.program)))
    columns = [f"s.{KEY} AS {KEY}", f"{_all_plain(layers, most_records)} AS {PLAIN}"]
    columns += [f"coalesce({count}, 0) AS {quoted_name(rows_of(number))}" for number, count, _ in _counted(layers)]
    columns += [f"s.{quoted_name(field_column(name))} AS {quoted_name(field_column(name))}" for name in wanted]
    joins = []
    for alias, layer, _ in layers:
        aggregates = write(asked, layer, (*tables, *absent))
        joins.append(f"LEFT JOIN ({aggregates}) AS {alias} ON {alias}.{quoted_name(SUBJECT_KEY)} = s.{KEY}")
        columns += [
            f"{_without_records(item, f'{alias}.{quoted_name(item.name)}')} AS {quoted_name(aggregate_column(item.name))}"
            for item in layer.definitions
            if item.name not in (_rows(layer.table), _odd_rows(layer.table))
        ]
    listed = ",\n  ".join(columns)
    text = f"SELECT {listed}\nFROM {tables[0].view} AS s\n" + "\n".join(joins)
    fields = _fields(tabular)
    read = [_columns(tables[0], fields[""] | set(wanted))]
    read += [_columns(table, fields[table.table.name]) for table in tables[1:]]
    held = (_held(len(wanted)), *(_held(_values(layers, table.table.name)) for table in tables[1:]))
    return PlainQuery(views, text, tuple(read), held)


def _columns(table: ReadTable, fields: set[str]) -> tuple[str, ...]:
    """The columns of a view that a query reads, which asks for these fields."""
    return KEY, PLAIN, *(field_column(field.name) for field in table.table.fields if field.name in fields)


def _fields(tabular: Tabular) -> dict[str, set[str]]:
    """The fields that the definitions look at, of each table of records by its name, those of the subject under no name."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for layer in tabular.layers:
        for item in layer.definitions:
            for part in walk(item.expression):
                match part:
                    case SubjectField(name=name):
                        found[""].add(name)
                    case RecordField(table=table, name=name):
                        found[table].add(name)
    return found


HELD, HELD_FOR_A_VALUE = 64, 16
"""About how many bytes DuckDB has for a key, with its hash and its place, and for each value beside it."""


def _held(values: int) -> int:
    return HELD + HELD_FOR_A_VALUE * values


def _values(layers: "list[Joined]", table: str) -> int:
    """How many values the records of a table are grouped to."""
    return sum(len(layer.definitions) for _, layer, _ in layers if layer.table == table)


Joined = tuple[str, Grouped, int | None]
"""The alias of a layer in the query, the layer, and the number of its table where it counts all of its rows."""


def _layers(tabular: Tabular, tables: tuple[ReadTable, ...]) -> list[Joined]:
    """The layers of aggregates; the first one of each table, which there is for each that has a file, counts its rows too."""
    waiting = {table.table.name: number for number, table in enumerate(tables) if number}
    found: list[Joined] = []
    for layer in tabular.layers:
        if isinstance(layer, Grouped):
            number = waiting.pop(layer.table, None)
            counts = () if number is None else _counts(layer.table)
            found.append((f"a{len(found) + 1}", Grouped(layer.table, (*counts, *layer.definitions)), number))
    for name, number in waiting.items():
        found.append((f"a{len(found) + 1}", Grouped(name, _counts(name)), number))
    return found


def _counts(table: str) -> tuple[Definition, Definition]:
    is_plain = RecordField(table, PLAIN, TRUTH)
    most = Interval(0, MAX_RECORDS)
    every = Aggregate(AggregateKind.COUNT, table, Constant(True, TRUTH), None, (), COUNT)
    odd = Aggregate(AggregateKind.COUNT, table, Not(is_plain), None, (), COUNT)
    return Definition(_rows(table), COUNT, every, most), Definition(_odd_rows(table), COUNT, odd, most)


def _rows(table: str) -> str:
    """The name of one more aggregate of a table: how many records there are."""
    return f"rows of {table}"


def _odd_rows(table: str) -> str:
    """The name of one more aggregate of a table: how many records are not plain."""
    return f"odd rows of {table}"


def _with_plain(program: Program) -> Program:
    """The program with one more field in each table of records, whether the record is plain, and the counts of records."""
    field = InputField(PLAIN, TRUTH, (PLAIN,), None)
    records = tuple(replace(table, fields=(*table.fields, field)) for table in program.records)
    counts = tuple(item for table in records for item in _counts(table.name))
    return replace(program, records=records, definitions=(*counts, *program.definitions))


def _read_table(table: InputTable, number: int) -> ReadTable:
    found = read_table(table, f"plain{number}")
    return replace(found, columns={PLAIN: PLAIN, **found.columns})


def _view_of_nothing(table: InputTable) -> str:
    """A kind of record without a file."""
    columns = ", ".join(_absent(field) for field in table.fields)
    return f"SELECT CAST(NULL AS VARCHAR) AS {KEY}, {columns + ', ' if columns else ''}true AS {PLAIN} WHERE false"


def _absent(field: InputField) -> str:
    return f"CAST(NULL AS {DUCKDB_TYPES[type(plain(field.type))]}) AS {quoted_name(field_column(field.name))}"


DUCKDB_TYPES: dict[type[Plain], str] = {
    Truth: "BOOLEAN",
    Number: "BIGINT",
    Day: "DATE",
    Month: "INTEGER",
    Choice: "VARCHAR",
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


def _counted(layers: list[Joined]) -> Iterator[tuple[int, str, str]]:
    """The number of each table that is counted, and the columns of how many records there are and how many are not plain."""
    for alias, layer, number in layers:
        if number is not None:
            rows, odd = (quoted_name(name(layer.table)) for name in (_rows, _odd_rows))
            yield number, f"{alias}.{rows}", f"{alias}.{odd}"


def _all_plain(layers: list[Joined], most_records: int) -> str:
    """Whether a subject is plain, all its records are, and they are not too many."""
    tests = [f"s.{PLAIN}"]
    for _, count, odd in _counted(layers):
        tests += [f"coalesce({odd}, 0) = 0", f"coalesce({count}, 0) <= {most_records}"]
    return " AND ".join(tests)


def _without_records(definition: Definition, column: str) -> str:
    """The aggregate of a subject that has no records."""
    if isinstance(definition.type, Optional):
        return column
    return f"coalesce({column}, {'false' if isinstance(definition.type, Truth) else '0'})"
