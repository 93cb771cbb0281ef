"""The package as others install it: built, put alone into an empty environment, and run from elsewhere."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from copy import copy
from pathlib import Path
from types import SimpleNamespace

import pytest
from xdist.scheduler import LoadGroupScheduling

from creditdsl.diagnostics import Code
from tests.conftest import REPOSITORY, command_environment, pytest_collection_modifyitems

pytestmark = pytest.mark.xdist_group("packaging")
"""One process builds and installs for all tests of this file."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source archive, which is built from the checkout."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(REPOSITORY)],
        env=command_environment(),
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that holds the wheel and what it requires, and nothing of the checkout."""
    folder = tmp_path_factory.mktemp("empty")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")], check=True)
    pins = folder / "pins.txt"
    pins.write_text("\n".join(pinned("run")), encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if name.startswith("PIP_") or name.endswith("_proxy")}
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--python", str(folder / "venv" / "bin" / "python")),
            # What is imported is compiled when it is, a small part of what is installed.
            *("install", "--quiet", "--no-compile", "--constraint", str(pins), str(wheel)),
        ],
        env={**command_environment(), **kept, "PIP_CACHE_DIR": str(REPOSITORY / ".cache" / "pip")},
        check=True,
    )
    return folder / "venv" / "bin"


def pinned(name: str) -> list[str]:
    """The `package==version` lines of a requirements file."""
    text = (REPOSITORY / ".ci" / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return re.findall(r"^([\w.-]+==[\w.]+)", text, re.MULTILINE)


def test_the_wheel_holds_everything_that_runs_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, pattern in (
        ("creditdsl", "**/*"),
        ("grammar", "*.lark"),
        ("grammar", "*.toml"),
        ("docs/errors", "*.md"),
    ):
        for path in (REPOSITORY / folder).glob(pattern):
            if path.is_file() and "__pycache__" not in path.parts:
                inside = path.relative_to(REPOSITORY).as_posix()
                assert inside.removeprefix("creditdsl/") in {name.removeprefix("creditdsl/") for name in names}
    assert {name.split("/")[0].split("-")[0] for name in names} == {"creditdsl"}
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not any(name.startswith("creditdsl/grammar/") and name.endswith(".py") for name in names)


@pytest.mark.slow
def test_the_installed_program_works_from_elsewhere(installed: Path, tmp_path: Path) -> None:
    environment = {**command_environment(), "PATH": f"{installed}{os.pathsep}{os.environ['PATH']}"}

    def run(*arguments: str) -> str:
        shown = subprocess.run(
            ["creditdsl", *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert shown.returncode == 0, shown.stderr
        return shown.stdout

    located = subprocess.run(
        [str(installed / "python"), "-c", "import creditdsl; print(creditdsl.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(installed.parent) in located.stdout
    assert run("new", "acme", "--lang", "zh").splitlines()[0] == "acme/acme.credit"
    assert run("check", "acme") == ""
    assert "怎么改" in run("explain", "CR0203", "--lang", "zh")
    assert all(run("explain", code.name).startswith(f"# {code.name} ") for code in (Code.CR0001, Code.CR0914))
    assert (
        "没有命令"
        in subprocess.run(
            ["creditdsl", "frob", "--lang", "zh"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        ).stderr
    )
    run("compile", "acme", "-o", "acme.py")
    assert "Supplier" in run("why", "acme", "acme/subject.json", "--period", "2020", "--as-of", "2021-01-31")
    assert "site/index.html" in run("docs", "acme", "-o", "site")
    tables = tmp_path / "tables"
    tables.mkdir()
    (tables / "supplier.csv").write_text("id,months,forged_papers\n1,36,no\n", encoding="utf-8")
    (tables / "late_delivery.csv").write_text("id,goods,due,delivered,value\n", encoding="utf-8")
    run("score", "acme", "tables", "-o", "scored", "--period", "2020", "--as-of", "2021-01-31")
    assert (tmp_path / "scored" / "results.csv").is_file()


def test_the_tools_of_the_gate_are_pinned_as_the_project_says() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    locked = {line.lower() for line in pinned("gate")}
    assert {line.lower() for line in project["dependency-groups"]["gate"]} <= locked
    assert {line.lower() for line in pinned("run")} <= locked


def test_tests_of_one_group_are_distributed_as_one(request: pytest.FixtureRequest) -> None:
    tests = [copy(item) for item in request.session.items if item.path == request.path]
    pytest_collection_modifyitems(SimpleNamespace(getoption=lambda *_, **__: True), tests)  # type: ignore[arg-type]
    assert {LoadGroupScheduling._split_scope(None, item.nodeid) for item in tests} == {"packaging"}


@pytest.mark.parametrize("name", ["run", "gate"])
def test_every_pinned_package_has_a_hash(name: str) -> None:
    text = (REPOSITORY / ".ci" / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    for entry in re.split(r"\n(?=\w)", text)[1:]:
        assert "--hash=sha256:" in entry, entry
