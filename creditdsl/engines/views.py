"""Tables as a query of a policy reads them: views whose columns are as the core has them.

In: a program in layers. Out: the same program over such views. A key is text in the tables of a result, whatever the type of
its field, so that `007` and `7` stay two keys; it stands in a column of its own, and the field that is the key is one like all
others.
"""

from dataclasses import dataclass, replace

from creditdsl.core.ir import InputField, InputTable
from creditdsl.core.types import Text
from creditdsl.tabular.plan import Tabular

KEY = "key"
"""What every view calls the column of the subject's key."""
SUBJECT_KEY = "subject key"
"""What a program over views calls it. No field has a name with a blank in it."""


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A view of a table: its name, and the column of each field that the file has, read as the core has it."""

    table: InputTable
    view: str
    columns: dict[str, str]


def field_column(name: str) -> str:
    """What a view calls a field."""
    return f"field {name}"


def read_table(table: InputTable, view: str) -> ReadTable:
    """The view of a table that has a column for each field."""
    return ReadTable(table, view, {field.name: field_column(field.name) for field in table.fields})


def keyed(tabular: Tabular) -> Tabular:
    """The program with the key of its views beside its fields."""
    fields = tuple(replace(field, key=False) for field in tabular.program.subject.fields)
    key = InputField(SUBJECT_KEY, Text(), (), None, key=True)
    subject = replace(tabular.program.subject, fields=(key, *fields))
    return replace(tabular, program=replace(tabular.program, subject=subject))


def with_key(table: ReadTable) -> ReadTable:
    """The view of the subject for a program that is `keyed`."""
    return replace(table, columns={SUBJECT_KEY: KEY, **table.columns})
