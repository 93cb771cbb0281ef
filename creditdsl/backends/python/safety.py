"""The last look at an emitted module: nothing in it but what this backend writes.

In: the text. Nothing comes out; InternalError when the text does not parse, holds syntax, an import or a call that is
not on a list here, or does not compile. Text of a rule file that had become code would show here.
"""

import ast
import re
from collections.abc import Callable

from creditdsl.backends.python.copying import IMPORTS, MODULES
from creditdsl.beside import beside
from creditdsl.diagnostics import InternalError

ALLOWED_NODES = frozenset(
    getattr(ast, name)
    for name in """
    Module Expr Constant Import ImportFrom alias Assign AnnAssign AugAssign Name Load Store Attribute Subscript Slice
    ClassDef FunctionDef arguments arg keyword Return Raise Pass Break Continue If IfExp For While Try ExceptHandler
    BoolOp And Or UnaryOp Not USub BinOp Add Sub Mult FloorDiv Mod Pow BitOr Compare Eq NotEq Lt LtE Gt GtE Is IsNot In
    NotIn Call Tuple List Dict Set ListComp SetComp GeneratorExp comprehension NamedExpr Starred JoinedStr FormattedValue
    """.split()  # noqa: SIM905
)
NO_NODES = frozenset(
    "id ctx attr arg name asname module level kind type_comment simple is_async conversion type_ignores".split()  # noqa: SIM905
)
"""Fields with no node that is not on the list: texts, numbers, and whether a name is read or assigned (`del` is refused itself)."""

PARTS = {
    node: () if node is ast.Constant else tuple(name for name in node._fields if name not in NO_NODES)
    for node in ALLOWED_NODES
}
"""By kind of node: the fields that have nodes. There are hundreds of thousands of nodes in a large module."""

ALLOWED_CALLS = frozenset(
    """
    ValueError abs any bool dict divmod enumerate int isinstance len list map max min range repr set sorted str sum super tuple type
    """.split()  # noqa: SIM905
)
"""Builtins that may be called; beside them what the module defines or imports."""

ALLOWED_METHODS = frozenset(
    """
    append add items values get join split weekday rstrip strip lower endswith removeprefix removesuffix bit_length isoformat
    as_tuple is_finite scaleb fromisoformat fullmatch dumps isfinite log10 to_dict given wrong_type refuse scaled
    outside_range refuse_unknown truth text number rate day month choice records __init__
    """.split()  # noqa: SIM905
)


LARGE = 200_000
"""The length of a text that two processes check in less time than one."""


def check_emitted(text: str) -> None:
    """InternalError unless the text is a module such as this backend writes."""
    if re.search(r"[^\n\x20-\x7e\x80-\U0010ffff]|[\x80-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]", text):
        raise InternalError("a control character in an emitted module")
    if len(text) < LARGE:
        _check_compiled(text)
        _check_nodes(text)
        return
    with beside(lambda: _check_compiled(text)):
        _check_nodes(text)


def _check_compiled(text: str) -> None:
    try:
        compile(text, "<emitted>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise InternalError(f"an emitted module does not compile: {error}") from error


def _check_nodes(text: str) -> None:
    """Every node, import, call and attribute is on a list."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise InternalError(f"an emitted module does not parse: {error}") from error
    known = {name for names in IMPORTS.values() for name in names} | ALLOWED_CALLS
    known |= {node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    known |= {"read"}
    waiting: list[ast.AST | None] = [tree]
    while waiting:
        node = waiting.pop()
        if node is None:  # the key of `**` in a dictionary
            continue
        parts = PARTS.get(type(node))
        if parts is None:
            raise InternalError(f"{type(node).__name__} in an emitted module, line {getattr(node, 'lineno', 0)}")
        check = CHECKS.get(type(node))
        if check is not None and not check(node, known):
            text = ast.unparse(node)[:80]
            raise InternalError(f"not what this backend writes, line {getattr(node, 'lineno', 0)}: {text}")
        for name in parts:
            part = getattr(node, name)
            if type(part) is list:
                waiting += part
            elif part is not None:
                waiting.append(part)


def _is_import_allowed(node: ast.Import, _: set[str]) -> bool:
    return all(item.name in MODULES and item.asname is None for item in node.names)


def _is_import_from_allowed(node: ast.ImportFrom, _: set[str]) -> bool:
    wanted = IMPORTS.get(node.module or "", ("annotations",) if node.module == "__future__" else ())
    return all(item.name in wanted and item.asname is None for item in node.names)


def _is_call_allowed(node: ast.Call, known: set[str]) -> bool:
    called = node.func
    if isinstance(called, ast.Name):
        return called.id in known
    return isinstance(called, ast.Attribute) and called.attr in ALLOWED_METHODS


def _is_attribute_allowed(node: ast.Attribute, _: set[str]) -> bool:
    return not node.attr.startswith("_") or node.attr == "__init__"


CHECKS: dict[type[ast.AST], Callable[..., bool]] = {
    ast.Import: _is_import_allowed,
    ast.ImportFrom: _is_import_from_allowed,
    ast.Call: _is_call_allowed,
    ast.Attribute: _is_attribute_allowed,
}
"""Of these not only the kind matters; `known` are the functions that may be called."""
