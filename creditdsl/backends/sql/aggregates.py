"""Aggregates over the records of one table, by subject.

In: the definitions of one layer and where their records stand. Out: stages with a row for each subject that has records:
counts, sums and extremes all in one, each kind that needs the records put in order in one of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from creditdsl.backends.sql import build
from creditdsl.backends.sql.build import Tree
from creditdsl.backends.sql.conditions import ALWAYS, in_common
from creditdsl.backends.sql.expressions import write
from creditdsl.backends.sql.query import Query, Stage
from creditdsl.backends.sql.scope import Scope
from creditdsl.core.ir import (
    Aggregate,
    AggregateKind,
    Definition,
    DefinitionReference,
    Expression,
    SubjectField,
)
from creditdsl.core.type_of import type_of
from creditdsl.core.types import Optional, Truth
from creditdsl.core.walk import walk
from creditdsl.diagnostics import InternalError

RECORD, SUBJECT = "r", "s"
"""The names of a record and of its subject inside an aggregate."""

OWN_COLUMNS = ("start", "value", "place", "least", "run", "length")
"""Columns inside the stages of aggregates, which no other column may be named like."""

ORDERED = (AggregateKind.SUM_OF_LEAST, AggregateKind.LONGEST_RUN, AggregateKind.STREAK)


@dataclass(frozen=True, slots=True)
class Records:
    """The rows of a table, and the stage of the subjects that they may be joined with."""

    rows: Stage
    subjects: Stage

    def source(self, *, joined: bool) -> tuple[Tree, list[exp.Join]]:
        if not joined:
            return self.rows.tree(RECORD), []
        same = build.equal(build.column(self.subjects.key, SUBJECT), build.column(self.rows.key, RECORD))
        return self.rows.tree(RECORD), [exp.Join(this=self.subjects.tree(SUBJECT), on=same, kind="INNER")]

    def select(self, expressions: Sequence[Tree], *, joined: bool) -> exp.Select:
        source, joins = self.source(joined=joined)
        query = build.select(expressions, source)
        if joins:
            query.set("joins", joins)
        return query

    @property
    def columns(self) -> dict[Expression, tuple[str | None, str]]:
        return {**self.subjects.seen_as(SUBJECT), **self.rows.seen_as(RECORD)}

    @property
    def key(self) -> Tree:
        return build.named(build.column(self.rows.key, RECORD), self.rows.key)


def reads_subject(expression: Expression) -> bool:
    """Whether a record's expression looks at its subject too."""
    return any(isinstance(part, SubjectField | DefinitionReference) for part in walk(expression))


def is_simple(definition: Definition) -> bool:
    """Whether an aggregate is taken in one pass with others."""
    return _aggregate(definition).kind not in ORDERED


def simple_stage(
    query: Query,
    records: Records,
    columns: Mapping[str, Definition],
    scope: Scope,
    *,
    counted: str | None,
    final: bool,
) -> Stage:
    """The stage of simple aggregates by their columns; `counted` is a column for the number of records.

    Where they are not `final`, a sum of no records, which is NULL, stays that until the subjects without records have theirs.
    """
    aggregates = {name: _aggregate(definition) for name, definition in columns.items()}
    common, aggregates = (ALWAYS, aggregates) if counted is not None else in_common(aggregates)
    joined = any(reads_subject(aggregate) for aggregate in (common, *aggregates.values()))
    trees = [records.key]
    if counted is not None:
        trees.append(build.named(exp.Count(this=exp.Star()), counted))
    for name, aggregate in aggregates.items():
        tree = _simple(aggregate, scope)
        if final and aggregate.kind is AggregateKind.SUM and aggregate.where != ALWAYS:
            tree = without_records(columns[name], tree)
        trees.append(build.named(tree, name, rule_comment(columns[name])))
    select = records.select(trees, joined=joined)
    if common != ALWAYS:
        select.set("where", exp.Where(this=write(common, scope)))
    _group(select, records)
    table = next(iter(aggregates.values())).table
    name = query.add(f"{table}_totals", select)
    leaves: dict[Expression, str] = {leaf(definition): column for column, definition in columns.items()}
    return Stage(name, records.rows.key, leaves, counted)


def ordered_stage(query: Query, records: Records, column: str, definition: Definition, scope: Scope) -> Stage:
    """The stage of one aggregate that puts records in order."""
    aggregate = _aggregate(definition)
    match aggregate.kind:
        case AggregateKind.SUM_OF_LEAST:
            select = _sum_of_least(records, column, aggregate, scope)
        case AggregateKind.LONGEST_RUN:
            select = _longest_run(records, column, aggregate, scope)
        case AggregateKind.STREAK:
            select = _streak(records, column, aggregate, scope)
        case _:
            raise InternalError(f"{aggregate.kind} needs no order")
    comment = rule_comment(definition)
    name = query.add(f"{aggregate.table}_{aggregate.kind.value}", select, comment=comment)
    return Stage(name, records.rows.key, {leaf(definition): column})


def leaf(definition: Definition) -> DefinitionReference:
    return DefinitionReference(definition.name, definition.type)


def without_records(definition: Definition, tree: Tree) -> Tree:
    """The aggregate of a subject that may have no row in the aggregates, because it has no records."""
    if isinstance(definition.type, Optional):
        return tree
    nothing = build.truth(False) if isinstance(definition.type, Truth) else build.integer(0)
    return build.coalesce(tree, nothing)


def rule_comment(definition: Definition) -> str | None:
    """What stands behind a column: the code of the rule and its label."""
    rule = definition.rule
    return None if rule is None else " ".join((rule.kind.value, rule.code, *rule.label[:1]))


def _aggregate(definition: Definition) -> Aggregate:
    if not isinstance(definition.expression, Aggregate):
        raise InternalError(f"{definition.name} is no aggregate")
    return definition.expression


def _simple(aggregate: Aggregate, scope: Scope) -> Tree:
    where = aggregate.where
    match aggregate.kind:
        case AggregateKind.COUNT if aggregate.keys:
            return _matching(exp.Count(this=exp.Distinct(expressions=[_key(aggregate, scope)])), where, scope)
        case AggregateKind.COUNT:
            return _matching(exp.Count(this=exp.Star()), where, scope)
        case AggregateKind.ANY:
            return build.coalesce(build.call("BOOL_OR", write(where, scope)), build.truth(False))
        case AggregateKind.SUM:
            return build.cast(_matching(scope.target.total(_value(aggregate, scope)), where, scope), "BIGINT")
        case AggregateKind.MAXIMUM:
            return _matching(exp.Max(this=_value(aggregate, scope)), where, scope)
        case AggregateKind.MINIMUM:
            return _matching(exp.Min(this=_value(aggregate, scope)), where, scope)
        case AggregateKind.SUM_OF_LEAST | AggregateKind.LONGEST_RUN | AggregateKind.STREAK:
            raise InternalError(f"{aggregate.kind} needs an order")


def _matching(tree: Tree, where: Expression, scope: Scope) -> Tree:
    return tree if where == ALWAYS else exp.Filter(this=tree, expression=exp.Where(this=write(where, scope)))


def _value(aggregate: Aggregate, scope: Scope) -> Tree:
    if aggregate.value is None:
        raise InternalError(f"{aggregate.kind} of no value")
    return write(aggregate.value, scope)


def _key(aggregate: Aggregate, scope: Scope) -> Tree:
    """The keys of a record as one value, which is never NULL; one key that is always there stands as it is."""
    keys = [write(key, scope) for key in aggregate.keys]
    alone = len(keys) == 1 and not isinstance(type_of(aggregate.keys[0]), Optional)
    return keys[0] if alone else scope.target.row(keys)


def _group(select: exp.Select, records: Records) -> None:
    select.set("group", exp.Group(expressions=[build.column(records.rows.key, RECORD)]))


def _where(select: exp.Select, aggregate: Aggregate, scope: Scope) -> exp.Select:
    if aggregate.where != ALWAYS:
        select.set("where", exp.Where(this=write(aggregate.where, scope)))
    return select


def _inner(query: exp.Query, alias: str) -> exp.Subquery:
    return exp.Subquery(this=query, alias=exp.TableAlias(this=build.identifier(alias)))


def _sum_of_least(records: Records, column: str, aggregate: Aggregate, scope: Scope) -> exp.Select:
    """The least value of each key, summed."""
    least = build.named(exp.Min(this=_value(aggregate, scope)), "least")
    select = _where(records.select([records.key, least], joined=reads_subject(aggregate)), aggregate, scope)
    keys = [write(key, scope) for key in aggregate.keys]
    select.set("group", exp.Group(expressions=[build.column(records.rows.key, RECORD), *keys]))
    total = build.cast(scope.target.total(build.column("least")), "BIGINT")
    return _by_key(records, build.named(total, column), _inner(select, "leasts"))


def _by_key(records: Records, tree: Tree, source: Tree) -> exp.Select:
    query = build.select([build.column(records.rows.key), tree], source)
    query.set("group", exp.Group(expressions=[build.column(records.rows.key)]))
    return query


def _values(records: Records, aggregate: Aggregate, scope: Scope, *, start: Tree | None) -> exp.Select:
    """The distinct values of the records that match, with the start of a streak."""
    starts = [] if start is None else [build.named(start, "start")]
    joined = reads_subject(aggregate)
    trees = [records.key, *starts, build.named(_ordered_value(aggregate, scope), "value")]
    select = _where(records.select(trees, joined=joined), aggregate, scope)
    select.set("distinct", exp.Distinct())
    return select


def _ordered_value(aggregate: Aggregate, scope: Scope) -> Tree:
    """A value at a type in which a place can be added to it."""
    if aggregate.value is None:
        raise InternalError(f"{aggregate.kind} of no value")
    interval = scope.interval(aggregate.value)
    room = -(2**62) <= interval.low and interval.high <= 2**62
    tree = write(aggregate.value, scope)
    return build.cast(tree, "BIGINT") if room else scope.target.wide(tree)


def _place(records: Records, *, downwards: bool) -> Tree:
    """The place of a value among those of its subject, from 1."""
    order = exp.Order(expressions=[exp.Ordered(this=build.column("value"), desc=downwards)])
    return exp.Window(this=exp.RowNumber(), partition_by=[build.column(records.rows.key)], order=order, over="OVER")


def _longest_run(records: Records, column: str, aggregate: Aggregate, scope: Scope) -> exp.Select:
    """Consecutive values have one difference from their place."""
    key = build.column(records.rows.key)
    values = _inner(_values(records, aggregate, scope, start=None), "distinct_values")
    run = build.named(build.subtract(build.column("value"), _place(records, downwards=False)), "run")
    placed = build.select([key, run], values)
    lengths = build.select(
        [build.again(key), build.named(exp.Count(this=exp.Star()), "length")], _inner(placed, "runs")
    )
    lengths.set("group", exp.Group(expressions=[build.again(key), build.column("run")]))
    longest = build.named(exp.Max(this=build.column("length")), column)
    return _by_key(records, longest, _inner(lengths, "lengths"))


def _streak(records: Records, column: str, aggregate: Aggregate, scope: Scope) -> exp.Select:
    """From the start downwards, values that are as far from it as their place says."""
    if aggregate.start is None:
        raise InternalError("a streak has no start")
    start = write(aggregate.start, scope)
    values = _values(records, aggregate, scope, start=start)
    up_to = build.at_most(_value(aggregate, scope), build.again(start))
    where = values.args.get("where")
    values.set("where", exp.Where(this=up_to if where is None else build.all_of([where.this, up_to])))
    key = build.column(records.rows.key)
    inner = [key, build.column("start"), build.column("value"), build.named(_place(records, downwards=True), "place")]
    placed = _inner(build.select(inner, _inner(values, "distinct_values")), "places")
    last = build.add(build.column("value"), build.column("place"))
    unbroken = build.equal(build.subtract(last, build.integer(1)), build.column("start"))
    count = exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=unbroken))
    return _by_key(records, build.named(count, column), placed)
