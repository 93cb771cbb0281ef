"""Rewards and penalties as definitions: when each applies, and the values it grants or restricts.

A measure that looks at the grade applies to graded subjects only; one that does not applies to all.
"""

from dataclasses import fields, is_dataclass
from graphlib import CycleError, TopologicalSorter

from creditdsl.checking import messages, operators, rule_messages
from creditdsl.checking.declarations import NAMED_MEASURES
from creditdsl.checking.named import clause_condition, grade_presence, measure_condition, names_in, rule_of, texts_of
from creditdsl.checking.scope import TRUE, TRUTH, Elaboration, Scope, Stage, conjunction
from creditdsl.checking.terms import elaborate
from creditdsl.core import ir
from creditdsl.core.types import Number, Optional, Type
from creditdsl.syntax import tree


def measure_definitions(elaboration: Elaboration) -> tuple[ir.Measure, ...]:
    """The measures in the order of the policy; those that override others are defined before them."""
    measures = elaboration.declarations.of_kind(tree.Measure)
    by_code = {measure.code.text: measure for measure in measures}
    graph = {
        code: {
            other.code.text for other in elaboration.declarations.overriders.get(code, ()) if other.code.text in by_code
        }
        for code in by_code
    }
    try:
        ordered = tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle: list[str] = error.args[1]
        elaboration.report(rule_messages.circle([by_code[code] for code in reversed(circle)]))
        return ()
    made = {code: measure_definition(by_code[code], elaboration) for code in ordered}
    return tuple(item for code in by_code if (item := made[code]) is not None)


def measure_definition(measure: tree.Measure, elaboration: Elaboration) -> ir.Measure | None:
    """A measure as a part of the result, or None after reporting."""
    kind = ir.RuleKind(measure.word.value)
    rule = rule_of(kind, measure, elaboration)
    scope, guard = final_scope((measure.clauses, measure.grants), elaboration)
    named = measure.word in NAMED_MEASURES
    test = measure_condition(measure, Stage.FINAL, elaboration) if named else clause_condition(measure.clauses, scope)
    for excluded in measure.excludes:
        if not isinstance(elaboration.declarations.rules.get(excluded.text), tree.Measure):
            names = [item.code.text for item in elaboration.declarations.of_kind(tree.Measure)]
            elaboration.report(messages.not_declared(excluded.text, excluded.span, names))
    if test is None:
        return None
    displacing = [
        ir.Not(ir.DefinitionReference(f"measure.{other.code.text}", TRUTH))
        for other in elaboration.declarations.overriders.get(measure.code.text, ())
        if f"measure.{other.code.text}" in elaboration.definitions
    ]
    parts = [guard, test, *displacing]
    name = f"measure.{measure.code.text}"
    holds = elaboration.define(name, conjunction(parts), TRUTH, rule)
    inner = scope.assuming(conjunction(parts))
    if named and isinstance(test, ir.DefinitionReference):
        # What the condition says is known where the values are computed, though it stands in a definition of its own.
        inner = inner.assuming(elaboration.definitions[test.name].expression)
    first: dict[str, tree.Grant] = {}
    for grant in measure.grants:
        earlier = first.setdefault(grant.name.text, grant)
        if earlier is not grant:
            elaboration.report(messages.declared_twice(grant.name, earlier.name.span))
    grants = [_grant(grant, name, inner, rule) for grant in first.values()]
    given = tuple(grant for grant in grants if grant is not None)
    if len(given) < len(grants):
        return None
    by = tuple(texts_of(label, "", elaboration) for label in measure.by)
    on = texts_of(measure.on, "", elaboration) if measure.on else ()
    excludes = tuple(item.text for item in measure.excludes)
    channels = () if measure.entry is None else measure.entry.channels
    return ir.Measure(
        rule,
        holds.name,
        by,
        on,
        measure.may,
        given,
        _lasts(measure),
        excludes,
        tuple(texts_of(label, "", elaboration) for label in channels),
        _sampling(measure.sampling),
    )


def final_scope(node: object, elaboration: Elaboration) -> tuple[Scope, ir.Expression]:
    """The scope of what is judged last, and the guard that makes the grade present where it is looked at."""
    scope = Scope(elaboration, stage=Stage.FINAL)
    names = set(names_in(node, elaboration.declarations))
    looks = "grade" in names or any("grade" in elaboration.looks.get(name, frozenset()) for name in names)
    present = grade_presence(elaboration)
    if not looks or present is None or _asks_for_presence(node):
        return scope, TRUE
    return scope.assuming(present), present


def _asks_for_presence(node: object) -> bool:
    """Whether a rule says itself what it means for a subject that is not graded."""
    match node:
        case tree.IsPresent(operand=tree.Reference(name="grade")) | tree.OrElse(operand=tree.Reference(name="grade")):
            return True
        case tuple():
            return any(_asks_for_presence(item) for item in node)
        case _ if is_dataclass(node):
            return any(_asks_for_presence(getattr(node, part.name)) for part in fields(node))
        case _:
            return False


def _grant(grant: tree.Grant, measure: str, scope: Scope, rule: ir.Rule) -> ir.Grant | None:
    label = texts_of(grant.label, grant.name.text, scope.elaboration)
    if grant.value is None:
        return ir.Grant(grant.name.text, grant.restricts, label, None)
    typed = elaborate(grant.value, scope)
    if typed is None:
        return None
    if typed.product:
        scope.report(messages.product_without_quotient(grant.value.span))
        return None
    # The value is computed for every subject, so it is absent where the measure does not apply.
    type_: Type = typed.type if isinstance(typed.type, Optional) else Optional(typed.type)
    applies = ir.DefinitionReference(measure, TRUTH)
    value = ir.Choose((ir.Branch(applies, typed.expression),), ir.Constant(None, type_), type_)
    made = scope.elaboration.define(f"{measure}.{grant.name.text}", value, type_, rule)
    return ir.Grant(grant.name.text, grant.restricts, label, made.name)


def _sampling(sampling: tree.Sampling | None) -> ir.Sampling | None:
    if sampling is None:
        return None
    strata = len(sampling.rate.branches) if isinstance(sampling.rate, tree.Cases) else 1
    return ir.Sampling(sampling.seed.value, ir.Rounding(sampling.rounded.value), strata)


def _lasts(measure: tree.Measure) -> tuple[int, Type] | None:
    if measure.lasts is None:
        return None
    typed = operators.literal(measure.lasts)
    match typed.expression, typed.type:
        case ir.Constant(value=int() as value), Number():
            return value, typed.type
        case _:
            return None
