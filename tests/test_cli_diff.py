"""`creditdsl diff` as people and scripts meet it: sentences, statuses, streams, formats, both languages."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.announced import frame
from tests.conftest import REPOSITORY, Run, command_environment

TAX_CREDIT = REPOSITORY / "policies" / "tax_credit"


@pytest.fixture
def versions(tmp_path: Path) -> tuple[Path, Path]:
    """Two versions: ten points became twenty, and a date may no longer be absent."""
    old, new = tmp_path / "old.credit", tmp_path / "new.credit"
    old.write_text(frame(), encoding="utf-8")
    changed = frame().replace("deduct   10 points", "deduct   20 points").replace("joined   : date?", "joined : date")
    new.write_text(changed, encoding="utf-8")
    return old, new


@pytest.mark.usefixtures("versions")
def test_a_difference_is_told_in_sentences_what_breaks_first(creditdsl: Run) -> None:
    shown = creditdsl("diff", "old.credit", "new.credit")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout == (
        "Input that is no longer accepted\n"
        "\n"
        "  [CR0801] The field `joined` of `supplier` may no longer be absent.\n"
        "      place: old.credit:20 -> new.credit:20\n"
        "\n"
        "Stricter\n"
        "\n"
        '  The indicator never_delivered "Never delivered" has changed: it deducts more points.\n'
        "      place: old.credit:35 -> new.credit:35\n"
        "      basis: Example rules No. 1 article 2\n"
        "      deduct\n"
        "        - 10 points\n"
        "        + 20 points\n"
        "\n"
        "No effect on results\n"
        "\n"
        '  The subject supplier "Supplier" has changed: data that both versions accept give the same; '
        "what changes for data is listed apart.\n"
        "      place: old.credit:16 -> new.credit:16\n"
        "      field joined\n"
        "        - joined : date?\n"
        "        + joined : date\n"
        "\n"
        "2 declarations differ: 1 stricter, 1 without effect on results; 5 are the same. "
        "Input that is no longer accepted: 1. Results that have another form: 0.\n"
    )


@pytest.mark.usefixtures("versions")
def test_a_difference_is_told_in_chinese_with_chinese_keywords(creditdsl: Run) -> None:
    shown = creditdsl("diff", "old.credit", "new.credit", "--lang", "zh").stdout
    assert "  [CR0801] `supplier` 的字段 `joined` 由可缺失改为必填。\n" in shown
    assert "  指标 never_delivered“未交货”有修改:扣分更多。\n" in shown
    assert "      扣\n        - 10 分\n        + 20 分\n" in shown


@pytest.mark.usefixtures("versions")
def test_everything_that_is_printed_fits_into_gbk(tmp_path: Path) -> None:
    for language in ("zh", "en"):
        shown = subprocess.run(
            [sys.executable, "-m", "creditdsl", "diff", "old.credit", "new.credit", "--lang", language],
            cwd=tmp_path,
            env=command_environment(PYTHONIOENCODING="gbk:strict", PYTHONUTF8="0"),
            capture_output=True,
            check=True,
        )
        assert "\\u" not in shown.stdout.decode("gbk")


@pytest.mark.usefixtures("versions")
def test_a_difference_has_status_3_only_where_it_was_asked_for(creditdsl: Run) -> None:
    assert creditdsl("diff", "old.credit", "new.credit").returncode == 0
    assert creditdsl("diff", "old.credit", "new.credit", "--exit-code").returncode == 3
    assert creditdsl("diff", "old.credit", "old.credit", "--exit-code").returncode == 0


@pytest.mark.usefixtures("versions")
def test_two_versions_that_are_the_same_are_said_to_be(creditdsl: Run) -> None:
    assert creditdsl("diff", "old.credit", "old.credit").stdout == "The two versions are the same: 7 declarations.\n"


def test_the_errors_of_both_versions_are_reported_as_check_reports_them(creditdsl: Run, tmp_path: Path) -> None:
    (tmp_path / "one.credit").write_text(frame() + "define wrong = monhts\n", encoding="utf-8")
    (tmp_path / "two.credit").write_text(frame() + "define wrong = turnovr\n", encoding="utf-8")
    shown = creditdsl("diff", "one.credit", "two.credit", "--exit-code")
    assert (shown.returncode, shown.stdout) == (1, "")
    assert "--> one.credit:41" in shown.stderr and "--> two.credit:41" in shown.stderr
    assert shown.stderr.count("error[CR0101]") == 2


def test_a_version_that_is_not_there_is_an_error_of_the_policy(creditdsl: Run, tmp_path: Path) -> None:
    (tmp_path / "one.credit").write_text(frame(), encoding="utf-8")
    shown = creditdsl("diff", "one.credit", "missing.credit")
    assert shown.returncode == 1
    assert "error[CR0010]" in shown.stderr


@pytest.mark.parametrize("arguments", [["diff", "one"], ["diff", "a", "b", "--format", "pdf"]])
def test_wrong_usage_of_diff_has_the_status_2(arguments: list[str], creditdsl: Run) -> None:
    assert creditdsl(*arguments).returncode == 2


@pytest.mark.usefixtures("versions")
def test_json_holds_both_languages_and_is_the_same_every_time(creditdsl: Run) -> None:
    first, second = (
        creditdsl("diff", "old.credit", "new.credit", "--format", "json", PYTHONHASHSEED=seed).stdout
        for seed in ("1", "2")
    )
    assert first == second
    told = json.loads(first)
    assert told["format"] == 1
    assert told["summary"]["stricter"] == 1 and told["summary"]["input_no_longer_accepted"] == 1
    change = told["declarations"][0]
    assert (change["kind"], change["name"], change["change"], change["direction"]) == (
        "indicator",
        "never_delivered",
        "changed",
        "stricter",
    )
    assert change["reasons"] == [{"zh": "扣分更多", "en": "it deducts more points"}]
    assert change["old"] == {"path": "old.credit", "line": 35, "column": 1}
    assert change["parts"] == [
        {
            "name": {"zh": "扣", "en": "deduct"},
            "old": {"zh": "10 分", "en": "10 points"},
            "new": {"zh": "20 分", "en": "20 points"},
        }
    ]


@pytest.mark.usefixtures("versions")
def test_a_report_is_written_into_a_file_without_colours(creditdsl: Run, tmp_path: Path) -> None:
    shown = creditdsl("diff", "old.credit", "new.credit", "--color", "always", "-o", "report.txt")
    assert (shown.stdout, shown.stderr) == ("", "wrote report.txt\n")
    assert (tmp_path / "report.txt").read_text(encoding="utf-8") == creditdsl("diff", "old.credit", "new.credit").stdout


@pytest.mark.usefixtures("versions")
def test_a_file_that_cannot_be_written_is_said(creditdsl: Run) -> None:
    shown = creditdsl("diff", "old.credit", "new.credit", "-o", "no/such/folder.txt")
    assert shown.returncode == 1
    assert "folder.txt" in shown.stderr and "Traceback" not in shown.stderr


@pytest.mark.usefixtures("versions")
def test_colours_mark_the_difference_on_a_terminal(creditdsl: Run) -> None:
    assert "\x1b[" in creditdsl("diff", "old.credit", "new.credit", "--color", "always").stdout


def test_control_characters_of_rule_text_do_not_reach_the_terminal(creditdsl: Run, tmp_path: Path) -> None:
    (tmp_path / "one.credit").write_text(frame(), encoding="utf-8")
    hostile = frame().replace('"Never delivered"', '"Never\\n\u200bdelivered <b>"')
    (tmp_path / "two.credit").write_text(hostile.replace("\u200b", ""), encoding="utf-8")
    shown = creditdsl("diff", "one.credit", "two.credit").stdout
    assert "Never<U+000A>delivered <b>" in shown


def test_the_tax_credit_policy_is_compared_with_itself(creditdsl: Run) -> None:
    shown = creditdsl("diff", TAX_CREDIT, TAX_CREDIT, "--exit-code")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.startswith("The two versions are the same: ")
