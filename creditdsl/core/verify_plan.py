"""The invariants of the result plan: every name is a definition of the promised type, every code exists once.

In: a program and its definitions, which are verified. A broken invariant is an InternalError.
"""

from collections.abc import Iterable

from creditdsl.core.ir import (
    DirectRepair,
    Expression,
    Finding,
    Measure,
    PointsRepair,
    RuleKind,
    Step,
)
from creditdsl.core.ranges import type_of
from creditdsl.core.types import Choice, Number, Optional, Truth, Type, Unit
from creditdsl.core.verify_expression import COUNT_TYPE, Place, require, verify_expression
from creditdsl.diagnostics import InternalError


def verify_plan(place: Place) -> None:
    """InternalError at the first part of the plan of a program that does not say what `core.ir.Result` promises."""
    program = place.program
    plan = _Plan(place)
    plan.verify_score()
    plan.verify_grades()
    for finding in program.result.findings:
        plan.verify_finding(finding)
    for step in plan.steps:
        plan.verify_step(step)
    for measure in program.result.measures:
        plan.verify_measure(measure)
    for points_repair in program.result.points_repairs:
        plan.verify_points_repair(points_repair)
    for direct_repair in program.result.direct_repairs:
        plan.verify_direct_repair(direct_repair)
    plan.verify_codes()


class _Plan:
    """The plan at hand, with what its parts are looked up in."""

    def __init__(self, place: Place) -> None:
        program, definitions = place.program, place.definitions
        self.place = place
        self.program = program
        self.result = program.result
        self.definitions = definitions
        result = program.result
        self.records = frozenset(table.name for table in program.records)
        self.indicators = frozenset(finding.rule.code for finding in result.findings)
        self.steps = (*result.exempts, *result.directs, *result.assigns, *result.demotes, *result.ceilings)
        self.grades = () if result.grades is None else program.enum(result.grades).names
        self.score_type: Type = Number(Unit.POINTS) if result.score is None else self.type(result.score)

    def type(self, name: str) -> Type:
        require(name in self.definitions, "the plan names no definition", name)
        return self.definitions[name].type

    def is_truth(self, *names: str) -> None:
        for name in names:
            require(self.type(name) == Truth(), "a part of the plan that is no truth", name)

    def verify_score(self) -> None:
        result = self.result
        parts = (result.base, result.score, result.score_after)
        require(len({part is None for part in parts}) == 1, "half a score", parts)
        require(isinstance(self.score_type, Number) and self.score_type.unit is Unit.POINTS, "a score", parts)
        for part in parts:
            require(part is None or self.type(part) == self.score_type, "scores of two types", parts)

    def verify_grades(self) -> None:
        result = self.result
        self.is_truth(result.graded)
        parts = (result.band, result.band_after, result.grade, result.grade_after)
        for part in parts:
            require((part is None) == (result.grades is None), "grades that are not declared", parts)
            choice = Choice(result.grades or "")
            allowed = (Optional(choice),) if part in (result.grade, result.grade_after) else (choice, Optional(choice))
            require(part is None or self.type(part) in allowed, "a grade of another type", part)
        require(tuple(band.grade for band in result.bands) == self.grades, "bands and grades differ", result.bands)
        for band in result.bands:
            bounds = band.low is not None or band.high is not None
            require(not (band.by_rule and (bounds or band.condition)), "a band by rule with limits", band)
            require(band.low is None or band.high is None or band.low <= band.high, "an empty band", band)
            self.is_truth(*(() if band.condition is None else (band.condition,)))

    def verify_finding(self, finding: Finding) -> None:
        self.is_truth(finding.fires)
        require(self.type(finding.count) == COUNT_TYPE, "a count of another type", finding)
        for points in (finding.points, finding.points_after):
            require(self.type(points) == self.score_type, "points of another type", finding)
        require(finding.table is not None or finding.where is None, "a condition on no record", finding)
        require(finding.table is not None or not finding.keys, "keys of no record", finding)
        if finding.table is not None:
            self.verify_over(finding.table, (*(() if finding.where is None else (finding.where,)),), Truth())
            self.verify_over(finding.table, finding.keys, None, under=finding.where)

    def verify_over(
        self, table: str, expressions: Iterable[Expression], type_: Type | None, *, under: Expression | None = None
    ) -> None:
        """Expressions over one record of a table, of one type if it is given, where `under` holds."""
        require(table in self.records, "the plan names no record", table)
        place = self.place.inside(table)
        place = place if under is None else place.when(under, holds=True)
        for expression in expressions:
            verify_expression(expression, place)
            if type_ is not None and type_of(expression) != type_:
                raise InternalError(f"not {type_}: {expression}")

    def verify_step(self, step: Step) -> None:
        self.is_truth(step.holds, step.holds_after)
        result = self.result
        named = step in (*result.directs, *result.assigns, *result.ceilings)
        require((step.grade is not None) == named, "a step that gives a grade has one, no other has", step)
        require(step.grade is None or step.grade in self.grades, "a step with no such grade", step)
        require((step.demote >= 1) == (step in result.demotes), "a demotion by nothing", step)
        for table, condition in step.evidence:
            self.verify_over(table, (condition,), Truth())

    def verify_measure(self, measure: Measure) -> None:
        self.is_truth(measure.holds)
        for grant in measure.grants:
            require(grant.value is None or self.type(grant.value), "a grant", grant)
        codes = {item.rule.code for item in self.result.measures}
        require(codes.issuperset(measure.excludes), "excludes no measure", measure)

    def verify_points_repair(self, repair: PointsRepair) -> None:
        require(repair.indicator in self.indicators, "a repair of no indicator", repair)
        require(self.type(repair.restored) == self.score_type, "points given back of another type", repair)
        self.verify_over(repair.table, (repair.where,), Truth())
        self.verify_over(repair.table, (repair.share,), Number(Unit.RATE, repair.share_scale), under=repair.where)
        self.verify_over(repair.table, (repair.open,), Truth(), under=repair.where)

    def verify_direct_repair(self, repair: DirectRepair) -> None:
        require(repair.direct in [step.rule.code for step in self.result.directs], "a repair of no rule", repair)
        self.is_truth(repair.repaired)
        require(repair.at_most is None or repair.at_most in self.grades, "no such grade", repair)

    def verify_codes(self) -> None:
        """No two rules of the plan have one code, but for a repair, which has that of what it repairs."""
        rules = [finding.rule for finding in self.result.findings]
        rules += [step.rule for step in self.steps if step.rule.kind is not RuleKind.REPAIR_DIRECT]
        rules += [measure.rule for measure in self.result.measures]
        codes = [rule.code for rule in rules]
        require(len(codes) == len(set(codes)), "a code stands twice", codes)
