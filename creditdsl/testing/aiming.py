"""Steering a subject towards a condition.

A `Scene` is a subject in the making. `Aim.at` changes it so that a condition of the core becomes true or false, if that
can be done by setting fields and adding records: a comparison is solved for one field and met exactly, by one, or by
far. Nothing promises that the condition holds afterwards (two conditions may want one field); it does so often enough
that rare rules are met, and where it does not the subject is still a valid one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import TypeVar

from creditdsl.core.calendar import calendar_date, day_from, first_day, month_of, year_of
from creditdsl.core.ir import (
    Aggregate,
    AggregateKind,
    Among,
    And,
    Choose,
    Constant,
    ContextField,
    DefinitionReference,
    Equal,
    Expression,
    IsPresent,
    Less,
    LessOrEqual,
    Not,
    Or,
    OrElse,
    Presume,
    Program,
    RecordField,
    SubjectField,
    Value,
)
from creditdsl.core.types import Choice, Day, Month, Number, Type, plain
from creditdsl.testing.forms import Forms, LinearForm, Place, Reading, View
from creditdsl.testing.setting import Integers, Row, Setting, few
from creditdsl.testing.workdays import moved

Item = TypeVar("Item")

MOST_RECORDS = 14
"""The most records that one aim adds: enough for twelve months and neighbours."""
DRAWN_RECORDS = 2
"""Of records that are only to be many, so many are drawn; the others are copies."""
DEEPEST = 24
SLACK = (0, 0, 0, 1, 1, 2, 4, 8, 29, 1000)
SMALL_SLACK = (0, 0, 0, 1, 1, 2, 3, 5, 8)


@dataclass(frozen=True, slots=True)
class Here:
    """The record at hand, with the name of its table; at the level of the subject there is none."""

    table: str
    row: Row


@dataclass(slots=True)
class Scene:
    """A subject in the making, in values of the core."""

    subject: Row
    records: dict[str, list[Row]]


class Aim:
    """Aims of one drawing at one scene; `integer` gives what is drawn."""

    def __init__(self, integer: Integers, program: Program, forms: Forms, setting: Setting, scene: Scene) -> None:
        self._integer = integer
        self._program = program
        self._forms = forms
        self._setting = setting
        self._scene = scene
        self._depth = 0

    def at(self, condition: Expression, wanted: bool, here: Here | None = None) -> None:
        """Change the scene so that `condition` is likely to be `wanted`."""
        if self._depth >= DEEPEST:
            return
        self._depth += 1
        self._at(condition, wanted, here)
        self._depth -= 1

    def record(self, table: str) -> Here:
        """A new record of drawn values, or a copy of one that stands there with some fields drawn anew."""
        rows = self._scene.records[table]
        fields = [field.name for field in self._setting.tables[table].fields]
        if rows and self._integer(0, 2) == 2:
            row = dict(self._pick(rows))
            changed = few(self._integer, fields, 2)
        else:
            row = self._setting.plain_row(table)
            changed = few(self._integer, fields, 4)
        for name in changed:
            row[name] = self._setting.drawn(self._integer, table, name)
        rows.append(row)
        return Here(table, row)

    def _pick(self, items: "Sequence[Item]") -> "Item":
        return items[self._integer(0, len(items) - 1)] if len(items) > 1 else items[0]

    def _at(self, condition: Expression, wanted: bool, here: Here | None) -> None:
        match condition:
            case Not(operand=operand):
                self.at(operand, not wanted, here)
            case And(operands=operands):
                self._all_or_one(operands, wanted, here, all_of_them=wanted)
            case Or(operands=operands):
                self._all_or_one(operands, wanted, here, all_of_them=not wanted)
            case Equal() | Less() | LessOrEqual():
                self._compare(condition, wanted, here)
            case Among(operand=operand, values=values):
                self._among(operand, values, wanted, here)
            case IsPresent(operand=operand):
                self._presence(operand, wanted, here)
            case Presume(operand=operand) | OrElse(operand=operand):
                self._presence(operand, True, here)
                self.at(operand, wanted, here)
            case DefinitionReference(name=name):
                followed = self._forms.expression(name)
                if followed is not None:
                    self.at(followed, wanted, here)
            case SubjectField() | RecordField():
                self._set(Reading(condition), wanted, here)
            case Choose():
                self._choose(condition, wanted, here)
            case Aggregate():
                self._realize(condition, 1 if wanted else 0, here)
            case _:
                return

    def _all_or_one(
        self, operands: tuple[Expression, ...], wanted: bool, here: Here | None, *, all_of_them: bool
    ) -> None:
        for operand in operands if all_of_them else (self._pick(operands),):
            self.at(operand, wanted, here)

    def _choose(self, choose: Choose, wanted: bool, here: Here | None) -> None:
        index = self._integer(0, len(choose.branches))
        for branch in choose.branches[:index]:
            self.at(branch.when, False, here)
        if index < len(choose.branches):
            self.at(choose.branches[index].when, True, here)
            self.at(choose.branches[index].then, wanted, here)
        else:
            self.at(choose.otherwise, wanted, here)

    def _among(self, operand: Expression, values: tuple[Constant, ...], wanted: bool, here: Here | None) -> None:
        for place in self._forms.places(operand):
            if isinstance(place, SubjectField | RecordField):
                named = [value.value for value in values]
                table = place.table if isinstance(place, RecordField) else None
                others = [value for value in self._setting.values(table, place.name) if value not in named]
                if wanted or others:
                    self._set(Reading(place), self._pick(named if wanted else others), here)
                return

    def _presence(self, operand: Expression, wanted: bool, here: Here | None) -> None:
        for place in self._forms.places(operand):
            if isinstance(place, Aggregate):
                self._realize(place, 1 if wanted else 0, here)
            elif isinstance(place, SubjectField | RecordField):
                row = self._row(place, here)
                if row is not None and (row[place.name] is not None) != wanted:
                    table = place.table if isinstance(place, RecordField) else None
                    value = self._setting.ordinary(table, place.name)
                    self._set(Reading(place), value if wanted else None, here)

    def _compare(self, comparison: Equal | Less | LessOrEqual, wanted: bool, here: Here | None) -> None:
        forms = self._forms.difference(comparison)
        if forms:
            self._solve(self._pick(forms), comparison, wanted, here)
        elif isinstance(comparison, Equal):
            self._equal(comparison, wanted, here)

    def _equal(self, comparison: Equal, wanted: bool, here: Here | None) -> None:
        """Two choices, texts or truth values: the field on one side takes the value of the other, or another one."""
        for own, other in ((comparison.left, comparison.right), (comparison.right, comparison.left)):
            for place in self._forms.places(own):
                if isinstance(place, SubjectField | RecordField) and self._row(place, here) is not None:
                    target = self._read_plain(other, here)
                    table = place.table if isinstance(place, RecordField) else None
                    others = [value for value in self._setting.values(table, place.name) if value != target]
                    if wanted and target is not None:
                        self._set(Reading(place), target, here)
                    elif others:
                        self._set(Reading(place), self._pick(others), here)
                    return

    def _solve(self, form: LinearForm, comparison: Equal | Less | LessOrEqual, wanted: bool, here: Here | None) -> None:
        """Set one reading of `form` (which is left - right) so that the comparison is `wanted`, often just so."""
        open_terms = [term for term in form.terms if self._settable(term[0].place, here)]
        if not open_terms:
            return
        reading, coefficient = self._pick(open_terms)
        rest = form.constant
        for other, factor in form.terms:
            if other is not reading:
                rest += factor * self._read(other, here)
        root = -rest / coefficient
        edge, away = _edge(comparison, wanted, root, rising=coefficient > 0)
        is_count = isinstance(reading.place, Aggregate) and reading.place.kind not in _VALUED
        slack = self._pick(SMALL_SLACK if is_count else SLACK)
        self._set_number(reading, edge + away * slack, here)

    def _set_number(self, reading: Reading, value: int, here: Here | None) -> None:
        place = reading.place
        if isinstance(place, Aggregate):
            self._realize(place, value, here)
        elif isinstance(place, SubjectField | RecordField):
            table = place.table if isinstance(place, RecordField) else None
            field = self._setting.field(table, place.name)
            row = self._row(place, here)
            if row is not None:
                self._set(reading, self._viewed_value(reading, value, row[place.name], field.type), here)

    def _viewed_value(self, reading: Reading, value: int, current: Value, type_: Type) -> Value:
        """The value of the field with which `reading` reads as `value`."""
        match reading.view:
            case View.VALUE:
                return moved(value, self._program.calendar, -reading.months, -reading.workdays)
            case View.ORDINAL:
                kind = plain(type_)
                if not isinstance(kind, Choice):
                    return current
                names = self._program.enum(kind.enum).names
                return names[min(max(value, 0), len(names) - 1)]
            case View.YEAR:
                _, month, day = calendar_date(current if isinstance(current, int) else 180)
                return day_from(value, month, min(day, 28))
            case View.MONTH:
                return first_day(value) + 14

    def _set(self, reading: Reading, value: Value, here: Here | None) -> None:
        place = reading.place
        if not isinstance(place, SubjectField | RecordField):
            return
        row = self._row(place, here)
        table = place.table if isinstance(place, RecordField) else None
        field = self._setting.field(table, place.name)
        if row is None or field.key:
            return
        if isinstance(plain(field.type), Number | Day | Month) and isinstance(value, int):
            value = self._setting.clamp(field, value)
        if value is not None or field.type != plain(field.type):
            row[place.name] = value

    def _settable(self, place: Place, here: Here | None) -> bool:
        match place:
            case Aggregate():
                return True
            case SubjectField():
                return not self._setting.field(None, place.name).key
            case RecordField():
                return here is not None and here.table == place.table
            case ContextField():
                return False

    def _row(self, place: SubjectField | RecordField, here: Here | None) -> Row | None:
        if isinstance(place, SubjectField):
            return self._scene.subject
        return here.row if here is not None and here.table == place.table else None

    def _read(self, reading: Reading, here: Here | None) -> int:
        """What a reading gives in the scene; an absent field is given its ordinary value, an aggregate counts as 0."""
        place = reading.place
        if isinstance(place, ContextField):
            return self._seen(self._setting.days[place.name], reading)
        if isinstance(place, Aggregate):
            return 0
        row = self._row(place, here)
        if row is None:
            return 0
        if row[place.name] is None:
            self._presence(place, True, here)
        value = row[place.name]
        if isinstance(value, str):
            kind = plain(place.type)
            return self._program.enum(kind.enum).names.index(value) if isinstance(kind, Choice) else 0
        return self._seen(int(value or 0), reading)

    def _seen(self, value: int, reading: Reading) -> int:
        match reading.view:
            case View.VALUE | View.ORDINAL:
                return moved(value, self._program.calendar, reading.months, reading.workdays)
            case View.YEAR:
                return year_of(value)
            case View.MONTH:
                return month_of(value)

    def _read_plain(self, expression: Expression, here: Here | None) -> Value:
        """A constant's value, or that of the field that the expression is; None when it is neither."""
        if isinstance(expression, Constant):
            return expression.value
        for place in self._forms.places(expression):
            if isinstance(place, SubjectField | RecordField):
                row = self._row(place, here)
                return None if row is None else row[place.name]
        return None

    def _realize(self, aggregate: Aggregate, value: int, here: Here | None) -> None:
        """Give the table records such that the aggregate is about `value`."""
        rows = self._scene.records.get(aggregate.table)
        if rows is None or here is not None:
            return
        if value <= 0 and aggregate.kind not in _VALUED:
            rows.clear()
            return
        match aggregate.kind:
            case AggregateKind.COUNT:
                self._count(aggregate, min(value, MOST_RECORDS))
            case AggregateKind.ANY:
                self._matching(aggregate, None)
            case AggregateKind.SUM | AggregateKind.SUM_OF_LEAST | AggregateKind.MAXIMUM | AggregateKind.MINIMUM:
                if self._integer(0, 1):
                    rows.clear()
                self._matching(aggregate, value)
            case AggregateKind.LONGEST_RUN | AggregateKind.STREAK:
                self._consecutive(aggregate, min(value, MOST_RECORDS))

    def _count(self, aggregate: Aggregate, count: int) -> None:
        """`count` matching records with different keys, and sometimes one more that repeats a key."""
        rows = self._scene.records[aggregate.table]
        if self._integer(0, 1):
            rows.clear()
        made = [self._matching(aggregate, None) for _ in range(min(count, DRAWN_RECORDS))]
        made += [self._copied(made[-1]) for _ in range(count - len(made))]
        for index, one in enumerate(made):
            if aggregate.keys:
                self._tell_apart(self._pick(aggregate.keys), one, index)
        if aggregate.keys and self._integer(0, 2) == 2:
            rows.append(dict(rows[-1]))

    def _copied(self, made: Here) -> Here:
        copy = dict(made.row)
        self._scene.records[made.table].append(copy)
        return Here(made.table, copy)

    def _tell_apart(self, key: Expression, made: Here, index: int) -> None:
        for place in self._forms.places(key):
            value = made.row.get(place.name) if isinstance(place, RecordField) else None
            if isinstance(place, RecordField) and isinstance(value, int) and not isinstance(value, bool):
                self._set(Reading(place), value + index, made)

    def _consecutive(self, aggregate: Aggregate, count: int) -> None:
        """`count` matching records whose values follow each other backwards from the start, or from the last period."""
        forms = self._forms.of(aggregate.start) if aggregate.start is not None else ()
        start: int | None = None
        if forms:
            form = self._pick(forms)
            start = floor(form.constant + sum(factor * self._read(item, None) for item, factor in form.terms))
        for index in range(count):
            made = self._matching(aggregate, None if start is None else start - index)
            if start is None and aggregate.value is not None:
                for form in self._forms.of(aggregate.value)[:1]:
                    start = floor(form.constant + sum(factor * self._read(item, made) for item, factor in form.terms))

    def _matching(self, aggregate: Aggregate, value: int | None) -> Here:
        """A new record that matches, whose value is about `value`."""
        made = self.record(aggregate.table)
        self.at(aggregate.where, True, made)
        if value is not None and aggregate.value is not None:
            for form in self._forms.of(aggregate.value)[:1]:
                own = [term for term in form.terms if isinstance(term[0].place, RecordField)]
                if own:
                    reading, coefficient = own[0]
                    rest = form.constant + sum(
                        factor * self._read(item, made) for item, factor in form.terms if item is not reading
                    )
                    self._set_number(reading, floor((value - rest) / coefficient), made)
        return made


_VALUED = (AggregateKind.SUM, AggregateKind.SUM_OF_LEAST, AggregateKind.MAXIMUM, AggregateKind.MINIMUM)


def _edge(comparison: Equal | Less | LessOrEqual, wanted: bool, root: Fraction, *, rising: bool) -> tuple[int, int]:
    """The whole number nearest to `root` with which the comparison is `wanted`, and the direction that keeps it so.

    `rising`: left - right grows with the number.
    """
    if isinstance(comparison, Equal):
        return (floor(root), 0) if wanted else (floor(root) + 1, 1)
    strict = isinstance(comparison, Less) == wanted
    below = rising == wanted
    if below:
        return (ceil(root) - 1 if strict else floor(root)), -1
    return (floor(root) + 1 if strict else ceil(root)), 1
