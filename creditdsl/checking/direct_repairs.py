"""Repairs of direct grades: the direct rule judged again without the records that were put right."""

from dataclasses import replace

from creditdsl.checking import messages, rule_messages
from creditdsl.checking.aggregates import record_named
from creditdsl.checking.named import clause_condition, provenance, step_condition
from creditdsl.checking.scope import (
    FALSE,
    NUMBER,
    TRUE,
    TRUTH,
    ContextDays,
    Elaboration,
    Scope,
    Stage,
    conjunction,
    negation,
)
from creditdsl.checking.terms import condition, record_day
from creditdsl.core import ir
from creditdsl.core.walk import rebuilt, walk
from creditdsl.syntax import tree


def repair_direct(repair: tree.RepairDirect, number: int, elaboration: Elaboration) -> ir.DirectRepair | None:
    """A repair of a direct grade as a part of the result, or None after reporting. `number` makes its name unique."""
    direct = elaboration.declarations.rules.get(repair.direct.text)
    if not isinstance(direct, tree.Direct):
        names = [rule.code.text for rule in elaboration.declarations.of_kind(tree.Direct)]
        elaboration.report(messages.not_declared(repair.direct.text, repair.direct.span, names))
        return None
    holds = step_condition(direct, Stage.AFTER, elaboration)
    grounds = _grounds(repair, holds, elaboration) if holds is not None else None
    rule = provenance(ir.RuleKind.REPAIR_DIRECT, repair.direct, repair.label, repair.clauses, elaboration)
    if repair.regrade is not None and repair.regrade.text not in _grade_names(elaboration):
        elaboration.report(messages.not_declared(repair.regrade.text, repair.regrade.span, _grade_names(elaboration)))
        return None
    if holds is None or grounds is None:
        return None
    repaired = elaboration.define(
        f"repair_direct.{repair.direct.text}.{number}", conjunction([holds, grounds]), TRUTH, rule
    )
    return ir.DirectRepair(rule, repair.direct.text, repaired.name, repair.regrade.text if repair.regrade else None)


def _grade_names(elaboration: Elaboration) -> list[str]:
    grades = elaboration.declarations.grades
    return [band.grade.text for band in grades.bands] if grades else []


def _grounds(repair: tree.RepairDirect, holds: ir.Expression, elaboration: Elaboration) -> ir.Expression | None:
    """`when` and the rest on the subject; with `for each`, that the rule fails on the records not set aside."""
    if repair.for_each is None:
        for extra in (repair.where, repair.start, repair.end):
            if extra is not None:
                elaboration.report(rule_messages.where_without_records(extra.span))
        if repair.clauses.when is None:
            elaboration.report(rule_messages.repair_without_grounds(repair.direct))
            return None
        return clause_condition(repair.clauses, Scope(elaboration))
    common = clause_condition(repair.clauses, Scope(elaboration))
    record = record_named(repair.for_each.record, Scope(elaboration))
    aside = None if record is None else _set_aside(repair, Scope(elaboration).inside(record))
    if common is None or record is None or aside is None:
        return None
    rest = negation(_without(holds, record.name, aside, elaboration))
    if not repair.once_per_year or repair.end is None:
        return conjunction([common, rest])
    return conjunction([common, rest, _once_each_year(repair.end, aside, Scope(elaboration).inside(record))])


def _set_aside(repair: tree.RepairDirect, inner: Scope) -> ir.Expression | None:
    """Whether the record at hand was put right by the as-of day."""
    parts: list[ir.Expression | None] = []
    for name in (repair.start, repair.end):
        found = None if name is None else record_day(name, inner)
        if name is not None and found is None:
            return None
        parts.append(TRUE if found is None else found[0])
        if name is repair.end and found is not None:
            parts.append(ir.LessOrEqual(found[1].expression, ContextDays[ir.ContextDay.AS_OF]))
    dated = conjunction([part for part in parts if part is not None])
    scope = inner.assuming(dated)
    if repair.end is not None:
        end = record_day(repair.end, inner)
        scope = replace(scope, day=end[1] if end else None)
    where = TRUE if repair.where is None else condition(repair.where, scope)
    return None if where is None else conjunction([dated, where])


def _once_each_year(end: tree.Identifier, aside: ir.Expression, inner: Scope) -> ir.Expression:
    """No two records were put right in one calendar year."""
    day = record_day(end, inner)
    if day is None or inner.record is None:
        return FALSE
    years = (ir.YearOf(day[1].expression),)
    table = inner.record.name
    records = ir.Aggregate(ir.AggregateKind.COUNT, table, aside, None, (), NUMBER)
    distinct = ir.Aggregate(ir.AggregateKind.COUNT, table, aside, None, years, NUMBER)
    return ir.Equal(records, distinct)


def _without(expression: ir.Expression, table: str, aside: ir.Expression, elaboration: Elaboration) -> ir.Expression:
    """The expression over the records of `table` that are not set aside, definitions that look at them written out."""
    match expression:
        case ir.Aggregate(table=own) if own == table:
            return replace(expression, where=conjunction([expression.where, negation(aside)]))
        case ir.DefinitionReference(name=name):
            inlined = elaboration.definitions[name].expression
            return (
                _without(inlined, table, aside, elaboration) if _looks_at(inlined, table, elaboration) else expression
            )
        case _:
            return rebuilt(expression, lambda part: _without(part, table, aside, elaboration))


def _looks_at(expression: ir.Expression, table: str, elaboration: Elaboration) -> bool:
    return any(
        (isinstance(part, ir.Aggregate) and part.table == table)
        or (
            isinstance(part, ir.DefinitionReference)
            and _looks_at(elaboration.definitions[part.name].expression, table, elaboration)
        )
        for part in walk(expression)
    )
