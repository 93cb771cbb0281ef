"""Sums, products, quotients and extremes of whole numbers.

What an operation can give is told by intervals that hold whether or not it is wanted. Where that fits 32 or 64 bits, the
operands are made as wide as that; where it does not, which happens only beside what the core evaluates, the operation is
done in a wider type, and what does not fit in the end becomes anything.

An operand that is written twice is a column or a constant, or little more: `parts` has seen to that.
"""

from collections.abc import Callable, Sequence

from sqlglot import exp

from creditdsl.backends.sql import build
from creditdsl.backends.sql.bounds import Bounds
from creditdsl.backends.sql.build import Tree
from creditdsl.backends.sql.scope import Scope, is_leaf
from creditdsl.core.intervals import INT64
from creditdsl.core.ir import (
    Add,
    Constant,
    DivideRounded,
    Expression,
    Greatest,
    Interval,
    Least,
    Multiply,
    Negate,
    Rounding,
    Subtract,
)

Arithmetic = Add | Subtract | Multiply | Negate | DivideRounded | Least | Greatest

INT32 = Interval(-(2**31), 2**31 - 1)


def write(expression: Arithmetic, trees: list[Tree], scope: Scope) -> Tree:
    """The tree of an operation on numbers (on days too, for extremes); `trees` are those of its operands."""
    match expression:
        case Add(operands):
            return _operation(build.add, (operands, trees), _on_the_way(operands, scope), scope)
        case Subtract(left, right):
            return _operation(build.subtract, ((left, right), trees), scope.bounds.uncut(expression), scope)
        case Multiply(left, right):
            return _operation(build.multiply, ((left, right), trees), scope.bounds.uncut(expression), scope)
        case Negate(operand):
            return _negated(operand, trees[0], scope)
        case DivideRounded():
            return _quotient(expression, trees, scope)
        case Least() | Greatest():
            return _extreme(expression, trees, scope)


def fits(interval: Interval, bounds: Interval) -> bool:
    return bounds.low <= interval.low and interval.high <= bounds.high


def is_small(expression: Expression) -> bool:
    """Whether an operand is short enough to be written twice: a column, or one times or minus a constant."""
    if isinstance(expression, Multiply | Subtract):
        return is_leaf(expression.left) and is_leaf(expression.right)
    if isinstance(expression, Negate):
        return is_small(expression.operand)
    return is_leaf(expression)


def is_plain(division: DivideRounded, bounds: Bounds) -> bool:
    """Whether a quotient is a whole one after half of the divisor is added: of nothing negative, by a positive constant."""
    dividend, divisor, rounding = bounds.of(division.dividend), division.divisor, division.rounding
    if not isinstance(divisor, Constant) or not isinstance(divisor.value, int) or divisor.value <= 0:
        return False
    if rounding is Rounding.HALF_UP:
        return dividend.low >= 0 and dividend.high + divisor.value // 2 <= INT64.high
    return rounding is Rounding.DOWN


Operands = tuple[Sequence[Expression], list[Tree]]
"""Expressions and their trees."""


def _operation(join: Callable[[Tree, Tree], Tree], operands: Operands, result: Interval, scope: Scope) -> Tree:
    """Operands joined from the left, at a type that holds `result`, which is the hull of all that comes up on the way."""
    total, *others = _widened(operands, result, scope)
    for tree in others:
        total = join(total, tree)
    return total if fits(result, INT64) else scope.target.narrow(total)


def _widened(operands: Operands, result: Interval, scope: Scope) -> list[Tree]:
    """The trees of the operands, at the type that the result needs where they alone would not give it."""
    parts, trees = operands
    if not fits(result, INT64):
        return [scope.target.wide(tree) for tree in trees]
    if all(fits(scope.interval(part), INT32) for part in parts) and not fits(result, INT32):
        return [build.cast(trees[0], "BIGINT"), *trees[1:]]
    return trees


def _on_the_way(operands: Sequence[Expression], scope: Scope) -> Interval:
    """The hull of all sums of the first operands."""
    low = high = total_low = total_high = 0
    for operand in operands:
        interval = scope.interval(operand)
        total_low, total_high = total_low + interval.low, total_high + interval.high
        low, high = min(low, total_low), max(high, total_high)
    return Interval(low, high)


def _negated(operand: Expression, tree: Tree, scope: Scope) -> Tree:
    """Minus an operand; of an extreme written as CASE, minus whichever it is."""
    interval = scope.interval(operand)
    if isinstance(operand, Least | Greatest) and isinstance(tree, exp.Case):
        first, second = operand.operands
        taken = tree.args["ifs"][0]
        pair = [_negated(first, taken.args["true"], scope), _negated(second, tree.args["default"], scope)]
        return build.when([(taken.this, pair[0])], pair[1])
    if isinstance(operand, Constant):
        return build.integer(min(-interval.low, INT64.high))
    result = Interval(-interval.high, -interval.low)
    negative = build.negate(_widened(((operand,), [tree]), result, scope)[0])
    return negative if fits(result, INT64) else scope.target.narrow(negative)


def _extreme(expression: Least | Greatest, trees: list[Tree], scope: Scope) -> Tree:
    least = isinstance(expression, Least)
    function = scope.target.least if least else scope.target.greatest
    if len(trees) == 1:
        return trees[0]
    if function is not None:
        return function(trees)
    first, second = trees
    compare = build.less if least else build.more
    return build.when([(compare(build.again(first), build.again(second)), first)], second)


def _quotient(division: DivideRounded, trees: list[Tree], scope: Scope) -> Tree:
    """The rounded quotient; NULL for a divisor of zero."""
    if is_plain(division, scope.bounds):
        return _plain_quotient(division, trees, scope)
    parts = (division.dividend, division.divisor)
    dividend, divisor = (_safe(part, tree, scope) for part, tree in zip(parts, trees, strict=True))
    around = scope.interval(division.divisor)
    if around.low <= 0 <= around.high:
        divisor = build.call("NULLIF", divisor, build.integer(0))
    towards_zero = scope.target.quotient(dividend, divisor)
    away = _rounds_away(division.rounding, dividend, divisor, scope)
    if away is None:
        return _narrowed(towards_zero, division, scope)
    negative = (build.less(build.again(tree), build.integer(0)) for tree in (dividend, divisor))
    same_sign = build.equal(*map(build.grouped, negative))
    step = build.when([(same_sign, build.integer(1))], build.integer(-1))
    rounded = build.add(towards_zero, build.when([(away, step)], build.integer(0)))
    return _narrowed(rounded, division, scope)


def _plain_quotient(division: DivideRounded, trees: list[Tree], scope: Scope) -> Tree:
    dividend = scope.interval(division.dividend)
    half = scope.interval(division.divisor).low // 2 if division.rounding is Rounding.HALF_UP else 0
    most = Interval(dividend.low, dividend.high + half)
    tree = _widened(((division.dividend,), trees[:1]), most, scope)[0]
    return scope.target.quotient(build.add(tree, build.integer(half)) if half else tree, trees[1])


def _safe(part: Expression, tree: Tree, scope: Scope) -> Tree:
    """A dividend or a divisor of which the negative exists."""
    interval = scope.interval(part)
    if interval.low <= INT64.low:
        return scope.target.wide(tree)
    return build.cast(tree, "BIGINT") if interval.low <= INT32.low else tree


def _rounds_away(rounding: Rounding, dividend: Tree, divisor: Tree, scope: Scope) -> Tree | None:
    """Whether the quotient is rounded away from zero; None for never."""
    if rounding is Rounding.DOWN:
        return None
    rest = build.remainder(build.again(dividend), build.again(divisor))
    if rounding is Rounding.UP:
        return build.unequal(rest, build.integer(0))
    size = build.call("ABS", rest)
    to_next = build.subtract(build.call("ABS", build.again(divisor)), build.again(size))
    if rounding is Rounding.HALF_UP:
        return build.at_least(size, to_next)
    whole = scope.target.quotient(build.again(dividend), build.again(divisor))
    odd = build.unequal(build.remainder(whole, build.integer(2)), build.integer(0))
    tie = build.all_of([build.equal(build.again(size), build.again(to_next)), odd])
    return build.any_of([build.more(size, to_next), tie])


def _narrowed(tree: Tree, division: DivideRounded, scope: Scope) -> Tree:
    wide = any(scope.interval(part).low <= INT64.low for part in (division.dividend, division.divisor))
    return scope.target.narrow(tree) if wide else tree
