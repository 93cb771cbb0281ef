"""What applies to an applicant for a service item: measures, pledges, time limits; and why the others do not apply."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from creditdsl.analyses.advice import advise, measures_of
from creditdsl.analyses.applicability import Applicability
from creditdsl.analyses.applicability_model import Advice, PledgeState, Reason
from creditdsl.analyses.applicability_text import render_advice
from creditdsl.cli.written_conditions import with_conditions
from creditdsl.compile import Compiled, compile_for, compile_policy
from tests.conftest import REPOSITORY, Run

ARGUMENTS = ("--period", "2020", "--as-of", "2021-03-31")
POLICY = """
policy firm "企业" / "Firm" { languages zh, en  subject firm  period year  calendar china }
source s "办法" / "Notice" { title "文" / "Notice"  rank normative  in force 2000-01-01 .. }
subject firm "企业" / "Firm" {
  key id : text "号" / "Id"
  mark    : int in 0 .. 100 "评分" / "Mark"
  risky   : truth "高风险" / "High risk"
  arrears : truth "欠税" / "Arrears"
}
record offence of firm "违法" / "Offence" {
  absent means none
  decided   : date "决定日" / "Decided"
  serious   : truth "严重" / "Serious"
  corrected : date? "纠正日" / "Corrected"
}
record promise of firm "承诺书" / "Promise" { absent means none  kept : truth "履行" / "Kept" }
score "分" / "Score" { basis s  base mark * 1 points }
grades Grade "级别" / "Grade" { basis s | A "甲" / "A" : 90 or more | B "乙" / "B" : 60 or more under 90 | C "丙" / "C" : under 60 }
list black "黑名单" / "Black list" {
  basis s  for each offence  where serious  from decided
  leave when corrected is present and corrected <= as of
  publish at least 3 months at most 1 year
}
list debtors "欠税名单" / "Debtors" { basis s  when arrears  leave when mark >= 95 }
reward fast "优先办理" / "Fast track" { basis s  by "窗口" / "Counter"  when grade is A  grants days = 1 }
penalty strict "从严审查" / "Strict review" { basis s  by "窗口" / "Counter"  when black or debtors  restricts promise "承诺" / "Promise"  lasts 1 year }
pledge licence "告知承诺" / "Licence by promise" { basis s  when not risky  unless black  breach when any(promise where not kept)  lasts 6 months }
matter permit "施工许可" / "Building permit" {
  basis s
  by "住建局" / "Housing office"
  measures fast, strict, licence
  time limit { | 10 workdays from 2018-01-01 to 2020-01-31 | 1 workday from 2020-02-01 }
}
matter check "资质核查" / "Check" { basis s  measures black, debtors, strict  time limit { | 2 months from 2020-01-01 } }
matter bundle "新办套餐" / "Bundle" { basis s  includes permit, check, query }
matter query "查询" / "Query" { basis s  no measures }
"""
SUBJECT = {"id": "1", "mark": 95, "risky": False, "arrears": False}


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("advise") / "firm.credit"
    path.write_text(POLICY, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def compiled(policy: Path) -> Compiled:
    return compile_for(policy, "2020", date(2021, 3, 31))


def advised(compiled: Compiled, code: str, as_of: date = date(2021, 3, 31), **changes: object) -> Advice:
    matters = compiled.program.result.matters
    codes = [item.rule.code for item in measures_of(compiled.program, matters)]
    program, conditions = with_conditions(compiled, codes)
    subject = Applicability(program, conditions, {**SUBJECT, **changes}, (str(min(as_of.year, 2020)), as_of))
    return advise(subject, next(item for item in matters if item.rule.code == code), everything=True)


def applied(advice: Advice) -> list[str]:
    return [item.measure.rule.code for item in advice.measures]


def reasons(advice: Advice, code: str) -> list[tuple[str, str]]:
    refused = next(item for item in (*(advice.not_applied or ()), *advice.pledges) if item.rule.code == code)
    return [_told(item) for item in refused.reasons]


def _told(reason: Reason) -> tuple[str, str]:
    return reason.cause.value, reason.texts[1] if reason.texts else ""


def offence(decided: str, corrected: str | None = None, *, serious: bool = True) -> dict[str, object]:
    return {"decided": decided, "serious": serious, **({} if corrected is None else {"corrected": corrected})}


def test_the_measures_of_a_matter_that_apply_are_told_with_all_that_they_say(compiled: Compiled) -> None:
    advice = advised(compiled, "permit", offence=[offence("2021-01-15")])
    assert applied(advice) == ["fast", "strict"]
    strict = advice.measures[1].measure
    assert (strict.by, strict.lasts, strict.rule.basis) == (
        (("窗口", "Counter"),),
        (1, "years"),
        (("办法", "Notice"),),
    )
    assert [(grant.name, grant.restricts) for grant in strict.grants] == [("promise", True)]


def test_a_matter_has_the_measures_of_those_that_it_takes_in_each_once(compiled: Compiled) -> None:
    advice = advised(compiled, "bundle", offence=[offence("2021-01-15")])
    assert [item.rule.code for item in advice.included] == ["permit", "check", "query"]
    assert [(item.measure.rule.code, item.matters) for item in advice.measures] == [
        ("fast", ("permit",)),
        ("strict", ("permit", "check")),
        ("black", ("check",)),
    ]


@pytest.mark.parametrize(
    ("as_of", "limit"),
    [
        (date(2017, 12, 31), None),
        (date(2018, 1, 1), (10, "workdays")),
        (date(2020, 1, 31), (10, "workdays")),
        (date(2020, 2, 1), (1, "workdays")),
    ],
)
def test_the_time_limit_is_that_of_the_as_of_date(
    compiled: Compiled, as_of: date, limit: tuple[int, str] | None
) -> None:
    found = advised(compiled, "permit", as_of).matter.limit
    assert (None if found is None else (found.value, found.unit)) == limit


def test_each_matter_that_is_taken_in_has_its_own_time_limit(compiled: Compiled) -> None:
    advice = advised(compiled, "bundle")
    assert advice.matter.limit is None
    limits = [None if item.limit is None else (item.limit.value, item.limit.unit) for item in advice.included]
    assert limits == [(1, "workdays"), (2, "months"), None]


def test_who_may_pledge_who_may_not_and_who_has_broken_a_pledge_are_told_apart(compiled: Compiled) -> None:
    states = [
        (advised(compiled, "permit").pledges[0].state, PledgeState.MAY),
        (advised(compiled, "permit", risky=True).pledges[0].state, PledgeState.MAY_NOT),
        (advised(compiled, "permit", promise=[{"kept": True}]).pledges[0].state, PledgeState.MAY),
        (advised(compiled, "permit", promise=[{"kept": False}]).pledges[0].state, PledgeState.BROKEN),
    ]
    assert [found for found, _ in states] == [expected for _, expected in states]


def test_a_pledge_that_may_not_be_given_has_its_reasons_and_the_records_behind_them(compiled: Compiled) -> None:
    advice = advised(
        compiled, "permit", risky=True, promise=[{"kept": True}, {"kept": False}], offence=[offence("2021-01-15")]
    )
    pledge = advice.pledges[0]
    assert [_told(item) for item in pledge.reasons] == [
        ("when", "High risk is “no”"),
        ("unless", "listed on “Black list”"),
        ("breach", "there is a record of Promise (Kept is “no”)"),
    ]
    assert [record.position for record in pledge.reasons[2].records[0].records] == [1]


def test_a_list_says_whether_nothing_entered_it_or_what_did_has_left(compiled: Compiled) -> None:
    never = advised(compiled, "check", offence=[offence("2021-01-15", serious=False)])
    assert reasons(never, "black") == [("entry", "there is a record of Offence (Serious is “yes”)")]
    for one in (offence("2020-01-15"), offence("2020-11-01", "2020-12-01"), offence("2021-04-01")):
        left = advised(compiled, "check", offence=[one])
        assert reasons(left, "black") == [("over", "")]
        assert "black" not in applied(left)
    assert "black" in applied(advised(compiled, "check", offence=[offence("2021-02-01", "2021-02-02")]))


def test_a_list_without_records_says_by_what_it_was_left(compiled: Compiled) -> None:
    assert reasons(advised(compiled, "check"), "debtors") == [
        ("when", "Arrears is “yes”"),
        ("leave", "Mark is at least 95"),
    ]
    assert reasons(advised(compiled, "check", arrears=True), "debtors") == [("leave", "Mark is at least 95")]
    assert "debtors" in applied(advised(compiled, "check", arrears=True, mark=94))


def test_a_condition_of_several_parts_is_told_as_a_whole_with_what_each_is(compiled: Compiled) -> None:
    refused = next(item for item in advised(compiled, "check").not_applied or () if item.rule.code == "strict")
    values = {value.texts[1]: value.value for value in refused.reasons[0].values}
    assert values == {"Black list": False, "Debtors": False}


def test_a_matter_without_measures_has_none_for_anybody(compiled: Compiled) -> None:
    advice = advised(compiled, "query", offence=[offence("2021-01-15")])
    assert (advice.measures, advice.pledges, advice.not_applied) == ((), (), ())
    assert "没有适用的措施" in render_advice(advice, "zh")


@pytest.mark.parametrize("folder", sorted((REPOSITORY / "policies").iterdir()), ids=lambda path: path.name)
def test_a_measure_of_a_worked_case_has_reasons_exactly_where_it_does_not_apply(folder: Path) -> None:
    compiled = compile_policy(folder)
    program, conditions = with_conditions(compiled, [item.rule.code for item in compiled.program.result.measures])
    for case in compiled.program.cases:
        subject = Applicability(program, conditions, case.subject, (case.period, case.as_of))
        for measure in program.result.measures:
            assert bool(subject.reasons(measure)) != subject.applies(measure), (case.name, measure.rule.code)


def test_the_text_is_in_the_language_of_the_run(compiled: Compiled) -> None:
    advice = advised(compiled, "bundle", promise=[{"kept": False}])
    chinese, english = render_advice(advice, "zh"), render_advice(advice, "en")
    assert "  licence 告知承诺：曾经违背承诺，不可以再承诺\n" in chinese
    assert "  包含 permit 施工许可，办理期限 1 个工作日（2020-02-01 起）\n" in chinese
    assert "  Takes in check Check, time limit 2 months (from 2020-01-01)\n" in english
    assert "    Through permit\n" in english


def test_the_command_tells_what_does_not_apply_only_when_asked(tmp_path: Path, policy: Path, creditdsl: Run) -> None:
    (tmp_path / "one.json").write_text(json.dumps(SUBJECT), encoding="utf-8")
    asked = ("advise", policy, "one.json", "--matter", "check", *ARGUMENTS)
    short, full = creditdsl(*asked), creditdsl(*asked, "--all")
    assert (short.returncode, full.returncode) == (0, 0)
    assert "Measures that do not apply, and why" not in short.stdout
    assert "  list debtors Debtors\n    Not met: Arrears is “yes”\n" in full.stdout
    told = json.loads(creditdsl(*asked, "--format", "json").stdout)
    assert told["matter"]["limit"] == {"value": 2, "unit": "months", "first": "2020-01-01", "last": None}
    assert told["not_applied"] is None


def test_what_does_not_apply_is_not_listed_for_tables(tmp_path: Path, policy: Path, creditdsl: Run) -> None:
    (tmp_path / "t").mkdir()
    done = creditdsl("advise", policy, "t", "-o", "out", "--matter", "check", *ARGUMENTS, "--all")
    assert done.returncode == 2
    assert "--all is for one subject" in done.stderr


def test_a_matter_that_the_policy_does_not_have_is_named_with_those_near_it(
    tmp_path: Path, policy: Path, creditdsl: Run
) -> None:
    (tmp_path / "one.json").write_text(json.dumps(SUBJECT), encoding="utf-8")
    for code, told in (
        ("permits", "没有事项 permits。是否指 permit?"),
        ("施工许可证", "没有事项 施工许可证。是否指 permit?"),
        ("zzz", "没有事项 zzz。有 permit、check、bundle、query。"),
    ):
        done = creditdsl("advise", policy, "one.json", "--matter", code, *ARGUMENTS, "--lang", "zh")
        assert done.returncode == 2
        assert told in done.stderr


def test_tables_have_the_measures_that_apply_to_each_subject_alone(
    tmp_path: Path, policy: Path, creditdsl: Run, compiled: Compiled
) -> None:
    folder = tmp_path / "t"
    folder.mkdir()
    (folder / "firm.csv").write_text(
        "id,mark,risky,arrears\n1,95,no,no\n2,94,no,yes\n3,10,yes,no\n4,10,no,no\n", encoding="utf-8"
    )
    (folder / "offence.csv").write_text("id,decided,serious,corrected\n1,2021-01-15,yes,\n", encoding="utf-8")
    (folder / "promise.csv").write_text("id,kept\n4,no\n", encoding="utf-8")
    subjects = {
        "1": {"offence": [offence("2021-01-15")]},
        "2": {"mark": 94, "arrears": True},
        "3": {"mark": 10, "risky": True},
        "4": {"mark": 10, "promise": [{"kept": False}]},
    }
    done = creditdsl(
        "advise", policy, "t", "--matter", "bundle", "-o", "out", "--format", "parquet", *ARGUMENTS, "--jobs", "1"
    )
    assert done.returncode == 0, done.stderr
    done = creditdsl("advise", policy, "t", "--matter", "bundle", "-o", "out", *ARGUMENTS)
    assert done.returncode == 0, done.stderr
    with (tmp_path / "out/advice.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["id"], row["matter"], row["rule"]) for row in csv.DictReader(file)]
    expected = []
    for key, changes in subjects.items():
        advice = advised(compiled, "bundle", **{"id": key, **changes})  # type: ignore[arg-type]
        expected += [(key, item.matters[0], item.measure.rule.code) for item in advice.measures]
    assert rows == expected
    summary = json.loads((tmp_path / "out/summary.json").read_text(encoding="utf-8"))
    assert summary["matters"][1] == {"matter": "permit", "time_limit": {"value": 1, "unit": "workdays"}}
    assert {item["rule"]: item["subjects"] for item in summary["measures"]}["strict"] == 2
    assert summary["subjects_without_measure"] == 2
