"""The next token of a text, among those that can stand where the automaton is.

In: text as `scan` leaves it, a place and a state. Out: a `Word`, None at the end of the text, or `UnexpectedError`. Of several
terminals that match, the first one in the order of the automaton is read.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache

from creditdsl.syntax.automaton import Automaton, UnexpectedError, automaton
from creditdsl.syntax.concrete import Word
from creditdsl.syntax.keywords import keyword_table

Match = Callable[[str, int], re.Match[str] | None]
Choices = dict[str, tuple[tuple[str, Match], ...]]
"""The terminals to try for the first character of a token; under "", for one that begins no keyword and no sign."""

BLANK = re.compile(r"\s*+")


class Lexer:
    """The lexer of the language. What is tried in a state is found when the state is first met; there are as many as the grammar has."""

    def __init__(self) -> None:
        self._automaton: Automaton = automaton()
        self._openings = _openings()
        self._firsts = frozenset(first for firsts in self._openings.values() for first in firsts)
        self._by_state: dict[int, Choices] = {}
        self._by_terminals: dict[frozenset[str], Choices] = {}

    def next_word(self, text: str, at: int, state: int) -> Word | None:
        """The token at or behind `at`."""
        at = past_blank(text, at)
        if at == len(text):
            return None
        choices = self._by_state.get(state)
        found = None if choices is None else choices.get(text[at])
        for name, match in self._choices(state, text[at]) if found is None else found:
            token = match(text, at)
            if token is not None:
                return Word(name, token[0], at, token.end())
        raise UnexpectedError(at)

    def _choices(self, state: int, first: str) -> tuple[tuple[str, Match], ...]:
        """What to try in a state; states that take the same terminals share what is known of them."""
        names = frozenset(self._automaton.actions[state])
        choices = self._by_terminals.setdefault(names, {})
        self._by_state[state] = choices
        first = first if first in self._firsts else ""
        if first not in choices:
            choices[first] = tuple(
                (terminal.name, _matcher(terminal.pattern))
                for terminal in self._automaton.terminals
                if terminal.name in names and first in self._openings.get(terminal.name, (first,))
            )
        return choices[first]


def past_blank(text: str, at: int) -> int:
    """Where the white space at `at` ends."""
    blank = BLANK.match(text, at)
    return at if blank is None else blank.end()


@cache
def lexer() -> Lexer:
    """The lexer of the language."""
    return Lexer()


@cache
def _matcher(pattern: str) -> Match:
    return re.compile(pattern).match


def _openings() -> Mapping[str, tuple[str, ...]]:
    """The characters that a keyword or a sign begins with; what is not here may begin with any."""
    openings = {item.name: (item.literal[0],) for item in automaton().terminals if item.literal is not None}
    for keyword in keyword_table().values():
        if keyword.section != "language":
            firsts = (spelling[0] for spelling in keyword.spellings)
            openings[keyword.terminal] = tuple(dict.fromkeys((*openings.get(keyword.terminal, ()), *firsts)))
    return openings
