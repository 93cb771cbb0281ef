"""How fast a city is scored, and in how much memory.

    python tests/benchmarks/score_speed.py [SUBJECTS ...] [--jobs N] [--format csv|parquet]

Writes seeded tables with about three records a subject, scores them in a process of its own, and prints one line for
each number of subjects: seconds all in, subjects a second, and the greatest resident memory of the run's processes.
Without numbers: 35,000 and 1,000,000.
"""

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SEED = 20_210_430

RUN = """
import sys
from datetime import date
from pathlib import Path
from creditdsl.engines.layout import FileFormat
from creditdsl.engines.run import RunOptions
from creditdsl.score import score
from tests.engines_town import town

if __name__ == "__main__":
    tables, out, jobs, form = sys.argv[1:]
    summary = score(
        town(), Path(tables), Path(out), RunOptions("2020", date(2021, 4, 30), "zh", int(jobs), FileFormat(form))
    )
    assert summary.refused == 0
    print(summary.scored)
"""


def write_town(folder: Path, subjects: int) -> int:
    """Tables for so many subjects, in an order that is not that of the keys; gives the number of records."""
    draw = random.Random(SEED)
    records = 0
    order = list(range(subjects))
    draw.shuffle(order)
    with (
        (folder / "taxpayer.csv").open("w", encoding="utf-8") as taxpayers,
        (folder / "late_filing.csv").open("w", encoding="utf-8") as filings,
        (folder / "evasion.csv").open("w", encoding="utf-8") as evasions,
    ):
        taxpayers.write("uscc,operating_months,tax_payable,general_vat,prior_grade,share,founded,remark\n")
        filings.write("uscc,tax,due,filed,tax_due\n")
        evasions.write("uscc,amount\n")
        for number in order:
            key = f"91150{number:013}"
            taxpayers.write(
                f"{key},{draw.randrange(400)},{draw.randrange(10**9) / 100:.2f},{draw.choice(('是', '否'))},"
                f"{draw.choice('ABCD')},{draw.randrange(100)}%,20{draw.randrange(10, 20)}-0{draw.randrange(1, 10)},\n"
            )
            for _ in range(draw.choice((0, 1, 2, 3, 9))):
                month, day = draw.randrange(1, 13), draw.randrange(1, 28)
                filed = draw.choice(("", f"2020/{month}/{draw.randrange(1, 28)}"))
                filings.write(f"{key},010101,2020-{month:02}-{day:02},{filed},{draw.randrange(10**7) / 100:.2f}\n")
                records += 1
            if draw.random() < 0.1:
                evasions.write(f"{key},{draw.randrange(10**8) / 100:.2f}\n")
                records += 1
    return records


def measure(subjects: int, jobs: int, form: str) -> str:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "tables")
        folder.mkdir()
        records = write_town(folder, subjects)
        script = Path(name, "run_town.py")
        script.write_text(RUN, encoding="utf-8")
        start = time.perf_counter()
        command = [sys.executable, str(script), str(folder), str(Path(name, "out")), str(jobs), form]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        finished = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
        seconds = time.perf_counter() - start
        assert int(finished.stdout) == subjects
    # The greatest of all processes so far, workers included: they are children of the run, which is our child.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    return (
        f"{subjects:>9,} subjects {records:>9,} records {jobs} jobs {form:7} "
        f"{seconds:7.1f} s {subjects / seconds:>8,.0f} subjects/s   largest process {peak:,} MiB"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("subjects", nargs="*", type=int, default=[35_000, 1_000_000])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--format", choices=["csv", "parquet"], default="csv")
    arguments = parser.parse_args()
    for subjects in sorted(arguments.subjects):
        print(measure(subjects, arguments.jobs, arguments.format), flush=True)


if __name__ == "__main__":
    main()
