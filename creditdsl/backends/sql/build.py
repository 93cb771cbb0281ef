"""Small pieces of a SQL tree.

In: names, values and trees. Out: sqlglot nodes that print alike in every dialect. Identifiers are always quoted; a tree
that is given is taken over, so a tree that stands in two places is copied first.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from typing import TypeVar

from sqlglot import exp

Tree = exp.Expr

INT32_HIGH = 2**31 - 1
INT64_HIGH = 2**63 - 1

APART = (exp.Binary, exp.Not, exp.Between, exp.Is, exp.In, exp.Neg, exp.Connector)
"""What something around it could tear apart."""

ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Mod, exp.IntDiv, exp.Div)


def identifier(name: str) -> exp.Identifier:
    return exp.Identifier(this=name, quoted=True)


def column(name: str, table: str | None = None) -> Tree:
    return exp.Column(this=identifier(name), table=None if table is None else identifier(table))


def integer(value: int) -> Tree:
    """A whole number; what does not fit 32 bits has the type BIGINT in every dialect.

    The least BIGINT is written as a difference, since its digits alone are not one.
    """
    if value == -INT64_HIGH - 1:
        return exp.Paren(this=exp.Sub(this=integer(-INT64_HIGH), expression=integer(1)))
    number = exact(str(abs(value)))
    if abs(value) > INT32_HIGH:
        number = cast(number, "BIGINT")
    return exp.Neg(this=number) if value < 0 else number


def exact(number: str) -> Tree:
    """A decimal number as it is written, such as `0.01`."""
    return exp.Literal(this=number, is_string=False)


def text(value: str) -> Tree:
    return exp.Literal(this=value, is_string=True)


def truth(value: bool) -> Tree:
    return exp.Boolean(this=value)


def day(value: date) -> Tree:
    return cast(text(value.isoformat()), "DATE")


def nothing(type_: str) -> Tree:
    """A NULL of a type."""
    return cast(exp.Null(), type_)


def cast(tree: Tree, type_: str) -> Tree:
    return exp.Cast(this=tree, to=data_type(type_))


def data_type(name: str) -> exp.DataType:
    """The tree of a type that has the name in DuckDB."""
    return again(_parsed_type(name))


@cache
def _parsed_type(name: str) -> exp.DataType:
    """Reading a name takes far longer than copying what it gave, and a policy has a few types in thousands of casts."""
    return exp.DataType.build(name, dialect="duckdb")


Node = TypeVar("Node", bound=exp.Expr)


def again(tree: Node) -> Node:
    """A copy of a tree that stands in one place already: what `copy` gives, in a fraction of its time."""
    parts = {name: _part_again(part) for name, part in tree.args.items()}
    copied = type(tree)(**parts)
    if tree.comments:
        copied.comments = list(tree.comments)
    return copied


def _part_again(part: object) -> object:
    if isinstance(part, exp.Expr):
        return again(part)
    return [_part_again(item) for item in part] if isinstance(part, list) else part


def call(name: str, *arguments: Tree) -> Tree:
    return exp.Anonymous(this=name, expressions=list(arguments))


def grouped(tree: Tree) -> Tree:
    """The tree in parentheses, unless nothing around it could tear it apart."""
    if not isinstance(tree, APART):
        return tree
    number = isinstance(tree, exp.Neg) and isinstance(tree.this, exp.Literal)
    return tree if number else exp.Paren(this=tree)


def add(left: Tree, right: Tree) -> Tree:
    """The sum; a negative number on the right is taken off instead."""
    if isinstance(right, exp.Neg):
        return exp.Sub(this=left, expression=grouped(right.this))
    return exp.Add(this=left, expression=_term(right))


def subtract(left: Tree, right: Tree) -> Tree:
    return exp.Sub(this=left, expression=grouped(right))


def multiply(left: Tree, right: Tree) -> Tree:
    return exp.Mul(this=_factor(left), expression=grouped(right))


def remainder(left: Tree, right: Tree) -> Tree:
    return exp.Mod(this=grouped(left), expression=grouped(right))


def negate(tree: Tree) -> Tree:
    return exp.Neg(this=grouped(tree))


def _term(tree: Tree) -> Tree:
    return tree if isinstance(tree, exp.Mul) else grouped(tree)


def _factor(tree: Tree) -> Tree:
    return tree if isinstance(tree, exp.Mul) else grouped(tree)


def equal(left: Tree, right: Tree) -> Tree:
    return exp.EQ(this=_compared(left), expression=_compared(right))


def unequal(left: Tree, right: Tree) -> Tree:
    return exp.NEQ(this=_compared(left), expression=_compared(right))


def less(left: Tree, right: Tree) -> Tree:
    return exp.LT(this=_compared(left), expression=_compared(right))


def at_most(left: Tree, right: Tree) -> Tree:
    return exp.LTE(this=_compared(left), expression=_compared(right))


def more(left: Tree, right: Tree) -> Tree:
    return exp.GT(this=_compared(left), expression=_compared(right))


def at_least(left: Tree, right: Tree) -> Tree:
    return exp.GTE(this=_compared(left), expression=_compared(right))


def kept(tree: Tree, low: int, high: int) -> Tree:
    """A number kept between two ends."""
    return call("LEAST", call("GREATEST", tree, integer(low)), integer(high))


def between(tree: Tree, low: Tree, high: Tree) -> Tree:
    return exp.Between(this=_compared(tree), low=_compared(low), high=_compared(high))


def one_of(tree: Tree, values: Iterable[Tree]) -> Tree:
    return exp.In(this=_compared(tree), expressions=list(values))


def _compared(tree: Tree) -> Tree:
    return tree if isinstance(tree, ARITHMETIC) else grouped(tree)


def is_null(tree: Tree) -> Tree:
    return exp.Is(this=grouped(tree), expression=exp.Null())


def is_present(tree: Tree) -> Tree:
    return exp.Is(this=grouped(tree), expression=exp.Not(this=exp.Null()))


def negation(tree: Tree) -> Tree:
    return exp.Not(this=grouped(tree))


def exists(query: exp.Query) -> Tree:
    return exp.Exists(this=query)


def all_of(trees: Sequence[Tree]) -> Tree:
    return _joined(exp.And, trees, neutral=True)


def any_of(trees: Sequence[Tree]) -> Tree:
    return _joined(exp.Or, trees, neutral=False)


def _joined(kind: type[exp.Connector], trees: Sequence[Tree], *, neutral: bool) -> Tree:
    """The operands in balance, so that a thousand of them are ten deep."""
    if not trees:
        return truth(neutral)
    if len(trees) == 1:
        return trees[0]
    middle = len(trees) // 2 if len(trees) > 40 else len(trees) - 1
    left, right = _joined(kind, trees[:middle], neutral=neutral), _joined(kind, trees[middle:], neutral=neutral)
    return kind(this=_operand(left, kind), expression=_operand(right, kind))


def _operand(tree: Tree, kind: type[exp.Connector]) -> Tree:
    """An operand of AND or OR: only an OR under an AND could be torn apart."""
    return exp.Paren(this=tree) if isinstance(tree, exp.Or) and kind is exp.And else tree


def when(branches: Iterable[tuple[Tree, Tree]], otherwise: Tree | None = None) -> Tree:
    """`CASE WHEN … THEN … ELSE … END`."""
    return exp.Case(ifs=[exp.If(this=test, true=value) for test, value in branches], default=otherwise)


def matched(tree: Tree, branches: Iterable[tuple[Tree, Tree]], otherwise: Tree | None = None) -> Tree:
    """`CASE tree WHEN value THEN … END`."""
    return exp.Case(this=tree, ifs=[exp.If(this=value, true=then) for value, then in branches], default=otherwise)


def coalesce(tree: Tree, default: Tree) -> Tree:
    return exp.Coalesce(this=tree, expressions=[default])


def named(tree: Tree, name: str, comment: str | None = None) -> Tree:
    """`tree AS "name"`, with a comment behind it."""
    alias = exp.Alias(this=tree, alias=identifier(name))
    if comment is not None:
        alias.add_comments([in_comment(comment)])
    return alias


def in_comment(words: str) -> str:
    """Words as they may stand inside `/* */`: neither ending nor nesting it, on one line."""
    shown = "".join(character if character.isprintable() else " " for character in words)
    return " " + shown.replace("*/", "* /").replace("/*", "/ *") + " "


def table(parts: Sequence[str], alias: str | None = None) -> Tree:
    """A table by its name and the schema and the catalogue it stands in, in this order from the left."""
    names = [identifier(part) for part in parts]
    places = dict(zip(("this", "db", "catalog"), reversed(names), strict=False))
    shown = None if alias is None else exp.TableAlias(this=identifier(alias))
    return exp.Table(**places, alias=shown)


def select(expressions: Iterable[Tree], source: Tree) -> exp.Select:
    return exp.Select(expressions=list(expressions), from_=exp.From(this=source))


def star(table_name: str | None = None) -> Tree:
    return exp.Star() if table_name is None else exp.Column(this=exp.Star(), table=identifier(table_name))


def union_all(queries: Sequence[exp.Query]) -> exp.Query:
    """All rows of several queries; in balance, since a dialect prints and reads them one inside the other."""
    if len(queries) == 1:
        return queries[0]
    result = queries[0]
    for query in queries[1:]:
        result = exp.Union(this=result, expression=query, distinct=False)
    return result
