"""`creditdsl fmt`: rule files in one style, and in the keywords of one language."""

import difflib
from collections.abc import Iterator
from pathlib import Path

import click

from creditdsl.cli.language import say
from creditdsl.cli.policies import rule_files_at
from creditdsl.cli.session import Session, print_findings
from creditdsl.diagnostics import Diagnostic, Language, PolicyError, errors_in
from creditdsl.source import SourceFile


def command(language: Language) -> click.Command:
    """The command with its texts in `language`."""

    @click.command(
        "fmt",
        help=say(
            language,
            "统一规则文件的格式;不改动名称、标签和注释。",
            "Format rule files; names, labels and comments stay as they are.",
        ),
    )
    @click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar=say(language, "[路径]...", "[PATH]..."))
    @click.option(
        "--check",
        "only_check",
        is_flag=True,
        help=say(language, "不改文件,有待改的则状态为 1", "Write nothing; status 1 if a file would change."),
    )
    @click.option(
        "--diff", "only_show", is_flag=True, help=say(language, "不改文件,列出改动", "Write nothing; show the changes.")
    )
    @click.option(
        "--keywords",
        type=click.Choice(["zh", "en"]),
        help=say(
            language, "关键词改用这种语言,默认不变", "Convert keywords to this language; default is to keep them."
        ),
    )
    @click.pass_obj
    def fmt(
        session: Session, paths: tuple[Path, ...], only_check: bool, only_show: bool, keywords: Language | None
    ) -> int:
        faults: list[Diagnostic] = []
        changed = []
        for path in rule_files_at(paths):
            try:
                before, after = _before_and_after(path, keywords)
            except PolicyError as error:
                faults.extend(error.diagnostics)
                continue
            if before == after:
                continue
            changed.append(path)
            if only_show:
                click.echo("".join(_difference(path, before, after)), nl=False)
            elif not only_check:
                _replace(path, after)
        print_findings(faults, session)
        _report(session, changed, written=not (only_check or only_show), faultless=not faults)
        return int(bool(faults) or (only_check and bool(changed)))

    return fmt


def formatted(source: SourceFile, keywords: Language | None) -> str:
    """The text in the one style; PolicyError when it cannot be parsed."""
    from creditdsl.syntax.format import format_module
    from creditdsl.syntax.parse import parse

    parsed = parse(source)
    if parsed.module is None or errors_in(parsed.diagnostics):
        raise PolicyError(tuple(parsed.diagnostics))
    return format_module(source.text, parsed.module, keywords=keywords)


def _before_and_after(path: Path, keywords: Language | None) -> tuple[str, str]:
    from creditdsl.syntax.text import read

    source = read(path)
    return path.read_bytes().decode("utf-8"), formatted(source, keywords)


def _difference(path: Path, before: str, after: str) -> Iterator[str]:
    for line in difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), str(path), str(path)
    ):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _replace(path: Path, text: str) -> None:
    """The new text in place of the old one, whole or not at all."""
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.chmod(path.stat().st_mode)
        beside.replace(path)
    except OSError as fault:
        beside.unlink(missing_ok=True)
        raise click.FileError(str(path), fault.strerror) from fault


def _report(session: Session, changed: list[Path], *, written: bool, faultless: bool) -> None:
    for path in changed:
        click.echo(
            session.say(
                f"{'已改写' if written else '待改写'} {path}", f"{'formatted' if written else 'would change'} {path}"
            ),
            err=True,
        )
    if faultless and not changed:
        click.echo(session.say("格式均已统一", "nothing to change"), err=True)
