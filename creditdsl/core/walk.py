"""What stands directly, and anywhere, under an expression; and the same expression over something else."""

from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter, is_
from typing import get_args

from creditdsl.core.ir import (
    Add,
    AddDays,
    AddMonths,
    AddWorkdays,
    Aggregate,
    Among,
    And,
    Branch,
    ChoiceAt,
    Choose,
    Constant,
    ContextField,
    DaysBetween,
    DefinitionReference,
    DivideRounded,
    Equal,
    Expression,
    Greatest,
    IsPresent,
    Least,
    Less,
    LessOrEqual,
    MonthOf,
    MonthsBetween,
    Multiply,
    Negate,
    Not,
    Or,
    OrdinalOf,
    OrElse,
    Presume,
    RecordField,
    RollForward,
    SubjectField,
    Subtract,
    WorkdaysBetween,
    YearOf,
)

Leaf = Constant | ContextField | SubjectField | RecordField | DefinitionReference
"""What is read, and not computed: nothing stands under it."""
LEAVES = frozenset(get_args(Leaf))
"""The same, for a test that is made for every expression: the type is looked up, not compared with one after the other."""


def children(expression: Expression) -> tuple[Expression, ...]:
    """The expressions directly under one, in the order in which they are evaluated."""
    return CHILDREN[type(expression)](expression)


def walk(expression: Expression) -> Iterator[Expression]:
    """The expression and everything under it, outermost first; remembered, for it is asked for by pass after pass."""
    if type(expression) in LEAVES:
        return iter((expression,))
    walked: tuple[Expression, ...] | None = expression.walked
    if walked is None:
        expression.walked = walked = tuple(_walked(expression))
    return iter(walked)


def _walked(expression: Expression) -> Iterator[Expression]:
    waiting = [expression]
    while waiting:
        found = waiting.pop()
        yield found
        inner = children(found)
        if inner:
            waiting += inner[::-1]


def rebuilt(expression: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """The expression with `change` applied to each expression directly under it; itself where that changes nothing."""
    names = PARTS.get(type(expression))
    if names is not None:
        parts = CHILDREN[type(expression)](expression)
        made = tuple(map(change, parts))
        same = all(map(is_, made, parts))
        return expression if same else _with(expression, dict(zip(names, made, strict=True)))
    match expression:
        case And() | Or() | Add() | Least() | Greatest():
            return _with(expression, {"operands": _changed(expression.operands, change)})
        case Choose():
            branches = tuple(_branch(branch, change) for branch in expression.branches)
            kept = all(map(is_, branches, expression.branches))
            changed = {"branches": expression.branches if kept else branches, "otherwise": change(expression.otherwise)}
            return _with(expression, changed)
        case Among():
            return _with(expression, {"operand": change(expression.operand)})
        case Aggregate():
            where, keys = change(expression.where), _changed(expression.keys, change)
            value = None if expression.value is None else change(expression.value)
            start = None if expression.start is None else change(expression.start)
            return _with(expression, {"where": where, "value": value, "keys": keys, "start": start})
        case _:
            return expression


def _changed(parts: tuple[Expression, ...], change: Callable[[Expression], Expression]) -> tuple[Expression, ...]:
    changed = tuple(map(change, parts))
    return parts if all(map(is_, changed, parts)) else changed


def _branch(branch: Branch, change: Callable[[Expression], Expression]) -> Branch:
    when, then = change(branch.when), change(branch.then)
    return branch if when is branch.when and then is branch.then else Branch(when, then)


def _with(expression: Expression, parts: Mapping[str, object]) -> Expression:
    """The expression with other parts; what is not changed keeps what it remembers, such as its hash."""
    if all(getattr(expression, name) is part for name, part in parts.items()):
        return expression
    node: Callable[..., Expression] = type(expression)
    # As `dataclasses.replace` does it, in half the time: no field of an expression is left out of `__init__`.
    return node(*[parts[name] if name in parts else getattr(expression, name) for name in expression.__match_args__])


PARTS: dict[type[Expression], tuple[str, ...]] = {
    **dict.fromkeys((IsPresent, Presume, Not, Negate, YearOf, MonthOf, OrdinalOf), ("operand",)),
    **dict.fromkeys((Equal, Less, LessOrEqual, Subtract, Multiply), ("left", "right")),
    **dict.fromkeys((DaysBetween, MonthsBetween, WorkdaysBetween), ("first", "second")),
    OrElse: ("operand", "default"),
    DivideRounded: ("dividend", "divisor"),
    AddDays: ("day", "days"),
    AddMonths: ("day", "months"),
    AddWorkdays: ("day", "workdays"),
    RollForward: ("day",),
    ChoiceAt: ("ordinal",),
}
"""The fields that have one expression each, of the kinds that have no others."""


def _none(_: Expression) -> tuple[Expression, ...]:
    return ()


def _among(test: Among) -> tuple[Expression, ...]:
    return (test.operand, *test.values)


def _choose(choice: Choose) -> tuple[Expression, ...]:
    return (*(part for branch in choice.branches for part in (branch.when, branch.then)), choice.otherwise)


def _aggregate(aggregate: Aggregate) -> tuple[Expression, ...]:
    value = () if aggregate.value is None else (aggregate.value,)
    start = () if aggregate.start is None else (aggregate.start,)
    return (*start, aggregate.where, *value, *aggregate.keys)


def _read(names: tuple[str, ...]) -> Callable[[Expression], tuple[Expression, ...]]:
    if len(names) > 1:
        several: Callable[[Expression], tuple[Expression, ...]] = attrgetter(*names)
        return several
    one: Callable[[Expression], Expression] = attrgetter(names[0])
    return lambda expression: (one(expression),)


CHILDREN: dict[type[Expression], Callable[..., tuple[Expression, ...]]] = {
    **{node: _read(names) for node, names in PARTS.items()},
    **dict.fromkeys(LEAVES, _none),
    **dict.fromkeys((And, Or, Add, Least, Greatest), attrgetter("operands")),
    Among: _among,
    Choose: _choose,
    Aggregate: _aggregate,
}
"""What `children` does for each kind of expression: they are asked for too often to be looked for one kind after the other."""
