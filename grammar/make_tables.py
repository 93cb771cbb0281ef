"""Writes `tables.json` anew from `credit.lark` and `keywords.toml`; run it after a change of either.

A grammar with conflicts, or with terminals that collide where both may stand, is refused. Takes a minute.
"""

from pathlib import Path

from creditdsl.syntax.grammar import grammar_text
from creditdsl.syntax.parse import parser_from_grammar, parser_tables

if __name__ == "__main__":
    tables = parser_tables(parser_from_grammar(grammar_text(), strict=True))
    Path(__file__).with_name("tables.json").write_text(tables, encoding="utf-8")
