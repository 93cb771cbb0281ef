"""From what changed in a part, and what the part does, to which way the change goes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from creditdsl.comparing import messages
from creditdsl.comparing.implication import Relation, compared_conditions, compared_values
from creditdsl.comparing.influence import Influences
from creditdsl.comparing.model import Direction, Reason
from creditdsl.comparing.polarity import Influence, together
from creditdsl.comparing.setting import Setting
from creditdsl.diagnostics import Text
from creditdsl.syntax import tree

ALWAYS = tree.TruthLiteral(True)
STRICTER = {
    (Relation.MORE, Influence.RAISES): Direction.STRICTER,
    (Relation.LESS, Influence.LOWERS): Direction.STRICTER,
    (Relation.MORE, Influence.LOWERS): Direction.LOOSER,
    (Relation.LESS, Influence.RAISES): Direction.LOOSER,
}


@dataclass(frozen=True, slots=True)
class Ground:
    """What judgements stand on: names of both versions, and what each version makes of them."""

    setting: Setting
    old: Influences
    new: Influences
    ladder: tuple[str, ...] | None
    """The grades best first, where they are the same in both versions."""
    one_sided: frozenset[str]
    """The codes of indicators and direct grades that only one version has."""

    def graded(self, name: str) -> Influence:
        """The influence of a name on score and grade, the same in both versions or unknown."""
        return together(self.old.graded.get(name, Influence.NONE), self.new.graded.get(name, Influence.NONE))

    def grading(self, name: str) -> Influence:
        """The influence of a grading rule; unknown where the grade is looked at by what makes it."""
        looked_at = self.graded("grade") is not Influence.NONE
        return Influence.UNKNOWN if looked_at else self.graded(name)

    def measured(self, name: str) -> Influence:
        return together(self.old.measured.get(name, Influence.NONE), self.new.measured.get(name, Influence.NONE))

    def anywhere(self, name: str) -> Influence:
        return together(self.old.of_name(name), self.new.of_name(name))


@dataclass(frozen=True, slots=True)
class Wording:
    """What a change is called when there is more of something, less, or neither can be proved."""

    more: Text
    less: Text
    unknown: Text


CASES = Wording(messages.MORE_CASES, messages.FEWER_CASES, messages.OTHER_CASES)
PERIODS = Wording(messages.MORE_PERIODS, messages.FEWER_PERIODS, messages.OTHER_PERIODS)


def judged(relation: Relation, influence: Influence, wording: Wording) -> Iterator[Reason]:
    """The reason that a part gives; none when nothing changed."""
    if relation is Relation.SAME:
        return
    if relation is Relation.UNKNOWN:
        yield Reason(Direction.UNCLEAR, wording.unknown)
        return
    what = wording.more if relation is Relation.MORE else wording.less
    if influence is Influence.NONE:
        yield Reason(Direction.NEUTRAL, messages.NOTHING_USES_IT)
        return
    direction = STRICTER.get((relation, influence))
    if direction is None:
        yield Reason(Direction.UNCLEAR, messages.open_direction(what))
    else:
        yield Reason(direction, what)


def unclear(text: Text) -> Reason:
    return Reason(Direction.UNCLEAR, text)


def whole_condition(where: tree.Expression | None, clauses: tree.RuleClauses) -> tree.Expression:
    """`where`, `when` and not `unless` as one condition."""
    parts = [part for part in (where, clauses.when) if part is not None]
    if clauses.unless is not None:
        parts.append(tree.Unary(tree.UnaryOperator.NOT, clauses.unless))
    whole = parts[0] if parts else ALWAYS
    for part in parts[1:]:
        whole = tree.Binary(tree.BinaryOperator.AND, whole, part)
    return whole


def judged_clauses(
    old: tuple[tree.Expression | None, tree.RuleClauses],
    new: tuple[tree.Expression | None, tree.RuleClauses],
    influence: Influence,
    setting: Setting,
) -> Iterator[Reason]:
    """Condition, validity and what is overridden, each from `where` and the common clauses.

    A rule that displaces others does more than apply itself, so that nothing is said of more or fewer cases.
    """
    if old[1].overrides or new[1].overrides:
        influence = Influence.UNKNOWN
    relation = compared_conditions(whole_condition(*old), whole_condition(*new), setting)
    yield from judged(relation, influence, CASES)
    yield from judged(compared_validity(old[1].effective, new[1].effective), influence, PERIODS)
    if [item.text for item in old[1].overrides] != [item.text for item in new[1].overrides]:
        yield unclear(messages.OVERRIDES)


def compared_validity(old: tree.Validity | None, new: tree.Validity | None) -> Relation:
    """MORE when every day of the old interval is one of the new."""
    open_interval = tree.Validity(None, None)
    before, after = old or open_interval, new or open_interval
    if old is not None and new is not None and before.judged_by != after.judged_by:
        return Relation.UNKNOWN
    if before == after or (_days(before) == _days(after)):
        return Relation.SAME
    (first, last), (new_first, new_last) = _days(before), _days(after)
    if new_first <= first and last <= new_last:
        return Relation.MORE
    return Relation.LESS if first <= new_first and new_last <= last else Relation.UNKNOWN


def _days(validity: tree.Validity) -> tuple[date, date]:
    return validity.start or date.min, validity.end or date.max


def compared_limits(
    old: tree.Expression | None, new: tree.Expression | None, setting: Setting, *, absent: Relation
) -> Relation:
    """The relation of two values of which one may be absent; `absent` is how no value stands to a value."""
    if old is not None and new is not None:
        return compared_values(old, new, setting)
    if old is None and new is None:
        return Relation.SAME
    opposite = Relation.LESS if absent is Relation.MORE else Relation.MORE
    return absent if new is None else opposite


def compared_durations(old: tree.Number | None, new: tree.Number | None, setting: Setting) -> Relation:
    """Without a duration there is no end; a number and no number are not compared."""
    if old is None or new is None:
        return Relation.SAME if old == new else Relation.UNKNOWN
    return compared_values(old, new, setting)


def compared_dated(
    old: tuple[tree.DatedValue, ...], new: tuple[tree.DatedValue, ...], setting: Setting
) -> set[Relation]:
    """How the values of a parameter stand to each other on all days on which both versions have one."""
    before, after = _intervals(old), _intervals(new)
    return {
        compared_values(value, other, setting)
        for first, last, value in before
        for start, end, other in after
        if max(first, start) <= min(last, end)
    }


def _intervals(values: tuple[tree.DatedValue, ...]) -> list[tuple[date, date, tree.Expression]]:
    """First and last day of each value, in order."""
    ordered = sorted(values, key=lambda item: item.start)
    following = [item.start - timedelta(days=1) for item in ordered[1:]] + [date.max]
    return [(item.start, item.end or last, item.value) for item, last in zip(ordered, following, strict=True)]
