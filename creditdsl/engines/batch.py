"""One batch of subjects: fetched from the staged rows, graded, and written as part files.

In: a range of ordinals. Out: a file of plain CSV for each table of the result, and the counts. Rows come from DuckDB in
key order, a few thousand at a time, and are merged by ordinal, so that memory does not grow with the tables.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from creditdsl.core.ir import MAX_RECORDS, Program
from creditdsl.diagnostics import Language
from creditdsl.engines.duck import connect
from creditdsl.engines.evaluator import MakeEvaluator
from creditdsl.engines.grading import Grader, MalformedRow, StagedRow, SubjectRows
from creditdsl.engines.layout import Layout
from creditdsl.engines.lines import Lines
from creditdsl.tabular.result_tables import TABLE_NAMES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FETCHED = 2_000
"""How many rows of a table are fetched at a time."""
WRITTEN = 500
"""After how many subjects the lines are written."""


@dataclass(frozen=True, slots=True)
class Work:
    """What every process is given: the policy, the tables, the staged rows, and the folder for part files."""

    program: Program
    layout: Layout
    database: Path
    folder: Path
    make_evaluator: MakeEvaluator
    language: Language
    most_records: int = MAX_RECORDS


@dataclass(slots=True)
class Counts:
    """`used` and `refused` rows of the input by table of the layout; grades by name, None for not graded."""

    subjects: int = 0
    used: Counter[int] = field(default_factory=Counter)
    refused: Counter[int] = field(default_factory=Counter)
    grades: Counter[str | None] = field(default_factory=Counter)
    grades_after_repair: Counter[str | None] = field(default_factory=Counter)

    def add(self, other: "Counts | Lines", subjects: int) -> None:
        """Add what another part counted over `subjects` subjects."""
        self.subjects += subjects
        self.used.update(other.used)
        self.refused.update(other.refused)
        self.grades.update(other.grades)
        self.grades_after_repair.update(other.grades_after_repair)


class BatchGrader:
    """Grades ranges of subjects; one for each process, to be closed."""

    def __init__(self, work: Work) -> None:
        self.folder = work.folder
        self.tables = range(len(work.layout.tables))
        self.grader = Grader(work.program, work.layout, work.make_evaluator(), work.language)
        self.connection = connect(work.folder, work.database, worker=True)
        self.crowded: dict[int, tuple[int, ...]] = {}
        for table in self.tables:
            for (ordinal,) in self.connection.execute(f"SELECT DISTINCT ordinal FROM excess{table}").fetchall():
                self.crowded[ordinal] = (*self.crowded.get(ordinal, ()), table)

    def close(self) -> None:
        self.connection.close()

    def grade(self, number: int, start: int, end: int) -> Counts:
        """Grade the subjects with ordinals from `start` up to `end` (not included) into the part files `number`."""
        counts = Counts()
        with PartFiles(self.folder, number) as parts:
            lines = Lines()
            for ordinal, subject in enumerate(self._subjects(start, end), start=1):
                self.grader.grade(subject, lines)
                if ordinal % WRITTEN == 0:
                    counts.add(parts.write(lines), WRITTEN)
                    lines = Lines()
            counts.add(parts.write(lines), (end - start) % WRITTEN)
        return counts

    def _subjects(self, start: int, end: int) -> Iterator[SubjectRows]:
        keys = self._stream("SELECT ordinal, key FROM keys", "ordinal", start, end)
        malformed = Merge(self._stream("SELECT * FROM malformed", "ordinal, table_number, number", start, end))
        tables = [
            Merge(self._stream(f"SELECT * FROM rows{table}", "ordinal, number", start, end)) for table in self.tables
        ]
        for ordinal, key in keys:
            yield SubjectRows(
                str(key),
                [table.take(ordinal) for table in tables],
                [malformed_row(row) for row in malformed.take(ordinal)],
                self.crowded.get(int(ordinal or 0), ()),
            )

    def _stream(self, query: str, order: str, start: int, end: int) -> Iterator[StagedRow]:
        return stream(self.connection, f"{query} WHERE ordinal >= {start} AND ordinal < {end} ORDER BY {order}")


class Merge:
    """Rows in the order of their ordinals, taken ordinal by ordinal."""

    def __init__(self, rows: Iterator[StagedRow]) -> None:
        self.rows = rows
        self.waiting = next(rows, None)

    def take(self, ordinal: int | str | None) -> list[StagedRow]:
        """The rows with this ordinal, which must not lie before one taken earlier."""
        taken = []
        while self.waiting is not None and self.waiting[0] == ordinal:
            taken.append(self.waiting)
            self.waiting = next(self.rows, None)
        return taken


class PartFiles:
    """One plain CSV file for each table of the result."""

    def __init__(self, folder: Path, number: int) -> None:
        self.files = {
            name: part_path(folder, name, number).open("w", encoding="utf-8", newline="") for name in TABLE_NAMES
        }
        self.writers = {name: csv.writer(file, lineterminator="\n") for name, file in self.files.items()}

    def write(self, lines: Lines) -> Lines:
        """Write all the lines, and give them back for counting."""
        for name, rows in lines.by_name.items():
            self.writers[name].writerows(rows)
        return lines

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self.files.values():
            file.close()


def part_path(folder: Path, name: str, number: int) -> Path:
    """Where the part `number` of a table of the result is written."""
    return folder / f"{name}-{number:06}.csv"


def stream(connection: "DuckDBPyConnection", query: str) -> Iterator[StagedRow]:
    """The rows of a query, a few thousand at a time."""
    cursor = connection.cursor().execute(query)
    while rows := cursor.fetchmany(FETCHED):
        yield from rows


def malformed_row(row: StagedRow) -> MalformedRow:
    """A row of the staged table `malformed`."""
    _, table, number, key, code, message, raw = row
    return MalformedRow(int(table or 0), int(number or 0), str(key or ""), str(code), str(message), str(raw or ""))
