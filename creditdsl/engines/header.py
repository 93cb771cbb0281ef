"""The header of a table: which column is which field.

In: the first line of a CSV, or the columns of a Parquet file. Out: the position of every field that is there, or what is
wrong, each with its place in the line.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from creditdsl.core.ir import InputField
from creditdsl.core.types import Optional
from creditdsl.diagnostics import Code, Diagnostic, Text
from creditdsl.engines import messages
from creditdsl.engines.cells import BLANKS
from creditdsl.engines.duck import SUPPORTED_TYPES, ParquetTrouble, parquet_columns, unlike_part
from creditdsl.engines.encoding import Encoding, Unreadable, lines
from creditdsl.source import Span


@dataclass(frozen=True, slots=True)
class Header:
    """The names of the columns as they stand in a file, where each stands, and where all of them stand."""

    names: tuple[str, ...]
    spans: tuple[Span, ...]
    span: Span


def trouble(code: Code, place: Path | Span, message: Text, help_: Text | None = None) -> Diagnostic:
    """What is wrong with a file as a whole, or with a place in it."""
    return Diagnostic(code, Span(str(place), 0, 0) if isinstance(place, Path) else place, message, help_)


def csv_header(path: Path, encoding: Encoding, troubles: list[Diagnostic]) -> Header | None:
    """The first line as a header; None when it is none, with the reason added to `troubles`."""
    first = next(lines(path, encoding), "")
    if isinstance(first, Unreadable):
        troubles.append(trouble(Code.CR0907, path, first.why))
        return None
    try:
        cells = next(csv.reader([first], strict=True), [])
    except csv.Error:
        cells = []
    names = tuple(cell.strip(BLANKS) for cell in cells)
    if not any(names):
        troubles.append(trouble(Code.CR0907, path, messages.no_header()))
        return None
    return Header(names, tuple(_spans(path, first, len(names))), Span(str(path), 0, len(first)))


def _spans(path: Path, line: str, columns: int) -> list[Span]:
    """Where each name stands; the whole line for each when there are quotes in it."""
    if '"' in line:
        return [Span(str(path), 0, len(line))] * columns
    spans, start = [], 0
    for cell in line.split(","):
        name = start + len(cell) - len(cell.lstrip(BLANKS))
        spans.append(Span(str(path), name, name + len(cell.strip(BLANKS))))
        start += len(cell) + 1
    return spans


def parquet_header(paths: Sequence[Path], troubles: list[Diagnostic]) -> Header | None:
    """The columns of Parquet files, which must be the same in all; None when a file is none or has types that cannot be
    read."""
    path = paths[0]
    try:
        columns = parquet_columns(path)
        unlike = unlike_part(paths) if len(paths) > 1 else None
    except ParquetTrouble as fault:
        troubles.append(
            trouble(Code.CR0912, path if len(paths) == 1 else path.parent, messages.bad_parquet(str(fault)))
        )
        return None
    if unlike is not None:
        troubles.append(trouble(Code.CR0907, unlike, messages.unlike_part(path.name)))
        return None
    unsupported = [(name, type_) for name, type_ in columns if type_.partition("(")[0] not in SUPPORTED_TYPES]
    troubles.extend(trouble(Code.CR0907, path, messages.unsupported_type(name, type_)) for name, type_ in unsupported)
    nowhere = Span(str(path), 0, 0)
    return None if unsupported else Header(tuple(name for name, _ in columns), (nowhere,) * len(columns), nowhere)


def bind(header: Header, fields: Sequence[InputField], key: InputField, troubles: list[Diagnostic]) -> dict[str, int]:
    """The position of each field that the header names; a field that may not be absent must be there."""
    bound: dict[str, int] = {}
    separator = messages.other_separator(header.names)
    for position, (name, span) in enumerate(zip(header.names, header.spans, strict=True)):
        match _fields_named(name, fields):
            case []:
                help_ = separator or messages.nearest_column(name, fields)
                troubles.append(trouble(Code.CR0907, span, messages.unknown_column(name), help_))
            case [field] if field.name in bound:
                first = header.names[bound[field.name]]
                troubles.append(trouble(Code.CR0907, span, messages.column_twice(field.name, first, name)))
            case [field]:
                bound[field.name] = position
            case several:
                names = tuple(field.name for field in several)
                troubles.append(trouble(Code.CR0907, span, messages.ambiguous_column(name, names)))
    missing = tuple(
        field for field in fields if field.name not in bound and (field == key or not isinstance(field.type, Optional))
    )
    if missing and separator is None:
        troubles.append(trouble(Code.CR0907, header.span, messages.missing_columns(missing)))
    return bound


def _fields_named(name: str, fields: Sequence[InputField]) -> list[InputField]:
    """The field with this name, else the fields with this label."""
    return [field for field in fields if field.name == name] or [field for field in fields if name in field.label]
