"""A check that is made in a second process while the first goes on.

In: a check, which raises something or gives nothing back. Out: the same, when the body has ended. It is for checks that take long enough
for a second processor to be worth a fork, some hundredths of a second.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def beside(check: Callable[[], object]) -> Iterator[None]:
    """Makes the check while the body runs, and raises what it raises afterwards, also where the body has raised something:
    what is found wrong may be the reason of that.

    Where a second process would gain nothing or is not safe it is made before the body.
    """
    if not _may_fork():
        check()
        yield
        return
    child = os.fork()
    if child == 0:
        status = 1
        try:
            check()
            status = 0
        finally:
            # Nothing of the first process, such as a buffer, is to be ended by the second.
            os._exit(status)
    try:
        yield
    except BaseException as raised:
        # One that was interrupted has no reason to look for.
        if _failed(child) and isinstance(raised, Exception):
            check()
        raise
    if _failed(child):
        # Whatever the reason was, a fault or too little memory for two: here it says itself.
        check()


def _failed(child: int) -> bool:
    """Whether a process has ended with anything but success, once it has."""
    return os.waitpid(child, 0)[1] != 0


def _may_fork() -> bool:
    """Whether there is a second processor, and no other thread: what that one has locked would stay so in the copy."""
    if not hasattr(os, "fork") or threading.active_count() > 1:
        return False
    return len(os.sched_getaffinity(0)) > 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) > 1
