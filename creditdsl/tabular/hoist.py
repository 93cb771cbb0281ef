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

Guards = tuple[Expression, ...]

Partial = Presume | DivideRounded | ChoiceAt | AddWorkdays | RollForward | WorkdaysBetween
"""What has no value for some operands, so that it is evaluated only where a condition allows it."""


class CannotTabulate(Exception):
    """A program that has an aggregate over one table inside the condition of another one, looking at both records.

    `name` is that of the definition.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


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
        if isinstance(definition.expression, Aggregate):
            inner = rebuilt(definition.expression, lambda part: self._hoisted(part, ()))
            self._refuse_correlated(inner)
            known = self.names.get(inner) if isinstance(inner, Aggregate) else None
            if known is None:
                if isinstance(inner, Aggregate):
                    self.names[inner] = definition.name
                self._keep(replace(definition, expression=inner))
            else:
                self._keep(replace(definition, expression=DefinitionReference(known, definition.type)))
            return
        self._keep(replace(definition, expression=self._hoisted(definition.expression, ())))

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

    def _aggregate(self, aggregate: Aggregate, guards: Guards) -> Expression:
        """The reference to an aggregate that stands under conditions about its subject."""
        inner = rebuilt(aggregate, lambda part: self._hoisted(part, guards))
        if not isinstance(inner, Aggregate):
            return inner
        subject_guards = tuple(guard for guard in guards if not _reads_records(guard))
        if subject_guards and self._needs_guard(inner):
            inner = replace(inner, where=And((*subject_guards, inner.where)))
        self._refuse_correlated(inner)
        name = self.names.get(inner)
        if name is None:
            name = self.names[inner] = f"aggregate.{len(self.names) + 1}"
            self._keep(Definition(name, inner.type, inner, self._range(inner)))
        return DefinitionReference(name, inner.type)

    def _range(self, aggregate: Aggregate) -> Interval | None:
        return None if isinstance(plain(aggregate.type), Truth) else range_of(aggregate, self.known)

    def _needs_guard(self, aggregate: Aggregate) -> bool:
        partial = any(isinstance(part, Partial) and _reads_subject(part) for part in walk(aggregate))
        return partial or may_overflow(aggregate, self.known)

    def _refuse_correlated(self, expression: Expression) -> None:
        if isinstance(expression, Aggregate):
            tables = {part.table for part in walk(expression) if isinstance(part, RecordField)}
            if tables - {expression.table}:
                raise CannotTabulate(self.current)


def _reads_subject(expression: Expression) -> bool:
    return any(isinstance(part, SubjectField | DefinitionReference) for part in walk(expression))


def _reads_records(expression: Expression) -> bool:
    return any(isinstance(part, RecordField) for part in walk(expression))
