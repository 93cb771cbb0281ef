"""Every row is accounted for: the summary of a run, and its check against what was written.

In: how many rows each table has, and what was counted while they were graded. Out: the summary, or an InternalError.
"""

from collections import Counter
from datetime import date

from creditdsl.core.ir import Program
from creditdsl.diagnostics import InternalError
from creditdsl.engines.batch import Counts
from creditdsl.engines.layout import Layout
from creditdsl.engines.summary import Summary, TableCounts


def summarized(
    program: Program, layout: Layout, rows: tuple[int, ...], counts: Counts, run: tuple[str, date]
) -> Summary:
    """The summary of a run, which is given by its period and its as-of date; `rows` are those of each table of the layout."""
    header = program.header
    period, as_of = run
    return Summary(
        header.name,
        header.content_hash,
        period,
        as_of,
        tuple(
            TableCounts(file.table.name, rows[number], counts.used[number], counts.refused[number])
            for number, file in enumerate(layout.tables)
        ),
        _by_grade(program, counts.grades),
        _by_grade(program, counts.grades_after_repair),
    )


def check_rows(summary: Summary, scored: int, refused: dict[str, int]) -> None:
    """InternalError when one row of the input is not accounted for in the results and rejects that were written."""
    for table in summary.tables:
        written = (scored if table is summary.tables[0] else table.used) + refused.get(table.name, 0)
        if not table.rows == table.used + table.refused == written:
            raise InternalError(f"{table.name} has {table.rows} rows, {written} are accounted for")
    if sum(count for _, count in summary.grades) != scored:
        raise InternalError(f"{scored} subjects are scored, the grades count others")


def _by_grade(program: Program, counts: Counter[str | None]) -> tuple[tuple[str | None, int], ...]:
    """Every grade of the policy, best first, with its count, then the subjects without a grade."""
    name = program.result.grades
    grades = () if name is None else program.enum(name).names
    return (*((grade, counts[grade]) for grade in grades), (None, counts[None]))
