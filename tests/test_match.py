"""Offers by rank, and why not the others: in words, with the values and the records that decided."""

import csv
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creditdsl.analyses.applicability import Applicability
from creditdsl.analyses.applicability_model import Match
from creditdsl.analyses.applicability_text import render_match
from creditdsl.analyses.matching import match_offers
from creditdsl.cli.written_conditions import with_conditions
from creditdsl.compile import Compiled, compile_for
from creditdsl.core.evaluate import evaluate
from creditdsl.core.inputs import load, run_context
from creditdsl.core.ir import RuleKind
from creditdsl.core.verify import verify
from tests.conftest import Run

RUN = ("2020", date(2021, 3, 31))
ARGUMENTS = ("--period", "2020", "--as-of", "2021-03-31")
POLICY = """
policy firm "企业" / "Firm" { languages zh, en  subject firm  period year }
source s "办法" / "Notice" { title "文" / "Notice"  rank normative  in force 2000-01-01 .. }
enum Size "规模" / "Size" { small "小" / "Small"  large "大" / "Large" }
subject firm "企业" / "Firm" {
  key id : text "号" / "Id"
  mark   : int in 0 .. 100 "评分" / "Mark"
  size   : Size "规模" / "Size"
  tax    : yuan in 0 .. 100亿元 "纳税额" / "Tax"
  wanted : yuan? in 0 .. 100亿元 "申请金额" / "Amount asked for"
}
record offence of firm "违法" / "Offence" { absent means none  decided : date "决定日" / "Decided"  serious : truth "严重" / "Serious" }
score "分" / "Score" { basis s  base mark * 1 points }
exempt tiny "不评" / "Tiny" { basis s  when mark = 0 }
grades Grade "级别" / "Grade" { basis s | A "甲" / "A" : 90 or more | B "乙" / "B" : 60 or more under 90 | C "丙" / "C" : under 60 }
list black "黑名单" / "Black list" { basis s  for each offence  where serious  from decided  publish at least 6 months at most 1 year }
offer loan "税易贷" / "Tax loan" {
  basis s  by "甲银行" / "Bank one"
  when grade in {A, B} and tax >= 1万元
  unless black or count(offence) > 2
  grants amount "额度" / "Amount" = tax * 5
  ranked by tax * 5
  excludes small_loan
}
offer small_loan "小额贷" / "Small loan" { basis s  when size is small  grants amount "额度" / "Amount" = 10万元  ranked by 10万元 }
offer wish "心愿贷" / "Wish loan" { basis s  when wanted is present and wanted >= 5万元 and wanted <= tax  ranked by wanted }
offer plain "无序贷" / "Plain loan" { basis s }
offer other "同额贷" / "Other loan" { basis s  when size is small  ranked by 10万元 }
offer old "旧贷" / "Old loan" { basis s  effective .. 2019-12-31 }
offer basic "基础贷" / "Basic loan" { basis s  unless grade is C  grants amount = if grade is A then 2万元 else 1万元 }
offer careful "审慎贷" / "Careful loan" { basis s  unless wanted is absent or wanted > 50万元 or wanted > tax }
offer big "大额贷" / "Big loan" { basis s  when size is large  overrides plain  ranked by 1元 }
"""
SUBJECT = {"id": "1", "mark": 95, "size": "small", "tax": "200000"}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    path = tmp_path_factory.mktemp("match") / "firm.credit"
    path.write_text(POLICY, encoding="utf-8")
    return compile_for(path, *RUN)


def offers(compiled: Compiled) -> list[str]:
    return [item.rule.code for item in compiled.program.result.measures if item.rule.kind is RuleKind.OFFER]


def matched(compiled: Compiled, **changes: object) -> Match:
    program, conditions = with_conditions(compiled, offers(compiled))
    return match_offers(Applicability(program, conditions, {**SUBJECT, **changes}, RUN))


def reasons(match: Match, code: str) -> list[tuple[str, str, dict[str, object]]]:
    """The causes, the words in English, and the values by their names."""
    refused = next(item for item in match.others if item.rule.code == code)
    return [
        (item.cause.value, item.texts[1] if item.texts else "", {value.texts[1]: value.value for value in item.values})
        for item in refused.reasons
    ]


def test_offers_stand_by_rank_then_in_the_order_of_the_policy_and_last_those_without_one(compiled: Compiled) -> None:
    found = [(item.place, item.measure.rule.code, item.rank) for item in matched(compiled).offers]
    assert found == [
        (1, "loan", "1000000"),
        (2, "small_loan", "100000"),
        (3, "other", "100000"),
        (4, "plain", None),
        (5, "basic", None),
    ]


def test_an_offer_is_told_with_what_it_grants_and_what_it_excludes_in_both_directions(compiled: Compiled) -> None:
    by_code = {item.measure.rule.code: item for item in matched(compiled).offers}
    assert [(grant.name, grant.value) for grant in by_code["loan"].measure.grants] == [("amount", "1000000")]
    assert [rule.code for rule in by_code["loan"].excludes] == ["small_loan"]
    assert [rule.code for rule in by_code["small_loan"].excludes] == ["loan"]
    assert by_code["other"].excludes == ()


def test_every_condition_that_is_not_met_is_told_with_the_values_of_the_subject(compiled: Compiled) -> None:
    assert reasons(matched(compiled, mark=50, tax="9999.99"), "loan") == [
        ("when", "grade is one of A, B", {"grade": "C"}),
        ("when", "Tax is at least 10,000 yuan", {"Tax": "9999.99"}),
    ]


def test_every_exception_that_holds_is_told_with_its_records(compiled: Compiled) -> None:
    days = ["2020-06-01", "2020-07-01", "2021-01-01"]
    match = matched(compiled, offence=[{"decided": day, "serious": day == "2021-01-01"} for day in days])
    refused = next(item for item in match.others if item.rule.code == "loan")
    assert [(item.cause.value, item.texts[0]) for item in refused.reasons] == [
        ("unless", "列入“黑名单”"),
        ("unless", "违法的次数超过2"),
    ]
    assert [record.position for record in refused.reasons[0].records[0].records] == [2]
    assert [record.position for record in refused.reasons[1].records[0].records] == [0, 1, 2]
    assert refused.reasons[1].values[0].value == 3


def test_what_depends_on_a_condition_before_it_is_told_only_where_that_one_holds(compiled: Compiled) -> None:
    assert [words for _, words, _ in reasons(matched(compiled), "wish")] == ["Amount asked for is recorded"]
    assert reasons(matched(compiled, wanted="10000", tax="1"), "wish") == [
        ("when", "Amount asked for is at least 50,000 yuan", {"Amount asked for": "10000"}),
        ("when", "Amount asked for is at most Tax", {"Amount asked for": "10000", "Tax": "1"}),
    ]


def test_an_exception_that_depends_on_one_before_it_is_looked_at_where_that_one_does_not_hold(
    compiled: Compiled,
) -> None:
    assert reasons(matched(compiled), "careful") == [("unless", "Amount asked for is not recorded", {})]
    assert [words for _, words, _ in reasons(matched(compiled, wanted="500000.01", tax="1"), "careful")] == [
        "Amount asked for is over 500,000 yuan",
        "Amount asked for is over Tax",
    ]


def test_an_offer_out_of_force_and_one_that_another_displaces_say_so(compiled: Compiled) -> None:
    match = matched(compiled, size="large")
    assert reasons(match, "old") == [("effective", "in force until 31 December 2019", {})]
    assert reasons(match, "plain") == [("displaced", "Big loan", {})]


def test_an_offer_that_needs_a_grade_says_that_there_is_none(compiled: Compiled) -> None:
    match = matched(compiled, mark=0)
    assert match.heading.grade is None
    assert reasons(match, "basic") == [("ungraded", "", {})]
    assert ("when", "grade is one of A, B", {"grade": None}) in reasons(match, "loan")


def test_the_program_that_asks_is_a_right_program_with_the_measures_of_the_policy(compiled: Compiled) -> None:
    program, _ = with_conditions(compiled, offers(compiled))
    verify(program)
    assert [item.rule for item in program.result.measures] == [item.rule for item in compiled.program.result.measures]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    mark=st.sampled_from((0, 59, 60, 89, 90)),
    size=st.sampled_from(("small", "large")),
    tax=st.sampled_from(("0", "9999.99", "10000", "60000")),
    wanted=st.none() | st.sampled_from(("0", "49999.99", "50000", "60000.01")),
    records=st.lists(st.tuples(st.sampled_from(("2019-12-31", "2020-03-31", "2021-01-01")), st.booleans()), max_size=3),
)
def test_an_offer_has_reasons_exactly_where_it_does_not_apply(
    compiled: Compiled, mark: int, size: str, tax: str, wanted: str | None, records: list[tuple[str, bool]]
) -> None:
    subject: Mapping[str, object] = {
        "id": "1",
        "mark": mark,
        "size": size,
        "tax": tax,
        **({} if wanted is None else {"wanted": wanted}),
        "offence": [{"decided": day, "serious": serious} for day, serious in records],
    }
    program = compiled.program
    values = evaluate(program, load(program, subject), run_context(program, *RUN))
    applying = {item.rule.code for item in program.result.measures if values[item.holds]}
    match = matched(compiled, **subject)
    assert {item.measure.rule.code for item in match.offers} == applying & set(offers(compiled))
    assert all(item.reasons for item in match.others)
    assert len(match.offers) + len(match.others) == len(offers(compiled))


def test_the_text_is_in_the_language_of_the_run(compiled: Compiled) -> None:
    match = matched(compiled, mark=50)
    chinese, english = render_match(match, "zh"), render_match(match, "en")
    assert "  1. small_loan 小额贷，排序值 100000元\n" in chinese
    assert "    不符合：级别为甲、乙之一（级别：丙）\n" in chinese
    assert "    Not met: grade is one of A, B (grade: C)\n" in english
    assert "小额贷" not in english


def test_the_command_answers_in_text_and_json_and_names_what_is_wrong_with_a_subject(
    tmp_path: Path, creditdsl: Run
) -> None:
    (tmp_path / "firm.credit").write_text(POLICY, encoding="utf-8")
    (tmp_path / "one.json").write_text(json.dumps(SUBJECT), encoding="utf-8")
    shown = creditdsl("match", "firm.credit", "one.json", *ARGUMENTS)
    assert shown.returncode == 0
    assert "  1. loan Tax loan, by Bank one, rank 1000000 yuan\n" in shown.stdout
    assert "    Not together with small_loan Small loan\n" in shown.stdout
    told = json.loads(creditdsl("match", "firm.credit", "one.json", *ARGUMENTS, "--format", "json").stdout)
    assert [item["measure"]["rule"]["code"] for item in told["offers"]][:2] == ["loan", "small_loan"]
    assert told["others"][0]["reasons"][0]["cause"] == "when"
    wrong = creditdsl("match", "firm.credit", "-", *ARGUMENTS, input='{"id": "1"}')
    assert wrong.returncode == 1
    assert "`mark`" in wrong.stderr


def test_options_of_tables_and_of_one_subject_are_kept_apart(tmp_path: Path, creditdsl: Run) -> None:
    (tmp_path / "firm.credit").write_text(POLICY, encoding="utf-8")
    (tmp_path / "one.json").write_text(json.dumps(SUBJECT), encoding="utf-8")
    (tmp_path / "t").mkdir()
    for arguments, told in (
        (("one.json", "-o", "out"), "-o: for a folder of tables alone"),
        (("t",), "a folder of tables needs -o"),
        (("one.json", "--format", "csv"), "--format csv is for a folder of tables"),
        (("t", "-o", "out", "--format", "json"), "--format json is for one subject"),
    ):
        done = creditdsl("match", "firm.credit", *arguments, *ARGUMENTS)
        assert done.returncode == 2
        assert told in done.stderr


def test_a_policy_without_offers_says_so(tmp_path: Path, creditdsl: Run) -> None:
    (tmp_path / "firm.credit").write_text(POLICY.partition("offer loan")[0], encoding="utf-8")
    (tmp_path / "one.json").write_text(json.dumps(SUBJECT), encoding="utf-8")
    done = creditdsl("match", "firm.credit", "one.json", *ARGUMENTS)
    assert done.returncode == 2
    assert "The policy has no offers." in done.stderr


def test_tables_have_the_same_offers_in_the_same_places_as_each_subject_alone(
    tmp_path: Path, creditdsl: Run, compiled: Compiled
) -> None:
    subjects = {
        "1": ("95", "small", "200000", ""),
        "2": ("50", "large", "1", "60000"),
        "3": ("0", "small", "30000", "50000"),
        "4": ("75", "small", "10000", "9000.5"),
        "5": ("75", "large", "100000000", "100000"),
    }
    (tmp_path / "firm.credit").write_text(POLICY, encoding="utf-8")
    folder = tmp_path / "t"
    folder.mkdir()
    lines = [",".join((key, *cells)) for key, cells in subjects.items()]
    (folder / "firm.csv").write_text("\n".join(["id,mark,size,tax,wanted", *lines]) + "\n", encoding="utf-8")
    done = creditdsl("match", "firm.credit", "t", "-o", "out", *ARGUMENTS)
    assert done.returncode == 0, done.stderr
    with (tmp_path / "out/matches.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    expected = []
    for key, (mark, size, tax, wanted) in subjects.items():
        given = {"id": key, "mark": int(mark), "size": size, "tax": tax, **({"wanted": wanted} if wanted else {})}
        expected += [
            (key, str(item.place), item.measure.rule.code, item.rank or "")
            for item in matched(compiled, **given).offers
        ]
    assert [(row["id"], row["place"], row["offer"], row["rank"]) for row in rows] == expected
    summary = json.loads((tmp_path / "out/summary.json").read_text(encoding="utf-8"))
    counts = {item["offer"]: (item["subjects"], item["first"]) for item in summary["offers"]}
    assert counts["loan"] == (3, 2)
    assert sum(first for _, first in counts.values()) + summary["subjects_without_offer"] == len(subjects)
    assert creditdsl("match", "firm.credit", "t", "-o", "out", "--format", "parquet", *ARGUMENTS).returncode == 0
    with duckdb.connect() as connection:
        columns = "id, place, offer, rank, typeof(rank)"
        found = connection.execute(f"SELECT {columns} FROM '{tmp_path}/out/matches.parquet'").fetchall()
    assert [(row[0], str(row[1]), row[2]) for row in found] == [row[:3] for row in expected]
    assert [row[3] for row in found] == [Decimal(rank) if rank else None for _, _, _, rank in expected]
    assert {row[4] for row in found} == {"DECIMAL(38,2)"}
