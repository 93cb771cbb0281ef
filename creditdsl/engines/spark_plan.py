"""A policy as queries of Spark: everything about a subject at once, then what goes into the tables of the result.

In: a program in layers, and whoever writes a part of a result as a query (`backends.sql`). Out: a query of one wide row a plain
subject, and queries of results, findings and measures over what the first one gave, so that nothing is computed twice.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from creditdsl.core.ir import Definition, InputField, InputTable, SubjectField
from creditdsl.engines.spark_cells import spark_name
from creditdsl.engines.views import KEY, ReadTable, field_column, keyed, read_table, with_key
from creditdsl.tabular.plan import Scalars, Tabular
from creditdsl.tabular.result_tables import ColumnKind, output_tables, points_size

WIDE = "creditdsl_wide"

WriteQuery = Callable[[Tabular, str, tuple[ReadTable, ...]], str]
"""The query of a part of a result, `results`, `findings`, `measures` or `wide`, over tables whose rows are valid and whose
columns are as the core has them."""


@dataclass(frozen=True, slots=True)
class SparkPlan:
    """How the plain subjects of one run are graded."""

    tabular: Tabular
    write: WriteQuery

    def wide(self, tables: tuple[ReadTable, ...]) -> str:
        """The query of a row a subject: the key, the columns of a result, and every definition that a finding or a measure
        needs, under the names of `wide_columns`."""
        query = self.write(keyed(self.tabular), "wide", (with_key(tables[0]), *tables[1:]))
        return f"SELECT * FROM ({query}) AS w({', '.join(map(spark_name, self.wide_columns()))})"

    def wide_columns(self) -> tuple[str, ...]:
        """The columns of the wide row."""
        heading = tuple(name for name, _ in output_tables(self.tabular.program).results[1:])
        return (KEY, *heading, *(field_column(item.name) for item in self._details()))

    def part(self, name: str) -> str:
        """The query of a table of the result over the view `WIDE`, with the columns and types that it has in Parquet.

        A text that is empty is absent there.
        """
        columns = output_tables(self.tabular.program).by_name[name]
        if name == "results":
            given = ", ".join(map(spark_name, self.wide_columns()[: len(columns)]))
            query = f"SELECT {given} FROM {WIDE}"
        else:
            query = self.write(keyed(self._computed()), name, (with_key(read_table(self._wide_table(), WIDE)),))
        names = [f"v{place}" for place in range(len(columns))]
        typed = [
            f"nullif({self._typed(given, kind)}, '') AS {spark_name(column)}"
            if kind in (ColumnKind.TEXT, ColumnKind.CODE)
            else f"{self._typed(given, kind)} AS {spark_name(column)}"
            for given, (column, kind) in zip(names, columns, strict=True)
        ]
        return f"SELECT {', '.join(typed)} FROM ({query}) AS p({', '.join(names)})"

    def _typed(self, column: str, kind: ColumnKind) -> str:
        digits, places = points_size(self.tabular.program)
        match kind:
            case ColumnKind.TEXT | ColumnKind.CODE:
                return f"CAST({column} AS STRING)"
            case ColumnKind.COUNT:
                return f"CAST({column} AS BIGINT)"
            case ColumnKind.TRUTH:
                return f"CAST({column} AS BOOLEAN)"
            case ColumnKind.POINTS:
                return f"CAST({column} AS DECIMAL({digits}, {places}))"

    def _details(self) -> list[Definition]:
        """The definitions of findings and measures, in the order of the plan."""
        plan = self.tabular.program.result
        names = [name for item in plan.findings for name in (item.fires, item.count, item.points, item.points_after)]
        for item in plan.measures:
            names += [item.holds, *(grant.value for grant in item.grants if grant.value is not None)]
        known = {item.name: item for item in self.tabular.program.definitions}
        return [known[name] for name in dict.fromkeys(names)]

    def _computed(self) -> Tabular:
        """A program whose subjects are the wide rows: each definition is a field. The scores are there for their size alone."""
        program = self.tabular.program
        details = {item.name: item for item in self._details()}
        scores = [name for name in (program.result.score, program.result.score_after) if name is not None]
        definitions = tuple(
            replace(item, expression=SubjectField(item.name, item.type))
            for item in program.definitions
            if item.name in details or item.name in scores
        )
        over = replace(program, subject=self._wide_table(), records=(), definitions=definitions)
        return replace(self.tabular, program=over, layers=(Scalars(definitions),), decided=None, decided_after=None)

    def _wide_table(self) -> InputTable:
        fields = tuple(InputField(item.name, item.type, (), item.range) for item in self._details())
        return InputTable("wide", (), fields)
