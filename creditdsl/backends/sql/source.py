"""Where the input of a query stands: which table and which column holds what, and at which type.

In: a policy's tables. Out: a `Source`, as the database itself describes its tables or as `typed_source` presumes them: tables
named like the policy's, columns like fields, and in every table of records one named like the subject's key.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from creditdsl.backends.sql.target import CannotExpress
from creditdsl.core.ir import InputField, Program
from creditdsl.core.types import Choice, Day, Month, Number, Plain, Truth, plain
from creditdsl.core.types import Text as TextType
from creditdsl.diagnostics import Text

ANY_NUMBER = "ANY NUMBER"
"""A type of which nothing is sure but that it is numeric."""

AS_IN_CORE = "AS IN CORE"
"""A column that has been read before: numbers are scaled whole numbers, months are numbered, choices are names."""

ANY_DAY = "ANY DAY"
"""A DATE, or a TIMESTAMP that must be midnight."""


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """`type` as the database names it, such as `DECIMAL(18,2)` or `VARCHAR`."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class SourceTable:
    """A table: its name in parts (catalogue, schema, table), the columns of its fields, and the one of the subject's key.

    An optional field may have no column.
    """

    name: tuple[str, ...]
    columns: Mapping[str, SourceColumn]
    key: SourceColumn


@dataclass(frozen=True, slots=True)
class Source:
    """The tables by the names that the policy has for them.

    `checked`: every row is known to be valid, every key to stand once, and no subject to have too many records; nothing is
    looked at again. `unique`: the keys of the subjects are known to stand once, as those of a primary key do.
    """

    tables: Mapping[str, SourceTable]
    checked: bool = False
    unique: bool = False


def typed_source(
    program: Program, names: Mapping[str, str] | None = None, *, checked: bool = False, unique: bool = False
) -> Source:
    """Tables with typed columns named like fields; `names` has other names of tables, such as `schema.table`."""
    key = subject_key(program)
    given = names or {}
    tables = {}
    for table in (program.subject, *program.records):
        columns = {item.name: SourceColumn(item.name, presumed_type(plain(item.type))) for item in table.fields}
        name = tuple(given[table.name].split(".")) if table.name in given else (table.name,)
        tables[table.name] = SourceTable(name, columns, SourceColumn(key.name, presumed_type(plain(key.type))))
    return Source(tables, checked, unique)


def subject_key(program: Program) -> InputField:
    """The key of the subject; CannotExpress where it has none, since nothing would join its records with it."""
    key = program.subject.key
    if key is None:
        raise CannotExpress(
            Text("主体没有 key 字段,各表无法对应。", "The subject has no key, so that no table can be joined with it."),
            Text("给主体加一个 key 字段。", "Give the subject a field with `key`."),
        )
    return key


def presumed_type(type_: Plain) -> str:
    """The type that a column is presumed to have."""
    match type_:
        case Truth():
            return "BOOLEAN"
        case Number():
            return ANY_NUMBER
        case Day():
            return ANY_DAY
        case Month() | Choice() | TextType():
            return "TEXT"


def records_key(key: InputField) -> InputField:
    """The field that a table of records has for the key of its subject."""
    return InputField(key.name, key.type, key.label, key.range, key=True)
