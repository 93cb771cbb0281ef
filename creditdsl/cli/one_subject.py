"""One subject of a JSON file and the measures of a policy: what `advise` and `match` ask of it."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from creditdsl.cli.language import say
from creditdsl.cli.session import Session
from creditdsl.cli.table_options import TableOptions
from creditdsl.diagnostics import Language

if TYPE_CHECKING:
    from creditdsl.analyses.applicability import Applicability
    from creditdsl.compile import Compiled

FORMATS = ("text", "json", "csv", "parquet")
OF_TABLES = frozenset({"csv", "parquet"})


def format_option(language: Language) -> click.Option:
    """`--format`, of one subject or of tables."""
    return click.Option(
        ["--format", "format_name"],
        type=click.Choice(FORMATS),
        help=say(
            language,
            "一个主体:text(默认)或 json;数据文件夹:csv 或 parquet,默认与主体表相同",
            "One subject: text (the default) or json; a folder of tables: csv or parquet, default that of the subjects' table.",
        ),
    )


def refuse_combinations(session: Session, tables: bool, options: TableOptions, format_name: str | None) -> None:
    """UsageError for options of tables with one subject, and for those of one subject with tables."""
    if tables and options.output is None:
        raise click.UsageError(
            session.say("数据文件夹需要用 -o 指明结果文件夹", "a folder of tables needs -o, the folder for the results")
        )
    if not tables and options.given:
        names = ", ".join(options.given)
        raise click.UsageError(session.say(f"{names} 只用于数据文件夹", f"{names}: for a folder of tables alone"))
    if format_name is not None and tables != (format_name in OF_TABLES):
        raise click.UsageError(
            session.say(
                f"--format {format_name} 只用于{'一个主体' if tables else '数据文件夹'}",
                f"--format {format_name} is for {'one subject' if tables else 'a folder of tables'}",
            )
        )


def applicability(compiled: "Compiled", codes: Sequence[str], subject: Path, run: tuple[str, date]) -> "Applicability":
    """The measures of these codes for the subject of a file; PolicyError when it is not a valid one."""
    from creditdsl.analyses.applicability import Applicability
    from creditdsl.cli.subject_file import problems_in, read_subject
    from creditdsl.cli.written_conditions import with_conditions

    program, conditions = with_conditions(compiled, codes)
    with problems_in(subject):
        return Applicability(program, conditions, read_subject(subject), run)
