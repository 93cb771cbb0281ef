"""Pieces of emitted text, each the values of one expression for all rows at hand.

In: pieces. Out: the piece that an operation on them gives, folded where it is a constant. A piece without `present` is
present in every row.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from creditdsl.backends.columns.widths import TYPES

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Code:
    """`text` is a column of integers of `width` bits (truths have width 1), or the `constant` alone, which has no type yet.

    `uses` are the variables that the text reads. The text can stand anywhere in an expression.
    """

    text: str
    width: int
    uses: frozenset[str] = NOTHING
    constant: int | None = None
    present: "Code | None" = None

    @property
    def everything(self) -> frozenset[str]:
        """The variables of the text and of its presence."""
        return self.uses if self.present is None else self.uses | self.present.uses


TRUE = Code("True", 1, constant=1)
FALSE = Code("False", 1, constant=0)


def number(value: int) -> Code:
    """A whole number."""
    return Code(f"{value:_}" if value >= 0 else f"({value:_})", 0, constant=value)


def combined(pattern: str, *parts: Code, width: int) -> Code:
    """The pattern with the texts of the parts in place of its `{}`."""
    uses = NOTHING.union(*[part.uses for part in parts])
    return Code(pattern.format(*[part.text for part in parts]), width, uses)


def at_width(code: Code, width: int) -> Code:
    """The same values, all of them present, in integers of a width; a truth is 1 or 0."""
    if code.constant is not None or code.width == width:
        return code
    if code.width == 1:
        view = combined("{}.view(np.int8)", code, width=8)
        return view if width == 8 else at_width(view, width)
    return combined("{}.astype(" + TYPES[width] + ")", code, width=width)


def widest(codes: Iterable[Code]) -> int:
    """The width of the widest column; 8 when there is none."""
    return max((code.width for code in codes if code.constant is None), default=8)


def inverse(code: Code) -> Code:
    if code.constant is not None:
        return FALSE if code.constant else TRUE
    return combined("(~{})", code, width=1)


def both(left: Code, right: Code) -> Code:
    if left.constant is not None:
        return right if left.constant else FALSE
    if right.constant is not None:
        return left if right.constant else FALSE
    return left if left == right else combined("({} & {})", left, right, width=1)


def either(left: Code, right: Code) -> Code:
    if left.constant is not None:
        return TRUE if left.constant else right
    if right.constant is not None:
        return TRUE if right.constant else left
    return left if left == right else combined("({} | {})", left, right, width=1)


def chosen(when: Code, then: Code, otherwise: Code, width: int) -> Code:
    """`then` where it holds, else `otherwise`; `width` holds both. What a value is where it is absent does not matter."""
    if when.constant is not None:
        return then if when.constant else otherwise
    present = _chosen_presence(when, then, otherwise)
    if _is_absent(then):
        value = otherwise
    elif _is_absent(otherwise):
        value = then
    elif width == 1:
        value = chosen_truth(when, plain(then), plain(otherwise))
    else:
        value = _chosen_number(when, plain(then), plain(otherwise), width)
    wanted = None if present is None or present.constant == 1 else present
    return value if value.present is wanted else replace(value, present=wanted)


def plain(code: Code) -> Code:
    """The values alone."""
    return code if code.present is None else replace(code, present=None)


def presence(code: Code) -> Code:
    """Whether the value is present."""
    return TRUE if code.present is None else code.present


def chosen_truth(when: Code, then: Code, otherwise: Code) -> Code:
    if then == otherwise:
        return then
    if then.constant is not None:
        return either(when, otherwise) if then.constant else both(inverse(when), otherwise)
    if otherwise.constant is not None:
        return either(inverse(when), then) if otherwise.constant else both(when, then)
    return either(both(when, then), both(inverse(when), otherwise))


def _is_absent(code: Code) -> bool:
    return code.present is not None and code.present.constant == 0


def _chosen_presence(when: Code, then: Code, otherwise: Code) -> Code | None:
    if then.present is None and otherwise.present is None:
        return None
    return chosen_truth(when, presence(then), presence(otherwise))


def _chosen_number(when: Code, then: Code, otherwise: Code, width: int) -> Code:
    if then == otherwise:
        return then
    if then.constant is not None and otherwise.constant is not None:
        return _chosen_constant(when, then.constant, otherwise.constant, width)
    if otherwise.constant == 0 and width < 64:
        return combined("({} * {})", at_width(then, width), at_width(when, width), width=width)
    if then.constant == 0 and width < 64:
        return combined("({} * {})", at_width(otherwise, width), at_width(inverse(when), width), width=width)
    parts = (when, at_width(then, width), at_width(otherwise, width))
    return combined("chosen({}, {}, {})", *parts, width=width)


def _chosen_constant(when: Code, then: int, otherwise: int, width: int) -> Code:
    if otherwise == 0:
        return times(at_width(when, width), then)
    fits = -(2 ** (width - 1)) <= then - otherwise < 2 ** (width - 1)
    if not fits:
        return combined(f"np.where({{}}, {TYPES[width]}({then:_}), {TYPES[width]}({otherwise:_}))", when, width=width)
    return plus(times(at_width(when, width), then - otherwise), number(otherwise))


def plus(left: Code, right: Code, *, minus: bool = False) -> Code:
    """The sum, or the difference, of two pieces of one width."""
    if left.constant is not None and right.constant is not None:
        return number(left.constant - right.constant if minus else left.constant + right.constant)
    if right.constant is not None and right.constant < 0:
        right, minus = number(-right.constant), not minus
    if right.constant == 0:
        return left
    return combined("({} - {})" if minus else "({} + {})", left, right, width=widest((left, right)))


def times(code: Code, factor: int) -> Code:
    """A multiple in the width of the column, which wraps where it does not fit."""
    if code.constant is not None:
        return number(code.constant * factor)
    half = 1 << (code.width - 1)
    factor = (factor + half) % (2 * half) - half
    if factor in (1, -1):
        return code if factor == 1 else combined("(-{})", code, width=code.width)
    return combined("({} * {})", code, number(factor), width=code.width)
