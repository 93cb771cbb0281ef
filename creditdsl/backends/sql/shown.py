"""Values as they are shown in a result: points as decimals, and grants as the text of a JSON object.

The text is what `json.dumps` writes for the values of docs/result.md.
"""

import json
from collections.abc import Sequence

from sqlglot import exp

from creditdsl.backends.sql import build
from creditdsl.backends.sql.build import Tree
from creditdsl.backends.sql.target import Target
from creditdsl.core.notation import WHOLE_UNITS
from creditdsl.core.types import Choice, Day, Month, Number, Optional, Text, Truth, Type, plain

SHORT_ESCAPES = {"\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t"}


def decimal(tree: Tree, scale: int, size: tuple[int, int]) -> Tree:
    """A scaled number as a DECIMAL of so many digits, of which so many are places."""
    digits, places = size
    unscaled = build.multiply(tree, build.exact(f"0.{'0' * (scale - 1)}1")) if scale else tree
    return build.cast(unscaled, f"DECIMAL({digits}, {places})")


def grants_text(grants: Sequence[tuple[str, Tree | None, Type | None]], target: Target) -> Tree:
    """The JSON object of grants: a name, and the tree and the type of the value, None for `true`."""
    pieces: list[str | Tree] = ["{"]
    for place, (name, tree, type_) in enumerate(grants):
        pieces.append((", " if place else "") + json.dumps(name, ensure_ascii=False) + ": ")
        pieces.append("true" if tree is None or type_ is None else _json_text(tree, type_, target))
    return _concatenated([*pieces, "}"])


def _concatenated(pieces: Sequence[str | Tree]) -> Tree:
    """Texts and trees one behind the other; neighbouring texts are one."""
    joined: list[str | Tree] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        else:
            joined.append(piece)
    trees = [build.text(piece) if isinstance(piece, str) else piece for piece in joined]
    result = trees[0]
    for tree in trees[1:]:
        result = exp.DPipe(this=result, expression=tree, safe=False)
    return result


def _json_text(tree: Tree, type_: Type, target: Target) -> Tree:
    shown = _present_json(tree, type_, target)
    return build.coalesce(shown, build.text("null")) if isinstance(type_, Optional) else shown


def _present_json(tree: Tree, type_: Type, target: Target) -> Tree:
    match plain(type_):
        case Truth():
            negative = build.negation(build.again(tree))
            return build.when([(tree, build.text("true")), (negative, build.text("false"))])
        case Number(unit, scale):
            if scale == 0 and unit in WHOLE_UNITS:
                return build.cast(tree, "TEXT")
            return _quoted(_decimal_text(tree, scale))
        case Day():
            return _quoted(target.day_text(tree))
        case Month():
            return _quoted(month_text(tree, target))
        case Choice() | Text():
            return _quoted(_escaped(tree))


def _quoted(tree: Tree) -> Tree:
    return build.grouped(_concatenated(['"', tree, '"']))


def _decimal_text(tree: Tree, scale: int) -> Tree:
    """Without trailing zeros, and without a point behind which nothing is left."""
    shown: Tree = build.cast(decimal(tree, scale, (38, scale)), "TEXT")
    for ending in ("0", ".") if scale else ():
        shown = exp.Trim(this=shown, expression=build.text(ending), position="TRAILING")
    return shown


def month_text(tree: Tree, target: Target) -> Tree:
    """`2020-11` for the number of a month."""
    year = target.quotient(build.grouped(tree), build.integer(12))
    month = build.add(build.remainder(build.again(tree), build.integer(12)), build.integer(1))
    padded = [
        build.call("LPAD", build.cast(part, "TEXT"), build.integer(size), build.text("0"))
        for part, size in ((year, 4), (month, 2))
    ]
    return build.grouped(_concatenated([padded[0], "-", padded[1]]))


def _escaped(tree: Tree) -> Tree:
    """A text inside a JSON string: backslashes, quotes and control characters written as JSON wants them."""
    tree = build.call("REPLACE", tree, build.text("\\"), build.text("\\\\"))
    tree = build.call("REPLACE", tree, build.text('"'), build.text('\\"'))
    for code in range(1, 32):
        written = SHORT_ESCAPES.get(chr(code), f"\\u{code:04x}")
        tree = build.call("REPLACE", tree, build.call("CHR", build.integer(code)), build.text(written))
    return tree
