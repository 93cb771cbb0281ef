"""The columns of the tables of a result, as docs/scoring.md has them.

The batch engine declares the same (`engines.lines`); a test compares the two.
"""

from collections.abc import Iterable
from enum import Enum

from creditdsl.backends.sql.source import subject_key
from creditdsl.backends.sql.target import CannotExpress
from creditdsl.core.ir import Program
from creditdsl.core.types import Number, plain
from creditdsl.diagnostics import Text


class Part(Enum):
    """What a query gives: one of the tables of a result, what is wrong with the input, or everything a subject has."""

    RESULTS = "results"
    FINDINGS = "findings"
    MEASURES = "measures"
    PROBLEMS = "problems"
    WIDE = "wide"


HEADING = (
    "graded",
    "score",
    "score_after_repair",
    "grade",
    "grade_after_repair",
    "decided_step",
    "decided_by",
    "decided_step_after_repair",
    "decided_by_after_repair",
)
FINDING = ("rule", "label", "count", "points", "points_after_repair", "basis")
MEASURE = ("rule", "kind", "label", "by", "may", "grants", "basis")
PROBLEM = ("table", "key", "column", "code")

COLUMNS = {Part.RESULTS: HEADING, Part.FINDINGS: FINDING, Part.MEASURES: MEASURE}
"""The columns behind the subject's key."""


def table_columns(program: Program, part: Part) -> tuple[str, ...]:
    """The columns of a part but `WIDE`; CannotExpress where the key is named like one of them."""
    if part is Part.PROBLEMS:
        return PROBLEM
    key = subject_key(program).name
    if key.casefold() in COLUMNS[part]:
        raise CannotExpress(
            Text(
                f"主体的 key 与结果的列 `{key}` 同名。",
                f"The subject's key is named like the column `{key}` of the result.",
            ),
            Text("给 key 字段另起一个名字。", "Give the key another name."),
        )
    return (key, *COLUMNS[part])


def too_many_columns(count: int, most: int) -> CannotExpress:
    return CannotExpress(
        Text(
            f"`wide` 需要 {count} 列, 而这种数据库最多 {most} 列。",
            f"`wide` would have {count} columns, and this database allows {most}.",
        ),
        Text("分别查询 results、findings 和 measures。", "Ask for results, findings and measures one by one."),
    )


def points_size(program: Program) -> tuple[int, int]:
    """How many decimal digits the points of a policy may have, 18 or 38, and how many of them are places."""
    plan = program.result
    names = [name for name in (plan.score, plan.score_after) if name is not None]
    names += [name for item in plan.findings for name in (item.points, item.points_after)]
    known = {item.name: item for item in program.definitions}
    definitions = [known[name] for name in names]
    places = max((type_.scale for item in definitions if isinstance(type_ := plain(item.type), Number)), default=0)
    ranges = [item.range for item in definitions if item.range is not None]
    return (18 if _widest(abs(end) for item in ranges for end in (item.low, item.high)) < 10**18 else 38), places


def _widest(ends: Iterable[int]) -> int:
    return max(ends, default=0)
