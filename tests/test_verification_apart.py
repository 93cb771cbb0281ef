"""Texts that are compiled first and verified while programs are made of them: what is wrong is refused all the same."""

from dataclasses import replace

import pytest

import creditdsl.compile
from creditdsl.cli.main import run
from creditdsl.compile import Compiled, compile_policy, compile_timeline, verification
from creditdsl.diagnostics import InternalError
from tests.conftest import REPOSITORY

POLICY = REPOSITORY / "policies" / "wuyi"
"""One text, which is written where nothing refuses it."""


@pytest.fixture(params=["here", "beside"])
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the verification is made: in this process, or in one beside it."""
    if request.param == "beside":
        monkeypatch.setattr(creditdsl.compile, "MANY", 0)
        request.getfixturevalue("alone")


def broken(compiled: Compiled) -> Compiled:
    """The text without its last definition."""
    return replace(compiled, program=replace(compiled.program, definitions=compiled.program.definitions[:-1]))


@pytest.mark.usefixtures("place")
def test_a_sound_text_is_verified_and_a_broken_one_refused() -> None:
    texts = compile_timeline(POLICY, verified=False).texts
    with verification(texts):
        pass
    with pytest.raises(InternalError), verification([*texts[:-1], broken(texts[-1])]):
        pass


@pytest.mark.usefixtures("place")
def test_what_breaks_on_a_broken_text_is_no_reason_to_forget_why() -> None:
    with pytest.raises(InternalError), verification([broken(compile_policy(POLICY))]):
        raise KeyError


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("options", [("--target", "python"), ("--target", "sql"), ("--emit", "core")])
def test_nothing_is_written_of_a_text_that_is_refused(
    options: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refuse(*_: object) -> None:
        raise InternalError("seeded")

    assert run(["compile", str(POLICY), *options]) == 0
    assert capsys.readouterr().out != ""
    monkeypatch.setattr(creditdsl.compile, "verify", refuse)
    assert run(["compile", str(POLICY), *options]) == 70
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "seeded" in shown.err
