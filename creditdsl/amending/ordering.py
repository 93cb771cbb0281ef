"""The amendments of a policy in the order in which they are made.

National ones come before those of a jurisdiction, wider jurisdictions before narrower ones; among them the earlier day comes first,
and on one day `follows` decides. What is the same in all of that keeps the order in which it was written, and is reported where both
touch the same thing (`consolidate`).
"""

from collections.abc import Iterable, Mapping
from datetime import date
from graphlib import CycleError, TopologicalSorter

from creditdsl.amending import messages
from creditdsl.diagnostics import Diagnostic
from creditdsl.syntax import tree


def amendments_of(modules: Iterable[tree.Module]) -> tuple[tuple[tree.Amend, ...], list[Diagnostic]]:
    """The amendments as they are made, one after the other, and what is wrong with their names and their order."""
    written = [item for module in modules for item in module.declarations if isinstance(item, tree.Amend)]
    named: dict[str, tree.Amend] = {}
    found: list[Diagnostic] = []
    for item in written:
        first = named.setdefault(item.name.text, item)
        if first is not item:
            found.append(messages.declared_twice(item.name, first.name.span))
    for item in named.values():
        found.extend(_wrong_order(item, named))
    ranks = _ranks(named, found)
    places = {name: place for place, name in enumerate(named)}
    ordered = sorted(named.values(), key=lambda item: (*_level(item), ranks[item.name.text], places[item.name.text]))
    return tuple(ordered), found


def first_day(amendment: tree.Amend) -> date:
    """The day on which an amendment begins; one without a beginning was always there."""
    validity = amendment.effective
    return date.min if validity is None or validity.start is None else validity.start


def jurisdiction_of(amendment: tree.Amend) -> str:
    """The code of the division that it is made for, empty for all."""
    return "" if amendment.jurisdiction is None else amendment.jurisdiction.value


def _level(amendment: tree.Amend) -> tuple[int, date]:
    return len(jurisdiction_of(amendment)), first_day(amendment)


def _wrong_order(amendment: tree.Amend, named: Mapping[str, tree.Amend]) -> list[Diagnostic]:
    found = []
    for name in amendment.follows:
        other = named.get(name.text)
        if other is None:
            found.append(messages.follows_unknown(name, list(named)))
        elif _level(other) > _level(amendment):
            found.append(messages.follows_a_later_one(name, other))
    return found


def _ranks(named: Mapping[str, tree.Amend], found: list[Diagnostic]) -> dict[str, int]:
    """How many amendments must come before each; equal where `follows` says nothing."""
    graph = {name: {item.text for item in amend.follows if item.text in named} for name, amend in named.items()}
    try:
        order = tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle: list[str] = error.args[1]
        found.append(messages.in_a_circle([named[name] for name in reversed(circle)]))
        return dict.fromkeys(named, 0)
    ranks: dict[str, int] = {}
    for name in order:
        ranks[name] = 1 + max((ranks[other] for other in graph[name]), default=-1)
    return ranks


def follows(later: tree.Amend, earlier: tree.Amend, named: Mapping[str, tree.Amend]) -> bool:
    """Whether `follows` leads from one amendment to the other."""
    pending = [item.text for item in later.follows]
    seen: set[str] = set()
    while pending:
        name = pending.pop()
        if name == earlier.name.text:
            return True
        if name in named and name not in seen:
            seen.add(name)
            pending.extend(item.text for item in named[name].follows)
    return False
