"""The texts of the tax-credit policy by day and by evaluation, and firms evaluated by them."""

from datetime import date
from functools import cache
from pathlib import Path

from creditdsl.compile import Compiled, Opened, compile_text, open_policy, slice_for, slice_on
from creditdsl.core.ir import Program
from creditdsl.syntax import tree
from creditdsl.testing.machines import interpreter

POLICY = Path(__file__).parent.parent / "policies" / "tax_credit"
Facts = dict[str, object]


@cache
def opened() -> Opened:
    return open_policy(POLICY)


@cache
def text_on(day: date, jurisdiction: str | None = None) -> Compiled:
    """The text in force on a day."""
    return compile_text(opened(), slice_on(opened(), day, jurisdiction))


@cache
def text_for(period: str, as_of: date, jurisdiction: str | None = None) -> Compiled:
    """The text by which a period is evaluated on a day."""
    return compile_text(opened(), slice_for(opened(), period, as_of, jurisdiction))


def declared(text: Compiled) -> tuple[tree.Declaration, ...]:
    return text.modules[0].declarations


def points(text: Compiled) -> dict[str, int]:
    found = {}
    for item in declared(text):
        if isinstance(item, tree.Indicator):
            number = item.points.value
            assert isinstance(number, tree.Number)
            assert number.places == 0
            found[item.code.text] = number.digits
    return found


FIRM: Facts = {
    "uscc": "91230602100000006B",
    "first_filing": "2009-04-12",
    "first_contact": "2009-03-01",
    "operating_months": 68,
    "operating_revenue": "900000",
    "general_vat_payer": True,
    "books_in_order": True,
    "accounts_reported": 2,
    "accounts_found": 2,
    "joint_penalty_party": False,
    "unsettled_assessed_tax": False,
}


def answer(facts: Facts, period: int, as_of: date, jurisdiction: str | None = None) -> dict[str, object]:
    """The result of a firm by the text of the evaluation, told only what that text looks at."""
    program = text_for(str(period), as_of, jurisdiction).program
    return dict(interpreter(program).evaluate(seen(program, facts), str(period), as_of))


def seen(program: Program, facts: Facts) -> Facts:
    """The fields and records that a text knows."""
    subject = {item.name: facts.get(item.name) for item in program.subject.fields}
    for table in program.records:
        rows = facts.get(table.name, [])
        assert isinstance(rows, list)
        subject[table.name] = [{item.name: row.get(item.name) for item in table.fields} for row in rows]
    return subject


def conclusion(day: str) -> Facts:
    return {"kind": "assessment", "issued": day, "underpaid": "0", "tax_of_year": "200000"}


def prior(year: int, origin: str) -> Facts:
    return {"year": year, "grade": "D", "origin": origin}
