"""The definitions of a program in the form that is cheapest in SQL.

In: a program, and the names of definitions. Out: these and all they need, each with the value it had: without choices that make no difference, conditions that are
known to hold (as whole columns want them too) and limits that nothing reaches; factors of one product put together; and what
several definitions say alike computed once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from creditdsl.core.intervals import INT64, Facts, interval_of
from creditdsl.core.ir import (
    Add,
    Aggregate,
    Constant,
    Definition,
    DefinitionReference,
    Expression,
    Greatest,
    Least,
    Multiply,
    Negate,
    Program,
)
from creditdsl.core.ranges import known_inputs, stated_interval
from creditdsl.core.types import Type
from creditdsl.core.walk import Leaf, rebuilt, walk
from creditdsl.tabular.plan import needed_names
from creditdsl.tabular.simplify import Simplifier

Sure = DefinitionReference | Constant | Add | Multiply | Negate | Least | Greatest
"""Arithmetic over definitions, whose intervals hold of every subject."""


def simplified(program: Program, names: Iterable[str]) -> tuple[Definition, ...]:
    """The definitions `names` and those that they refer to in turn, in order."""
    needed = needed_names({item.name: item for item in program.definitions}, names)
    known: Facts = dict(known_inputs(program.subject, program.records, program.enums))
    simplifier = Simplifier(program, known)
    first: dict[Expression, DefinitionReference] = {}
    other: dict[Expression, Expression] = {}
    made = []
    for definition in program.definitions:
        if definition.name not in needed:
            continue
        written = _substituted(definition.expression, other) if other else definition.expression
        expression = _shortest(simplifier.define(definition.name, written), known)
        reference = DefinitionReference(definition.name, definition.type)
        stated = stated_interval(definition, program.enums)
        if stated is not None:
            known[reference] = stated
        if not isinstance(expression, Constant | DefinitionReference | Aggregate):
            earlier = first.setdefault(expression, reference)
            expression = earlier if earlier is not reference and earlier.type == reference.type else expression
        if isinstance(expression, DefinitionReference) and expression.type == reference.type:
            other[reference] = expression
        same = expression is definition.expression
        made.append(definition if same else replace(definition, expression=expression))
    return tuple(made)


def _shortest(expression: Expression, known: Facts) -> Expression:
    """The expression without needless limits, then with one factor; only where there are any."""
    kinds = {type(part) for part in walk(expression)}
    if Least in kinds or Greatest in kinds:
        expression = _without_limits(expression, known)
    return _one_factor(expression) if Multiply in kinds else expression


def _substituted(expression: Expression, other: Mapping[Expression, Expression]) -> Expression:
    """The expression with the first of several definitions that are the same in the place of each."""
    if isinstance(expression, DefinitionReference):
        return other.get(expression, expression)
    if isinstance(expression, Leaf):
        return expression
    return rebuilt(expression, lambda part: _substituted(part, other))


def _without_limits(expression: Expression, known: Facts) -> Expression:
    """The expression without limits that nothing reaches."""
    if isinstance(expression, Leaf):
        return expression
    inner = rebuilt(expression, lambda part: _without_limits(part, known))
    match inner:
        case Least((value, Constant(int(limit)))) if _is_sure(value) and interval_of(value, known).high <= limit:
            return value
        case Greatest((value, Constant(int(limit)))) if _is_sure(value) and interval_of(value, known).low >= limit:
            return value
        case _:
            return inner


def _is_sure(expression: Expression) -> bool:
    return all(isinstance(part, Sure) for part in walk(expression))


def _one_factor(expression: Expression) -> Expression:
    """`-(x * 2 * 10)` as `x * -20`, at every place."""
    if isinstance(expression, Leaf):
        return expression
    inner = rebuilt(expression, _one_factor)
    match inner:
        case Multiply(value, Constant(int(factor))) | Multiply(Constant(int(factor)), value):
            return _times(value, factor, inner.type)
        case Negate(Multiply(_, Constant(int()))):
            return _times(inner.operand, -1, inner.type)
        case _:
            return inner


def _times(value: Expression, factor: int, type_: Type) -> Expression:
    """A value times a whole number, whose scale is counted in the type."""
    if factor == 1:
        return value
    if isinstance(value, Multiply) and isinstance(value.right, Constant) and isinstance(value.right.value, int):
        total = value.right.value * factor
        if INT64.low <= total <= INT64.high:
            return Multiply(value.left, Constant(total, value.right.type), type_)
    return Multiply(value, Constant(factor, type_), type_)
