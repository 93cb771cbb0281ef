"""A whole run: tables in, tables out, every row accounted for.

In: a program, a folder of tables and a function that makes an evaluator. Out: a folder with results, findings, measures,
rejects and `summary.json`, which appears as a whole or not at all: everything is written beside it and renamed at the
end. Afterwards, for every table, rows in = rows used + rows refused, counted in what was written.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from creditdsl.core.ir import MAX_RECORDS, Program
from creditdsl.diagnostics import Language
from creditdsl.engines.accounting import check_rows, summarized
from creditdsl.engines.batch import Counts, PartFiles, Work
from creditdsl.engines.disk import room_wanted
from creditdsl.engines.duck import connect, disk_faults_as_os_errors
from creditdsl.engines.encoding import Encoding
from creditdsl.engines.evaluator import MakeEvaluator
from creditdsl.engines.grading import Grader
from creditdsl.engines.layout import FileFormat, read_layout
from creditdsl.engines.outputs import OutputForm, Parts, output_path, rows_refused, rows_written, write_tables
from creditdsl.engines.plain import PlainPass, PlainPlan, grade_plain
from creditdsl.engines.pool import batches, grade_all
from creditdsl.engines.populations import WrittenResult, check_figures
from creditdsl.engines.staging import count, stage_all, stage_odd, take_in_tables
from creditdsl.engines.strays import refuse_strays
from creditdsl.engines.summary import SUMMARY, Summary, written_summary
from creditdsl.engines.target import new_result, refuse_foreign
from creditdsl.tabular.result_tables import output_tables, points_size

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Progress = Callable[[int, int], None]
"""Told how many subjects are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a run reads and writes. `format` and `encoding` None: as the subject's table is, and as each file shows.

    `sort`: results in Parquet stand in the order of the keys, as they always do in CSV.
    """

    period: str
    as_of: date
    language: Language
    jobs: int = 1
    format: FileFormat | None = None
    encoding: Encoding | None = None
    byte_order_mark: bool = False
    most_records: int = MAX_RECORDS
    sort: bool = False


def run(
    program: Program,
    folders: tuple[Path, Path],
    make_evaluator: MakeEvaluator,
    options: RunOptions,
    progress: Progress = lambda done, of: None,
    plan: PlainPlan | None = None,
) -> Summary:
    """Score the tables of the first folder into the second one, which replaces an earlier result there.

    With a plan, the subjects that are plain are graded by it, as whole columns, and only the others one by one.
    Raises PolicyError with everything that is wrong with the folder or its headers, before anything is written, and
    OSError when a disk may not be written, or is full, with how much room is wanted.
    """
    source, target = folders
    refuse_foreign(target)
    layout = read_layout(program, source, options.encoding)
    with (
        disk_faults_as_os_errors(),
        new_result(target) as (work, result),
        room_wanted(layout, work.parent, options.language),
    ):
        given = Work(
            program, layout, work / "rows.duckdb", work, make_evaluator, options.language, options.most_records
        )
        taken = _take(given, plan, options, progress)
        counts = _grade(given, taken, options.jobs, progress)
        summary = summarized(program, layout, taken.rows, counts, (options.period, options.as_of))
        with connect(work) as connection:
            form = _write(connection, given, taken, result, options)
            _check(connection, given, summary, result, form)
        written = WrittenResult(result, work, form.format, options.jobs)
        summary = replace(summary, figures=check_figures(program, options.period, options.as_of, written))
        (result / SUMMARY).write_text(written_summary(summary), encoding="utf-8")
    return summary


@dataclass(frozen=True, slots=True)
class Taken:
    """How many rows each table has, how many subjects are left to be graded one by one, and what a plan has graded.

    `loose` says that there may be rows that belong to no subject.
    """

    rows: tuple[int, ...]
    subjects: int
    plain: PlainPass | None
    loose: bool = True

    @property
    def done(self) -> bool:
        """Whether every row has been graded."""
        return not self.subjects and not self.loose


def _take(work: Work, plan: PlainPlan | None, options: RunOptions, progress: Progress) -> Taken:
    """Take in the tables, grade what is plain, and sort the rows of all other subjects."""
    layout, limits = work.layout, (options.jobs, options.most_records)
    with connect(work.folder, work.database, columns_on=None if plan is None else options.jobs) as connection:
        rows = take_in_tables(connection, layout, work.folder, options.language)
        if plan is None:
            return Taken(rows, stage_all(connection, layout, options.most_records), None)
        progress(0, rows[0])
        plain = grade_plain(plan, layout, connection, work.folder, limits, lambda done: progress(done, rows[0]))
        subjects = stage_odd(connection, layout, plain.strays, options.most_records)
        loose = any(plain.strays) or count(connection, "SELECT count(*) FROM malformed") > 0
        taken = Taken(rows, subjects, plain, loose)
        if taken.done:
            # Nobody reads the database again: what is not in its file yet need not be written there.
            connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        return taken


def _grade(work: Work, taken: Taken, jobs: int, progress: Progress) -> Counts:
    """Write the part files of every subject that is left, and behind them those of the rows that belong to none."""
    counts = Counts() if taken.plain is None else taken.plain.counts
    done_before = counts.subjects
    total = done_before + taken.subjects
    progress(done_before, total)
    if taken.done:
        with PartFiles(work.folder, 0):
            return counts
    graded = grade_all(work, taken.subjects, jobs, lambda done: progress(done_before + done, total))
    counts.add(graded, graded.subjects)
    grader = Grader(work.program, work.layout, work.make_evaluator(), work.language)
    counts.add(refuse_strays(work, grader, len(batches(taken.subjects))), 0)
    return counts


def _write(connection: "DuckDBPyConnection", work: Work, taken: Taken, result: Path, options: RunOptions) -> OutputForm:
    digits, places = points_size(work.program)
    chosen = options.format or work.layout.subject.format
    form = OutputForm(chosen, digits, places, options.byte_order_mark, options.sort)
    parts = Parts(work.folder, len(batches(taken.subjects)) + 1, taken.subjects, taken.plain is not None)
    inputs = tuple(file.table.name for file in work.layout.tables)
    write_tables(connection, work.program, inputs, parts, result, form)
    return form


def _check(connection: "DuckDBPyConnection", work: Work, summary: Summary, result: Path, form: OutputForm) -> None:
    """Count what was written; InternalError when one row of the input is not accounted for."""
    tables = output_tables(work.program)
    refused = rows_refused(connection, output_path(result, "rejects", form), tables.rejects)
    scored = rows_written(connection, output_path(result, "results", form), tables.results)
    check_rows(summary, scored, refused)
