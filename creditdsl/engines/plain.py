"""The subjects about whose rows there is nothing to say, graded as whole columns.

In: the tables of a layout, and a plan that says how they are read as columns and grades them. Out: Parquet files of results,
findings and measures, the counts, and the keys of all other subjects in the table `odd` of the database.

A subject is plain when its key stands once, and it and all its records have a value in each cell that the policy can take as
it stands. Whatever else there is (a cell to be read with care, a range that is left, a key twice) is decided and worded by
`engines.grading`, one subject at a time; here it only has to be noticed. So that no key need be trimmed, keys are first
taken as they are; when one turns out to have blanks around it, everything is done once more with all of them trimmed.

What is too large to be held in memory at once is divided into shares of the subjects (`engines.plain_shares`). A share for which
there is not the memory is divided further; it is graded only when all of its rows have been gathered (`engines.gathered`).
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from creditdsl.core.types import Text
from creditdsl.diagnostics import InternalError
from creditdsl.engines.arrow_lines import GradedBlock
from creditdsl.engines.batch import Counts
from creditdsl.engines.cells import BLANKS
from creditdsl.engines.duck import OutOfMemory, memory_asked_for, parquet_columns, quoted_name, quoted_text
from creditdsl.engines.gathered import Gathered, Gatherer, Owned, Subjects
from creditdsl.engines.layout import FileFormat, Layout, TableFile, parquet_relation
from creditdsl.engines.plain_cells import DAMAGE
from creditdsl.engines.plain_keys import have_blanks, may_be_damaged
from creditdsl.engines.plain_parts import PlainParts
from creditdsl.engines.plain_query import PLAIN, PlainQuery, PlainSource
from creditdsl.engines.plain_shares import Share, Shares
from creditdsl.engines.staging import count
from creditdsl.engines.views import KEY

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray


class PlainPlan(Protocol):
    """How a policy reads tables as columns, and how they are graded; for one run."""

    def query(self, sources: tuple[PlainSource, ...]) -> PlainQuery:
        """The views of the sources, and the columns that `grade` reads."""

    def grade(self, subjects: "pa.RecordBatch", records: Mapping[str, Owned]) -> GradedBlock:
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
    trimmed = False
    with pages_kept():
        while True:
            sources = tuple(_source(number, file, trimmed=trimmed) for number, file in enumerate(layout.tables))
            try:
                return _Pass(plan, sources, connection, folder, limits, trimmed=trimmed).done(progress)
            except _BlankKeys:
                if trimmed:
                    raise InternalError("trimmed keys have blanks around them") from None
                trimmed = True


@contextmanager
def pages_kept() -> Iterator[None]:
    """Within it Arrow takes its memory from an allocator that keeps freed pages for the next block.

    Its own choice gives them back to the system at once, which then has to clear them again: a tenth of the time of a run.
    """
    import pyarrow as pa

    before = pa.default_memory_pool()
    pa.set_memory_pool(
        pa.jemalloc_memory_pool() if "jemalloc" in pa.supported_memory_backends() else pa.system_memory_pool()
    )
    try:
        yield
    finally:
        pa.set_memory_pool(before)


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


class _Graded(NamedTuple):
    """A block: the lines of its plain subjects, the keys of the others, and of how many rows of each table they are made."""

    lines: GradedBlock | None
    odd_keys: "pa.Array | None"
    used: tuple[int, ...]


class _Pass:
    """One pass over all tables."""

    def __init__(
        self,
        plan: PlainPlan,
        sources: tuple[PlainSource, ...],
        connection: "DuckDBPyConnection",
        folder: Path,
        limits: tuple[int, int],
        *,
        trimmed: bool,
    ) -> None:
        self.plan = plan
        self.sources = sources
        self.connection = connection
        self.folder = folder
        self.threads, self.most_records = limits
        self.trimmed = trimmed
        self.query = plan.query(sources)
        self.shares = Shares(connection, self.query, folder)
        key = sources[0].table.key
        self.text_keys = key is not None and isinstance(key.type, Text)
        self.counts = Counts()
        self.strays = [False] * len(sources)

    def done(self, progress: Progress) -> PlainPass:
        """Grade everything."""
        self.connection.execute("CREATE OR REPLACE TABLE odd (key VARCHAR)")
        with PlainParts(self.folder) as writers, ThreadPoolExecutor(self.threads) as pool:
            for share in self.shares:
                try:
                    gathered, missed = self._gathered(share, pool)
                except OutOfMemory:
                    if not self.shares.refuse(share):
                        self._put_all_aside(share)
                    continue
                for number, rows in enumerate(share.rows):
                    self.strays[number] |= rows != gathered.rows[number] + missed[number]
                self._grade(gathered, writers, pool, progress)
        if not self.trimmed and any(there and self._has_blanks(number) for number, there in enumerate(self.strays)):
            raise _BlankKeys
        return PlainPass(self.counts, tuple(self.strays))

    def _gathered(self, share: Share, pool: ThreadPoolExecutor) -> tuple[Gathered, tuple[int, ...]]:
        """The rows of a share but for those of malformed subjects, and how many those have in each table."""
        aside = self._malformed(share)
        gatherer = Gatherer(self.connection, pool, share.rows[0])
        (view, columns), *others = zip(self.shares.names, self.query.columns, strict=True)
        subjects = gatherer.subjects(view, columns, lambda rows: self._without(aside, rows))
        gathered = Gathered(subjects, [gatherer.records(view, columns, subjects) for view, columns in others])
        return gathered, self._put_aside(aside)

    def _malformed(self, share: Share) -> "pa.Array":
        """The keys of subjects with a row that could not be read."""
        with memory_asked_for():
            unplaced = (
                f"SELECT DISTINCT key FROM unplaced WHERE key <> '' AND {share.has('key')} "
                f"AND (table_number = '0' OR key IN (SELECT {KEY} FROM {self.shares.names[0]}))"
                if self._count("SELECT count(*) FROM unplaced")
                else "SELECT key FROM unplaced WHERE false"
            )
            return self.connection.sql(unplaced).to_arrow_table().column("key")

    def _without(self, aside: "pa.Array", subjects: "pa.RecordBatch") -> "pa.RecordBatch":
        """The subjects that have been read but for those put aside."""
        import pyarrow.compute as pc

        keys = subjects.column(KEY)
        if not self.trimmed and have_blanks(keys):
            raise _BlankKeys
        return subjects.filter(pc.invert(pc.is_in(keys, value_set=aside))) if len(aside) else subjects

    def _put_aside(self, aside: "pa.Array") -> tuple[int, ...]:
        """Put subjects that have not been gathered into the table `odd`; how many rows they have."""
        if not len(aside):
            return (0,) * len(self.sources)
        import pyarrow as pa

        self.connection.register("aside", pa.table({"key": aside}))
        missed = tuple(
            self._count(f"SELECT count(*) FROM {name} WHERE {KEY} IN (SELECT key FROM aside)")
            for name in self.shares.names
        )
        self.connection.execute("INSERT INTO odd SELECT key FROM aside")
        self.connection.unregister("aside")
        return missed

    def _grade(self, gathered: Gathered, writers: PlainParts, pool: ThreadPoolExecutor, progress: Progress) -> None:
        waiting: deque[Future[_Graded]] = deque()
        odd_keys: list[pa.Array] = []
        while gathered.blocks:
            waiting.append(pool.submit(self._graded, *gathered.blocks.popleft()))
            if len(waiting) > self.threads:
                self._write(waiting.popleft().result(), writers, odd_keys)
            progress(self.counts.subjects)
        for block_to_come in waiting:
            self._write(block_to_come.result(), writers, odd_keys)
        self._keep_odd(odd_keys)

    def _graded(self, block: Subjects, *records: Owned) -> _Graded:
        """The plain subjects of a block, graded, and the keys of the others."""
        import pyarrow as pa

        subjects, odd_keys = block.rows, None
        plain = self._plain(block, records)
        if not plain.all():
            odd_keys = subjects.column(KEY).filter(pa.array(~plain))
            subjects = subjects.filter(pa.array(plain))
            records = tuple(owned.of_subjects(plain) for owned in records)
        used = (len(subjects), *(len(owned.rows) for owned in records))
        names = (source.table.name for source in self.sources[1:])
        lines = self.plan.grade(subjects, dict(zip(names, records, strict=True))) if len(subjects) else None
        return _Graded(lines, odd_keys, used)

    def _plain(self, block: Subjects, records: tuple[Owned, ...]) -> "NDArray[np.bool_]":
        """Which subjects of a block are plain."""
        import pyarrow.compute as pc

        keys = block.rows.column(KEY)
        plain = ~block.doubtful & _truths(block.rows.column(PLAIN))
        if self.text_keys and may_be_damaged(keys):
            plain &= ~_truths(pc.match_substring_regex(keys, f"[{DAMAGE}]"))
        for owned in records:
            plain &= (owned.counts <= self.most_records) & owned.all_of(_truths(owned.rows.column(PLAIN)))
        return plain

    def _write(self, block: _Graded, writers: PlainParts, odd_keys: "list[pa.Array]") -> None:
        if block.odd_keys is not None:
            odd_keys.append(block.odd_keys)
        self.counts.subjects += block.used[0]
        self.counts.used.update(dict(enumerate(block.used)))
        if block.lines is not None:
            writers.write(block.lines.tables)
            self.counts.grades.update(block.lines.grades)
            self.counts.grades_after_repair.update(block.lines.grades_after_repair)

    def _keep_odd(self, odd_keys: "list[pa.Array]") -> None:
        """The subjects of a share that are not plain, in the table `odd`."""
        if odd_keys:
            import pyarrow as pa

            self.connection.register("put_aside", pa.table({"key": pa.chunked_array(odd_keys)}))
            self.connection.execute("INSERT INTO odd SELECT key FROM put_aside")
            self.connection.unregister("put_aside")

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


def _truths(column: "pa.Array") -> "NDArray[np.bool_]":
    truths: NDArray[np.bool_] = column.to_numpy(zero_copy_only=False)
    return truths
