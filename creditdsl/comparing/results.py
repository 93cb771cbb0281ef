"""What a new version changes for those who read results: grades, codes and granted names that come or go.

In: the pairs of both versions. Out: `InterfaceChange`s with the code CR0802.
"""

from collections.abc import Iterator

from creditdsl.comparing import interface_messages as messages
from creditdsl.comparing.kinds import kind_of, name_of
from creditdsl.comparing.messages import KINDS
from creditdsl.comparing.model import InterfaceChange
from creditdsl.comparing.pairing import Pair, Pairs
from creditdsl.comparing.uses import RULES
from creditdsl.diagnostics import Code, Text
from creditdsl.source import Span
from creditdsl.syntax import tree


def result_changes(pairs: Pairs) -> tuple[InterfaceChange, ...]:
    """All changes of the form of results: grades, then rules, then languages."""
    return (*_grades(pairs), *_codes(pairs), *_granted(pairs), *_languages(pairs))


def _changed(text: Text, old: Span | None, new: Span | None) -> InterfaceChange:
    return InterfaceChange(Code.CR0802, text, old, new)


def _grades(pairs: Pairs) -> Iterator[InterfaceChange]:
    before = next((item for item in pairs.old if isinstance(item, tree.Grades)), None)
    after = next((item for item in pairs.new if isinstance(item, tree.Grades)), None)
    old = {band.grade.text: band for band in before.bands} if before else {}
    new = {band.grade.text: band for band in after.bands} if after else {}
    for name, band in old.items():
        if name not in new:
            yield _changed(messages.grade_gone(name), band.span, after.span if after else None)
    for name, band in new.items():
        if name not in old:
            yield _changed(messages.grade_new(name), before.span if before else None, band.span)
    shared = [name for name in old if name in new]
    if before and after and shared != [name for name in new if name in old]:
        yield _changed(messages.GRADE_ORDER, before.span, after.span)


def _codes(pairs: Pairs) -> Iterator[InterfaceChange]:
    for item in pairs.gone:
        kind = kind_of(item)
        if kind in RULES:
            yield _changed(messages.code_gone(KINDS[kind], name_of(item)), item.span, None)
    for pair in pairs.pairs:
        old, new = name_of(pair.written), name_of(pair.new)
        if pair.kind in RULES and old != new and not isinstance(pair.new, tree.Grades):
            text = messages.code_renamed(KINDS[pair.kind], old, new)
            yield _changed(text, pair.written.span, pair.new.span)


def _granted(pairs: Pairs) -> Iterator[InterfaceChange]:
    for pair in pairs.pairs:
        if isinstance(pair.old, tree.Measure) and isinstance(pair.new, tree.Measure):
            kept = {item.name.text for item in pair.new.grants}
            for grant in pair.old.grants:
                if grant.name.text not in kept:
                    text = messages.granted_gone(pair.new.code.text, grant.name.text)
                    yield _changed(text, grant.span, pair.new.span)


def _languages(pairs: Pairs) -> Iterator[InterfaceChange]:
    for pair in pairs.pairs:
        if isinstance(pair.old, tree.Policy) and isinstance(pair.new, tree.Policy):
            old, new = _listed(pair), ", ".join(item.text for item in pair.new.languages)
            if old != new:
                yield _changed(messages.languages(old, new), pair.old.span, pair.new.span)


def _listed(pair: Pair) -> str:
    return ", ".join(item.text for item in pair.old.languages) if isinstance(pair.old, tree.Policy) else ""
