"""Every page is executed: files are written, commands run and compared, code run, rule text parsed (docs/contributing.md)."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from creditdsl.source import SourceFile
from creditdsl.syntax.parse import parse
from tests.announced import Fence, fences
from tests.conftest import REPOSITORY, command_environment
from tests.warm import WarmCommands

PAGES = sorted([REPOSITORY / "README.md", *REPOSITORY.glob("docs/*.md"), *REPOSITORY.glob("policies/*/README.md")])
ANYTHING = "..."
LINK = re.compile(r"\]\(([^)#\s]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REPOSITORY).as_posix())
def test_what_a_page_shows_is_what_happens(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, commands: WarmCommands
) -> None:
    (tmp_path / "policies").symlink_to(REPOSITORY / "policies")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    names: dict[str, object] = {}
    for fence in fences(page):
        execute(fence, tmp_path, names, commands)


def execute(fence: Fence, folder: Path, names: dict[str, object], commands: WarmCommands) -> None:
    """Does what a block of a page asks for, and fails where the page is wrong."""
    if fence.language == "console":
        run_session(fence.text, folder, commands)
    elif fence.words:
        write_or_compare(folder / fence.words[0], fence.text)
    elif fence.language == "python":
        exec(compile(fence.text, "<page>", "exec"), names)  # noqa: S102 - running the pages is what this file is for
    elif fence.language == "credit":
        assert parse(SourceFile("page.credit", fence.text)).diagnostics == ()
    elif fence.language == "json":
        json.loads(fence.text)


def write_or_compare(path: Path, text: str) -> None:
    """A file that a command of the page has made is compared; any other is written."""
    if path.exists():
        assert path.read_text(encoding="utf-8") == text, path.name
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def run_session(text: str, folder: Path, commands: WarmCommands) -> None:
    """Runs each `$ command` and compares what it prints on both streams, and its status where it is not 0."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        finished = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env=commands.in_shells(command_environment()),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        printed = finished.stdout + (f"[status {finished.returncode}]\n" if finished.returncode else "")
        if not matches(shown, printed):
            assert printed == shown, command


def matches(shown: str, printed: str) -> bool:
    """Whether the output is what the page shows, where a line `...` stands for any lines."""
    pattern = "".join("(?:.*\n)*?" if line == ANYTHING else re.escape(f"{line}\n") for line in shown.splitlines())
    return re.fullmatch(pattern, printed) is not None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REPOSITORY).as_posix())
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert re.match(r"https?:", target) or (page.parent / target).exists(), target


def test_a_page_that_shows_something_else_would_be_seen(tmp_path: Path, commands: WarmCommands) -> None:
    run_session("$ echo a; echo b; false\na\n...\n[status 1]\n", tmp_path, commands)
    for wrong in ("$ echo a\nb\n", "$ echo a\n", "$ false\n", "$ echo a; echo b\n...\na\n"):
        with pytest.raises(AssertionError):
            run_session(wrong, tmp_path, commands)
    with pytest.raises(AssertionError):
        execute(Fence("credit", (), "indicator {"), tmp_path, {}, commands)
