"""Clauses of a declaration put in, exchanged and taken out, whatever the declaration is.

In: a declaration and one change of a clause. Out: the declaration as it then reads, or what is wrong with the change.
"""

import copy
import dataclasses
from collections.abc import Mapping
from typing import TypeVar

from creditdsl.amending import messages
from creditdsl.diagnostics import Diagnostic, InternalError
from creditdsl.syntax import messages as syntax_messages
from creditdsl.syntax import tree
from creditdsl.syntax.clauses import REPEATABLE, SHAPES

Changeable = tree.Amendable | tree.Policy
Changed = Changeable | Diagnostic
Node = TypeVar("Node")

FIELDS: Mapping[str, str] = {
    "basis": "basis",
    "note": "notes",
    "effective": "effective",
    "when": "when",
    "unless": "unless",
    "overrides": "overrides",
    "for_each": "for_each",
    "where": "where",
    "deduct": "points",
    "base": "base",
    "capped": "capped",
    "lasts": "lasts",
    "by": "by",
    "on": "on",
    "may": "may",
    "excludes": "excludes",
    "from": "start",
    "to": "end",
    "restore": "restore",
    "regrade": "regrade",
    "once_per_year": "once_per_year",
    "absent_means_none": "absent_means_none",
    "title": "title",
    "rank": "rank",
    "in_force": "in_force",
    "address": "address",
    "authority": "authority",
    "calendar": "calendar",
    "replaced_by": "replaced_by",
    "leave": "leave",
    "publish": "publications",
    "through": "channels",
    "breach": "breach",
    "ranked": "ranked",
    "rate": "rate",
    "seed": "seed",
    "rounded": "rounded",
}
"""The field of the tree that a clause is kept in."""
NOTHING: Mapping[str, object] = {
    **dict.fromkeys(("basis", "note", "overrides", "by", "excludes", "publish", "through"), ()),
    **dict.fromkeys(("may", "once_per_year", "absent_means_none"), False),
}
"""What the field holds without the clause, when not None."""
PARTS = ("clauses", "entry", "sampling")
"""The fields of declarations that hold clauses of theirs: what all rules have, what a list has, what an inspection has."""


def insert_clause(declaration: Changeable, part: tree.ClausePart, kind: str) -> Changed:
    """The declaration with one clause more."""
    if isinstance(part.value, tree.Grant):
        return _insert_grant(declaration, part.value, part)
    if part.rule == "bounds":
        return _insert_bounds(declaration, part)
    there = _held(declaration, part.rule)
    if isinstance(part.value, tuple) and isinstance(there, tuple) and (part.rule in REPEATABLE or not there):
        return _with(declaration, part.rule, (*there, *part.value))
    if there not in (None, (), False):
        return messages.clause_there_already(part, kind)
    return _set(declaration, part, kind)


def replace_clause(declaration: Changeable, part: tree.ClausePart, kind: str) -> Changed:
    """The declaration with another clause in place of the one, or those, that it has."""
    if isinstance(part.value, tree.Grant):
        return _replace_grant(declaration, part.value, part, kind)
    if part.rule == "bounds":
        return _replace_bounds(declaration, part, kind)
    if _held(declaration, part.rule) in (None, (), False):
        return messages.no_such_clause(part.rule, part.span, kind)
    return _set(declaration, part, kind)


def repeal_clause(declaration: Changeable, name: tree.ComponentName, kind: str) -> Changed:
    """The declaration without a clause that it can do without."""
    rule = name.name.text
    shape = SHAPES.get(kind)
    if shape is not None and rule in shape.required:
        return syntax_messages.missing_clause(name.span, rule, kind)
    if name.granted is not None:
        return _repeal_grant(declaration, name, name.granted, kind)
    if rule == "bounds":
        return _repeal_bounds(declaration, name, kind)
    if _held(declaration, rule) in (None, (), False):
        return messages.no_such_clause(rule, name.span, kind)
    return _with(declaration, rule, NOTHING.get(rule))


def _set(declaration: Changeable, part: tree.ClausePart, kind: str) -> Changed:
    match part.value:
        case tree.Flag():
            return _with(declaration, part.rule, True)
        case tree.Lifetime(duration=duration, start=start) if isinstance(declaration, tree.Indicator):
            if start is None:
                return syntax_messages.clause_needs(part.span, "lasts", "from")
            return _with(declaration, "lasts", tree.Lasts(duration, start, span=part.span))
        case tree.Lifetime(duration=duration, start=start):
            if start is not None:
                return syntax_messages.misplaced_clause(start.span, "from", kind)
            return _with(declaration, "lasts", duration)
        case value:
            return _with(declaration, part.rule, value)


def _held(declaration: Changeable, rule: str) -> object:
    """What a declaration holds for a clause."""
    owner, field = _place(declaration, rule)
    held: object = getattr(owner, field)
    return held


def _place(declaration: Changeable, rule: str) -> tuple[object, str]:
    """The node that holds a clause, the declaration itself or one of its `PARTS`, and the field."""
    field = FIELDS[rule]
    part = _part_with(declaration, field)
    owner = declaration if part is None else getattr(declaration, part)
    if not hasattr(owner, field):
        raise InternalError(f"no {rule} in {type(declaration).__name__}")
    return owner, field


def _part_with(declaration: Changeable, field: str) -> str | None:
    """The part of a declaration that has a field; None for its own."""
    for part in PARTS:
        held = getattr(declaration, part, None)
        if held is not None and hasattr(held, field):
            return part
    return None


def _with(declaration: Changeable, rule: str, value: object) -> Changeable:
    owner, field = _place(declaration, rule)
    part = _part_with(declaration, field)
    if part is None:
        return _copied(declaration, field, value)
    return _copied(declaration, part, _copied(owner, field, value))


def _copied(node: Node, field: str, value: object) -> Node:
    """The node with another value in a field; the field is known by its name alone, as `dataclasses.replace` is not typed for."""
    copied = copy.copy(node)
    object.__setattr__(copied, field, value)
    return copied


def _insert_bounds(declaration: Changeable, part: tree.ClausePart) -> Changed:
    if not isinstance(declaration, tree.Score) or not isinstance(part.value, tree.Limits):
        raise InternalError("bounds belong to a score")
    if declaration.low is not None:
        return messages.clause_there_already(part, "score")
    return dataclasses.replace(declaration, low=part.value.low, high=part.value.high)


def _replace_bounds(declaration: Changeable, part: tree.ClausePart, kind: str) -> Changed:
    if not isinstance(declaration, tree.Score) or not isinstance(part.value, tree.Limits):
        raise InternalError("bounds belong to a score")
    if declaration.low is None:
        return messages.no_such_clause("bounds", part.span, kind)
    return dataclasses.replace(declaration, low=part.value.low, high=part.value.high)


def _repeal_bounds(declaration: Changeable, name: tree.ComponentName, kind: str) -> Changed:
    if not isinstance(declaration, tree.Score) or declaration.low is None:
        return messages.no_such_clause("bounds", name.span, kind)
    return dataclasses.replace(declaration, low=None, high=None)


def _grants(declaration: Changeable) -> tuple[tree.Grant, ...]:
    if not isinstance(declaration, tree.Measure):
        raise InternalError("only a measure grants something")
    return declaration.grants


def _insert_grant(declaration: Changeable, grant: tree.Grant, part: tree.ClausePart) -> Changed:
    grants = _grants(declaration)
    if any(item.name.text == grant.name.text for item in grants):
        return messages.part_there_already(grant.name.text, part.span)
    return _copied(declaration, "grants", (*grants, grant))


def _replace_grant(declaration: Changeable, grant: tree.Grant, part: tree.ClausePart, kind: str) -> Changed:
    grants = _grants(declaration)
    if all(item.name.text != grant.name.text for item in grants):
        return messages.no_such_part(grant.name.text, part.span, kind, [item.name.text for item in grants])
    return _copied(
        declaration, "grants", tuple(grant if item.name.text == grant.name.text else item for item in grants)
    )


def _repeal_grant(declaration: Changeable, name: tree.ComponentName, granted: tree.Identifier, kind: str) -> Changed:
    grants = _grants(declaration)
    kept = tuple(item for item in grants if item.name.text != granted.text)
    if len(kept) == len(grants):
        return messages.no_such_part(granted.text, name.span, kind, [item.name.text for item in grants])
    return _copied(declaration, "grants", kept)
