"""The one place where a quotient becomes an integer."""

from creditdsl.core.ir import Rounding


def divide_rounded(dividend: int, divisor: int, rounding: Rounding) -> int:
    """The quotient of two integers, rounded as `ir.Rounding` says; `divisor` is not 0.

    >>> [divide_rounded(-5, 2, rounding) for rounding in Rounding]
    [-3, -2, -2, -3]
    """
    size, rest = divmod(abs(dividend), abs(divisor))
    match rounding:
        case Rounding.HALF_UP:
            away = 2 * rest >= abs(divisor)
        case Rounding.HALF_EVEN:
            away = 2 * rest > abs(divisor) or (2 * rest == abs(divisor) and size % 2 == 1)
        case Rounding.DOWN:
            away = False
        case Rounding.UP:
            away = rest > 0
    magnitude = size + 1 if away else size
    return magnitude if (dividend < 0) == (divisor < 0) else -magnitude
