"""Figures of a population as they are shown after a run: each with what was found, and those that do not hold as findings."""

from collections.abc import Sequence

from rich.table import Table

from creditdsl.cli.session import Session
from creditdsl.core.ir import Value
from creditdsl.core.notation import decimal, written
from creditdsl.core.types import Number, Type, Unit
from creditdsl.diagnostics import Code, Diagnostic, Text
from creditdsl.engines.populations import CheckedFigure

FOUND, EXPECTED = Text("实际", "found"), Text("应为", "expected")
NO_SUBJECT = Text("没有评价任何主体", "no subject was scored")


def figures_table(figures: Sequence[CheckedFigure], languages: tuple[str, ...], session: Session) -> Table:
    """One row a figure: its label, what was found, what is claimed, and whether it holds."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(session.say("总体数字", "figure"))
    table.add_column(FOUND.in_language(session.language), justify="right")
    table.add_column(EXPECTED.in_language(session.language), justify="right")
    table.add_column(session.say("结论", "verdict"), justify="right")
    for item in figures:
        found, expected = _found(item)
        verdict = session.say("成立", "holds") if item.holds else session.say("不成立", "does not hold")
        table.add_row(
            label_of(item, languages, session), found, expected, verdict, style=None if item.holds else "yellow"
        )
    return table


def label_of(item: CheckedFigure, languages: tuple[str, ...], session: Session) -> str:
    label = item.figure.label
    place = languages.index(session.language) if session.language in languages else 0
    return label[min(place, len(label) - 1)]


def failed_figures(figures: Sequence[CheckedFigure]) -> tuple[Diagnostic, ...]:
    """A finding for each figure that does not hold, at its place in the policy."""
    return tuple(_failed(item) for item in figures if not item.holds)


def _failed(item: CheckedFigure) -> Diagnostic:
    zh, en = item.figure.label[0], item.figure.label[-1]
    found, expected = _found(item)
    facts = ((FOUND, found), (EXPECTED, expected)) if expected else ((FOUND, found),) if found else ()
    return Diagnostic(
        Code.CR0605,
        item.figure.span,
        Text(
            f"总体“{item.population}”的数字“{zh}”不成立",
            f"the figure “{en}” of the population “{item.population}” does not hold",
        ),
        Text("核对数据、规则与公布的数字", "compare the data, the rules and the published figure")
        if item.found
        else NO_SUBJECT,
        facts=facts,
    )


def _found(item: CheckedFigure) -> tuple[str, str]:
    """Both sides of a comparison, or everything that was counted and added up."""
    values = [shown(value, type_) for value, type_ in item.found]
    if item.figure.relation and values:
        return values[0], f"{item.figure.relation} {values[1]}"
    return ", ".join(values), ""


def shown(value: Value, type_: Type) -> str:
    """A value as people write it: rates in percent, thousands set apart."""
    match value, type_:
        case bool(), _:
            return written(value, type_)
        case int(), Number(unit=Unit.RATE, scale=scale):
            return decimal(value * 100, scale) + "%"
        case int(), Number(scale=scale):
            whole, point, rest = decimal(value, scale).partition(".")
            return f"{int(whole):,}{point}{rest}" if whole.lstrip("-") != "0" else whole + point + rest
        case _:
            return written(value, type_)
