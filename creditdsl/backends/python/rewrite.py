"""Core expressions with what is already known worked out, before they become Python.

In: an expression of the core. Out: an expression with the same value on every input, in which constants are folded,
nested sums and conditions are flat, and what is replaced by `substitute` is gone. Before and after:
`And(Constant(True), Equal(a, b))` becomes `Equal(a, b)`; `Choose(c -> true, otherwise false)` becomes `c`.
"""

from collections.abc import Callable, Mapping

from creditdsl.backends.python.arithmetic import simplified_arithmetic
from creditdsl.core.ir import (
    Add,
    Aggregate,
    AggregateKind,
    Among,
    And,
    Branch,
    ChoiceAt,
    Choose,
    Constant,
    Equal,
    Expression,
    Greatest,
    IsPresent,
    Least,
    Less,
    LessOrEqual,
    Multiply,
    Negate,
    Not,
    Or,
    OrdinalOf,
    OrElse,
    Presume,
    Subtract,
)
from creditdsl.core.type_of import type_of
from creditdsl.core.types import Choice, Number, Optional, Truth, Unit
from creditdsl.core.walk import LEAVES, rebuilt

Enums = Mapping[str, tuple[str, ...]]
"""The names of the values of every enum, in order."""

MOST_NEGATED = 6
"""The most operands of a condition that is turned round operand by operand."""

TRUE = Constant(True, Truth())
FALSE = Constant(False, Truth())


def substitute(expression: Expression, replacements: Mapping[Expression, Expression], enums: Enums) -> Expression:
    """The simplified expression with every sub-expression that is a key of `replacements` replaced; constants are none."""

    def replaced(part: Expression) -> Expression:
        if isinstance(part, Constant):
            return part
        found = replacements.get(part)
        if found is not None:
            return found
        return part if type(part) in LEAVES else _simplified(rebuilt(part, replaced), enums)

    return replaced(expression)


def simplify(expression: Expression, enums: Enums) -> Expression:
    """The expression with constants folded and nested conditions and sums made flat."""
    return substitute(expression, {}, enums)


def negated(condition: Expression) -> Expression:
    """The opposite of a condition, without a `Not` where that is possible."""
    match condition:
        case Constant():
            return FALSE if condition.value else TRUE
        case Not(operand):
            return operand
        case Less(left, right):
            return LessOrEqual(right, left)
        case LessOrEqual(left, right):
            return Less(right, left)
        case And(operands) | Or(operands) if len(operands) <= MOST_NEGATED and all(map(_has_opposite, operands)):
            return (Or if isinstance(condition, And) else And)(tuple(map(negated, operands)))
        case _:
            return Not(condition)


def _has_opposite(condition: Expression) -> bool:
    """Whether the opposite of a condition reads as well as the condition."""
    return isinstance(condition, Not | Less | LessOrEqual | IsPresent | Equal)


def empty_value(aggregate: Aggregate) -> Constant:
    """What an aggregate gives when no record matches."""
    match aggregate.kind:
        case AggregateKind.ANY:
            return FALSE
        case AggregateKind.MAXIMUM | AggregateKind.MINIMUM:
            return Constant(None, aggregate.type)
        case _:
            return Constant(0, aggregate.type)


def _simplified(expression: Expression, enums: Enums) -> Expression:
    """One node over simplified parts."""
    simplifier = SIMPLIFIERS.get(type(expression))
    return expression if simplifier is None else simplifier(expression, enums)


def _presence(expression: IsPresent, _: Enums) -> Expression:
    operand = expression.operand
    if isinstance(operand, Constant):
        return TRUE if operand.value is not None else FALSE
    return expression if isinstance(type_of(operand), Optional) else TRUE


def _presumed(expression: Presume, _: Enums) -> Expression:
    operand = expression.operand
    if not isinstance(type_of(operand), Optional):
        return operand
    if isinstance(operand, Constant) and operand.value is not None:
        return Constant(operand.value, type_of(expression))
    return expression


def _with_default(expression: OrElse, _: Enums) -> Expression:
    operand, default = expression.operand, expression.default
    if isinstance(operand, Constant) and operand.value is None:
        return default
    if not isinstance(type_of(operand), Optional):
        return operand
    return Constant(operand.value, type_of(default)) if isinstance(operand, Constant) else expression


def _opposite(expression: Not, _: Enums) -> Expression:
    return negated(expression.operand)


def _equality(expression: Equal, _: Enums) -> Expression:
    match expression.left, expression.right:
        case Constant(first), Constant(second):
            return TRUE if first == second else FALSE
        case (operand, Constant(bool(value))) | (Constant(bool(value)), operand):
            return operand if value else negated(operand)
        case _:
            return expression


def _order(expression: Less | LessOrEqual, enums: Enums) -> Expression:
    test = _ordinal_test(expression, enums)
    if test is not None:
        return test
    match expression.left, expression.right:
        case Constant(int(first)), Constant(int(second)):
            holds = first < second if isinstance(expression, Less) else first <= second
            return TRUE if holds else FALSE
        case _:
            return expression


def _membership(expression: Among, _: Enums) -> Expression:
    operand = expression.operand
    if not isinstance(operand, Constant):
        return expression
    return TRUE if any(operand.value == item.value for item in expression.values) else FALSE


def _ordinal(expression: OrdinalOf, enums: Enums) -> Expression:
    match expression.operand:
        case ChoiceAt(ordinal):
            return ordinal
        case Choose():
            return _mapped_choice(expression, enums)
        case Constant(str(value)):
            return Constant(enums[expression.enum].index(value), Number(Unit.NUMBER))
        case _:
            return expression


def _choice_at(expression: ChoiceAt, enums: Enums) -> Expression:
    match expression.ordinal:
        case Choose():
            return _mapped_choice(expression, enums)
        case Constant(int(position)):
            return Constant(enums[expression.enum][position], type_of(expression))
        case _:
            return expression


def _aggregate(expression: Aggregate, _: Enums) -> Expression:
    never = isinstance(expression.where, Constant) and expression.where.value is False
    return empty_value(expression) if never else expression


def _junction(expression: And | Or, _: Enums) -> Expression:
    return _condition(expression)


def _arithmetic(expression: Add | Subtract | Multiply | Negate | Least | Greatest, _: Enums) -> Expression:
    return simplified_arithmetic(expression)


def _ordinal_test(comparison: Less | LessOrEqual, enums: Enums) -> Expression | None:
    """A comparison of the position of a choice with a constant, as membership in the values before or after it."""
    strict = isinstance(comparison, Less)
    match comparison.left, comparison.right:
        case OrdinalOf(operand, enum), Constant(int(value)):
            names = enums[enum][: max(0, value if strict else value + 1)]
        case Constant(int(value)), OrdinalOf(operand, enum):
            names = enums[enum][max(0, value + 1 if strict else value) :]
        case _:
            return None
    if not names:
        return FALSE
    if len(names) == len(enums[enum]):
        return TRUE
    constants = tuple(Constant(name, Choice(enum)) for name in names)
    return Equal(operand, constants[0]) if len(constants) == 1 else Among(operand, constants)


def _condition(condition: And | Or) -> Expression:
    """A conjunction or disjunction made flat, without what decides nothing."""
    neutral, decisive = (TRUE, FALSE) if isinstance(condition, And) else (FALSE, TRUE)
    operands: list[Expression] = []
    for operand in condition.operands:
        operands += operand.operands if type(operand) is type(condition) else (operand,)
    kept: list[Expression] = []
    for operand in operands:
        if operand == decisive:
            return decisive
        if operand != neutral and operand not in kept[-8:]:
            kept.append(operand)
    if isinstance(condition, And):
        kept = [item for item, after in zip(kept, [*kept[1:], TRUE], strict=False) if not _implied(item, after)]
    if not kept:
        return neutral
    return kept[0] if len(kept) == 1 else type(condition)(tuple(kept))


def _implied(first: Expression, second: Expression) -> bool:
    """Whether presence need not be asked because what follows is false for an absent value: in Python, None == 1 is."""
    match first, second:
        case IsPresent(tested), Equal(Presume(read), Constant(value)) | Equal(Constant(value), Presume(read)):
            return tested == read and value is not None
        case IsPresent(tested), Among(Presume(read)):
            return tested == read
        case _:
            return False


def _choice(choice: Choose, _: Enums) -> Expression:
    branches: list[Branch] = []
    otherwise = choice.otherwise
    for branch in choice.branches:
        if branch.when == FALSE:
            continue
        if branch.when == TRUE:
            otherwise = branch.then
            break
        branches.append(branch)
    if isinstance(otherwise, Choose):
        branches += otherwise.branches
        otherwise = otherwise.otherwise
    while branches and branches[-1].then == otherwise:
        branches.pop()
    if not branches:
        return _as_type(otherwise, choice)
    if isinstance(choice.type, Truth) and len(branches) == 1:
        return _truth_choice(branches[0], otherwise, choice)
    if len(branches) == 1 and isinstance(branches[0].when, Not):
        return Choose((Branch(branches[0].when.operand, otherwise),), branches[0].then, choice.type)
    return Choose(tuple(_without_known(branches)), otherwise, choice.type)


def _mapped_choice(expression: OrdinalOf | ChoiceAt, enums: Enums) -> Expression:
    """A choice between constants, whose values become positions or positions values."""
    choice = expression.operand if isinstance(expression, OrdinalOf) else expression.ordinal
    assert isinstance(choice, Choose)
    values = (*(branch.then for branch in choice.branches), choice.otherwise)
    if not all(isinstance(value, Constant) for value in values):
        return expression

    def mapped(value: Expression) -> Expression:
        return _simplified(rebuilt(expression, lambda _: value), enums)

    branches = tuple(Branch(branch.when, mapped(branch.then)) for branch in choice.branches)
    return Choose(branches, mapped(choice.otherwise), type_of(expression))


def _without_known(branches: list[Branch]) -> list[Branch]:
    """Upper limits that follow because an earlier branch was not taken: `score >= 90`, then `70 <= score < 90`."""
    known: dict[Expression, int] = {}
    changed: list[Branch] = []
    for branch in branches:
        operands = branch.when.operands if isinstance(branch.when, And) else (branch.when,)
        kept = tuple(operand for operand in operands if not _is_known(operand, known))
        when = branch.when if len(kept) == len(operands) or not kept else kept[0] if len(kept) == 1 else And(kept)
        changed.append(Branch(when, branch.then))
        match when:
            case LessOrEqual(Constant(int(low)), expression):
                known[expression] = min(low - 1, known.get(expression, low - 1))
            case _:
                pass
    return changed


def _is_known(condition: Expression, known: Mapping[Expression, int]) -> bool:
    """Whether `known`, the greatest values that expressions can have, says that a condition holds."""
    match condition:
        case LessOrEqual(expression, Constant(int(high))):
            return expression in known and known[expression] <= high
        case _:
            return False


def _truth_choice(branch: Branch, otherwise: Expression, choice: Choose) -> Expression:
    if branch.then == TRUE:
        return _condition(Or((branch.when, otherwise)))
    if otherwise == FALSE:
        return _condition(And((branch.when, branch.then)))
    if branch.then == FALSE:
        return _condition(And((negated(branch.when), otherwise)))
    return Choose((branch,), otherwise, choice.type)


def _as_type(value: Expression, choice: Choose) -> Expression:
    """A plain value that was chosen as an optional one stays optional, so that the node around it still fits."""
    if isinstance(value, Constant):
        return Constant(value.value, choice.type)
    return value if type_of(value) == choice.type else Choose((), value, choice.type)


SIMPLIFIERS: dict[type[Expression], Callable[..., Expression]] = {
    IsPresent: _presence,
    Presume: _presumed,
    OrElse: _with_default,
    Not: _opposite,
    **dict.fromkeys((And, Or), _junction),
    Equal: _equality,
    **dict.fromkeys((Less, LessOrEqual), _order),
    Among: _membership,
    **dict.fromkeys((Add, Subtract, Multiply, Negate, Least, Greatest), _arithmetic),
    Choose: _choice,
    OrdinalOf: _ordinal,
    ChoiceAt: _choice_at,
    Aggregate: _aggregate,
}
"""What is done with each kind of node; what is not named here stays as it is. Every node of a policy goes through it, some often."""
