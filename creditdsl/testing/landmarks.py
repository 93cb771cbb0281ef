"""The values of a policy's fields at which something may change.

In: a program. Out: for each field of the subject and of the records the constants it is compared with and their
neighbours, the choices and texts that conditions name, and for days their distance from the period and the as-of day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor

from creditdsl.core.ir import (
    AddWorkdays,
    Among,
    Calendar,
    Constant,
    ContextDay,
    ContextField,
    Equal,
    Expression,
    Interval,
    Less,
    LessOrEqual,
    Program,
    RecordField,
    RollForward,
    SubjectField,
    WorkdaysBetween,
)
from creditdsl.core.types import Choice, Day, Month, Number, Text, Truth, Type, plain
from creditdsl.core.walk import walk
from creditdsl.testing.forms import WORKDAYS_A_DAY, Forms, LinearForm, View
from creditdsl.testing.workdays import moved

FieldKey = tuple[str | None, str]
"""A record's name (None for the subject) and the name of a field."""

AROUND = (0, -1, 1)
Distance = tuple[ContextDay, int, int]
"""A day of the context, and from it so many months, then so many days."""

CONTEXT_DISTANCES: tuple[Distance, ...] = (
    (ContextDay.PERIOD_START, 0, 14),
    (ContextDay.PERIOD_START, 0, 0),
    (ContextDay.PERIOD_END, 0, 0),
    (ContextDay.PERIOD_START, 0, -1),
    (ContextDay.PERIOD_END, 0, 1),
    (ContextDay.AS_OF, 0, 0),
    (ContextDay.AS_OF, 0, -1),
    (ContextDay.AS_OF, 0, 1),
)


@dataclass(frozen=True, slots=True)
class Landmarks:
    """What is worth trying for one field: `values` as they are, `distances` from a day of the context.

    From or to a day that is `counted`, workdays are counted: holidays matter.
    """

    values: tuple[int | str, ...]
    distances: tuple[Distance, ...]
    counted: bool = False


def expressions(program: Program) -> Iterator[Expression]:
    """Every expression of a program: its definitions, and the conditions on records in its result plan."""
    plan = program.result
    yield from (definition.expression for definition in program.definitions)
    yield from (finding.where for finding in plan.findings if finding.where is not None)
    for repair in plan.points_repairs:
        yield from (repair.where, repair.share, repair.open)


def landmarks(program: Program, forms: Forms) -> dict[FieldKey, Landmarks]:
    """The landmarks of every field of a program; each list begins with what is most ordinary."""
    found: dict[FieldKey, set[int | str]] = {}
    near: dict[FieldKey, set[Distance]] = {}
    counted: set[FieldKey] = set()
    for expression in expressions(program):
        for node in walk(expression):
            _collect(node, forms, found, near)
            if isinstance(node, AddWorkdays | RollForward | WorkdaysBetween):
                counted.update(_fields_under(node, forms))
    tables = [(None, program.subject), *((table.name, table) for table in program.records)]
    return {
        (name, field.name): Landmarks(
            _ordered(found.get((name, field.name), set()), field.range),
            _distances(field.type, near.get((name, field.name), set())),
            (name, field.name) in counted,
        )
        for name, table in tables
        for field in table.fields
    }


def _collect(
    node: Expression,
    forms: Forms,
    found: dict[FieldKey, set[int | str]],
    near: dict[FieldKey, set[Distance]],
) -> None:
    match node:
        case Equal() | Less() | LessOrEqual():
            for form in forms.difference(node):
                _solve(form, forms.calendar, found, near)
            if isinstance(node, Equal):
                _name(node.left, node.right, forms, found)
                _name(node.right, node.left, forms, found)
        case Among(operand=operand, values=values):
            for value in values:
                _name(operand, value, forms, found)
        case _:
            return


def _name(operand: Expression, value: Expression, forms: Forms, found: dict[FieldKey, set[int | str]]) -> None:
    """Note a choice or text that a field is compared with."""
    if isinstance(value, Constant) and value.value is not None:
        for place in forms.places(operand):
            if isinstance(place, SubjectField | RecordField) and not isinstance(value.value, bool):
                found.setdefault(_key(place), set()).add(value.value)


def _fields_under(arithmetic: Expression, forms: Forms) -> Iterator[FieldKey]:
    """The fields with the days that workdays are counted from and to."""
    for part in walk(arithmetic):
        for place in forms.places(part):
            if isinstance(place, SubjectField | RecordField) and isinstance(plain(place.type), Day):
                yield _key(place)


def _solve(
    form: LinearForm,
    calendar: Calendar | None,
    found: dict[FieldKey, set[int | str]],
    near: dict[FieldKey, set[Distance]],
) -> None:
    """Note where a form is 0 for its one field, alone or beside one day of the context."""
    own = [item for item in form.terms if isinstance(item[0].place, SubjectField | RecordField)]
    others = [item for item in form.terms if isinstance(item[0].place, ContextField)]
    if len(own) != 1 or len(own) + len(others) != len(form.terms):
        return
    reading, coefficient = own[0]
    place = reading.place
    if not isinstance(place, SubjectField | RecordField) or reading.view is not View.VALUE:
        return
    root = -form.constant / coefficient
    if not others and not reading.months:
        values = found.setdefault(_key(place), set())
        wholes = (moved(whole, calendar, 0, -reading.workdays) for whole in (floor(root), ceil(root)))
        values.update(whole + step for whole in wholes for step in AROUND)
    elif len(others) == 1 and others[0][1] == -coefficient and isinstance(plain(place.type), Day):
        anchor = others[0][0]
        if isinstance(anchor.place, ContextField) and anchor.view is View.VALUE:
            months = anchor.months - reading.months
            days = floor(root + (anchor.workdays - reading.workdays) / WORKDAYS_A_DAY)
            near.setdefault(_key(place), set()).update((anchor.place.name, months, days + step) for step in AROUND)


def _key(place: SubjectField | RecordField) -> FieldKey:
    return (place.table if isinstance(place, RecordField) else None, place.name)


def _ordered(values: set[int | str], bounds: Interval | None) -> tuple[int | str, ...]:
    numbers = sorted((value for value in values if isinstance(value, int)), key=lambda value: (abs(value), value))
    if bounds is not None:
        numbers = [value for value in numbers if bounds.low <= value <= bounds.high]
    names = sorted(value for value in values if isinstance(value, str))
    return (*names, *numbers)


def _distances(type_: Type, near: set[Distance]) -> tuple[Distance, ...]:
    match plain(type_):
        case Day():
            extra = sorted(near, key=lambda item: (abs(item[1]), abs(item[2]), item[1], item[2], item[0].value))
            return tuple(dict.fromkeys((*CONTEXT_DISTANCES, *extra)))
        case Month():
            return CONTEXT_DISTANCES
        case Truth() | Number() | Choice() | Text():
            return ()
