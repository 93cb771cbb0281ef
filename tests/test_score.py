"""`creditdsl score` as people run it: what it prints, what it writes, and its exit status."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from wcwidth import wcswidth

from creditdsl.cli.score import _share
from tests.test_score_docs import BLOCKS

ROOT = Path(__file__).parents[1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files of the page about scoring."""
    for kind, name, text in BLOCKS:
        if kind != "console" and name.split("/")[0] in ("shop.credit", "tables", "bad"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def creditdsl(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "creditdsl", "score", "shop.credit", *arguments],
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


RUN = ("--period", "2020", "--as-of", "2021-03-31")


def test_the_summary_is_on_standard_error_aligned_under_wide_characters(folder: Path) -> None:
    done = creditdsl(folder, "tables", "-o", "out", *RUN, "--lang", "zh")
    assert (done.returncode, done.stdout) == (0, "")
    lines = done.stderr.splitlines()
    grades = lines[lines.index("") + 1 : -1]
    assert [line.split()[0] for line in grades] == ["级别", "A级", "B级", "C级", "不予评价", "合计"]
    assert len({wcswidth(line) for line in grades}) == 1
    assert lines[-1] == "结果已写入 out"
    done.stderr.encode("gbk")


def test_refused_rows_give_status_1_and_everything_else_is_written(folder: Path) -> None:
    done = creditdsl(folder, "bad", "-o", "out", *RUN, "--lang", "zh")
    assert done.returncode == 1
    assert "8 行被退回" in done.stderr
    assert (folder / "out" / "results.csv").read_text(encoding="utf-8").count("\n") == 2


def test_the_format_and_the_byte_order_mark_are_as_asked_for(folder: Path) -> None:
    assert creditdsl(folder, "tables", "-o", "out", *RUN, "--format", "parquet").returncode == 0
    assert (folder / "out" / "results.parquet").is_file()
    assert creditdsl(folder, "tables", "-o", "out", *RUN, "--bom", "--jobs", "2").returncode == 0
    assert (folder / "out" / "results.csv").read_bytes().startswith(b"\xef\xbb\xbfcode,")
    assert not (folder / "out" / "results.parquet").exists()


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("nowhere", "-o", "out", *RUN), 1, "not a folder that can be read"),
        (("tables", "-o", "out", "--period", "2014", "--as-of", "2021-03-31"), 1, "not yet in force"),
        (("tables", "-o", "out", "--period", "2020-11", "--as-of", "2021-03-31"), 1, "must be a year"),
        (("tables", "-o", "out", "--period", "2020", "--as-of", "2019-03-31"), 1, "before the first day"),
        (("tables", "-o", "tables", *RUN), 1, "not the result of an earlier run"),
        (("tables", "-o", "shop.credit", *RUN), 1, "not the result of an earlier run"),
        (("tables", "-o", "shop.credit/out", *RUN), 1, "shop.credit"),
        (("tables", *RUN), 2, "--output"),
        (("tables", "-o", "out", "--period", "2020"), 2, "--as-of"),
        (("tables", "-o", "out", *RUN, "--jobs", "0"), 2, "--jobs"),
    ],
)
def test_what_is_wrong_with_a_command_is_said_and_nothing_is_written(
    folder: Path, arguments: tuple[str, ...], status: int, said: str
) -> None:
    done = creditdsl(folder, *arguments, "--lang", "en")
    assert (done.returncode, done.stdout) == (status, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["bad", "shop.credit", "tables"]
    assert sorted(path.name for path in (folder / "tables").iterdir()) == ["complaint.csv", "shop.csv"]


@pytest.mark.parametrize(
    ("count", "total", "share"),
    [(0, 0, "0.00 %"), (1, 3, "33.33 %"), (2, 3, "66.67 %"), (1, 20_000, "0.01 %"), (3, 3, "100.00 %")],
)
def test_shares_are_rounded_half_up_in_whole_numbers(count: int, total: int, share: str) -> None:
    assert _share(count, total) == share
