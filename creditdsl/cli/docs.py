"""`creditdsl docs`: a policy, or all policies of a folder, as static pages."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from creditdsl.cli.language import say
from creditdsl.cli.session import Session, print_findings
from creditdsl.diagnostics import Diagnostic, Language, PolicyError

if TYPE_CHECKING:
    from creditdsl.compile import Timeline


def command(language: Language) -> click.Command:
    """The command with its texts in `language`."""

    @click.command(
        "docs",
        help=say(
            language,
            "把政策发布为网页,中文、英文各一份:最新文本、以前的各个文本和历次修订。给出内有多项政策的文件夹时,逐项发布,并生成目录页。",
            "Publish a policy as web pages: the newest text, the older ones and the history of amendments. "
            "Of a folder of policies, publish each of them, and a page that lists them.",
        ),
    )
    @click.argument("policy", type=click.Path(path_type=Path), metavar=say(language, "政策", "POLICY"))
    @click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path, file_okay=False),
        required=True,
        metavar=say(language, "文件夹", "FOLDER"),
        help=say(language, "写入的文件夹", "The folder to write."),
    )
    @click.pass_obj
    def docs(session: Session, policy: Path, output: Path) -> int:
        from creditdsl.publish import policies_in

        policies = policies_in(policy)
        try:
            written = _gallery(session, policy, policies, output) if policies else _policy(session, policy, output)
        except OSError as fault:
            raise click.FileError(str(output), fault.strerror) from fault
        for path in written:
            click.echo(str(path))
        return 0

    return docs


def _policy(session: Session, policy: Path, output: Path) -> tuple[Path, ...]:
    from creditdsl.publish import publish

    nation, *divisions = _timelines(policy)
    print_findings(_warnings([nation, *divisions]), session)
    return publish(nation, output, divisions)


def _gallery(session: Session, folder: Path, policies: tuple[Path, ...], output: Path) -> tuple[Path, ...]:
    """Each policy on its own, so that the texts of one at a time are in memory; nothing is written when one of them is wrong."""
    from creditdsl.publish import publish_gallery, published

    made, warned = [], []
    wrong: list[Diagnostic] = []
    for policy in policies:
        try:
            nation, *divisions = _timelines(policy)
            warned += _warnings([nation, *divisions])
            made.append(published(policy, folder, nation, divisions))
        except PolicyError as error:
            wrong += error.diagnostics
    if wrong:
        raise PolicyError(tuple(wrong))
    print_findings(warned, session)
    return publish_gallery(made, output)


def _timelines(policy: Path) -> list["Timeline"]:
    """The policy for the nation, then for each division with amendments of its own."""
    from creditdsl.compile import open_policy, timeline_of

    opened = open_policy(policy)
    return [timeline_of(opened, code, own=code is not None) for code in opened.jurisdictions()]


def _warnings(timelines: list["Timeline"]) -> list[Diagnostic]:
    return list(dict.fromkeys(item for each in timelines for item in each.warnings))
