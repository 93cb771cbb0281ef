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

EXAMPLES = int(os.environ.get("CREDITDSL_AGREEMENT_EXAMPLES", "24"))
SUBJECTS = 8
LONG = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
)
FEW = settings(LONG, max_examples=max(8, EXAMPLES // 3))
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


TEXTS = st.sampled_from(
    ["", "x", "2020-02-30", "2020-13", "20200101", "0.1", "1e5", "10%", "99999999999999999999", "\ud800"]
)
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.integers(-3, 3),
    st.floats(),
    st.decimals(),
    TEXTS,
    st.dates(),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(TEXTS, st.integers(), max_size=2),
    st.builds(float, st.integers(-200, 200)),
    st.integers(-20_000, 20_000).map(lambda number: f"{number / 1000:.3f}"),
)


@st.composite
def spoilt(draw: st.DrawFn, program: Program) -> object:
    """A subject that was valid before something was done to it."""
    subject: dict[str, object] = dict(draw(subjects(program)))
    for _ in range(draw(st.integers(1, 4))):
        rows = [subject]
        for table in program.records:
            found = subject.get(table.name)
            if isinstance(found, list):
                subject[table.name] = found = [dict(row) if isinstance(row, dict) else row for row in found]
                rows += [row for row in found if isinstance(row, dict)]
        row = draw(st.sampled_from(rows))
        names = [*row, "unknown", "é\n"]
        name = draw(st.sampled_from(names))
        if draw(st.booleans()) and name in row:
            del row[name]
        else:
            row[name] = draw(ODD)
    return subject


@FEW
@given(st.data())
def test_emitted_python_refuses_what_the_interpreter_refuses_in_the_same_words(data: st.DataObject) -> None:
    program = data.draw(programs())
    module = load_module(emit_python(program), "emitted_agreement")
    for _ in range(SUBJECTS):
        subject = data.draw(spoilt(program))
        try:
            inputs.load(program, subject)
        except PolicyError as error:
            meant_problems = [(item.code.name, item.message.zh, item.message.en) for item in error.diagnostics]
            paths = refused(error)
        else:
            meant_problems, paths = [], []
        try:
            module.load(subject)
        except module.InputError as error:
            found = error.problems
        else:
            found = ()
        assert [(item.code, item.zh, item.en) for item in found] == meant_problems
        assert [(item.code, item.path) for item in found] == paths


@FEW
@given(
    st.data(),
    st.one_of(
        st.sampled_from(["2020", "2020-11", "1899", "2200-01", "2199-12", "20", "", "2020-1", "２０２０"]), st.text()
    ),
    st.dates(date(1890, 1, 1), date(2210, 1, 1)),
)
def test_emitted_python_refuses_the_periods_that_the_interpreter_refuses(
    data: st.DataObject, text: str, as_of: date
) -> None:
    program = data.draw(programs())
    module = load_module(emit_python(program), "emitted_agreement")
    subject = data.draw(subjects(program))
    try:
        inputs.run_context(program, text, as_of)
        wanted: object = None
    except PolicyError as error:
        wanted = [(item.code.name, item.message.zh, item.message.en) for item in error.diagnostics]
    try:
        module.evaluate(module.load(subject), module.period(text), as_of)
        found: object = None
    except module.InputError as error:
        found = [(item.code, item.zh, item.en) for item in error.problems]
    assert found == wanted
