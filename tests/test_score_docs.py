"""docs/scoring.md is executed: its files are written, its commands run, and what it shows is what they give."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "docs" / "scoring.md"
BLOCK = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = BLOCK.findall(PAGE.read_text(encoding="utf-8"))


def run_command(line: str, folder: Path) -> str:
    """What a command prints on both streams, and its status where it is not 0."""
    arguments = line.removeprefix("$ creditdsl ").split()
    finished = subprocess.run(
        [sys.executable, "-m", "creditdsl", "--lang", "en", *arguments],
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(PAGE.parents[1]), "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return finished.stdout + (f"[status {finished.returncode}]\n" if finished.returncode else "")


def test_every_command_of_the_page_gives_what_the_page_shows(tmp_path: Path) -> None:
    commands = 0
    for kind, name, text in BLOCKS:
        path = tmp_path / name
        if kind == "console":
            line, _, shown = text.partition("\n")
            assert run_command(line, tmp_path) == shown
            commands += 1
        elif path.exists():
            assert path.read_text(encoding="utf-8") == text, name
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    assert commands == 3
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize(
    "code", ["CR0901", "CR0903", "CR0904", "CR0908", "CR0909", "CR0910", "CR0912", "CR0913", "CR0915"]
)
def test_every_code_of_the_page_is_a_code(code: str) -> None:
    from creditdsl.diagnostics import Code

    assert code in PAGE.read_text(encoding="utf-8")
    assert code in Code.__members__
