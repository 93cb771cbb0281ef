"""Makes tables of invented taxpayers, as many as were published for Qiannan.

    python policies/qiannan/make_qiannan.py OUT [--seed 2020]

Writes three folders into OUT, each with `taxpayer.csv` and `loan.csv`: `year2019` has 43,643 firms and 1,127 households that keep
accounts, `quarter` 55,881 households with fixed levies, `loans` the firms with 308 loans of CNY 237,745,600 granted from January
to May 2020. Names and codes are invented, and so is everything that was not published: the grades, and how many taxpayers the 308
loans went to. The same seed gives the same bytes. Nothing but the standard library is used.
"""

import argparse
import csv
import random
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

FIRMS, AUDITED, FIXED = 43_643, 1_127, 55_881
LOANS, LOANED = 308, 237_745_600
FIRST_DAY, LAST_DAY = date(2020, 1, 1), date(2020, 5, 31)
GRADES = {"A": 3, "B": 40, "M": 45, "C": 4, "D": 8}
"""Invented: the shares of the grades were not published."""
STAGES = ("2020-01-10", "2020-02-17", "2020-03-20", "2020-04-15", "2020-04-30")
COLUMNS = ("uscc", "kind", "grade_of_period", "wanted", "collected", "assigned", "confirmed", "reviewed", "published")
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"

Row = tuple[str, ...]


def code(prefix: str, number: int) -> str:
    """A code with the check character of GB 32100-2015."""
    body = f"{prefix}{number:06d}"
    total = sum(ALPHABET.index(letter) * pow(3, place, 31) for place, letter in enumerate(body))
    return body + ALPHABET[-total % 31]


def grade(dice: random.Random) -> str:
    return dice.choices(list(GRADES), list(GRADES.values()))[0]


def yearly(kind: str, prefix: str, number: int, dice: random.Random) -> Row:
    return (code(prefix, number), kind, grade(dice), "", *STAGES)


def loans(dice: random.Random) -> list[Row]:
    """The loans, some taxpayers with two, of whole yuan that add up to the sum."""
    takers = [dice.randrange(LOANS - 40) for _ in range(40)] + list(range(LOANS - 40))
    cuts = sorted(dice.sample(range(1, LOANED), LOANS - 1))
    amounts = [end - start for start, end in zip([0, *cuts], [*cuts, LOANED], strict=True)]
    days = [FIRST_DAY + timedelta(dice.randrange((LAST_DAY - FIRST_DAY).days + 1)) for _ in range(LOANS)]
    rows = zip(takers, days, amounts, strict=True)
    return [(code("91522701MA6", taker), day.isoformat(), f"{amount}.00", "0.00") for taker, day, amount in rows]


def write(folder: Path, taxpayers: Iterable[Row], loaned: Iterable[Row] = ()) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, header, rows in (
        ("taxpayer", COLUMNS, taxpayers),
        ("loan", ("uscc", "granted", "amount", "fee"), loaned),
    ):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=2020)
    arguments = parser.parse_args()
    dice = random.Random(arguments.seed)
    firms = [yearly("enterprise", "91522701MA6", number, dice) for number in range(FIRMS)]
    audited = [yearly("audited_household", "92522701MA6", number, dice) for number in range(AUDITED)]
    fixed = [
        (code("92522722MA6", number), "fixed_household", grade(dice), "", "", "", "", "", "") for number in range(FIXED)
    ]
    write(arguments.out / "year2019", [*firms, *audited])
    write(arguments.out / "quarter", fixed)
    write(arguments.out / "loans", firms, loans(dice))


if __name__ == "__main__":
    main()
