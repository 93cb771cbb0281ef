"""Whether one condition implies another, and whether one value is never greater than another, for every subject.

In: two expressions and what the policies say about names. Out: `Relation`. What is said holds for every subject; where
nothing can be proved, or the proof would take too many steps, the answer is `UNKNOWN`.
"""

from dataclasses import dataclass, field
from enum import Enum
from functools import partial

from creditdsl.comparing.constants import known_at_most, quantity
from creditdsl.comparing.normal import ZERO, Above, All, Fact, Formula, OneOf, Some, normal
from creditdsl.comparing.setting import Setting
from creditdsl.syntax import tree

STEPS = 20_000
"""The steps after which a proof is given up."""


class Relation(Enum):
    """How a new condition or value stands to the old one: narrower or smaller is LESS, wider or greater is MORE."""

    SAME = "same"
    LESS = "less"
    MORE = "more"
    UNKNOWN = "unknown"


@dataclass(slots=True)
class Proof:
    """One question: what is known of names, and the steps that are left."""

    setting: Setting
    steps: int = STEPS


@dataclass(frozen=True, slots=True)
class Alternative:
    """One value that an expression may have, and the conditions (or their contraries) under which it has it."""

    value: tree.Expression
    guards: tuple[tuple[tree.Expression, bool], ...] = field(default=())


def compared_conditions(old: tree.Expression, new: tree.Expression, setting: Setting) -> Relation:
    """LESS when the new condition is narrower: it holds only where the old one did."""
    if old == new:
        return Relation.SAME
    before, after = normal(old, setting), normal(new, setting)
    return _relation(implies(after, before, Proof(setting)), implies(before, after, Proof(setting)))


def compared_values(old: tree.Expression, new: tree.Expression, setting: Setting) -> Relation:
    """LESS when the new value is nowhere greater than the old one."""
    if old == new:
        return Relation.SAME
    return _relation(at_most(new, old, Proof(setting)), at_most(old, new, Proof(setting)))


def _relation(less: bool, more: bool) -> Relation:
    if less and more:
        return Relation.SAME
    if less:
        return Relation.LESS
    return Relation.MORE if more else Relation.UNKNOWN


def implies(first: Formula, second: Formula, proof: Proof) -> bool:
    """Whether the second certainly holds wherever the first does."""
    proof.steps -= 1
    if proof.steps < 0:
        return False
    if first == second:
        return True
    if isinstance(first, Some):
        return all(implies(part, second, proof) for part in first.parts)
    if isinstance(second, All):
        return all(implies(first, part, proof) for part in second.parts)
    if isinstance(first, All) and any(implies(part, second, proof) for part in first.parts):
        return True
    if isinstance(second, Some):
        return any(implies(first, part, proof) for part in second.parts)
    if isinstance(second, Above) and at_most(second.smaller, second.greater, proof, strict=second.strict):
        return True
    return _atom_implies(first, second, proof)


def _atom_implies(first: Formula, second: Formula, proof: Proof) -> bool:
    match first, second:
        case Above(), Above():
            if not at_most(first.greater, second.greater, proof) or not at_most(second.smaller, first.smaller, proof):
                return False
            return (
                not second.strict
                or first.strict
                or at_most(first.greater, second.greater, proof, strict=True)
                or at_most(second.smaller, first.smaller, proof, strict=True)
            )
        case OneOf(negated=False), Above():
            return all(_within_limit(first.operand, item, second, proof) for item in first.items)
        case OneOf(), OneOf():
            return first.operand == second.operand and _membership_implies(first, second, proof.setting)
        case Fact(expression=tree.Within() as one, negated=negated), Fact(expression=tree.Within() as other):
            if negated != second.negated or (one.operand, one.before, one.anchor) != (
                other.operand,
                other.before,
                other.anchor,
            ):
                return False
            shorter, longer = (other, one) if negated else (one, other)
            return at_most(shorter.duration, longer.duration, proof)
        case _:  # No other two atoms have anything to do with each other.
            return False


def _within_limit(operand: tree.Expression, item: tree.Expression, limit: Above, proof: Proof) -> bool:
    """Whether a limit holds for an operand that equals the item."""
    if limit.greater == operand:
        return at_most(limit.smaller, item, proof, strict=limit.strict)
    return limit.smaller == operand and at_most(item, limit.greater, proof, strict=limit.strict)


def _membership_implies(first: OneOf, second: OneOf, setting: Setting) -> bool:
    if not first.negated and not second.negated:
        return first.items <= second.items
    if second.negated and first.negated:
        return second.items <= first.items
    if first.negated:
        return False
    return all(_is_choice(item, setting) for item in first.items | second.items) and not first.items & second.items


def _is_choice(item: tree.Expression, setting: Setting) -> bool:
    """Whether it is a value of an enum or a text, of which no two that are written differently are equal."""
    return isinstance(item, tree.TextLiteral) or (isinstance(item, tree.Reference) and item.name in setting.choices)


def at_most(first: tree.Expression, second: tree.Expression, proof: Proof, *, strict: bool = False) -> bool:
    """Whether the first value is certainly nowhere greater (`strict`: everywhere less) than the second."""
    proof.steps -= 1
    if proof.steps < 0:
        return False
    if first == second:
        return not strict
    left, right = quantity(first), quantity(second)
    if left is not None and right is not None:
        return known_at_most(left, right, strict=strict)
    if left is not None and left.amount <= 0 and not strict and is_not_negative(second, proof.setting):
        return True
    if isinstance(first, tree.Cases | tree.If) or isinstance(second, tree.Cases | tree.If):
        return _alternatives_at_most(alternatives(first), alternatives(second), proof, strict=strict)
    return _structure_at_most(first, second, proof, strict=strict)


def alternatives(expression: tree.Expression) -> tuple[Alternative, ...]:
    """The values that a choice gives, each under its own condition and the contraries of those before it."""
    match expression:
        case tree.If(condition=condition, then=then, otherwise=otherwise):
            return Alternative(then, ((condition, True),)), Alternative(otherwise, ((condition, False),))
        case tree.Cases(branches=branches):
            passed: tuple[tuple[tree.Expression, bool], ...] = ()
            found = []
            for branch in branches:
                own = () if branch.condition is None else ((branch.condition, True),)
                found.append(Alternative(branch.value, (*own, *passed)))
                passed += tuple((condition, False) for condition, _ in own)
            return tuple(found)
        case _:  # Everything else has one value.
            return (Alternative(expression),)


def _alternatives_at_most(
    first: tuple[Alternative, ...], second: tuple[Alternative, ...], proof: Proof, *, strict: bool
) -> bool:
    """Whether every two values that can occur together are in order."""
    return all(
        at_most(one.value, other.value, proof, strict=strict) or _exclude(one, other, proof)
        for one in first
        for other in second
    )


def _exclude(one: Alternative, other: Alternative, proof: Proof) -> bool:
    """Whether a condition of the one contradicts a condition of the other."""
    setting = proof.setting
    for condition, positive in one.guards:
        holds = normal(condition, setting, positive=positive)
        for opposed, also_positive in other.guards:
            if implies(holds, normal(opposed, setting, positive=not also_positive), proof):
                return True
    return False


def _structure_at_most(first: tree.Expression, second: tree.Expression, proof: Proof, *, strict: bool) -> bool:
    """By what both expressions are made of; `strict` is proved where only one operand differs."""
    below = partial(at_most, proof=proof)
    match first, second:
        case tree.Binary(), tree.Binary() if first.operator is second.operator:
            return _binary_at_most(first, second, proof, strict=strict)
        case tree.Binary(operator=tree.BinaryOperator.ADD, left=left, right=right), _ if not strict:
            return quantity(right) is not None and below(right, ZERO) and below(left, second)
        case tree.Binary(operator=tree.BinaryOperator.SUBTRACT, left=left, right=right), _ if not strict:
            return is_not_negative(right, proof.setting) and below(left, second)
        case _, tree.Binary(operator=tree.BinaryOperator.ADD, left=left, right=right) if not strict:
            return is_not_negative(right, proof.setting) and below(first, left)
        case tree.Unary(operator=tree.UnaryOperator.NEGATE), tree.Unary(operator=tree.UnaryOperator.NEGATE):
            return at_most(second.operand, first.operand, proof, strict=strict)
        case tree.Call(name=tree.Identifier(text="least"), arguments=arguments), _ if not strict:
            if any(below(item, second) for item in arguments):
                return True
        case tree.Call(name=tree.Identifier(text="greatest"), arguments=arguments), _ if not strict:
            return all(below(item, second) for item in arguments)
        case _:  # Only the second may be a choice of the least or the greatest.
            pass
    match second:
        case tree.Call(name=tree.Identifier(text="least"), arguments=arguments) if not strict:
            return all(below(first, item) for item in arguments)
        case tree.Call(name=tree.Identifier(text="greatest"), arguments=arguments) if not strict:
            return any(below(first, item) for item in arguments)
        case _:  # What is left grows with its operands.
            return not strict and _growing_at_most(first, second, proof)


def _binary_at_most(first: tree.Binary, second: tree.Binary, proof: Proof, *, strict: bool) -> bool:
    same_left, same_right = first.left == second.left, first.right == second.right
    if strict and not (same_left or same_right):
        return False
    match first.operator:
        case tree.BinaryOperator.ADD:
            return (same_left and at_most(first.right, second.right, proof, strict=strict)) or (
                not strict and at_most(first.left, second.left, proof) and at_most(first.right, second.right, proof)
            )
        case tree.BinaryOperator.SUBTRACT:
            return (same_left and at_most(second.right, first.right, proof, strict=strict)) or (
                not strict and at_most(first.left, second.left, proof) and at_most(second.right, first.right, proof)
            )
        case tree.BinaryOperator.MULTIPLY | tree.BinaryOperator.OF:
            factors = (first.left, first.right, second.left, second.right)
            return (
                not strict
                and all(is_not_negative(item, proof.setting) for item in factors)
                and at_most(first.left, second.left, proof)
                and at_most(first.right, second.right, proof)
            )
        case tree.BinaryOperator.DIVIDE:
            divisor = quantity(first.right)
            return (
                not strict
                and same_right
                and divisor is not None
                and divisor.amount > 0
                and at_most(first.left, second.left, proof)
            )
        case _:  # Conditions are compared by implication.
            return False


def _growing_at_most(first: tree.Expression, second: tree.Expression, proof: Proof) -> bool:
    match first, second:
        case tree.OrElse(), tree.OrElse():
            return first.operand == second.operand and at_most(first.default, second.default, proof)
        case tree.Between(), tree.Between():
            return (
                first.word is second.word
                and at_most(second.first, first.first, proof)
                and at_most(first.second, second.second, proof)
            )
        case tree.Part(), tree.Part():
            return first.word is second.word and at_most(first.operand, second.operand, proof)
        case tree.Round(), tree.Round():
            return (first.places, first.mode) == (second.places, second.mode) and at_most(
                first.operand, second.operand, proof
            )
        case tree.Aggregate(), tree.Aggregate() if (first.word, first.record) == (second.word, second.record):
            return _aggregate_at_most(first, second, proof)
        case _:  # Of other expressions nothing is known.
            return False


def _aggregate_at_most(first: tree.Aggregate, second: tree.Aggregate, proof: Proof) -> bool:
    """Of the same kind and over the same records: fewer records, fewer keys, smaller values."""
    fewer = first.where == second.where or implies(
        _matching(first, proof.setting), _matching(second, proof.setting), proof
    )
    match first.word:
        case tree.AggregateWord.COUNT:
            return fewer and fewer_keys(first.keys, second.keys)
        case tree.AggregateWord.LONGEST_RUN | tree.AggregateWord.STREAK:
            return fewer and first.value == second.value
        case tree.AggregateWord.SUM if first.value is not None and second.value is not None:
            added = first.where == second.where or is_not_negative(second.value, proof.setting)
            return fewer and added and first.keys == second.keys == () and at_most(first.value, second.value, proof)
        case _ if first.value is not None and second.value is not None:
            # Without the same records one of them may be absent.
            return first.where == second.where and at_most(first.value, second.value, proof)
        case _:  # Truth values are compared by implication.
            return False


def _matching(aggregate: tree.Aggregate, setting: Setting) -> Formula:
    return All(()) if aggregate.where is None else normal(aggregate.where, setting)


def fewer_keys(first: tuple[tree.Identifier, ...], second: tuple[tree.Identifier, ...]) -> bool:
    """Whether there are never more combinations of the first keys than of the second; without keys, all records count."""
    return not second or (bool(first) and {key.text for key in first} <= {key.text for key in second})


def is_not_negative(expression: tree.Expression, setting: Setting) -> bool:
    """Whether a number is certainly 0 or more."""
    match expression:
        case tree.Reference(name=name):
            return name in setting.not_negative
        case tree.Aggregate(word=tree.AggregateWord.SUM, value=value) if value is not None:
            return is_not_negative(value, setting)
        case tree.Aggregate(word=word):
            return word in (
                tree.AggregateWord.COUNT,
                tree.AggregateWord.LONGEST_RUN,
                tree.AggregateWord.STREAK,
            )
        case tree.Binary(operator=operator, left=left, right=right):
            growing = (
                tree.BinaryOperator.ADD,
                tree.BinaryOperator.MULTIPLY,
                tree.BinaryOperator.DIVIDE,
                tree.BinaryOperator.OF,
            )
            return operator in growing and is_not_negative(left, setting) and is_not_negative(right, setting)
        case tree.Cases() | tree.If():
            return all(is_not_negative(item.value, setting) for item in alternatives(expression))
        case _:
            found = quantity(expression)
            return found is not None and found.amount >= 0
