"""The types of the core, and how their values look in a program.

| type | a value is |
|---|---|
| Truth | bool |
| Number(unit, scale) | int: the quantity x 10^scale; yuan at scale 2 are fen, a rate of 10 % at scale 2 is 10 |
| Day | int: days since 1970-01-01 |
| Month | int: year x 12 + (month - 1) |
| Choice(enum) | str: the name of a value of the enum |
| Text | str |

An `Optional` type adds absence, `None`. It is never inside another Optional.
"""

from enum import Enum

from creditdsl.frozen import dataclass


class Unit(Enum):
    NUMBER = "number"
    POINTS = "points"
    YUAN = "yuan"
    RATE = "rate"
    DAYS = "days"
    WORKDAYS = "workdays"
    MONTHS = "months"
    YEARS = "years"

    # There is one object of each. By default a hash is made from the name, in Python, for every hash of every number's type.
    __hash__ = object.__hash__


@dataclass(frozen=True, slots=True)
class Truth:
    pass


@dataclass(frozen=True, slots=True)
class Number:
    unit: Unit
    scale: int = 0


@dataclass(frozen=True, slots=True)
class Day:
    pass


@dataclass(frozen=True, slots=True)
class Month:
    pass


@dataclass(frozen=True, slots=True)
class Choice:
    enum: str


@dataclass(frozen=True, slots=True)
class Text:
    pass


Plain = Truth | Number | Day | Month | Choice | Text


@dataclass(frozen=True, slots=True)
class Optional:
    of: Plain


Type = Plain | Optional


def plain(type_: Type) -> Plain:
    """The type of the value when it is present."""
    return type_.of if isinstance(type_, Optional) else type_
