"""A comparison of two versions for programs: one JSON object, both languages in it, in a fixed order (docs/diff.md)."""

import json

from creditdsl.comparing.model import Comparison, DeclarationChange, Direction, InterfaceChange, PartChange
from creditdsl.diagnostics import Code, Text
from creditdsl.render.structured import Json
from creditdsl.render.style import Sources
from creditdsl.source import Span

FORMAT = 1
"""The version of the format; it goes up when a program that reads it would have to change."""


def difference_json(comparison: Comparison, old: Sources, new: Sources) -> str:
    """The comparison as JSON text that ends with a line break."""
    document: Json = {
        "format": FORMAT,
        "policy": comparison.policy,
        "label": _text(comparison.label),
        "summary": _summary(comparison),
        "inputs": [_interface(item, old, new) for item in comparison.inputs],
        "results": [_interface(item, old, new) for item in comparison.results],
        "declarations": [_declaration(item, old, new) for item in comparison.changes],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _summary(comparison: Comparison) -> Json:
    counts: dict[str, Json] = {
        way.value: sum(item.direction is way for item in comparison.changes) for way in Direction
    }
    counts["unchanged"] = comparison.unchanged
    counts["input_no_longer_accepted"] = sum(item.code is Code.CR0801 for item in comparison.inputs)
    counts["result_has_another_form"] = sum(item.code is Code.CR0802 for item in comparison.results)
    return counts


def _interface(change: InterfaceChange, old: Sources, new: Sources) -> Json:
    return {
        "code": None if change.code is None else change.code.name,
        "text": _text(change.text),
        "old": _place(change.old, old),
        "new": _place(change.new, new),
    }


def _declaration(change: DeclarationChange, old: Sources, new: Sources) -> Json:
    return {
        "kind": change.kind.value,
        "name": change.name,
        "old_name": change.old_name,
        "label": None if change.label is None else _text(change.label),
        "change": change.fate.value,
        "direction": change.direction.value,
        "reasons": [_text(item) for item in change.reasons],
        "basis": [_text(item) for item in change.basis],
        "affects": [{"kind": rule.kind.value, "name": rule.name} for rule in change.affects],
        "old": _place(change.old, old),
        "new": _place(change.new, new),
        "parts": [_part(item) for item in change.parts],
    }


def _part(part: PartChange) -> Json:
    return {
        "name": _text(part.name),
        "old": None if part.old is None else _text(part.old),
        "new": None if part.new is None else _text(part.new),
    }


def _text(text: Text) -> Json:
    return {"zh": text.zh, "en": text.en}


def _place(span: Span | None, sources: Sources) -> Json:
    if span is None:
        return None
    place: dict[str, Json] = {"path": span.path}
    if span.path in sources:
        position = sources[span.path].position(span.start)
        place |= {"line": position.line, "column": position.column}
    return place
