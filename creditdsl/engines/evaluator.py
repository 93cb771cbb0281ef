"""What the engine asks of whatever grades a subject: the emitted module in use, the interpreter in a test.

The engine never imports a backend; it is given a function that makes an evaluator, and calls it in each of its
processes. The dictionaries are those of `docs/result.md`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypedDict


@dataclass(frozen=True, slots=True)
class InputProblem:
    """Why a subject is refused: `path` as `late_filing[2].due`, "" for the whole; `message` in the run's language."""

    path: str
    code: str
    message: str


class FindingJson(TypedDict):
    rule: str
    count: int
    points: str
    points_after_repair: str


class StepsJson(TypedDict):
    exempt: list[str]
    direct: list[str]
    assign: list[str]
    demote: list[str]
    ceiling: list[str]


class MeasureJson(TypedDict):
    rule: str
    may: bool
    grants: dict[str, bool | int | str | None]


class ExplanationJson(TypedDict):
    """The part of an explanation that the tables of a batch are made of."""

    graded: bool
    score: str | None
    score_after_repair: str | None
    grade: str | None
    grade_after_repair: str | None
    findings: list[FindingJson]
    band: str | None
    band_after_repair: str | None
    steps: StepsJson
    steps_after_repair: StepsJson
    measures: list[MeasureJson]


class Evaluator(Protocol):
    """Grades for one period and one as-of date."""

    def explain(self, subject: Mapping[str, object]) -> ExplanationJson | tuple[InputProblem, ...]:
        """The explanation of a subject given as `docs/result.md` has it, or every problem of its data."""


MakeEvaluator = Callable[[], Evaluator]
"""Can be pickled, and called in another process."""
