"""What the wording of a comparison depends on: the enumeration of a value, and whether it is a time or a truth.

In: an expression of the surface tree, the names of a policy, and the kind of record that the expression stands under or none. Out:
answers as far as the text alone gives them.
"""

from enum import Enum

from creditdsl.publishing.names import Entry, Lexicon, NameKind, enum_of
from creditdsl.syntax.tree import (
    Aggregate,
    AggregateWord,
    Binary,
    BinaryOperator,
    Context,
    ContextWord,
    DateLiteral,
    Expression,
    MonthLiteral,
    OrElse,
    Part,
    PartWord,
    Reference,
    Rolled,
    TypeWord,
)


class Flavour(Enum):
    """What the wording of a comparison depends on."""

    TIME = "time"
    TRUTH = "truth"
    OTHER = "other"


def enum_in(expression: Expression, lexicon: Lexicon, record: str | None) -> str | None:
    """The enumeration of an expression's values, None where it has none that can be told."""
    match expression:
        case Reference(name="grade" | "grade_after"):
            return lexicon.grades
        case Reference(name=name):
            entry = lexicon.find(name, record)
            if entry is None or entry.kind is NameKind.VALUE:
                return None
            return enum_in(entry.meaning, lexicon, record) if entry.meaning is not None else enum_of(entry.type)
        case OrElse(operand=operand):
            return enum_in(operand, lexicon, record)
        case Aggregate(value=operand, record=table) if operand is not None:
            return enum_in(operand, lexicon, table.text)
    return None


def flavour(expression: Expression, lexicon: Lexicon, record: str | None) -> Flavour:
    """Whether an expression is a time, a truth or something else, as far as the wording depends on it."""
    match expression:
        case Context(word=ContextWord.PERIOD_MONTHS):
            return Flavour.OTHER
        case DateLiteral() | MonthLiteral() | Context():
            return Flavour.TIME
        case Part(word=PartWord.MONTH):
            return Flavour.TIME
        case Aggregate(word=AggregateWord.LATEST | AggregateWord.EARLIEST):
            return Flavour.TIME
        case Binary(operator=BinaryOperator.ADD | BinaryOperator.SUBTRACT, left=left, right=right):
            times = flavour(left, lexicon, record) is Flavour.TIME, flavour(right, lexicon, record) is Flavour.TIME
            return Flavour.TIME if times[0] and not times[1] else Flavour.OTHER
        case Rolled():
            return Flavour.TIME
        case OrElse(operand=operand):
            return flavour(operand, lexicon, record)
        case Reference(name=name):
            return _named_flavour(lexicon.find(name, record), lexicon, record)
    return Flavour.OTHER


def _named_flavour(entry: Entry | None, lexicon: Lexicon, record: str | None) -> Flavour:
    if entry is None:
        return Flavour.OTHER
    if entry.meaning is not None:
        return flavour(entry.meaning, lexicon, record)
    if entry.type is None:
        return Flavour.OTHER
    if entry.type.name in (TypeWord.DATE, TypeWord.MONTH):
        return Flavour.TIME
    return Flavour.TRUTH if entry.type.name is TypeWord.TRUTH else Flavour.OTHER
