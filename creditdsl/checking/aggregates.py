"""Aggregates over records: count, any, every, sum, max, min, latest, earliest, longest run, streak."""

from creditdsl.checking import messages, rule_messages
from creditdsl.checking.scope import NUMBER, TRUE, TRUTH, ContextDays, Scope, Typed, negation
from creditdsl.checking.terms import condition, value
from creditdsl.core import ir
from creditdsl.core.types import Choice, Day, Month, Number, Optional, Type, Unit
from creditdsl.syntax import tree


def elaborate_aggregate(expression: tree.Aggregate, scope: Scope) -> Typed | None:
    """One value from the records of a table; the condition and the value see one record and the subject."""
    record = record_named(expression.record, scope)
    if record is None:
        return None
    if scope.record is not None:
        scope.report(rule_messages.aggregate_inside_a_record(expression.span))
        return None
    inner = scope.inside(record)
    where = TRUE if expression.where is None else condition(expression.where, inner)
    keys = record_keys(expression.keys, record, scope)
    if where is None or keys is None:
        return None
    if expression.value is None:
        return _without_value(expression.word, record.name, where, keys)
    typed = value(expression.value, inner.assuming(where))
    if typed is None:
        return None
    return _with_value(expression, record.name, where, typed, scope)


def record_named(name: tree.Identifier, scope: Scope) -> ir.InputTable | None:
    """The record table of that name, or None after reporting it."""
    record = scope.elaboration.records.get(name.text)
    if record is None:
        scope.report(messages.not_declared(name.text, name.span, list(scope.elaboration.records)))
        return None
    scope.elaboration.used.add(f"record {name.text}")
    return record


def record_keys(
    names: tuple[tree.Identifier, ...], record: ir.InputTable, scope: Scope
) -> tuple[ir.Expression, ...] | None:
    """The fields of `per`, or None after reporting those that the record does not have."""
    keys: list[ir.Expression] = []
    fields = {item.name: item for item in record.fields}
    for name in names:
        item = fields.get(name.text)
        if item is None and name.text in scope.elaboration.untyped:
            continue
        if item is None:
            scope.report(messages.not_declared(name.text, name.span, list(fields)))
            continue
        scope.elaboration.used.add(f"{record.name}.{name.text}")
        keys.append(ir.RecordField(record.name, item.name, item.type))
    return tuple(keys) if len(keys) == len(names) else None


def _without_value(
    word: tree.AggregateWord, table: str, where: ir.Expression, keys: tuple[ir.Expression, ...]
) -> Typed:
    match word:
        case tree.AggregateWord.ANY:
            return Typed(ir.Aggregate(ir.AggregateKind.ANY, table, where, None, (), TRUTH), TRUTH)
        case tree.AggregateWord.EVERY:
            # Every record matches exactly when no record fails to.
            failing = ir.Aggregate(ir.AggregateKind.ANY, table, negation(where), None, (), TRUTH)
            return Typed(negation(failing), TRUTH)
        case _:
            return Typed(ir.Aggregate(ir.AggregateKind.COUNT, table, where, None, keys, NUMBER), NUMBER)


KINDS = {
    tree.AggregateWord.SUM: ir.AggregateKind.SUM,
    tree.AggregateWord.MAXIMUM: ir.AggregateKind.MAXIMUM,
    tree.AggregateWord.LATEST: ir.AggregateKind.MAXIMUM,
    tree.AggregateWord.MINIMUM: ir.AggregateKind.MINIMUM,
    tree.AggregateWord.EARLIEST: ir.AggregateKind.MINIMUM,
    tree.AggregateWord.LONGEST_RUN: ir.AggregateKind.LONGEST_RUN,
    tree.AggregateWord.STREAK: ir.AggregateKind.STREAK,
    tree.AggregateWord.WORST: ir.AggregateKind.MAXIMUM,
    tree.AggregateWord.BEST: ir.AggregateKind.MINIMUM,
}


def _with_value(
    expression: tree.Aggregate, table: str, where: ir.Expression, typed: Typed, scope: Scope
) -> Typed | None:
    written = expression.value.span if expression.value is not None else expression.span
    kind = KINDS[expression.word]
    if expression.word in ORDERED and isinstance(typed.type, Choice):
        return _extreme_choice(kind, table, where, typed.expression, typed.type)
    if not _fits(expression.word, typed.type):
        scope.report(messages.aggregate_of_wrong_type(expression.word, typed.type, written))
        return None
    start = None
    match kind:
        case ir.AggregateKind.SUM:
            type_: Type = typed.type
        case ir.AggregateKind.LONGEST_RUN:
            type_ = NUMBER
        case ir.AggregateKind.STREAK:
            type_, start = NUMBER, _before_the_period(typed.type)
        case _:
            type_ = typed.type if isinstance(typed.type, Optional) else Optional(typed.type)
    node = ir.Aggregate(kind, table, where, typed.expression, (), type_, start)
    return Typed(node, type_, typed.product)


def _fits(word: tree.AggregateWord, type_: Type) -> bool:
    match word:
        case tree.AggregateWord.SUM:
            return isinstance(type_, Number)
        case tree.AggregateWord.LATEST | tree.AggregateWord.EARLIEST:
            return isinstance(type_, Day | Month)
        case tree.AggregateWord.WORST | tree.AggregateWord.BEST:
            return False
        case tree.AggregateWord.LONGEST_RUN | tree.AggregateWord.STREAK:
            return type_ == NUMBER or isinstance(type_, Month)
        case _:
            return isinstance(type_, Number | Day | Month)


ORDERED = (tree.AggregateWord.WORST, tree.AggregateWord.BEST)


def _extreme_choice(
    kind: ir.AggregateKind, table: str, where: ir.Expression, value: ir.Expression, type_: Choice
) -> Typed:
    """The value of an enum that stands last or first in it, absent when no record matches."""
    place = ir.Aggregate(kind, table, where, ir.OrdinalOf(value, type_.enum), (), Optional(NUMBER))
    named = ir.ChoiceAt(ir.Presume(place), type_.enum)
    found: Type = Optional(type_)
    return Typed(ir.Choose((ir.Branch(ir.IsPresent(place), named),), ir.Constant(None, found), found), found)


def _before_the_period(type_: Type) -> ir.Expression:
    """A streak looks back from the year, or the month, just before the period."""
    start = ContextDays[ir.ContextDay.PERIOD_START]
    if isinstance(type_, Month):
        return ir.MonthOf(ir.AddDays(start, ir.Constant(-1, Number(Unit.DAYS))))
    return ir.Subtract(ir.YearOf(start), ir.Constant(1, NUMBER), NUMBER)
