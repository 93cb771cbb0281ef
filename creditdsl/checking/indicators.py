"""Score, indicators and repairs of points as definitions.

Every indicator becomes `fires`, `count`, `points` and `points_after` (repair); points are brought to one scale only
when all of them are known, so that the score is a plain sum of integers.
"""

from dataclasses import replace

from creditdsl.checking import messages, operators, rule_messages
from creditdsl.checking.aggregates import record_keys, record_named
from creditdsl.checking.named import clause_condition, not_displaced, provenance, rule_of
from creditdsl.checking.scope import FALSE, NUMBER, TRUE, TRUTH, ContextDays, Elaboration, Scope, Typed, conjunction
from creditdsl.checking.terms import condition, record_day, value
from creditdsl.core import ir
from creditdsl.core.types import Number, Unit
from creditdsl.frozen import dataclass
from creditdsl.syntax import tree

PLACES = 4
"""Decimal places that points may have."""


@dataclass(frozen=True, slots=True)
class Repair:
    """The repair of an indicator's points: the share that a record gives back, and when it is repaired."""

    declaration: tree.RepairPoints
    share: Typed
    repaired: ir.Expression
    eligible: ir.Expression


@dataclass(frozen=True, slots=True)
class Counted:
    """An indicator before its points are scaled: positive points before and after repair, and what gives them back."""

    declaration: tree.Indicator
    rule: ir.Rule
    fires: ir.Expression
    count: ir.Expression
    total: Typed
    total_after: Typed
    restored: Typed | None
    record: ir.InputTable | None
    where: ir.Expression | None
    keys: tuple[ir.Expression, ...]
    repair: Repair | None


def count_indicator(indicator: tree.Indicator, elaboration: Elaboration) -> Counted | None:
    """What an indicator counts and costs, or None after reporting."""
    rule = rule_of(ir.RuleKind.INDICATOR, indicator, elaboration)
    scope = Scope(elaboration)
    repair = elaboration.declarations.points_repairs.get(indicator.code.text)
    if repair is not None and indicator.points.sign is tree.Sign.ADD:
        elaboration.report(rule_messages.repair_of_bonus(repair.indicator))
        return None
    if indicator.for_each is None:
        if repair is not None:
            elaboration.report(rule_messages.repair_without_records(repair.indicator))
        for extra in (indicator.where, indicator.lasts):
            if extra is not None:
                elaboration.report(rule_messages.where_without_records(extra.span))
        return _once(indicator, rule, scope)
    return _for_each(indicator, indicator.for_each, rule, repair, scope)


def _once(indicator: tree.Indicator, rule: ir.Rule, scope: Scope) -> Counted | None:
    """Points counted once, when the condition holds; without `when`, whenever they are not zero."""
    test, alone = clause_condition(indicator.clauses, scope), not_displaced(indicator.code, scope)
    points = _points(indicator, scope if test is None else scope.assuming(test))
    if test is None or alone is None or points is None:
        return None
    test = conjunction([alone, test])
    capped = _capped(indicator, points, scope)
    if capped is None:
        return None
    fires = test
    if indicator.clauses.when is None:
        zero = ir.Constant(0, capped.type)
        fires = conjunction([test, ir.Less(zero, capped.expression)])
    name = f"indicator.{indicator.code.text}"
    held = scope.elaboration.define(f"{name}.fires", fires, TRUTH, rule)
    one, none = ir.Constant(1, NUMBER), ir.Constant(0, NUMBER)
    count = ir.Choose((ir.Branch(held, one),), none, NUMBER)
    total = ir.Choose((ir.Branch(held, capped.expression),), ir.Constant(0, capped.type), capped.type)
    typed = Typed(total, capped.type)
    return Counted(indicator, rule, held, count, typed, typed, None, None, None, (), None)


def _points(indicator: tree.Indicator, scope: Scope) -> Typed | None:
    """The points of one hit: not negative, at most four decimals."""
    points = value(indicator.points.value, scope)
    if points is None:
        return None
    span = indicator.points.value.span
    match points.type:
        case Number(unit=Unit.POINTS, scale=scale) if not points.product:
            if scale > PLACES:
                scope.report(messages.too_many_places(scale, PLACES, span))
                return None
        case Number(unit=unit) if operators.is_zero(points):
            points = operators.adapt(points, Unit.POINTS)
        case Number(unit=unit):
            scope.report(messages.units_do_not_match(unit, Unit.POINTS, span))
            return None
        case other:
            scope.report(messages.types_do_not_fit(other, Number(Unit.POINTS), span))
            return None
    if scope.interval(points.expression).low < 0:
        scope.report(rule_messages.negative_points(span))
        return None
    return points


def _capped(indicator: tree.Indicator, total: Typed, scope: Scope) -> Typed | None:
    if indicator.capped is None:
        return total
    cap = value(indicator.capped, scope)
    if cap is None:
        return None
    pair = operators.same_unit(total, cap, scope, indicator.capped.span)
    if pair is None:
        return None
    if scope.interval(pair[1].expression).low < 0:
        scope.report(rule_messages.negative_points(indicator.capped.span))
        return None
    return Typed(ir.Least((pair[0].expression, pair[1].expression), pair[0].type), pair[0].type)


def _for_each(
    indicator: tree.Indicator, each: tree.ForEach, rule: ir.Rule, repaired: tree.RepairPoints | None, scope: Scope
) -> Counted | None:
    record = record_named(each.record, scope)
    if record is None:
        return None
    keys = record_keys(each.keys, record, scope)
    inner = scope.inside(record)
    where = _matching(indicator, inner)
    if keys is None or where is None:
        return None
    inside = inner.assuming(where)
    points = _points(indicator, scope if keys else inside)
    if points is None:
        return None
    name = f"indicator.{indicator.code.text}"
    aggregate = ir.Aggregate(ir.AggregateKind.COUNT, record.name, where, None, keys, NUMBER)
    count = scope.elaboration.define(f"{name}.count", aggregate, NUMBER, rule)
    total = _total(points, count, record.name, where, keys)
    repair = None if repaired is None else _repair(repaired, record, inside)
    if repaired is not None and repair is None:
        return None
    restored = None if repair is None else _restored(points, repair, record.name, where, keys)
    after = total if restored is None else _less(total, restored)
    capped, capped_after = _capped(indicator, total, scope), _capped(indicator, after, scope)
    if capped is None or capped_after is None:
        return None
    fires = ir.Less(ir.Constant(0, NUMBER), count)
    return Counted(indicator, rule, fires, count, capped, capped_after, restored, record, where, keys, repair)


def _matching(indicator: tree.Indicator, inner: Scope) -> ir.Expression | None:
    """`where`, the common clauses and the lifetime, all judged on one record."""
    where = TRUE if indicator.where is None else condition(indicator.where, inner)
    inner = inner if where is None else inner.assuming(where)
    common, alone = clause_condition(indicator.clauses, inner), not_displaced(indicator.code, Scope(inner.elaboration))
    inner = inner if common is None else inner.assuming(common)
    lifetime = TRUE if indicator.lasts is None else _lifetime(indicator.lasts, inner)
    if where is None or common is None or alone is None or lifetime is None:
        return None
    return conjunction([where, common, alone, lifetime])


def _lifetime(lasts: tree.Lasts, inner: Scope) -> ir.Expression | None:
    """Whether the as-of day lies in the record's lifetime, from its start to the end; an absent start has none."""
    started = record_day(lasts.start, inner)
    duration = operators.literal(lasts.duration)
    if started is None:
        return None
    presence, day = started
    end = operators.shift(day, duration, inner, lasts.duration.span, backwards=False)
    if end is None:
        return None
    as_of = ContextDays[ir.ContextDay.AS_OF]
    return conjunction([presence, ir.LessOrEqual(day.expression, as_of), ir.LessOrEqual(as_of, end.expression)])


def _total(
    points: Typed, count: ir.Expression, table: str, where: ir.Expression, keys: tuple[ir.Expression, ...]
) -> Typed:
    """Constant points times the count, or the sum of what the records cost."""
    if keys or isinstance(points.expression, ir.Constant):
        return replace(points, expression=ir.Multiply(count, points.expression, points.type))
    aggregate = ir.Aggregate(ir.AggregateKind.SUM, table, where, points.expression, (), points.type)
    return replace(points, expression=aggregate)


def _repair(repair: tree.RepairPoints, record: ir.InputTable, inside: Scope) -> Repair | None:
    """The share that a matching record gives back; nothing until its `to` day has come."""
    if repair.for_each is not None and repair.for_each.record.text != record.name:
        inside.report(rule_messages.repair_of_other_records(repair.for_each.record, record.name))
        return None
    start, end = record_day(repair.start, inside), record_day(repair.end, inside)
    eligible = clause_condition(repair.clauses, inside)
    if start is None or end is None or eligible is None:
        return None
    in_time = ir.LessOrEqual(end[1].expression, ContextDays[ir.ContextDay.AS_OF])
    repaired = conjunction([start[0], end[0], in_time, eligible])
    scope = replace(inside.assuming(repaired), day=end[1])
    share = value(repair.restore, scope)
    if share is None:
        return None
    match share.type:
        case Number(unit=Unit.RATE, scale=scale):
            interval = scope.interval(share.expression)
            if interval.low < 0 or interval.high > 10**scale:
                inside.report(rule_messages.share_out_of_bounds(repair.restore.span))
                return None
        case Number() if operators.is_zero(share):
            share = operators.adapt(share, Unit.RATE)
        case other:
            inside.report(messages.not_a_rate(other, repair.restore.span))
            return None
    none = ir.Constant(0, share.type)
    whole = ir.Choose((ir.Branch(repaired, share.expression),), none, share.type) if repaired != FALSE else none
    return Repair(repair, replace(share, expression=whole), repaired, eligible)


def _restored(
    points: Typed, repair: Repair, table: str, where: ir.Expression, keys: tuple[ir.Expression, ...]
) -> Typed:
    """The points given back: under `per`, a key gives back the least share of its records."""
    scale = operators.scale_of(points.type) + operators.scale_of(repair.share.type)
    type_ = Number(Unit.POINTS, scale)
    share = repair.share.expression
    if not keys and not isinstance(points.expression, ir.Constant):
        product = ir.Multiply(points.expression, share, type_)
        return Typed(ir.Aggregate(ir.AggregateKind.SUM, table, where, product, (), type_), type_)
    kind = ir.AggregateKind.SUM_OF_LEAST if keys else ir.AggregateKind.SUM
    shares = ir.Aggregate(kind, table, where, share, keys, repair.share.type)
    return Typed(ir.Multiply(shares, points.expression, type_), type_)


def _less(total: Typed, restored: Typed) -> Typed:
    scale = max(operators.scale_of(total.type), operators.scale_of(restored.type))
    first, second = operators.scaled(total, scale), operators.scaled(restored, scale)
    return replace(first, expression=ir.Subtract(first.expression, second.expression, first.type))


def points_scale(counted: list[Counted]) -> int:
    """The scale that holds the points of all indicators, before and after repair."""
    scales = [operators.scale_of(item.type) for one in counted for item in (one.total, one.total_after)]
    return max(scales, default=0)


def find(one: Counted, scale: int, elaboration: Elaboration) -> tuple[ir.Finding, ir.PointsRepair | None]:
    """The definitions of an indicator at the score's scale, and its part of the result."""
    name = f"indicator.{one.rule.code}"
    deduct = one.declaration.points.sign is tree.Sign.DEDUCT
    fires = elaboration.define(f"{name}.fires", one.fires, TRUTH, one.rule)
    count = elaboration.define(f"{name}.count", one.count, NUMBER, one.rule)
    type_ = Number(Unit.POINTS, scale)
    points = elaboration.define(f"{name}.points", _signed(one.total, scale, deduct=deduct), type_, one.rule)
    after = points
    repair = None
    if one.repair is not None and one.restored is not None and one.record is not None and one.where is not None:
        signed = _signed(one.total_after, scale, deduct=deduct)
        after = elaboration.define(f"{name}.points_after", signed, type_, one.rule)
        repair = _points_repair(one, one.repair, (points, after, deduct), elaboration)
    finding = ir.Finding(
        one.rule,
        fires.name,
        count.name,
        points.name,
        after.name,
        one.record.name if one.record else None,
        one.where,
        one.keys,
    )
    return finding, repair


def _signed(total: Typed, scale: int, *, deduct: bool) -> ir.Expression:
    expression = operators.scaled(total, scale).expression
    return ir.Negate(expression, Number(Unit.POINTS, scale)) if deduct else expression


def _points_repair(
    one: Counted,
    repair: Repair,
    points: tuple[ir.DefinitionReference, ir.DefinitionReference, bool],
    elaboration: Elaboration,
) -> ir.PointsRepair:
    """What the repair gives back is what it changes, the indicator's cap included."""
    before, after, deduct = points
    declaration = repair.declaration
    rule = provenance(ir.RuleKind.REPAIR, declaration.indicator, declaration.label, declaration.clauses, elaboration)
    difference = (after, before) if deduct else (before, after)
    restored = elaboration.define(
        f"repair.{one.rule.code}.restored", ir.Subtract(*difference, before.type), before.type, rule
    )
    where = one.where if one.where is not None else TRUE
    matching = conjunction([where, repair.eligible])
    return ir.PointsRepair(
        rule,
        one.rule.code,
        one.record.name if one.record else "",
        matching,
        repair.share.expression,
        operators.scale_of(repair.share.type),
        restored.name,
        conjunction([matching, ir.Not(repair.repaired)]),
    )
