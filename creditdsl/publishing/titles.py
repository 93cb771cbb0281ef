"""What a declaration is called in the history: its kind, its name, and its label, linked to where it can be read.

In: a declaration and a text that has it. Out: pieces, and the anchor of every kind of declaration.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from creditdsl.amending.paths import Key
from creditdsl.diagnostics import Text
from creditdsl.publishing.edition import Edition
from creditdsl.publishing.phrases import MEASURES
from creditdsl.publishing.pieces import Piece, Voice
from creditdsl.publishing.volume import PublishedText, on_page
from creditdsl.syntax.tree import (
    Amend,
    Assign,
    Case,
    Catalogue,
    Ceiling,
    Declaration,
    Define,
    Demote,
    Direct,
    Enumeration,
    Exempt,
    Grades,
    Indicator,
    Invariant,
    Label,
    Matter,
    Measure,
    Parameter,
    Policy,
    Population,
    Record,
    RepairDirect,
    RepairPoints,
    Score,
    Source,
    Subject,
    Table,
    Use,
)

KINDS: Mapping[str, Text] = {
    "policy": Text("政策", "policy"),
    "source": Text("依据文件", "source"),
    "enum": Text("代码表", "code list"),
    "subject": Text("评价对象", "subject"),
    "record": Text("记录", "record"),
    "parameter": Text("参数", "parameter"),
    "define": Text("用语", "term"),
    "table": Text("判定表", "decision table"),
    "score": Text("计分", "score"),
    "indicator": Text("指标", "indicator"),
    "grades": Text("级别", "grades"),
    "direct": Text("直接判级", "direct grade"),
    "assign": Text("评为", "assigned grade"),
    "ceiling": Text("级别上限", "ceiling"),
    "demote": Text("降级", "demotion"),
    "exempt": Text("不予评价", "exemption"),
    **{word.value: text for word, text in MEASURES.items()},
    "matter": Text("事项", "service item"),
    "catalogue": Text("目录", "catalogue"),
    "repair": Text("信用修复", "repair"),
    "repair_direct": Text("直接判级的修复", "repair of a direct grade"),
    "invariant": Text("不变式", "invariant"),
}
"""What a reader calls each kind of declaration that an amendment can touch."""


@dataclass(frozen=True, slots=True)
class Title:
    """`indicator`, `010101`, “逾期申报”; the name is empty where the policy has one of the kind, the label where there is none."""

    kind: Piece
    name: str
    label: Piece | None


def title(published: PublishedText | None, key: Key, declaration: Declaration, voice: Voice) -> Title:
    """The title of a declaration; its link stands on the label, or on the kind where the label says nothing more."""
    kind, name = key
    words = voice.text(KINDS[kind])
    anchor = "" if published is None else _anchor(published.edition, declaration)
    written = voice.written(_label(declaration), words, f"#{anchor}" if anchor else None)
    piece = written if published is None else on_page(published, written)
    shown = "" if kind == "invariant" else name
    return Title(piece, shown, None) if piece.text == words else Title(Piece(words), shown, piece)


def _label(declaration: Declaration) -> Label | None:
    match declaration:
        case Invariant(name=name):
            return Label((name.value,))
        case Use() | Case() | Amend():
            return None
        case Population(name=name):
            return Label((name.value,))
        case Matter() | Catalogue():
            return declaration.label
        case Policy() | Source() | Enumeration() | Subject() | Record() | Parameter() | Define() | Table():
            return declaration.label
        case Score() | Indicator() | Grades() | Direct() | Assign() | Ceiling() | Demote() | Exempt() | Measure():
            return declaration.label
        case RepairPoints() | RepairDirect():
            return declaration.label


def _anchor(this: Edition, declaration: Declaration) -> str:
    """The anchor of a declaration on the page of a text; empty for what has none."""
    match declaration:
        case Policy():
            return "section-overview"
        case Score():
            return "section-score"
        case Grades():
            return "section-grades"
        case Source(name=name) | Enumeration(name=name) | Subject(name=name) | Record(name=name):
            return this.lexicon.names[name.text].anchor
        case Parameter(name=name) | Define(name=name) | Table(name=name):
            return this.lexicon.names[name.text].anchor
        case Indicator(code=code) | Direct(code=code) | Assign(code=code) | Ceiling(code=code):
            return this.lexicon.names[code.text].anchor
        case Demote(code=code) | Exempt(code=code) | Measure(code=code):
            return this.lexicon.names[code.text].anchor
        case RepairPoints(indicator=code) | RepairDirect(direct=code):
            return this.lexicon.repair_anchor(code.text)
        case Matter(code=code):
            return this.lexicon.matter_anchor(code.text)
        case Catalogue(name=name):
            return this.lexicon.catalogue_anchor(name.text)
        case Population(name=text):
            return this.lexicon.population_anchor(text.value)
        case Invariant() | Use() | Case() | Amend():
            return ""
