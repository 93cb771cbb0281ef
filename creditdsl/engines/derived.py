"""Tables that are made from the tables of a scored population: the frame of `draw`, `match` and `advise`.

In: a function that scores into a folder. Out: a folder of its own, in place as a whole or not at all, with tables, the rejects of
the run and a `summary.json`.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from creditdsl.core.ir import Measure, Program
from creditdsl.engines.duck import connect, disk_faults_as_os_errors, quoted_path, quoted_text
from creditdsl.engines.layout import FileFormat, read_layout
from creditdsl.engines.outputs import OutputForm, as_text, output_path, write_table
from creditdsl.engines.run import RunOptions
from creditdsl.engines.summary import SUMMARY, Summary, summary_head
from creditdsl.engines.target import ResultFolder, new_result, refuse_foreign
from creditdsl.tabular.result_tables import ColumnKind, OutputColumns, output_tables

SCHEMA = 1
"""The version of the schemas of these summaries."""

REJECTS = "rejects"

ScoreInto = Callable[[Program, Path, Path, RunOptions], Summary]
"""Scores a program over the tables of the first folder into the second one."""


def with_measures(program: Program, measures: tuple[Measure, ...]) -> Program:
    """The program with these measures alone in its result, without findings and figures: grading is the same, less is written."""
    return replace(program, populations=(), result=replace(program.result, measures=measures, findings=()))


@dataclass(frozen=True, slots=True)
class Scored:
    """A scored population in Parquet, a folder to work in and one for what is made from it."""

    program: Program
    summary: Summary
    tables: Path
    work: Path
    result: Path
    form: OutputForm

    def read(self, name: str) -> str:
        """What stands behind FROM to read a table of the result."""
        return f"read_parquet({quoted_path(self.tables / f'{name}.parquet')})"

    def write(self, name: str, columns: OutputColumns, source: str, places: int = 0) -> None:
        """Write a table; `source` is the query of its columns, all of them text. Decimals have so many places in Parquet."""
        form = replace(self.form, places=places)
        with connect(self.work) as connection:
            write_table(connection, columns, source, self.work, output_path(self.result, name, form), form)

    def write_rejects(self) -> None:
        """Write the rows that were refused, in the order of their tables and rows, as the run has them."""
        columns = output_tables(self.program).rejects
        self.write(REJECTS, columns, f"SELECT {as_text(columns)} FROM {self.read(REJECTS)}")

    def write_summary(self, kind: str, content: Mapping[str, object]) -> None:
        """Write what was done, in numbers; the same run gives the same text."""
        head = summary_head(kind, SCHEMA, self.summary)
        text = json.dumps({**head, **content}, ensure_ascii=False, indent=2) + "\n"
        (self.result / SUMMARY).write_text(text, encoding="utf-8")


@contextmanager
def scored(
    program: Program, folders: tuple[Path, Path], options: RunOptions, folder: ResultFolder, score_into: ScoreInto
) -> Iterator[Scored]:
    """The tables of the first folder scored; what is written into `result` takes the place of the second one at the end.

    Raises PolicyError when the folder, a header, the period or the day is wrong, before anything is written.
    """
    source, target = folders
    refuse_foreign(target, folder)
    chosen = options.format or read_layout(program, source, options.encoding).subject.format
    with disk_faults_as_os_errors(), new_result(target) as (work, result):
        tables = work / "scored"
        summary = score_into(program, source, tables, replace(options, format=FileFormat.PARQUET))
        yield Scored(program, summary, tables, work, result, OutputForm(chosen, 38, 0, options.byte_order_mark))


def key_column(program: Program) -> tuple[str, ColumnKind]:
    """The first column of the tables of a result."""
    return output_tables(program).results[0]


def ordered_by(codes: tuple[str, ...], column: str = "rule") -> str:
    """What stands behind ORDER BY for the order of rules in a policy."""
    return f"list_position([{', '.join(quoted_text(code) for code in codes)}], {column})"
