"""Makes small well-typed expressions, every node of the core among them, valid where they stand.

An expression that could leave 64 bits or divide by zero is replaced by a constant while it is made.
"""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from hypothesis import strategies as st

from creditdsl.core.calendar import day_of
from creditdsl.core.ir import (
    Add,
    AddDays,
    AddMonths,
    AddWorkdays,
    Aggregate,
    AggregateKind,
    Among,
    And,
    Branch,
    Calendar,
    ChoiceAt,
    Choose,
    Constant,
    ContextDay,
    ContextField,
    DaysBetween,
    Definition,
    DefinitionReference,
    DivideRounded,
    Enumeration,
    EnumValue,
    Equal,
    Expression,
    Greatest,
    InputField,
    InputTable,
    Interval,
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
    RecordField,
    RollForward,
    Rounding,
    Rule,
    SubjectField,
    Subtract,
    WorkdaysBetween,
    YearOf,
)
from creditdsl.core.ranges import known_inputs, overflowing, range_of, type_of, uncovered, zero_divisions
from creditdsl.core.types import Choice, Day, Month, Number, Optional, Plain, Text, Truth, Type, Unit, plain

Item = TypeVar("Item")

TRUTH = Truth()
COUNT = Number(Unit.NUMBER)
DAYS = Number(Unit.DAYS)
MONTHS = Number(Unit.MONTHS)
WORKDAYS = Number(Unit.WORKDAYS)
YES, NO = Constant(True, TRUTH), Constant(False, TRUTH)
MONTH_ENDS = [
    day_of(date(*parts))
    for parts in [
        (2019, 12, 31),
        (2020, 1, 31),
        (2020, 2, 28),
        (2020, 2, 29),
        (2020, 3, 1),
        (2020, 11, 30),
        (2021, 2, 28),
    ]
]
REST = [date(2020, 1, 1), date(2020, 1, 31), date(2020, 5, 4), date(2020, 5, 5), date(2020, 10, 1), date(2021, 2, 26)]
CALENDAR = Calendar(
    "test",
    Interval(day_of(date(2018, 12, 1)), day_of(date(2022, 4, 30))),
    tuple(map(day_of, REST)),
    tuple(map(day_of, [date(2020, 2, 1), date(2020, 2, 29), date(2020, 5, 9), date(2021, 2, 28)])),
)
"""Some days off and some weekend days made up, at ends of months among others."""
KIND = Enumeration("Kind", ("种类", "Kind"), tuple(EnumValue(name, (name, name)) for name in ("vat", "cit", "其他")))
NUMBER_TYPES = [COUNT, Number(Unit.YUAN, 2), Number(Unit.RATE, 3), Number(Unit.POINTS, 1), Number(Unit.NUMBER, 2), DAYS]
FIELD_TYPES: list[Plain] = [*NUMBER_TYPES, TRUTH, Day(), Month(), Choice("Kind"), Text()]


@st.composite
def input_ranges(draw: st.DrawFn, type_: Type) -> Interval | None:
    """A range for a field: usually around zero, sometimes far from it."""
    match plain(type_):
        case Truth() | Choice() | Text():
            return None
        case Day():
            return Interval(day_of(date(2018, 12, 31)), day_of(date(2022, 3, 31)))
        case Month():
            return Interval(2019 * 12, 2021 * 12 + 11)
        case Number():
            low = draw(st.sampled_from([0, 0, 1, -7, -100_000_000_000]))
            return Interval(low, low + draw(st.sampled_from([0, 3, 40, 12_345, 1_000_000_000_000])))


@st.composite
def tables(draw: st.DrawFn, name: str, *, subject: bool, most: int = 7) -> InputTable:
    """The subject with a key, or a kind of record; each field of a type of its own, present or optional."""
    types = draw(st.lists(st.sampled_from(FIELD_TYPES), min_size=2, max_size=most))
    fields = [InputField("key", Text(), ("代码", "Code"), None, key=True)] if subject else []
    for position, type_ in enumerate(types):
        declared = Optional(type_) if draw(st.booleans()) else type_
        field_name = f"{name[0]}{position}"
        fields.append(InputField(field_name, declared, (field_name, field_name), draw(input_ranges(type_))))
    return InputTable(name, (name, name), tuple(fields), not subject and draw(st.booleans()))


class Maker:
    """Makes expressions, each valid where it stands, and collects definitions."""

    def __init__(
        self, draw: st.DrawFn, subject: InputTable, records: tuple[InputTable, ...], enums: tuple[Enumeration, ...]
    ) -> None:
        self.draw = draw
        self.subject = subject
        self.records = records
        self.enums = {enum.name: enum for enum in enums}
        self.known = known_inputs(subject, records, enums)
        self.definitions: list[Definition] = []
        self.at_hand: tuple[InputTable, ...] = ()

    def pick(self, items: list[Item]) -> Item:
        return self.draw(st.sampled_from(items))

    def define(self, name: str, expression: Expression, rule: Rule | None = None) -> DefinitionReference:
        """Adds a definition with its proved range."""
        type_ = type_of(expression)
        range_ = range_of(expression, self.known)
        reference = DefinitionReference(name, type_)
        if range_ is not None:
            self.known[reference] = range_
        self.definitions.append(Definition(name, type_, expression, range_, rule))
        return reference

    def sound(self, expression: Expression, fallback: Expression) -> Expression:
        """The expression, or the fallback where it might leave 64 bits or the calendar, or divide by zero."""
        faults = (overflowing, zero_divisions, uncovered)
        return fallback if any(found(expression, self.known) for found in faults) else expression

    def leaves(self, type_: Type) -> list[Expression]:
        """Fields and definitions of exactly one type that can be read here."""
        found: list[Expression] = [
            SubjectField(item.name, item.type) for item in self.subject.fields if item.type == type_
        ]
        for table in self.at_hand:
            found += [RecordField(table.name, item.name, item.type) for item in table.fields if item.type == type_] * 2
        found += [DefinitionReference(item.name, item.type) for item in self.definitions if item.type == type_]
        return found

    def constant(self, type_: Type) -> Constant:
        match plain(type_):
            case Truth():
                return self.pick([YES, NO])
            case Number():
                sizes = st.one_of(st.integers(-50, 150), st.integers(-100_000, 1_000_000))
                return Constant(self.draw(sizes), type_)
            case Day():
                return Constant(self.pick(MONTH_ENDS), type_)
            case Month():
                return Constant(self.draw(st.integers(2019 * 12, 2021 * 12 + 11)), type_)
            case Choice(enum):
                return Constant(self.pick(list(self.enums[enum].names)), type_)
            case Text():
                return Constant(self.pick(["", "x", "甲", "0101", "a'b\"\\\n"]), type_)

    def make(self, type_: Type, depth: int) -> Expression:
        """An expression of exactly a type."""
        ready = self.leaves(type_)
        if depth <= 0 or (ready and self.draw(st.integers(0, 3)) == 0):
            return self.pick(ready) if ready else self.constant(type_)
        if isinstance(type_, Optional):
            return self.optional(type_, depth - 1)
        made = self.pick(self.ways(type_))(depth - 1)
        return self.sound(made, self.constant(type_))

    def optional(self, type_: Optional, depth: int) -> Expression:
        values = [
            Constant(None, type_),
            self.make(type_.of, depth),
            *self.leaves(type_),
            *self.extremes(type_.of, depth),
        ]
        return Choose((Branch(self.make(TRUTH, depth), self.pick(values)),), self.pick(values), type_)

    def extremes(self, type_: Plain, depth: int) -> list[Expression]:
        if self.at_hand or not isinstance(type_, Number | Day | Month):
            return []
        kind = self.pick([AggregateKind.MAXIMUM, AggregateKind.MINIMUM])
        return [self.aggregate(kind, type_, Optional(type_), depth)]

    def ways(self, type_: Plain) -> list[Callable[[int], Expression]]:
        """How an expression of a type can be made, each from a depth."""
        shared: list[Callable[[int], Expression]] = [
            lambda depth: self.choose(type_, depth),
            lambda depth: self.guarded(type_, depth),
            lambda depth: self.defaulted(type_, depth),
        ]
        match type_:
            case Truth():
                return [*shared[:1], *self.truths()]
            case Number():
                return [*shared, *self.numbers(type_), *self.numbers(type_)]
            case Day():
                return [
                    *shared,
                    lambda depth: ContextField(self.pick(list(ContextDay))),
                    lambda depth: AddDays(self.make(Day(), depth), self.small(DAYS)),
                    lambda depth: AddMonths(self.make(Day(), depth), self.small(MONTHS)),
                    lambda depth: Least((self.make(Day(), depth), self.make(Day(), depth)), Day()),
                    lambda depth: AddWorkdays(self.counted_day(depth), self.small(WORKDAYS), CALENDAR),
                    lambda depth: RollForward(self.counted_day(depth), CALENDAR),
                ]
            case Month():
                return [*shared, lambda depth: MonthOf(self.make(Day(), depth))]
            case Choice(enum):
                return [*shared, lambda depth: self.choice_at(enum, depth)]
            case Text():
                return shared

    def counted_day(self, depth: int) -> Expression:
        """A day that is often kept inside the calendar, with room for what is found from there."""
        day = self.make(Day(), depth)
        if self.draw(st.integers(0, 3)) == 0:
            return day
        low, high = (Constant(day_of(end), Day()) for end in (date(2019, 2, 1), date(2022, 2, 28)))
        return Least((Greatest((day, low), Day()), high), Day())

    def small(self, type_: Number) -> Expression:
        return Constant(self.draw(st.sampled_from([-13, -12, -1, 0, 1, 6, 12, 30, 31])), type_)

    def choose(self, type_: Type, depth: int) -> Expression:
        count = self.draw(st.integers(1, 2))
        branches = tuple(Branch(self.make(TRUTH, depth), self.make(type_, depth)) for _ in range(count))
        return Choose(branches, self.make(type_, depth), type_)

    def guarded(self, type_: Plain, depth: int) -> Expression:
        """A value where it is present, something else where it is not."""
        ready = self.leaves(Optional(type_)) or [self.constant(type_)]
        leaf = self.pick(ready)
        if isinstance(leaf, Constant):
            return leaf
        if self.draw(st.booleans()):
            return Choose((Branch(IsPresent(leaf), Presume(leaf)),), self.make(type_, depth), type_)
        return Choose((Branch(Not(IsPresent(leaf)), self.make(type_, depth)),), Presume(leaf), type_)

    def defaulted(self, type_: Plain, depth: int) -> Expression:
        ready = self.leaves(Optional(type_)) + self.extremes(type_, depth)
        return OrElse(self.pick(ready), self.make(type_, depth)) if ready else self.constant(type_)

    def choice_at(self, enum: str, depth: int) -> Expression:
        last = Constant(len(self.enums[enum].values) - 1, COUNT)
        inner = Greatest((self.make(COUNT, depth), Constant(0, COUNT)), COUNT)
        return ChoiceAt(Least((inner, last), COUNT), enum)

    def truths(self) -> list[Callable[[int], Expression]]:
        return [
            lambda depth: Not(self.make(TRUTH, depth)),
            lambda depth: And((self.make(TRUTH, depth), self.make(TRUTH, depth))),
            lambda depth: Or((self.make(TRUTH, depth), self.make(TRUTH, depth), self.make(TRUTH, depth))),
            lambda depth: self.compared(depth),
            lambda depth: self.compared(depth),
            lambda depth: self.present(depth),
            lambda depth: self.among(depth),
            lambda depth: self.any_record(depth),
        ]

    def any_record(self, depth: int) -> Expression:
        return self.make(TRUTH, depth) if self.at_hand else self.aggregate(AggregateKind.ANY, None, TRUTH, depth)

    def compared(self, depth: int) -> Expression:
        type_ = self.pick(FIELD_TYPES)
        left, right = self.make(type_, depth), self.make(type_, depth)
        orders = [Less, LessOrEqual] if isinstance(type_, Number | Day | Month) else []
        return self.pick([Equal, *orders])(left, right)

    def among(self, depth: int) -> Expression:
        type_ = self.pick(FIELD_TYPES)
        values = tuple(self.constant(type_) for _ in range(self.draw(st.integers(1, 3))))
        return Among(self.make(type_, depth), values)

    def present(self, depth: int) -> Expression:
        """A presence alone, or one that guards a comparison behind `and` or `or`."""
        type_ = self.pick(FIELD_TYPES)
        ready = self.leaves(Optional(type_))
        if not ready:
            return self.make(TRUTH, depth)
        leaf = self.pick(ready)
        test = Equal(Presume(leaf), self.make(type_, depth))
        return self.pick([IsPresent(leaf), And((IsPresent(leaf), test)), Or((Not(IsPresent(leaf)), test))])

    def numbers(self, type_: Number) -> list[Callable[[int], Expression]]:
        two: Callable[[int], tuple[Expression, ...]] = lambda depth: (self.make(type_, depth), self.make(type_, depth))
        ways: list[Callable[[int], Expression]] = [
            lambda depth: Add((*two(depth), self.make(type_, depth)), type_),
            lambda depth: Subtract(*two(depth), type_),
            lambda depth: Negate(self.make(type_, depth), type_),
            lambda depth: Least(two(depth), type_),
            lambda depth: Greatest(two(depth), type_),
            lambda depth: self.product(type_, depth),
            lambda depth: self.quotient(type_, depth),
            lambda depth: self.total(type_, depth),
        ]
        if type_ == COUNT:
            ways += [
                lambda depth: YearOf(self.make(Day(), depth)),
                lambda depth: OrdinalOf(self.make(Choice("Kind"), depth), "Kind"),
                lambda depth: self.counted(depth),
                lambda depth: self.counted(depth),
                lambda depth: MonthsBetween(self.make(Day(), depth), self.make(Day(), depth), type_),
                lambda depth: WorkdaysBetween(self.counted_day(depth), self.counted_day(depth), type_, CALENDAR),
            ]
        if type_ == DAYS:
            ways += [lambda depth: DaysBetween(self.make(Day(), depth), self.make(Day(), depth), type_)] * 4
        return ways

    def product(self, type_: Number, depth: int) -> Expression:
        scale = self.draw(st.integers(0, type_.scale))
        left = self.make(Number(type_.unit, scale), depth)
        right = Constant(self.pick([10 ** (type_.scale - scale), 3, -7]), Number(Unit.NUMBER, type_.scale - scale))
        return Multiply(*self.pick([(left, right), (right, left)]), type_)

    def quotient(self, type_: Number, depth: int) -> Expression:
        """A division behind a guard, by what is at least one, or by a constant."""
        other = self.pick(NUMBER_TYPES)
        dividend, divisor, rounding = self.make(type_, depth), self.make(other, depth), self.pick(list(Rounding))
        zero = Constant(0, other)
        if self.draw(st.booleans()):
            quotient = DivideRounded(dividend, divisor, rounding, type_)
            return Choose((Branch(Less(zero, divisor), quotient),), self.make(type_, depth), type_)
        positive = self.pick([Greatest((divisor, Constant(1, other)), other), Constant(-8, other), Constant(7, other)])
        return DivideRounded(dividend, positive, rounding, type_)

    def total(self, type_: Number, depth: int) -> Expression:
        if self.at_hand:
            return self.make(type_, depth)
        kind = self.pick([AggregateKind.SUM, AggregateKind.SUM_OF_LEAST])
        return self.aggregate(kind, type_, type_, depth)

    def counted(self, depth: int) -> Expression:
        if self.at_hand:
            return self.make(COUNT, depth)
        kind = self.pick([AggregateKind.COUNT, AggregateKind.LONGEST_RUN, AggregateKind.STREAK])
        value = None if kind is AggregateKind.COUNT else self.pick([COUNT, Month()])
        return self.aggregate(kind, value, COUNT, depth)

    def aggregate(self, kind: AggregateKind, value: Plain | None, type_: Type, depth: int) -> Expression:
        start = None if kind is not AggregateKind.STREAK or value is None else self.make(value, depth)
        table = self.pick(list(self.records))
        self.at_hand = (table,)
        where = self.make(TRUTH, depth)
        inner = None if value is None else self.make(value, depth)
        keyed = kind is AggregateKind.SUM_OF_LEAST or (kind is AggregateKind.COUNT and self.draw(st.booleans()))
        keys = self.keys(table) if keyed else ()
        self.at_hand = ()
        return Aggregate(kind, table.name, where, inner, keys, type_, start)

    def keys(self, table: InputTable) -> tuple[Expression, ...]:
        fields = self.draw(st.lists(st.sampled_from(table.fields), min_size=1, max_size=2, unique=True))
        return tuple(RecordField(table.name, item.name, item.type) for item in fields)
