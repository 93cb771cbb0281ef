"""`creditdsl diff`: what a new version of a policy changes, for a terminal, for programs, or as a page."""

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from creditdsl.cli.language import say
from creditdsl.cli.session import Session
from creditdsl.cli.times import jurisdiction_option
from creditdsl.diagnostics import Diagnostic, Language, PolicyError

if TYPE_CHECKING:
    from creditdsl.comparing.model import Comparison
    from creditdsl.compile import Compiled

FORMATS = ("terminal", "json", "html")
DIFFERENT = 3
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def command(language: Language) -> click.Command:
    """The command with its texts in `language`."""

    @click.command(
        "diff",
        help=say(
            language,
            "比较政策的两个版本:哪些规定更严、更宽,数据和结果有什么变化。路径后面可以写 @日期,比较那一日施行的文本。",
            "Compare two versions of a policy: what is stricter, what is looser, what changes for data and results. "
            "A path may end in @DATE, for the text in force on that day.",
        ),
    )
    @click.argument("old", metavar=say(language, "旧版本[@日期]", "OLD[@DATE]"))
    @click.argument("new", metavar=say(language, "新版本[@日期]", "NEW[@DATE]"))
    @jurisdiction_option(language)
    @click.option(
        "--format",
        "format_name",
        type=click.Choice(FORMATS),
        default="terminal",
        help=say(language, "报告的格式", "The format of the report."),
    )
    @click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar=say(language, "文件", "FILE"),
        help=say(language, "写入的文件,默认为标准输出", "The file to write; default standard output."),
    )
    @click.option(
        "--exit-code",
        is_flag=True,
        help=say(language, "有不同时以状态 3 结束", "End with status 3 when there are differences."),
    )
    @click.pass_obj
    def diff(
        session: Session,
        old: str,
        new: str,
        jurisdiction: str | None,
        format_name: str,
        output: Path | None,
        exit_code: bool,
    ) -> int:
        from creditdsl.comparing.compare import compare

        before, after = versions(old, new, jurisdiction)
        comparison = compare(before.modules, after.modules)
        report = _report(comparison, before, after, format_name, session)
        if output is None:
            click.echo(report, nl=False, color=session.color)
        else:
            _write(report, output, session)
        return DIFFERENT if exit_code and comparison.different else 0

    return diff


def versions(old: str, new: str, jurisdiction: str | None) -> "tuple[Compiled, Compiled]":
    """Both versions; PolicyError with the errors of both."""
    found: list[Compiled] = []
    errors: list[Diagnostic] = []
    for argument in (old, new):
        try:
            found.append(version(argument, jurisdiction))
        except PolicyError as error:
            errors.extend(item for item in error.diagnostics if item not in errors)
    if errors:
        raise PolicyError(tuple(errors))
    before, after = found
    return before, after


def version(argument: str, jurisdiction: str | None) -> "Compiled":
    """The version that an argument of the command means: the newest text of a policy, or with `@2020-11-01` that of a day.

    A text of a policy with amendments is compared without what only its time makes different.
    """
    from creditdsl.compile import compile_text, for_comparison, open_policy, slice_on

    path, _, written = argument.rpartition("@")
    day = _day(written) if path else None
    opened = open_policy(Path(argument if day is None else path))
    slice_ = opened.slices(jurisdiction)[-1] if day is None else slice_on(opened, day, jurisdiction)
    return for_comparison(compile_text(opened, slice_), opened)


def _day(written: str) -> date | None:
    """The date behind the `@`; None for anything else, which then is a part of the path. UsageError for one that does not exist."""
    if DATE.fullmatch(written) is None:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError as fault:
        raise click.UsageError(f"@{written}: {fault}") from fault


def _report(comparison: "Comparison", before: "Compiled", after: "Compiled", format_name: str, session: Session) -> str:
    from creditdsl.render.difference import difference
    from creditdsl.render.difference_json import difference_json

    if format_name == "json":
        return difference_json(comparison, before.sources, after.sources)
    if format_name == "html":
        from creditdsl.publishing.difference import difference_page

        return difference_page(comparison, before.sources, after.sources, session.language)
    return difference(comparison, before.sources, after.sources, session.style)


def _write(report: str, output: Path, session: Session) -> None:
    """A file is UTF-8 and has no colours."""
    try:
        output.write_text(click.unstyle(report), encoding="utf-8")
    except OSError as fault:
        raise click.FileError(str(output), fault.strerror) from fault
    click.echo(session.say(f"已写入 {output}", f"wrote {output}"), err=True)
