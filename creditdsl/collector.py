"""The cyclic collector of Python, while a stage runs that makes much and throws nothing away."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_stopped = False
"""Whether the process ends with what it does now."""


@contextmanager
def collector_paused() -> Iterator[None]:
    """For stages in which nothing is garbage before their end: looking for it can take as long as the stage itself."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running and not _stopped:
            gc.enable()


def stop_collector() -> None:
    """For a process whose end frees everything at once: it need not look for what is garbage among all that it has made."""
    global _stopped  # it is the process that ends
    _stopped = True
    gc.disable()
