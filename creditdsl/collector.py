"""The cyclic collector of Python, while a stage runs that makes much and throws nothing away."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """For stages in which nothing is garbage before their end: looking for it can take as long as the stage itself."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
