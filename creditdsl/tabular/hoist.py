"""Every aggregate becomes a definition of its own.

In: the definitions of a program, in order. Out: the same with a reference wherever an aggregate stood, and before them the
aggregates, each once. An aggregate that only makes sense under a condition (it presumes a value, divides, or may leave 64
bits without it) takes that condition along; what it gives elsewhere is never asked for.
"""

from collections.abc import Iterator
from dataclasses import replace

from creditdsl.core.intervals import Facts
from creditdsl.core.ir import (
    AddWorkdays,
    Aggregate,
    And,
    Branch,
    ChoiceAt,
    Choose,
    Definition,
    DefinitionReference,
    DivideRounded,
    Expression,
    Interval,
    IsPresent,
    Not,
    Or,
    OrElse,
    Presume,
    Program,
    RecordField,
    RollForward,
    SubjectField,
    WorkdaysBetween,
)
from creditdsl.core.ranges import known_inputs, may_overflow, range_of
from creditdsl.core.types import Choice, Truth, plain
from creditdsl.core.walk import rebuilt, walk
from creditdsl.diagnostics import Text

Guards = tuple[Expression, ...]

Partial = Presume | DivideRounded | ChoiceAt | AddWorkdays | RollForward | WorkdaysBetween
"""What has no value for some operands, so that it is evaluated only where a condition allows it."""


class CannotTabulate(Exception):
    """A program that has an aggregate over one table inside the condition of another one, looking at both records."""

    def __init__(self, definition: str) -> None:
        self.message = Text(
            f"`{definition}` 在一类记录的条件里查看另一类记录",
            f"`{definition}` looks at records of one kind inside a condition on another",
        )
        super().__init__(self.message.en)


class Hoister:
    """Hoists the aggregates of a program's definitions, one definition after the other."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.definitions: dict[str, Definition] = {}
        self.names: dict[Aggregate, str] = {}
        self.known: Facts = known_inputs(program.subject, program.records, program.enums)
        self.current = ""

    def add(self, definition: Definition) -> None:
        """Add a definition, and before it the aggregates it needs."""
        self.current = definition.name
        expression = definition.expression
        if isinstance(expression, Aggregate):
            inner = self._inside(expression, ())
            name = self.names.setdefault(inner, definition.name)
            expression = inner if name == definition.name else DefinitionReference(name, definition.type)
        elif _aggregates(expression):
            expression = self._hoisted(expression, ())
        self._keep(definition if expression is definition.expression else replace(definition, expression=expression))

    def _keep(self, definition: Definition) -> None:
        self.definitions[definition.name] = definition
        reference = DefinitionReference(definition.name, definition.type)
        values = plain(definition.type)
        if isinstance(values, Choice):
            self.known[reference] = Interval(0, len(self.program.enum(values.enum).values) - 1)
        elif definition.range is not None:
            self.known[reference] = definition.range

    def _hoisted(self, expression: Expression, guards: Guards) -> Expression:
        match expression:
            case And(operands):
                return And(tuple(self._in_order(operands, guards, holds=True)))
            case Or(operands):
                return Or(tuple(self._in_order(operands, guards, holds=False)))
            case Choose():
                return self._choice(expression, guards)
            case OrElse(operand, default):
                value = self._hoisted(operand, guards)
                return OrElse(value, self._hoisted(default, (*guards, Not(IsPresent(value)))))
            case Aggregate():
                return self._aggregate(expression, guards)
            case _:
                return rebuilt(expression, lambda part: self._hoisted(part, guards))

    def _in_order(self, operands: tuple[Expression, ...], guards: Guards, *, holds: bool) -> Iterator[Expression]:
        for operand in operands:
            hoisted = self._hoisted(operand, guards)
            yield hoisted
            guards = (*guards, hoisted if holds else Not(hoisted))

    def _choice(self, choice: Choose, guards: Guards) -> Choose:
        branches = []
        for branch in choice.branches:
            when = self._hoisted(branch.when, guards)
            branches.append(Branch(when, self._hoisted(branch.then, (*guards, when))))
            guards = (*guards, Not(when))
        return Choose(tuple(branches), self._hoisted(choice.otherwise, guards), choice.type)

    def _aggregate(self, aggregate: Aggregate, guards: Guards) -> DefinitionReference:
        """The reference to an aggregate that stands under conditions about its subject."""
        inner = self._inside(aggregate, guards)
        name = self.names.get(inner)
        if name is None:
            name = self.names[inner] = f"aggregate.{len(self.names) + 1}"
            self._keep(Definition(name, inner.type, inner, self._range(inner)))
        return DefinitionReference(name, inner.type)

    def _inside(self, aggregate: Aggregate, guards: Guards) -> Aggregate:
        """An aggregate without others inside, with the conditions that it needs; CannotTabulate where there is no such."""
        inner = aggregate
        if _aggregates(aggregate) > 1:
            inner = replace(
                aggregate,
                where=self._hoisted(aggregate.where, guards),
                value=None if aggregate.value is None else self._hoisted(aggregate.value, guards),
                keys=tuple(self._hoisted(key, guards) for key in aggregate.keys),
                start=None if aggregate.start is None else self._hoisted(aggregate.start, guards),
            )
        subject_guards = tuple(guard for guard in guards if not _reads_records(guard))
        if subject_guards and self._needs_guard(inner):
            inner = replace(inner, where=And((*subject_guards, inner.where)))
        if any(isinstance(part, RecordField) and part.table != inner.table for part in walk(inner)):
            raise CannotTabulate(self.current)
        return inner

    def _range(self, aggregate: Aggregate) -> Interval | None:
        return None if isinstance(plain(aggregate.type), Truth) else range_of(aggregate, self.known)

    def _needs_guard(self, aggregate: Aggregate) -> bool:
        partial = any(isinstance(part, Partial) and _reads_subject(part) for part in walk(aggregate))
        return partial or may_overflow(aggregate, self.known)


def _aggregates(expression: Expression) -> int:
    """How many aggregates an expression has; itself, where it is one."""
    return sum(type(part) is Aggregate for part in walk(expression))


def _reads_subject(expression: Expression) -> bool:
    return any(isinstance(part, SubjectField | DefinitionReference) for part in walk(expression))


def _reads_records(expression: Expression) -> bool:
    return any(isinstance(part, RecordField) for part in walk(expression))
