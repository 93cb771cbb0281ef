"""How long a policy takes to be checked and compiled: whole commands, and the stages of the compiler.

    python tests/benchmarks/compile_speed.py [--indicators N ...] [--rounds R] [--stages-only] [--against CHECKOUT]

Schemes of a city of 30, 300 and 1,685 indicators in both forms (see `scheme_policy`), and the newest text of the tax-credit policy.
`check`, `compile` (to Python) and `--help` are whole commands, start-up included, in seconds of wall time; the stages are measured in
a process of their own, in seconds of processor time, with that of processes that they start. Medians of `--rounds` runs, the fastest
and the slowest behind them.
`--against` measures another checkout of the compiler in turn with this one, and prints how many times as long it takes.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(Path(__file__).parent))

import scheme_policy

SIZES = (30, 300, 1685)

STAGES = """
import gc, json, sys
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

def processor_time():
    used = [getrusage(whose) for whose in (RUSAGE_SELF, RUSAGE_CHILDREN)]
    return sum(item.ru_utime + item.ru_stime for item in used)

start = processor_time()
from creditdsl.compile import consolidated, open_policy
from creditdsl.checking.lower import lower
from creditdsl.core.verify import verify

seconds = {"import": processor_time() - start}

def timed(name, stage, *inputs):
    gc.collect()
    start = processor_time()
    result = stage(*inputs)
    seconds[name] = processor_time() - start
    return result

opened = timed("parse", open_policy, Path(sys.argv[1]))
text = timed("consolidate", consolidated, opened, opened.slices()[-1])
lowered = timed("lower", lower, (text.module,), opened.content_hash)
timed("verify", verify, lowered.program, lowered.known)
from creditdsl.backends.python.emit import emit_python

timed("emit", emit_python, lowered.program)
print(json.dumps(seconds))
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """A policy to measure."""

    name: str
    path: Path


def stages(subject: Subject, checkout: Path) -> Mapping[str, float]:
    """Seconds of processor time of each stage, in a process of its own."""
    return json.loads(_run(("-c", STAGES, str(subject.path)), checkout))


def commands(subject: Subject, checkout: Path) -> Mapping[str, float]:
    """Seconds of wall time of each whole command."""
    found = {"check": _timed(("check", str(subject.path)), checkout)}
    with tempfile.TemporaryDirectory() as folder:
        # A policy with amendments has several texts, and only a folder takes them all.
        output = ("-o", str(Path(folder, "emitted")))
        found["compile"] = _timed(("compile", str(subject.path), "--target", "python", *output), checkout)
    return found


def _timed(arguments: tuple[str, ...], checkout: Path) -> float:
    start = time.perf_counter()
    _run(("-m", "creditdsl", *arguments), checkout)
    return time.perf_counter() - start


def _run(arguments: tuple[str, ...], checkout: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    finished = subprocess.run(
        [sys.executable, *arguments], cwd=checkout, env=environment, capture_output=True, text=True, check=False
    )
    if finished.returncode != 0:
        raise SystemExit(f"{' '.join(arguments)}\n{finished.stderr}")
    return finished.stdout


def report(subject: Subject, checkouts: tuple[Path, ...], rounds: int, *, stages_only: bool) -> None:
    """The medians of one policy, line by line; the checkouts are measured in turn."""
    print(subject.name)
    measures = (stages,) if stages_only else (commands, stages)
    for measure in measures:
        runs = [[measure(subject, checkout) for checkout in checkouts] for _ in range(rounds)]
        for name in runs[0][0]:
            _line(name, [[one[name] for one in pair] for pair in runs])


def _line(name: str, runs: list[list[float]]) -> None:
    """One line for a measure: the median of this checkout, its range, and the other checkout's with the ratio."""
    own = [pair[0] for pair in runs]
    median = statistics.median(own)
    text = f"  {name:12} {median:7.3f} s   {min(own):.3f} .. {max(own):.3f}"
    if len(runs[0]) > 1:
        other = statistics.median(pair[1] for pair in runs)
        text += f"   against {other:7.3f} s   {other / median:5.2f} x"
    print(text, flush=True)


def subjects(folder: Path, sizes: list[int]) -> list[Subject]:
    """The schemes, written into a folder, and the policy of this repository."""
    made = []
    for form in sorted(scheme_policy.FORMS):
        for size in sizes:
            path = folder / f"{form}_{size}"
            scheme_policy.write_policy(size, form, path)
            made.append(Subject(f"{size:,} indicators, {form}", path))
    return [*made, Subject("policies/tax_credit", ROOT / "policies" / "tax_credit")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--indicators", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--stages-only", action="store_true")
    parser.add_argument("--against", type=Path)
    arguments = parser.parse_args()
    checkouts = (ROOT,) if arguments.against is None else (ROOT, arguments.against.resolve())
    if not arguments.stages_only:
        helps = [[_timed(("--help",), checkout) for checkout in checkouts] for _ in range(arguments.rounds)]
        print("any policy")
        _line("--help", helps)
    with tempfile.TemporaryDirectory() as folder:
        for subject in subjects(Path(folder), arguments.indicators):
            report(subject, checkouts, arguments.rounds, stages_only=arguments.stages_only)


if __name__ == "__main__":
    main()
