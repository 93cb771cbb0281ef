"""A Hypothesis strategy for amendments to a generated policy: changes of what the policy has, by name, on days around its periods.

Most amendments fit the text that they find; now and then one touches what an earlier one repealed, which must then be reported by every
way to the text alike.
"""

from datetime import date

from hypothesis import strategies as st

from creditdsl.amending.moments import period_kinds
from creditdsl.core.periods import period_around
from creditdsl.source import SourceFile
from creditdsl.syntax import tree
from creditdsl.syntax.parse import parse
from creditdsl.syntax.spelling import written_code, written_name
from tests.strategies_policy import literal, policies

DAYS = ("2019-04-01", "2020-01-01", "2020-07-01", "2020-12-31", "2021-01-01", "2021-11-15")


@st.composite
def amended_policies(draw: st.DrawFn) -> str:
    """The text of a policy with one to four amendments."""
    text = draw(policies())
    parsed = parse(SourceFile("made.credit", text)).module
    assert parsed is not None
    made = [_amendment(draw, number, parsed) for number in range(draw(st.integers(1, 4)))]
    return text + "\n".join(made) + "\n"


def _amendment(draw: st.DrawFn, number: int, module: tree.Module) -> str:
    start, end = draw(st.sampled_from(DAYS)), draw(st.sampled_from(("", "", "", "2022-06-30")))
    judged = draw(st.sampled_from(("", "", " judged by as of")))
    [policy] = [item for item in module.declarations if isinstance(item, tree.Policy)]
    kind = draw(st.sampled_from(period_kinds(policy)))
    period = draw(st.sampled_from(("", "", f" applies from {period_around(date(2020, 6, 30), kind).text}")))
    place = draw(st.sampled_from(("", "", "", ' jurisdiction "2102"')))
    order = f" follows a{number - 1}" if number and draw(st.booleans()) else ""
    changes = "\n  ".join(_change(draw, number, module) for _ in range(draw(st.integers(1, 2))))
    head = f"effective {start} .. {end}{judged}{period}{place}{_fitting(order, start, number)}"
    return f"amend a{number} {{\n  {head}\n  {changes}\n}}"


def _fitting(order: str, start: str, number: int) -> str:
    """Whether it may follow is told only by the days; a wrong order is one of the things that must be reported."""
    return order if start != DAYS[number % len(DAYS)] else ""


def _change(draw: st.DrawFn, number: int, module: tree.Module) -> str:
    """One change of something that the original has."""
    points = literal("points", draw(st.integers(1, 4_000)))
    indicators = [item for item in module.declarations if isinstance(item, tree.Indicator)]
    steps = [item for item in module.declarations if isinstance(item, tree.Ceiling | tree.Demote | tree.Exempt)]
    measures = [item for item in module.declarations if isinstance(item, tree.Measure)]
    records = [item for item in module.declarations if isinstance(item, tree.Record)]
    record = draw(st.sampled_from(records))
    ways = [
        f"insert indicator new{number}_{draw(st.integers(0, 9))} {{ for each {record.name.text} deduct {points} }}",
        f'change score {{ insert note "{number}" / "{number}" }}',
        f"change parameter 小额 {{ replace value | {literal('yuan', draw(st.integers(1, 9_000)))} from 2021-07-01 }}",
        f"change parameter step {{ insert value | {points} from 2020-03-01 }}",
        f'change enum Kind {{ insert value after vat kind{number} "新" / "New" }}',
        f"change record {record.name.text} {{ insert field before {record.fields[0].name.text} extra{number} : int? }}",
        f"change record {record.name.text} {{ insert absent means none }}",
        "change table 扣分表 { replace row 1 " + _row(module, points) + " }",
    ]
    score = next(item for item in module.declarations if isinstance(item, tree.Score))
    if isinstance(score.base, tree.Cases):
        ways.append(
            f"change score {{ replace branch 2 | otherwise -> {points} insert branch before 1 | yes -> {points} }}"
        )
    else:
        ways.append(f"change score {{ replace base {points} }}")
    for item in indicators[:2]:
        code = written_code(item.code.text)
        ways.append(f"change indicator {code} {{ {'replace' if item.capped else 'insert'} capped {points} }}")
        ways.append(f"repeal indicator {code}")
        if not isinstance(item.points.value, tree.Cases):
            ways.append(f"change indicator {code} {{ replace {item.points.sign.value} {points} }}")
    for step in steps[:1]:
        kind = {tree.Ceiling: "ceiling", tree.Demote: "demote", tree.Exempt: "exempt"}[type(step)]
        ways.append(f"repeal {kind} {written_code(step.code.text)}")
        ways.append(f"change {kind} {written_code(step.code.text)} {{ replace when yes }}")
    for measure in measures[:1]:
        word = "repeal" if measure.may else "insert"
        ways.append(f"change {measure.word.value} {written_name(measure.code.text)} {{ {word} may }}")
    return draw(st.sampled_from(ways))


def _row(module: tree.Module, points: str) -> str:
    """The first row of the table with other points."""
    table = next(item for item in module.declarations if isinstance(item, tree.Table))
    bound = table.rows[0].cells[0]
    assert isinstance(bound, tree.BoundsCell)
    number = bound.bounds[0].number
    assert isinstance(number, tree.Number)
    kinds = [cell for row in table.rows[:1] for cell in row.cells[1:]]
    match kinds[0]:
        case tree.AnyCell():
            shown = "any"
        case tree.ItemsCell(items=items):
            names = ", ".join(item.name for item in items if isinstance(item, tree.Reference))
            shown = f"{{{names}}}"
        case _:
            raise AssertionError("the table has other cells")
    return f"| < {number.digits} | {shown} -> {points}"
