"""`creditdsl compile`: a policy as a program, or as its core to look at."""

from pathlib import Path

import click

from creditdsl.cli.language import say
from creditdsl.cli.session import Session, print_findings
from creditdsl.diagnostics import Language


def command(language: Language) -> click.Command:
    """The command with its texts in `language`."""

    @click.command("compile", help=say(language, "把政策编译成程序。", "Compile a policy to a program."))
    @click.argument("policy", type=click.Path(path_type=Path), metavar=say(language, "政策", "POLICY"))
    @click.option(
        "--target",
        type=click.Choice(["python"]),
        default="python",
        help=say(language, "目标语言", "The language to compile to."),
    )
    @click.option(
        "--emit",
        type=click.Choice(["program", "core"]),
        default="program",
        help=say(language, "输出程序,或输出中间表示 core", "Write the program, or the core it is made from."),
    )
    @click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar=say(language, "文件", "FILE"),
        help=say(language, "写入的文件,默认为标准输出", "The file to write; default is standard output."),
    )
    @click.pass_obj
    def compile_(session: Session, policy: Path, target: str, emit: str, output: Path | None) -> int:
        from creditdsl.backends.python.emit import emit_python
        from creditdsl.compile import compile_policy
        from creditdsl.core.show import show

        compiled = compile_policy(policy)
        print_findings(compiled.warnings, session)
        write = show if emit == "core" else {"python": emit_python}[target]
        _write(write(compiled.program), output, session)
        return 0

    return compile_


def _write(text: str, output: Path | None, session: Session) -> None:
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as fault:
        raise click.FileError(str(output), fault.strerror) from fault
    click.echo(session.say(f"已写入 {output}", f"wrote {output}"), err=True)
