"""`creditdsl check`: everything that is wrong with policies, in the format that was asked for."""

import time
from collections.abc import Sequence
from pathlib import Path

import click

from creditdsl.cli.language import say
from creditdsl.cli.policies import policies_at, rule_files_at
from creditdsl.cli.session import Session, sources_of, summary
from creditdsl.collector import stop_collector
from creditdsl.diagnostics import Diagnostic, Language, PolicyError, Severity

FORMATS = ("full", "concise", "json", "sarif", "github")
PAUSE_SECONDS = 0.4


def command(language: Language) -> click.Command:
    """The command with its texts in `language`."""

    @click.command("check", help=say(language, "检查政策,列出全部问题。", "Check policies and list every problem."))
    @click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar=say(language, "[路径]...", "[PATH]..."))
    @click.option(
        "--format",
        "format_name",
        type=click.Choice(FORMATS),
        default="full",
        help=say(language, "报告的格式", "The format of the report."),
    )
    @click.option(
        "--watch", is_flag=True, help=say(language, "文件改动后重新检查", "Check again whenever a file changes.")
    )
    @click.pass_obj
    def check(session: Session, paths: tuple[Path, ...], format_name: str, watch: bool) -> int:
        status = check_once(session, paths, format_name, last=session.ends and not watch)
        while watch:
            _wait_for_change(paths)
            click.clear()
            status = check_once(session, paths, format_name)
        return status

    return check


def check_once(session: Session, paths: Sequence[Path], format_name: str, *, last: bool = False) -> int:
    """Print the report of all policies and what it comes to; 1 when there is an error. `last`: nothing comes after it."""
    from creditdsl.render.render import Format, render

    policies = policies_at(paths)
    if last and len(policies) == 1:
        stop_collector()
    found = [diagnostic for policy in policies for diagnostic in findings(policy)]
    report = render(found, sources_of(found), Format(format_name), session.style)
    click.echo(report, nl=False, color=session.color)
    if found and format_name == "full":
        click.echo()
    checked = session.say(f"检查了 {len(policies)} 个政策", f"{len(policies)} " + _policies(len(policies)) + " checked")
    click.echo(f"{checked}{session.say(':', ': ')}{summary(found, session)}", err=True)
    return int(any(item.severity is Severity.ERROR for item in found))


def findings(policy: Path) -> tuple[Diagnostic, ...]:
    """What is wrong with one policy, or what it is warned of."""
    from creditdsl.compile import check_policy_text

    try:
        return check_policy_text(policy)
    except PolicyError as error:
        return error.diagnostics


def _policies(count: int) -> str:
    return "policy" if count == 1 else "policies"


def _wait_for_change(paths: Sequence[Path]) -> None:
    before = _changes(paths)
    while _changes(paths) == before:
        time.sleep(PAUSE_SECONDS)


def _changes(paths: Sequence[Path]) -> dict[Path, int]:
    """When each rule file around the paths was written; a file that is being replaced is left out for a moment."""
    folders = [path if path.is_dir() else path.parent for path in paths]
    changes = {}
    for path in rule_files_at(folders):
        try:
            changes[path] = path.stat().st_mtime_ns
        except OSError:
            continue
    return changes
