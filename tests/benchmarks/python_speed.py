"""Compares the emitted Python of the tax-credit policy with what an engineer would write by hand.

    python tests/benchmarks/python_speed.py [--subjects 2000] [--rounds 15]

First checks that both give the same scores, grades and measures, then prints the median time a subject of each, and
the ratios to the hand-written `evaluate`, for two populations: the synthetic city, where most taxpayers have few
records, and random taxpayers with many.
"""

import argparse
import csv
import gc
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent), str(ROOT / "policies" / "tax_credit")]

import make_city
import tax_credit_by_hand
import tax_credit_taxpayers

from creditdsl.backends.python.emit import emit_python
from creditdsl.backends.python.loading import load_module
from creditdsl.compile import compile_for
from creditdsl.core.ir import Program
from creditdsl.core.types import Number, Truth, Unit, plain

AS_OF = date(2021, 4, 30)
YEAR = 2020


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--subjects", type=int, default=2000)
    arguments.add_argument("--rounds", type=int, default=15)
    options = arguments.parse_args()
    program = compile_for(ROOT / "policies" / "tax_credit", str(YEAR), AS_OF).program
    module = load_module(emit_python(program), "tax_credit_emitted")
    draw = random.Random(7)
    populations = {
        "synthetic city": city(program, options.subjects),
        "random taxpayers": [tax_credit_taxpayers.taxpayer(draw) for _ in range(options.subjects)],
    }
    for name, raw in populations.items():
        subjects = [module.load(item) for item in raw]
        compare(module, subjects)
        print_ratios(name, module, subjects, options.rounds)


def city(program: Program, subjects: int) -> list[dict[str, object]]:
    """Taxpayers of the synthetic city as JSON-like subjects."""
    with tempfile.TemporaryDirectory() as folder:
        make_city.write(make_city.tables_of(make_city.city(2019, subjects)), Path(folder))
        tables = {
            path.stem: list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
            for path in Path(folder).glob("*.csv")
        }
    found: dict[str, dict[str, object]] = {}
    for row in tables[program.subject.name]:
        found[row["uscc"]] = {item.name: typed(row.get(item.name), item.type) for item in program.subject.fields}
        found[row["uscc"]].update({table.name: [] for table in program.records})
    for table in program.records:
        for row in tables.get(table.name, []):
            records = found[row["uscc"]][table.name]
            assert isinstance(records, list)
            records.append({item.name: typed(row.get(item.name), item.type) for item in table.fields})
    return list(found.values())


def typed(text: str | None, type_: object) -> object:
    """A CSV cell as JSON has it."""
    if not text:
        return None
    match plain(type_):  # type: ignore[arg-type]
        case Truth():
            return text == "true"
        case Number(Unit.NUMBER):
            return int(text)
        case _:
            return text


def compare(module: ModuleType, subjects: list[object]) -> None:
    """SystemExit at the first subject on which the two differ."""
    period = module.period(str(YEAR))
    for subject in subjects:
        first, second = module.evaluate(subject, period, AS_OF), tax_credit_by_hand.evaluate(subject, YEAR, AS_OF)
        for name in tax_credit_by_hand.Evaluation.__dataclass_fields__:
            if getattr(first, name) != getattr(second, name):
                raise SystemExit(f"{name}: {getattr(first, name)} and by hand {getattr(second, name)}: {subject}")


def print_ratios(name: str, module: ModuleType, subjects: list[object], rounds: int) -> None:
    period = module.period(str(YEAR))
    runs: dict[str, list[float]] = {"by hand": [], "evaluate": [], "explain": []}
    for _ in range(rounds):
        runs["by hand"].append(timed(tax_credit_by_hand.evaluate, subjects, YEAR))
        runs["evaluate"].append(timed(module.evaluate, subjects, period))
        runs["explain"].append(timed(module.explain, subjects, period))
    baseline = statistics.median(runs["by hand"])
    print(f"{name}: {len(subjects)} taxpayers, median of {rounds} rounds")
    for form, times in runs.items():
        median = statistics.median(times)
        print(f"  {form:10} {median * 1e6:8.2f} µs a taxpayer   {median / baseline:5.2f} x by hand")


def timed(function: Callable[..., object], subjects: list[object], period: object) -> float:
    """Seconds a subject of processor time, with the cyclic collector off."""
    gc.collect()
    gc.disable()
    start = time.process_time()
    for subject in subjects:
        function(subject, period, AS_OF)
    spent = time.process_time() - start
    gc.enable()
    return spent / len(subjects)


if __name__ == "__main__":
    main()
