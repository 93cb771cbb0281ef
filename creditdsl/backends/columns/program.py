"""What a writer of columns knows of its program.

In: a program in layers and the run that it is for. Out: its definitions, simplified, and the intervals and widths of what
stands in them.
"""

from collections.abc import Iterator
from functools import cached_property

from creditdsl.backends.columns.linear import Parts
from creditdsl.backends.columns.widths import column_type, column_width
from creditdsl.core.ir import (
    Aggregate,
    Constant,
    ContextField,
    Definition,
    DefinitionReference,
    Expression,
    InputField,
    InputTable,
    Interval,
    RecordField,
    SubjectField,
)
from creditdsl.core.ranges import interval_of, known_inputs, stated_interval
from creditdsl.core.subject import RunContext
from creditdsl.core.types import Choice, Day, Plain, Text, Truth, plain
from creditdsl.core.walk import children, rebuilt, walk
from creditdsl.diagnostics import InternalError
from creditdsl.tabular.plan import Tabular
from creditdsl.tabular.simplify import Simplifier

DEEP = 24
"""So many levels of an expression are written in one go."""


class Columns:
    """A program for columns. `definitions` are simplified; texts that it compares with have codes from 0 on."""

    def __init__(self, tabular: Tabular, context: RunContext) -> None:
        self.tabular = tabular
        self.program = tabular.program
        self.context = context
        self.known = known_inputs(self.program.subject, self.program.records, self.program.enums)
        self.enums = {enum.name: enum.names for enum in self.program.enums}
        self.tables: dict[str, InputTable] = {table.name: table for table in self.program.records}
        self.definitions: dict[str, Definition] = {}
        self.expressions: dict[str, Expression] = {}
        self._intervals: dict[Expression, Interval] = {}
        self._reads_records: dict[Expression, bool] = {}
        self._heights: dict[Expression, int] = {}
        self.simplifier = Simplifier(self.program, self.known)
        self._simplify()

    def _simplify(self) -> None:
        for item in self.program.definitions:
            reference = DefinitionReference(item.name, item.type)
            stated = stated_interval(item, self.program.enums)
            if stated is not None:
                self.known[reference] = stated
        for item in self.program.definitions:
            self.definitions[item.name] = item
            self.expressions[item.name] = self.simplifier.define(item.name, self._of_the_run(item.expression))
            # In order, so that no chain of definitions is followed to its end.
            self.height(self.reference(item.name))

    def _of_the_run(self, expression: Expression) -> Expression:
        """The expression with the days of the run as constants."""
        if isinstance(expression, ContextField):
            return Constant(self.context.day(expression.name), Day())
        return rebuilt(expression, self._of_the_run)

    def assuming(self, name: str, truth: str) -> Expression:
        """What a definition is where a condition holds: its expression where that refers to it, else a reference."""
        condition = self.reference(truth)
        expression = self.expressions[name]
        if isinstance(expression, Aggregate) or condition not in walk(expression):
            return self.reference(name)

        def held(part: Expression) -> Expression:
            return Constant(True, Truth()) if part == condition else rebuilt(part, held)

        return self.simplifier.simplify(held(expression))

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The texts that the program compares with."""
        found = {
            str(part.value): None
            for expression in self.expressions.values()
            for part in walk(expression)
            if isinstance(part, Constant) and isinstance(plain(part.type), Text) and part.value is not None
        }
        return tuple(found)

    def ordinal(self, value: str, type_: Plain) -> int:
        """The number that a text or the name of a choice is in a column."""
        match type_:
            case Choice(enum):
                return self.enums[enum].index(value)
            case Text():
                return self.texts.index(value)
            case _:
                raise InternalError(f"a text that is none: {value}")

    def interval(self, expression: Expression) -> Interval:
        """The interval of an expression, wherever it stands."""
        found = self._intervals.get(expression)
        if found is None:
            found = self._intervals[expression] = interval_of(expression, self.known)
        return found

    def reads_records(self, expression: Expression) -> bool:
        """Whether an expression looks at a record."""
        found = self._reads_records.get(expression)
        if found is None:
            found = isinstance(expression, RecordField) or any(map(self.reads_records, children(expression)))
            self._reads_records[expression] = found
        return found

    def height(self, expression: Expression) -> int:
        """How many expressions stand below one another in it, through all definitions that it refers to."""
        found = self._heights.get(expression)
        if found is None:
            inner = children(expression)
            if isinstance(expression, DefinitionReference):
                inner = (self.expressions[expression.name],)
            found = self._heights[expression] = 1 + max(map(self.height, inner), default=0)
        return found

    def levels(self, expression: Expression, *, given: bool) -> list[Expression]:
        """Parts of an expression, the innermost first, so that none is more than `DEEP` levels above others and its leaves."""
        if self.height(expression) <= DEEP:
            return []
        found: dict[Expression, None] = {}
        visited: set[Expression] = set()
        waiting = [expression]
        while waiting:
            part = waiting.pop()
            if part in visited or self.height(part) < DEEP:
                continue
            visited.add(part)
            if isinstance(part, Aggregate):
                if not given:
                    waiting += (inner for inner in walk(part) if not self.reads_records(inner))
                continue
            if self.height(part) % DEEP == 0:
                found[part] = None
            waiting += (self.expressions[part.name],) if isinstance(part, DefinitionReference) else children(part)
        return sorted(found, key=self.height)

    def field_width(self, leaf: SubjectField | RecordField) -> int:
        """The width of the column of a field."""
        return column_width(leaf.type, self.known.get(leaf))

    def definition_type(self, name: str) -> str:
        """The type of the column of a definition in the schema of the module."""
        item = self.definitions[name]
        return column_type(item.type, self.known.get(DefinitionReference(name, item.type)))

    def definition_width(self, name: str) -> int:
        item = self.definitions[name]
        return column_width(item.type, self.known.get(DefinitionReference(name, item.type)))

    def taken_apart(self, reference: DefinitionReference) -> Expression | None:
        """The expression of a definition that is a sum, a multiple and the like."""
        expression = self.expressions[reference.name]
        return expression if isinstance(expression, Parts) else None

    def field_type(self, table: InputTable, item: InputField) -> str:
        """The type of the column of a field in the schema of the module."""
        of_subject = table is self.program.subject
        leaf = SubjectField(item.name, item.type) if of_subject else RecordField(table.name, item.name, item.type)
        return column_type(item.type, self.known.get(leaf))

    def heading(self) -> tuple[str, ...]:
        """The definitions that make up the heading of a result, each once."""
        plan = self.program.result
        names = (plan.graded, plan.score, plan.score_after, plan.grade, plan.grade_after)
        decided = (self.tabular.decided, self.tabular.decided_after)
        return tuple(dict.fromkeys(name for name in (*names, *decided) if name is not None))

    def reference(self, name: str) -> DefinitionReference:
        return DefinitionReference(name, self.definitions[name].type)

    def aggregates(self) -> Iterator[tuple[str, Aggregate]]:
        """The definitions that are aggregates; simplifying may have made one a constant."""
        for name, expression in self.expressions.items():
            if isinstance(expression, Aggregate):
                yield name, expression
