"""A query as it grows: its stages, each a common table expression, and the names in it.

In: stages, one after the other. Out: one statement that begins with them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from creditdsl.backends.sql import build
from creditdsl.backends.sql.build import Tree
from creditdsl.backends.sql.names import Names
from creditdsl.backends.sql.target import Target
from creditdsl.core.ir import Expression


@dataclass(frozen=True, slots=True)
class Stage:
    """A common table expression: the column of the subject's key, and those of the leaves that it has values for.

    `records` is a column with the number of records behind a row of aggregates.
    """

    name: str
    key: str
    columns: Mapping[Expression, str] = field(default_factory=dict)
    records: str | None = None

    def tree(self, alias: str | None = None) -> Tree:
        return build.table((self.name,), alias)

    def seen_as(self, alias: str | None) -> dict[Expression, tuple[str | None, str]]:
        """The columns as a scope wants them."""
        return {leaf: (alias, name) for leaf, name in self.columns.items()}


class Query:
    """Collects stages; `taken` are names of tables that no stage may hide."""

    def __init__(self, target: Target, taken: Sequence[str]) -> None:
        self.target = target
        self.names = Names(target.most_bytes_of_a_name, taken)
        self.stages: list[exp.CTE] = []
        self.steps = 0

    def add(self, wish: str, query: exp.Query, *, materialized: bool = False, comment: str | None = None) -> str:
        """The name of a new stage."""
        name = self.names.new(wish)
        cte = exp.CTE(this=query, alias=exp.TableAlias(this=build.identifier(name)))
        if materialized and self.target.unpivot == "union":
            cte.set("materialized", True)
        if comment is not None:
            cte.add_comments([build.in_comment(comment)])
        self.stages.append(cte)
        return name

    def add_step(self, query: exp.Query) -> str:
        """The name of a new stage in the row of those that are only numbered."""
        self.steps += 1
        return self.add(f"stage_{self.steps}", query)

    def read_back(self, wish: str, query: exp.Query) -> exp.Select:
        """A query for all rows of another one, which becomes a stage."""
        return build.select([build.star()], build.table((self.add(wish, query),)))

    def fenced(self, query: exp.Select) -> exp.Select:
        """A stage whose columns must be computed once, however often they are read."""
        if self.target.fenced:
            query.set("offset", exp.Offset(expression=build.integer(0)))
        return query

    def finished(self, query: exp.Query) -> exp.Query:
        """The whole statement, whose result is that of a last query."""
        if self.stages:
            query.set("with_", exp.With(expressions=self.stages))
        return query
