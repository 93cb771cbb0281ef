"""What lists, offers, pledges and inspections mean: small policies through the interpreter, expectations computed by hand.

The as-of date is the end of April 2021.
"""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from creditdsl.backends.python.emit import emit_python
from creditdsl.backends.python.loading import load_module
from creditdsl.core.ir import Program
from tests.policies import FIRM, codes, compiled, late, run

BLACK = """
list black {
  for each late where large from due
  leave when filed is present and filed <= as of
  publish at least 3 months at most 1 year
}
"""


def measures(program: Program, **fields: object) -> dict[str, dict[str, Any]]:
    """For the code of each measure that applies, what it grants."""
    explained = run(program, {**FIRM, "large": True, **fields}, full=True)  # type: ignore[dict-item]
    return {item["rule"]: item["grants"] for item in explained["measures"]}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("due", "filed", "listed"),
    [
        ("2020-04-30", None, True),  # the last day of the year
        ("2020-04-29", None, False),
        ("2021-04-30", None, True),  # the first day
        ("2021-05-01", None, False),
        ("2021-01-30", "2021-02-01", False),  # three months are over on 30 April
        ("2021-01-31", "2021-02-01", False),  # so they are: April has no 31st
        ("2021-02-01", "2021-02-01", True),
        ("2021-01-30", "2021-05-01", True),  # not put right yet
    ],
)
def test_a_record_keeps_its_subject_on_a_list_from_its_day_to_the_end_of_its_clock(
    tmp_path: Path, due: str, filed: str | None, listed: bool
) -> None:
    assert ("black" in measures(compiled(tmp_path, BLACK), late=[late(due=due, filed=filed)])) is listed


def test_of_several_records_the_longest_clock_decides(tmp_path: Path) -> None:
    rows = [late(due="2020-12-01"), late(due="2021-03-01"), late(due="2019-01-01")]
    assert measures(compiled(tmp_path, BLACK), late=rows)["black"] == {
        "listed": "2020-12-01",
        "leaves_from": "2021-06-01",
        "until": "2022-03-01",
    }


def test_the_time_on_a_list_may_depend_on_the_record(tmp_path: Path) -> None:
    rules = "list l { for each late from due publish { | amount > 1000 yuan -> at most 3 years | otherwise -> at most 1 year } }"
    program = compiled(tmp_path, rules)
    assert "l" not in measures(program, late=[late(due="2019-07-01")])
    assert measures(program, late=[late(due="2019-07-01", amount="1000.01")])["l"]["until"] == "2022-07-01"


def test_a_list_without_records_is_held_until_it_is_left(tmp_path: Path) -> None:
    program = compiled(tmp_path, "list l { when months > 3 unless large leave when months > 24 }")
    assert "l" in measures(program, large=False, months=24)
    assert "l" not in measures(program, large=False, months=25)
    assert "l" not in measures(program, large=True, months=24)


def test_a_list_is_a_condition_of_other_rules_and_of_the_grade(tmp_path: Path) -> None:
    rules = (
        BLACK + "direct D listed { when black } list warning { when any(late) unless black } penalty p { when warning }"
    )
    program = compiled(tmp_path, rules)
    subject = {**FIRM, "large": True, "late": [late(due="2021-01-01")]}
    assert run(program, subject)["grade"] == "D"  # type: ignore[arg-type]
    assert set(measures(program, late=[late(due="2021-01-01")])) == {"black"}
    assert set(measures(program, late=[late(due="2019-01-01")])) == {"warning", "p"}


def test_a_list_in_force_in_other_years_keeps_nobody_on(tmp_path: Path) -> None:
    rules = "list l { effective 2021-01-01 .. when large } penalty p { when l }"
    assert measures(compiled(tmp_path, rules)) == {}


def test_who_broke_a_pledge_may_not_pledge_again(tmp_path: Path) -> None:
    rules = """
    pledge licence { when months > 3 unless tax > 1000 yuan breach when any(late where filed is absent) }
    penalty revoked { when breach of licence }
    reward fast { when licence }
    """
    program = compiled(tmp_path, rules)
    assert set(measures(program)) == {"licence", "fast"}
    assert set(measures(program, late=[late()])) == {"revoked"}
    assert set(measures(program, tax="1000.01")) == set()


def test_an_offer_has_a_rank_beside_what_it_grants(tmp_path: Path) -> None:
    rules = "offer loan { when grade in {A, B} grants amount = least(5 * tax, 4000 yuan) ranked by 5 * tax }"
    assert measures(compiled(tmp_path, rules))["loan"] == {"amount": "4000", "rank": "5000"}


def test_a_stratum_is_the_first_branch_whose_condition_holds(tmp_path: Path) -> None:
    rules = """
    inspection i { unless months < 3 rate { | large -> 100% | months > 24 -> 2.5% | otherwise -> 1% } seed "x" rounded up }
    """
    program = compiled(tmp_path, rules)
    assert measures(program)["i"] == {"rate": "1", "stratum": 1}
    assert measures(program, large=False)["i"] == {"rate": "0.025", "stratum": 2}
    assert measures(program, large=False, months=4)["i"] == {"rate": "0.01", "stratum": 3}
    assert measures(program, months=2) == {}


def test_the_worst_and_the_best_of_an_enumeration_are_its_last_and_first(tmp_path: Path) -> None:
    rules = """
    penalty w { when (worst(kind for each late) or else vat) is cit }
    reward b { when (best(kind for each late where filed is absent) or else cit) is vat }
    """
    program = compiled(tmp_path, rules)
    assert set(measures(program, late=[late("vat"), late("cit")])) == {"w", "b"}
    assert set(measures(program, late=[late("cit")])) == {"w"}
    assert set(measures(program)) == set()


def test_a_table_gives_values_of_an_enumeration(tmp_path: Path) -> None:
    rules = """
    table kind_of (m: int) : Kind { | under 36 -> vat | 36 or more -> cit }
    penalty p { when kind_of(months) is cit }
    """
    program = compiled(tmp_path, rules)
    assert "p" in measures(program, months=36)
    assert "p" not in measures(program, months=35)


def test_a_record_does_not_count_before_its_time(tmp_path: Path) -> None:
    program = compiled(tmp_path, "indicator i { for each late deduct 3 points lasts 6 months from due }")
    for due, score in (("2021-04-30", "97"), ("2021-05-01", "100"), ("2020-10-30", "97"), ("2020-10-29", "100")):
        assert run(program, {**FIRM, "late": [late(due=due)]})["score"] == score, due


def test_a_measure_may_say_what_it_means_for_those_that_are_not_graded(tmp_path: Path) -> None:
    rules = (
        "exempt new { when months < 12 } penalty p { when grade is absent or grade is D } penalty q { when grade is D }"
    )
    program = compiled(tmp_path, rules)
    assert set(measures(program, months=6)) == {"p"}
    assert measures(program) == {}


def test_what_a_catalogue_is_closed_over_must_be_listed_and_rest_on_the_rank(tmp_path: Path) -> None:
    frame_rules = """
    source low "Notice" { rank normative }
    source high "Law" { rank law }
    reward a { basis low when large }
    reward b { basis high when large }
    """
    assert codes(tmp_path, frame_rules + "catalogue c of measures { rank law | b }") == ["CR0408"]
    assert codes(tmp_path, frame_rules + "catalogue c of measures { rank law | a | b }") == ["CR0304"]
    assert codes(tmp_path, frame_rules + "catalogue c of measures { count 3 | a | b }") == ["CR0409"]
    assert codes(tmp_path, frame_rules + 'catalogue c of measures { count 3 | a | b | "other" | }') == ["CR0008"]
    assert codes(tmp_path, frame_rules + 'catalogue c of measures { count 3 | a | b | "other" / "other" }') == []
    assert codes(tmp_path, frame_rules + "catalogue c of conduct { | a }") == ["CR0101"]


def test_matters_name_measures_and_each_other_without_circles(tmp_path: Path) -> None:
    rules = "reward a { when large } "
    assert codes(tmp_path, rules + "matter m { measures a } matter n { includes m }") == []
    assert codes(tmp_path, rules + "matter m { measures b }") == ["CR0101"]
    assert codes(tmp_path, rules + "matter m { includes n } matter n { includes m }") == ["CR0103"]
    assert codes(tmp_path, rules + "matter m { }") == ["CR0013"]
    twice = "| 5 workdays from 2020-01-01 | 1 day from 2020-02-01 to 2020-03-01"
    assert codes(tmp_path, rules + f"matter m {{ no measures time limit {{ {twice} }} }}") == ["CR0502"]
    assert codes(tmp_path, rules + "matter m { no measures time limit { | 5 yuan from 2020-01-01 } }") == ["CR0202"]


def test_a_pledge_that_is_not_declared_cannot_be_broken(tmp_path: Path) -> None:
    assert codes(tmp_path, "penalty p { when breach of licence }") == ["CR0101"]
    assert codes(tmp_path, "pledge licence { when large } penalty p { when breach of licence }") == ["CR0101"]


def test_an_aggregate_that_only_a_measure_asks_for_is_there_without_records(tmp_path: Path) -> None:
    rules = """
    inspection i {
      unless longest run(month of due for each late) >= 2
      rate { | streak(year of due for each late) >= 1 -> 35% | otherwise -> 2.5% }
      seed "8"
      rounded up
    }
    """
    program = compiled(tmp_path, rules)
    module = load_module(emit_python(program), "measure_without_records")
    explained = module.explain(module.load(FIRM), module.period("2020"), date(2021, 4, 30)).to_dict()
    assert [item["grants"] for item in explained["measures"]] == [{"rate": "0.025", "stratum": 2}]


def test_a_value_is_granted_once_also_one_that_the_declaration_makes(tmp_path: Path) -> None:
    assert codes(tmp_path, "reward r { when large grants a = 1 grants a = 2 }") == ["CR0102"]
    assert codes(tmp_path, "offer o { when large grants rank = 1 ranked by 2 }") == ["CR0102"]
    assert codes(tmp_path, "offer o { when large grants rank = 1 }") == []


def test_what_a_measure_grants_may_look_at_the_grade_as_its_condition_may(tmp_path: Path) -> None:
    rules = 'exempt new { when months < 12 } inspection i { rate { | grade is A -> 1% | otherwise -> 5% } seed "x" rounded up }'
    program = compiled(tmp_path, rules)
    assert measures(program)["i"] == {"rate": "0.01", "stratum": 1}
    assert measures(program, months=6) == {}


def test_a_field_of_a_record_is_not_the_grade_that_is_called_like_it(tmp_path: Path) -> None:
    rules = """
    record provincial of firm { absent means none grade : Grade }
    exempt new { when months < 12 }
    penalty p { when any(provincial where grade is D) }
    """
    program = compiled(tmp_path, rules)
    assert set(measures(program, months=6, provincial=[{"grade": "D"}])) == {"p"}
