"""The program: `creditdsl` and `python -m creditdsl`."""

import atexit
import os
import sys
import threading
from contextlib import suppress


def main() -> None:
    """Run the command line and leave with its exit status."""
    from creditdsl.cli.main import run

    leave(run(sys.argv[1:], ends=True))


def leave(status: int) -> None:
    """Ends the process with a status.

    Beside no other thread it ends at once: the interpreter would take apart, one by one, hundreds of thousands of objects of a large
    policy that nobody needs any more. A stream that cannot be written is left to the interpreter, which says so.
    """
    if threading.active_count() == 1:
        atexit._run_exitfuncs()
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    sys.exit(status)


if __name__ == "__main__":
    main()
