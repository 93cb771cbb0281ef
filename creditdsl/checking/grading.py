"""Grading as definitions, in the order of the language: exempt, direct, assign, band, demote, ceiling.

The grade is computed twice where the policy has repairs, before and after them; rules that do not look at the score
are shared by both.
"""

from creditdsl.checking import band_messages, messages, rule_messages
from creditdsl.checking.bands import Limits, band_definition, between, check_bands, limits_of, reachable, scaled_limits
from creditdsl.checking.declarations import StepRule
from creditdsl.checking.named import KINDS, provenance, rule_of, step_condition
from creditdsl.checking.scope import (
    FALSE,
    NUMBER,
    TRUTH,
    Elaboration,
    Stage,
    conjunction,
    disjunction,
    negation,
)
from creditdsl.core import ir
from creditdsl.core.types import Choice, Number, Optional
from creditdsl.core.walk import walk
from creditdsl.frozen import dataclass
from creditdsl.syntax import tree

ONE_BAND = "bands.one"
"""The definition that exactly one band holds, where some bands are conditions."""


@dataclass(frozen=True, slots=True)
class Steps:
    """The step rules of a policy by kind, bound to their definitions."""

    exempts: tuple[ir.Step, ...]
    directs: tuple[ir.Step, ...]
    assigns: tuple[ir.Step, ...]
    demotes: tuple[ir.Step, ...]
    ceilings: tuple[ir.Step, ...]


def make_step(rule: StepRule, elaboration: Elaboration, lifted: ir.Expression | None = None) -> ir.Step | None:
    """A step rule as a part of the result; `lifted` is the condition under which a repair sets it aside."""
    before = step_condition(rule, Stage.BEFORE, elaboration)
    after = step_condition(rule, Stage.AFTER, elaboration)
    if before is None or after is None:
        return None
    described = elaboration.definitions[before.name].rule or rule_of(KINDS[type(rule)], rule, elaboration)
    if lifted is not None:
        kept = conjunction([after, negation(lifted)])
        after = elaboration.define(f"{KINDS[type(rule)].value}.{rule.code.text}.repaired", kept, TRUTH, described)
    grade, steps = None, 0
    match rule:
        case tree.Direct() | tree.Assign() | tree.Ceiling():
            grade = rule.grade.text
            if not _is_grade(rule.grade, elaboration):
                return None
        case tree.Demote():
            steps = rule.steps
        case tree.Exempt():
            pass
    return ir.Step(described, before.name, after.name, grade, steps, evidence(before, elaboration))


def _is_grade(grade: tree.Identifier, elaboration: Elaboration) -> bool:
    grades = elaboration.declarations.grades
    names = [band.grade.text for band in grades.bands] if grades else []
    if grade.text in names:
        return True
    elaboration.report(messages.not_declared(grade.text, grade.span, names))
    return False


def evidence(expression: ir.Expression, elaboration: Elaboration) -> tuple[tuple[str, ir.Expression], ...]:
    """The tables, with the condition on a record, that a condition looks at, through definitions too.

    What made the score is not evidence of a rule that looks at the score.
    """
    found: dict[tuple[str, ir.Expression], None] = {}
    for part in walk(expression):
        match part:
            case ir.Aggregate(table=table, where=where):
                found[table, where] = None
            case ir.DefinitionReference(name=name) if not name.startswith("score"):
                found.update(dict.fromkeys(evidence(elaboration.definitions[name].expression, elaboration)))
            case _:
                pass
    return tuple(found)


def grade_definitions(
    grades: tree.Grades, limits: list[Limits], steps: Steps, extra: tuple[ir.Step, ...], elaboration: Elaboration
) -> ir.DefinitionReference | None:
    """Defines `band`, `grade` and their `.after`; `extra` are the ceilings of repairs. Gives the final grade."""
    final = None
    for stage in (Stage.BEFORE, Stage.AFTER):
        after = stage is Stage.AFTER
        if after and not elaboration.has_repairs:
            break
        tests = _band_tests(grades, limits, stage, elaboration)
        if not tests:
            return None
        band = _band(grades, tests, stage, elaboration)
        if any(isinstance(item.limits, tree.WhenBand) for item in grades.bands):
            _claim_one_band(list(tests.values()), steps, after, elaboration)
        final = _grade(grades, band, steps, extra, after, elaboration)
    return final


def _choice(grades: tree.Grades) -> Choice:
    return Choice(grades.name.text)


def _band_tests(
    grades: tree.Grades, limits: list[Limits], stage: Stage, elaboration: Elaboration
) -> dict[str, ir.Expression]:
    """For each grade with a band, whether that takes the subject."""
    suffix = ".after" if stage is Stage.AFTER else ""
    by_limits = {one.band.grade.text: one for one in limits}
    found: dict[str, ir.Expression] = {}
    for band in grades.bands:
        test = _band_test(band, by_limits.get(band.grade.text), suffix, stage, elaboration)
        if test is not None:
            found[band.grade.text] = test
    return found


def _band(
    grades: tree.Grades, tests: dict[str, ir.Expression], stage: Stage, elaboration: Elaboration
) -> ir.Expression:
    """The grade that the score alone gives; the last band needs no test, since the bands part all scores."""
    choice = _choice(grades)
    suffix = ".after" if stage is Stage.AFTER else ""
    branches = [ir.Branch(test, ir.Constant(grade, choice)) for grade, test in tests.items()]
    value: ir.Expression = (
        ir.Choose(tuple(branches[:-1]), branches[-1].then, choice) if branches[1:] else branches[0].then
    )
    return elaboration.define(f"band{suffix}", value, choice)


def _claim_one_band(tests: list[ir.Expression], steps: Steps, after: bool, elaboration: Elaboration) -> None:
    """Defines that one band takes every subject whose grade is not given otherwise; tested, since it cannot be proved."""
    others = [_holds(step, after) for step in (*steps.exempts, *steps.directs, *steps.assigns)]
    name = f"{ONE_BAND}.after" if after else ONE_BAND
    elaboration.define(name, disjunction([*others, _exactly_one(tests)]), TRUTH)


def _exactly_one(tests: list[ir.Expression]) -> ir.Expression:
    """Whether one of the conditions holds and no other."""
    one, none = ir.Constant(1, NUMBER), ir.Constant(0, NUMBER)
    holding = ir.Add(tuple(ir.Choose((ir.Branch(test, one),), none, NUMBER) for test in tests), NUMBER)
    return ir.Equal(holding, one)


def _band_test(
    band: tree.Band, limits: Limits | None, suffix: str, stage: Stage, elaboration: Elaboration
) -> ir.Expression | None:
    match band.limits:
        case tree.ByRule():
            return None
        case tree.WhenBand():
            return band_definition(band, stage, elaboration)
        case tree.BoundsBand():
            score = elaboration.definitions.get(f"score{suffix}")
            if score is None or limits is None or not isinstance(score.type, Number):
                return None
            least, greatest = scaled_limits(limits, score.type.scale)
            reference = ir.DefinitionReference(score.name, score.type)
            tests: list[ir.Expression] = []
            if least is not None:
                tests.append(ir.LessOrEqual(ir.Constant(least, score.type), reference))
            if greatest is not None:
                tests.append(ir.LessOrEqual(reference, ir.Constant(greatest, score.type)))
            return conjunction(tests)


def _grade(
    grades: tree.Grades,
    band: ir.Expression,
    steps: Steps,
    extra: tuple[ir.Step, ...],
    after: bool,
    elaboration: Elaboration,
) -> ir.DefinitionReference:
    choice = _choice(grades)
    suffix = ".after" if after else ""
    worst_first = [band.grade.text for band in reversed(grades.bands)]
    branches = [
        ir.Branch(test, ir.Constant(grade, choice))
        for group in (steps.directs, steps.assigns)
        for grade in worst_first
        if (test := _any_holds(group, grade, after)) is not None
    ]
    current: ir.Expression = band
    if branches:
        given = ir.Choose(tuple(branches), band, choice)
        current = elaboration.define(f"grade.given{suffix}", given, choice)
    if steps.demotes:
        current = _demoted(grades, current, steps.demotes, after, elaboration)
    current = _limited(grades, current, (*steps.ceilings, *extra), after)
    optional = Optional(choice)
    graded = ir.DefinitionReference("graded", TRUTH)
    value = ir.Choose((ir.Branch(graded, current),), ir.Constant(None, optional), optional)
    return elaboration.define(f"grade{suffix}", value, optional)


def _holds(step: ir.Step, after: bool) -> ir.Expression:
    return ir.DefinitionReference(step.holds_after if after else step.holds, TRUTH)


def _any_holds(steps: tuple[ir.Step, ...], grade: str, after: bool) -> ir.Expression | None:
    tests = [_holds(step, after) for step in steps if step.grade == grade]
    return disjunction(tests) if tests else None


def _demoted(
    grades: tree.Grades, current: ir.Expression, demotes: tuple[ir.Step, ...], after: bool, elaboration: Elaboration
) -> ir.Expression:
    """All demotions added up; grades that only rules give are passed over, and the worst grade is the end."""
    choice = _choice(grades)
    suffix = ".after" if after else ""
    terms = tuple(
        ir.Choose((ir.Branch(_holds(step, after), ir.Constant(step.demote, NUMBER)),), ir.Constant(0, NUMBER), NUMBER)
        for step in demotes
    )
    total = elaboration.define(f"demotion{suffix}", ir.Add(terms, NUMBER), NUMBER)
    names = [band.grade.text for band in grades.bands]
    banded = [band.grade.text for band in grades.bands if not isinstance(band.limits, tree.ByRule)]
    branches: list[ir.Branch] = []
    for name in names:
        below = [other for other in banded if names.index(other) > names.index(name)]
        for steps in range(len(below), 0, -1):
            falls = ir.LessOrEqual(ir.Constant(steps, NUMBER), total)
            is_name = ir.Equal(current, ir.Constant(name, choice))
            branches.append(ir.Branch(ir.And((is_name, falls)), ir.Constant(below[steps - 1], choice)))
    if not branches:
        return current
    return elaboration.define(f"grade.demoted{suffix}", ir.Choose(tuple(branches), current, choice), choice)


def _limited(grades: tree.Grades, current: ir.Expression, ceilings: tuple[ir.Step, ...], after: bool) -> ir.Expression:
    """The lowest ceiling that applies, where the grade is better than it."""
    best_first = [band.grade.text for band in grades.bands]
    choice = _choice(grades)
    branches: list[ir.Branch] = []
    for grade in reversed(best_first):
        test = _any_holds(ceilings, grade, after)
        better = tuple(ir.Constant(name, choice) for name in best_first[: best_first.index(grade)])
        if test is not None and better:
            is_better = ir.Among(current, better) if len(better) > 1 else ir.Equal(current, better[0])
            branches.append(ir.Branch(conjunction([test, is_better]), ir.Constant(grade, choice)))
    return ir.Choose(tuple(branches), current, choice) if branches else current


def graded_definition(exempts: tuple[ir.Step, ...], elaboration: Elaboration) -> ir.DefinitionReference:
    """Whether the subject is graded at all."""
    tests: list[ir.Expression] = [ir.DefinitionReference(step.holds, TRUTH) for step in exempts]
    value = negation(disjunction(tests)) if tests else negation(FALSE)
    return elaboration.define("graded", value, TRUTH)


def checked_bands(grades: tree.Grades, elaboration: Elaboration, *, complete: bool) -> list[Limits] | None:
    """The bands with limits, checked against the range of the score.

    The score is not `complete` when one of its indicators is at fault; then only the bands themselves are compared.
    """
    limits = limits_of(grades, elaboration)
    score = reachable(elaboration.definitions.get("score"))
    conditional = any(isinstance(band.limits, tree.WhenBand) for band in grades.bands)
    if limits is None:
        return None
    if not limits and not conditional:
        elaboration.report(band_messages.no_band_at_all(grades.name.span))
        return None
    if limits and elaboration.declarations.score is None:
        elaboration.report(messages.missing_declaration("score", "计分", grades.name.span))
    if limits and not conditional:
        whole = score if score is not None and complete else between(limits)
        check_bands(limits, whole, elaboration)
    return None if limits and score is None else limits


def warn_of_grades_never_given(grades: tree.Grades, steps: Steps, elaboration: Elaboration) -> None:
    """Warns of a grade by rule that no direct grade and no assignment gives."""
    given = {step.grade for step in (*steps.directs, *steps.assigns)}
    for band in grades.bands:
        if isinstance(band.limits, tree.ByRule) and band.grade.text not in given:
            elaboration.report(rule_messages.grade_never_given(band.grade))


def result_bands(grades: tree.Grades, limits: list[Limits], scale: int, has_score: bool) -> tuple[ir.Band, ...]:
    """The ruler of the result."""
    by_grade = {one.band.grade.text: one for one in limits}
    bands: list[ir.Band] = []
    for band in grades.bands:
        low, high = (
            scaled_limits(by_grade[band.grade.text], scale)
            if band.grade.text in by_grade and has_score
            else (None, None)
        )
        condition = f"band.{band.grade.text}" if isinstance(band.limits, tree.WhenBand) else None
        bands.append(ir.Band(band.grade.text, isinstance(band.limits, tree.ByRule), low, high, condition))
    return tuple(bands)


def grades_rule(grades: tree.Grades, elaboration: Elaboration) -> ir.Rule:
    return provenance(ir.RuleKind.GRADES, grades.name, grades.label, grades.clauses, elaboration)
