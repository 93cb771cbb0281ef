"""The subjects about whose rows there is nothing to say, graded as whole columns.

In: the tables of a layout, and a plan that turns them into one query and grades its rows. Out: Parquet files of results,
findings and measures, the counts, and the keys of all other subjects in the table `odd` of the database.

A subject is plain when its key stands once, and it and all its records have a value in each cell that the policy can take as
it stands. Whatever else there is (a cell to be read with care, a range that is left, a key twice) is decided and worded by
`engines.grading`, one subject at a time; here it only has to be noticed. So that no key need be trimmed, keys are first
taken as they are; when one turns out to have blanks around it, everything is done once more with all of them trimmed.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from creditdsl.core.ir import InputTable
from creditdsl.core.types import Text
from creditdsl.diagnostics import InternalError
from creditdsl.engines.arrow_lines import GradedBlock
from creditdsl.engines.batch import Counts
from creditdsl.engines.cells import BLANKS
from creditdsl.engines.duck import parquet_columns, quoted_name, quoted_text
from creditdsl.engines.layout import FileFormat, Layout, TableFile, parquet_relation
from creditdsl.engines.plain_cells import DAMAGE
from creditdsl.engines.plain_keys import have_blanks, may_be_damaged
from creditdsl.engines.plain_parts import PlainParts
from creditdsl.engines.staging import count
from creditdsl.engines.views import KEY

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

BLOCK = 1 << 17
"""How many subjects are graded at a time."""

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
    """`views` are made before the query is run, by name."""

    views: dict[str, str]
    text: str


class PlainPlan(Protocol):
    """What the columns of a policy are made of, and how they are graded; for one run."""

    def query(self, sources: tuple[PlainSource, ...], most_records: int) -> PlainQuery:
        """The query of a row a subject: `KEY`, `PLAIN`, `rows_of` each table of records, and what `grade` reads."""

    def grade(self, block: "pa.RecordBatch") -> GradedBlock:
        """The lines of plain subjects; may be called by several threads."""


@dataclass(frozen=True, slots=True)
class PlainPass:
    """What a pass did: the counts of plain subjects, how many others there are, and for each table whether it has rows
    without a subject."""

    counts: Counts
    odd: int
    strays: tuple[bool, ...]


Progress = Callable[[int], None]


class _BlankKeys(Exception):
    """Some key has blanks around it."""


def grade_plain(
    plan: PlainPlan,
    layout: Layout,
    connection: "DuckDBPyConnection",
    folder: Path,
    limits: tuple[int, int],
    progress: Progress,
) -> PlainPass:
    """Grade all plain subjects of the tables taken in; `limits` are the threads, and the most records of one kind.

    Fills the table `odd`; writes `results.parquet`, `findings.parquet` and `measures.parquet` into the folder.
    """
    for trimmed in (False, True):
        sources = tuple(_source(number, file, trimmed=trimmed) for number, file in enumerate(layout.tables))
        try:
            return _Pass(plan, sources, connection, folder, limits).done(trimmed, progress)
        except _BlankKeys:
            continue
    raise InternalError("trimmed keys have blanks around them")


def _source(number: int, file: TableFile, *, trimmed: bool) -> PlainSource:
    key = file.header[file.key]
    if file.format is FileFormat.CSV:
        columns = {item.field.name: (f"c{item.position}", "VARCHAR") for item in file.columns}
        return PlainSource(file.table, f"taken{number}", "key", columns)
    types = dict(parquet_columns(*file.paths))
    text = quoted_name(key) if types[key] == "VARCHAR" else f"CAST({quoted_name(key)} AS VARCHAR)"
    columns = {
        item.field.name: (quoted_name(name), types[name])
        for item in file.columns
        for name in [file.header[item.position]]
    }
    shown = f"trim({text}, {quoted_text(BLANKS)})" if trimmed else text
    return PlainSource(file.table, parquet_relation(file), shown, columns)


class _Pass:
    """One pass over all tables."""

    def __init__(
        self,
        plan: PlainPlan,
        sources: tuple[PlainSource, ...],
        connection: "DuckDBPyConnection",
        folder: Path,
        limits: tuple[int, int],
    ) -> None:
        self.plan = plan
        self.sources = sources
        self.connection = connection
        self.folder = folder
        self.threads, self.most_records = limits
        key = sources[0].table.key
        self.text_keys = key is not None and isinstance(key.type, Text)
        self.counts = Counts()
        self.rows: Counter[int] = Counter()
        self.odd_keys: list[pa.Array] = []

    def done(self, trimmed: bool, progress: Progress) -> PlainPass:
        self.connection.execute("CREATE OR REPLACE TABLE odd (key VARCHAR)")
        self._find_malformed()
        self._find_repeated()
        with PlainParts(self.folder) as writers, ThreadPoolExecutor(self.threads) as pool:
            waiting: deque[Future[GradedBlock]] = deque()
            for block in self._blocks(trimmed):
                waiting.append(pool.submit(self.plan.grade, block))
                if len(waiting) > self.threads:
                    self._write(waiting.popleft().result(), writers)
                progress(self.counts.subjects)
            for block_to_come in waiting:
                self._write(block_to_come.result(), writers)
        self._keep_odd()
        strays = self._strays()
        if not trimmed and any(strays[number] and self._has_blanks(number) for number in range(len(strays))):
            raise _BlankKeys
        return PlainPass(self.counts, self._count("SELECT count(DISTINCT key) FROM odd"), strays)

    def _find_malformed(self) -> None:
        """A subject with a row that could not be read is odd."""
        subject = self.sources[0]
        self.connection.execute(
            "INSERT INTO odd SELECT DISTINCT key FROM unplaced WHERE key <> '' AND (table_number = '0' OR key IN "
            f"(SELECT {subject.key} FROM {subject.relation}))"
        )

    def _find_repeated(self) -> None:
        """Subjects whose key stands more than once are odd; hashes tell where to look."""
        import numpy as np

        subject = self.sources[0]
        parts = [
            batch.column(0).to_numpy(zero_copy_only=False)
            for batch in self._batches(f"SELECT hash({subject.key}) AS hashed FROM {subject.relation}")
        ]
        hashes = np.sort(np.concatenate(parts)) if parts else np.empty(0, np.uint64)
        repeated = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
        if not len(repeated):
            return
        import pyarrow as pa

        self.connection.register("repeated", pa.table({"hashed": repeated}))
        self.connection.execute(
            f"INSERT INTO odd SELECT key FROM (SELECT {subject.key} AS key FROM {subject.relation} "
            f"WHERE hash({subject.key}) IN (SELECT hashed FROM repeated)) WHERE key <> '' GROUP BY key HAVING count(*) > 1"
        )
        self.connection.unregister("repeated")

    def _blocks(self, trimmed: bool) -> "Iterator[pa.RecordBatch]":
        """The plain subjects of the query, in blocks; the keys of the others are put aside."""
        import pyarrow.compute as pc

        planned = self.plan.query(self.sources, self.most_records)
        for name, view in planned.views.items():
            self.connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {view}")
        query = f"SELECT * FROM ({planned.text}) WHERE {KEY} <> ''"
        if self._count("SELECT count(*) FROM odd"):
            query += f" AND {KEY} NOT IN (SELECT key FROM odd)"
        names = {number: rows_of(number) for number in range(1, len(self.sources))}
        for batch in self._batches(query):
            keys = batch.column(KEY)
            if not trimmed and have_blanks(keys):
                raise _BlankKeys
            for number, name in names.items():
                self.rows[number] += pc.sum(batch.column(name)).as_py() or 0
            plain = batch.column(PLAIN)
            if self.text_keys and may_be_damaged(keys):
                plain = pc.and_(plain, pc.invert(pc.match_substring_regex(keys, f"[{DAMAGE}]")))
            if plain.true_count < len(plain):
                self.odd_keys.append(keys.filter(pc.invert(plain)))
                batch = batch.filter(plain)
            self.rows[0] += len(keys)
            self.counts.subjects += len(batch)
            self.counts.used[0] += len(batch)
            for number, name in names.items():
                self.counts.used[number] += pc.sum(batch.column(name)).as_py() or 0
            if len(batch):
                yield batch

    def _batches(self, query: str) -> "Iterator[pa.RecordBatch]":
        yield from self.connection.sql(query).to_arrow_reader(BLOCK)

    def _write(self, block: GradedBlock, writers: PlainParts) -> None:
        writers.write(block.tables)
        self.counts.grades.update(block.grades)
        self.counts.grades_after_repair.update(block.grades_after_repair)

    def _keep_odd(self) -> None:
        """Everything that was put aside, in the table `odd`."""
        if self.odd_keys:
            import pyarrow as pa

            self.connection.register("put_aside", pa.table({"key": pa.chunked_array(self.odd_keys)}))
            self.connection.execute("INSERT INTO odd SELECT key FROM put_aside")
            self.connection.unregister("put_aside")
            self.odd_keys.clear()

    def _strays(self) -> tuple[bool, ...]:
        """For each table whether it has rows that are neither those of a subject seen nor of an odd one."""
        return tuple(self._has_strays(number) for number in range(len(self.sources)))

    def _has_strays(self, number: int) -> bool:
        source = self.sources[number]
        total = self._count(f"SELECT count(*) FROM {source.relation}")
        if total == self.rows[number]:
            return False
        # The query leaves out the subjects that were odd before it, and their records.
        missed = self._count(
            f"SELECT count(*) FROM (SELECT {source.key} AS key FROM {source.relation}) "
            "WHERE key IN (SELECT key FROM odd)"
        )
        return total != self.counts.used[number] + missed

    def _has_blanks(self, number: int) -> bool:
        source = self.sources[number]
        key = f"SELECT {source.key} AS key FROM {source.relation}"
        return bool(self._count(f"SELECT count(*) FROM ({key}) WHERE trim(key, {quoted_text(BLANKS)}) <> key"))

    def _count(self, query: str) -> int:
        return count(self.connection, query)
