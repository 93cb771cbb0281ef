"""A check beside other work: what it raises is raised after it, whichever process made it."""

import os
import threading
from pathlib import Path

import pytest

from creditdsl.beside import beside


def process_of_a_check(folder: Path) -> int:
    place = folder / "process"
    with beside(lambda: place.write_text(str(os.getpid()))):
        pass
    return int(place.read_text())


@pytest.mark.usefixtures("alone")
def test_the_check_is_made_in_another_process(tmp_path: Path) -> None:
    assert process_of_a_check(tmp_path) != os.getpid()


def test_beside_another_thread_no_process_is_copied(tmp_path: Path) -> None:
    wait = threading.Event()
    thread = threading.Thread(target=wait.wait)
    thread.start()
    try:
        assert process_of_a_check(tmp_path) == os.getpid()
    finally:
        wait.set()
        thread.join()


def refuse() -> None:
    raise ValueError("found")


@pytest.mark.usefixtures("alone")
def test_what_the_check_raises_comes_after_the_body() -> None:
    done = []
    with pytest.raises(ValueError, match="found"), beside(refuse):
        done.append("body")
    assert done == ["body"]


@pytest.mark.usefixtures("alone")
def test_what_the_check_raises_may_be_the_reason_of_what_the_body_raises() -> None:
    with pytest.raises(ValueError, match="found") as raised, beside(refuse):
        raise KeyError
    assert isinstance(raised.value.__context__, KeyError)


@pytest.mark.usefixtures("alone")
def test_what_the_body_raises_beside_a_good_check_is_raised() -> None:
    with pytest.raises(KeyError), beside(lambda: None):
        raise KeyError


@pytest.mark.usefixtures("alone")
def test_an_interrupt_is_not_kept_waiting_for_the_check() -> None:
    with pytest.raises(KeyboardInterrupt), beside(refuse):
        raise KeyboardInterrupt


def test_alone_the_check_is_made_before_the_body(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    done = []
    with pytest.raises(ValueError, match="found"), beside(refuse):
        done.append("body")
    assert done == []


@pytest.mark.usefixtures("alone")
def test_a_check_whose_process_ended_is_made_here(tmp_path: Path) -> None:
    mine, place = os.getpid(), tmp_path / "process"

    def check() -> None:
        if os.getpid() != mine:
            os.kill(os.getpid(), 9)
        place.write_text("here")

    with beside(check):
        pass
    assert place.read_text() == "here"
