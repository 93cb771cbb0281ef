"""Legal bases: citations bound to declared sources, and how they read in each language of the policy."""

from creditdsl.checking import messages, rule_messages
from creditdsl.checking.scope import Elaboration
from creditdsl.core import ir
from creditdsl.core.notation import ordinal
from creditdsl.syntax import tree


def locator_text(word: tree.LocatorWord, number: str | None, language: str) -> str:
    """One locator in words: 第二十条, 第(二)项, 附件; article 20, item (2), annex."""
    if language == "zh":
        match word:
            case tree.LocatorWord.ARTICLE:
                return f"第{ordinal(number or '')}条"
            case tree.LocatorWord.PARAGRAPH:
                return f"第{ordinal(number or '')}款"
            case tree.LocatorWord.ITEM:
                return f"第({ordinal(number or '')})项"
            case tree.LocatorWord.ANNEX:
                return f"附件{number or ''}"
            case tree.LocatorWord.ROW:
                return f"第{number}项" if number and number[0].isdigit() else f"“{number}”项"
    match word:
        case tree.LocatorWord.ITEM:
            return f"item ({number})"
        case tree.LocatorWord.ANNEX:
            return f"annex {number}" if number else "annex"
        case _:
            return f"{word.value} {number}"


def locators_text(locators: tuple[tree.Locator, ...], language: str) -> str:
    """All locators of a citation in words."""
    joint = "" if language == "zh" else ", "
    return joint.join(locator_text(item.word, item.number, language) for item in locators)


def citations(basis: tuple[tree.Citation, ...], elaboration: Elaboration) -> tuple[ir.Citation, ...]:
    """The citations of a rule; sources that are not declared, and articles that a source does not list, are reported."""
    found: list[ir.Citation] = []
    for citation in basis:
        source = elaboration.declarations.sources.get(citation.source.text)
        if source is None:
            names = list(elaboration.declarations.sources)
            elaboration.report(messages.not_declared(citation.source.text, citation.source.span, names))
            continue
        elaboration.used.add(f"source {citation.source.text}")
        _check_article(citation, source, elaboration)
        texts = tuple(_text(source, index, citation, language) for index, language in enumerate(elaboration.languages))
        locators = tuple((item.word.value, item.number) for item in citation.locators)
        found.append(ir.Citation(citation.source.text, locators, texts))
    return tuple(found)


def _text(source: tree.Source, index: int, citation: tree.Citation, language: str) -> str:
    texts = source.label.texts
    name = texts[index] if index < len(texts) else texts[0]
    place = locators_text(citation.locators, language)
    return f"{name} {place}" if place else name


def _check_article(citation: tree.Citation, source: tree.Source, elaboration: Elaboration) -> None:
    """A source that lists articles lists all that are cited; annexes likewise."""
    if not citation.locators:
        return
    first = citation.locators[0]
    listed = [item.locators[0].number for item in source.articles if item.locators[0].word is first.word]
    if listed and first.number not in listed:
        elaboration.report(rule_messages.no_such_article(citation, source, [str(number) for number in listed]))
    for item in source.articles:
        if not item.encoded and item.locators == citation.locators:
            elaboration.report(rule_messages.cites_not_encoded(citation, item))
