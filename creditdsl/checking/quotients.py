"""Division, which stands only where nothing is lost: under `round`, or against a comparison.

before: `evaded / payable >= 10%`      after: `evaded >= 10% * payable`, where payable is proved positive
before: `round(a / b, 2 places, half up)`   after: one `DivideRounded` of integers at scale 2

A quotient is kept as a pair of numbers while its sums and products are formed, so any mix of + - * / is exact.
"""

from creditdsl.checking import messages, operators
from creditdsl.checking.scope import NUMBER, Scope, Typed
from creditdsl.checking.terms import value
from creditdsl.core import ir
from creditdsl.core.types import Number, Unit
from creditdsl.frozen import dataclass
from creditdsl.syntax import tree

ARITHMETIC = (
    tree.BinaryOperator.ADD,
    tree.BinaryOperator.SUBTRACT,
    tree.BinaryOperator.MULTIPLY,
    tree.BinaryOperator.OF,
)
ONE = Typed(ir.Constant(1, NUMBER), NUMBER)


@dataclass(frozen=True, slots=True)
class Quotient:
    """`dividend / divisor`; the divisor is proved positive. `unit` is the unit of the whole."""

    dividend: Typed
    divisor: Typed
    unit: Unit


def contains_division(expression: tree.Expression) -> bool:
    """Whether a quotient stands in it in an arithmetic place (not inside a call, an aggregate or a rounding)."""
    match expression:
        case tree.Binary(operator=tree.BinaryOperator.DIVIDE):
            return True
        case tree.Binary(operator=operator, left=left, right=right) if operator in ARITHMETIC:
            return contains_division(left) or contains_division(right)
        case tree.Unary(operator=tree.UnaryOperator.NEGATE, operand=operand):
            return contains_division(operand)
        case _:
            return False


def elaborate_round(expression: tree.Round, scope: Scope) -> Typed | None:
    """The quotient, or a number with too many places, rounded to `places` decimals."""
    quotient = _quotient(expression.operand, scope)
    if quotient is None:
        return None
    dividend, divisor = quotient.dividend, quotient.divisor
    exponent = expression.places + operators.scale_of(divisor.type) - operators.scale_of(dividend.type)
    type_ = Number(quotient.unit, expression.places)
    top, bottom = dividend.expression, divisor.expression
    if exponent > 0:
        top = _times_power(top, exponent, operators.scale_of(dividend.type) + exponent, quotient.unit)
    elif exponent < 0:
        bottom = _times_power(bottom, -exponent, operators.scale_of(divisor.type) - exponent, Unit.NUMBER)
    if isinstance(bottom, ir.Constant) and bottom.value == 1:
        return Typed(top, type_)
    rounding = operators.rounding_of(expression.mode)
    return Typed(ir.DivideRounded(top, bottom, rounding, type_), type_)


def _times_power(expression: ir.Expression, exponent: int, scale: int, unit: Unit) -> ir.Expression:
    type_ = Number(unit, scale)
    factor = 10**exponent
    if isinstance(expression, ir.Constant) and isinstance(expression.value, int):
        return ir.Constant(expression.value * factor, type_)
    return ir.Multiply(expression, ir.Constant(factor, Number(Unit.NUMBER, exponent)), type_)


def compare_quotients(expression: tree.Binary, scope: Scope) -> ir.Expression | None:
    """A comparison with quotients on either side, cross-multiplied."""
    left, right = _quotient(expression.left, scope), _quotient(expression.right, scope)
    if left is None or right is None:
        return None
    if left.unit is not right.unit and not _zero(left) and not _zero(right):
        scope.report(messages.units_do_not_match(left.unit, right.unit, expression.span))
        return None
    first = _product(left.dividend, right.divisor, scope, expression)
    second = _product(right.dividend, left.divisor, scope, expression)
    if first is None or second is None:
        return None
    scale = max(operators.scale_of(first.type), operators.scale_of(second.type))
    aligned = operators.scaled(first, scale), operators.scaled(second, scale)
    return operators.comparison_node(expression.operator, _as_number(aligned[0]), _as_number(aligned[1]))


def _zero(quotient: Quotient) -> bool:
    return operators.is_zero(quotient.dividend)


def _as_number(typed: Typed) -> ir.Expression:
    """A cross-multiplied side has no unit that the other side could lack."""
    type_ = Number(Unit.NUMBER, operators.scale_of(typed.type))
    match typed.expression:
        case ir.Constant(value=constant):
            return ir.Constant(constant, type_)
        case ir.Multiply(left, right):
            return ir.Multiply(left, right, type_)
        case other:
            return ir.Multiply(other, ir.Constant(1, NUMBER), type_)


def _product(left: Typed, right: Typed, scope: Scope, where: tree.Binary) -> Typed | None:
    if left == ONE:
        return right
    return left if right == ONE else operators.multiply(left, right, scope, where.span)


def _quotient(expression: tree.Expression, scope: Scope) -> Quotient | None:
    match expression:
        case tree.Binary(operator=tree.BinaryOperator.DIVIDE) if contains_division(expression):
            return _divided(expression, scope)
        case tree.Binary(operator=operator) if operator in ARITHMETIC and contains_division(expression):
            return _combined(expression, scope)
        case _:
            typed = value(expression, scope)
            if typed is None:
                return None
            if not isinstance(typed.type, Number):
                scope.report(messages.types_do_not_fit(typed.type, NUMBER, expression.span))
                return None
            return Quotient(typed, ONE, typed.type.unit)


def _divided(expression: tree.Binary, scope: Scope) -> Quotient | None:
    left, right = _quotient(expression.left, scope), _quotient(expression.right, scope)
    if left is None or right is None:
        return None
    if scope.interval(right.dividend.expression).low <= 0:
        scope.report(messages.division_by_possible_zero(expression.right))
        return None
    dividend = _product(left.dividend, right.divisor, scope, expression)
    divisor = _product(left.divisor, right.dividend, scope, expression)
    if dividend is None or divisor is None:
        return None
    unit = operators.quotient_unit(dividend, divisor)
    if unit is None:
        scope.report(messages.units_do_not_match(left.unit, right.unit, expression.span))
        return None
    return Quotient(dividend, divisor, unit)


def _combined(expression: tree.Binary, scope: Scope) -> Quotient | None:
    """A sum or product with a quotient in it, over the common divisor."""
    left, right = _quotient(expression.left, scope), _quotient(expression.right, scope)
    if left is None or right is None:
        return None
    divisor = _product(left.divisor, right.divisor, scope, expression)
    if expression.operator in (tree.BinaryOperator.MULTIPLY, tree.BinaryOperator.OF):
        top = _product(left.dividend, right.dividend, scope, expression)
        if top is None or divisor is None:
            return None
        unit = operators.quotient_unit(top, divisor)
        if unit is None:
            scope.report(messages.units_do_not_match(left.unit, right.unit, expression.span))
            return None
        return Quotient(top, divisor, unit)
    if left.unit is not right.unit:
        scope.report(messages.units_do_not_match(left.unit, right.unit, expression.span))
        return None
    first = _product(left.dividend, right.divisor, scope, expression)
    second = _product(right.dividend, left.divisor, scope, expression)
    if first is None or second is None or divisor is None:
        return None
    total = operators.arithmetic(expression, first, second, scope)
    return None if total is None else Quotient(total, divisor, left.unit)
