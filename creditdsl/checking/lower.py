"""A policy's modules to its program: the way through the checking stage, in order.

In: the parsed modules. Out: the `Program`, and warnings. Every fault of the stage is found in one run; if there is an
error among them, `PolicyError` carries them all.
"""

from collections.abc import Iterable
from dataclasses import replace

from creditdsl.amending.moments import period_kinds
from creditdsl.checking import messages, operators, rule_messages
from creditdsl.checking.bands import limits_of
from creditdsl.checking.cases import cases, check_subjects, claims
from creditdsl.checking.catalogues import check_catalogues
from creditdsl.checking.declarations import Declarations, declare
from creditdsl.checking.direct_repairs import repair_direct
from creditdsl.checking.expressions import elaborate
from creditdsl.checking.grading import (
    Steps,
    checked_bands,
    grade_definitions,
    graded_definition,
    grades_rule,
    make_step,
    result_bands,
    warn_of_grades_never_given,
)
from creditdsl.checking.indicators import Counted, count_indicator, find, points_scale
from creditdsl.checking.matters import matters
from creditdsl.checking.measure_forms import spell_out
from creditdsl.checking.measures import measure_definitions
from creditdsl.checking.named import (
    check_parameter_dates,
    define,
    order,
    provenance,
    staged,
    texts_of,
    value_at,
    value_of,
)
from creditdsl.checking.populations import populations
from creditdsl.checking.schema import build_schema, check_sources
from creditdsl.checking.scope import TRUTH, Elaboration, Scope, Stage, Typed
from creditdsl.checking.tables import check_table
from creditdsl.checking.terms import value
from creditdsl.checking.usage import find_unused
from creditdsl.checking.workdays import policy_calendar
from creditdsl.core import ir
from creditdsl.core.ranges import Narrowed, overflowing
from creditdsl.core.types import Number, Unit
from creditdsl.diagnostics import Diagnostic, InternalError, PolicyError, Severity, errors_in
from creditdsl.frozen import dataclass
from creditdsl.syntax import tree


@dataclass(frozen=True, slots=True)
class Lowered:
    """A program, what its author is warned of, and what is known of its values: `core.verify` need not work it out again."""

    program: ir.Program
    warnings: tuple[Diagnostic, ...]
    known: Narrowed


def lower(modules: Iterable[tree.Module], content_hash: str) -> Lowered:
    """The program; PolicyError with every diagnostic when there is an error."""
    modules = tuple(modules)
    declarations, found = declare(modules)
    spell_out(declarations)
    ordered, circles = order(declarations)
    if circles or declarations.policy is None or declarations.subject is None:
        raise PolicyError(_sorted([*found, *circles]))
    policy = declarations.policy
    languages = tuple(item.text for item in policy.languages) if policy and policy.languages else ("zh",)
    elaboration = Elaboration(declarations, languages, elaborate, value_of, value_at)
    elaboration.diagnostics.extend(found)
    elaboration.looks = staged(declarations, ordered)
    elaboration.has_repairs = bool(declarations.points_repairs or declarations.direct_repairs)
    elaboration.calendar = policy_calendar(policy, elaboration)
    build_schema(elaboration)
    check_sources(elaboration)
    _check_named(ordered, elaboration)
    program = _program(elaboration, content_hash)
    _check_totals(elaboration)
    _stop_on_errors(elaboration.diagnostics)
    program = replace(program, populations=populations(program, elaboration))
    find_unused(elaboration)
    check_subjects(program, elaboration)
    _stop_on_errors(elaboration.diagnostics)
    return Lowered(program, _sorted(elaboration.diagnostics), elaboration.known)


def _sorted(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(sorted(diagnostics, key=lambda item: (item.severity is Severity.WARNING, item.span, item.code.name)))


def _stop_on_errors(diagnostics: list[Diagnostic]) -> None:
    if errors_in(diagnostics):
        raise PolicyError(_sorted(diagnostics))


def _check_named(ordered: tuple[str, ...], elaboration: Elaboration) -> None:
    """Tables and parameters, and the definitions that wait for no score, in the order of their dependence."""
    declarations = elaboration.declarations
    for name in ordered:
        declaration = declarations.named[name]
        if isinstance(declaration, tree.Table):
            check_table(declaration, elaboration)
        elif isinstance(declaration, tree.Parameter):
            elaboration.diagnostics.extend(check_parameter_dates(declaration, declarations.policy))
        if not elaboration.looks[name] and define(name, declaration, Stage.NONE, elaboration) is None:
            elaboration.failed.add(name)


def _program(elaboration: Elaboration, content_hash: str) -> ir.Program:
    declarations = elaboration.declarations
    counted = [count_indicator(indicator, elaboration) for indicator in declarations.of_kind(tree.Indicator)]
    score = _Score(declarations, counted, elaboration)
    result = _result(declarations, score, elaboration)
    made_claims = claims(elaboration)
    made_cases = cases(elaboration, score.scale)
    return ir.Program(
        _header(elaboration, content_hash),
        tuple(elaboration.enums.values()),
        elaboration.subject,
        tuple(elaboration.records.values()),
        tuple(elaboration.definitions.values()),
        result,
        made_claims,
        made_cases,
        elaboration.calendar,
    )


class _Score:
    """The score before and after repair, and what it is made of, as far as it could be elaborated."""

    def __init__(self, declarations: Declarations, indicators: list[Counted | None], elaboration: Elaboration) -> None:
        counted = [item for item in indicators if item is not None]
        declared = declarations.score
        self.elaboration = elaboration
        self.base = _points(declared.base, elaboration) if declared else None
        bounds = [_points(item, elaboration) for item in (declared.low, declared.high) if item] if declared else []
        grades = limits_of(declarations.grades, elaboration) if declarations.grades else None
        scales = [operators.scale_of(item.type) for item in (self.base, *bounds) if item is not None]
        scales.extend(one.scale for one in grades or ())
        self.scale = max(points_scale(counted), *scales, 0)
        found = [find(one, self.scale, elaboration) for one in counted]
        self.findings = tuple(finding for finding, _ in found)
        self.repairs = tuple(repair for _, repair in found if repair is not None)
        self.complete = len(counted) == len(indicators)
        self.rule: ir.Rule | None = None
        self.low: int | None = None
        self.high: int | None = None
        if declared is None and counted:
            elaboration.report(messages.missing_declaration("score", "计分", counted[0].declaration.code.span))
        if declared is not None and self.base is not None:
            self._define(declared, self.base)

    def _define(self, declared: tree.Score, base: Typed) -> None:
        type_ = Number(Unit.POINTS, self.scale)
        name = tree.Identifier("score", span=declared.span)
        self.rule = provenance(ir.RuleKind.SCORE, name, declared.label, declared.clauses, self.elaboration)
        reference = self.elaboration.define(
            "score.base", operators.scaled(base, self.scale).expression, type_, self.rule
        )
        self.low, self.high = self._bound(declared.low), self._bound(declared.high)
        if self.low is not None and self.high is not None and self.low > self.high:
            self.elaboration.report(rule_messages.empty_range(declared.span))
            return
        for ending, after in (("", False), (".after", True)):
            if after and not self.elaboration.has_repairs:
                break
            points = [
                ir.DefinitionReference(finding.points_after if after else finding.points, type_)
                for finding in self.findings
            ]
            total: ir.Expression = ir.Add((reference, *points), type_) if points else reference
            self.elaboration.define(f"score{ending}", self._bounded(total, type_), type_, self.rule)

    def _bound(self, written: tree.Expression | None) -> int | None:
        typed = None if written is None else _points(written, self.elaboration)
        if typed is None or written is None:
            return None
        match operators.scaled(typed, self.scale).expression:
            case ir.Constant(value=int() as number):
                return number
            case _:
                self.elaboration.report(rule_messages.bound_not_constant(written))
                return None

    def _bounded(self, total: ir.Expression, type_: Number) -> ir.Expression:
        if self.high is not None:
            total = ir.Least((total, ir.Constant(self.high, type_)), type_)
        if self.low is not None:
            total = ir.Greatest((total, ir.Constant(self.low, type_)), type_)
        return total


def _points(written: tree.Expression, elaboration: Elaboration) -> Typed | None:
    """Points of the score: a base or a bound."""
    typed = value(written, Scope(elaboration))
    if typed is None:
        return None
    typed = operators.adapt(typed, Unit.POINTS)
    match typed.type:
        case Number(unit=Unit.POINTS) if not typed.product:
            return typed
        case Number(unit=unit):
            elaboration.report(messages.units_do_not_match(unit, Unit.POINTS, written.span))
        case other:
            elaboration.report(messages.types_do_not_fit(other, Number(Unit.POINTS), written.span))
    return None


def _result(declarations: Declarations, score: _Score, elaboration: Elaboration) -> ir.Result:
    """The grading, the measures, and the plan that names all parts of the result."""
    lifts = [
        (repair, made)
        for number, repair in enumerate(declarations.direct_repairs, start=1)
        if (made := repair_direct(repair, number, elaboration)) is not None
    ]
    direct_repairs = tuple(made for _, made in lifts)
    steps = _steps(declarations, direct_repairs, elaboration)
    graded = graded_definition(steps.exempts, elaboration)
    extra = _regrades(direct_repairs, elaboration)
    grades = declarations.grades
    bands: tuple[ir.Band, ...] = ()
    final = None
    if grades is not None:
        warn_of_grades_never_given(grades, steps, elaboration)
        limits = checked_bands(grades, elaboration, complete=score.complete)
        if limits is not None:
            final = grade_definitions(grades, limits, steps, extra, elaboration)
            bands = result_bands(grades, limits, score.scale, "score" in elaboration.definitions)
    measures = measure_definitions(elaboration)
    check_catalogues(elaboration)
    after = ".after" if elaboration.has_repairs else ""
    has_score = "score" in elaboration.definitions
    return ir.Result(
        base="score.base" if has_score else None,
        score="score" if has_score else None,
        score_after=f"score{after}" if has_score else None,
        score_low=score.low,
        score_high=score.high,
        grades=grades.name.text if grades else None,
        graded=graded.name,
        band="band" if final else None,
        band_after=f"band{after}" if final else None,
        grade="grade" if final else None,
        grade_after=final.name if final else None,
        bands=bands,
        findings=score.findings,
        exempts=steps.exempts,
        directs=steps.directs,
        assigns=steps.assigns,
        demotes=steps.demotes,
        ceilings=(*steps.ceilings, *extra),
        measures=measures,
        points_repairs=score.repairs,
        direct_repairs=direct_repairs,
        score_rule=score.rule,
        grades_rule=grades_rule(grades, elaboration) if grades else None,
        matters=matters(elaboration),
    )


def _steps(declarations: Declarations, repairs: tuple[ir.DirectRepair, ...], elaboration: Elaboration) -> Steps:
    lifted: dict[str, ir.Expression] = {}
    for repair in repairs:
        reference = ir.DefinitionReference(repair.repaired, TRUTH)
        earlier = lifted.get(repair.direct)
        lifted[repair.direct] = reference if earlier is None else ir.Or((earlier, reference))

    def made(kind: type[tree.Exempt | tree.Direct | tree.Assign | tree.Demote | tree.Ceiling]) -> tuple[ir.Step, ...]:
        steps = [make_step(rule, elaboration, lifted.get(rule.code.text)) for rule in declarations.of_kind(kind)]
        return tuple(step for step in steps if step is not None)

    return Steps(made(tree.Exempt), made(tree.Direct), made(tree.Assign), made(tree.Demote), made(tree.Ceiling))


def _regrades(repairs: tuple[ir.DirectRepair, ...], elaboration: Elaboration) -> tuple[ir.Step, ...]:
    """A repaired direct grade limits the new evaluation; that ceiling exists only after repair."""
    steps: list[ir.Step] = []
    for repair in repairs:
        if repair.at_most is not None:
            never = elaboration.define("never", ir.Constant(False, TRUTH), TRUTH)
            steps.append(ir.Step(repair.rule, never.name, repair.repaired, repair.at_most))
    return tuple(steps)


def _check_totals(elaboration: Elaboration) -> None:
    """Reports definitions whose value, or whose way to it, may leave 64 bits."""
    for name, definition in elaboration.definitions.items():
        if name in elaboration.suspects and overflowing(definition.expression, elaboration.ranges):
            span = definition.rule.span if definition.rule else None
            elaboration.report(rule_messages.total_too_large(definition, span))


def _header(elaboration: Elaboration, content_hash: str) -> ir.Header:
    policy = elaboration.declarations.policy
    if policy is None:
        raise InternalError("a program was made without its policy declaration")
    return ir.Header(
        policy.name.text,
        texts_of(policy.label, policy.name.text, elaboration),
        elaboration.languages,
        texts_of(policy.authority, "", elaboration) if policy.authority else (),
        period_kinds(policy),
        policy.effective.start if policy.effective else None,
        policy.effective.end if policy.effective else None,
        content_hash,
        policy.evaluated.start if policy.evaluated else None,
        policy.evaluated.end if policy.evaluated else None,
        policy.jurisdiction.value if policy.jurisdiction else "",
    )
