"""How the rules of one text rest on its sources: what is cited, what is said to be encoded, which amounts are stated.

In: a compiled text. Out: what is wrong, empty when every rule can be traced.
"""

import dataclasses
import re
from collections.abc import Iterator
from decimal import Decimal

from creditdsl.compile import Compiled
from creditdsl.syntax import tree

Place = tuple[str, tuple[tuple[str, str | None], ...]]
"""A source, and the way to a place in it from the outside in."""

MEASURED = {
    tree.UnitWord.POINTS: 1,
    tree.UnitWord.YUAN: 1,
    tree.UnitWord.TEN_THOUSAND_YUAN: 10_000,
    tree.UnitWord.PERCENT: 1,
    tree.UnitWord.DAYS: 1,
    tree.UnitWord.MONTHS: 1,
}


def declarations(text: Compiled) -> list[tree.Declaration]:
    return [item for read in text.modules for item in read.declarations]


def citations_not_encoded(text: Compiled) -> list[Place]:
    """Places that are cited and not declared, or said not to be encoded."""
    known = _articles(text)
    cited = [_place(item) for item in _citations(tuple(declarations(text)))]
    return [place for place in cited if place not in known or not known[place].encoded]


def articles_without_rule(text: Compiled) -> set[Place]:
    """Places that are said to be encoded and that no rule cites."""
    cited = {_place(item) for item in _citations(tuple(declarations(text)))}
    return {place for place, article in _articles(text).items() if article.encoded} - cited


def rules(text: Compiled) -> list[tree.Declaration]:
    return [item for item in declarations(text) if hasattr(item, "clauses")]


def rules_without_basis(text: Compiled) -> list[tree.Declaration]:
    return [item for item in rules(text) if not _citations(item)]


def amounts_not_stated(text: Compiled) -> list[tuple[tree.Declaration, Decimal]]:
    """Amounts of a rule that stand in no article that it cites."""
    known = _articles(text)
    found = []
    for rule in declarations(text):
        if isinstance(rule, tree.Source | tree.Case | tree.Subject | tree.Record | tree.Invariant):
            continue
        cited = [known.get(_place(item)) for item in _citations(rule)]
        stated = _written_numbers(" ".join(item.text.texts[0] for item in cited if item is not None))
        found += [(rule, amount) for amount in _amounts(rule) if amount not in stated]
    return found


def _nodes(node: object) -> Iterator[object]:
    """A node of the surface tree and all below it."""
    yield node
    if isinstance(node, tuple):
        for item in node:
            yield from _nodes(item)
    elif dataclasses.is_dataclass(node):
        for part in dataclasses.fields(node):
            if part.name != "span":
                yield from _nodes(getattr(node, part.name))


def _amounts(rule: tree.Declaration) -> Iterator[Decimal]:
    for number in _nodes(rule):
        if isinstance(number, tree.Number) and number.unit in MEASURED and number.digits:
            yield Decimal(number.digits).scaleb(-number.places) * MEASURED[number.unit]


def _place(citation: tree.Citation) -> Place:
    return citation.source.text, _way(citation.locators)


def _way(locators: tuple[tree.Locator, ...]) -> tuple[tuple[str, str | None], ...]:
    return tuple((item.word.value, item.number) for item in locators)


def _articles(text: Compiled) -> dict[Place, tree.SourceArticle]:
    sources = [item for item in declarations(text) if isinstance(item, tree.Source)]
    return {(source.name.text, _way(item.locators)): item for source in sources for item in source.articles}


def _citations(node: object) -> list[tree.Citation]:
    return [item for item in _nodes(node) if isinstance(item, tree.Citation)]


def _written_numbers(text: str) -> set[Decimal]:
    """Every number of a Chinese text; `10万元` is 100,000 too, `3年` is 36 too."""
    found: set[Decimal] = set()
    for digits, unit in re.findall(r"(\d+(?:\.\d+)?)(万|年)?", text):
        number = Decimal(digits)
        found |= {number, number * 10_000} if unit == "万" else {number, number * 12} if unit == "年" else {number}
    return found
