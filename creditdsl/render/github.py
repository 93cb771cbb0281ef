"""Annotations as GitHub Actions and compatible runners read them: `::error file=…,line=…,title=…::message`."""

from collections.abc import Iterable

from creditdsl.diagnostics import Diagnostic
from creditdsl.render.style import HELP, Sources, Style


def github(diagnostics: Iterable[Diagnostic], sources: Sources, style: Style) -> str:
    """One workflow command for each diagnostic."""
    return "".join(f"{_command(item, sources, style)}\n" for item in diagnostics)


def _command(diagnostic: Diagnostic, sources: Sources, style: Style) -> str:
    properties = [f"{name}={_property(value)}" for name, value in _properties(diagnostic, sources)]
    message = diagnostic.message.in_language(style.language)
    if diagnostic.help is not None:
        message += f"\n{HELP.in_language(style.language)}: {diagnostic.help.in_language(style.language)}"
    return f"::{diagnostic.severity.value} {','.join(properties)}::{_data(message)}"


def _properties(diagnostic: Diagnostic, sources: Sources) -> list[tuple[str, str]]:
    span, properties = diagnostic.span, list[tuple[str, str]]()
    if span.path:
        properties.append(("file", span.path))
    if span.path in sources:
        start, end = sources[span.path].position(span.start), sources[span.path].position(span.end)
        properties += [("line", str(start.line)), ("endLine", str(end.line))]
        if start.line == end.line:
            # Columns of an annotation over several lines are refused.
            properties += [("col", str(start.column)), ("endColumn", str(end.column))]
    properties.append(("title", diagnostic.code.name))
    return properties


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
