"""Which declaration of the old version is which of the new one.

In: the modules of both versions. Out: `Pairs`: by kind and name, wherever they stand; and what was only renamed. Where a name was
changed, it is changed in the old version too before anything is compared, so that what refers to it is the same as before.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from creditdsl.comparing.kinds import kind_of, label_of, name_of
from creditdsl.comparing.model import Kind
from creditdsl.diagnostics import InternalError
from creditdsl.syntax import tree

Key = tuple[Kind, str, int]
RENAMED = (
    Kind.PARAMETER,
    Kind.DEFINE,
    Kind.TABLE,
    Kind.INDICATOR,
    Kind.DIRECT,
    Kind.ASSIGN,
    Kind.CEILING,
    Kind.DEMOTE,
    Kind.EXEMPT,
    Kind.REWARD,
    Kind.PENALTY,
    Kind.LIST,
    Kind.OFFER,
    Kind.PLEDGE,
    Kind.INSPECTION,
)
"""What may be found again under another name; a field or a kind of record under another name is another one for who supplies data."""
Defining = tree.Parameter | tree.Define | tree.Table
Coded = tree.Indicator | tree.Direct | tree.Assign | tree.Ceiling | tree.Demote | tree.Exempt | tree.Measure
BLANK = tree.Identifier("")
SINGLE = (Kind.POLICY, Kind.SUBJECT, Kind.SCORE, Kind.GRADES)


@dataclass(frozen=True, slots=True)
class Pair:
    """A declaration of both versions. `old` has the new names where names were changed, `written` is it as it was written."""

    kind: Kind
    old: tree.Declaration
    new: tree.Declaration
    written: tree.Declaration


@dataclass(frozen=True, slots=True)
class Pairs:
    """Everything of both versions in the order of the new one (what is gone, of the old one); `old` has the new names."""

    pairs: tuple[Pair, ...]
    gone: tuple[tree.Declaration, ...]
    added: tuple[tree.Declaration, ...]
    old: tuple[tree.Declaration, ...]
    new: tuple[tree.Declaration, ...]


def paired(old: Iterable[tree.Module], new: Iterable[tree.Module]) -> Pairs:
    """The declarations of two versions, matched."""
    before, after = keyed(old), keyed(new)
    names = _renamings(before, after)
    moved = {key: names.get(key, key) for key in before}
    spelled = _substitution(names, (*before.values(), *after.values()))
    renamed = {key: with_names(item, spelled) for key, item in before.items()}
    found = {moved[key]: key for key in before if moved[key] in after}
    pairs = tuple(
        Pair(key[0], _named_like(renamed[found[key]], after[key]), after[key], before[found[key]])
        for key in after
        if key in found
    )
    matched = set(found.values())
    return Pairs(
        pairs,
        tuple(item for key, item in before.items() if key not in matched),
        tuple(item for key, item in after.items() if key not in found),
        tuple(renamed.values()),
        tuple(after.values()),
    )


def keyed(modules: Iterable[tree.Module]) -> dict[Key, tree.Declaration]:
    """All declarations by kind and name; what a policy has once needs no name, what has one name several times a number."""
    found: dict[Key, tree.Declaration] = {}
    counts: Counter[tuple[Kind, str]] = Counter()
    for module in modules:
        for declaration in module.declarations:
            kind = kind_of(declaration)
            if kind is not None:
                name = "" if kind in SINGLE else name_of(declaration)
                found[kind, name, counts[kind, name]] = declaration
                counts[kind, name] += 1
    return found


def _renamings(before: Mapping[Key, tree.Declaration], after: Mapping[Key, tree.Declaration]) -> dict[Key, Key]:
    """The old keys that are found under new ones: equal but for the name, or else equal but for name and label."""
    gone = [key for key in before if key not in after and key[0] in RENAMED]
    added = [key for key in after if key not in before and key[0] in RENAMED]
    names: dict[Key, Key] = {}
    for keep_label in (True, False):
        left = _unique((key, _anonymous(before[key], keep_label=keep_label)) for key in gone if key not in names)
        taken = set(names.values())
        right = _unique((key, _anonymous(after[key], keep_label=keep_label)) for key in added if key not in taken)
        names |= {key: right[body] for body, key in left.items() if body in right and key[0] is right[body][0]}
    return names


def _unique(items: Iterable[tuple[Key, tree.Declaration]]) -> dict[tree.Declaration, Key]:
    """The keys by what they declare, where no two declare the same."""
    listed = list(items)
    counts = Counter(body for _, body in listed)
    return {body: key for key, body in listed if counts[body] == 1}


def _anonymous(declaration: tree.Declaration, *, keep_label: bool) -> tree.Declaration:
    label = label_of(declaration) if keep_label else None
    if isinstance(declaration, Defining):
        return replace(declaration, name=BLANK, label=label)
    return replace(declaration, code=BLANK, label=label) if isinstance(declaration, Coded) else declaration


def _named_like(old: tree.Declaration, new: tree.Declaration) -> tree.Declaration:
    """The old declaration under the name of the new one, so that a name alone makes no difference."""
    if isinstance(old, Defining) and isinstance(new, Defining):
        return replace(old, name=new.name)
    if isinstance(old, Coded) and isinstance(new, Coded):
        return replace(old, code=new.code)
    return old


def _substitution(names: Mapping[Key, Key], declarations: Iterable[tree.Declaration]) -> dict[str, str]:
    """The new name for each old one that means nothing else in either version."""
    taken: set[str] = set()
    for item in declarations:
        match item:
            case tree.Subject() | tree.Record():
                taken.update(part.name.text for part in item.fields)
            case tree.Enumeration():
                taken.update(part.name.text for part in item.values)
            case tree.Grades():
                taken.update(part.grade.text for part in item.bands)
            case _:  # The others are what may be renamed.
                pass
    return {old[1]: new[1] for old, new in names.items() if old[1] != new[1] and old[1] not in taken}


def with_names(declaration: tree.Declaration, names: Mapping[str, str]) -> tree.Declaration:
    """The declaration with other names in it for the rules, parameters, definitions and tables that it refers to."""
    if not names:
        return declaration
    substituted = _substituted(declaration, names)
    if not isinstance(substituted, tree.Declaration):
        raise InternalError("a declaration with other names is none")
    return substituted


def _substituted(node: object, names: Mapping[str, str]) -> object:
    match node:
        case tree.Reference(name=name):
            return replace(node, name=names[name]) if name in names else node
        case tuple():
            parts = tuple(_substituted(item, names) for item in node)
            return parts if any(one is not other for one, other in zip(parts, node, strict=True)) else node
        case tree.Label() | tree.Identifier():
            return node
        case _ if dataclasses.is_dataclass(node) and not isinstance(node, type):
            changed = {}
            for part in dataclasses.fields(node):
                value: object = getattr(node, part.name)
                named = isinstance(value, tree.Identifier | tuple) and part.name in _naming_fields(node)
                other = _renamed(value, names) if named else _substituted(value, names)
                if other is not value:
                    changed[part.name] = other
            return dataclasses.replace(node, **changed) if changed else node
        case _:
            return node


def _naming_fields(node: object) -> tuple[str, ...]:
    """The fields of a node that name a rule, a parameter or a table."""
    match node:
        case tree.RuleClauses():
            return ("overrides",)
        case tree.Measure():
            return ("excludes",)
        case tree.RepairPoints():
            return ("indicator",)
        case tree.RepairDirect():
            return ("direct",)
        case tree.Call():
            return ("name",)
        case tree.At():
            return ("parameter",)
        case tree.Expectation():
            return ("code",)
        case _:
            return ()


def _renamed(value: object, names: Mapping[str, str]) -> object:
    match value:
        case tree.Identifier(text=text):
            return replace(value, text=names[text]) if text in names else value
        case tuple():
            return tuple(_renamed(item, names) for item in value)
        case _:
            return value
