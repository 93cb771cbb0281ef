"""The tax-credit evaluation of 2020 as an engineer would write it for speed: one straight-line function, no compiler.

It takes the dataclasses of the emitted module (only their fields are read), a year and the as-of date, and gives the
same fields as the emitted `evaluate`. Scores are whole tenths of a point. It is the baseline of `python_speed.py`.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

SMALL_TAX = 100_000
FIFTEEN_DAYS = timedelta(days=15)
THIRTY_DAYS = timedelta(days=30)
SIXTY_DAYS = timedelta(days=60)

B_MEASURES = ("b_normal_administration", "b_selected_incentives")
M_MEASURES = ("m_no_authentication", "m_guidance")
C_MEASURES = ("c_strict_administration", "c_selected_measures")
D_MEASURES = (
    "d_list_published",
    "d_invoices_limited",
    "d_export_refund_review",
    "d_tax_assessment",
    "d_key_supervision",
    "d_reported_to_authorities",
    "d_joint_penalties",
)
JOINT_MEASURES = (
    "joint_post_restriction",
    "joint_credit_reference",
    "joint_consumption_ban",
    "joint_publication",
    "joint_land_restriction",
    "joint_quarantine_supervision",
    "joint_procurement_ban",
    "joint_customs_ban",
    "joint_securities_restriction",
    "joint_insurance_restriction",
    "joint_toll_road_ban",
    "joint_funding_restriction",
    "joint_bond_restriction",
    "joint_quota_restriction",
    "joint_news_publication",
    "joint_licence_control",
    "joint_internet_restriction",
    "joint_resource_trading",
    "joint_concession_restriction",
    "joint_trade_ban",
    "joint_honours_revoked",
    "joint_association_discipline",
)


@dataclass(slots=True)
class Evaluation:
    subject: str
    period: str
    as_of: date
    graded: bool
    score_tenths: int
    score_after_repair_tenths: int
    grade: str | None
    grade_after_repair: str | None
    measures: list[str]


def evaluate(subject: Any, year: int, as_of: date) -> Evaluation:
    """Scores, grades and measures of one taxpayer for one year."""
    deducted = 0
    restored = 0

    # Late returns and withholding: 5 points for each tax and due day; the least share of its records is given back.
    if subject.late_filing:
        shares: dict[tuple[str, date], int] = {}
        for record in subject.late_filing:
            due, filed = record.due, record.filed
            if record.excuse is None and due.year == year and (filed is None or filed > due):
                share = 0
                listed = record.listed
                if filed is not None and listed is not None and filed <= as_of:
                    if filed <= listed + THIRTY_DAYS:
                        share = 10 if record.tax_due <= SMALL_TAX else 8
                    elif filed.year == listed.year:
                        share = 4
                    elif filed.year == listed.year + 1:
                        share = 2
                key = (record.tax, due)
                if share < shares.get(key, 11):
                    shares[key] = share
        deducted += 50 * len(shares)
        restored += 5 * sum(shares.values())
    if subject.late_withholding:
        shares = {}
        for record in subject.late_withholding:
            due, withheld = record.due, record.withheld
            if record.excuse is None and due.year == year and (withheld is None or withheld > due):
                share = 0
                listed = record.listed
                if withheld is not None and listed is not None and withheld <= as_of:
                    if withheld <= listed + THIRTY_DAYS:
                        share = 10 if record.tax_due <= SMALL_TAX else 8
                    elif withheld.year == listed.year:
                        share = 4
                    elif withheld.year == listed.year + 1:
                        share = 2
                key = (record.tax, due)
                if share < shares.get(key, 11):
                    shares[key] = share
        deducted += 50 * len(shares)
        restored += 5 * sum(shares.values())

    # Late statements 3 points each, late payments 5.
    for record in subject.late_statement:
        due, submitted = record.due, record.submitted
        if record.excuse is None and due.year == year and (submitted is None or submitted > due):
            deducted += 30
            listed = record.listed
            if submitted is not None and listed is not None and submitted <= as_of:
                if submitted <= listed + THIRTY_DAYS:
                    restored += 24
                elif submitted.year == listed.year:
                    restored += 12
                elif submitted.year == listed.year + 1:
                    restored += 6
    for record in subject.late_payment:
        due, paid = record.due, record.paid
        if record.excuse is None and due.year == year and (paid is None or paid > due):
            deducted += 50
            listed = record.listed
            if paid is not None and listed is not None and paid <= as_of:
                if paid <= listed + THIRTY_DAYS:
                    restored += 50 if record.tax_due <= SMALL_TAX else 40
                elif paid.year == listed.year:
                    restored += 20
                elif paid.year == listed.year + 1:
                    restored += 10

    # Accounting rules: 3 points once.
    for record in subject.accounting_rules:
        if record.excuse is None:
            deadline = record.confirmed + FIFTEEN_DAYS
            if deadline.year == year and (record.submitted is None or record.submitted > deadline):
                deducted += 30
                break

    # Nil returns: three months in a row, six in all, or one quarter.
    prolonged_nil_returns = False
    if subject.nil_return:
        first_month = year * 12
        months = set()
        for record in subject.nil_return:
            month = record.month
            if record.reason == "not_normal" and first_month <= month < first_month + 12:
                if record.quarterly:
                    prolonged_nil_returns = True
                    break
                months.add(month)
        if not prolonged_nil_returns:
            prolonged_nil_returns = len(months) >= 6 or any(
                month + 1 in months and month + 2 in months for month in months
            )
        if prolonged_nil_returns:
            deducted += 110

    # Breaches: some cost 11 points once, some a little each time.
    if subject.breach:
        once = set()
        for record in subject.breach:
            if record.excuse is None and record.found.year == year:
                kind = record.kind
                if kind == "invoices_lost" or kind == "invoices_destroyed":
                    deducted += 30
                elif kind == "device_lost":
                    deducted += 10
                else:
                    once.add(kind)
        deducted += 110 * len(once)

    # Audits: the start score, and small underpayments.
    base = 900
    for record in subject.conclusion:
        issued_in = record.issued.year
        if year - 2 <= issued_in <= year:
            base = 1_000
            if issued_in == year and record.excuse is None:
                kind = record.kind
                if kind == "assessment" or kind == "inspection":
                    underpaid = record.underpaid
                    if 0 < underpaid and underpaid * 100 < record.tax_of_year:
                        deducted += 10 if underpaid < 1_000_000 else 30

    # Conclusions that were not paid in time: direct D, unless all were paid within sixty days.
    unpaid_conclusion = unpaid_still = False
    for record in subject.payment_order:
        deadline, paid = record.deadline, record.paid
        if record.excuse is None and deadline.year == year and (paid is None or paid > deadline):
            unpaid_conclusion = True
            if paid is None or paid > as_of or paid > deadline + SIXTY_DAYS:
                unpaid_still = True

    # Abnormal households: direct D, unless all are lifted, at most one in a calendar year.
    abnormal = abnormal_still = False
    if subject.abnormal_household:
        lifted_in = set()
        for record in subject.abnormal_household:
            lifted = record.lifted
            if record.since.year <= year and (lifted is None or lifted.year >= year):
                abnormal = True
                if lifted is None or lifted > as_of or lifted.year in lifted_in:
                    abnormal_still = True
                else:
                    lifted_in.add(lifted.year)

    # What gives D directly and cannot be repaired.
    direct = False
    for record in subject.offence:
        if record.decided.year == year:
            act = record.act
            if record.crime:
                direct = True
            elif act == "evasion":
                if record.amount >= 10_000_000 and record.amount * 10 >= record.all_taxes:
                    direct = True
            elif act == "evading_recovery" or act == "refund_fraud":
                if record.settled is not None and record.settled <= as_of:
                    direct = True
            else:
                direct = True
    for record in subject.misconduct:
        if record.found.year == year:
            direct = True
    for record in subject.refund_suspension:
        if record.since.year <= year and record.until > as_of:
            direct = True
    for record in subject.person_link:
        if record.since.year <= year and (record.until is None or record.until.year >= year):
            direct = True

    # Earlier evaluations.
    d_last_year = d_by_score = third_year = False
    a_last_year = a_year_before = False
    for record in subject.prior_evaluation:
        age = year - record.year
        if age == 1 or age == 2:
            if record.grade == "A":
                if age == 1:
                    a_last_year = True
                else:
                    a_year_before = True
            elif record.grade == "D" and (record.repair_completed is None or record.repair_completed > as_of):
                origin = record.origin
                if age == 1:
                    d_last_year = True
                    if origin == "annual_score":
                        d_by_score = True
                    elif origin == "direct_grading":
                        direct = True
                elif origin == "direct_grading":
                    third_year = True
    if d_by_score:
        deducted += 110

    # The taxpayer's own facts.
    first_filing = subject.first_filing
    if first_filing is None or (first_filing.year, first_filing.month, first_filing.day) > (year - 3, 12, 31):
        deducted += 110
    if subject.accounts_found is not None and subject.accounts_found > subject.accounts_reported:
        deducted += 110

    score = base - deducted
    score_after = score + restored
    graded = True
    for record in subject.open_matter:
        if record.opened <= as_of and (record.closed is None or record.closed > as_of):
            graded = False
            break

    # The grade, before and after repair.
    grade: str | None = None
    grade_after: str | None = None
    measures: list[str] = []
    if graded:
        new_firm = subject.first_contact > date(year, 1, 1)
        without_revenue = subject.operating_revenue == 0
        barred = (
            prolonged_nil_returns
            or d_last_year
            or third_year
            or subject.operating_months < 36
            or not subject.books_in_order
        )
        if direct or unpaid_conclusion or abnormal:
            grade = "D"
        elif new_firm or (without_revenue and score >= 700):
            grade = "M"
        elif score >= 900:
            grade = "B" if barred else "A"
        elif score >= 700:
            grade = "B"
        elif score >= 400:
            grade = "C"
        else:
            grade = "D"
        if direct or unpaid_still or abnormal_still:
            grade_after = "D"
        elif new_firm or (without_revenue and score_after >= 700):
            grade_after = "M"
        elif score_after >= 900:
            grade_after = "B" if barred or unpaid_conclusion else "A"
        elif score_after >= 700:
            grade_after = "B"
        elif score_after >= 400:
            grade_after = "C"
        else:
            grade_after = "D"
        if grade_after == "A":
            measures.append("a_list_published")
            if subject.general_vat_payer:
                measures.append("invoices_three_months")
            measures.append("ordinary_invoices_as_needed")
            if a_last_year and a_year_before:
                measures.append("three_years_a")
            measures.append("a_joint_incentives")
        elif grade_after == "B":
            measures.extend(B_MEASURES)
        elif grade_after == "C":
            measures.extend(C_MEASURES)
        elif grade_after == "D":
            measures.extend(D_MEASURES)
    if subject.joint_penalty_party:
        measures.append("joint_tax_administration")
        if subject.unsettled_assessed_tax:
            measures.append("joint_exit_ban")
        measures.extend(JOINT_MEASURES)
    # In the order of the text: grade M and its measures came with an amendment.
    if grade_after == "M":
        measures.extend(M_MEASURES)
    return Evaluation(subject.uscc, str(year), as_of, graded, score, score_after, grade, grade_after, measures)
