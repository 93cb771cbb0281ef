"""The rows that no subject can be blamed for, and those that are too many to be looked at with their subject.

In: the staged rows. Out: part files with their rejects, and the counts. There may be as many as the input has rows, so
they are streamed.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from creditdsl.engines.batch import Counts, PartFiles, Work, malformed_row, stream
from creditdsl.engines.duck import connect
from creditdsl.engines.grading import Grader
from creditdsl.engines.lines import Lines

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

WRITTEN = 1_000
"""After how many rejects they are written."""

Refuse = Callable[[Lines], None]
"""Adds one row to the rejects."""


def refuse_strays(work: Work, grader: Grader, number: int) -> Counts:
    """Write malformed rows without a subject, strays and excess as the part files `number`."""
    counts, lines = Counts(), Lines()
    with connect(work.folder, work.database, worker=True) as connection, PartFiles(work.folder, number) as parts:
        for refuse in _refusals(connection, work, grader):
            refuse(lines)
            if len(lines.rejects) >= WRITTEN:
                counts.add(parts.write(lines), 0)
                lines = Lines()
        counts.add(parts.write(lines), 0)
    return counts


def _refusals(connection: "DuckDBPyConnection", work: Work, grader: Grader) -> Iterator[Refuse]:
    for row in stream(connection, "SELECT * FROM malformed WHERE ordinal IS NULL ORDER BY table_number, number"):
        yield partial(grader.refuse_malformed, malformed_row(row))
    for table in range(len(work.layout.tables)):
        strays = f"SELECT -1, number, * EXCLUDE (number, key) FROM strays{table} ORDER BY number"
        for row in stream(connection, strays):
            yield partial(grader.refuse_stray, row, table)
        for row in stream(connection, f"SELECT * FROM excess{table} ORDER BY ordinal, number"):
            yield partial(grader.refuse_excess, row, table, work.most_records)
