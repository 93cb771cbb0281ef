"""Conditions in one form, in which implication can be read off.

In: a condition of the surface tree. Out: a `Formula` that holds exactly when the condition does (or, for `positive` False,
does not): `and` and `or` over few kinds of atoms; negation, `implies`, ranges, sets of numbers, `any` and `every` are gone.

    not (months in 1 .. 5) or any(late)   becomes   months < 1 or months > 5 or count(late) > 0
"""

from dataclasses import dataclass, replace
from fractions import Fraction

from creditdsl.comparing.constants import Measured, quantity
from creditdsl.comparing.setting import Setting
from creditdsl.syntax import tree

ZERO = tree.Number(0, 0)
COUNTING = (tree.AggregateWord.COUNT, tree.AggregateWord.LONGEST_RUN, tree.AggregateWord.STREAK)
WHOLE_UNITS = (Measured.PLAIN, Measured.DAYS, Measured.MONTHS, Measured.YEARS)


@dataclass(frozen=True, slots=True)
class All:
    """Holds when every part does; without parts, always."""

    parts: tuple["Formula", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Holds when one part does; without parts, never."""

    parts: tuple["Formula", ...]


@dataclass(frozen=True, slots=True)
class Above:
    """`greater >= smaller`, or `>` when strict."""

    greater: tree.Expression
    smaller: tree.Expression
    strict: bool


@dataclass(frozen=True, slots=True)
class OneOf:
    """The operand is one of the items, or none of them when negated."""

    operand: tree.Expression
    items: frozenset[tree.Expression]
    negated: bool


@dataclass(frozen=True, slots=True)
class Fact:
    """Any other condition, or its contrary when negated."""

    expression: tree.Expression
    negated: bool


Formula = All | Some | Above | OneOf | Fact


def normal(condition: tree.Expression, setting: Setting, *, positive: bool = True) -> Formula:
    """The normal form of a condition, of its contrary when not `positive`."""
    match condition:
        case tree.TruthLiteral(value=value):
            return All(()) if value == positive else Some(())
        case tree.Unary(operator=tree.UnaryOperator.NOT, operand=operand):
            return normal(operand, setting, positive=not positive)
        case tree.Binary():
            return _binary(condition, setting, positive=positive)
        case tree.Is(operand=operand, value=value, negated=negated):
            return OneOf(operand, frozenset({tree.Reference(value.text)}), negated == positive)
        case tree.InSet(operand=operand, items=items, negated=negated):
            return _among(operand, items, setting, positive=positive != negated)
        case tree.InRange(operand=operand, low=low, high=high, negated=negated):
            inside = positive != negated
            limits = (_above(operand, low, setting, positive=inside), _above(high, operand, setting, positive=inside))
            return All(limits) if inside else Some(limits)
        case tree.IsPresent(operand=operand, negated=negated):
            return Fact(tree.IsPresent(operand, False), negated == positive)
        case tree.Aggregate(word=tree.AggregateWord.ANY):
            return _above(_count(condition, condition.where), ZERO, setting, positive=positive, strict=True)
        case tree.Aggregate(word=tree.AggregateWord.EVERY, where=where) if where is not None:
            failing = _count(condition, tree.Unary(tree.UnaryOperator.NOT, where))
            return _above(ZERO, failing, setting, positive=positive)
        case _:  # Whatever has no inner structure that an implication could use is one fact.
            return Fact(condition, not positive)


def _count(aggregate: tree.Aggregate, where: tree.Expression | None) -> tree.Aggregate:
    return replace(aggregate, word=tree.AggregateWord.COUNT, keys=(), where=where)


def _binary(binary: tree.Binary, setting: Setting, *, positive: bool) -> Formula:
    left, right = binary.left, binary.right
    match binary.operator:
        case tree.BinaryOperator.AND | tree.BinaryOperator.OR:
            parts = (normal(left, setting, positive=positive), normal(right, setting, positive=positive))
            return _joined(parts, every=(binary.operator is tree.BinaryOperator.AND) == positive)
        case tree.BinaryOperator.IMPLIES:
            parts = (normal(left, setting, positive=not positive), normal(right, setting, positive=positive))
            return _joined(parts, every=not positive)
        case tree.BinaryOperator.GREATER:
            return _above(left, right, setting, positive=positive, strict=True)
        case tree.BinaryOperator.GREATER_OR_EQUAL:
            return _above(left, right, setting, positive=positive)
        case tree.BinaryOperator.LESS:
            return _above(right, left, setting, positive=positive, strict=True)
        case tree.BinaryOperator.LESS_OR_EQUAL:
            return _above(right, left, setting, positive=positive)
        case tree.BinaryOperator.EQUAL | tree.BinaryOperator.NOT_EQUAL:
            equal = positive == (binary.operator is tree.BinaryOperator.EQUAL)
            return _among(left, (right,), setting, positive=equal)
        case _:  # Arithmetic is no condition.
            return Fact(binary, not positive)


def _joined(parts: tuple[Formula, ...], *, every: bool) -> Formula:
    """One flat `All` (or `Some`)."""
    kind = All if every else Some
    flat: list[Formula] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, All | Some) and isinstance(part, kind) else (part,))
    return kind(tuple(flat))


def _among(
    operand: tree.Expression, items: tuple[tree.Expression, ...], setting: Setting, *, positive: bool
) -> Formula:
    """Membership; in numbers and days as two limits for each."""
    if len(items) == 1 and isinstance(items[0], tree.TruthLiteral):
        return normal(operand, setting, positive=positive == items[0].value)
    if not all(quantity(item) for item in items):
        return OneOf(operand, frozenset(items), not positive)
    equalities = tuple(_equal(operand, item, setting, positive=positive) for item in items)
    return _joined(equalities, every=not positive)


def _equal(operand: tree.Expression, item: tree.Expression, setting: Setting, *, positive: bool) -> Formula:
    limits = (_above(operand, item, setting, positive=positive), _above(item, operand, setting, positive=positive))
    return All(limits) if positive else Some(limits)


def _above(
    greater: tree.Expression, smaller: tree.Expression, setting: Setting, *, positive: bool, strict: bool = False
) -> Above:
    """The comparison or its contrary; among whole numbers and days, `> n` is `>= n + 1`."""
    if not positive:
        greater, smaller, strict = smaller, greater, not strict
    if strict and is_whole(greater, setting):
        after = _moved(smaller, 1)
        if after is not None:
            return Above(greater, after, False)
    if strict and is_whole(smaller, setting):
        before = _moved(greater, -1)
        if before is not None:
            return Above(before, smaller, False)
    return Above(greater, smaller, strict)


def is_whole(expression: tree.Expression, setting: Setting) -> bool:
    """Whether it is certainly a whole number in its own unit."""
    match expression:
        case tree.Reference(name=name):
            return name in setting.whole
        case tree.Aggregate(word=word):
            return word in COUNTING
        case tree.Between():
            return True
        case tree.Part(word=word):
            return word is tree.PartWord.YEAR
        case _:  # Of other expressions nothing is known.
            return False


def _moved(expression: tree.Expression, step: int) -> tree.Expression | None:
    """The next whole number (or the one before), for a literal that is whole."""
    found = quantity(expression)
    if found is None or found.measured not in WHOLE_UNITS or found.amount.denominator != 1:
        return None
    unit = expression.unit if isinstance(expression, tree.Number) else None
    return tree.Number(int(found.amount + Fraction(step)), 0, unit)
