"""What the commands share that read a folder of tables and write one: their options, their run, and how it is summed up."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from creditdsl.cli.language import say
from creditdsl.cli.session import Session
from creditdsl.diagnostics import Language
from creditdsl.frozen import dataclass

if TYPE_CHECKING:
    from rich.console import Console

    from creditdsl.core.ir import Program
    from creditdsl.engines.run import RunOptions
    from creditdsl.engines.summary import Summary, TableCounts

Function = TypeVar("Function", bound=Callable[..., object])

LINE = 110
"""How many cells a line of a summary has where there is no terminal."""

REFUSED = 1
"""The exit status when rows were refused, or published figures do not hold, though everything else was written."""


@dataclass(frozen=True, slots=True)
class TableOptions:
    """How tables are read and written, as it was asked for."""

    output: Path | None
    encoding: str | None
    bom: bool
    jobs: int | None
    given: tuple[str, ...]
    """the names of the options that were given, as they are written"""


def table_options(language: Language, *, required: bool) -> Callable[[Function], Function]:
    """`-o`, `--encoding`, `--bom` and `--jobs`; `required` says that nothing but tables is read."""
    options = [
        click.option(
            "-o",
            "--output",
            type=click.Path(path_type=Path),
            required=required,
            metavar=say(language, "结果文件夹", "OUT"),
            help=say(
                language, "结果写入的文件夹,整体出现或完全不出现", "The folder for the results; whole or not at all."
            ),
        ),
        click.option(
            "--encoding",
            type=click.Choice(["utf-8", "gb18030"]),
            help=say(
                language, "CSV 的编码,默认自动识别", "Encoding of the CSV files; default is to tell from each file."
            ),
        ),
        click.option(
            "--bom",
            is_flag=True,
            help=say(
                language,
                "结果 CSV 以字节顺序标记开头,便于电子表格识别中文",
                "Begin CSV results with a byte order mark, by which spreadsheets know Chinese text.",
            ),
        ),
        click.option(
            "--jobs",
            type=click.IntRange(1, 256),
            metavar="N",
            help=say(language, "进程数,默认为处理器核数", "Number of processes; default is that of the cores."),
        ),
    ]

    def decorate(function: Function) -> Function:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


def format_of_tables(language: Language) -> Callable[[Function], Function]:
    """`--format` of a command that reads nothing but tables."""
    return click.option(
        "--format",
        "format_name",
        type=click.Choice(["csv", "parquet"]),
        help=say(
            language, "结果的格式,默认与主体表相同", "Format of the results; default that of the subjects' table."
        ),
    )


def asked(output: Path | None, encoding: str | None, bom: bool, jobs: int | None) -> TableOptions:
    """The options of a command line."""
    given = {"-o": output is not None, "--encoding": encoding is not None, "--bom": bom, "--jobs": jobs is not None}
    return TableOptions(output, encoding, bom, jobs, tuple(name for name, is_given in given.items() if is_given))


def run_options(
    options: TableOptions, format_name: str | None, run: tuple[str, date], language: Language, *, sort: bool = False
) -> "RunOptions":
    """The same for an engine; a run is given by its period and its as-of date."""
    from creditdsl.engines.encoding import Encoding
    from creditdsl.engines.layout import FileFormat
    from creditdsl.engines.run import RunOptions

    return RunOptions(
        *run,
        language,
        options.jobs or _cores(),
        None if format_name is None else FileFormat(format_name),
        None if options.encoding is None else Encoding(options.encoding),
        byte_order_mark=options.bom,
        sort=sort,
    )


def _cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Tables:
    """One run over tables: what scores them, and the lines that say on standard error what was done."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.console = _console(session)

    def score_into(self, program: "Program", tables: Path, target: Path, options: "RunOptions") -> "Summary":
        """Scores tables into a folder, with a bar on a terminal; whole columns wherever possible."""
        from creditdsl.score import score

        with self.progress() as progress:
            return score(program, tables, target, options, progress)

    @contextmanager
    def progress(self) -> Iterator[Callable[[int, int], None]]:
        """A bar on a terminal, nothing elsewhere: moving while tables are read, then by subjects."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        hidden = not sys.stderr.isatty()
        with Progress(*columns, console=self.console, transient=True, disable=hidden) as bar:
            task = bar.add_task(self.session.say("读取数据表", "reading tables"), total=None)

            def report(done: int, total: int) -> None:
                said = self.session.say("评价", "scoring")
                bar.update(task, description=said, completed=done, total=total)

            yield report

    @contextmanager
    def disk(self, output: Path) -> Iterator[None]:
        """What a disk refuses, as an error of the command."""
        try:
            yield
        except OSError as fault:
            raise click.FileError(str(fault.filename or output), fault.strerror) from fault

    def counts(self, tables: "Iterable[TableCounts]") -> None:
        """The rows of each table of the input."""
        rows = [(item.name, *(f"{count:,}" for count in (item.rows, item.used, item.refused))) for item in tables]
        titles = (("数据表", "table"), ("行数", "rows"), ("采用", "used"), ("退回", "refused"))
        self.table(titles, rows, numbers=3)

    def table(self, titles: Iterable[tuple[str, str]], rows: Iterable[tuple[str, ...]], *, numbers: int) -> None:
        """Rows in columns, the last `numbers` of them set to the right."""
        from rich.table import Table

        named = [self.session.say(*title) for title in titles]
        shown = Table(box=None, pad_edge=False, header_style="bold")
        for place, title in enumerate(named):
            shown.add_column(title, justify="right" if place >= len(named) - numbers else "left")
        for row in rows:
            shown.add_row(*row)
        self.console.print(shown)
        self.console.print()

    def finished(self, refused: int, output: Path) -> int:
        """The last lines, and the exit status."""
        if refused:
            self.console.print(
                self.session.say(f"{refused:,} 行被退回,原因见 rejects", f"{refused:,} rows were refused; see rejects"),
                style="yellow",
            )
        self.console.print(self.session.say(f"结果已写入 {output}", f"results written to {output}"), markup=False)
        return REFUSED if refused else 0


def _console(session: Session) -> "Console":
    from rich.console import Console

    return Console(
        stderr=True,
        highlight=False,
        emoji=False,
        markup=False,
        no_color=session.color is False,
        force_terminal=session.color or None,
        width=None if sys.stderr.isatty() else LINE,
    )
