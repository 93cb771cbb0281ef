"""The rows that are scored, as fields.

In: tables as they are read. Out: stages of the subjects and of each kind of record with the columns that are wanted. Unless
the source is known to be checked, rows that are not valid are left out, and so are the subjects that they belong to.
"""

from collections.abc import Collection, Mapping

from sqlglot import exp

from creditdsl.backends.sql import build
from creditdsl.backends.sql.aggregates import OWN_COLUMNS
from creditdsl.backends.sql.build import Tree
from creditdsl.backends.sql.names import Names
from creditdsl.backends.sql.query import Query, Stage
from creditdsl.backends.sql.source import Source
from creditdsl.backends.sql.validity import ReadTable
from creditdsl.core.ir import MAX_RECORDS, Expression, RecordField, SubjectField

HERE, OTHER = "t", "x"
"""The names of a table that is read, and of another one that its rows are looked up in."""


class Rows:
    """Makes the stages; `key` is the column of the subject's key in all of them."""

    def __init__(self, tables: Mapping[str, ReadTable], source: Source, query: Query, columns: Names) -> None:
        """`columns` names those of the subjects, which later stages add to."""
        self.tables = tables
        self.subject = next(iter(tables.values()))
        self.source = source
        self.query = query
        self.columns = columns
        self.key = columns.new(self.subject.key.field.name)
        self.of_records: dict[str, Names] = {}

    def subjects(self, wanted: Collection[str], counted: Collection[str], conditions: list[Tree]) -> Stage:
        """The valid subjects, with the fields that are `wanted`, under more conditions about the run.

        How many records they have of the tables `counted` is looked at elsewhere.
        """
        trees, columns = self._fields(self.subject, wanted, self.columns)
        if not self.source.checked:
            conditions = [*conditions, *self.subject.conditions(HERE), *self._not_refused(counted)]
        return self._stage(self.subject, trees, columns, conditions)

    def records(self, name: str, wanted: Collection[str]) -> Stage:
        """The valid records of one kind, with the fields that are `wanted`."""
        table = self.tables[name]
        trees, columns = self._fields(table, wanted, self.record_columns(name))
        conditions = [] if self.source.checked else list(table.conditions(HERE))
        return self._stage(table, trees, columns, conditions)

    def record_columns(self, name: str) -> Names:
        """The names of the columns of a kind of record."""
        if name not in self.of_records:
            self.of_records[name] = Names(self.query.target.most_bytes_of_a_name, (*OWN_COLUMNS, self.key))
        return self.of_records[name]

    def _fields(
        self, table: ReadTable, wanted: Collection[str], given: Names
    ) -> tuple[list[Tree], dict[Expression, str]]:
        of_subject = table is self.subject
        trees, columns = [build.named(table.key.value(HERE), self.key)], dict[Expression, str]()
        for item in table.fields:
            name, type_ = item.field.name, item.field.type
            leaf = SubjectField(name, type_) if of_subject else RecordField(table.table.name, name, type_)
            if item.field.key and of_subject:
                columns[leaf] = self.key
            elif name in wanted:
                columns[leaf] = given.new(name)
                trees.append(build.named(item.value(HERE), columns[leaf]))
        return trees, columns

    def _stage(
        self, table: ReadTable, trees: list[Tree], columns: dict[Expression, str], conditions: list[Tree]
    ) -> Stage:
        select = build.select(trees, table.tree(HERE))
        if conditions:
            select.set("where", exp.Where(this=build.all_of(conditions)))
        comment = " ".join(table.table.label[:1])
        name = self.query.add(f"{table.table.name}_rows", self.query.fenced(select), comment=comment)
        return Stage(name, self.key, columns)

    def _not_refused(self, counted: Collection[str]) -> list[Tree]:
        queries = refused_keys(self.tables, self.source, counted)
        if not queries:
            return []
        refused = self.query.add("refused", build.union_all(queries))
        return [build.negation(has_key(build.table((refused,), OTHER), "key", self.subject.key.raw(HERE)))]


def has_key(table: Tree, column: str, key: Tree) -> Tree:
    """Whether a table, seen as `OTHER`, has a row with a key."""
    inner = build.select([build.integer(1)], table)
    inner.set("where", exp.Where(this=build.equal(build.column(column, OTHER), key)))
    return build.exists(inner)


def refused_keys(tables: Mapping[str, ReadTable], source: Source, counted: Collection[str] = ()) -> list[exp.Select]:
    """Queries for the keys of subjects that are not scored because of other rows, in one column `key`.

    A key stands twice; a record is not valid; there are too many records of a kind that is not `counted`.
    """
    subject = next(iter(tables.values()))
    queries = [] if source.unique else [_keys(subject, having=1)]
    for table in list(tables.values())[1:]:
        if list(table.conditions(HERE)):
            invalid = build.select([build.named(table.key.raw(HERE), "key")], table.tree(HERE))
            invalid.set("where", exp.Where(this=table.not_ok(HERE)))
            queries.append(invalid)
        if table.table.name not in counted:
            queries.append(_keys(table, having=MAX_RECORDS))
    return queries


def _keys(table: ReadTable, *, having: int) -> exp.Select:
    """The keys that stand in more rows than so many."""
    select = build.select([build.named(table.key.raw(HERE), "key")], table.tree(HERE))
    select.set("group", exp.Group(expressions=[table.key.raw(HERE)]))
    many = build.more(exp.Count(this=exp.Star()), build.integer(having))
    select.set("having", exp.Having(this=many))
    return select
