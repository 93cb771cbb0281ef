"""Parts of `runtime` as text for an emitted module.

In: the names of definitions there that are used. Out: the lines of these and of all that they use in turn, in the order of
the file.
"""

import ast
import inspect
from collections.abc import Iterable, Iterator
from functools import cache

from creditdsl.backends.columns import runtime, runtime_columns, runtime_records

RUNTIME = (runtime, runtime_columns, runtime_records)
"""The modules whose definitions are copied, in this order; no two define one name."""
NOT_COPIED = "BLOCK"
"""What every module has of its own."""


def runtime_lines(wanted: Iterable[str]) -> Iterator[str]:
    """The definitions with these names, and those that they use."""
    definitions = _definitions()
    needed: set[str] = set()
    pending = sorted(wanted)
    while pending:
        name = pending.pop()
        if name in definitions and name not in needed:
            needed.add(name)
            pending += sorted(definitions[name][1])
    for name, (lines, _) in definitions.items():
        if name in needed:
            yield from lines


def runtime_names() -> frozenset[str]:
    """All names that the runtime defines."""
    return frozenset(_definitions())


@cache
def _definitions() -> dict[str, tuple[tuple[str, ...], frozenset[str]]]:
    """The lines of every top-level definition, and the names that it uses."""
    return {name: found for module in RUNTIME for name, found in _definitions_in(inspect.getsource(module))}


def _definitions_in(source: str) -> Iterator[tuple[str, tuple[tuple[str, ...], frozenset[str]]]]:
    text = source.splitlines()
    for item in ast.parse(source).body:
        name = _defined(item)
        if name and name != NOT_COPIED:
            decorators = item.decorator_list if isinstance(item, ast.ClassDef | ast.FunctionDef) else []
            first = min((item.lineno, *(node.lineno for node in decorators)))
            gap = () if isinstance(item, ast.Assign) else ("", "")
            yield name, ((*gap, *text[first - 1 : item.end_lineno]), _names(item) - {name})


def _names(item: ast.stmt) -> frozenset[str]:
    return frozenset(node.id for node in ast.walk(item) if isinstance(node, ast.Name))


def _defined(statement: ast.stmt) -> str:
    """The name that a top-level statement defines; empty for imports and docstrings."""
    match statement:
        case ast.ClassDef(name) | ast.FunctionDef(name) | ast.Assign(targets=[ast.Name(name)]):
            return name
        case _:
            return ""
