"""Which file is which table of the policy, and which column is which field.

In: a folder, and the tables that a policy declares. Out: a `Layout`, or a `PolicyError` with everything that is wrong
with the folder and with every header, before a single row is read.

A file is named like its table, a column like its field; the label of either, in any language of the policy, will do.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from creditdsl.core.ir import InputField, InputTable, Program
from creditdsl.core.types import Optional
from creditdsl.diagnostics import Code, Diagnostic, PolicyError, Text
from creditdsl.engines import messages
from creditdsl.engines.cells import BLANKS
from creditdsl.engines.duck import SUPPORTED_TYPES, ParquetTrouble, parquet_columns
from creditdsl.engines.encoding import Encoding, EncodingTrouble, Unreadable, detect_encoding, lines
from creditdsl.source import Span


class FileFormat(Enum):
    CSV = "csv"
    PARQUET = "parquet"


OTHER_TABLES = frozenset({".xlsx", ".xls", ".et", ".ods", ".tsv", ".txt", ".gz", ".zip", ".dbf", ".json", ".jsonl"})
"""Suffixes of files that may hold a table which cannot be read here; such a file is never passed over in silence."""


@dataclass(frozen=True, slots=True)
class Column:
    """A field of the policy and the position of its column in the file, from 0."""

    field: InputField
    position: int


@dataclass(frozen=True, slots=True)
class TableFile:
    """One file of the folder. `header` is as it stands in the file; `key` is the position of the subject's key."""

    table: InputTable
    path: Path
    format: FileFormat
    encoding: Encoding | None
    header: tuple[str, ...]
    key: int
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The files of a folder: the subject's, and one for each kind of record that is there, in the policy's order."""

    subject: TableFile
    records: tuple[TableFile, ...]

    @property
    def tables(self) -> tuple[TableFile, ...]:
        return (self.subject, *self.records)


def read_layout(program: Program, folder: Path, encoding: Encoding | None = None) -> Layout:
    """The layout of `folder`; `encoding` is that of all its CSV files, None to detect each. PolicyError with all faults."""
    troubles: list[Diagnostic] = []
    found = _files_by_table(program, folder, troubles)
    tables = []
    for table in (program.subject, *program.records):
        match found.get(table.name, []):
            case []:
                if not table.absent_means_none:
                    troubles.append(_trouble(Code.CR0906, folder, messages.missing_table(table)))
            case [path]:
                tables.append(_table_file(program, table, path, encoding, troubles))
            case paths:
                names = tuple(path.name for path in paths)
                troubles.append(_trouble(Code.CR0906, folder, messages.table_twice(table, names)))
    if troubles:
        raise PolicyError(tuple(troubles))
    read = tuple(item for item in tables if item is not None)
    return Layout(read[0], read[1:])


def _trouble(code: Code, path: Path, message: Text, help_: Text | None = None) -> Diagnostic:
    return Diagnostic(code, Span(str(path), 0, 0), message, help_)


def _files_by_table(program: Program, folder: Path, troubles: list[Diagnostic]) -> dict[str, list[Path]]:
    tables = (program.subject, *program.records)
    found: dict[str, list[Path]] = {}
    for path in _visible_files(folder):
        table = _named(path.stem, tables)
        suffix = path.suffix.lower()
        if suffix in (".csv", ".parquet") and table is not None:
            found.setdefault(table.name, []).append(path)
        elif suffix in (".csv", ".parquet"):
            troubles.append(_trouble(Code.CR0905, path, messages.unknown_table(path.stem, tables)))
        elif table is not None or suffix in OTHER_TABLES:
            troubles.append(_trouble(Code.CR0912, path, messages.unreadable_format(path.name)))
    return found


def _visible_files(folder: Path) -> list[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        raise PolicyError((_trouble(Code.CR0912, folder, messages.no_folder()),)) from None
    return [path for path in entries if path.is_file() and not path.name.startswith((".", "~$"))]


def _named(name: str, tables: Sequence[InputTable]) -> InputTable | None:
    """The table with this name, or the only one with this label."""
    by_name = [table for table in tables if table.name == name]
    matching = by_name or [table for table in tables if name in table.label]
    return matching[0] if len(matching) == 1 else None


def _table_file(
    program: Program, table: InputTable, path: Path, encoding: Encoding | None, troubles: list[Diagnostic]
) -> TableFile | None:
    """The file with its header bound to fields; None when that failed, with the reasons added to `troubles`."""
    before = len(troubles)
    is_csv = path.suffix.lower() == ".csv"
    chosen = _encoding(path, encoding, troubles) if is_csv else None
    if len(troubles) > before:
        return None
    header = _csv_header(path, chosen, troubles) if chosen else _parquet_header(path, troubles)
    if len(troubles) > before:
        return None
    key = program.subject.key
    fields = table.fields if key is None or key in table.fields else (key, *table.fields)
    bound = _bind(header, fields, path, troubles)
    troubles.extend(_missing_columns(fields, bound, key, path))
    if len(troubles) > before or key is None:
        return None
    columns = tuple(Column(field, bound[field.name]) for field in table.fields if field.name in bound)
    return TableFile(
        table, path, FileFormat.CSV if is_csv else FileFormat.PARQUET, chosen, header, bound[key.name], columns
    )


def _encoding(path: Path, given: Encoding | None, troubles: list[Diagnostic]) -> Encoding | None:
    try:
        found = given or detect_encoding(path)
    except OSError as error:
        troubles.append(_trouble(Code.CR0912, path, messages.cannot_open(error.strerror or "")))
        return None
    if isinstance(found, EncodingTrouble):
        troubles.append(_trouble(Code.CR0912, path, *_ENCODING_MESSAGES[found]()))
        return None
    return found


_ENCODING_MESSAGES = {
    EncodingTrouble.UTF_16: messages.utf_16,
    EncodingTrouble.ZERO_BYTES: messages.zero_bytes,
    EncodingTrouble.BOTH: messages.two_encodings,
}


def _csv_header(path: Path, encoding: Encoding, troubles: list[Diagnostic]) -> tuple[str, ...]:
    first = next(lines(path, encoding), "")
    if isinstance(first, Unreadable):
        troubles.append(_trouble(Code.CR0907, path, first.why))
        return ()
    try:
        cells = next(csv.reader([first], strict=True), [])
    except csv.Error:
        cells = []
    names = tuple(cell.strip(BLANKS) for cell in cells)
    if not any(names):
        troubles.append(_trouble(Code.CR0907, path, messages.no_header()))
    return names


def _parquet_header(path: Path, troubles: list[Diagnostic]) -> tuple[str, ...]:
    try:
        columns = parquet_columns(path)
    except ParquetTrouble as trouble:
        troubles.append(_trouble(Code.CR0912, path, messages.bad_parquet(str(trouble))))
        return ()
    for name, type_ in columns:
        if type_.partition("(")[0] not in SUPPORTED_TYPES:
            troubles.append(_trouble(Code.CR0907, path, messages.unsupported_type(name, type_)))
    return tuple(name for name, _ in columns)


def _bind(
    header: tuple[str, ...], fields: Sequence[InputField], path: Path, troubles: list[Diagnostic]
) -> dict[str, int]:
    """The position of each field that the header names."""
    bound: dict[str, int] = {}
    unknown = []
    for position, name in enumerate(header):
        named = [field for field in fields if field.name == name] or [field for field in fields if name in field.label]
        match named:
            case []:
                unknown.append(name)
            case [field] if field.name in bound:
                first = header[bound[field.name]]
                troubles.append(_trouble(Code.CR0907, path, messages.column_twice(field.name, first, name)))
            case [field]:
                bound[field.name] = position
            case several:
                names = tuple(field.name for field in several)
                troubles.append(_trouble(Code.CR0907, path, messages.ambiguous_column(name, names)))
    if unknown:
        troubles.append(_trouble(Code.CR0907, path, *messages.unknown_columns(tuple(unknown), header, fields)))
    return bound


def _missing_columns(
    fields: Sequence[InputField], bound: dict[str, int], key: InputField | None, path: Path
) -> Iterator[Diagnostic]:
    """One diagnostic for all columns that are not there although their fields may not be absent."""
    missing = tuple(
        field for field in fields if field.name not in bound and (field == key or not isinstance(field.type, Optional))
    )
    if missing:
        yield _trouble(Code.CR0907, path, messages.missing_columns(missing))
