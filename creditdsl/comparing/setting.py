"""What both versions of a policy say about names, as far as it helps to compare expressions.

In: the declarations of both versions. Out: `Setting`. A name counts only where every declaration of it in either version
says the same, so that it does not matter which of them an expression means.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from creditdsl.comparing.constants import quantity
from creditdsl.syntax import tree


class Sort(Enum):
    """What a declaration says about the values of its name."""

    CHOICE = "choice"
    WHOLE = "whole"
    WHOLE_NOT_NEGATIVE = "whole, not negative"
    NOT_NEGATIVE = "not negative"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Setting:
    """`choices` are values of enums and grades; `own_names` what the policy itself calls fields, columns and definitions.

    `fields` are kinds of records with the fields that they have in every version: inside a record, such a name means the field.
    """

    choices: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()
    not_negative: frozenset[str] = frozenset()
    own_names: frozenset[str] = frozenset()
    fields: frozenset[tuple[str, str]] = frozenset()


def setting_of(declarations: Sequence[tree.Declaration]) -> Setting:
    """The setting of all declarations of both versions."""
    sorts: dict[str, set[Sort]] = {}
    for declaration in declarations:
        for name, sort in _sorts(declaration):
            sorts.setdefault(name, set()).add(sort)
    return Setting(
        _names(sorts, {Sort.CHOICE}),
        _names(sorts, {Sort.WHOLE, Sort.WHOLE_NOT_NEGATIVE}),
        _names(sorts, {Sort.NOT_NEGATIVE, Sort.WHOLE_NOT_NEGATIVE}),
        frozenset(name for declaration in declarations for name in _operands(declaration)),
        _fields(declarations),
    )


def _fields(declarations: Sequence[tree.Declaration]) -> frozenset[tuple[str, str]]:
    found: dict[str, set[str]] = {}
    for item in declarations:
        if isinstance(item, tree.Record):
            names = {part.name.text for part in item.fields}
            found[item.name.text] = found.get(item.name.text, names) & names
    return frozenset((record, name) for record, names in found.items() for name in names)


def _names(sorts: dict[str, set[Sort]], asked: set[Sort]) -> frozenset[str]:
    return frozenset(name for name, found in sorts.items() if found <= asked)


def _operands(declaration: tree.Declaration) -> Iterator[str]:
    """The names that a keyword must not be written in place of."""
    match declaration:
        case tree.Subject() | tree.Record():
            yield from (item.name.text for item in declaration.fields)
        case tree.Table():
            yield from (item.name.text for item in declaration.columns)
        case tree.Parameter() | tree.Define():
            yield declaration.name.text
        case _:  # The other declarations name no operand.
            pass


def _sorts(declaration: tree.Declaration) -> Iterator[tuple[str, Sort]]:
    match declaration:
        case tree.Enumeration():
            yield from ((item.name.text, Sort.CHOICE) for item in declaration.values)
        case tree.Grades():
            yield from ((item.grade.text, Sort.CHOICE) for item in declaration.bands)
        case tree.Subject() | tree.Record():
            yield from ((item.name.text, _sort_of_type(item.type)) for item in declaration.fields)
        case tree.Parameter():
            yield declaration.name.text, _sort_of_values(declaration)
        case tree.Define() | tree.Table():
            yield declaration.name.text, Sort.OTHER
        case (
            tree.Indicator()
            | tree.Direct()
            | tree.Assign()
            | tree.Ceiling()
            | tree.Demote()
            | tree.Exempt()
            | tree.Measure()
        ):
            yield declaration.code.text, Sort.OTHER
        case _:  # The other declarations name nothing that an expression can use.
            pass


def _sort_of_type(kind: tree.TypeExpression) -> Sort:
    low = None if kind.low is None else quantity(kind.low)
    not_negative = low.amount >= 0 if low is not None else kind.name is tree.TypeWord.YUAN
    match kind.name:
        case tree.TypeWord.INT:
            return Sort.WHOLE_NOT_NEGATIVE if not_negative else Sort.WHOLE
        case tree.TypeWord.YUAN | tree.TypeWord.POINTS | tree.TypeWord.PERCENT:
            return Sort.NOT_NEGATIVE if not_negative else Sort.OTHER
        case _:  # Days, months, texts, truths and choices are no numbers.
            return Sort.OTHER


def _sort_of_values(parameter: tree.Parameter) -> Sort:
    numbers = (tree.TypeWord.INT, tree.TypeWord.YUAN, tree.TypeWord.POINTS, tree.TypeWord.PERCENT)
    if parameter.type.name not in numbers or not _all_not_negative(parameter.values):
        return Sort.OTHER
    return Sort.WHOLE_NOT_NEGATIVE if parameter.type.name is tree.TypeWord.INT else Sort.NOT_NEGATIVE


def _all_not_negative(values: Iterable[tree.DatedValue]) -> bool:
    found = [quantity(item.value) for item in values]
    return all(item is not None and item.amount >= 0 for item in found)
