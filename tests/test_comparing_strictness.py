"""Stricter and looser: which way a change goes, and that it goes that way for every subject that the interpreter is given."""

import random
from functools import cache
from pathlib import Path

import pytest

from creditdsl.comparing.model import Direction, Kind
from creditdsl.core.evaluate import evaluate
from creditdsl.core.inputs import load, run_context
from creditdsl.core.ir import Program, Value
from tests.comparing_support import AS_OF, compared, drawn_subjects, only
from tests.policies import BANDS, FRAME, compiled

TOWN = """
parameter small : yuan {{ | {small} from 2020-01-01 }}
define young = {young}
table rate (of: yuan, sort: Kind) : points {{
  | 10 yuan or more | any -> {rate}
  | under 10 yuan   | vat -> 1 point
  | under 10 yuan   | cit -> 2 points
}}
indicator plain {{ when {plain_when} deduct {plain_points} }}
indicator lates {{
  for each late {keys} where {late_where} deduct {late_points} {cap} {lasts}
}}
indicator tabled {{ for each late where kind is vat and amount >= 5 yuan deduct rate(amount, kind) }}
indicator bonus {{ when {bonus_when} add {bonus_points} }}
repair of lates {{ from listed to filed restore {{ | within {within} after listed -> {share} | amount <= small -> 50% | otherwise -> 0% }} }}
direct D grave {{ when any(late where amount >= {grave}) }}
direct {direct_grade} odd {{ when count(late) >= 4 and large }}
ceiling {ceiling_grade} young_firm {{ when young {ceiling_unless} }}
demote {steps} warned {{ when count(late where kind is cit) >= {warned} {warned_period} }}
exempt new_firm {{ when months < {new_firm} }}
repair of direct grave {{ for each late where {aside} from listed to filed regrade at most {regrade} }}
reward gift {{ when {gift} grants things = 1 }}
penalty fine {{ {may} when grade is D and count(late) > {fine} restricts things {restricts} }}
"""
ONE: dict[str, tuple[str, ...]] = {
    "small": ("5 yuan", "8 yuan", "2 yuan"),
    "young": ("months < 24", "months < 36", "months < 24 and not large", "months < 24 or large", "large"),
    "rate": ("3 points", "4 points", "2 points"),
    "plain_when": ("months < 60", "months < 80", "months < 60 and large", "months < 60 and tax > small", "large"),
    "plain_points": ("5 points", "8 points", "0.5 points", "if large then 5 points else 6 points"),
    "keys": ("", "per kind", "per due", "per kind, due"),
    "late_where": (
        "filed is absent or filed > due",
        "filed is absent",
        "filed is absent or filed > due or amount > 9 yuan",
        "amount > small",
    ),
    "late_points": ("3 points", "4 points", "2 points"),
    "cap": ("", "capped 11 points", "capped 6 points"),
    "lasts": (
        "",
        "lasts 12 months from due",
        "lasts 2 years from due",
        "lasts 100 days from due",
        "lasts 2 months from listed",
    ),
    "bonus_when": ("large", "large and months > 90", "large or months > 90"),
    "bonus_points": ("2 points", "3 points"),
    "within": ("30 days", "60 days", "3 months"),
    "share": ("100%", "80%", "60%"),
    "grave": ("50 yuan", "30 yuan", "small"),
    "direct_grade": ("C", "B", "D"),
    "ceiling_grade": ("B", "C", "A"),
    "ceiling_unless": ("", "unless tax > 100 yuan", "unless tax > small"),
    "steps": ("1", "2"),
    "warned": ("2", "1"),
    "warned_period": ("", "effective 2020-01-01 .. 2020-12-31", "effective 2021-01-01 .."),
    "new_firm": ("3", "6"),
    "aside": ("filed <= listed + 30 days", "filed <= listed + 60 days", "amount < 60 yuan"),
    "regrade": ("B", "C"),
    "gift": ("grade is A", "grade is A and large", "grade in {{A, B}}", "grade is A and months > 70"),
    "may": ("", "may"),
    "fine": ("2", "1"),
    "restricts": ("", "restricts more"),
}
"""For each place the versions of what stands there, the first of them in every policy that is not about this place."""
LADDERS = {
    "normal": BANDS,
    "higher": BANDS.replace("90", "92"),
    "lower": BANDS.replace("40", "30"),
    "mixed": BANDS.replace("90", "92").replace("70", "60"),
    "over": BANDS.replace("90 or more", "over 90").replace("under 90", "and 90 or less"),
}
SCORES = {
    "normal": "score { base 100 points }",
    "lower": "score { base 95 points }",
    "branches": "score { base { | large -> 100 points | otherwise -> 90 points } }",
    "bounded": "score { base 100 points bounds 20 .. 100 points }",
    "floor": "score { base 100 points bounds 30 .. 100 points }",
}
CHANGES = [(name, old, new) for name, versions in ONE.items() for old in versions for new in versions if old != new]
SUBJECTS = 80


def policy(**changes: str) -> str:
    """The rules of the town with other versions in some places."""
    return TOWN.format(
        **{name: changes.get(name, versions[0]).replace("{{", "{").replace("}}", "}") for name, versions in ONE.items()}
    )


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Program]:
    """Compiled policies by their text."""
    return {}


def program_of(text: str, bands: str, known: dict[str, Program], folder: Path) -> Program:
    if text + bands not in known:
        known[text + bands] = compiled(folder, text, bands=bands)
    return known[text + bands]


def standing(value: Value | None) -> int:
    """How good a grade is; a subject that is not graded is not compared."""
    return "DCBA".index(value) if isinstance(value, str) else -1


def contradictions(direction: Direction, kind: Kind, old: Program, new: Program) -> list[str]:
    """What subjects get that the direction excludes."""
    found = []
    chance = random.Random(old.header.content_hash + new.header.content_hash)
    context = run_context(old, "2020", AS_OF)
    for program in (old, new):
        for subject in drawn_subjects(program, SUBJECTS // 2, chance.randint(0, 10**9)):
            before, after = evaluate(old, load(old, subject), context), evaluate(new, load(new, subject), context)
            for name in compared_values(kind):
                one, other = comparable(before[name]), comparable(after[name])
                if direction is Direction.STRICTER and sign(name) * other > sign(name) * one:
                    found.append(f"{name} {one} {other}")
                if direction is Direction.LOOSER and sign(name) * other < sign(name) * one:
                    found.append(f"{name} {one} {other}")
                if direction is Direction.NEUTRAL and one != other:
                    found.append(f"{name} {one} {other}")
    return found


def compared_values(kind: Kind) -> tuple[str, ...]:
    """What is looked at: a measure by itself, everything else by the score and the grade, before and after repair."""
    if kind is Kind.REWARD:
        return ("measure.gift",)
    if kind is Kind.PENALTY:
        return ("measure.fine",)
    return ("score", "score.after", "grade", "grade.after")


def sign(name: str) -> int:
    return -1 if name == "measure.fine" else 1


def comparable(value: Value | None) -> int:
    return int(value) if isinstance(value, int) else standing(value)


@pytest.mark.slow
@pytest.mark.parametrize("name", ONE)
def test_what_is_said_of_a_change_holds_for_every_subject(
    name: str, programs: dict[str, Program], tmp_path: Path
) -> None:
    for _, old, new in (change for change in CHANGES if change[0] == name):
        before, after = policy(**{name: old}), policy(**{name: new})
        change = only(compared(before, after))
        assert not contradictions(
            change.direction,
            change.kind,
            program_of(before, BANDS, programs, tmp_path),
            program_of(after, BANDS, programs, tmp_path),
        ), (name, old, new, change.direction)


@pytest.mark.parametrize(
    ("name", "old", "new"), [("plain_points", "5 points", "8 points"), ("gift", "grade is A", "grade is A and large")]
)
def test_a_wrong_claim_about_a_change_would_be_seen(name: str, old: str, new: str, tmp_path: Path) -> None:
    before, after = policy(**{name: old}), policy(**{name: new})
    kind = only(compared(before, after)).kind
    programs = compiled(tmp_path, before), compiled(tmp_path, after)
    assert contradictions(Direction.LOOSER, kind, *programs)
    assert contradictions(Direction.NEUTRAL, kind, *programs)


@pytest.mark.slow
@pytest.mark.parametrize("old", LADDERS)
@pytest.mark.parametrize("new", LADDERS)
def test_what_is_said_of_thresholds_holds_for_every_subject(old: str, new: str, tmp_path: Path) -> None:
    rules = policy()
    before, after = (compiled(tmp_path, rules, bands=LADDERS[name]) for name in (old, new))
    difference = compared(rules + LADDERS[old], rules + LADDERS[new], bands="")
    direction = only(difference).direction if difference.changes else Direction.NEUTRAL
    assert (direction is Direction.NEUTRAL) == (old == new)
    assert not contradictions(direction, Kind.GRADES, before, after)


@cache
def direction(name: str, old: str, new: str) -> Direction:
    """Which way a change of one place of the town goes."""
    return only(compared(policy(**{name: old}), policy(**{name: new}))).direction


S, L, B, U, N = Direction.STRICTER, Direction.LOOSER, Direction.BOTH, Direction.UNCLEAR, Direction.NEUTRAL


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("plain_points", "5 points", "8 points", S),
        ("plain_points", "5 points", "if large then 5 points else 6 points", S),
        ("plain_when", "months < 60", "months < 80", S),
        ("plain_when", "months < 60", "months < 60 and large", L),
        ("plain_when", "months < 60", "large", U),
        ("late_where", "filed is absent or filed > due", "filed is absent", L),
        ("keys", "", "per kind", L),
        ("keys", "per kind", "per kind, due", S),
        ("keys", "per kind", "per due", U),
        ("cap", "", "capped 11 points", L),
        ("cap", "capped 6 points", "capped 11 points", S),
        ("lasts", "", "lasts 12 months from due", L),
        ("lasts", "lasts 12 months from due", "lasts 2 years from due", S),
        ("lasts", "lasts 12 months from due", "lasts 100 days from due", L),
        ("lasts", "lasts 12 months from due", "lasts 2 months from listed", U),
        ("bonus_points", "2 points", "3 points", L),
        ("bonus_when", "large", "large and months > 90", S),
        ("small", "5 yuan", "8 yuan", L),
        ("young", "months < 24", "months < 36", S),
        ("young", "months < 24", "large", U),
        ("rate", "3 points", "4 points", S),
        ("share", "100%", "80%", S),
        ("within", "30 days", "60 days", L),
        ("within", "30 days", "3 months", L),
        ("grave", "50 yuan", "30 yuan", S),
        ("direct_grade", "C", "D", S),
        ("direct_grade", "C", "B", L),
        ("ceiling_grade", "B", "C", S),
        ("ceiling_unless", "", "unless tax > 100 yuan", L),
        ("steps", "1", "2", S),
        ("warned", "2", "1", S),
        ("warned_period", "", "effective 2021-01-01 ..", L),
        ("new_firm", "3", "6", U),
        ("aside", "filed <= listed + 30 days", "filed <= listed + 60 days", L),
        ("regrade", "B", "C", S),
        ("gift", "grade is A", "grade is A and large", S),
        ("may", "", "may", L),
        ("fine", "2", "1", S),
        ("restricts", "", "restricts more", S),
    ],
)
def test_a_change_goes_its_way(name: str, old: str, new: str, expected: Direction) -> None:
    assert direction(name, old, new) is expected


def test_the_way_back_is_the_opposite() -> None:
    opposite = {S: L, L: S, B: B, U: U, N: N}
    for name, old, new in CHANGES:
        assert direction(name, new, old) is opposite[direction(name, old, new)], (name, old, new)


def test_most_changes_of_one_place_are_judged() -> None:
    judged = [direction(*change) is not U for change in CHANGES]
    assert sum(judged) > 0.6 * len(judged)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [("normal", "higher", S), ("normal", "lower", L), ("normal", "mixed", B), ("normal", "over", S)],
)
def test_a_threshold_goes_its_way(old: str, new: str, expected: Direction) -> None:
    assert only(compared(LADDERS[old], LADDERS[new], bands="")).direction is expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("normal", "lower", S),
        ("normal", "branches", S),
        ("normal", "bounded", B),
        ("bounded", "floor", L),
        ("lower", "branches", U),
    ],
)
def test_a_base_or_a_bound_goes_its_way(old: str, new: str, expected: Direction) -> None:
    frame = FRAME.replace("score { base 100 points }", "")
    assert only(compared(SCORES[old], SCORES[new], frame=frame)).direction is expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("indicator x { deduct 1 point }", S),
        ("indicator x { add 1 point }", L),
        ("direct D x { when large }", S),
        ("direct B x { when large }", U),
        ("assign D x { when large }", S),
        ("assign B x { when large }", U),
        ("ceiling B x { when large }", S),
        ("demote 1 x { when large }", S),
        ("exempt x { when large }", U),
        ("reward x { when large grants y }", L),
        ("penalty x { when large restricts y }", S),
        ("define x = large", N),
    ],
)
def test_a_new_rule_goes_its_way_and_a_gone_one_the_other(rule: str, expected: Direction) -> None:
    opposite = {S: L, L: S, U: U, N: N}
    assert only(compared("", rule)).direction is expected
    assert only(compared(rule, "")).direction is opposite[expected]


REPAIR = "repair of x { from listed to filed restore 100% }\n"
REPAIRED = "indicator x { for each late where listed is present deduct 1 point }\n"


def test_a_repair_gone_is_stricter_and_a_new_one_looser() -> None:
    assert only(compared(REPAIRED + REPAIR, REPAIRED)).direction is S
    assert only(compared(REPAIRED, REPAIRED + REPAIR)).direction is L


def test_a_repair_that_comes_with_what_it_repairs_has_no_direction_of_its_own() -> None:
    rule, repair = compared("", REPAIRED + REPAIR).changes
    assert (rule.kind, rule.direction) == (Kind.INDICATOR, S)
    assert (repair.kind, repair.direction) == (Kind.REPAIR, N)


def test_points_that_are_added_where_they_were_deducted_are_looser() -> None:
    change = only(compared("indicator x { deduct 1 point }", "indicator x { when large add 9 points }"))
    assert change.direction is L


def test_more_points_and_a_lower_cap_are_both() -> None:
    change = only(
        compared(
            "indicator x { for each late deduct 1 point capped 9 points }",
            "indicator x { for each late deduct 2 points capped 5 points }",
        )
    )
    assert change.direction is B
    assert [reason.en for reason in change.reasons] == ["it deducts more points", "its cap is lower or new"]


def test_a_rule_that_displaces_others_is_unclear_when_its_condition_changes() -> None:
    rules = "ceiling B general {{ when large }}\nceiling A special {{ when months > {} overrides general }}\n"
    change = only(compared(rules.format(5), rules.format(9)))
    assert change.direction is U


def test_points_are_unclear_where_a_higher_score_may_give_a_worse_grade() -> None:
    odd = "assign C odd { when score > 75 }\n"
    change = only(compared(odd + "indicator x { deduct 1 point }", odd + "indicator x { deduct 2 points }"))
    assert change.direction is U


def test_points_are_judged_where_a_grade_is_assigned_from_a_score_on() -> None:
    lifting = "assign B lifting { when large and score >= 40 }\n"
    change = only(compared(lifting + "indicator x { deduct 1 point }", lifting + "indicator x { deduct 2 points }"))
    assert change.direction is S


def test_a_parameter_that_deducts_and_adds_is_unclear() -> None:
    rules = "parameter p : points {{ | {} points from 2020-01-01 }}\nindicator x {{ when large deduct p }}\nindicator y {{ when months > 9 add p }}\n"
    assert only(compared(rules.format(1), rules.format(2))).direction is U


def test_a_parameter_that_is_greater_on_some_days_and_smaller_on_others_is_both() -> None:
    rules = "parameter p : points {{ | {} points from 2020-01-01 | {} points from 2022-01-01 }}\nindicator x {{ when large deduct p }}\n"
    assert only(compared(rules.format(1, 4), rules.format(2, 3))).direction is B


def test_a_parameter_that_no_rule_uses_has_no_effect() -> None:
    rules = "parameter p : points {{ | {} points from 2020-01-01 }}\n"
    assert only(compared(rules.format(1), rules.format(2))).direction is N


def test_labels_notes_and_basis_have_no_effect() -> None:
    old = 'indicator x "一" / "One" { deduct 1 point }'
    new = 'indicator x "二" / "Two" { note "三" / "Three" deduct 1 point }'
    change = only(compared(old, new))
    assert change.direction is N
    assert [part.name.en for part in change.parts] == ["label", "note"]
