"""A whole run on Spark: tables in, tables out, every row accounted for, row for row as `engines.run` has it.

In: a program, a folder of Parquet tables, and how plain subjects become queries. Out: a folder with results, findings and
measures in part files, rejects and `summary.json`, which appears as a whole or not at all. Spark grades the plain subjects; the
rows of all others are collected, and read, graded and refused as in any other run (`staging`, `grading`, `strays`), so that
what is refused, and how that is said, is the same.

Every path must be that of a file system which the driver and all workers see.
"""

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from creditdsl.core.ir import Program
from creditdsl.diagnostics import Code, InternalError, PolicyError
from creditdsl.engines import messages
from creditdsl.engines.batch import Counts, PartFiles, Work
from creditdsl.engines.duck import connect, disk_faults_as_os_errors
from creditdsl.engines.evaluator import MakeEvaluator
from creditdsl.engines.grading import Grader
from creditdsl.engines.header import trouble
from creditdsl.engines.layout import FileFormat, Layout, read_layout
from creditdsl.engines.lines import TABLE_NAMES, output_tables, points_size
from creditdsl.engines.outputs import OutputForm, Parts, output_path, rows_refused, write_tables
from creditdsl.engines.pool import batches, grade_all
from creditdsl.engines.run import RunOptions
from creditdsl.engines.spark_plan import WIDE, SparkPlan
from creditdsl.engines.spark_session import spark_session
from creditdsl.engines.spark_tables import Sorted, SparkTables, written
from creditdsl.engines.spark_target import assemble, refuse_foreign
from creditdsl.engines.staging import stage_all, take_in_tables
from creditdsl.engines.strays import refuse_strays
from creditdsl.engines.summary import SUMMARY, Summary, TableCounts, written_summary

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class SparkRun:
    """What a run on Spark is given: the policy, who grades a single subject, the plan of the others, and how to run."""

    program: Program
    make_evaluator: MakeEvaluator
    plan: SparkPlan
    options: RunOptions
    master: str | None = None
    progress: Progress = lambda done, of: None


def run_on_spark(given: SparkRun, source: Path, target: Path) -> Summary:
    """Score the tables of the first folder into the second one, which replaces an earlier result there.

    Raises PolicyError with everything that is wrong with the folder or its headers, before anything is written; SparkTrouble
    when Spark cannot be used or fails; and OSError when a disk is full or may not be written.
    """
    refuse_foreign(target)
    layout = read_layout(given.program, source)
    _refuse_unreadable(layout)
    with _beside(target) as folder, disk_faults_as_os_errors():
        work, result = folder / "work", folder / "result"
        work.mkdir()
        result.mkdir()
        summary = _score(given, layout, work, result)
        (result / SUMMARY).write_text(written_summary(summary), encoding="utf-8")
        _replace(target, result, folder)
    return summary


def _refuse_unreadable(layout: Layout) -> None:
    """PolicyError for tables that Spark does not read, or only in its own way."""
    troubles = [
        trouble(Code.CR0912, file.path, messages.spark_reads_parquet(file.path.name), messages.other_engine())
        for file in layout.tables
        if file.format is not FileFormat.PARQUET
    ]
    troubles += [
        trouble(Code.CR0912, path, messages.colon_in_name(path.name))
        for file in layout.tables
        for path in file.paths
        if ":" in path.name
    ]
    if troubles:
        raise PolicyError(tuple(troubles))


def _score(given: SparkRun, layout: Layout, work: Path, result: Path) -> Summary:
    """Write the tables of the result, and count what they hold."""
    options = given.options
    with spark_session(given.master, work) as session:
        tables = SparkTables(session, given.program, layout, work, options.most_records)
        found = tables.sort()
        given.progress(0, found.rows[0])
        counts = _grade_plain(given, tables, found, work)
        given.progress(counts.subjects, found.rows[0])
        odd = tables.odd_rows(found) if found.any_odd else None
    form = OutputForm(FileFormat.PARQUET, *points_size(given.program))
    careful = work / "careful"
    careful.mkdir()
    counts.add(_grade_odd(given, odd, work, careful, form), 0)
    rows = {
        name: assemble(name, work / name, output_path(careful, name, form), result)
        for name in TABLE_NAMES
        if name != "rejects"
    }
    rejects = output_path(result, "rejects", form)
    output_path(careful, "rejects", form).rename(rejects)
    summary = _summary(given, layout, found, counts)
    refused = rows_refused(rejects, output_tables(given.program).rejects, work)
    _check(summary, rows["results"], refused)
    return summary


def _grade_plain(given: SparkRun, tables: SparkTables, found: Sorted, work: Path) -> Counts:
    """Write results, findings and measures of the plain subjects, all from one wide row a subject."""
    session, plan = tables.session, given.plan
    tables.view_plain(found)
    wide = written(session, session.sql(plan.wide(tables.all_tables())), work / "wide")
    wide.createOrReplaceTempView(WIDE)
    for name in TABLE_NAMES:
        if name != "rejects":
            written(session, session.sql(plan.part(name)), work / name)
    counts = Counts(subjects=found.used[0], used=Counter(dict(enumerate(found.used))))
    counts.grades, counts.grades_after_repair = _grades(session)
    return counts


def _grades(session: "SparkSession") -> tuple[Counter[str | None], Counter[str | None]]:
    """How many of the plain subjects have each grade, before and after repair."""
    before, after = Counter[str | None](), Counter[str | None]()
    query = f"SELECT grade, grade_after_repair, count(*) AS n FROM {WIDE} GROUP BY grade, grade_after_repair"
    for grade, grade_after, subjects in session.sql(query).collect():
        before[grade] += subjects
        after[grade_after] += subjects
    return before, after


def _grade_odd(given: SparkRun, odd: Layout | None, work: Path, target: Path, form: OutputForm) -> Counts:
    """Write the tables of the subjects that are looked at one by one, and of the rows without a subject."""
    counts, files, subjects = Counts(), 1, 0
    if odd is None:
        with PartFiles(work, 0):
            pass
    else:
        options = given.options
        todo = Work(
            given.program, odd, work / "rows.duckdb", work, given.make_evaluator, options.language, options.most_records
        )
        with connect(work, todo.database) as connection:
            take_in_tables(connection, odd, work, options.language)
            subjects = stage_all(connection, odd, options.most_records)
        files = len(batches(subjects)) + 1
        counts.add(grade_all(todo, subjects, options.jobs, lambda done: None), subjects)
        grader = Grader(given.program, odd, given.make_evaluator(), options.language)
        counts.add(refuse_strays(todo, grader, files - 1), 0)
    inputs = tuple(table.name for table in (given.program.subject, *given.program.records))
    write_tables(given.program, inputs, Parts(work, files, subjects, False), target, form)
    return counts


def _summary(given: SparkRun, layout: Layout, found: Sorted, counts: Counts) -> Summary:
    header, options = given.program.header, given.options
    return Summary(
        header.name,
        header.content_hash,
        options.period,
        options.as_of,
        tuple(
            TableCounts(file.table.name, found.rows[number], counts.used[number], counts.refused[number])
            for number, file in enumerate(layout.tables)
        ),
        _by_grade(given.program, counts.grades),
        _by_grade(given.program, counts.grades_after_repair),
    )


def _by_grade(program: Program, counts: Counter[str | None]) -> tuple[tuple[str | None, int], ...]:
    """Every grade of the policy, best first, with its count, then the subjects without a grade."""
    name = program.result.grades
    grades = () if name is None else program.enum(name).names
    return (*((grade, counts[grade]) for grade in grades), (None, counts[None]))


def _check(summary: Summary, scored: int, refused: dict[str, int]) -> None:
    """Count what was written; InternalError when one row of the input is not accounted for."""
    for table in summary.tables:
        accounted = (scored if table is summary.tables[0] else table.used) + refused.get(table.name, 0)
        if not table.rows == table.used + table.refused == accounted:
            raise InternalError(f"{table.name} has {table.rows} rows, {accounted} are accounted for")
    if sum(count for _, count in summary.grades) != scored:
        raise InternalError(f"{scored} subjects are scored, the grades count others")


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A new folder on the same volume as the target, gone afterwards."""
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".unfinished", dir=target.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _replace(target: Path, result: Path, folder: Path) -> None:
    """Put the result where the target is; an earlier one goes away with the folder."""
    if target.exists():
        target.rename(folder / "earlier")
    result.rename(target)
