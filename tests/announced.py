"""Rule text that announces its diagnostics: `### CR0201` at the end of a line says what must be reported there."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from creditdsl.compile import check_policy_text
from creditdsl.diagnostics import Diagnostic, PolicyError

REPOSITORY = Path(__file__).parent.parent
PAGES = REPOSITORY / "docs" / "errors"
ANNOUNCEMENT = re.compile(r"[ \t]*###((?: CR\d{4})+)[ \t]*$", re.MULTILINE)
FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SEPARATOR = re.compile(r"^(---|===)(.*)$", re.MULTILINE)

Places = Counter[tuple[int, str]]
"""How often a code is reported on a line of the chunk; lines from 1, 0 for what has no place in it."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of rule text. `framed` puts it behind the policy of docs/errors/README.md."""

    name: str
    text: str
    framed: bool


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block of a page: its language, the words behind it, its text."""

    language: str
    words: tuple[str, ...]
    text: str


def fences(page: Path) -> tuple[Fence, ...]:
    """The fenced blocks of a Markdown file."""
    found = FENCE.findall(page.read_text(encoding="utf-8"))
    return tuple(Fence(language, tuple(words.split()), text) for language, words, text in found)


def frame() -> str:
    """The policy that framed chunks stand behind."""
    return next(fence.text for fence in fences(PAGES / "README.md") if fence.words == ("frame",))


def chunks_of_file(path: Path) -> Iterator[Chunk]:
    """The chunks of a case file: `--- name` begins a framed one, `=== name` one that is a whole file."""
    parts = SEPARATOR.split(path.read_text(encoding="utf-8"))
    for kind, name, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        yield Chunk(f"{path.stem}: {name.strip()}", text.removeprefix("\n"), kind == "---")


def chunks_of_page(path: Path) -> Iterator[Chunk]:
    """The rule texts of a diagnostic's page."""
    for fence in fences(path):
        if fence.language == "credit":
            yield Chunk(path.stem, fence.text, fence.words == ("rules",))


def announced(chunk: Chunk) -> Places:
    """What the chunk says must be reported."""
    found: Places = Counter()
    for number, line in enumerate(chunk.text.split("\n"), start=1):
        announcement = ANNOUNCEMENT.search(line)
        if announcement is not None:
            found.update((number, code) for code in announcement[1].split())
    return found


def reported(chunk: Chunk, folder: Path) -> tuple[Places, tuple[Diagnostic, ...]]:
    """What compiling the chunk reports; unused declarations of the frame are no fault of the chunk."""
    before = frame() if chunk.framed else ""
    text = before + ANNOUNCEMENT.sub("", chunk.text)
    path = folder / "chunk.credit"
    path.write_text(text, encoding="utf-8")
    found, offset = Counter[tuple[int, str]](), before.count("\n")
    diagnostics = _diagnostics(path)
    for item in diagnostics:
        line = text.count("\n", 0, item.span.start) + 1 - offset if item.span.path else 0
        if line > 0 or item.code.name != "CR0701":
            found[max(line, 0), item.code.name] += 1
    return found, diagnostics


def _diagnostics(path: Path) -> tuple[Diagnostic, ...]:
    try:
        return check_policy_text(path)
    except PolicyError as error:
        return error.diagnostics
