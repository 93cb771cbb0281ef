"""How much memory a contestant takes beyond its input, in a process of its own.

    python -m tests.benchmarks.memory CONTESTANT INDICATORS ROWS

Prints the peak before the contestant is given anything and after its second run, in MiB of resident memory.
"""

import json
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.entries import scalar_contestants
from tests.benchmarks.scheme import scheme_of, table_of
from tests.benchmarks.surroundings import ROOT, environment


def measured(name: str, indicators: int, rows: int) -> dict[str, int]:
    """The two peaks of a contestant, measured in a child."""
    command = [sys.executable, "-m", "tests.benchmarks.memory", name, str(indicators), str(rows)]
    finished = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, env=environment())
    found: dict[str, int] = json.loads(finished.stdout.splitlines()[-1])
    return found


def main() -> None:
    name, indicators, rows = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    (contestant,) = scalar_contestants([name])
    scheme = scheme_of(indicators)
    table = table_of(scheme, rows)
    before = peak()
    prepared = contestant.prepare(scheme, table)
    for _ in range(2):
        prepared.run()
    print(json.dumps({"input": before, "peak": peak()}))


def peak() -> int:
    """The most resident memory of this program so far; the system's resource usage would begin with that of its parent."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024


if __name__ == "__main__":
    main()
