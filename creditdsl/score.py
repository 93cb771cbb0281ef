"""Scoring tables: the policy is compiled to Python, and the batch engine runs the module over every subject.

In: a program, a folder of tables, and how to run. Out: a folder of results, and their counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Protocol, cast

from creditdsl.backends.python.emit import emit_python
from creditdsl.backends.python.loading import load_module
from creditdsl.core.inputs import run_context
from creditdsl.core.ir import Program
from creditdsl.diagnostics import Language
from creditdsl.engines.evaluator import ExplanationJson, InputProblem
from creditdsl.engines.run import RunOptions, run
from creditdsl.engines.summary import Summary

MODULE_NAME = "creditdsl_scored_policy"


def score(
    program: Program,
    tables: Path,
    target: Path,
    options: RunOptions,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Summary:
    """Score the tables of a folder into the folder `target`, which replaces an earlier result there.

    `progress` is told how many subjects are done, and how many there are. Raises PolicyError when the period, the
    folder or a header is wrong; bad rows raise nothing, they stand in the rejects.
    """
    run_context(program, options.period, options.as_of)
    make_evaluator = partial(compiled_evaluator, emit_python(program), options.period, options.as_of, options.language)
    return run(program, (tables, target), make_evaluator, options, progress)


class EmittedProblem(Protocol):
    """What an emitted module's InputError lists."""

    path: str
    code: str
    zh: str
    en: str


class EmittedExplanation(Protocol):
    def to_dict(self) -> dict[str, object]: ...


@dataclass(frozen=True, slots=True)
class CompiledEvaluator:
    """An emitted module, for one period and one as-of date."""

    load: Callable[[Mapping[str, object]], object]
    explain_loaded: Callable[[object, object, date], EmittedExplanation]
    input_error: type[Exception]
    period: object
    as_of: date
    language: Language

    def explain(self, subject: Mapping[str, object]) -> ExplanationJson | tuple[InputProblem, ...]:
        """The explanation of a subject, or every problem of its data."""
        try:
            loaded = self.load(subject)
        except self.input_error as error:
            # An emitted InputError carries its problems under this name; its class is known only when it runs.
            return tuple(self._problem(problem) for problem in cast(list[EmittedProblem], vars(error)["problems"]))
        explanation = self.explain_loaded(loaded, self.period, self.as_of)
        # The schema of the dictionary is that of docs/result.md, which the backend's own tests hold it to.
        return cast(ExplanationJson, explanation.to_dict())

    def _problem(self, problem: EmittedProblem) -> InputProblem:
        message = problem.zh if self.language == "zh" else problem.en
        return InputProblem(problem.path, problem.code, message.removeprefix(f"`{problem.path}`: "))


def compiled_evaluator(source: str, period: str, as_of: date, language: Language) -> CompiledEvaluator:
    """The evaluator of a module's text, as `emit_python` wrote it; called once in each process."""
    module = load_module(source, MODULE_NAME)
    return CompiledEvaluator(module.load, module.explain, module.InputError, module.period(period), as_of, language)
