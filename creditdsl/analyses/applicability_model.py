"""Why a measure applies to one subject, or does not: what is asked, and what is answered, as plain data.

Labels and texts have one wording for each of the policy's languages, in the order of the header.
"""

from dataclasses import dataclass
from enum import Enum

from creditdsl.analyses.explanation_model import EvidenceView, Labels, MeasureView, RuleView, plain_data
from creditdsl.core.ir import Value


class Role(Enum):
    """What a written condition does; the first three must hold where it applies, none of the others may."""

    EFFECTIVE = "effective"
    ENTRY = "entry"
    WHEN = "when"
    UNLESS = "unless"
    LEAVE = "leave"
    BREACH = "breach"
    DISPLACED = "displaced"
    """Another measure that takes the place of this one."""


REQUIRED = frozenset({Role.EFFECTIVE, Role.ENTRY, Role.WHEN})


@dataclass(frozen=True, slots=True)
class WrittenValue:
    """Something that a condition looks at: what it is called, and the definition that has its value."""

    texts: Labels
    definition: str


@dataclass(frozen=True, slots=True)
class WrittenCondition:
    """One condition of a measure as it was written: the definition that says whether it holds, and what it looks at.

    It says something only where all definitions `behind` hold: `x > 1` behind `x is present`.
    """

    measure: str
    role: Role
    texts: Labels
    holds: str
    behind: tuple[str, ...]
    values: tuple[WrittenValue, ...]


class Cause(Enum):
    """Why a measure does not apply: a condition in one of the roles, or one of the reasons behind them."""

    EFFECTIVE = "effective"
    ENTRY = "entry"
    WHEN = "when"
    UNLESS = "unless"
    LEAVE = "leave"
    BREACH = "breach"
    DISPLACED = "displaced"
    OVER = "over"
    """Every record that entered a list has left it again, or has not entered it yet."""
    UNGRADED = "ungraded"
    """It looks at the grade, and there is none."""


@dataclass(frozen=True, slots=True)
class ValueView:
    """A value of the subject, `shown` as people read it; None and empty where it is absent."""

    texts: Labels
    value: Value
    shown: Labels


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a measure does not apply: a condition in words, the values that it looks at, and the records that it counted."""

    cause: Cause
    texts: Labels
    values: tuple[ValueView, ...]
    records: tuple[EvidenceView, ...]


@dataclass(frozen=True, slots=True)
class RefusedView:
    """A measure that does not apply, with every reason."""

    rule: RuleView
    by: tuple[Labels, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """Who was evaluated by which policy, and when; `score` and `grade` are those after repair."""

    policy: str
    policy_label: Labels
    authority: Labels
    hash: str
    languages: tuple[str, ...]
    subject: Value
    period: str
    as_of: str
    graded: bool
    score: str | None
    grade: str | None
    grade_label: Labels


@dataclass(frozen=True, slots=True)
class OfferView:
    """An offer that the subject can have; of those that it excludes, and that exclude it, only one can be taken.

    `place` counts from 1, the greatest rank first; offers without a rank stand last. The rank is not among what `measure` grants.
    """

    place: int
    rank: str | None
    rank_texts: Labels
    measure: MeasureView
    excludes: tuple[RuleView, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """The offers of a policy for one subject: those that it can have, ranked, and why not the others."""

    heading: Heading
    offers: tuple[OfferView, ...]
    others: tuple[RefusedView, ...]

    def to_json(self) -> dict[str, object]:
        """The same as dictionaries, lists and scalars, in the order of the fields."""
        return plain_data(self)


@dataclass(frozen=True, slots=True)
class LimitView:
    """The time limit of a service item in force on the as-of date; `first` and `last` bound the days that it is for."""

    value: int
    unit: str
    first: str
    last: str | None


@dataclass(frozen=True, slots=True)
class MatterView:
    """A service item, or one that it takes in."""

    rule: RuleView
    by: tuple[Labels, ...]
    limit: LimitView | None


class PledgeState(Enum):
    """Whether a subject may pledge."""

    MAY = "may"
    MAY_NOT = "may_not"
    BROKEN = "broken"
    """An earlier pledge was broken."""


@dataclass(frozen=True, slots=True)
class PledgeView:
    rule: RuleView
    state: PledgeState
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class AppliedView:
    """A measure that applies, with the codes of the matters that look it up."""

    matters: tuple[str, ...]
    measure: MeasureView


@dataclass(frozen=True, slots=True)
class Advice:
    """What applies to a subject that asks for a service item.

    `not_applied` is None where it was not asked for; a pledge that does not apply stands in `pledges` alone.
    """

    heading: Heading
    matter: MatterView
    included: tuple[MatterView, ...]
    measures: tuple[AppliedView, ...]
    pledges: tuple[PledgeView, ...]
    not_applied: tuple[RefusedView, ...] | None

    def to_json(self) -> dict[str, object]:
        """The same as dictionaries, lists and scalars, in the order of the fields."""
        return plain_data(self)
