"""Sums, differences and multiples as a constant and coefficients.

In: an expression. Out: a `Linear`: its value is `constant` and for each term its coefficient times the term. Terms are what
is no sum, difference or multiple by a constant; a condition that costs points is a term that is 1 or 0.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from creditdsl.core.ir import (
    Add,
    Branch,
    Choose,
    Constant,
    DefinitionReference,
    Expression,
    Multiply,
    Negate,
    Subtract,
)
from creditdsl.core.types import Number, Unit

COUNT = Number(Unit.NUMBER)
ONE, NONE = Constant(1, COUNT), Constant(0, COUNT)
FEW = 2
"""A definition of so many terms at most is taken apart where it is used."""

Parts = Add | Subtract | Negate | Multiply | Choose | DefinitionReference


@dataclass(slots=True)
class Linear:
    constant: int = 0
    terms: dict[Expression, int] = field(default_factory=dict)

    def add(self, other: "Linear", factor: int) -> None:
        """Add a multiple of another one; terms that cancel out are gone."""
        self.constant += factor * other.constant
        for term, coefficient in other.terms.items():
            total = self.terms.get(term, 0) + factor * coefficient
            if total:
                self.terms[term] = total
            else:
                self.terms.pop(term, None)


Define = Callable[[DefinitionReference], Expression | None]
"""The expression of a definition that may be taken apart; None when it may not."""


def linear(expression: Expression, define: Define) -> Linear:
    """The expression as a constant and coefficients."""
    result = Linear()
    match expression:
        case Constant(int(value)):
            return Linear(value)
        case Add(operands):
            for operand in operands:
                result.add(linear(operand, define), 1)
            return result
        case Subtract(left, right):
            result.add(linear(left, define), 1)
            result.add(linear(right, define), -1)
            return result
        case Negate(operand):
            result.add(linear(operand, define), -1)
            return result
        case Multiply(Constant(int(factor)), other) | Multiply(other, Constant(int(factor))):
            result.add(linear(other, define), factor)
            return result
        case Choose((Branch(when, Constant(int(then))),), Constant(int(otherwise))):
            holds = Choose((Branch(when, ONE),), NONE, COUNT)
            result.add(Linear(otherwise, {holds: 1}), 1)
            result.terms[holds] = then - otherwise
            return result if then != otherwise else Linear(otherwise)
        case DefinitionReference():
            inner = define(expression)
            if isinstance(inner, Parts):
                parts = linear(inner, define)
                if len(parts.terms) <= FEW:
                    return parts
    return Linear(0, {expression: 1})
