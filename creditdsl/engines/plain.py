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
from typing import TYPE_CHECKING, Protocol, Self

from creditdsl.core.ir import InputTable
from creditdsl.core.types import Text
from creditdsl.diagnostics import InternalError
from creditdsl.engines.arrow_lines import GradedBlock
from creditdsl.engines.batch import Counts
from creditdsl.engines.cells import BLANKS
from creditdsl.engines.duck import parquet_columns, quoted_name, quoted_path, quoted_text
from creditdsl.engines.layout import FileFormat, Layout, TableFile
from creditdsl.engines.plain_cells import DAMAGE

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq
    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray

BLOCK = 1 << 17
"""How many subjects are graded at a time."""

KEY, PLAIN = "key", "plain"
"""What the query of a plan calls the subject's key, and whether the subject is plain."""


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


class PlainPlan(Protocol):
    """What the columns of a policy are made of, and how they are graded; for one run."""

    def query(self, sources: tuple[PlainSource, ...], most_records: int) -> str:
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
    types = dict(parquet_columns(file.path))
    text = quoted_name(key) if types[key] == "VARCHAR" else f"CAST({quoted_name(key)} AS VARCHAR)"
    columns = {
        item.field.name: (quoted_name(name), types[name])
        for item in file.columns
        for name in [file.header[item.position]]
    }
    shown = f"trim({text}, {quoted_text(BLANKS)})" if trimmed else text
    return PlainSource(file.table, f"read_parquet({quoted_path(file.path)})", shown, columns)


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
        with _Writers(self.folder) as writers, ThreadPoolExecutor(self.threads) as pool:
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

        query = f"SELECT * FROM ({self.plan.query(self.sources, self.most_records)}) WHERE {KEY} <> ''"
        if self._any_odd():
            query += f" AND {KEY} NOT IN (SELECT key FROM odd)"
        names = {number: rows_of(number) for number in range(1, len(self.sources))}
        for batch in self._batches(query):
            keys = batch.column(KEY)
            if not trimmed and _have_blanks(keys):
                raise _BlankKeys
            for number, name in names.items():
                self.rows[number] += pc.sum(batch.column(name)).as_py() or 0
            plain = batch.column(PLAIN)
            if self.text_keys and _may_be_damaged(keys):
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

    def _any_odd(self) -> bool:
        return self.connection.execute("SELECT 1 FROM odd LIMIT 1").fetchone() is not None

    def _write(self, block: GradedBlock, writers: "_Writers") -> None:
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
        row = self.connection.execute(query).fetchone()
        if row is None:
            raise InternalError(f"no row from {query}")
        return int(row[0])


class _Writers:
    """One Parquet file for each table of the result, written by a thread of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pools: dict[str, ThreadPoolExecutor] = {}
        self.writers: dict[str, pq.ParquetWriter] = {}
        self.written: deque[Future[None]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for pool in self.pools.values():
            pool.shutdown()
        for writer in self.writers.values():
            writer.close()
        for done in self.written:
            done.result()

    def write(self, tables: "dict[str, pa.Table]") -> None:
        for name, table in tables.items():
            if name not in self.pools:
                self.pools[name] = ThreadPoolExecutor(1)
                self.writers[name] = self._writer(name, table)
            self.written.append(self.pools[name].submit(self.writers[name].write_table, table))
        while len(self.written) > MOST_WAITING:
            self.written.popleft().result()

    def _writer(self, name: str, table: "pa.Table") -> "pq.ParquetWriter":
        import pyarrow.parquet as pq

        coded = table.column_names[1:]
        return pq.ParquetWriter(
            plain_path(self.folder, name), table.schema, compression=COMPRESSION, use_dictionary=coded
        )


COMPRESSION = "snappy"
MOST_WAITING = 6
"""How many tables may wait to be written."""


def plain_path(folder: Path, name: str) -> Path:
    """Where the plain part of a table of the result is written."""
    return folder / f"{name}.parquet"


def _have_blanks(keys: "pa.Array") -> bool:
    """Whether a key begins or ends with a blank; only those are looked at that have no visible ASCII at both ends."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    text = keys.cast(pa.large_string())
    offsets, data = _bytes_of(text)
    starts, ends = offsets[:-1], offsets[1:] - 1
    full = ends >= starts
    visible = np.zeros(len(text), np.bool_)
    first, last = data[starts[full]], data[ends[full]]
    visible[full] = (first > 32) & (first < 127) & (last > 32) & (last < 127)
    if visible.all():
        return False
    doubtful = text.filter(pa.array(~visible))
    return not pc.all(pc.equal(pc.utf8_trim(doubtful, BLANKS), doubtful)).as_py()


def _may_be_damaged(keys: "pa.Array") -> bool:
    """Whether there is a character that a spreadsheet leaves in a code that it took for a number."""
    import numpy as np
    import pyarrow as pa

    offsets, data = _bytes_of(keys.cast(pa.large_string()))
    found = np.zeros(256, np.bool_)
    found[[ord(character) for character in DAMAGE]] = True
    return bool(found[data[offsets[0] : offsets[-1]]].any())


def _bytes_of(text: "pa.Array") -> "tuple[NDArray[np.int64], NDArray[np.uint8]]":
    """Where each text of an array begins, and behind the last one ends, among the bytes of all."""
    import numpy as np

    offsets = np.frombuffer(text.buffers()[1], np.int64)[text.offset : text.offset + len(text) + 1]
    return offsets, np.frombuffer(text.buffers()[2] or b"", np.uint8)
