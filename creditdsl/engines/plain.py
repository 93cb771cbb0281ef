"""The subjects about whose rows there is nothing to say, graded as whole columns.

In: the tables of a layout, and a plan that turns them into one query and grades its rows. Out: Parquet files of results,
findings and measures, the counts, and the keys of all other subjects in the table `odd` of the database.

A subject is plain when its key stands once, and it and all its records have a value in each cell that the policy can take as
it stands. Whatever else there is (a cell to be read with care, a range that is left, a key twice) is decided and worded by
`engines.grading`, one subject at a time; here it only has to be noticed. So that no key need be trimmed, keys are first
taken as they are; when one turns out to have blanks around it, everything is done once more with all of them trimmed.

What is too large to be grouped and joined at once is divided into shares of the subjects (`engines.plain_shares`). A share that
DuckDB has no memory for is divided further; its lines are written only when its whole query has been answered.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from creditdsl.core.types import Text
from creditdsl.diagnostics import InternalError
from creditdsl.engines.arrow_lines import GradedBlock
from creditdsl.engines.batch import Counts
from creditdsl.engines.cells import BLANKS
from creditdsl.engines.duck import OutOfMemory, memory_asked_for, parquet_columns, quoted_name, quoted_text
from creditdsl.engines.layout import FileFormat, Layout, TableFile, parquet_relation
from creditdsl.engines.plain_cells import DAMAGE
from creditdsl.engines.plain_keys import have_blanks, may_be_damaged
from creditdsl.engines.plain_parts import PlainParts, kept_blocks
from creditdsl.engines.plain_query import PLAIN, PlainQuery, PlainSource, rows_of
from creditdsl.engines.plain_shares import Share, Shares
from creditdsl.engines.staging import count
from creditdsl.engines.views import KEY

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

BLOCK = 1 << 17
"""How many subjects are graded at a time."""


class PlainPlan(Protocol):
    """What the columns of a policy are made of, and how they are graded; for one run."""

    def query(self, sources: tuple[PlainSource, ...], most_records: int) -> PlainQuery:
        """The query of a row a subject: `KEY`, `PLAIN`, `rows_of` each table of records, and what `grade` reads."""

    def grade(self, block: "pa.RecordBatch") -> GradedBlock:
        """The lines of plain subjects; may be called by several threads."""


@dataclass(frozen=True, slots=True)
class PlainPass:
    """What a pass did: the counts of plain subjects, and for each table whether it may have rows without a subject."""

    counts: Counts
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
    trimmed, at_once = False, True
    while True:
        sources = tuple(_source(number, file, trimmed=trimmed) for number, file in enumerate(layout.tables))
        try:
            one_pass = _Pass(plan, sources, connection, folder, limits, trimmed=trimmed, at_once=at_once)
            return one_pass.done(progress)
        except _BlankKeys:
            if trimmed:
                raise InternalError("trimmed keys have blanks around them") from None
            trimmed = True
        except OutOfMemory:
            if not at_once:
                raise
            at_once = False


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
    """One pass over all tables; `at_once` if they are not too large, or else in shares."""

    def __init__(
        self,
        plan: PlainPlan,
        sources: tuple[PlainSource, ...],
        connection: "DuckDBPyConnection",
        folder: Path,
        limits: tuple[int, int],
        *,
        trimmed: bool,
        at_once: bool,
    ) -> None:
        self.plan = plan
        self.sources = sources
        self.connection = connection
        self.folder = folder
        self.threads, most_records = limits
        self.trimmed = trimmed
        self.query = plan.query(sources, most_records)
        self.shares = Shares(connection, self.query, folder, at_once=at_once)
        self.names = {number: rows_of(number) for number in range(1, len(sources))}
        key = sources[0].table.key
        self.text_keys = key is not None and isinstance(key.type, Text)
        self.counts = Counts()
        self.strays = [False] * len(sources)
        self.rows: Counter[int] = Counter()
        self.odd_keys: list[pa.Array] = []

    def done(self, progress: Progress) -> PlainPass:
        """Grade everything. OutOfMemory when all subjects are too many at once, perhaps with some of them already written."""
        self.connection.execute("CREATE OR REPLACE TABLE odd (key VARCHAR)")
        with PlainParts(self.folder) as writers, ThreadPoolExecutor(self.threads) as pool:
            for share in self.shares:
                try:
                    missed = self._put_aside(share)
                    blocks = self._answer(share)
                    self._grade(blocks, writers, pool, progress)
                except OutOfMemory:
                    if share.is_whole:
                        raise
                    if not self.shares.refuse(share):
                        self._put_all_aside(share)
                    continue
                self._keep_odd()
                for number, rows in enumerate(share.rows):
                    self.strays[number] |= rows != self.rows[number] + missed[number]
        if not self.trimmed and any(there and self._has_blanks(number) for number, there in enumerate(self.strays)):
            raise _BlankKeys
        return PlainPass(self.counts, tuple(self.strays))

    def _put_aside(self, share: Share) -> tuple[int, ...]:
        """Fill the table `aside` with the subjects that are odd whatever their cells hold; how many rows they have."""
        with memory_asked_for():
            self.connection.execute("CREATE OR REPLACE TEMP TABLE aside (key VARCHAR)")
            self._find_malformed(share)
            self._find_repeated()
            if not self._count("SELECT count(*) FROM aside"):
                return (0,) * len(self.sources)
            return tuple(
                self._count(f"SELECT count(*) FROM {name} WHERE {KEY} IN (SELECT key FROM aside)")
                for name in self.shares.names
            )

    def _find_malformed(self, share: Share) -> None:
        """A subject with a row that could not be read is odd."""
        if self._count("SELECT count(*) FROM unplaced"):
            self.connection.execute(
                f"INSERT INTO aside SELECT DISTINCT key FROM unplaced WHERE key <> '' AND {share.has('key')} "
                f"AND (table_number = '0' OR key IN (SELECT {KEY} FROM {self.shares.names[0]}))"
            )

    def _find_repeated(self) -> None:
        """Subjects whose key stands more than once are odd; hashes tell where to look."""
        import numpy as np

        subject = self.shares.names[0]
        parts = [
            batch.column(0).to_numpy(zero_copy_only=False)
            for batch in self._batches(f"SELECT hash({KEY}) AS hashed FROM {subject}")
        ]
        hashes = np.concatenate(parts) if parts else np.empty(0, np.uint64)
        parts.clear()
        hashes.sort()
        repeated = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
        if not len(repeated):
            return
        import pyarrow as pa

        self.connection.register("repeated", pa.table({"hashed": repeated}))
        self.connection.execute(
            f"INSERT INTO aside SELECT {KEY} FROM {subject} WHERE hash({KEY}) IN (SELECT hashed FROM repeated) "
            f"AND {KEY} <> '' AND {KEY} NOT IN (SELECT key FROM aside) GROUP BY {KEY} HAVING count(*) > 1"
        )
        self.connection.unregister("repeated")

    def _answer(self, share: Share) -> "Iterator[pa.RecordBatch]":
        """The rows of the query, in blocks.

        What has been written cannot be taken back for one share alone; so the answer is whole before it is looked at.
        """
        query = f"SELECT * FROM ({self.query.text}) WHERE {KEY} <> ''"
        if self._count("SELECT count(*) FROM aside"):
            query += f" AND {KEY} NOT IN (SELECT key FROM aside)"
        blocks = self._batches(query)
        return blocks if share.is_whole else kept_blocks(blocks, self.folder / "answer.arrow")

    def _batches(self, query: str) -> "Iterator[pa.RecordBatch]":
        with memory_asked_for():
            yield from self.connection.sql(query).to_arrow_reader(BLOCK)

    def _grade(
        self, blocks: "Iterator[pa.RecordBatch]", writers: PlainParts, pool: ThreadPoolExecutor, progress: Progress
    ) -> None:
        self.rows.clear()
        waiting: deque[Future[GradedBlock]] = deque()
        for block in blocks:
            plain = self._plain(block)
            if len(plain):
                waiting.append(pool.submit(self.plan.grade, plain))
            if len(waiting) > self.threads:
                self._write(waiting.popleft().result(), writers)
            progress(self.counts.subjects)
        for block_to_come in waiting:
            self._write(block_to_come.result(), writers)

    def _plain(self, batch: "pa.RecordBatch") -> "pa.RecordBatch":
        """The plain subjects of a block, counted; the keys of the others are put aside."""
        import pyarrow.compute as pc

        keys = batch.column(KEY)
        if not self.trimmed and have_blanks(keys):
            raise _BlankKeys
        for number, name in self.names.items():
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
        for number, name in self.names.items():
            self.counts.used[number] += pc.sum(batch.column(name)).as_py() or 0
        return batch

    def _write(self, block: GradedBlock, writers: PlainParts) -> None:
        writers.write(block.tables)
        self.counts.grades.update(block.grades)
        self.counts.grades_after_repair.update(block.grades_after_repair)

    def _keep_odd(self) -> None:
        """The subjects of a share that are not plain, in the table `odd`."""
        self.connection.execute("INSERT INTO odd SELECT key FROM aside")
        if self.odd_keys:
            import pyarrow as pa

            self.connection.register("put_aside", pa.table({"key": pa.chunked_array(self.odd_keys)}))
            self.connection.execute("INSERT INTO odd SELECT key FROM put_aside")
            self.connection.unregister("put_aside")
            self.odd_keys.clear()

    def _put_all_aside(self, share: Share) -> None:
        """Leave a share that takes too much memory, however small it is, to those who look at one subject after the other."""
        self.connection.execute(
            f"INSERT INTO odd SELECT {KEY} FROM {self.shares.names[0]} WHERE {KEY} <> '' "
            f"UNION SELECT key FROM unplaced WHERE key <> '' AND table_number = '0' AND {share.has('key')}"
        )
        self.strays = [True] * len(self.sources)

    def _has_blanks(self, number: int) -> bool:
        source = self.sources[number]
        key = f"SELECT {source.key} AS key FROM {source.relation}"
        return bool(self._count(f"SELECT count(*) FROM ({key}) WHERE trim(key, {quoted_text(BLANKS)}) <> key"))

    def _count(self, query: str) -> int:
        return count(self.connection, query)
