"""Makes the tables of a synthetic city of taxpayers: facts only, no score and no grade.

    python policies/tax_credit/make_city.py OUT [--seed 2019] [--subjects 35519] [--defects]

Writes `taxpayer.csv` and one CSV table for each kind of record into the folder OUT; record tables begin with the key
column `uscc`. The same arguments give the same bytes. Nothing but the standard library is used.

A city is a mixture of kinds of conduct (`CONDUCT` says how many firms of each): new firms, idle firms, firms that file
late now and then, firms that stopped answering, and so on. Each kind draws its own facts, dates and amounts. What the
facts amount to is for the policy to say; how many firms of each kind there are was chosen such that the policy of 2020,
as of 2021-04-30 and after repair, arrives at the distribution that Daqing published for 2019.
"""

import argparse
import csv
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

YEAR = 2020
AS_OF = date(2021, 4, 30)
FIRST_DAY, LAST_DAY = date(YEAR, 1, 1), date(YEAR, 12, 31)

COLUMNS = {
    "taxpayer": (
        "uscc",
        "name",
        "industry",
        "first_contact",
        "first_filing",
        "operating_months",
        "operating_revenue",
        "general_vat_payer",
        "books_in_order",
        "accounts_reported",
        "accounts_found",
        "joint_penalty_party",
        "unsettled_assessed_tax",
    ),
    "late_filing": ("uscc", "tax", "due", "filed", "tax_due", "listed", "excuse"),
    "late_withholding": ("uscc", "tax", "due", "withheld", "tax_due", "listed", "excuse"),
    "late_statement": ("uscc", "due", "submitted", "listed", "excuse"),
    "late_payment": ("uscc", "due", "paid", "tax_due", "listed", "excuse"),
    "accounting_rules": ("uscc", "confirmed", "submitted", "excuse"),
    "nil_return": ("uscc", "month", "quarterly", "reason"),
    "breach": ("uscc", "kind", "found", "excuse"),
    "conclusion": ("uscc", "kind", "issued", "underpaid", "tax_of_year", "excuse"),
    "payment_order": ("uscc", "deadline", "paid", "excuse"),
    "offence": ("uscc", "act", "decided", "crime", "amount", "all_taxes", "settled"),
    "misconduct": ("uscc", "kind", "found"),
    "refund_suspension": ("uscc", "since", "until"),
    "abnormal_household": ("uscc", "since", "lifted"),
    "person_link": ("uscc", "kind", "since", "until"),
    "open_matter": ("uscc", "kind", "opened", "closed"),
    "prior_evaluation": ("uscc", "year", "grade", "origin", "repair_completed"),
}

# Firm names: a place, two made-up syllables, a trade, a legal form.
FIRST_SYLLABLES = "禾澜栎湛沐岚瑾溯珩翊霁峤浔樾筠屿昀泓璟砚"
SECOND_SYLLABLES = "栖远朔宁屹澄煦川垚歌棠越霖辰坤悦澍岳禹渡"
FORMS = ("有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司")
DISTRICTS = ("230602", "230603", "230604", "230605", "230606", "230621", "230622", "230623", "230624")
TRADES = (
    ("石油和天然气开采辅助活动", ("油田技术服务", "钻采工程", "测井技术", "油田化学")),
    ("专用设备制造业", ("石油机械", "装备制造", "环保设备")),
    ("批发业", ("商贸", "建材贸易", "化工产品销售", "农资")),
    ("零售业", ("商贸", "超市", "电子商务", "医药零售")),
    ("建筑安装业", ("建筑安装工程", "防腐保温工程", "市政工程")),
    ("道路运输业", ("运输", "物流", "货运代理")),
    ("农副食品加工业", ("粮油", "食品", "乳业")),
    ("软件和信息技术服务业", ("信息技术", "软件科技", "网络科技")),
    ("住宿和餐饮业", ("餐饮管理", "酒店管理")),
    ("商务服务业", ("企业管理咨询", "人力资源服务", "广告传媒")),
    ("租赁业", ("设备租赁", "汽车租赁")),
    ("房地产业", ("物业服务", "置业")),
)
CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100-2015: letters without I, O, S, V, Z."""
CODE_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))

TAXES_OF = {
    "late_filing": (
        "vat",
        "vat",
        "vat",
        "urban_maintenance",
        "stamp",
        "corporate_income",
        "property",
        "urban_land_use",
    ),
    "late_withholding": ("individual_income",),
    "late_payment": ("",),
}
"""The taxes that firms miss, frequent ones repeated; records of late payment do not name theirs."""
EXCUSES = ("force_majeure", "force_majeure", "tax_authority", "pen_slip", "formula_slip")

Row = tuple[str, ...]


@dataclass(slots=True)
class Firm:
    """One taxpayer's facts so far; amounts in fen, `records` in the order drawn."""

    uscc: str
    name: str
    industry: str
    first_contact: date
    first_filing: date | None
    operating_months: int
    revenue: int
    general_vat_payer: bool
    accounts_reported: int
    accounts_found: int | None = None
    books_in_order: bool = True
    joint_penalty_party: bool = False
    unsettled_assessed_tax: bool = False
    records: list[tuple[str, Row]] = field(default_factory=list)
    occasions: set[tuple[str, str, date]] = field(default_factory=set)

    def add(self, table: str, *values: object) -> None:
        self.records.append((table, tuple(text_of(value) for value in values)))

    def row(self) -> Row:
        values = (
            self.uscc,
            self.name,
            self.industry,
            self.first_contact,
            self.first_filing,
            self.operating_months,
            yuan(self.revenue),
            self.general_vat_payer,
            self.books_in_order,
            self.accounts_reported,
            self.accounts_found,
            self.joint_penalty_party,
            self.unsettled_assessed_tax,
        )
        return tuple(text_of(value) for value in values)


def text_of(value: object) -> str:
    """A value as it stands in a CSV cell: absent is empty, truth is true or false, dates are ISO."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def check_character(body: str) -> str:
    """The 18th character of a unified social credit code, GB 32100-2015."""
    total = sum(CODE_ALPHABET.index(character) * weight for character, weight in zip(body, CODE_WEIGHTS, strict=True))
    return CODE_ALPHABET[(31 - total % 31) % 31]


def day_between(draw: random.Random, first: date, last: date) -> date:
    return first + timedelta(days=draw.randint(0, max((last - first).days, 0)))


def money(draw: random.Random, low: int, high: int) -> int:
    """An amount in fen between two amounts in yuan, small ones more often; now and then a round one."""
    fen = low * 100 + (high - low) * 100 * draw.randint(0, 999) * draw.randint(0, 999) // 999**2
    return fen - fen % 100_00 if draw.random() < 0.2 and fen >= low * 100 + 100_00 else fen


# Firms


def unified_code(draw: random.Random, taken: set[str]) -> str:
    while True:
        organisation = "MA1" + "".join(draw.choice(CODE_ALPHABET) for _ in range(6))
        body = "91" + draw.choice(DISTRICTS) + organisation
        if body not in taken:
            taken.add(body)
            return body + check_character(body)


def firm(draw: random.Random, taken: set[str], first_contact: date) -> Firm:
    """A firm without records that began when it first dealt with the tax office, and earns money."""
    industry, trades = draw.choice(TRADES)
    name = (
        "大庆" + draw.choice(FIRST_SYLLABLES) + draw.choice(SECOND_SYLLABLES) + draw.choice(trades) + draw.choice(FORMS)
    )
    months = (YEAR - first_contact.year) * 12 + 12 - first_contact.month
    revenue = money(draw, 8_000, 60_000_000)
    return Firm(
        uscc=unified_code(draw, taken),
        name=name,
        industry=industry,
        first_contact=first_contact,
        first_filing=first_contact + timedelta(days=draw.randint(12, 45)),
        operating_months=months,
        revenue=revenue,
        general_vat_payer=revenue >= 5_000_000_00 or draw.random() < 0.2,
        accounts_reported=draw.choice((1, 1, 1, 2, 2, 3, 5)),
    )


def established(draw: random.Random, taken: set[str]) -> Firm:
    """A firm of more than three years with a history."""
    found = firm(draw, taken, day_between(draw, date(1999, 3, 1), date(2017, 10, 31)))
    if draw.random() < 0.5:
        found.accounts_found = found.accounts_reported
    if draw.random() < 0.05:
        audited = day_between(draw, date(2014, 1, 1), date(2017, 12, 31))
        found.add(
            "conclusion",
            "inspection",
            audited,
            yuan(money(draw, 500, 90_000)),
            yuan(money(draw, 20_000, 900_000)),
            None,
        )
    without_effect(draw, found)
    return found


def young(draw: random.Random, taken: set[str]) -> Firm:
    """A firm in its second or third year."""
    return firm(draw, taken, day_between(draw, date(2018, 1, 10), date(2019, 11, 20)))


def newcomer(draw: random.Random, taken: set[str]) -> Firm:
    """A firm that came within the year; some have not filed yet, many sell nothing yet."""
    found = firm(draw, taken, day_between(draw, date(YEAR, 1, 2), LAST_DAY))
    if found.first_filing is not None and found.first_filing > LAST_DAY:
        found.first_filing = None
    if draw.random() < 0.4 or found.first_filing is None:
        found.revenue = 0
    return found


def history(draw: random.Random, found: Firm, grades: str) -> None:
    """Results of the years before; `grades` are drawn for each full year since 2017, M where nothing was earned."""
    for year in range(max(2017, found.first_contact.year + 1), YEAR):
        grade = draw.choice(grades)
        found.add("prior_evaluation", year, grade, "assigned" if grade == "M" else "annual_score", None)
    if found.first_contact.year in (2018, 2019):
        found.add("prior_evaluation", found.first_contact.year, "M", "assigned", None)


def without_effect(draw: random.Random, found: Firm) -> None:
    """Things that happen and do not count: other years, excused delays, matters closed in time, seasonal nil returns."""
    if draw.random() < 0.02:
        found.add(
            "late_filing",
            "vat",
            date(2019, 6, 17),
            date(2019, 6, 25),
            yuan(money(draw, 100, 9_000)),
            date(2019, 6, 18),
            None,
        )
    if draw.random() < 0.03:
        excuse = draw.choice(EXCUSES)
        found.add(
            "late_filing", "vat", date(YEAR, 2, 24), date(YEAR, 3, 2), yuan(money(draw, 100, 9_000)), None, excuse
        )
        found.occasions.add(("late_filing", "vat", date(YEAR, 2, 24)))
    if draw.random() < 0.004:
        opened = day_between(draw, date(2019, 6, 1), date(YEAR, 9, 1))
        kind = draw.choice(("suspected_offence", "audit_finding", "dispute"))
        found.add("open_matter", kind, opened, day_between(draw, opened, AS_OF))
    if draw.random() < 0.02:
        for month in (1, 2, 3, 12):
            found.add("nil_return", f"{YEAR}-{month:02d}", False, "seasonal")
    if draw.random() < 0.01:
        confirmed = day_between(draw, FIRST_DAY, date(YEAR, 11, 30))
        found.add("accounting_rules", confirmed, confirmed + timedelta(days=draw.randint(0, 15)), None)


# What firms fail to do


def due_day(draw: random.Random, found: Firm, table: str, tax: str) -> date | None:
    """A day in the year on which a duty of that tax was due and not yet missed; None for a firm too new to have one."""
    for _ in range(40):
        due = date(YEAR, draw.randint(1, 12), draw.choice((15, 16, 17, 20, 22, 24)))
        if due > found.first_contact and (table, tax, due) not in found.occasions:
            found.occasions.add((table, tax, due))
            return due
    return None


def made_up(draw: random.Random, due: date, manner: str) -> tuple[date | None, date | None]:
    """When a missed duty was made up for and when it was listed.

    `prompt`: within thirty days of the listing; `slow`: later; `never`: not at all, or never listed.
    """
    listed = due + timedelta(days=draw.randint(1, 6))
    match manner:
        case "prompt":
            return min(day_between(draw, due + timedelta(days=1), listed + timedelta(days=30)), AS_OF), listed
        case "slow":
            return day_between(draw, listed + timedelta(days=31), date(2021, 4, 29)), listed
        case _:
            return (day_between(draw, due + timedelta(days=1), listed), None) if draw.random() < 0.1 else (None, listed)


def miss_taxes(draw: random.Random, found: Firm, times: int, manner: str) -> None:
    """Returns, payments or withholdings that were late, each for another tax or day, of more than 1,000 yuan."""
    for _ in range(times):
        table = draw.choice(("late_filing", "late_filing", "late_filing", "late_payment", "late_withholding"))
        tax = draw.choice(TAXES_OF[table])
        due = due_day(draw, found, table, tax)
        if due is None:
            continue
        done, listed = made_up(draw, due, manner)
        which = (tax,) if tax else ()
        found.add(table, *which, due, done, yuan(money(draw, 1_001, 200_000)), listed, None)
        if table == "late_filing" and draw.random() < 0.03:
            found.add(table, tax, due, done, yuan(money(draw, 1_001, 9_000)), listed, None)


def miss_small_tax(draw: random.Random, found: Firm) -> None:
    """A late return of at most 1,000 yuan, filed within thirty days of its listing; the limits themselves now and then."""
    due = due_day(draw, found, "late_filing", "stamp")
    if due is not None:
        done, listed = made_up(draw, due, "prompt")
        if draw.random() < 0.1:
            done = listed + timedelta(days=30) if listed else done
        small = 1_000_00 if draw.random() < 0.1 else money(draw, 5, 1_000)
        found.add("late_filing", "stamp", due, done, yuan(small), listed, None)


def miss_statement(draw: random.Random, found: Firm, manner: str) -> None:
    due = due_day(draw, found, "late_statement", "")
    if due is not None:
        done, listed = made_up(draw, due, manner)
        found.add("late_statement", due, done, listed, None)


def slip(draw: random.Random, found: Firm) -> None:
    """A small breach of the rules on invoices, devices or accounting rules."""
    day = day_between(draw, max(FIRST_DAY, found.first_contact), LAST_DAY)
    kind = draw.choice(("invoices_lost", "invoices_lost", "invoices_destroyed", "device_lost", "accounting_rules"))
    if kind == "accounting_rules":
        confirmed = day_between(draw, max(FIRST_DAY, found.first_contact), date(YEAR, 12, 16))
        found.add(kind, confirmed, confirmed + timedelta(days=draw.randint(16, 60)), None)
    else:
        found.add("breach", kind, day, None)


def nil_returns(draw: random.Random, found: Firm) -> None:
    """Nil returns without a normal reason: a quarter, a run of months, or months here and there."""
    if not found.general_vat_payer:
        for month in draw.choice(((3,), (6, 9), (3, 6, 9, 12))):
            found.add("nil_return", f"{YEAR}-{month:02d}", True, "not_normal")
    elif draw.random() < 0.6:
        first = draw.randint(1, 7)
        for month in range(first, first + draw.randint(3, 6)):
            found.add("nil_return", f"{YEAR}-{month:02d}", False, "not_normal")
    else:
        for month in (1, 2, 4, 6, 8, 10, 12)[: draw.randint(6, 7)]:
            found.add("nil_return", f"{YEAR}-{month:02d}", False, "not_normal")


def conclude(draw: random.Random, found: Firm, underpaid: int = 0) -> None:
    """A conclusion of an audit within three years; one that found something was issued this year."""
    kind = draw.choice(
        ("assessment", "assessment", "inspection")
        if underpaid
        else ("assessment", "large_audit", "anti_avoidance", "inspection")
    )
    issued = day_between(draw, FIRST_DAY if underpaid else date(YEAR - 2, 1, 1), LAST_DAY)
    tax_of_year = underpaid * draw.randint(101, 900) + 1 if underpaid else money(draw, 3_000, 9_000_000)
    found.add("conclusion", kind, issued, yuan(underpaid), yuan(tax_of_year), None)


# Kinds of conduct. Each takes the source of chance and the codes in use, and gives a firm with its facts.

Kind = Callable[[random.Random, set[str]], Firm]


def audited_and_careful(draw: random.Random, taken: set[str]) -> Firm:
    """Audited within three years; nothing, or one or two slips."""
    found = established(draw, taken)
    history(draw, found, "AAAAAB")
    wrong = draw.random()
    if wrong < 0.12:
        conclude(draw, found, money(draw, 50, 60_000))
    else:
        conclude(draw, found)
    if wrong > 0.5:
        miss_taxes(draw, found, draw.choice((1, 1, 2)), draw.choice(("prompt", "slow", "never")))
    elif wrong > 0.35:
        miss_statement(draw, found, "prompt")
    elif wrong > 0.25:
        slip(draw, found)
    return found


def careful(draw: random.Random, taken: set[str]) -> Firm:
    """Never audited of late; nothing missed but, for some, a small return that was filed at once."""
    found = established(draw, taken)
    history(draw, found, "AAABB")
    if draw.random() < 0.3:
        miss_small_tax(draw, found)
    return found


def three_years_to_the_day(draw: random.Random, taken: set[str]) -> Firm:
    """Filed its first return, and began to operate, exactly three years before the end of the year."""
    found = firm(draw, taken, date(2017, 12, 1))
    found.first_filing = date(2017, 12, 31)
    found.operating_months = 36
    return found


def now_and_then_late(draw: random.Random, taken: set[str]) -> Firm:
    """Missed one to four duties in the year, at least one of them of some weight."""
    found = established(draw, taken)
    history(draw, found, "ABBBBC")
    serious = draw.choice((1, 1, 1, 2, 2, 3))
    miss_taxes(draw, found, serious, draw.choice(("prompt", "prompt", "slow", "never")))
    if draw.random() < 0.3:
        miss_small_tax(draw, found)
    elif draw.random() < 0.3:
        miss_statement(draw, found, draw.choice(("prompt", "never")))
    if draw.random() < 0.005:
        found.records = [record for record in found.records if record[0] != "prior_evaluation"]
        found.add(
            "prior_evaluation", 2019, "D", "direct_grading", day_between(draw, date(YEAR, 5, 1), date(YEAR, 12, 1))
        )
    return found


def audited_and_late(draw: random.Random, taken: set[str]) -> Firm:
    """Audited within three years, and missed three to six duties that were never made up for."""
    found = established(draw, taken)
    history(draw, found, "BBBC")
    conclude(draw, found)
    miss_taxes(draw, found, draw.randint(3, 6), "never")
    return found


def was_abnormal(draw: random.Random, taken: set[str]) -> Firm:
    """Was an abnormal household once in the year, and answered again; filed late besides."""
    found = established(draw, taken)
    history(draw, found, "BBC")
    since = day_between(draw, FIRST_DAY, date(YEAR, 10, 1))
    found.add("abnormal_household", since, day_between(draw, since + timedelta(days=20), AS_OF))
    miss_taxes(draw, found, draw.randint(1, 4), draw.choice(("prompt", "slow", "never")))
    return found


def young_and_active(draw: random.Random, taken: set[str]) -> Firm:
    """In its second or third year, selling; sometimes one duty missed."""
    found = young(draw, taken)
    history(draw, found, "BB")
    if draw.random() < 0.35:
        miss_taxes(draw, found, 1, draw.choice(("prompt", "slow", "never")))
    elif draw.random() < 0.2:
        miss_statement(draw, found, draw.choice(("prompt", "slow")))
    return found


def active_with_nil_returns(draw: random.Random, taken: set[str]) -> Firm:
    """Sells now and then, files nil returns for long; sometimes one duty missed."""
    found = established(draw, taken)
    history(draw, found, "BBBMC")
    found.revenue = money(draw, 300, 90_000)
    nil_returns(draw, found)
    if draw.random() < 0.4:
        miss_taxes(draw, found, 1, draw.choice(("prompt", "slow", "never")))
    return found


def books_in_disorder(draw: random.Random, taken: set[str]) -> Firm:
    """Careful in everything but its books."""
    found = careful(draw, taken)
    found.books_in_order = False
    return found


def unreported_accounts(draw: random.Random, taken: set[str]) -> Firm:
    """Banks know more accounts than the firm reported."""
    found = established(draw, taken)
    history(draw, found, "BBA")
    found.accounts_found = found.accounts_reported + draw.randint(1, 3)
    if draw.random() < 0.3:
        miss_taxes(draw, found, 1, "prompt")
    return found


def grave_breach(draw: random.Random, taken: set[str]) -> Firm:
    """One grave breach: false data, false export documents, an altered device; for some, found more than once."""
    found = established(draw, taken)
    history(draw, found, "BBC")
    kind = draw.choice(
        ("false_tax_data", "false_tax_data", "device_altered", "false_export_documents", "wrong_export_refund")
    )
    for _ in range(draw.choice((1, 1, 1, 2))):
        found.add("breach", kind, day_between(draw, FIRST_DAY, LAST_DAY), None)
    if draw.random() < 0.3:
        miss_taxes(draw, found, 1, "slow")
    return found


def failed_last_year(draw: random.Random, taken: set[str]) -> Firm:
    """Lost too many points the year before, and mended its ways."""
    found = established(draw, taken)
    found.add("prior_evaluation", 2018, "C", "annual_score", None)
    found.add("prior_evaluation", 2019, "D", "annual_score", None)
    if draw.random() < 0.4:
        miss_taxes(draw, found, 1, draw.choice(("prompt", "slow")))
    return found


def third_year(draw: random.Random, taken: set[str]) -> Firm:
    """Graded directly two years ago, kept there last year, careful now."""
    found = established(draw, taken)
    found.add("prior_evaluation", 2018, "D", "direct_grading", None)
    found.add("prior_evaluation", 2019, "D", "retained", None)
    if draw.random() < 0.5:
        conclude(draw, found)
    return found


def paid_within_sixty_days(draw: random.Random, taken: set[str]) -> Firm:
    """Paid what a conclusion asked after its time limit, but within sixty days; day 60 itself now and then."""
    found = established(draw, taken)
    history(draw, found, "BBA")
    deadline = day_between(draw, FIRST_DAY, LAST_DAY)
    found.add("payment_order", deadline, deadline + timedelta(days=draw.choice((60, draw.randint(1, 59)))), None)
    return found


def four_missed(draw: random.Random, taken: set[str]) -> Firm:
    """Four duties missed and never made up for; nothing else."""
    found = established(draw, taken)
    history(draw, found, "BC")
    miss_taxes(draw, found, 4, "never")
    return found


def new_firm(draw: random.Random, taken: set[str]) -> Firm:
    """Came within the year; some stumble at once."""
    found = newcomer(draw, taken)
    if draw.random() < 0.2:
        miss_taxes(draw, found, draw.choice((1, 1, 2, 3)), draw.choice(("prompt", "slow", "never")))
    if draw.random() < 0.05:
        slip(draw, found)
    return found


def idle(draw: random.Random, taken: set[str]) -> Firm:
    """Earned nothing in the year: nil returns, a little lateness, or a young firm that has not begun."""
    begun = draw.random() < 0.7
    found = established(draw, taken) if begun else young(draw, taken)
    history(draw, found, "MMMB")
    found.revenue = 0
    if begun and draw.random() < 0.6:
        nil_returns(draw, found)
    else:
        for month in (3, 6, 9, 12):
            found.add(
                "nil_return", f"{YEAR}-{month:02d}", True, draw.choice(("tax_relief", "other_normal", "seasonal"))
            )
    if draw.random() < 0.4:
        miss_taxes(draw, found, 1, draw.choice(("prompt", "slow", "never")))
    if draw.random() < 0.1:
        slip(draw, found)
    return found


def idle_and_four_missed(draw: random.Random, taken: set[str]) -> Firm:
    found = four_missed(draw, taken)
    found.revenue = 0
    return found


def often_late(draw: random.Random, taken: set[str]) -> Firm:
    """Missed five to nine duties for good, and one more that it made up for."""
    found = established(draw, taken)
    history(draw, found, "BCC")
    miss_taxes(draw, found, draw.randint(5, 9), "never")
    miss_taxes(draw, found, draw.randint(0, 1), draw.choice(("prompt", "slow")))
    return found


def idle_and_often_late(draw: random.Random, taken: set[str]) -> Firm:
    """Earned nothing, filed nil returns for long, and missed two to six duties for good."""
    found = established(draw, taken)
    history(draw, found, "MC")
    found.revenue = 0
    nil_returns(draw, found)
    miss_taxes(draw, found, draw.randint(2, 6), "never")
    return found


def ten_missed(draw: random.Random, taken: set[str]) -> Firm:
    """Ten duties missed and never made up for; nothing else."""
    found = established(draw, taken)
    history(draw, found, "C")
    miss_taxes(draw, found, 10, "never")
    return found


def hardly_ever_on_time(draw: random.Random, taken: set[str]) -> Firm:
    """Eleven to sixteen duties missed for good."""
    found = established(draw, taken)
    history(draw, found, "CCB")
    miss_taxes(draw, found, draw.randint(11, 16), "never")
    return found


def gone(draw: random.Random, taken: set[str]) -> Firm:
    """An abnormal household: never found again, or in and out of that state twice within the year."""
    found = (established if draw.random() < 0.6 else young)(draw, taken)
    history(draw, found, "BCM")
    if draw.random() < 0.05:
        found.add("abnormal_household", date(YEAR, 2, draw.randint(1, 20)), date(YEAR, 4, draw.randint(1, 30)))
        found.add("abnormal_household", date(YEAR, 8, draw.randint(1, 20)), date(YEAR, 11, draw.randint(1, 30)))
    else:
        found.add(
            "abnormal_household",
            day_between(draw, max(found.first_contact, date(2018, 6, 1)) + timedelta(days=90), LAST_DAY),
            None,
        )
    miss_taxes(draw, found, draw.randint(0, 6), "never")
    return found


def run_by(kind: str) -> Kind:
    """Registered or run by the person responsible for another firm."""

    def linked(draw: random.Random, taken: set[str]) -> Firm:
        found = draw.choice((established, young, newcomer))(draw, taken)
        since = day_between(draw, max(found.first_contact, date(2018, 3, 1)), LAST_DAY)
        found.add("person_link", kind, since, None)
        miss_taxes(draw, found, draw.choice((0, 0, 1, 2)), "prompt")
        return found

    return linked


def did_not_pay_conclusion(draw: random.Random, taken: set[str]) -> Firm:
    """Did not pay what a conclusion asked, or only after more than sixty days."""
    found = established(draw, taken)
    history(draw, found, "BBC")
    deadline = day_between(draw, FIRST_DAY, date(YEAR, 12, 1))
    late = deadline + timedelta(days=draw.choice((61, draw.randint(62, 140))))
    found.add("payment_order", deadline, None if draw.random() < 0.6 else late, None)
    found.unsettled_assessed_tax = draw.random() < 0.5
    found.joint_penalty_party = draw.random() < 0.1
    return found


def offender(*acts: str, crime: bool = False) -> Kind:
    """Decided on in the year: evasion, fraud or false invoices, of amounts well above the lines and at them."""

    def offending(draw: random.Random, taken: set[str]) -> Firm:
        found = established(draw, taken)
        history(draw, found, "BBC")
        act = draw.choice(acts)
        amount = 100_000_00 if draw.random() < 0.1 else money(draw, 100_001, 8_000_000)
        decided = day_between(draw, FIRST_DAY, LAST_DAY)
        settled = decided + timedelta(days=draw.randint(0, 60)) if act in ("evading_recovery", "refund_fraud") else None
        found.add("offence", act, decided, crime, yuan(amount), yuan(amount * draw.randint(1, 10)), settled)
        found.joint_penalty_party = draw.random() < 0.5
        found.unsettled_assessed_tax = settled is None and draw.random() < 0.4
        return found

    return offending


def misconduct(draw: random.Random, taken: set[str]) -> Firm:
    """Resisted, harmed others with invoices, or claimed a preference with false material."""
    found = established(draw, taken)
    history(draw, found, "BC")
    kind = draw.choice(("violent_resistance", "invoice_harm", "false_preference", "false_preference", "other_serious"))
    found.add("misconduct", kind, day_between(draw, FIRST_DAY, LAST_DAY))
    return found


def without_refunds(draw: random.Random, taken: set[str]) -> Firm:
    """Lost its right to export refunds for fraud, for years to come."""
    found = established(draw, taken)
    history(draw, found, "C")
    found.add(
        "refund_suspension",
        day_between(draw, date(2018, 6, 1), LAST_DAY),
        day_between(draw, date(2021, 5, 1), date(2023, 6, 1)),
    )
    return found


def graded_directly_last_year(draw: random.Random, taken: set[str]) -> Firm:
    """Graded directly the year before and not repaired; what it did since differs."""
    found = established(draw, taken)
    found.add("prior_evaluation", 2018, draw.choice("ABC"), "annual_score", None)
    found.add("prior_evaluation", 2019, "D", "direct_grading", None)
    miss_taxes(draw, found, draw.choice((0, 0, 1, 3)), "prompt")
    return found


CONDUCT: tuple[tuple[int, Kind], ...] = (
    (560, audited_and_careful),
    (240, careful),
    (6, three_years_to_the_day),
    (6_560, now_and_then_late),
    (300, audited_and_late),
    (40, was_abnormal),
    (3_600, young_and_active),
    (1_500, active_with_nil_returns),
    (420, books_in_disorder),
    (380, unreported_accounts),
    (260, grave_breach),
    (170, failed_last_year),
    (60, third_year),
    (34, paid_within_sixty_days),
    (6, four_missed),
    (6_400, new_firm),
    (11_490, idle),
    (33, idle_and_four_missed),
    (300, often_late),
    (25, idle_and_often_late),
    (6, ten_missed),
    (410, hardly_ever_on_time),
    (1_480, gone),
    (300, run_by("of_abnormal_household")),
    (250, run_by("of_grade_d")),
    (230, did_not_pay_conclusion),
    (96, offender("false_vat_invoices", "false_vat_invoices", "accepting_false_invoices")),
    (58, offender("evasion")),
    (14, offender("evading_recovery", "refund_fraud")),
    (11, offender("evasion", "refund_fraud", "false_vat_invoices", crime=True)),
    (36, misconduct),
    (8, without_refunds),
    (236, graded_directly_last_year),
)
CITY_SIZE = sum(count for count, _ in CONDUCT)


def shares(subjects: int) -> Iterator[tuple[int, Kind]]:
    """How many firms of each kind a city of another size has: the largest remainders get what rounding leaves."""
    whole = [count * subjects // CITY_SIZE for count, _ in CONDUCT]
    by_remainder = sorted(range(len(CONDUCT)), key=lambda index: (-(CONDUCT[index][0] * subjects % CITY_SIZE), index))
    for index in by_remainder[: subjects - sum(whole)]:
        whole[index] += 1
    for count, (_, kind) in zip(whole, CONDUCT, strict=True):
        yield count, kind


def city(seed: int, subjects: int) -> list[Firm]:
    """The firms, in the order of their codes."""
    draw = random.Random(seed)
    taken: set[str] = set()
    firms = [kind(draw, taken) for count, kind in shares(subjects) for _ in range(count)]
    return sorted(firms, key=lambda found: found.uscc)


def tables_of(firms: list[Firm]) -> dict[str, list[Row]]:
    tables: dict[str, list[Row]] = {name: [] for name in COLUMNS}
    for found in firms:
        tables["taxpayer"].append(found.row())
        for table, values in found.records:
            tables[table].append((found.uscc, *values))
    return tables


def spoil(tables: dict[str, list[Row]]) -> None:
    """Adds rows with one fault each, to show what is refused: eight taxpayers and five records."""
    sample = tables["taxpayer"][0]
    faults = ((0, ""), (3, "2020-02-30"), (5, "-1"), (5, "twelve"), (6, "1.234"), (6, "NaN"), (7, "maybe"))
    for number, (column, value) in enumerate(faults):
        body = f"91230699FAKE{number:05d}"
        cells = [body + check_character(body), *sample[1:]]
        cells[column] = value
        tables["taxpayer"].append(tuple(cells))
    tables["taxpayer"].append(sample)
    known, unknown = sample[0], "912306000000000000"
    tables["late_filing"] += [
        (known, "window_tax", "2020-07-15", "", "100.00", "", ""),
        (known, "vat", "15.07.2020", "", "100.00", "", ""),
        (unknown, "vat", "2020-07-15", "", "100.00", "", ""),
    ]
    tables["nil_return"].append((known, "2020-13", "true", "not_normal"))
    tables["breach"].append((known, "invoices_lost"))


def write(tables: dict[str, list[Row]], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS[name])
            writer.writerows(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the tables of a synthetic city of taxpayers: facts only.")
    parser.add_argument("out", type=Path, help="folder for the CSV tables")
    parser.add_argument("--seed", type=int, default=2019)
    parser.add_argument("--subjects", type=int, default=CITY_SIZE)
    parser.add_argument("--defects", action="store_true", help="add rows with faults, to show what is refused")
    arguments = parser.parse_args()
    tables = tables_of(city(arguments.seed, arguments.subjects))
    if arguments.defects:
        spoil(tables)
    write(tables, arguments.out)
    records = sum(len(rows) for name, rows in tables.items() if name != "taxpayer")
    print(f"{len(tables['taxpayer']):,} taxpayers, {records:,} records -> {arguments.out}")


if __name__ == "__main__":
    main()
