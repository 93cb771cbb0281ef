"""The command line in a process that need not import it first: forked from one that has.

Importing the compiler, DuckDB and NumPy takes longer than most commands that the tests run. A server, one for each process of the
tests, imports them once; for each command it forks a process, which takes the caller's streams, folder and variables,
runs `creditdsl.__main__.main` and leaves with its status. `WarmCommands.program` is for shells: a script that asks the server.

`CREDITDSL_COLD=1` starts an interpreter for every command instead; so do commands whose variables change how one starts.
"""

import array
import atexit
import gc
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent
LARGEST = 1 << 20
"""Bytes of what is asked."""
CRASHED = 134
ORPHANED = 5.0
"""After so many seconds without a command the server looks whether the tests are still there."""

PROGRAM = f"""#!{sys.executable} -IS
import array, json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect({{address!r}})
    asked = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode() + b"\\n"
    streams = array.array("i", [0, 1, 2])
    sent = server.sendmsg([asked], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, streams)])
    server.sendall(asked[sent:])
    status = server.recv(1)
os._exit(status[0] if status else {CRASHED})
"""
"""Kept small, since it is an interpreter too."""


@dataclass(frozen=True, slots=True)
class WarmCommands:
    """`program` does what `creditdsl` does; None where every command shall start anew."""

    program: Path | None

    def command(self, arguments: Sequence[str], environment: Mapping[str, str]) -> list[str]:
        """What to run for a command line."""
        usual = all(name == "PYTHONUTF8" for name in environment if name.startswith("PYTHON"))
        if self.program is None or not usual:
            return [sys.executable, "-m", "creditdsl", *arguments]
        return [str(self.program), *arguments]

    def in_shells(self, environment: Mapping[str, str]) -> dict[str, str]:
        """The variables with which a shell finds the program before any other of its name."""
        if self.program is None:
            return dict(environment)
        return {**environment, "PATH": f"{self.program.parent}{os.pathsep}{environment['PATH']}"}


@contextmanager
def warm_commands(environment: Mapping[str, str]) -> Iterator[WarmCommands]:
    """The server, until the block ends."""
    if os.environ.get("CREDITDSL_COLD") == "1":
        yield WarmCommands(None)
        return
    with tempfile.TemporaryDirectory(prefix="creditdsl-warm-") as folder:
        program, address = Path(folder, "creditdsl"), str(Path(folder, "socket"))
        program.write_text(PROGRAM.format(address=address), encoding="utf-8")
        program.chmod(0o755)
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.warm", address],
            cwd=REPOSITORY,
            env={**environment, "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        assert server.stdout is not None
        try:
            if server.stdout.readline() != b"ready\n":
                raise RuntimeError("the server of commands did not start")
            yield WarmCommands(program)
        finally:
            server.terminate()
            server.wait()
            server.stdout.close()


def serve(address: str) -> None:
    """Forks a process for each command that comes in, for as long as whoever started this lives."""
    import_everything()
    gc.collect()
    gc.freeze()
    parent = os.getppid()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen(16)
        listening.settimeout(ORPHANED)
        print("ready", flush=True)
        while os.getppid() == parent:
            with suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            try:
                caller, _ = listening.accept()
            except TimeoutError:
                continue
            with caller:
                caller.settimeout(None)
                asked, streams = received(caller)
                if os.fork() == 0:
                    listening.close()
                    run(caller, asked, streams)
                for stream in streams:
                    os.close(stream)


def import_everything() -> None:
    """Every module of the package, and the tables of the parser; no plugin, which would start pytest."""
    import creditdsl

    for module in pkgutil.walk_packages(creditdsl.__path__, "creditdsl."):
        if module.name != "creditdsl.pytest_plugin":
            import_module(module.name)
    for name in ("duckdb", "hypothesis", "jinja2", "numpy", "pyarrow.parquet", "rich.progress", "sqlglot"):
        import_module(name)
    source = import_module("creditdsl.source").SourceFile("nothing.credit", "")
    import_module("creditdsl.syntax.parse").parse(source)


def received(caller: socket.socket) -> tuple[bytes, Sequence[int]]:
    """What is asked, and the three streams."""
    room = socket.CMSG_SPACE(3 * array.array("i").itemsize)
    asked, ancillary, *_ = caller.recvmsg(LARGEST, room)
    streams = array.array("i")
    for _, _, data in ancillary:
        streams.frombytes(data)
    while asked and not asked.endswith(b"\n"):
        more = caller.recv(LARGEST)
        if not more:
            break
        asked += more
    return asked, streams


def run(caller: socket.socket, asked: bytes, streams: Sequence[int]) -> None:
    """The command, in a process of its own that ends here."""
    status = CRASHED
    try:
        arguments, folder, environment = json.loads(asked)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        # As an interpreter opens them in UTF-8 mode.
        sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
        sys.stdout = open(1, "w", encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update({same(name): same(value) for name, value in environment.items()})
        sys.argv = ["creditdsl", *map(same, arguments)]
        program = import_module("creditdsl.__main__")
        # This process is ended below, when the caller has been told.
        program.leave = sys.exit  # type: ignore[attr-defined]
        # Processes that this one starts read there what to import.
        sys.modules["__main__"] = program
        status = left_with(program)
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        caller.sendall(bytes([status]))
        os._exit(status)


def left_with(program: object) -> int:
    """The status that the program leaves with, as the interpreter would tell it."""
    try:
        program.main()  # type: ignore[attr-defined]
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else int(left.code is not None)
    except BaseException:  # noqa: BLE001 - what an interpreter does with whatever comes to it
        traceback.print_exc()
        return 1
    return 0


def same(text: str) -> str:
    """Text of the caller, whose interpreter may have taken bytes that are no ASCII apart, as this one has it."""
    return os.fsdecode(text.encode("utf-8", "surrogateescape"))


if __name__ == "__main__":
    serve(sys.argv[1])
