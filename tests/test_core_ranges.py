"""Intervals, guards and overflow on expressions small enough to check by hand."""

import pytest
from core_examples import EVASION, FILED, IS_LATE, PROGRAM

from creditdsl.core.ir import (
    MAX_RECORDS,
    Add,
    AddMonths,
    Aggregate,
    AggregateKind,
    Among,
    And,
    Branch,
    ChoiceAt,
    Choose,
    Constant,
    DivideRounded,
    Equal,
    Expression,
    Greatest,
    Interval,
    IsPresent,
    Least,
    Less,
    LessOrEqual,
    Multiply,
    Negate,
    Not,
    Or,
    OrdinalOf,
    OrElse,
    Presume,
    RecordField,
    Rounding,
    SubjectField,
    Subtract,
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
from creditdsl.core.types import Choice, Day, Number, Optional, Text, Truth, Unit

N = Number(Unit.NUMBER)
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
