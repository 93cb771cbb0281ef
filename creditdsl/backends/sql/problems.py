"""What is wrong with the input: one row for each problem, with table, key, column and code, as docs/scoring.md has them.

In: where the input stands. Out: a query. Every row of every table either counts or is told here, and a subject is scored
when no row with its key is.
"""

from collections.abc import Iterator, Mapping

from sqlglot import exp

from creditdsl.backends.sql import build
from creditdsl.backends.sql.bounds import Bounds
from creditdsl.backends.sql.build import Tree
from creditdsl.backends.sql.pipeline import Setting
from creditdsl.backends.sql.query import Query
from creditdsl.backends.sql.rows import HERE, OTHER, has_key, refused_keys
from creditdsl.backends.sql.runs import fits_calendar, in_force
from creditdsl.backends.sql.scope import Scope
from creditdsl.backends.sql.tables import PROBLEM
from creditdsl.backends.sql.unpivot import Case, unpivoted
from creditdsl.backends.sql.validity import ReadField, ReadTable, read_tables
from creditdsl.core.ir import MAX_RECORDS
from creditdsl.diagnostics import Code


def problems(setting: Setting) -> exp.Query:
    """The query for all problems."""
    tables = read_tables(setting.tabular.program, setting.source, setting.target)
    query = Query(setting.target, [table.source.name[-1] for table in tables.values()])
    return _Problems(setting, tables, query).query()


class _Problems:
    def __init__(self, setting: Setting, tables: Mapping[str, ReadTable], query: Query) -> None:
        self.setting = setting
        self.tables = tables
        self.stages = query
        self.subject = next(iter(tables.values()))
        self.key = self.subject.key

    def query(self) -> exp.Query:
        found = [*self._of_the_run()]
        for table in self.tables.values():
            found += self._of_fields(table)
        found.append(self._repeated())
        for table in list(self.tables.values())[1:]:
            found += [self._without_subject(table), self._too_many(table)]
        found += self._set_aside()
        return self.stages.finished(build.union_all(found))

    def _of_the_run(self) -> Iterator[exp.Query]:
        """A run that does not fit the policy is a problem of no table."""
        if self.setting.open_run:
            program = self.setting.tabular.program
            scope = Scope(self.setting.target, {}, Bounds({}), {}, self.setting.function)
            for code, holds in ((Code.CR0914, fits_calendar(program, scope)), (Code.CR0911, in_force(program, scope))):
                row = exp.Select(expressions=_row(None, build.nothing("TEXT"), None, code))
                row.set("where", exp.Where(this=build.negation(holds)))
                yield row

    def _of_fields(self, table: ReadTable) -> list[exp.Query]:
        """What is wrong with single cells, looked for in the rows that are not valid."""
        cases = [case for item in table.all_fields for case in self._of_field(table, item)]
        if not cases:
            return []
        select = build.select([build.star()], table.tree(HERE))
        select.set("where", exp.Where(this=table.not_ok(HERE)))
        name = self.stages.add(f"{table.table.name}_invalid", select, materialized=True)
        keys = [build.named(build.text(table.table.name), "table"), self._shown_key(table)]
        return [unpivoted(name, keys, ("column", "code"), cases, self.setting.target)]

    def _of_field(self, table: ReadTable, item: ReadField) -> Iterator[Case]:
        if item.required:
            yield _case(build.is_null(item.raw(HERE)), item, Code.CR0901)
        found = item.reading(HERE)
        if found is None:
            return
        for broken, code in ((found.wrong_type, Code.CR0903), (found.out_of_range, Code.CR0904)):
            if broken is not None:
                yield _case(build.all_of([build.is_present(item.raw(HERE)), broken]), item, code)

    def _repeated(self) -> exp.Query:
        """A key that stands twice, once for each of its rows."""
        counts = exp.Window(this=exp.Count(this=exp.Star()), partition_by=[self.key.raw(HERE)], over="OVER")
        rows = build.select([self._named_key(self.subject), build.named(counts, "rows")], self.subject.tree(HERE))
        inner = exp.Subquery(this=rows, alias=exp.TableAlias(this=build.identifier(OTHER)))
        table = self.subject.table.name
        query = build.select(_row(table, build.column("key", OTHER), _column(self.key), Code.CR0909), inner)
        many = build.more(build.column("rows", OTHER), build.integer(1))
        there = build.is_present(build.column("key", OTHER))
        query.set("where", exp.Where(this=build.all_of([many, there])))
        return query

    def _without_subject(self, table: ReadTable) -> exp.Query:
        condition = build.all_of([build.is_present(table.key.raw(HERE)), build.negation(self._has_subject(table))])
        return self._rows(table, condition, _column(table.key), Code.CR0910)

    def _too_many(self, table: ReadTable) -> exp.Query:
        """A subject with too many records of one kind, once."""
        query = self._rows(table, build.is_present(table.key.raw(HERE)), None, Code.CR0913)
        query.set("group", exp.Group(expressions=[table.key.raw(HERE)]))
        many = build.more(exp.Count(this=exp.Star()), build.integer(MAX_RECORDS))
        query.set("having", exp.Having(this=many))
        return query

    def _set_aside(self) -> Iterator[exp.Query]:
        """Rows with which nothing is wrong, of subjects that are not scored."""
        queries = refused_keys(self.tables, self.setting.source)
        if list(self.subject.conditions(HERE)):
            invalid = build.select([build.named(self.key.raw(HERE), "key")], self.subject.tree(HERE))
            invalid.set("where", exp.Where(this=self.subject.not_ok(HERE)))
            queries.append(invalid)
        if not queries:
            return
        refused = self.stages.add("refused", build.union_all(queries))
        for table in self.tables.values():
            set_aside = [
                build.all_of(list(table.conditions(HERE))),
                has_key(build.table((refused,), OTHER), "key", table.key.raw(HERE)),
            ]
            set_aside.append(self._stands_once() if table is self.subject else self._has_subject(table))
            yield self._rows(table, build.all_of(set_aside), None, Code.CR0915)

    def _stands_once(self) -> Tree:
        inner = build.select([build.integer(1)], self.subject.tree(OTHER))
        same = build.equal(self.key.raw(OTHER), self.key.raw(HERE))
        inner.set("where", exp.Where(this=same))
        inner.set("group", exp.Group(expressions=[self.key.raw(OTHER)]))
        inner.set("having", exp.Having(this=build.more(exp.Count(this=exp.Star()), build.integer(1))))
        return build.negation(build.exists(inner))

    def _has_subject(self, table: ReadTable) -> Tree:
        return has_key(self.subject.tree(OTHER), _column(self.key), table.key.raw(HERE))

    def _rows(self, table: ReadTable, condition: Tree, column: str | None, code: Code) -> exp.Select:
        query = build.select(_row(table.table.name, table.key.raw(HERE), column, code), table.tree(HERE))
        query.set("where", exp.Where(this=condition))
        return query

    def _named_key(self, table: ReadTable) -> Tree:
        return build.named(table.key.raw(HERE), "key")

    def _shown_key(self, table: ReadTable) -> Tree:
        return build.named(build.cast(table.key.raw(HERE), "TEXT"), "key")


def _row(table: str | None, key: Tree, column: str | None, code: Code) -> list[Tree]:
    """The columns of one problem."""
    values = [
        build.nothing("TEXT") if table is None else build.text(table),
        build.cast(key, "TEXT"),
        build.nothing("TEXT") if column is None else build.text(column),
        build.text(code.name),
    ]
    return [build.named(value, name) for value, name in zip(values, PROBLEM, strict=True)]


def _case(holds: Tree, item: ReadField, code: Code) -> Case:
    return Case(holds, (build.text(_column(item)), build.text(code.name)))


def _column(item: ReadField) -> str:
    """The name of the column, of the field where it has none."""
    return item.field.name if item.column is None else item.column.name
