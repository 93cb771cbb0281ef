"""Which names make an expression greater (a condition wider) when they become greater.

In: an expression. Out: each name with the `Influence` that it has on the value. A kind of record counts as a name too, `record
late`: it becomes greater when there are more records.
"""

from collections.abc import Iterable, Iterator
from enum import Enum
from functools import partial

from creditdsl.comparing.implication import Alternative, Proof, alternatives, at_most, is_not_negative
from creditdsl.comparing.setting import Setting
from creditdsl.syntax import tree


class Influence(Enum):
    """What a greater value does to what depends on it: nothing, more of it, less of it, or one cannot say."""

    NONE = "none"
    RAISES = "raises"
    LOWERS = "lowers"
    UNKNOWN = "unknown"


Named = tuple[str, Influence]
RECORD = "record "
GROWING = (tree.AggregateWord.COUNT, tree.AggregateWord.ANY, tree.AggregateWord.LONGEST_RUN, tree.AggregateWord.STREAK)
OPPOSITE = {
    Influence.NONE: Influence.NONE,
    Influence.RAISES: Influence.LOWERS,
    Influence.LOWERS: Influence.RAISES,
    Influence.UNKNOWN: Influence.UNKNOWN,
}


def together(first: Influence, second: Influence) -> Influence:
    """The influence of one thing in two places."""
    if Influence.NONE in (first, second):
        return second if first is Influence.NONE else first
    return first if first is second else Influence.UNKNOWN


def through(outer: Influence, inner: Influence) -> Influence:
    """The influence of what has `inner` on something that has `outer`."""
    if Influence.NONE in (outer, inner):
        return Influence.NONE
    if Influence.UNKNOWN in (outer, inner):
        return Influence.UNKNOWN
    return inner if outer is Influence.RAISES else OPPOSITE[inner]


def record_key(record: str) -> str:
    """The name under which a kind of record is listed; no identifier has a space."""
    return f"{RECORD}{record}"


def polarity(
    expression: tree.Expression | None, setting: Setting, influence: Influence = Influence.RAISES
) -> Iterator[Named]:
    """Every name of an expression whose own influence on something is given, with the influence that the name has on it."""
    up = partial(polarity, setting=setting, influence=influence)
    down = partial(polarity, setting=setting, influence=OPPOSITE[influence])
    unknown = partial(polarity, setting=setting, influence=Influence.UNKNOWN)
    match expression:
        case None | tree.Number() | tree.TextLiteral() | tree.DateLiteral() | tree.MonthLiteral():
            return
        case tree.TruthLiteral() | tree.Context():
            return
        case tree.Reference(name=name):
            yield name, influence
        case tree.Unary(operand=operand):
            yield from down(operand)
        case tree.Binary():
            yield from _binary(expression, setting, influence)
        case tree.IsPresent(operand=operand) | tree.Is(operand=operand):
            yield from unknown(operand)
        case tree.InSet(operand=operand, items=items):
            for part in (operand, *items):
                yield from unknown(part)
        case tree.InRange(operand=operand, low=low, high=high, negated=negated):
            yield from unknown(operand)
            yield from up(low) if negated else down(low)
            yield from down(high) if negated else up(high)
        case tree.Within(operand=operand, anchor=anchor):
            yield from unknown(operand)
            yield from unknown(anchor)
        case tree.OrElse(operand=operand, default=default):
            yield from unknown(operand)
            yield from up(default)
        case tree.At(parameter=parameter, day=day):
            yield parameter.text, influence
            yield from unknown(day)
        case tree.If() | tree.Cases():
            yield from _choice(expression, setting, influence)
        case tree.Aggregate():
            yield from _aggregate(expression, setting, influence)
        case tree.Call(name=name, arguments=arguments):
            choice = name.text in ("least", "greatest")
            if not choice:
                yield name.text, influence
            for part in arguments:
                yield from up(part) if choice else unknown(part)
        case tree.Between(first=first, second=second):
            yield from down(first)
            yield from up(second)
        case tree.Rolled(operand=operand) | tree.Part(operand=operand) | tree.Round(operand=operand):
            yield from up(operand)


def _binary(binary: tree.Binary, setting: Setting, influence: Influence) -> Iterator[Named]:
    left, right = _operand_influences(binary, setting)
    yield from polarity(binary.left, setting, through(influence, left))
    yield from polarity(binary.right, setting, through(influence, right))


def _operand_influences(binary: tree.Binary, setting: Setting) -> tuple[Influence, Influence]:
    match binary.operator:
        case tree.BinaryOperator.AND | tree.BinaryOperator.OR | tree.BinaryOperator.ADD:
            return Influence.RAISES, Influence.RAISES
        case tree.BinaryOperator.SUBTRACT | tree.BinaryOperator.GREATER | tree.BinaryOperator.GREATER_OR_EQUAL:
            return Influence.RAISES, Influence.LOWERS
        case tree.BinaryOperator.IMPLIES | tree.BinaryOperator.LESS | tree.BinaryOperator.LESS_OR_EQUAL:
            return Influence.LOWERS, Influence.RAISES
        case tree.BinaryOperator.EQUAL | tree.BinaryOperator.NOT_EQUAL:
            return Influence.UNKNOWN, Influence.UNKNOWN
        case tree.BinaryOperator.MULTIPLY | tree.BinaryOperator.OF:
            return _factor(binary.right, setting), _factor(binary.left, setting)
        case tree.BinaryOperator.DIVIDE:
            return _factor(binary.right, setting), Influence.UNKNOWN


def _factor(other: tree.Expression, setting: Setting) -> Influence:
    """The influence of what is multiplied by (or divided by) the other operand."""
    return Influence.RAISES if is_not_negative(other, setting) else Influence.UNKNOWN


def _choice(choice: tree.If | tree.Cases, setting: Setting, influence: Influence) -> Iterator[Named]:
    """A condition raises a choice whose value under it is never below those that follow."""
    values = alternatives(choice)
    for index, alternative in enumerate(values):
        yield from polarity(alternative.value, setting, influence)
        for condition, positive in alternative.guards:
            if positive:
                own = _of_condition(alternative, values[index + 1 :], setting)
                yield from polarity(condition, setting, through(influence, own))


def _of_condition(alternative: Alternative, later: tuple[Alternative, ...], setting: Setting) -> Influence:
    proof = Proof(setting)
    if all(at_most(item.value, alternative.value, proof) for item in later):
        return Influence.RAISES
    if all(at_most(alternative.value, item.value, proof) for item in later):
        return Influence.LOWERS
    return Influence.UNKNOWN


def _aggregate(aggregate: tree.Aggregate, setting: Setting, influence: Influence) -> Iterator[Named]:
    """More records, or a wider `where`, count and sum up to more; `every` becomes rarer with more records."""
    value = aggregate.value
    records, where, of_value = Influence.UNKNOWN, Influence.UNKNOWN, Influence.UNKNOWN
    if aggregate.word in GROWING:
        records, where = Influence.RAISES, Influence.RAISES
    elif aggregate.word is tree.AggregateWord.EVERY:
        records, where = Influence.LOWERS, Influence.RAISES
    elif aggregate.word is tree.AggregateWord.SUM and value is not None:
        records = where = Influence.RAISES if is_not_negative(value, setting) else Influence.UNKNOWN
    if value is not None and aggregate.word not in GROWING:
        of_value = Influence.RAISES
    record = aggregate.record.text
    yield record_key(record), through(influence, records)
    yield from outside(record, polarity(aggregate.where, setting, through(influence, where)), setting)
    yield from outside(record, polarity(value, setting, through(influence, of_value)), setting)


def outside(record: str, names: Iterable[Named], setting: Setting) -> Iterator[Named]:
    """The names that mean no field of the record at hand."""
    return (item for item in names if (record, item[0]) not in setting.fields)
