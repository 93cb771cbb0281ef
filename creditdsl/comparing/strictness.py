"""Which way a change goes: stricter, looser, both, unclear, or without effect on results; and why.

In: two versions of a declaration, or one that is new or gone, and the ground that judgements stand on. Out: reasons, each with
its direction. What is said holds for every subject that both versions accept, everything else being equal.
"""

from collections.abc import Iterator

from creditdsl.comparing import messages
from creditdsl.comparing.implication import Relation, compared_conditions, compared_values
from creditdsl.comparing.influence import Conditioned, repair_key
from creditdsl.comparing.kinds import essence, kind_of, name_of
from creditdsl.comparing.ladder import ladder
from creditdsl.comparing.model import Direction, Reason
from creditdsl.comparing.polarity import Influence
from creditdsl.comparing.rule_strictness import (
    judged_indicator,
    judged_measure,
    judged_repair,
    judged_repair_direct,
    judged_step,
)
from creditdsl.comparing.verdicts import (
    Ground,
    Wording,
    compared_dated,
    compared_limits,
    judged,
    judged_clauses,
    unclear,
)
from creditdsl.diagnostics import Text
from creditdsl.syntax import tree

VALUES = Wording(messages.GREATER, messages.SMALLER, messages.OTHER_VALUE)
TRUTHS = Wording(messages.WIDER, messages.NARROWER, messages.OTHER_VALUE)
BASE = Wording(messages.BASE_HIGHER, messages.BASE_LOWER, messages.BASE_OTHER)
LOW = Wording(messages.LOW_HIGHER, messages.LOW_LOWER, messages.BOUND_OTHER)
HIGH = Wording(messages.HIGH_HIGHER, messages.HIGH_LOWER, messages.BOUND_OTHER)
CONDITIONS = (tree.IsPresent, tree.Is, tree.InSet, tree.InRange, tree.Within)
CONNECTING = (tree.BinaryOperator.AND, tree.BinaryOperator.OR, tree.BinaryOperator.IMPLIES)


def change_reasons(old: tree.Declaration, new: tree.Declaration, ground: Ground) -> tuple[Reason, ...]:
    """The reasons of a declaration that is in both versions; one at least."""
    if essence(old) == essence(new):
        return (Reason(Direction.NEUTRAL, _wording_only(new)),)
    found = tuple(_changed(old, new, ground))
    return found or (Reason(Direction.NEUTRAL, messages.WORDING_ONLY),)


def _wording_only(declaration: tree.Declaration) -> Text:
    return messages.WORDING_ONLY if not isinstance(declaration, tree.Source) else messages.SOURCE_ONLY


def one_sided_reason(declaration: tree.Declaration, ground: Ground, *, new: bool) -> Reason:
    """The reason of a declaration that is only in the new version, or only in the old."""
    match declaration:
        case (
            tree.Indicator()
            | tree.Direct()
            | tree.Assign()
            | tree.Ceiling()
            | tree.Demote()
            | tree.Exempt()
            | tree.Measure()
            | tree.RepairPoints()
            | tree.RepairDirect()
        ):
            kind = kind_of(declaration)
            measure = isinstance(declaration, tree.Measure)
            more, less = (
                (messages.MEASURE_NEW, messages.MEASURE_GONE) if measure else (messages.RULE_NEW, messages.RULE_GONE)
            )
            if kind is not None:
                more, less = messages.IS_NEW.get(kind, more), messages.IS_GONE.get(kind, less)
            if isinstance(declaration, tree.Exempt):
                return unclear(more if new else less)
            if (
                isinstance(declaration, tree.RepairPoints | tree.RepairDirect)
                and name_of(declaration) in ground.one_sided
            ):
                return Reason(Direction.NEUTRAL, messages.WITH_ITS_RULE)
            influence = _influence_of_rule(declaration, ground)
            if declaration.clauses.overrides:
                influence = Influence.UNKNOWN
            relation = Relation.MORE if new else Relation.LESS
            return next(judged(relation, influence, Wording(more, less, more)))
        case tree.Score() | tree.Grades():
            return unclear(messages.SCORE_ITSELF)
        case tree.Amend():
            return unclear(messages.AMENDMENT)
        case tree.Parameter() | tree.Define() | tree.Table():
            return Reason(Direction.NEUTRAL, messages.NOT_BY_ITSELF)
        case tree.Source() | tree.Policy() | tree.Use():
            return Reason(Direction.NEUTRAL, messages.SOURCE_ONLY)
        case tree.Case() | tree.Invariant() | tree.Population():
            return Reason(Direction.NEUTRAL, messages.CHECK_ONLY)
        case tree.Matter() | tree.Catalogue():
            return Reason(Direction.NEUTRAL, messages.NOT_OF_RESULTS)
        case tree.Enumeration() | tree.Subject() | tree.Record():
            return Reason(Direction.NEUTRAL, messages.DATA_ONLY)


def _influence_of_rule(rule: Conditioned, ground: Ground) -> Influence:
    match rule:
        case tree.Indicator():
            return ground.graded(rule.code.text)
        case tree.Measure():
            return ground.measured(rule.code.text)
        case tree.RepairPoints() | tree.RepairDirect():
            return ground.grading(repair_key(rule))
        case _:  # The rules on the grade.
            return ground.grading(rule.code.text)


def _changed(old: tree.Declaration, new: tree.Declaration, ground: Ground) -> Iterator[Reason]:
    match old, new:
        case tree.Policy(), tree.Policy():
            yield from _policy(old, new)
        case tree.Source(), tree.Source():
            yield Reason(Direction.NEUTRAL, messages.SOURCE_ONLY)
        case (tree.Case(), tree.Case()) | (tree.Invariant(), tree.Invariant()):
            yield Reason(Direction.NEUTRAL, messages.CHECK_ONLY)
        case tree.Enumeration(), tree.Enumeration():
            yield Reason(Direction.NEUTRAL, messages.DATA_ONLY)
        case tree.Subject(fields=before), tree.Subject(fields=after):
            yield from _fields(before, after)
        case tree.Record(fields=before), tree.Record(fields=after):
            yield from _fields(before, after)
        case tree.Parameter(), tree.Parameter():
            yield from _parameter(old, new, ground)
        case tree.Define(), tree.Define():
            yield from _define(old, new, ground)
        case tree.Table(), tree.Table():
            yield from _table(old, new, ground)
        case tree.Score(), tree.Score():
            yield from _score(old, new, ground)
        case tree.Indicator(), tree.Indicator():
            yield from judged_indicator(old, new, ground)
        case tree.Grades(), tree.Grades():
            yield from _grades(old, new, ground)
        case (
            tree.Direct() | tree.Assign() | tree.Ceiling() | tree.Demote() | tree.Exempt(),
            tree.Direct() | tree.Assign() | tree.Ceiling() | tree.Demote() | tree.Exempt(),
        ):
            yield from judged_step(old, new, ground)
        case tree.Measure(word=tree.MeasureWord.REWARD | tree.MeasureWord.PENALTY), tree.Measure():
            yield from judged_measure(old, new, ground)
        case tree.RepairPoints(), tree.RepairPoints():
            yield from judged_repair(old, new, ground)
        case tree.RepairDirect(), tree.RepairDirect():
            yield from judged_repair_direct(old, new, ground)
        case (tree.Matter(), tree.Matter()) | (tree.Catalogue(), tree.Catalogue()):
            yield Reason(Direction.NEUTRAL, messages.NOT_OF_RESULTS)
        case (tree.Population(), tree.Population()):
            yield Reason(Direction.NEUTRAL, messages.CHECK_ONLY)
        case tree.Measure(), tree.Measure():
            yield unclear(messages.MEASURE_ITSELF)
        case _:  # Amendments; declarations of two kinds are never paired.
            yield unclear(messages.AMENDMENT)


def _policy(old: tree.Policy, new: tree.Policy) -> Iterator[Reason]:
    if old.periods != new.periods:
        yield unclear(messages.PERIOD)
    if (old.calendar, old.jurisdiction) != (new.calendar, new.jurisdiction):
        yield unclear(messages.POLICY_FRAME)
    yield Reason(Direction.NEUTRAL, messages.POLICY_ONLY)


def _fields(old: tuple[tree.FieldDeclaration, ...], new: tuple[tree.FieldDeclaration, ...]) -> Iterator[Reason]:
    before = {item.name.text: item for item in old}
    shared = [(before[item.name.text], item) for item in new if item.name.text in before]
    if any(one.type.name != other.type.name for one, other in shared):
        yield unclear(messages.OTHER_TYPE)
    yield Reason(Direction.NEUTRAL, messages.DATA_ONLY)


def _parameter(old: tree.Parameter, new: tree.Parameter, ground: Ground) -> Iterator[Reason]:
    if old.type.name != new.type.name:
        yield unclear(messages.OTHER_TYPE)
        return
    influence = ground.anywhere(new.name.text)
    for relation in sorted(compared_dated(old.values, new.values, ground.setting), key=lambda item: item.value):
        yield from judged(relation, influence, VALUES)


def _define(old: tree.Define, new: tree.Define, ground: Ground) -> Iterator[Reason]:
    influence = ground.anywhere(new.name.text)
    if _is_condition(old.value) or _is_condition(new.value):
        yield from judged(compared_conditions(old.value, new.value, ground.setting), influence, TRUTHS)
    else:
        yield from judged(compared_values(old.value, new.value, ground.setting), influence, VALUES)


def _is_condition(expression: tree.Expression) -> bool:
    """Whether an expression certainly is a truth value."""
    match expression:
        case tree.Binary(operator=operator):
            return operator in CONNECTING or operator.value in ("=", "!=", "<", "<=", ">", ">=")
        case tree.Unary(operator=operator):
            return operator is tree.UnaryOperator.NOT
        case tree.Aggregate(word=word):
            return word in (tree.AggregateWord.ANY, tree.AggregateWord.EVERY)
        case _:  # The others are truth values by their form, or of any type.
            return isinstance(expression, CONDITIONS)


def _table(old: tree.Table, new: tree.Table, ground: Ground) -> Iterator[Reason]:
    if [(item.name, item.type) for item in old.columns] != [(item.name, item.type) for item in new.columns]:
        yield unclear(messages.OTHER_TABLE)
        return
    if old.type.name != new.type.name:
        yield unclear(messages.OTHER_TYPE)
        return
    before = {row.cells: row.value for row in old.rows}
    if before.keys() != {row.cells for row in new.rows}:
        yield unclear(messages.OTHER_TABLE)
        return
    influence = ground.anywhere(new.name.text)
    relations = {compared_values(before[row.cells], row.value, ground.setting) for row in new.rows}
    for relation in sorted(relations, key=lambda item: item.value):
        yield from judged(relation, influence, VALUES)


def _score(old: tree.Score, new: tree.Score, ground: Ground) -> Iterator[Reason]:
    influence, setting = ground.graded("score"), ground.setting
    yield from judged(compared_values(old.base, new.base, setting), influence, BASE)
    yield from judged(compared_limits(old.low, new.low, setting, absent=Relation.LESS), influence, LOW)
    yield from judged(compared_limits(old.high, new.high, setting, absent=Relation.MORE), influence, HIGH)
    yield from judged_clauses((None, old.clauses), (None, new.clauses), Influence.UNKNOWN, setting)


def _grades(old: tree.Grades, new: tree.Grades, ground: Ground) -> Iterator[Reason]:
    """The thresholds of the same grades, where a score alone decides among them."""
    before, after = ladder(old), ladder(new)
    same = before is not None and after is not None and before.grades == after.grades
    if not same or before is None or after is None or ground.graded("grade") is not Influence.NONE:
        yield unclear(messages.GRADES_OTHER)
        return
    if [grade for grade, _ in before.thresholds] != [grade for grade, _ in after.thresholds]:
        yield unclear(messages.GRADES_OTHER)
        return
    # The last grade takes every score that is left, whatever its own limits say.
    pairs = list(zip(before.thresholds[:-1], after.thresholds[:-1], strict=True))
    limits = [(first, second) for (_, first), (_, second) in pairs if first is not None and second is not None]
    if any(second > first for first, second in limits):
        yield Reason(Direction.STRICTER, messages.THRESHOLD_HIGHER)
    if any(second < first for first, second in limits):
        yield Reason(Direction.LOOSER, messages.THRESHOLD_LOWER)
