"""Which rules depend on a declaration, themselves or through others.

In: the declarations of one version. Out: `Uses`, asked for what parameters, definitions, tables, enums and rules are used by.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from creditdsl.comparing.kinds import kind_of, name_of
from creditdsl.comparing.model import Kind, NamedRule
from creditdsl.syntax import tree

RULES = frozenset(Kind) - {
    Kind.POLICY,
    Kind.SOURCE,
    Kind.ENUM,
    Kind.SUBJECT,
    Kind.RECORD,
    Kind.PARAMETER,
    Kind.DEFINE,
    Kind.TABLE,
    Kind.CASE,
    Kind.INVARIANT,
    Kind.AMEND,
}


@dataclass(frozen=True, slots=True)
class Uses:
    """`users` are the declarations in which a name stands, in order; `order` is the place of each rule in the policy."""

    users: Mapping[str, tuple[NamedRule, ...]]
    order: Mapping[NamedRule, int]


def uses_of(declarations: Iterable[tree.Declaration]) -> Uses:
    """Who uses which name."""
    users: dict[str, dict[NamedRule, None]] = {}
    order: dict[NamedRule, int] = {}
    for declaration in declarations:
        kind = kind_of(declaration)
        if kind is None:
            continue
        user = NamedRule(kind, name_of(declaration))
        order.setdefault(user, len(order))
        for name in names_in(declaration):
            users.setdefault(name, {})[user] = None
    return Uses({name: tuple(found) for name, found in users.items()}, order)


def affected(declaration: tree.Declaration, uses: Uses) -> tuple[NamedRule, ...]:
    """The rules that a declaration has an effect on, in the order of the policy."""
    pending = list(_names_of(declaration))
    seen: set[str] = set(pending)
    found: set[NamedRule] = set()
    while pending:
        for user in uses.users.get(pending.pop(), ()):
            if user.kind in RULES:
                found.add(user)
            if user.name not in seen:
                seen.add(user.name)
                pending.append(user.name)
    kind, name = kind_of(declaration), name_of(declaration)
    return tuple(sorted((rule for rule in found if (rule.kind, rule.name) != (kind, name)), key=uses.order.__getitem__))


def _names_of(declaration: tree.Declaration) -> Iterator[str]:
    match declaration:
        case tree.Enumeration(name=name, values=values):
            yield name.text
            yield from (item.name.text for item in values)
        case tree.Parameter() | tree.Define() | tree.Table():
            yield declaration.name.text
        case (
            tree.Indicator()
            | tree.Direct()
            | tree.Assign()
            | tree.Ceiling()
            | tree.Demote()
            | tree.Exempt()
            | tree.Measure()
        ):
            yield declaration.code.text
        case _:  # Nothing refers to the others by a name.
            return


def names_in(node: object) -> Iterator[str]:
    """The names that a declaration, an expression or a condition in normal form may use, values of enums among them."""
    pending = [node]
    while pending:
        item = pending.pop()
        match item:
            case tree.Reference(name=name):
                yield name
            case tree.Call(name=called, arguments=arguments):
                yield called.text
                pending.extend(arguments)
            case tree.At(parameter=parameter, day=day):
                yield parameter.text
                pending.append(day)
            case tree.Is(operand=operand, value=value):
                yield value.text
                pending.append(operand)
            case tree.TypeExpression(name=tree.Identifier(text=text)):
                yield text
            case tuple() | frozenset():
                pending.extend(item)
            case tree.Label() | tree.Citation():
                continue
            case _ if dataclasses.is_dataclass(item) and not isinstance(item, type):
                pending.extend(getattr(item, name) for name in _parts(type(item)))
            case _:
                continue


@cache
def _parts(node: type) -> tuple[str, ...]:
    """The fields of a class of nodes, without the place."""
    return tuple(part.name for part in dataclasses.fields(node) if part.name != "span")
