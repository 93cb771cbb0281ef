"""Rewrites that make whole columns cheaper; each keeps the value of every expression.

In: an expression and what is known of the intervals of its parts. Out: an equal expression:

- a choice whose value is the other one anyway where its condition fails: `0 < x ? x : 0` with x >= 0 becomes `x`
- a limit on a multiple: `min(20 * n, 100)` becomes `20 * min(n, 5)`, which fits a narrower integer
- a comparison of a limited or multiplied value with a constant: `0 < min(20 * n, 100)` becomes `0 < n`
- a condition of a choice without what the conditions before it leave true: the upper limit of a band goes
- conditions and choices over constants
"""

from collections import ChainMap
from collections.abc import Callable
from itertools import islice

from creditdsl.core.evaluate import Scope
from creditdsl.core.intervals import ALWAYS, NEVER, Facts
from creditdsl.core.ir import (
    AddWorkdays,
    Aggregate,
    And,
    Branch,
    ChoiceAt,
    Choose,
    Constant,
    DefinitionReference,
    DivideRounded,
    Expression,
    Greatest,
    Interval,
    Least,
    Less,
    LessOrEqual,
    Multiply,
    Not,
    Or,
    Presume,
    Program,
    RollForward,
    WorkdaysBetween,
)
from creditdsl.core.ranges import facts_of, interval_of, may_overflow
from creditdsl.core.subject import LoadedSubject
from creditdsl.core.type_of import type_of
from creditdsl.core.types import Number, Truth, plain
from creditdsl.core.walk import Leaf, children, rebuilt, walk
from creditdsl.tabular.fold import NO, NO_RUN, YES, at_type_of, constant_value

SMALL = 32
"""Of fewer expressions is a value of which it is found out whether it is another one anyway."""

Partial = Presume | DivideRounded | ChoiceAt | AddWorkdays | RollForward | WorkdaysBetween | Aggregate
"""What has no value for some operands, so that its interval says nothing of rows in which it is not asked for."""


class Simplifier:
    """Simplifies the definitions of a program, one after the other."""

    def __init__(self, program: Program, known: Facts) -> None:
        self.known = known
        self.truths: dict[str, Expression] = {}
        self.constants: dict[str, Constant] = {}
        self.scope = Scope(program, LoadedSubject({}, {}), NO_RUN, {}, {})

    def define(self, name: str, expression: Expression) -> Expression:
        """The expression of a definition, simplified; those that it refers to must have been defined before."""
        simple = self.simplify(expression)
        if isinstance(simple, Constant):
            self.constants[name] = simple
        if isinstance(plain(type_of(simple)), Truth):
            self.truths[name] = simple
        return simple

    def simplify(self, expression: Expression) -> Expression:
        """The expression with all rewrites, from the inside out."""
        if isinstance(expression, DefinitionReference):
            return self.constants.get(expression.name, expression)
        if isinstance(expression, Leaf):
            return expression
        simple = self._rewritten(rebuilt(expression, self.simplify))
        parts = children(simple)
        if parts and not isinstance(simple, Aggregate) and all(isinstance(part, Constant) for part in parts):
            return constant_value(simple, self.scope)
        return simple

    def _rewritten(self, simple: Expression) -> Expression:
        match simple:
            case And(operands):
                return _junction(operands, YES, NO, And)
            case Or(operands):
                return _junction(operands, NO, YES, Or)
            case Not(Constant(value)):
                return NO if value else YES
            case Choose():
                return self._choice(simple)
            case Least(operands) if len(operands) == 2:
                return _limited(simple, operands)
            case Greatest(operands) if len(operands) == 2:
                return _limited(simple, operands)
            case Less() | LessOrEqual():
                return self._order(simple)
            case _:
                return simple

    def _choice(self, choice: Choose) -> Expression:
        branches: list[Branch] = []
        otherwise = choice.otherwise
        facts: Facts = {}
        for branch in choice.branches:
            when = self._left(branch.when, facts)
            if when == YES:
                otherwise = branch.then
                break
            if when != NO:
                branches.append(Branch(when, branch.then))
            if isinstance(when, And | Less | LessOrEqual):
                facts |= facts_of(when, ChainMap(facts, self.known), holds=False)
        if not branches:
            return at_type_of(choice, otherwise)
        if len(branches) == 1 and self._is_the_same(branches[0], otherwise):
            return at_type_of(choice, branches[0].then)
        return Choose(tuple(branches), otherwise, choice.type)

    def _left(self, condition: Expression, facts: Facts) -> Expression:
        """What a condition still asks where those of the branches before it do not hold."""
        if not facts or not isinstance(condition, And):
            return condition
        known = ChainMap(facts, self.known)
        tests = Less | LessOrEqual
        kept = tuple(
            part for part in condition.operands if not (isinstance(part, tests) and interval_of(part, known) == ALWAYS)
        )
        return _junction(kept, YES, NO, And)

    def _is_the_same(self, branch: Branch, otherwise: Expression) -> bool:
        """Whether the value of a branch is the constant `otherwise` wherever its condition does not hold."""
        if not isinstance(otherwise, Constant) or not isinstance(type_of(branch.then), Number):
            return False
        parts = tuple(islice(walk(branch.then), SMALL))
        if len(parts) == SMALL or any(isinstance(part, Partial) for part in parts):
            return False
        when = branch.when
        if isinstance(when, DefinitionReference):
            when = self.truths.get(when.name, when)
        facts = facts_of(when, self.known, holds=False)
        if not facts or not isinstance(otherwise.value, int):
            return False
        interval = interval_of(branch.then, ChainMap(facts, self.known))
        return interval == Interval(otherwise.value, otherwise.value) and not may_overflow(branch.then, self.known)

    def _order(self, test: Less | LessOrEqual) -> Expression:
        """A comparison with a constant, of the simpler value that the other side is made of."""
        interval = interval_of(test, self.known)
        if interval in (ALWAYS, NEVER):
            return YES if interval == ALWAYS else NO
        bound, value = _compared(test.left, test.right)
        if bound is None:
            return test
        gap = 1 if isinstance(test, Less) else 0
        if isinstance(test.left, Constant):
            return self._above(bound + gap, value) or test
        return self._below(value, bound - gap) or test

    def _above(self, bound: int, value: Expression) -> Expression | None:
        """`bound <= value` for a value that is made of a simpler one; None when it is not."""
        match value:
            case Least((inner, Constant(int(limit)))) if bound <= limit:
                return self._above(bound, inner) or _at_least(bound, inner)
            case Multiply(inner, Constant(int(factor))) if factor > 0 and not may_overflow(value, self.known):
                least = -(-bound // factor)
                return self._above(least, inner) or _at_least(least, inner)
            case _:
                return None

    def _below(self, value: Expression, bound: int) -> Expression | None:
        """`value <= bound` for a value that is made of a simpler one; None when it is not."""
        match value:
            case Least((inner, Constant(int(limit)))) if bound < limit:
                return self._below(inner, bound) or _at_most(inner, bound)
            case Multiply(inner, Constant(int(factor))) if factor > 0 and not may_overflow(value, self.known):
                return self._below(inner, bound // factor) or _at_most(inner, bound // factor)
            case _:
                return None


def _at_least(bound: int, value: Expression) -> Expression:
    return LessOrEqual(Constant(bound, type_of(value)), value)


def _at_most(value: Expression, bound: int) -> Expression:
    return LessOrEqual(value, Constant(bound, type_of(value)))


def _compared(left: Expression, right: Expression) -> tuple[int | None, Expression]:
    """The whole number and the other side, when one side is a constant and the other is none."""
    for constant, other in ((left, right), (right, left)):
        if isinstance(constant, Constant) and isinstance(constant.value, int) and not isinstance(other, Constant):
            return constant.value, other
    return None, left


def _junction(
    operands: tuple[Expression, ...],
    neutral: Constant,
    deciding: Constant,
    make: Callable[[tuple[Expression, ...]], Expression],
) -> Expression:
    kept = tuple(dict.fromkeys(operand for operand in operands if operand != neutral))
    if deciding in kept:
        return deciding
    if len(kept) > 1:
        return make(kept)
    return kept[0] if kept else neutral


def _limited(whole: Least | Greatest, operands: tuple[Expression, ...]) -> Expression:
    """A limit on a multiple as a multiple of a limited value; the constant stands second, the factor too."""
    first, second = operands
    if isinstance(first, Constant):
        first, second = second, first
    if not isinstance(second, Constant) or not isinstance(second.value, int):
        return whole
    kind: Callable[[tuple[Expression, ...], Number], Expression] = Least if isinstance(whole, Least) else Greatest
    if isinstance(first, Multiply) and isinstance(whole.type, Number):
        factor, value = first.right, first.left
        if isinstance(value, Constant):
            factor, value = value, factor
        divides = isinstance(factor, Constant) and isinstance(factor.value, int) and factor.value > 0
        if divides and isinstance(factor, Constant) and isinstance(factor.value, int):
            inner_type = type_of(value)
            if second.value % factor.value == 0 and isinstance(inner_type, Number):
                limit = Constant(second.value // factor.value, inner_type)
                inner = _limited(kind((value, limit), inner_type), (value, limit))  # type: ignore[arg-type]
                return Multiply(inner, factor, whole.type)
    if isinstance(whole.type, Number):
        return kind((first, second), whole.type)
    return whole
