"""The published figures of the document: what must hold of a scored population, in words.

In: an edition. Out: views for the templates, in the order written.
"""

from dataclasses import dataclass

from creditdsl.publishing.edition import Edition
from creditdsl.publishing.figures import day_text, period_text
from creditdsl.publishing.pieces import Inline, Piece
from creditdsl.publishing.prose import truth
from creditdsl.syntax.tree import MonthLiteral, Number, PeriodLiteral, Population, QuarterLiteral


@dataclass(frozen=True, slots=True)
class FigureView:
    """A figure: its label, and in words what must hold."""

    label: Piece
    claim: Inline


@dataclass(frozen=True, slots=True)
class PopulationView:
    """The figures of one evaluation; `period`, `as_of` and `jurisdiction` are empty where they are not stated."""

    anchor: str
    name: Piece
    period: str
    as_of: str
    jurisdiction: str
    figures: tuple[FigureView, ...]
    basis: tuple[Piece, ...]
    notes: tuple[Piece, ...]


def population_views(this: Edition) -> tuple[PopulationView, ...]:
    """The populations."""
    return tuple(_population(this, item) for item in this.declarations if isinstance(item, Population))


def population_link(this: Edition, name: str) -> Piece:
    """The name of a population, linked to its figures; it is written in the policy's first language alone."""
    return this.voice.label((name,), name, f"#{this.lexicon.population_anchor(name)}")


def _population(this: Edition, population: Population) -> PopulationView:
    language, name = this.voice.language, population.name.value
    return PopulationView(
        anchor=this.lexicon.population_anchor(name),
        name=this.voice.label((name,)),
        period=period_text(_written(population.period), language) if population.period is not None else "",
        as_of=day_text(population.as_of.value, language) if population.as_of is not None else "",
        jurisdiction=population.jurisdiction.value if population.jurisdiction is not None else "",
        figures=tuple(
            FigureView(this.voice.written(figure.label), truth(figure.claim, this.scope()))
            for figure in population.figures
        ),
        basis=tuple(this.cite(item) for item in population.basis),
        notes=tuple(this.voice.written(note) for note in population.notes),
    )


def _written(period: PeriodLiteral) -> str:
    """A period as a run names it."""
    match period:
        case Number(digits=year):
            return str(year)
        case QuarterLiteral(year=year, quarter=quarter):
            return f"{year}-Q{quarter}"
        case MonthLiteral(year=year, month=month):
            return f"{year}-{month:02d}"
