"""Aggregates over records as NumPy.

In: aggregates. Out: their code for each subject of a block. The records that match a condition are found once for all
aggregates with that condition; what an aggregate is about is computed for them alone. Where several conditions ask for one
value of a choice each, the records are first put in order of that choice, so that each condition only looks at its own.
"""

from collections import Counter
from dataclasses import dataclass, field

from creditdsl.backends.columns.code import TRUE, Code, combined, number, presence, times
from creditdsl.backends.columns.expressions import Expressions
from creditdsl.backends.columns.widths import TYPES
from creditdsl.backends.columns.writer import Place, stripped
from creditdsl.backends.python.names import identifier, variable_name
from creditdsl.core.ir import Aggregate, AggregateKind, And, Constant, Equal, Expression, RecordField
from creditdsl.core.types import Choice, Number, Unit, plain
from creditdsl.tabular.fold import YES

FUNCTIONS = {
    AggregateKind.COUNT: "counted",
    AggregateKind.ANY: "found",
    AggregateKind.SUM: "summed",
    AggregateKind.SUM_OF_LEAST: "sum_of_least",
    AggregateKind.MAXIMUM: "greatest",
    AggregateKind.MINIMUM: "least",
    AggregateKind.LONGEST_RUN: "longest_run",
    AggregateKind.STREAK: "streak",
}
DISTINCT = "counted_distinct"
"""The function for a count with keys."""
MANY = 4
"""Of how many conditions that ask for one value of a choice the records are put in order of it."""

COUNT = Number(Unit.NUMBER)


@dataclass(slots=True)
class Aggregates(Expressions):
    """Expressions, with the aggregates of the subject."""

    tables: dict[str, str] = field(default_factory=dict)
    """the variables of the records by table"""
    asked: Counter[tuple[str, Expression]] = field(default_factory=Counter)
    """of how many conditions each field of a table is asked for one value"""

    def __post_init__(self) -> None:
        conditions = {(item.table, item.where) for _, item in self.columns.aggregates()}
        for table, where in conditions:
            selector = _selector(where)
            if selector is not None:
                self.asked[table, selector[0]] += 1

    def aggregate(self, aggregate: Aggregate) -> Code:
        place = self._chosen(aggregate.table, aggregate.where)
        value = None if aggregate.value is None else self.rooted(aggregate.value, place)
        match aggregate.kind:
            case AggregateKind.SUM if value is not None and value.constant is not None:
                count = self.read(Aggregate(AggregateKind.COUNT, aggregate.table, aggregate.where, None, (), COUNT))
                return times(count, value.constant)
            case AggregateKind.MAXIMUM | AggregateKind.MINIMUM if value is not None:
                return self._extreme_of(aggregate.kind, self._column(value, place), place)
        arguments = [] if value is None else [self._column(value, place)]
        arguments += [self._key(key, place) for key in aggregate.keys]
        if aggregate.start is not None:
            arguments.append(self.rooted(aggregate.start))
        function = DISTINCT if aggregate.kind is AggregateKind.COUNT and aggregate.keys else FUNCTIONS[aggregate.kind]
        width = 1 if aggregate.kind is AggregateKind.ANY else 64
        pattern = f"{function}({place.owners}, size{''.join(', {}' for _ in arguments)})"
        made = combined(pattern, *arguments, width=width)
        return Code(made.text, width, made.uses | place.uses)

    def _extreme_of(self, kind: AggregateKind, value: Code, place: Place) -> Code:
        function = FUNCTIONS[kind]
        names = (self.scope.allocate(self.wanted), self.scope.allocate(f"{self.wanted}_present"))
        call = f"{function}({place.owners}, size, {stripped(value.text)})"
        self.statement(f"{names[0]}, {names[1]} = {call}", names, value.uses | place.uses)
        result, present = (
            Code(name, width, frozenset((name,))) for name, width in zip(names, (value.width, 1), strict=True)
        )
        return Code(result.text, result.width, result.uses, present=present)

    def _column(self, value: Code, place: Place) -> Code:
        """A value of each record as a column, which a constant is not."""
        if value.constant is None:
            return Code(value.text, value.width, value.uses)
        made = f"np.full({place.owners}.size, {value.text}, {TYPES[64]})"
        return Code(made, 64, place.uses)

    def _key(self, key: Expression, place: Place) -> Code:
        """A key as a column, or as a pair of columns where it may be absent."""
        code = self.read(key, place)
        value = self._column(code, place)
        present = presence(code)
        if present == TRUE:
            return value
        shown = present if present.constant is None else self._column(number(present.constant), place)
        return combined("({}, {})", value, shown, width=value.width)

    def table(self, name: str) -> Place:
        """All records of a table."""
        variable = self.tables.get(name)
        if variable is None:
            variable = self.tables[name] = self.scope.allocate(identifier(variable_name(name)))
        return Place(variable, "", f"{variable}.owner")

    def _chosen(self, table: str, where: Expression) -> Place:
        """The records that match a condition."""
        everything = self.table(table)
        if where == YES:
            return everything
        key = And((where, YES))
        found = self.shared((everything, key), lambda: self._selection(table, where, everything))
        if found.present is None:
            return everything
        return Place(everything.table, found.text, found.present.text)

    def _selection(self, table: str, where: Expression, everything: Place) -> Code:
        """Positions of the records that match, and beside them as `present` those of their subjects; True for all."""
        base, rest = self._asked_for(table, where, everything)
        match = self.rooted(rest, base)
        if match == TRUE:
            return self._rows(base.rows, base.owners) if base.rows else TRUE
        if match.constant is not None:
            return self._found("np.arange(0)", "np.arange(0)", frozenset())
        if not base.rows:
            rows = self.assigned(f"{self.wanted}_rows", combined("np.flatnonzero({})", match, width=64))
            return self._found(rows.text, f"{everything.owners}[{rows.text}]", rows.uses)
        match = self.bound(match)
        return self._found(
            f"{base.rows}[{match.text}]", f"{base.owners}[{match.text}]", match.uses | {base.rows, base.owners}
        )

    def _asked_for(self, table: str, where: Expression, everything: Place) -> tuple[Place, Expression]:
        """The records with the one value of a choice that a condition asks for, and the rest of the condition."""
        selector = _selector(where)
        if selector is None or self.asked[table, selector[0]] < MANY:
            return everything, where
        choice, value, rest = selector
        key = (Place(everything.table, "partition"), choice)
        column = self.shared(key, lambda: combined("Partition({})", self.read(choice, everything), width=64))
        rows = combined(f"{{}}.rows({self.columns.ordinal(str(value.value), plain(value.type))})", column, width=64)
        found = self._found(rows.text, f"{everything.owners}[{{}}]", rows.uses)
        return Place(everything.table, found.text, presence(found).text), rest

    def _found(self, rows: str, owners: str, uses: frozenset[str]) -> Code:
        """Variables for positions of records and of their subjects; the second may refer to the first as `{}`."""
        if not rows.isidentifier():
            rows = self.assigned(f"{self.wanted}_rows", Code(rows, 64, uses)).text
            uses |= {rows}
        return self._rows(rows, self.assigned(f"{self.wanted}_owners", Code(owners.format(rows), 64, uses)).text)

    def _rows(self, rows: str, owners: str) -> Code:
        return Code(rows, 64, frozenset((rows,)), present=Code(owners, 64, frozenset((owners,))))


def _selector(where: Expression) -> tuple[RecordField, Constant, Expression] | None:
    """The field, the value that a condition asks of it, and what else the condition asks; None for another condition."""
    operands = where.operands if isinstance(where, And) else (where,)
    for place, operand in enumerate(operands):
        match operand:
            case Equal(RecordField(type=Choice()) as choice, Constant() as value) | Equal(
                Constant() as value, RecordField(type=Choice()) as choice
            ):
                rest = operands[:place] + operands[place + 1 :]
                return choice, value, And(rest) if len(rest) > 1 else rest[0] if rest else YES
    return None
