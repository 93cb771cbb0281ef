"""The emitted Python: complete over the core, within the limits of CPython, formatted, and alone with its library."""

import ast
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies_expressions import CALENDAR
from test_python_hostile_text import HOSTILE, POINTS, padded, program_of, raw_subject

from creditdsl.backends.python import runtime
from creditdsl.backends.python.copying import IMPORTS, MODULES
from creditdsl.backends.python.emit import emit_python
from creditdsl.backends.python.expressions import COMPARISONS, DIVISIONS, EXTREMES, Expressions, Module, Reads
from creditdsl.backends.python.loading import load_module
from creditdsl.backends.python.names import RESERVED, Scope
from creditdsl.backends.python.passes import GATHERED, PassWriter, Target
from creditdsl.backends.python.rewrite import TRUE, rebuilt
from creditdsl.backends.python.statements import Body, Statements, lines_of
from creditdsl.core import inputs, ir
from creditdsl.core.calendar import add_months, date_of, day_of, months_between
from creditdsl.core.evaluate import Scope as Place
from creditdsl.core.evaluate import evaluate, value_of
from creditdsl.core.rounding import divide_rounded
from creditdsl.core.types import Choice, Day, Number, Optional, Truth, Unit
from creditdsl.core.walk import children, walk

COUNT = Number(Unit.NUMBER)
days = st.dates(date(1900, 1, 1), date(2199, 12, 31))


def sample(node: type) -> ir.Expression:
    """One expression of each kind of node."""
    number, truth = ir.SubjectField("n", COUNT), ir.SubjectField("t", Truth())
    day, choice = ir.SubjectField("d", Day()), ir.SubjectField("c", Choice("Kind"))
    optional = ir.SubjectField("o", Optional(COUNT))
    made: dict[type, ir.Expression] = {
        ir.Constant: ir.Constant(1, COUNT),
        ir.ContextField: ir.ContextField(ir.ContextDay.AS_OF),
        ir.SubjectField: number,
        ir.RecordField: ir.RecordField("r", "n", COUNT),
        ir.DefinitionReference: ir.DefinitionReference("x", COUNT),
        ir.IsPresent: ir.IsPresent(optional),
        ir.Presume: ir.Presume(optional),
        ir.OrElse: ir.OrElse(optional, number),
        ir.Not: ir.Not(truth),
        ir.And: ir.And((truth, truth)),
        ir.Or: ir.Or((truth, truth)),
        ir.Equal: ir.Equal(number, number),
        ir.Less: ir.Less(number, number),
        ir.LessOrEqual: ir.LessOrEqual(number, number),
        ir.Among: ir.Among(choice, (ir.Constant("a", Choice("Kind")),)),
        ir.Add: ir.Add((number, number), COUNT),
        ir.Subtract: ir.Subtract(number, number, COUNT),
        ir.Multiply: ir.Multiply(number, number, COUNT),
        ir.Negate: ir.Negate(number, COUNT),
        ir.DivideRounded: ir.DivideRounded(number, ir.Constant(3, COUNT), ir.Rounding.UP, COUNT),
        ir.Least: ir.Least((number, ir.Constant(3, COUNT)), COUNT),
        ir.Greatest: ir.Greatest((number, ir.Constant(3, COUNT)), COUNT),
        ir.Choose: ir.Choose((ir.Branch(truth, number),), ir.Constant(3, COUNT), COUNT),
        ir.YearOf: ir.YearOf(day),
        ir.MonthOf: ir.MonthOf(day),
        ir.AddDays: ir.AddDays(day, ir.Constant(3, COUNT)),
        ir.AddMonths: ir.AddMonths(day, ir.Constant(3, COUNT)),
        ir.AddWorkdays: ir.AddWorkdays(day, ir.Constant(3, COUNT), CALENDAR),
        ir.RollForward: ir.RollForward(day, CALENDAR),
        ir.DaysBetween: ir.DaysBetween(day, day, COUNT),
        ir.MonthsBetween: ir.MonthsBetween(day, day, COUNT),
        ir.WorkdaysBetween: ir.WorkdaysBetween(day, day, COUNT, CALENDAR),
        ir.OrdinalOf: ir.OrdinalOf(choice, "Kind"),
        ir.ChoiceAt: ir.ChoiceAt(ir.Constant(0, COUNT), "Kind"),
        ir.Aggregate: ir.Aggregate(ir.AggregateKind.COUNT, "r", TRUE, None, (), COUNT),
    }
    return made[node]


@pytest.mark.parametrize("node", get_args(ir.Expression))
def test_every_node_of_the_core_has_a_text(node: type) -> None:
    expression = sample(node)
    known = [
        part for part in walk(expression) if isinstance(part, ir.DefinitionReference | ir.ContextField | ir.Aggregate)
    ]
    writer = Expressions(Module(Scope(RESERVED)), Scope(RESERVED), Reads({}))
    read = writer.express(ir.SubjectField("known", COUNT))
    writer.reads.update(dict.fromkeys(known, read))
    ast.parse("\n".join(lines_of(body_of(writer, expression), 0)))


def body_of(writer: Expressions, expression: ir.Expression) -> Body:
    body = Body()
    Statements(writer.module, writer.scope, writer.reads).assign("x", expression, body)
    return body


@pytest.mark.parametrize("node", get_args(ir.Expression))
def test_rewriting_reaches_every_part_of_every_node(node: type) -> None:
    expression = sample(node)
    seen: list[ir.Expression] = []

    def look(part: ir.Expression) -> ir.Expression:
        seen.append(part)
        return part

    assert rebuilt(expression, look) == expression
    constants = expression.values if isinstance(expression, ir.Among) else ()
    assert sorted(map(repr, seen)) == sorted(repr(part) for part in children(expression) if part not in constants)


def test_the_tables_of_the_backend_are_complete() -> None:
    assert set(DIVISIONS) == set(ir.Rounding)
    assert set(COMPARISONS) == {ir.Equal, ir.Less, ir.LessOrEqual}
    assert set(EXTREMES) == {ir.Least, ir.Greatest}
    assert all(hasattr(runtime, name) for name in DIVISIONS.values())


@pytest.mark.parametrize("kind", ir.AggregateKind)
def test_every_kind_of_aggregate_has_a_pass(kind: ir.AggregateKind) -> None:
    table = ir.InputTable("r", (), (ir.InputField("n", COUNT, (), ir.Interval(0, 9)),))
    value = ir.RecordField("r", "n", COUNT)
    keyed = kind is ir.AggregateKind.SUM_OF_LEAST
    valued = kind not in (ir.AggregateKind.COUNT, ir.AggregateKind.ANY)
    start = ir.Constant(3, COUNT) if kind is ir.AggregateKind.STREAK else None
    type_ = {ir.AggregateKind.ANY: Truth()}.get(kind, COUNT)
    where = ir.Less(ir.Constant(0, COUNT), value)
    aggregate = ir.Aggregate(kind, "r", where, value if valued else None, (value,) if keyed else (), type_, start)
    body = Body()
    writer = Statements(Module(Scope(RESERVED)), Scope(RESERVED), Reads({}))
    PassWriter(writer, table, "subject.r", {aggregate: Target("x")}).write(body)
    text = "\n".join(lines_of(body, 0))
    ast.parse(text)
    assert "for record in subject.r:" in text
    assert (kind in GATHERED) == ("set()" in text or "{}" in text) or kind is ir.AggregateKind.COUNT


@settings(max_examples=300)
@given(st.integers(-(10**18), 10**18), st.integers(-1000, 1000).filter(bool), st.sampled_from(ir.Rounding))
def test_quotients_are_those_of_the_core(dividend: int, divisor: int, rounding: ir.Rounding) -> None:
    function = getattr(runtime, DIVISIONS[rounding])
    assert function(dividend, divisor) == divide_rounded(dividend, divisor, rounding)


@settings(max_examples=500)
@given(days, days, st.integers(-1200, 1200))
def test_days_are_counted_as_in_the_core(first: date, second: date, months: int) -> None:
    assert runtime.months_between(first, second) == months_between(day_of(first), day_of(second))
    assert runtime.add_months(first, months) == date_of(add_months(day_of(first), months))


def with_score(program: ir.Program, *definitions: tuple[str, Number | Truth, ir.Expression]) -> ir.Program:
    """The program with its score replaced by the last of some definitions."""
    added = tuple(ir.Definition(name, type_, item, ir.Interval(-(2**62), 2**62)) for name, type_, item in definitions)
    plan = program.result
    last = added[-1].name
    result = replace(plan, score=last, score_after=last)
    return replace(program, definitions=(*program.definitions, *added), result=result)


def assert_score(program: ir.Program, score: int) -> None:
    """The emitted module and the interpreter give this score."""
    module = load_module(emit_python(program), "emitted_limits")
    raw, day = raw_subject(program), date(2021, 4, 30)
    subject, period = module.load(raw), module.period("2020")
    assert module.evaluate(subject, period, day).score_hundredths == score
    assert module.explain(subject, period, day).score_hundredths == score
    context = inputs.run_context(program, "2020", day)
    assert program.result.score is not None
    assert evaluate(program, inputs.load(program, raw), context)[program.result.score] == score


def plain_program() -> ir.Program:
    return program_of([f"name_{number}" for number in range(64)])


def count_of(program: ir.Program) -> ir.Expression:
    """A count of 2, at the type of points."""
    return ir.DefinitionReference(program.definitions[0].name, COUNT)


def test_a_choice_of_1000_branches_is_emitted() -> None:
    program = plain_program()
    count = count_of(program)
    branches = tuple(
        ir.Branch(ir.Equal(count, ir.Constant(number + 3 - 1000, COUNT)), ir.Constant(number, POINTS))
        for number in range(1000)
    )
    choice = ir.Choose(branches, ir.Constant(-1, POINTS), POINTS)
    assert_score(with_score(program, ("long", POINTS, choice)), 999)


def test_a_sum_of_20000_terms_is_emitted() -> None:
    program = plain_program()
    terms = tuple(ir.Multiply(ir.Constant(number, POINTS), count_of(program), POINTS) for number in range(2, 20_002))
    assert_score(with_score(program, ("long", POINTS, ir.Add(terms, POINTS))), 2 * sum(range(2, 20_002)))


def test_conditions_of_2000_operands_are_emitted() -> None:
    program = plain_program()
    tests = tuple(ir.Equal(count_of(program), ir.Constant(number, COUNT)) for number in range(3, 2003))
    both = ir.And((ir.Or((*tests, ir.Less(ir.Constant(1, COUNT), count_of(program)))), *map(ir.Not, tests)))
    chosen = ir.Choose((ir.Branch(both, ir.Constant(7, POINTS)),), ir.Constant(8, POINTS), POINTS)
    assert_score(with_score(program, ("long", POINTS, chosen)), 7)


@pytest.mark.parametrize("levels", [5, 20, 64])
def test_deep_nesting_is_emitted(levels: int) -> None:
    program = plain_program()
    count = count_of(program)
    value: ir.Expression = ir.Multiply(ir.Constant(1, POINTS), count, POINTS)
    for level in range(levels):
        test = ir.Or(
            (ir.Less(count, ir.Constant(level % 3, COUNT)), ir.And((ir.Less(count, ir.Constant(9, COUNT)),) * 2))
        )
        shifted = ir.Subtract(ir.Constant(level, POINTS), value, POINTS)
        least = ir.Least((shifted, ir.Constant(10**6, POINTS)), POINTS)
        value = ir.Choose((ir.Branch(test, least),), ir.Negate(ir.Constant(3, POINTS), POINTS), POINTS)
    program = with_score(program, ("deep", POINTS, value))
    raw = raw_subject(program)
    context = inputs.run_context(program, "2020", date(2021, 4, 30))
    loaded = inputs.load(program, raw)
    values = evaluate(program, loaded, context)
    meant = value_of(value, Place(program, loaded, context, values, {}))
    assert isinstance(meant, int)
    assert_score(program, meant)


def test_emitted_modules_import_the_standard_library_alone() -> None:
    tree = ast.parse(emit_python(plain_program()))
    imported = {item.name for node in tree.body if isinstance(node, ast.Import) for item in node.names}
    imported |= {node.module or "" for node in tree.body if isinstance(node, ast.ImportFrom)}
    assert imported <= set(MODULES) | set(IMPORTS) | {"__future__"}
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names


def test_an_emitted_module_runs_alone(tmp_path: Path) -> None:
    program = plain_program()
    (tmp_path / "policy.py").write_text(emit_python(program), encoding="utf-8")
    script = (
        "import policy, json, datetime, sys\n"
        f"subject = policy.load({raw_subject(program)!r})\n"
        "found = policy.evaluate(subject, policy.period('2020'), datetime.date(2021, 4, 30))\n"
        "print(found.score, json.dumps(found.to_dict()), 'creditdsl' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", "import sys; sys.path.insert(0, '.')\n" + script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("99.50 ") and done.stdout.endswith("False\n")


def test_emitting_twice_gives_the_same_bytes() -> None:
    names = padded(list(HOSTILE))
    assert emit_python(program_of(names)) == emit_python(program_of(names))


def test_what_a_rule_is_stands_beside_it() -> None:
    program = plain_program()
    text = emit_python(program)
    rule = program.result.findings[0].rule
    assert text.count(f"# {rule.code} {' / '.join(rule.label)}") == 1
    assert rule.basis[0].texts[0] in text
