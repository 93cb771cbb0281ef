"""Rule text with faults: everything announced is reported, nothing else is, and every code is shown to be raised."""

import re
import subprocess
from pathlib import Path

import pytest

from creditdsl.diagnostics import Code
from tests.announced import (
    PAGES,
    REPOSITORY,
    Chunk,
    Fence,
    announced,
    chunks_of_file,
    chunks_of_page,
    fences,
    frame,
    reported,
)
from tests.conftest import command_environment
from tests.warm import WarmCommands

CASES = sorted((REPOSITORY / "tests" / "cases").glob("*.credit"))
CHUNKS = [chunk for path in CASES for chunk in chunks_of_file(path)]
PAGE_CHUNKS = [chunk for code in Code for chunk in chunks_of_page(PAGES / f"{code.name}.md")]
SESSIONS = [
    (code.name, fence) for code in Code for fence in fences(PAGES / f"{code.name}.md") if fence.language == "console"
]

ELSEWHERE = {"CR0604": "tests/test_testing_check.py"}
"""Codes that neither rule text nor a command line raises at will, and the file of the test that raises them."""

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("chunk", CHUNKS + PAGE_CHUNKS, ids=lambda chunk: chunk.name)
def test_a_chunk_reports_what_it_announces_and_nothing_else(chunk: Chunk, tmp_path: Path) -> None:
    found, diagnostics = reported(chunk, tmp_path)
    assert found == announced(chunk)
    for item in diagnostics:
        assert CHINESE.search(item.message.zh), "the message in Chinese is not Chinese"
        assert not CHINESE.search(re.sub(r"`[^`]*`|→.*", "", item.message.en)), "the message in English is not English"


@pytest.mark.parametrize("chunk", PAGE_CHUNKS, ids=lambda chunk: chunk.name)
def test_the_rule_text_of_a_page_raises_its_code(chunk: Chunk) -> None:
    assert chunk.name in {code for _, code in announced(chunk)}


@pytest.mark.parametrize(("code", "session"), SESSIONS, ids=[code for code, _ in SESSIONS])
def test_the_commands_of_a_page_raise_its_code(
    code: str, session: Fence, tmp_path: Path, commands: WarmCommands
) -> None:
    (tmp_path / "rules.credit").write_text(frame(), encoding="utf-8")
    outputs = []
    for line in session.text.splitlines():
        assert line.startswith("$ ")
        run = subprocess.run(
            ["bash", "-c", line[2:]],
            cwd=tmp_path,
            env=commands.in_shells(command_environment()),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        outputs.append(run.stdout + run.stderr)
        assert "Traceback" not in run.stderr
        assert run.returncode in (0, 1)
    assert code in outputs[-1]
    assert not set(re.findall(r"CR\d{4}", "".join(outputs))) - {code, *ACCOMPANIED.get(code, ())}


ACCOMPANIED = {"CR0915": ("CR0903",)}
"""Codes that cannot come alone: a row is set aside because another row of its subject is refused."""


@pytest.mark.parametrize("code", Code, ids=lambda code: code.name)
def test_every_code_is_raised_by_a_test(code: Code) -> None:
    raised = {name for chunk in CHUNKS + PAGE_CHUNKS for _, name in announced(chunk)} | {name for name, _ in SESSIONS}
    if code.name in ELSEWHERE:
        assert code.name not in raised
        assert code.name in (REPOSITORY / ELSEWHERE[code.name]).read_text(encoding="utf-8")
    else:
        assert code.name in raised


@pytest.mark.parametrize("code", Code, ids=lambda code: code.name)
def test_the_page_of_a_code_says_in_both_languages_what_it_means_and_how_to_mend_it(code: Code) -> None:
    text = (PAGES / f"{code.name}.md").read_text(encoding="utf-8")
    title = text.splitlines()[0]
    assert re.fullmatch(rf"# {code.name} .*[\u4e00-\u9fff].* / {re.escape(code.title)}", title)
    assert re.findall(r"^## .*$", text, re.MULTILINE)[:2] == ["## 中文", "## English"]
    assert "\n怎么改:" in text and "\nHow to mend it: " in text


def test_every_page_belongs_to_a_code() -> None:
    assert {path.stem for path in PAGES.glob("*.md")} == {"README", *(code.name for code in Code)}


def test_the_policy_that_the_examples_stand_behind_has_no_fault_of_its_own(tmp_path: Path) -> None:
    assert not reported(Chunk("frame", "", framed=True), tmp_path)[0]


def test_an_unannounced_or_missing_diagnostic_would_be_seen(tmp_path: Path) -> None:
    silent = Chunk("silent", "define large = turnover >= 1000000\n", framed=True)
    loud = Chunk("loud", "define large = turnover >= 1000 yuan ### CR0201\n", framed=True)
    assert reported(silent, tmp_path)[0] != announced(silent)
    assert reported(loud, tmp_path)[0] != announced(loud)
