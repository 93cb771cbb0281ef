"""What an emitted evaluation computes, before it is written.

In: a program, what an evaluation gives back, and what an explanation gives back beside it. Out: a `Plan`: the
definitions that are needed, simplified, in dependency order, without those that only repeat another one or are used in
one place; those that an explanation alone needs stand apart. And which aggregates can be worked out in passes over
their tables before the expressions that use them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from creditdsl.backends.python.rewrite import TRUE, Enums, simplify, substitute
from creditdsl.core.ir import (
    AddDays,
    AddMonths,
    AddWorkdays,
    Aggregate,
    And,
    ChoiceAt,
    Choose,
    Constant,
    ContextField,
    Definition,
    DefinitionReference,
    DivideRounded,
    Expression,
    Greatest,
    IsPresent,
    Least,
    Or,
    OrElse,
    Presume,
    Program,
    RecordField,
    RollForward,
    RuleKind,
    SubjectField,
)
from creditdsl.core.type_of import type_of
from creditdsl.core.types import Optional, Truth
from creditdsl.core.walk import children, walk

INLINED_SIZE = 14
"""The most nodes of an expression that is written where it is used."""

FAR = 400_000
"""Days that can be added to any day of the input without leaving years 1 to 9999; months likewise, by 30."""


@dataclass(frozen=True, slots=True)
class Collection:
    """The positions, from 0, of the records of a table that match."""

    table: str
    where: Expression


Pass = Aggregate | Collection
"""What one pass over a table works out."""


@dataclass(slots=True)
class Request:
    """What an evaluation gives back: definitions by name, and conditions used once each.

    `anchors` are definitions that are written as statements of their own, under the comment of their rule. An explanation
    gives back `explained` and the records that meet `collected` as well.
    """

    values: tuple[str, ...]
    conditions: tuple[str, ...]
    anchors: frozenset[str]
    kept: frozenset[str]
    """definitions that have a variable even when they are read once: what passes can add up"""
    explained: tuple[str, ...]
    collected: tuple[Expression, ...]


@dataclass(slots=True)
class Plan:
    """`expressions` by definition in dependency order; `resolved` has what every other definition is replaced by."""

    enums: Enums
    expressions: dict[str, Expression] = field(default_factory=dict)
    rest: dict[str, Expression] = field(default_factory=dict)
    """the definitions that an explanation alone needs"""
    resolved: dict[Expression, Expression] = field(default_factory=dict)
    references: dict[str, DefinitionReference] = field(default_factory=dict)
    """by definition: what stands for it, one and the same everywhere, so that its hash is computed once"""
    collected: dict[Expression, Expression] = field(default_factory=dict)
    """the conditions on records that an explanation gives back, over what definitions are read as"""

    def value(self, definition: Definition) -> Expression:
        """What a definition is read as: a constant, a field, a reference, or the expression that is used in one place."""
        return substitute(self.references[definition.name], self.resolved, self.enums)


def reference(definition: Definition) -> DefinitionReference:
    return DefinitionReference(definition.name, definition.type)


def is_module_constant(definition: Definition, enums: Enums) -> bool:
    """Whether a definition is a parameter with one value, which the module names."""
    if definition.rule is None or definition.rule.kind is not RuleKind.PARAMETER or isinstance(definition.type, Truth):
        return False
    value = simplify(definition.expression, enums)
    return isinstance(value, Constant) and isinstance(value.value, int)


def make_plan(program: Program, request: Request, whole: Plan) -> Plan:
    """The plan of what `request` says; `whole` is that of all definitions."""
    definitions = {item.name: item for item in program.definitions}
    roots = [whole.value(definitions[name]) for name in (*request.values, *request.conditions)]
    needed = _needed(roots, whole)
    expressions = {name: item for name, item in whole.expressions.items() if name in needed}
    plan = Plan(whole.enums, expressions, resolved=dict(whole.resolved), references=whole.references)
    inlined = _inline(definitions, request, plan)
    collected = {item: substitute(item, whole.resolved, whole.enums) for item in request.collected}
    roots = [*(whole.value(definitions[name]) for name in request.explained), *collected.values()]
    too = _needed(roots, whole) - needed
    rest = {name: item for name, item in whole.expressions.items() if name in too}
    _add_rest(request, rest, plan, inlined)
    for own, expression in plan.resolved.items():
        plan.resolved[own] = _with_inlined(expression, inlined, plan.enums)
    plan.resolved.update(inlined)
    plan.collected = {item: _with_inlined(found, inlined, plan.enums) for item, found in collected.items()}
    return plan


def hoistable(expression: Expression, *, lazy: bool = False) -> Iterator[Aggregate]:
    """The aggregates under an expression that may be worked out before it, inner ones first.

    Not those that see a record around them, and not those that are only evaluated under a condition which makes sure
    that they can be (`x is present and any(r where r.amount > x)`).
    """
    match expression:
        case Aggregate():
            if expression.start is not None:
                yield from hoistable(expression.start, lazy=lazy)
            for part in children(expression):
                yield from hoistable(part, lazy=True)
            if not is_correlated(expression) and not (lazy and not is_total(expression)):
                yield expression
        case And(operands) | Or(operands):
            yield from hoistable(operands[0], lazy=lazy)
            for operand in operands[1:]:
                yield from hoistable(operand, lazy=True)
        case OrElse(operand, default):
            yield from hoistable(operand, lazy=lazy)
            yield from hoistable(default, lazy=True)
        case Choose(branches):
            for position, part in enumerate(children(expression)):
                yield from hoistable(part, lazy=lazy or bool(branches and position))
        case _:
            for child in children(expression):
                yield from hoistable(child, lazy=lazy)


def is_correlated(aggregate: Aggregate) -> bool:
    """Whether an aggregate reads a record of a table around it."""
    parts = list(walk(aggregate))
    own = {part.table for part in parts if isinstance(part, Aggregate)}
    return any(isinstance(part, RecordField) and part.table not in own for part in parts)


def is_total(expression: Expression) -> bool:
    """Whether the expression can be worked out whatever else holds; what its own records guard is their matter."""
    return not any(_is_partial(part) for part in walk(expression))


def references(expression: Expression) -> Iterator[DefinitionReference]:
    return (part for part in walk(expression) if isinstance(part, DefinitionReference))


def reads_record(expression: Expression) -> bool:
    return any(isinstance(part, RecordField) for part in walk(expression))


def _is_partial(part: Expression) -> bool:
    match part:
        case Presume(operand):
            return not reads_record(operand)
        case DivideRounded(_, divisor):
            return not isinstance(divisor, Constant) and not reads_record(divisor)
        case AddDays(day, Constant(int(amount))):
            return abs(amount) > FAR or bool(children(day))
        case AddMonths(day, Constant(int(amount))):
            return abs(amount) > FAR // 30 or bool(children(day))
        case AddDays() | AddMonths() | AddWorkdays() | RollForward() | ChoiceAt():
            return True
        case _:
            return False


def resolved_plan(program: Program, anchors: frozenset[str], conditions: frozenset[str]) -> Plan:
    """Every definition, simplified; what is a constant, a field or a repetition is replaced wherever it is read.

    `anchors` and `conditions` are those of the `Request` of every function of the module.
    """
    plan = Plan({enum.name: enum.names for enum in program.enums})
    seen: dict[Expression, Expression] = {}
    for definition in program.definitions:
        own = plan.references[definition.name] = reference(definition)
        expression = substitute(definition.expression, plan.resolved, plan.enums)
        if is_module_constant(definition, plan.enums):
            continue
        anchored = definition.name in anchors
        repeated = definition.name in conditions and _is_small(expression)
        if isinstance(expression, Constant) or (not anchored and (repeated or _is_atom(expression))):
            plan.resolved[own] = expression
        elif not anchored and expression in seen:
            plan.resolved[own] = seen[expression]
        else:
            if isinstance(definition.type, Optional) and never_absent(expression, plan.resolved):
                plan.resolved[IsPresent(own)] = TRUE
            plan.expressions[definition.name] = expression
            seen.setdefault(expression, own)
    return plan


def never_absent(expression: Expression, resolved: Mapping[Expression, Expression]) -> bool:
    """Whether an expression of Optional type has a value whatever the input; `resolved` knows it of definitions."""
    if not isinstance(type_of(expression), Optional):
        return True
    match expression:
        case Constant(value):
            return value is not None
        case Choose(branches, otherwise):
            return all(never_absent(value, resolved) for value in (*(item.then for item in branches), otherwise))
        case _:
            return resolved.get(IsPresent(expression)) == TRUE


def _is_atom(expression: Expression) -> bool:
    return isinstance(expression, SubjectField | ContextField | DefinitionReference)


def _needed(roots: Iterable[Expression], plan: Plan) -> set[str]:
    needed = {item.name for root in roots for item in references(root)}
    for name, expression in reversed(plan.expressions.items()):
        if name in needed:
            needed.update(item.name for item in references(expression))
    return needed


def _inline(definitions: Mapping[str, Definition], request: Request, plan: Plan) -> dict[Expression, Expression]:
    """What is written where it is used, by reference: what is used once, if it is small and not inside a pass over records."""
    uses: Counter[str] = Counter()
    for expression in plan.expressions.values():
        uses.update(_weighted_references(expression, 1))
    for name in request.values:
        uses.update(_weighted_references(plan.value(definitions[name]), 2))
    for name in request.conditions:
        uses.update(_weighted_references(plan.value(definitions[name]), 1))
    inlined: dict[Expression, Expression] = {}
    written, read_again = request.anchors | request.kept, frozenset(request.explained)
    for name, expression in list(plan.expressions.items()):
        expression = _with_inlined(expression, inlined, plan.enums)
        again = name in read_again and _is_worked_out(expression)
        if uses[name] == 1 and name not in written and not again and _is_small(expression):
            inlined[plan.references[name]] = expression
            del plan.expressions[name]
        else:
            plan.expressions[name] = expression
    return inlined


def _add_rest(
    request: Request, expressions: Mapping[str, Expression], plan: Plan, inlined: dict[Expression, Expression]
) -> None:
    """What an explanation needs beside the evaluation; what is small is worked out where it is read, and is added to `inlined`."""
    for name, expression in expressions.items():
        expression = _with_inlined(expression, inlined, plan.enums)
        read = any(isinstance(part, Aggregate) for part in walk(expression))
        if name not in request.anchors and not read and _is_small(expression):
            inlined[plan.references[name]] = expression
        else:
            plan.rest[name] = expression


def _with_inlined(expression: Expression, inlined: Mapping[Expression, Expression], enums: Enums) -> Expression:
    """A simplified expression with what is written in the place of definitions; nearly always it reads none of those."""
    if any(part in inlined for part in references(expression)):
        return substitute(expression, inlined, enums)
    return expression


def _weighted_references(expression: Expression, weight: int) -> Iterator[str]:
    """The names that an expression reads, twice for those inside an aggregate, which reads them for every record."""
    if any(isinstance(part, Aggregate) for part in walk(expression)):
        for child in children(expression):
            yield from _weighted_references(child, 2 if isinstance(expression, Aggregate) else weight)
    else:
        for part in references(expression):
            yield from (part.name,) * weight


def _is_small(expression: Expression) -> bool:
    return not isinstance(expression, Aggregate) and _size(expression) <= INLINED_SIZE


def _is_worked_out(expression: Expression) -> bool:
    """Whether an expression takes statements of its own: read a second time, it had better have a variable."""
    return any(isinstance(part, Least | Greatest) for part in walk(expression))


def _size(expression: Expression) -> int:
    """How many nodes an expression has where it is written: an aggregate is a variable by then."""
    return 1 if isinstance(expression, Aggregate) else 1 + sum(map(_size, children(expression)))
