"""Findings as SARIF 2.1.0 (OASIS standard, 2020), as editors and code hosts read them.

The page of each code that occurs travels in the log as the rule's help, so the log explains itself where it is read.
"""

import json
from collections.abc import Iterable
from urllib.parse import quote

from creditdsl import __version__
from creditdsl.diagnostics import Code, Diagnostic
from creditdsl.render.structured import Json
from creditdsl.render.style import HELP, Sources, Style
from creditdsl.resources import error_page
from creditdsl.source import Span

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif(diagnostics: Iterable[Diagnostic], sources: Sources, style: Style) -> str:
    """One log with one run; columns count characters from 1, as `columnKind` says."""
    found = tuple(diagnostics)
    codes = sorted({item.code for item in found}, key=lambda code: code.name)
    driver: Json = {
        "name": "creditdsl",
        "version": __version__,
        "semanticVersion": __version__,
        "language": "zh-CN" if style.language == "zh" else "en-US",
        "rules": [_rule(code) for code in codes],
    }
    run: Json = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "language": "zh-CN" if style.language == "zh" else "en-US",
        "results": [_result(item, codes.index(item.code), sources, style) for item in found],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _rule(code: Code) -> Json:
    page = error_page(code.name)
    text = page.read_text(encoding="utf-8")
    return {
        "id": code.name,
        "shortDescription": {"text": code.title},
        "helpUri": page.as_uri(),
        "help": {"text": text, "markdown": text},
    }


def _result(diagnostic: Diagnostic, rule_index: int, sources: Sources, style: Style) -> Json:
    message = diagnostic.message.in_language(style.language)
    if diagnostic.help is not None:
        message += f"\n{HELP.in_language(style.language)}: {diagnostic.help.in_language(style.language)}"
    result: dict[str, Json] = {
        "ruleId": diagnostic.code.name,
        "ruleIndex": rule_index,
        "level": diagnostic.severity.value,
        "message": {"text": message},
        "locations": [_location(diagnostic.span, sources)] if diagnostic.span.path else [],
    }
    related = [item for item in diagnostic.labels if item.span.path]
    if related:
        result["relatedLocations"] = [
            {
                **_location(item.span, sources),
                "id": index,
                "message": {"text": item.text.in_language(style.language)},
            }
            for index, item in enumerate(related)
        ]
    return result


def _location(span: Span, sources: Sources) -> dict[str, Json]:
    address = quote(span.path.replace("\\", "/"))
    physical: dict[str, Json] = {"artifactLocation": {"uri": f"file://{address}" if address[0] == "/" else address}}
    if span.path in sources:
        start, end = sources[span.path].position(span.start), sources[span.path].position(span.end)
        physical["region"] = {
            "startLine": start.line,
            "startColumn": start.column,
            "endLine": end.line,
            "endColumn": end.column,
        }
    return {"physicalLocation": physical}
