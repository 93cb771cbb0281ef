"""The tax-credit policy: it compiles, its cases hold and exercise every rule, and its text of 2020 agrees with a second writing.

CREDITDSL_TAXPAYERS=n compares n random taxpayers instead of the few thousand of the gate.
"""

import csv
import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
import tax_credit_reference
import tax_credit_taxpayers
from tax_credit_traces import (
    amounts_not_stated,
    articles_without_rule,
    citations_not_encoded,
    rules,
    rules_without_basis,
)

from creditdsl.backends.python.emit import emit_python
from creditdsl.backends.python.loading import load_module
from creditdsl.compile import Compiled, Opened, Timeline, compile_for, compile_timeline, open_policy
from creditdsl.core.inputs import load
from creditdsl.testing.cases import CaseOutcome, run_case
from creditdsl.testing.coverage import coverage
from creditdsl.testing.machines import interpreter
from creditdsl.testing.texts import merged_coverage
from creditdsl.testing.trial import Evaluators

POLICY = Path(__file__).parent.parent / "policies" / "tax_credit"
AS_OF = date(2021, 4, 30)
AS_OF_2022 = date(2022, 6, 30)
PUBLISHED = {"A": 806, "B": 13_330, "M": 17_923, "C": 331, "D": 3_129}
"""Daqing, 2019."""
TAXPAYERS = int(os.environ.get("CREDITDSL_TAXPAYERS", "4000"))


@cache
def compiled() -> Compiled:
    """The text by which 2020 is evaluated in April 2021."""
    return compile_for(POLICY / "tax_credit.credit", "2020", AS_OF)


@cache
def opened() -> Opened:
    return open_policy(POLICY)


@cache
def timeline() -> Timeline:
    return compile_timeline(POLICY / "tax_credit.credit")


@cache
def module() -> ModuleType:
    return load_module(emit_python(compiled().program), "tax_credit_compiled")


@cache
def city(tmp: Path) -> tuple[dict[str, object], ...]:
    """The taxpayers of the synthetic city as JSON-like subjects."""
    make_city(tmp)
    subjects: dict[str, dict[str, object]] = {}
    tables = {table.name: table for table in compiled().program.records}
    for row in rows(tmp / "taxpayer.csv"):
        subjects[row["uscc"]] = {**typed(row), **{name: [] for name in tables}}
    for name in tables:
        for row in rows(tmp / f"{name}.csv"):
            records = subjects[row.pop("uscc")][name]
            assert isinstance(records, list)
            records.append(typed(row))
    return tuple(subjects.values())


def make_city(out: Path, *options: str, hash_seed: str = "0") -> None:
    command = [sys.executable, POLICY / "make_city.py", out, *options]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": hash_seed})


def rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def header(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


WHOLE = {"operating_months", "accounts_reported", "accounts_found", "year"}


def typed(row: dict[str, str]) -> dict[str, object]:
    words: dict[str, object] = {"": None, "true": True, "false": False}
    return {name: int(text) if name in WHOLE and text else words.get(text, text) for name, text in row.items()}


@pytest.fixture(scope="session")
def city_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("city")


# The rule files


def test_no_text_of_the_policy_has_a_warning() -> None:
    assert timeline().warnings == ()
    assert [item.warnings for item in timeline().texts if item.warnings] == []


@cache
def outcomes() -> tuple[tuple[Compiled, tuple[CaseOutcome, ...]], ...]:
    """Every text with the outcomes of its cases."""
    found = []
    for text in timeline().texts:
        evaluators = Evaluators(text.program, interpreter(text.program), None)
        found.append((text, tuple(run_case(evaluators, case) for case in text.program.cases)))
    return tuple(found)


def test_every_case_holds() -> None:
    failures = [item for _, cases in outcomes() for case in cases for item in case.diagnostics]
    assert [item.message.en for item in failures] == []


def test_the_cases_exercise_every_rule_in_every_respect() -> None:
    items = merged_coverage(coverage(text.program, cases) for text, cases in outcomes()).items
    only_after_repair = {("ceiling", "unpaid_conclusion", "holds")}
    assert {(item.kind, item.code, item.aspect) for item in items if not item.covered} <= only_after_repair


@pytest.mark.parametrize("number", range(len(opened().slices())))
def test_every_citation_is_of_a_declared_article_that_is_encoded(number: int) -> None:
    assert citations_not_encoded(timeline().texts[number]) == []


@pytest.mark.parametrize("number", range(len(opened().slices())))
def test_every_article_said_to_be_encoded_is_cited_by_a_rule(number: int) -> None:
    assert articles_without_rule(timeline().texts[number]) == set()


@pytest.mark.parametrize("number", range(len(opened().slices())))
def test_every_rule_has_a_basis(number: int) -> None:
    text = timeline().texts[number]
    assert len(rules(text)) > (90 if "notice37" in (item.name.text for item in text.slice.amendments) else 55)
    assert rules_without_basis(text) == []


@pytest.mark.parametrize("number", range(len(opened().slices())))
def test_every_amount_of_a_rule_stands_in_an_article_that_it_cites(number: int) -> None:
    assert amounts_not_stated(timeline().texts[number]) == []


# The second writing of the rules


@cache
def module_of_2022() -> ModuleType:
    """The text by which 2020 is evaluated from 2022 on."""
    return load_module(emit_python(compile_for(POLICY, "2020", AS_OF_2022).program), "tax_credit_compiled_2022")


def differences(subject: dict[str, object], as_of: date) -> list[object]:
    """Where the compiled module and the reference differ."""
    own = module() if as_of < date(2022, 1, 1) else module_of_2022()
    got = own.evaluate(own.load(subject), own.period("2020"), as_of).to_dict()
    want = tax_credit_reference.evaluate(subject, 2020, as_of)
    pairs = (
        (got["graded"], want.graded),
        (Decimal(got["score"]), want.score),
        (Decimal(got["score_after_repair"]), want.score_after_repair),
        (got["grade"], want.grade),
        (got["grade_after_repair"], want.grade_after_repair),
        (set(got["measures"]), want.measures),
    )
    return [pair for pair in pairs if pair[0] != pair[1]]


def test_random_taxpayers_get_what_an_independent_writing_of_the_rules_gives() -> None:
    draw = random.Random(TAXPAYERS)
    grades: Counter[str | None] = Counter()
    for _ in range(TAXPAYERS):
        subject, as_of = tax_credit_taxpayers.taxpayer(draw), draw.choice(tax_credit_taxpayers.AS_OF_DAYS)
        assert differences(subject, as_of) == [], subject
        grades[tax_credit_reference.evaluate(subject, 2020, as_of).grade_after_repair] += 1
    assert min(grades[grade] for grade in "ABMCD") > TAXPAYERS / 20


def test_random_taxpayers_evaluated_from_2022_on_get_what_an_independent_writing_of_the_rules_gives() -> None:
    draw = random.Random(TAXPAYERS + 1)
    changed = 0
    for _ in range(TAXPAYERS):
        subject, as_of = tax_credit_taxpayers.taxpayer_of_2022(draw), draw.choice((AS_OF_2022, date(2023, 6, 30)))
        assert differences(subject, as_of) == [], subject
        outcome = tax_credit_reference.evaluate(subject, 2020, as_of)
        changed += outcome.grade == "D" and outcome.grade_after_repair != "D"
    assert changed > TAXPAYERS / 100


def test_sample_subjects_are_valid_and_agree_with_the_independent_writing() -> None:
    samples = sorted((POLICY / "subjects").glob("*.json"))
    assert len(samples) == 6
    for sample in samples:
        assert differences(json.loads(sample.read_text(encoding="utf-8")), AS_OF) == [], sample.name


# The city


def test_the_city_is_graded_into_the_published_distribution(city_folder: Path) -> None:
    run = module().period("2020")
    grades = Counter(
        module().evaluate(module().load(subject), run, AS_OF).grade_after_repair for subject in city(city_folder)
    )
    assert {str(grade): count for grade, count in grades.items()} == PUBLISHED


def test_the_city_gets_what_an_independent_writing_of_the_rules_gives(city_folder: Path) -> None:
    for subject in city(city_folder)[::10]:
        assert differences(subject, AS_OF) == [], subject


def test_a_city_is_the_same_to_the_byte_for_the_same_seed_and_another_for_another(tmp_path: Path) -> None:
    for folder, seed, hash_seed in (("one", "2019", "1"), ("two", "2019", "2"), ("other", "2020", "1")):
        make_city(tmp_path / folder, "--subjects", "2000", "--seed", seed, hash_seed=hash_seed)
    one, two, other = (
        {path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()} for folder in ("one", "two", "other")
    )
    assert one == two
    assert all(one[name] != other[name] for name in ("taxpayer.csv", "late_filing.csv", "prior_evaluation.csv"))


def test_the_city_has_facts_and_no_outcome_of_the_year(city_folder: Path) -> None:
    city(city_folder)
    for path in city_folder.iterdir():
        assert "score" not in header(path)
        assert "grade" not in header(path) or path.name == "prior_evaluation.csv"
    assert max(int(row["year"]) for row in rows(city_folder / "prior_evaluation.csv")) == 2019


def test_tables_of_the_city_have_the_fields_of_the_policy(city_folder: Path) -> None:
    city(city_folder)
    program = compiled().program
    key = program.subject.key
    assert key is not None
    expected = {"taxpayer": [item.name for item in program.subject.fields]}
    expected |= {table.name: [key.name, *(item.name for item in table.fields)] for table in program.records}
    assert expected == {path.stem: header(path) for path in city_folder.iterdir()}


def test_codes_of_the_city_are_unique_and_have_the_check_character_of_the_standard(city_folder: Path) -> None:
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    weights = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    codes = [str(subject["uscc"]) for subject in city(city_folder)]
    assert len(set(codes)) == sum(PUBLISHED.values())
    for code in codes:
        total = sum(alphabet.index(character) * weight for character, weight in zip(code[:17], weights, strict=True))
        assert code[17] == alphabet[-total % 31], code


def test_a_city_of_another_size_has_that_size(tmp_path: Path) -> None:
    make_city(tmp_path, "--subjects", "777")
    assert sum(1 for _ in rows(tmp_path / "taxpayer.csv")) == 777


def test_a_city_with_defects_has_eight_faulty_taxpayers_and_five_faulty_records_more(tmp_path: Path) -> None:
    make_city(tmp_path / "whole", "--subjects", "300")
    make_city(tmp_path / "faulty", "--subjects", "300", "--defects")
    more = {
        path.stem: path.read_text(encoding="utf-8").count("\n")
        - (tmp_path / "whole" / path.name).read_text(encoding="utf-8").count("\n")
        for path in (tmp_path / "faulty").iterdir()
    }
    added = {name: count for name, count in more.items() if count}
    assert added == {"taxpayer": 8, "late_filing": 3, "nil_return": 1, "breach": 1}


def test_every_firm_of_the_city_is_a_valid_subject(city_folder: Path) -> None:
    program = compiled().program
    for subject in city(city_folder)[::50]:
        load(program, subject)
