"""The tax-credit policy through time: what its text says on eleven days.

What is expected stands here once more as tables that were read off the instruments.
"""

from datetime import date, timedelta

import pytest
from tax_credit_texts import declared, points, text_for, text_on

from creditdsl.compile import Compiled
from creditdsl.syntax import tree

ORIGINAL = date(2014, 10, 1)
FIRST_DAYS = {
    "notice46": date(2015, 12, 31),
    "notice85": date(2015, 12, 31),
    "notice9": date(2016, 3, 1),
    "memo1467": date(2016, 12, 31),
    "memo2798": date(2016, 12, 31),
    "export_management": date(2016, 12, 31),
    "notice8": date(2018, 4, 1),
    "notice31_2018": date(2018, 12, 31),
    "notice113": date(2019, 11, 1),
    "notice37": date(2020, 1, 1),
    "notice15": date(2020, 11, 1),
    "notice15_start": date(2020, 11, 1),
    "notice31": date(2022, 1, 1),
}
DAYS = (ORIGINAL, *sorted(set(FIRST_DAYS.values())), date(2025, 6, 30))
INDICATORS = {
    "010101": 5,
    "010102": 5,
    "010103": 3,
    "nil_returns": 11,
    "short_filing_history": 11,
    "export_documents": 11,
    "export_refund_claim": 11,
    "010501": 3,
    "tax_data": 11,
    "late_tax_payment": 5,
    "invoice_loss": 3,
    "invoice_destruction": 3,
    "device_loss": 1,
    "device_alteration": 11,
    "050101": 1,
    "050103": 3,
    "060301": 1,
    "060303": 3,
    "unreported_accounts": 11,
}
DIRECT_GRADES = {
    "tax_crime",
    "large_evasion",
    "settled_fraud",
    "vat_invoice_fraud",
    "unpaid_conclusion",
    "resisting_collection",
    "harmful_invoicing",
    "false_preference_claim",
    "suspended_refunds",
    "040103",
    "040104",
    "040105",
    "other_serious_breach",
    "retained_d",
}
REPAIRS_2019 = {"010101", "010102", "010103", "late_tax_payment"}
DIRECT_REPAIRS_2019 = {"unpaid_conclusion", "040103"}


def test_the_days_of_the_texts_are_those_of_the_instruments() -> None:
    assert len(DAYS) == 11


@pytest.mark.parametrize("day", DAYS)
def test_the_text_of_a_day_has_the_amendments_made_by_then(day: date) -> None:
    made = {item.name.text for item in text_on(day).slice.amendments}
    assert made == {name for name, first in FIRST_DAYS.items() if first <= day}


@pytest.mark.parametrize("name", FIRST_DAYS)
def test_an_amendment_is_in_the_text_of_its_first_day_and_not_of_the_day_before(name: str) -> None:
    before, first = (text_on(FIRST_DAYS[name] - timedelta(days=days)) for days in (1, 0))
    assert [name in {item.name.text for item in text.slice.amendments} for text in (before, first)] == [False, True]


@pytest.mark.parametrize("day", DAYS)
def test_the_text_of_a_day_deducts_the_points_of_the_annex(day: date) -> None:
    added = {"prior_d_by_score": 11} if day >= date(2020, 11, 1) else {}
    assert points(text_on(day)) == {**INDICATORS, **added}


@pytest.mark.parametrize("day", DAYS)
def test_the_text_of_a_day_has_the_direct_grades_of_article_20_and_the_kept_d(day: date) -> None:
    assert {item.code.text for item in declared(text_on(day)) if isinstance(item, tree.Direct)} == DIRECT_GRADES


@pytest.mark.parametrize("day", DAYS)
def test_grade_m_is_in_the_text_from_april_2018(day: date) -> None:
    grades = next(item for item in declared(text_on(day)) if isinstance(item, tree.Grades))
    assert "".join(band.grade.text for band in grades.bands) == ("ABMCD" if day >= date(2018, 4, 1) else "ABCD")


@pytest.mark.parametrize("day", DAYS)
def test_firms_are_assigned_to_m_from_april_2018(day: date) -> None:
    assigned = {item.code.text for item in declared(text_on(day)) if isinstance(item, tree.Assign)}
    assert assigned == ({"new_firm", "no_revenue"} if day >= date(2018, 4, 1) else set())


@pytest.mark.parametrize("day", DAYS)
def test_deductions_are_repaired_from_2020_and_two_more_from_2022(day: date) -> None:
    repaired = {item.indicator.text for item in declared(text_on(day)) if isinstance(item, tree.RepairPoints)}
    later = {"010501", "unreported_accounts"} if day >= date(2022, 1, 1) else set()
    assert repaired == (REPAIRS_2019 | later if day >= date(2020, 1, 1) else set())


@pytest.mark.parametrize("day", DAYS)
def test_direct_grades_are_repaired_from_2020_and_all_but_one_from_2022(day: date) -> None:
    repaired = {item.direct.text for item in declared(text_on(day)) if isinstance(item, tree.RepairDirect)}
    if day >= date(2022, 1, 1):
        assert repaired == DIRECT_GRADES - {"040104"}
    else:
        assert repaired == (DIRECT_REPAIRS_2019 if day >= date(2020, 1, 1) else set())


@pytest.mark.parametrize("day", DAYS)
def test_the_24_joint_penalties_are_in_the_text_from_the_end_of_2016(day: date) -> None:
    penalties = [item.code.text for item in declared(text_on(day)) if isinstance(item, tree.Measure)]
    assert sum(code.startswith("joint_") for code in penalties) == (24 if day >= date(2016, 12, 31) else 0)


@pytest.mark.parametrize("day", DAYS)
def test_the_seven_measures_of_grade_d_are_in_every_text(day: date) -> None:
    penalties = [item.code.text for item in declared(text_on(day)) if isinstance(item, tree.Measure)]
    assert sum(code.startswith("d_") for code in penalties) == 7


def places(text: Compiled, source: str) -> dict[str, tree.SourceArticle]:
    sources = [item for item in declared(text) if isinstance(item, tree.Source) and item.name.text == source]
    return {
        " ".join(f"{place.word.value} {place.number or ''}".strip() for place in article.locators): article
        for item in sources
        for article in item.articles
    }


@pytest.mark.parametrize("day", DAYS)
def test_article_32_item_7_is_in_force_until_november_2020(day: date) -> None:
    assert places(text_on(day), "order40")["article 32 item 7"].encoded == (day < date(2020, 11, 1))


@pytest.mark.parametrize("day", DAYS)
def test_article_15_paragraph_2_is_in_force_until_november_2020(day: date) -> None:
    assert places(text_on(day), "order40")["article 15 paragraph 2"].encoded == (day < date(2020, 11, 1))


@pytest.mark.parametrize("code", ["050102", "050104", "060302", "060304"])
def test_the_formulas_of_2016_change_the_reason_why_a_row_is_left_out(code: str) -> None:
    before, after = (
        places(text_on(day), "order48")[f"annex row {code}"] for day in (date(2016, 2, 29), date(2016, 3, 1))
    )
    assert [before.encoded, after.encoded] == [False, False]
    assert before.text.texts != after.text.texts


@pytest.mark.parametrize("day", DAYS)
def test_a_text_has_no_source_of_a_later_instrument(day: date) -> None:
    sources = {item.name.text for item in declared(text_on(day)) if isinstance(item, tree.Source)}
    made = {name for name, first in FIRST_DAYS.items() if first <= day} - {"notice15_start"}
    assert sources == {"order40", "order48"} | made


def test_nothing_but_the_kept_d_and_its_third_year_changes_for_2019_in_november_2020() -> None:
    before, after = (text_for("2019", day) for day in (date(2020, 10, 31), date(2020, 11, 1)))
    assert set(points(after)) - set(points(before)) == {"prior_d_by_score"}
    assert [item for item in declared(before) if isinstance(item, tree.Score)] == [
        item for item in declared(after) if isinstance(item, tree.Score)
    ]
