"""The emitted columns: complete over the core, readable, alone with NumPy, and exact at the ends of every integer type."""

import ast
import random
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from columns_support import Outcome, aggregate_columns, meant, outcomes, subject_columns
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies_expressions import CALENDAR
from tax_credit_taxpayers import taxpayer
from test_python_emitted import count_of, plain_program, sample, with_score
from test_python_hostile_text import HOSTILE, POINTS, padded, program_of, raw_subject

from creditdsl.backends.columns import runtime_columns
from creditdsl.backends.columns.arithmetic import DIVISIONS, EXTREMES
from creditdsl.backends.columns.block import Block
from creditdsl.backends.columns.copying import runtime_names
from creditdsl.backends.columns.emit import emit_columns
from creditdsl.backends.columns.expressions import COMPARISONS
from creditdsl.backends.columns.loading import load_columns
from creditdsl.backends.columns.program import Columns
from creditdsl.backends.columns.records import FUNCTIONS
from creditdsl.backends.columns.statements import suite_lines
from creditdsl.backends.columns.widths import WIDTHS
from creditdsl.backends.python.names import Scope
from creditdsl.compile import compile_for
from creditdsl.core import inputs, ir
from creditdsl.core.calendar import add_months, calendar_date, day_of, months_between
from creditdsl.core.notation import decimal
from creditdsl.core.rounding import divide_rounded
from creditdsl.core.types import Number, Truth, Unit
from creditdsl.core.workdays import add_workdays, roll_forward, workdays_between
from creditdsl.tabular.plan import tabulate

COUNT = Number(Unit.NUMBER)
DAY = date(2021, 4, 30)
days = st.integers(day_of(date(1900, 1, 1)), day_of(date(2199, 12, 31)))


def run_of(program: ir.Program, raw: list[object]) -> tuple[str, list[Outcome], list[Outcome]]:
    """The text of a program's module, what it gives for subjects, and what the interpreter gives."""
    context = inputs.run_context(program, "2020", DAY)
    tabular = tabulate(program, context)
    text = emit_columns(tabular, context)
    module = load_columns(text, "columns_emitted")
    loaded = [inputs.load(program, item) for item in raw]
    subject, records = subject_columns(module, program, loaded)
    found = outcomes(module.score(subject, records, size=len(raw)), len(raw))
    aggregates = aggregate_columns(module, tabular, loaded, context)
    assert outcomes(module.score_aggregated(subject, aggregates, size=len(raw)), len(raw)) == found
    return text, found, [meant(tabular, module, item, context) for item in loaded]


def assert_agrees(program: ir.Program, raw: list[object]) -> str:
    text, found, wanted = run_of(program, raw)
    assert found == wanted
    return text


@pytest.mark.parametrize("node", get_args(ir.Expression))
def test_every_node_of_the_core_has_a_text(node: type) -> None:
    fields = {
        part.name: ir.InputField(part.name, part.type, (), ir.Interval(0, 9))
        for part in [sample(ir.SubjectField), *map(sample, (ir.IsPresent, ir.Not, ir.Among, ir.YearOf))]
        for part in ([part] if isinstance(part, ir.SubjectField) else [part.operand])
    }
    program = plain_program()
    kind = ir.Enumeration("Kind", (), (ir.EnumValue("a", ()), ir.EnumValue("b", ())))
    table = ir.InputTable("r", (), (ir.InputField("n", COUNT, (), ir.Interval(0, 9)),))
    one = ir.Definition("x", COUNT, ir.Constant(1, COUNT), ir.Interval(1, 1))
    program = replace(
        program,
        enums=(*program.enums, kind),
        subject=replace(program.subject, fields=(*program.subject.fields, *fields.values())),
        records=(*program.records, table),
        definitions=(one, *program.definitions),
    )
    context = inputs.run_context(program, "2020", DAY)
    columns = Columns(tabulate(program, context), context)
    columns.expressions["x"] = one.expression
    columns.definitions["x"] = one

    writer = Block(columns, Scope())
    ast.parse(writer.read(sample(node)).text)
    ast.parse("\n".join(suite_lines(writer.suite, "")))


def test_the_tables_of_the_backend_are_complete() -> None:
    assert set(DIVISIONS) == set(ir.Rounding)
    assert set(COMPARISONS) == {ir.Equal, ir.Less, ir.LessOrEqual}
    assert set(EXTREMES) == {ir.Least, ir.Greatest}
    assert set(FUNCTIONS) == set(ir.AggregateKind)
    assert {*DIVISIONS.values(), *FUNCTIONS.values()} <= runtime_names()


def extremes(width: int) -> st.SearchStrategy[int]:
    least, most = -(2 ** (width - 1)), 2 ** (width - 1) - 1
    return st.one_of(st.integers(least, most), st.sampled_from([least, least + 1, -1, 0, 1, most - 1, most]))


@settings(max_examples=400)
@given(st.data(), st.sampled_from(WIDTHS), st.sampled_from(ir.Rounding), st.booleans())
def test_quotients_are_those_of_the_core(
    data: st.DataObject, width: int, rounding: ir.Rounding, constant: bool
) -> None:
    dividend, divisor = data.draw(extremes(width)), data.draw(extremes(width).filter(bool))
    wanted = divide_rounded(dividend, divisor, rounding)
    if not -(2 ** (width - 1)) <= wanted < 2 ** (width - 1):
        return
    dtype = np.dtype(f"int{width}")
    function = getattr(runtime_columns, DIVISIONS[rounding])
    with np.errstate(all="ignore"):
        found = function(np.array([dividend, 0], dtype), divisor if constant else np.array([divisor, 0], dtype))
    assert found.dtype == dtype and found[0] == wanted


@settings(max_examples=400)
@given(days, days, st.integers(-1200, 1200))
def test_days_are_counted_as_in_the_core(first: int, second: int, months: int) -> None:
    one, other = np.array([first], np.int32), np.array([second], np.int32)
    assert runtime_columns.months_between(one, other)[0] == months_between(first, second)
    assert runtime_columns.add_months(one, np.int32(months))[0] == add_months(first, months)
    assert tuple(part[0] for part in runtime_columns.calendar_date(one)) == calendar_date(first)


def tables(dates: tuple[int, ...]) -> dict[int, str]:
    found: dict[int, str] = {}
    for day in dates:
        year, month, number = calendar_date(day)
        found[year] = f"{found.get(year, '')} {month:02}-{number:02}"
    return found


@settings(max_examples=300)
@given(st.integers(-40, 1300), st.integers(-40, 1300), st.integers(-60, 60))
def test_workdays_are_counted_as_in_the_core(first: int, second: int, workdays: int) -> None:
    low, high = CALENDAR.span.low, CALENDAR.span.high
    ends = (np.datetime64(low, "D").astype(str), np.datetime64(high, "D").astype(str))
    counted = runtime_columns.Workdays(*ends, tables(CALENDAR.days_off), tables(CALENDAR.make_up_days))
    first, second = low + first, low + second
    day, other = np.array([first], np.int32), np.array([second], np.int32)
    # Days outside the calendar give anything, but never fault.
    later, rolled = counted.add(day, np.array([workdays], np.int32)), counted.roll(day)
    between = counted.between(day, other)
    if low <= first <= high and low <= second <= high:
        assert between[0] == workdays_between(CALENDAR, first, second)
    for found, wanted in ((later, add_workdays(CALENDAR, first, workdays)), (rolled, roll_forward(CALENDAR, first))):
        if low <= first <= high and low <= wanted <= high:
            assert found[0] == wanted


@pytest.mark.parametrize("width", WIDTHS)
def test_sums_at_the_ends_of_an_integer_type_are_exact(width: int) -> None:
    """Nine values whose sum just fits, and whose other sums would not."""
    most = (2 ** (width - 1) - 1) // 9
    program = plain_program()
    names = [f"v{number}" for number in range(9)]
    items = tuple(ir.InputField(name, POINTS, (), ir.Interval(-most, most)) for name in names)
    fields = tuple(ir.SubjectField(name, POINTS) for name in names)
    raw = raw_subject(program)
    program = replace(program, subject=replace(program.subject, fields=(*program.subject.fields, *items)))
    program = with_score(program, ("sum", POINTS, ir.Subtract(ir.Add(fields[1:], POINTS), fields[0], POINTS)))
    text = assert_agrees(program, [{**raw, **dict.fromkeys(names, decimal(value, 2))} for value in (-most, most, 0)])
    assert f"'v0': (np.int{width}, False)" in text.replace('"', "'")


def test_a_choice_of_1000_branches_is_emitted() -> None:
    program = plain_program()
    branches = tuple(
        ir.Branch(ir.Equal(count_of(program), ir.Constant(number + 3 - 1000, COUNT)), ir.Constant(number, POINTS))
        for number in range(1000)
    )
    choice = ir.Choose(branches, ir.Constant(-1, POINTS), POINTS)
    program = with_score(program, ("long", POINTS, choice))
    assert_agrees(program, [raw_subject(program)])


def test_a_sum_of_20000_terms_is_emitted() -> None:
    program = plain_program()
    terms = tuple(ir.Multiply(ir.Constant(number, POINTS), count_of(program), POINTS) for number in range(2, 20_002))
    program = with_score(program, ("long", POINTS, ir.Add(terms, POINTS)))
    assert_agrees(program, [raw_subject(program)])


def test_conditions_of_2000_operands_are_emitted() -> None:
    program = plain_program()
    tests = tuple(ir.Equal(count_of(program), ir.Constant(number, COUNT)) for number in range(3, 2003))
    both = ir.And((ir.Or((*tests, ir.Less(ir.Constant(1, COUNT), count_of(program)))), *map(ir.Not, tests)))
    chosen = ir.Choose((ir.Branch(both, ir.Constant(7, POINTS)),), ir.Constant(8, POINTS), POINTS)
    program = with_score(program, ("long", POINTS, chosen))
    assert_agrees(program, [raw_subject(program)])


@pytest.mark.parametrize("levels", [5, 64])
def test_deep_nesting_is_emitted(levels: int) -> None:
    program = plain_program()
    count = count_of(program)
    value: ir.Expression = ir.Multiply(ir.Constant(1, POINTS), count, POINTS)
    for level in range(levels):
        test = ir.Or((ir.Less(count, ir.Constant(level % 3, COUNT)), ir.Less(ir.Constant(-level, COUNT), count)))
        shifted = ir.Subtract(ir.Constant(level, POINTS), value, POINTS)
        least = ir.Least((shifted, ir.Constant(10**6, POINTS)), POINTS)
        value = ir.Choose((ir.Branch(test, least),), ir.Negate(ir.Constant(3, POINTS), POINTS), POINTS)
    program = with_score(program, ("deep", POINTS, value))
    assert_agrees(program, [raw_subject(program)])


def test_a_chain_of_500_definitions_is_emitted() -> None:
    program = plain_program()
    chain = [("d0", COUNT, ir.Add((count_of(program), ir.Constant(0, COUNT)), COUNT))]
    for number in range(1, 500):
        before = ir.DefinitionReference(f"d{number - 1}", COUNT)
        chain.append((f"d{number}", COUNT, ir.Least((before, ir.Constant(number % 7 + 1, COUNT)), COUNT)))
    program = with_score(program, *chain)
    assert_agrees(program, [raw_subject(program)])


def test_an_indicator_that_never_fires_and_a_measure_that_always_applies_are_emitted() -> None:
    program = plain_program()
    plan = program.result
    fixed = {plan.findings[0].fires: False, plan.measures[0].holds: True}
    definitions = tuple(
        replace(item, expression=ir.Constant(fixed[item.name], Truth())) if item.name in fixed else item
        for item in program.definitions
    )
    text = assert_agrees(replace(program, definitions=definitions), [raw_subject(program)] * 3)
    assert "details.finding(" not in text and text.count("details.measure(0, np.ones(size, np.bool_)") == 2


def test_names_and_texts_of_an_author_are_never_code() -> None:
    program = program_of(padded(list(HOSTILE)))
    assert_agrees(program, [raw_subject(program)])


def test_emitting_twice_gives_the_same_bytes() -> None:
    program = program_of(padded(list(HOSTILE)))
    context = inputs.run_context(program, "2020", DAY)
    assert emit_columns(tabulate(program, context), context) == emit_columns(tabulate(program, context), context)


def test_a_module_runs_alone_with_numpy(tmp_path: Path) -> None:
    program = plain_program()
    context = inputs.run_context(program, "2020", DAY)
    text = emit_columns(tabulate(program, context), context)
    (tmp_path / "policy.py").write_text(text, encoding="utf-8")
    imported = {node.module for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)}
    assert imported == {"__future__", "collections.abc", "concurrent.futures", "dataclasses", "numpy.typing"}
    script = "import policy, sys; print(len(policy.SUBJECT), 'creditdsl' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-I", "-c", "import sys; sys.path.insert(0, '.')\n" + script],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.endswith("False\n")


def test_columns_of_another_type_or_length_are_refused() -> None:
    program = compiled()
    context = inputs.run_context(program, "2020", DAY)
    module = load_columns(emit_columns(tabulate(program, context), context), "columns_emitted")
    loaded = [inputs.load(program, taxpayer(random.Random(1)))]
    subject, records = subject_columns(module, program, loaded)
    name = next(name for name, (dtype, optional) in module.SUBJECT.items() if not optional and dtype is not np.int64)
    with pytest.raises(TypeError, match=name):
        module.score({**subject, name: subject[name].astype(np.int64)}, records)
    table, (starts, fields) = next(iter(records.items()))
    with pytest.raises(ValueError, match=table):
        module.score(subject, {**records, table: (starts[:-1], fields)})
    with pytest.raises(KeyError, match=name):
        module.score({key: column for key, column in subject.items() if key != name}, records)


def compiled() -> ir.Program:
    return compile_for(Path(__file__).parents[1] / "policies" / "tax_credit", "2020", DAY, None).program


@pytest.fixture(scope="module")
def graded() -> tuple[str, list[Outcome], list[Outcome]]:
    draw = random.Random(2021)
    return run_of(compiled(), [taxpayer(draw) for _ in range(200)])


def test_the_national_policy_is_graded_as_by_the_interpreter(graded: tuple[str, list[Outcome], list[Outcome]]) -> None:
    _, found, wanted = graded
    assert found == wanted
    assert {item.heading["grade"] for item in found} == {None, 0, 1, 3, 4} or len(
        {item.heading["grade"] for item in found}
    ) > 3
    assert any(item.findings for item in found) and any(item.measures for item in found)


def test_what_a_rule_is_stands_beside_it(graded: tuple[str, list[Outcome], list[Outcome]]) -> None:
    text = graded[0]
    program = compiled()
    for finding in program.result.findings:
        assert f"# {finding.rule.code} {' / '.join(finding.rule.label)}" in text


def test_no_float_and_no_loop_over_rows_is_emitted(graded: tuple[str, list[Outcome], list[Outcome]]) -> None:
    tree = ast.parse(graded[0])
    blocks = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("block")]
    assert len(blocks) == 3
    scored = [node for node in blocks if node.name != "blocks"]
    assert not [node for block in scored for node in ast.walk(block) if isinstance(node, ast.For | ast.While)]
    constants = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    assert not [value for value in constants if isinstance(value, float)]
    assert "float" not in graded[0]


def test_no_subject_at_all_is_no_fault() -> None:
    program = compiled()
    context = inputs.run_context(program, "2020", DAY)
    module = load_columns(emit_columns(tabulate(program, context), context), "columns_emitted")
    scored = module.score(*subject_columns(module, program, []))
    assert all(len(column[0] if isinstance(column, tuple) else column) == 0 for column in scored.columns.values())
    assert list(scored.findings()) == [] and list(scored.measures()) == []
