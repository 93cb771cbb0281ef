"""`docs/benchmarks.md` and its charts, from what was measured.

In: the dictionary of `run.py`. Out: files in a folder; every number on the page is of one run, or says of which part it is.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.charts import FLOOR, OURS, PEER, Bar, Line, bars, lines, short
from tests.benchmarks.sections import NATIONAL_PEER, RECORD_PEER, SCALAR_PEER

Part = dict[str, Any]
BUSY = 0.3
"""More cores than this kept busy by others when a part began: the page says so."""
OUR_NAMES = ("compiled", "columns", "sql", "interpreter", "creditdsl")
"""How the names of what this project makes begin."""


def is_ours(name: str) -> bool:
    return name.startswith(OUR_NAMES)


def colour(name: str) -> str:
    return FLOOR if name == "reading" else OURS if is_ours(name) else PEER


def write_page(found: Part, folder: Path) -> list[Path]:
    """The page and its pictures, written into the folder."""
    pictures = dict(_pictures(found))
    paths = []
    for name, text in pictures.items():
        path = folder / f"benchmarks-{name}.svg"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    page = folder / "benchmarks.md"
    page.write_text("\n".join(_lines(found, set(pictures))).rstrip("\n") + "\n", encoding="utf-8")
    return [page, *paths]


def _pictures(found: Part) -> Iterator[tuple[str, str]]:
    scalar: list[Part] = found.get("scalar", [])
    if scalar:
        largest = _thirty(scalar)[-1]
        title = f"{largest['indicators']} indicators, {largest['subjects']:,} subjects"
        yield "scalar", bars(title, "nanoseconds a subject", _bars(largest))
        if len(_thirty(scalar)) > 1:
            yield (
                "subjects",
                lines("30 indicators by subjects", ("subjects", "nanoseconds a subject"), _by_size(scalar)),
            )
    if found.get("growth"):
        rows = _grown(found["growth"])
        yield "indicators", lines("By indicators", ("indicators", "nanoseconds an indicator of a subject"), rows)
    if found.get("records"):
        rows = _by_records(found["records"])
        yield "records", lines("30 indicators over records", ("records a subject", "nanoseconds a subject"), rows)
    if found.get("whole"):
        yield "whole", bars("Parquet to Parquet, as a whole", "seconds", _whole_bars(found["whole"]))


def _thirty(scalar: Sequence[Part]) -> list[Part]:
    return [part for part in scalar if part["indicators"] == 30]


def _bars(part: Part) -> list[Bar]:
    rows = sorted(part["measured"], key=lambda row: row["median"])
    return [
        Bar(row["title"].replace("`", ""), row["median"], row["least"], row["most"], colour(row["name"]))
        for row in rows
    ]


def _whole_bars(part: Part) -> list[Bar]:
    return [
        Bar(
            row["title"].replace("`", ""),
            median(row["seconds"]),
            min(row["seconds"]),
            max(row["seconds"]),
            colour(row["name"]),
        )
        for row in part["processes"]
    ]


def _by_size(scalar: Sequence[Part]) -> list[Line]:
    """Those that graded every subject at every size."""
    parts = _thirty(scalar)
    return _lines_of(
        [(part["subjects"], part, 1.0) for part in parts], lambda row, part: row["rows"] == part["subjects"]
    )


def _grown(growth: Sequence[Part]) -> list[Line]:
    return _lines_of([(part["indicators"], part, part["indicators"]) for part in growth], lambda _row, _part: True)


def _by_records(records: Sequence[Part]) -> list[Line]:
    """One size, with growing numbers of records a subject."""
    sizes = [part["subjects"] for part in records]
    common = max(set(sizes), key=sizes.count)
    return _lines_of(
        [(part["each"], part, 1.0) for part in records if part["subjects"] == common], lambda _row, _part: True
    )


def _lines_of(parts: Sequence[tuple[float, Part, float]], takes: Any) -> list[Line]:
    """One line a contestant, through every part that it was measured in, divided by a number."""
    titles: dict[str, list[tuple[float, float]]] = {}
    for size, part, divisor in parts:
        for row in part["measured"]:
            if takes(row, part):
                titles.setdefault(row["title"].replace("`", ""), []).append((size, row["median"] / divisor))
    longest = max((len(points) for points in titles.values()), default=0)
    return [Line(title, tuple(points)) for title, points in titles.items() if len(points) >= min(2, longest)]


def _lines(found: Part, pictures: set[str]) -> Iterator[str]:
    yield "# Benchmarks / 性能评测"
    yield ""
    yield _summary_zh(found)
    yield ""
    yield "What is compared, how, and where it is unfair is [at the end](#how-it-is-measured). Every contestant gave the same scores and"
    yield "grades for every subject that it graded; a run in which one does not is stopped. `.venv/bin/python -m tests.benchmarks.run`"
    yield "makes this page ([how](../tests/benchmarks/README.md))."
    yield ""
    yield from _machine(found)
    yield from _scalar(found.get("scalar", []), pictures)
    yield from _one_at_a_time(found.get("one_at_a_time", []))
    yield from _records(found.get("records", []), pictures)
    yield from _like_for_like([*found.get("scalar", []), *found.get("records", [])])
    yield from _national(found.get("national_policy"))
    yield from _growth(found.get("growth", []), pictures)
    yield from _memory(found.get("peaks"))
    yield from _whole(found.get("whole"), pictures)
    yield from _compiling(found.get("compiling"))
    yield from METHOD.splitlines()


def _summary_zh(found: Part) -> str:
    said = [
        "同一套规则,由本编译器生成的程序与手写程序、通用规则引擎在同一台机器、同一次运行中比较,逐户核对评分和级别一致后计时。"
    ]
    if found.get("scalar"):
        part = _thirty(found["scalar"])[-1]
        rows = {row["name"]: row for row in part["measured"]}
        wanted = (
            "columns-jit",
            "columns",
            "sql-grades",
            "compiled-python",
            SCALAR_PEER,
            "polars",
            "duckdb",
            "openfisca",
            "zen-graph",
        )
        told = "、".join(
            f"{rows[name]['title'].replace('`', '')} {short(rows[name]['median'])}" for name in wanted if name in rows
        )
        said.append(f"30项指标、{part['subjects']:,}户,每户纳秒数:{told}。")
    if max((begun for begun, _ in found["load"].values()), default=0.0) > BUSY:
        said.append("测量时机器上另有程序运行,绝对时间偏大,应以同一次运行中的比值为准。")
    return "".join(said)


def _machine(found: Part) -> Iterator[str]:
    machine, releases = found["machine"], found["releases"]
    yield f"Measured on {found['day']}: {machine['processor']}, {machine['cores']} cores, {machine['memory']} of memory, {machine['system']}, {machine['python']}."
    yield ", ".join(f"{name} {release}" for name, release in releases.items()) + "."
    yield (
        f"Extent `{found['extent']}`, {found['rounds']} rounds. Cores that other programs kept busy when each part began: "
        + ", ".join(f"{name.replace('_', ' ')} {begun:.1f}" for name, (begun, _) in found["load"].items())
        + "; where that is much, ratios say more than times."
    )
    yield ""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join('---' if number == 0 else '--:' for number in range(len(head)))}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _detail(part: Part, peer: str) -> Iterator[str]:
    """All contestants of one contest, the fastest first, with ratios to a peer."""
    rows = sorted(part["measured"], key=lambda row: row["median"])
    base = next((row for row in rows if row["name"] == peer), rows[0])
    head = ("", "ns a subject", "least – most", f"× {base['title']}", "subjects graded", "s to the first result")
    yield from _table(
        head,
        [
            (
                _title(row),
                short(row["median"]),
                f"{short(row['least'])} – {short(row['most'])}",
                short(row["ratio"]),
                f"{row['rows']:,}",
                f"{row['first']:.1f}",
            )
            for row in rows
        ],
    )


def _title(row: Part) -> str:
    return f"**{row['title']}**" if is_ours(row["name"]) else row["title"]


def _scalar(scalar: Sequence[Part], pictures: set[str]) -> Iterator[str]:
    if not scalar:
        return
    parts = _thirty(scalar)
    yield "## Thirty indicators"
    yield ""
    yield "One whole number an indicator, points a unit, a cap each; base, floor, five grades, three direct grades."
    yield ""
    if "scalar" in pictures:
        yield "![nanoseconds a subject, thirty indicators](benchmarks-scalar.svg)"
        yield ""
    yield from _detail(parts[-1], SCALAR_PEER)
    if len(parts) > 1:
        yield from _sizes(parts, pictures)
    for part in scalar:
        if part["indicators"] != 30:
            yield f"## {part['indicators']:,} indicators, {part['subjects']:,} subjects"
            yield ""
            yield from _detail(part, SCALAR_PEER)


def _sizes(parts: Sequence[Part], pictures: set[str]) -> Iterator[str]:
    yield "By number of subjects, nanoseconds a subject; † graded fewer of them, as many as its time allowed:"
    yield ""
    names = {row["name"]: row for part in parts for row in part["measured"]}
    cells = [{row["name"]: row for row in part["measured"]} for part in parts]
    yield from _table(
        ("", *(f"{part['subjects']:,}" for part in parts)),
        [
            (_title(row), *(_cell(found.get(name), part) for found, part in zip(cells, parts, strict=True)))
            for name, row in names.items()
        ],
    )
    if "subjects" in pictures:
        yield "![by number of subjects](benchmarks-subjects.svg)"
        yield ""


def _cell(row: Part | None, part: Part) -> str:
    if row is None:
        return "–"
    return short(row["median"]) + ("" if row["rows"] == part["subjects"] else " †")


def _one_at_a_time(parts: Sequence[Part]) -> Iterator[str]:
    if not parts:
        return
    yield "## One subject at a time"
    yield ""
    yield "Microseconds of one call: the median, and what 99 of 100 calls stay below."
    yield ""
    for part in parts:
        rows = sorted(part["latencies"], key=lambda row: row["median"])
        yield from _table(
            (part["policy"], "median", "99 %"),
            [(_title(row), short(row["median"] / 1e3), short(row["slowest_hundredth"] / 1e3)) for row in rows],
        )


def _records(parts: Sequence[Part], pictures: set[str]) -> Iterator[str]:
    if not parts:
        return
    yield "## Thirty indicators over records"
    yield ""
    yield "Three tables of records with kinds, days and amounts; periods, tiers by amount, indicators that last, caps."
    yield ""
    if "records" in pictures:
        yield "![by records a subject](benchmarks-records.svg)"
        yield ""
    for part in parts:
        yield f"{part['subjects']:,} subjects, {part['records']:,} records:"
        yield ""
        yield from _detail(part, RECORD_PEER)


SAME_RESULTS = (
    ("key, score and grade", "sql-grades", ("duckdb", "duckdb-filter")),
    ("all results", "sql", ("duckdb-results", "duckdb-filter-results")),
)
"""What a query gives, who gives it compiled, and who gives the same by hand."""


def _like_for_like(parts: Sequence[Part]) -> Iterator[str]:
    """The compiled query against the one by hand that gives the same."""
    rows = [
        (f"{_indicators(part)}, {part['subjects']:,} subjects{_with_records(part)}", *cells)
        for part in parts
        if "–" not in (cells := [_quotient(part, ours, theirs) for _, ours, theirs in SAME_RESULTS])
    ]
    if not rows:
        return
    yield "## SQL, like for like"
    yield ""
    yield "Times that the compiled query takes as long as the SQL by hand that gives the same: the quotients of the ratios above."
    yield ""
    yield from _table(("", *(what for what, _, _ in SAME_RESULTS)), rows)


def _indicators(part: Part) -> str:
    return f"{part.get('indicators', 30):,} indicators"


def _with_records(part: Part) -> str:
    return f", {part['records']:,} records" if "records" in part else ""


def _quotient(part: Part, ours: str, theirs: Sequence[str]) -> str:
    ratios = {row["name"]: row["ratio"] for row in part["measured"]}
    other = next((ratios[name] for name in theirs if name in ratios), None)
    return "–" if other is None or ours not in ratios else f"{ratios[ours] / other:.2f}"


def _national(part: Part | None) -> Iterator[str]:
    if not part:
        return
    yield "## The national tax-credit policy"
    yield ""
    yield f"The text of 2020 on the [synthetic city](../policies/tax_credit/README.md): {part['subjects']:,} taxpayers, {part['records']:,} records."
    yield ""
    yield from _detail(part, NATIONAL_PEER)


def _growth(parts: Sequence[Part], pictures: set[str]) -> Iterator[str]:
    if not parts:
        return
    yield "## By number of indicators"
    yield ""
    if "indicators" in pictures:
        yield "![by number of indicators](benchmarks-indicators.svg)"
        yield ""
    names = {row["name"]: row for part in parts for row in part["measured"]}
    yield "Nanoseconds a subject:"
    yield ""
    yield from _table(
        ("", *(f"{part['indicators']:,} × {part['subjects']:,}" for part in parts)),
        [
            (
                _title(row),
                *(
                    next((short(item["median"]) for item in part["measured"] if item["name"] == name), "–")
                    for part in parts
                ),
            )
            for name, row in names.items()
        ],
    )


def _memory(part: Part | None) -> Iterator[str]:
    if not part:
        return
    yield "## Memory"
    yield ""
    yield f"Peak of a process beyond its input of {part['subjects']:,} subjects with {part['indicators']} numbers each, its libraries included."
    yield ""
    rows = sorted(part["rows"], key=lambda row: row["peak"] - row["input"])
    yield from _table(
        ("", "input, MiB", "beyond it, MiB"),
        [(_title(row), f"{row['input']:,}", f"{row['peak'] - row['input']:,}") for row in rows],
    )


def _whole(part: Part | None, pictures: set[str]) -> Iterator[str]:
    if not part:
        return
    yield "## As a whole, Parquet to Parquet"
    yield ""
    yield f"{part['subjects']:,} subjects, {part['records']:,} records, text keys of 18 characters, thirty indicators; whole processes, start included."
    yield ""
    if "whole" in pictures:
        yield "![seconds](benchmarks-whole.svg)"
        yield ""
    base = median(part["processes"][0]["seconds"])
    yield from _table(
        ("", "s", "least – most", f"× {part['processes'][0]['title']}", "largest process, MiB"),
        [
            (
                _title(row),
                f"{median(row['seconds']):.2f}",
                f"{min(row['seconds']):.2f} – {max(row['seconds']):.2f}",
                short(median(row["seconds"]) / base),
                f"{row['memory']:,}",
            )
            for row in part["processes"]
        ],
    )


def _compiling(text: str | None) -> Iterator[str]:
    if not text:
        return
    yield "## Checking and compiling"
    yield ""
    yield "What `tests/benchmarks/compile_speed.py` prints:"
    yield ""
    yield "```text"
    yield from text.splitlines()
    yield "```"
    yield ""


METHOD = """\
## How it is measured

- **The same work.** A contestant gets the input as it likes it best (16-bit columns, its own tables, dictionaries) before the clock starts,
  and gives a score and a grade for every subject, as columns or as objects of its own. Reading of input and conversion of results are timed only
  where the row says so (`load`) and in the whole, Parquet to Parquet.
- **What ours does beside.** The emitted `evaluate` also gives scores after repair and the measures, which no scalar peer computes; `creditdsl score` checks
  every value and writes findings, measures and rejects, which neither DuckDB baseline does. The compiled query gives all results, or, where
  the row says so, three columns are selected from it.
- **Peers at their best.** NumPy by hand tries block sizes and threads, Polars both of its engines, on a sample, and keeps the fastest. zen-engine is measured
  through the loader that keeps decisions compiled, and once as a bare compiled expression without a graph. CEL and rule-engine have their expressions
  compiled once. OpenFisca keeps its input between runs.
- **Rounds.** All contestants take turns, another one begins each round; from 100 million numbers on, each takes turns with NumPy by
  hand alone, because they would not fit the memory together. The median is shown with the least and the greatest. Ratios are
  medians of the ratios round by round, so what disturbs a whole round cancels out. One that needs more than ten
  seconds leaves after fewer rounds, but not before the third. Garbage collection is off
  while the clock runs. Contestants that take one subject at a time grade as many as a round's time allows, which the table says.
- **Checked.** Scores and grades are compared for every subject, first against the function by hand, then among all.
- **To the first result** is everything from the policy to the end of the first run: compiling, loading the input, just-in-time compilation, trials.
- **Not compared.** Engines that need a server or another language's runtime. OpenFisca is left out above 300 indicators, where its intermediate results
  would not fit the memory.
"""
