"""What the run alone decides, worked out.

In: the definitions of a program, in order, and the days of the run when they are known. Out: the same definitions with
constants for whatever reads neither the subject nor a record, conditions that always or never hold taken away, and
references to definitions of that kind replaced by what they are.
"""

from dataclasses import replace
from datetime import date

from creditdsl.core.evaluate import Scope, value_of
from creditdsl.core.ir import (
    Aggregate,
    AggregateKind,
    And,
    Branch,
    Choose,
    Constant,
    ContextField,
    Definition,
    DefinitionReference,
    Expression,
    Not,
    Or,
    Program,
    RecordField,
    SubjectField,
)
from creditdsl.core.subject import LoadedSubject, Period, RunContext
from creditdsl.core.type_of import type_of
from creditdsl.core.types import Optional, Truth
from creditdsl.core.walk import children, rebuilt, walk
from creditdsl.diagnostics import InternalError

YES = Constant(True, Truth())
NO = Constant(False, Truth())

NO_RUN = RunContext(Period("", date.min, date.min), date.min)
"""Stands where no day is ever asked for."""


class Folder:
    """Folds the definitions of a program, one after the other."""

    def __init__(self, program: Program, context: RunContext | None) -> None:
        self.context = context
        self.of_the_run: dict[str, Expression] = {}
        """the definitions that read neither a subject nor a record"""
        self.scope = Scope(program, LoadedSubject({}, {}), context or NO_RUN, {}, {})

    def definition(self, definition: Definition) -> Definition:
        """The definition with its expression folded; the names it refers to must have been folded before."""
        expression = self.fold(definition.expression)
        if not any(isinstance(part, _Read) for part in walk(expression)):
            self.of_the_run[definition.name] = expression
        return definition if expression is definition.expression else replace(definition, expression=expression)

    def fold(self, expression: Expression) -> Expression:
        """The expression folded; its type is the same."""
        match expression:
            case DefinitionReference(name):
                return self.of_the_run.get(name, expression)
            case ContextField():
                return expression if self.context is None else constant_value(expression, self.scope)
            case Constant() | SubjectField() | RecordField():
                return expression
        folded = _simplified(rebuilt(expression, self.fold))
        parts = children(folded)
        constant = parts and not isinstance(folded, Aggregate) and all(isinstance(part, Constant) for part in parts)
        return constant_value(folded, self.scope) if constant else folded


def constant_value(expression: Expression, scope: Scope) -> Expression:
    """The constant that an expression over constants is; itself where it is never evaluated and has no value."""
    try:
        return Constant(value_of(expression, scope), type_of(expression))
    except InternalError:
        return expression


_Read = SubjectField | RecordField | DefinitionReference | Aggregate
"""What makes a definition one of the subject; a reference that is left is to such a definition."""


def _simplified(expression: Expression) -> Expression:
    match expression:
        case And(operands):
            return _junction(operands, neutral=YES, deciding=NO)
        case Or(operands):
            return _junction(operands, neutral=NO, deciding=YES)
        case Not(Constant(value)):
            return NO if value else YES
        case Choose():
            return _choice(expression)
        case Aggregate(where=Constant(False)):
            return _of_none(expression)
        case _:
            return expression


def _junction(operands: tuple[Expression, ...], *, neutral: Constant, deciding: Constant) -> Expression:
    """An And or an Or without operands that do not matter; what stands behind a deciding one is never evaluated."""
    kept: list[Expression] = []
    for operand in operands:
        if operand != neutral:
            kept.append(operand)
        if operand == deciding:
            break
    if not kept or kept == [deciding]:
        return deciding if kept else neutral
    if len(kept) == 1:
        return kept[0]
    return And(tuple(kept)) if neutral is YES else Or(tuple(kept))


def _choice(choice: Choose) -> Expression:
    kept: list[Branch] = []
    otherwise = choice.otherwise
    for branch in choice.branches:
        if branch.when == YES:
            otherwise = branch.then
            break
        if branch.when != NO:
            kept.append(branch)
    if kept:
        return Choose(tuple(kept), otherwise, choice.type)
    return at_type_of(choice, otherwise)


def at_type_of(choice: Choose, value: Expression) -> Expression:
    """The only value that is left of a choice; a plain value of an optional one stays under it, so that the type is kept."""
    if isinstance(value, Constant):
        return Constant(value.value, choice.type)
    same = type_of(value) == choice.type
    return value if same else Choose((Branch(YES, value),), Constant(None, choice.type), choice.type)


def _of_none(aggregate: Aggregate) -> Expression:
    """An aggregate over no records."""
    if isinstance(aggregate.type, Optional):
        return Constant(None, aggregate.type)
    return Constant(False if aggregate.kind is AggregateKind.ANY else 0, aggregate.type)
