"""The findings and the repairs of points of an emitted explanation.

In: a program and its plan. Out: entries in the order of the policy, each with where it is there and what its
arguments are, over what the definitions are read as; and the statements that make them: at a table, with one pass that
gathers all records of its entries, or after everything else.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from creditdsl.backends.python.expressions import Code
from creditdsl.backends.python.layout import Document, bracketed
from creditdsl.backends.python.names import identifier, literal, variable_name
from creditdsl.backends.python.passes import PassWriter, Target
from creditdsl.backends.python.plan import Collection, Pass, Plan, hoistable, is_total
from creditdsl.backends.python.rewrite import FALSE, TRUE, substitute
from creditdsl.backends.python.statements import Body, Statements
from creditdsl.core.ir import (
    Aggregate,
    And,
    Constant,
    DefinitionReference,
    Expression,
    Finding,
    InputTable,
    PointsRepair,
    Program,
    RecordField,
    SubjectField,
)
from creditdsl.core.walk import Leaf, children

Argument = str | Expression | Collection
"""Text as it stands, the value of an expression, or the positions of records."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding or a repair of points, which is there where `condition` holds."""

    into: str
    """the variable that gathers such entries"""
    number: int
    """which of them it is in the order of the policy, from 0"""
    kind: str
    """the class"""
    condition: Expression
    arguments: tuple[Argument, ...]
    wanted: str = ""
    """what its records are called"""

    @property
    def records(self) -> Collection | None:
        return next((item for item in self.arguments if isinstance(item, Collection)), None)

    @property
    def reads(self) -> Iterator[Expression]:
        """All expressions that it reads, for each record too."""
        yield self.condition
        for item in self.arguments:
            if isinstance(item, Collection):
                yield item.where
            elif not isinstance(item, str):
                yield item


def collected(program: Program) -> Iterator[Expression]:
    """The conditions on records whose positions an explanation gives back."""
    yield from (_matching(item) for item in program.result.findings if item.table is not None)
    yield from (_still_open(item) for item in program.result.points_repairs)


def entries_of(program: Program, plan: Plan) -> Iterator[Entry]:
    """The findings, then the repairs of points; `plan` says what definitions are read as."""
    definitions = {item.name: item for item in program.definitions}

    def value(name: str, where: Expression = TRUE) -> Expression:
        """What a definition is read as where something holds."""
        found = plan.value(definitions[name])
        return found if isinstance(found, Leaf) or where == TRUE else substitute(found, {where: TRUE}, plan.enums)

    for number, finding in enumerate(program.result.findings):
        condition = value(finding.fires)
        points = tuple(value(name, condition) for name in (finding.count, finding.points, finding.points_after))
        code, name = literal(finding.rule.code), f"records_{variable_name(finding.rule.code, part=True)}"
        records = "None" if finding.table is None else Collection(finding.table, plan.collected[_matching(finding)])
        arguments = (code, *points, literal(finding.table), records)
        yield Entry("findings", number, "Finding", condition, arguments, name)
    fires = {item.rule.code: value(item.fires) for item in reversed(program.result.findings)}
    for number, repair in enumerate(program.result.points_repairs):
        code, name = literal(repair.rule.code), f"open_{variable_name(repair.rule.code, part=True)}"
        records = Collection(repair.table, plan.collected[_still_open(repair)])
        condition = fires.get(repair.indicator, FALSE)
        yield Entry(
            "repairs", number, "PointsRepair", condition, (code, value(repair.restored, condition), records), name
        )


def _matching(finding: Finding) -> Expression:
    return TRUE if finding.where is None else finding.where


def _still_open(repair: PointsRepair) -> Expression:
    return And((repair.where, repair.open))


@dataclass(slots=True)
class EntryStatements(Statements):
    """Writes entries; which of them stand at a table is decided when it is written."""

    program: Program = field(kw_only=True)
    plan: Plan = field(kw_only=True)
    entries: list[Entry] = field(kw_only=True)
    """the findings and repairs that are not written yet"""
    gathers: bool = field(default=False, kw_only=True)
    """whether entries stand at a table: then they are gathered by their number"""

    def entries_of_table(self, empty: Mapping[Expression, Expression]) -> list[Entry]:
        """The entries that can be written at a table because they are never there when it is empty; they are left no more.

        `empty` has the values for an empty table of what is known there.
        """
        here: dict[Expression, list[Entry]] = {}
        left: list[Entry] = []
        for entry in self.entries:
            never = substitute(entry.condition, empty, self.plan.enums) == FALSE
            if never and all(self._is_readable(item, empty) for item in entry.reads):
                here.setdefault(entry.condition, []).append(entry)
            else:
                left.append(entry)
        self.entries = left
        return [entry for alike in here.values() for entry in alike]

    def _is_readable(self, expression: Expression, here: Mapping[Expression, Expression]) -> bool:
        """Whether all that is read has been worked out, or is `here`."""
        if (
            isinstance(expression, Constant | SubjectField | RecordField)
            or expression in self.reads
            or expression in here
        ):
            return True
        if isinstance(expression, Aggregate | DefinitionReference):
            return False
        return all(self._is_readable(part, here) for part in children(expression))

    def write_at_table(self, entries: list[Entry], table: InputTable, records: str, body: Body) -> None:
        """What stands at a table where an explanation is asked for: one pass that gathers records, and the entries."""
        self.gathers = True
        with self.scope.inner(), self.branch(body):
            wanted = {item.records: item.wanted for item in entries if item.records is not None}
            targets: dict[Pass, Target] = {
                collection: Target(self.scope.allocate(name))
                for collection, name in wanted.items()
                if collection.table == table.name and is_total(collection.where)
            }
            if targets:
                PassWriter(self, table, records, targets).write(body)
            for collection, target in targets.items():
                self.reads[collection] = Code(target.name, name=True)
            self.write_entries(entries, body)

    def write_entries(self, entries: Iterable[Entry], body: Body) -> None:
        """Findings and repairs, where they are there."""
        for condition, alike in groupby(entries, lambda item: item.condition):
            with self.where(condition, body) as inner:
                if inner is not None:
                    for entry in alike:
                        self._write_entry(entry, inner)

    def _write_entry(self, entry: Entry, body: Body) -> None:
        call = bracketed(f"{entry.kind}(", tuple(self._argument(item, entry, body) for item in entry.arguments), ")")
        if self.gathers:
            body.line(f"{entry.into}[{entry.number}] = ", call)
        else:
            body.line(bracketed(f"{entry.into}.append(", (call,), ")"))

    def _argument(self, item: Argument, entry: Entry, body: Body) -> Document:
        if isinstance(item, str):
            return item
        if not isinstance(item, Collection):
            return self.value(item, body).document
        if item not in self.reads:
            self._gather(item, entry.wanted, body)
        return self.reads[item].document

    def _gather(self, collection: Collection, wanted: str, body: Body) -> None:
        """The positions of records, where no pass over the table has found them."""
        for part in hoistable(collection.where, lazy=True):
            if part not in self.reads:
                self.assign_part(part, body)
        name = self.scope.allocate(wanted)
        table = self.program.table(collection.table)
        body.line(f"{name}: Sequence[int] = ()")
        PassWriter(self, table, f"subject.{identifier(table.name)}", {collection: Target(name)}).write(body)
        self.reads[collection] = Code(name, name=True)
