"""`creditdsl docs`: a policy as static pages."""

from pathlib import Path

import click

from creditdsl.cli.language import say
from creditdsl.cli.session import Session, print_findings
from creditdsl.diagnostics import Language


def command(language: Language) -> click.Command:
    """The command with its texts in `language`."""

    @click.command(
        "docs",
        help=say(
            language,
            "把政策发布为网页,中文、英文各一份:最新文本、以前的各个文本和历次修订。",
            "Publish a policy as web pages: the newest text, the older ones and the history of amendments.",
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
        from creditdsl.compile import open_policy, timeline_of
        from creditdsl.publish import publish

        opened = open_policy(policy)
        nation, *divisions = [timeline_of(opened, code, own=code is not None) for code in opened.jurisdictions()]
        print_findings(dict.fromkeys(item for each in (nation, *divisions) for item in each.warnings), session)
        try:
            written = publish(nation, output, divisions)
        except OSError as fault:
            raise click.FileError(str(output), fault.strerror) from fault
        for path in written:
            click.echo(str(path))
        return 0

    return docs
