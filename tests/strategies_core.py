"""Hypothesis strategies for small well-typed programs, and for subjects and runs of a program.

Together the programs use every node, every kind of aggregate and every part of the plan; amounts are in arbitrary
hundredths, days lie around month ends, and subjects stand on the constants of their program or beside them.
"""

from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

from hypothesis import strategies as st
from strategies_expressions import CALENDAR, COUNT, DAYS, KIND, NO, TRUTH, YES, Maker, tables

from creditdsl.core.intervals import INPUT_DAYS
from creditdsl.core.ir import (
    Add,
    Aggregate,
    AggregateKind,
    And,
    Band,
    Branch,
    ChoiceAt,
    Choose,
    Citation,
    Constant,
    DefinitionReference,
    DirectRepair,
    DivideRounded,
    Enumeration,
    EnumValue,
    Equal,
    Expression,
    Finding,
    Grant,
    Greatest,
    Header,
    HoldsClaim,
    InputField,
    InputTable,
    IsPresent,
    Least,
    Less,
    LessOrEqual,
    Measure,
    MoreClaim,
    Multiply,
    Negate,
    Not,
    Or,
    OrdinalOf,
    PeriodKind,
    PointsRepair,
    Presume,
    Program,
    Result,
    Rounding,
    Rule,
    RuleKind,
    Step,
    Value,
)
from creditdsl.core.notation import decimal, json_value
from creditdsl.core.periods import period_around
from creditdsl.core.types import Choice, Day, Month, Number, Optional, Text, Truth, Type, Unit, plain
from creditdsl.core.walk import walk
from creditdsl.testing.workdays import rest_edges

KINDS = (RuleKind.REWARD, RuleKind.LIST, RuleKind.OFFER, RuleKind.PLEDGE, RuleKind.INSPECTION)
"""What a measure that is no penalty may be; they differ in their word alone."""

CITATION = Citation("order", (("article", "18"),), ("某公告 第十八条", "Order, article 18"))
DEFINED: list[Type] = [
    *(COUNT, COUNT, DAYS, Number(Unit.YUAN, 2), Number(Unit.RATE, 3), TRUTH, TRUTH),
    *(Day(), Month(), Choice("Kind"), Text(), Optional(Day()), Optional(Number(Unit.YUAN, 2)), Optional(Text())),
]
SHARE = Number(Unit.RATE, 2)


def rule(kind: RuleKind, code: str) -> Rule:
    return Rule(kind, code, (f"规则 {code}", f"Rule {code}"), (CITATION,))


@st.composite
def programs(draw: st.DrawFn, *, small: bool = False) -> Program:
    """A program with every part of the plan: indicators, repairs, all grading steps, measures and claims.

    A small one has few of these parts, and expressions one step less deep.
    """
    grade_count = draw(st.integers(2, 4))
    grades = Enumeration(
        "Grade", ("级别", "Grade"), tuple(EnumValue(name, (name, name)) for name in "ABCD"[:grade_count])
    )
    most = 4 if small else 7
    subject = draw(tables("taxpayer", subject=True, most=most))
    names = ("late_filing", "evasion")[: 1 if small else draw(st.integers(1, 2))]
    records = tuple(draw(tables(name, subject=False, most=most)) for name in names)
    maker = PlanMaker(draw, subject, records, (KIND, grades), small=small)
    for position in range(maker.count(0, 4)):
        type_ = draw(st.sampled_from(DEFINED))
        maker.define(f"define.d{position}", maker.deep(type_, 3), rule(RuleKind.DEFINE, f"d{position}"))
    result = maker.result(grades)
    holds = maker.define("claim.c", maker.deep(TRUTH, 2))
    header = Header(
        name="policy",
        label=("政策", "Policy"),
        languages=("zh", "en"),
        authority=("某局", "Authority"),
        periods=tuple(draw(st.permutations(list(PeriodKind)))[: draw(st.integers(1, 3))]),
        effective_start=draw(st.sampled_from([None, date(2019, 1, 1)])),
        effective_end=None,
        content_hash="0123456789abcdef",
    )
    claims = (HoldsClaim("c", holds.name), MoreClaim("m", records[0].name, True, "score"))
    return Program(header, (KIND, grades), subject, records, tuple(maker.definitions), result, claims, (), CALENDAR)


class PlanMaker(Maker):
    """Makes a plan as the checker does: score, bands and steps in the order of grading, before and after repair."""

    def __init__(
        self,
        draw: st.DrawFn,
        subject: InputTable,
        records: tuple[InputTable, ...],
        enums: tuple[Enumeration, ...],
        *,
        small: bool,
    ) -> None:
        super().__init__(draw, subject, records, enums)
        self.is_small = small

    def count(self, least: int, most: int) -> int:
        """How many there are of a part; a small program has seldom one more than it must."""
        return least + (self.draw(st.integers(0, 3)) == 3) if self.is_small else self.draw(st.integers(least, most))

    def deep(self, type_: Type, depth: int) -> Expression:
        """An expression as deep as those of such a program are."""
        return self.make(type_, depth - 1 if self.is_small else depth)

    def truth(self, name: str) -> DefinitionReference:
        return self.define(name, self.deep(TRUTH, 2))

    def result(self, grades: Enumeration) -> Result:
        self.grades = grades
        self.points = Number(Unit.POINTS, self.draw(st.integers(0, 4)))
        base = self.define("score.base", self.choose(self.points, 1) if self.draw(st.booleans()) else self.number(100))
        repairs: list[PointsRepair] = []
        findings = tuple(self.finding(f"{position:06d}", repairs) for position in range(self.count(1, 3)))
        low, high = self.pick([(None, None), (0, None), (0, 150 * 10**self.points.scale)])
        score = self.define("score", self.bounded(base, [item.points for item in findings], low, high))
        after = self.define("score.after", self.bounded(base, [item.points_after for item in findings], low, high))
        bands = self.bands()
        band = self.define("band", self.band_of(score, bands))
        band_after = self.define("band.after", self.band_of(after, bands))
        exempts = tuple(self.step(RuleKind.EXEMPT, "e1") for _ in range(self.count(0, 1)))
        direct_repairs = self.direct_repairs = list[DirectRepair]()
        directs = tuple(self.direct(code, direct_repairs) for code in ("k1", "k2")[: self.count(0, 2)])
        assigns = tuple(self.step(RuleKind.ASSIGN, "a1") for _ in range(self.count(0, 1)))
        demotes = tuple(self.step(RuleKind.DEMOTE, code) for code in ("m1", "m2")[: self.count(0, 2)])
        ceilings = tuple(self.step(RuleKind.CEILING, code) for code in ("c1", "c2")[: self.count(0, 2)])
        graded = self.define("graded", Not(self.any_of([step.holds for step in exempts])))
        steps = (directs, assigns, demotes, ceilings)
        grade = self.define("grade", self.grade_of(graded, band, steps, after=False))
        grade_after = self.define("grade.after", self.grade_of(graded, band_after, steps, after=True))
        measures = self.measures(grade_after)
        return Result(
            base.name, score.name, after.name, low, high, grades.name, graded.name, band.name, band_after.name,
            grade.name, grade_after.name, bands, findings, exempts, directs, assigns, demotes, ceilings, measures,
            tuple(repairs), tuple(direct_repairs), rule(RuleKind.SCORE, "score"), rule(RuleKind.GRADES, "Grade"),
        )  # fmt: skip

    def number(self, points: int) -> Constant:
        return Constant(points * 10**self.points.scale, self.points)

    def any_of(self, names: list[str]) -> Expression:
        return Or(tuple(DefinitionReference(name, TRUTH) for name in names)) if names else NO

    def bounded(self, base: Expression, names: list[str], low: int | None, high: int | None) -> Expression:
        parts = (base, *(DefinitionReference(name, self.points) for name in names))
        total: Expression = Add(parts, self.points)
        if low is not None:
            total = Greatest((total, Constant(low, self.points)), self.points)
        return total if high is None else Least((total, Constant(high, self.points)), self.points)

    def finding(self, code: str, repairs: list[PointsRepair]) -> Finding:
        """An indicator of one of the three forms, with or without a cap and, for single records, a repair."""
        name, form = f"indicator.{code}", self.draw(st.integers(0, 2))
        cost = Constant(self.draw(st.integers(1, 20 * 10**self.points.scale)), self.points)
        if form == 0:
            return self.single(name, code, cost)
        table = self.pick(list(self.records))
        self.at_hand = (table,)
        where = self.deep(TRUTH, 2)
        keys = self.keys(table) if form == 2 else ()
        self.at_hand = ()
        count = self.define(f"{name}.count", Aggregate(AggregateKind.COUNT, table.name, where, None, keys, COUNT))
        fires = self.define(f"{name}.fires", Less(Constant(0, COUNT), count))
        total = Multiply(cost, count, self.points)
        if form == 1:
            total = Aggregate(AggregateKind.SUM, table.name, where, cost, (), self.points)
        if self.draw(st.booleans()):
            total = Least(
                (total, Constant(self.draw(st.integers(1, 30)) * 10**self.points.scale, self.points)), self.points
            )
        points = self.define(f"{name}.points", Negate(total, self.points))
        after = points
        if self.draw(st.booleans()):
            after, repair = self.points_repair(code, table, where, cost, points)
            repairs.append(repair)
        kind = rule(RuleKind.INDICATOR, code)
        return Finding(kind, fires.name, count.name, points.name, after.name, table.name, where, keys)

    def single(self, name: str, code: str, cost: Constant) -> Finding:
        fires = self.truth(f"{name}.fires")
        one, none = Constant(1, COUNT), Constant(0, COUNT)
        count = self.define(f"{name}.count", Choose((Branch(fires, one),), none, COUNT))
        signed = Negate(cost, self.points) if self.draw(st.booleans()) else cost
        points = self.define(f"{name}.points", Choose((Branch(fires, signed),), self.number(0), self.points))
        return Finding(rule(RuleKind.INDICATOR, code), fires.name, count.name, points.name, points.name)

    def points_repair(
        self, code: str, table: InputTable, where: Expression, cost: Constant, points: DefinitionReference
    ) -> tuple[DefinitionReference, PointsRepair]:
        self.at_hand = (table,)
        own, repaired = self.deep(TRUTH, 1), self.deep(TRUTH, 1)
        self.at_hand = ()
        given = Constant(self.pick([20, 40, 80, 100]), SHARE)
        share = Choose((Branch(repaired, given),), Constant(0, SHARE), SHARE)
        matching = And((where, own))
        exact = Number(Unit.POINTS, self.points.scale + 2)
        parts = Aggregate(AggregateKind.SUM, table.name, matching, Multiply(cost, share, exact), (), exact)
        rounded = DivideRounded(parts, Constant(100, COUNT), Rounding.HALF_UP, self.points)
        restored = Least((rounded, Negate(points, self.points)), self.points)
        name = self.define(f"indicator.{code}.restored", restored)
        after = self.define(f"indicator.{code}.points_after", Add((points, name), self.points))
        kind = rule(RuleKind.REPAIR, code)
        return after, PointsRepair(kind, code, table.name, matching, share, 2, name.name, Not(repaired))

    def bands(self) -> tuple[Band, ...]:
        """A ruler of the grades: the best from its line up, the worst below; a middle grade may be by rule."""
        names, unit = list(self.grades.names), 10**self.points.scale
        self.by_rule = by_rule = {names[1]} if len(names) > 2 and self.draw(st.booleans()) else set()
        lines = [line * unit for line in (90, 70, 40)]
        bands, high = [], None
        scored = [name for name in names if name not in by_rule]
        for name in names:
            if name in by_rule:
                bands.append(Band(name, True, None, None))
                continue
            low = None if name == scored[-1] else lines.pop(0)
            bands.append(Band(name, False, low, high))
            high = None if low is None else low - 1
        if self.draw(st.booleans()):
            condition = self.truth("band.condition")
            bands[0] = replace(bands[0], condition=condition.name)
        return tuple(bands)

    def band_of(self, score: Expression, bands: tuple[Band, ...]) -> Expression:
        type_ = Optional(Choice(self.grades.name))
        branches = []
        for band in bands:
            if band.by_rule:
                continue
            tests: list[Expression] = [] if band.low is None else [LessOrEqual(Constant(band.low, self.points), score)]
            tests += [] if band.condition is None else [DefinitionReference(band.condition, TRUTH)]
            grade = Constant(band.grade, Choice(self.grades.name))
            branches.append(Branch(And(tuple(tests)) if tests else YES, grade))
        return Choose(tuple(branches), Constant(None, type_), type_)

    def step(self, kind: RuleKind, code: str) -> Step:
        holds = self.truth(f"{kind.value}.{code}")
        after = self.truth(f"{kind.value}.{code}.after") if self.draw(st.booleans()) else holds
        if kind is RuleKind.EXEMPT:
            after = holds
        graded = kind in (RuleKind.DIRECT, RuleKind.ASSIGN, RuleKind.CEILING)
        grade = self.pick(list(self.grades.names)) if graded else None
        demote = self.draw(st.integers(1, 2)) if kind is RuleKind.DEMOTE else 0
        table = self.pick(list(self.records))
        self.at_hand = (table,)
        evidence = ((table.name, self.deep(TRUTH, 1)),) if self.draw(st.booleans()) else ()
        self.at_hand = ()
        return Step(rule(kind, code), holds.name, after.name, grade, demote, evidence)

    def direct(self, code: str, repairs: list[DirectRepair]) -> Step:
        step = self.step(RuleKind.DIRECT, code)
        if self.draw(st.booleans()):
            return step
        repaired = self.truth(f"repair.direct.{code}")
        holds = DefinitionReference(step.holds, TRUTH)
        after = self.define(f"direct.{code}.left", And((holds, Not(repaired))))
        at_most = self.pick([None, *self.grades.names])
        repairs.append(DirectRepair(rule(RuleKind.REPAIR_DIRECT, code), code, repaired.name, at_most))
        return replace(step, holds_after=after.name)

    def grade_of(
        self, graded: Expression, band: Expression, steps: tuple[tuple[Step, ...], ...], *, after: bool
    ) -> Expression:
        """The grade in the order of steps, on ordinals: 0 is the best."""
        directs, assigns, demotes, ceilings = steps
        last = Constant(len(self.grades.values) - 1, COUNT)
        names = self.grades.names

        def holds(step: Step) -> Expression:
            return DefinitionReference(step.holds_after if after else step.holds, TRUTH)

        def at(grade: str | None) -> Constant:
            return Constant(names.index(str(grade)), COUNT)

        decided = [
            step
            for group in (directs, assigns)
            for step in sorted(group, key=lambda step: -names.index(str(step.grade)))
        ]
        branches = tuple(Branch(holds(step), at(step.grade)) for step in decided)
        ordinal = Least((OrdinalOf(Presume(band), self.grades.name), last), COUNT)
        scored = Choose((Branch(IsPresent(band), ordinal),), last, COUNT)
        given = self.define(
            "grade.given.after" if after else "grade.given", Choose((*branches, Branch(YES, scored)), last, COUNT)
        )
        lowered = self.demoted(given, [(holds(step), step.demote) for step in demotes])
        limits = [(holds(step), at(step.grade)) for step in ceilings]
        if after:
            repairs = [item for item in self.direct_repairs if item.at_most is not None]
            limits += [(DefinitionReference(item.repaired, TRUTH), at(item.at_most)) for item in repairs]
        chosen = tuple(Choose((Branch(test, most),), Constant(0, COUNT), COUNT) for test, most in limits)
        grade = ChoiceAt(Greatest((lowered, *chosen), COUNT), self.grades.name)
        type_ = Optional(Choice(self.grades.name))
        return Choose((Branch(graded, grade),), Constant(None, type_), type_)

    def demoted(self, given: Expression, demotes: list[tuple[Expression, int]]) -> Expression:
        """So many grades further down, those passed over that only rules give."""
        if not demotes:
            return given
        down = tuple(
            Choose((Branch(test, Constant(steps, COUNT)),), Constant(0, COUNT), COUNT) for test, steps in demotes
        )
        total = Add(down, COUNT)
        banded = [place for place, name in enumerate(self.grades.names) if name not in self.by_rule]
        branches = [
            Branch(
                And((Equal(given, Constant(place, COUNT)), LessOrEqual(Constant(steps, COUNT), total))),
                Constant(below[steps - 1], COUNT),
            )
            for place in range(len(self.grades.names))
            for below in [[other for other in banded if other > place]]
            for steps in range(len(below), 0, -1)
        ]
        return Choose(tuple(branches), given, COUNT) if branches else given

    def measures(self, grade: DefinitionReference) -> tuple[Measure, ...]:
        best = Constant(self.grades.names[0], Choice(self.grades.name))
        first = self.define("measure.r1", And((IsPresent(grade), Equal(Presume(grade), best))))
        value = self.define("measure.r1.months", self.deep(COUNT, 2))
        # In a small program a value of any type: little else has one there.
        worth = self.pick(DEFINED) if self.is_small else Number(Unit.YUAN, 2)
        amount = self.define("measure.r1.amount", self.make(worth, 2))
        grants = (
            Grant("months", False, ("份数", "Months"), value.name),
            Grant("amount", False, ("金额", "Amount"), amount.name),
            Grant("quick", False, ("快办", "Quick"), None),
        )
        reward = Measure(
            rule(self.draw(st.sampled_from(KINDS)), "r1"),
            first.name,
            (("某局", "Bureau"),),
            (),
            False,
            grants,
            None,
            ("p1",),
        )
        second = self.truth("measure.p1")
        limits = (Grant("exports", True, ("出口", "Exports"), None),)
        lasts = (24, Number(Unit.MONTHS))
        by = (("某局", "Bureau"), ("某署", "Office"))
        return reward, Measure(
            rule(RuleKind.PENALTY, "p1"), second.name, by, ("法定代表人", "Owner"), True, limits, lasts, ()
        )


@lru_cache(maxsize=1)
def constants(program: Program) -> dict[Type, list[Value]]:
    """The constants of a program by their type, with their neighbours, and the edges of its calendar's holidays."""
    found: dict[Type, list[Value]] = {Day(): list(rest_edges(program.calendar, INPUT_DAYS))}
    for definition in program.definitions:
        for part in walk(definition.expression):
            if isinstance(part, Constant) and part.value is not None:
                near: list[Value] = [part.value]
                if isinstance(part.value, int) and not isinstance(part.value, bool):
                    near += [part.value - 1, part.value + 1]
                found.setdefault(plain(part.type), []).extend(near)
    return found


@st.composite
def subjects(draw: st.DrawFn, program: Program) -> dict[str, object]:
    """A valid subject as JSON, its values at the ends of their ranges, on the program's constants or beside them."""
    special = constants(program)

    def table(item: InputTable) -> dict[str, object]:
        values = {}
        for field in item.fields:
            value = draw(field_values(program, field, special))
            if value is not None or draw(st.booleans()):
                values[field.name] = value
        return values

    subject = table(program.subject)
    for records in program.records:
        count = draw(st.sampled_from([0, 0, 1, 1, 2, 3, 6]))
        if count or not records.absent_means_none or draw(st.booleans()):
            subject[records.name] = [table(records) for _ in range(count)]
    return subject


@st.composite
def field_values(draw: st.DrawFn, program: Program, field: InputField, special: dict[Type, list[Value]]) -> object:
    """A value of a field as JSON has it: numbers as decimal strings or integers."""
    if isinstance(field.type, Optional) and draw(st.integers(0, 2)) == 0:
        return None
    type_ = plain(field.type)
    match type_:
        case Truth():
            return draw(st.booleans())
        case Choice(enum):
            return draw(st.sampled_from(program.enum(enum).names))
        case Text():
            return draw(st.one_of(st.sampled_from(["", "x", "甲", "0101", "a'b\"\\\n"]), st.text(max_size=3)))
        case Number() | Day() | Month():
            assert field.range is not None
            low, high = field.range.low, field.range.high
            near = [value for value in special.get(type_, []) if isinstance(value, int) and low <= value <= high]
            whole = draw(st.one_of(st.sampled_from([low, high, *near]), st.integers(low, high)))
            if not isinstance(type_, Number):
                return json_value(whole, type_)
            text = decimal(whole, type_.scale)
            return int(text) if "." not in text and draw(st.booleans()) else text


@st.composite
def runs(draw: st.DrawFn, program: Program) -> tuple[str, date]:
    """A period and an as-of date that fit a program."""
    day = date(draw(st.integers(2019, 2021)), draw(st.integers(1, 12)), 1)
    period = period_around(day, draw(st.sampled_from(program.header.periods)))
    return period.text, period.start + timedelta(draw(st.integers(0, 500)))
