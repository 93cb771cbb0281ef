"""The columnar module gives what the interpreter gives: scores, grades, what decided, findings and measures.

CREDITDSL_AGREEMENT_EXAMPLES=n tries n programs instead of the few of the gate.
"""

import os
import re
from datetime import date

from columns_support import aggregate_columns, heading_names, meant, outcomes, subject_columns
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from strategies_core import programs, runs, subjects

from creditdsl.backends.columns.emit import emit_columns
from creditdsl.backends.columns.loading import load_columns
from creditdsl.core import inputs
from creditdsl.core.ir import Program
from creditdsl.tabular.plan import tabulate

EXAMPLES = int(os.environ.get("CREDITDSL_AGREEMENT_EXAMPLES", "40"))
SUBJECTS = 24
BLOCK = re.compile(r"^BLOCK = .*\n", re.MULTILINE)
LONG = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)


@st.composite
def samples(draw: st.DrawFn) -> tuple[Program, list[object], str, date]:
    """A program, some of its subjects, and a run."""
    program = draw(programs())
    period, as_of = draw(runs(program))
    return program, [draw(subjects(program)) for _ in range(SUBJECTS)], period, as_of


@LONG
@given(samples())
def test_columns_give_the_results_of_the_interpreter(sample: tuple[Program, list[object], str, date]) -> None:
    program, raw, period, as_of = sample
    context = inputs.run_context(program, period, as_of)
    tabular = tabulate(program, context)
    text = emit_columns(tabular, context)
    module = load_columns(text, "columns_agreement")
    assert set(module.COLUMNS) == heading_names(tabular)
    loaded = [inputs.load(program, item) for item in raw]
    wanted = [meant(tabular, module, item, context) for item in loaded]
    subject, records = subject_columns(module, program, loaded)
    scored = module.score(subject, records, size=len(loaded))
    assert outcomes(scored, len(loaded)) == wanted
    small = load_columns(BLOCK.sub("BLOCK = 5\n", text), "columns_agreement_in_blocks")
    assert outcomes(small.score(subject, records, threads=2, size=len(loaded)), len(loaded)) == wanted
    aggregates = aggregate_columns(module, tabular, loaded, context)
    scored = module.score_aggregated(subject, aggregates, size=len(loaded))
    assert outcomes(scored, len(loaded)) == wanted
