"""Measures what the compiler makes against every peer, and writes `docs/benchmarks.md` with its charts.

    .venv/bin/python -m tests.benchmarks.run [--quick | --full] [--only PART …] [--large 100000000] [--page-only]

Makes its own environment in `build/benchmark-venv` (from `requirements.txt`) and starts itself again in it. What was measured
is kept in `build/benchmark.json`; `--only` measures some parts anew and keeps the rest, `--page-only` writes the page alone.
`--quick` takes minutes and writes its page to `build/`, not to `docs/`. `--large` measures thirty indicators at one more
size, each contestant alone. `--here` stays in the present environment and leaves out the peers that it lacks.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.benchmarks.surroundings import ROOT, environment, machine, python_with_peers, releases

KEPT = ROOT / "build" / "benchmark.json"
QUICK_FOLDER = ROOT / "build" / "benchmark-quick"
PARTS = ("scalar", "one_at_a_time", "growth", "records", "national_policy", "peaks", "whole", "compiling")


def main() -> None:
    options = parsed()
    if not options.here:
        interpreter = python_with_peers()
        os.execve(interpreter, [str(interpreter), "-m", "tests.benchmarks.run", *sys.argv[1:], "--here"], environment())
    if options.page_only:
        write(json.loads(kept(options.quick).read_text(encoding="utf-8")), options.quick)
        return
    write(measure(options), options.quick)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    extent = parser.add_mutually_exclusive_group()
    extent.add_argument("--quick", action="store_true", help="small sizes, few rounds")
    extent.add_argument("--full", action="store_true", help="more rounds, and the largest sizes of everything")
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--large", type=int, metavar="SUBJECTS", help="one more size of thirty indicators")
    parser.add_argument("--whole", type=int, metavar="SUBJECTS", help="how many subjects `creditdsl score` is given")
    parser.add_argument("--page-only", action="store_true")
    parser.add_argument("--here", action="store_true")
    return parser.parse_args()


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Every part that is asked for, over what was measured before when only some are."""
    from dataclasses import replace

    from tests.benchmarks import sections

    extent = sections.QUICK if options.quick else sections.FULL if options.full else sections.USUAL
    if options.large:
        extent = replace(extent, scalar=(*extent.scalar, options.large))
    if options.whole:
        extent = replace(extent, whole=options.whole)
    found: dict[str, Any] = {}
    if options.only and kept(options.quick).exists():
        found = json.loads(kept(options.quick).read_text(encoding="utf-8"))
    found |= {
        "machine": machine(),
        "releases": releases(),
        "extent": extent.name,
        "rounds": extent.pacing.rounds,
        "day": datetime.now(UTC).date().isoformat(),
    }
    loads = found.setdefault("load", {})
    for name in options.only or PARTS:
        part: Callable[..., Any] = getattr(sections, name)
        begun = sections.load()
        found[name] = part(extent, say)
        loads[name] = [begun, sections.load()]
        keep(found, options.quick)
    return found


def keep(found: dict[str, Any], quick: bool) -> None:
    """What was measured so far, so that a run that is stopped has not been for nothing."""
    kept(quick).parent.mkdir(exist_ok=True)
    kept(quick).write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")


def kept(quick: bool) -> Path:
    return QUICK_FOLDER.with_suffix(".json") if quick else KEPT


def say(text: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {text}", file=sys.stderr, flush=True)


def write(found: dict[str, Any], quick: bool) -> None:
    from tests.benchmarks.page import write_page

    folder = QUICK_FOLDER if quick else ROOT / "docs"
    folder.mkdir(parents=True, exist_ok=True)
    for path in write_page(found, folder):
        say(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
