"""A whole run on Spark: tables in, tables out, every row accounted for, row for row as `engines.run` has it.

In: a program, a folder of Parquet tables, and how plain subjects become queries. Out: a folder with results, findings and
measures in part files, rejects and `summary.json`, which appears as a whole or not at all. Spark grades the plain subjects; the
rows of all others are collected, and read, graded and refused as in any other run (`staging`, `grading`, `strays`), so that
what is refused, and how that is said, is the same.

Every path must be that of a file system which the driver and all workers see.
"""

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from creditdsl.core.ir import Program
from creditdsl.diagnostics import Code, PolicyError
from creditdsl.engines import messages
from creditdsl.engines.accounting import check_rows, summarized
from creditdsl.engines.batch import Counts, PartFiles, Work
from creditdsl.engines.duck import connect, disk_faults_as_os_errors
from creditdsl.engines.evaluator import MakeEvaluator
from creditdsl.engines.grading import Grader
from creditdsl.engines.header import trouble
from creditdsl.engines.layout import FileFormat, Layout, read_layout
from creditdsl.engines.outputs import OutputForm, Parts, output_path, rows_refused, write_tables
from creditdsl.engines.pool import batches, grade_all
from creditdsl.engines.populations import WrittenResult, check_figures
from creditdsl.engines.run import Progress, RunOptions
from creditdsl.engines.spark_plan import WIDE, SparkPlan
from creditdsl.engines.spark_session import spark_session
from creditdsl.engines.spark_tables import Sorted, SparkTables, written
from creditdsl.engines.spark_target import assemble
from creditdsl.engines.staging import stage_all, take_in_tables
from creditdsl.engines.strays import refuse_strays
from creditdsl.engines.summary import SUMMARY, Summary, written_summary
from creditdsl.engines.target import new_result, refuse_foreign
from creditdsl.tabular.result_tables import TABLE_NAMES, output_tables, points_size

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


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
    with disk_faults_as_os_errors(), new_result(target) as (work, result):
        summary = _score(given, layout, work, result)
        options = given.options
        tables = WrittenResult(result, work, FileFormat.PARQUET, options.jobs)
        summary = replace(summary, figures=check_figures(given.program, options.period, options.as_of, tables))
        (result / SUMMARY).write_text(written_summary(summary), encoding="utf-8")
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
    summary = summarized(given.program, layout, found.rows, counts, (options.period, options.as_of))
    with connect(work) as connection:
        refused = rows_refused(connection, rejects, output_tables(given.program).rejects)
    check_rows(summary, rows["results"], refused)
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
    with connect(work) as connection:
        write_tables(connection, given.program, inputs, Parts(work, files, subjects, False), target, form)
    return counts
