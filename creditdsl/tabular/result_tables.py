"""The tables of a result: which columns each has, and how wide its points are.

In: a program. Out: names and kinds of columns, declared once, here, for every engine and every dialect.
"""

from enum import Enum

from creditdsl.core.ir import InputField, Program
from creditdsl.core.types import Number, Text, plain
from creditdsl.frozen import dataclass


class ColumnKind(Enum):
    TEXT = "text"
    """People's words: a spreadsheet might take them for a formula."""
    CODE = "code"
    """A name that the policy or this program gives."""
    COUNT = "count"
    TRUTH = "truth"
    POINTS = "points"
    """An exact decimal at the score's scale."""


TABLE_NAMES = ("results", "findings", "measures", "rejects")

OutputColumns = tuple[tuple[str, ColumnKind], ...]


@dataclass(frozen=True, slots=True)
class OutputTables:
    """The columns of every table of the result, in order; the first column carries the name of the policy's key."""

    results: OutputColumns
    findings: OutputColumns
    measures: OutputColumns
    rejects: OutputColumns

    @property
    def by_name(self) -> dict[str, OutputColumns]:
        return dict(zip(TABLE_NAMES, (self.results, self.findings, self.measures, self.rejects), strict=True))


RESULT_COLUMNS: OutputColumns = (
    ("graded", ColumnKind.TRUTH),
    ("score", ColumnKind.POINTS),
    ("score_after_repair", ColumnKind.POINTS),
    ("grade", ColumnKind.CODE),
    ("grade_after_repair", ColumnKind.CODE),
    ("decided_step", ColumnKind.CODE),
    ("decided_by", ColumnKind.CODE),
    ("decided_step_after_repair", ColumnKind.CODE),
    ("decided_by_after_repair", ColumnKind.CODE),
)
FINDING_COLUMNS: OutputColumns = (
    ("rule", ColumnKind.CODE),
    ("label", ColumnKind.TEXT),
    ("count", ColumnKind.COUNT),
    ("points", ColumnKind.POINTS),
    ("points_after_repair", ColumnKind.POINTS),
    ("basis", ColumnKind.TEXT),
)
MEASURE_COLUMNS: OutputColumns = (
    ("rule", ColumnKind.CODE),
    ("kind", ColumnKind.CODE),
    ("label", ColumnKind.TEXT),
    ("by", ColumnKind.TEXT),
    ("may", ColumnKind.TRUTH),
    ("grants", ColumnKind.TEXT),
    ("basis", ColumnKind.TEXT),
)
REJECT_COLUMNS: OutputColumns = (
    ("table", ColumnKind.CODE),
    ("row", ColumnKind.COUNT),
    ("key", ColumnKind.TEXT),
    ("column", ColumnKind.TEXT),
    ("code", ColumnKind.CODE),
    ("message", ColumnKind.TEXT),
    ("raw", ColumnKind.TEXT),
)


def output_tables(program: Program) -> OutputTables:
    """The tables of the result of a policy; but for rejects, the subject's key is their first column."""
    field = program.subject.key
    key = (key_name(program), ColumnKind.TEXT if field is None or _is_text(field) else ColumnKind.CODE)
    return OutputTables((key, *RESULT_COLUMNS), (key, *FINDING_COLUMNS), (key, *MEASURE_COLUMNS), REJECT_COLUMNS)


def key_name(program: Program) -> str:
    """The name of the subject's key."""
    return "key" if program.subject.key is None else program.subject.key.name


def _is_text(field: InputField) -> bool:
    return isinstance(plain(field.type), Text)


def points_size(program: Program) -> tuple[int, int]:
    """How many decimal digits the points of a policy may have, 18 or 38, and how many of them are places."""
    plan = program.result
    names = [name for name in (plan.score, plan.score_after) if name is not None]
    names += [name for item in plan.findings for name in (item.points, item.points_after)]
    definitions = [program.definition(name) for name in names]
    places = max((type_.scale for item in definitions if isinstance(type_ := plain(item.type), Number)), default=0)
    ranges = [item.range for item in definitions if item.range is not None]
    widest = max((max(abs(item.low), abs(item.high)) for item in ranges), default=0)
    return (18 if widest < 10**18 else 38), places
