"""Parts of `runtime` and `runtime_workdays` as text for an emitted module.

In: the names of definitions there that are used. Out: their text together with all that they use in turn, in the
order of the file, and the imports that a text needs.
"""

import ast
import inspect
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from creditdsl.backends.python import runtime, runtime_workdays

RUNTIME = (runtime, runtime_workdays)
"""The modules whose definitions are copied, in this order; no two define one name."""

IMPORTS: dict[str, tuple[str, ...]] = {
    "bisect": ("bisect_left", "bisect_right"),
    "calendar": ("monthrange",),
    "collections.abc": ("Callable", "Mapping", "Sequence"),
    "dataclasses": ("dataclass",),
    "datetime": ("date", "datetime", "timedelta"),
    "decimal": ("Decimal",),
    "typing": ("Any", "Literal", "NamedTuple"),
}
"""What an emitted module may import from where."""

MODULES = ("json", "math", "re")
"""What it may import as a whole."""


@dataclass(frozen=True, slots=True)
class Copied:
    lines: tuple[str, ...]
    names: frozenset[str]
    """all names that the runtime defines, whether they are copied or not"""


def copied_definitions(wanted: frozenset[str]) -> Copied:
    """The definitions of the runtime with these names, and those that they use."""
    definitions = _definitions()
    needed: set[str] = set()
    pending = sorted(wanted)
    while pending:
        name = pending.pop()
        if name not in needed:
            needed.add(name)
            pending += sorted(definitions[name].uses)
    lines: list[str] = []
    for name, definition in definitions.items():
        if name in needed:
            lines += definition.lines
    return Copied(tuple(lines), frozenset(definitions))


def needed_imports(texts: Iterable[str]) -> Iterator[str]:
    """The import lines for the names that a module uses; `texts` are runs of its statements."""
    used: set[str] = set()
    for text in texts:
        open_ = {*MODULES, *(name for names in IMPORTS.values() for name in names)} - used
        # The functions are most of a large module, and few have a word that the classes do not use: those are not parsed.
        if any(name in text and re.search(rf"\b{name}\b", text) for name in sorted(open_)):
            used.update(node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name))
    yield "# mypy: ignore-errors"
    yield "# Variables of loops are used for records of several kinds; the signatures and dataclasses are typed for callers."
    yield ""
    yield "from __future__ import annotations"
    yield ""
    yield from (f"import {name}" for name in MODULES if name in used)
    for module, names in IMPORTS.items():
        chosen = [name for name in names if name in used]
        if chosen:
            yield f"from {module} import {', '.join(chosen)}"


@dataclass(frozen=True, slots=True)
class _Definition:
    lines: tuple[str, ...]
    uses: frozenset[str]


@cache
def _definitions() -> dict[str, _Definition]:
    """The top-level definitions of the runtime by name, in order."""
    return {name: item for module in RUNTIME for name, item in _definitions_in(inspect.getsource(module))}


def _definitions_in(source: str) -> Iterator[tuple[str, _Definition]]:
    tree, text = ast.parse(source), source.splitlines()
    statements = [item for item in tree.body if _defined(item)]
    names = {_defined(item) for item in statements}
    for item in statements:
        uses = {node.id for node in ast.walk(item) if isinstance(node, ast.Name)} & names - {_defined(item)}
        gap = () if isinstance(item, ast.Assign) else ("", "")
        lines = (*gap, *text[item.lineno - 1 : item.end_lineno], *gap)
        yield _defined(item), _Definition(lines, frozenset(uses))


def _defined(statement: ast.stmt) -> str:
    """The name that a top-level statement defines; empty for imports and docstrings."""
    match statement:
        case ast.ClassDef(name) | ast.FunctionDef(name) | ast.Assign(targets=[ast.Name(name)]):
            return name
        case _:
            return ""
