"""Subjects, periods and days as data: what is taken, what is refused, and with which words."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from core_examples import PROGRAM, late, taxpayer

from creditdsl.core.calendar import day_of
from creditdsl.core.inputs import load, parse_period, run_context
from creditdsl.core.ir import MAX_RECORDS, PeriodKind
from creditdsl.diagnostics import PolicyError


def problems(subject: object) -> list[tuple[str, str]]:
    """Code and place of every problem of a subject."""
    with pytest.raises(PolicyError) as refused:
        load(PROGRAM, subject)
    return [(item.code.name, item.message.en.split(":")[0]) for item in refused.value.diagnostics]


def message(subject: object) -> str:
    with pytest.raises(PolicyError) as refused:
        load(PROGRAM, subject)
    return "\n".join(item.message.en for item in refused.value.diagnostics)


def test_a_valid_subject_has_every_field_at_its_type() -> None:
    subject = load(PROGRAM, taxpayer(late("2019-07-20"), late(None), rate="10%", since="2020-11"))
    assert subject.fields == {
        "uscc": "91",
        "operating_months": 60,
        "tax_payable": 120_000_050,
        "rate": 10,
        "since": 2020 * 12 + 10,
        "new_firm": False,
    }
    assert subject.records["late_filing"][0]["filed"] == day_of(date(2019, 7, 20))
    assert subject.records["late_filing"][1]["filed"] is None
    assert subject.records["evasion"] == ()


@pytest.mark.parametrize(
    ("raw", "fen"),
    [(12, 1200), (12.5, 1250), ("12.50", 1250), (Decimal("12.5"), 1250), ("12.500", 1250), (0.1, 10), ("+3", 300)]
    + [
        (1e3, 100_000),
        (Decimal("1E+3"), 100_000),
        (0, 0),
        ("-0", 0),
        ("0.0000", 0),
        (Decimal("0E+30"), 0),
        (123456789.01, 12345678901),
    ],
)
def test_an_amount_may_be_an_integer_a_decimal_a_string_or_a_short_float(raw: object, fen: int) -> None:
    assert load(PROGRAM, taxpayer(tax_payable=raw)).fields["tax_payable"] == fen


@pytest.mark.parametrize("raw", ["10%", "0.1", 0.1, "10.0%", Decimal("0.10")])
def test_a_rate_may_be_a_decimal_or_a_percentage(raw: object) -> None:
    assert load(PROGRAM, taxpayer(rate=raw)).fields["rate"] == 10


@pytest.mark.parametrize(
    ("raw", "code"),
    [(True, "CR0903"), ("abc", "CR0903"), ("", "CR0903"), ("1e3", "CR0903"), ("１２", "CR0903"), ("10%", "CR0903")]
    + [(float("nan"), "CR0903"), (float("inf"), "CR0903"), (Decimal("NaN"), "CR0903"), (Decimal("Infinity"), "CR0903")]
    + [("1.005", "CR0903"), (0.1 + 0.2, "CR0903"), ([], "CR0903"), ({}, "CR0903"), (" 5", "CR0903"), ("5\n", "CR0903")]
    + [(-1, "CR0904"), ("100000000000.01", "CR0904"), (10**4000, "CR0904"), (1e300, "CR0904"), (2**63, "CR0904")]
    + [(Decimal("1E+999999"), "CR0904"), (Decimal("1E-999999"), "CR0903"), (None, "CR0901")],
)
def test_a_bad_amount_is_refused(raw: object, code: str) -> None:
    assert problems(taxpayer(tax_payable=raw)) == [(code, "`tax_payable`")]


def test_an_integer_too_long_to_print_is_refused_like_any_other() -> None:
    assert problems(taxpayer(tax_payable=10**5000)) == [("CR0904", "`tax_payable`")]


def test_a_whole_number_refuses_a_fraction() -> None:
    assert message(taxpayer(operating_months=2.5)) == "`operating_months`: must be a whole number, but is 2.5"


def test_a_float_that_is_not_exact_is_refused_with_what_to_write() -> None:
    assert "give it as a decimal string" in message(taxpayer(tax_payable=0.1 + 0.2))


@pytest.mark.parametrize(
    ("raw", "code"),
    [("2019-02-29", "CR0904"), ("2019-7-15", "CR0903"), ("20190715", "CR0903"), (20190715, "CR0903"), ("", "CR0903")]
    + [("1899-12-31", "CR0904"), ("2200-01-01", "CR0904"), ("0000-01-01", "CR0904"), (True, "CR0903")]
    + [(datetime(2019, 7, 15), "CR0903"), ("2019-07-15T00:00:00", "CR0903"), ("２０１９-07-15", "CR0903")],
)
def test_a_bad_date_is_refused(raw: object, code: str) -> None:
    record = {**late(None), "due": raw}
    assert problems(taxpayer(late(None), record)) == [(code, "`late_filing[1].due`")]


def test_a_python_date_is_taken() -> None:
    record = {**late(None), "due": date(2019, 7, 15)}
    assert load(PROGRAM, taxpayer(record)).records["late_filing"][0]["due"] == day_of(date(2019, 7, 15))


@pytest.mark.parametrize(
    ("raw", "code"), [("2020-13", "CR0903"), ("2020", "CR0903"), (202011, "CR0903"), ("1999-12", "CR0904")]
)
def test_a_bad_month_is_refused(raw: object, code: str) -> None:
    assert problems(taxpayer(since=raw)) == [(code, "`since`")]


def test_a_truth_value_is_not_a_number() -> None:
    assert problems(taxpayer(new_firm=1)) == [("CR0903", "`new_firm`")]


def test_a_text_that_cannot_be_written_out_is_refused() -> None:
    assert problems(taxpayer(uscc="\ud800")) == [("CR0903", "`uscc`")]


def test_a_wrong_choice_is_refused_with_the_name_that_is_near_or_labelled_so() -> None:
    for raw, name in (("vaat", "vat"), ("企业所得税", "cit")):
        with pytest.raises(PolicyError) as refused:
            load(PROGRAM, taxpayer({**late(None), "tax": raw}))
        [problem] = refused.value.diagnostics
        assert problem.code.name == "CR0904"
        assert problem.help is not None and f"`{name}`" in problem.help.en


def test_unknown_names_are_told_apart_and_the_near_one_is_suggested() -> None:
    with pytest.raises(PolicyError) as refused:
        load(PROGRAM, taxpayer(late_fillings=[], operating_month=3))
    found = [(item.code.name, item.help.en if item.help else None) for item in refused.value.diagnostics]
    assert found == [("CR0905", "did you mean `late_filing`?"), ("CR0902", "did you mean `operating_months`?")]


def test_an_unknown_field_of_a_record_is_refused() -> None:
    assert problems(taxpayer({**late(None), "duee": 1})) == [("CR0902", "`late_filing[0].duee`")]


def test_a_record_list_may_be_left_out_only_where_absence_means_none() -> None:
    subject = taxpayer()
    del subject["late_filing"]
    assert problems(subject) == [("CR0906", "`late_filing`")]


def test_a_list_that_is_none_and_a_record_that_is_no_object_are_refused() -> None:
    assert problems(taxpayer(late_filing={})) == [("CR0903", "`late_filing`")]
    assert problems(taxpayer(late_filing=[1])) == [("CR0903", "`late_filing[0]`")]


def test_more_records_than_the_proofs_allow_are_refused() -> None:
    assert problems(taxpayer(late_filing=[late(None)] * (MAX_RECORDS + 1))) == [("CR0913", "`late_filing`")]


def test_as_many_records_as_the_proofs_allow_are_taken() -> None:
    subject = load(PROGRAM, taxpayer(evasion=[{"amount": 1}] * MAX_RECORDS))
    assert len(subject.records["evasion"]) == MAX_RECORDS


def test_a_subject_that_is_no_object_is_refused() -> None:
    for raw in (None, [], "x", 3):
        assert [code for code, _ in problems(raw)] == ["CR0903"]


def test_every_problem_is_told_at_once_in_the_order_of_the_schema() -> None:
    subject = {"operating_months": -1, "tax_payable": "x", "colour": 1, "late_filing": [{"tax": "vat", "due": 5}]}
    assert problems(subject) == [
        ("CR0901", "`uscc`"),
        ("CR0904", "`operating_months`"),
        ("CR0903", "`tax_payable`"),
        ("CR0901", "`new_firm`"),
        ("CR0902", "`colour`"),
        ("CR0903", "`late_filing[0].due`"),
    ]


def test_a_message_is_cut_off_and_escapes_control_characters() -> None:
    text = message(taxpayer(tax_payable="\n" * 10_000, **{"\x1b[31m": 1}))
    assert "\x1b" not in text and len(text) < 500 and text.count("\n") == 1


def test_a_period_is_a_year_with_its_first_and_last_day() -> None:
    period = parse_period(PROGRAM, "2020")
    assert (period.start, period.end) == (date(2020, 1, 1), date(2020, 12, 31))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2020-11", "CR0914"),
        ("20", "CR0914"),
        ("２０２０", "CR0914"),
        ("", "CR0914"),
        ("2013", "CR0911"),
        ("2200", "CR0914"),
    ],
)
def test_a_period_that_does_not_fit_is_refused(text: str, code: str) -> None:
    with pytest.raises(PolicyError) as refused:
        parse_period(PROGRAM, text)
    assert [item.code.name for item in refused.value.diagnostics] == [code]


def test_the_last_year_that_an_input_may_name_is_a_period() -> None:
    assert parse_period(PROGRAM, "2199").end == date(2199, 12, 31)


def test_the_as_of_date_does_not_lie_before_the_period() -> None:
    assert run_context(PROGRAM, "2020", date(2020, 1, 1)).as_of == date(2020, 1, 1)
    with pytest.raises(PolicyError) as refused:
        run_context(PROGRAM, "2020", date(2019, 12, 31))
    assert [item.code.name for item in refused.value.diagnostics] == ["CR0914"]


def test_the_policy_is_in_force_when_the_last_day_of_the_period_is() -> None:
    year = replace(PROGRAM.header, effective_start=date(2019, 12, 31), effective_end=date(2020, 12, 31))
    program = replace(PROGRAM, header=year)
    assert parse_period(program, "2019").end == date(2019, 12, 31)
    assert parse_period(program, "2020").end == date(2020, 12, 31)
    for text in ("2018", "2021"):
        with pytest.raises(PolicyError) as refused:
            parse_period(program, text)
        assert [item.code.name for item in refused.value.diagnostics] == ["CR0911"]


@pytest.mark.parametrize(
    ("text", "last"), [("2020-02", date(2020, 2, 29)), ("2019-12", date(2019, 12, 31)), ("2199-12", date(2199, 12, 31))]
)
def test_a_month_is_a_period_where_the_policy_says_so(text: str, last: date) -> None:
    program = replace(PROGRAM, header=replace(PROGRAM.header, periods=(PeriodKind.MONTH,)))
    period = parse_period(program, text)
    assert (period.text, period.start, period.end) == (text, last.replace(day=1), last)


@pytest.mark.parametrize("text", ["2020", "2020-13", "2020-1"])
def test_a_policy_of_months_refuses_what_is_no_month(text: str) -> None:
    program = replace(PROGRAM, header=replace(PROGRAM.header, periods=(PeriodKind.MONTH,)))
    with pytest.raises(PolicyError) as refused:
        parse_period(program, text)
    assert [item.code.name for item in refused.value.diagnostics] == ["CR0914"]


def test_the_as_of_date_lies_on_the_calendar() -> None:
    assert run_context(PROGRAM, "2199", date(2199, 12, 31)).as_of == date(2199, 12, 31)
    with pytest.raises(PolicyError) as refused:
        run_context(PROGRAM, "2199", date(2200, 1, 1))
    assert [item.code.name for item in refused.value.diagnostics] == ["CR0914"]
