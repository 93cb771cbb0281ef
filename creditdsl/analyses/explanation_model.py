"""What `creditdsl why` knows of one subject: plain data, ready for JSON and for the text.

Points and scores are decimal strings, other values as docs/result.md has them. Labels and citations have one text for
each of the policy's languages, in the order of `Why.languages`. Positions of records count from 0.
"""

from dataclasses import asdict, dataclass
from enum import Enum
from typing import TYPE_CHECKING

from creditdsl.core.ir import Value

Labels = tuple[str, ...]

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class StepKind(Enum):
    """The steps of grading that can decide, in their order; REGRADE limits a new evaluation after a direct grade."""

    EXEMPT = "exempt"
    DIRECT = "direct"
    ASSIGN = "assign"
    BAND = "band"
    DEMOTE = "demote"
    CEILING = "ceiling"
    REGRADE = "regrade"


@dataclass(frozen=True, slots=True)
class RuleView:
    kind: str
    code: str
    label: Labels
    basis: tuple[Labels, ...]


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field of a record: `texts` has what to show in each language, the label of an enum's value for instance."""

    name: str
    label: Labels
    value: Value
    texts: Labels


@dataclass(frozen=True, slots=True)
class RecordView:
    """`gives_back` is what the score after repair would gain without this record; None where it was not computed."""

    position: int
    fields: tuple[FieldView, ...]
    gives_back: str | None = None


@dataclass(frozen=True, slots=True)
class FindingView:
    """An indicator that fired. `gives_back`: what one record fewer (or the finding itself) would give back at most."""

    rule: RuleView
    count: int
    points: str
    points_after: str
    table: str | None
    table_label: Labels
    records: tuple[RecordView, ...]
    gives_back: str | None


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`base` and the `terms` (code and signed points) add up to `total`; within its bounds that is `score`."""

    base: str
    terms: tuple[tuple[str, str], ...]
    total: str
    low: str | None
    high: str | None
    score: str


@dataclass(frozen=True, slots=True)
class Pivot:
    """The one step that decided the grade; a demotion has the number of grades that it takes.

    A band runs from `low`, included, to `high`, included, or to `below`, where the band above it begins.
    """

    step: StepKind
    rule: RuleView | None
    grade: str | None
    low: str | None = None
    high: str | None = None
    below: str | None = None
    demote: int = 0
    condition: bool = False


@dataclass(frozen=True, slots=True)
class EvidenceView:
    table: str
    label: Labels
    records: tuple[RecordView, ...]


@dataclass(frozen=True, slots=True)
class StepView:
    """A grading rule that holds, whether or not another displaced it."""

    step: StepKind
    rule: RuleView
    grade: str | None
    demote: int
    evidence: tuple[EvidenceView, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """Everything before, or after, repair. `band` is what the score alone gives."""

    arithmetic: Arithmetic | None
    band: str | None
    grade: str | None
    pivot: Pivot | None
    steps: tuple[StepView, ...]


@dataclass(frozen=True, slots=True)
class GrantView:
    name: str
    label: Labels
    restricts: bool
    value: Value
    texts: Labels


@dataclass(frozen=True, slots=True)
class MeasureView:
    """A measure that applies; `lasts` has a number and its unit (`months`)."""

    rule: RuleView
    may: bool
    by: tuple[Labels, ...]
    on: Labels
    grants: tuple[GrantView, ...]
    lasts: tuple[int, str] | None


@dataclass(frozen=True, slots=True)
class OpenRepair:
    """A record that is not repaired: what repairing it on the as-of day would give; None where it cannot be told."""

    record: RecordView
    points: str | None
    grade: str | None


@dataclass(frozen=True, slots=True)
class RepairView:
    """`restored` was given back; `all_points` and `all_grade` are what repairing every open record now would give."""

    rule: RuleView
    indicator: str
    restored: str
    table: str
    table_label: Labels
    open: tuple[OpenRepair, ...]
    all_points: str | None
    all_grade: str | None


@dataclass(frozen=True, slots=True)
class DirectRepairView:
    """`grade` is the grade after repair if the direct grade were set aside."""

    rule: RuleView
    direct: str
    repaired: bool
    grade: str | None


class Outcome(Enum):
    """How the search for the next better grade ended."""

    NOT_GRADED = "not_graded"
    BEST = "best"
    FOUND = "found"
    NONE = "none"
    """No set of what counts against the subject reaches a better grade: all were tried."""
    GAVE_UP = "gave_up"
    """No set up to `searched` changes does; larger ones were not tried."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something to be without: a record of a table, or a rule that looks at no record (`code`)."""

    table: str | None
    table_label: Labels
    record: RecordView | None
    rule: RuleView | None


@dataclass(frozen=True, slots=True)
class NextGrade:
    """The smallest set of changes that reaches a better grade; `searched` is the largest size tried in full."""

    outcome: Outcome
    grade: str | None
    score: str | None
    changes: tuple[Change, ...]
    searched: int


@dataclass(frozen=True, slots=True)
class Why:
    """The whole explanation. `suppressed` is the grade of the score alone where the grade differs from it."""

    policy: str
    policy_label: Labels
    authority: Labels
    hash: str
    languages: tuple[str, ...]
    subject: Value
    period: str
    as_of: str
    graded: bool
    grade_labels: tuple[tuple[str, Labels], ...]
    pivot: Pivot | None
    suppressed: str | None
    before: Side
    after: Side
    has_repairs: bool
    findings: tuple[FindingView, ...]
    measures: tuple[MeasureView, ...]
    repairs: tuple[RepairView, ...]
    direct_repairs: tuple[DirectRepairView, ...]
    next_grade: NextGrade | None
    absent: tuple[FieldView, ...]
    not_applied: tuple[RuleView, ...] | None

    def to_json(self) -> dict[str, object]:
        """The same as dictionaries, lists and scalars, in the order of the fields."""
        return plain_data(self)


def plain_data(view: "DataclassInstance") -> dict[str, object]:
    """A view as dictionaries, lists and scalars, in the order of the fields."""
    return asdict(view, dict_factory=_named)


def _named(pairs: list[tuple[str, object]]) -> dict[str, object]:
    return {name: value.value if isinstance(value, Enum) else value for name, value in pairs}
