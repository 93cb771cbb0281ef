"""A block of subjects out of a query becomes the columns of an emitted module, and its lines.

In: an Arrow batch with the subject's key, its fields and its aggregates. Out: the tables of the result. Fields and
aggregates are named by `views.field_column` and `aggregate_column`; days are dates, choices and texts are texts, all else whole
numbers and truths, as `backends.sql` has them.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

from creditdsl.core.types import Choice, Day, Text, Truth, Type, plain
from creditdsl.diagnostics import Language
from creditdsl.engines.arrow_lines import ArrowLines, GradedBlock, Scored
from creditdsl.engines.views import KEY, field_column
from creditdsl.tabular.plan import Tabular

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    Column = NDArray[np.generic]
    Given = dict[str, Column | tuple[Column, NDArray[np.bool_]]]
    Schema = Mapping[str, tuple[type[np.generic], bool]]


def aggregate_column(name: str) -> str:
    """What a query calls an aggregate, by the name of its definition."""
    return f"aggregate {name}"


class ColumnsModule(Protocol):
    """What an emitted columnar module has."""

    SUBJECT: "Schema"
    AGGREGATES: "Schema"
    TEXTS: tuple[str, ...]

    def score_aggregated(self, subject: "Given", aggregates: "Given", *, size: int) -> Scored: ...


class ColumnGrader:
    """Grades blocks with an emitted module."""

    def __init__(self, module: ColumnsModule, tabular: Tabular, language: Language) -> None:
        self.module = module
        self.lines = ArrowLines(tabular, language)
        program = tabular.program
        self.enums = {enum.name: enum.names for enum in program.enums}
        self.types = {field_column(item.name): item.type for item in program.subject.fields}
        self.types.update({aggregate_column(item.name): item.type for item in program.definitions})

    def grade(self, block: "pa.RecordBatch") -> GradedBlock:
        """The lines of the subjects of a block."""
        texts = self._texts(block)
        subject = self._columns(block, self.module.SUBJECT, field_column, texts)
        aggregates = self._columns(block, self.module.AGGREGATES, aggregate_column, texts)
        scored = self.module.score_aggregated(subject, aggregates, size=len(block))
        return self.lines.graded(block.column(KEY), scored, tuple(texts))

    def _texts(self, block: "pa.RecordBatch") -> list[str]:
        """The texts of a block by code: those that the module knows, then all others."""
        import pyarrow.compute as pc

        found = dict.fromkeys(self.module.TEXTS)
        for name in map(field_column, self.module.SUBJECT):
            if isinstance(plain(self.types[name]), Text):
                found.update(dict.fromkeys(pc.unique(block.column(name)).drop_null().to_pylist()))
        return list(found)

    def _columns(
        self, block: "pa.RecordBatch", schema: "Schema", column_of: Callable[[str], str], texts: list[str]
    ) -> "Given":
        given: Given = {}
        for name, (dtype, optional) in schema.items():
            column = block.column(column_of(name))
            values = self._values(column, self.types[column_of(name)], texts).astype(dtype, copy=False)
            given[name] = (values, column.is_valid().to_numpy(zero_copy_only=False)) if optional else values
        return given

    def _values(self, column: "pa.Array", type_: Type, texts: Iterable[str]) -> "Column":
        """The numbers that a module has for values; anything where they are absent."""
        import pyarrow as pa
        import pyarrow.compute as pc

        match plain(type_):
            case Truth():
                column = column.fill_null(False)
            case Choice(enum):
                column = pc.index_in(column, value_set=pa.array(self.enums[enum], column.type))
            case Text():
                column = pc.index_in(column, value_set=pa.array(texts, column.type))
            case Day():
                column = column.cast(pa.date32()).cast(pa.int32())
        values: Column = (column.fill_null(0) if column.null_count else column).to_numpy(zero_copy_only=False)
        return values
