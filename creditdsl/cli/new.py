"""`creditdsl new`: a policy folder with an example that checks, tests and documents at once."""

import re
from pathlib import Path

import click

from creditdsl.cli.language import say
from creditdsl.cli.session import Session
from creditdsl.diagnostics import Language
from creditdsl.source import SourceFile

TEMPLATE = Path(__file__).parent / "template"
PLACEHOLDER = "NAME"


def command(language: Language) -> click.Command:
    """The command with its texts in `language`."""

    @click.command(
        "new",
        help=say(
            language,
            "新建政策文件夹,内有一份可运行的示例政策。",
            "Write a policy folder with an example policy that works.",
        ),
    )
    @click.argument("folder", type=click.Path(path_type=Path), metavar=say(language, "名称", "NAME"))
    @click.option(
        "--keywords",
        type=click.Choice(["zh", "en"]),
        help=say(language, "关键词的语言,默认同提示语言", "Language of the keywords; default that of the messages."),
    )
    @click.pass_obj
    def new(session: Session, folder: Path, keywords: Language | None) -> int:
        name = folder.name
        if not re.fullmatch(r"[^\W\d]\w*", name):
            raise click.UsageError(
                session.say(
                    f"{name} 不能作政策名称:只用文字、数字和下划线,不以数字开头。",
                    f"{name} cannot name a policy: use letters, digits and _, and begin with a letter.",
                )
            )
        if folder.exists() and any(folder.iterdir() if folder.is_dir() else [folder]):
            raise click.UsageError(
                session.say(f"{folder} 已存在,且不是空文件夹。", f"{folder} exists and is not empty.")
            )
        for path, text in _files(folder, keywords or session.language, session.language).items():
            _write(path, text)
            click.echo(str(path))
        return 0

    return new


def _files(folder: Path, keywords: Language, language: Language) -> dict[Path, str]:
    name = folder.name
    return {
        folder / f"{name}.credit": _policy(name, keywords),
        folder / "README.md": _template(f"README.{language}.md").replace(PLACEHOLDER, name),
        folder / "subject.json": _template("subject.json"),
    }


def _policy(name: str, keywords: Language) -> str:
    """The example under its new name, formatted; a keyword may be a name, in backticks."""
    from creditdsl.cli.fmt import formatted
    from creditdsl.syntax.keywords import keyword_table

    words = {spelling for word in keyword_table().values() for spelling in (*word.en, *word.zh)}
    written = f"`{name}`" if name in words else name
    text = _template("policy.credit").replace(f"policy {PLACEHOLDER}", f"policy {written}", 1)
    return formatted(SourceFile(f"{name}.credit", text), keywords)


def _template(name: str) -> str:
    return (TEMPLATE / name).read_text(encoding="utf-8")


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as fault:
        raise click.FileError(str(path), fault.strerror) from fault
