"""A policy compiled, emitted and checked: what `creditdsl test` and the pytest plugin share.

In: the path of a policy. Out: the report of its cases and properties, with the interpreter and the emitted Python module
compared, and the coverage of its rules by its cases.
"""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Protocol

from creditdsl.amending.messages import shown_slice
from creditdsl.backends.python.emit import emit_python
from creditdsl.backends.python.loading import load_module
from creditdsl.compile import Compiled, open_policy, timeline_of
from creditdsl.core.ir import Program
from creditdsl.core.result import Json
from creditdsl.testing.check import Options, PropertyOutcome, check_policy
from creditdsl.testing.coverage import Coverage, coverage
from creditdsl.testing.findings import Checked
from creditdsl.testing.machines import Machine, Refusal
from creditdsl.testing.texts import TextReport, all_checked, all_names, merged_coverage, merged_properties

LEAST_EXAMPLES = 40
"""How many subjects each text is tried with at least, when the examples are shared among many."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A policy that compiles, with what was checked of each of its texts, and of all together.

    `outside` are the names of the cases that expect the policy not to be in force.
    """

    name: str
    texts: tuple[TextReport, ...]
    outside: tuple[str, ...]
    coverage: Coverage

    @property
    def passed(self) -> bool:
        return all(item.report.passed for item in self.texts)

    @property
    def checked(self) -> tuple[Checked, ...]:
        return all_checked(self.texts, self.outside)

    @property
    def properties(self) -> tuple[PropertyOutcome, ...]:
        return merged_properties(self.texts)


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of a policy that are tested: those of the nation, and those of divisions that differ or have cases."""

    compiled: tuple[Compiled, ...]
    outside: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """What a report will hold, in its order."""
        return all_names([item.program for item in self.compiled], self.outside)


def texts_of(path: Path) -> Texts:
    """The texts to test; PolicyError when one of them does not compile."""
    opened = open_policy(path)
    compiled: list[Compiled] = []
    outside: list[str] = []
    for jurisdiction in opened.jurisdictions(with_cases=True):
        timeline = timeline_of(opened, jurisdiction, own=jurisdiction is not None)
        outside.extend(case.name.value for case in timeline.outside)
        compiled.extend(timeline.texts)
    return Texts(tuple(compiled), tuple(outside))


def verify_policy(path: Path, options: Options) -> Verified:
    """The checked policy; PolicyError when it does not compile. The examples are shared among its texts."""
    texts = texts_of(path)
    count = len(texts.compiled)
    shared = replace(options, examples=max(options.examples // count, min(options.examples, LEAST_EXAMPLES)))
    reports = tuple(
        TextReport(
            shown_slice(item.slice) if count > 1 else "",
            check_policy(item.program, compiled_machine(item.program), shared),
        )
        for item in texts.compiled
    )
    covered = merged_coverage(coverage(one.report.program, one.report.cases) for one in reports)
    return Verified(texts.compiled[-1].program.header.name, reports, texts.outside, covered)


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
    header = program.header
    text = "_".join(str(day) for day in (header.effective_start, header.evaluated_start, header.jurisdiction))
    return machine_of(emit_python(program), f"creditdsl_tested_{header.content_hash}_{text}")


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
