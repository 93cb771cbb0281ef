"""Findings for programs: one JSON object, both languages in it, places in lines, columns and offsets."""

import json
from collections.abc import Iterable

from creditdsl.diagnostics import Diagnostic, Text
from creditdsl.render.style import Sources, more_command
from creditdsl.source import Span

SCHEMA = 1
"""The version of the format; it goes up when a program that reads it would have to change."""

Json = str | int | None | dict[str, "Json"] | list["Json"]


def structured(diagnostics: Iterable[Diagnostic], sources: Sources) -> str:
    """`{"schema": 1, "diagnostics": [...]}`; lines and columns from 1, offsets in characters from 0, ends excluded."""
    document: Json = {"schema": SCHEMA, "diagnostics": [_finding(item, sources) for item in diagnostics]}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _finding(diagnostic: Diagnostic, sources: Sources) -> Json:
    return {
        "code": diagnostic.code.name,
        "severity": diagnostic.severity.value,
        "title": diagnostic.code.title,
        "message": _text(diagnostic.message),
        "place": _place(diagnostic.span, sources),
        "labels": [{"place": _place(item.span, sources), "text": _text(item.text)} for item in diagnostic.labels],
        "facts": [{"name": _text(name), "value": value} for name, value in diagnostic.facts],
        "help": None if diagnostic.help is None else _text(diagnostic.help),
        "more": more_command(diagnostic.code.name),
    }


def _text(text: Text) -> Json:
    return {"zh": text.zh, "en": text.en}


def _place(span: Span, sources: Sources) -> Json:
    if not span.path:
        return None
    place: dict[str, Json] = {"path": span.path}
    if span.path in sources:
        for name, offset in (("start", span.start), ("end", span.end)):
            position = sources[span.path].position(offset)
            place[name] = {"line": position.line, "column": position.column, "offset": offset}
    return place
