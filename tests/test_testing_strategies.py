"""Generated subjects: valid, at the constants of the policy and beside them, and such that every rule is met."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings

from creditdsl.core.calendar import day_of
from creditdsl.core.inputs import load, run_context
from creditdsl.core.ir import JsonObject, Program
from creditdsl.testing.check import Options, generate
from creditdsl.testing.invalid import drawn_wrong_run
from creditdsl.testing.machines import interpreter
from creditdsl.testing.reading import codes, steps_of
from creditdsl.testing.strategies import Sample, World, drawn_sample, periods, samples, subjects
from tests.testing_policies import program_of


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return program_of(tmp_path_factory.mktemp("filing"))


@pytest.fixture(scope="module")
def drawn(program: Program) -> list[Sample]:
    found: list[Sample] = []
    world = World(program)
    generate(lambda integer: drawn_sample(integer, world), Options(600), found.append)
    return found


def values(drawn: list[Sample], field: str) -> Counter[object]:
    return Counter(sample.subject[field] for sample in drawn if not isinstance(sample.subject[field], list))


def record_values(drawn: list[Sample], table: str, field: str) -> Counter[object]:
    found = Counter[object]()
    for sample in drawn:
        rows = sample.subject[table]
        found.update(row[field] for row in rows if isinstance(row, dict)) if isinstance(rows, list) else None
    return found


def test_every_generated_subject_and_run_is_valid(program: Program, drawn: list[Sample]) -> None:
    for sample in drawn:
        load(program, sample.subject)
        run_context(program, sample.period, sample.as_of)
    assert len(drawn) >= 500


def test_the_same_subjects_are_generated_without_a_seed_and_others_with_one(program: Program) -> None:
    world = World(program)

    def generated(options: Options) -> list[Sample]:
        found: list[Sample] = []
        generate(lambda integer: drawn_sample(integer, world), options, found.append)
        return found

    assert generated(Options(40)) == generated(Options(40))
    assert generated(Options(40, seed=1)) == generated(Options(40, seed=1))
    assert generated(Options(40, seed=1)) != generated(Options(40, seed=2))


@pytest.mark.parametrize("months", [0, 1, 35, 36, 37])
def test_a_field_stands_on_each_constant_and_beside_it(drawn: list[Sample], months: int) -> None:
    assert values(drawn, "months")[months] >= 3


@pytest.mark.parametrize("amount", ["999.99", "1000", "1000.01", "99999.99", "100000"])
def test_amounts_stand_on_each_constant_and_one_fen_beside_it(drawn: list[Sample], amount: str) -> None:
    found = record_values(drawn, "late", "amount") + record_values(drawn, "evasion", "amount")
    assert found[amount] >= 2


def test_an_amount_stands_exactly_at_a_tenth_of_another_field_and_just_below(drawn: list[Sample]) -> None:
    differences = {10 * amount - payable(sample) for sample in drawn for amount in evasions(sample) if payable(sample)}
    assert 0 in differences
    assert any(-10 <= difference < 0 for difference in differences)


def payable(sample: Sample) -> int:
    """The tax payable in fen."""
    return round(float(str(sample.subject["payable"])) * 100)


def evasions(sample: Sample) -> list[int]:
    rows = sample.subject["evasion"]
    return [round(float(str(row["amount"])) * 100) for row in rows] if isinstance(rows, list) else []


def test_dates_stand_at_the_edges_of_thirty_days(drawn: list[Sample]) -> None:
    delays = set[int]()
    for sample in drawn:
        rows = sample.subject["late"]
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row["due"], str) and isinstance(row["filed"], str):
                delays.add(day_of(date.fromisoformat(row["filed"])) - day_of(date.fromisoformat(row["due"])))
    assert {0, 1, 29, 30, 31} <= delays
    reminded = {day_of(sample.as_of) - day_of(date.fromisoformat(str(value))) for sample, value in reminders(drawn)}
    assert {30, 31} <= reminded


def reminders(drawn: list[Sample]) -> list[tuple[Sample, object]]:
    return [(sample, sample.subject["reminded"]) for sample in drawn if sample.subject["reminded"] is not None]


def test_dates_stand_at_the_edges_of_the_period(drawn: list[Sample]) -> None:
    at_edges = Counter(
        str(row["due"])[5:]
        for sample in drawn
        for row in late_rows(sample)
        if str(row["due"])[:4] in (sample.period, str(int(sample.period) - 1), str(int(sample.period) + 1))
    )
    assert min(at_edges["01-01"], at_edges["12-31"]) >= 3


def late_rows(sample: Sample) -> list[dict[str, object]]:
    rows = sample.subject["late"]
    return [dict(row) for row in rows] if isinstance(rows, list) else []


def test_records_share_their_keys_now_and_then(drawn: list[Sample]) -> None:
    repeated = 0
    for sample in drawn:
        keys = [(row["tax"], row["due"]) for row in late_rows(sample)]
        repeated += len(keys) > len(set(keys)) > 0
    assert repeated >= len(drawn) // 20


def test_optional_fields_are_absent_and_present(drawn: list[Sample]) -> None:
    absent = values(drawn, "reminded")[None]
    assert len(drawn) // 10 <= len(drawn) - absent <= len(drawn) * 9 // 10


def test_every_grade_and_every_rule_is_met_often(program: Program, drawn: list[Sample]) -> None:
    machine = interpreter(program)
    grades, rules = Counter[object](), Counter[str]()
    for sample in drawn:
        answer = machine.explain(sample.subject, sample.period, sample.as_of)
        grades[answer["grade"]] += 1
        rules.update(codes(answer["findings"]))
        for held in steps_of(answer, after=False).values():
            rules.update(held)
        rules.update(f"repair {code}" for code in codes(answer["repairs"]))
    assert min(grades[grade] for grade in ("A", "B", "C", "D")) >= len(drawn) // 20, grades
    wanted = ("010101", "010102", "slow", "closed", "evasion_line", "young", "repair 010102")
    assert min(rules[rule] for rule in wanted) >= len(drawn) // 50, rules


def test_wrong_subjects_are_refused_for_many_reasons_and_some_are_valid(program: Program) -> None:
    reasons = Counter[str]()
    machine = interpreter(program)

    def refuse(drawn: tuple[str, date, dict[str, object]]) -> None:
        period, as_of, subject = drawn
        problems = machine.refusals(subject, period, as_of)
        reasons.update({code for _, code in problems} or {"valid"})

    world = World(program)
    generate(lambda integer: drawn_wrong_run(integer, world), Options(400), refuse)
    expected = {"CR0901", "CR0902", "CR0903", "CR0904", "CR0905", "CR0906", "valid"}
    assert expected <= {code for code, count in reasons.items() if count >= 3}, reasons


def test_authors_draw_subjects_runs_and_periods_in_their_own_tests(program: Program) -> None:
    met = set[str]()

    @settings(max_examples=40, derandomize=True, database=None, deadline=None)
    @given(subjects(program, "2021", date(2022, 4, 30)), samples(program), periods(program))
    def draw(subject: JsonObject, sample: Sample, period: str) -> None:
        load(program, subject)
        load(program, sample.subject)
        met.add(period)

    draw()
    assert met >= {"2019", "2020"}


def test_hypothesis_shrinks_an_author_s_counterexample_to_one_record(program: Program) -> None:
    @settings(max_examples=300, derandomize=True, database=None, deadline=None)
    @given(subjects(program, "2020", date(2021, 4, 30)))
    def no_late_return(subject: JsonObject) -> None:
        failed.append(subject)
        assert not subject["late"]

    failed: list[JsonObject] = []
    with pytest.raises(AssertionError):
        no_late_return()
    rows = failed[-1]["late"]
    assert isinstance(rows, list) and len(rows) == 1 and not failed[-1]["evasion"]
