"""The tax-credit evaluation once more, in plain Python, written from the regulations and not from the rule files.

`evaluate(taxpayer, law)` takes a JSON-like subject (dates as ISO text, amounts as decimal text) and gives an
`Outcome`. It shares no code with creditdsl and follows the order of the articles: start score, deductions, repairs,
admission, direct grading, grade M, the score's grade, the bars to A. `Law` says which notices an evaluation is under.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tax_credit_law import Law
from tax_credit_measures import joint_penalties, measures

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
    """What the regulations give for one taxpayer."""
    law = Law(year, as_of)
    deducted = 0
    given_back = Decimal(0)
    for points, back in _deductions(taxpayer, law):
        deducted += points
        given_back += back
    start = 100 if _audited_lately(taxpayer, law) else 90
    score = Decimal(start - deducted)
    repaired = score + given_back
    if _not_admitted(taxpayer, as_of):
        return Outcome(False, score, repaired, None, None, frozenset(joint_penalties(taxpayer, law)))
    before = _grade(taxpayer, law, score, after_repair=False)
    after = _grade(taxpayer, law, repaired, after_repair=True)
    return Outcome(True, score, repaired, before, after, frozenset(measures(taxpayer, law, after)))


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


def _audited_lately(taxpayer: Taxpayer, law: Law) -> bool:
    first = law.year - 2 if law.three_years_of_information else law.year
    return any(first <= _day(row["issued"]).year <= law.year for row in _rows(taxpayer, "conclusion"))


def _share(row: Fields, done: str, law: Law, first_listing: date, *, small_tax_rule: bool) -> Decimal:
    """2019-37 and 2021-31: what part of the points a record gives back.

    What had been listed before `first_listing` was out of time for an application when the notice came into force.
    """
    if row.get(done) is None or row.get("listed") is None or _day(row[done]) > law.as_of:
        return Decimal(0)
    listed, made_up = _day(row["listed"]), _day(row[done])
    if listed < first_listing:
        return Decimal(0)
    if (made_up - listed).days <= 30:
        return Decimal(1) if small_tax_rule and _amount(row["tax_due"]) <= 1000 else Decimal("0.8")
    return {0: Decimal("0.4"), 1: Decimal("0.2")}.get(made_up.year - listed.year, Decimal(0))


def _share_2019(row: Fields, done: str, law: Law, *, small_tax_rule: bool) -> Decimal:
    if not law.repair:
        return Decimal(0)
    return _share(row, done, law, date(2019, 1, 1), small_tax_rule=small_tax_rule)


def _share_2021(row: Fields, done: str, law: Law) -> Decimal:
    if not law.more_repair:
        return Decimal(0)
    return _share(row, done, law, date(2021, 1, 1), small_tax_rule=False)


def _occasions(taxpayer: Taxpayer, table: str, done: str, law: Law) -> Iterable[tuple[int, Decimal]]:
    """Five points for each tax and due day, of which the least that one of its records gives back is given back."""
    shares: dict[tuple[object, object], list[Decimal]] = {}
    for row in _rows(taxpayer, table):
        if _counts(row, "due", law.year) and _missed(row, "due", done):
            share = _share_2019(row, done, law, small_tax_rule=True)
            shares.setdefault((row["tax"], row["due"]), []).append(share)
    for found in shares.values():
        yield 5, 5 * min(found)


ONCE = {"false_export_documents", "wrong_export_refund", "false_tax_data", "device_altered"}
EACH_TIME = {"invoices_lost": 3, "invoices_destroyed": 3, "device_lost": 1}


def _deductions(taxpayer: Taxpayer, law: Law) -> Iterable[tuple[int, Decimal]]:
    """Points deducted, and points that repair gives back of them."""
    nothing = Decimal(0)
    yield from _occasions(taxpayer, "late_filing", "filed", law)
    yield from _occasions(taxpayer, "late_withholding", "withheld", law)
    for row in _rows(taxpayer, "late_statement"):
        if _counts(row, "due", law.year) and _missed(row, "due", "submitted"):
            yield 3, 3 * _share_2019(row, "submitted", law, small_tax_rule=False)
    for row in _rows(taxpayer, "late_payment"):
        if _counts(row, "due", law.year) and _missed(row, "due", "paid"):
            yield 5, 5 * _share_2019(row, "paid", law, small_tax_rule=True)
    found = [row["kind"] for row in _rows(taxpayer, "breach") if _counts(row, "found", law.year)]
    yield 11 * len(ONCE.intersection(found)), nothing
    yield sum(EACH_TIME.get(str(kind), 0) for kind in found), nothing
    yield _audit_points(taxpayer, law.year), nothing
    yield from _once(3, _accounting_rules_late(taxpayer, law))
    if _nil_returns(taxpayer, law):
        yield 11, nothing
    if _less_than_three_years_of_returns(taxpayer, law.year):
        yield 11, nothing
    yield from _once(11, _accounts_not_reported(taxpayer, law))
    if law.only_a_direct_d_is_kept and _graded_d(taxpayer, law, 1, "annual_score"):
        yield 11, nothing


def _audit_points(taxpayer: Taxpayer, year: int) -> int:
    points = 0
    for row in _rows(taxpayer, "conclusion"):
        underpaid, tax = _amount(row["underpaid"]), _amount(row["tax_of_year"])
        found = row["kind"] in ("assessment", "inspection") and _counts(row, "issued", year)
        if found and underpaid > 0 and underpaid * 100 < tax:
            points += 1 if underpaid < 10_000 else 3
    return points


def _once(points: int, shares: Iterable[Decimal]) -> Iterable[tuple[int, Decimal]]:
    """Deducted once for all records; what is left of each when its share is given back counts up to the same points."""
    found = list(shares)
    if found:
        yield points, points - min(Decimal(points), sum((points * (1 - share) for share in found), Decimal(0)))


def _accounting_rules_late(taxpayer: Taxpayer, law: Law) -> Iterable[Decimal]:
    """The share that each failure gives back: nothing before notice 2021-31."""
    for row in _rows(taxpayer, "accounting_rules"):
        last_day = _day(row["confirmed"]) + timedelta(days=15)
        late = row.get("submitted") is None or _day(row["submitted"]) > last_day
        if late and last_day.year == law.year and row.get("excuse") is None:
            yield _share_2021(row, "submitted", law)


def _accounts_not_reported(taxpayer: Taxpayer, law: Law) -> Iterable[Decimal]:
    """Two numbers, and from notice 2021-31 on records that can be put right."""
    accounts = taxpayer.get("accounts_found")
    if accounts is not None and _whole(accounts) > _whole(taxpayer["accounts_reported"]):
        yield Decimal(0)
    for row in _rows(taxpayer, "account_gap"):
        if _day(row["found"]).year == law.year:
            yield _share_2021(row, "reported", law)


def _nil_returns(taxpayer: Taxpayer, law: Law) -> bool:
    """2014-40 article 19 (3) with 2015-85 article 5."""
    months = [False] * 12
    for row in _rows(taxpayer, "nil_return"):
        of_year, month = (int(part) for part in str(row["month"]).split("-"))
        if row["reason"] != "not_normal" or of_year != law.year:
            continue
        if law.quarterly_counts_as_three and row["quarterly"]:
            return True
        months[month - 1] = True
    return sum(months) >= 6 or any(all(months[first : first + 3]) for first in range(10))


def _less_than_three_years_of_returns(taxpayer: Taxpayer, year: int) -> bool:
    first = taxpayer.get("first_filing")
    if first is None:
        return True
    day = _day(first)
    return (day.year, day.month, day.day) > (year - 3, 12, 31)


def _graded_d(taxpayer: Taxpayer, law: Law, years_ago: int, *origins: str) -> bool:
    """Whether the result of that year was D, of one of the origins (of any, when none is named), and still is."""
    for row in _rows(taxpayer, "prior_evaluation"):
        completed = row.get("repair_completed")
        ended = law.repair and completed is not None and _day(completed) <= law.as_of
        of_year = row["year"] == law.year - years_ago and row["grade"] == "D"
        if of_year and not ended and (not origins or row["origin"] in origins):
            return True
    return False


def _kept_origins(law: Law) -> tuple[str, ...]:
    """How a D came about that is kept for a second year: every D that is not itself kept, later a direct one alone."""
    return ("direct_grading",) if law.only_a_direct_d_is_kept else ("direct_grading", "annual_score")


# Articles 17 to 20, notices 2018-8 and 2020-15


def _not_admitted(taxpayer: Taxpayer, as_of: date) -> bool:
    for row in _rows(taxpayer, "open_matter"):
        closed = row.get("closed") is not None and _day(row["closed"]) <= as_of
        if _day(row["opened"]) <= as_of and not closed:
            return True
    return False


def _grade(taxpayer: Taxpayer, law: Law, score: Decimal, *, after_repair: bool) -> str:
    unpaid, paid_in_sixty_days = _conclusions_unpaid(taxpayer, law)
    abnormal, lifted = _abnormal(taxpayer, law)
    own, by_link_to_d, kept = (
        _own_conduct(taxpayer, law),
        _linked_to_d(taxpayer, law.year),
        _kept(taxpayer, law),
    )
    worst = _linked_to_abnormal(taxpayer, law.year)
    if after_repair and law.repair:
        own_repaired = _own_repaired(taxpayer, law)
        worst = worst or (unpaid and not paid_in_sixty_days and not own_repaired) or (abnormal and not lifted)
        worst = worst or (own and not own_repaired)
        worst = worst or (by_link_to_d and not _applied(taxpayer, law, "linked_to_d", 6))
        worst = worst or (kept and not _kept_repaired(taxpayer, law))
    else:
        worst = worst or unpaid or abnormal or own or by_link_to_d or kept
    grade = "D" if worst else _ordinary_grade(taxpayer, law, score)
    if grade != "A":
        return grade
    barred = _barred_from_a(taxpayer, law)
    if after_repair and law.repair:
        barred = barred or (unpaid and paid_in_sixty_days) or (abnormal and law.more_repair)
    return "B" if barred else "A"


def _applied(taxpayer: Taxpayer, law: Law, ground: str, months: int, *duties: str) -> bool:
    """Notice 2021-31: an application on that ground, after so many clean months, with one of the duties performed."""
    for row in _rows(taxpayer, "repair_application") if law.more_repair else ():
        if row["ground"] != ground or _day(row["applied"]) > law.as_of or _whole(row["clean_months"]) < months:
            continue
        if not duties or any(row[duty] for duty in duties):
            return True
    return False


def _own_repaired(taxpayer: Taxpayer, law: Law) -> bool:
    return (
        _applied(taxpayer, law, "bankruptcy", 0, "remedied")
        or _applied(taxpayer, law, "published", 12, "unpublished")
        or _applied(taxpayer, law, "other_direct", 12, "remedied")
    )


def _kept_repaired(taxpayer: Taxpayer, law: Law) -> bool:
    return _applied(taxpayer, law, "kept_d", 12, "remedied", "unpublished")


def _ordinary_grade(taxpayer: Taxpayer, law: Law, score: Decimal) -> str:
    if law.grade_m and _day(taxpayer["first_contact"]) > date(law.year, 1, 1):
        return "M"
    if score >= 70:
        without_revenue = law.grade_m and _amount(taxpayer["operating_revenue"]) == 0
        return "M" if without_revenue else "A" if score >= 90 else "B"
    return "C" if score >= 40 else "D"


def _conclusions_unpaid(taxpayer: Taxpayer, law: Law) -> tuple[bool, bool]:
    """Whether a conclusion was not paid in time, and whether all such were paid within sixty days."""
    missed = [
        row
        for row in _rows(taxpayer, "payment_order")
        if _counts(row, "deadline", law.year) and _missed(row, "deadline", "paid")
    ]
    cured = [
        row.get("paid") is not None
        and _day(row["paid"]) <= law.as_of
        and (_day(row["paid"]) - _day(row["deadline"])).days <= 60
        for row in missed
    ]
    return bool(missed), all(cured)


def _abnormal(taxpayer: Taxpayer, law: Law) -> tuple[bool, bool]:
    """Whether there is an abnormal record of the year, and whether all are repaired, one at most in a calendar year."""
    lifted_years: list[int] = []
    on_record = open_record = False
    for row in _rows(taxpayer, "abnormal_household"):
        lifted = None if row.get("lifted") is None else _day(row["lifted"])
        of_year = _day(row["since"]).year <= law.year and (lifted is None or lifted.year >= law.year)
        on_record = on_record or of_year
        if lifted is None or lifted > law.as_of or not _applied_in_time(row, law):
            open_record = open_record or of_year
        elif of_year:
            lifted_years.append(lifted.year)
    return on_record, not open_record and len(lifted_years) == len(set(lifted_years))


def _applied_in_time(row: Fields, law: Law) -> bool:
    """Notice 2021-31: by the end of the year after the result, or later with twelve clean months."""
    if not law.more_repair:
        return True
    if row.get("applied") is None or not _day(row["lifted"]) <= _day(row["applied"]) <= law.as_of:
        return False
    clean = row.get("clean_months")
    return _day(row["applied"]) <= date(law.year + 2, 12, 31) or (clean is not None and _whole(clean) >= 12)


def _own_conduct(taxpayer: Taxpayer, law: Law) -> bool:
    """Article 20 (1), (2), (4) to (7) and (10)."""
    offences = [row for row in _rows(taxpayer, "offence") if _day(row["decided"]).year == law.year]
    misconduct = [row for row in _rows(taxpayer, "misconduct") if _day(row["found"]).year == law.year]
    suspended = [
        row
        for row in _rows(taxpayer, "refund_suspension")
        if _day(row["since"]).year <= law.year and _day(row["until"]) > law.as_of
    ]
    return bool(any(_is_direct_d(row, law.as_of) for row in offences) or misconduct or suspended)


def _linked(taxpayer: Taxpayer, year: int, kind: str) -> bool:
    return any(
        row["kind"] == kind
        and _day(row["since"]).year <= year
        and (row.get("until") is None or _day(row["until"]).year >= year)
        for row in _rows(taxpayer, "person_link")
    )


def _linked_to_abnormal(taxpayer: Taxpayer, year: int) -> bool:
    return _linked(taxpayer, year, "of_abnormal_household")


def _linked_to_d(taxpayer: Taxpayer, year: int) -> bool:
    return _linked(taxpayer, year, "of_grade_d")


def _kept(taxpayer: Taxpayer, law: Law) -> bool:
    """The second year of a D, from 2020-15 on of a direct one."""
    return _graded_d(taxpayer, law, 1, *_kept_origins(law))


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


def _barred_from_a(taxpayer: Taxpayer, law: Law) -> bool:
    return (
        _whole(taxpayer["operating_months"]) < 36
        or _graded_d(taxpayer, law, 1)
        or _graded_d(taxpayer, law, 2, *_kept_origins(law))
        or _nil_returns(taxpayer, law)
        or not taxpayer["books_in_order"]
    )
