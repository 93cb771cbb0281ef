"""The report for a terminal: message, source lines with marks under them, facts, and one thing to do.

error[CR0401]: no grade takes a score from 69.5 to 70
  --> road.credit:41:9
   |
40 | | A "A级" : 70 以上
   |           ------- from 70 up
41 | | B "B级" : 60 以上 不满 69.5
   |           ^^^^^^^^^^^^^^^^^
   |
   = help: write `不满 70`, or add a band
   = more: creditdsl explain CR0401
"""

from collections.abc import Iterable, Iterator

from creditdsl.diagnostics import Diagnostic, Text
from creditdsl.frozen import dataclass
from creditdsl.render.cells import Excerpt, cells, excerpt, printable
from creditdsl.render.style import (
    HELP,
    MORE,
    SEVERITIES,
    SEVERITY_ROLES,
    Role,
    Sources,
    Style,
    more_command,
    up_to_line,
)
from creditdsl.source import SourceFile, Span


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked part of one line: characters `start` to `end` (from 0, half-open), and what stands behind it."""

    line: int
    start: int
    end: int
    text: str
    primary: bool


def full(diagnostics: Iterable[Diagnostic], sources: Sources, style: Style) -> str:
    """Every diagnostic with its source lines, an empty line between two; ends with a line break unless empty."""
    blocks = ["\n".join(_block(item, sources, style)) for item in diagnostics]
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _block(diagnostic: Diagnostic, sources: Sources, style: Style) -> Iterator[str]:
    yield _headline(diagnostic, style)
    places = _marks_by_path(diagnostic, sources, style)
    shown = {path: marks for path, marks in places.items() if path in sources}
    margin = " " * max((len(str(mark.line)) for marks in shown.values() for mark in marks), default=1)
    bar = style.paint(f"{margin} |", Role.GUTTER)
    for index, (path, marks) in enumerate(places.items()):
        arrow = style.paint(f"{margin}{'-->' if index == 0 else ':::'}", Role.GUTTER)
        if path not in sources:
            yield f"{arrow} {printable(path)}"
            continue
        anchor = next((mark for mark in marks if mark.primary), marks[0])
        yield f"{arrow} {printable(path)}:{anchor.line}:{anchor.start + 1}"
        yield bar
        yield from _source_lines(sources[path], marks, margin, style)
    notes = _notes(diagnostic, style)
    if shown and notes:
        yield bar
    yield from _note_lines(notes, margin, style)


def _headline(diagnostic: Diagnostic, style: Style) -> str:
    severity = SEVERITIES[diagnostic.severity].in_language(style.language)
    code = style.paint(f"{severity}[{diagnostic.code.name}]", SEVERITY_ROLES[diagnostic.severity])
    message = printable(diagnostic.message.in_language(style.language))
    return f"{code}{style.paint(f': {message}', Role.MESSAGE)}"


def _marks_by_path(diagnostic: Diagnostic, sources: Sources, style: Style) -> dict[str, list[Mark]]:
    """The marks of each file, the file of the diagnostic itself first; none for a diagnostic that has no place."""
    places: dict[str, list[Mark]] = {}
    if diagnostic.span.path:
        places[diagnostic.span.path] = []
    spans = [(diagnostic.span, "", True)]
    spans.extend((label.span, printable(label.text.in_language(style.language)), False) for label in diagnostic.labels)
    for span, text, primary in spans:
        if span.path in sources:
            places.setdefault(span.path, []).append(_mark(span, sources[span.path], text, primary, style))
    return places


def _mark(span: Span, source: SourceFile, text: str, primary: bool, style: Style) -> Mark:
    start, end = source.position(span.start), source.position(span.end)
    last = end.column - 1
    if end.line > start.line:
        last = len(source.line(start.line))
        goes_on = up_to_line(end.line).in_language(style.language)
        text = f"{text} {goes_on}" if text else goes_on
    return Mark(start.line, start.column - 1, max(last, start.column), text, primary)


def _source_lines(source: SourceFile, marks: list[Mark], margin: str, style: Style) -> Iterator[str]:
    previous = None
    for number in sorted({mark.line for mark in marks}):
        if previous is not None and number == previous + 2:
            yield from _marked_line(source, previous + 1, [], margin, style)
        elif previous is not None and number > previous + 2:
            yield style.paint("...", Role.GUTTER)
        on_line = sorted((mark for mark in marks if mark.line == number), key=lambda mark: (mark.start, mark.end))
        yield from _marked_line(source, number, on_line, margin, style)
        previous = number


def _marked_line(source: SourceFile, number: int, marks: list[Mark], margin: str, style: Style) -> Iterator[str]:
    focus = next((mark for mark in marks if mark.primary), marks[0] if marks else None)
    line = source.line(number)
    part = excerpt(line, focus.start if focus else 0, style.line_cells, style.ambiguous_width)
    gutter = style.paint(f"{number:>{len(margin)}} |", Role.GUTTER)
    yield f"{gutter} {part.text}".rstrip()
    for mark in marks:
        yield _mark_line(part, mark, margin, style)


def _mark_line(part: Excerpt, mark: Mark, margin: str, style: Style) -> str:
    start, end = part.cell(mark.start), part.cell(mark.end)
    role = Role.ERROR if mark.primary else Role.SECONDARY
    text = ("^" if mark.primary else "-") * max(1, end - start) + (f" {mark.text}" if mark.text else "")
    return f"{style.paint(f'{margin} |', Role.GUTTER)} {' ' * start}{style.paint(text, role)}"


def _notes(diagnostic: Diagnostic, style: Style) -> list[tuple[str, str]]:
    notes = [(name, value) for name, value in diagnostic.facts]
    if diagnostic.help is not None:
        notes.append((HELP, diagnostic.help.in_language(style.language)))
    notes.append((MORE, more_command(diagnostic.code.name)))
    return [(_word(name, style), printable(value)) for name, value in notes]


def _word(name: Text, style: Style) -> str:
    return printable(name.in_language(style.language))


def _note_lines(notes: list[tuple[str, str]], margin: str, style: Style) -> Iterator[str]:
    widest = max((cells(name, style.ambiguous_width) for name, _ in notes), default=0)
    for name, value in notes:
        fill = " " * (widest - cells(name, style.ambiguous_width))
        yield f"{style.paint(f'{margin} =', Role.GUTTER)} {name}: {fill}{value}"
