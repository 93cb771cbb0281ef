"""Which way a changed rule goes: indicators, rules on the grade, measures and repairs.

In: two versions of one rule. Out: a reason for each part that differs and has an effect.
"""

from collections.abc import Iterator

from creditdsl.comparing import messages
from creditdsl.comparing.implication import Relation, compared_values, fewer_keys
from creditdsl.comparing.influence import Grading, repair_key
from creditdsl.comparing.model import Direction, Reason
from creditdsl.comparing.polarity import Influence
from creditdsl.comparing.setting import Setting
from creditdsl.comparing.verdicts import (
    STRICTER,
    Ground,
    Wording,
    compared_durations,
    compared_limits,
    judged,
    judged_clauses,
    unclear,
)
from creditdsl.syntax import tree

DEDUCTED = Wording(messages.MORE_DEDUCTED, messages.FEWER_DEDUCTED, messages.OTHER_POINTS)
ADDED = Wording(messages.MORE_ADDED, messages.FEWER_ADDED, messages.OTHER_POINTS)
CAP = Wording(messages.CAP_HIGHER, messages.CAP_LOWER, messages.CAP_OTHER)
LASTS = Wording(messages.LASTS_LONGER, messages.LASTS_SHORTER, messages.LASTS_OTHER)
COUNTED = Wording(messages.MORE_COUNTED, messages.FEWER_COUNTED, messages.OTHER_COUNTED)
GRADE = Wording(messages.GRADE_WORSE, messages.GRADE_BETTER, messages.GRADE_OTHER)
STEPS = Wording(messages.MORE_STEPS, messages.FEWER_STEPS, messages.MORE_STEPS)
BINDING = Wording(messages.MAY_GONE, messages.MAY_NEW, messages.MAY_NEW)
BY = Wording(messages.BY_MORE, messages.BY_FEWER, messages.BY_OTHER)
SHARE = Wording(messages.SHARE_HIGHER, messages.SHARE_LOWER, messages.SHARE_OTHER)
ONCE = Wording(messages.ONCE_GONE, messages.ONCE_NEW, messages.ONCE_NEW)
REGRADE = Wording(messages.REGRADE_BETTER, messages.REGRADE_WORSE, messages.GRADE_OTHER)


def judged_indicator(old: tree.Indicator, new: tree.Indicator, ground: Ground) -> Iterator[Reason]:
    """More points, a higher cap, more cases, a longer life, more that is counted separately."""
    if old.points.sign is not new.points.sign:
        yield from _sign(new, ground)
        return
    influence, setting = ground.graded(new.code.text), ground.setting
    wording = DEDUCTED if new.points.sign is tree.Sign.DEDUCT else ADDED
    if not _same_records(old.for_each, new.for_each):
        yield unclear(messages.OTHER_RECORDS)
    yield from judged(compared_values(old.points.value, new.points.value, setting), influence, wording)
    yield from judged_clauses((old.where, old.clauses), (new.where, new.clauses), influence, setting)
    yield from judged(compared_limits(old.capped, new.capped, setting, absent=Relation.MORE), influence, CAP)
    yield from judged(_compared_lifetimes(old.lasts, new.lasts, setting), influence, LASTS)
    yield from judged(_compared_keys(old.for_each, new.for_each), influence, COUNTED)


def _sign(new: tree.Indicator, ground: Ground) -> Iterator[Reason]:
    """Points are never negative, so that whatever else differs, adding is more than deducting."""
    adds = new.points.sign is tree.Sign.ADD
    direction = STRICTER.get((Relation.MORE if adds else Relation.LESS, ground.graded("score")))
    text = messages.ADDS_NOW if adds else messages.DEDUCTS_NOW
    yield Reason(direction, text) if direction else unclear(messages.open_direction(text))


def _same_records(old: tree.ForEach | None, new: tree.ForEach | None) -> bool:
    if old is None or new is None:
        return old is new
    return old.record == new.record


def _compared_lifetimes(old: tree.Lasts | None, new: tree.Lasts | None, setting: Setting) -> Relation:
    """Without `lasts` a record counts for ever, and where its first day is absent too."""
    if old is None or new is None:
        before, after = (None if item is None else item.duration for item in (old, new))
        return compared_limits(before, after, setting, absent=Relation.MORE)
    if old.start != new.start:
        return Relation.UNKNOWN
    return compared_values(old.duration, new.duration, setting)


def _compared_keys(old: tree.ForEach | None, new: tree.ForEach | None) -> Relation:
    if old is None or new is None:
        return Relation.SAME
    fewer, more = fewer_keys(new.keys, old.keys), fewer_keys(old.keys, new.keys)
    if fewer and more:
        return Relation.SAME
    if fewer:
        return Relation.LESS
    return Relation.MORE if more else Relation.UNKNOWN


def judged_step(old: Grading, new: Grading, ground: Ground) -> Iterator[Reason]:
    """A worse grade or more grades down, and more cases."""
    influence = ground.grading(new.code.text)
    match old, new:
        case (
            (tree.Direct(grade=before), tree.Direct(grade=after))
            | (tree.Assign(grade=before), tree.Assign(grade=after))
            | (tree.Ceiling(grade=before), tree.Ceiling(grade=after))
        ):
            relation = _compared_grades(before, after, ground.ladder)
            settled = ground.graded("grade") is Influence.NONE
            yield from judged(relation, Influence.RAISES if settled else Influence.UNKNOWN, GRADE)
        case tree.Demote(steps=before_steps), tree.Demote(steps=after_steps) if before_steps != after_steps:
            relation = Relation.MORE if after_steps > before_steps else Relation.LESS
            yield from judged(relation, influence, STEPS)
        case _:  # An exemption gives no grade.
            pass
    yield from judged_clauses((None, old.clauses), (None, new.clauses), influence, ground.setting)


def _compared_grades(
    old: tree.Identifier | None, new: tree.Identifier | None, ladder: tuple[str, ...] | None
) -> Relation:
    """MORE is the worse grade."""
    if old == new:
        return Relation.SAME
    if ladder is None or old is None or new is None or not {old.text, new.text} <= set(ladder):
        return Relation.UNKNOWN
    return Relation.MORE if ladder.index(new.text) > ladder.index(old.text) else Relation.LESS


def judged_measure(old: tree.Measure, new: tree.Measure, ground: Ground) -> Iterator[Reason]:
    """More cases, a duty and no discretion, more authorities, a longer time; what is granted and restricted."""
    influence, setting = ground.measured(new.code.text), ground.setting
    yield from judged_clauses((None, old.clauses), (None, new.clauses), influence, setting)
    yield from _grants(old.grants, new.grants)
    if old.may is not new.may:
        yield from judged(Relation.LESS if new.may else Relation.MORE, influence, BINDING)
    yield from judged(_compared_sets({item.texts for item in old.by}, {item.texts for item in new.by}), influence, BY)
    if old.on != new.on:
        yield unclear(messages.ON_OTHER)
    yield from judged(compared_durations(old.lasts, new.lasts, setting), influence, LASTS)
    if old.excludes != new.excludes:
        yield Reason(Direction.NEUTRAL, messages.EXCLUDES_ONLY)


def _compared_sets(old: set[tuple[str, ...]], new: set[tuple[str, ...]]) -> Relation:
    if old == new:
        return Relation.SAME
    if not old or not new:
        return Relation.UNKNOWN
    if old < new:
        return Relation.MORE
    return Relation.LESS if new < old else Relation.UNKNOWN


def _grants(old: tuple[tree.Grant, ...], new: tuple[tree.Grant, ...]) -> Iterator[Reason]:
    before = {(item.restricts, item.name.text): item.value for item in old}
    after = {(item.restricts, item.name.text): item.value for item in new}
    for restricts, _ in sorted(after.keys() - before.keys()):
        text = messages.RESTRICT_NEW if restricts else messages.GRANT_NEW
        yield Reason(Direction.STRICTER if restricts else Direction.LOOSER, text)
    for restricts, _ in sorted(before.keys() - after.keys()):
        text = messages.RESTRICT_GONE if restricts else messages.GRANT_GONE
        yield Reason(Direction.LOOSER if restricts else Direction.STRICTER, text)
    if any(before[key] != after[key] for key in before.keys() & after.keys()):
        yield unclear(messages.GRANT_OTHER)


def judged_repair(old: tree.RepairPoints, new: tree.RepairPoints, ground: Ground) -> Iterator[Reason]:
    """Higher shares and more cases."""
    influence, setting = ground.graded(repair_key(new)), ground.setting
    if not _same_records(old.for_each, new.for_each) and None not in (old.for_each, new.for_each):
        yield unclear(messages.OTHER_RECORDS)
    if (old.start, old.end) != (new.start, new.end):
        yield unclear(messages.OTHER_DAYS)
    yield from judged(compared_values(old.restore, new.restore, setting), influence, SHARE)
    yield from judged_clauses((None, old.clauses), (None, new.clauses), influence, setting)


def judged_repair_direct(old: tree.RepairDirect, new: tree.RepairDirect, ground: Ground) -> Iterator[Reason]:
    """More cases, a better grade at most; with `once per year` more records may also be too many."""
    influence = ground.grading(repair_key(new))
    if not _same_records(old.for_each, new.for_each):
        yield unclear(messages.OTHER_RECORDS)
    if (old.start, old.end) != (new.start, new.end):
        yield unclear(messages.OTHER_DAYS)
    limited = old.once_per_year or new.once_per_year
    of_records = Influence.UNKNOWN if limited and old.where != new.where else influence
    yield from judged_clauses((old.where, old.clauses), (new.where, new.clauses), of_records, ground.setting)
    if old.once_per_year is not new.once_per_year:
        yield from judged(Relation.LESS if new.once_per_year else Relation.MORE, influence, ONCE)
    settled = Influence.LOWERS if ground.graded("grade") is Influence.NONE else Influence.UNKNOWN
    yield from judged(_compared_regrades(old.regrade, new.regrade, ground.ladder), settled, REGRADE)


def _compared_regrades(
    old: tree.Identifier | None, new: tree.Identifier | None, ladder: tuple[str, ...] | None
) -> Relation:
    """MORE is the better grade, and no limit at all."""
    if old is None or new is None:
        if old is new:
            return Relation.SAME
        return Relation.MORE if new is None else Relation.LESS
    worse = _compared_grades(old, new, ladder)
    return {Relation.MORE: Relation.LESS, Relation.LESS: Relation.MORE}.get(worse, worse)
