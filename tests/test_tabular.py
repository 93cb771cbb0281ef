"""A program laid out for whole tables means what it meant: every definition has its value, and what decided is right.

CREDITDSL_AGREEMENT_EXAMPLES=n tries n programs instead of the few of the gate.
"""

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from strategies_core import programs, runs, subjects

from creditdsl.compile import compile_for
from creditdsl.core import inputs
from creditdsl.core.evaluate import evaluate
from creditdsl.core.ir import Aggregate, ContextField, Less, Not, Program, RecordField
from creditdsl.core.result import explained
from creditdsl.core.types import Day
from creditdsl.core.walk import walk
from creditdsl.diagnostics import Code, PolicyError
from creditdsl.engines.decision import Decider
from creditdsl.engines.run import RunOptions
from creditdsl.score import score
from creditdsl.tabular.plan import Grouped, Scalars, Tabular, references, tabulate

EXAMPLES = int(os.environ.get("CREDITDSL_AGREEMENT_EXAMPLES", "30"))
LONG = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)


def outcome(tabular: Tabular, values: dict[str, object], name: str | None) -> tuple[str, str | None] | None:
    number = 0 if name is None else values[name]
    return tabular.outcomes[number - 1] if number else None


@LONG
@given(st.data())
def test_every_definition_keeps_its_value_and_what_decided_is_what_the_steps_say(data: st.DataObject) -> None:
    program = data.draw(programs())
    period, as_of = data.draw(runs(program))
    context = inputs.run_context(program, period, as_of)
    tabulars = (tabulate(program), tabulate(program, context))
    decider = Decider(program)
    for tabular in tabulars:
        verify_layers(tabular)
    for _ in range(5):
        loaded = inputs.load(program, data.draw(subjects(program)))
        meant = evaluate(program, loaded, context)
        explanation = explained(program, loaded, context, meant)
        for tabular in tabulars:
            values = evaluate(tabular.program, loaded, context)
            assert {name: meant[name] for name in values if name in meant} == {
                name: value for name, value in values.items() if name in meant
            }
            for decided, name in (
                (decider.before_repair(explanation), tabular.decided),
                (decider.after_repair(explanation), tabular.decided_after),
            ):
                assert outcome(tabular, values, name) == (None if decided is None else (decided.step, decided.rule))


def verify_layers(tabular: Tabular) -> None:
    """Aggregates stand alone, each once; a layer needs nothing of a later one; with a context no day is left open."""
    defined: set[str] = set()
    aggregates = []
    for layer in tabular.layers:
        for definition in layer.definitions:
            whole = isinstance(definition.expression, Aggregate)
            assert whole is isinstance(layer, Grouped)
            inside = [part for part in walk(definition.expression) if isinstance(part, Aggregate)]
            assert len(inside) == (1 if whole else 0)
            aggregates += inside
            if isinstance(layer, Scalars):
                defined.add(definition.name)
            assert set(references(definition.expression)) <= defined
        defined |= {definition.name for definition in layer.definitions}
    assert len(set(aggregates)) == len(aggregates)


@pytest.mark.parametrize(
    ("folder", "period", "as_of"),
    [("tax_credit", "2020", date(2021, 4, 30)), ("tax_payment_credit", "2025", date(2026, 4, 30))],
)
def test_a_policy_takes_every_table_in_one_pass(folder: str, period: str, as_of: date) -> None:
    program = compiled(folder, period, as_of)
    tabular = tabulate(program, inputs.run_context(program, period, as_of))
    tables = [layer.table for layer in tabular.layers if isinstance(layer, Grouped)]
    assert sorted(tables) == sorted(set(tables))
    parts = [part for definition in tabular.program.definitions for part in walk(definition.expression)]
    assert not [part for part in parts if isinstance(part, ContextField)]


def compiled(folder: str, period: str, as_of: date) -> Program:
    path = Path(__file__).parents[1] / "policies" / folder
    return compile_for(path, period, as_of, None).program


CORRECTED = """
policy p "Corrected" { languages en  authority "Office"  subject firm  period year }
source s "Text" { title "Text"  rank normative  in force 2000-01-01 .. }
subject firm "Firm" { key id : text "Id" }
record fine of firm "Fine" { day : date "Day" }
record correction of firm "Correction" { done : date "Done" }
define settled "Settled" = any(correction where done > 2020-01-01)
define open "Open" = any(fine where day > 2020-01-01)
score "Score" { basis s  base 100 points }
indicator i1 "Settled" { basis s  when settled  deduct 10 points }
indicator i2 "Open" { basis s  when open  deduct 20 points }
grades Grade "Grade" { basis s  | A "A" : 85 or more  | B "B" : under 85 }
"""


def test_columns_that_were_asked_for_and_cannot_be_are_refused(tmp_path: Path) -> None:
    """No rule text says it: a condition on one record does not look at others. The core can, and stays with Python."""
    (tmp_path / "rules.credit").write_text(CORRECTED)
    whole = compile_for(tmp_path / "rules.credit", "2020", date(2021, 4, 30), None).program
    settled, unsettled = (item.expression for item in whole.definitions[:2])
    assert isinstance(settled, Aggregate) and isinstance(unsettled, Aggregate)
    fine, correction = (RecordField(table.name, table.fields[0].name, Day()) for table in whole.records)
    later = replace(settled, where=Less(fine, correction))
    uncorrected = replace(whole.definitions[1], expression=replace(unsettled, where=Not(later)))
    program = replace(whole, definitions=(whole.definitions[0], uncorrected, *whole.definitions[2:]))

    tables = tmp_path / "tables"
    tables.mkdir()
    (tables / "firm.csv").write_text("id\na\nb\n")
    (tables / "fine.csv").write_text("id,day\na,2020-03-01\nb,2020-03-01\n")
    (tables / "correction.csv").write_text("id,done\na,2020-02-01\nb,2020-04-01\n")
    options = RunOptions("2020", date(2021, 4, 30), "en")
    with pytest.raises(PolicyError) as refused:
        score(program, tables, tmp_path / "out", options, engine="columns")
    assert [(item.code, item.message.en) for item in refused.value.diagnostics] == [
        (Code.CR0803, "`define.open` looks at records of one kind inside a condition on another")
    ]
    assert not (tmp_path / "out").exists()
    score(program, tables, tmp_path / "out", options)
    results = (tmp_path / "out" / "results.csv").read_text().splitlines()
    grades = [dict(zip(results[0].split(","), line.split(","), strict=True))["grade"] for line in results[1:]]
    assert grades == ["B", "A"]
