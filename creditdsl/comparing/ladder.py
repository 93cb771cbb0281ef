"""The grades of a policy as a ladder: the least score of each grade, best first.

Out: a `Ladder`, in which a higher score never gives a worse grade; None where the bands look at anything but the score or do not
go down step by step.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from creditdsl.comparing.constants import quantity
from creditdsl.comparing.normal import Above, All, Formula, normal
from creditdsl.comparing.setting import Setting
from creditdsl.comparing.uses import names_in
from creditdsl.syntax import tree

LOWER = (tree.BoundWord.OR_MORE, tree.BoundWord.OVER)


@dataclass(frozen=True, slots=True, order=True)
class Threshold:
    """Where a grade begins: at `limit`, or (`excluded`) just above it."""

    limit: Fraction
    excluded: bool


@dataclass(frozen=True, slots=True)
class Ladder:
    """All grades best first, and the thresholds of those that a score gives; the lowest of them has none."""

    grades: tuple[str, ...]
    thresholds: tuple[tuple[str, Threshold | None], ...]


def ladder(grades: tree.Grades) -> Ladder | None:
    """The ladder that bands with limits form."""
    found: list[tuple[str, Threshold | None]] = []
    for band in grades.bands:
        match band.limits:
            case tree.ByRule():
                continue
            case tree.WhenBand():
                return None
            case tree.BoundsBand(bounds=bounds):
                if any(quantity(bound.number) is None for bound in bounds):
                    return None
                found.append((band.grade.text, _threshold(bounds)))
    if not _goes_down([threshold for _, threshold in found]):
        return None
    return Ladder(tuple(band.grade.text for band in grades.bands), tuple(found))


def _threshold(bounds: tuple[tree.Bound, ...]) -> Threshold | None:
    for bound in bounds:
        number = quantity(bound.number)
        if bound.word in LOWER and number is not None:
            return Threshold(number.amount, bound.word is tree.BoundWord.OVER)
    return None


def _goes_down(thresholds: list[Threshold | None]) -> bool:
    """Every grade begins below the one before it; only the last may have no threshold."""
    return all(upper is not None and (lower is None or lower < upper) for upper, lower in pairwise(thresholds))


def admits_from_below(assign: tree.Assign, assigned: frozenset[str], rungs: Ladder, setting: Setting) -> bool:
    """Whether a grade assigned `when … and score >= t` is never worse for a higher score.

    So it is when no other assigned grade is better, and the best grade that the ladder has below t is no better either: with C below
    70, `assign M … when revenue = 0 and score >= 70` only ever lifts.
    """
    if assign.clauses.when is None or assign.clauses.unless is not None or assign.grade.text not in rungs.grades:
        return False
    limit = _limit_on_score(normal(assign.clauses.when, setting))
    if limit is None:
        return False
    place = rungs.grades.index
    below = next((name for name, begins in rungs.thresholds if begins is None or begins < limit), None)
    others = [*assigned, *([below] if below is not None else [])]
    return all(name in rungs.grades and place(assign.grade.text) <= place(name) for name in others)


def _limit_on_score(condition: Formula) -> Threshold | None:
    """The limit of the one conjunct that looks at the score; None where the condition looks at it in any other way."""
    found: list[Threshold | None] = []
    for part in condition.parts if isinstance(condition, All) else (condition,):
        match part:
            case Above(greater=tree.Reference(name="score"), smaller=smaller, strict=strict):
                limit = quantity(smaller)
                found.append(None if limit is None else Threshold(limit.amount, strict))
            case _ if "score" in set(names_in(part)):
                return None
            case _:  # It holds or not whatever the score is.
                continue
    return found[0] if len(found) == 1 else None
