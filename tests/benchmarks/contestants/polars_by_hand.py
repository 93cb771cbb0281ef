"""The scheme in Polars: lazy, 16-bit columns and literals, `min_horizontal`, one fold of subtractions.

The streaming and the in-memory engine are both tried on a sample. `clip` and `when` in the place of `min_horizontal` are slower.
"""

import time
from typing import TYPE_CHECKING

from tests.benchmarks.contest import Contestant, Pace, Prepared
from tests.benchmarks.contestants.numpy_by_hand import matrix, narrow
from tests.benchmarks.scheme import Scheme, Table

if TYPE_CHECKING:
    import polars as pl

SAMPLE_ROWS = 1_000_000
TERMS = 64
"""How many terms stand in one sum; a chain of many hundred overflows the stack of Polars."""


def frame(table: Table) -> "pl.DataFrame":
    """The columns of the table, without a copy where Arrow is at hand."""
    import polars as pl
    import pyarrow as pa

    columns = [pa.Array.from_buffers(pa.int16(), table.rows, [None, pa.py_buffer(values)]) for values in matrix(table)]
    return pl.DataFrame(pl.from_arrow(pa.table(columns, names=list(table.fields))))


def query(scheme: Scheme, data: "pl.LazyFrame") -> "pl.LazyFrame":
    import polars as pl

    wide = {"int16": pl.Int16, "int32": pl.Int32}[narrow(scheme)]

    def short(value: int) -> pl.Expr:
        return pl.lit(value, dtype=pl.Int16)

    terms = [
        (pl.min_horizontal(pl.col(item.field), short(item.times)) * short(item.points)).cast(wide)
        for item in scheme.indicators
    ]
    sums = []
    for begin in range(0, len(terms), TERMS):
        part, *others = terms[begin : begin + TERMS]
        for other in others:
            part = part + other
        sums.append(part)
    score = pl.lit(scheme.base, dtype=wide)
    for part in sums:
        score = score - part
    floored = pl.max_horizontal(score, pl.lit(scheme.floor, dtype=wide)).alias("score")
    grade = pl.lit(len(scheme.limits), dtype=pl.Int8)
    for number, limit in reversed(list(enumerate(scheme.limits))):
        reached = pl.col("score") >= pl.lit(limit, dtype=wide)
        grade = pl.when(reached).then(pl.lit(number, dtype=pl.Int8)).otherwise(grade)
    for item in reversed(scheme.directs):
        reached = pl.col(item.field) >= short(item.least)
        grade = pl.when(reached).then(pl.lit(item.grade, dtype=pl.Int8)).otherwise(grade)
    return data.with_columns(floored).select("score", grade.alias("grade"))


def prepare(scheme: Scheme, table: Table) -> Prepared:
    data = frame(table)
    sample = query(scheme, data.head(SAMPLE_ROWS).lazy())
    times: dict[str, float] = {}
    for engine in ("streaming", "in-memory"):
        for _ in range(3):
            start = time.perf_counter()
            sample.collect(engine=engine)
            times[engine] = min(times.get(engine, 1e9), time.perf_counter() - start)
    plan, fastest = query(scheme, data.lazy()), min(times, key=times.__getitem__)

    def graded(result: object) -> tuple[object, object]:
        return result["score"].to_numpy(), result["grade"].to_numpy()  # type: ignore[index]

    return Prepared(lambda: plan.collect(engine=fastest), graded)  # type: ignore[arg-type, call-overload]


CONTESTANTS = (Contestant("polars", "Polars by hand", Pace.COLUMNS, prepare, ("polars", "pyarrow", "numpy")),)
