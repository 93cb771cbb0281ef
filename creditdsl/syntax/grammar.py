"""The grammar as one text: `credit.lark` with a terminal for each group of words in `keywords.toml`."""

import re

from creditdsl.resources import grammar_file
from creditdsl.syntax.keywords import keyword_table
from creditdsl.syntax.names import NAME_PATTERN


def grammar_text() -> str:
    """The whole grammar in lark's notation."""
    rules = grammar_file("credit.lark").read_text(encoding="utf-8")
    return rules + f"\nNAME: /{NAME_PATTERN}|`[^`\\n]+`/\n\n// From keywords.toml\n" + "\n".join(_terminals()) + "\n"


def _terminals() -> list[str]:
    """A regular expression for each terminal; a word ends where no letter or digit follows."""
    spellings: dict[tuple[str, str], list[str]] = {}
    for keyword in keyword_table().values():
        if keyword.section != "language":
            spellings.setdefault((keyword.terminal, keyword.before), []).extend(keyword.spellings)
    lines = []
    for (terminal, before), words in spellings.items():
        longest_first = sorted(dict.fromkeys(words), key=lambda word: -len(word))
        alternatives = "|".join(_pattern(word) for word in longest_first)
        follow = rf"(?=\s*\{before})" if before else ""
        lines.append(f"{terminal}.{7 if before else 5}: /(?:{alternatives}){follow}/")
    return lines


def _pattern(spelling: str) -> str:
    pattern = re.escape(spelling).replace(r"\ ", r"\s+").replace(r"\.", r"\s*\.\s*")
    return pattern + (r"(?!\w)" if spelling[-1].isalnum() else "")
