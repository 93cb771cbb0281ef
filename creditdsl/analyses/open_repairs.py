"""What repairs gave back, what is still open, and what repairing it now would give.

A record is repaired now by giving the dates that it lacks the as-of day, and running the interpreter again. Which
dates those are is found by trying: the fewest after which the record is no longer open.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations

from creditdsl.analyses.explanation_model import DirectRepairView, OpenRepair, RecordView, RepairView
from creditdsl.analyses.trials import Place, Supposition, Trials
from creditdsl.analyses.views import record_fields, rule_view
from creditdsl.core.calendar import day_of
from creditdsl.core.evaluate import Scope, matching, value_of
from creditdsl.core.ir import And, DirectRepair, InputField, PointsRepair, Value
from creditdsl.core.notation import json_value
from creditdsl.core.subject import Record
from creditdsl.core.types import Day, Optional

MOST_OPEN = 50
"""Of so many open records it is told what repairing each would give."""


def points_repair_view(repair: PointsRepair, scope: Scope, trials: Trials) -> RepairView:
    """The repair of an indicator's points, with its open records."""
    places = [(repair.table, place) for place in matching(repair.table, And((repair.where, repair.open)), scope)]
    repaired = {place: record for place in places if (record := _repaired_now(repair, place, scope)) is not None}
    views = tuple(_open_repair(place, repaired, number, scope, trials) for number, place in enumerate(places))
    everything = trials.suppose(Supposition(changed=repaired)) if repaired else None
    type_ = scope.program.definition(repair.restored).type
    return RepairView(
        rule_view(repair.rule),
        repair.indicator,
        str(json_value(scope.values[repair.restored], type_)),
        repair.table,
        scope.program.table(repair.table).label,
        views,
        None if everything is None else trials.gain(everything),
        None if everything is None else everything.grade,
    )


def direct_repair_view(repair: DirectRepair, values: Mapping[str, Value], trials: Trials) -> DirectRepairView:
    """The repair of a direct grade that holds, with the grade that the subject has, or would have, without it."""
    standing = trials.suppose(Supposition(fixed={repair.repaired: True}))
    return DirectRepairView(rule_view(repair.rule), repair.direct, values[repair.repaired] is True, standing.grade)


def _open_repair(
    place: Place, repaired: Mapping[Place, Record], number: int, scope: Scope, trials: Trials
) -> OpenRepair:
    table, position = place
    fields = record_fields(scope.program.table(table), scope.subject.records[table][position], scope.program)
    view = RecordView(position, fields)
    if place not in repaired or number >= MOST_OPEN:
        return OpenRepair(view, None, None)
    standing = trials.suppose(Supposition(changed={place: repaired[place]}))
    return OpenRepair(view, trials.gain(standing), standing.grade)


def _repaired_now(repair: PointsRepair, place: Place, scope: Scope) -> Record | None:
    """The record with the fewest missing dates set to the as-of day that make it repaired; None when none do."""
    table, position = place
    record = scope.subject.records[table][position]
    today = day_of(scope.context.as_of)
    for names in _missing_dates(table, record, today, scope):
        changed = {**record, **dict.fromkeys(names, today)}
        within = Scope(scope.program, scope.subject, scope.context, scope.values, {table: changed})
        if value_of(repair.where, within) is True and value_of(repair.open, within) is False:
            return changed
    return None


def _missing_dates(table: str, record: Record, today: int, scope: Scope) -> Iterator[tuple[str, ...]]:
    """One or two optional dates that are absent or lie after the as-of day, which input may give them."""
    names = [
        item.name
        for item in scope.program.table(table).fields
        if item.type == Optional(Day()) and _is_missing(record[item.name], today) and _may_be(item, today)
    ]
    yield from combinations(names, 1)
    yield from combinations(names, 2)


def _is_missing(value: Value, today: int) -> bool:
    return value is None or (isinstance(value, int) and value > today)


def _may_be(field: InputField, today: int) -> bool:
    """Whether the range of a field has the as-of day in it: of no other day anything is proved."""
    return field.range is not None and field.range.low <= today <= field.range.high
