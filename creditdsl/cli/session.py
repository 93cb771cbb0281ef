"""What every command is given: the language and the look of a run; and how findings are printed."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from shutil import get_terminal_size

import click

from creditdsl.cli.language import language_of, option_value, say
from creditdsl.diagnostics import Diagnostic, Language, PolicyError, Severity
from creditdsl.frozen import dataclass
from creditdsl.render.style import Role, Style
from creditdsl.source import SourceFile

COLOURS: dict[Role, dict[str, str | bool]] = {
    Role.ERROR: {"fg": "red", "bold": True},
    Role.WARNING: {"fg": "yellow", "bold": True},
    Role.MESSAGE: {"bold": True},
    Role.GUTTER: {"fg": "blue", "bold": True},
    Role.SECONDARY: {"fg": "blue"},
}
WIDE_LOCALES = ("gbk", "gb18030", "gb2312")
MARGIN = 8
WIDEST = 110


@dataclass(frozen=True, slots=True)
class Session:
    """`color` is None when the stream decides: colours on a terminal, none in a file or pipe.

    `ends` says that the process ends with the run.
    """

    language: Language
    color: bool | None
    style: Style
    ends: bool = False

    def say(self, zh: str, en: str) -> str:
        """One of two wordings, in the language of the run."""
        return say(self.language, zh, en)


def open_session(arguments: Sequence[str], environment: Mapping[str, str], *, ends: bool = False) -> Session:
    """The session that the options and the environment ask for; nothing in it can fail."""
    language = language_of(arguments, environment)
    color = _color(arguments, environment)
    style = Style(language, _ambiguous_width(environment), _line_cells(), _painted)
    return Session(language, color, style, ends)


def print_findings(diagnostics: Iterable[Diagnostic], session: Session) -> None:
    """Findings in full on standard error, followed by how many there are."""
    from creditdsl.render.full import full

    found = tuple(diagnostics)
    if found:
        click.echo(full(found, sources_of(found), session.style), err=True, color=session.color)
        click.echo(summary(found, session), err=True)


def summary(diagnostics: Iterable[Diagnostic], session: Session) -> str:
    """`2 errors, 1 warning`."""
    severities = [item.severity for item in diagnostics]
    errors, warnings = severities.count(Severity.ERROR), severities.count(Severity.WARNING)
    chinese, english = [], []
    if errors or not warnings:
        chinese.append(f"{errors} 个错误")
        english.append(f"{errors} error" + ("" if errors == 1 else "s"))
    if warnings:
        chinese.append(f"{warnings} 个警告")
        english.append(f"{warnings} warning" + ("" if warnings == 1 else "s"))
    return session.say(",".join(chinese), ", ".join(english))


def sources_of(diagnostics: Iterable[Diagnostic]) -> dict[str, SourceFile]:
    """The texts that diagnostics point into; a file that is no rule text has none."""
    from creditdsl.syntax.text import read

    spans = [span for item in diagnostics for span in (item.span, *(label.span for label in item.labels))]
    sources = {}
    for path in {span.path for span in spans if span.path}:
        try:
            sources[path] = read(Path(path))
        except PolicyError:
            # The finding itself says that this file cannot be read as rule text.
            continue
    return sources


def _painted(text: str, role: Role) -> str:
    colours = COLOURS[role]
    return click.style(text, fg=colours.get("fg"), bold=bool(colours.get("bold")))


def _color(arguments: Sequence[str], environment: Mapping[str, str]) -> bool | None:
    asked = option_value("--color", arguments)
    if asked in ("always", "never"):
        return asked == "always"
    return False if environment.get("NO_COLOR") else None


def _ambiguous_width(environment: Mapping[str, str]) -> int:
    asked = environment.get("CREDITDSL_AMBIGUOUS_WIDTH", "")
    if asked in ("1", "2"):
        return int(asked)
    locale = "".join(environment.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG")).lower()
    return 2 if any(name in locale for name in WIDE_LOCALES) else 1


def _line_cells() -> int:
    return max(40, min(WIDEST, get_terminal_size().columns - MARGIN)) if sys.stderr.isatty() else WIDEST
