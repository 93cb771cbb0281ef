"""Which rows of the input are valid.

In: a table of the policy, and where it stands. Out: how each of its fields is read, and the condition under which a whole
row is valid, which never fails and may be NULL where it is not.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from creditdsl.backends.sql import build
from creditdsl.backends.sql.build import Tree
from creditdsl.backends.sql.reading import Reading, reading
from creditdsl.backends.sql.scope import sql_type
from creditdsl.backends.sql.source import Source, SourceColumn, SourceTable, records_key, subject_key
from creditdsl.backends.sql.target import CannotExpress, Target
from creditdsl.core.ir import InputField, InputTable, Program
from creditdsl.core.types import Choice, Optional, Type, plain
from creditdsl.diagnostics import Text


@dataclass(frozen=True, slots=True)
class ReadField:
    """A field as it is read from a column, None for an optional field that has none; `names` are those of its enum.

    Every method is given the name that the table has in the query.
    """

    field: InputField
    column: SourceColumn | None
    target: Target
    names: tuple[str, ...] = ()

    @property
    def required(self) -> bool:
        return not isinstance(self.field.type, Optional)

    def reading(self, table: str) -> Reading | None:
        if self.column is None:
            return None
        return reading(self.field, self.raw(table), self.column.type, self.target, self.names)

    def value(self, table: str) -> Tree:
        found = self.reading(table)
        return build.nothing(sql_type(self.field.type)) if found is None else found.value

    def raw(self, table: str) -> Tree:
        """The column as it stands."""
        return build.nothing("TEXT") if self.column is None else build.column(self.column.name, table)

    def ok(self, table: str) -> Tree | None:
        """The condition on a row; None for a column that may hold anything."""
        found = self.reading(table)
        if found is None:
            return None
        checked = found.typed is not None or found.ranged is not None
        if self.required:
            return found.ok if checked else build.is_present(self.raw(table))
        return build.any_of([build.is_null(self.raw(table)), found.ok]) if checked else None


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A table as it is read. `key` is how the subject's key is read in it; among the fields only for the subject."""

    table: InputTable
    source: SourceTable
    key: ReadField
    fields: tuple[ReadField, ...]

    def tree(self, alias: str) -> Tree:
        return build.table(self.source.name, alias)

    @property
    def all_fields(self) -> tuple[ReadField, ...]:
        """The fields, and before those of a record the key of its subject."""
        return self.fields if self.table.key is not None else (self.key, *self.fields)

    def conditions(self, alias: str) -> Iterator[Tree]:
        """What must hold of a valid row."""
        for item in self.all_fields:
            condition = item.ok(alias)
            if condition is not None:
                yield condition

    def not_ok(self, alias: str) -> Tree:
        """That a row is not valid; never NULL."""
        return build.negation(build.coalesce(build.all_of(list(self.conditions(alias))), build.truth(False)))


def read_tables(program: Program, source: Source, target: Target) -> dict[str, ReadTable]:
    """All tables of a program by name, the subject first."""
    enums = {enum.name: enum.names for enum in program.enums}
    key = subject_key(program)
    readable = set[tuple[Type, str]]()

    def read(item: InputField, columns: Mapping[str, SourceColumn]) -> ReadField:
        column = columns.get(item.name)
        if column is None:
            return _without_column(item, target)
        type_ = plain(item.type)
        names = enums[type_.enum] if isinstance(type_, Choice) else ()
        field = ReadField(item, column, target, names)
        if (type_, column.type) not in readable:
            field.reading("t")  # raises for a type of which the field cannot be read
            readable.add((type_, column.type))
        return field

    tables = {}
    for table in (program.subject, *program.records):
        place = source.tables.get(table.name)
        if place is None:
            raise _no_table(table)
        key_field = read(records_key(key), {key.name: place.key})
        tables[table.name] = ReadTable(
            table, place, key_field, tuple(read(item, place.columns) for item in table.fields)
        )
        most = target.most_columns
        if most is not None and len(table.fields) > most:
            raise _too_wide(table, most)
    return tables


def _without_column(item: InputField, target: Target) -> ReadField:
    if not isinstance(item.type, Optional):
        raise CannotExpress(
            Text(f"必填字段 `{item.name}` 没有对应的列。", f"The required field `{item.name}` has no column."),
            Text("给表加上这一列。", "Give its table that column."),
        )
    return ReadField(item, None, target)


def _no_table(table: InputTable) -> CannotExpress:
    return CannotExpress(
        Text(f"没有给出表 `{table.name}` 的位置。", f"Nothing says where the table `{table.name}` stands."),
        Text("给出它的名字。", "Name it."),
    )


def _too_wide(table: InputTable, most: int) -> CannotExpress:
    return CannotExpress(
        Text(
            f"表 `{table.name}` 有 {len(table.fields)} 个字段, 而这种数据库的表最多 {most} 列。",
            f"The table `{table.name}` has {len(table.fields)} fields, and a table of this database has at most {most} columns.",
        ),
        Text(
            "把字段改为一类记录,或用 DuckDB、Spark 或 Python 计算。",
            "Make the fields records, or use DuckDB, Spark or Python.",
        ),
    )
