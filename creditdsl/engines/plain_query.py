"""What the pass over plain subjects is asked: tables as a query reads them, and a query of a row a subject.

Shared by who writes the query (`plain_plan`), who divides it (`plain_shares`) and who runs it (`plain`).
"""

from dataclasses import dataclass

from creditdsl.core.ir import InputTable

PLAIN = "plain"
"""What the query of a plan calls whether the subject is plain; its key is `views.KEY`."""


def rows_of(table: int) -> str:
    """What the query of a plan calls the number of a subject's records of a table of the layout."""
    return f"rows of {table}"


@dataclass(frozen=True, slots=True)
class PlainSource:
    """One table as a query reads it: what stands behind FROM, the expression of the key, and for each field of the policy
    that has one its column (quoted) and the column's type in DuckDB."""

    table: InputTable
    relation: str
    key: str
    columns: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class PlainQuery:
    """The query of a row a subject, and the views that it reads, by name: first those of the sources, in their order.

    For each of the sources, `columns` are what the query reads of its view, the key among them, and `held` is about how many bytes
    a row takes in memory until it has been grouped or joined.
    """

    views: dict[str, str]
    text: str
    columns: tuple[tuple[str, ...], ...]
    held: tuple[int, ...]
