"""A block of subjects and their records become the columns of an emitted module, and its lines.

In: an Arrow batch with the subjects' keys and their fields, and the records of each kind in the order of their subjects. Out: the
tables of the result. Fields are named by `views.field_column`; days are dates, texts are texts, all else whole numbers, choices by
their position, and truths.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from creditdsl.core.ir import InputTable
from creditdsl.core.types import Day, Text, Truth, Type, plain
from creditdsl.diagnostics import Language
from creditdsl.engines.arrow_lines import ArrowLines, GradedBlock, Scored
from creditdsl.engines.gathered import Owned
from creditdsl.engines.views import KEY, field_column
from creditdsl.tabular.plan import Tabular

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    Column = NDArray[np.generic]
    Given = dict[str, Column | tuple[Column, NDArray[np.bool_]]]
    Schema = Mapping[str, tuple[type[np.generic], bool]]


class ColumnsModule(Protocol):
    """What an emitted columnar module has."""

    SUBJECT: "Schema"
    RECORDS: "Mapping[str, Schema]"
    TEXTS: tuple[str, ...]

    def score(
        self, subject: "Given", records: "Mapping[str, tuple[NDArray[np.int64], Given]]", *, size: int
    ) -> Scored: ...


class ColumnGrader:
    """Grades blocks with an emitted module."""

    def __init__(self, module: ColumnsModule, tabular: Tabular, language: Language) -> None:
        self.module = module
        self.lines = ArrowLines(tabular, language)
        program = tabular.program
        self.subject = _types(program.subject)
        self.records = {table.name: _types(table) for table in program.records}

    def grade(self, subjects: "pa.RecordBatch", records: Mapping[str, Owned]) -> GradedBlock:
        """The lines of the subjects of a block; a table that is not among `records` has none."""
        size = len(subjects)
        texts = self._texts(subjects, records)
        subject = _columns(subjects, self.module.SUBJECT, self.subject, texts)
        tables = {
            name: self._table(records.get(name), schema, self.records[name], texts, size)
            for name, schema in self.module.RECORDS.items()
        }
        scored = self.module.score(subject, tables, size=size)
        return self.lines.graded(subjects.column(KEY), scored, texts)

    def _texts(self, subjects: "pa.RecordBatch", records: Mapping[str, Owned]) -> "pa.Array":
        """The texts of a block by code: those that the module knows, then all others."""
        import pyarrow as pa
        import pyarrow.compute as pc

        found = [subjects.column(column) for column in _text_columns(self.module.SUBJECT, self.subject)]
        for name, schema in self.module.RECORDS.items():
            owned = records.get(name)
            if owned is not None:
                found += [owned.rows.column(column) for column in _text_columns(schema, self.records[name])]
        known = pa.array(self.module.TEXTS, pa.string())
        if not any(map(len, found)):
            return known
        return pc.unique(pa.chunked_array([known, *found])).drop_null()

    def _table(
        self, owned: Owned | None, schema: "Schema", types: dict[str, Type], texts: "pa.Array", size: int
    ) -> "tuple[NDArray[np.int64], Given]":
        import numpy as np

        if owned is None:
            return np.zeros(size + 1, np.int64), {name: _nothing(*column) for name, column in schema.items()}
        return owned.starts, _columns(owned.rows, schema, types, texts)


def _types(table: InputTable) -> dict[str, Type]:
    return {field.name: field.type for field in table.fields}


def _text_columns(schema: "Schema", types: dict[str, Type]) -> list[str]:
    return [field_column(name) for name in schema if isinstance(plain(types[name]), Text)]


def _nothing(dtype: "type[np.generic]", optional: bool) -> "Column | tuple[Column, NDArray[np.bool_]]":
    import numpy as np

    return (np.empty(0, dtype), np.empty(0, np.bool_)) if optional else np.empty(0, dtype)


def _columns(rows: "pa.RecordBatch", schema: "Schema", types: dict[str, Type], texts: "pa.Array") -> "Given":
    given: Given = {}
    for name, (dtype, optional) in schema.items():
        column = rows.column(field_column(name))
        values = _values(column, types[name], texts).astype(dtype, copy=False)
        given[name] = (values, column.is_valid().to_numpy(zero_copy_only=False)) if optional else values
    return given


def _values(column: "pa.Array", type_: Type, texts: "pa.Array") -> "Column":
    """The numbers that a module has for values; anything where they are absent."""
    import pyarrow as pa
    import pyarrow.compute as pc

    match plain(type_):
        case Truth():
            column = column.fill_null(False)
        case Text():
            column = pc.index_in(column, value_set=texts)
        case Day():
            column = column.cast(pa.date32()).cast(pa.int32())
    values: Column = (column.fill_null(0) if column.null_count else column).to_numpy(zero_copy_only=False)
    return values
