"""What every test may use: the tools of the machine, and the command line in a process of its own."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.warm import WarmCommands, warm_commands

if TYPE_CHECKING:
    import psycopg
    from playwright.sync_api import Browser
    from pyspark.sql import SparkSession

# A shell that starts the tests in the background ignores interrupts, and programs that tests interrupt would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The gate draws the same examples in every run; a search with new ones is a run without CI.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

REPOSITORY = Path(__file__).parent.parent
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The group of a test stands behind its id, where what distributes tests to processes looks for it.

    pytest-xdist 3.8 writes it to `_nodeid`, which pytest 9.2 no longer reads; each process then starts a Spark of its own.
    """
    for item in items if config.getoption("loadgroup", default=False) else ():
        group = item.get_closest_marker("xdist_group")
        if group is not None:
            item._id = item.id.parse(f"{item.nodeid}@{group.args[0]}")


def tool(name: str) -> str:
    """The path of a program of the machine; without it the test is skipped, and in continuous integration fails."""
    path = shutil.which(name)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is not installed")
        pytest.skip(f"{name} is not installed")
    return path


@pytest.fixture
def require_tool() -> Callable[[str], str]:
    """`require_tool("chromium")` gives the path of a program that the test cannot do without."""
    return tool


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a program of one thread on two processors: the threads that run tests hold nothing that a check here asks for."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})


@pytest.fixture(scope="session")
def spark() -> "Iterator[SparkSession]":
    """The one Spark of this process; what a test sets there it sets in a session of its own."""
    from tests.engines_spark import shared_spark

    pytest.importorskip("pyspark")
    tool("java")
    with shared_spark() as session:
        yield session


@pytest.fixture(scope="session")
def postgres() -> "Iterator[psycopg.Connection]":
    """A connection to a server of PostgreSQL that this process started; what a test leaves there is for it to take away."""
    from tests.sql_support import postgres_server

    psycopg = pytest.importorskip("psycopg")
    with postgres_server(tool) as address, psycopg.connect(address, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    """Chromium of the machine, with a profile of its own; starting it takes longer than a test."""
    from playwright.sync_api import sync_playwright

    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    path = tool("chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=quiet)
        yield started
        started.close()


@pytest.fixture
def browser(chromium: "Browser") -> "Iterator[Browser]":
    """Chromium without anything that another test opened or kept."""
    yield chromium
    for context in chromium.contexts:
        context.close()


def command_environment(**changes: str) -> dict[str, str]:
    """The variables of a command: English, UTF-8, this environment's programs first in the path, nothing else."""
    kept = {name: os.environ[name] for name in ("HOME", "TMPDIR") if name in os.environ}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return {**kept, "PATH": path, "LANG": "en_US.UTF-8", "PYTHONUTF8": "1", **changes}


@pytest.fixture(scope="session")
def commands() -> Iterator[WarmCommands]:
    """How a command is started."""
    with warm_commands(command_environment()) as started:
        yield started


@pytest.fixture
def creditdsl(tmp_path: Path, commands: WarmCommands) -> Run:
    """The command line, run as users run it: `creditdsl("check", path, LANG="zh_CN.UTF-8", input="…")`.

    It runs in the test's own empty folder with an English locale; keyword arguments in capitals are variables.
    """

    def run(*arguments: object, input: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        variables = command_environment(**environment)
        return subprocess.run(
            commands.command([*map(str, arguments)], variables),
            cwd=tmp_path,
            env=variables,
            input=input,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    return run
