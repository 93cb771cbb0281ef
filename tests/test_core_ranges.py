"""Intervals, guards and overflow on expressions small enough to check by hand."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import product

import pytest
from core_examples import EVASION, FILED, IS_LATE, PROGRAM
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies_expressions import CALENDAR

from creditdsl.core.calendar import day_of
from creditdsl.core.evaluate import Scope, value_of
from creditdsl.core.ir import (
    MAX_RECORDS,
    Add,
    AddDays,
    AddMonths,
    AddWorkdays,
    Aggregate,
    AggregateKind,
    Among,
    And,
    Branch,
    ChoiceAt,
    Choose,
    Constant,
    DaysBetween,
    DivideRounded,
    Equal,
    Expression,
    Greatest,
    Interval,
    IsPresent,
    Least,
    Less,
    LessOrEqual,
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
    SubjectField,
    Subtract,
    Value,
    WorkdaysBetween,
)
from creditdsl.core.ranges import (
    fits_64_bits,
    interval_of,
    known_inputs,
    narrow,
    overflowing,
    presences,
    range_of,
    type_of,
    zero_divisions,
)
from creditdsl.core.subject import LoadedSubject, Period, RunContext
from creditdsl.core.types import Choice, Day, Number, Optional, Text, Truth, Unit

N = Number(Unit.NUMBER)
DAYS = Number(Unit.DAYS)
YUAN = Number(Unit.YUAN, 2)
X, Y, Z = SubjectField("x", N), SubjectField("y", Optional(N)), SubjectField("z", N)
KNOWN: dict[Expression, Interval] = {X: Interval(0, 100), Y: Interval(-5, 5), Z: Interval(-10, 10)}
YES = Constant(True, Truth())
AMOUNT = RecordField("evasion", "amount", YUAN)


def n(value: int) -> Constant:
    return Constant(value, N)


def total(value: Expression, where: Expression = YES, kind: AggregateKind = AggregateKind.SUM) -> Aggregate:
    type_ = type_of(value)
    return Aggregate(kind, EVASION.name, where, value, (), type_)


@pytest.mark.parametrize(
    ("expression", "low", "high"),
    [
        (Add((X, Z), N), -10, 110),
        (Subtract(X, Z, N), -10, 110),
        (Multiply(X, Z, N), -1000, 1000),
        (Negate(X, N), -100, 0),
        (Least((X, Z), N), -10, 10),
        (Greatest((X, Z), N), 0, 100),
        (OrElse(Y, n(9)), -5, 9),
        (DivideRounded(X, n(-3), Rounding.UP, N), -34, 0),
        (DivideRounded(Z, n(4), Rounding.HALF_UP, N), -3, 3),
        (DivideRounded(Z, n(4), Rounding.HALF_EVEN, N), -2, 2),
        (DivideRounded(n(100), X, Rounding.DOWN, N), 1, 100),
        (Choose((Branch(Less(X, n(7)), X),), n(50), N), 0, 50),
        (Choose((Branch(Less(X, n(7)), n(0)),), X, N), 0, 100),
        (Choose((Branch(Less(X, n(-7)), n(1_000)),), n(5), N), 5, 5),
        (Choose((Branch(IsPresent(Y), Presume(Y)),), n(0), N), -5, 5),
    ],
)
def test_an_interval_is_what_a_hand_computes(expression: Expression, low: int, high: int) -> None:
    assert interval_of(expression, KNOWN) == Interval(low, high)


def test_a_total_over_records_is_the_most_that_so_many_records_can_give() -> None:
    known: dict[Expression, Interval] = {AMOUNT: Interval(-1, 7)}
    assert interval_of(total(AMOUNT), known) == Interval(-MAX_RECORDS, 7 * MAX_RECORDS)
    above = Less(Constant(4, YUAN), AMOUNT)
    assert interval_of(total(AMOUNT, above), known) == Interval(0, 7 * MAX_RECORDS)


def test_an_extreme_lies_in_the_interval_of_its_value_under_its_condition() -> None:
    greatest = Aggregate(AggregateKind.MAXIMUM, "evasion", Less(Constant(4, YUAN), AMOUNT), AMOUNT, (), Optional(YUAN))
    assert range_of(greatest, {AMOUNT: Interval(0, 7)}) == Interval(5, 7)
    assert range_of(greatest, {AMOUNT: Interval(0, 4)}) is None


@pytest.mark.parametrize(
    ("condition", "holds", "interval"),
    [
        (Less(X, n(7)), True, (0, 6)),
        (Less(X, n(7)), False, (7, 100)),
        (LessOrEqual(n(7), X), True, (7, 100)),
        (LessOrEqual(n(7), X), False, (0, 6)),
        (Equal(X, n(7)), True, (7, 7)),
        (Equal(X, n(0)), False, (1, 100)),
        (Not(Equal(X, n(100))), True, (0, 99)),
        (Among(X, (n(3), n(9))), True, (3, 9)),
        (Among(X, (n(0), n(1), n(3))), False, (2, 100)),
        (And((Less(n(3), X), Less(X, n(9)))), True, (4, 8)),
        (And((Less(n(3), X), Less(X, n(9)))), False, (0, 100)),
        (Or((Less(X, n(9)), Less(X, n(20)))), True, (0, 19)),
        (Or((Less(X, n(9)), Less(n(20), X))), False, (9, 20)),
        (Less(X, Z), True, (0, 9)),
        (Less(Multiply(X, n(10), N), n(55)), True, (0, 5)),
        (LessOrEqual(n(55), Multiply(n(10), X, N)), True, (6, 100)),
        (Less(n(30), Negate(X, N)), False, (0, 100)),
        (LessOrEqual(Negate(X, N), n(-30)), True, (30, 100)),
        (Less(X, n(-5)), True, (0, 100)),
    ],
)
def test_a_condition_narrows_what_it_compares(condition: Expression, holds: bool, interval: tuple[int, int]) -> None:
    assert interval_of(X, narrow(condition, KNOWN, holds=holds)) == Interval(*interval)


def test_a_condition_on_a_presumed_value_narrows_the_optional_field() -> None:
    known = narrow(And((IsPresent(Y), Less(n(0), Presume(Y)))), KNOWN, holds=True)
    assert interval_of(Presume(Y), known) == Interval(1, 5)


def test_a_grade_has_the_interval_of_its_positions() -> None:
    known = known_inputs(PROGRAM.subject, PROGRAM.records, PROGRAM.enums)
    grade = SubjectField("grade", Choice("Grade"))
    known[grade] = Interval(0, 4)
    among = Among(grade, (Constant("A", Choice("Grade")), Constant("B", Choice("Grade"))))
    assert interval_of(OrdinalOf(grade, "Grade"), narrow(among, known, holds=True)) == Interval(0, 1)
    assert interval_of(ChoiceAt(n(3), "Grade"), known) == Interval(3, 3)


@pytest.mark.parametrize(
    ("condition", "interval"),
    [
        (Less(X, n(0)), (0, 0)),
        (LessOrEqual(n(0), X), (1, 1)),
        (Equal(X, n(5)), (0, 1)),
        (And((Less(n(5), X), Less(X, n(5)))), (0, 0)),
        (Or((Less(n(5), X), LessOrEqual(X, n(5)))), (1, 1)),
        (Not(Less(X, n(0))), (1, 1)),
        (Equal(Constant("a", Text()), Constant("b", Text())), (0, 0)),
        (IsPresent(Constant(None, Optional(N))), (0, 0)),
    ],
)
def test_a_condition_that_is_always_the_same_is_known(condition: Expression, interval: tuple[int, int]) -> None:
    assert interval_of(condition, KNOWN) == Interval(*interval)


def test_a_guard_proves_that_a_divisor_is_not_zero() -> None:
    division = DivideRounded(n(1000), X, Rounding.HALF_UP, N)
    assert zero_divisions(division, KNOWN) == (division,)
    for guard in (Less(n(0), X), Not(Equal(X, n(0)))):
        assert zero_divisions(Choose((Branch(guard, division),), n(0), N), KNOWN) == ()
        assert zero_divisions(And((guard, Less(division, n(3)))), KNOWN) == ()
    assert zero_divisions(Choose((Branch(Equal(X, n(0)), n(0)),), division, N), KNOWN) == ()
    assert zero_divisions(Choose((Branch(Less(X, n(5)), division),), n(0), N), KNOWN) == (division,)


def test_what_may_leave_64_bits_is_listed_innermost_first() -> None:
    known: dict[Expression, Interval] = {AMOUNT: Interval(0, 10**14)}
    large = total(AMOUNT)
    both = Add((large, large), YUAN)
    assert overflowing(both, known) == (large, both)
    assert overflowing(both, {AMOUNT: Interval(0, 10**12)}) == ()


def test_the_ends_of_64_bits_fit_and_their_neighbours_do_not() -> None:
    assert fits_64_bits(Interval(-(2**63), 2**63 - 1))
    assert not fits_64_bits(Interval(-(2**63) - 1, 0))
    assert not fits_64_bits(Interval(0, 2**63))


def test_a_day_that_may_leave_the_calendar_is_listed() -> None:
    day = SubjectField("d", Day())
    months = SubjectField("m", Number(Unit.MONTHS))
    later = AddMonths(day, months)
    assert overflowing(later, {months: Interval(0, 1200)}) == ()
    assert overflowing(later, {months: Interval(0, 120_000)}) == (later,)


def test_presence_follows_from_what_holds() -> None:
    here, there = IsPresent(Y), IsPresent(FILED)
    assert presences(And((here, there)), holds=True) == {Y, FILED}
    assert presences(And((here, there)), holds=False) == frozenset()
    assert presences(Or((Not(here), Not(there))), holds=False) == {Y, FILED}
    assert presences(Or((And((here, YES)), And((there, here)))), holds=True) == {Y}
    assert presences(Not(here), holds=False) == {Y}
    assert presences(IS_LATE, holds=True) == frozenset()
    assert presences(IS_LATE, holds=False) == {FILED}


ENDS = st.tuples(st.integers(-6, 6), st.integers(0, 4)).map(lambda pair: Interval(pair[0], pair[0] + pair[1]))
NUMBERS = st.one_of(st.sampled_from([X, Z]), st.integers(-7, 7).map(n))
MONTH_ENDS = [Constant(day_of(date(2020, month, day)), Day()) for month, day in ((1, 31), (2, 28), (2, 29), (3, 30))]


def sides(make: Callable[[Expression, Expression], Expression]) -> st.SearchStrategy[Expression]:
    return st.tuples(NUMBERS, NUMBERS).map(lambda pair: make(*pair))


CONDITIONS = st.recursive(
    st.one_of(
        sides(Less),
        sides(LessOrEqual),
        sides(Equal),
        sides(lambda left, right: Less(Multiply(left, n(3), N), right)),
        sides(lambda left, right: LessOrEqual(left, Negate(right, N))),
        st.tuples(NUMBERS, st.lists(st.integers(-7, 7).map(n), min_size=1, max_size=3)).map(
            lambda pair: Among(pair[0], tuple(pair[1]))
        ),
    ),
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Or(tuple(parts))),
    ),
    max_leaves=5,
)


def scopes(first: Interval, second: Interval) -> Iterator[Scope]:
    """Every pair of values of x and z."""
    context = RunContext(Period("2020", date(2020, 1, 1), date(2020, 12, 31)), date(2021, 4, 30))
    for x, z in product(range(first.low, first.high + 1), range(second.low, second.high + 1)):
        yield Scope(PROGRAM, LoadedSubject({"x": x, "z": z}, {}), context, {}, {})


def inside(value: Value, interval: Interval) -> bool:
    return isinstance(value, int) and interval.low <= value <= interval.high


@settings(max_examples=300, deadline=None)
@given(CONDITIONS, ENDS, ENDS)
def test_a_condition_excludes_only_values_that_contradict_it(condition: Expression, x: Interval, z: Interval) -> None:
    known: dict[Expression, Interval] = {X: x, Z: z}
    for scope in scopes(x, z):
        holds = value_of(condition, scope) is True
        narrowed = narrow(condition, known, holds=holds)
        assert inside(holds, interval_of(condition, known))
        assert inside(scope.subject.fields["x"], narrowed[X]) and inside(scope.subject.fields["z"], narrowed[Z])


OPERATIONS: list[Callable[[Expression, Expression], Expression]] = [
    lambda left, right: Add((left, right), N),
    lambda left, right: Subtract(left, right, N),
    lambda left, right: Multiply(left, right, N),
    lambda left, right: Least((left, right), N),
    lambda left, right: Greatest((left, right), N),
    lambda left, right: DaysBetween(AddDays(MONTH_ENDS[0], left), AddDays(MONTH_ENDS[1], right), DAYS),
    lambda left, right: MonthsBetween(AddDays(MONTH_ENDS[2], left), AddDays(MONTH_ENDS[3], right), N),
    lambda left, right: AddMonths(AddDays(MONTH_ENDS[3], left), right),
    lambda left, right: AddWorkdays(AddDays(MONTH_ENDS[0], left), right, CALENDAR),
    lambda left, right: WorkdaysBetween(AddDays(MONTH_ENDS[0], left), AddDays(MONTH_ENDS[0], right), N, CALENDAR),
    lambda left, right: RollForward(AddDays(MONTH_ENDS[0], Add((left, right), N)), CALENDAR),
    lambda left, right: Choose((Branch(Less(left, right), left),), Negate(right, N), N),
    *(
        lambda left, right, rounding=rounding: Choose(
            (Branch(Not(Equal(right, n(0))), DivideRounded(Multiply(left, n(5), N), right, rounding, N)),), n(0), N
        )
        for rounding in Rounding
    ),
]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(OPERATIONS), ENDS, ENDS)
def test_every_value_of_an_operation_lies_in_its_interval(
    operation: Callable[[Expression, Expression], Expression], x: Interval, z: Interval
) -> None:
    expression = operation(X, Z)
    interval = interval_of(expression, {X: x, Z: z})
    for scope in scopes(x, z):
        assert inside(value_of(expression, scope), interval)


@given(st.sampled_from(OPERATIONS[:11]), ENDS, ENDS)
def test_the_interval_of_a_single_operation_is_exact(
    operation: Callable[[Expression, Expression], Expression], x: Interval, z: Interval
) -> None:
    expression = operation(X, Z)
    values = [value_of(expression, scope) for scope in scopes(x, z)]
    numbers = [value for value in values if isinstance(value, int)]
    assert interval_of(expression, {X: x, Z: z}) == Interval(min(numbers), max(numbers))
