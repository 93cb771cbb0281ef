"""Makes tables of invented taxpayers for whom the published figures of Wuyi hold.

    python policies/wuyi/make_wuyi.py OUT [--seed 2020]

Writes the tables of the policy into the folder OUT: 1,762 firms that issue their own invoices, with their devices upgraded, 273 with
contributions waived, 105 with medical insurance halved, 22 with loans, and export refunds, with the amounts that were published. Names
and codes are invented, and so is everything that was not published: shares, months, days, single amounts. The same seed gives the same
bytes. Nothing but the standard library is used.
"""

import argparse
import csv
import random
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
FIRMS, EXPORTERS = 1_762, 40
RELIEVED, WAIVED = 273, 1_499_350_000
HALVED, HALF, PAID_BACK = 105, 227_330_000, 109_070_000
BORROWERS, LOANED = 22, 705_000_000
REFUNDS, REFUNDED = 90, 1_862_000_000
"""Amounts in fen. Loans are `over 7,000,000`: 7,050,000 is invented."""
COLUMNS = {
    "taxpayer": ("uscc", "kind", "self_issuing", "upgraded", "export_class"),
    "contribution": ("uscc", "insurance", "of_month", "due", "waived_share", "paid"),
    "loan": ("uscc", "granted", "amount"),
    "export_refund": ("uscc", "accepted", "refunded", "amount"),
    "missing_document": ("uscc", "promised", "supplied"),
}

Row = tuple[str, ...]


def code(number: int) -> str:
    """A code with the check character of GB 32100-2015."""
    body = f"91131122MA0{number:06d}"
    total = sum(ALPHABET.index(letter) * pow(3, place, 31) for place, letter in enumerate(body))
    return body + ALPHABET[-total % 31]


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def parts(total: int, number: int, dice: random.Random) -> list[int]:
    """So many positive amounts that add up to the total."""
    cuts = [0, *sorted(dice.sample(range(1, total), number - 1)), total]
    return [end - start for start, end in pairwise(cuts)]


def day(dice: random.Random, first: date, last: date) -> date:
    return first + timedelta(dice.randrange((last - first).days + 1))


def tables(dice: random.Random) -> dict[str, list[Row]]:
    firms = [code(number) for number in range(FIRMS)]
    exporters = set(dice.sample(firms, EXPORTERS))
    upgraded = [day(dice, date(2020, 2, 10), date(2020, 4, 30)) for _ in firms]
    classes = ("first", "second", "third", "fourth")
    taxpayers: list[Row] = [
        (firm, "small_micro", "true", done.isoformat(), dice.choice(classes) if firm in exporters else "")
        for firm, done in zip(firms, upgraded, strict=True)
    ]
    contributions: list[Row] = [
        (firm, "three_items", f"2020-{dice.randint(2, 6):02d}", yuan(waived * times), share, "0.00")
        for firm, waived in zip(dice.sample(firms, RELIEVED), parts(WAIVED, RELIEVED, dice), strict=True)
        for times, share in (dice.choice(((1, "100%"), (2, "50%"))),)
    ]
    halves = parts(HALF, HALVED, dice)
    left = PAID_BACK
    for firm, half in zip(dice.sample(firms, HALVED), halves, strict=True):
        early = min(half, left)
        left -= early
        contributions.append((firm, "medical", "2020-02", yuan(2 * half), "", yuan(half + early)))
    loans: list[Row] = [
        (firm, day(dice, date(2020, 2, 1), date(2020, 6, 30)).isoformat(), yuan(amount))
        for firm, amount in zip(dice.sample(firms, BORROWERS), parts(LOANED, BORROWERS, dice), strict=True)
    ]
    refunds: list[Row] = []
    for amount in parts(REFUNDED, REFUNDS, dice):
        accepted = day(dice, date(2020, 1, 2), date(2020, 6, 20))
        refunded = accepted + timedelta(dice.randint(2, 5))
        refunds.append((dice.choice(sorted(exporters)), accepted.isoformat(), refunded.isoformat(), yuan(amount)))
    return dict(zip(COLUMNS, (taxpayers, contributions, loans, refunds, []), strict=True))


def write(path: Path, header: Row, rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=2020)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, rows in tables(random.Random(arguments.seed)).items():
        write(arguments.out / f"{name}.csv", COLUMNS[name], rows)


if __name__ == "__main__":
    main()
