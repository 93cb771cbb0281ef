"""Generated programs: verified, evaluated, inside their ranges; and broken ones are refused."""

from collections import Counter
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies_core import programs, runs, subjects

from creditdsl.core.evaluate import Scope, evaluate, matching, value_of
from creditdsl.core.inputs import load, run_context
from creditdsl.core.intervals import interval_of, narrow
from creditdsl.core.ir import Aggregate, AggregateKind, Expression, Interval, Program, Value
from creditdsl.core.ranges import known_inputs, places, type_of
from creditdsl.core.result import evaluated, explained
from creditdsl.core.show import show
from creditdsl.core.types import Choice, Text, plain
from creditdsl.core.verify import verify
from creditdsl.core.walk import children, rebuilt, walk
from creditdsl.diagnostics import InternalError

HEALTH = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
MANY = settings(max_examples=60, deadline=None, suppress_health_check=HEALTH)


def scope_of(data: st.DataObject, program: Program) -> Scope:
    """A run of a program on a drawn subject, with the values of all definitions."""
    subject = load(program, data.draw(subjects(program)))
    context = run_context(program, *data.draw(runs(program)))
    return Scope(program, subject, context, evaluate(program, subject, context), {})


@MANY
@given(programs())
def test_a_generated_program_keeps_every_invariant(program: Program) -> None:
    verify(program)


def test_generated_programs_use_every_node_and_every_kind_of_aggregate() -> None:
    seen: Counter[object] = Counter()

    @settings(max_examples=300, deadline=None, suppress_health_check=HEALTH, database=None, derandomize=True)
    @given(programs())
    def count(program: Program) -> None:
        for definition in program.definitions:
            for part in walk(definition.expression):
                seen[part.kind if isinstance(part, Aggregate) else type(part)] += 1

    count()
    wanted = [*AggregateKind, *(node for node in get_args(Expression) if node is not Aggregate)]
    assert {node: seen[node] for node in wanted if seen[node] < 3} == {}


@MANY
@given(st.data())
def test_a_value_lies_in_the_range_of_its_definition(data: st.DataObject) -> None:
    program = data.draw(programs())
    values = scope_of(data, program).values
    for definition in program.definitions:
        value = values[definition.name]
        if definition.range is not None and value is not None:
            assert isinstance(value, int)
            assert definition.range.low <= value <= definition.range.high, definition.name


def position(value: Value, expression: Expression, program: Program) -> int:
    """A value as a number that an interval can hold: of a Choice its ordinal, of a Truth 0 or 1."""
    type_ = plain(type_of(expression))
    if isinstance(type_, Choice):
        return program.enum(type_.enum).names.index(str(value))
    assert isinstance(value, int)
    return int(value)


@MANY
@given(st.data())
def test_a_value_lies_in_the_interval_of_its_expression_under_what_its_guards_say(data: st.DataObject) -> None:
    program = data.draw(programs())
    scope = scope_of(data, program)
    known = known_inputs(program.subject, program.records, program.enums)
    for definition in program.definitions:
        check_values(definition.expression, known, scope)


def check_values(expression: Expression, known: dict[Expression, Interval], scope: Scope) -> None:
    """Goes where evaluation goes, narrowing by each condition as it turns out."""
    if isinstance(expression, Aggregate):
        for record in scope.subject.records[expression.table]:
            within = replace(scope, at_hand={**scope.at_hand, expression.table: record})
            check_values(expression.where, known, within)
            if value_of(expression.where, within) and expression.value is not None:
                check_values(expression.value, narrow(expression.where, known, holds=True), within)
    else:
        check_children(expression, known, scope)
    value = value_of(expression, scope)
    if value is not None and not isinstance(plain(type_of(expression)), Text):
        interval = interval_of(expression, known)
        assert interval.low <= position(value, expression, scope.program) <= interval.high, expression


def check_children(expression: Expression, known: dict[Expression, Interval], scope: Scope) -> None:
    match expression:
        case _ if hasattr(expression, "branches"):
            for branch in expression.branches:
                check_values(branch.when, known, scope)
                holds = value_of(branch.when, scope) is True
                known = narrow(branch.when, known, holds=holds)
                if holds:
                    check_values(branch.then, known, scope)
                    return
            check_values(expression.otherwise, known, scope)
        case _ if type(expression).__name__ in ("And", "Or"):
            for operand in children(expression):
                check_values(operand, known, scope)
                holds = value_of(operand, scope) is True
                known = narrow(operand, known, holds=holds)
                if holds == (type(expression).__name__ == "Or"):
                    return
        case _ if type(expression).__name__ == "OrElse":
            first, default = children(expression)
            check_values(first if value_of(first, scope) is not None else default, known, scope)
        case _:
            for child in children(expression):
                check_values(child, known, scope)


@MANY
@given(st.data())
def test_the_two_levels_of_the_result_agree(data: st.DataObject) -> None:
    program = data.draw(programs())
    scope = scope_of(data, program)
    short = evaluated(program, scope.subject, scope.context, dict(scope.values))
    long = explained(program, scope.subject, scope.context, dict(scope.values))
    measures = long["measures"]
    assert isinstance(measures, list)
    codes = [measure["rule"] for measure in measures if isinstance(measure, dict)]
    assert short == {**{name: long[name] for name in short}, "measures": codes}


@MANY
@given(st.data())
def test_the_open_records_of_a_repair_are_among_those_that_it_is_for(data: st.DataObject) -> None:
    program = data.draw(programs())
    scope = scope_of(data, program)
    repairs = explained(program, scope.subject, scope.context, dict(scope.values))["repairs"]
    assert isinstance(repairs, list)
    for repair in program.result.points_repairs:
        matches = matching(repair.table, repair.where, scope)
        for item in repairs:
            if isinstance(item, dict) and item["rule"] == repair.rule.code and "open" in item:
                still_open = item["open"]
                assert isinstance(still_open, list) and set(still_open) <= set(matches)


@MANY
@given(st.data())
def test_rebuilding_an_expression_from_itself_changes_nothing(data: st.DataObject) -> None:
    program = data.draw(programs())
    for definition in program.definitions:
        assert rebuilt(definition.expression, lambda part: part) == definition.expression


@MANY
@given(programs())
def test_a_program_is_shown_with_every_definition_and_every_rule(program: Program) -> None:
    text = show(program)
    assert text.endswith("\n")
    for definition in program.definitions:
        assert f"{definition.name} : " in text
    for finding in program.result.findings:
        assert f"indicator {finding.rule.code}:" in text


@settings(max_examples=60, deadline=None, suppress_health_check=HEALTH)
@given(st.data())
def test_a_program_with_a_reference_to_a_later_definition_is_refused(data: st.DataObject) -> None:
    program = data.draw(programs())
    backwards = tuple(reversed(program.definitions))
    with pytest.raises(InternalError):
        verify(replace(program, definitions=backwards))


@settings(max_examples=60, deadline=None, suppress_health_check=HEALTH)
@given(st.data())
def test_places_lists_each_sub_expression_once_at_each_place(data: st.DataObject) -> None:
    program = data.draw(programs())
    for definition in program.definitions:
        # A Among's constants and an Aggregate's parts are places too, so the two walks see the same number of nodes.
        assert len(list(places(definition.expression, {}))) == len(list(walk(definition.expression)))
