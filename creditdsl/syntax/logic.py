"""Conditions made of conditions: what a pass writes in an author's place stands where the parts stand that it is made from."""

from collections.abc import Sequence
from functools import reduce

from creditdsl.syntax import tree


def binary(operator: tree.BinaryOperator, left: tree.Expression, right: tree.Expression) -> tree.Binary:
    return tree.Binary(operator, left, right, span=left.span)


def negated(operand: tree.Expression) -> tree.Unary:
    return tree.Unary(tree.UnaryOperator.NOT, operand, span=operand.span)


def all_of(parts: Sequence[tree.Expression]) -> tree.Expression | None:
    """That all hold; None where there are none."""
    return reduce(lambda left, right: binary(tree.BinaryOperator.AND, left, right), parts) if parts else None
