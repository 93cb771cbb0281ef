"""Contestants side by side: each is checked, then timed in rounds in which all take turns.

In: contestants, a policy and its input, both of any kind that the contestants agree on. Out: a `Measured` for each that can run here. A contestant that gives one score or one
grade that differs from those before it stops the run: only equal work is compared.
"""

import gc
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from importlib.util import find_spec
from typing import Generic, Protocol, Self, TypeVar

SAMPLE = 64
"""On how many rows a contestant that takes one at a time shows how long a row takes it."""
FEWEST_ROWS = 100
FEWEST_ROUNDS, PATIENCE = 3, 10.0
"""How many rounds every contestant takes part in, and about how many seconds they may last in all before that is enough."""


class Input(Protocol):
    """What is graded: so many subjects, or the first of them."""

    @property
    def rows(self) -> int: ...

    def first(self, rows: int) -> Self: ...


Policy = TypeVar("Policy")
Data = TypeVar("Data", bound=Input)


class Pace(Enum):
    """Whether a contestant takes whole columns, or one subject at a time, and so only as many as the time allows."""

    COLUMNS = "columns"
    SUBJECTS = "subjects"


Graded = tuple[Sequence[int], ...]
"""Scores in tenths, grades by number from the best, 0, and both once more where they change by repair."""
WHAT = ("score", "grade", "score after repair", "grade after repair")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A contestant that has its policy and its input, both as it likes them.

    `run` grades everything and is what is timed; `graded` reads its result. `one` evaluates the subject of a number, for
    latencies. A run that only reads the input gives no grades.
    """

    run: Callable[[], object]
    graded: Callable[[object], Graded] | None
    one: Callable[[int], object] | None = None


@dataclass(frozen=True, slots=True)
class Contestant(Generic[Policy, Data]):
    """`needs` are the modules without which it cannot run; `fits` says whether it takes a policy."""

    name: str
    title: str
    pace: Pace
    prepare: Callable[[Policy, Data], Prepared]
    needs: tuple[str, ...] = ()
    fits: Callable[[Policy], bool] = lambda _: True

    def can_run(self, policy: Policy) -> bool:
        return all(find_spec(name) is not None for name in self.needs) and self.fits(policy)


@dataclass(slots=True)
class Measured:
    """Seconds of each round for so many rows, and seconds from the policy to the first result."""

    name: str
    title: str
    rows: int
    first: float
    seconds: list[float] = field(default_factory=list)

    def nanoseconds(self, seconds: float) -> float:
        """Nanoseconds a row."""
        return seconds / self.rows * 1e9

    @property
    def median(self) -> float:
        return self.nanoseconds(statistics.median(self.seconds))

    @property
    def least(self) -> float:
        return self.nanoseconds(min(self.seconds))

    @property
    def most(self) -> float:
        return self.nanoseconds(max(self.seconds))


@dataclass(frozen=True, slots=True)
class Pacing:
    """How many rounds there are, and how many seconds of a round a contestant that takes one subject at a time may have.

    One that takes all subjects and needs long for them leaves after fewer rounds, but not before the third.
    """

    rounds: int
    seconds: float

    def allowed(self, first: float) -> int:
        """The rounds of a contestant that took so many seconds in the first."""
        return max(FEWEST_ROUNDS, min(self.rounds, int(PATIENCE / max(first, 1e-9))))


class Disagreement(Exception):
    """Two contestants gave different results for one row."""


def contest(
    contestants: Iterable[Contestant[Policy, Data]], policy: Policy, data: Data, pacing: Pacing
) -> list[Measured]:
    """Every contestant that can run here, checked against those before it, and measured."""
    entered = list(_entered(contestants, policy, data, pacing))
    for turn in range(pacing.rounds):
        for place in range(len(entered)):
            # Another one begins each round, so that none always follows the same.
            prepared, measured = entered[(place + turn) % len(entered)]
            if turn < pacing.allowed(measured.seconds[0] if measured.seconds else 0.0):
                measured.seconds.append(_timed(prepared.run)[0])
    return [measured for _, measured in entered]


def _entered(
    contestants: Iterable[Contestant[Policy, Data]], policy: Policy, data: Data, pacing: Pacing
) -> Iterator[tuple[Prepared, Measured]]:
    reference: tuple[str, Graded] | None = None
    for contestant in contestants:
        if not contestant.can_run(policy):
            continue
        start = time.perf_counter()
        rows = _rows(contestant, policy, data, pacing)
        prepared = contestant.prepare(policy, data.first(rows))
        result = prepared.run()
        first = time.perf_counter() - start
        if prepared.graded is not None:
            graded = prepared.graded(result)
            if reference is not None:
                compare(reference, (contestant.name, graded), min(rows, len(reference[1][0])))
            # What was checked and has more rows is the reference of those that come after it.
            if reference is None or len(graded[0]) > len(reference[1][0]):
                reference = contestant.name, graded
        del result
        yield prepared, Measured(contestant.name, contestant.title, rows, first)


def _rows(contestant: Contestant[Policy, Data], policy: Policy, data: Data, pacing: Pacing) -> int:
    """All rows, or 1, 2 or 5 times a power of ten of them, which take about the time that a round may have."""
    if contestant.pace is Pace.COLUMNS or data.rows <= FEWEST_ROWS:
        return data.rows
    trial = contestant.prepare(policy, data.first(SAMPLE))
    trial.run()
    allowed = pacing.seconds / _timed(trial.run)[0] * SAMPLE
    steps = (step * 10**power for power in range(2, 9) for step in (1, 2, 5))
    return min(data.rows, max((step for step in steps if step <= allowed), default=FEWEST_ROWS))


def compare(first: tuple[str, Graded], second: tuple[str, Graded], rows: int) -> None:
    """Disagreement at the first row that two contestants grade differently."""
    (one, expected), (other, found) = first, second
    for what, left, right in zip(WHAT[: len(expected)], expected, found, strict=True):
        if len(right) < rows:
            raise Disagreement(f"{other} graded {len(right)} rows of {rows}")
        row = _first_difference(left[:rows], right[:rows])
        if row is not None:
            raise Disagreement(f"row {row}: {what} {left[row]} of {one}, {right[row]} of {other}")


def _first_difference(left: Sequence[int], right: Sequence[int]) -> int | None:
    """The row, or None; two arrays are compared as arrays are."""
    if hasattr(left, "nonzero") and hasattr(right, "nonzero"):
        different = (left != right).nonzero()[0]  # type: ignore[attr-defined]
        return int(different[0]) if len(different) else None
    return next((row for row, (a, b) in enumerate(zip(left, right, strict=True)) if a != b), None)


def _timed(run: Callable[[], object]) -> tuple[float, object]:
    """Seconds by the wall clock, with the cyclic collector off."""
    gc.collect()
    gc.disable()
    start = time.perf_counter()
    result = run()
    spent = time.perf_counter() - start
    gc.enable()
    return spent, result


@dataclass(frozen=True, slots=True)
class Latency:
    """Nanoseconds of one evaluation: the median and the 99th percentile."""

    name: str
    title: str
    median: float
    slowest_hundredth: float


def latencies(
    contestants: Iterable[Contestant[Policy, Data]], policy: Policy, data: Data, seconds: float
) -> list[Latency]:
    """How long one subject takes, for contestants that take one at a time; every subject once, in order."""
    found = []
    for contestant in contestants:
        if contestant.pace is not Pace.SUBJECTS or not contestant.can_run(policy):
            continue
        prepared = contestant.prepare(policy, data)
        if prepared.one is None:
            continue
        times = _each(prepared.one, data.rows, seconds)
        found.append(
            Latency(contestant.name, contestant.title, statistics.median(times), statistics.quantiles(times, n=100)[98])
        )
    return found


def _each(one: Callable[[int], object], rows: int, seconds: float) -> list[int]:
    clock = time.perf_counter_ns
    for row in range(min(rows, 20)):
        one(row)
    times: list[int] = []
    gc.collect()
    gc.disable()
    end = clock() + int(seconds * 1e9)
    for row in range(rows):
        start = clock()
        one(row)
        stop = clock()
        times.append(stop - start)
        if stop > end and len(times) >= FEWEST_ROWS:
            break
    gc.enable()
    return times
