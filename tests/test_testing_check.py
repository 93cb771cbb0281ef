"""Cases and properties of a policy: what holds passes, each seeded fault is found, and the counterexample is small."""

from pathlib import Path

import pytest

from creditdsl.core.ir import Program
from creditdsl.diagnostics import Code
from creditdsl.testing.case_text import case_text
from creditdsl.testing.check import Options, Report, check_policy, names
from creditdsl.testing.coverage import coverage
from creditdsl.testing.findings import Checked, checked
from creditdsl.testing.machines import Answer, interpreter
from creditdsl.testing.reading import objects
from creditdsl.verify_policy import compiled_machine
from tests.testing_policies import CASES, FILING, faulty, program_of

EXAMPLES = Options(200)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return program_of(tmp_path_factory.mktemp("filing"), FILING + CASES)


def found(report: Report, name: str) -> Checked:
    return next(item for item in checked(report) if item.name == name)


def records(subject: object) -> int:
    """How many records a subject has."""
    assert isinstance(subject, dict)
    return sum(len(value) for value in subject.values() if isinstance(value, list))


def counterexample(report: Report, name: str) -> object:
    outcome = next(item for item in report.properties if item.name == name)
    assert outcome.counterexample is not None, f"{name} holds"
    return outcome.counterexample.subject


def test_a_sound_policy_has_every_case_and_property_in_its_report_and_passes(program: Program) -> None:
    report = check_policy(program, compiled_machine(program), EXAMPLES)
    assert report.passed, [diagnostic for item in checked(report) for diagnostic in item.diagnostics]
    assert [f"{item.kind}: {item.name}" for item in checked(report)] == list(names(program, compiled=True))
    assert [item.name for item in report.properties] == [
        "total",
        "deterministic",
        "order-free",
        "adds-up",
        "in-order",
        "levels-agree",
        "repair-helps",
        "compiled-evaluates",
        "compiled-explains",
        "refuses-alike",
    ]
    assert all(item.tried >= EXAMPLES.examples // 2 for item in report.properties)


def test_the_same_check_gives_the_same_report(program: Program) -> None:
    first, second = (check_policy(program, off_by_one(program), Options(60)) for _ in range(2))
    assert first == second


# Cases


def failing(folder: Path, expectation: str) -> list[tuple[Code, str]]:
    """The findings for a case of a late return that expects what is given."""
    text = f"""
case "一次逾期" {{
  period 2020   as of 2021-04-30
  given  {{ id = "1"  months = 60  payable = 1_000 yuan  audited = yes
           late {{ tax = vat  due = 2020-07-15  filed = 2020-07-20  amount = 1_000 yuan }} }}
  expect {{ {expectation} }}
}}
"""
    program = program_of(folder, FILING + text)
    report = check_policy(program, compiled_machine(program), Options(1))
    return [(item.code, item.message.en) for entry in checked(report) for item in entry.diagnostics]


@pytest.mark.parametrize(
    ("expectation", "message"),
    [
        ("score = 91 points", 'case "一次逾期": `score`: expected `91`, computed `91.5`'),
        ("repaired score = 91.5 points", 'case "一次逾期": `repaired score`: expected `91.5`, computed `93.9`'),
        ("grade = B", 'case "一次逾期": `grade`: expected `B`, computed `A`'),
        ("not grade = A", 'case "一次逾期": `grade`: expected something other than `A`, computed `A`'),
        ("not graded", 'case "一次逾期": `graded`: expected does not apply, computed applies'),
        ("indicator 010101 = 5 points", 'case "一次逾期": `indicator 010101`: expected `5`, computed `5.5`'),
        ("not indicator 010101", 'case "一次逾期": `indicator 010101`: expected does not apply, computed applies'),
        ("repair 010102 = 3 points", 'case "一次逾期": `repair 010102`: expected `3`, computed `2.4`'),
        ("ceiling young", 'case "一次逾期": `ceiling young`: expected applies, computed does not apply'),
        ("direct evasion_line", 'case "一次逾期": `direct evasion_line`: expected applies, computed does not apply'),
        ("exempt closed", 'case "一次逾期": `exempt closed`: expected applies, computed does not apply'),
        ("not reward green", 'case "一次逾期": `reward green`: expected does not apply, computed applies'),
    ],
)
def test_an_expectation_that_is_not_met_is_one_finding(tmp_path: Path, expectation: str, message: str) -> None:
    assert failing(tmp_path, expectation) == [(Code.CR0601, message)]


def test_all_expectations_of_a_case_are_compared(tmp_path: Path) -> None:
    assert len(failing(tmp_path, "score = 1 points  grade = D  not reward green")) == 3


def test_a_finding_points_at_its_expectation(tmp_path: Path) -> None:
    text = FILING + CASES.replace("score = 100 points   grade = A", "score = 100 points   grade = C")
    program = program_of(tmp_path, text)
    report = check_policy(program, compiled_machine(program), Options(1))
    (diagnostic,) = found(report, "按期申报").diagnostics
    assert text[diagnostic.span.start : diagnostic.span.end] == "grade = C"


# Properties, each with a fault that it must find


def off_by_one(program: Program) -> object:
    """A module that counts a fifth late return of one tax only once."""

    def spoil(answer: Answer, subject: dict[str, object]) -> Answer:
        late = subject.get("late")
        if not isinstance(late, list) or len(late) < 5:
            return answer
        return {**answer, "score": "0"}

    return faulty(program, spoil)


def test_a_compiled_module_that_differs_is_shown_with_the_fewest_records(program: Program) -> None:
    report = check_policy(program, off_by_one(program), EXAMPLES)
    assert {item.name for item in checked(report) if not item.passed} == {"compiled-explains", "levels-agree"}
    subject = counterexample(report, "compiled-explains")
    assert isinstance(subject, dict)
    assert records(subject) == 5
    assert {row["amount"] for row in subject["late"]} == {"0"}
    (diagnostic,) = found(report, "compiled-explains").diagnostics
    assert diagnostic.code is Code.CR0604
    assert [(name.en, value) for name, value in diagnostic.facts][1] == ("computed score", '"0"')


def test_points_that_do_not_add_up_are_found(program: Program) -> None:
    def forget(answer: Answer, _subject: dict[str, object]) -> Answer:
        return {**answer, "findings": list(objects(answer["findings"])[1:])}

    assert_found(program, forget, "compiled-explains")


def test_a_limit_that_is_off_by_one_fen_is_found(program: Program) -> None:
    def strict(answer: Answer, subject: dict[str, object]) -> Answer:
        late = subject.get("late")
        edge = isinstance(late, list) and any(row["amount"] == "1000" and row["filed"] for row in late)
        return {**answer, "score": "1"} if edge else answer

    subject = assert_found(program, strict, "compiled-explains")
    assert records(subject) == 1


def test_a_grade_off_by_one_at_a_band_is_found(program: Program) -> None:
    def strict(answer: Answer, _subject: dict[str, object]) -> Answer:
        return {**answer, "grade": "B"} if answer["score"] == "90" and answer["grade"] == "A" else answer

    assert_found(program, strict, "compiled-explains")


def test_an_evaluator_that_raises_is_found_and_named(program: Program) -> None:
    def broken(answer: Answer, subject: dict[str, object]) -> Answer:
        if subject.get("reminded") is not None:
            raise ZeroDivisionError("a reminder")
        return answer

    subject = assert_found(program, broken, "total")
    assert records(subject) == 0


def test_records_whose_order_matters_are_found(program: Program) -> None:
    def first_counts(answer: Answer, subject: dict[str, object]) -> Answer:
        late = subject.get("late")
        worse = isinstance(late, list) and late and late[0]["tax"] == "cit"
        return {**answer, "score": "3"} if worse else answer

    subject = assert_found(program, first_counts, "order-free")
    assert records(subject) == 2


def assert_found(program: Program, spoil: object, name: str) -> object:
    assert callable(spoil)
    report = check_policy(program, faulty(program, spoil), EXAMPLES)
    assert not found(report, name).passed
    return counterexample(report, name)


def test_the_interpreter_itself_is_held_against_the_order_of_steps_and_the_sum(program: Program) -> None:
    def wrong_grade(answer: Answer, _subject: dict[str, object]) -> Answer:
        steps = answer["steps"]
        assert isinstance(steps, dict)
        return {**answer, "grade": "A"} if steps["ceiling"] and answer["grade"] == "B" else answer

    def wrong_sum(answer: Answer, _subject: dict[str, object]) -> Answer:
        return {**answer, "base": "80"} if answer["base"] == "90" else answer

    for spoil, name in ((wrong_grade, "in-order"), (wrong_sum, "adds-up")):
        report = check_with(program, faulty(program, spoil))
        assert name in {item.name for item in report if not item.passed}


def check_with(program: Program, interpreter_: object) -> tuple[object, ...]:
    from creditdsl.testing.check import check_properties
    from creditdsl.testing.machines import Machine
    from creditdsl.testing.trial import Evaluators

    assert isinstance(interpreter_, Machine)
    return check_properties(Evaluators(program, interpreter_, None), Options(150))


# Claims of the author


TRAP = FILING.replace(
    "base { | audited -> 100 points  | otherwise -> 90 points }",
    "base { | any(late) -> 100 points  | otherwise -> 90 points }",
)


def test_a_first_violation_that_raises_the_score_refutes_the_claim_with_one_record(tmp_path: Path) -> None:
    program = program_of(tmp_path, TRAP + 'invariant "越多越差" { more late never raises score }')
    report = check_policy(program, None, EXAMPLES)
    item = found(report, "越多越差")
    assert [diagnostic.code for diagnostic in item.diagnostics] == [Code.CR0602]
    assert records(counterexample(report, "越多越差")) == 1


def test_a_claim_that_holds_is_not_refuted(tmp_path: Path) -> None:
    program = program_of(tmp_path, FILING + 'invariant "越多越差" { more late never raises score }')
    assert check_policy(program, None, EXAMPLES).passed


def test_an_invariant_that_fails_only_on_one_line_is_refuted(tmp_path: Path) -> None:
    program = program_of(tmp_path, FILING + 'invariant "不会正好90分" { not (months = 36 and score = 90 points) }')
    report = check_policy(program, None, EXAMPLES)
    subject = counterexample(report, "不会正好90分")
    assert isinstance(subject, dict)
    assert subject["months"] == 36
    assert records(subject) <= 2


# The counterexample as a case


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_case_of_a_counterexample_parses_and_describes_the_same_subject(tmp_path: Path, language: str) -> None:
    program = program_of(tmp_path, TRAP + 'invariant "越多越差" { more late never raises score }')
    item = found(check_policy(program, None, EXAMPLES), "越多越差")
    assert item.reproduction is not None
    text = case_text(item.reproduction, "zh" if language == "zh" else "en")
    assert ("案例" in text) == (language == "zh")
    (case,) = program_of(tmp_path, TRAP + text).cases
    machine = interpreter(program)
    shown = counterexample(check_policy(program, None, EXAMPLES), "越多越差")
    again = machine.explain(case.subject, case.period, case.as_of)
    expected = machine.explain(shown, case.period, case.as_of)
    assert {**again, "hash": ""} == {**expected, "hash": ""}
    with_case = program_of(tmp_path, TRAP + text)
    assert check_policy(with_case, None, Options(1)).cases[0].passed


# Coverage


def test_coverage_counts_what_the_cases_show_and_names_what_they_do_not(program: Program) -> None:
    report = check_policy(program, None, Options(1))
    covered = coverage(program, report.cases)
    shown = {(item.kind, item.code, item.aspect): item.cases for item in covered.items}
    assert shown["indicator", "010101", "fires"] == 1
    assert shown["base", "score.base", "branch-1"] == 2
    assert shown["base", "score.base", "branch-2"] == 0
    assert shown["repair", "010102", "branch-1"] == 1
    assert shown["repair", "010102", "branch-2"] == 0
    assert shown["ceiling", "young", "does-not-hold"] == 2
    assert shown["ceiling", "young", "holds"] == 0
    assert shown["band", "A", "taken"] == 2
    assert shown["reward", "green", "applies"] == 2
    assert covered.percent == 100 * sum(count > 0 for count in shown.values()) // len(shown)
