"""What the pass over plain subjects reads: the tables as views whose columns are as the core has them.

Shared by who writes the views (`plain_plan`), who divides their rows (`plain_shares`), who gathers them (`gathered`) and who runs
the pass (`plain`).
"""

from dataclasses import dataclass

from creditdsl.core.ir import InputTable

PLAIN = "plain"
"""What every view calls whether a row is plain; its key is `views.KEY`."""


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
    """The view of each source by its name, in their order, and what is read of it.

    `columns` are those that are read, the key and PLAIN first; `held` is about how many bytes a row takes in memory.
    """

    views: dict[str, str]
    columns: tuple[tuple[str, ...], ...]
    held: tuple[int, ...]
