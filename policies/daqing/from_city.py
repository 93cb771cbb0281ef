"""Makes the tables of this policy from a synthetic city and its evaluation.

    python policies/daqing/from_city.py CITY RESULTS OUT

In: a folder made by `policies/tax_credit/make_city.py`, and the folder of results that `creditdsl score policies/tax_credit`
made of it for the year 2020. Out: `taxpayer.csv` and `past_grade.csv` in the folder OUT, with the grade after repair as
`grade_of_year`. The city is made for 2020 and the published figures are those of 2019, so every year is moved back by one.
Nobody asks for a loan: nothing is known of that. Nothing but the standard library is used.
"""

import csv
import sys
from collections.abc import Iterable
from pathlib import Path

YEARS_BACK = 1


def rows(path: Path) -> Iterable[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def write(path: Path, header: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(lines)


def main(city: Path, results: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    grades = {row["uscc"]: row["grade_after_repair"] for row in rows(results / "results.csv")}
    write(
        out / "taxpayer.csv",
        ("uscc", "grade_of_year", "general_vat_payer", "wanted", "bank_conditions"),
        (
            (row["uscc"], grades[row["uscc"]], row["general_vat_payer"], "", "false")
            for row in rows(city / "taxpayer.csv")
            if grades[row["uscc"]]
        ),
    )
    write(
        out / "past_grade.csv",
        ("uscc", "year", "level"),
        (
            (row["uscc"], str(int(row["year"]) - YEARS_BACK), row["grade"])
            for row in rows(city / "prior_evaluation.csv")
            if grades.get(row["uscc"])
        ),
    )


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
