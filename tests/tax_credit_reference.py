"""The tax-credit evaluation of 2020 once more, in plain Python, written from the regulations and not from the rule files.

`evaluate(taxpayer, year, as_of)` takes a JSON-like subject (dates as ISO text, amounts as decimal text) and gives an
`Outcome`. It shares no code with creditdsl and follows the order of the articles: start score, deductions, repairs,
admission, direct grading, grade M, the score's grade, the bars to A.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

Fields = Mapping[str, object]
Taxpayer = Mapping[str, object]


@dataclass(frozen=True)
class Outcome:
    graded: bool
    score: Decimal
    score_after_repair: Decimal
    grade: str | None
    grade_after_repair: str | None
    measures: frozenset[str]


def evaluate(taxpayer: Taxpayer, year: int, as_of: date) -> Outcome:
    """What the regulations of 2020 give for one taxpayer."""
    deducted = 0
    given_back = Decimal(0)
    for points, back in _deductions(taxpayer, year, as_of):
        deducted += points
        given_back += back
    start = 100 if _audited_lately(taxpayer, year) else 90
    score = Decimal(start - deducted)
    repaired = score + given_back
    if _not_admitted(taxpayer, as_of):
        return Outcome(False, score, repaired, None, None, frozenset(_joint_penalties(taxpayer)))
    before = _grade(taxpayer, year, as_of, score, after_repair=False)
    after = _grade(taxpayer, year, as_of, repaired, after_repair=True)
    return Outcome(True, score, repaired, before, after, frozenset(_measures(taxpayer, year, after)))


def _rows(taxpayer: Taxpayer, table: str) -> list[Fields]:
    rows = taxpayer.get(table)
    return list(rows) if isinstance(rows, list) else []


def _day(value: object) -> date:
    assert isinstance(value, str)
    return date.fromisoformat(value)


def _amount(value: object) -> Decimal:
    assert isinstance(value, str | int)
    return Decimal(value)


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value


def _counts(row: Fields, day: str, year: int) -> bool:
    """Of the evaluation year and without a reason of article 21."""
    return row.get("excuse") is None and _day(row[day]).year == year


def _missed(row: Fields, due: str, done: str) -> bool:
    return row.get(done) is None or _day(row[done]) > _day(row[due])


# Articles 15 and annex of 2014-48, notice 2020-15


def _audited_lately(taxpayer: Taxpayer, year: int) -> bool:
    return any(year - 2 <= _day(row["issued"]).year <= year for row in _rows(taxpayer, "conclusion"))


def _share(row: Fields, done: str, as_of: date, *, small_tax_rule: bool) -> Decimal:
    """2019-37: what part of the points a record gives back."""
    if row.get(done) is None or row.get("listed") is None or _day(row[done]) > as_of:
        return Decimal(0)
    listed, made_up = _day(row["listed"]), _day(row[done])
    if (made_up - listed).days <= 30:
        return Decimal(1) if small_tax_rule and _amount(row["tax_due"]) <= 1000 else Decimal("0.8")
    return {0: Decimal("0.4"), 1: Decimal("0.2")}.get(made_up.year - listed.year, Decimal(0))


def _occasions(taxpayer: Taxpayer, table: str, done: str, year: int, as_of: date) -> Iterable[tuple[int, Decimal]]:
    """Five points for each tax and due day, of which the least that one of its records gives back is given back."""
    shares: dict[tuple[object, object], list[Decimal]] = {}
    for row in _rows(taxpayer, table):
        if _counts(row, "due", year) and _missed(row, "due", done):
            share = _share(row, done, as_of, small_tax_rule=True)
            shares.setdefault((row["tax"], row["due"]), []).append(share)
    for found in shares.values():
        yield 5, 5 * min(found)


ONCE = {"false_export_documents", "wrong_export_refund", "false_tax_data", "device_altered"}
EACH_TIME = {"invoices_lost": 3, "invoices_destroyed": 3, "device_lost": 1}


def _deductions(taxpayer: Taxpayer, year: int, as_of: date) -> Iterable[tuple[int, Decimal]]:
    """Points deducted, and points that repair gives back of them."""
    nothing = Decimal(0)
    yield from _occasions(taxpayer, "late_filing", "filed", year, as_of)
    yield from _occasions(taxpayer, "late_withholding", "withheld", year, as_of)
    for row in _rows(taxpayer, "late_statement"):
        if _counts(row, "due", year) and _missed(row, "due", "submitted"):
            yield 3, 3 * _share(row, "submitted", as_of, small_tax_rule=False)
    for row in _rows(taxpayer, "late_payment"):
        if _counts(row, "due", year) and _missed(row, "due", "paid"):
            yield 5, 5 * _share(row, "paid", as_of, small_tax_rule=True)
    found = [row["kind"] for row in _rows(taxpayer, "breach") if _counts(row, "found", year)]
    yield 11 * len(ONCE.intersection(found)), nothing
    yield sum(EACH_TIME.get(str(kind), 0) for kind in found), nothing
    yield _audit_points(taxpayer, year), nothing
    if _accounting_rules_late(taxpayer, year):
        yield 3, nothing
    if _nil_returns(taxpayer, year):
        yield 11, nothing
    if _less_than_three_years_of_returns(taxpayer, year):
        yield 11, nothing
    accounts = taxpayer.get("accounts_found")
    if accounts is not None and _whole(accounts) > _whole(taxpayer["accounts_reported"]):
        yield 11, nothing
    if _graded_d(taxpayer, year - 1, as_of, "annual_score"):
        yield 11, nothing


def _audit_points(taxpayer: Taxpayer, year: int) -> int:
    points = 0
    for row in _rows(taxpayer, "conclusion"):
        underpaid, tax = _amount(row["underpaid"]), _amount(row["tax_of_year"])
        found = row["kind"] in ("assessment", "inspection") and _counts(row, "issued", year)
        if found and underpaid > 0 and underpaid * 100 < tax:
            points += 1 if underpaid < 10_000 else 3
    return points


def _accounting_rules_late(taxpayer: Taxpayer, year: int) -> bool:
    for row in _rows(taxpayer, "accounting_rules"):
        last_day = _day(row["confirmed"]) + timedelta(days=15)
        late = row.get("submitted") is None or _day(row["submitted"]) > last_day
        if late and last_day.year == year and row.get("excuse") is None:
            return True
    return False


def _nil_returns(taxpayer: Taxpayer, year: int) -> bool:
    """2014-40 article 19 (3) with 2015-85 article 5."""
    months = [False] * 12
    for row in _rows(taxpayer, "nil_return"):
        of_year, month = (int(part) for part in str(row["month"]).split("-"))
        if row["reason"] != "not_normal" or of_year != year:
            continue
        if row["quarterly"]:
            return True
        months[month - 1] = True
    return sum(months) >= 6 or any(all(months[first : first + 3]) for first in range(10))


def _less_than_three_years_of_returns(taxpayer: Taxpayer, year: int) -> bool:
    first = taxpayer.get("first_filing")
    if first is None:
        return True
    day = _day(first)
    return (day.year, day.month, day.day) > (year - 3, 12, 31)


def _graded_d(taxpayer: Taxpayer, year: int, as_of: date, *origins: str) -> bool:
    """Whether the result of that year was D, of one of the origins (of any, when none is named), and still is."""
    for row in _rows(taxpayer, "prior_evaluation"):
        ended = row.get("repair_completed") is not None and _day(row["repair_completed"]) <= as_of
        if row["year"] == year and row["grade"] == "D" and not ended and (not origins or row["origin"] in origins):
            return True
    return False


# Articles 17 to 20, notices 2018-8 and 2020-15


def _not_admitted(taxpayer: Taxpayer, as_of: date) -> bool:
    for row in _rows(taxpayer, "open_matter"):
        closed = row.get("closed") is not None and _day(row["closed"]) <= as_of
        if _day(row["opened"]) <= as_of and not closed:
            return True
    return False


def _grade(taxpayer: Taxpayer, year: int, as_of: date, score: Decimal, *, after_repair: bool) -> str:
    unpaid, paid_in_sixty_days = _conclusions_unpaid(taxpayer, year, as_of)
    abnormal, lifted = _abnormal(taxpayer, year, as_of)
    worst = _grave(taxpayer, year, as_of)
    if after_repair:
        worst = worst or (unpaid and not paid_in_sixty_days) or (abnormal and not lifted)
    else:
        worst = worst or unpaid or abnormal
    grade = "D" if worst else _ordinary_grade(taxpayer, year, score)
    if grade != "A":
        return grade
    barred = _barred_from_a(taxpayer, year, as_of) or (after_repair and unpaid)
    return "B" if barred else "A"


def _ordinary_grade(taxpayer: Taxpayer, year: int, score: Decimal) -> str:
    if _day(taxpayer["first_contact"]) > date(year, 1, 1):
        return "M"
    if score >= 70:
        return "M" if _amount(taxpayer["operating_revenue"]) == 0 else "A" if score >= 90 else "B"
    return "C" if score >= 40 else "D"


def _conclusions_unpaid(taxpayer: Taxpayer, year: int, as_of: date) -> tuple[bool, bool]:
    """Whether a conclusion was not paid in time, and whether all such were paid within sixty days."""
    missed = [
        row
        for row in _rows(taxpayer, "payment_order")
        if _counts(row, "deadline", year) and _missed(row, "deadline", "paid")
    ]
    cured = [
        row.get("paid") is not None
        and _day(row["paid"]) <= as_of
        and (_day(row["paid"]) - _day(row["deadline"])).days <= 60
        for row in missed
    ]
    return bool(missed), all(cured)


def _abnormal(taxpayer: Taxpayer, year: int, as_of: date) -> tuple[bool, bool]:
    """Whether there is an abnormal record of the year, and whether all are lifted, one at most in a calendar year."""
    lifted_years: list[int] = []
    on_record = open_record = False
    for row in _rows(taxpayer, "abnormal_household"):
        lifted = None if row.get("lifted") is None else _day(row["lifted"])
        of_year = _day(row["since"]).year <= year and (lifted is None or lifted.year >= year)
        on_record = on_record or of_year
        if lifted is None or lifted > as_of:
            open_record = open_record or of_year
        elif of_year:
            lifted_years.append(lifted.year)
    return on_record, not open_record and len(lifted_years) == len(set(lifted_years))


def _grave(taxpayer: Taxpayer, year: int, as_of: date) -> bool:
    """Article 20 but for items (3) and (8) first half, and the second year of a direct D."""
    offences = [row for row in _rows(taxpayer, "offence") if _day(row["decided"]).year == year]
    misconduct = [row for row in _rows(taxpayer, "misconduct") if _day(row["found"]).year == year]
    links = [
        row
        for row in _rows(taxpayer, "person_link")
        if _day(row["since"]).year <= year and (row.get("until") is None or _day(row["until"]).year >= year)
    ]
    suspended = [
        row
        for row in _rows(taxpayer, "refund_suspension")
        if _day(row["since"]).year <= year and _day(row["until"]) > as_of
    ]
    offended = any(_is_direct_d(row, as_of) for row in offences)
    kept = _graded_d(taxpayer, year - 1, as_of, "direct_grading")
    return bool(offended or misconduct or links or suspended or kept)


def _is_direct_d(offence: Fields, as_of: date) -> bool:
    if offence["crime"]:
        return True
    match offence["act"]:
        case "evasion":
            amount, taxes = _amount(offence["amount"]), _amount(offence["all_taxes"])
            return amount >= 100_000 and amount * 10 >= taxes
        case "evading_recovery" | "refund_fraud":
            return offence.get("settled") is not None and _day(offence["settled"]) <= as_of
        case _:
            return True


def _barred_from_a(taxpayer: Taxpayer, year: int, as_of: date) -> bool:
    return (
        _whole(taxpayer["operating_months"]) < 36
        or _graded_d(taxpayer, year - 1, as_of)
        or _graded_d(taxpayer, year - 2, as_of, "direct_grading")
        or _nil_returns(taxpayer, year)
        or not taxpayer["books_in_order"]
    )


# Articles 29 to 32, notice 2018-8, the memorandum of 2016

OF_GRADE = {
    "A": {"a_list_published", "ordinary_invoices_as_needed", "a_joint_incentives"},
    "B": {"b_normal_administration", "b_selected_incentives"},
    "M": {"m_no_authentication", "m_guidance"},
    "C": {"c_strict_administration", "c_selected_measures"},
    "D": {
        "d_list_published",
        "d_invoices_limited",
        "d_export_refund_review",
        "d_tax_assessment",
        "d_key_supervision",
        "d_reported_to_authorities",
        "d_joint_penalties",
    },
}
JOINT = (
    "tax_administration post_restriction credit_reference consumption_ban publication land_restriction "
    "quarantine_supervision procurement_ban customs_ban securities_restriction insurance_restriction toll_road_ban "
    "funding_restriction bond_restriction quota_restriction news_publication licence_control internet_restriction "
    "resource_trading concession_restriction trade_ban honours_revoked association_discipline"
)


def _measures(taxpayer: Taxpayer, year: int, grade: str) -> set[str]:
    found = OF_GRADE[grade] | _joint_penalties(taxpayer)
    if grade == "A" and taxpayer["general_vat_payer"]:
        found = found | {"invoices_three_months"}
    a_years = {row["year"] for row in _rows(taxpayer, "prior_evaluation") if row["grade"] == "A"}
    if grade == "A" and {year - 1, year - 2} <= a_years:
        found = found | {"three_years_a"}
    return found


def _joint_penalties(taxpayer: Taxpayer) -> set[str]:
    if not taxpayer["joint_penalty_party"]:
        return set()
    exit_ban = {"joint_exit_ban"} if taxpayer["unsettled_assessed_tax"] else set()
    return {f"joint_{name}" for name in JOINT.split()} | exit_ban
