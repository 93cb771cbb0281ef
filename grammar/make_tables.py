"""Writes `tables.json` anew from `credit.lark` and `keywords.toml`; run it after a change of either.

A grammar with conflicts, or with terminals that collide where both may stand, is refused. Takes a quarter of a minute.
"""

from pathlib import Path

from creditdsl.syntax.grammar import grammar_text
from creditdsl.syntax.parse import parser_from_grammar, parser_tables
from grammar.collisions import quick_comparisons

if __name__ == "__main__":
    with quick_comparisons():
        parser = parser_from_grammar(grammar_text(), strict=True)
    Path(__file__).with_name("tables.json").write_text(parser_tables(parser), encoding="utf-8")
