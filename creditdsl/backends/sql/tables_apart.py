"""What is made of the records of one table alone, and can be computed before they are joined with the subjects.

In: definitions, in order, and the names of those that are wanted. Out: the same with sums in parts, one for each table that has
several terms in them, and for each definition that is worth computing apart what it is for a subject without records. Many
indicators of which only the sum is read pass the join as one column, and are computed for no subject without records.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from creditdsl.backends.sql.aggregates import ORDERED
from creditdsl.core.evaluate import Scope, value_of
from creditdsl.core.intervals import Facts
from creditdsl.core.ir import Add, Aggregate, Constant, Definition, DefinitionReference, Expression, Program, Value
from creditdsl.core.ranges import fits_64_bits, interval_of
from creditdsl.core.subject import LoadedSubject
from creditdsl.core.type_of import type_of
from creditdsl.core.types import Optional
from creditdsl.core.walk import LEAVES, rebuilt, walk
from creditdsl.diagnostics import InternalError
from creditdsl.tabular.fold import NO_RUN
from creditdsl.tabular.plan import references

LEAST_SAVED = 1
"""So many columns less must pass the join for a value to be computed before it."""


@dataclass(frozen=True, slots=True)
class Apart:
    """`table` is the only one that is read, `nothing` the value for a subject without records in it."""

    table: str
    nothing: Constant


def in_parts(program: Program, definitions: Sequence[Definition], wanted: Iterable[str]) -> list[Definition]:
    """The definitions with sums made of sums for one table each, which stand before them; where that is worth it."""
    worth = apart(program, list(_Sums(program, definitions).parted()), wanted)
    return list(_Sums(program, definitions, worth).parted())


def apart(program: Program, definitions: Sequence[Definition], wanted: Iterable[str]) -> dict[str, Apart]:
    """The scalars, by name, that are worth computing before the join.

    They are looked at from the last one back. One stays behind the join, and passes nothing but what it is made of, unless
    these are more columns than itself; or unless another one that is computed before the join needs it.
    """
    finder = _Finder(program)
    for definition in definitions:
        finder.add(definition)
    found, before = finder.found, dict[str, Apart]()
    passing, inside = {name for name in wanted if name in found}, set[str]()
    for definition in reversed(definitions):
        name, read = definition.name, {name for name in references(definition.expression) if name in found}
        if name not in found or isinstance(definition.expression, Aggregate):
            passing |= read
        elif name in inside or len(read - passing) - 1 >= LEAST_SAVED:
            before[name] = found[name]
            inside |= read
        else:
            passing |= read
    return before


class _Finder:
    """Learns of one definition after the other whether it reads the records of one table alone."""

    def __init__(self, program: Program) -> None:
        self.found: dict[str, Apart] = {}
        self.values: dict[str, Value] = {}
        without = LoadedSubject({}, {table.name: () for table in program.records})
        self.scope = Scope(program, without, NO_RUN, self.values, {})

    def add(self, definition: Definition) -> None:
        found = self.of(definition.expression)
        if found is not None:
            self.found[definition.name] = found
            self.values[definition.name] = found.nothing.value

    def of(self, expression: Expression) -> Apart | None:
        """None too where a subject without records has no value, or one that NULL does not tell from others."""
        table = self._table(expression)
        if table is None:
            return None
        try:
            value = value_of(expression, self.scope)
        except InternalError:
            return None
        type_ = type_of(expression)
        return None if isinstance(type_, Optional) and value is not None else Apart(table, Constant(value, type_))

    def _table(self, expression: Expression) -> str | None:
        if isinstance(expression, Aggregate):
            alone = expression.kind not in ORDERED and next(references(expression), None) is None
            return expression.table if alone else None
        tables = set[str]()
        for part in walk(expression):
            if isinstance(part, DefinitionReference) and part.name in self.found:
                tables.add(self.found[part.name].table)
            elif type(part) in LEAVES and not isinstance(part, Constant):
                return None
        return tables.pop() if len(tables) == 1 else None


class _Sums:
    """Takes sums apart by table; `worth` are the parts, by name, for which it is done, all of them by default."""

    def __init__(
        self, program: Program, definitions: Iterable[Definition], worth: Container[str] | None = None
    ) -> None:
        self.definitions = definitions
        self.worth = worth
        self.finder = _Finder(program)
        self.known: Facts = {}
        self.made: list[Definition] = []
        self.sums = Counter[str]()
        self.name = ""

    def parted(self) -> Iterator[Definition]:
        for definition in self.definitions:
            self.finder.add(definition)
            if definition.range is not None:
                self.known[DefinitionReference(definition.name, definition.type)] = definition.range
            if definition.name in self.finder.found or isinstance(definition.expression, Aggregate):
                yield definition
                continue
            self.name, self.made, self.sums = definition.name, [], Counter()
            expression = self._parted(definition.expression)
            yield from self.made
            yield replace(definition, expression=expression) if self.made else definition

    def _parted(self, expression: Expression) -> Expression:
        if type(expression) in LEAVES:
            return expression
        inner = rebuilt(expression, self._parted)
        return self._sum(inner) if isinstance(inner, Add) else inner

    def _sum(self, total: Add) -> Expression:
        """A sum with one term for all terms of a table, at the place of the first of them."""
        terms: dict[str, list[Expression]] = {}
        for operand in total.operands:
            found = self.finder.of(operand)
            if found is not None:
                terms.setdefault(found.table, []).append(operand)
        parts: dict[Expression, Expression] = {}
        for table, several in terms.items():
            part = Add(tuple(several), total.type)
            # A part may leave 64 bits where the whole does not: other terms bring it back.
            if len(several) > 1 and fits_64_bits(interval_of(part, self.known)):
                made = self._made(table, part)
                parts |= {} if made is None else dict.fromkeys(several, made)
        placed = set[Expression]()
        kept: list[Expression] = []
        for operand in total.operands:
            term = parts.get(operand, operand)
            if term not in placed:
                kept.append(term)
            if operand in parts:
                placed.add(term)
        return kept[0] if len(kept) == 1 else Add(tuple(kept), total.type)

    def _made(self, table: str, part: Add) -> Expression | None:
        """A definition for a part of a sum; no other definition has a blank in its name."""
        self.sums[table] += 1
        again = f" {self.sums[table]}" if self.sums[table] > 1 else ""
        definition = Definition(f"{self.name} of {table}{again}", part.type, part, None)
        if self.worth is not None and definition.name not in self.worth:
            return None
        self.made.append(definition)
        self.finder.add(definition)
        return DefinitionReference(definition.name, part.type)
