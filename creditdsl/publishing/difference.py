"""A comparison of two versions as one page that stands alone: old and new text side by side, with what differs marked.

In: the comparison and the texts that its places point into. Out: HTML with its style inside; it asks for nothing from outside, which
its content security policy makes certain.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from markupsafe import Markup, escape

from creditdsl.comparing import sentences
from creditdsl.comparing.model import Comparison, DeclarationChange, Direction, InterfaceChange, PartChange
from creditdsl.diagnostics import Code, Language, Text
from creditdsl.publishing.marking import marked
from creditdsl.publishing.rendering import HERE, environment, printable, typeset
from creditdsl.source import SourceFile

Sources = Mapping[str, SourceFile]
WORDS: dict[str, Text] = {
    "html_lang": Text("zh-CN", "en"),
    "title": Text("新旧版本对照", "Changes between two versions"),
    "skip": Text("跳到正文", "Skip to the text"),
    "summary": Text("概况", "Summary"),
    "unchanged": Text("相同", "the same"),
    "input": Text("输入不再被接受", "input no longer accepted"),
    "result": Text("结果的形式不同", "results of another form"),
    "old": Text("旧", "Old"),
    "new": Text("新", "New"),
    "part": Text("部分", "Part"),
    "not_there": Text("没有", "not there"),
    "place": sentences.PLACE,
    "basis": sentences.BASIS,
    "affects": sentences.AFFECTS,
    "legend": Text(
        "对照表中,删去的文字加删除线,增加的文字加下划线。",
        "In the texts, what is gone is struck out and what is new is underlined.",
    ),
    "meaning": Text(
        "“更严”:仅因这项修改,任何主体的得分和级别都不会更好;对措施而言,任何主体的激励不会增加、惩戒不会减少。“更宽”相反。不能证明的,列为“方向不明”。",
        "Stricter: by this change alone nobody has a higher score or a better grade; of a measure, nobody a reward more or a "
        "penalty less. Looser is the opposite. What cannot be proved is unclear.",
    ),
    "footer": Text(
        "本页不含外部资源,可离线保存和打印。", "This page uses no outside resource; it can be kept and printed."
    ),
}


@dataclass(frozen=True, slots=True)
class Side:
    """The text of one version of a part, marked up; None where the part is not there."""

    text: Markup | None


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    old: Side
    new: Side


@dataclass(frozen=True, slots=True)
class Change:
    """One finding: its sentence, the code if it has one, facts as name and value, and the parts that differ."""

    code: str
    sentence: Markup
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A heading with its findings; `anchor` is its place on the page, `tone` its colour."""

    anchor: str
    heading: str
    tone: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What the template takes."""

    label: str
    summary: str
    groups: tuple[Group, ...]
    style: Markup
    style_hash: str


TONES = {
    Direction.STRICTER: "tone-5",
    Direction.LOOSER: "tone-1",
    Direction.BOTH: "tone-3",
    Direction.UNCLEAR: "tone-4",
    Direction.NEUTRAL: "tone-rule",
}


def difference_page(comparison: Comparison, old: Sources, new: Sources, language: Language) -> str:
    """The page in one language."""
    style = "".join((HERE / "assets" / name).read_text(encoding="utf-8") for name in ("style.css", "difference.css"))
    style_hash = b64encode(sha256(style.encode()).digest()).decode("ascii")
    say = sentences.summary(comparison) if comparison.different else sentences.nothing(comparison)
    page = Page(
        comparison.label.in_language(language),
        say.in_language(language),
        (*_interface_groups(comparison, old, new, language), *_declaration_groups(comparison, old, new, language)),
        Markup(style),
        style_hash,
    )
    words = {key: text.in_language(language) for key, text in WORDS.items()}
    return environment(language).get_template("difference.html").render(page=page, w=words)


def _interface_groups(comparison: Comparison, old: Sources, new: Sources, language: Language) -> tuple[Group, ...]:
    tones = {Code.CR0801: "tone-5", Code.CR0802: "tone-4"}
    return tuple(
        Group(
            f"interface-{number}",
            heading.in_language(language),
            tones.get(items[0].code, "tone-rule") if items[0].code else "tone-rule",
            tuple(_interface(item, old, new, language) for item in items),
        )
        for number, (heading, items) in enumerate(sentences.interface_groups(comparison), start=1)
    )


def _declaration_groups(comparison: Comparison, old: Sources, new: Sources, language: Language) -> tuple[Group, ...]:
    return tuple(
        Group(
            direction.value,
            sentences.heading(direction).in_language(language),
            TONES[direction],
            tuple(_declaration(item, old, new, language) for item in items),
        )
        for direction, items in sentences.declaration_groups(comparison)
    )


def _interface(change: InterfaceChange, old: Sources, new: Sources, language: Language) -> Change:
    code = "" if change.code is None else change.code.name
    told = _prose(sentences.interface_sentence(change).in_language(language), language)
    return Change(code, told, (_place(change, old, new, language),), ())


def _declaration(change: DeclarationChange, old: Sources, new: Sources, language: Language) -> Change:
    facts = [_place(change, old, new, language)]
    if change.basis:
        cited = sentences.COMMA.in_language(language).join(item.in_language(language) for item in change.basis)
        facts.append((WORDS["basis"].in_language(language), cited))
    if change.affects:
        facts.append((WORDS["affects"].in_language(language), sentences.listed(change.affects).in_language(language)))
    told = _prose(sentences.sentence(change).in_language(language), language)
    return Change("", told, tuple(facts), tuple(_part(part, language) for part in change.parts))


def _place(
    change: DeclarationChange | InterfaceChange, old: Sources, new: Sources, language: Language
) -> tuple[str, str]:
    places = sentences.between(sentences.line_of(change.old, old), sentences.line_of(change.new, new))
    return WORDS["place"].in_language(language), places.in_language(language)


def _part(part: PartChange, language: Language) -> Part:
    old = None if part.old is None else part.old.in_language(language)
    new = None if part.new is None else part.new.in_language(language)
    before, after = marked(old or "", new or "")
    name = part.name.in_language(language)
    return Part(name, Side(None if old is None else before), Side(None if new is None else after))


def _prose(text: str, language: Language) -> Markup:
    """A sentence, with what stands in backticks as code."""
    told = Markup()
    for index, piece in enumerate(text.split("`")):
        shown = printable(piece)
        if index % 2:
            told += Markup("<code>{}</code>").format(shown)
        else:
            told += escape(typeset(shown) if language == "zh" else shown)
    return told
