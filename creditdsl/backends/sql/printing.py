"""A SQL tree as text.

In: a sqlglot tree. Out: its text in a dialect, one item a line. Parentheses stay on the line they stand in, and what a cast
of Spark gives up (TRY_CAST) is written as it is meant.
"""

from collections.abc import Callable
from typing import ClassVar

from sqlglot import exp
from sqlglot.generator import Generator
from sqlglot.generators.duckdb import DuckDBGenerator
from sqlglot.generators.postgres import PostgresGenerator
from sqlglot.generators.spark import SparkGenerator

from creditdsl.backends.sql.build import Tree
from creditdsl.backends.sql.target import Dialect


def _case(generator: Generator, tree: exp.Case) -> str:
    """Each branch on its line, or all of a short one on one."""
    subject = f" {generator.sql(tree, 'this')}" if tree.this is not None else ""
    lines = [
        f"WHEN {generator.sql(branch, 'this')} THEN {generator.sql(branch, 'true')}" for branch in tree.args["ifs"]
    ]
    default = tree.args.get("default")
    if default is not None:
        lines.append(f"ELSE {generator.sql(default)}")
    short = f"CASE{subject} {' '.join(lines)} END"
    if len(short) <= SHORT and "\n" not in short:
        return short
    inner = generator.indent("\n".join(lines), skip_first=False, skip_last=False)
    return f"CASE{subject}\n{inner}\nEND"


def _cast(generator: Generator, tree: exp.Cast) -> str:
    """`DATE '2020-11-01'` for a day that is written out."""
    type_ = generator.sql(tree, "to")
    if type_ == "DATE" and isinstance(tree.this, exp.Literal):
        return f"DATE {generator.sql(tree, 'this')}"
    return f"CAST({generator.sql(tree, 'this')} AS {type_})"


def _in(generator: Generator, tree: exp.In) -> str:
    """The values of a list in lines that are full."""
    values = [generator.sql(value) for value in tree.expressions]
    lines = [""]
    for value in values:
        if len(lines[-1]) + len(value) > WIDE:
            lines.append("")
        lines[-1] += f"{value}, "
    text = "\n".join(lines).rstrip(", ").replace(" \n", "\n")
    inner = f"\n{generator.indent(text, skip_first=False, skip_last=False)}\n" if len(lines) > 1 else text
    return f"{generator.sql(tree, 'this')} IN ({inner})"


def _filter(generator: Generator, tree: exp.Filter) -> str:
    """An aggregate and its condition; a long one is set in below."""
    condition = generator.sql(tree.expression, "this")
    if "\n" in condition:
        condition = f"\n{generator.indent(condition, skip_first=False, skip_last=False)}\n"
        return f"{generator.sql(tree, 'this')} FILTER (WHERE{condition})"
    return f"{generator.sql(tree, 'this')} FILTER (WHERE {condition})"


WIDE = 100
"""So many characters of a list stand on one line."""

SHORT = 90
"""So many characters of a CASE stand on one line."""

Transforms = dict[type[exp.Expr], Callable[..., str]]


def _parentheses(generator: Generator, tree: exp.Paren) -> str:
    return f"({generator.sql(tree, 'this')})"


SHARED: Transforms = {exp.Paren: _parentheses, exp.Case: _case, exp.Cast: _cast, exp.In: _in, exp.Filter: _filter}


class _DuckDBText(DuckDBGenerator):
    TRANSFORMS: ClassVar[Transforms] = {**DuckDBGenerator.TRANSFORMS, **SHARED}


class _PostgresText(PostgresGenerator):
    TRANSFORMS: ClassVar[Transforms] = {**PostgresGenerator.TRANSFORMS, **SHARED}


def _try_cast(generator: Generator, tree: exp.TryCast) -> str:
    return f"TRY_CAST({generator.sql(tree, 'this')} AS {generator.sql(tree, 'to')})"


class _SparkText(SparkGenerator):
    TRANSFORMS: ClassVar[Transforms] = {
        **SparkGenerator.TRANSFORMS,
        **SHARED,
        exp.TryCast: _try_cast,
    }


_GENERATORS: dict[Dialect, type[Generator]] = {
    Dialect.DUCKDB: _DuckDBText,
    Dialect.POSTGRES: _PostgresText,
    Dialect.SPARK: _SparkText,
}
_NAMES = {Dialect.DUCKDB: "duckdb", Dialect.POSTGRES: "postgres", Dialect.SPARK: "spark"}


def printed(tree: Tree, dialect: Dialect) -> str:
    """The text of a tree, without a semicolon; the tree may be changed by it."""
    return str(_generator(dialect).generate(tree, copy=False))


def _generator(dialect: Dialect) -> Generator:
    kind = _GENERATORS[dialect]
    try:
        return _made(kind, dialect)
    except TypeError:
        # The classes of sqlglot's compiled build (`sqlglot[c]`) have no subclasses: one of its own with other transforms.
        generator = _made(kind.__bases__[0], dialect)
        generator._dispatch = {**generator._dispatch, **kind.TRANSFORMS}
        return generator


def _made(kind: type[Generator], dialect: Dialect) -> Generator:
    return kind(dialect=_NAMES[dialect], pretty=True, identify=True, max_text_width=110)
