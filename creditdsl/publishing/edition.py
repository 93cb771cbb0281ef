"""One edition of a published policy: the program, its rules as written, the names and the language of the page.

What the parts of the document share: links to definitions and sources, and the view of a rule's common clauses.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from creditdsl.amending.consolidate import Action, Origin
from creditdsl.amending.paths import Key, key_of
from creditdsl.core.ir import Program
from creditdsl.diagnostics import InternalError, Text
from creditdsl.publishing.citations import citations_of, locator_text, source_names
from creditdsl.publishing.conditions import rule_condition
from creditdsl.publishing.figures import day_text
from creditdsl.publishing.names import Lexicon, lexicon
from creditdsl.publishing.phrases import MEASURES
from creditdsl.publishing.pieces import Block, Inline, Piece, Voice, as_text, fill, plain
from creditdsl.publishing.prose import Scope, linked
from creditdsl.publishing.texts import PolicyText, change_anchor
from creditdsl.publishing.times import decided_by_as_of, slice_sentence
from creditdsl.publishing.validity import validity_text
from creditdsl.syntax.tree import (
    Amend,
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
    RepairDirect,
    RepairPoints,
    RuleClauses,
    Source,
)

Coded = Indicator | Direct | Assign | Ceiling | Demote | Exempt | Measure
Repairing = RepairPoints | RepairDirect


@dataclass(frozen=True, slots=True)
class Edition:
    """One text of a policy in one language. `rules` and `repairs` are by code, `amendments` are those in the text, by name.

    A direct grade may have several repairs, of which `repairs` has the first. `history` is the page of the history in this language, and
    `applies` says which evaluations the text is for; both are empty for a policy without amendments.
    """

    program: Program
    declarations: tuple[Declaration, ...]
    lexicon: Lexicon
    voice: Voice
    sources: dict[str, Source]
    rules: dict[str, Coded]
    repairs: dict[str, Repairing]
    amendments: Mapping[str, Amend]
    origins: Mapping[Key, tuple[Origin, ...]]
    history: str
    applies: str

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


def edition(text: PolicyText, voice: Voice, history: str = "") -> Edition:
    """The edition of a text in the language of `voice`."""
    declarations = tuple(item for module in text.modules for item in module.declarations)
    repairs: dict[str, Repairing] = {}
    for item in declarations:
        if isinstance(item, RepairPoints):
            repairs[item.indicator.text] = item
        elif isinstance(item, RepairDirect):
            repairs.setdefault(item.direct.text, item)
    rules = {item.code.text: item for item in declarations if isinstance(item, Coded)}
    names = lexicon(text.modules)
    for item in (*declarations, *text.slice.amendments):
        for citation in citations_of(item)[0]:
            names.source_anchor(citation.source.text, citation.locators)
    applies = slice_sentence(text.slice, voice.language, text.program.header.periods) if history else ""
    sources, amendments = source_names(text.modules), {item.name.text: item for item in text.slice.amendments}
    return Edition(
        text.program, declarations, names, voice, sources, rules, repairs, amendments, text.origins, history, applies
    )


DONE: Mapping[Action, Text] = {
    Action.INSERTED: Text("由{amendment}增加", "inserted by {amendment}"),
    Action.REPLACED: Text("由{amendment}全文替换", "replaced by {amendment}"),
    Action.CHANGED: Text("由{amendment}修改", "changed by {amendment}"),
    Action.REPEALED: Text("由{amendment}废止", "repealed by {amendment}"),
}
SINCE = Text("{day}起{done}", "{done} from {day}")
BY_AS_OF = Text("{done}（以评价日为准）", "{done} (judged by the as-of date)")


def amended(this: Edition, declaration: Declaration) -> tuple[Inline, ...]:
    """What amendments did to a declaration, the earliest first: since when and by which one, linked to the history."""
    key = key_of(declaration)
    steps = this.origins.get(key, ()) if key is not None else ()
    return tuple(_step(this, step, key) for step in steps if key is not None)


def _step(this: Edition, step: Origin, key: Key) -> Inline:
    amendment = this.amendments[step.amendment]
    link = this.voice.written(amendment.label, step.amendment, f"{this.history}#{change_anchor(step.amendment, key)}")
    done = this.say(DONE[step.action], amendment=(link,))
    start = amendment.effective.start if amendment.effective is not None else None
    if start is not None:
        done = this.say(SINCE, day=plain(day_text(start, this.voice.language)), done=done)
    return this.say(BY_AS_OF, done=done) if decided_by_as_of(amendment) else done


@dataclass(frozen=True, slots=True)
class RuleView:
    """What every rule shows. `citation` is the text to copy; `repair` links to the repair of the rule.

    `amended` says what amendments did to it, the earliest first.
    """

    anchor: str
    code: str
    label: Piece
    conditions: tuple[Block, ...]
    basis: tuple[Piece, ...]
    notes: tuple[Piece, ...]
    effective: Inline
    amended: tuple[Inline, ...]
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
    alike = [item for item in this.declarations if isinstance(item, Repairing) and repaired_code(item).text == code]
    number = next(place for place, item in enumerate(alike, 1) if item is repair)
    anchor = this.lexicon.repair_anchor(code, number)
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
    return RuleView(
        anchor=anchor,
        code=code,
        label=spoken,
        conditions=body[0],
        basis=basis,
        notes=tuple(this.voice.written(note) for note in clauses.notes),
        effective=validity_text(clauses.effective, this.scope(_record_of(this, rule))) if clauses.effective else (),
        amended=amended(this, rule),
        overrides=tuple(this.rule_link(item.text) for item in clauses.overrides if item.text in this.lexicon.names),
        citation=_citation(this, rule, (code, spoken), basis),
        repair=body[1],
    )


def _record_of(this: Edition, rule: Coded | Repairing) -> str | None:
    """The kind of record whose fields a rule speaks of; a repair without one speaks of its indicator's."""
    each = rule.for_each if isinstance(rule, Indicator | RepairPoints | RepairDirect) else None
    if each is None and isinstance(rule, RepairPoints):
        return _record_of(this, this.rules[rule.indicator.text])
    return None if each is None else each.record.text


KIND_TEXTS: dict[type[Coded | Repairing], Text] = {
    Indicator: Text("指标", "indicator"),
    Direct: Text("直接判级", "direct grade"),
    Assign: Text("评为", "assigned grade"),
    Ceiling: Text("级别上限", "ceiling"),
    Demote: Text("降级", "demotion"),
    Exempt: Text("不予评价", "exemption"),
    RepairPoints: Text("信用修复", "repair"),
    RepairDirect: Text("信用修复", "repair"),
}


VERSION = Text("规则版本{hash}", "version {hash}")
VERSION_OF_TEXT = Text("适用于{evaluations}的文本，规则版本{hash}", "text for {evaluations}, version {hash}")


def _citation(this: Edition, rule: Coded | Repairing, named: tuple[str, Piece], basis: Iterable[Piece]) -> str:
    code, label = named
    header = this.program.header
    sources = (
        ";".join(piece.text for piece in basis)
        if this.voice.language == "zh"
        else "; ".join(piece.text for piece in basis)
    )
    evaluations = this.text(Text("，", ", ")).join(filter(None, (header.jurisdiction, this.applies)))
    version = {"hash": plain(header.content_hash), "evaluations": plain(evaluations)}
    slots = {
        "policy": (this.voice.label(header.label, header.name),),
        "kind": plain(this.text(MEASURES[rule.word] if isinstance(rule, Measure) else KIND_TEXTS[type(rule)])),
        "code": plain(code),
        "label": (label,),
        "basis": plain(sources),
        "version": this.say(VERSION_OF_TEXT if this.applies else VERSION, **version),
    }
    template = Text("《{policy}》{kind}{code}“{label}”，{version}", "{policy}, {kind} {code} “{label}”, {version}")
    if sources:
        template = Text(
            "《{policy}》{kind}{code}“{label}”（{basis}），{version}",
            "{policy}, {kind} {code} “{label}” ({basis}), {version}",
        )
    return as_text(this.say(template, **slots))
