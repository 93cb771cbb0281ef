"""The body of one emitted function, up to what it gives back.

In: a plan. Out: statements in an order in which everything is assigned before it is read: as few passes over each
table as its aggregates allow, under `if` the table has records; what follows from one table alone stands under that
`if` too, with its value for an empty table before it; then everything else in the order of the policy.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from creditdsl.backends.python.expressions import Code
from creditdsl.backends.python.layout import INDENT, WIDTH, wrapped
from creditdsl.backends.python.names import identifier, literal, variable_name
from creditdsl.backends.python.passes import PassWriter, Target
from creditdsl.backends.python.plan import Collection, Pass, Plan, hoistable, reads_record, references
from creditdsl.backends.python.rewrite import empty_value, substitute
from creditdsl.backends.python.statements import Body, Line, Statements
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
    Program,
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


@dataclass(slots=True)
class BodyWriter(Statements):
    """Writes the body of one function. `comments` has the lines that stand above a definition, by its name."""

    program: Program = field(kw_only=True)
    plan: Plan = field(kw_only=True)
    read_after: tuple[Expression, ...] = field(kw_only=True)
    """what is read after the body, beside the collections"""
    comments: dict[str, tuple[str, ...]] = field(kw_only=True)
    definitions: dict[str, Definition] = field(kw_only=True)
    names: dict[str, str] = field(kw_only=True)
    """what definitions are called that have a part in the plan of the result"""
    collection_names: dict[Collection, str] = field(kw_only=True)
    totals: frozenset[str] = field(kw_only=True)
    """definitions that stand after all tables: scores and grades"""
    variables: dict[str, str] = field(default_factory=dict, kw_only=True)
    pending: list[str] = field(default_factory=list, kw_only=True)
    """definitions that have no statement yet, in order"""
    sums: dict[str, str] = field(default_factory=dict, kw_only=True)
    """by definition that is a sum: the variable to which the passes add what they find"""
    waiting: dict[Pass, None] = field(default_factory=dict, kw_only=True)
    """what no pass has worked out yet"""

    def write(self, body: Body) -> None:
        """All statements; afterwards every definition and collection of the plan can be read."""
        self.pending = list(self.plan.expressions)
        self.waiting = dict.fromkeys(self.plan.passes())
        for name in self.pending:
            self.variables[name] = self.scope.allocate(self.names.get(name) or _variable(name))
        self._bind_leaves(body)
        start = len(body.statements)
        while self.waiting:
            table, ready = self._next_pass()
            self._write_definitions(self._required(ready), body)
            self._write_table(self.program.table(table), ready, body)
        for variable in self.sums.values():
            body.statements.insert(start, Line(f"{variable} = 0"))
        self._write_definitions(list(self.pending), body)

    def assign_aggregate(self, target: str, aggregate: Aggregate, body: Body) -> None:
        table = self.program.table(aggregate.table)
        writer = PassWriter(self, table, f"subject.{identifier(table.name)}", {aggregate: Target(target)})
        body.line(f"{target} = {writer.initial(aggregate)}")
        with self.branch(body) as inner:
            writer.write(inner)

    def _bind_leaves(self, body: Body) -> None:
        """Variables for the days of the run and the fields of the subject that are read often."""
        uses: Counter[Expression] = Counter()
        collected = (item.where for item in self.plan.collections.values())
        for expression in (*self.plan.expressions.values(), *self.read_after, *collected):
            uses.update(part for part in walk(expression) if isinstance(part, SubjectField | ContextField))
        for leaf, count in uses.items():
            if isinstance(leaf, ContextField):
                name, once = CONTEXT[leaf.name]
                self.reads[leaf] = Code(once, name=True)
                if count > 1 and name != once:
                    self._bind(leaf, name, once, body)
            elif isinstance(leaf, SubjectField) and count >= OFTEN:
                self._bind(leaf, identifier(leaf.name), f"subject.{identifier(leaf.name)}", body)

    def _bind(self, leaf: Expression, wanted: str, text: str, body: Body) -> None:
        name = self.scope.allocate(wanted)
        body.line(f"{name} = {text}")
        self.reads[leaf] = Code(name, name=True)

    # The order

    def _next_pass(self) -> tuple[str, list[Pass]]:
        """The next table with what can be worked out from it now; a table that can be finished comes first."""
        ready = [item for item in self.waiting if not self._blocked(item)]
        if not ready:
            raise InternalError("aggregates that wait for each other")
        by_table: dict[str, list[Pass]] = {}
        for table in self.program.records:
            by_table[table.name] = [item for item in ready if item.table == table.name]
        finished = [
            name
            for name, items in by_table.items()
            if items and len(items) == sum(1 for item in self.waiting if item.table == name)
        ]
        chosen = finished[0] if finished else next(name for name, items in by_table.items() if items)
        return chosen, by_table[chosen]

    def _blocked(self, item: Pass) -> bool:
        """Whether something that the item reads waits for another pass."""
        inner = [part for part in _read_by(item) if part != item]
        if any(part in self.waiting for part in inner):
            return True
        return any(
            part in self.waiting for name in self._required([item]) for part in hoistable(self.plan.expressions[name])
        )

    def _required(self, items: Iterable[Pass]) -> list[str]:
        """The pending definitions that the items read, directly or not, in order."""
        wanted = {part.name for item in items for part in _references_of(item)}
        for name in reversed(self.pending):
            if name in wanted:
                wanted.update(part.name for part in references(self.plan.expressions[name]))
        return [name for name in self.pending if name in wanted]

    # One table

    def _write_table(self, table: InputTable, ready: list[Pass], body: Body) -> None:
        empty: dict[Expression, Expression] = {item: empty_value(item) for item in ready if isinstance(item, Aggregate)}
        for item in ready:
            del self.waiting[item]
        sunk = self._sunk(empty)
        for name in sunk:
            self.pending.remove(name)
        added = self._added(sunk, empty)
        outside = self._read_outside(ready, sunk)
        targets = {item: Target(self._name_of(item, sunk)) for item in ready}
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
        taken = set(self.scope.taken)
        _write_initial(before, body)
        body.line(f"{records} = subject.{identifier(table.name)}")
        with self.branch(body.suite(f"if {records}:")) as inner:
            _write_initial(inside, inner)
            for name in sunk:
                found = next((item for item in ready if item == self.plan.expressions[name]), None)
                if found is not None:
                    targets[found].comments = self.comments.get(name, ())
            writer.write(inner)
            for item in ready:
                self.reads[item] = Code(targets[item].name, name=True)
            for name in sunk:
                self._write_definition(name, inner)
            for variable, total in added:
                inner.line(f"{variable} += ", wrapped(self.express(total).document))
        self.scope.taken = taken
        for item in ready:
            self.reads[item] = Code(targets[item].name, name=True)
        for name in sunk:
            self.reads[self._reference(name)] = Code(self.variables[name], name=True)

    def _sunk(self, empty: dict[Expression, Expression]) -> list[str]:
        """The definitions that follow from one table and have a constant value when it is empty.

        `empty` has the values of the aggregates for an empty table, and gets those of the definitions.
        """
        sunk: list[str] = []
        waiting = set(self.pending)
        for name in self.pending:
            expression = self.plan.expressions[name]
            if name in self.totals or any(part.name in waiting for part in references(expression)):
                continue
            if any(part in self.waiting for part in hoistable(expression)):
                continue
            if not any(part in empty for part in walk(expression)):
                continue
            value = substitute(expression, empty, self.plan.enums)
            if isinstance(value, Constant):
                empty[self._reference(name)] = value
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
            added.append((self.sums[name], Add(terms, whole.type)))
        return added

    def _read_outside(self, ready: list[Pass], sunk: list[str]) -> set[object]:
        """What of a table is read after it: aggregates, collections, and definitions by name."""
        read: set[object] = {item.name for expression in self.read_after for item in references(expression)}
        for name in self.pending:
            read.update(part.name for part in references(self.plan.expressions[name]))
            read.update(part for part in walk(self.plan.expressions[name]) if isinstance(part, Aggregate))
        for item in self.waiting:
            read.update(part.name for part in _references_of(item))
            read.update(_read_by(item))
        for collection in self.plan.collections.values():
            read.add(collection)
            if collection in self.waiting or reads_record(collection.where):
                read.update(part.name for part in references(collection.where))
        named = {self.plan.expressions[name]: name for name in sunk}
        for item in ready:
            if isinstance(item, Aggregate) and named.get(item) in read:
                read.add(item)
        return read

    def _name_of(self, item: Pass, sunk: list[str]) -> str:
        """The variable of an aggregate: that of the definition that is nothing but this aggregate, if there is one."""
        if isinstance(item, Aggregate):
            for name in sunk:
                if self.plan.expressions[name] == item:
                    return self.variables[name]
            return self.scope.allocate(f"{item.kind.value}_{variable_name(item.table)}")
        return self.scope.allocate(self.collection_names[item])

    # Definitions

    def _write_definitions(self, names: list[str], body: Body) -> None:
        for name in names:
            self.pending.remove(name)
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
        return DefinitionReference(name, self.definitions[name].type)


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


def _references_of(item: Pass) -> list[DefinitionReference]:
    return list(references(item.where if isinstance(item, Collection) else item))


def _read_by(item: Pass) -> list[Aggregate]:
    """The aggregates inside an aggregate or a condition that a pass works out before it."""
    if isinstance(item, Collection):
        return list(hoistable(item.where, lazy=True))
    return [part for part in hoistable(item) if part != item]
