"""The core: what a policy means, with nothing of its surface left.

A `Program` is typed definitions in dependency order and a plan (`Result`) that says which definition is which part of
the result. Operators are resolved: every number is an integer at a scale known from its type, both operands of `Add`,
`Less`, `Equal` … stand at one scale, no backend decides a unit, an overload or a rounding. Absence is explicit: an
expression of Optional type appears only under `IsPresent`, `OrElse`, `Presume`, as a branch of an optional `Choose`,
as the whole of a definition, or as a definition reference or field. `core.verify` states all of this as checks.
"""

from dataclasses import field
from datetime import date
from enum import Enum

from creditdsl.core.hashing import Hashed, hashed_once
from creditdsl.core.types import Choice, Type
from creditdsl.frozen import dataclass
from creditdsl.source import NOWHERE, Span

MAX_RECORDS = 100_000
"""The most records of one kind that one subject may have; input beyond it is refused, totals are proved with it."""

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2199, 12, 31)
"""The first and last day that an input may name."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The least and the greatest value, both included; for a Day, Month or Number. None is unknown (never for these)."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are workdays: Monday to Friday, but for `days_off`, and the weekend days `make_up_days`.

    All are days since 1970-01-01, ascending and within `span`, outside which nothing is known.
    """

    name: str
    span: Interval
    days_off: tuple[int, ...]
    make_up_days: tuple[int, ...]


# Expressions

Value = bool | int | str | None


@hashed_once
@dataclass(frozen=True, slots=True)
class Constant(Hashed):
    value: Value
    type: Type


class ContextDay(Enum):
    PERIOD_START = "period_start"
    PERIOD_END = "period_end"
    AS_OF = "as_of"


@hashed_once
@dataclass(frozen=True, slots=True)
class ContextField(Hashed):
    """A Day given with the run: first and last day of the assessment period (both included), and the as-of day."""

    name: ContextDay


@hashed_once
@dataclass(frozen=True, slots=True)
class SubjectField(Hashed):
    name: str
    type: Type


@hashed_once
@dataclass(frozen=True, slots=True)
class RecordField(Hashed):
    """A field of the record at hand; only under an `Aggregate` over `table`."""

    table: str
    name: str
    type: Type


@hashed_once
@dataclass(frozen=True, slots=True)
class DefinitionReference(Hashed):
    name: str
    type: Type


@hashed_once
@dataclass(frozen=True, slots=True)
class IsPresent(Hashed):
    operand: "Expression"


@hashed_once
@dataclass(frozen=True, slots=True)
class Presume(Hashed):
    """An optional value where it is known to be present; the same value at the plain type."""

    operand: "Expression"


@hashed_once
@dataclass(frozen=True, slots=True)
class OrElse(Hashed):
    operand: "Expression"
    default: "Expression"


@hashed_once
@dataclass(frozen=True, slots=True)
class Not(Hashed):
    operand: "Expression"


@hashed_once
@dataclass(frozen=True, slots=True)
class And(Hashed):
    """Left to right; what stands behind a false operand is not evaluated (it may `Presume`)."""

    operands: tuple["Expression", ...]


@hashed_once
@dataclass(frozen=True, slots=True)
class Or(Hashed):
    """Left to right; what stands behind a true operand is not evaluated (it may `Presume`)."""

    operands: tuple["Expression", ...]


@hashed_once
@dataclass(frozen=True, slots=True)
class Equal(Hashed):
    left: "Expression"
    right: "Expression"


@hashed_once
@dataclass(frozen=True, slots=True)
class Less(Hashed):
    left: "Expression"
    right: "Expression"


@hashed_once
@dataclass(frozen=True, slots=True)
class LessOrEqual(Hashed):
    left: "Expression"
    right: "Expression"


@hashed_once
@dataclass(frozen=True, slots=True)
class Among(Hashed):
    """Whether the operand equals one of the constants, which all have its type."""

    operand: "Expression"
    values: tuple[Constant, ...]


@hashed_once
@dataclass(frozen=True, slots=True)
class Add(Hashed):
    """A sum of one or more numbers of one type `type`."""

    operands: tuple["Expression", ...]
    type: Type


@hashed_once
@dataclass(frozen=True, slots=True)
class Subtract(Hashed):
    left: "Expression"
    right: "Expression"
    type: Type


@hashed_once
@dataclass(frozen=True, slots=True)
class Multiply(Hashed):
    """The product of two integers; the scale of `type` is the sum of theirs. A change of scale is one by 10^n."""

    left: "Expression"
    right: "Expression"
    type: Type


@hashed_once
@dataclass(frozen=True, slots=True)
class Negate(Hashed):
    operand: "Expression"
    type: Type


class Rounding(Enum):
    HALF_UP = "half_up"
    """To the nearest, a tie away from zero."""
    HALF_EVEN = "half_even"
    """To the nearest, a tie to the even neighbour."""
    DOWN = "down"
    """Towards zero."""
    UP = "up"
    """Away from zero."""


@hashed_once
@dataclass(frozen=True, slots=True)
class DivideRounded(Hashed):
    """The quotient of two integers, rounded to an integer; the divisor is proved not to be zero."""

    dividend: "Expression"
    divisor: "Expression"
    rounding: Rounding
    type: Type


@hashed_once
@dataclass(frozen=True, slots=True)
class Least(Hashed):
    operands: tuple["Expression", ...]
    type: Type


@hashed_once
@dataclass(frozen=True, slots=True)
class Greatest(Hashed):
    operands: tuple["Expression", ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Branch:
    when: "Expression"
    then: "Expression"


@hashed_once
@dataclass(frozen=True, slots=True)
class Choose(Hashed):
    """The value of the first branch that holds, `otherwise` when none does; all values have `type`.

    When `type` is Optional, a value may be of the plain type, or `Constant(None, type)`.
    """

    branches: tuple[Branch, ...]
    otherwise: "Expression"
    type: Type


@hashed_once
@dataclass(frozen=True, slots=True)
class YearOf(Hashed):
    """The year of a Day, as Number(NUMBER)."""

    operand: "Expression"


@hashed_once
@dataclass(frozen=True, slots=True)
class MonthOf(Hashed):
    """The Month of a Day."""

    operand: "Expression"


@hashed_once
@dataclass(frozen=True, slots=True)
class AddDays(Hashed):
    """A Day some days later (or earlier, when negative)."""

    day: "Expression"
    days: "Expression"


@hashed_once
@dataclass(frozen=True, slots=True)
class AddMonths(Hashed):
    """The corresponding day some months later or earlier, or the month's last day when it has none (Civil Code 202)."""

    day: "Expression"
    months: "Expression"


@hashed_once
@dataclass(frozen=True, slots=True)
class AddWorkdays(Hashed):
    """The n-th workday after a Day (before it, when negative); the Day itself for 0. See `core.workdays`.

    The Day and the result are proved to lie in the span of `calendar`, which is the program's, as for the next two.
    """

    day: "Expression"
    workdays: "Expression"
    calendar: Calendar = field(compare=False, repr=False)


@hashed_once
@dataclass(frozen=True, slots=True)
class RollForward(Hashed):
    """The Day itself when it is a workday, else the next workday (Civil Code 203)."""

    day: "Expression"
    calendar: Calendar = field(compare=False, repr=False)


@hashed_once
@dataclass(frozen=True, slots=True)
class DaysBetween(Hashed):
    """Days from `first` to `second`; negative when second lies before first. Number(type.unit)."""

    first: "Expression"
    second: "Expression"
    type: Type


@hashed_once
@dataclass(frozen=True, slots=True)
class MonthsBetween(Hashed):
    """Whole months from `first` to `second`.

    The greatest n >= 0 with AddMonths(first, n) <= second; when second lies before first, minus the whole months from
    second to first.
    """

    first: "Expression"
    second: "Expression"
    type: Type


@hashed_once
@dataclass(frozen=True, slots=True)
class WorkdaysBetween(Hashed):
    """How many workdays w there are with first < w <= second; minus those from second to first when it lies before."""

    first: "Expression"
    second: "Expression"
    type: Type
    calendar: Calendar = field(compare=False, repr=False)


@hashed_once
@dataclass(frozen=True, slots=True)
class OrdinalOf(Hashed):
    """The position of a Choice in its enum, from 0, as Number(NUMBER)."""

    operand: "Expression"
    enum: str


@hashed_once
@dataclass(frozen=True, slots=True)
class ChoiceAt(Hashed):
    """The value of `enum` at a position that is proved to exist."""

    ordinal: "Expression"
    enum: str


class AggregateKind(Enum):
    COUNT = "count"
    """How many records match; with keys, how many distinct keys among them."""
    ANY = "any"
    """Whether one record matches."""
    SUM = "sum"
    """The sum of `value` over the matching records; 0 when none."""
    SUM_OF_LEAST = "sum_of_least"
    """With keys: for each distinct key the least `value` of its matching records, summed; 0 when none match."""
    MAXIMUM = "maximum"
    """The greatest `value`; absent when none match."""
    MINIMUM = "minimum"
    """The least `value`; absent when none match."""
    LONGEST_RUN = "longest_run"
    """The length of the longest run of consecutive values (years or Months) among the matching records; 0 when none."""
    STREAK = "streak"
    """How many of start, start - 1, start - 2, … stand without a gap among the values of the matching records."""


@hashed_once
@dataclass(frozen=True, slots=True)
class Aggregate(Hashed):
    """One value from the records of one table. `where`, `value` and `keys` see one record and the subject.

    COUNT, LONGEST_RUN and STREAK give Number(NUMBER), ANY Truth, MAXIMUM and MINIMUM an Optional type. Keys are plain
    or optional; an absent key equals an absent key. `start` (subject level) stands only with STREAK.
    """

    kind: AggregateKind
    table: str
    where: "Expression"
    value: "Expression | None"
    keys: tuple["Expression", ...]
    type: Type
    start: "Expression | None" = None


Expression = (
    Constant
    | ContextField
    | SubjectField
    | RecordField
    | DefinitionReference
    | IsPresent
    | Presume
    | OrElse
    | Not
    | And
    | Or
    | Equal
    | Less
    | LessOrEqual
    | Among
    | Add
    | Subtract
    | Multiply
    | Negate
    | DivideRounded
    | Least
    | Greatest
    | Choose
    | YearOf
    | MonthOf
    | AddDays
    | AddMonths
    | AddWorkdays
    | RollForward
    | DaysBetween
    | MonthsBetween
    | WorkdaysBetween
    | OrdinalOf
    | ChoiceAt
    | Aggregate
)


# Provenance


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in a source: its name, the locators in order (("article", "20"), ("item", "2")), the texts to print.

    `texts` has one for each of the policy's languages, such as `国家税务总局公告2014年第40号 第二十条第二项`.
    """

    source: str
    locators: tuple[tuple[str, str | None], ...]
    texts: tuple[str, ...]


class RuleKind(Enum):
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
    REPAIR = "repair"
    REPAIR_DIRECT = "repair_direct"
    DEFINE = "define"
    PARAMETER = "parameter"


@dataclass(frozen=True, slots=True)
class Rule:
    """Where a definition comes from: `code` is unique within its kind; `label` has one text for each language."""

    kind: RuleKind
    code: str
    label: tuple[str, ...]
    basis: tuple[Citation, ...] = ()
    notes: tuple[tuple[str, ...], ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Definition:
    """One named value. `range` is proved; None for Truth, Choice and Text, and for what is always absent."""

    name: str
    type: Type
    expression: Expression
    range: Interval | None
    rule: Rule | None = None


# Input


@dataclass(frozen=True, slots=True)
class EnumValue:
    name: str
    label: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Enumeration:
    """Grades are an Enumeration too, best first."""

    name: str
    label: tuple[str, ...]
    values: tuple[EnumValue, ...]
    names: tuple[str, ...] = field(init=False, repr=False, compare=False)
    ordinals: dict[str, int] = field(init=False, repr=False, compare=False)
    """The position of each value, from 0."""

    def __post_init__(self) -> None:
        names = tuple(value.name for value in self.values)
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "ordinals", {name: position for position, name in enumerate(names)})


@dataclass(frozen=True, slots=True)
class InputField:
    """A field of the subject or of a record; `range` at the scale of the type, for Number, Day and Month."""

    name: str
    type: Type
    label: tuple[str, ...]
    range: Interval | None
    key: bool = False


@dataclass(frozen=True, slots=True)
class InputTable:
    """The subject or one kind of record. A record table that may be left out has `absent_means_none`."""

    name: str
    label: tuple[str, ...]
    fields: tuple[InputField, ...]
    absent_means_none: bool = False
    _fields: dict[str, InputField] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # The first of two with one name, which the checking stage reports.
        object.__setattr__(self, "_fields", {item.name: item for item in reversed(self.fields)})

    def field(self, name: str) -> InputField:
        return self._fields[name]

    def find(self, name: str) -> InputField | None:
        return self._fields.get(name)

    @property
    def key(self) -> InputField | None:
        return next((item for item in self.fields if item.key), None)


# The plan of the result. Every `str` that is not said to be something else names a definition.


@dataclass(frozen=True, slots=True)
class Finding:
    """An indicator. `points` and `points_after` (repair) are signed: negative for a deduction, at the score's scale.

    `table` and `where` select the records that matched, None for an indicator that is not `for each`; `where` may use
    subject-level definitions. `count` is records, distinct keys, or 1 and 0. `fires` is Truth: count > 0.
    """

    rule: Rule
    fires: str
    count: str
    points: str
    points_after: str
    table: str | None = None
    where: Expression | None = None
    keys: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A rule of one grading step: `holds` before and `holds_after` repair are Truth definitions.

    `grade` is the grade's name for direct, assign and ceiling; `demote` the number of grades for demote.
    `evidence` lists tables whose records made it hold, each with the condition on the record, where it can be told.
    """

    rule: Rule
    holds: str
    holds_after: str
    grade: str | None = None
    demote: int = 0
    evidence: tuple[tuple[str, Expression], ...] = ()


@dataclass(frozen=True, slots=True)
class Band:
    """A grade of the ruler. `low` and `high` at the score's scale, both included; None is open, both None by rule.

    `condition` is set for a band given by `when`; it is a Truth definition.
    """

    grade: str
    by_rule: bool
    low: int | None
    high: int | None
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    name: str
    restricts: bool
    label: tuple[str, ...]
    value: str | None


@dataclass(frozen=True, slots=True)
class Measure:
    """What follows from credit: it applies when `holds` (after repair). `by` has one label for each authority.

    `channels` are where a list is published; `sampling` is that of an inspection.
    """

    rule: Rule
    holds: str
    by: tuple[tuple[str, ...], ...]
    on: tuple[str, ...]
    may: bool
    grants: tuple[Grant, ...]
    lasts: tuple[int, Type] | None
    excludes: tuple[str, ...]
    channels: tuple[tuple[str, ...], ...] = ()
    sampling: "Sampling | None" = None


@dataclass(frozen=True, slots=True)
class Sampling:
    """How an inspection is drawn: from each of `strata`, numbered from 1, the share `rate` of its subjects, made whole by
    `rounding`, in the order that `seed` gives. Rate and stratum are values of the measure.
    """

    seed: str
    rounding: Rounding
    strata: int


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """A time limit for those days: `value` in the unit of `type`; None is open."""

    value: int
    type: Type
    start: date
    end: date | None


@dataclass(frozen=True, slots=True)
class Matter:
    """A service item: the codes of the measures that it looks up, of the matters that it takes in, and its time limits."""

    rule: Rule
    by: tuple[tuple[str, ...], ...]
    measures: tuple[str, ...]
    includes: tuple[str, ...]
    limits: tuple[TimeLimit, ...]


@dataclass(frozen=True, slots=True)
class PointsRepair:
    """What records of an indicator give back.

    `indicator` is the indicator's code. `share` is an expression over one record of `table`, a rate at `share_scale`,
    that holds for records that match `where` (the indicator's and the repair's own condition, repaired or not: an
    unrepaired record has share 0). `restored` is the definition of the points given back in all, positive.
    `open` selects matching records that are not repaired yet.
    """

    rule: Rule
    indicator: str
    table: str
    where: Expression
    share: Expression
    share_scale: int
    restored: str
    open: Expression


@dataclass(frozen=True, slots=True)
class DirectRepair:
    """A direct grade that a repair sets aside: `repaired` is Truth. `direct` is the direct rule's code.

    `at_most` is the grade that the new evaluation may not exceed, None without `regrade`.
    """

    rule: Rule
    direct: str
    repaired: str
    at_most: str | None


@dataclass(frozen=True, slots=True)
class Result:
    """Which definition is which part of the result. Absent parts (no score, no grades) are None.

    `grades` names the enumeration; `grade` and `grade_after` are Optional Choice, absent when not graded.
    `graded` is Truth. `band` and `band_after` are the grade that the score alone gives
    (a Choice, which may be Optional).
    `score_low`, `score_high`: the declared bounds at the score's scale.
    """

    base: str | None
    score: str | None
    score_after: str | None
    score_low: int | None
    score_high: int | None
    grades: str | None
    graded: str
    band: str | None
    band_after: str | None
    grade: str | None
    grade_after: str | None
    bands: tuple[Band, ...]
    findings: tuple[Finding, ...]
    exempts: tuple[Step, ...]
    directs: tuple[Step, ...]
    assigns: tuple[Step, ...]
    demotes: tuple[Step, ...]
    ceilings: tuple[Step, ...]
    measures: tuple[Measure, ...]
    points_repairs: tuple[PointsRepair, ...]
    direct_repairs: tuple[DirectRepair, ...]
    score_rule: Rule | None = None
    grades_rule: Rule | None = None
    matters: tuple[Matter, ...] = ()


class PeriodKind(Enum):
    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Header:
    """`periods` are the lengths that an assessment period may have, the policy's own one first.

    `effective` bounds the period: its last day must lie in it. `content_hash` is of the rule files, 16 hex digits.

    `evaluated` bounds the as-of date in the same way; `jurisdiction` is the code of the division that the text is for, empty for
    all.
    """

    name: str
    label: tuple[str, ...]
    languages: tuple[str, ...]
    authority: tuple[str, ...]
    periods: tuple[PeriodKind, ...]
    effective_start: date | None
    effective_end: date | None
    content_hash: str
    evaluated_start: date | None = None
    evaluated_end: date | None = None
    jurisdiction: str = ""


# Claims that are checked on generated subjects


@dataclass(frozen=True, slots=True)
class HoldsClaim:
    name: str
    condition: str
    """a Truth definition"""
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class MoreClaim:
    """One record more of `table` never raises (`raises`) or never lowers the score or the grade (`target`)."""

    name: str
    table: str
    raises: bool
    target: str
    """`score` or `grade`"""
    span: Span = field(default=NOWHERE, compare=False, repr=False)


Claim = HoldsClaim | MoreClaim


@dataclass(frozen=True, slots=True)
class ExpectedValue:
    """What a case expects: see `syntax.tree.ExpectWord`. `value` is at the score's scale, a grade's name, or None."""

    word: str
    code: str | None
    value: int | str | None
    repaired: bool
    negated: bool
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Case:
    """A worked case. `subject` is JSON-like, as `core.inputs.load` takes it; `period` as `core.inputs.parse_period`."""

    name: str
    period: str
    as_of: date
    subject: "JsonObject"
    expected: tuple[ExpectedValue, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Total:
    """What a figure counts or adds up over the subjects for which `where` holds.

    `where` looks at the grade and the score after repair and at which measures apply, all of them definitions. `value` is the
    definition that is added up, a number, which adds nothing where it is absent; None counts the subjects.
    """

    name: str
    where: Expression
    value: str | None
    type: Type
    range: Interval


@dataclass(frozen=True, slots=True)
class Figure:
    """A published figure: `claim` is a Truth over `totals`, to which it refers as if they were definitions.

    `sides` are what people compare: both sides of the `relation` that the claim is, else the totals.
    """

    label: tuple[str, ...]
    claim: Expression
    totals: tuple[Total, ...]
    sides: tuple[Expression, ...]
    relation: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Population:
    """Figures of one evaluation of all subjects, given by its period, its as-of date and its division (empty for all)."""

    name: str
    period: str
    as_of: date
    jurisdiction: str
    basis: tuple[Citation, ...]
    figures: tuple[Figure, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


JsonScalar = str | int | bool | None
JsonRecord = dict[str, JsonScalar]
JsonObject = dict[str, "JsonScalar | list[JsonRecord]"]


@dataclass(frozen=True, slots=True)
class Program:
    header: Header
    enums: tuple[Enumeration, ...]
    subject: InputTable
    records: tuple[InputTable, ...]
    definitions: tuple[Definition, ...]
    result: Result
    claims: tuple[Claim, ...]
    cases: tuple[Case, ...]
    calendar: Calendar | None = None
    """the calendar of all workdays of the policy; None when it names none"""
    populations: tuple[Population, ...] = ()

    _definitions: dict[str, Definition] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # The first of two with one name, as in the order of the definitions; `core.verify` refuses the second.
        object.__setattr__(self, "_definitions", {item.name: item for item in reversed(self.definitions)})

    def enum(self, name: str) -> Enumeration:
        return next(item for item in self.enums if item.name == name)

    def table(self, name: str) -> InputTable:
        return next(item for item in self.records if item.name == name)

    def definition(self, name: str) -> Definition:
        return self._definitions[name]


def ordinal(program: Program, choice: Choice, name: str) -> int:
    """The position of a value in its enum, from 0."""
    return program.enum(choice.enum).ordinals[name]
