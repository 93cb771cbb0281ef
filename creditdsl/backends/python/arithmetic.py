"""Sums, products and extremes with their constants worked out.

In: one node of arithmetic over simplified parts. Out: a node with the same value. Before and after:
`-(5 * (2 * x))` becomes `-10 * x`; `1 + (x + 2)` becomes `3 + x`.
"""

from creditdsl.core.ir import (
    Add,
    Branch,
    Choose,
    Constant,
    Expression,
    Greatest,
    Least,
    Multiply,
    Negate,
    Subtract,
)


def simplified_arithmetic(expression: Add | Subtract | Multiply | Negate | Least | Greatest) -> Expression:
    """The node with its constants worked out; constant factors stand on the left."""
    match expression:
        case Add(operands, type_):
            return _sum(operands, expression)
        case Subtract(Constant(int(first)), Constant(int(second)), type_):
            return Constant(first - second, type_)
        case Subtract(operand, Constant(0)):
            return operand
        case Multiply(Constant(int(first)), Constant(int(second)), type_):
            return Constant(first * second, type_)
        case Multiply(operand, Constant() as factor, type_):
            return simplified_arithmetic(Multiply(factor, operand, type_))
        case Multiply(Constant(0), _, type_):
            return Constant(0, type_)
        case Negate(Multiply(Constant(int(factor), factor_type), operand, type_)):
            return Multiply(Constant(-factor, factor_type), operand, type_)
        case Negate(Negate(operand)):
            return operand
        case Negate(Subtract(left, right, type_)):
            return Subtract(right, left, type_)
        case Negate(Choose()) | Multiply(Constant(), Choose()) | Multiply(Choose(), Constant()):
            return _scaled_choice(expression)
        case Multiply(Constant(int(first)), Multiply(Constant(int(second)), operand), type_):
            return Multiply(Constant(first * second, type_), operand, type_)
        case Multiply(Constant(1), operand):
            return operand
        case Negate(Constant(int(value)), type_):
            return Constant(-value, type_)
        case Least(operands, type_) | Greatest(operands, type_):
            return _extreme(operands, expression)
        case _:
            return expression


def _sum(operands: tuple[Expression, ...], whole: Add) -> Expression:
    """One flat sum; its constants are added up into the first operand."""
    flat: list[Expression] = []
    for operand in operands:
        flat += operand.operands if isinstance(operand, Add) else (operand,)
    constants = [operand.value for operand in flat if isinstance(operand, Constant) and isinstance(operand.value, int)]
    others: list[Expression] = [operand for operand in flat if not isinstance(operand, Constant)]
    total = sum(constants)
    if total or not others:
        others.insert(0, Constant(total, whole.type))
    return others[0] if len(others) == 1 else Add(tuple(others), whole.type)


def _extreme(operands: tuple[Expression, ...], whole: Least | Greatest) -> Expression:
    """The constants among the operands become one, the last operand."""
    constants = [operand for operand in operands if isinstance(operand, Constant) and isinstance(operand.value, int)]
    others = [operand for operand in operands if operand not in constants]
    if constants:
        pick = min if isinstance(whole, Least) else max
        value = pick(int(operand.value or 0) for operand in constants)
        others.append(Constant(value, whole.type))
    kept = tuple(dict.fromkeys(others))
    return kept[0] if len(kept) == 1 else type(whole)(kept, whole.type)


def _scaled_choice(expression: Negate | Multiply) -> Expression:
    """A choice between constants that is multiplied by a constant: each of them is multiplied."""
    match expression:
        case Negate(Choose() as choice):
            factor = -1
        case Multiply(Constant(int(factor)), Choose() as choice) | Multiply(Choose() as choice, Constant(int(factor))):
            pass
        case _:
            return expression
    values = (*(branch.then for branch in choice.branches), choice.otherwise)
    scaled = [
        Constant(factor * value.value, expression.type)
        for value in values
        if isinstance(value, Constant) and isinstance(value.value, int)
    ]
    if len(scaled) < len(values):
        return expression
    branches = tuple(Branch(branch.when, value) for branch, value in zip(choice.branches, scaled, strict=False))
    return Choose(branches, scaled[-1], expression.type)
