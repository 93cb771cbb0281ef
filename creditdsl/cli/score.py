"""`creditdsl score`: the subjects of a folder of tables, graded into a folder of results."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from creditdsl.cli.language import say
from creditdsl.cli.session import Session, print_findings
from creditdsl.cli.table_options import REFUSED, Tables, asked, format_of_tables, run_options, table_options
from creditdsl.cli.times import as_of_option, jurisdiction_option, period_option
from creditdsl.diagnostics import Language

if TYPE_CHECKING:
    from rich.table import Table

    from creditdsl.core.ir import Program
    from creditdsl.engines.run import RunOptions
    from creditdsl.engines.spark_session import SparkTrouble
    from creditdsl.engines.summary import Summary
    from creditdsl.score import Engine


def command(language: Language) -> click.Command:
    """The command with its texts in `language`."""

    @click.command(
        "score",
        help=say(
            language,
            "批量评价文件夹中的数据表(CSV 或 Parquet):主体一张表,每种记录一张表。有行被退回,"
            "或总体的数字不成立时,状态为 1,其余照常评价。",
            "Score a folder of tables (CSV or Parquet): one for the subjects, one for each kind of record. "
            "The status is 1 when rows were refused, or figures of a population do not hold; the rest is scored all the same.",
        ),
    )
    @click.argument("policy", type=click.Path(path_type=Path), metavar=say(language, "政策", "POLICY"))
    @click.argument("tables", type=click.Path(path_type=Path), metavar=say(language, "数据文件夹", "TABLES"))
    @period_option(language, required=True)
    @as_of_option(language, required=True)
    @jurisdiction_option(language)
    @format_of_tables(language)
    @table_options(language, required=True)
    @click.option(
        "--sort",
        is_flag=True,
        help=say(
            language,
            "Parquet 结果也按主键排序(CSV 总是如此)",
            "Parquet results in the order of the keys, in which CSV always is.",
        ),
    )
    @click.option(
        "--engine",
        type=click.Choice(["auto", "columns", "python", "spark"]),
        default="auto",
        help=say(
            language,
            "用什么计算:columns 整列计算,python 逐户计算,spark 用 Apache Spark(仅 Parquet);默认 auto 尽量整列计算",
            "What computes: columns whole columns, python one subject at a time, spark Apache Spark (Parquet only); "
            "default auto, whole columns wherever possible.",
        ),
    )
    @click.option(
        "--master",
        metavar="URL",
        help=say(
            language,
            "Spark 的主节点,如 local[4] 或 spark://host:7077;默认依 Spark 自身的设置,没有则为本机全部核",
            "The master of Spark, such as local[4] or spark://host:7077; default is what Spark is set to, "
            "else all cores of this machine.",
        ),
    )
    @click.pass_obj
    def score(
        session: Session,
        policy: Path,
        tables: Path,
        period: str,
        as_of: datetime,
        jurisdiction: str | None,
        format_name: str | None,
        output: Path,
        encoding: str | None,
        bom: bool,
        jobs: int | None,
        sort: bool,
        engine: "Engine | Literal['spark']",
        master: str | None,
    ) -> int:
        from creditdsl.compile import compile_for

        given = {"--format csv": format_name == "csv", "--encoding": encoding, "--bom": bom, "--sort": sort}
        _refuse_combinations(session, engine, master, tuple(name for name, is_given in given.items() if is_given))
        compiled = compile_for(policy, period, as_of.date(), jurisdiction)
        chosen = asked(output, encoding, bom, jobs)
        options = run_options(chosen, format_name, (period, as_of.date()), session.language, sort=sort)
        return _scored(session, compiled.program, (tables, output), options, engine, master)

    return score


def _refuse_combinations(session: Session, engine: str, master: str | None, given: tuple[str, ...]) -> None:
    """UsageError for options that the engine does not have; Spark writes Parquet, in no order."""
    if engine != "spark":
        if master is not None:
            raise click.UsageError(
                session.say("--master 只能与 --engine spark 同时使用", "--master goes with --engine spark alone")
            )
    elif given:
        names = ", ".join(given)
        raise click.UsageError(
            session.say(f"--engine spark 不能与 {names} 同时使用", f"--engine spark does not go with {names}")
        )


def _scored(
    session: Session,
    program: "Program",
    folders: tuple[Path, Path],
    options: "RunOptions",
    engine: "Engine | Literal['spark']",
    master: str | None,
) -> int:
    from creditdsl.cli.figures import failed_figures
    from creditdsl.engines.spark_session import SparkTrouble
    from creditdsl.score import score, score_on_spark

    tables, output = folders
    run = Tables(session)
    try:
        with run.disk(output), run.progress() as progress:
            if engine == "spark":
                summary = score_on_spark(program, folders, options, master, progress)
            else:
                summary = score(program, tables, output, options, progress, engine)
    except SparkTrouble as fault:
        raise click.ClickException(_spark_trouble(session, fault)) from fault
    _print_summary(run, session, program, summary)
    run.finished(summary.refused, output)
    failed = failed_figures(summary.figures)
    print_findings(failed, session)
    return REFUSED if summary.refused or failed else 0


def _spark_trouble(session: Session, fault: "SparkTrouble") -> str:
    """What happened, and what can be done about it."""
    said = [text.in_language(session.language) for text in (fault.message, fault.remedy) if text is not None]
    return session.say(";", "; ").join(said)


def _print_summary(run: Tables, session: Session, program: "Program", summary: "Summary") -> None:
    """Rows of each table, then subjects by grade, with both grades where the policy has repairs, then figures."""
    from creditdsl.cli.figures import figures_table

    run.counts(summary.tables)
    run.console.print(_grades_table(session, program, summary))
    if summary.figures:
        run.console.print()
        run.console.print(figures_table(summary.figures, program.header.languages, session))


def _grades_table(session: Session, program: "Program", summary: "Summary") -> "Table":
    from rich.table import Table

    repairs = bool(program.result.points_repairs or program.result.direct_repairs)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(session.say("级别", "grade"))
    titles = [("户数", "subjects"), ("占比", "share")]
    titles += [("修复后户数", "after repair"), ("占比", "share")] if repairs else []
    for title in titles:
        table.add_column(session.say(*title), justify="right")
    after = dict(summary.grades_after_repair)
    for grade, count in summary.grades:
        cells = [f"{count:,}", _share(count, summary.scored)]
        cells += [f"{after[grade]:,}", _share(after[grade], summary.scored)] if repairs else []
        table.add_row(_grade_name(session, program, grade), *cells)
    total = [f"{summary.scored:,}", _share(summary.scored, summary.scored)]
    table.add_row(session.say("合计", "total"), *(total * (2 if repairs else 1)), style="bold")
    return table


def _grade_name(session: Session, program: "Program", grade: str | None) -> str:
    """The label of a grade in the language of the run."""
    if grade is None or program.result.grades is None:
        return session.say("不予评价", "not graded")
    languages = program.header.languages
    place = languages.index(session.language) if session.language in languages else 0
    value = next(value for value in program.enum(program.result.grades).values if value.name == grade)
    return value.label[place] if place < len(value.label) else grade


def _share(count: int, total: int) -> str:
    """A share in hundredths of a percent, rounded half up, in whole numbers all the way."""
    hundredths = (count * 20_000 + total) // (2 * total) if total else 0
    return f"{hundredths // 100}.{hundredths % 100:02} %"
