"""The invariants of expressions, stated as checks: types, scales, presence, places of record fields.

In: an expression and what it may read. A broken invariant is a fault of the compiler: InternalError, with the node.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field, replace

from creditdsl.core.ir import (
    Add,
    AddDays,
    AddMonths,
    AddWorkdays,
    Aggregate,
    AggregateKind,
    Among,
    And,
    ChoiceAt,
    Choose,
    Constant,
    ContextField,
    DaysBetween,
    Definition,
    DefinitionReference,
    DivideRounded,
    Equal,
    Expression,
    Greatest,
    InputTable,
    IsPresent,
    Least,
    Less,
    LessOrEqual,
    MonthOf,
    MonthsBetween,
    Multiply,
    Negate,
    Not,
    Or,
    OrdinalOf,
    OrElse,
    Presume,
    Program,
    RecordField,
    RollForward,
    SubjectField,
    Subtract,
    WorkdaysBetween,
    YearOf,
)
from creditdsl.core.ranges import presences, type_of
from creditdsl.core.types import Choice, Day, Month, Number, Optional, Text, Truth, Type, Unit, plain
from creditdsl.core.walk import LEAVES, rebuilt
from creditdsl.diagnostics import InternalError
from creditdsl.frozen import dataclass

COUNT_TYPE = Number(Unit.NUMBER)
WITH_KEYS = (AggregateKind.COUNT, AggregateKind.SUM_OF_LEAST)
WITHOUT_VALUE = (AggregateKind.COUNT, AggregateKind.ANY)


Kept = tuple[Expression, frozenset[str], frozenset[Expression]]
"""An expression, the tables around it and what is present there."""


@dataclass(frozen=True, slots=True)
class Place:
    """What an expression may read where it stands: definitions before it, tables around it, what is present."""

    program: Program
    definitions: Mapping[str, Definition]
    tables: frozenset[str] = frozenset()
    present: frozenset[Expression] = frozenset()
    kept: set[Kept] = field(default_factory=set, repr=False)
    """what has been verified at a place of the program: a condition on records stands in each aggregate of an indicator, and in the plan"""

    def when(self, condition: Expression, *, holds: bool) -> "Place":
        """The same place where a condition is known to hold, or not to."""
        found = presences(inlined(condition, self.definitions), holds=holds)
        return replace(self, present=self.present | found) if found else self

    def inside(self, table: str) -> "Place":
        """The same place with a record of a table at hand."""
        return replace(self, tables=self.tables | {table})


def require(holds: object, fault: str, node: object) -> None:
    """InternalError unless the invariant holds."""
    if not holds:
        raise InternalError(f"{fault}: {node}")


def inlined(condition: Expression, definitions: Mapping[str, Definition]) -> Expression:
    """A condition with the Truth definitions that it refers to written out, so that what they guard can be seen."""
    if isinstance(condition, DefinitionReference) and condition.type == Truth() and condition.name in definitions:
        return inlined(definitions[condition.name].expression, definitions)
    match condition:
        case Not() | And() | Or():
            return rebuilt(condition, lambda operand: inlined(operand, definitions))
        case _:
            return condition


def verify_expression(expression: Expression, place: Place) -> None:
    """InternalError when the expression, or anything under it, breaks an invariant of `core.ir`."""
    if type(expression) in LEAVES:
        _verify_node(expression, place)
        return
    key = (expression, place.tables, place.present)
    if key not in place.kept:
        _verify_node(expression, place)
        place.kept.add(key)


def _verify_node(expression: Expression, place: Place) -> None:
    match expression:
        case Constant(value, type_):
            verify_type(type_, place.program)
            require(_fits(value, type_, place.program), "a constant does not have its type", expression)
        case ContextField():
            pass
        case SubjectField(name, type_):
            require(_declared(place.program.subject, name) == type_, "no such subject field", expression)
        case RecordField(table, name, type_):
            require(table in place.tables, "a record field outside an aggregate over its table", expression)
            require(_declared(place.program.table(table), name) == type_, "no such record field", expression)
        case DefinitionReference(name, type_):
            require(name in place.definitions, "a reference to no earlier definition", expression)
            require(place.definitions[name].type == type_, "a reference of another type", expression)
        case IsPresent(operand):
            require(isinstance(type_of(operand), Optional), "presence of what is always present", expression)
            verify_expression(operand, place)
        case Presume(operand):
            require(isinstance(type_of(operand), Optional), "presumes what is always present", expression)
            require(operand in place.present, "presumes what may be absent", expression)
            verify_expression(operand, place)
        case OrElse(operand, default):
            require(isinstance(type_of(operand), Optional), "a default of what is always present", expression)
            require(plain(type_of(default)) == plain(type_of(operand)), "a default of another type", expression)
            _verify_all((operand, default), place)
        case Not(operand):
            _verify_operands((operand,), Truth(), expression, place)
        case And() | Or():
            _verify_junction(expression, place)
        case Equal(left, right):
            require(not isinstance(type_of(left), Optional), "equality of what may be absent", expression)
            _verify_operands((left, right), type_of(left), expression, place)
        case Less(left, right) | LessOrEqual(left, right):
            require(isinstance(type_of(left), Number | Day | Month), "an order of what has none", expression)
            _verify_operands((left, right), type_of(left), expression, place)
        case Among(operand, values):
            require(not isinstance(type_of(operand), Optional), "membership of what may be absent", expression)
            _verify_operands((operand, *values), type_of(operand), expression, place)
        case Add(operands, type_):
            require(isinstance(type_, Number), "a sum of what is no number", expression)
            _verify_operands(operands, type_, expression, place)
        case Subtract(left, right, type_):
            require(isinstance(type_, Number), "a difference of what is no number", expression)
            _verify_operands((left, right), type_, expression, place)
        case Multiply(left, right, type_):
            scales = [_scale(side, expression) for side in (left, right)]
            require(isinstance(type_, Number) and type_.scale == sum(scales), "a product's scale", expression)
            _verify_all((left, right), place)
        case Negate(operand, type_):
            require(isinstance(type_, Number), "the negative of what is no number", expression)
            _verify_operands((operand,), type_, expression, place)
        case DivideRounded(dividend, divisor, _, type_):
            require(isinstance(type_, Number), "a quotient that is no number", expression)
            require(_scale(dividend, expression) >= 0 <= _scale(divisor, expression), "a scale", expression)
            _verify_all((dividend, divisor), place)
        case Least(operands, type_) | Greatest(operands, type_):
            require(isinstance(type_, Number | Day | Month), "an extreme of what has no order", expression)
            _verify_operands(operands, type_, expression, place)
        case Choose():
            _verify_choose(expression, place)
        case YearOf(operand) | MonthOf(operand):
            _verify_operands((operand,), Day(), expression, place)
        case AddDays(day, amount) | AddMonths(day, amount):
            require(_scale(amount, expression) == 0, "a part of a day or month", expression)
            _verify_operands((day,), Day(), expression, place)
            verify_expression(amount, place)
        case AddWorkdays(day, amount, calendar):
            require(calendar == place.program.calendar, "a calendar that is not the program's", expression)
            require(_scale(amount, expression) == 0, "a part of a workday", expression)
            _verify_operands((day,), Day(), expression, place)
            verify_expression(amount, place)
        case RollForward(day, calendar):
            require(calendar == place.program.calendar, "a calendar that is not the program's", expression)
            _verify_operands((day,), Day(), expression, place)
        case DaysBetween(first, second, type_) | MonthsBetween(first, second, type_):
            require(isinstance(type_, Number) and type_.scale == 0, "a duration in parts", expression)
            _verify_operands((first, second), Day(), expression, place)
        case WorkdaysBetween(first, second, type_, calendar):
            require(calendar == place.program.calendar, "a calendar that is not the program's", expression)
            require(isinstance(type_, Number) and type_.scale == 0, "a duration in parts", expression)
            _verify_operands((first, second), Day(), expression, place)
        case OrdinalOf(operand, enum):
            _verify_operands((operand,), Choice(enum), expression, place)
        case ChoiceAt(position, enum):
            verify_type(Choice(enum), place.program)
            _verify_operands((position,), COUNT_TYPE, expression, place)
        case Aggregate():
            _verify_aggregate(expression, place)


def verify_type(type_: Type, program: Program) -> None:
    """InternalError for a type of an enum that does not exist, an impossible scale or a nested Optional."""
    bare = plain(type_)
    require(isinstance(bare, Truth | Number | Day | Month | Choice | Text), "an optional within an optional", type_)
    if isinstance(bare, Choice):
        require(any(enum.name == bare.enum for enum in program.enums), "no such enum", type_)
    if isinstance(bare, Number):
        require(0 <= bare.scale <= 18, "a scale outside 0 to 18", type_)


def _fits(value: object, type_: Type, program: Program) -> bool:
    if value is None:
        return isinstance(type_, Optional)
    match plain(type_):
        case Truth():
            return isinstance(value, bool)
        case Number() | Day() | Month():
            return isinstance(value, int) and not isinstance(value, bool)
        case Choice(enum):
            return value in program.enum(enum).ordinals
        case Text():
            return isinstance(value, str)


def _declared(table: InputTable, name: str) -> Type | None:
    item = table.find(name)
    return None if item is None else item.type


def _scale(expression: Expression, node: Expression) -> int:
    type_ = type_of(expression)
    if not isinstance(type_, Number):
        raise InternalError(f"not a number that is present: {node}")
    return type_.scale


def _verify_all(expressions: Iterable[Expression], place: Place) -> None:
    for expression in expressions:
        verify_expression(expression, place)


def _verify_operands(operands: tuple[Expression, ...], type_: Type, node: Expression, place: Place) -> None:
    """Every operand is valid and has exactly one type, so that no value needs a change of scale."""
    require(operands, "no operands", node)
    for operand in operands:
        if type_of(operand) != type_:
            raise InternalError(f"an operand that is not {type_}: {node}")
        verify_expression(operand, place)


def _verify_junction(junction: And | Or, place: Place) -> None:
    require(junction.operands, "no operands", junction)
    for operand in junction.operands:
        _verify_operands((operand,), Truth(), junction, place)
        place = place.when(operand, holds=isinstance(junction, And))


def _verify_choose(choose: Choose, place: Place) -> None:
    require(choose.branches, "a choice without branches", choose)
    for branch in choose.branches:
        _verify_operands((branch.when,), Truth(), choose, place)
        _verify_value(branch.then, choose, place.when(branch.when, holds=True))
        place = place.when(branch.when, holds=False)
    _verify_value(choose.otherwise, choose, place)


def _verify_value(value: Expression, choose: Choose, place: Place) -> None:
    require(type_of(value) in (choose.type, plain(choose.type)), "a value of another type", choose)
    verify_expression(value, place)


def _verify_aggregate(aggregate: Aggregate, place: Place) -> None:
    require(any(table.name == aggregate.table for table in place.program.records), "no such table", aggregate)
    require(aggregate.table not in place.tables, "an aggregate within one over the same table", aggregate)
    require((aggregate.value is None) == (aggregate.kind in WITHOUT_VALUE), "a value that is not wanted", aggregate)
    require(not aggregate.keys or aggregate.kind in WITH_KEYS, "keys that are not wanted", aggregate)
    require(aggregate.keys or aggregate.kind is not AggregateKind.SUM_OF_LEAST, "no keys", aggregate)
    require((aggregate.start is None) == (aggregate.kind is not AggregateKind.STREAK), "a start", aggregate)
    value = None if aggregate.value is None else type_of(aggregate.value)
    require(aggregate.type == _aggregate_type(aggregate, value), "an aggregate of another type", aggregate)
    if aggregate.start is not None and value is not None:
        _verify_operands((aggregate.start,), value, aggregate, place)
    inside = place.inside(aggregate.table)
    _verify_operands((aggregate.where,), Truth(), aggregate, inside)
    matching = inside.when(aggregate.where, holds=True)
    _verify_all((*(() if aggregate.value is None else (aggregate.value,)), *aggregate.keys), matching)


def _aggregate_type(aggregate: Aggregate, value: Type | None) -> Type | None:
    """The type that the aggregate must have; None when its value is of no use to it."""
    match aggregate.kind:
        case AggregateKind.COUNT:
            return COUNT_TYPE
        case AggregateKind.ANY:
            return Truth()
        case AggregateKind.SUM | AggregateKind.SUM_OF_LEAST:
            return value if isinstance(value, Number) else None
        case AggregateKind.MAXIMUM | AggregateKind.MINIMUM:
            return Optional(value) if isinstance(value, Number | Day | Month) else None
        case AggregateKind.LONGEST_RUN | AggregateKind.STREAK:
            whole = isinstance(value, Month) or (isinstance(value, Number) and value.scale == 0)
            return COUNT_TYPE if whole else None
