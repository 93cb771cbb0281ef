"""Conditions of several aggregates over one table, arranged so that each is tested once a record.

In: for every aggregate or collection of a pass its condition, as operands of a conjunction in order. Out: a tree; under
each condition what is done when it holds, and the conditions that are tested then. Before: `a and b: x`, `a and c: y`.
After: `a` over `b: x` and `c: y`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from creditdsl.backends.python.plan import Pass, is_total, reads_record
from creditdsl.backends.python.rewrite import TRUE
from creditdsl.core.ir import (
    AddDays,
    AddMonths,
    Aggregate,
    And,
    Constant,
    DaysBetween,
    DefinitionReference,
    DivideRounded,
    Equal,
    Expression,
    MonthOf,
    MonthsBetween,
    Presume,
    RecordField,
)
from creditdsl.core.walk import walk


@dataclass(slots=True)
class Node:
    """What happens for a record for which the conditions above hold."""

    done: list[Pass] = field(default_factory=list)
    below: "dict[Expression, Node]" = field(default_factory=dict)

    def uses(self, place: tuple[int, ...] = ()) -> Iterator[tuple[Expression, tuple[int, ...]]]:
        """Every expression that is evaluated at or under this node, with its place in the tree."""
        for item in self.done:
            for expression in evaluated_by(item):
                yield expression, place
        for number, (condition, node) in enumerate(self.below.items()):
            yield condition, place
            yield from node.uses((*place, number))


Wanted = list[tuple[Pass, tuple[Expression, ...]]]
"""What is worked out, each with the conditions that are still to be tested."""


def arranged(passes: list[Pass]) -> Node:
    """The tree of conditions of what one loop works out. A condition that many of them share is tested first."""
    # Conditions that are the same are one object from here on: they are compared far more often than they are looked up.
    one: dict[Expression, Expression] = {}
    wanted: Wanted = [(item, tuple(one.setdefault(part, part) for part in operands_of(item.where))) for item in passes]
    return _joined(_tree(wanted, {part: _stands_alone(part) for part in one}))


def _tree(wanted: Wanted, alone: Mapping[Expression, bool]) -> Node:
    node = Node([item for item, operands in wanted if not operands])
    for condition, group in _groups([(item, operands) for item, operands in wanted if operands], alone):
        left = [(item, tuple(part for part in operands if part is not condition)) for item, operands in group]
        node.below[condition] = _tree(left, alone)
    return node


def _groups(wanted: Wanted, alone: Mapping[Expression, bool]) -> Iterator[tuple[Expression, Wanted]]:
    """Conditions to test side by side, each with what stands under it.

    It is always the condition that most of what is left share; the one that is met first when several are shared by as many.
    """
    places: dict[Expression, list[tuple[int, int]]] = {}
    for number, (_, operands) in enumerate(wanted):
        for position, part in enumerate(dict.fromkeys(_testable(operands, alone))):
            places.setdefault(part, []).append((number, position))
    queue = [(-len(found), found[0], part) for part, found in places.items()]
    heapify(queue)
    left = set(range(len(wanted)))
    while left:
        _, _, condition = heappop(queue)
        found = [place for place in places[condition] if place[0] in left]
        if len(found) < len(places[condition]):
            # Some of it stands under another condition by now: this one comes later, or not at all.
            places[condition] = found
            if found:
                heappush(queue, (-len(found), found[0], condition))
            continue
        left.difference_update(number for number, _ in found)
        yield condition, [wanted[number] for number, _ in found]


def _testable(operands: tuple[Expression, ...], alone: Mapping[Expression, bool]) -> list[Expression]:
    """The operands of a conjunction that may be tested now: the first, and those that need no other to hold before."""
    return [part for position, part in enumerate(operands) if position == 0 or alone[part]]


def _stands_alone(condition: Expression) -> bool:
    return is_total(condition) and not any(isinstance(part, Presume | DivideRounded) for part in walk(condition))


def _joined(node: Node) -> Node:
    """The same tree, with conditions that only lead to one another joined by `and`."""
    below: dict[Expression, Node] = {}
    for condition, inner in node.below.items():
        inner = _joined(inner)
        if not inner.done and len(inner.below) == 1:
            ((second, inner),) = inner.below.items()
            condition = And((*operands_of(condition), *operands_of(second)))
        below[condition] = inner
    return Node(node.done, below)


def operands_of(condition: Expression) -> tuple[Expression, ...]:
    """The operands of a conjunction; none for what always holds."""
    if condition == TRUE:
        return ()
    return condition.operands if isinstance(condition, And) else (condition,)


def evaluated_by(item: Pass) -> tuple[Expression, ...]:
    """What is evaluated for a matching record."""
    if not isinstance(item, Aggregate):
        return ()
    return (*(() if item.value is None else (item.value,)), *item.keys)


def exclusive(first: Expression, second: Expression) -> bool:
    """Whether two conditions ask first whether one thing is this and whether it is that, so that both never hold."""
    match operands_of(first)[0], operands_of(second)[0]:
        case Equal(left, Constant(one)), Equal(other, Constant(two)):
            return left == other and one != two
        case _:
            return False


def parts_to_bind(root: Node) -> dict[tuple[int, ...], list[Expression]]:
    """What is read more than once, by the innermost place that is on the way to all its readers; fields first.

    Beside fields it is arithmetic that can be worked out for every record.
    """
    places: dict[Expression, list[tuple[int, ...]]] = {}
    for expression, place in root.uses():
        for part in walk(expression):
            if isinstance(part, RecordField) or _is_worth_binding(part):
                places.setdefault(part, []).append(place)
    bound: dict[tuple[int, ...], list[Expression]] = {}
    for item in sorted(places, key=lambda part: not isinstance(part, RecordField)):
        if len(places[item]) > 1:
            bound.setdefault(_common(places[item]), []).append(item)
    return bound


def _is_worth_binding(part: Expression) -> bool:
    if not isinstance(part, AddDays | AddMonths | DaysBetween | MonthsBetween | MonthOf) or not reads_record(part):
        return False
    return is_total(part) and not any(
        isinstance(inner, Presume | Aggregate | DefinitionReference) for inner in walk(part)
    )


def _common(places: list[tuple[int, ...]]) -> tuple[int, ...]:
    first, last = min(places), max(places)
    length = 0
    while length < min(len(first), len(last)) and first[length] == last[length]:
        length += 1
    return first[:length]
