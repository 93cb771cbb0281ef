"""The tables of a layout in Spark: which subjects are plain, their rows as the core has them, and the rows of all others.

In: a session and a layout of Parquet tables. Out: views, and Parquet files in the working folder. A subject is plain when its
key stands once, it has not too many records, and it and all its records have a value in each cell that the policy can take as it
stands; the rows of all other subjects, and rows without a subject, are written with their numbers as a layout of their own.

    creditdsl_rows0, …    the rows as they stand, with columns `c0`, `c1`, … and `key`, `ok` and `number`
    creditdsl_plain0, …   the valid rows, as fields; of the subjects, those that are plain
    creditdsl_odd         the keys of all rows that are looked at one by one
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from creditdsl.core.ir import Enumeration, InputField, Program
from creditdsl.core.types import Choice, plain
from creditdsl.diagnostics import InternalError
from creditdsl.engines.duck import (
    connect,
    parquet_columns,
    quoted_name,
    quoted_text,
    read_parquet,
    rows_of_parts,
)
from creditdsl.engines.layout import Layout, TableFile
from creditdsl.engines.plain_cells import PlainColumn
from creditdsl.engines.spark_cells import (
    Physical,
    as_staged,
    has_one_text,
    nothing,
    shown,
    spark_column,
    spark_name,
    spark_text,
    trimmed,
)
from creditdsl.engines.views import KEY, ReadTable, field_column, read_table

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

OK, FILE, PLACE = "ok", "file", "place"
ODD, CROWDED = "creditdsl_odd", "creditdsl_crowded"

SPECIAL = "[]{}*?\\"
"""What Spark takes for a pattern in a path."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """For each table how many rows it has, and how many are those of plain subjects; whether there are others; which tables
    have records of a subject or of none that are too many."""

    rows: tuple[int, ...]
    used: tuple[int, ...]
    any_odd: bool
    crowded: tuple[bool, ...]


def spark_path(path: Path) -> str:
    """A path of the file system as Spark reads it, whatever its default file system is."""
    return "file:" + "".join(f"\\{letter}" if letter in SPECIAL else letter for letter in str(path.absolute()))


class SparkTables:
    """The tables of one run."""

    def __init__(
        self, session: "SparkSession", program: Program, layout: Layout, work: Path, most_records: int
    ) -> None:
        self.session = session
        self.program = program
        self.enums = {enum.name: enum for enum in program.enums}
        self.layout = layout
        self.work = work
        self.most_records = most_records
        self.physical = [self._open(number, file) for number, file in enumerate(layout.tables)]
        self.tables = tuple(
            ReadTable(
                file.table, f"creditdsl_plain{number}", {i.field.name: field_column(i.field.name) for i in file.columns}
            )
            for number, file in enumerate(layout.tables)
        )
        # Where the two write a key differently, nothing is sure of anybody.
        sure = all(has_one_text(columns[file.key]) for columns, file in zip(self.physical, layout.tables, strict=True))
        for number, file in enumerate(layout.tables):
            self._view_rows(number, file, sure=sure)

    def all_tables(self) -> tuple[ReadTable, ...]:
        """The views of valid rows; kinds of records without a file have one without rows."""
        there = {file.table.name for file in self.layout.tables}
        absent = [table for table in self.program.records if table.name not in there]
        for number, table in enumerate(absent):
            fields = [f"{nothing(item)} AS {spark_name(field_column(item.name))}" for item in table.fields]
            listed = ", ".join([f"'' AS {KEY}", *fields])
            query = f"SELECT {listed} WHERE false"
            self.session.sql(query).createOrReplaceTempView(f"creditdsl_none{number}")
        return (
            *self.tables,
            *(read_table(table, f"creditdsl_none{number}") for number, table in enumerate(absent)),
        )

    def sort(self) -> Sorted:
        """Tell the plain subjects from the others; makes `creditdsl_odd`."""
        from pyspark.sql import Observation

        numbers = range(len(self.layout.tables))
        observed = Observation("counts")
        tests = [f"{KEY} <> ''", "n0 = 1", "sound", *(f"n{number} <= {self.most_records}" for number in numbers[1:])]
        keys = self.session.sql(f"SELECT *, {' AND '.join(tests)} AS plain FROM ({self._rows_by_key()})")
        sums = [f"sum(n{number}) AS rows{number}" for number in numbers]
        sums += [f"sum(CASE WHEN plain THEN n{number} END) AS used{number}" for number in numbers]
        sums += [f"max(n{number}) AS most{number}" for number in numbers]
        sums += ["count(CASE WHEN NOT plain THEN 1 END) AS odd"]
        odd = self._written(keys.observe(observed, *_expressions(sums)).where("NOT plain"), "odd")
        odd.createOrReplaceTempView(ODD)
        counts = {name: int(value or 0) for name, value in observed.get.items()}
        found = Sorted(
            tuple(counts[f"rows{number}"] for number in numbers),
            tuple(counts[f"used{number}"] for number in numbers),
            counts["odd"] > 0,
            tuple(counts[f"most{number}"] > self.most_records for number in numbers),
        )
        self._check(found)
        return found

    def view_plain(self, found: Sorted) -> None:
        """Make the views of valid rows."""
        for number, file in enumerate(self.layout.tables):
            rows = f"SELECT * FROM creditdsl_rows{number}"
            if number == 0 and found.any_odd:
                rows += f" LEFT ANTI JOIN {ODD} USING ({KEY})"
            elif number and found.crowded[number]:
                # A total is only proved for so many; the other rows of odd subjects are summed up and never looked at.
                rows += f" LEFT ANTI JOIN (SELECT {KEY} FROM {ODD} WHERE n{number} > {self.most_records}) USING ({KEY})"
            fields = [
                f"{self._read(item.field, number, item.position).value} AS {spark_name(field_column(item.field.name))}"
                for item in file.columns
            ]
            query = f"SELECT {', '.join([KEY, *fields])} FROM ({rows}) WHERE {OK}"
            self.session.sql(query).createOrReplaceTempView(f"creditdsl_plain{number}")

    def odd_rows(self, found: Sorted) -> Layout:
        """The rows that are looked at one by one, as tables with numbered rows."""
        files = [
            self._odd_rows(number, file) if found.rows[number] > found.used[number] else self._no_rows(number, file)
            for number, file in enumerate(self.layout.tables)
        ]
        return Layout(files[0], tuple(files[1:]))

    def _open(self, number: int, file: TableFile) -> list[Physical]:
        """The columns of a table, which is then a view with them under names that mean nothing to SQL."""
        from pyspark.sql import functions as F

        frame = self.session.read.parquet(*(spark_path(path) for path in file.paths))
        columns = [F.col(spark_name(name)).alias(f"c{place}") for place, name in enumerate(file.header)]
        metadata = [F.col("_metadata.file_path").alias(FILE), F.col("_metadata.row_index").alias(PLACE)]
        chosen = frame.select(*columns, *metadata)
        chosen.createOrReplaceTempView(f"creditdsl_file{number}")
        types = parquet_columns(*file.paths)
        return [
            Physical(name, spark, duck)
            for (name, spark), (_, duck) in zip(chosen.dtypes[: len(file.header)], types, strict=True)
        ]

    def _view_rows(self, number: int, file: TableFile, *, sure: bool) -> None:
        key = f"coalesce({trimmed(shown(self.physical[number][file.key]))}, '') AS {KEY}"
        holds = [self._read(item.field, number, item.position).holds for item in file.columns]
        ok = " AND ".join(dict.fromkeys(holds)) or "true"
        query = f"SELECT *, {key}, {ok if sure else 'false'} AS {OK} FROM creditdsl_file{number}"
        self.session.sql(query).createOrReplaceTempView(f"creditdsl_rows{number}")

    def _read(self, field: InputField, number: int, position: int) -> PlainColumn:
        return spark_column(field, self.physical[number][position], self._enum(field))

    def _enum(self, field: InputField) -> Enumeration | None:
        type_ = plain(field.type)
        return self.enums[type_.enum] if isinstance(type_, Choice) else None

    def _rows_by_key(self) -> str:
        """The query of every key of any table: how many rows of each it has, and whether all are valid."""
        numbers = range(len(self.layout.tables))
        parts = [
            f"SELECT {KEY}, {OK}, {', '.join(f'{int(number == other)} AS r{other}' for other in numbers)} "
            f"FROM creditdsl_rows{number}"
            for number in numbers
        ]
        sums = ", ".join(f"sum(r{number}) AS n{number}" for number in numbers)
        return f"SELECT {KEY}, {sums}, min({OK}) AS sound FROM ({' UNION ALL '.join(parts)}) GROUP BY {KEY}"

    def _check(self, found: Sorted) -> None:
        """Spark has seen every row that the files say they have; InternalError when it has not."""
        for rows, file in zip(found.rows, self.layout.tables, strict=True):
            if rows != sum(rows_of_parts(file.paths)):
                raise InternalError(f"Spark has read {rows} rows of {file.path}, which has others")

    def _odd_rows(self, number: int, file: TableFile) -> TableFile:
        """The rows of odd keys; their number is that in their file, behind the rows of all files before it."""
        number_name = _new_name("number", file.header)
        cells = [
            f"{as_staged(physical)} AS {spark_name(name)}"
            for physical, name in zip(self.physical[number], file.header, strict=True)
        ]
        before = accumulate(rows_of_parts(file.paths)[:-1], initial=0)
        offsets = ", ".join(
            f"({spark_text(self._uri(path))}, {rows}L)" for path, rows in zip(file.paths, before, strict=True)
        )
        query = (
            f"SELECT offset + {PLACE} + 1 AS {spark_name(number_name)}, {', '.join(cells)} FROM creditdsl_rows{number} "
            f"LEFT SEMI JOIN {ODD} USING ({KEY}) JOIN (VALUES {offsets} AS o(name, offset)) ON name = {FILE}"
        )
        name = f"odd{number}"
        self._written(self.session.sql(query), name)
        folder = self.work / name
        return replace(file, path=folder, parts=tuple(part_files(folder)), number=number_name)

    def _no_rows(self, number: int, file: TableFile) -> TableFile:
        """The table with no rows in it."""
        number_name, path = _new_name("number", file.header), self.work / f"odd{number}.parquet"
        columns = f"SELECT 0::BIGINT AS {quoted_name(number_name)}, * FROM {read_parquet(file.paths[:1])} WHERE false"
        with connect(self.work) as connection:
            connection.execute(f"COPY ({columns}) TO {quoted_text(str(path))} (FORMAT parquet)")
        return replace(file, path=path, parts=(), number=number_name)

    def _uri(self, path: Path) -> str:
        """What the column of metadata has for a file."""
        # The only way from Python to Hadoop's own notation of a path.
        jvm = self.session.sparkContext._jvm
        if jvm is None:
            raise InternalError("a session of Spark without Java")
        return str(jvm.org.apache.hadoop.fs.Path(f"file:{path.absolute()}").toUri().toString())

    def _written(self, frame: "DataFrame", name: str) -> "DataFrame":
        return written(self.session, frame, self.work / name)


def written(session: "SparkSession", frame: "DataFrame", folder: Path) -> "DataFrame":
    """Write a table as Parquet files into a new folder, and read it from there."""
    frame.write.parquet(f"file:{folder.absolute()}", compression="zstd")
    return session.read.schema(frame.schema).parquet(spark_path(folder))


def part_files(folder: Path) -> list[Path]:
    """The files of a table that Spark has written, by name."""
    return sorted(
        path for path in folder.iterdir() if path.suffix == ".parquet" and not path.name.startswith((".", "_"))
    )


def _expressions(texts: Iterable[str]) -> "list[Column]":
    from pyspark.sql import functions as F

    return [F.expr(text) for text in texts]


def _new_name(wish: str, taken: Iterable[str]) -> str:
    """A name that none of the others is, in whatever case."""
    known = {name.casefold() for name in taken}
    while wish.casefold() in known:
        wish += "_"
    return wish
