"""The publicity policy: its cases hold, its days are those of the Civil Code, and it agrees with a second writing."""

import csv
import json
import random
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from creditdsl.amending.rule_text import rule_text
from creditdsl.backends.python.emit import emit_python
from creditdsl.backends.python.loading import load_module
from creditdsl.compile import Compiled, Timeline, compile_policy, compile_timeline, consolidated, open_policy, slice_on
from creditdsl.core.result import Json
from creditdsl.source import SourceFile
from creditdsl.syntax import tree
from creditdsl.syntax.parse import parse
from creditdsl.testing.cases import CaseOutcome, run_case
from creditdsl.testing.coverage import coverage
from creditdsl.testing.machines import interpreter
from creditdsl.testing.texts import merged_coverage
from creditdsl.testing.trial import Evaluators

POLICY = Path(__file__).parent.parent / "policies" / "repair_publicity"
DAY = timedelta(1)
ORDER_58 = date(2023, 5, 1)
ORDER_36 = date(2026, 4, 1)
TEN_DAYS = [
    date(2019, 7, 1),
    date(2020, 2, 29),
    date(2021, 1, 1),
    date(2023, 4, 30),
    date(2023, 5, 1),
    date(2024, 2, 29),
    date(2026, 3, 31),
    date(2026, 4, 1),
    date(2026, 11, 25),
    date(2027, 12, 31),
]


@cache
def timeline() -> Timeline:
    return compile_timeline(POLICY)


@cache
def outcomes() -> tuple[tuple[Compiled, tuple[CaseOutcome, ...]], ...]:
    """Every text with the outcomes of its cases."""
    found = []
    for text in timeline().texts:
        evaluators = Evaluators(text.program, interpreter(text.program), None)
        found.append((text, tuple(run_case(evaluators, case) for case in text.program.cases)))
    return tuple(found)


def text_of(as_of: date) -> Compiled:
    """The text by which an evaluation of a day is made."""
    return next(text for text in timeline().texts if as_of in text.slice.made)


# The second writing: the Civil Code and the three instruments, anew


def months_later(day: date, months: int) -> date:
    """Articles 201 and 202: the corresponding day of the last month, or its last day when there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class Decision:
    """A penalty decision as the policy sees it; which of the fields a text knows depends on the day of the evaluation."""

    number: str
    decided: date
    ordinary: bool = False
    serious: bool = False
    specific: bool = False
    key_area: bool = False
    necessary: bool = False
    performed: date | None = None
    corrected: date | None = None
    promised: date | None = None
    report: date | None = None
    training: date | None = None
    repaired: date | None = None

    def as_json(self, as_of: date) -> dict[str, object]:
        unknown = {"report", "training"} if as_of >= ORDER_58 else {"key_area", "corrected"}
        unknown |= set() if as_of >= ORDER_36 else {"necessary"}
        names = [name for name in self.__slots__ if name not in unknown]
        values = {name: getattr(self, name) for name in names}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def is_minor(decision: Decision) -> bool:
    return decision.decided >= ORDER_36 and not (decision.ordinary or decision.serious)


def last_day(decision: Decision) -> date:
    """The last day of the longest time."""
    if decision.decided < ORDER_58:
        months = 36 if decision.serious or decision.specific else 12
    elif decision.decided < ORDER_36:
        months = 36
    else:
        months = 36 if decision.serious else 12 if decision.ordinary else 3
    return months_later(decision.decided, months)


def first_day_of_repair(decision: Decision) -> date:
    """The day after the shortest time; a minor one has none."""
    if decision.decided < ORDER_58:
        months = 6 if decision.serious else 3
    elif decision.decided < ORDER_36:
        months = 12 if decision.key_area else 3
    elif is_minor(decision):
        return decision.decided
    else:
        months = 12 if decision.serious else 3
    return months_later(decision.decided, months) + DAY


def is_prepared(decision: Decision, as_of: date) -> bool:
    """Whether the conditions hold that the text of the day asks for."""
    if as_of < ORDER_58:
        needed = [decision.performed, decision.promised]
        needed += [decision.report, decision.training] if decision.serious else []
    elif is_minor(decision):
        needed = [decision.performed]
    else:
        needed = [decision.corrected, decision.performed, decision.promised]
    return all(day is not None and day <= as_of for day in needed)


def state(decision: Decision, as_of: date) -> str | None:
    """What holds of a decision on a day, as the code of the measure that says so; None when nothing does."""
    last = last_day(decision)
    if is_minor(decision) and not decision.necessary:
        return "minor_not_displayed" if decision.decided <= as_of else None
    if decision.decided > as_of or (decision.repaired is not None and decision.repaired <= min(as_of, last)):
        return None
    if as_of > last:
        done = all(day is not None and day <= as_of for day in (decision.corrected, decision.performed))
        return "display_ended" if done or decision.decided < ORDER_36 else "trade_rules"
    if decision.specific and decision.decided < ORDER_58:
        return "no_repair"
    if as_of < first_day_of_repair(decision):
        return "repair_too_early"
    return "repair_open" if is_prepared(decision, as_of) else "repair_unready"


DISPLAYED = ("repair_too_early", "repair_unready", "repair_open", "no_repair")


def expected(decisions: Iterable[Decision], as_of: date) -> dict[str, dict[str, Json]]:
    """The measures of a firm whose decisions have different numbers, with what they grant or restrict."""
    states = [(decision, state(decision, as_of)) for decision in decisions]
    found: dict[str, dict[str, Json]] = {}
    for _, code in states:
        if code is not None:
            found[code] = {"decisions": sum(other == code for _, other in states)}
    shown = [decision for decision, code in states if code in DISPLAYED]
    if shown:
        found["display"] = {"decisions": len(shown), "until": max(map(last_day, shown)).isoformat()}
    early = [first_day_of_repair(decision) for decision, code in states if code == "repair_too_early"]
    if early:
        found["repair_too_early"]["from"] = min(early).isoformat()
    return found


def actual(decisions: Iterable[Decision], as_of: date) -> dict[str, Json]:
    """The measures that the interpreter gives."""
    subject = firm(decisions, as_of)
    answer = interpreter(text_of(as_of).program).explain(subject, str(as_of.year), as_of)
    return granted(answer["measures"])


def firm(decisions: Iterable[Decision], as_of: date) -> dict[str, object]:
    return {"uscc": "91512081MA62K0260E", "decision": [decision.as_json(as_of) for decision in decisions]}


def granted(measures: Json) -> dict[str, Json]:
    assert isinstance(measures, list)
    found: dict[str, Json] = {}
    for item in measures:
        assert isinstance(item, dict) and isinstance(item["rule"], str)
        found[item["rule"]] = item["grants"]
    return found


# The rule files


def test_no_text_of_the_policy_has_a_warning() -> None:
    assert timeline().warnings == ()
    assert [item.warnings for item in timeline().texts if item.warnings] == []


def test_every_case_holds() -> None:
    failures = [item for _, cases in outcomes() for case in cases for item in case.diagnostics]
    assert [item.message.en for item in failures] == []


def test_the_cases_exercise_every_rule_in_every_respect() -> None:
    items = merged_coverage(coverage(text.program, cases) for text, cases in outcomes()).items
    assert [(item.code, item.aspect) for item in items if not item.covered] == []


def seen_measures(cases: Iterable[CaseOutcome]) -> list[set[str]]:
    """The measures that apply in each case."""
    return [set(granted(case.explained["measures"])) for case in cases if case.explained is not None]


def test_every_measure_of_every_text_applies_in_one_of_its_cases() -> None:
    for text, cases in outcomes():
        assert set().union(*seen_measures(cases)) == {measure.rule.code for measure in text.program.result.measures}


def test_every_measure_of_every_text_does_not_apply_in_one_of_its_cases() -> None:
    for _, cases in outcomes():
        assert set.intersection(*seen_measures(cases)) == set()


def test_the_policy_has_three_texts() -> None:
    assert [text.slice.made.first for text in timeline().texts] == [date(2019, 7, 1), ORDER_58, ORDER_36]


@cache
def printed(day: date) -> str:
    """What `creditdsl consolidate` prints for a day."""
    opened = open_policy(POLICY)
    return rule_text(consolidated(opened, slice_on(opened, day)), "zh")


@pytest.mark.parametrize("day", TEN_DAYS)
def test_the_text_of_a_day_has_the_instruments_of_that_day(day: date) -> None:
    begins = {"order527": date.min, "order58": ORDER_58, "order36": ORDER_36}
    parsed = parse(SourceFile("text.credit", printed(day)))
    assert parsed.module is not None and parsed.diagnostics == ()
    names = {item.name.text for item in parsed.module.declarations if isinstance(item, tree.Source)}
    assert names & begins.keys() == {name for name, first in begins.items() if first <= day}


@pytest.mark.parametrize("day", [date(2020, 2, 29), date(2024, 2, 29), date(2027, 12, 31)])
def test_the_text_of_a_day_compiles_alone_and_decides_as_the_policy(day: date, tmp_path: Path) -> None:
    path = tmp_path / "text.credit"
    path.write_text(printed(day), encoding="utf-8")
    alone = interpreter(compile_policy(path).program)
    for decision in drawn(random.Random(day.toordinal()), day, 40):
        answer = alone.explain(firm([decision], day), str(day.year), day)
        assert granted(answer["measures"]) == expected([decision], day)


# Golden days, counted by hand

LAST_DAYS = [
    # 发改办财金〔2019〕527号
    (Decision("一般", date(2019, 8, 31), ordinary=True), date(2020, 8, 31)),
    (Decision("一般,闰日", date(2020, 2, 29), ordinary=True), date(2021, 2, 28)),
    (Decision("一般,最后一日", date(2023, 4, 30), ordinary=True), date(2024, 4, 30)),
    (Decision("严重", date(2019, 8, 31), serious=True), date(2022, 8, 31)),
    (Decision("严重,闰日", date(2020, 2, 29), serious=True), date(2023, 2, 28)),
    (Decision("一般和严重", date(2019, 12, 31), ordinary=True, serious=True), date(2022, 12, 31)),
    (Decision("特定严重", date(2020, 3, 10), serious=True, specific=True), date(2023, 3, 10)),
    (Decision("特定严重,最后一日", date(2023, 4, 30), specific=True), date(2026, 4, 30)),
    # 国家发展和改革委员会令第58号
    (Decision("第一日", date(2023, 5, 1), ordinary=True), date(2026, 5, 1)),
    (Decision("闰日", date(2024, 2, 29), serious=True), date(2027, 2, 28)),
    (Decision("特定领域", date(2024, 12, 31), key_area=True), date(2027, 12, 31)),
    (Decision("最后一日", date(2026, 3, 31)), date(2029, 3, 31)),
    # 国家发展和改革委员会令第36号
    (Decision("轻微,确有必要", date(2026, 11, 30), necessary=True), date(2027, 2, 28)),
    (Decision("轻微,确有必要,闰年", date(2027, 11, 30), necessary=True), date(2028, 2, 29)),
    (Decision("一般,第一日", date(2026, 4, 1), ordinary=True), date(2027, 4, 1)),
    (Decision("一般,闰日", date(2028, 2, 29), ordinary=True), date(2029, 2, 28)),
    (Decision("严重", date(2026, 4, 1), serious=True), date(2029, 4, 1)),
    (Decision("一般和严重", date(2026, 5, 31), ordinary=True, serious=True), date(2029, 5, 31)),
]


@pytest.mark.parametrize(("decision", "last"), LAST_DAYS)
def test_a_decision_is_displayed_up_to_its_last_day(decision: Decision, last: date) -> None:
    assert actual([decision], last)["display"] == {"decisions": 1, "until": last.isoformat()}


@pytest.mark.parametrize(("decision", "last"), LAST_DAYS)
def test_a_decision_is_not_displayed_on_the_day_after_its_last(decision: Decision, last: date) -> None:
    assert "display" not in actual([decision], last + DAY)


@pytest.mark.parametrize(("decision", "last"), LAST_DAYS)
def test_the_last_day_is_known_on_the_day_of_the_decision(decision: Decision, last: date) -> None:
    measures = actual([decision], decision.decided)
    assert measures["display"] == {"decisions": 1, "until": expected([decision], decision.decided)["display"]["until"]}
    assert expected([decision], decision.decided)["display"]["until"] == last.isoformat()


FIRST_DAYS = [
    # 发改办财金〔2019〕527号
    (Decision("一般", date(2019, 8, 31), ordinary=True), date(2019, 12, 1)),
    (Decision("一般,月末", date(2019, 11, 30), ordinary=True), date(2020, 3, 1)),
    (Decision("一般,月末,平年", date(2020, 11, 30), ordinary=True), date(2021, 3, 1)),
    (Decision("严重", date(2019, 8, 31), serious=True), date(2020, 3, 1)),
    (Decision("严重,平年", date(2020, 8, 31), serious=True), date(2021, 3, 1)),
    (Decision("严重,最后一日", date(2023, 4, 30), serious=True), date(2023, 10, 31)),
    (Decision("一般和严重", date(2019, 8, 31), ordinary=True, serious=True), date(2020, 3, 1)),
    # 国家发展和改革委员会令第58号
    (Decision("第一日", date(2023, 5, 1)), date(2023, 8, 2)),
    (Decision("月末", date(2023, 11, 30)), date(2024, 3, 1)),
    (Decision("特定领域,闰日", date(2024, 2, 29), key_area=True), date(2025, 3, 1)),
    (Decision("特定领域和其他处罚", date(2024, 5, 31), ordinary=True, key_area=True), date(2025, 6, 1)),
    (Decision("特定领域,最后一日", date(2026, 3, 31), key_area=True), date(2027, 4, 1)),
    # 国家发展和改革委员会令第36号
    (Decision("一般", date(2026, 8, 31), ordinary=True), date(2026, 12, 1)),
    (Decision("一般,特定领域", date(2026, 4, 1), ordinary=True, key_area=True), date(2026, 7, 2)),
    (Decision("严重,第一日", date(2026, 4, 1), serious=True), date(2027, 4, 2)),
    (Decision("一般和严重,闰日", date(2028, 2, 29), ordinary=True, serious=True), date(2029, 3, 1)),
]


@pytest.mark.parametrize(("decision", "first"), FIRST_DAYS)
def test_a_repair_is_too_early_on_the_last_day_of_the_shortest_time(decision: Decision, first: date) -> None:
    assert actual([decision], first - DAY)["repair_too_early"] == {"decisions": 1, "from": first.isoformat()}


@pytest.mark.parametrize(("decision", "first"), FIRST_DAYS)
def test_a_repair_is_not_too_early_on_the_day_after(decision: Decision, first: date) -> None:
    assert "repair_too_early" not in actual([decision], first)


@pytest.mark.parametrize(("start", "months", "end"), [
    (date(2019, 8, 31), 6, date(2020, 2, 29)),
    (date(2020, 8, 31), 6, date(2021, 2, 28)),
    (date(2020, 2, 29), 12, date(2021, 2, 28)),
    (date(2020, 2, 29), 36, date(2023, 2, 28)),
    (date(2019, 12, 1), 3, date(2020, 3, 1)),
    (date(2023, 1, 31), 3, date(2023, 4, 30)),
])  # fmt: skip
def test_the_second_writing_counts_as_the_civil_code(start: date, months: int, end: date) -> None:
    assert months_later(start, months) == end


# Agreement with the second writing


def drawn(dice: random.Random, as_of: date, count: int) -> Iterator[Decision]:
    """Decisions whose days lie around the changes of regime, the ends of their times and the day of the evaluation."""
    anchors = [ORDER_58, ORDER_36, *(months_later(as_of, -months) for months in (0, 3, 6, 12, 36))]
    for index in range(count):
        decided = dice.choice(anchors) + dice.randint(-2, 2) * DAY

        def day() -> date | None:
            return dice.choice([None, as_of - DAY, as_of, as_of + DAY, as_of - 100 * DAY])

        flags = [dice.random() < 0.4 for _ in range(5)]
        # A repair is rare, or nothing else would be seen.
        repaired = dice.choice([None, None, None, None, as_of - DAY, as_of, as_of + DAY, months_later(decided, 3)])
        yield Decision(str(index), decided, *flags, day(), day(), day(), day(), day(), repaired)


AS_OF = [
    *TEN_DAYS,
    *(change + days * DAY for change in (ORDER_58, ORDER_36) for days in (-1, 0, 1, 89, 90, 91, 364, 365, 366)),
    date(2029, 4, 1),
    date(2029, 4, 2),
]


@pytest.mark.parametrize("as_of", AS_OF)
def test_single_decisions_agree_with_the_second_writing(as_of: date) -> None:
    for decision in drawn(random.Random(as_of.toordinal()), as_of, 60):
        assert actual([decision], as_of) == expected([decision], as_of), decision


@pytest.mark.parametrize("as_of", AS_OF)
def test_firms_with_many_decisions_agree_with_the_second_writing(as_of: date) -> None:
    dice = random.Random(-as_of.toordinal())
    for size in (0, 2, 3, 5, 8, 40):
        decisions = list(drawn(dice, as_of, size))
        assert actual(decisions, as_of) == expected(decisions, as_of)


@pytest.mark.parametrize("as_of", [date(2023, 4, 30), date(2023, 5, 1), date(2026, 3, 31), date(2026, 4, 1)])
def test_the_compiled_module_agrees_with_the_second_writing(as_of: date) -> None:
    module = load_module(emit_python(text_of(as_of).program), f"publicity_{as_of:%Y%m%d}")
    dice = random.Random(as_of.toordinal())
    for size in (1, 1, 1, 1, 5, 20) * 10:
        decisions = list(drawn(dice, as_of, size))
        subject = module.load(firm(decisions, as_of))
        answer = module.explain(subject, module.period(str(as_of.year)), as_of).to_dict()
        assert granted(answer["measures"]) == expected(decisions, as_of)


def test_the_decisions_that_are_drawn_are_in_every_state() -> None:
    states = {
        state(decision, as_of) for as_of in AS_OF for decision in drawn(random.Random(as_of.toordinal()), as_of, 60)
    }
    assert states == {*DISPLAYED, "display_ended", "minor_not_displayed", "trade_rules", None}


# Any number of decisions


def test_a_number_that_stands_twice_is_one_decision() -> None:
    decision = Decision("甲1", date(2026, 8, 31), ordinary=True)
    assert actual([decision, decision], date(2026, 9, 30)) == {
        "display": {"decisions": 1, "until": "2027-08-31"},
        "repair_too_early": {"decisions": 1, "from": "2026-12-01"},
    }


def test_the_earliest_repair_and_the_latest_end_of_several_decisions_are_given() -> None:
    ordinary = Decision("甲1", date(2026, 8, 31), ordinary=True)
    serious = Decision("甲2", date(2026, 5, 31), serious=True)
    assert actual([serious, ordinary], date(2026, 9, 30)) == {
        "display": {"decisions": 2, "until": "2029-05-31"},
        "repair_too_early": {"decisions": 2, "from": "2026-12-01"},
    }


def test_each_decision_has_the_times_of_the_instrument_of_its_day() -> None:
    same = {"ordinary": True}
    decisions = [Decision(str(day), day, **same) for day in (ORDER_58 - DAY, ORDER_58, ORDER_36 - DAY, ORDER_36)]
    ends = [actual([item], max(item.decided, date(2019, 7, 1)))["display"] for item in decisions]
    untils = [end["until"] for end in ends if isinstance(end, dict)]
    assert untils == ["2024-04-30", "2026-05-01", "2029-03-31", "2027-04-01"]


# The files beside the rules


def test_every_subject_file_is_taken_by_the_text_of_its_time() -> None:
    days = {"three_regimes": date(2026, 4, 20), "leap_day": date(2021, 2, 28), "no_decision": date(2027, 1, 1)}
    for path in sorted((POLICY / "subjects").glob("*.json")):
        as_of = days[path.stem]
        subject = json.loads(path.read_text(encoding="utf-8"))
        assert interpreter(text_of(as_of).program).refusals(subject, str(as_of.year), as_of) == ()


def test_the_sample_tables_name_firms_that_are_there() -> None:
    keys: dict[str, set[str]] = {}
    for name in ("firm", "decision"):
        with (POLICY / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            keys[name] = {row["uscc"] for row in csv.DictReader(file)}
    assert keys["decision"] == keys["firm"]
