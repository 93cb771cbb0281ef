"""`creditdsl consolidate` and the dates of `compile` and `explain`, as people call them."""

import json
from pathlib import Path

import pytest

from tests.conftest import Run

POLICY = """
policy p "甲" / "Alpha" { languages zh, en subject firm period year effective 2015-01-01 .. 2024-12-31 }
source rules "规则" / "Rules" { in force 2015-01-01 .. }
subject firm { key id : text months : int in 0 .. 600 }
score { basis rules base 100 points }
indicator 01 "新" / "New" { basis rules when months < 12 deduct 5 points }
amend a "修" / "Change" { basis rules effective 2020-01-01 .. change indicator 01 { replace deduct 7 points } }
case "2019" { period 2019 as of 2020-04-30 given { id = "1" months = 3 } expect { score = 95 points } }
"""


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "p.credit"
    path.write_text(POLICY, encoding="utf-8")
    return path


def test_the_text_of_a_day_is_printed(policy: Path, creditdsl: Run) -> None:
    before = creditdsl("consolidate", policy, "--as-of", "2019-12-31")
    after = creditdsl("consolidate", policy, "--as-of", "2020-01-01")
    assert (before.returncode, after.returncode) == (0, 0)
    assert "deduct 5 points" in before.stdout
    assert "# changed by a from 2020-01-01" in after.stdout
    assert "deduct 7 points" in after.stdout


def test_the_text_of_an_evaluation_is_that_of_its_period(policy: Path, creditdsl: Run) -> None:
    assert "deduct 5 points" in creditdsl("consolidate", policy, "--as-of", "2020-04-30", "--period", "2019").stdout


def test_the_keywords_are_in_the_language_that_is_asked_for(policy: Path, creditdsl: Run) -> None:
    assert "扣   7 分" in creditdsl("consolidate", policy, "--as-of", "2020-01-01", "--keywords", "zh").stdout


def test_the_report_for_programs_names_every_step(policy: Path, creditdsl: Run) -> None:
    report = json.loads(creditdsl("consolidate", policy, "--as-of", "2020-01-01", "--format", "json").stdout)
    assert report["period_end"] == {"from": "2020-01-01", "to": "2024-12-31"}
    assert report["as_of"] == {"from": None, "to": None}
    assert report["amendments"] == [{"name": "a", "label": ["修", "Change"], "effective": "2020-01-01"}]
    assert report["declarations"] == [
        {"kind": "indicator", "name": "01", "steps": [{"amendment": "a", "action": "changed"}]}
    ]
    assert report["text"].startswith("# the text of 2020-01-01 .. 2024-12-31\n")


def test_a_day_outside_the_policy_is_refused(policy: Path, creditdsl: Run) -> None:
    result = creditdsl("consolidate", policy, "--as-of", "2014-12-31")
    assert result.returncode == 1
    assert "not yet in force on 2014-12-31" in result.stderr


def test_a_policy_with_several_texts_is_compiled_into_a_folder(policy: Path, creditdsl: Run, tmp_path: Path) -> None:
    result = creditdsl("compile", policy, "-o", tmp_path / "made")
    assert result.returncode == 0
    assert sorted(item.name for item in (tmp_path / "made").iterdir()) == [
        "__init__.py",
        "text_2015_01_01.py",
        "text_2020_01_01.py",
    ]


def test_a_policy_with_several_texts_is_not_written_to_the_terminal(policy: Path, creditdsl: Run) -> None:
    result = creditdsl("compile", policy)
    assert result.returncode == 2
    assert "The policy has 2 texts" in result.stderr


def test_one_text_is_compiled_into_one_module(policy: Path, creditdsl: Run) -> None:
    result = creditdsl("compile", policy, "--as-of", "2019-12-31")
    assert result.returncode == 0
    assert "in force 2015-01-01 .. 2019-12-31" in result.stdout


def test_a_period_without_a_day_is_refused(policy: Path, creditdsl: Run) -> None:
    assert creditdsl("compile", policy, "--period", "2019").returncode == 2


def test_a_changed_rule_is_explained_as_it_reads(policy: Path, creditdsl: Run) -> None:
    result = creditdsl("explain", "01", policy)
    assert "made:  changed by a from 2020-01-01" in result.stdout
    assert "deduct 7 points" in result.stdout


def test_a_rule_is_explained_as_it_read_on_a_day(policy: Path, creditdsl: Run) -> None:
    assert "deduct 5 points" in creditdsl("explain", "01", policy, "--as-of", "2019-12-31").stdout


def test_a_period_that_is_none_is_refused(policy: Path, creditdsl: Run) -> None:
    result = creditdsl("consolidate", policy, "--as-of", "2020-01-01", "--period", "20x")
    assert result.returncode == 1
    assert "CR0914" in result.stderr


def test_one_policy_is_compared_at_two_dates(policy: Path, creditdsl: Run) -> None:
    result = creditdsl("diff", f"{policy}@2019-12-31", f"{policy}@2020-01-01", "--exit-code")
    assert result.returncode == 3
    assert "1 declaration differs: 1 stricter" in result.stdout


def test_a_date_that_does_not_exist_is_refused(policy: Path, creditdsl: Run) -> None:
    result = creditdsl("diff", f"{policy}@2019-02-30", policy)
    assert result.returncode == 2
    assert "2019-02-30" in result.stderr


def test_a_compiled_text_says_for_which_evaluations_it_is(creditdsl: Run, tmp_path: Path) -> None:
    path = tmp_path / "p.credit"
    path.write_text(
        POLICY.replace("effective 2020-01-01 ..", 'effective 2020-01-01 .. judged by as of jurisdiction "2102"'),
        encoding="utf-8",
    )
    result = creditdsl("compile", path, "--as-of", "2020-06-01", "--jurisdiction", "2102")
    assert "in force 2015-01-01 .. 2024-12-31, for evaluations made 2020-01-01 .., in 2102" in result.stdout
