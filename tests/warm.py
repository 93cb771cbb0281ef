"""The command line in a process that need not import it first: forked from one that has.

Importing the compiler, DuckDB and NumPy takes longer than most commands that the tests run. A server, one for each process of the
tests, imports them once and makes what every process makes first; for each command it forks a process, which takes the caller's
streams, folder and variables, runs `creditdsl.__main__.main` and leaves with its status. `WarmCommands.program` is for shells:
a script that asks the server.

`CREDITDSL_COLD=1` starts an interpreter for every command instead; so do commands whose variables change how one starts.
"""

import array
import atexit
import gc
import marshal
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

LIBRARIES = ("duckdb", "hypothesis", "jinja2", "pyarrow.compute", "pyarrow.parquet", "rich.progress", "sqlglot")
"""What the modules of the package import when they are used."""

PROGRAM = f"""#!{sys.executable} -IS
import _socket, marshal, os, sys
server = _socket.socket(_socket.AF_UNIX)
server.connect({{address!r}})
asked = marshal.dumps((sys.argv[1:], os.getcwd(), dict(os.environ)))
streams = b"".join(stream.to_bytes(4, sys.byteorder) for stream in range(3))
sent = server.sendmsg([asked], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)])
server.sendall(asked[sent:])
server.shutdown(_socket.SHUT_WR)
status = server.recv(1)
os._exit(status[0] if status else {CRASHED})
"""
"""An interpreter too, which starts in half the time without the modules `socket` and `json`."""


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
    prepare()
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


def prepare() -> None:
    """Import every module of the package, but no plugin, which would start pytest, and make what a process makes once."""
    import creditdsl

    for module in pkgutil.walk_packages(creditdsl.__path__, "creditdsl."):
        if module.name != "creditdsl.pytest_plugin":
            import_module(module.name)
    for name in LIBRARIES:
        import_module(name)
    # The tables of the parser, and the expressions of the lexer.
    source_file, parse = import_module("creditdsl.source").SourceFile, import_module("creditdsl.syntax.parse").parse
    for path in sorted(REPOSITORY.glob("policies/tax_credit/*.credit")):
        parse(source_file(path.name, path.read_text(encoding="utf-8")))
    # The code of the templates.
    for language in ("zh", "en"):
        templates = import_module("creditdsl.publishing.rendering").environment(language)
        for name in templates.list_templates():
            templates.get_template(name)
    # The numbers and texts of every module, which Hypothesis gathers when it first draws one of them.
    hypothesis, strategies = import_module("hypothesis"), import_module("hypothesis.strategies")
    drawn = hypothesis.settings(max_examples=200, derandomize=True, database=None, phases=(hypothesis.Phase.generate,))
    drawn(hypothesis.given(strategies.integers())(lambda number: None))()


def received(caller: socket.socket) -> tuple[bytes, Sequence[int]]:
    """What is asked, and the three streams."""
    room = socket.CMSG_SPACE(3 * array.array("i").itemsize)
    asked, ancillary, *_ = caller.recvmsg(LARGEST, room)
    streams = array.array("i")
    for _, _, data in ancillary:
        streams.frombytes(data)
    while more := caller.recv(LARGEST):
        asked += more
    return asked, streams


def run(caller: socket.socket, asked: bytes, streams: Sequence[int]) -> None:
    """The command, in a process of its own that ends here."""
    status = CRASHED
    try:
        arguments, folder, environment = marshal.loads(asked)
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
