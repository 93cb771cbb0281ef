"""The smallest set of what counts against a subject without which it would have a better grade.

In: candidates, each a supposition of its own; records that are alike are one candidate that stands several times. All
sets of one size are tried before any larger one, so that the first that succeeds is a smallest one; the search ends
when all are tried or the runs are used up, and says which.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from creditdsl.analyses.explanation_model import Change, NextGrade, Outcome
from creditdsl.analyses.trials import Place, Supposition, Trials
from creditdsl.core.ir import Value

MOST_CHANGES = 8
"""The largest set that is tried."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something to be without: one of several records that are alike, or definitions set as if a rule did not hold."""

    places: tuple[Place, ...]
    changes: tuple[Change, ...]
    fixed: tuple[tuple[str, Value], ...]
    gain: int
    """what being without it once gives at the score's scale; the promising ones are tried first"""


def next_grade(trials: Trials, grades: tuple[str, ...], candidates: list[Candidate]) -> NextGrade:
    """The smallest set that reaches a better grade; `grades` are best first."""
    now = trials.now.grade
    if now is None:
        return NextGrade(Outcome.NOT_GRADED, None, None, (), 0)
    if now == grades[0]:
        return NextGrade(Outcome.BEST, None, None, (), 0)
    better = set(grades[: grades.index(now)])
    candidates = sorted(candidates, key=lambda candidate: -candidate.gain)
    largest = sum(len(candidate.changes) for candidate in candidates)
    for size in range(1, min(largest, MOST_CHANGES) + 1):
        for counts in _counts(candidates, size):
            if trials.exhausted:
                return NextGrade(Outcome.GAVE_UP, None, None, (), size - 1)
            standing = trials.suppose(_supposition(candidates, counts))
            if standing.grade in better:
                score = None if standing.score is None else trials.points(standing.score)
                return NextGrade(Outcome.FOUND, standing.grade, score, _changes(candidates, counts), size)
    outcome = Outcome.NONE if largest <= MOST_CHANGES else Outcome.GAVE_UP
    return NextGrade(outcome, None, None, (), min(largest, MOST_CHANGES))


def _counts(candidates: list[Candidate], size: int) -> Iterator[tuple[int, ...]]:
    """All ways to take `size` changes, as how many of each candidate; many of the first ones come first."""
    if not candidates:
        if size == 0:
            yield ()
        return
    for taken in range(min(size, len(candidates[0].changes)), -1, -1):
        for rest in _counts(candidates[1:], size - taken):
            yield (taken, *rest)


def _supposition(candidates: list[Candidate], counts: tuple[int, ...]) -> Supposition:
    chosen = [(candidate, count) for candidate, count in zip(candidates, counts, strict=True) if count]
    without = frozenset(place for candidate, count in chosen for place in candidate.places[:count])
    return Supposition(without, {}, dict(pair for candidate, _ in chosen for pair in candidate.fixed))


def _changes(candidates: list[Candidate], counts: tuple[int, ...]) -> tuple[Change, ...]:
    pairs = zip(candidates, counts, strict=True)
    return tuple(change for candidate, count in pairs for change in candidate.changes[:count])
