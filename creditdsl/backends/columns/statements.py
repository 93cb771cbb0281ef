"""The statements of a block function.

In: statements in order, each with the variables that it defines and reads. Out: their lines, with every variable deleted
behind the last statement that reads it, so that the memory of its column is used again while the cache has it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from creditdsl.backends.python.layout import WIDTH
from creditdsl.backends.python.names import Scope

MANY = 8
"""So many variables wait at most for the next comment before they are deleted."""


class Variables(Scope):
    """The names in use in a block, which has so many that their numbers are remembered."""

    def __init__(self, taken: frozenset[str]) -> None:
        super().__init__(taken)
        self.numbers: dict[str, int] = {}

    def allocate(self, wanted: str) -> str:
        """`wanted`, or `wanted_2`, `wanted_3`, …"""
        name, number = wanted, self.numbers.get(wanted, 1)
        while name in self.taken or (number > 1 and name == wanted):
            number += 1
            name = f"{wanted}_{number}"
        self.taken.add(name)
        self.numbers[wanted] = number
        return name


@dataclass(frozen=True, slots=True)
class Statement:
    text: str
    defines: tuple[str, ...] = ()
    uses: frozenset[str] = frozenset()


@dataclass(slots=True)
class Suite:
    """Statements; those of a suite with a heading, such as `if details:`, stand indented below it."""

    heading: str = ""
    items: list["Statement | Suite"] = field(default_factory=list)

    def defined(self) -> set[str]:
        names: set[str] = set()
        for item in self.items:
            names.update(item.defines if isinstance(item, Statement) else item.defined())
        return names

    def used(self) -> set[str]:
        names: set[str] = set()
        for item in self.items:
            names.update(item.uses if isinstance(item, Statement) else item.used())
        return names


def suite_lines(suite: Suite, indent: str) -> Iterator[str]:
    """The lines of a suite; what it defines is deleted in it, before the next comment."""
    own = {name for item in suite.items if isinstance(item, Statement) for name in item.defines}
    last: dict[str, int] = {}
    for place, item in enumerate(suite.items):
        names = (*item.defines, *item.uses) if isinstance(item, Statement) else item.used()
        last.update(dict.fromkeys(own.intersection(names), place))
    dead: dict[int, list[str]] = {}
    for name, place in last.items():
        dead.setdefault(place, []).append(name)
    waiting: list[str] = []
    for place, item in enumerate(suite.items):
        if waiting and (len(waiting) > MANY or (isinstance(item, Statement) and item.text.startswith("#"))):
            yield from _deletion(waiting, indent)
            waiting = []
        if isinstance(item, Statement):
            yield f"{indent}{item.text}".rstrip()
        else:
            yield f"{indent}{item.heading}"
            yield from suite_lines(item, indent + "    ")
        waiting += dead.get(place, ())


def _deletion(names: list[str], indent: str) -> Iterator[str]:
    """`del`, on as many lines as it takes."""
    line = f"{indent}del {names[0]}"
    for name in names[1:]:
        if len(line) + len(name) + 2 > WIDTH:
            yield line
            line = f"{indent}del {name}"
        else:
            line += f", {name}"
    yield line
