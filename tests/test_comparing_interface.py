"""What a new version changes for those who supply data and those who read results."""

from pathlib import Path

import pytest

from creditdsl.comparing.compare import compare
from creditdsl.comparing.model import InterfaceChange
from creditdsl.compile import compile_policy
from creditdsl.core.inputs import load, parse_period
from creditdsl.core.ir import JsonObject, Program
from creditdsl.diagnostics import PolicyError
from tests.comparing_support import compared, drawn_subjects, module
from tests.policies import BANDS, FRAME

DATA = """
record fine of firm {
  paid : yuan in 0 .. 1000
  size : Size
  day  : date?
}
record visit of firm { absent means none  on : date }
enum Size { small middle large_one }
"""
ALL = FRAME + DATA + BANDS
BREAKING = {
    "a new required field": ("months  : int in 0 .. 2_400", "months : int in 0 .. 2_400 staff : int in 0 .. 9"),
    "a field gone": ("started : date?", ""),
    "an optional field required": ("started : date?", "started : date"),
    "a range narrowed above": ("int in 0 .. 2_400", "int in 0 .. 1_200"),
    "a range narrowed below": ("int in 0 .. 2_400", "int in 1 .. 2_400"),
    "a range where the default was": ("large   : truth", "large : truth  debt : yuan in 0 .. 5"),
    "another type": ("months  : int in 0 .. 2_400", "months : text"),
    "fewer decimals": ("amount : yuan in 0 .. 1亿元", "amount : yuan 0 places in 0 .. 1亿元"),
    "an enum value gone": ("small middle large_one", "small large_one"),
    "a kind of record that became required": ("absent means none  on", "on"),
    "a new required kind of record": ("enum Size", "record audit of firm { held : date }\nenum Size"),
    "a kind of record gone": ("record visit of firm { absent means none  on : date }", ""),
    "periods refused": ("effective 2020-01-01 ..", "effective 2020-01-01 .. 2029-12-31"),
}
COMPATIBLE = {
    "a new optional field": ("months  : int in 0 .. 2_400", "months : int in 0 .. 2_400 staff : int?"),
    "a required field optional": ("months  : int in 0 .. 2_400", "months : int? in 0 .. 2_400"),
    "a range widened": ("int in 0 .. 2_400", "int in 0 .. 4_800"),
    "more decimals": ("amount : yuan in 0 .. 1亿元", "amount : yuan 4 places in 0 .. 1亿元"),
    "an enum value new": ("small middle large_one", "small middle large_one huge"),
    "a kind of record that became optional": (
        'record late of firm "逾期" / "Late" {',
        'record late of firm "逾期" / "Late" { absent means none',
    ),
    "a new optional kind of record": ("enum Size", "record audit of firm { absent means none held : date }\nenum Size"),
    "more periods": ("effective 2020-01-01 ..", "effective 2019-01-01 .."),
}


def inputs(old: str, new: str) -> tuple[InterfaceChange, ...]:
    return compare((module(old),), (module(new),)).inputs


def changed(change: tuple[str, str]) -> str:
    assert change[0] in ALL
    return ALL.replace(*change)


@pytest.mark.parametrize("name", BREAKING)
def test_what_breaks_supply_has_its_code(name: str) -> None:
    (found,) = inputs(ALL, changed(BREAKING[name]))
    assert found.code is not None and found.code.name == "CR0801"


@pytest.mark.parametrize("name", COMPATIBLE)
def test_what_breaks_nothing_is_said_without_a_code(name: str) -> None:
    (found,) = inputs(ALL, changed(COMPATIBLE[name]))
    assert found.code is None


def program(folder: Path, text: str) -> Program:
    path = folder / "sample.credit"
    path.write_text(text, encoding="utf-8")
    return compile_policy(path).program


def refused(program_: Program, subject: JsonObject) -> bool:
    try:
        load(program_, subject)
    except PolicyError:
        return True
    return False


@pytest.mark.parametrize("name", [name for name in BREAKING if name != "periods refused"])
def test_some_data_of_before_are_refused_where_supply_breaks(name: str, tmp_path: Path) -> None:
    old, new = program(tmp_path, ALL), program(tmp_path, changed(BREAKING[name]))
    spoiled = "decimals" in name
    subjects = [one for one in drawn_subjects(old, 300)]
    if spoiled:
        subjects = [{**one, "late": [LATE | {"amount": "0.01"}]} for one in subjects]
    if "became required" in name:
        subjects = [{key: value for key, value in one.items() if key != "visit"} for one in subjects]
    assert not any(refused(old, one) for one in subjects)
    assert any(refused(new, one) for one in subjects)


def test_a_refused_period_is_refused_by_the_new_version(tmp_path: Path) -> None:
    old, new = program(tmp_path, ALL), program(tmp_path, changed(BREAKING["periods refused"]))
    assert parse_period(old, "2030").text == "2030"
    with pytest.raises(PolicyError):
        parse_period(new, "2030")


LATE: dict[str, str | int | bool | None] = {"kind": "vat", "due": "2020-07-15", "filed": None, "listed": None}


@pytest.mark.parametrize("name", [name for name in COMPATIBLE if name != "more periods"])
def test_all_data_of_before_are_accepted_where_nothing_breaks(name: str, tmp_path: Path) -> None:
    old, new = program(tmp_path, ALL), program(tmp_path, changed(COMPATIBLE[name]))
    subjects = list(drawn_subjects(old, 200))
    assert not any(refused(old, one) or refused(new, one) for one in subjects)


def test_an_enum_that_no_data_are_of_changes_nothing_for_supply() -> None:
    enum = "enum Mood {{ good {} }}\n"
    assert inputs(ALL + enum.format("bad"), ALL + enum.format("worse")) == ()


# Results


def results(old: str, new: str, *, bands: tuple[str, str] = (BANDS, BANDS)) -> list[str]:
    found = compared(old + bands[0], new + bands[1], bands="").results
    assert all(item.code is not None and item.code.name == "CR0802" for item in found)
    return [item.text.en for item in found]


def test_a_rule_gone_is_gone_from_results() -> None:
    assert results("indicator x { deduct 1 point }", "") == ["the indicator `x` is gone from results"]


def test_a_rule_renamed_has_another_code_in_results() -> None:
    told = results("indicator x { deduct 1 point }", "indicator y { deduct 1 point }")
    assert told == ["the indicator `x` is called `y` in results"]


def test_a_granted_name_gone_is_gone_from_results() -> None:
    told = results("reward x { when large grants y grants z }", "reward x { when large grants y }")
    assert told == ["`z` is gone from the results of the measure `x`"]


def test_grades_that_come_and_go_are_said() -> None:
    other = BANDS.replace("| C : 40 or more under 70", "| E : 40 or more under 70")
    assert results("", "", bands=(BANDS, other)) == [
        "the grade `C` is gone from results",
        "results may have the new grade `E`",
    ]


def test_a_new_rule_changes_no_form() -> None:
    assert results("", "indicator x { deduct 1 point }") == []


def test_other_languages_of_labels_are_said() -> None:
    frame = FRAME.replace("languages zh, en", "languages en, zh")
    told = compare((module(FRAME + BANDS),), (module(frame + BANDS),)).results
    assert [item.text.en for item in told] == ["labels are in en, zh and no longer in zh, en"]
