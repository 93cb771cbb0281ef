"""The scheme as a numba kernel: a block of rows for each task, inner loops over one column that the compiler vectorises.

Beside it, what merely reading the same input takes with the same two loops: no contestant can be faster.
"""

from collections.abc import Callable
from functools import cache

from tests.benchmarks.contest import Contestant, Pace, Prepared
from tests.benchmarks.contestants.numpy_by_hand import matrix, narrow
from tests.benchmarks.scheme import Scheme, Table

BLOCK = 4_096
NEEDS = ("numpy", "numba")


@cache
def _kernels() -> tuple[Callable[..., None], Callable[..., int]]:
    """The two kernels; numba compiles each for the types that it is called with."""
    import numpy as np
    from numba import njit, prange

    @njit(parallel=True)
    def grade_all(columns, points, times, base, floor, limits, directs, scores, grades):  # type: ignore[no-untyped-def]
        rows = columns.shape[1]
        for block in prange((rows + BLOCK - 1) // BLOCK):
            begin = block * BLOCK
            end = min(begin + BLOCK, rows)
            score, grade = scores[begin:end], grades[begin:end]
            score[:] = base
            for number in range(len(points)):
                units, least, cost = columns[number, begin:end], times[number], points[number]
                for row in range(end - begin):
                    # The product fits 16 bits; numba would widen it, and half as many would fit a vector.
                    score[row] -= np.int16(min(units[row], least) * cost)
            for row in range(end - begin):
                kept = max(score[row], floor)
                score[row] = kept
                worse = np.int8(0)
                for limit in limits:
                    worse += np.int8(kept < limit)
                grade[row] = worse
            for field, least, direct in directs:
                units = columns[field, begin:end]
                for row in range(end - begin):
                    grade[row] = np.int8(direct) if units[row] >= least else grade[row]

    @njit(parallel=True)
    def read_all(columns):  # type: ignore[no-untyped-def]
        rows = columns.shape[1]
        found = 0
        for block in prange((rows + BLOCK - 1) // BLOCK):
            begin = block * BLOCK
            bits = np.int16(0)
            for number in range(columns.shape[0]):
                units = columns[number, begin : min(begin + BLOCK, rows)]
                for row in range(len(units)):
                    bits |= units[row]
            found += bits
        return found

    return grade_all, read_all


def prepare(scheme: Scheme, table: Table) -> Prepared:
    import numpy as np

    columns, kind = matrix(table), np.dtype(narrow(scheme)).type
    points = np.array([item.points for item in scheme.indicators], np.int16)
    times = np.array([item.times for item in scheme.indicators], np.int16)
    limits = np.array(scheme.limits, kind)
    places = {field: number for number, field in enumerate(scheme.fields)}
    directs = np.array([(places[item.field], item.least, item.grade) for item in reversed(scheme.directs)], np.int16)
    scores, grades = np.empty(table.rows, kind), np.empty(table.rows, np.int8)
    grade_all, _ = _kernels()

    def run() -> tuple[np.ndarray, np.ndarray]:
        grade_all(columns, points, times, kind(scheme.base), kind(scheme.floor), limits, directs, scores, grades)
        return scores, grades

    return Prepared(run, lambda result: result)  # type: ignore[arg-type, return-value]


def prepare_reading(_: Scheme, table: Table) -> Prepared:
    columns = matrix(table)
    _, read_all = _kernels()
    return Prepared(lambda: read_all(columns), None)


CONTESTANTS = (
    Contestant("reading", "reading the input, nothing else", Pace.COLUMNS, prepare_reading, NEEDS),
    Contestant("numba-blocks", "numba by hand, in blocks", Pace.COLUMNS, prepare, NEEDS),
)
