"""`creditdsl test` and the pytest plugin as policy authors run them."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.conftest import command_environment
from tests.testing_policies import CASES, FILING

Run = Callable[..., subprocess.CompletedProcess[str]]

BROKEN_CASE = CASES.replace("score = 100 points   grade = A", "score = 99 points   grade = B")
FALSE_CLAIM = 'invariant "不会低于70分" { score >= 70 points }\n'


@pytest.fixture
def policy(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "filing.credit"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_sound_policy_passes_and_its_coverage_is_printed(creditdsl: Run, policy: Callable[[str], Path]) -> None:
    done = creditdsl("test", policy(FILING + CASES), "--examples", "60")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 cases, all as expected" in done.stdout
    assert "Rules exercised by the cases: 10 of 19 (52 %)" in done.stdout
    assert "  direct evasion_line: applies" in done.stdout


def test_every_wrong_case_and_claim_is_reported_in_one_run_with_a_case_to_paste(
    creditdsl: Run, policy: Callable[[str], Path]
) -> None:
    done = creditdsl("test", policy(FILING + BROKEN_CASE + FALSE_CLAIM), "--examples", "200")
    assert done.returncode == 1
    assert done.stdout.count("error[CR0601]") == 2
    assert done.stdout.count("error[CR0602]") == 1
    start = done.stdout.index('case "counterexample: 不会低于70分"')
    pasted = done.stdout[start : done.stdout.index("\n}\n", start) + 3]
    again = creditdsl("test", policy(FILING + pasted), "--examples", "1")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "1 case, all as expected" in again.stdout


def test_the_report_speaks_chinese_with_chinese_keywords(creditdsl: Run, policy: Callable[[str], Path]) -> None:
    done = creditdsl("--lang", "zh", "test", policy(FILING + BROKEN_CASE + FALSE_CLAIM), "--examples", "200")
    assert done.returncode == 1
    assert "案例“按期申报”:`得分` 应为 `99`,得出 `100`" in done.stdout
    assert '案例 "counterexample: 不会低于70分" {' in done.stdout
    assert "不成立" in done.stdout


def test_a_policy_that_does_not_compile_is_reported_and_the_others_are_still_tested(
    creditdsl: Run, tmp_path: Path
) -> None:
    (tmp_path / "one.credit").write_text(FILING.replace("months < 36", "month < 36"), encoding="utf-8")
    (tmp_path / "two.credit").write_text(FILING + CASES, encoding="utf-8")
    done = creditdsl("test", "one.credit", "two.credit", "--examples", "20")
    assert done.returncode == 1
    assert "error[CR0101]" in done.stderr
    assert "2 cases, all as expected" in done.stdout


def test_json_says_the_same_as_the_text(creditdsl: Run, policy: Callable[[str], Path]) -> None:
    done = creditdsl("test", policy(FILING + BROKEN_CASE), "--examples", "30", "--format", "json")
    assert done.returncode == 1
    (report,) = json.loads(done.stdout)
    assert report["policy"] == "filing"
    assert report["passed"] is False
    failed = [item for item in report["checked"] if not item["passed"]]
    assert [item["name"] for item in failed] == ["按期申报"]
    assert [finding["code"] for finding in failed[0]["diagnostics"]] == ["CR0601", "CR0601"]
    assert report["coverage"]["percent"] == 52
    assert {"kind": "indicator", "code": "slow", "aspect": "fires", "cases": 0} in report["coverage"]["items"]


def test_junit_has_a_test_for_each_case_and_property(
    creditdsl: Run, policy: Callable[[str], Path], tmp_path: Path
) -> None:
    report = tmp_path / "out" / "junit.xml"
    creditdsl("test", policy(FILING + BROKEN_CASE), "--examples", "30", "--junit", report)
    (suite,) = ElementTree.parse(report).getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("12", "1")
    failed = [test for test in suite if len(test)]
    assert [test.get("name") for test in failed] == ["按期申报"]
    assert [failure.get("type") for failure in failed[0]] == ["CR0601", "CR0601"]


@pytest.mark.parametrize(("least", "status"), [("52", 0), ("53", 1)])
def test_coverage_below_the_least_fails(creditdsl: Run, policy: Callable[[str], Path], least: str, status: int) -> None:
    done = creditdsl("test", policy(FILING + CASES), "--examples", "1", "--min-coverage", least)
    assert done.returncode == status
    assert ("less than the 53 % asked for" in done.stdout) == bool(status)


def test_the_same_command_prints_the_same_report(creditdsl: Run, policy: Callable[[str], Path]) -> None:
    path = policy(FILING + FALSE_CLAIM)
    first, second = (creditdsl("test", path, "--examples", "100").stdout for _ in range(2))
    assert first == second


# The pytest plugin


def run_pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """pytest in a folder of its own, with the plugin as an installed package would register it."""
    environment = command_environment(PYTHONPATH=str(Path(__file__).parent.parent))
    command = [sys.executable, "-m", "pytest", "-p", "creditdsl.pytest_plugin", "-p", "no:cacheprovider", "-v"]
    return subprocess.run(
        [*command, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_pytest_collects_one_item_for_each_case_property_and_invariant(
    policy: Callable[[str], Path], tmp_path: Path
) -> None:
    policy(FILING + CASES + FALSE_CLAIM)
    (tmp_path / "part.credit").write_text('enum Other { a "甲" / "A" }\n', encoding="utf-8")
    done = run_pytest(tmp_path, "--collect-only", "-q")
    items = re.findall("<CreditItem (.*)>", done.stdout)
    assert items[:2] == ["case: 按期申报", "case: 一次逾期"]
    assert "property: adds-up" in items
    assert "invariant: 不会低于70分" in items
    assert len(items) == 13


def test_pytest_reports_what_fails_and_passes_the_rest(policy: Callable[[str], Path], tmp_path: Path) -> None:
    policy(FILING + BROKEN_CASE + FALSE_CLAIM)
    done = run_pytest(tmp_path, "--credit-examples", "200", "--credit-lang", "en")
    assert "2 failed, 11 passed" in done.stdout, done.stdout + done.stderr
    assert 'case "按期申报": `score`: expected `99`, computed `100`' in done.stdout
    assert 'case "counterexample: 不会低于70分" {' in done.stdout
    assert "Traceback" not in done.stdout


def test_pytest_shows_why_a_policy_does_not_compile(policy: Callable[[str], Path], tmp_path: Path) -> None:
    policy(FILING.replace("months < 36", "month < 36"))
    done = run_pytest(tmp_path)
    assert "1 failed" in done.stdout
    assert "CR0101" in done.stdout


def test_the_plugin_and_the_command_load_hypothesis_only_when_a_policy_is_tested() -> None:
    script = "import sys, creditdsl.pytest_plugin, creditdsl.cli.test; sys.exit('hypothesis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
