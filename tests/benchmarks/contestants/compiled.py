"""What the compiler makes of the scheme's own policy, and the interpreter that is its meaning.

The policy is the text of `scheme_policy`; nothing here knows how an indicator is computed. The compiled module is timed on
subjects that are loaded already, and once more from dictionaries, as engines that take dictionaries are.
"""

import tempfile
from datetime import date
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from creditdsl.backends.python.emit import emit_python
from creditdsl.backends.python.loading import load_module
from creditdsl.compile import compile_for
from creditdsl.core.evaluate import evaluate
from creditdsl.core.inputs import load, run_context
from creditdsl.core.ir import Program
from tests.benchmarks import scheme_policy
from tests.benchmarks.contest import Contestant, Graded, Pace, Prepared
from tests.benchmarks.scheme import Scheme, Table

PERIOD = "2020"
AS_OF = date(2021, 4, 30)


@cache
def program(count: int, form: str = "scalar") -> Program:
    """The compiled policy of so many indicators."""
    with tempfile.TemporaryDirectory() as folder:
        scheme_policy.write_policy(count, form, Path(folder))
        return compile_for(Path(folder), PERIOD, AS_OF).program


@cache
def emitted(count: int, form: str = "scalar") -> ModuleType:
    """The emitted module of that policy."""
    return load_module(emit_python(program(count, form)), f"scheme_{form}_{count}")


def subjects_of(table: Table) -> list[dict[str, Any]]:
    """The rows as JSON objects with their keys."""
    return [{"uscc": table.key(row), **item} for row, item in enumerate(table.subjects())]


def prepare_evaluate(scheme: Scheme, table: Table) -> Prepared:
    module = emitted(len(scheme.indicators))
    subjects = [module.load(item) for item in subjects_of(table)]
    evaluate_one, period = module.evaluate, module.period(PERIOD)

    def run() -> list[Any]:
        return [evaluate_one(subject, period, AS_OF) for subject in subjects]

    return Prepared(run, grades_of(scheme.grades), lambda row: evaluate_one(subjects[row], period, AS_OF))


def prepare_load_and_evaluate(scheme: Scheme, table: Table) -> Prepared:
    module = emitted(len(scheme.indicators))
    subjects, period = subjects_of(table), module.period(PERIOD)

    def one(row: int) -> object:
        return module.evaluate(module.load(subjects[row]), period, AS_OF)

    return Prepared(lambda: [one(row) for row in range(len(subjects))], grades_of(scheme.grades), one)


def grades_of(names: tuple[str, ...]) -> Any:
    """What reads scores and grades out of a list of an emitted module's evaluations."""
    numbers = {name: number for number, name in enumerate(names)}

    def graded(result: Any) -> Graded:
        return [item.score_tenths for item in result], [numbers[item.grade] for item in result]

    return graded


def prepare_interpreter(scheme: Scheme, table: Table) -> Prepared:
    meaning = program(len(scheme.indicators))
    context = run_context(meaning, PERIOD, AS_OF)
    subjects = [load(meaning, item) for item in subjects_of(table)]
    score, grade = meaning.result.score, meaning.result.grade
    numbers = {name: number for number, name in enumerate(scheme.grades)}

    def graded(result: Any) -> Graded:
        return [values[score] for values in result], [numbers[values[grade]] for values in result]

    return Prepared(
        lambda: [evaluate(meaning, subject, context) for subject in subjects],
        graded,
        lambda row: evaluate(meaning, subjects[row], context),
    )


CONTESTANTS = (
    Contestant("compiled-python", "compiled Python, `evaluate`", Pace.SUBJECTS, prepare_evaluate),
    Contestant(
        "compiled-python-load", "compiled Python, `load` and `evaluate`", Pace.SUBJECTS, prepare_load_and_evaluate
    ),
    Contestant("interpreter", "interpreter of the core", Pace.SUBJECTS, prepare_interpreter),
)
