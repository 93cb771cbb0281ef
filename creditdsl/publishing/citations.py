"""Places in sources: how they are cited, and which rule rests on which.

In: the modules of a policy. Out: the wording of a citation in both languages, and for every source its places in
order, each with what the source says there, the rules that rest on it, or why no rule states it.
"""

from dataclasses import dataclass

from creditdsl.core.notation import ordinal
from creditdsl.diagnostics import Language
from creditdsl.syntax.tree import (
    Amend,
    Assign,
    Catalogue,
    Ceiling,
    Citation,
    Declaration,
    Demote,
    Direct,
    Exempt,
    Grades,
    Indicator,
    Locator,
    LocatorWord,
    Matter,
    Measure,
    Module,
    Parameter,
    Population,
    RepairDirect,
    RepairPoints,
    Score,
    Source,
    SourceArticle,
    Table,
)


def locator_text(locators: tuple[Locator, ...], language: Language) -> str:
    """A place in a source, such as 第二十条第(二)项 or Article 20 (2); empty for the source as a whole."""
    parts = [_chinese(item) if language == "zh" else _english(item) for item in locators]
    if language == "zh":
        return "".join(parts)
    text = ""
    for item, part in zip(locators, parts, strict=True):
        separator = "" if not text else " " if item.word is LocatorWord.ITEM else ", "
        text += separator + part
    return text


def _chinese(locator: Locator) -> str:
    number = locator.number or ""
    match locator.word:
        case LocatorWord.ARTICLE:
            return f"第{ordinal(number)}条"
        case LocatorWord.PARAGRAPH:
            return f"第{ordinal(number)}款"
        case LocatorWord.ITEM:
            return f"第({ordinal(number)})项"
        case LocatorWord.ANNEX:
            return f"附件{number}"
        case LocatorWord.ROW:
            return f"第{number}项" if number.isdigit() else f"({number})"


def _english(locator: Locator) -> str:
    number = locator.number or ""
    match locator.word:
        case LocatorWord.ARTICLE:
            return f"Article {number}"
        case LocatorWord.PARAGRAPH:
            return f"paragraph {number}"
        case LocatorWord.ITEM:
            return f"({number})"
        case LocatorWord.ANNEX:
            return f"Annex {number}".rstrip()
        case LocatorWord.ROW:
            return f"row {number}"


@dataclass(frozen=True, slots=True)
class Citing:
    """A declaration that rests on a place: its key (kind and name), as `rule_key` gives it."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a source: the declared article if there is one, and what cites it, each once and in order."""

    locators: tuple[Locator, ...]
    article: SourceArticle | None
    cited_by: tuple[Citing, ...]
    """What cites this very place."""
    cited_below: bool
    """Whether something cites a place inside it."""


@dataclass(frozen=True, slots=True)
class Coverage:
    source: Source
    places: tuple[Place, ...]

    def count(self) -> tuple[int, int, int]:
        """How many places are encoded, how many are declared not encoded, and how many are only listed."""
        encoded = sum(is_encoded(place) for place in self.places)
        left_out = sum(not is_encoded(place) and is_left_out(place) for place in self.places)
        return encoded, left_out, len(self.places) - encoded - left_out


def is_encoded(place: Place) -> bool:
    return bool(place.cited_by) or place.cited_below


def is_left_out(place: Place) -> bool:
    return place.article is not None and not place.article.encoded


def coverage(modules: tuple[Module, ...], amendments: tuple[Amend, ...]) -> tuple[Coverage, ...]:
    """Every source of a text with its places, in the order declared; what amendments of the text rest on is encoded too."""
    declarations = [item for module in modules for item in module.declarations]
    citing: dict[str, dict[tuple[Locator, ...], list[Citing]]] = {}
    for item in (*declarations, *amendments):
        basis, key = citations_of(item)
        for citation in basis:
            users = citing.setdefault(citation.source.text, {}).setdefault(citation.locators, [])
            if key not in users:
                users.append(key)
    sources = [item for item in declarations if isinstance(item, Source)]
    return tuple(_cover(source, citing.get(source.name.text, {})) for source in sources)


def citations_of(item: Declaration) -> tuple[tuple[Citation, ...], Citing]:
    """What a declaration rests on, and its own key; nothing for a declaration that cites nothing."""
    match item:
        case Indicator(code=code) | Direct(code=code) | Assign(code=code) | Ceiling(code=code):
            return item.clauses.basis, Citing("rule", code.text)
        case Demote(code=code) | Exempt(code=code) | Measure(code=code):
            return item.clauses.basis, Citing("rule", code.text)
        case RepairPoints(indicator=code):
            return item.clauses.basis, Citing("repair", code.text)
        case RepairDirect(direct=code):
            return item.clauses.basis, Citing("repair", code.text)
        case Score():
            return item.clauses.basis, Citing("section", "score")
        case Grades():
            return item.clauses.basis, Citing("section", "grades")
        case Parameter(name=name):
            return item.basis, Citing("parameter", name.text)
        case Table(name=name):
            return item.basis, Citing("table", name.text)
        case Matter(code=code):
            return item.clauses.basis, Citing("matter", code.text)
        case Catalogue(name=name):
            return item.clauses.basis, Citing("catalogue", name.text)
        case Population(name=text):
            return item.basis, Citing("population", text.value)
        case Amend(name=name):
            return item.basis, Citing("amendment", name.text)
    return (), Citing("", "")


def _cover(source: Source, users: dict[tuple[Locator, ...], list[Citing]]) -> Coverage:
    articles = {article.locators: article for article in source.articles}
    every = sorted({*articles, *users}, key=_order)
    places = []
    for locators in every:
        below = any(len(other) > len(locators) and other[: len(locators)] == locators for other in users)
        places.append(Place(locators, articles.get(locators), tuple(users.get(locators, ())), below))
    return Coverage(source, tuple(places))


WORD_ORDER = tuple(LocatorWord)


def _order(locators: tuple[Locator, ...]) -> tuple[tuple[int, int, str], ...]:
    """Articles before annexes, by number where the number is one."""
    return tuple((WORD_ORDER.index(item.word), _number(item.number or ""), item.number or "") for item in locators)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def source_names(modules: tuple[Module, ...]) -> dict[str, Source]:
    """The sources by name."""
    return {item.name.text: item for module in modules for item in module.declarations if isinstance(item, Source)}
