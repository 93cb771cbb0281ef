"""What a comparison of two versions of a policy says; made by `compare`, printed by renderers.

Texts are in both languages, places are spans of the version that they belong to.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from creditdsl.diagnostics import Code, Text
from creditdsl.source import Span


class Kind(Enum):
    """The kinds of declarations; rewards and penalties are told apart."""

    POLICY = "policy"
    SOURCE = "source"
    ENUM = "enum"
    SUBJECT = "subject"
    RECORD = "record"
    PARAMETER = "parameter"
    DEFINE = "define"
    TABLE = "table"
    SCORE = "score"
    INDICATOR = "indicator"
    GRADES = "grades"
    DIRECT = "direct"
    ASSIGN = "assign"
    CEILING = "ceiling"
    DEMOTE = "demote"
    EXEMPT = "exempt"
    REWARD = "reward"
    PENALTY = "penalty"
    LIST = "list"
    OFFER = "offer"
    PLEDGE = "pledge"
    INSPECTION = "inspection"
    MATTER = "matter"
    CATALOGUE = "catalogue"
    REPAIR = "repair"
    REPAIR_DIRECT = "repair_direct"
    CASE = "case"
    INVARIANT = "invariant"
    POPULATION = "population"
    AMEND = "amend"


class Fate(Enum):
    """What became of a declaration; one that is the same in both versions is only counted."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"
    RENAMED = "renamed"


class Direction(Enum):
    """What a change does to those who are evaluated, everything else being equal.

    Stricter: nobody has a higher score or a better grade by it; of a measure, nobody a reward more or a penalty less.
    """

    STRICTER = "stricter"
    LOOSER = "looser"
    BOTH = "stricter_and_looser"
    UNCLEAR = "unclear"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that a change does, and which way it goes."""

    direction: Direction
    text: Text


@dataclass(frozen=True, slots=True)
class PartChange:
    """A clause, band, row, branch, value, field or article that differs: as written before and after, None where it is not."""

    name: Text
    old: Text | None
    new: Text | None


@dataclass(frozen=True, slots=True)
class NamedRule:
    kind: Kind
    name: str


@dataclass(frozen=True, slots=True)
class DeclarationChange:
    """A declaration that is not the same. `old_name` differs from `name` where it was renamed.

    `old` and `new` are the places of the declaration, None where it does not exist. `basis` is that of the new version
    (of the old one, where it is gone). `affects` are the rules that depend on the declaration, themselves or through others.
    """

    kind: Kind
    name: str
    old_name: str
    fate: Fate
    label: Text | None
    basis: tuple[Text, ...]
    old: Span | None
    new: Span | None
    direction: Direction
    reasons: tuple[Text, ...]
    parts: tuple[PartChange, ...]
    affects: tuple[NamedRule, ...]


@dataclass(frozen=True, slots=True)
class InterfaceChange:
    """What those who supply data or read results must know. `code` is None for what breaks nothing."""

    code: Code | None
    text: Text
    old: Span | None
    new: Span | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """`policy` is the name and `label` the label of the new version; declarations in the order of `Direction`, then as written."""

    policy: str
    label: Text
    changes: tuple[DeclarationChange, ...]
    inputs: tuple[InterfaceChange, ...]
    results: tuple[InterfaceChange, ...]
    unchanged: int

    @property
    def different(self) -> bool:
        return bool(self.changes or self.inputs or self.results)


def combined(directions: Iterable[Direction]) -> Direction:
    """The direction of changes that come together.

    >>> combined([Direction.NEUTRAL, Direction.STRICTER]), combined([Direction.LOOSER, Direction.STRICTER])
    (<Direction.STRICTER: 'stricter'>, <Direction.BOTH: 'stricter_and_looser'>)
    """
    found = set(directions) - {Direction.NEUTRAL}
    if Direction.UNCLEAR in found:
        return Direction.UNCLEAR
    if not found:
        return Direction.NEUTRAL
    return found.pop() if len(found) == 1 else Direction.BOTH
