"""Results that go to a file or to standard output."""

from pathlib import Path

import click

from creditdsl.cli.session import Session


def write_text(text: str, output: Path | None, session: Session) -> None:
    """Writes a text as UTF-8, to standard output without a file; says on standard error what was written."""
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as fault:
        raise click.FileError(str(output), fault.strerror) from fault
    click.echo(session.say(f"已写入 {output}", f"wrote {output}"), err=True)
