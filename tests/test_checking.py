"""What the checking stage refuses, by code, and that it says where and what to do."""

from pathlib import Path

import pytest

from creditdsl.compile import compile_policy
from creditdsl.diagnostics import PolicyError
from tests.policies import BANDS, FRAME, codes, compiled

LATE = "indicator late_filing { for each late per kind, due where filed is absent or filed > due deduct 5 points }"

REFUSED = {
    "a comparison of yuan with points": ("define x = tax >= 10 points", "CR0201"),
    "a bare number against an amount": ("define x = tax >= 1000", "CR0201"),
    "yuan plus points": ("indicator a { when tax + 1 points > 0 yuan deduct 1 points }", "CR0201"),
    "points in yuan": ("indicator a { when large deduct 5 yuan }", "CR0201"),
    "an optional field used bare": ("direct D x { when started > 2020-01-01 }", "CR0203"),
    "an optional enum used bare": ("ceiling B x { when prior is D }", "CR0203"),
    "a number where a condition is needed": ("direct D x { when months }", "CR0202"),
    "an unknown field": ("direct D x { when month > 3 }", "CR0101"),
    "an unknown enum value": ("direct D x { when any(late where kind is vta) }", "CR0101"),
    "an unknown record": ("direct D x { when any(lates) }", "CR0101"),
    "a record field outside its record": ("direct D x { when amount > 0 yuan }", "CR0108"),
    "a record used as a value": ("direct D x { when late }", "CR0107"),
    "one code twice": (
        "indicator a { when large deduct 1 points } indicator a { when large deduct 2 points }",
        "CR0102",
    ),
    "one name for a field and a define": ("define months = 3", "CR0102"),
    "definitions in a circle": ("define a = b + 1 define b = a + 1", "CR0103"),
    "a score that depends on itself": ("indicator a { when score > 3 points deduct 1 points }", "CR0103"),
    "a quotient without rounding": ("define x = tax / 3", "CR0204"),
    "a division by a possible zero": ("direct D x { when 10 yuan / tax > 10% }", "CR0205"),
    "a rounded division by a possible zero": ("define x = round(10 yuan / tax, 2 places, half up)", "CR0205"),
    "a sum that leaves 64 bits": ("define x = sum(amount for each late) * 1_000_000_000", "CR0206"),
    "points with five decimals": ("indicator a { when large deduct 0.00001 points }", "CR0207"),
    "points that may be negative": ("indicator a { deduct 1 points * (10 - months) }", "CR0208"),
    "a range that contains nothing": ("enum E { x } subject firm2 { key k : int in 3 .. 2 }", "CR0102"),
    "a share above one": (
        LATE + " repair of late_filing { from listed to filed restore { | otherwise -> 101% } }",
        "CR0211",
    ),
    "a repair of points by an amount": (
        LATE + " repair of late_filing { from listed to filed restore { | otherwise -> 1 yuan } }",
        "CR0201",
    ),
    "a citation of nothing": ("indicator a { basis order1 article 3 when large deduct 1 points }", "CR0101"),
    "a choice without otherwise": ("define x = cases { | large -> 1 }", "CR0406"),
    "otherwise before the end": ("define x = cases { | otherwise -> 1 | large -> 2 | otherwise -> 3 }", "CR0405"),
    "a parameter that begins late": ("parameter p : yuan { | 1 yuan from 2021-01-01 } define x = tax > p", "CR0501"),
    "a parameter with a gap": (
        "parameter p : yuan { | 1 yuan from 2020-01-01 to 2020-12-31 | 2 yuan from 2022-01-01 } define x = tax > p",
        "CR0501",
    ),
    "a parameter with two values on a day": (
        "parameter p : yuan { | 1 yuan from 2020-01-01 to 2021-06-30 | 2 yuan from 2021-01-01 } define x = tax > p",
        "CR0502",
    ),
    "an interval that ends before it begins": (
        "direct D x { effective 2021-01-01 .. 2020-01-01 when large }",
        "CR0504",
    ),
    "a table with a gap": (
        "table t (m: int in 0 .. 100) : points { | under 10 -> 1 points | over 10 -> 2 points } define x = t(least(months, 100))",
        "CR0403",
    ),
    "a table with an overlap": (
        "table t (k: Kind, m: int in 0 .. 9) : points { | vat | any -> 1 points | any | any -> 2 points } define x = t(vat, 1)",
        "CR0404",
    ),
    "a table with too few cells": ("table t (k: Kind, b: truth) : points { | vat -> 1 points }", "CR0212"),
    "a value outside a table's column": (
        "table t (m: int in 0 .. 9) : int { | any -> 1 } define x = t(months)",
        "CR0208",
    ),
    "a rule for a grade that does not exist": ("direct E x { when large }", "CR0101"),
    "a grade looked at before grading": ("direct D x { when grade is A }", "CR0103"),
    "workdays without a calendar": ("direct D x { when as_of within 3 workdays after 2021-01-01 }", "CR0505"),
    "a presence test of what is never absent": ("direct D x { when months is absent }", "CR0202"),
    "a repair of an indicator without records": (
        "indicator a { when large deduct 1 points } repair of a { from listed to filed restore { | otherwise -> 1% } }",
        "CR0107",
    ),
    "an aggregate inside an aggregate": ("direct D x { when any(late where count(late) > 1) }", "CR0107"),
    "a case that is not a valid subject": (
        'case "x" { period 2020 as of 2021-04-30 given { id = "1" months = 3 } expect { grade = A } }',
        "CR0603",
    ),
    "a case before the policy": (
        'case "x" { period 2019 as of 2020-04-30 given { id = "1" months = 3 tax = 1 yuan large = no } expect { grade = A } }',
        "CR0603",
    ),
}


@pytest.mark.parametrize(("rules", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_wrong_is_refused_with_its_code(tmp_path: Path, rules: str, code: str) -> None:
    assert code in codes(tmp_path, rules)


BAND_FAULTS = {
    "a gap of half a point": ("| A : 70 or more | B : under 69.5", "CR0401"),
    "a gap of one point value": ("| A : over 70 | B : under 70", "CR0401"),
    "an overlap": ("| A : 70 or more | B : 70 or less", "CR0402"),
    "no lower end": ("| A : 90 or more | B : 70 or more under 90", "CR0401"),
    "only grades by rule": ("| A : by rule | B : by rule", "CR0401"),
}


@pytest.mark.parametrize(("bands", "code"), BAND_FAULTS.values(), ids=BAND_FAULTS.keys())
def test_bands_that_do_not_part_the_scores_are_refused(tmp_path: Path, bands: str, code: str) -> None:
    frame = FRAME.replace(
        "score { base 100 points }", "score { base 100 points } indicator a { for each late deduct 1 points }"
    )
    assert code in codes(tmp_path, "", frame=frame, bands=f"grades Grade {{ {bands} }}")


def test_bands_that_meet_are_accepted(tmp_path: Path) -> None:
    assert codes(tmp_path, LATE) == []


def test_all_faults_are_reported_in_one_run(tmp_path: Path) -> None:
    rules = "direct D x { when months } direct D y { when tax > 5 points } direct D z { when unknown_name }"
    assert codes(tmp_path, rules) == ["CR0101", "CR0201", "CR0202"]


def test_a_guard_makes_a_division_safe(tmp_path: Path) -> None:
    assert codes(tmp_path, "direct D x { when tax > 0 yuan and 10 yuan / tax > 10% }") == []


def test_a_presence_test_makes_an_optional_field_usable(tmp_path: Path) -> None:
    rules = "direct D x { when started is present and started > 2020-01-01 } ceiling B y { when prior is absent or prior is D }"
    assert codes(tmp_path, rules) == []


def test_a_default_makes_an_optional_field_usable(tmp_path: Path) -> None:
    assert codes(tmp_path, "direct D x { when (started or else 2020-01-01) > 2020-01-01 }") == []


def test_cross_multiplication_keeps_the_comparison_exact(tmp_path: Path) -> None:
    program = compiled(tmp_path, "direct D x { when any(late where tax > 0 yuan and amount / tax >= 10%) }")
    assert "DivideRounded" not in repr(program)


def test_names_that_differ_only_in_case_are_warned_of(tmp_path: Path) -> None:
    (tmp_path / "p.credit").write_text(FRAME + BANDS + "define Large = 1", encoding="utf-8")
    assert "CR0106" in [item.code.name for item in compile_policy(tmp_path / "p.credit").warnings]


def test_a_near_name_is_suggested(tmp_path: Path) -> None:
    with pytest.raises(PolicyError) as caught:
        compiled(tmp_path, "direct D x { when mnths > 3 }")
    found = caught.value.diagnostics[0]
    assert found.help is not None
    assert "`months`" in found.help.en


@pytest.mark.parametrize(
    ("written", "chinese", "english"),
    [
        ("bool", "`是非`", "`truth`"),
        ("String", "`文本`", "`text`"),
        ("timestamp", "`日期`", "`date`"),
        ("布尔", "`是非`", "`truth`"),
        ("Knid", "`Kind`", "`Kind`"),
        ("yuna", "`yuan`", "`yuan`"),
        (
            "blob",
            "`Kind`, `Grade`, `整数`, `元`",
            "`int`, `yuan`, `points`, `percent`, `date`, `month`, `text`, `truth`",
        ),
    ],
)
def test_the_type_that_is_meant_is_suggested(tmp_path: Path, written: str, chinese: str, english: str) -> None:
    with pytest.raises(PolicyError) as caught:
        compiled(tmp_path, "", frame=FRAME.replace("large   : truth", f"large   : {written}"))
    found = caught.value.diagnostics[0]
    assert found.help is not None
    assert chinese in found.help.zh and english in found.help.en


@pytest.mark.parametrize(
    ("base", "code"),
    [
        ("base { | lagre -> 100 points | otherwise -> 90 points }", "CR0101"),
        ("base 100 points bounds 10 points .. 9 points", "CR0209"),
    ],
)
def test_a_score_that_failed_is_told_once_and_not_wherever_it_is_looked_at(
    tmp_path: Path, base: str, code: str
) -> None:
    rules = "penalty p { when grade is D and score < 30 points } direct D x { when score < 20 points }"
    assert codes(tmp_path, rules, frame=FRAME.replace("base 100 points", base)) == [code]


def test_files_that_use_each_other_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.credit").write_text('use "b.credit"\n', encoding="utf-8")
    (tmp_path / "b.credit").write_text('use "a.credit"\n', encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        compile_policy(tmp_path / "a.credit")
    assert [item.code.name for item in caught.value.diagnostics] == ["CR0104"]


def test_a_file_outside_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "x.credit").write_text("", encoding="utf-8")
    (tmp_path / "inner" / "a.credit").write_text('use "../x.credit"\n', encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        compile_policy(tmp_path / "inner" / "a.credit")
    assert [item.code.name for item in caught.value.diagnostics] == ["CR0105"]


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "x.credit").write_text("", encoding="utf-8")
    (tmp_path / "inner" / "link.credit").symlink_to(tmp_path / "x.credit")
    (tmp_path / "inner" / "a.credit").write_text('use "link.credit"\n', encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        compile_policy(tmp_path / "inner" / "a.credit")
    assert [item.code.name for item in caught.value.diagnostics] == ["CR0105"]


def test_a_chain_of_many_definitions_compiles(tmp_path: Path) -> None:
    chain = (
        "".join(f"define d{n} = d{n + 1} + 1\n" for n in range(800)) + "define d800 = 1\ndirect D x { when d0 > 900 }"
    )
    assert codes(tmp_path, chain) == []


def test_a_folder_of_another_name_opens_the_file_that_declares_the_policy(tmp_path: Path) -> None:
    (tmp_path / "a.credit").write_text(BANDS, encoding="utf-8")
    (tmp_path / "z.credit").write_text('use "a.credit"\n' + FRAME, encoding="utf-8")
    assert compile_policy(tmp_path).program.header.name == "sample"


def test_absent_means_none_may_stand_in_the_heading_of_a_record(tmp_path: Path) -> None:
    frame = FRAME.replace('"逾期" / "Late" {', '"逾期" / "Late" absent means none {')
    assert compiled(tmp_path, LATE, frame=frame).table("late").absent_means_none
