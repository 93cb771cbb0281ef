"""The specification: its examples parse, its keyword tables are the table of the grammar."""

import re
from pathlib import Path

import pytest

from creditdsl.source import SourceFile
from creditdsl.syntax.format import format_module
from creditdsl.syntax.keywords import keyword_table
from creditdsl.syntax.parse import parse
from creditdsl.syntax.tree import Declaration

SPECIFICATION = Path(__file__).parent.parent / "docs" / "language.md"
TEXT = SPECIFICATION.read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```credit( fragment)?\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
HEADINGS = {
    "declaration": "Declarations",
    "clause": "Clauses",
    "amendment": "Amendments",
    "expression": "Expressions",
    "function": "Functions, before a parenthesis",
    "unit": "Units, behind a number",
    "type": "Types",
    "rounding": "Ways of rounding",
    "rank": "Ranks of sources",
    "span_of_period": "Lengths of the period",
    "language": "Languages",
}


def keyword_tables() -> str:
    """The tables of the specification's last section."""
    parts = []
    for section, heading in HEADINGS.items():
        rows = [
            f"| {' '.join(f'`{word}`' for word in item.en)} | {' '.join(f'`{word}`' for word in item.zh)} |"
            for item in keyword_table().values()
            if item.section == section
        ]
        parts.append("\n".join([f"### {heading}", "", "| English | 中文 |", "|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


def test_the_keyword_tables_are_those_of_the_grammar() -> None:
    assert TEXT.endswith(keyword_tables())


def test_the_tables_leave_no_section_out() -> None:
    assert {item.section for item in keyword_table().values()} == set(HEADINGS)


@pytest.mark.parametrize(("fragment", "text"), BLOCKS)
def test_every_example_parses(fragment: str, text: str) -> None:
    whole = f"direct D x {{\n{text}}}\n" if fragment else text
    parsed = parse(SourceFile("docs/language.md", whole))
    assert parsed.module is not None, [(item.message.en, item.help) for item in parsed.diagnostics]
    for keywords in ("zh", "en"):
        written = format_module(whole, parsed.module, keywords=keywords)
        assert parse(SourceFile("docs/language.md", written)).module == parsed.module


def test_the_two_forms_of_one_declaration_are_the_same_tree() -> None:
    english, chinese = (parse(SourceFile("x", BLOCKS[index][1])).module for index in (0, 1))
    assert english is not None and chinese is not None
    assert english.declarations == chinese.declarations


def test_every_declaration_has_an_example() -> None:
    modules = [parse(SourceFile("x", text)).module for fragment, text in BLOCKS if not fragment]
    kinds = {type(item) for module in modules if module is not None for item in module.declarations}
    assert kinds == set(Declaration.__args__)
