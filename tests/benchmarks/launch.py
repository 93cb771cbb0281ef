"""Runs one command and tells its seconds and memory.

    python tests/benchmarks/launch.py COMMAND …

Prints the seconds, and the largest resident memory in MiB of the processes that the command consisted of. A new process
begins with the peak of the one that started it, so a large program that measured its own children would find itself; this one is small.
"""

import json
import os
import subprocess
import sys
import time


def main() -> None:
    start = time.perf_counter()
    process = subprocess.Popen(sys.argv[1:], stdout=sys.stderr)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    # It has been waited for here; Popen would wait in vain.
    process.returncode = os.waitstatus_to_exitcode(status)
    print(json.dumps({"seconds": seconds, "memory": usage.ru_maxrss // 1024}))
    raise SystemExit(process.returncode)


if __name__ == "__main__":
    main()
