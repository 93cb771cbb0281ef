"""Names, constants and comments of emitted Python: the only way by which text of a rule file enters a module.

In: names, codes, labels and values as an author wrote them, which may be hostile. Out: identifiers (injective, stable
under the NFKC normalisation that Python applies to source), literals (`repr` of str and int alone), and text without
control characters, line separators or bidirectional controls for comments and docstrings.
"""

import builtins
import keyword
import re
from collections.abc import Iterator
from contextlib import contextmanager
from unicodedata import normalize, ucd_3_2_0

OWN_NAMES = frozenset(
    (
        *("Any", "Callable", "ClassVar", "Decimal", "Iterable", "Literal", "Mapping", "NamedTuple", "Sequence"),
        *(
            "bisect_left",
            "bisect_right",
            "dataclass",
            "date",
            "datetime",
            "field",
            "get_close_matches",
            "json",
            "math",
            "monthrange",
            "re",
            "timedelta",
        ),
        *("Evaluation", "Explanation", "Finding", "Measure", "PointsRepair", "DirectRepair", "Steps"),
        *("InputError", "Period", "Problem", "Row", "evaluate", "explain", "load", "period"),
        *("as_of", "position", "record", "records", "self", "subject"),
    )
)
"""Names that the emitted module gives to its own parts."""

RESERVED = frozenset((*keyword.kwlist, *keyword.softkwlist, *dir(builtins))) | OWN_NAMES
MANGLED = "x__"
_SNAKE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z][a-z0-9]*)*")


def identifier(name: str) -> str:
    """The Python name of an author's name: different names always give different identifiers.

    A name that every CPython reads as it stands stays as it is, unless it is reserved; any other is spelled out.

    >>> [identifier(name) for name in ("due", "申报期限", "class", "__init__", "ﬁ税", "0-1")]
    ['due', '申报期限', 'class_', 'x___5f__5f_init_5f__5f_', 'x___fb01__7a0e_', 'x__0_2d_1']
    """
    if not _stands_as_it_is(name):
        return MANGLED + "".join(_spelled(character) for character in name)
    return f"{name}_" if name.rstrip("_") in RESERVED else name


def class_name(name: str) -> str:
    """The name of a class: `LateFiling` for `late_filing`; other names as `identifier` has them."""
    if _SNAKE.fullmatch(name):
        name = "".join(part.capitalize() for part in name.split("_"))
    return identifier(name)


def constant_name(name: str) -> str:
    """The name of a module constant: upper case where that is possible."""
    return identifier(name.upper() if name.isascii() else name)


def variable_name(name: str, *, part: bool = False) -> str:
    """A readable identifier for a local variable, or a part of one. `Scope.allocate` keeps variables apart.

    >>> variable_name("points.0101-02")
    'points_0101_02'
    """
    folded = re.sub(r"[^\w]|[^\x00-\x7f\u4e00-\u9fa5]", "_", name).strip("_")
    if not folded or part:
        return folded or "value"
    return identifier(f"n{folded}" if folded[0].isdigit() else folded)


def literal(value: bool | int | str | None) -> str:
    """A constant of the emitted module. Long whole numbers are grouped: `1_000_000`."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:_}"
    text = repr(value)
    return f'"{text[1:-1]}"' if text[0] == "'" and '"' not in text else text


def comment_text(text: str) -> str:
    """Text that may stand in a comment on one line: what is not printable becomes its escape."""
    return text if text.isprintable() else "".join(_printable(character) for character in text)


def docstring_text(text: str) -> str:
    """Text that may stand in a docstring on one line."""
    return comment_text(text).replace("\\", "\\\\").replace('"', '\\"')


class Scope:
    """The names in use in one scope of the emitted module."""

    def __init__(self, taken: frozenset[str] = RESERVED) -> None:
        self.taken = set(taken)
        self._numbers: dict[str, int] = {}
        """by wanted name: the last number that was given out; all numbers up to it are taken"""
        self._given: list[tuple[str, str, int]] = []
        """the names that were given out, with what was wanted, and the number before"""

    def allocate(self, wanted: str) -> str:
        """A name that nobody has: `wanted`, or `wanted_2`, `wanted_3`, …"""
        before = number = self._numbers.get(wanted, 1)
        name = wanted if number == 1 else f"{wanted}_{number}"
        while name in self.taken:
            number += 1
            name = f"{wanted}_{number}"
        self.taken.add(name)
        self._numbers[wanted] = number
        self._given.append((name, wanted, before))
        return name

    @contextmanager
    def inner(self) -> Iterator[None]:
        """A place whose names are free again after it."""
        start = len(self._given)
        yield
        while len(self._given) > start:
            name, wanted, self._numbers[wanted] = self._given.pop()
            self.taken.remove(name)


def _stands_as_it_is(name: str) -> bool:
    """Whether every CPython accepts the name and normalises it to itself, wherever it stands in a longer name.

    Characters that Unicode 3.2 did not have are spelled out: which of them are letters depends on the Python that runs.
    """
    return (
        name.isidentifier()
        and name[0] != "_"
        and not name.startswith(MANGLED)
        and normalize("NFKC", f"_{name}_") == f"_{name}_"
        and all(ucd_3_2_0.category(character) != "Cn" for character in name)
    )


def _spelled(character: str) -> str:
    return character if character.isascii() and character.isalnum() else f"_{ord(character):x}_"


def _printable(character: str) -> str:
    if character.isprintable():
        return character
    return " " if character in "\t\u00a0\u3000" else character.encode("unicode_escape").decode("ascii")
