"""`creditdsl compile`: a policy as a program, or as its core to look at."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from creditdsl.cli.compile_sql import ONLY_PYTHON, SqlOptions, sql_options, sql_text
from creditdsl.cli.files import write_text
from creditdsl.cli.language import say
from creditdsl.cli.session import Session, print_findings
from creditdsl.cli.times import as_of_option, jurisdiction_option, period_option
from creditdsl.collector import collector_paused, stop_collector
from creditdsl.diagnostics import Diagnostic, Language, cannot_express

if TYPE_CHECKING:
    from creditdsl.compile import Compiled


def command(language: Language) -> click.Command:
    """The command with its texts in `language`."""

    @click.command(
        "compile",
        help=say(
            language,
            "把政策编译成程序。政策有修订时,不给日期就编译它的全部文本,写成一个文件夹,运行时按评价期和评价日选用;"
            "给出日期则只编译那一份文本。",
            "Compile a policy to a program. A policy with amendments is compiled with all of its texts into a folder, and "
            "the period and the day of the evaluation select one of them; with a date only that text is compiled.",
        ),
    )
    @click.argument("policy", type=click.Path(path_type=Path), metavar=say(language, "政策", "POLICY"))
    @click.option(
        "--target",
        type=click.Choice(["python", "columns", "sql"]),
        default="python",
        help=say(language, "目标语言", "The language to compile to."),
    )
    @as_of_option(language, required=False)
    @period_option(language, required=False)
    @jurisdiction_option(language)
    @click.option(
        "--emit",
        type=click.Choice(["program", "core"]),
        default="program",
        help=say(language, "输出程序,或输出中间表示 core", "Write the program, or the core it is made from."),
    )
    @sql_options(language)
    @click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        metavar=say(language, "文件", "FILE"),
        help=say(
            language,
            "写入的文件,有多份文本时为文件夹;默认为标准输出",
            "The file to write, or the folder for several texts; default is standard output.",
        ),
    )
    @click.pass_obj
    @collector_paused()
    def compile_(
        session: Session,
        policy: Path,
        target: str,
        as_of: datetime | None,
        period: str | None,
        jurisdiction: str | None,
        emit: str,
        output: Path | None,
        dialect: str,
        part: str | None,
        schema: str | None,
        tables: tuple[str, ...],
        unique: bool,
        checked: bool,
    ) -> int:
        if session.ends:
            stop_collector()
        if period is not None and as_of is None:
            raise click.UsageError(
                session.say("给出 --period 时还要给出 --as-of。", "--period needs --as-of beside it.")
            )
        from creditdsl.compile import verification

        texts, warnings = _texts(policy, period, as_of, jurisdiction)
        with verification(texts):
            if target == "sql" and emit == "program":
                options = SqlOptions(dialect, part, schema, tables, checked, unique)
                _refuse_several(texts, session)
                _refuse_folder(output, session)
                day = None if as_of is None else as_of.date()
                files = {output: sql_text(texts[0], period, day, options, session)}
            elif target == "columns" and emit == "program":
                _refuse_folder(output, session)
                files = {output: _columns_text(texts[0], period, as_of, session)}
            elif len(texts) == 1:
                _refuse_folder(output, session)
                files = {output: _text_of_one(texts[0], emit)}
            else:
                files = _files_of_several(texts, emit, output, session)
        print_findings(warnings, session)
        for path, text in files.items():
            write_text(text, path, session)
        return 0

    return compile_


def _texts(
    policy: Path, period: str | None, as_of: datetime | None, jurisdiction: str | None
) -> "tuple[tuple[Compiled, ...], tuple[Diagnostic, ...]]":
    """The text of a date, or all of them, not verified yet, and what they are warned of."""
    from creditdsl.compile import compile_for, compile_on, compile_timeline

    if as_of is None:
        timeline = compile_timeline(policy, jurisdiction, verified=False)
        return timeline.texts, timeline.warnings
    day = as_of.date()
    if period is None:
        one = compile_on(policy, day, jurisdiction, verified=False)
    else:
        one = compile_for(policy, period, day, jurisdiction, verified=False)
    return (one,), one.warnings


def _refuse_folder(output: Path | None, session: Session) -> None:
    if output is not None and output.is_dir():
        raise click.UsageError(
            session.say(f"{output} 是文件夹; 请给出文件名。", f"{output} is a folder; name a file in it.")
        )


def _refuse_several(texts: "tuple[Compiled, ...]", session: Session) -> None:
    if len(texts) > 1:
        raise click.UsageError(
            session.say(
                f"这个政策有 {len(texts)} 份文本: 用 --as-of 选定一份。",
                f"The policy has {len(texts)} texts: choose one with --as-of.",
            )
        )


def _columns_text(compiled: "Compiled", period: str | None, as_of: datetime | None, session: Session) -> str:
    """The module over columns, which is for one run."""
    from creditdsl.backends.columns.emit import emit_columns
    from creditdsl.core.inputs import run_context
    from creditdsl.tabular.hoist import CannotTabulate
    from creditdsl.tabular.plan import tabulate

    if period is None or as_of is None:
        raise click.UsageError(
            session.say("--target columns 需要 --period 和 --as-of。", "--target columns needs --period and --as-of.")
        )
    context = run_context(compiled.program, period, as_of.date())
    try:
        return emit_columns(tabulate(compiled.program, context), context)
    except CannotTabulate as fault:
        raise cannot_express(fault.message, ONLY_PYTHON) from fault


def _text_of_one(compiled: "Compiled", emit: str) -> str:
    from creditdsl.backends.python.emit import emit_python
    from creditdsl.core.show import show

    return show(compiled.program) if emit == "core" else emit_python(compiled.program)


def _files_of_several(
    texts: "tuple[Compiled, ...]", emit: str, output: Path | None, session: Session
) -> dict[Path | None, str]:
    from creditdsl.backends.python.package import emit_package
    from creditdsl.core.show import show

    if emit == "core":
        return {output: "\n".join(show(item.program) for item in texts)}
    if output is None or output.is_file():
        raise click.UsageError(
            session.say(
                f"这个政策有 {len(texts)} 份文本: 用 -o 给出文件夹,或用 --as-of 选定一份。",
                f"The policy has {len(texts)} texts: name a folder with -o, or one text with --as-of.",
            )
        )
    return {output / name: text for name, text in emit_package([item.program for item in texts]).items()}
