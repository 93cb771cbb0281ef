"""What a query can give, and the columns that it then has."""

from enum import Enum

from creditdsl.backends.sql.source import subject_key
from creditdsl.backends.sql.target import CannotExpress
from creditdsl.core.ir import Program
from creditdsl.diagnostics import Text
from creditdsl.tabular.result_tables import FINDING_COLUMNS, MEASURE_COLUMNS, RESULT_COLUMNS


class Part(Enum):
    """What a query gives: one of the tables of a result, what is wrong with the input, or everything a subject has."""

    RESULTS = "results"
    FINDINGS = "findings"
    MEASURES = "measures"
    PROBLEMS = "problems"
    WIDE = "wide"


HEADING, FINDING, MEASURE = (
    tuple(name for name, _ in columns) for columns in (RESULT_COLUMNS, FINDING_COLUMNS, MEASURE_COLUMNS)
)
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
