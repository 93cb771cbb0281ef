"""A policy compiled, emitted and checked: what `creditdsl test` and the pytest plugin share.

In: the path of a policy. Out: the report of its cases and properties, with the interpreter and the emitted Python module
compared, and the coverage of its rules by its cases.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from creditdsl.backends.python.emit import emit_python
from creditdsl.backends.python.loading import load_module
from creditdsl.compile import Compiled, compile_policy
from creditdsl.core.ir import Program
from creditdsl.core.result import Json
from creditdsl.testing.check import Options, Report, check_policy
from creditdsl.testing.coverage import Coverage, coverage
from creditdsl.testing.machines import Machine, Refusal


@dataclass(frozen=True, slots=True)
class Verified:
    """A policy that compiles, with what was checked of it."""

    compiled: Compiled
    report: Report
    coverage: Coverage


def verify_policy(path: Path, options: Options) -> Verified:
    """The checked policy; PolicyError when it does not compile."""
    compiled = compile_policy(path)
    report = check_policy(compiled.program, compiled_machine(compiled.program), options)
    return Verified(compiled, report, coverage(compiled.program, report.cases))


class Answered(Protocol):
    """A result of the emitted module."""

    def to_dict(self) -> dict[str, Json]: ...


class Problem(Protocol):
    """One thing that is wrong with a subject."""

    path: str
    code: str


class Refused(Exception):
    """How an emitted module refuses a subject; it raises a class of its own with these problems."""

    problems: tuple[Problem, ...]


class Emitted(Protocol):
    """The functions of an emitted module; subjects and periods are of its own types, and only handed through."""

    InputError: type[Refused]

    def load(self, json_like: object) -> object: ...

    def period(self, text: str) -> object: ...

    def evaluate(self, subject: object, period: object, as_of: date) -> Answered: ...

    def explain(self, subject: object, period: object, as_of: date) -> Answered: ...


def compiled_machine(program: Program) -> Machine:
    """The Python module that the program compiles to, as a machine to compare."""
    return machine_of(emit_python(program), f"creditdsl_tested_{program.header.content_hash}")


def machine_of(source_text: str, name: str) -> Machine:
    """An emitted module's text as a machine; `name` is that of the module."""
    emitted: Emitted = load_module(source_text, name)

    def evaluate(subject: object, period: str, as_of: date) -> dict[str, Json]:
        return emitted.evaluate(emitted.load(subject), emitted.period(period), as_of).to_dict()

    def explain(subject: object, period: str, as_of: date) -> dict[str, Json]:
        return emitted.explain(emitted.load(subject), emitted.period(period), as_of).to_dict()

    def refusals(subject: object, _period: str, _as_of: date) -> tuple[Refusal, ...]:
        try:
            emitted.load(subject)
        except emitted.InputError as refused:
            return tuple((problem.path, problem.code) for problem in refused.problems)
        return ()

    return Machine("python", evaluate, explain, refusals)
