"""The statements of an emitted evaluation, up to what it gives back.

In: a plan. Out: statements in an order in which everything is assigned before it is read: as few passes over each
table as its aggregates allow, under `if` the table has records; what follows from one table alone stands under that
`if` too, with its value for an empty table before it; then everything else in the order of the policy. The findings
and repairs that follow from one table stand under its `if` as well, where an explanation is asked for.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from creditdsl.backends.python.entries import EntryStatements
from creditdsl.backends.python.expressions import Code
from creditdsl.backends.python.layout import INDENT, WIDTH, wrapped
from creditdsl.backends.python.names import identifier, literal, variable_name
from creditdsl.backends.python.passes import PassWriter, Target
from creditdsl.backends.python.plan import Pass, hoistable, references
from creditdsl.backends.python.rewrite import empty_value, substitute
from creditdsl.backends.python.statements import Body, Line
from creditdsl.core.ir import (
    Add,
    Aggregate,
    Constant,
    ContextDay,
    ContextField,
    Definition,
    DefinitionReference,
    Expression,
    InputTable,
    SubjectField,
)
from creditdsl.core.types import Day
from creditdsl.core.walk import walk
from creditdsl.diagnostics import InternalError

CONTEXT = {
    ContextDay.PERIOD_START: ("period_start", "period.start"),
    ContextDay.PERIOD_END: ("period_end", "period.end"),
    ContextDay.AS_OF: ("as_of", "as_of"),
}
"""How the days of the run are read, when often and when once."""

OFTEN = 3
"""How often a field of the subject is read before it gets a variable."""

COMMON_PREFIXES = ("indicator.", "define.", "parameter.")


@dataclass(frozen=True, slots=True)
class Parts:
    """What an expression reads: definitions by name, all aggregates, and those that a pass works out before."""

    references: frozenset[str]
    aggregates: frozenset[Aggregate]
    hoistable: tuple[Aggregate, ...]


@dataclass(slots=True)
class BodyWriter(EntryStatements):
    """Writes the body of one function. `comments` has the lines that stand above a definition, by its name."""

    read_after: tuple[Expression, ...] = field(kw_only=True)
    """what an evaluation reads after these statements"""
    explained: tuple[Expression, ...] = field(kw_only=True)
    """what an explanation reads after them beside that and the entries"""
    comments: dict[str, tuple[str, ...]] = field(kw_only=True)
    definitions: dict[str, Definition] = field(kw_only=True)
    names: dict[str, str] = field(kw_only=True)
    """what definitions are called that have a part in the plan of the result"""
    totals: frozenset[str] = field(kw_only=True)
    """definitions that stand after all tables: scores and grades"""
    variables: dict[str, str] = field(default_factory=dict, kw_only=True)
    pending: dict[str, Parts] = field(default_factory=dict, kw_only=True)
    """definitions that have no statement yet, in order, with what their expressions read"""
    sums: dict[str, str] = field(default_factory=dict, kw_only=True)
    """by definition that is a sum: the variable to which the passes add what they find"""
    waiting: dict[Aggregate, Parts] = field(default_factory=dict, kw_only=True)
    """what no pass has worked out yet, with what it reads"""
    explaining: bool = field(default=False, kw_only=True)
    """whether an evaluation has left already"""
    later: tuple[Parts, ...] = field(default=(), kw_only=True)
    """what the definitions read that are written for an explanation alone"""

    def write(self, body: Body) -> None:
        """What an evaluation needs; afterwards every definition of it can be read."""
        self._bind_leaves(body)
        self.later = tuple(map(_parts, self.plan.rest.values()))
        self._write_all(self.plan.expressions, body)

    def write_rest(self, body: Body) -> None:
        """What an explanation needs beside that."""
        self.explaining, self.later = True, ()
        self.plan.expressions |= self.plan.rest
        self._write_all(self.plan.rest, body)

    def _write_all(self, expressions: Mapping[str, Expression], body: Body) -> None:
        self.pending = {name: _parts(expression) for name, expression in expressions.items()}
        self.sums, gathered = {}, self.gathers
        wanted = dict.fromkeys(part for parts in self.pending.values() for part in parts.hoistable)
        self.waiting = {item: _parts_of_pass(item) for item in wanted if item not in self.reads}
        for name in self.pending:
            self.variables[name] = self.scope.allocate(self.names.get(name) or _variable(name))
        start = len(body.statements)
        while self.waiting:
            table, ready = self._next_pass()
            self._write_definitions(self._required(self.waiting[item] for item in ready), body)
            self._write_table(self.program.table(table), ready, body)
        for variable in self.sums.values():
            body.statements.insert(start, Line(f"{variable} = 0"))
        if self.gathers and not gathered:
            body.statements.insert(start, Line("findings, repairs = {}, {}"))
        self._write_definitions(list(self.pending), body)

    def assign_aggregate(self, target: str, aggregate: Aggregate, body: Body) -> None:
        table = self.program.table(aggregate.table)
        writer = PassWriter(self, table, f"subject.{identifier(table.name)}", {aggregate: Target(target)})
        body.line(f"{target} = {writer.initial(aggregate)}")
        with self.branch(body) as inner:
            writer.write(inner)

    def _bind_leaves(self, body: Body) -> None:
        """Variables for the days of the run and the fields of the subject that an evaluation reads often."""
        uses: Counter[Expression] = Counter()
        for expression in (*self.plan.expressions.values(), *self.read_after):
            uses.update(part for part in walk(expression) if isinstance(part, SubjectField | ContextField))
        for day, (_, once) in CONTEXT.items():
            self.reads[ContextField(day)] = Code(once, name=True)
        for leaf, count in uses.items():
            if isinstance(leaf, ContextField):
                name, once = CONTEXT[leaf.name]
                if count > 1 and name != once:
                    self._bind(leaf, name, once, body)
            elif isinstance(leaf, SubjectField) and count >= OFTEN:
                self._bind(leaf, identifier(leaf.name), f"subject.{identifier(leaf.name)}", body)

    def _bind(self, leaf: Expression, wanted: str, text: str, body: Body) -> None:
        name = self.scope.allocate(wanted)
        body.line(f"{name} = {text}")
        self.reads[leaf] = Code(name, name=True)

    # The order

    def _next_pass(self) -> tuple[str, list[Aggregate]]:
        """The next table with what can be worked out from it now; a table that can be finished comes first."""
        delayed = self._delayed()
        by_table: dict[str, list[Aggregate]] = {table.name: [] for table in self.program.records}
        for item, parts in self.waiting.items():
            if not self._blocked(parts, delayed):
                by_table[item.table].append(item)
        if not any(by_table.values()):
            raise InternalError("aggregates that wait for each other")
        left = Counter(item.table for item in self.waiting)
        finished = [name for name, items in by_table.items() if items and len(items) == left[name]]
        chosen = finished[0] if finished else next(name for name, items in by_table.items() if items)
        return chosen, by_table[chosen]

    def _delayed(self) -> set[str]:
        """The pending definitions that read, directly or not, what no pass has worked out yet."""
        delayed: set[str] = set()
        for name, parts in self.pending.items():
            if self._blocked(parts, delayed):
                delayed.add(name)
        return delayed

    def _blocked(self, parts: Parts, delayed: set[str]) -> bool:
        """Whether something that is read waits for a pass."""
        return any(part in self.waiting for part in parts.hoistable) or not delayed.isdisjoint(parts.references)

    def _required(self, items: Iterable[Parts]) -> list[str]:
        """The pending definitions that the items read, directly or not, in order."""
        wanted = {name for parts in items for name in parts.references}
        for name, parts in reversed(self.pending.items()):
            if name in wanted:
                wanted.update(parts.references)
        return [name for name in self.pending if name in wanted]

    # One table

    def _write_table(self, table: InputTable, ready: list[Aggregate], body: Body) -> None:
        empty: dict[Expression, Expression] = {item: empty_value(item) for item in ready}
        for item in ready:
            del self.waiting[item]
        sunk = self._sunk(empty)
        for name in sunk:
            del self.pending[name]
        added = self._added(sunk, empty)
        entries = self.entries_of_table(empty)
        outside = self._read_outside(ready, sunk)
        alone: dict[Expression, str] = {}
        for name in sunk:
            alone.setdefault(self.plan.expressions[name], name)
        targets: dict[Pass, Target] = {item: Target(self._name_of(item, alone)) for item in ready}
        records = self.scope.allocate(identifier(table.name))
        writer = PassWriter(self, table, records, targets)
        before: dict[str, str] = {}
        inside: dict[str, str] = {}
        for item in ready:
            if item in outside:
                before[targets[item].name] = writer.initial(item)
            elif not writer.is_gathered(item):
                inside[targets[item].name] = writer.initial(item)
        for name in sunk:
            if name in outside and self.variables[name] not in before:
                value = empty[self._reference(name)]
                assert isinstance(value, Constant)
                before[self.variables[name]] = _initial_text(self, value)
        _write_initial(before, body)
        body.line(f"{records} = subject.{identifier(table.name)}")
        with self.scope.inner(), self.branch(body.suite(f"if {records}:")) as inner:
            _write_initial(inside, inner)
            for name in sunk:
                found = self.plan.expressions[name]
                if isinstance(found, Aggregate) and found in targets:
                    targets[found].comments = self.comments.get(name, ())
            writer.write(inner)
            for item in ready:
                self.reads[item] = Code(targets[item].name, name=True)
            for name in sunk:
                self._write_definition(name, inner)
            for variable, total in added:
                inner.line(f"{variable} += ", wrapped(self.express(total).document))
            if entries:
                asked = inner if self.explaining else inner.suite("if explained:")
                self.write_at_table(entries, table, records, asked)
        for item in ready:
            self.reads[item] = Code(targets[item].name, name=True)
        for name in sunk:
            self.reads[self._reference(name)] = Code(self.variables[name], name=True)

    def _sunk(self, empty: dict[Expression, Expression]) -> list[str]:
        """The definitions that follow from one table and have a constant value when it is empty.

        `empty` has the values of the aggregates for an empty table, and gets those of the definitions.
        """
        sunk: list[str] = []
        known: set[str] = set()
        waiting = set(self.pending)
        for name, parts in self.pending.items():
            if name in self.totals or not waiting.isdisjoint(parts.references):
                continue
            if any(part in self.waiting for part in parts.hoistable):
                continue
            if known.isdisjoint(parts.references) and not any(part in empty for part in parts.aggregates):
                continue
            value = substitute(self.plan.expressions[name], empty, self.plan.enums)
            if isinstance(value, Constant):
                empty[self._reference(name)] = value
                known.add(name)
                waiting.discard(name)
                sunk.append(name)
        return sunk

    def _added(self, sunk: list[str], empty: dict[Expression, Expression]) -> list[tuple[str, Expression]]:
        """What of the totals is added up while the table is at hand: variables, and what is added to them.

        Those terms are taken out of the totals, which then read the variable: a table without records adds nothing.
        """
        nothing = {self._reference(name) for name in sunk}
        nothing = {item for item in nothing if isinstance(value := empty[item], Constant) and value.value == 0}
        added: list[tuple[str, Expression]] = []
        for name in self.pending:
            whole = self.plan.expressions[name]
            if name not in self.totals or not isinstance(whole, Add):
                continue
            terms = tuple(operand for operand in whole.operands if operand in nothing)
            if not terms:
                continue
            if name not in self.sums:
                self.sums[name] = self.scope.allocate(f"{self.variables[name]}_sum")
            so_far = DefinitionReference(f"{name} so far", whole.type)
            self.reads[so_far] = Code(self.sums[name], name=True)
            kept = tuple(operand for operand in whole.operands if operand not in nothing and operand != so_far)
            self.plan.expressions[name] = Add((*kept, so_far), whole.type)
            self.pending[name] = _parts(self.plan.expressions[name])
            added.append((self.sums[name], Add(terms, whole.type)))
        return added

    def _read_outside(self, ready: list[Aggregate], sunk: list[str]) -> set[object]:
        """What of a table is read after it: aggregates, and definitions by name."""
        entries = (item for entry in self.entries for item in entry.reads)
        after = (*self.read_after, *self.explained, *entries)
        read: set[object] = {item.name for expression in after for item in references(expression)}
        # What is read once may stand, aggregate and all, where the result is made.
        read.update(part for expression in after for part in walk(expression) if isinstance(part, Aggregate))
        for parts in (*self.pending.values(), *self.later):
            read.update(parts.references, parts.aggregates)
        for parts in self.waiting.values():
            read.update(parts.references, parts.hoistable)
        named = {self.plan.expressions[name]: name for name in sunk}
        for item in ready:
            if named.get(item) in read:
                read.add(item)
        return read

    def _name_of(self, item: Aggregate, alone: dict[Expression, str]) -> str:
        """The variable of an aggregate: that of the definition that is nothing but this aggregate, if there is one."""
        if item in alone:
            return self.variables[alone[item]]
        return self.scope.allocate(f"{item.kind.value}_{variable_name(item.table)}")

    # Definitions

    def _write_definitions(self, names: list[str], body: Body) -> None:
        for name in names:
            del self.pending[name]
            self._write_definition(name, body)

    def _write_definition(self, name: str, body: Body) -> None:
        variable, expression = self.variables[name], self.plan.expressions[name]
        if self.reads.get(expression) != Code(variable, name=True):
            self._write_comment(name, body)
            self.assign(variable, expression, body)
        self.reads[self._reference(name)] = Code(variable, name=True)

    def _write_comment(self, name: str, body: Body) -> None:
        for text in self.comments.get(name, ()):
            body.comment(text)

    def _reference(self, name: str) -> DefinitionReference:
        return self.plan.references[name]


def _initial_text(writer: BodyWriter, value: Constant) -> str:
    """A constant as one piece of text."""
    if isinstance(value.type, Day):
        document = writer.express(value).document
        assert isinstance(document, str)
        return document
    return literal(value.value)


def _write_initial(values: dict[str, str], body: Body) -> None:
    """`a = b = 0` for variables with one value, in lines of moderate length."""
    by_text: dict[str, list[str]] = {}
    for name, text in values.items():
        by_text.setdefault(text, []).append(name)
    for text, names in by_text.items():
        line = ""
        for name in names:
            if line and len(line) + len(name) + len(text) > WIDTH - 3 * INDENT:
                body.line(line + text)
                line = ""
            line += f"{name} = "
        body.line(line + text)


def _variable(definition: str) -> str:
    for prefix in COMMON_PREFIXES:
        definition = definition.removeprefix(prefix)
    return variable_name(definition)


def _parts(expression: Expression) -> Parts:
    return _parts_with(expression, hoistable(expression))


def _parts_of_pass(item: Aggregate) -> Parts:
    return _parts_with(item, (part for part in hoistable(item) if part != item))


def _parts_with(expression: Expression, hoistable_: Iterable[Aggregate]) -> Parts:
    parts = list(walk(expression))
    names = frozenset(part.name for part in parts if isinstance(part, DefinitionReference))
    aggregates = frozenset(part for part in parts if isinstance(part, Aggregate))
    return Parts(names, aggregates, tuple(hoistable_) if aggregates else ())
