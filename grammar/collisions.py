"""Terminals that collide, looked for in a fraction of the time.

Lark asks `interegular` of every two terminals that may stand in one place whether some text is both. For each of more
than ten thousand pairs that works out which letters the two tell apart, though all terminals tell the same letters
apart. Here each automaton gets the one numbering of letters once, and two are walked together as they are.
"""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import interegular
from interegular.comparator import Comparator
from interegular.fsm import FSM, Alphabet


@dataclass(frozen=True)
class Numbered:
    """An automaton: where each state goes with each letter, by a number that means the same letters everywhere."""

    initial: int
    finals: frozenset[int]
    ways: dict[int, dict[int, int]]


class QuickComparator(Comparator):
    """Says of two terminals what `Comparator` does."""

    def __init__(self, patterns: dict[Hashable, object]) -> None:
        super().__init__(patterns)
        self.numbered: dict[Hashable, Numbered | None] = {}

    def isdisjoint(self, a: Hashable, b: Hashable) -> bool:
        if (a, b) not in self._know_pairs:
            first, second = self._numbered(a), self._numbered(b)
            if first is None or second is None:
                return bool(super().isdisjoint(a, b))
            self._know_pairs[a, b] = nothing_is_both(first, second)
        return bool(self._know_pairs[a, b])

    def _numbered(self, terminal: Hashable) -> Numbered | None:
        if terminal not in self.numbered:
            automaton = self.get_fsm(terminal)
            self.numbered[terminal] = None if automaton is None else numbered(automaton, self._alphabet)
        return self.numbered[terminal]


def numbered(automaton: FSM, alphabet: Alphabet) -> Numbered | None:
    """The automaton with the numbers of the alphabet; None when it does not tell the same letters apart."""
    groups = {frozenset(letters): number for number, letters in automaton.alphabet.by_transition.items()}
    if set(groups) != set(map(frozenset, alphabet.by_transition.values())):
        return None
    numbers = {groups[frozenset(letters)]: number for number, letters in alphabet.by_transition.items()}
    ways = {
        state: {numbers[number]: following for number, following in row.items()} for state, row in automaton.map.items()
    }
    return Numbered(automaton.initial, frozenset(automaton.finals), ways)


def nothing_is_both(first: Numbered, second: Numbered) -> bool:
    """Whether no way through both automata ends where both may end."""
    waiting = [(first.initial, second.initial)]
    seen = set(waiting)
    while waiting:
        one, other = waiting.pop()
        if one in first.finals and other in second.finals:
            return False
        ways, other_ways = first.ways.get(one, {}), second.ways.get(other, {})
        for letter in ways.keys() & other_ways.keys():
            step = (ways[letter], other_ways[letter])
            if step not in seen:
                seen.add(step)
                waiting.append(step)
    return True


@contextmanager
def quick_comparisons() -> Iterator[None]:
    """While the body runs, a parser that Lark makes compares its terminals this way."""
    before = interegular.Comparator
    interegular.Comparator = QuickComparator
    try:
        yield
    finally:
        interegular.Comparator = before
