"""What rules mean: small policies run through the reference interpreter, expectations computed by hand."""

from datetime import date
from pathlib import Path

import pytest

from creditdsl.core.evaluate import evaluate
from creditdsl.core.inputs import load, run_context
from creditdsl.core.ir import HoldsClaim
from tests.policies import BANDS, FIRM, FRAME, compiled, late, run

AS_OF = date(2021, 4, 30)
LATE = "indicator late_filing { for each late per kind, due where filed is absent or filed > due deduct 5 points }"
REPAIR = """
repair of late_filing {
  from listed  to filed
  restore {
    | within 30 days after listed and amount <= 1000 yuan -> 100%
    | within 30 days after listed -> 80%
    | year of filed = year of listed -> 40%
    | otherwise -> 20%
  }
}
"""


def score_of(folder: Path, rules: str, **fields: object) -> object:
    return run(compiled(folder, rules), {**FIRM, **fields})["score"]  # type: ignore[dict-item]


def grade_of(folder: Path, rules: str, **fields: object) -> object:
    return run(compiled(folder, rules), {**FIRM, **fields})["grade"]  # type: ignore[dict-item]


def test_records_of_one_key_cost_once(tmp_path: Path) -> None:
    rows = [late(), late(), late(kind="cit"), late(due="2020-08-15")]
    assert score_of(tmp_path, LATE, late=rows) == "85"


def test_a_return_filed_on_the_last_day_is_not_late(tmp_path: Path) -> None:
    assert score_of(tmp_path, LATE, late=[late(filed="2020-07-15"), late(kind="cit", filed="2020-07-16")]) == "95"


def test_a_cap_limits_the_total(tmp_path: Path) -> None:
    rules = "indicator a { for each late deduct 5 points capped 12 points }"
    assert score_of(tmp_path, rules, late=[late(), late(), late()]) == "88"


def test_points_computed_for_each_record_add_up(tmp_path: Path) -> None:
    rules = "indicator a { for each late deduct 0.5 points * round(amount / 100 yuan, 0 places, down) }"
    assert score_of(tmp_path, rules, late=[late(amount="250"), late(amount="99.99")]) == "99"


@pytest.mark.parametrize(("grade", "points"), [("A", 10), ("B", 10.5), ("B", 30), ("C", 30.5), ("C", 60), ("D", 60.5)])
def test_a_limit_belongs_to_the_better_grade(tmp_path: Path, grade: str, points: float) -> None:
    assert grade_of(tmp_path, f"indicator a {{ when large deduct {points} points }}", large=True) == grade


def test_the_worst_direct_grade_goes_before_the_score(tmp_path: Path) -> None:
    rules = "direct C c { when large } direct D d { when months < 3 }"
    assert grade_of(tmp_path, rules, large=True, months=2) == "D"
    assert grade_of(tmp_path, rules, large=True, months=3) == "C"


def test_an_assigned_grade_goes_before_the_score_and_after_direct_grades(tmp_path: Path) -> None:
    bands = BANDS.replace("| C : 40", "| M : by rule | C : 40")
    program = compiled(
        tmp_path, "assign M m { when months < 12 and score >= 70 points } direct D d { when large }", bands=bands
    )
    assert run(program, {**FIRM, "months": 3})["grade"] == "M"
    assert run(program, {**FIRM, "months": 3, "large": True})["grade"] == "D"
    assert run(program, {**FIRM, "months": 12})["grade"] == "A"


def test_demotions_add_up_and_pass_over_grades_given_by_rule(tmp_path: Path) -> None:
    bands = BANDS.replace("| C : 40", "| M : by rule | C : 40")
    program = compiled(tmp_path, "demote 1 x { when large } demote 1 y { when months < 12 }", bands=bands)
    assert run(program, {**FIRM, "large": True})["grade"] == "B"
    assert run(program, {**FIRM, "large": True, "months": 3})["grade"] == "C"


def test_demotion_ends_at_the_worst_grade(tmp_path: Path) -> None:
    assert grade_of(tmp_path, "demote 9 x { when large }", large=True) == "D"


def test_the_lowest_ceiling_applies_and_raises_nothing(tmp_path: Path) -> None:
    rules = "ceiling B b { when large } ceiling C c { when months < 12 } direct D d { when tax > 5 yuan }"
    assert grade_of(tmp_path, rules, large=True, months=3, tax="1") == "C"
    assert grade_of(tmp_path, rules, large=True, months=30, tax="1") == "B"
    assert grade_of(tmp_path, rules, large=True, months=3) == "D"


def test_an_exempt_subject_has_no_grade_but_a_score(tmp_path: Path) -> None:
    result = run(
        compiled(tmp_path, "exempt investigated { when large } direct D d { when large }"), {**FIRM, "large": True}
    )
    assert (result["graded"], result["grade"], result["score"]) == (False, None, "100")


def test_a_measure_that_looks_at_the_grade_needs_one(tmp_path: Path) -> None:
    rules = "exempt e { when large } reward r { when grade is not D } penalty p { when months > 3 }"
    program = compiled(tmp_path, rules)
    assert run(program, FIRM)["measures"] == ["r", "p"]
    assert run(program, {**FIRM, "large": True})["measures"] == ["p"]


def test_a_rule_that_overrides_displaces_the_other(tmp_path: Path) -> None:
    rules = "direct D general { when large } direct C special { overrides general when large and months < 12 }"
    assert grade_of(tmp_path, rules, large=True, months=3) == "C"
    assert grade_of(tmp_path, rules, large=True) == "D"


@pytest.mark.parametrize(
    ("filed", "amount", "after"),
    [
        ("2020-08-31", "1000", "100"),
        ("2020-08-31", "1000.01", "99"),
        ("2020-09-01", "1000", "97"),
        ("2020-12-31", "5", "97"),
        ("2021-01-01", "5", "96"),
        ("2021-04-30", "5", "96"),
        ("2021-05-01", "5", "95"),
    ],
)
def test_a_repair_gives_back_by_the_day_it_was_made(tmp_path: Path, filed: str, amount: str, after: str) -> None:
    rows = [late(listed="2020-08-01", filed=filed, amount=amount)]
    result = run(compiled(tmp_path, LATE + REPAIR), {**FIRM, "late": rows})
    assert (result["score"], result["score_after_repair"]) == ("95", after)


def test_a_key_gives_back_the_least_share_of_its_records(tmp_path: Path) -> None:
    rows = [late(listed="2020-08-01", filed="2020-08-02"), late(listed="2020-08-01", filed="2020-12-02")]
    result = run(compiled(tmp_path, LATE + REPAIR), {**FIRM, "late": rows})
    assert (result["score"], result["score_after_repair"]) == ("95", "97")


def test_a_repair_below_the_cap_gives_nothing_back(tmp_path: Path) -> None:
    rules = LATE.replace("deduct 5 points", "deduct 5 points capped 5 points") + REPAIR
    rows = [late(listed="2020-08-01", filed="2020-08-02"), late(kind="cit")]
    result = run(compiled(tmp_path, rules), {**FIRM, "late": rows})
    assert (result["score"], result["score_after_repair"]) == ("95", "95")


DIRECT = """
direct D abnormal { when any(late where amount >= 1000 yuan) }
repair of direct abnormal { for each late from listed to filed regrade at most B once per year }
"""


def test_a_direct_grade_is_judged_again_without_what_was_put_right(tmp_path: Path) -> None:
    program = compiled(tmp_path, DIRECT)
    repaired = late(amount="1000", listed="2020-08-01", filed="2020-08-05")
    result = run(program, {**FIRM, "late": [repaired]})
    assert (result["grade"], result["grade_after_repair"]) == ("D", "B")
    again = run(program, {**FIRM, "late": [repaired, late(amount="1000")]})
    assert again["grade_after_repair"] == "D"


def test_two_repairs_in_one_year_are_one_too_many(tmp_path: Path) -> None:
    rows = [late(amount="1000", listed="2020-08-01", filed=day) for day in ("2020-08-05", "2020-09-05")]
    assert run(compiled(tmp_path, DIRECT), {**FIRM, "late": rows})["grade_after_repair"] == "D"
    rows = [late(amount="1000", listed="2020-08-01", filed=day) for day in ("2020-12-31", "2021-01-01")]
    assert run(compiled(tmp_path, DIRECT), {**FIRM, "late": rows})["grade_after_repair"] == "B"


def test_conditional_bases_are_taken_from_top_to_bottom(tmp_path: Path) -> None:
    frame = FRAME.replace("base 100 points", "base { | large -> 100 points | otherwise -> 90 points }")
    assert run(compiled(tmp_path, "", frame=frame), FIRM)["score"] == "90"
    assert run(compiled(tmp_path, "", frame=frame), {**FIRM, "large": True})["score"] == "100"


def test_bounds_hold_the_score(tmp_path: Path) -> None:
    frame = FRAME.replace("base 100 points", "base 100 points bounds 0 points .. 100 points")
    program = compiled(
        tmp_path, "indicator a { for each late deduct 30 points } indicator b { when large add 5 points }", frame=frame
    )
    assert run(program, {**FIRM, "large": True})["score"] == "100"
    assert run(program, {**FIRM, "late": [late()] * 4})["score"] == "0"


def test_a_parameter_has_the_value_of_the_last_day_of_the_period(tmp_path: Path) -> None:
    rules = """
    parameter line : yuan { | 500 yuan from 2020-01-01 | 2000 yuan from 2020-12-31 | 1 yuan from 2021-01-01 }
    direct D d { when tax >= line }
    """
    assert grade_of(tmp_path, rules, tax="2000") == "D"
    assert grade_of(tmp_path, rules, tax="1999.99") == "A"


def test_a_rule_is_in_force_by_the_last_day_of_the_period(tmp_path: Path) -> None:
    assert grade_of(tmp_path, "direct D d { effective 2020-12-31 .. 2021-01-01 when large }", large=True) == "D"
    assert grade_of(tmp_path, "direct D d { effective 2021-01-01 .. when large }", large=True) == "A"


def test_a_streak_looks_back_from_the_year_before_the_period(tmp_path: Path) -> None:
    rules = "direct D d { when streak(year of due for each late) >= 2 }"
    assert grade_of(tmp_path, rules, late=[late(due="2019-01-01"), late(due="2018-01-01")]) == "D"
    assert grade_of(tmp_path, rules, late=[late(due="2020-01-01"), late(due="2018-01-01")]) == "A"


def test_the_longest_run_counts_consecutive_months_over_the_year(tmp_path: Path) -> None:
    rules = "direct D d { when longest run(month of due for each late) >= 3 }"
    assert grade_of(tmp_path, rules, late=[late(due=d) for d in ("2019-12-31", "2020-01-01", "2020-02-05")]) == "D"
    assert grade_of(tmp_path, rules, late=[late(due=d) for d in ("2020-01-31", "2020-03-01", "2020-04-05")]) == "A"


def test_a_lifetime_ends_on_the_corresponding_day(tmp_path: Path) -> None:
    rules = "indicator a { for each late deduct 5 points lasts 6 months from due }"
    assert score_of(tmp_path, rules, late=[late(due="2020-10-30")]) == "95"
    assert score_of(tmp_path, rules, late=[late(due="2020-10-29")]) == "100"


def test_a_table_gives_the_value_of_the_row_that_matches(tmp_path: Path) -> None:
    rules = """
    table cost (kind: Kind, size: yuan in 0 .. 1亿元) : points {
      | vat | under 1万元        -> 1 points
      | vat | 1万元 or more      -> 3 points
      | cit | any               -> 2.5 points
    }
    indicator a { for each late deduct cost(kind, amount) }
    """
    rows = [late(amount="9999.99"), late(amount="10000"), late(kind="cit")]
    assert score_of(tmp_path, rules, late=rows) == "93.5"


def test_the_share_of_an_amount_is_exact(tmp_path: Path) -> None:
    rules = "direct D d { when any(late where amount >= 10% of tax) }"
    assert grade_of(tmp_path, rules, tax="0.30", late=[late(amount="0.03")]) == "D"
    assert grade_of(tmp_path, rules, tax="0.31", late=[late(amount="0.03")]) == "A"


def test_a_weighted_mean_of_two_units_is_rounded_where_written(tmp_path: Path) -> None:
    rules = """
    define weight = sum(amount for each late)
    define mean = if weight > 0 yuan then round(sum(10 points * amount for each late where kind is vat) / weight, 2 places, half up) else 0 points
    indicator a { deduct mean }
    """
    assert score_of(tmp_path, rules, late=[late(amount="1"), late(kind="cit", amount="2")]) == "96.67"


def test_chinese_keywords_mean_the_same(tmp_path: Path) -> None:
    chinese = "指标 逾期 { 逐项 late 每 kind, due 其中 filed 为 缺失 或 filed > due 扣 5 分 }"
    rows = [late(), late(kind="cit", filed="2020-07-16")]
    assert score_of(tmp_path, chinese, late=rows) == score_of(tmp_path, LATE, late=rows) == "90"


def test_bands_with_conditions_are_tested_to_take_every_subject_once(tmp_path: Path) -> None:
    bands = "grades Grade { | A : when score > 80 points | B : when score < 20 points }"
    program = compiled(
        tmp_path, "indicator i { when months < 12 deduct 50 points } assign B b { when large }", bands=bands
    )
    (claim,) = program.claims
    assert isinstance(claim, HoldsClaim)
    holds = {
        (months, large): evaluate(
            program, load(program, {**FIRM, "months": months, "large": large}), run_context(program, "2020", AS_OF)
        )[claim.condition]
        for months in (6, 60)
        for large in (False, True)
    }
    assert holds == {(60, False): True, (6, False): False, (60, True): True, (6, True): True}
