"""Names, codes, labels and values of a rule file are text in an emitted module and never code."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creditdsl.backends.python.emit import emit_python
from creditdsl.backends.python.loading import load_module
from creditdsl.backends.python.names import class_name, comment_text, docstring_text, identifier, literal
from creditdsl.backends.python.safety import LARGE, check_emitted
from creditdsl.core import inputs, ir
from creditdsl.core.evaluate import evaluate
from creditdsl.core.result import evaluated, explained
from creditdsl.core.types import Choice, Number, Optional, Text, Truth, Unit
from creditdsl.diagnostics import InternalError

POINTS = Number(Unit.POINTS, 2)
COUNT = Number(Unit.NUMBER)
HOSTILE = (
    '"""',
    "'''\nimport os\nos._exit(1)\n'''",
    "a\nimport os; os._exit(1)\n#",
    "a\rimport os\r",
    "x\u2028import os\u2028",
    "\u202eevil\u2066",
    "\\",
    '\\"',
    "\x00",
    "\x0c",
    "{__import__('os')}",
    "# -*- coding: utf-7 -*-",
    "+AAo-import os",
    "__init__",
    "__class__",
    "__slots__",
    "_x",
    "x__61_",
    "class",
    "class_",
    "match",
    "print",
    "eval",
    "date",
    "Decimal",
    "Evaluation",
    "load",
    "subject",
    "self",
    "period",
    "record",
    "position",
    "records",
    "ﬁ税",
    "fi税",
    "税",
    "ｋ",
    "k",
    "K",
    "ſ",
    "é",
    "e\u0301",
    "\u0301",
    "mro",
    "to_dict",
    "measures",
    "",
    " ",
    "010101",
    "01.01-01",
    "0",
    "\U0001f600",
    "\ufeff",
    "None",
    "int",
    "str",
    "bool",
    "dataclass",
)
NAMES_A_PROGRAM = 64
"""A program is made of so many different strings; 47 programs have 3,008."""


def program_of(names: list[str]) -> ir.Program:
    """A small program in which everything that an author names has one of the strings, all different."""
    given_names = iter(names)

    def fresh() -> str:
        return next(given_names)

    label = (names[0], names[1])
    grades = ir.Enumeration(fresh(), label, tuple(ir.EnumValue(fresh(), (fresh(), names[2])) for _ in range(3)))
    kinds = ir.Enumeration(fresh(), label, tuple(ir.EnumValue(fresh(), label) for _ in range(3)))
    kind = Choice(kinds.name)
    key = ir.InputField(fresh(), Text(), (fresh(), ""), None, key=True)
    flag = ir.InputField(fresh(), Truth(), label, None)
    chosen = ir.InputField(fresh(), Optional(kind), label, None)
    table = ir.InputTable(
        fresh(), label, (ir.InputField(fresh(), kind, label, None), ir.InputField(fresh(), Text(), label, None)), True
    )
    subject = ir.InputTable(fresh(), label, (key, flag, chosen))
    of_kind = ir.RecordField(table.name, table.fields[0].name, kind)
    text = ir.RecordField(table.name, table.fields[1].name, Text())
    where = ir.And(
        (
            ir.Equal(of_kind, ir.Constant(kinds.names[0], kind)),
            ir.Not(ir.Equal(text, ir.Constant(names[3], Text()))),
        )
    )
    definitions: list[ir.Definition] = []

    def define(type_: Number | Truth | Choice | Optional, expression: ir.Expression, high: int | None) -> ir.Expression:
        range_ = None if high is None else ir.Interval(-10_000_000, high)
        name = fresh()
        definitions.append(ir.Definition(name, type_, expression, range_))
        return ir.DefinitionReference(name, type_)

    def name_of(expression: ir.Expression) -> str:
        assert isinstance(expression, ir.DefinitionReference)
        return expression.name

    counted = define(COUNT, ir.Aggregate(ir.AggregateKind.COUNT, table.name, where, None, (text,), COUNT), 100_000)
    fires = define(Truth(), ir.Less(ir.Constant(0, COUNT), counted), None)
    points = define(POINTS, ir.Multiply(ir.Constant(-25, POINTS), counted, POINTS), 0)
    score = define(POINTS, ir.Add((ir.Constant(10_000, POINTS), points), POINTS), 10_000)
    direct = define(Truth(), ir.SubjectField(flag.name, Truth()), None)
    grade_type = Choice(grades.name)
    by_score = ir.Branch(ir.LessOrEqual(ir.Constant(9_900, POINTS), score), ir.Constant(grades.names[0], grade_type))
    by_direct = ir.Branch(direct, ir.Constant(grades.names[2], grade_type))
    graded = define(Truth(), ir.Not(ir.IsPresent(ir.SubjectField(chosen.name, chosen.type))), None)
    band = define(
        grade_type, ir.Choose((by_direct, by_score), ir.Constant(grades.names[1], grade_type), grade_type), None
    )
    optional = Optional(grade_type)
    grade = define(optional, ir.Choose((ir.Branch(graded, band),), ir.Constant(None, optional), optional), None)
    applies = define(Truth(), ir.And((ir.IsPresent(grade), fires)), None)

    def rule(kind: ir.RuleKind) -> ir.Rule:
        citation = ir.Citation(fresh(), (("article", fresh()),), (fresh(), fresh()))
        return ir.Rule(kind, fresh(), (fresh(), names[4]), (citation,))

    finding = ir.Finding(
        rule(ir.RuleKind.INDICATOR), *map(name_of, (fires, counted, points, points)), table.name, where
    )
    step = ir.Step(rule(ir.RuleKind.DIRECT), name_of(direct), name_of(direct), grades.names[2])
    grant = ir.Grant(names[5], False, label, None)
    measure = ir.Measure(rule(ir.RuleKind.REWARD), name_of(applies), (label,), (), False, (grant,), None, ())
    result = ir.Result(
        *(None, name_of(score), name_of(score), None, None, grades.name, name_of(graded)),
        *(name_of(band), name_of(band), name_of(grade), name_of(grade), ()),
        *((finding,), (), (step,), (), (), (), (measure,), (), ()),
    )
    header = ir.Header(names[6], label, ("zh", "en"), label, (ir.PeriodKind.YEAR,), None, None, names[7])
    return ir.Program(header, (grades, kinds), subject, (table,), tuple(definitions), result, (), ())


def raw_subject(program: ir.Program) -> dict[str, object]:
    """A subject with three records, two of which match and have different texts."""
    key, flag, chosen = program.subject.fields
    (table,) = program.records
    kind, text = table.fields
    names = program.enums[1].names
    records = [
        {kind.name: names[0], text.name: "\n'\"\\"},
        {kind.name: names[0], text.name: "other"},
        {kind.name: names[1], text.name: "x"},
    ]
    return {key.name: '"""\n\\', flag.name: False, chosen.name: None, table.name: records}


def assert_same(program: ir.Program) -> None:
    """The emitted module and the interpreter give one result."""
    module = load_module(emit_python(program), "emitted_hostile")
    raw, day = raw_subject(program), date(2021, 4, 30)
    loaded, context = inputs.load(program, raw), inputs.run_context(program, "2020", day)
    values = evaluate(program, loaded, context)
    subject, period = module.load(raw), module.period("2020")
    assert module.evaluate(subject, period, day).to_dict() == evaluated(program, loaded, context, values)
    assert module.explain(subject, period, day).to_dict() == explained(program, loaded, context, values)


strings = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=12),
    st.builds(
        "".join, st.lists(st.sampled_from(["税", "期", "_", "a", "B", "1", " ", "\n", '"', "\\", "ﬁ"]), max_size=6)
    ),
)


@settings(max_examples=47, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(strings, min_size=NAMES_A_PROGRAM, max_size=NAMES_A_PROGRAM, unique=True))
def test_3000_random_strings_go_through_a_module_unchanged(names: list[str]) -> None:
    assert_same(program_of(names))


def padded(names: Iterator[str] | list[str]) -> list[str]:
    found = list(dict.fromkeys(names))
    numbers = count()
    while len(found) < NAMES_A_PROGRAM:
        found.append(f"name_{next(numbers)}")
    return found


@pytest.mark.parametrize("start", range(0, len(HOSTILE), 5))
def test_hostile_strings_go_through_a_module_in_every_place(start: int) -> None:
    rotated = (*HOSTILE[start:], *HOSTILE[:start])
    assert_same(program_of(padded(list(rotated))))


@settings(max_examples=1_000)
@given(strings, strings)
def test_different_names_have_different_identifiers(first: str, second: str) -> None:
    assert (identifier(first) == identifier(second)) == (first == second)


@settings(max_examples=1_000)
@given(strings)
def test_an_identifier_is_read_by_python_as_it_stands(name: str) -> None:
    tree = ast.parse(f"{identifier(name)} = 1").body[0]
    assert isinstance(tree, ast.Assign) and isinstance(tree.targets[0], ast.Name)
    assert tree.targets[0].id == identifier(name)
    assert not identifier(name).startswith("_")


@settings(max_examples=1_000)
@given(st.one_of(strings, st.integers(), st.booleans(), st.none()))
def test_a_literal_has_its_value(value: str | int | bool | None) -> None:
    read = ast.literal_eval(literal(value))
    assert read == value and type(read) is type(value)


@settings(max_examples=500)
@given(strings)
def test_text_in_comments_and_docstrings_stays_on_its_line(text: str) -> None:
    tree = ast.parse(f'"""{docstring_text(text)} end"""\n# {comment_text(text)}\nvalue = 1\n')
    assert [type(item) for item in tree.body] == [ast.Expr, ast.Assign]
    assert ast.get_docstring(tree, clean=False) == f"{comment_text(text)} end"


def test_ligatures_and_their_letters_stay_apart() -> None:
    assert identifier("ﬁ税") != identifier("fi税") == "fi税"


def test_names_that_python_reads_as_they_stand_stay_readable() -> None:
    assert [identifier(name) for name in ("late_filing", "逾期申报")] == ["late_filing", "逾期申报"]
    assert class_name("late_filing") == "LateFiling"


@pytest.mark.parametrize(
    "text",
    [
        "import os\n",
        "from os import path\n",
        "import json as json2\n",
        "x = __import__('os')\n",
        "x = eval('1')\n",
        "x = open('f')\n",
        "x = ().__class__\n",
        "x = lambda: 1\n",
        "with x: pass\n",
        "x = '\u202e'\n",
        "x = 1\x0c\n",
        "x = (\n",
        "del x\n",
        "global x\n",
        "async def f(): pass\n",
        "x = [f for f in y][0]()\n",
    ],
)
def test_code_that_this_backend_does_not_write_is_refused(text: str) -> None:
    with pytest.raises(InternalError):
        check_emitted(text)


@pytest.mark.parametrize("text", ["del x\n", "return 1\n", "x = (\n"])
def test_it_is_refused_in_a_large_module_too(text: str) -> None:
    with pytest.raises(InternalError):
        check_emitted("x = 1\n" * (LARGE // 6 + 1) + text)


def test_the_text_does_not_depend_on_the_hash_seed() -> None:
    script = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from test_python_hostile_text import HOSTILE, padded, program_of\n"
        "from creditdsl.backends.python.emit import emit_python\n"
        "sys.stdout.buffer.write(emit_python(program_of(padded(list(HOSTILE)))).encode())\n"
    )
    root = Path(__file__).parent.parent
    texts = {
        subprocess.run(
            [sys.executable, "-c", script],
            check=True,
            capture_output=True,
            cwd=root,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(texts) == 1
