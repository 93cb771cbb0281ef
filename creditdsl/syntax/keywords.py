"""The keyword table: every word of the language, in both languages.

In: `grammar/keywords.toml`. Out: `Keyword`s by section and key. The grammar makes its terminals from it, the parser looks words up
in it, the formatter writes from it and the documentation is checked against it.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from creditdsl.diagnostics import InternalError, Language
from creditdsl.frozen import dataclass
from creditdsl.resources import grammar_file

SHARED_TERMINALS = {
    "unit": "UNIT",
    "type": "TYPE",
    "rounding": "MODE",
    "rank": "RANK_KIND",
    "span_of_period": "PERIOD_KIND",
    "language": "NAME",
}
"""Sections whose words stand in one place of the grammar and share a terminal."""


@dataclass(frozen=True, slots=True)
class Keyword:
    """One word: `before` is the bracket that must follow for it to be read as a keyword, or empty."""

    section: str
    key: str
    terminal: str
    en: tuple[str, ...]
    zh: tuple[str, ...]
    before: str = ""

    @property
    def spellings(self) -> tuple[str, ...]:
        return self.en + tuple(word for word in self.zh if word not in self.en)

    def written(self, language: Language) -> str:
        """The spelling that the formatter writes; the other language's where this one has none."""
        words = (self.zh or self.en) if language == "zh" else (self.en or self.zh)
        return words[0]


@cache
def keyword_table() -> Mapping[tuple[str, str], Keyword]:
    """Every keyword by its section and key, in the order of the table."""
    with grammar_file("keywords.toml").open("rb") as file:
        sections = tomllib.load(file)
    table = {
        (section, key): _keyword(section, key, entry)
        for section, entries in sections.items()
        for key, entry in entries.items()
    }
    return MappingProxyType(table)


def _keyword(section: str, key: str, entry: Mapping[str, object]) -> Keyword:
    before = entry.get("before", "(" if section == "function" else "")
    terminal = entry.get("terminal", SHARED_TERMINALS.get(section, key.upper()))
    if not isinstance(before, str) or not isinstance(terminal, str):
        raise InternalError(f"keywords.toml: {section}.{key} is malformed")
    return Keyword(section, key, terminal, _spellings(entry.get("en")), _spellings(entry.get("zh")), before)


def _spellings(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise InternalError("keywords.toml: spellings must be a list")
    return tuple(str(word) for word in value)


@cache
def key_of(section: str, spelling: str) -> str | None:
    """The key of a word of a section, however its spaces are written; None when the section has no such word."""
    plain = " ".join(spelling.split())
    for keyword in keyword_table().values():
        if keyword.section == section and plain in keyword.spellings:
            return keyword.key
    return None


@cache
def keywords_of_terminal(terminal: str) -> tuple[Keyword, ...]:
    return tuple(keyword for keyword in keyword_table().values() if keyword.terminal == terminal)
