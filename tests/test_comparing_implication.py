"""Narrower, wider, smaller, greater: what is said of two expressions holds for every subject that the interpreter is given."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from creditdsl.comparing.implication import Relation, compared_conditions, compared_values
from creditdsl.comparing.setting import setting_of
from creditdsl.core.evaluate import evaluate
from creditdsl.core.inputs import load, run_context
from creditdsl.syntax import tree
from tests.comparing_support import AS_OF, drawn_subjects, module
from tests.policies import BANDS, FRAME, compiled

Pair = tuple[str, str]
SUBJECTS = 60


def related(old: str, new: str, *, values: bool = False) -> Relation:
    """How two expressions of the frame stand to each other."""
    parsed = module(f"{FRAME}\ndefine old_one = {old}\ndefine new_one = {new}\n{BANDS}")
    defined = {item.name.text: item.value for item in parsed.declarations if isinstance(item, tree.Define)}
    compare = compared_values if values else compared_conditions
    return compare(defined["old_one"], defined["new_one"], setting_of(parsed.declarations))


NARROWER = [
    ("months > 3", "months > 5"),
    ("months >= 4", "months >= 4 and large"),
    ("months > 3", "months >= 5"),
    ("large or months > 3", "large"),
    ("not (months > 5)", "not (months > 3)"),
    ("months in 1 .. 10", "months in 2 .. 9"),
    ("months != 3", "months > 3"),
    ("months in {1, 2, 3}", "months = 2"),
    ("months in 1 .. 10", "months in {2, 5}"),
    ("months in count(late) - 2 .. count(late)", "months = count(late)"),
    ("tax >= 1万元", "tax >= 20_000 yuan"),
    ("prior is present and prior in {A, B}", "prior is present and prior is A"),
    ("prior is present and prior is not D", "prior is present and prior in {A, B}"),
    ("any(late)", "any(late where kind is vat)"),
    ("any(late)", "count(late) >= 2"),
    ("count(late) > 1", "count(late) >= 3"),
    ("count(late) >= 2", "count(late per kind) >= 2"),
    ("every(late where amount < 100 yuan)", "every(late where amount < 50 yuan)"),
    ("not any(late where amount > 100 yuan)", "not any(late)"),
    ("sum(amount for each late) > 100 yuan", "sum(amount for each late where kind is vat) > 100 yuan"),
    ("any(late where due within 30 days after 2020-01-01)", "any(late where due within 10 days after 2020-01-01)"),
    ("any(late where due within 1 year after 2020-01-01)", "any(late where due within 11 months after 2020-01-01)"),
    ("any(late where due within 2 months after 2020-01-01)", "any(late where due within 50 days after 2020-01-01)"),
    ("large implies months > 5", "large implies months > 9"),
    ("started is absent or started < 2020-06-01", "started is absent or started < 2020-05-01"),
    ("tax > 10% of sum(amount for each late)", "tax > 20% of sum(amount for each late)"),
    ("large", "large = yes and months > 3"),
]


@pytest.mark.parametrize(("wide", "narrow"), NARROWER)
def test_a_narrower_condition_is_recognized_and_so_is_the_wider_one(wide: str, narrow: str) -> None:
    assert related(wide, narrow) is Relation.LESS
    assert related(narrow, wide) is Relation.MORE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("months > 3", "months >= 4"),
        ("months in 1 .. 5", "months >= 1 and months <= 5"),
        ("not (large and months > 3)", "not large or months <= 3"),
        ("any(late)", "count(late) > 0"),
        ("every(late where large)", "not any(late where not large)"),
        ("tax >= 1万元", "tax >= 10_000 yuan"),
        ("large and months > 3", "months > 3 and large"),
        ("large implies months > 3", "months > 3 or not large"),
        ("tax > 0", "tax > 0 yuan"),
    ],
)
def test_two_ways_to_write_one_condition_are_the_same(one: str, other: str) -> None:
    assert related(one, other) is Relation.SAME


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("months > 3", "tax > 3 yuan"),
        ("months > 3 and large", "months > 2 and tax > 5 yuan"),
        ("any(late where due within 1 month after 2020-01-01)", "any(late where due within 30 days after 2020-01-01)"),
        ("prior is present and prior is A", "prior is present and prior is B"),
        (
            "max(amount for each late) or else 1 yuan > 5 yuan",
            "max(amount for each late where large) or else 1 yuan > 5 yuan",
        ),
        ("count(late per kind) > 2", "count(late per due) > 2"),
    ],
)
def test_nothing_is_said_where_neither_implies_the_other(one: str, other: str) -> None:
    assert related(one, other) is Relation.UNKNOWN


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ("3 points", "5 points"),
        ("10% of tax", "20% of tax"),
        (
            "cases { | months < 5 -> 1 point | otherwise -> 3 points }",
            "cases { | months < 3 -> 1 point | otherwise -> 3 points }",
        ),
        ("cases { | large -> 1 point | otherwise -> 2 points }", "2 points"),
        ("if large then 1 point else 2 points", "if large then 1 point else 3 points"),
        ("least(tax, 5 yuan)", "tax"),
        ("tax", "greatest(tax, 5 yuan)"),
        ("count(late where large)", "count(late)"),
        ("months between 2020-02-01 and period.end", "months between 2020-01-01 and period.end"),
        ("tax", "tax + 5 yuan"),
        ("months - 3", "months - 2"),
    ],
)
def test_a_smaller_value_is_recognized_and_so_is_the_greater_one(less: str, more: str) -> None:
    assert related(more, less, values=True) is Relation.LESS
    assert related(less, more, values=True) is Relation.MORE


def test_a_proof_that_takes_too_long_is_given_up() -> None:
    wide = " or ".join(f"(months > {number} and tax > {number} yuan)" for number in range(1, 60))
    narrow = " or ".join(f"(months > {number} and tax > {number + 1} yuan)" for number in range(100, 160))
    assert related(wide, narrow) in (Relation.LESS, Relation.UNKNOWN)


# Drawn pairs


def numbers(low: int, high: int) -> SearchStrategy[int]:
    return st.integers(low, high)


def two(text: str, constants: SearchStrategy[int] | SearchStrategy[str]) -> SearchStrategy[Pair]:
    """A text with one place for a constant, filled twice."""
    return st.tuples(constants, constants).map(lambda pair: (text.format(pair[0]), text.format(pair[1])))


def either(*texts: str, constants: SearchStrategy[int] | SearchStrategy[str]) -> SearchStrategy[Pair]:
    """Two of the texts, filled with two constants."""
    chosen = st.sampled_from(texts)
    return st.tuples(chosen, chosen, constants, constants).map(
        lambda drawn: (f"({drawn[0].format(drawn[2])})", f"({drawn[1].format(drawn[3])})")
    )


DAYS = st.sampled_from([(AS_OF - timedelta(days=back)).isoformat() for back in (400, 301, 300, 150, 121)])
RECORD_ATOMS = st.one_of(
    either("amount > {} yuan", "amount >= {} yuan", "amount < {} yuan", "amount = {} yuan", constants=numbers(1, 4)),
    either("due < {}", "due >= {}", "due <= {}", "due = {}", constants=DAYS),
    either("kind is {}", "kind is not {}", "kind in {{{}}}", constants=st.sampled_from(["vat", "cit"])),
    either(
        "(filed is present and filed within {} days after due)",
        "(filed is present and filed within {} months after due)",
        constants=numbers(1, 70),
    ),
    either("filed is absent or filed > {}", "filed is absent", "filed is present and filed > {}", constants=DAYS),
)


def joined(pairs: SearchStrategy[Pair]) -> SearchStrategy[Pair]:
    """Pairs made of pairs: the same connective on both sides, or a part that only one side has."""
    both = st.tuples(pairs, pairs, st.sampled_from(["({} and {})", "({} or {})", "({} implies {})"])).map(
        lambda drawn: (drawn[2].format(drawn[0][0], drawn[1][0]), drawn[2].format(drawn[0][1], drawn[1][1]))
    )
    more = st.tuples(pairs, pairs, st.sampled_from(["({} and {})", "({} or {})"])).map(
        lambda drawn: (drawn[0][0], drawn[2].format(drawn[0][1], drawn[1][0]))
    )
    less = more.map(lambda pair: (pair[1], pair[0]))
    negated = pairs.map(lambda pair: (f"not ({pair[0]})", f"not ({pair[1]})"))
    return st.one_of(both, more, less, negated)


RECORDS = st.recursive(RECORD_ATOMS, joined, max_leaves=3)
AGGREGATES = st.tuples(
    RECORDS,
    st.sampled_from(
        [
            "any(late where {0})",
            "every(late where {0})",
            "count(late where {0}) >= {1}",
            "count(late per kind where {0}) >= {1}",
            "count(late where {0}) <= {1}",
            "sum(amount for each late where {0}) > {1} yuan",
        ]
    ),
    numbers(1, 3),
    numbers(1, 3),
).map(lambda drawn: (drawn[1].format(drawn[0][0], drawn[2]), drawn[1].format(drawn[0][1], drawn[3])))
SUBJECT_ATOMS = st.one_of(
    either(
        "months > {}",
        "months >= {}",
        "months < {}",
        "months <= {}",
        "months = {}",
        "months != {}",
        constants=numbers(2, 6),
    ),
    either(
        "months in count(late) - {} .. count(late)",
        "months = count(late) or months > {}",
        "months in {} .. 9",
        "months in {{{}, 7}}",
        "months not in {} .. 9",
        constants=numbers(2, 6),
    ),
    either("tax > {} yuan", "tax <= {} yuan", "tax >= {}0% of sum(amount for each late)", constants=numbers(1, 4)),
    either("(started is present and started <= {})", "(started is absent or started > {})", constants=DAYS),
    either(
        "(prior is present and prior is {})",
        "(prior is present and prior in {{{}, C}})",
        "(prior is absent or prior is not {})",
        constants=st.sampled_from("ABD"),
    ),
    st.just(("large", "large")),
)
CONDITIONS = st.recursive(st.one_of(SUBJECT_ATOMS, AGGREGATES), joined, max_leaves=5)
VALUES = st.one_of(
    two("{} points", numbers(1, 9)),
    two("cases {{ | months < {} -> 1 point | months < 9 -> 3 points | otherwise -> 4 points }}", numbers(2, 6)),
    two("cases {{ | large -> {} points | otherwise -> 4 points }}", numbers(1, 6)),
    st.tuples(CONDITIONS, numbers(1, 5), numbers(1, 5)).map(
        lambda drawn: (
            f"if {drawn[0][0]} then {drawn[1]} points else 3 points",
            f"if {drawn[0][1]} then {drawn[2]} points else 3 points",
        )
    ),
)


def outcomes(pairs: Sequence[Pair], keyword: str) -> list[tuple[Relation, list[tuple[object, object]]]]:
    """What is said of each pair, and the values of both sides for drawn subjects."""
    text = "".join(
        f"define old{number} = {old}\ndefine new{number} = {new}\n" for number, (old, new) in enumerate(pairs)
    )
    parsed = module(FRAME + text + BANDS)
    defined = {item.name.text: item.value for item in parsed.declarations if isinstance(item, tree.Define)}
    known = setting_of(parsed.declarations)
    with TemporaryDirectory() as folder:
        program = compiled(Path(folder), text)
    compare = compared_values if keyword == "values" else compared_conditions
    context = run_context(program, "2020", AS_OF)
    results = [
        evaluate(program, load(program, subject), context) for subject in drawn_subjects(program, SUBJECTS, len(text))
    ]
    return [
        (
            compare(defined[f"old{number}"], defined[f"new{number}"], known),
            [(values[f"define.old{number}"], values[f"define.new{number}"]) for values in results],
        )
        for number in range(len(pairs))
    ]


def holds(relation: Relation, old: object, new: object) -> bool:
    """Whether two values of the interpreter stand as was said."""
    assert isinstance(old, int) and isinstance(new, int)
    match relation:
        case Relation.SAME:
            return old == new
        case Relation.LESS:
            return new <= old
        case Relation.MORE:
            return old <= new
        case Relation.UNKNOWN:
            return True


@pytest.mark.slow
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(CONDITIONS, min_size=12, max_size=12))
def test_what_is_said_of_conditions_holds_for_every_subject(pairs: list[Pair]) -> None:
    for pair, (relation, values) in zip(pairs, outcomes(pairs, "conditions"), strict=True):
        assert all(holds(relation, old, new) for old, new in values), (relation, pair)


@pytest.mark.slow
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(VALUES, min_size=12, max_size=12))
def test_what_is_said_of_values_holds_for_every_subject(pairs: list[Pair]) -> None:
    for pair, (relation, values) in zip(pairs, outcomes(pairs, "values"), strict=True):
        assert all(holds(relation, old, new) for old, new in values), (relation, pair)


def test_a_wrong_claim_would_be_seen() -> None:
    ((_, values),) = outcomes([("months > 3", "months > 2")], "conditions")
    assert not all(holds(Relation.LESS, old, new) for old, new in values)
