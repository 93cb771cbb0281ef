"""The surface tree: what an author wrote, one class for each declaration, clause and form of expression.

Out of `parse`; read by `checking`, `syntax.format` and `publishing`. Names are as written (NFC, backticks removed),
keywords are gone, full-width punctuation is gone, positions are kept in `span`, which takes no part in equality.
Numbers are exact: `digits` x 10^-`places`, before their unit is applied.
"""

from dataclasses import field
from datetime import date
from enum import Enum

from creditdsl.frozen import dataclass
from creditdsl.source import NOWHERE, Span


def place() -> Span:
    """The default of every `span`: nowhere, ignored by equality."""
    return field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Identifier:
    """A name or a rule code as written, such as `late_filing`, `纳税人` or `010101`."""

    text: str
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Label:
    """One text for each language of the policy, in the policy's order."""

    texts: tuple[str, ...]
    span: Span = place()


# Expressions


class UnitWord(Enum):
    """Units as they may stand behind a number; the value is the key of the keyword table."""

    POINTS = "points"
    YUAN = "yuan"
    TEN_THOUSAND_YUAN = "ten_thousand_yuan"
    HUNDRED_MILLION_YUAN = "hundred_million_yuan"
    PERCENT = "percent"
    PERCENTAGE_POINTS = "percentage_points"
    DAYS = "days"
    WORKDAYS = "workdays"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True, slots=True)
class Number:
    digits: int
    places: int
    unit: UnitWord | None = None
    span: Span = place()


@dataclass(frozen=True, slots=True)
class TextLiteral:
    value: str
    span: Span = place()


@dataclass(frozen=True, slots=True)
class DateLiteral:
    value: date
    span: Span = place()


@dataclass(frozen=True, slots=True)
class MonthLiteral:
    year: int
    month: int
    span: Span = place()


@dataclass(frozen=True, slots=True)
class QuarterLiteral:
    """A quarter as the period of a case; no value of expressions."""

    year: int
    quarter: int
    span: Span = place()


@dataclass(frozen=True, slots=True)
class TruthLiteral:
    """`yes 是` or `no 否`."""

    value: bool
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Reference:
    """A name: field, parameter, definition, record field, enum value, `score`, `grade` or a rule's code."""

    name: str
    span: Span = place()


class ContextWord(Enum):
    PERIOD_START = "period_start"
    PERIOD_END = "period_end"
    PERIOD_MONTHS = "period_months"
    AS_OF = "as_of"


@dataclass(frozen=True, slots=True)
class Context:
    """`period.start`, `period.end`, `period.months` or `as of`."""

    word: ContextWord
    span: Span = place()


class UnaryOperator(Enum):
    NOT = "not"
    NEGATE = "-"


@dataclass(frozen=True, slots=True)
class Unary:
    operator: UnaryOperator
    operand: "Expression"
    span: Span = place()


class BinaryOperator(Enum):
    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"
    OF = "of"
    AND = "and"
    OR = "or"
    IMPLIES = "implies"
    EQUAL = "="
    NOT_EQUAL = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="


@dataclass(frozen=True, slots=True)
class Binary:
    operator: BinaryOperator
    left: "Expression"
    right: "Expression"
    span: Span = place()


@dataclass(frozen=True, slots=True)
class IsPresent:
    """`x is present`; `x is absent` when `negated`."""

    operand: "Expression"
    negated: bool
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Is:
    """`x is NAME` or `x is not NAME`: equality with an enum value."""

    operand: "Expression"
    value: Identifier
    negated: bool
    span: Span = place()


@dataclass(frozen=True, slots=True)
class InSet:
    operand: "Expression"
    items: tuple["Expression", ...]
    negated: bool
    span: Span = place()


@dataclass(frozen=True, slots=True)
class InRange:
    """`x in a .. b`, both ends included."""

    operand: "Expression"
    low: "Expression"
    high: "Expression"
    negated: bool
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Within:
    """`d within N days after a`: `a < d <= a + N` in Civil Code counting, the day of `a` itself included as day 0.

    Without an operand (in `restore`) it speaks of the repair's `to` date. `before` looks back from the anchor.
    """

    operand: "Expression | None"
    duration: Number
    before: bool
    anchor: "Expression"
    span: Span = place()


@dataclass(frozen=True, slots=True)
class OrElse:
    operand: "Expression"
    default: "Expression"
    span: Span = place()


@dataclass(frozen=True, slots=True)
class At:
    """`small_tax at listed`: the value that a parameter has on a day."""

    parameter: Identifier
    day: "Expression"
    span: Span = place()


@dataclass(frozen=True, slots=True)
class If:
    condition: "Expression"
    then: "Expression"
    otherwise: "Expression"
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Branch:
    """One alternative; `condition` is None for `otherwise`."""

    condition: "Expression | None"
    value: "Expression"
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Cases:
    """`cases { | C -> a | otherwise -> b }`, also the bare `{ | … }` after `base`, `deduct`, `add` and `restore`."""

    branches: tuple[Branch, ...]
    span: Span = place()


class AggregateWord(Enum):
    COUNT = "count"
    ANY = "any"
    EVERY = "every"
    SUM = "sum"
    MAXIMUM = "max"
    MINIMUM = "min"
    LATEST = "latest"
    EARLIEST = "earliest"
    LONGEST_RUN = "longest_run"
    STREAK = "streak"
    WORST = "worst"
    BEST = "best"


@dataclass(frozen=True, slots=True)
class Aggregate:
    """`count(R per k where C)`, `any(R where C)`, `sum(E for each R where C)` and their kin."""

    word: AggregateWord
    value: "Expression | None"
    record: Identifier
    keys: tuple[Identifier, ...]
    where: "Expression | None"
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Call:
    """A table look-up `deposit_rate(contract, grade)`, or `least(a, b)` / `greatest(a, b)`."""

    name: Identifier
    arguments: tuple["Expression", ...]
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Rolled:
    """`rolled(d)`: d when it is a workday, otherwise the next one (Civil Code art. 203)."""

    operand: "Expression"
    span: Span = place()


class BetweenWord(Enum):
    DAYS = "days_between"
    WORKDAYS = "workdays_between"
    MONTHS = "months_between"
    YEARS = "years_between"


@dataclass(frozen=True, slots=True)
class Between:
    """`months between a and b`: whole units from a to b, negative when b lies before a."""

    word: BetweenWord
    first: "Expression"
    second: "Expression"
    span: Span = place()


class PartWord(Enum):
    YEAR = "year_of"
    MONTH = "month_of"


@dataclass(frozen=True, slots=True)
class Part:
    """`year of d` gives a number, `month of d` a month."""

    word: PartWord
    operand: "Expression"
    span: Span = place()


class RoundingMode(Enum):
    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"
    UP = "up"


@dataclass(frozen=True, slots=True)
class BreachOf:
    """`breach of licensing`: whether a pledge was broken."""

    pledge: Identifier
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Round:
    operand: "Expression"
    places: int
    mode: RoundingMode
    span: Span = place()


Expression = (
    Number
    | TextLiteral
    | DateLiteral
    | MonthLiteral
    | TruthLiteral
    | Reference
    | Context
    | Unary
    | Binary
    | IsPresent
    | Is
    | InSet
    | InRange
    | Within
    | OrElse
    | At
    | If
    | Cases
    | Aggregate
    | Call
    | Rolled
    | Between
    | Part
    | BreachOf
    | Round
)


# Clauses shared by many declarations


@dataclass(frozen=True, slots=True)
class Validity:
    """`from .. to`, both days included; None is open.

    `judged_by` names the day that must lie in it: a day of the run, or in a rule with `for each` a field of the record.
    """

    start: date | None
    end: date | None
    judged_by: Context | Reference | None = None
    span: Span = place()


class LocatorWord(Enum):
    ARTICLE = "article"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    ANNEX = "annex"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Locator:
    """`article 20`, `(2)` (an ITEM), `paragraph 2`, `annex 1`, `row 010101`; an annex may have no number."""

    word: LocatorWord
    number: str | None
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Citation:
    """`order40 article 20 (2)`: a declared source and a place in it."""

    source: Identifier
    locators: tuple[Locator, ...]
    span: Span = place()


@dataclass(frozen=True, slots=True)
class RuleClauses:
    """What every rule may have. `basis` may cite several places, separated by commas or in several clauses."""

    basis: tuple[Citation, ...] = ()
    notes: tuple[Label, ...] = ()
    effective: Validity | None = None
    when: Expression | None = None
    unless: Expression | None = None
    overrides: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True)
class ForEach:
    record: Identifier
    keys: tuple[Identifier, ...]
    span: Span = place()


class Sign(Enum):
    DEDUCT = "deduct"
    ADD = "add"


@dataclass(frozen=True, slots=True)
class Points:
    sign: Sign
    value: Expression
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Lasts:
    """`lasts 6 months from decided`."""

    duration: Number
    start: Identifier
    span: Span = place()


# Types as written


class TypeWord(Enum):
    INT = "int"
    YUAN = "yuan"
    POINTS = "points"
    PERCENT = "percent"
    DATE = "date"
    MONTH = "month"
    TEXT = "text"
    TRUTH = "truth"


@dataclass(frozen=True, slots=True)
class TypeExpression:
    """`int in 0 .. 2_400`, `yuan 4 places`, `date?`, `TaxType`: `name` is a TypeWord or an enum's name."""

    name: TypeWord | Identifier
    optional: bool = False
    places: int | None = None
    low: Expression | None = None
    high: Expression | None = None
    span: Span = place()


# Declarations


@dataclass(frozen=True, slots=True)
class Policy:
    """`periods` are lengths of the assessment period, `year`, `quarter` or `month`.

    `effective` bounds the end of the period, `evaluated` (written `effective … judged by as of`) the as-of date.
    """

    name: Identifier
    label: Label
    languages: tuple[Identifier, ...]
    authority: Label | None
    subject: Identifier | None
    periods: tuple[Identifier, ...]
    effective: Validity | None
    notes: tuple[Label, ...]
    evaluated: Validity | None = None
    calendar: Identifier | None = None
    replaced_by: "Successor | None" = None
    jurisdiction: TextLiteral | None = None
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Successor:
    """`replaced by tax_payment_credit "…"`: the policy that takes over when this one ends."""

    name: Identifier
    label: Label | None
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Use:
    path: TextLiteral
    span: Span = place()


@dataclass(frozen=True, slots=True)
class SourceArticle:
    """A part of a source: its text or what it says, and, when `encoded` is False, why no rule states it.

    Written `article 18 "…"` or `article 22 not encoded "…"`, and so for annexes and their rows.
    """

    locators: tuple[Locator, ...]
    encoded: bool
    text: Label
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Source:
    """A legal instrument. `rank` is law, regulation, rule or normative; `label` its number, `title` its title."""

    name: Identifier
    label: Label
    title: Label | None
    rank: Identifier | None
    in_force: Validity | None
    address: TextLiteral | None
    articles: tuple[SourceArticle, ...]
    notes: tuple[Label, ...]
    span: Span = place()


@dataclass(frozen=True, slots=True)
class EnumValue:
    name: Identifier
    label: Label | None
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Enumeration:
    name: Identifier
    label: Label | None
    values: tuple[EnumValue, ...]
    span: Span = place()


@dataclass(frozen=True, slots=True)
class FieldDeclaration:
    key: bool
    name: Identifier
    type: TypeExpression
    label: Label | None
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Subject:
    name: Identifier
    label: Label | None
    fields: tuple[FieldDeclaration, ...]
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Record:
    name: Identifier
    subject: Identifier
    label: Label | None
    absent_means_none: bool
    fields: tuple[FieldDeclaration, ...]
    span: Span = place()


@dataclass(frozen=True, slots=True)
class DatedValue:
    """`| 1000 yuan from 2020-01-01 to 2021-12-31`, both days included; without `to` until the next value begins."""

    value: Expression
    start: date
    end: date | None
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Parameter:
    name: Identifier
    type: TypeExpression
    label: Label | None
    basis: tuple[Citation, ...]
    values: tuple[DatedValue, ...]
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Define:
    name: Identifier
    label: Label | None
    value: Expression
    span: Span = place()


class BoundWord(Enum):
    OR_MORE = "or_more"
    OR_LESS = "or_less"
    UNDER = "under"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Bound:
    """`90 以上`, `不满 90`; the operators `>=`, `<=`, `<`, `>` parse to the same."""

    word: BoundWord
    number: Expression
    span: Span = place()


@dataclass(frozen=True, slots=True)
class AnyCell:
    span: Span = place()


@dataclass(frozen=True, slots=True)
class BoundsCell:
    bounds: tuple[Bound, ...]
    span: Span = place()


@dataclass(frozen=True, slots=True)
class ItemsCell:
    """One value or a set `{A, B}`."""

    items: tuple[Expression, ...]
    span: Span = place()


@dataclass(frozen=True, slots=True)
class RangeCell:
    """`a .. b`, both ends included."""

    low: Expression
    high: Expression
    span: Span = place()


Cell = AnyCell | BoundsCell | ItemsCell | RangeCell


@dataclass(frozen=True, slots=True)
class Row:
    cells: tuple[Cell, ...]
    value: Expression
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Column:
    name: Identifier
    type: TypeExpression
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Table:
    name: Identifier
    label: Label | None
    columns: tuple[Column, ...]
    type: TypeExpression
    basis: tuple[Citation, ...]
    rows: tuple[Row, ...]
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Score:
    """`base` is an expression, `Cases` included. `low`, `high` are the bounds of the total, both included."""

    label: Label | None
    clauses: RuleClauses
    base: Expression
    low: Expression | None
    high: Expression | None
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Indicator:
    code: Identifier
    label: Label | None
    clauses: RuleClauses
    for_each: ForEach | None
    where: Expression | None
    points: Points
    capped: Expression | None
    lasts: Lasts | None
    span: Span = place()


@dataclass(frozen=True, slots=True)
class ByRule:
    span: Span = place()


@dataclass(frozen=True, slots=True)
class WhenBand:
    condition: Expression
    span: Span = place()


@dataclass(frozen=True, slots=True)
class BoundsBand:
    bounds: tuple[Bound, ...]
    span: Span = place()


BandLimits = ByRule | WhenBand | BoundsBand


@dataclass(frozen=True, slots=True)
class Band:
    grade: Identifier
    label: Label | None
    limits: BandLimits
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Grades:
    """Best grade first. `name` is the name of the type that the grades form."""

    name: Identifier
    label: Label | None
    clauses: RuleClauses
    bands: tuple[Band, ...]
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Direct:
    grade: Identifier
    code: Identifier
    label: Label | None
    clauses: RuleClauses
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Assign:
    grade: Identifier
    code: Identifier
    label: Label | None
    clauses: RuleClauses
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Ceiling:
    grade: Identifier
    code: Identifier
    label: Label | None
    clauses: RuleClauses
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Demote:
    steps: int
    code: Identifier
    label: Label | None
    clauses: RuleClauses
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Exempt:
    code: Identifier
    label: Label | None
    clauses: RuleClauses
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Grant:
    """`grants NAME`, `grants NAME = value`, `restricts NAME`."""

    restricts: bool
    name: Identifier
    label: Label | None
    value: Expression | None
    span: Span = place()


class MeasureWord(Enum):
    REWARD = "reward"
    PENALTY = "penalty"
    LIST = "list"
    OFFER = "offer"
    PLEDGE = "pledge"
    INSPECTION = "inspection"


@dataclass(frozen=True, slots=True)
class Publication:
    """`at least 3 months at most 1 year`; the time that a branch gives where its condition holds, `otherwise` without one."""

    condition: Expression | None
    shortest: Number | None
    longest: Number | None
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Entry:
    """How a subject gets onto a list and off it: the records that enter it, counted from the day `start` of each.

    `publications` has one item without a condition, or branches; `channels` are where the list is published.
    """

    for_each: ForEach | None
    where: Expression | None
    start: Identifier | None
    leave: Expression | None
    publications: tuple[Publication, ...]
    channels: tuple[Label, ...]
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Sampling:
    """How an inspection is drawn: the share of each stratum, the seed, and how numbers are made whole."""

    rate: Expression
    seed: TextLiteral
    rounded: RoundingMode
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Measure:
    """What follows from credit: a reward, a penalty, a place on a list, an offer, who may pledge, who may be inspected.

    `by` has one label for each authority; `on` names on whom when not the subject; `may` is discretionary. `entry` is that of a
    list, `breach` of a pledge, `ranked` of an offer, `sampling` of an inspection.
    """

    word: MeasureWord
    code: Identifier
    label: Label | None
    clauses: RuleClauses
    by: tuple[Label, ...]
    on: Label | None
    may: bool
    grants: tuple[Grant, ...]
    lasts: Number | None
    excludes: tuple[Identifier, ...]
    entry: Entry | None = None
    breach: Expression | None = None
    ranked: Expression | None = None
    sampling: Sampling | None = None
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Matter:
    """A service item: the measures that are looked up when a subject asks for it, or `no measures`; `limit` is its time limit.

    `includes` are the matters that one application for this one takes in.
    """

    code: Identifier
    label: Label | None
    clauses: RuleClauses
    by: tuple[Label, ...]
    measures: tuple[Identifier, ...]
    none: bool
    includes: tuple[Identifier, ...]
    limit: tuple[DatedValue, ...]
    span: Span = place()


class CatalogueWord(Enum):
    DATA = "data"
    CONDUCT = "conduct"
    MEASURES = "measures"


@dataclass(frozen=True, slots=True)
class Catalogued:
    """A row of a catalogue: the declarations of those names, or with a label alone something that no rule stands for."""

    names: tuple[Identifier, ...]
    label: Label | None
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A closed list of what rules may use; `ranks` are the ranks of sources that a row's rule must rest on.

    `word` is what it is closed over: a MeasureWord, measures of that kind alone.
    """

    name: Identifier
    word: CatalogueWord | MeasureWord
    label: Label | None
    clauses: RuleClauses
    ranks: tuple[Identifier, ...]
    count: Number | None
    rows: tuple[Catalogued, ...]
    span: Span = place()


@dataclass(frozen=True, slots=True)
class RepairPoints:
    """`repair of INDICATOR`: what each matching record gives back, as a share of the points that it cost."""

    indicator: Identifier
    label: Label | None
    clauses: RuleClauses
    for_each: ForEach | None
    start: Identifier
    end: Identifier
    restore: Expression
    span: Span = place()


@dataclass(frozen=True, slots=True)
class RepairDirect:
    """`repair of direct RULE`: a new evaluation without it, `regrade at most G`, `once per year`.

    With `for each R where C` the records that match are set aside and the direct grade is judged on the rest;
    with `once per year` only if no two of them were repaired (`end`) in one calendar year.
    """

    direct: Identifier
    label: Label | None
    clauses: RuleClauses
    for_each: ForEach | None
    where: Expression | None
    start: Identifier | None
    end: Identifier | None
    regrade: Identifier | None
    once_per_year: bool
    span: Span = place()


# Cases and invariants


PeriodLiteral = Number | MonthLiteral | QuarterLiteral


@dataclass(frozen=True, slots=True)
class GivenField:
    name: Identifier
    value: Expression
    span: Span = place()


@dataclass(frozen=True, slots=True)
class GivenRecord:
    name: Identifier
    fields: tuple[GivenField, ...]
    span: Span = place()


class ExpectWord(Enum):
    """What an expectation speaks of; the rule words take a code."""

    SCORE = "score"
    GRADE = "grade"
    GRADED = "graded"
    IN_FORCE = "in_force"
    EXEMPT = "exempt"
    INDICATOR = "indicator"
    DIRECT = "direct"
    ASSIGN = "assign"
    CEILING = "ceiling"
    DEMOTE = "demote"
    REWARD = "reward"
    PENALTY = "penalty"
    LIST = "list"
    OFFER = "offer"
    PLEDGE = "pledge"
    INSPECTION = "inspection"
    REPAIR = "repair"


@dataclass(frozen=True, slots=True)
class Expectation:
    """`score = 95 points`, `repaired grade = B`, `not graded`, `indicator 010101 = 5 points`, `not reward x`, `not in force`.

    `repaired` asks for the value after repair; `code` is None for score, grade, graded and in force.
    """

    word: ExpectWord
    code: Identifier | None
    value: Expression | None
    repaired: bool
    negated: bool
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Case:
    """`like "…"` takes over the period, the date, the fields and the records of another case; fields given here win.

    A `period` that is a Number is a year.
    """

    name: TextLiteral
    like: TextLiteral | None
    period: PeriodLiteral | None
    as_of: DateLiteral | None
    fields: tuple[GivenField, ...]
    records: tuple[GivenRecord, ...]
    expectations: tuple[Expectation, ...]
    jurisdiction: TextLiteral | None = None
    span: Span = place()


@dataclass(frozen=True, slots=True)
class HoldsInvariant:
    condition: Expression
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Figure:
    """Something that must hold for a scored population, under a label."""

    label: Label
    claim: Expression
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Population:
    """Published figures of one evaluation: what counts and totals over all subjects must come to."""

    name: TextLiteral
    basis: tuple[Citation, ...]
    notes: tuple[Label, ...]
    period: PeriodLiteral | None
    as_of: DateLiteral | None
    jurisdiction: TextLiteral | None
    figures: tuple[Figure, ...]
    span: Span = place()


class NeverWord(Enum):
    RAISES = "raises"
    LOWERS = "lowers"


@dataclass(frozen=True, slots=True)
class MoreInvariant:
    """`more late_filing never raises score` (or `grade`)."""

    record: Identifier
    never: NeverWord
    target: ExpectWord
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Invariant:
    name: TextLiteral
    claim: HoldsInvariant | MoreInvariant
    span: Span = place()


# Amendments

Amendable = (
    Source
    | Enumeration
    | Subject
    | Record
    | Parameter
    | Define
    | Table
    | Score
    | Indicator
    | Grades
    | Direct
    | Assign
    | Ceiling
    | Demote
    | Exempt
    | Measure
    | RepairPoints
    | RepairDirect
    | Matter
    | Catalogue
    | Invariant
)
"""What an amendment may insert or replace as a whole."""


class TargetWord(Enum):
    """The kinds of declarations that an amendment may name; the value is the key of the keyword table but for the last."""

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
    INVARIANT = "invariant"
    REPAIR_DIRECT = "repair_direct"


@dataclass(frozen=True, slots=True)
class Target:
    """The declaration that an amendment touches; policy, subject, score and grades need no name."""

    word: TargetWord
    name: Identifier | None
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Limits:
    """`bounds 0 .. 100 points` of a score."""

    low: Expression
    high: Expression
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Lifetime:
    """`lasts 12 months`, in an indicator `from` a field."""

    duration: Number
    start: Identifier | None
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Flag:
    """A clause that is only its keyword: `may`, `once per year`, `absent means none`."""

    span: Span = place()


ClauseValue = (
    Expression
    | Points
    | Limits
    | Lifetime
    | Flag
    | ForEach
    | Validity
    | Label
    | Identifier
    | Grant
    | Successor
    | tuple[Citation, ...]
    | tuple[Label, ...]
    | tuple[Identifier, ...]
    | tuple[Publication, ...]
    | RoundingMode
)


@dataclass(frozen=True, slots=True)
class ClausePart:
    """One clause of a declaration; `rule` is its rule in the grammar, `deduct` for `add` too."""

    rule: str
    value: ClauseValue
    span: Span = place()


Component = ClausePart | Band | Row | Branch | DatedValue | EnumValue | FieldDeclaration | SourceArticle
"""What can be inserted into a declaration, or replaced in it, for itself."""


@dataclass(frozen=True, slots=True)
class Placement:
    """`after due`, `before 2`: next to which band, value or field by name, which row or branch by number from 1."""

    before: bool
    anchor: Identifier
    span: Span = place()


@dataclass(frozen=True, slots=True)
class InsertPart:
    """Without a placement at the end, a branch before `otherwise`."""

    part: Component
    placement: Placement | None
    span: Span = place()


@dataclass(frozen=True, slots=True)
class ReplacePart:
    """The part of the same name, date or place; a row or a branch by its `number` from 1."""

    part: Component
    number: Identifier | None
    span: Span = place()


class ComponentWord(Enum):
    CLAUSE = "clause"
    BAND = "band"
    ROW = "row"
    BRANCH = "branch"
    VALUE = "value"
    FIELD = "field"
    ARTICLE = "article"


@dataclass(frozen=True, slots=True)
class ComponentName:
    """A part as a repeal names it.

    `name` is the rule of a clause, a name, the number of a row or a branch, or the ISO date from which a value holds;
    `granted` is what a `grants` or `restricts` names, `locators` the place of an article.
    """

    word: ComponentWord
    name: Identifier
    granted: Identifier | None = None
    locators: tuple[Locator, ...] = ()
    span: Span = place()


@dataclass(frozen=True, slots=True)
class RepealPart:
    part: ComponentName
    span: Span = place()


PartChange = InsertPart | ReplacePart | RepealPart


@dataclass(frozen=True, slots=True)
class InsertDeclaration:
    declaration: Amendable
    span: Span = place()


@dataclass(frozen=True, slots=True)
class ReplaceDeclaration:
    declaration: Amendable
    span: Span = place()


@dataclass(frozen=True, slots=True)
class RepealDeclaration:
    target: Target
    span: Span = place()


@dataclass(frozen=True, slots=True)
class ChangeDeclaration:
    target: Target
    changes: tuple[PartChange, ...]
    span: Span = place()


Change = InsertDeclaration | ReplaceDeclaration | RepealDeclaration | ChangeDeclaration


@dataclass(frozen=True, slots=True)
class Applies:
    """`applies from 2019 to 2020`: the periods that a change is for, both included; without `to`, all from the first on."""

    first: PeriodLiteral
    last: PeriodLiteral | None
    span: Span = place()


@dataclass(frozen=True, slots=True)
class Amend:
    """Changes to the policy from a day on, by one instrument.

    `follows` names amendments of the same day that are made before this one. `jurisdiction` is the code of the
    administrative division for which alone it is made.
    """

    name: Identifier
    label: Label | None
    basis: tuple[Citation, ...]
    notes: tuple[Label, ...]
    effective: Validity | None
    applies: Applies | None
    follows: tuple[Identifier, ...]
    jurisdiction: TextLiteral | None
    changes: tuple[Change, ...]
    span: Span = place()


Declaration = (
    Policy
    | Use
    | Source
    | Enumeration
    | Subject
    | Record
    | Parameter
    | Define
    | Table
    | Score
    | Indicator
    | Grades
    | Direct
    | Assign
    | Ceiling
    | Demote
    | Exempt
    | Measure
    | RepairPoints
    | RepairDirect
    | Matter
    | Catalogue
    | Case
    | Invariant
    | Population
    | Amend
)


@dataclass(frozen=True, slots=True)
class Module:
    """One parsed file: its declarations in the order written, and its comments for the formatter."""

    path: str
    declarations: tuple[Declaration, ...]
    comments: tuple["Comment", ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment with its `#`; `own_line` is False when it stands behind other text."""

    text: str
    own_line: bool
    span: Span = place()
