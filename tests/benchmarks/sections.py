"""The parts of a run: what is measured at which sizes, as plain data that a page can be written from.

In: an `Extent`. Out: for each part a dictionary or a list of them; times in nanoseconds a subject unless said otherwise.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks import memory, national
from tests.benchmarks.contest import Contestant, Measured, Pacing, contest, latencies
from tests.benchmarks.end_to_end import end_to_end
from tests.benchmarks.entries import COLUMN_FORMS, national_contestants, record_contestants, scalar_contestants
from tests.benchmarks.records import make_tables, record_scheme_of
from tests.benchmarks.scheme import Scheme, Table, scheme_of, table_of
from tests.benchmarks.surroundings import ROOT, environment

Part = dict[str, Any]
BIG = 1685
"""The indicators of the largest published scheme of a city."""
LARGEST_TOGETHER = 100_000_000
"""From so many numbers of input on, contestants do not stand in the memory together."""
SCALAR_PEER, RECORD_PEER, NATIONAL_PEER = "numpy-blocks", "duckdb-filter", "python-by-hand"
"""What ratios are to."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured; sizes are numbers of subjects."""

    name: str
    pacing: Pacing
    scalar: tuple[int, ...]
    many: tuple[tuple[int, int], ...]
    """Numbers of indicators, each with a size, beside the thirty."""
    growth: tuple[int, ...]
    records: tuple[tuple[int, int], ...]
    """Sizes, each with a number of records a subject."""
    taxpayers: int
    memory: int
    whole: int
    """Subjects of `creditdsl score`; three records each."""
    whole_rounds: int


QUICK = Extent(
    "quick",
    Pacing(3, 0.05),
    (100_000,),
    ((100, 10_000),),
    (10, 100),
    ((30_000, 3),),
    5_000,
    200_000,
    5_000,
    1,
)
USUAL = Extent(
    "usual",
    Pacing(7, 0.3),
    (10_000, 100_000, 1_000_000, 10_000_000),
    ((BIG, 100_000),),
    (10, 30, 100, 300, 1_000, BIG),
    ((100_000, 1), (100_000, 3), (100_000, 10), (100_000, 30), (1_000_000, 3)),
    200_000,
    10_000_000,
    200_000,
    3,
)
FULL = Extent(
    "full",
    Pacing(15, 1.0),
    USUAL.scalar,
    ((BIG, 100_000), (BIG, 1_000_000)),
    USUAL.growth,
    (*USUAL.records, (10_000_000, 3)),
    1_000_000,
    10_000_000,
    10_000_000,
    3,
)


def told(measured: Sequence[Measured], peer: str) -> list[Part]:
    """Each contestant in nanoseconds a subject, with its ratio to a peer: the median of the ratios round by round.

    What disturbs the machine for the length of a round disturbs both.
    """
    base = next((item for item in measured if item.name == peer), measured[0])
    others = [base.nanoseconds(seconds) for seconds in base.seconds]
    return [
        {
            "name": item.name,
            "title": item.title,
            "rows": item.rows,
            "first": item.first,
            "median": item.median,
            "least": item.least,
            "most": item.most,
            "ratio": median(item.nanoseconds(own) / other for own, other in zip(item.seconds, others, strict=False)),
        }
        for item in measured
    ]


def scalar(extent: Extent, say: Callable[[str], None]) -> list[Part]:
    """Thirty indicators at every size, and more indicators; the slow ones at the size that they can do."""
    found = []
    for indicators, size in [(30, size) for size in extent.scalar] + list(extent.many):
        say(f"{indicators} indicators, {size:,} subjects")
        found.append(scalar_part(scalar_contestants(), indicators, size, extent.pacing))
    return found


def scalar_part(contestants: Iterable[Contestant[Any, Any]], indicators: int, size: int, pacing: Pacing) -> Part:
    scheme = scheme_of(indicators)
    table = table_of(scheme, size)
    listed = [item for item in contestants if item.can_run(scheme)]
    if size * indicators < LARGEST_TOGETHER:
        rows = told(contest(listed, scheme, table, pacing), SCALAR_PEER)
    else:
        rows = list(_one_by_one(listed, scheme, table, pacing))
    return {"indicators": indicators, "subjects": size, "measured": rows}


def _one_by_one(
    contestants: Sequence[Contestant[Any, Any]], scheme: Scheme, table: Table, pacing: Pacing
) -> Iterator[Part]:
    """Each against the peer alone, since all of them together would not fit the memory."""
    (peer,) = (item for item in contestants if item.name == SCALAR_PEER)
    for item in contestants:
        rows = told(contest([peer, item] if item is not peer else [peer], scheme, table, pacing), SCALAR_PEER)
        yield rows[-1]


def one_at_a_time(extent: Extent, say: Callable[[str], None]) -> list[Part]:
    """Latencies of one subject: of thirty and of many indicators, and of the national policy."""
    found = []
    for indicators in (30, extent.many[0][0]):
        say(f"one subject at a time, {indicators} indicators")
        scheme = scheme_of(indicators)
        some = latencies(scalar_contestants(), scheme, table_of(scheme, 2_000), extent.pacing.seconds * 4)
        found.append({"policy": f"{indicators} indicators", "latencies": [asdict(item) for item in some]})
    say("one subject at a time, national policy")
    policy = national.national_policy()
    some = latencies(national.CONTESTANTS, policy, national.city_of(policy, 2_000), extent.pacing.seconds * 4)
    found.append({"policy": "national tax-credit policy", "latencies": [asdict(item) for item in some]})
    return found


def growth(extent: Extent, say: Callable[[str], None]) -> list[Part]:
    """The contestants that take columns, by the number of indicators, at sizes of about equal input."""
    found = []
    for indicators in extent.growth:
        say(f"growth: {indicators} indicators")
        size = max(10_000, min(extent.scalar[-1], 1_000_000) * 30 // indicators // 1_000 * 1_000)
        found.append(scalar_part(scalar_contestants(COLUMN_FORMS), indicators, min(size, 1_000_000), extent.pacing))
    return found


def records(extent: Extent, say: Callable[[str], None]) -> list[Part]:
    """Thirty indicators over record tables."""
    found = []
    scheme = record_scheme_of(30)
    contestants = record_contestants()
    for size, each in extent.records:
        say(f"30 indicators over records: {size:,} subjects, {each} records each")
        tables = make_tables(scheme, size, each)
        measured = contest(contestants, scheme, tables, extent.pacing)
        tables.connection.close()
        found.append(
            {"subjects": size, "each": each, "records": tables.records, "measured": told(measured, RECORD_PEER)}
        )
    return found


def national_policy(extent: Extent, say: Callable[[str], None]) -> Part:
    say(f"national policy: {extent.taxpayers:,} taxpayers")
    policy = national.national_policy()
    city = national.city_of(policy, extent.taxpayers)
    measured = contest(national_contestants(), policy, city, extent.pacing)
    return {"subjects": city.rows, "records": city.records, "measured": told(measured, NATIONAL_PEER)}


def peaks(extent: Extent, say: Callable[[str], None]) -> Part:
    """Resident memory of thirty indicators, each contestant in a process of its own."""
    rows = []
    scheme = scheme_of(30)
    for item in scalar_contestants(COLUMN_FORMS):
        if item.can_run(scheme):
            say(f"memory of {item.name}")
            rows.append({"name": item.name, "title": item.title, **memory.measured(item.name, 30, extent.memory)})
    return {"indicators": 30, "subjects": extent.memory, "rows": rows}


def whole(extent: Extent, say: Callable[[str], None]) -> Part:
    say(f"`creditdsl score`, Parquet to Parquet: {extent.whole:,} subjects")
    made, found = end_to_end(extent.whole, 3, extent.whole_rounds)
    return {"subjects": extent.whole, "records": made, "processes": [asdict(item) for item in found]}


def compiling(extent: Extent, say: Callable[[str], None]) -> str:
    """What `compile_speed.py` prints."""
    script = ROOT / "tests" / "benchmarks" / "compile_speed.py"
    if not script.exists():
        return ""
    say("compile times")
    extents = ["--indicators", "30", "--rounds", "1"] if extent.name == QUICK.name else ["--rounds", "3"]
    command = [sys.executable, str(script), *extents]
    finished = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment(), check=False)
    return finished.stdout.rstrip("\n") if finished.returncode == 0 else f"failed: {finished.stderr[-300:]}"


def load() -> float:
    """How many cores others keep busy, over two seconds in which this process does nothing.

    The load average of Linux would do, but for a minute it remembers the part that was measured before.
    """
    before = _busy()
    time.sleep(2)
    return max(0.0, _busy() - before) / 2


def _busy() -> float:
    """Seconds that all cores together have worked for anyone, where the system tells; `proc_stat(5)`."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return 0.0
    user, nice, system, _, _, interrupts, soft, *_ = map(
        int, stat.read_text(encoding="ascii").split("\n", 1)[0].split()[1:]
    )
    return (user + nice + system + interrupts + soft) / os.sysconf("SC_CLK_TCK")
