"""The LALR automaton of the grammar, and a run of it over one text.

In: the tables of the grammar, which stand in `grammar/tables.json` (see `parse.parser_tables`), and tokens. Out: a node of the
concrete syntax for each rule that was recognised.
"""

import json
from collections.abc import Mapping
from dataclasses import field
from functools import cache

from creditdsl.diagnostics import InternalError
from creditdsl.frozen import dataclass
from creditdsl.resources import grammar_file
from creditdsl.syntax.concrete import Node, Word

END = "$END"
"""The terminal behind the last token of a text."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """A kind of token: its regular expression, and its text where it has only one."""

    name: str
    pattern: str
    literal: str | None


@dataclass(frozen=True, slots=True)
class Production:
    """A way to recognise the rule `origin`, of `size` parts.

    The node is called `name`. A `hidden` rule has no node: its parts stand in the rule above it. A `transparent` one that has one
    part only is that part.
    """

    origin: str
    size: int
    name: str
    hidden: bool
    transparent: bool
    is_level: bool = field(init=False)
    """Whether it may make nothing: one part, which stays what it is."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "is_level", self.size == 1 and (self.hidden or self.transparent))


@dataclass(frozen=True, slots=True)
class Automaton:
    """What each state does with a terminal (`actions`) and where a recognised rule leads from it (`gotos`).

    An action is a state to go to, or -1 - the number of a production to apply. The text is read when `end` is reached. Terminals
    stand in the order in which they are tried.
    """

    terminals: tuple[Terminal, ...]
    productions: tuple[Production, ...]
    actions: tuple[Mapping[str, int], ...]
    gotos: tuple[Mapping[str, int], ...]
    start: int
    end: int
    climbs: dict[tuple[int, int, str], tuple[int, bool]] = field(default_factory=dict)
    """What `climb` gave so far."""

    def climb(self, below: int, state: int, terminal: str) -> tuple[int, bool]:
        """The state when all levels that end before the terminal are recognised, and whether the last of them is hidden."""
        hidden = False
        while (action := self.actions[state].get(terminal)) is not None and action < 0:
            production = self.productions[-1 - action]
            if not production.is_level:
                break
            state, hidden = self.gotos[below][production.origin], production.hidden
        return state, hidden


@cache
def automaton() -> Automaton:
    """The automaton of the language."""
    tables = json.loads(grammar_file("tables.json").read_text(encoding="utf-8"))
    names: list[str] = tables["tokens"]
    actions: list[dict[str, int]] = []
    gotos: list[dict[str, int]] = []
    for row in tables["rows"]:
        entries = list(zip((names[token] for token in row[::2]), row[1::2], strict=True))
        actions.append({name: action for name, action in entries if name.isupper()})
        gotos.append({name: state for name, state in entries if not name.isupper()})
    return Automaton(
        tuple(Terminal(*terminal) for terminal in tables["terminals"]),
        tuple(Production(*production) for production in tables["productions"]),
        tuple(actions),
        tuple(gotos),
        tables["start"],
        tables["end"],
    )


class UnexpectedError(Exception):
    """What stands at `at` cannot stand there."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


class Run:
    """One run over the tokens of a text: the states gone through, and what was recognised on the way to each."""

    def __init__(self) -> None:
        self._automaton = automaton()
        self._states = [self._automaton.start]
        self._parts: list[Node | Word | list[Node | Word]] = []

    @property
    def state(self) -> int:
        return self._states[-1]

    def feed(self, word: Word) -> None:
        """Take the next token; `UnexpectedError` when it cannot stand here, with what is complete before it recognised."""
        actions, productions = self._automaton.actions, self._automaton.productions
        states, parts, terminal = self._states, self._parts, word.terminal
        while (action := actions[states[-1]].get(terminal)) is not None and action < 0:
            production = productions[-1 - action]
            part = parts[-1] if production.is_level else None
            if part is None or (isinstance(part, list) and len(part) > 1):
                self._reduce(production)
            else:
                self._climb(part, terminal)
        if action is None:
            raise UnexpectedError(word.start)
        states.append(action)
        parts.append(word)

    def _climb(self, part: "Node | Word | list[Node | Word]", terminal: str) -> None:
        """Go up the levels of an expression, one within the other: nothing is made, only the state changes.

        Which levels these are depends on the two states and on the terminal alone; most of what is recognised is such a level.
        """
        states, climbs = self._states, self._automaton.climbs
        way = states[-2], states[-1], terminal
        climb = climbs.get(way)
        if climb is None:
            climb = climbs[way] = self._automaton.climb(*way)
        states[-1], hidden = climb
        if hidden:
            self._parts[-1] = part if isinstance(part, list) else [part]
        else:
            self._parts[-1] = part[0] if isinstance(part, list) else part

    def finish(self, at: int) -> Node:
        """The node of the whole text, which ends at `at`; `UnexpectedError` when it cannot end here."""
        while self._states[-1] != self._automaton.end:
            action = self._automaton.actions[self._states[-1]].get(END)
            if action is None:
                raise UnexpectedError(at)
            self._reduce(self._automaton.productions[-1 - action])
        root = self._parts[-1]
        if not isinstance(root, Node):
            raise InternalError("the parser gave no root")
        return root

    def _reduce(self, production: Production) -> None:
        """Put what the parts were recognised as in their place."""
        size, states = production.size, self._states
        parts = self._parts[-size:] if size else []
        if size:
            del states[-size:], self._parts[-size:]
        states.append(self._automaton.gotos[states[-1]][production.origin])
        self._parts.append(_recognised(production, parts))

    def accepted(self) -> frozenset[str]:
        """The terminals that can stand here, the end of the text included."""
        return frozenset(name for name in self._automaton.actions[self.state] if self._takes(name, self._states))

    def _takes(self, terminal: str, states: list[int]) -> bool:
        """Whether a terminal can stand behind these states; a state may know one that a state below it does not take."""
        states = states.copy()
        while True:
            action = self._automaton.actions[states[-1]].get(terminal)
            if action is None or action >= 0:
                return action is not None
            production = self._automaton.productions[-1 - action]
            if production.size:
                del states[-production.size :]
            states.append(self._automaton.gotos[states[-1]][production.origin])
            if terminal == END and states[-1] == self._automaton.end:
                return True

    def open_terminals(self) -> tuple[str, ...]:
        """The terminals read and not yet part of a rule: what the text stands inside of."""
        return tuple(part.terminal for part in self._parts if isinstance(part, Word))

    def unwind(self, terminal: str) -> bool:
        """Drop what was begun, back to the innermost state in which a terminal can stand; False when there is none."""
        for height in range(len(self._states), 0, -1):
            if self._takes(terminal, self._states[:height]):
                del self._states[height:], self._parts[height - 1 :]
                return True
        return False


def _recognised(
    production: Production, parts: list[Node | Word | list[Node | Word]]
) -> Node | Word | list[Node | Word]:
    """The node of a rule, or its parts where it has none."""
    children: list[Node | Word] = []
    for part in parts:
        if not isinstance(part, list):
            children.append(part)
        elif children:
            children += part
        else:
            # Lists grow from the left, and nothing else holds the one that grows.
            children = part
    if production.hidden:
        return children
    if production.transparent and len(children) == 1:
        return children[0]
    depth = 0
    for child in children:
        if isinstance(child, Node) and child.depth > depth:
            depth = child.depth
    start, end = (children[0].start, children[-1].end) if children else (0, 0)
    return Node(production.name, tuple(children), start, end, depth + 1)
