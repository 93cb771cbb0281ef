"""One edition of a published policy: the program, its rules as written, the names and the language of the page.

What the parts of the document share: links to definitions and sources, and the view of a rule's common clauses.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from creditdsl.core.ir import Program
from creditdsl.diagnostics import InternalError, Text
from creditdsl.publishing.citations import citations_of, locator_text, source_names
from creditdsl.publishing.conditions import rule_condition
from creditdsl.publishing.figures import interval_text
from creditdsl.publishing.names import Lexicon, lexicon
from creditdsl.publishing.pieces import Block, Inline, Piece, Voice, as_text, fill, plain
from creditdsl.publishing.prose import Scope, linked
from creditdsl.syntax.tree import (
    Assign,
    Ceiling,
    Citation,
    Declaration,
    Demote,
    Direct,
    Exempt,
    Identifier,
    Indicator,
    Label,
    Measure,
    Module,
    RepairDirect,
    RepairPoints,
    RuleClauses,
    Source,
)

Coded = Indicator | Direct | Assign | Ceiling | Demote | Exempt | Measure
Repairing = RepairPoints | RepairDirect


@dataclass(frozen=True, slots=True)
class Edition:
    """A policy in one language. `rules` and `repairs` are by code."""

    program: Program
    declarations: tuple[Declaration, ...]
    lexicon: Lexicon
    voice: Voice
    sources: dict[str, Source]
    rules: dict[str, Coded]
    repairs: dict[str, Repairing]

    def scope(self, record: str | None = None) -> Scope:
        return Scope(self.lexicon, self.voice, record)

    def text(self, text: Text) -> str:
        return text.in_language(self.voice.language)

    def say(self, text: Text, **slots: Inline) -> Inline:
        return fill(self.text(text), **slots)

    def rule_link(self, code: str) -> Piece:
        """A rule's label, linked."""
        return linked(self.lexicon.names[code], self.voice)

    def repair_link(self, code: str) -> Piece:
        """The label of a rule's repair, or the rule's own where the repair has none, linked to the repair."""
        label = self.repairs[code].label or self.rules[code].label
        return self.voice.written(label, code, f"#{self.lexicon.repair_anchor(code)}")

    def code_link(self, code: str) -> Piece:
        """A rule's code, linked."""
        return Piece(code, f"#{self.lexicon.names[code].anchor}", manner="name")

    def grade(self, name: str) -> Piece:
        """A grade's label, linked."""
        grades = self.lexicon.grades
        entry = self.lexicon.values.get(grades, {}).get(name) if grades is not None else None
        return linked(entry, self.voice) if entry is not None else Piece(name)

    def cite(self, citation: Citation) -> Piece:
        """A citation in words, linked to its place in the list of sources."""
        source = self.sources.get(citation.source.text)
        place = locator_text(citation.locators, self.voice.language)
        if source is None:
            return Piece(" ".join(filter(None, (citation.source.text, place))))
        label = self.voice.written(source.label, citation.source.text)
        anchor = self.lexicon.source_anchor(citation.source.text, citation.locators)
        separator = "" if self.voice.language == "zh" or not place else ", "
        return Piece(label.text + separator + place, f"#{anchor}", label.lang, "name")


def edition(program: Program, modules: tuple[Module, ...], voice: Voice) -> Edition:
    """The edition of a policy in the language of `voice`."""
    declarations = tuple(item for module in modules for item in module.declarations)
    repairs: dict[str, Repairing] = {}
    for item in declarations:
        if isinstance(item, RepairPoints):
            repairs[item.indicator.text] = item
        elif isinstance(item, RepairDirect):
            repairs[item.direct.text] = item
    rules = {item.code.text: item for item in declarations if isinstance(item, Coded)}
    names = lexicon(modules)
    for item in declarations:
        for citation in citations_of(item)[0]:
            names.source_anchor(citation.source.text, citation.locators)
    return Edition(program, declarations, names, voice, source_names(modules), rules, repairs)


@dataclass(frozen=True, slots=True)
class RuleView:
    """What every rule shows. `citation` is the text to copy; `repair` links to the repair of the rule."""

    anchor: str
    code: str
    label: Piece
    conditions: tuple[Block, ...]
    basis: tuple[Piece, ...]
    notes: tuple[Piece, ...]
    effective: str
    overrides: tuple[Piece, ...]
    citation: str
    repair: str | None


def written_rule(this: Edition, code: str) -> Coded:
    """The declaration of a rule that the program executes."""
    rule = this.rules.get(code)
    if rule is None:
        raise InternalError(f"the program has a rule {code} that no module declares")
    return rule


def rule_view(this: Edition, rule: Coded, conditions: tuple[Block, ...] | None = None) -> RuleView:
    """The view of a rule; `conditions` stands for its own `when` and `unless` where it has more than these."""
    code = rule.code.text
    blocks = rule_condition(rule.clauses, this.scope()) if conditions is None else conditions
    anchor = this.lexicon.names[code].anchor
    repair = f"#{this.lexicon.repair_anchor(code)}" if code in this.repairs else None
    return _view(this, rule, (anchor, code, rule.label, rule.clauses), (blocks, repair))


def repair_view(this: Edition, repair: Repairing, conditions: tuple[Block, ...]) -> RuleView:
    """The view of a repair, whose code is that of the rule it repairs."""
    code = repaired_code(repair).text
    anchor = this.lexicon.repair_anchor(code)
    label = repair.label or this.rules[code].label
    return _view(this, repair, (anchor, code, label, repair.clauses), (conditions, None))


def repaired_code(repair: Repairing) -> Identifier:
    """The code of the rule that a repair repairs."""
    return repair.indicator if isinstance(repair, RepairPoints) else repair.direct


def _view(
    this: Edition,
    rule: Coded | Repairing,
    heading: tuple[str, str, Label | None, RuleClauses],
    body: tuple[tuple[Block, ...], str | None],
) -> RuleView:
    anchor, code, label, clauses = heading
    spoken = this.voice.written(label, code)
    basis = tuple(this.cite(item) for item in clauses.basis)
    effective = clauses.effective
    return RuleView(
        anchor=anchor,
        code=code,
        label=spoken,
        conditions=body[0],
        basis=basis,
        notes=tuple(this.voice.written(note) for note in clauses.notes),
        effective=interval_text(effective.start, effective.end, this.voice.language) if effective else "",
        overrides=tuple(this.rule_link(item.text) for item in clauses.overrides if item.text in this.lexicon.names),
        citation=_citation(this, rule, (code, spoken), basis),
        repair=body[1],
    )


KIND_TEXTS: dict[type[Coded | Repairing], Text] = {
    Indicator: Text("指标", "indicator"),
    Direct: Text("直接判级", "direct grade"),
    Assign: Text("评为", "assigned grade"),
    Ceiling: Text("级别上限", "ceiling"),
    Demote: Text("降级", "demotion"),
    Exempt: Text("不予评价", "exemption"),
    Measure: Text("措施", "measure"),
    RepairPoints: Text("信用修复", "repair"),
    RepairDirect: Text("信用修复", "repair"),
}


def _citation(this: Edition, rule: Coded | Repairing, named: tuple[str, Piece], basis: Iterable[Piece]) -> str:
    code, label = named
    header = this.program.header
    sources = (
        ";".join(piece.text for piece in basis)
        if this.voice.language == "zh"
        else "; ".join(piece.text for piece in basis)
    )
    slots = {
        "policy": (this.voice.label(header.label, header.name),),
        "kind": plain(this.text(KIND_TEXTS[type(rule)])),
        "code": plain(code),
        "label": (label,),
        "basis": plain(sources),
        "hash": plain(header.content_hash),
    }
    template = Text(
        "《{policy}》{kind}{code}“{label}”，规则版本{hash}", "{policy}, {kind} {code} “{label}”, version {hash}"
    )
    if sources:
        template = Text(
            "《{policy}》{kind}{code}“{label}”（{basis}），规则版本{hash}",
            "{policy}, {kind} {code} “{label}” ({basis}), version {hash}",
        )
    return as_text(this.say(template, **slots))
