"""The emitted Python refuses the input that the interpreter refuses, in the same words.

CREDITDSL_AGREEMENT_EXAMPLES=n tries n programs instead of the few of the gate.
"""

import os
import re
from datetime import date

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from strategies_core import programs, subjects

from creditdsl.backends.python.emit import emit_python
from creditdsl.backends.python.loading import load_module
from creditdsl.core import inputs
from creditdsl.core.ir import Program
from creditdsl.diagnostics import PolicyError

EXAMPLES = int(os.environ.get("CREDITDSL_AGREEMENT_EXAMPLES", "24"))
SUBJECTS = 8
FEW = settings(
    max_examples=max(8, EXAMPLES // 3),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
)
Wrong = list[tuple[str, str]]


def refused(error: PolicyError) -> Wrong:
    """Code and path of every problem that the interpreter reports."""
    found = []
    for item in error.diagnostics:
        path = re.match(r"`(.*?)`: ", item.message.en, re.DOTALL)
        found.append((item.code.name, path[1] if path else ""))
    return found


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
