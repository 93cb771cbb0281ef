"""Random taxpayers for comparing two evaluations of the tax-credit policy: valid subjects, drawn towards every boundary.

Unlike the synthetic city, which resembles one, these are as unlike each other as possible: every kind of record in
every combination, days at the ends of years and of repair periods, amounts at each line and one fen beside it.
"""

import random
import re
from datetime import date, timedelta

Fields = dict[str, object]

YEAR = 2020
DAY_OR_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
AS_OF_DAYS = (
    date(2020, 12, 31),
    date(2021, 4, 30),
    date(2021, 4, 30),
    date(2021, 4, 30),
    date(2021, 12, 31),
)
TAXES = ("vat", "stamp", "corporate_income")
EXCUSES = (
    None,
    None,
    None,
    None,
    None,
    None,
    "force_majeure",
    "tax_authority",
    "formula_slip",
    "pen_slip",
    "recognised",
)
BREACHES = (
    "false_export_documents",
    "wrong_export_refund",
    "false_tax_data",
    "invoices_lost",
    "invoices_destroyed",
    "device_lost",
    "device_altered",
)
OFFENCES = ("evasion", "evasion", "evading_recovery", "refund_fraud", "false_vat_invoices", "accepting_false_invoices")


def taxpayer(draw: random.Random) -> Fields:
    """One valid taxpayer. About half have no direct D, a third score 70 or more."""
    wild = draw.random() < 0.4
    subject: Fields = {
        "uscc": f"{draw.randrange(10**17):017d}X",
        "first_contact": iso(near_start(draw, YEAR) if draw.random() < 0.2 else date(2009, 5, 6)),
        "first_filing": draw.choice((None, "2017-12-31", "2018-01-01", "2012-02-29", "2012-02-29", "2012-02-29")),
        "operating_months": draw.choice((0, 12, 35, 36, 37, 120, 120, 120)),
        "operating_revenue": draw.choice(("0", "0.01", "500000", "500000", "500000", "98000000.5")),
        "general_vat_payer": draw.random() < 0.5,
        "books_in_order": draw.random() < 0.9,
        "accounts_reported": draw.randint(0, 3),
        "accounts_found": draw.choice((None, None, 0, 1, 2, 3)),
        "joint_penalty_party": draw.random() < 0.1,
        "unsettled_assessed_tax": draw.random() < 0.3,
    }
    for table, make, often in LIGHT:
        most = draw.choice((0, 1, 2, 12)) if wild else draw.choice((0, 0, 0, 1, 2))
        subject[table] = [make(draw) for _ in range(draw.randint(0, most) if draw.random() < often else 0)]
    for table, make, often in GRAVE:
        subject[table] = [make(draw) for _ in range(draw.randint(1, 2) if draw.random() < often else 0)]
    return subject


def taxpayer_of_2022(draw: random.Random) -> Fields:
    """One valid taxpayer as it is seen from 2022-01-01 on, when repair is asked for."""
    subject = taxpayer(draw)
    del subject["accounts_reported"], subject["accounts_found"]
    subject["account_gap"] = [account_gap(draw) for _ in range(draw.choice((0, 0, 0, 1, 2)))]
    subject["repair_application"] = [repair_application(draw) for _ in range(draw.choice((0, 1, 1, 2)))]
    subject["accounting_rules"] = [listed_rules(draw) for _ in range(draw.choice((0, 0, 1, 2)))]
    subject["abnormal_household"] = [applied_household(draw) for _ in range(draw.choice((0, 0, 0, 0, 1, 2)))]
    return subject


def moved(subject: Fields, years: int) -> Fields:
    """The same taxpayer some years later, or earlier: every day, month and year of it; 29 February becomes the 28th."""
    return {name: _moved(name, value, years) for name, value in subject.items()}


def _moved(name: str, value: object, years: int) -> object:
    match value:
        case list():
            return [moved(row, years) for row in value]
        case int() if name == "year":
            return value + years
        case str() if DAY_OR_MONTH.fullmatch(value):
            year, rest = int(value[:4]) + years, value[4:]
            leap = year % 4 == 0
            return f"{year}{'-02-28' if rest == '-02-29' and not leap else rest}"
        case _:
            return value


def iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def near_start(draw: random.Random, year: int) -> date:
    return date(year, 1, 1) + timedelta(days=draw.choice((-1, 0, 1, 40, 364, 365)))


def any_day(draw: random.Random) -> date:
    """A day of the evaluation year, mostly; its ends and the years around it, sometimes."""
    if draw.random() < 0.2:
        return draw.choice(
            (date(2019, 12, 31), date(2020, 1, 1), date(2020, 12, 31), date(2021, 1, 1), date(2018, 7, 7))
        )
    return date(YEAR, 1, 1) + timedelta(days=draw.randrange(366))


def end_day(draw: random.Random, since: date) -> date | None:
    """Absent, or some time after: at the limits of 15, 30 and 60 days, of the year, of the day of evaluation."""
    match draw.randrange(6):
        case 0:
            return None
        case 1:
            return since + timedelta(days=draw.choice((0, 14, 15, 16, 29, 30, 31, 59, 60, 61)))
        case 2:
            return date(since.year + draw.randint(0, 2), 12, 31) + timedelta(days=draw.randint(0, 1))
        case 3:
            return max(since, date(2021, 4, 30) + timedelta(days=draw.randint(-1, 1)))
        case _:
            return since + timedelta(days=draw.randrange(0, 500))


def amount(draw: random.Random, line: int) -> str:
    """An amount in yuan at a line, a fen beside it, or anywhere."""
    fen = line * 100 + draw.choice((-1, 0, 1, -50_00, draw.randrange(0, 300_000_00)))
    return f"{max(fen, 0) // 100}.{max(fen, 0) % 100:02d}"


def duty(draw: random.Random, done: str) -> Fields:
    due = any_day(draw) if draw.random() < 0.5 else date(YEAR, draw.randint(1, 12), 15)
    listed = draw.choice((None, due + timedelta(days=1), due + timedelta(days=draw.randint(0, 40))))
    made_up = end_day(draw, listed or due)
    if draw.random() < 0.1:
        made_up = due + timedelta(days=draw.choice((-1, 0, 1)))
    return {"due": iso(due), done: iso(made_up), "listed": iso(listed), "excuse": draw.choice(EXCUSES)}


def late_payment(draw: random.Random) -> Fields:
    return {"tax_due": amount(draw, 1_000), **duty(draw, "paid")}


def tax_duty(draw: random.Random, done: str) -> Fields:
    return {"tax": draw.choice(TAXES), "tax_due": amount(draw, 1_000), **duty(draw, done)}


def accounting_rules(draw: random.Random) -> Fields:
    confirmed = any_day(draw)
    return {"confirmed": iso(confirmed), "submitted": iso(end_day(draw, confirmed)), "excuse": draw.choice(EXCUSES)}


def listed_rules(draw: random.Random) -> Fields:
    confirmed = any_day(draw)
    listed = draw.choice((None, confirmed + timedelta(days=16)))
    return {
        "confirmed": iso(confirmed),
        "submitted": iso(end_day(draw, listed or confirmed)),
        "listed": iso(listed),
        "excuse": draw.choice(EXCUSES),
    }


def account_gap(draw: random.Random) -> Fields:
    found = any_day(draw)
    listed = draw.choice((None, found, found + timedelta(days=3)))
    return {"found": iso(found), "reported": iso(end_day(draw, listed or found)), "listed": iso(listed)}


def repair_application(draw: random.Random) -> Fields:
    grounds = ("bankruptcy", "published", "linked_to_d", "other_direct", "other_direct", "kept_d")
    return {
        "ground": draw.choice(grounds),
        "applied": iso(draw.choice((date(2021, 12, 31), date(2022, 1, 1), date(2022, 6, 30), date(2022, 7, 1)))),
        "remedied": draw.random() < 0.7,
        "unpublished": draw.random() < 0.5,
        "clean_months": draw.choice((0, 5, 6, 11, 12, 30)),
    }


def applied_household(draw: random.Random) -> Fields:
    household = abnormal_household(draw)
    applied = draw.choice(
        (None, date(2021, 5, 1), date(2022, 6, 30), date(2022, 7, 1), date(2022, 12, 31), date(2023, 1, 1))
    )
    return {**household, "applied": iso(applied), "clean_months": draw.choice((None, 0, 11, 12))}


def nil_return(draw: random.Random) -> Fields:
    year = YEAR if draw.random() < 0.9 else draw.choice((2019, 2021))
    reason = draw.choice(("not_normal", "not_normal", "not_normal", "seasonal", "tax_relief", "other_normal"))
    return {"month": f"{year}-{draw.randint(1, 12):02d}", "quarterly": draw.random() < 0.05, "reason": reason}


def breach(draw: random.Random) -> Fields:
    return {"kind": draw.choice(BREACHES), "found": iso(any_day(draw)), "excuse": draw.choice(EXCUSES)}


def conclusion(draw: random.Random) -> Fields:
    issued = any_day(draw) if draw.random() < 0.7 else draw.choice((date(2017, 12, 31), date(2018, 1, 1)))
    underpaid = amount(draw, draw.choice((0, 10_000)))
    fen = int(underpaid.replace(".", "")) * 100 + draw.choice((-1, 0, 1, 70_000))
    return {
        "kind": draw.choice(("assessment", "inspection", "large_audit", "anti_avoidance")),
        "issued": iso(issued),
        "underpaid": underpaid,
        "tax_of_year": f"{max(fen, 0) // 100}.{max(fen, 0) % 100:02d}",
        "excuse": draw.choice(EXCUSES),
    }


def payment_order(draw: random.Random) -> Fields:
    deadline = any_day(draw)
    return {"deadline": iso(deadline), "paid": iso(end_day(draw, deadline)), "excuse": draw.choice(EXCUSES)}


def offence(draw: random.Random) -> Fields:
    evaded = amount(draw, 100_000)
    fen = int(evaded.replace(".", "")) * 10 + draw.choice((-1, 0, 1, -5_000, 999_999_00))
    decided = any_day(draw)
    return {
        "act": draw.choice(OFFENCES),
        "decided": iso(decided),
        "crime": draw.random() < 0.2,
        "amount": evaded,
        "all_taxes": f"{max(fen, 0) // 100}.{max(fen, 0) % 100:02d}",
        "settled": iso(end_day(draw, decided)),
    }


def misconduct(draw: random.Random) -> Fields:
    kinds = ("violent_resistance", "invoice_harm", "false_preference", "other_serious")
    return {"kind": draw.choice(kinds), "found": iso(any_day(draw))}


def refund_suspension(draw: random.Random) -> Fields:
    since = any_day(draw)
    return {"since": iso(since), "until": iso(end_day(draw, since) or date(2023, 1, 1))}


def abnormal_household(draw: random.Random) -> Fields:
    since = any_day(draw)
    return {"since": iso(since), "lifted": iso(end_day(draw, since))}


def person_link(draw: random.Random) -> Fields:
    since = any_day(draw)
    kind = draw.choice(("of_abnormal_household", "of_grade_d"))
    return {"kind": kind, "since": iso(since), "until": iso(end_day(draw, since))}


def open_matter(draw: random.Random) -> Fields:
    opened = any_day(draw)
    kind = draw.choice(("suspected_offence", "audit_finding", "dispute", "other"))
    return {"kind": kind, "opened": iso(opened), "closed": iso(end_day(draw, opened))}


def prior_evaluation(draw: random.Random) -> Fields:
    year = draw.choice((2017, 2018, 2018, 2019, 2019, 2019))
    grade = draw.choice("AAABBMCDD")
    origin = draw.choice(("annual_score", "direct_grading", "retained")) if grade == "D" else "annual_score"
    repaired = draw.choice((None, None, date(2020, 9, 10), date(2021, 4, 30), date(2021, 5, 1)))
    return {"year": year, "grade": grade, "origin": origin, "repair_completed": iso(repaired) if grade == "D" else None}


LIGHT = (
    ("late_filing", lambda draw: tax_duty(draw, "filed"), 0.6),
    ("late_withholding", lambda draw: tax_duty(draw, "withheld"), 0.4),
    ("late_statement", lambda draw: duty(draw, "submitted"), 0.4),
    ("late_payment", late_payment, 0.4),
    ("accounting_rules", accounting_rules, 0.2),
    ("nil_return", nil_return, 0.4),
    ("breach", breach, 0.3),
    ("conclusion", conclusion, 0.6),
    ("prior_evaluation", prior_evaluation, 0.6),
)
GRAVE = (
    ("payment_order", payment_order, 0.08),
    ("offence", offence, 0.06),
    ("misconduct", misconduct, 0.03),
    ("refund_suspension", refund_suspension, 0.03),
    ("abnormal_household", abnormal_household, 0.08),
    ("person_link", person_link, 0.03),
    ("open_matter", open_matter, 0.06),
)
