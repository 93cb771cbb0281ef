"""One pass over a table of records that works out everything that is wanted from it.

In: aggregates over one table and collections of its records. Out: statements for before the loop, the loop, and for
after it. Conditions that several of them share are tested once.
"""

from dataclasses import dataclass, field

from creditdsl.backends.python.conditions import Node, arranged, evaluated_by, exclusive, operands_of, parts_to_bind
from creditdsl.backends.python.expressions import Code
from creditdsl.backends.python.layout import Document, bracketed, wrapped
from creditdsl.backends.python.names import identifier, variable_name
from creditdsl.backends.python.plan import Collection, Pass, is_total, reads_record
from creditdsl.backends.python.rewrite import TRUE, empty_value
from creditdsl.backends.python.statements import DEPTH, Body, Statements
from creditdsl.core.ir import (
    AddDays,
    Aggregate,
    AggregateKind,
    Constant,
    DefinitionReference,
    Expression,
    InputTable,
    IsPresent,
    Not,
    Presume,
    RecordField,
    SubjectField,
)
from creditdsl.core.walk import children

GATHERED = {
    AggregateKind.COUNT: "keys",
    AggregateKind.SUM_OF_LEAST: "least",
    AggregateKind.LONGEST_RUN: "steps",
    AggregateKind.STREAK: "steps",
}
"""The kinds that gather a set or a dict in the loop and work out their value after it (COUNT only with keys)."""


@dataclass(slots=True)
class Target:
    """Where one aggregate goes: its variable, and the set or dict that it gathers in the loop."""

    name: str
    gathered: str = ""
    shared: bool = False
    """whether another aggregate of the pass fills what is gathered"""
    comments: tuple[str, ...] = ()
    """what stands above the line that counts a record"""


@dataclass(slots=True)
class PassWriter:
    """Writes one pass; `targets` says where everything goes."""

    statements: Statements
    table: InputTable
    records: str
    """the expression for the list of records"""
    targets: dict[Pass, Target] = field(default_factory=dict)
    record: str = "record"

    def write(self, body: Body) -> None:
        """The whole pass, where there are records; every variable has its value for no match before."""
        looped = [item for item in self.targets if not self._without_loop(item, body)]
        self._open(looped, body)
        if looped:
            self._loop(arranged(looped), body)
        for item in looped:
            self._close(item, body)

    def initial(self, item: Pass) -> str:
        """The value when no record matches, as text."""
        if isinstance(item, Collection):
            return "()"
        return "None" if empty_value(item).value is None else repr(empty_value(item).value)

    def is_gathered(self, item: Pass) -> bool:
        """Whether the value is assigned after the loop, from what was gathered in it."""
        if not isinstance(item, Aggregate):
            return True
        return item.kind in GATHERED and (bool(item.keys) or item.kind is not AggregateKind.COUNT)

    def _without_loop(self, item: Pass, body: Body) -> bool:
        """How many records there are needs no loop."""
        if not isinstance(item, Aggregate) or item.where != TRUE or item.keys or item.kind is not AggregateKind.COUNT:
            return False
        body.line(f"{self.targets[item].name} = len({self.records})")
        return True

    def _open(self, looped: list[Pass], body: Body) -> None:
        """What is gathered in the loop, and what does not change while it runs."""
        for item in sorted(looped, key=_is_count):
            target = self.targets[item]
            if isinstance(item, Collection):
                body.line(f"{target.name} = []")
            elif (twin := self._twin(item, looped)) is not None:
                target.gathered, target.shared = self.targets[twin].gathered, True
            elif self.is_gathered(item):
                target.gathered = self.statements.scope.allocate(f"{target.name}_{GATHERED[item.kind]}")
                body.line(f"{target.gathered} = ", "{}" if item.kind is AggregateKind.SUM_OF_LEAST else "set()")
        parts = (part for item in looped for part in (*operands_of(item.where), *evaluated_by(item)))
        for expression in dict.fromkeys(parts):
            self._hoist(expression, body)

    def _twin(self, item: Aggregate, looped: list[Pass]) -> Aggregate | None:
        """Another aggregate of the pass that gathers the keys that this one counts."""
        if item.kind is not AggregateKind.COUNT or not item.keys:
            return None
        for other in looped:
            match other:
                case Aggregate(AggregateKind.SUM_OF_LEAST, _, item.where, _, item.keys):
                    return other
                case Aggregate(AggregateKind.LONGEST_RUN | AggregateKind.STREAK, _, item.where, value):
                    if (value,) == item.keys:
                        return other
                case _:
                    pass
        return None

    def _hoist(self, expression: Expression, body: Body) -> None:
        """Work out once what is the same for every record."""
        if expression in self.statements.reads or isinstance(expression, Constant | DefinitionReference):
            return
        if isinstance(expression, Aggregate):
            return
        if isinstance(expression, Not | IsPresent | Presume):
            self._hoist(expression.operand, body)
            return
        if not reads_record(expression) and is_total(expression):
            wanted = expression.name if isinstance(expression, SubjectField) else "limit"
            name = self.statements.scope.allocate(identifier(wanted).rstrip("_") or "limit")
            self.statements.assign(name, expression, body)
            self.statements.reads[expression] = Code(name, name=True)
            return
        for child in children(expression):
            self._hoist(child, body)

    def _loop(self, root: Node, body: Body) -> None:
        with self.statements.scope.inner(), self.statements.reads.inner():
            self._write_loop(root, body)

    def _write_loop(self, root: Node, body: Body) -> None:
        statements = self.statements
        self.record = statements.scope.allocate("record") if statements.loops else "record"
        header = f"for {self.record} in {self.records}:"
        if any(isinstance(item, Collection) for item in self.targets):
            header = f"for position, {self.record} in enumerate({self.records}):"
        for item in self.table.fields:
            read = Code(f"{self.record}.{identifier(item.name)}", name=True)
            statements.reads[RecordField(self.table.name, item.name, item.type)] = read
        statements.loops += 1
        stops = _stops_at_first(root)
        self._node(root, (), parts_to_bind(root), stops, body.suite(header))
        statements.loops -= 1

    def _node(
        self,
        node: Node,
        place: tuple[int, ...],
        bound: dict[tuple[int, ...], list[Expression]],
        stops: bool,
        body: Body,
    ) -> None:
        """What one record does where the conditions above hold."""
        for item in bound.get(place, ()):
            name = self.statements.scope.allocate(_bound_name(item))
            self.statements.assign(name, item, body)
            self.statements.reads[item] = Code(name, name=True)
        for done in node.done:
            self._do(done, body)
        if stops and node.done:
            body.line("break")
        chain: Expression | None = None
        for number, (condition, below) in enumerate(node.below.items()):
            plain = self.statements.is_plain(condition, DEPTH, lazy=False)
            word = "elif " if chain is not None and plain and exclusive(chain, condition) else "if "
            chain = condition if word == "if " else chain
            test = self.statements.condition(condition, body)
            with self.statements.branch(body.suite(word, test, ":")) as inner:
                self._node(below, (*place, number), bound, stops, inner)

    def _do(self, item: Pass, body: Body) -> None:
        target = self.targets[item]
        if isinstance(item, Collection):
            body.line(f"{target.name}.append(position)")
            return
        if target.shared:
            return
        for text in target.comments:
            body.comment(text)
        read = Code("1") if item.value is None else self.statements.value(item.value, body)
        value = read.document
        match item.kind:
            case AggregateKind.COUNT if item.keys:
                body.line(bracketed(f"{target.gathered}.add(", (self._key(item, body),), ")"))
            case AggregateKind.COUNT | AggregateKind.SUM:
                body.line(f"{target.name} += ", wrapped(value))
            case AggregateKind.ANY:
                body.line(f"{target.name} = True")
            case AggregateKind.SUM_OF_LEAST:
                key, least = self._named("key", Code(self._key(item, body)), body), self._named("amount", read, body)
                inner = body.suite(f"if {key} not in {target.gathered} or {least} < {target.gathered}[{key}]:")
                inner.line(f"{target.gathered}[{key}] = {least}")
            case AggregateKind.MAXIMUM | AggregateKind.MINIMUM:
                found = self._named("found", read, body)
                operator = ">" if item.kind is AggregateKind.MAXIMUM else "<"
                body.suite(f"if {target.name} is None or {found} {operator} {target.name}:").line(
                    f"{target.name} = {found}"
                )
            case AggregateKind.LONGEST_RUN | AggregateKind.STREAK:
                body.line(bracketed(f"{target.gathered}.add(", (value,), ")"))

    def _named(self, wanted: str, code: Code, body: Body) -> str:
        """The value in a variable, because it is read more than once."""
        if code.name and isinstance(code.document, str):
            return code.document
        name = self.statements.scope.allocate(wanted)
        body.line(f"{name} = ", wrapped(code.document))
        return name

    def _key(self, item: Aggregate, body: Body) -> Document:
        parts = tuple(self.statements.value(key, body).document for key in item.keys)
        return parts[0] if len(parts) == 1 else bracketed("(", parts, ")")

    def _close(self, item: Pass, body: Body) -> None:
        """What is worked out from what the loop gathered."""
        target = self.targets[item]
        if not target.gathered or not isinstance(item, Aggregate):
            return
        match item.kind:
            case AggregateKind.COUNT:
                body.line(f"{target.name} = len({target.gathered})")
            case AggregateKind.SUM_OF_LEAST:
                body.line(f"{target.name} = sum({target.gathered}.values())")
            case AggregateKind.LONGEST_RUN:
                function = self.statements.module.function("longest_run")
                body.line(f"{target.name} = {function}({target.gathered})")
            case AggregateKind.STREAK:
                start = self.statements.value(item.start or empty_value(item), body).document
                function = self.statements.module.function("run_down_from")
                body.line(bracketed(f"{target.name} = {function}(", (start, target.gathered), ")"))
            case AggregateKind.ANY | AggregateKind.SUM | AggregateKind.MAXIMUM | AggregateKind.MINIMUM:
                pass


def _bound_name(part: Expression) -> str:
    match part:
        case RecordField(_, name):
            return identifier(name)
        case AddDays(RecordField(_, name), Constant(int(days))) if days >= 0:
            return f"{variable_name(name)}_plus_{days}_days"
        case _:
            return "part"


def _is_count(item: Pass) -> bool:
    return isinstance(item, Aggregate) and item.kind is AggregateKind.COUNT


def _stops_at_first(root: Node) -> bool:
    """Whether all that is asked is whether there is one record of one kind, so that the first one ends the loop."""
    node = root
    while not node.done and len(node.below) == 1:
        node = next(iter(node.below.values()))
    return not node.below and all(isinstance(item, Aggregate) and item.kind is AggregateKind.ANY for item in node.done)
