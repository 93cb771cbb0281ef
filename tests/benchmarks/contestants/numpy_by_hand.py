"""The scheme in NumPy: as it is usually written, and as well as it can be written.

The usual form takes whole columns as they come and lets NumPy widen them. The other one works in blocks that stay in the cache,
with 16-bit numbers where the caps allow it, `minimum` against arrays (against a number it is many times slower), outputs that are
there beforehand, and the block size and number of threads that are fastest on a sample.
"""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tests.benchmarks.contest import Contestant, Pace, Prepared
from tests.benchmarks.scheme import Scheme, Table

if TYPE_CHECKING:
    import numpy as np

BLOCKS = (8_192, 16_384, 32_768, 65_536, 131_072)
SAMPLE_ROWS = 1_000_000


def matrix(table: Table) -> "np.ndarray":
    """The input as it lies in memory: a row for each field, without a copy."""
    import numpy as np

    return np.frombuffer(table.buffer, np.int16).reshape(len(table.fields), table.stride)[:, : table.rows]


def narrow(scheme: Scheme) -> str:
    """The narrowest type in which no sum leaves its range."""
    return "int16" if max(scheme.heaviest, scheme.base) < 2**15 else "int32"


def prepare_usual(scheme: Scheme, table: Table) -> Prepared:
    import numpy as np

    columns = dict(zip(table.fields, matrix(table), strict=True))

    def run() -> tuple["np.ndarray", "np.ndarray"]:
        score = np.full(table.rows, scheme.base)
        for item in scheme.indicators:
            score -= np.minimum(columns[item.field] * np.int64(item.points), item.cap)
        score = np.maximum(score, scheme.floor)
        grade = np.select([score >= limit for limit in scheme.limits], range(len(scheme.limits)), len(scheme.limits))
        for item in reversed(scheme.directs):
            grade = np.where(columns[item.field] >= item.least, item.grade, grade)
        return score, grade

    return Prepared(run, lambda result: result)  # type: ignore[arg-type, return-value]


def prepare_blocks(scheme: Scheme, table: Table) -> Prepared:
    import numpy as np

    score, grade = np.empty(table.rows, narrow(scheme)), np.empty(table.rows, np.int8)
    block, threads = _fastest(scheme, table.first(SAMPLE_ROWS), score, grade)
    pool = ThreadPoolExecutor(threads)
    grade_all = _grader(scheme, matrix(table), (score, grade), block)
    pieces = _pieces(table.rows, block, threads)

    def run() -> tuple["np.ndarray", "np.ndarray"]:
        list(pool.map(grade_all, pieces))
        return score, grade

    return Prepared(run, lambda result: result)  # type: ignore[arg-type, return-value]


def _fastest(scheme: Scheme, sample: Table, score: "np.ndarray", grade: "np.ndarray") -> tuple[int, int]:
    """The block size and the number of threads that take the least time for a sample."""
    times: dict[tuple[int, int], float] = {}
    for threads in {1, os.cpu_count() or 1}:
        with ThreadPoolExecutor(threads) as pool:
            for block in BLOCKS:
                run, pieces = (
                    _grader(scheme, matrix(sample), (score, grade), block),
                    _pieces(sample.rows, block, threads),
                )
                list(pool.map(run, pieces))
                times[block, threads] = min(_seconds(lambda: list(pool.map(run, pieces))) for _ in range(3))  # noqa: B023
    return min(times, key=times.__getitem__)


def _seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _pieces(rows: int, block: int, threads: int) -> list[tuple[int, int]]:
    """A run of whole blocks for each thread."""
    step = -(-rows // (threads * block)) * block
    return [(begin, min(begin + step, rows)) for begin in range(0, rows, step)]


def _grader(
    scheme: Scheme, columns: "np.ndarray", outputs: tuple["np.ndarray", "np.ndarray"], block: int
) -> Callable[[tuple[int, int]], None]:
    """A function that grades the rows from one number to another."""
    import numpy as np

    wide = narrow(scheme)
    rows_of = {field: number for number, field in enumerate(scheme.fields)}
    caps = {times: np.full(block, times, np.int16) for times in {item.times for item in scheme.indicators}}
    plan = [(rows_of[item.field], caps[item.times], np.int16(item.points)) for item in scheme.indicators]
    floor = np.full(block, scheme.floor, wide)
    directs = [(rows_of[item.field], item.least, item.grade) for item in reversed(scheme.directs)]
    scores, grades = outputs

    def grade_rows(piece: tuple[int, int]) -> None:
        units, reached = np.empty(block, np.int16), np.empty(block, bool)
        for begin in range(*piece, block):
            end = min(begin + block, piece[1])
            size = end - begin
            score, grade, deduction, flag = scores[begin:end], grades[begin:end], units[:size], reached[:size]
            score.fill(scheme.base)
            for row, cap, points in plan:
                np.minimum(columns[row, begin:end], cap[:size], out=deduction)
                np.multiply(deduction, points, out=deduction)
                np.subtract(score, deduction, out=score)
            np.maximum(score, floor[:size], out=score)
            grade.fill(len(scheme.limits))
            for limit in scheme.limits:
                np.greater_equal(score, limit, out=flag)
                np.subtract(grade, flag.view(np.int8), out=grade)
            for row, least, direct in directs:
                np.greater_equal(columns[row, begin:end], least, out=flag)
                np.copyto(grade, np.int8(direct), where=flag)

    return grade_rows


CONTESTANTS = (
    Contestant("numpy-blocks", "NumPy by hand, in blocks", Pace.COLUMNS, prepare_blocks, ("numpy",)),
    Contestant("numpy-usual", "NumPy as usually written", Pace.COLUMNS, prepare_usual, ("numpy",)),
)
