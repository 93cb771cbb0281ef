"""The definitions of a query in the order of its stages.

In: definitions, each aggregate one of its own, and the names of those that are wanted. Out: blocks: layers after which all
columns but those that are still needed go away. A dialect without a limit on columns has one block, whose layers are those of the program.
What is made of the records of one table alone stands beside the aggregates over it (`tables_apart`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from creditdsl.backends.sql.scope import is_leaf
from creditdsl.backends.sql.tables_apart import Apart, apart, in_parts
from creditdsl.core.ir import (
    Add,
    Aggregate,
    Constant,
    Definition,
    DefinitionReference,
    Expression,
    Program,
    SubjectField,
)
from creditdsl.core.type_of import type_of
from creditdsl.core.walk import Leaf, rebuilt, walk
from creditdsl.tabular.plan import Scalars, in_rounds, needed_names, references

MOST_TERMS = 100
"""The most terms of one sum: engines read a sum as a nest and limit its depth, and its terms need not all be kept at once."""


@dataclass(frozen=True, slots=True)
class Grouped:
    """Aggregates over the records of `table`, and the scalars `values` that simple ones of them alone decide.

    `nothing` has what these are for a subject without records.
    """

    table: str
    definitions: tuple[Definition, ...]
    values: tuple[Definition, ...]
    nothing: Mapping[Expression, Constant]


Layer = Scalars | Grouped


@dataclass(frozen=True, slots=True)
class Block:
    """`kept` is what is needed behind it: fields of the subject and definitions."""

    layers: tuple[Layer, ...]
    kept: frozenset[Expression]


def blocks(
    program: Program,
    simple: Iterable[Definition],
    names: Sequence[str],
    fields: Sequence[SubjectField],
    most: int | None,
) -> list[Block]:
    """The blocks that compute the definitions `names` of the `simple` ones of a program. `fields` of the subject are wanted too.

    Where there are more definitions than `most` columns have room for, each block adds a quarter of that.
    """
    given = {item.name: item for item in simple}
    needed = needed_names(given, names)
    in_order = in_parts(program, [item for item in given.values() if item.name in needed], names)
    definitions = {item.name: item for item in _prepared(in_order)}
    beside = apart(program, list(definitions.values()), names)
    wanted: frozenset[Expression] = frozenset((*fields, *(_reference(definitions[name]) for name in names)))
    if most is None or len(definitions) <= 3 * most // 4:
        return [Block(tuple(_layers(definitions.values(), beside)), wanted)]
    ordered = _by_use(definitions, names)
    size = most // 4
    groups = [ordered[start : start + size] for start in range(0, len(ordered), size)]
    made = []
    for place, group in enumerate(groups):
        later = [item for others in groups[place + 1 :] for item in others]
        read = {part for item in later for part in walk(item.expression) if isinstance(part, Kept)}
        made.append(Block(tuple(_layers(group, beside)), wanted | read))
    return made


Kept = SubjectField | DefinitionReference


def _reference(definition: Definition) -> DefinitionReference:
    return DefinitionReference(definition.name, definition.type)


def _by_use(definitions: dict[str, Definition], names: Sequence[str]) -> list[Definition]:
    """What is wanted and all it needs, each right behind what only it needs: so few columns are kept for long."""
    made: dict[str, Definition] = {}
    waiting: list[tuple[str, bool]] = [(name, False) for name in reversed(names)]
    while waiting:
        name, ready = waiting.pop()
        if name in made:
            continue
        if ready:
            made[name] = definitions[name]
            continue
        waiting.append((name, True))
        waiting.extend((inner, False) for inner in reversed(list(references(definitions[name].expression))))
    return list(made.values())


def _layers(definitions: Iterable[Definition], beside: Mapping[str, Apart]) -> Iterator[Layer]:
    """Round by round: the aggregates by table, with what stands beside them, then the other scalars."""
    for grouped, scalars in in_rounds(definitions):
        for table, aggregates in grouped.items():
            values = _beside(table, aggregates, scalars, beside)
            nothing: dict[Expression, Constant] = {_reference(item): beside[item.name].nothing for item in values}
            yield Grouped(table, tuple(aggregates), tuple(values), nothing)
            scalars = [item for item in scalars if _reference(item) not in nothing]
        if scalars:
            yield Scalars(tuple(scalars))


def _beside(
    table: str, aggregates: Sequence[Definition], scalars: Sequence[Definition], beside: Mapping[str, Apart]
) -> list[Definition]:
    """The scalars for which these aggregates are enough; some may stand in an earlier block."""
    there = {item.name for item in aggregates}
    values = []
    for item in scalars:
        found = beside.get(item.name)
        if found is not None and found.table == table and there.issuperset(references(item.expression)):
            values.append(item)
            there.add(item.name)
    return values


def _prepared(definitions: Iterable[Definition]) -> Iterator[Definition]:
    """The definitions with sums of many terms made of sums of some of them, and with starts of streaks of their own.

    The range of what is new is left to be worked out.
    """
    for definition in definitions:
        made: list[Definition] = []
        expression = definition.expression
        if isinstance(expression, Aggregate):
            start = expression.start
            if start is not None and not is_leaf(start):
                made.append(Definition(f"{definition.name}.start", type_of(start), start, None))
                expression = replace(expression, start=_reference(made[0]))
        elif any(type(part) is Add and len(part.operands) > MOST_TERMS for part in walk(expression)):
            expression = _shortened(expression, definition.name, made)
        yield from made
        yield replace(definition, expression=expression) if made else definition


def _shortened(expression: Expression, name: str, made: list[Definition]) -> Expression:
    if isinstance(expression, Leaf):
        return expression
    short = rebuilt(expression, lambda part: _shortened(part, name, made))
    if not isinstance(short, Add) or len(short.operands) <= MOST_TERMS:
        return short
    terms = []
    for start in range(0, len(short.operands), MOST_TERMS):
        total = Add(short.operands[start : start + MOST_TERMS], short.type)
        made.append(Definition(f"{name}.sum{len(made) + 1}", short.type, total, None))
        terms.append(_reference(made[-1]))
    return Add(tuple(terms), short.type)
