"""Which file is which table of the policy, and which column is which field.

In: a folder, and the tables that a policy declares. Out: a `Layout`, or a `PolicyError` with everything that is wrong
with the folder and with every header, before a single row is read.

A file is named like its table, a column like its field; the label of either, in any language of the policy, will do. In place of
a Parquet file there may be a folder of them, as Spark writes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from creditdsl.core.ir import InputField, InputTable, Program
from creditdsl.diagnostics import Code, Diagnostic, PolicyError
from creditdsl.engines import messages
from creditdsl.engines.duck import read_parquet
from creditdsl.engines.encoding import Encoding, EncodingTrouble, detect_encoding
from creditdsl.engines.header import bind, csv_header, parquet_header, trouble


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
    """One file of the folder, or a folder `path` of Parquet files `parts`, whose rows are counted on from one to the next.

    `header` is as it stands in the file; `key` is the position of the subject's key. Where `number` is a name, the column of
    that name, which is not in the header, has the numbers of the rows.
    """

    table: InputTable
    path: Path
    format: FileFormat
    encoding: Encoding | None
    header: tuple[str, ...]
    key: int
    columns: tuple[Column, ...]
    parts: tuple[Path, ...] = ()
    number: str | None = None

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files in which the rows stand, in order."""
        return self.parts or (self.path,)


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
                    troubles.append(trouble(Code.CR0906, folder, messages.missing_table(table)))
            case [path]:
                tables.append(_table_file(program, table, path, encoding, troubles))
            case paths:
                names = tuple(path.name for path in paths)
                troubles.append(trouble(Code.CR0906, folder, messages.table_twice(table, names)))
    if troubles:
        raise PolicyError(tuple(troubles))
    read = tuple(item for item in tables if item is not None)
    return Layout(read[0], read[1:])


def _files_by_table(program: Program, folder: Path, troubles: list[Diagnostic]) -> dict[str, list[Path]]:
    tables = (program.subject, *program.records)
    found: dict[str, list[Path]] = {}
    for path in _visible(folder):
        table = _named(path.stem, tables)
        suffix = path.suffix.lower()
        if suffix in (".csv", ".parquet") and table is not None:
            found.setdefault(table.name, []).append(path)
        elif suffix in (".csv", ".parquet"):
            troubles.append(trouble(Code.CR0905, path, messages.unknown_table(path.stem, tables)))
        elif table is not None or suffix in OTHER_TABLES:
            troubles.append(trouble(Code.CR0912, path, messages.unreadable_format(path.name)))
    return found


def _visible(folder: Path) -> list[Path]:
    """The files of a folder, and its subfolders that are tables in parts."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        raise PolicyError((trouble(Code.CR0912, folder, messages.no_folder()),)) from None
    return [
        path
        for path in entries
        if not path.name.startswith((".", "~$")) and (path.is_file() or (path.is_dir() and _is_parquet(path)))
    ]


def _is_parquet(path: Path) -> bool:
    return path.suffix.lower() == ".parquet"


def _parts(folder: Path, troubles: list[Diagnostic]) -> tuple[Path, ...]:
    """The files of a table in parts, by name; those that begin with `_` or `.` are the writer's own."""
    entries = [path for path in sorted(folder.iterdir()) if not path.name.startswith(("_", "."))]
    for path in entries:
        if not path.is_file() or not _is_parquet(path):
            troubles.append(trouble(Code.CR0912, path, messages.not_a_part(path.name)))
    if not entries:
        troubles.append(trouble(Code.CR0912, folder, messages.no_parts()))
    return tuple(entries)


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
    parts = _parts(path, troubles) if path.is_dir() else ()
    if len(troubles) > before:
        return None
    header = csv_header(path, chosen, troubles) if chosen else parquet_header(parts or (path,), troubles)
    key = program.subject.key
    if key is None:
        troubles.append(trouble(Code.CR0907, path, messages.subject_without_key(program.subject)))
    if header is None or key is None:
        return None
    bound = bind(header, table.fields if key in table.fields else (key, *table.fields), key, troubles)
    if len(troubles) > before:
        return None
    columns = tuple(Column(field, bound[field.name]) for field in table.fields if field.name in bound)
    form = FileFormat.CSV if is_csv else FileFormat.PARQUET
    return TableFile(table, path, form, chosen, header.names, bound[key.name], columns, parts)


def parquet_relation(file: TableFile) -> str:
    """What stands behind FROM to read the rows of a table in Parquet."""
    return read_parquet(file.paths)


def _encoding(path: Path, given: Encoding | None, troubles: list[Diagnostic]) -> Encoding | None:
    try:
        found = given or detect_encoding(path)
    except OSError as error:
        troubles.append(trouble(Code.CR0912, path, messages.cannot_open(error.strerror or "")))
        return None
    if isinstance(found, EncodingTrouble):
        troubles.append(trouble(Code.CR0912, path, *_ENCODING_MESSAGES[found]()))
        return None
    return found


_ENCODING_MESSAGES = {
    EncodingTrouble.UTF_16: messages.utf_16,
    EncodingTrouble.ZERO_BYTES: messages.zero_bytes,
    EncodingTrouble.BOTH: messages.two_encodings,
}
