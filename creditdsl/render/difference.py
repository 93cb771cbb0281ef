"""A comparison of two versions for a terminal: sentences in groups, each with its places and with the text that differs.

Stricter

  The indicator 010101 "Return not filed on time" has changed: it deducts more points.
      place: old/scoring.credit:24 -> new/scoring.credit:24
      deduct
        - 5 points
        + 8 points
"""

from collections.abc import Iterator

from creditdsl.comparing import sentences
from creditdsl.comparing.model import Comparison, DeclarationChange, InterfaceChange, PartChange
from creditdsl.diagnostics import Text
from creditdsl.render.cells import printable
from creditdsl.render.style import Role, Sources, Style

MARGIN = "      "


def difference(comparison: Comparison, old: Sources, new: Sources, style: Style) -> str:
    """The whole report; ends with the summary and a line break."""
    if not comparison.different:
        return sentences.nothing(comparison).in_language(style.language) + "\n"
    lines: list[str] = []
    for heading, items in sentences.interface_groups(comparison):
        lines += [_heading(heading, style), ""]
        for interface in items:
            lines += [*_interface(interface, old, new, style), ""]
    for direction, changes in sentences.declaration_groups(comparison):
        lines += [_heading(sentences.heading(direction), style), ""]
        for change in changes:
            lines += [*_declaration(change, old, new, style), ""]
    lines.append(_say(sentences.summary(comparison), style))
    return "\n".join(lines) + "\n"


def _say(text: Text, style: Style) -> str:
    return printable(text.in_language(style.language))


def _heading(heading: Text, style: Style) -> str:
    return style.paint(_say(heading, style), Role.MESSAGE)


def _interface(change: InterfaceChange, old: Sources, new: Sources, style: Style) -> Iterator[str]:
    code = "" if change.code is None else style.paint(f"[{change.code.name}]", Role.ERROR) + " "
    yield f"  {code}{_say(sentences.interface_sentence(change), style)}"
    yield _place(change, old, new, style)


def _declaration(change: DeclarationChange, old: Sources, new: Sources, style: Style) -> Iterator[str]:
    yield f"  {_say(sentences.sentence(change), style)}"
    yield _place(change, old, new, style)
    if change.basis:
        cited = sentences.COMMA.in_language(style.language).join(_say(item, style) for item in change.basis)
        yield f"{MARGIN}{_named(sentences.BASIS, style)}{cited}"
    if change.affects:
        yield f"{MARGIN}{_named(sentences.AFFECTS, style)}{_say(sentences.listed(change.affects), style)}"
    for part in change.parts:
        yield from _part(part, style)


def _named(name: Text, style: Style) -> str:
    return _say(name, style) + _say(sentences.COLON, style)


def _place(change: DeclarationChange | InterfaceChange, old: Sources, new: Sources, style: Style) -> str:
    places = sentences.between(sentences.line_of(change.old, old), sentences.line_of(change.new, new))
    return f"{MARGIN}{_named(sentences.PLACE, style)}{style.paint(_say(places, style), Role.GUTTER)}"


def _part(part: PartChange, style: Style) -> Iterator[str]:
    """The name of the part, and its text before and after; a clause that is only its keyword has no text."""
    yield f"{MARGIN}{_say(part.name, style)}"
    for text, sign, role in ((part.old, "-", Role.WARNING), (part.new, "+", Role.SECONDARY)):
        if text is None:
            continue
        for line in text.in_language(style.language).split("\n"):
            yield f"{MARGIN}  {style.paint(f'{sign} {printable(line)}'.rstrip(), role)}"
