"""The concrete syntax: what the parser recognised, one node for each grammar rule, every token a word.

It lives between the LALR parser and the surface tree only, and is made once for every token and rule: named tuples are the quickest.
"""

from collections.abc import Iterator
from typing import NamedTuple


class Word(NamedTuple):
    """One token: its terminal, its text, and the range of characters it covers."""

    terminal: str
    text: str
    start: int
    end: int


class Node(NamedTuple):
    """A rule of the grammar and what it matched; `depth` counts the nodes on the longest way down, this one included."""

    rule: str
    children: tuple["Node | Word", ...]
    start: int
    end: int
    depth: int

    def nodes(self, *rules: str) -> Iterator["Node"]:
        """The child nodes, only those of `rules` when given."""
        for child in self.children:
            if isinstance(child, Node) and (not rules or child.rule in rules):
                yield child

    def node(self, *rules: str) -> "Node | None":
        """The first child node, of `rules` when given."""
        for child in self.children:
            if isinstance(child, Node) and (not rules or child.rule in rules):
                return child
        return None

    def words(self, *terminals: str) -> tuple[Word, ...]:
        """The tokens among the children, only those of `terminals` when given."""
        return tuple(
            child
            for child in self.children
            if isinstance(child, Word) and (not terminals or child.terminal in terminals)
        )

    def word(self, *terminals: str) -> Word | None:
        """The first token among the children, of `terminals` when given."""
        for child in self.children:
            if isinstance(child, Word) and (not terminals or child.terminal in terminals):
                return child
        return None
