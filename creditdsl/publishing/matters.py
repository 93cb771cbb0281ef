"""The service items of the document: the measures that each looks up, the items that it takes in, its time limits.

In: an edition. Out: views for the templates, in the order written.
"""

from dataclasses import dataclass

from creditdsl.diagnostics import Text
from creditdsl.publishing.edition import Edition, amended
from creditdsl.publishing.figures import interval_text
from creditdsl.publishing.phrases import MEASURES
from creditdsl.publishing.pieces import Inline, Piece
from creditdsl.publishing.prose import describe
from creditdsl.publishing.validity import validity_text
from creditdsl.syntax.tree import Identifier, Matter, Measure


@dataclass(frozen=True, slots=True)
class LinkedMeasure:
    """A measure of a service item, and the word for its kind."""

    kind: str
    measure: Piece


@dataclass(frozen=True, slots=True)
class MatterView:
    """A service item; `none` when it is stated that no measure belongs to it, `limits` the time limits with their days."""

    anchor: str
    code: str
    label: Piece
    by: tuple[Piece, ...]
    measures: tuple[LinkedMeasure, ...]
    none: bool
    includes: tuple[Piece, ...]
    limits: tuple[tuple[Inline, str], ...]
    basis: tuple[Piece, ...]
    notes: tuple[Piece, ...]
    effective: Inline
    amended: tuple[Inline, ...]


def matter_views(this: Edition) -> tuple[MatterView, ...]:
    """The service items."""
    return tuple(_matter(this, item) for item in this.declarations if isinstance(item, Matter))


def matter_link(this: Edition, code: str) -> Piece:
    """The label of a service item, linked to it."""
    matter = next(item for item in this.declarations if isinstance(item, Matter) and item.code.text == code)
    return this.voice.written(matter.label, code, f"#{this.lexicon.matter_anchor(code)}")


def _matter(this: Edition, matter: Matter) -> MatterView:
    clauses, code = matter.clauses, matter.code.text
    return MatterView(
        anchor=this.lexicon.matter_anchor(code),
        code=code,
        label=this.voice.written(matter.label, code),
        by=tuple(this.voice.written(label) for label in matter.by),
        measures=tuple(_linked(this, name) for name in matter.measures),
        none=matter.none,
        includes=tuple(matter_link(this, name.text) for name in matter.includes),
        limits=tuple(
            (describe(limit.value, this.scope()), interval_text(limit.start, limit.end, this.voice.language))
            for limit in matter.limit
        ),
        basis=tuple(this.cite(item) for item in clauses.basis),
        notes=tuple(this.voice.written(note) for note in clauses.notes),
        effective=validity_text(clauses.effective, this.scope()) if clauses.effective is not None else (),
        amended=amended(this, matter),
    )


def _linked(this: Edition, name: Identifier) -> LinkedMeasure:
    rule = this.rules[name.text]
    word = MEASURES[rule.word] if isinstance(rule, Measure) else Text("措施", "measure")
    return LinkedMeasure(this.text(word), this.rule_link(name.text))
