"""The next token of a text, among those that can stand where the automaton is.

In: text as `scan` leaves it, a place and a state. Out: a `Word`, None at the end of the text, or `UnexpectedError`. Of several
terminals that match, the first one in the order of the automaton is read.

Most terminals are keywords. A keyword begins with a whole run of letters, so the run that stands in the text says which keywords are
worth trying, and the first character which other terminals.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache

from creditdsl.syntax.automaton import Automaton, UnexpectedError, automaton
from creditdsl.syntax.concrete import Word
from creditdsl.syntax.keywords import keyword_table

Match = Callable[[str, int], re.Match[str] | None]
Choices = dict[str, tuple[tuple[str, Match], ...]]
"""The terminals to try, by what a token begins with; under "", for what begins no keyword and no sign."""

BLANK_AND_RUN = re.compile(r"\s*+(\w*+)")
RUN = re.compile(r"\w*+")

OPENINGS: Mapping[str, str] = {
    **dict.fromkeys(("DATE", "QUARTER", "MONTH", "NUMBER", "CODE"), "0123456789"),
    **dict.fromkeys(("ITEM_NUMBERED", "ARTICLE_NUMBERED", "PARAGRAPH_NUMBERED"), "第"),
    "ANNEX_NUMBERED": "附",
    "STRING": '"“',
    "GREATER_OR_EQUAL": ">≥",
    "LESS_OR_EQUAL": "<≤",
    "NOT_EQUAL": "!≠",
}
"""The characters that the terminals of the grammar begin with that are neither keywords nor one sign; NAME may begin with anything."""


class Lexer:
    """The lexer of the language. What is tried in a state is found when the state is first met; there are as many as the grammar has."""

    def __init__(self) -> None:
        self._automaton: Automaton = automaton()
        self._openings = _openings()
        self._known = frozenset(opening for openings in self._openings.values() for opening in openings)
        self._by_state: dict[int, Choices] = {}
        self._by_terminals: dict[frozenset[str], Choices] = {}

    def next_word(self, text: str, at: int, state: int) -> Word | None:
        """The token at or behind `at`."""
        found = BLANK_AND_RUN.match(text, at)
        if found is None or (at := found.start(1)) == len(text):
            return None
        run = found[1]
        opening = run if run in self._known else text[at]
        try:
            tries = self._by_state[state][opening]
        except KeyError:
            tries = self._tries(state, opening)
        for name, match in tries:
            token = match(text, at)
            if token is not None:
                return Word(name, token[0], at, token.end())
        raise UnexpectedError(at)

    def _tries(self, state: int, opening: str) -> tuple[tuple[str, Match], ...]:
        """What to try in a state; states that take the same terminals share what is known of them."""
        names = frozenset(self._automaton.actions[state])
        choices = self._by_state[state] = self._by_terminals.setdefault(names, {})
        known = opening if opening in self._known else ""
        begins = frozenset((known, known[:1]))
        if known not in choices:
            choices[known] = tuple(
                (terminal.name, _matcher(terminal.pattern))
                for terminal in self._automaton.terminals
                if terminal.name in names and not self._openings.get(terminal.name, begins).isdisjoint(begins)
            )
        choices[opening] = choices[known]
        return choices[known]


@cache
def lexer() -> Lexer:
    """The lexer of the language."""
    return Lexer()


@cache
def _matcher(pattern: str) -> Match:
    return re.compile(pattern).match


def _openings() -> Mapping[str, frozenset[str]]:
    """The runs and characters that a terminal begins with; one that is not here may begin with any."""
    openings = {item.name: {item.literal[0]} for item in automaton().terminals if item.literal is not None}
    openings |= {name: set(characters) for name, characters in OPENINGS.items()}
    for keyword in keyword_table().values():
        if keyword.section != "language":
            openings.setdefault(keyword.terminal, set()).update(map(_opening, keyword.spellings))
    return {name: frozenset(found) for name, found in openings.items()}


def _opening(spelling: str) -> str:
    """The run of letters that a keyword begins with; the first character of one that is a sign, such as `%`."""
    run = RUN.match(spelling)
    return spelling[0] if run is None or not run[0] else run[0]
