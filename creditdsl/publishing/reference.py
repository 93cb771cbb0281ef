"""The reference part of the document: parameters, decision tables, terms, data and code lists.

In: an edition. Out: views for the templates.
"""

from dataclasses import dataclass

from creditdsl.core.ir import InputField, InputTable
from creditdsl.core.types import Choice, Day, Month, Number, Optional, Truth, Type, Unit, plain
from creditdsl.core.types import Text as TextType
from creditdsl.diagnostics import Text
from creditdsl.publishing.conditions import condition
from creditdsl.publishing.edition import Edition, amended
from creditdsl.publishing.figures import core_value, interval_text
from creditdsl.publishing.names import NameKind, enum_of
from creditdsl.publishing.phrases import LISTING
from creditdsl.publishing.pieces import Block, Inline, Piece, join
from creditdsl.publishing.pieces import plain as plain_pieces
from creditdsl.publishing.prose import describe, linked, name_text
from creditdsl.publishing.rules import bounds_text
from creditdsl.syntax.tree import (
    AnyCell,
    BoundsCell,
    Cell,
    Column,
    Define,
    Enumeration,
    Expression,
    ItemsCell,
    Parameter,
    RangeCell,
    Record,
    Reference,
    Subject,
    Table,
)


@dataclass(frozen=True, slots=True)
class ParameterView:
    anchor: str
    name: str
    label: Piece
    values: tuple[tuple[Inline, str], ...]
    basis: tuple[Piece, ...]
    amended: tuple[Inline, ...]


def parameter_views(this: Edition) -> tuple[ParameterView, ...]:
    """The parameters, each value with the days it holds for."""
    views = []
    for item in this.declarations:
        if isinstance(item, Parameter):
            entry = this.lexicon.names[item.name.text]
            values = tuple(
                (describe(dated.value, this.scope()), interval_text(dated.start, dated.end, this.voice.language))
                for dated in item.values
            )
            label = this.voice.written(item.label, item.name.text)
            basis = tuple(this.cite(citation) for citation in item.basis)
            views.append(ParameterView(entry.anchor, item.name.text, label, values, basis, amended(this, item)))
    return tuple(views)


@dataclass(frozen=True, slots=True)
class TableView:
    """A decision table: headings, and for each row the cells in words with the value last."""

    anchor: str
    label: Piece
    columns: tuple[Inline, ...]
    rows: tuple[tuple[Inline, ...], ...]
    basis: tuple[Piece, ...]
    amended: tuple[Inline, ...]


def table_views(this: Edition) -> tuple[TableView, ...]:
    """The decision tables."""
    return tuple(_table(this, item) for item in this.declarations if isinstance(item, Table))


def _table(this: Edition, table: Table) -> TableView:
    headings = tuple(_heading(this, column) for column in table.columns)
    rows = []
    for row in table.rows:
        cells = [_cell(this, cell, column) for cell, column in zip(row.cells, table.columns, strict=True)]
        rows.append((*cells, describe(row.value, this.scope())))
    entry = this.lexicon.names[table.name.text]
    basis = tuple(this.cite(citation) for citation in table.basis)
    label = this.voice.written(table.label, table.name.text)
    return TableView(entry.anchor, label, headings, tuple(rows), basis, amended(this, table))


def _heading(this: Edition, column: Column) -> Inline:
    """The name of a column: the label of the field or term of this name, else of its type, else the name."""
    entry = this.lexicon.find(column.name.text, None)
    if entry is not None and entry.kind is not NameKind.VALUE:
        return (linked(entry, this.voice),)
    enum = enum_of(column.type)
    if enum is not None and enum in this.lexicon.names:
        return (linked(this.lexicon.names[enum], this.voice),)
    return plain_pieces(column.name.text)


def _cell(this: Edition, cell: Cell, column: Column) -> Inline:
    scope, enum = this.scope(), enum_of(column.type)
    match cell:
        case AnyCell():
            return plain_pieces(this.text(Text("不限", "any")))
        case BoundsCell(bounds=bounds):
            return bounds_text(this, bounds)
        case ItemsCell(items=items):
            return join([_item(this, item, enum) for item in items], this.text(LISTING))
        case RangeCell(low=low, high=high):
            return this.say(Text("{a}至{b}", "{a} to {b}"), a=describe(low, scope), b=describe(high, scope))


def _item(this: Edition, item: Expression, enum: str | None) -> Inline:
    if isinstance(item, Reference):
        return name_text(item.name, this.scope(), enum)
    return describe(item, this.scope())


@dataclass(frozen=True, slots=True)
class TermView:
    anchor: str
    name: str
    label: Piece
    meaning: Block
    amended: tuple[Inline, ...]


def term_views(this: Edition) -> tuple[TermView, ...]:
    """The named expressions, in words."""
    return tuple(
        TermView(
            this.lexicon.names[item.name.text].anchor,
            item.name.text,
            this.voice.written(item.label, item.name.text),
            condition(item.value, this.scope()),
            amended(this, item),
        )
        for item in this.declarations
        if isinstance(item, Define)
    )


@dataclass(frozen=True, slots=True)
class FieldView:
    anchor: str
    name: str
    label: Piece
    type: Inline
    range: str
    required: bool
    key: bool


@dataclass(frozen=True, slots=True)
class InputView:
    """The subject or a kind of record, with its fields."""

    anchor: str
    name: str
    label: Piece
    fields: tuple[FieldView, ...]
    absent_means_none: bool
    subject: bool
    amended: tuple[Inline, ...]


def input_views(this: Edition) -> tuple[InputView, ...]:
    """The subject first, then the kinds of record."""
    limited = {
        (table.name.text, item.name.text)
        for table in this.declarations
        if isinstance(table, Subject | Record)
        for item in table.fields
        if item.type.low is not None
    }
    program = this.program
    declared = {item.name.text: item for item in this.declarations if isinstance(item, Subject | Record)}
    return tuple(
        _input(this, table, limited, amended(this, declared[table.name]))
        for table in (program.subject, *program.records)
    )


def _input(this: Edition, table: InputTable, limited: set[tuple[str, str]], changes: tuple[Inline, ...]) -> InputView:
    entry = this.lexicon.names[table.name]
    fields = tuple(_field(this, table, item, (table.name, item.name) in limited) for item in table.fields)
    label = this.voice.label(table.label, table.name)
    subject = table is this.program.subject
    return InputView(entry.anchor, table.name, label, fields, table.absent_means_none, subject, changes)


def _field(this: Edition, table: InputTable, item: InputField, limited: bool) -> FieldView:
    range_ = ""
    if limited and item.range is not None:
        low, high = (core_value(end, item.type, this.voice.language) for end in (item.range.low, item.range.high))
        range_ = this.text(Text(f"{low}至{high}", f"{low} to {high}"))
    return FieldView(
        this.lexicon.fields[table.name, item.name].anchor,
        item.name,
        this.voice.label(item.label, item.name),
        _type(this, item.type),
        range_,
        not isinstance(item.type, Optional),
        item.key,
    )


UNIT_NAMES: dict[Unit, Text] = {
    Unit.NUMBER: Text("整数", "whole number"),
    Unit.POINTS: Text("分数", "points"),
    Unit.YUAN: Text("金额（元）", "amount in yuan"),
    Unit.RATE: Text("比例", "rate"),
    Unit.DAYS: Text("天数", "days"),
    Unit.WORKDAYS: Text("工作日数", "working days"),
    Unit.MONTHS: Text("月数", "months"),
    Unit.YEARS: Text("年数", "years"),
}


def _type(this: Edition, type_: Type) -> Inline:
    match plain(type_):
        case Truth():
            return plain_pieces(this.text(Text("是或者否", "yes or no")))
        case Number(unit=Unit.NUMBER, scale=scale) if scale:
            return plain_pieces(this.text(Text(f"数值（{scale}位小数）", f"number, {scale} places")))
        case Number(unit=unit):
            return plain_pieces(this.text(UNIT_NAMES[unit]))
        case Day():
            return plain_pieces(this.text(Text("日期", "date")))
        case Month():
            return plain_pieces(this.text(Text("月份", "month")))
        case TextType():
            return plain_pieces(this.text(Text("文本", "text")))
        case Choice(enum=enum):
            return _enum_link(this, enum)


def _enum_link(this: Edition, enum: str) -> Inline:
    if enum in this.lexicon.names:
        return (linked(this.lexicon.names[enum], this.voice),)
    if enum == this.lexicon.grades:
        label = this.program.enum(enum).label
        return (this.voice.label(label, enum, "#section-grades"),)
    return plain_pieces(enum)


@dataclass(frozen=True, slots=True)
class EnumView:
    """A code list: its values as anchor, name and label."""

    anchor: str
    name: str
    label: Piece
    values: tuple[tuple[str, str, Piece], ...]
    amended: tuple[Inline, ...]


def enum_views(this: Edition) -> tuple[EnumView, ...]:
    """The code lists, grades excepted."""
    views = []
    for item in this.declarations:
        if isinstance(item, Enumeration):
            entries = this.lexicon.values[item.name.text]
            values = tuple(
                (entries[v.name.text].anchor, v.name.text, this.voice.written(v.label, v.name.text))
                for v in item.values
            )
            entry = this.lexicon.names[item.name.text]
            label = this.voice.written(item.label, item.name.text)
            views.append(EnumView(entry.anchor, item.name.text, label, values, amended(this, item)))
    return tuple(views)
