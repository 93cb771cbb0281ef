"""One subject with its rows becomes lines of results, findings and measures, or lines of rejects.

In: the rows of one key from every table, cells as text. Out: what goes into the tables of the result. A subject is
scored only when nothing at all is wrong with any of its rows; otherwise every row of it is refused, with each problem
on a line of its own, and the rows that have none with the place of the first one.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from creditdsl.core.ir import Enumeration, Program
from creditdsl.diagnostics import Code, InternalError, Language, Text
from creditdsl.engines import messages
from creditdsl.engines.cells import BLANKS, Reading, Refusal
from creditdsl.engines.evaluator import Evaluator, InputProblem
from creditdsl.engines.layout import Layout, TableFile
from creditdsl.engines.lines import Lines, ResultLines

StagedRow = Sequence[int | str | None]
"""The subject's ordinal, the number of the row in its file, then its cells; an empty cell is None."""

FIRST_CELL = 2
"""The position of the first cell in a staged row."""

Place = tuple[int, int]
"""A table of the layout (0 is the subject's) and the number of a row in its file."""


@dataclass(frozen=True, slots=True)
class MalformedRow:
    """A row without a cell for each column: where it stands, and what is wrong with it."""

    table: int
    number: int
    key: str
    code: str
    message: str
    raw: str


@dataclass(slots=True)
class SubjectRows:
    """All that stands under one key: rows by table, malformed rows, tables with more records than may be."""

    key: str
    rows: list[list[StagedRow]]
    malformed: list[MalformedRow]
    crowded: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one row; `column` is as the file's header has it, None for the row as a whole."""

    column: str | None
    code: str
    message: str


Faults = dict[Place, list[Fault]]


@dataclass(frozen=True, slots=True)
class Reader:
    """How the cells of one column are read: the field's name, the place in a `StagedRow`, the header's name,
    and the values of its cells."""

    name: str
    position: int
    column: str
    values: Reading


class Grader:
    """Grades the subjects of one layout, one after the other."""

    def __init__(self, program: Program, layout: Layout, evaluator: Evaluator, language: Language) -> None:
        enums = {enum.name: enum for enum in program.enums}
        self.tables = layout.tables
        self.evaluator = evaluator
        self.language = language
        self.result = ResultLines(program, language)
        self.positions = {file.table.name: position for position, file in enumerate(self.tables)}
        self.readers = [_readers(file, enums) for file in self.tables]
        self.columns = [{reader.name: reader.column for reader in readers} for readers in self.readers]

    def grade(self, subject: SubjectRows, lines: Lines) -> None:
        """Add one subject to `lines`, scored or refused."""
        faults = self._faults_of_rows(subject)
        fields = [self._values(row, 0, faults) for row in subject.rows[0]]
        records = {
            file.table.name: [self._values(row, table, faults) for row in subject.rows[table]]
            for table, file in enumerate(self.tables)
            if table
        }
        if len(fields) == 1 and not subject.crowded:
            explained = self.evaluator.explain({**fields[0], **records})
            if isinstance(explained, tuple):
                self._add_problems(explained, subject, faults)
            elif not faults:
                lines.used.update({table: len(rows) for table, rows in enumerate(subject.rows)})
                self.result.add(subject.key, explained, lines)
                return
        self._refuse(subject, faults, lines)

    def refuse_malformed(self, row: MalformedRow, lines: Lines) -> None:
        """Refuse a malformed row that belongs to no subject."""
        self._add_reject((row.table, row.number), row.key, (Fault(None, row.code, row.message),), row.raw, lines)

    def refuse_stray(self, row: StagedRow, table: int, lines: Lines) -> None:
        """Refuse a row without a key, or with one that no subject has."""
        key, file = self._key(row, table), self.tables[table]
        column = file.header[file.key]
        if key:
            fault = self._fault(Code.CR0910, messages.orphan(key, self.tables[0].table), column)
        else:
            fault = self._fault(Code.CR0901, messages.no_key(column), column)
        self._refuse_row(row, table, key, (fault,), lines)

    def refuse_excess(self, row: StagedRow, table: int, most: int, lines: Lines) -> None:
        """Refuse a row beyond the most that one subject may have."""
        fault = self._fault(Code.CR0913, messages.too_many_records(self.tables[table].table, most))
        self._refuse_row(row, table, self._key(row, table), (fault,), lines)

    def _faults_of_rows(self, subject: SubjectRows) -> Faults:
        """What is wrong before a cell is looked at: malformed rows, a key that stands twice, too many rows."""
        faults: Faults = {(row.table, row.number): [Fault(None, row.code, row.message)] for row in subject.malformed}
        numbers = [row_number(row) for row in subject.rows[0]]
        numbers += [row.number for row in subject.malformed if row.table == 0]
        if len(numbers) > 1:
            for number in numbers:
                others = tuple(sorted(other for other in numbers if other != number))
                message = messages.key_twice(self.tables[0].table, others)
                faults.setdefault((0, number), []).append(self._fault(Code.CR0909, message, self._key_column()))
        for table in subject.crowded:
            message = messages.too_many_records(self.tables[table].table, len(subject.rows[table]))
            for number in numbers:
                faults.setdefault((0, number), []).append(self._fault(Code.CR0913, message))
        return faults

    def _values(self, row: StagedRow, table: int, faults: Faults) -> dict[str, object]:
        """The values of a row by field; a cell that cannot be read stays text, and its fault is added."""
        values: dict[str, object] = {}
        for reader in self.readers[table]:
            cell = row[reader.position]
            if not isinstance(cell, str):
                continue
            value = reader.values[cell]
            if isinstance(value, Refusal):
                fault = self._fault(value.code, value.message, reader.column)
                faults.setdefault((table, row_number(row)), []).append(fault)
                value = cell
            values[reader.name] = value
        return values

    def _add_problems(self, problems: tuple[InputProblem, ...], subject: SubjectRows, faults: Faults) -> None:
        """Add what the evaluator finds wrong, but for cells that are known to be wrong already."""
        for problem in problems:
            table, position, name = self._parsed(problem.path)
            rows = subject.rows[table]
            place = (table, row_number(rows[position])) if position < len(rows) else (0, row_number(subject.rows[0][0]))
            column = self.columns[table].get(name, name or None)
            known = faults.setdefault(place, [])
            if column is None or column not in [fault.column for fault in known]:
                known.append(Fault(column, problem.code, problem.message))

    def _parsed(self, path: str) -> tuple[int, int, str]:
        """The table, the position among the subject's rows of it, and the field that a path names."""
        head, bracket, rest = path.partition("[")
        if bracket and head in self.positions:
            index, _, name = rest.partition("]")
            return self.positions[head], int(index), name.removeprefix(".")
        return 0, 0, path

    def _refuse(self, subject: SubjectRows, faults: Faults, lines: Lines) -> None:
        if not faults:
            raise InternalError(f"subject {subject.key} is neither scored nor refused")
        table, number = min(faults)
        aside = self._fault(Code.CR0915, messages.set_aside(self.tables[table].table.name, number))
        for row in subject.malformed:
            self._add_reject((row.table, row.number), row.key, faults[row.table, row.number], row.raw, lines)
        for table, rows in enumerate(subject.rows):
            for staged in rows:
                self._refuse_row(staged, table, subject.key, faults.get((table, row_number(staged)), (aside,)), lines)

    def _refuse_row(self, row: StagedRow, table: int, key: str, faults: Sequence[Fault], lines: Lines) -> None:
        self._add_reject((table, row_number(row)), key, faults, raw_row(row), lines)

    def _fault(self, code: Code, message: Text, column: str | None = None) -> Fault:
        return Fault(column, code.name, message.in_language(self.language))

    def _key(self, row: StagedRow, table: int) -> str:
        return str(row[self.tables[table].key + FIRST_CELL] or "").strip(BLANKS)

    def _key_column(self) -> str:
        return self.tables[0].header[self.tables[0].key]

    def _add_reject(self, place: Place, key: str, faults: Sequence[Fault], raw: str, lines: Lines) -> None:
        table, number = place
        name = self.tables[table].table.name
        lines.refused[table] += 1
        lines.rejects.extend([name, number, key, fault.column, fault.code, fault.message, raw] for fault in faults)


def _readers(file: TableFile, enums: dict[str, Enumeration]) -> list[Reader]:
    return [
        Reader(item.field.name, item.position + FIRST_CELL, file.header[item.position], Reading(item.field, enums))
        for item in file.columns
    ]


def row_number(row: StagedRow) -> int:
    """The number of a staged row in its file."""
    return int(row[1] or 0)


def raw_row(row: StagedRow) -> str:
    """The cells of a staged row as CSV."""
    text = StringIO()
    csv.writer(text, lineterminator="").writerow(row[FIRST_CELL:])
    return text.getvalue()
