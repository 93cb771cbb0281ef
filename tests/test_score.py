"""`creditdsl score` as people run it: what it prints, what it writes, and its exit status."""

from pathlib import Path

import pytest
from wcwidth import wcswidth

from creditdsl.cli.score import _share
from creditdsl.diagnostics import Code
from tests.announced import fences
from tests.conftest import REPOSITORY, Run

PAGE = REPOSITORY / "docs" / "scoring.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files of the page about scoring."""
    write_files(tmp_path, ("shop.credit", "tables", "bad"))
    return tmp_path


def write_files(folder: Path, names: tuple[str, ...]) -> None:
    for item in fences(PAGE):
        if item.words and item.words[0].split("/")[0] in names:
            path = folder / item.words[0]
            path.parent.mkdir(exist_ok=True)
            path.write_text(item.text, encoding="utf-8")


@pytest.fixture
def score(creditdsl: Run, folder: Path) -> Run:
    """The command in that folder, which is the test's own."""
    return lambda *arguments: creditdsl("score", "shop.credit", *arguments)


RUN = ("--period", "2020", "--as-of", "2021-03-31")


@pytest.mark.parametrize(
    "code", ["CR0901", "CR0903", "CR0904", "CR0908", "CR0909", "CR0910", "CR0912", "CR0913", "CR0915"]
)
def test_every_code_of_the_page_is_a_code(code: str) -> None:
    assert code in PAGE.read_text(encoding="utf-8")
    assert code in Code.__members__


def test_the_summary_is_on_standard_error_aligned_under_wide_characters(score: Run) -> None:
    done = score("tables", "-o", "out", *RUN, "--lang", "zh")
    assert (done.returncode, done.stdout) == (0, "")
    lines = done.stderr.splitlines()
    grades = lines[lines.index("") + 1 : -1]
    assert [line.split()[0] for line in grades] == ["级别", "A级", "B级", "C级", "不予评价", "合计"]
    assert len({wcswidth(line) for line in grades}) == 1
    assert lines[-1] == "结果已写入 out"
    done.stderr.encode("gbk")


def test_refused_rows_give_status_1_and_everything_else_is_written(score: Run, folder: Path) -> None:
    done = score("bad", "-o", "out", *RUN, "--lang", "zh")
    assert done.returncode == 1
    assert "8 行被退回" in done.stderr
    assert (folder / "out" / "results.csv").read_text(encoding="utf-8").count("\n") == 2


def test_the_format_and_the_byte_order_mark_are_as_asked_for(score: Run, folder: Path) -> None:
    assert score("tables", "-o", "out", *RUN, "--format", "parquet").returncode == 0
    assert (folder / "out" / "results.parquet").is_file()
    assert score("tables", "-o", "out", *RUN, "--bom", "--jobs", "2").returncode == 0
    assert (folder / "out" / "results.csv").read_bytes().startswith(b"\xef\xbb\xbfcode,")
    assert not (folder / "out" / "results.parquet").exists()


def test_nothing_is_written_when_a_header_is_wrong(score: Run, folder: Path) -> None:
    write_files(folder, ("wrong",))
    assert score("wrong", "-o", "nothing", *RUN).returncode == 1
    assert not (folder / "nothing").exists()


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
    score: Run, folder: Path, arguments: tuple[str, ...], status: int, said: str
) -> None:
    done = score(*arguments, "--lang", "en")
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
