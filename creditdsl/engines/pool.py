"""Batches of subjects graded by several processes.

In: how many subjects there are. Out: the counts of all of them; the part files are numbered by batch, so that their
order does not depend on who was faster. A worker holds one end of a pipe and ends when the other end is gone, so that
nothing goes on running after the run was killed.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from traceback import format_exc

from creditdsl.diagnostics import InternalError
from creditdsl.engines.batch import BatchGrader, Counts, Work

BATCH = 5_000
"""How many subjects a batch has."""

Progress = Callable[[int], None]
"""Told how many subjects are done so far."""

Batch = tuple[int, int, int]
"""The number of a batch, the first ordinal, and the one after the last."""


def batches(subjects: int) -> list[Batch]:
    """The batches that cover the ordinals from 0 to `subjects`, not included."""
    starts = range(0, subjects, BATCH)
    return [(number, start, min(start + BATCH, subjects)) for number, start in enumerate(starts)]


def grade_all(work: Work, subjects: int, jobs: int, progress: Progress) -> Counts:
    """Grade every subject, with at most `jobs` processes; a single batch or job is done in this process."""
    planned = batches(subjects)
    counts = Counts()
    results = _in_processes(work, planned, jobs) if min(jobs, len(planned)) > 1 else _in_this_process(work, planned)
    for result in results:
        counts.add(result, result.subjects)
        progress(counts.subjects)
    return counts


def _in_this_process(work: Work, planned: list[Batch]) -> Iterator[Counts]:
    grader = BatchGrader(work)
    try:
        for batch in planned:
            yield grader.grade(*batch)
    finally:
        grader.close()


def _in_processes(work: Work, planned: list[Batch], jobs: int) -> Iterator[Counts]:
    context = get_context("spawn")
    waiting = iter(planned)
    workers: dict[Connection, SpawnProcess] = {}
    try:
        for _ in range(min(jobs, len(planned))):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(theirs, work), daemon=True)
            process.start()
            theirs.close()
            workers[ours] = process
            ours.send(next(waiting, None))
        while workers:
            for connection in wait(list(workers)):
                yield from _answer(connection, workers, waiting)
    finally:
        for connection, process in workers.items():
            connection.close()
            process.terminate()
            process.join()


def _answer(connection: object, workers: dict[Connection, SpawnProcess], waiting: Iterator[Batch]) -> Iterator[Counts]:
    """What a worker has to say; it is given the next batch, or let go."""
    if not isinstance(connection, Connection):
        raise InternalError("a worker's pipe is none")
    try:
        answer = connection.recv()
    except EOFError:
        process = workers[connection]
        process.join()
        raise InternalError(f"a worker ended with status {process.exitcode}") from None
    if isinstance(answer, Counts):
        following = next(waiting, None)
        connection.send(following)
        if following is None:
            workers.pop(connection).join()
            connection.close()
        yield answer
        return
    raise InternalError(str(answer))


def _work(connection: Connection, work: Work) -> None:
    """A worker: answers each batch with its counts, or with the fault that stopped it; None sends it home."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            grader = BatchGrader(work)
            while (batch := connection.recv()) is not None:
                connection.send(grader.grade(*batch))
            grader.close()
        except Exception:  # noqa: BLE001 - whatever stopped a worker, the run must hear of it
            connection.send(format_exc())
