"""The catalogues of the document: every row with the declaration that it lists, or the remark that no rule stands for it.

In: an edition. Out: views for the templates, in the order written.
"""

from dataclasses import dataclass

from creditdsl.diagnostics import Text
from creditdsl.publishing.edition import Edition, amended
from creditdsl.publishing.phrases import LISTING
from creditdsl.publishing.pieces import Inline, Piece
from creditdsl.publishing.prose import linked
from creditdsl.publishing.words import WORDS
from creditdsl.syntax.tree import Catalogue, Catalogued, CatalogueWord, MeasureWord

CLOSED: dict[CatalogueWord | MeasureWord, Text] = {
    CatalogueWord.DATA: Text(
        "数据目录：规则只使用目录所列的数据。", "Of data: rules use nothing that is not in the catalogue."
    ),
    CatalogueWord.CONDUCT: Text(
        "行为目录：扣分、加分和直接判级只依目录所列的行为。",
        "Of conduct: points and direct grades follow from nothing that is not in the catalogue.",
    ),
    CatalogueWord.MEASURES: Text(
        "措施目录：不采取目录以外的措施。", "Of measures: no measure is taken that is not in the catalogue."
    ),
    MeasureWord.REWARD: Text("激励目录：不给予目录以外的激励。", "Of rewards: none but these is given."),
    MeasureWord.PENALTY: Text("惩戒目录：不采取目录以外的惩戒。", "Of penalties: none but these is taken."),
    MeasureWord.LIST: Text("名单目录：不设目录以外的名单。", "Of lists: there is none but these."),
    MeasureWord.OFFER: Text("产品目录：不提供目录以外的产品。", "Of offers: there is none but these."),
    MeasureWord.PLEDGE: Text("承诺目录：不适用目录以外的承诺。", "Of pledges: there is none but these."),
    MeasureWord.INSPECTION: Text("抽查目录：不进行目录以外的抽查。", "Of inspections: there is none but these."),
}


@dataclass(frozen=True, slots=True)
class RowView:
    """A row: what it is called, the codes of its rules or the name of the data, and their basis; no codes without a rule."""

    label: Piece
    codes: tuple[Piece, ...]
    basis: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class CatalogueView:
    """A catalogue; `ranks` are those that the basis of a row must have, `linked` is how many rows have a rule."""

    anchor: str
    name: str
    label: Piece
    closed: str
    ranks: str
    rows: tuple[RowView, ...]
    linked: int
    basis: tuple[Piece, ...]
    notes: tuple[Piece, ...]
    amended: tuple[Inline, ...]


def catalogue_views(this: Edition) -> tuple[CatalogueView, ...]:
    """The catalogues."""
    return tuple(_catalogue(this, item) for item in this.declarations if isinstance(item, Catalogue))


def catalogue_link(this: Edition, name: str) -> Piece:
    """The label of a catalogue, linked to it."""
    found = next(item for item in this.declarations if isinstance(item, Catalogue) and item.name.text == name)
    return this.voice.written(found.label, name, f"#{this.lexicon.catalogue_anchor(name)}")


def _catalogue(this: Edition, catalogue: Catalogue) -> CatalogueView:
    clauses, name = catalogue.clauses, catalogue.name.text
    rows = tuple(_row(this, row) for row in catalogue.rows)
    ranks = [this.text(WORDS[f"rank_{rank.text}"]) for rank in catalogue.ranks]
    return CatalogueView(
        anchor=this.lexicon.catalogue_anchor(name),
        name=name,
        label=this.voice.written(catalogue.label, name),
        closed=this.text(CLOSED[catalogue.word]),
        ranks=this.text(LISTING).join(ranks),
        rows=rows,
        linked=sum(bool(row.codes) for row in rows),
        basis=tuple(this.cite(item) for item in clauses.basis),
        notes=tuple(this.voice.written(note) for note in clauses.notes),
        amended=amended(this, catalogue),
    )


def _row(this: Edition, row: Catalogued) -> RowView:
    """The label of a row is its own; else that of the first declaration in it."""
    if not row.names:
        return RowView(this.voice.written(row.label), (), ())
    first = row.names[0].text
    basis = [
        this.cite(item) for name in row.names if name.text in this.rules for item in this.rules[name.text].clauses.basis
    ]
    label = this.voice.written(row.label, first) if row.label is not None else _own_label(this, first)
    return RowView(label, tuple(_code(this, name.text) for name in row.names), tuple(dict.fromkeys(basis)))


def _own_label(this: Edition, name: str) -> Piece:
    if name in this.rules:
        return this.voice.written(this.rules[name].label, name)
    entry = this.lexicon.find(name, None)
    return Piece(name) if entry is None else linked(entry, this.voice)


def _code(this: Edition, name: str) -> Piece:
    if name in this.rules:
        return this.code_link(name)
    entry = this.lexicon.find(name, None)
    return Piece(name) if entry is None else Piece(name, f"#{entry.anchor}", manner="name")
