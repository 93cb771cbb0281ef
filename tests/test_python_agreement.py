"""The emitted Python gives what the interpreter gives: results at both levels, and the problems of bad input.

CREDITDSL_AGREEMENT_EXAMPLES=n tries n programs instead of the few of the gate.
"""

import os
import re
from datetime import date
from types import ModuleType

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from strategies_core import programs, runs, subjects

from creditdsl.backends.python.emit import emit_python
from creditdsl.backends.python.loading import load_module
from creditdsl.core import inputs
from creditdsl.core.evaluate import evaluate
from creditdsl.core.ir import Program
from creditdsl.core.result import evaluated, explained
from creditdsl.diagnostics import PolicyError

EXAMPLES = int(os.environ.get("CREDITDSL_AGREEMENT_EXAMPLES", "60"))
SUBJECTS = 8
LONG = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
)
Wrong = list[tuple[str, str]]


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Program, list[dict[str, object]], str, date]:
    """A program, some of its subjects, and a run."""
    program = draw(programs())
    period, as_of = draw(runs(program))
    return program, [draw(subjects(program)) for _ in range(SUBJECTS)], period, as_of


def meant(program: Program, subject: object, period: str, as_of: date) -> tuple[object, object]:
    """Both levels of the result, as the interpreter has them."""
    loaded = inputs.load(program, subject)
    context = inputs.run_context(program, period, as_of)
    values = evaluate(program, loaded, context)
    return evaluated(program, loaded, context, values), explained(program, loaded, context, values)


def emitted(module: ModuleType, subject: object, period: str, as_of: date) -> tuple[object, object]:
    """Both levels of the result, as the emitted module has them."""
    loaded, run = module.load(subject), module.period(period)
    return module.evaluate(loaded, run, as_of).to_dict(), module.explain(loaded, run, as_of).to_dict()


def refused(error: PolicyError) -> Wrong:
    """Code and path of every problem that the interpreter reports."""
    found = []
    for item in error.diagnostics:
        path = re.match(r"`(.*?)`: ", item.message.en, re.DOTALL)
        found.append((item.code.name, path[1] if path else ""))
    return found


@LONG
@given(pairs())
def test_emitted_python_gives_the_results_of_the_interpreter(pair: tuple[Program, list[object], str, date]) -> None:
    program, sample, period, as_of = pair
    module = load_module(emit_python(program), "emitted_agreement")
    for subject in sample:
        assert emitted(module, subject, period, as_of) == meant(program, subject, period, as_of)
