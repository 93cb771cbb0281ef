"""Hypothesis strategies for the subjects of a policy.

`samples(program)` gives whole runs (period, as-of day, subject), `subjects(program)` subjects alone. They are biased
to every constant of the policy and its neighbours, to records that share keys, and to combinations that make rules
fire. A subject is JSON as `core.inputs` takes it, and always valid.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import strategies
from hypothesis.strategies import DrawFn, SearchStrategy

from creditdsl.core.calendar import date_of
from creditdsl.core.inputs import parse_period
from creditdsl.core.ir import LAST_DAY, Constant, InputTable, JsonObject, JsonRecord, PeriodKind, Program
from creditdsl.core.notation import json_value
from creditdsl.core.periods import period_around
from creditdsl.core.subject import Period, RunContext
from creditdsl.core.types import Day
from creditdsl.core.walk import walk
from creditdsl.diagnostics import PolicyError
from creditdsl.testing.aiming import Aim, Scene
from creditdsl.testing.forms import Forms
from creditdsl.testing.goals import Goal, goals, opaque_definitions
from creditdsl.testing.landmarks import expressions, landmarks
from creditdsl.testing.quiet import quiet_row
from creditdsl.testing.setting import Integers, Row, Setting, few

AS_OF_DELAYS = (120, 0, 1, 30, 365)
"""Days from the end of the period to the as-of day."""

DEFAULT_YEAR = 2020
FAULTS = (0, 4, 8)
"""At most so many faults: none in a third of the subjects, so that the best grade is met, many in another."""
MOST_PERIODS = 12


@dataclass(frozen=True, slots=True)
class Sample:
    """One run to try: `period` as `core.inputs.parse_period` takes it, and the subject as JSON."""

    period: str
    as_of: date
    subject: JsonObject


class World:
    """What is worked out once for a program, and serves every drawing."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.forms = Forms(program, opaque_definitions(program))
        self.known = landmarks(program, self.forms)
        self.goals = goals(program)
        self.periods = _periods(program)
        self._settings: dict[tuple[str, date], Setting] = {}
        first = self.periods[0]
        self.quiet = quiet_row(program, self.setting(first, self.as_of(first)))

    def setting(self, period: Period, as_of: date) -> Setting:
        """The values to try in one run."""
        found = self._settings.get((period.text, as_of))
        if found is None:
            found = Setting(self.program, RunContext(period, as_of), self.known)
            self._settings[period.text, as_of] = found
        return found

    def as_of(self, period: Period) -> date:
        """The most ordinary as-of day of a period."""
        return as_of_dates(self.program, period)[0]


def samples(program: Program) -> SearchStrategy[Sample]:
    """Runs of a program: a period in which it is in force, an as-of day, and a valid subject."""
    return samples_of(World(program))


def subjects(program: Program, period: str, as_of: date) -> SearchStrategy[JsonObject]:
    """Valid subjects of a program for one period, as `core.inputs.parse_period` takes it, and as-of day."""
    return valid_subjects(World(program), parse_period(program, period), as_of)


def valid_subjects(world: World, period: Period, as_of: date) -> SearchStrategy[JsonObject]:
    """Valid subjects for one run of a program's world."""
    return _subjects(world, world.setting(period, as_of))


def periods(program: Program) -> SearchStrategy[str]:
    """Periods in which the policy is in force; those of its cases and dated values are preferred."""
    return strategies.sampled_from([period.text for period in _periods(program)])


def as_of_days(program: Program, period: Period) -> SearchStrategy[date]:
    """As-of days from the last day of the period on, as far as the text is for evaluations made on them."""
    return strategies.sampled_from(as_of_dates(program, period))


def as_of_dates(program: Program, period: Period) -> tuple[date, ...]:
    """As-of days to try for a period, the most ordinary first; none when the text is for no evaluation of it."""
    first, last = program.header.evaluated_start, program.header.evaluated_end
    usual = [period.end + timedelta(days=days) for days in AS_OF_DELAYS]
    edges = [day for day in (first, last) if day is not None]
    low, high = max(period.start, first or period.start), last or LAST_DAY
    fitting = tuple(day for day in dict.fromkeys([*usual, *edges]) if low <= day <= high)
    return fitting or ((low,) if low <= high else ())


@strategies.composite
def samples_of(draw: DrawFn, world: World) -> Sample:
    """Runs in a program's world."""
    return drawn_sample(_drawing(draw), world)


@strategies.composite
def _subjects(draw: DrawFn, world: World, setting: Setting) -> JsonObject:
    return drawn_subject(_drawing(draw), world, setting)


def _drawing(draw: DrawFn) -> Integers:
    """Whole numbers from Hypothesis, which then makes them simpler one by one where a test fails."""
    return lambda low, high: low if low == high else draw(strategies.integers(low, high))


def drawn_sample(integer: Integers, world: World) -> Sample:
    """A run made of drawn numbers."""
    period = world.periods[integer(0, len(world.periods) - 1)]
    days = as_of_dates(world.program, period)
    as_of = days[integer(0, len(days) - 1)]
    return Sample(period.text, as_of, drawn_subject(integer, world, world.setting(period, as_of)))


def drawn_subject(integer: Integers, world: World, setting: Setting) -> JsonObject:
    """A subject made of drawn numbers: a quiet one, some fields and records drawn, then some goals pursued."""
    program = world.program
    tables = [table.name for table in program.records]
    scene = Scene(setting.plain_row(None) | world.quiet, {name: [] for name in tables})
    aim = Aim(integer, program, world.forms, setting, scene)
    names = [field.name for field in program.subject.fields if not field.key]
    for name in few(integer, names, min(4, 1 + len(names) // 4)):
        scene.subject[name] = setting.drawn(integer, None, name)
    for name in few(integer, tables, 2):
        aim.record(name)
    most_faults = FAULTS[integer(0, len(FAULTS) - 1)]
    for goals_of_a_kind, most, chances in (
        (world.goals.faults, most_faults, 6),
        (world.goals.details, 3, 2),
        (world.goals.others, 1, 6),
        (world.goals.steps, 1, 6),
    ):
        for goal in few(integer, goals_of_a_kind, most):
            wanted = integer(0, chances - 1) < chances - 1
            _pursue(aim, goal, wanted=wanted)
    return as_json(program, scene)


def _pursue(aim: Aim, goal: Goal, *, wanted: bool) -> None:
    """Aim at a goal, or at its opposite, to stand on the other side of its edge."""
    here = aim.record(goal.table) if goal.table is not None else None
    for condition in goal.conditions:
        aim.at(condition, wanted, here)


def as_json(program: Program, scene: Scene) -> JsonObject:
    """The subject of a scene as JSON."""
    subject: JsonObject = dict(_json_row(program.subject, scene.subject))
    for table in program.records:
        subject[table.name] = [_json_row(table, row) for row in scene.records[table.name]]
    return subject


def _json_row(table: InputTable, row: Row) -> JsonRecord:
    return {field.name: json_value(row[field.name], field.type) for field in table.fields}


def _periods(program: Program) -> tuple[Period, ...]:
    """Periods in which the policy is in force, those of its cases first, then around the days that it names."""
    years = [case.period for case in program.cases]
    days = {
        node.value
        for expression in expressions(program)
        for node in walk(expression)
        if isinstance(node, Constant) and node.type == Day() and isinstance(node.value, int)
    }
    header = program.header
    bounds = [header.effective_start, header.effective_end, header.evaluated_start, header.evaluated_end]
    named = [*bounds, *(date_of(day) for day in sorted(days))]
    dates = [item for item in named if item is not None] or [date(DEFAULT_YEAR, 6, 30)]
    for item in dates:
        years.extend(text for kind in header.periods for text in _period_texts(item, kind))
    found = (_in_force(program, text) for text in dict.fromkeys(years))
    return tuple(period for period in found if period is not None and as_of_dates(program, period))[:MOST_PERIODS]


def _period_texts(day: date, kind: PeriodKind) -> tuple[str, ...]:
    """The period of a day, the next and the one before."""
    period = period_around(day, kind)
    following, before = period.end + timedelta(1), period.start - timedelta(1)
    return (period.text, *(period_around(other, kind).text for other in (following, before)))


def _in_force(program: Program, text: str) -> Period | None:
    try:
        return parse_period(program, text)
    except PolicyError:
        return None
