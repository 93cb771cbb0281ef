"""Rows made of columns: one row for each of several cases that holds of a row.

In: a stage, and cases: a condition and the values of a row. Out: a query. How it is fastest differs: DuckDB reads a table once
more for each case, PostgreSQL joins each row with a list of values, Spark stacks them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from creditdsl.backends.sql import build
from creditdsl.backends.sql.build import Tree
from creditdsl.backends.sql.target import Target

HERE, CASES, HOLDS = "t", "c", "holds"


@dataclass(frozen=True, slots=True)
class Case:
    """`values` are in the order of the columns; trees over the table as `t`."""

    holds: Tree
    values: tuple[Tree, ...]


def unpivoted(
    table: str, keys: Sequence[Tree], columns: Sequence[str], cases: Sequence[Case], target: Target
) -> exp.Query:
    """The rows of the cases that hold, each with the `keys` (named trees over the table as `t`) before its values."""
    match target.unpivot:
        case "union":
            return build.union_all([_selected(table, keys, columns, case) for case in cases])
        case "values":
            return _with_values(table, keys, columns, cases)
        case _:
            return _stacked(table, keys, columns, cases)


def _selected(table: str, keys: Sequence[Tree], columns: Sequence[str], case: Case) -> exp.Select:
    values = [build.named(value, name) for name, value in zip(columns, case.values, strict=True)]
    query = build.select([*(build.again(key) for key in keys), *values], build.table((table,), HERE))
    query.set("where", exp.Where(this=case.holds))
    return query


def _with_values(table: str, keys: Sequence[Tree], columns: Sequence[str], cases: Sequence[Case]) -> exp.Select:
    rows = [exp.Tuple(expressions=[case.holds, *case.values]) for case in cases]
    values = exp.Subquery(this=exp.Values(expressions=rows))
    query = build.select([*keys, *(build.column(name, CASES) for name in columns)], build.table((table,), HERE))
    query.set("joins", [exp.Join(this=exp.Lateral(this=values, alias=_alias(columns)), kind="CROSS")])
    query.set("where", exp.Where(this=build.column(HOLDS, CASES)))
    return query


def _alias(columns: Sequence[str]) -> exp.TableAlias:
    return exp.TableAlias(this=build.identifier(CASES), columns=[build.identifier(name) for name in (HOLDS, *columns)])


def _stacked(table: str, keys: Sequence[Tree], columns: Sequence[str], cases: Sequence[Case]) -> exp.Select:
    values = [part for case in cases for part in (case.holds, *case.values)]
    stack = build.call("STACK", build.integer(len(cases)), *values)
    query = build.select([*keys, *(build.column(name, CASES) for name in columns)], build.table((table,), HERE))
    query.set("laterals", [exp.Lateral(this=stack, view=True, outer=False, alias=_alias(columns))])
    query.set("where", exp.Where(this=build.column(HOLDS, CASES)))
    return query
