"""Seeded faults in a sound program: each is refused by the verifier."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from core_examples import EVADED, FILED, IS_LATE, PROGRAM, defined

from creditdsl.core.ir import (
    Add,
    AddDays,
    Aggregate,
    AggregateKind,
    And,
    Band,
    Branch,
    ChoiceAt,
    Choose,
    Constant,
    Definition,
    DefinitionReference,
    DivideRounded,
    Equal,
    Expression,
    HoldsClaim,
    InputField,
    Interval,
    IsPresent,
    Less,
    MoreClaim,
    Multiply,
    Not,
    OrElse,
    Presume,
    Program,
    RecordField,
    Result,
    Rounding,
    SubjectField,
)
from creditdsl.core.ranges import Narrowed, known_inputs, stated_interval
from creditdsl.core.show import show
from creditdsl.core.types import Choice, Day, Month, Number, Optional, Text, Truth, Type, Unit
from creditdsl.core.verify import verify
from creditdsl.diagnostics import InternalError

N, POINTS, YUAN, TRUTH = Number(Unit.NUMBER), Number(Unit.POINTS), Number(Unit.YUAN, 2), Truth()
MONTHS = SubjectField("operating_months", N)
TAX = SubjectField("tax_payable", YUAN)
SINCE = SubjectField("since", Optional(Month()))
AMOUNT = RecordField("evasion", "amount", YUAN)
YES = Constant(True, TRUTH)


def n(value: int) -> Constant:
    return Constant(value, N)


def with_definition(expression: Expression, type_: Type, range_: Interval | None = None) -> Program:
    extra = Definition("define.extra", type_, expression, range_)
    return replace(PROGRAM, definitions=(*PROGRAM.definitions, extra))


def with_plan(**parts: object) -> Program:
    return replace(PROGRAM, result=replace(PROGRAM.result, **parts))  # type: ignore[arg-type]


def aggregate(kind: AggregateKind, value: Expression | None, type_: Type, **parts: object) -> Expression:
    return replace(Aggregate(kind, "evasion", YES, value, (), type_), **parts)  # type: ignore[arg-type]


def test_the_example_is_sound() -> None:
    verify(PROGRAM)


@pytest.mark.parametrize(
    ("expression", "type_"),
    [
        (Constant(1, TRUTH), TRUTH),
        (Constant(True, N), N),
        (Constant(None, N), N),
        (Constant("E", Choice("Grade")), Choice("Grade")),
        (Constant("A", Choice("Colour")), Choice("Colour")),
        (SubjectField("absent", N), N),
        (SubjectField("operating_months", YUAN), YUAN),
        (AMOUNT, YUAN),
        (DefinitionReference("later", N), N),
        (DefinitionReference("score", N), N),
        (IsPresent(MONTHS), TRUTH),
        (Presume(SINCE), Month()),
        (Choose((Branch(Not(IsPresent(SINCE)), Presume(SINCE)),), Constant(0, Month()), Month()), Month()),
        (And((Less(Constant(0, Month()), Presume(SINCE)), IsPresent(SINCE))), TRUTH),
        (OrElse(MONTHS, n(0)), N),
        (OrElse(SINCE, n(0)), N),
        (Not(MONTHS), TRUTH),
        (And(()), TRUTH),
        (Equal(SINCE, SINCE), TRUTH),
        (Equal(MONTHS, TAX), TRUTH),
        (Less(MONTHS, Constant(5, Number(Unit.NUMBER, 1))), TRUTH),
        (Less(Constant("a", Text()), Constant("b", Text())), TRUTH),
        (Add((MONTHS, TAX), N), N),
        (Add((Constant(0, Day()),), Day()), Day()),
        (Multiply(MONTHS, TAX, Number(Unit.YUAN, 3)), Number(Unit.YUAN, 3)),
        (DivideRounded(n(5), MONTHS, Rounding.DOWN, N), N),
        (AddDays(Constant(0, Day()), TAX), Day()),
        (Choose((Branch(YES, TAX),), n(0), N), N),
        (ChoiceAt(MONTHS, "Grade"), Choice("Grade")),
        (ChoiceAt(n(5), "Grade"), Choice("Grade")),
        (aggregate(AggregateKind.COUNT, AMOUNT, N), N),
        (aggregate(AggregateKind.SUM, None, YUAN), YUAN),
        (aggregate(AggregateKind.SUM, AMOUNT, N), N),
        (aggregate(AggregateKind.MAXIMUM, AMOUNT, YUAN), YUAN),
        (aggregate(AggregateKind.SUM, AMOUNT, YUAN, keys=(AMOUNT,)), YUAN),
        (aggregate(AggregateKind.SUM_OF_LEAST, AMOUNT, YUAN), YUAN),
        (aggregate(AggregateKind.LONGEST_RUN, AMOUNT, N), N),
        (aggregate(AggregateKind.COUNT, None, N, table="nobody"), N),
        (aggregate(AggregateKind.COUNT, None, N, where=IsPresent(FILED)), N),
        (aggregate(AggregateKind.COUNT, None, N, where=aggregate(AggregateKind.ANY, None, TRUTH)), N),
    ],
)
def test_a_broken_expression_is_refused(expression: Expression, type_: Type) -> None:
    with pytest.raises(InternalError):
        verify(
            with_definition(
                expression, type_, Interval(-(2**62), 2**62) if isinstance(type_, Number | Day | Month) else None
            )
        )


def test_a_guard_behind_a_definition_is_seen() -> None:
    fires = Definition("define.fires", TRUTH, And((IsPresent(SINCE), Less(n(0), MONTHS))), None)
    guard = DefinitionReference("define.fires", TRUTH)
    month = Choose((Branch(guard, Presume(SINCE)),), Constant(24_240, Month()), Month())
    divided = Choose((Branch(guard, DivideRounded(n(9), MONTHS, Rounding.UP, N)),), n(0), N)
    extra = (
        fires,
        Definition("define.month", Month(), month, Interval(24_000, 24_360)),
        Definition("define.divided", N, divided, Interval(0, 9)),
    )
    verify(replace(PROGRAM, definitions=(*PROGRAM.definitions, *extra)))


def test_a_definition_of_another_type_is_refused() -> None:
    with pytest.raises(InternalError):
        verify(with_definition(n(3), POINTS, Interval(3, 3)))


@pytest.mark.parametrize("range_", [None, Interval(0, 2399), Interval(1, 2400)])
def test_a_range_that_is_not_proved_is_refused(range_: Interval | None) -> None:
    with pytest.raises(InternalError):
        verify(with_definition(MONTHS, N, range_))


def known_of(program: Program) -> dict[Expression, Interval]:
    """What a program says of its input and its definitions."""
    known = known_inputs(program.subject, program.records, program.enums)
    for item in program.definitions:
        stated = stated_interval(item, program.enums)
        if stated is not None:
            known[DefinitionReference(item.name, item.type)] = stated
    return known


def test_what_lowering_knew_is_not_worked_out_again() -> None:
    known = Narrowed(known_of(PROGRAM), {})
    verify(PROGRAM, known)
    ranged = next(item for item in PROGRAM.definitions if item.range is not None and item.expression in known.computed)
    known.computed[ranged.expression] = Interval(-(2**62), 2**62)
    with pytest.raises(InternalError, match="not proved"):
        verify(PROGRAM, known)


@pytest.mark.parametrize("expression", [MONTHS, Multiply(MONTHS, MONTHS, N), DefinitionReference("elsewhere", N)])
def test_lowering_may_know_only_what_the_program_says(expression: Expression) -> None:
    with pytest.raises(InternalError, match="lowering knew"):
        verify(PROGRAM, Narrowed(known_of(PROGRAM) | {expression: Interval(1, 1)}, {}))
    with pytest.raises(InternalError):
        verify(PROGRAM, Narrowed({item: found for item, found in known_of(PROGRAM).items() if item != MONTHS}, {}))


def test_a_total_that_may_leave_64_bits_is_refused() -> None:
    product = Multiply(Multiply(TAX, TAX, Number(Unit.YUAN, 4)), n(1), Number(Unit.YUAN, 4))
    with pytest.raises(InternalError, match="64 bits"):
        verify(with_definition(product, Number(Unit.YUAN, 4), Interval(0, 10**26)))


def test_a_name_defined_twice_is_refused() -> None:
    with pytest.raises(InternalError):
        verify(replace(PROGRAM, definitions=(*defined(), defined()[0])))


def field(type_: Type, range_: Interval | None, *, key: bool = False) -> Program:
    added = InputField("extra", type_, ("", ""), range_, key)
    return replace(PROGRAM, subject=replace(PROGRAM.subject, fields=(*PROGRAM.subject.fields, added)))


@pytest.mark.parametrize(
    "program",
    [
        field(N, None),
        field(N, Interval(1, 0)),
        field(N, Interval(0, 2**63)),
        field(TRUTH, Interval(0, 1)),
        field(Day(), Interval(-(10**6), 0)),
        field(Choice("Colour"), None),
        field(Number(Unit.YUAN, 19), Interval(0, 1)),
        field(Text(), None, key=True),
        replace(PROGRAM, records=(*PROGRAM.records, PROGRAM.records[0])),
        replace(PROGRAM, enums=(*PROGRAM.enums, PROGRAM.enums[0])),
        replace(PROGRAM, claims=(HoldsClaim("c", "score"),)),
        replace(PROGRAM, claims=(HoldsClaim("c", "nothing"),)),
        replace(PROGRAM, claims=(MoreClaim("c", "nothing", True, "score"),)),
    ],
)
def test_broken_inputs_and_claims_are_refused(program: Program) -> None:
    with pytest.raises(InternalError):
        verify(program)


PLAN: Result = PROGRAM.result
DIRECT, FINDING, REPAIR = PLAN.directs[0], PLAN.findings[0], PLAN.points_repairs[0]


@pytest.mark.parametrize(
    "program",
    [
        with_plan(score=None),
        with_plan(score="nothing"),
        with_plan(score_after="indicator.010101.count"),
        with_plan(graded="score"),
        with_plan(grade="graded"),
        with_plan(band=None),
        with_plan(bands=PLAN.bands[1:]),
        with_plan(bands=(Band("A", False, 90, 80), *PLAN.bands[1:])),
        with_plan(bands=(Band("A", True, 90, None), *PLAN.bands[1:])),
        with_plan(findings=(replace(FINDING, count="score"),)),
        with_plan(findings=(replace(FINDING, points="graded"),)),
        with_plan(findings=(replace(FINDING, where=EVADED),)),
        with_plan(findings=(replace(FINDING, table=None),)),
        with_plan(findings=(FINDING, FINDING)),
        with_plan(directs=(replace(DIRECT, grade=None),)),
        with_plan(directs=(replace(DIRECT, grade="E"),)),
        with_plan(directs=(replace(DIRECT, holds="score"),)),
        with_plan(directs=(replace(DIRECT, evidence=(("evasion", IS_LATE),)),)),
        with_plan(demotes=(replace(PLAN.demotes[0], demote=0),)),
        with_plan(measures=(replace(PLAN.measures[0], holds="grade"),)),
        with_plan(measures=(replace(PLAN.measures[0], excludes=("nothing",)),)),
        with_plan(points_repairs=(replace(REPAIR, indicator="nothing"),)),
        with_plan(points_repairs=(replace(REPAIR, share_scale=3),)),
        with_plan(points_repairs=(replace(REPAIR, restored="graded"),)),
        with_plan(points_repairs=(replace(REPAIR, open=n(1)),)),
        with_plan(direct_repairs=(replace(PLAN.direct_repairs[0], direct="nothing"),)),
        with_plan(direct_repairs=(replace(PLAN.direct_repairs[0], at_most="E"),)),
    ],
)
def test_a_broken_plan_is_refused(program: Program) -> None:
    with pytest.raises(InternalError):
        verify(program)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda: with_definition(TAX, YUAN, Interval(0, 10**13)), "define.extra : yuan .2 in 0 .. 100000000000 yuan ="),
        (lambda: PROGRAM, "# indicator 010101  未按规定期限纳税申报 / Return not filed on time  [2014年第40号 第16条]"),
        (lambda: PROGRAM, "    where (not (late_filing.filed is present)) or (late_filing.due < late_filing.filed!)"),
        (lambda: PROGRAM, "  band B: 70 .. 89"),
        (lambda: PROGRAM, "    share choose { late_filing.filed is present -> 80% | otherwise -> 0% }"),
        (lambda: PROGRAM, "  direct evasion -> D: @direct.evasion, after repair @direct.evasion.after"),
    ],
)
def test_the_printed_core_has_numbers_in_their_unit_and_every_rule(change: Callable[[], Program], line: str) -> None:
    assert any(printed.startswith(line) for printed in show(change()).splitlines()), show(change())
