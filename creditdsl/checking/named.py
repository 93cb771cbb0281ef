"""Parameters, defines and step rules as definitions, each made once and in the order of their dependence.

`order` sorts all that expressions may name, so that no definition is asked for before it exists and no chain of
definitions recurses; circles are reported. Definitions that look at the score or the grade exist once for each stage.
"""

import dataclasses
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from creditdsl.checking import band_messages, messages, rule_messages
from creditdsl.checking.citations import citations
from creditdsl.checking.declarations import Declarations, Named, StepRule
from creditdsl.checking.input_types import input_type
from creditdsl.checking.measure_forms import breach_name
from creditdsl.checking.scope import TRUTH, ContextDays, Elaboration, Scope, Stage, Typed, conjunction, negation
from creditdsl.checking.terms import align, condition, effective_condition, elaborate, value
from creditdsl.core import ir
from creditdsl.core.calendar import day_of
from creditdsl.core.types import Day, Number, Optional, Type
from creditdsl.diagnostics import Diagnostic
from creditdsl.frozen import dataclass
from creditdsl.syntax import tree

KINDS: dict[type[StepRule], ir.RuleKind] = {
    tree.Exempt: ir.RuleKind.EXEMPT,
    tree.Direct: ir.RuleKind.DIRECT,
    tree.Assign: ir.RuleKind.ASSIGN,
    tree.Demote: ir.RuleKind.DEMOTE,
    tree.Ceiling: ir.RuleKind.CEILING,
}


def names_in(node: object, declarations: Declarations) -> Iterator[str]:
    """Every name that an expression or a declaration refers to, calls included; enum values too.

    Not the fields of a record over which something is counted, which hide what is called alike.
    """
    pending = [node]
    while pending:
        item = pending.pop()
        match item:
            case tree.Aggregate(record=record, value=value, where=where) if record.text in declarations.records:
                hidden = {part.name.text for part in declarations.records[record.text].fields}
                yield from (name for name in names_in((value, where), declarations) if name not in hidden)
            case tree.Entry():
                pass  # It has been spelled out among the clauses.
            case tree.Reference(name=name):
                yield name
            case tree.Call(name=tree.Identifier(text=text), arguments=arguments):
                yield text
                pending.extend(arguments)
            case tree.At(parameter=tree.Identifier(text=text), day=day):
                yield text
                pending.append(day)
            case tree.BreachOf(pledge=pledge):
                yield breach_name(pledge).text
            case tuple():
                pending.extend(item)
            case _ if dataclasses.is_dataclass(item) and not isinstance(item, tree.Label | tree.Citation):
                pending.extend(getattr(item, part.name) for part in dataclasses.fields(item) if part.name != "span")


def order(declarations: Declarations) -> tuple[tuple[str, ...], list[Diagnostic]]:
    """The names of parameters, defines, tables and step rules, what is needed first; and the circles among them."""
    graph: dict[str, set[str]] = {}
    for name, declaration in declarations.named.items():
        needs = set(names_in(declaration, declarations)) & declarations.named.keys()
        if isinstance(declaration, tree.Table):
            needs -= {column.name.text for column in declaration.columns}
        displacing = declarations.overriders.get(name, ())
        needs |= {rule.code.text for rule in displacing if rule.code.text in declarations.named}
        graph[name] = needs
    try:
        return tuple(TopologicalSorter(graph).static_order()), []
    except CycleError as error:
        circle: list[str] = error.args[1]
        return (), [rule_messages.circle([declarations.named[name] for name in reversed(circle)])]


def staged(declarations: Declarations, ordered: tuple[str, ...]) -> dict[str, frozenset[str]]:
    """For each name, which of `score` and `grade` it looks at, itself or through others."""
    looks: dict[str, frozenset[str]] = {}
    for name in ordered:
        seen = set(names_in(declarations.named[name], declarations))
        through = frozenset().union(*(looks.get(other, frozenset()) for other in seen if other != name))
        looks[name] = through | (seen & {"score", "grade"})
    return looks


def suffix(stage: Stage, looks: frozenset[str], elaboration: Elaboration) -> str:
    """What the name of a definition ends with: nothing, `.after` or `.final`."""
    if "grade" in looks:
        return ".final"
    after = stage in (Stage.AFTER, Stage.FINAL) and elaboration.has_repairs
    return ".after" if "score" in looks and after else ""


def value_of(name: str, scope: Scope) -> Typed | None:
    """The value of a parameter, define or step rule where it is named."""
    elaboration = scope.elaboration
    if name in elaboration.failed:
        return None
    definition = define(name, elaboration.declarations.named[name], scope.stage, elaboration)
    if definition is None:
        elaboration.failed.add(name)
        return None
    return Typed(definition, definition.type)


def define(name: str, declaration: Named, stage: Stage, elaboration: Elaboration) -> ir.DefinitionReference | None:
    """The definition of a name at a stage, made on first use."""
    ending = suffix(stage, elaboration.looks.get(name, frozenset()), elaboration)
    scope = Scope(elaboration, stage=stage)
    match declaration:
        case tree.Parameter():
            full = f"parameter.{name}"
            made = None if full in elaboration.definitions else _parameter(declaration, scope)
            rule = labelled(ir.RuleKind.PARAMETER, declaration.name, declaration.label, declaration.basis, elaboration)
        case tree.Define():
            full = f"define.{name}{ending}"
            made = None if full in elaboration.definitions else _define(declaration, scope)
            rule = labelled(ir.RuleKind.DEFINE, declaration.name, declaration.label, (), elaboration)
        case tree.Table():
            return None
        case tree.Measure():
            return measure_condition(declaration, stage, elaboration)
        case _:
            return step_condition(declaration, stage, elaboration)
    if full in elaboration.definitions:
        return ir.DefinitionReference(full, elaboration.definitions[full].type)
    return None if made is None else elaboration.define(full, made.expression, made.type, rule)


def _define(declaration: tree.Define, scope: Scope) -> Typed | None:
    """The value; one that looks at the grade is false, or absent, for a subject without one."""
    elaboration = scope.elaboration
    looks = "grade" in elaboration.looks.get(declaration.name.text, frozenset())
    presence = grade_presence(elaboration) if looks else None
    typed = elaborate(declaration.value, scope if presence is None else scope.assuming(presence))
    if typed is not None and typed.product:
        scope.report(messages.product_without_quotient(declaration.value.span))
        return None
    if typed is None or presence is None:
        return typed
    if typed.type == TRUTH:
        return Typed(conjunction([presence, typed.expression]), TRUTH)
    type_ = typed.type if isinstance(typed.type, Optional) else Optional(typed.type)
    return Typed(ir.Choose((ir.Branch(presence, typed.expression),), ir.Constant(None, type_), type_), type_)


def _parameter(declaration: tree.Parameter, scope: Scope) -> Typed | None:
    """The value that holds on the last day of the period; `check_parameter_dates` reports days without one."""
    dated = dated_values(declaration, scope)
    if dated is None:
        return None
    first, *later = sorted(dated, key=lambda item: item.written.start)
    end = ContextDays[ir.ContextDay.PERIOD_END]
    branches = tuple(
        ir.Branch(ir.LessOrEqual(ir.Constant(day_of(item.written.start), Day()), end), item.value.expression)
        for item in reversed(later)
    )
    type_ = first.value.type
    return Typed(ir.Choose(branches, first.value.expression, type_), type_) if branches else first.value


def value_at(expression: tree.At, scope: Scope) -> Typed | None:
    """The value that a parameter has on a day; it may be absent unless the day is known to lie in the dated values."""
    elaboration = scope.elaboration
    name = expression.parameter.text
    declaration = elaboration.declarations.named.get(name)
    elaboration.used.add(name)
    day = value(expression.day, scope)
    if not isinstance(declaration, tree.Parameter):
        parameters = [key for key, item in elaboration.declarations.named.items() if isinstance(item, tree.Parameter)]
        scope.report(messages.not_declared(name, expression.parameter.span, parameters))
        return None
    dated = dated_values(declaration, Scope(elaboration))
    if day is None or dated is None:
        return None
    if not isinstance(day.type, Day):
        scope.report(messages.types_do_not_fit(day.type, Day(), expression.day.span))
        return None
    return _on(day.expression, sorted(dated, key=lambda item: item.written.start), scope)


def _on(day: ir.Expression, dated: "list[Dated]", scope: Scope) -> Typed:
    """A choice over the days on which a value begins or, before a gap, has ended."""
    plain_type = dated[0].value.type
    interval = scope.interval(day)
    gaps = [
        earlier.written.end is not None and (later.written.start - earlier.written.end).days > 1
        for earlier, later in pairwise(dated)
    ]
    last = dated[-1].written.end
    whole = (
        day_of(dated[0].written.start) <= interval.low
        and not any(gaps)
        and (last is None or interval.high <= day_of(last))
    )
    type_: Type = plain_type if whole or isinstance(plain_type, Optional) else Optional(plain_type)
    none = ir.Constant(None, type_)
    branches = []
    for item in reversed(dated if not whole else dated[1:]):
        written = item.written
        starts = ir.LessOrEqual(ir.Constant(day_of(written.start), Day()), day)
        chosen: ir.Expression = item.value.expression
        if written.end is not None and not whole:
            ends = ir.LessOrEqual(day, ir.Constant(day_of(written.end), Day()))
            chosen = ir.Choose((ir.Branch(ends, chosen),), none, type_)
        branches.append(ir.Branch(starts, chosen))
    otherwise = dated[0].value.expression if whole else none
    return Typed(ir.Choose(tuple(branches), otherwise, type_) if branches else otherwise, type_)


@dataclass(frozen=True, slots=True)
class Dated:
    """A dated value of a parameter, as written and typed."""

    written: tree.DatedValue
    value: Typed


def dated_values(declaration: tree.Parameter, scope: Scope) -> list[Dated] | None:
    """The values of a parameter at one type, in the order written; None after reporting."""
    written = input_type(declaration.type, scope.elaboration)
    values = [value(item.value, scope, written[0] if written else None) for item in declaration.values]
    results = [item for item in values if item is not None]
    if written is None or not results or len(results) < len(values):
        return None
    if not all(_is_of(item, written[0]) for item in results):
        scope.report(messages.types_do_not_fit(results[0].type, written[0], declaration.values[0].value.span))
        return None
    aligned = align(results, scope, declaration.values[0].value)
    if aligned is None:
        return None
    return [Dated(item, typed) for item, typed in zip(declaration.values, aligned, strict=True)]


def _is_of(typed: Typed, type_: Type) -> bool:
    match typed.type, type_:
        case Number(unit=own), (Number(unit=unit) | Optional(of=Number(unit=unit))):
            return own is unit
        case own_type, _:
            return own_type == type_


def step_condition(rule: StepRule, stage: Stage, elaboration: Elaboration) -> ir.DefinitionReference | None:
    """Whether a step rule holds: `when`, not `unless`, in force, and not displaced by a rule that overrides it."""
    looks = elaboration.looks.get(rule.code.text, frozenset())
    name = f"{KINDS[type(rule)].value}.{rule.code.text}{suffix(stage, looks, elaboration)}"
    if name in elaboration.definitions:
        return ir.DefinitionReference(name, TRUTH)
    scope = Scope(elaboration, stage=stage)
    test, alone = clause_condition(rule.clauses, scope), not_displaced(rule.code, scope)
    if test is None or alone is None:
        return None
    described = rule_of(KINDS[type(rule)], rule, elaboration)
    return elaboration.define(name, conjunction([alone, test]), TRUTH, described)


def measure_condition(measure: tree.Measure, stage: Stage, elaboration: Elaboration) -> ir.DefinitionReference | None:
    """Whether a subject is on a list, or may pledge; no for a subject without the grade that it depends on."""
    looks = elaboration.looks.get(measure.code.text, frozenset())
    name = f"{measure.word.value}.{measure.code.text}{suffix(stage, looks, elaboration)}"
    if name in elaboration.definitions:
        return ir.DefinitionReference(name, TRUTH)
    presence = grade_presence(elaboration) if "grade" in looks else None
    scope = Scope(elaboration, stage=stage)
    test = clause_condition(measure.clauses, scope if presence is None else scope.assuming(presence))
    if test is None:
        return None
    described = rule_of(ir.RuleKind(measure.word.value), measure, elaboration)
    parts = [test] if presence is None else [presence, test]
    return elaboration.define(name, conjunction(parts), TRUTH, described)


def not_displaced(code: tree.Identifier, scope: Scope) -> ir.Expression | None:
    """That no step rule that overrides the rule of this code holds."""
    parts: list[ir.Expression | None] = []
    for other in scope.elaboration.declarations.overriders.get(code.text, ()):
        if isinstance(other, tree.Exempt | tree.Direct | tree.Assign | tree.Demote | tree.Ceiling):
            displacing = step_condition(other, scope.stage, scope.elaboration)
            parts.append(None if displacing is None else negation(displacing))
        else:
            scope.report(rule_messages.overrides_needs_a_step(other.code))
    found = [part for part in parts if part is not None]
    return conjunction(found) if len(found) == len(parts) else None


def grade_presence(elaboration: Elaboration) -> ir.Expression | None:
    """That the subject has a grade; None before grading."""
    grade = elaboration.definitions.get("grade.after" if elaboration.has_repairs else "grade")
    return None if grade is None else ir.IsPresent(ir.DefinitionReference(grade.name, grade.type))


def clause_condition(clauses: tree.RuleClauses, scope: Scope) -> ir.Expression | None:
    """The condition of a rule's common clauses; a rule without `when` always holds."""
    parts: list[ir.Expression | None] = [effective_condition(clauses.effective, scope)]
    if clauses.when is not None:
        test = condition(clauses.when, scope)
        parts.append(test)
        scope = scope if test is None else scope.assuming(test)
    if clauses.unless is not None:
        exception = condition(clauses.unless, scope)
        parts.append(None if exception is None else negation(exception))
    found = [part for part in parts if part is not None]
    return conjunction(found) if len(found) == len(parts) else None


def texts_of(label: tree.Label | None, name: str, elaboration: Elaboration) -> tuple[str, ...]:
    """One text for each language; the name where there is no label, the first text where one is missing."""
    if label is None:
        return tuple(name for _ in elaboration.languages)
    if len(label.texts) != len(elaboration.languages):
        elaboration.report(messages.label_count(label, elaboration.languages))
    return tuple(
        label.texts[index] if index < len(label.texts) else label.texts[0]
        for index in range(len(elaboration.languages))
    )


def labelled(
    kind: ir.RuleKind,
    name: tree.Identifier,
    label: tree.Label | None,
    basis: tuple[tree.Citation, ...],
    elaboration: Elaboration,
) -> ir.Rule:
    return ir.Rule(
        kind, name.text, texts_of(label, name.text, elaboration), citations(basis, elaboration), (), name.span
    )


def rule_of(kind: ir.RuleKind, rule: StepRule | tree.Indicator | tree.Measure, elaboration: Elaboration) -> ir.Rule:
    """The provenance of a coded rule."""
    return provenance(kind, rule.code, rule.label, rule.clauses, elaboration)


def provenance(
    kind: ir.RuleKind,
    code: tree.Identifier,
    label: tree.Label | None,
    clauses: tree.RuleClauses,
    elaboration: Elaboration,
) -> ir.Rule:
    """Code, label, legal basis and notes; a rule without a basis gets a warning."""
    if not clauses.basis:
        elaboration.report(rule_messages.no_basis(code))
    for overridden in clauses.overrides:
        if overridden.text not in elaboration.declarations.rules:
            names = list(elaboration.declarations.rules)
            elaboration.report(messages.not_declared(overridden.text, overridden.span, names))
    elaboration.diagnostics.extend(backwards(clauses.effective))
    return ir.Rule(
        kind,
        code.text,
        texts_of(label, code.text, elaboration),
        citations(clauses.basis, elaboration),
        tuple(texts_of(note, "", elaboration) for note in clauses.notes),
        code.span,
    )


def backwards(validity: tree.Validity | None) -> list[Diagnostic]:
    """An interval that ends before it begins."""
    if validity is None or validity.start is None or validity.end is None or validity.start <= validity.end:
        return []
    return [rule_messages.ends_before_it_begins(validity.span)]


def check_parameter_dates(parameter: tree.Parameter, policy: tree.Policy | None) -> list[Diagnostic]:
    """Days of the policy's validity on which a parameter has no value, or two."""
    validity = policy.effective if policy else None
    dated = sorted(parameter.values, key=lambda item: item.start)
    found: list[Diagnostic] = []
    start = validity.start if validity else None
    if not dated:
        return [band_messages.parameter_gap(parameter, start, None)]
    if start is None or dated[0].start > start:
        found.append(band_messages.parameter_gap(parameter, start, dated[0].start))
    for earlier, later in pairwise(dated):
        if earlier.start == later.start or (earlier.end is not None and earlier.end >= later.start):
            found.append(band_messages.parameter_overlap(parameter, earlier, later))
        elif earlier.end is not None and (later.start - earlier.end).days > 1:
            found.append(band_messages.parameter_gap(parameter, earlier.end, later.start))
    last = dated[-1].end
    end = validity.end if validity else None
    if last is not None and (end is None or end > last):
        found.append(band_messages.parameter_gap(parameter, last, None))
    return found
