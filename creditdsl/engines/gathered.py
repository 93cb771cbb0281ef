"""The rows of a share of the subjects, in memory, block by block of subjects, and of each subject its records side by side.

In: views of the tables of a share, as `plain_query` has them. Out: for each block its subjects, and their records of each of the
other tables. A block is made of the subjects whose keys have like hashes, and the rows of every table are put into portions by
hash while they come; so each record has only to be looked for among the subjects of its own block, which the cache holds, and
nothing is sorted as a whole (Shatdal, Kant and Naughton, Cache Conscious Algorithms for Relational Query Processing, VLDB 1994).

Hashes tell where to look, and keys decide: subjects of one hash are all doubtful, and a record that has the hash of a subject
but not its key belongs to none.
"""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from creditdsl.engines.duck import OutOfMemory, memory_asked_for, quoted_name
from creditdsl.engines.views import KEY

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Truths = NDArray[np.bool_]
    Positions = NDArray[np.int64]

BLOCK = 62_000
"""About how many subjects are graded at a time: the cache holds their rows, and an emitted module takes them as two blocks."""
READ_AT_ONCE = 1 << 17
"""How many rows of an answer are read at a time."""
BYTES_HELD = 2 << 30
"""What the rows of a share may take."""
HASH, HASHED = "hash", f"hash({KEY})"
"""The column of the hash of a row's key, and what DuckDB has for it."""


class Owned(NamedTuple):
    """Records in the order of their subjects: those of subject i stand in `rows` from starts[i] to starts[i + 1]."""

    starts: "Positions"
    rows: "pa.RecordBatch"

    @property
    def counts(self) -> "Positions":
        """How many each subject has."""
        return self.starts[1:] - self.starts[:-1]

    def all_of(self, truths: "Truths") -> "Truths":
        """For each subject, whether a truth about records holds of all of its own."""
        import numpy as np

        if truths.all():
            return np.ones(len(self.starts) - 1, np.bool_)
        failed = _starts(~truths)[self.starts]
        none: Truths = failed[1:] == failed[:-1]
        return none

    def of_subjects(self, chosen: "Truths") -> "Owned":
        """The records of some subjects, who move up."""
        import numpy as np
        import pyarrow as pa

        counts = self.counts
        return Owned(_starts(counts[chosen]), self.rows.filter(pa.array(np.repeat(chosen, counts))))


class Subjects(NamedTuple):
    """The subjects of a block in the order of their hashes, and which of them share theirs with another one."""

    rows: "pa.RecordBatch"
    hashes: "Hashes"
    doubtful: "Truths"


class Portions:
    """The rows of one table by the block of their hash; `nothing` is a piece without rows."""

    def __init__(self, blocks: int, nothing: "pa.RecordBatch") -> None:
        self.pieces: list[list[pa.RecordBatch]] = [[] for _ in range(blocks)]
        self.nothing = nothing
        self.bytes = 0

    def keep(self, portioned: "tuple[pa.RecordBatch, Positions]") -> None:
        rows, starts = portioned
        self.bytes += rows.nbytes
        for block, pieces in enumerate(self.pieces):
            first, last = int(starts[block]), int(starts[block + 1])
            if last > first:
                pieces.append(rows.slice(first, last - first))

    def taken(self, block: int) -> "pa.RecordBatch":
        """The rows of a block; they are not kept any longer."""
        import pyarrow as pa

        rows = pa.concat_batches(self.pieces[block] or [self.nothing])
        self.pieces[block] = []
        return rows


class Gathered:
    """The blocks of a share: its subjects, and their records of each of the other tables; `rows` are how many each table has."""

    def __init__(self, subjects: list[Subjects], records: list[list[Owned]]) -> None:
        self.blocks = deque(zip(subjects, *records, strict=True))
        self.rows = (
            sum(len(block.rows) for block in subjects),
            *(sum(len(owned.rows) for owned in blocks) for blocks in records),
        )


class Gatherer:
    """Gathers the tables of one share by the views of its tables; each with the columns that are wanted, the key first.

    OutOfMemory when there is not the memory for a query, or the rows are too many to be held; nothing is kept then.
    """

    def __init__(self, connection: "DuckDBPyConnection", pool: ThreadPoolExecutor, subjects: int) -> None:
        self.connection = connection
        self.pool = pool
        self.blocks = max(-(-subjects // BLOCK), 1)
        self.held = 0

    def subjects(
        self, view: str, columns: Sequence[str], look: "Callable[[pa.RecordBatch], pa.RecordBatch]"
    ) -> list[Subjects]:
        """The subjects with a key, block by block; `look` is shown what has been read, and gives what is kept of it."""
        portions = self._portions(view, columns, look)
        return list(self.pool.map(lambda block: _subjects(portions.taken(block)), range(self.blocks)))

    def records(self, view: str, columns: Sequence[str], subjects: list[Subjects]) -> list[Owned]:
        """The records of the subjects of each block; those of nobody are left out."""
        portions = self._portions(view, columns, lambda rows: rows)
        blocks = enumerate(subjects)
        owned = list(self.pool.map(lambda block: _owned(portions.taken(block[0]), block[1]), blocks))
        self.held += sum(item.rows.nbytes for item in owned) - portions.bytes
        return owned

    def _portions(
        self, view: str, columns: Sequence[str], look: "Callable[[pa.RecordBatch], pa.RecordBatch]"
    ) -> Portions:
        import pyarrow as pa

        listed = ", ".join(map(quoted_name, columns))
        query = f"SELECT {HASHED} AS {HASH}, {listed} FROM {view} WHERE {KEY} <> ''"
        waiting: deque[Future[tuple[pa.RecordBatch, Positions]]] = deque()
        with memory_asked_for(), self.connection.sql(query).to_arrow_reader(READ_AT_ONCE) as reader:
            portions = Portions(self.blocks, pa.RecordBatch.from_pylist([], reader.schema))
            for rows in reader:
                self._hold(rows)
                waiting.append(self.pool.submit(_portioned, look(rows), self.blocks))
                if len(waiting) > 2:
                    portions.keep(waiting.popleft().result())
        for portioned in waiting:
            portions.keep(portioned.result())
        return portions

    def _hold(self, rows: "pa.RecordBatch") -> None:
        self.held += rows.nbytes
        if self.held > BYTES_HELD:
            raise OutOfMemory(f"more than {BYTES_HELD} bytes of rows")


def _portioned(rows: "pa.RecordBatch", blocks: int) -> "tuple[pa.RecordBatch, Positions]":
    """Rows in the order of the blocks that their hashes fall to, and where those of each block start."""
    import numpy as np
    import pyarrow as pa

    if blocks == 1:
        return rows, np.array([0, len(rows)])
    # The first bits of a hash, stretched over the blocks: hashes of a block are neighbours.
    of = ((_hashes(rows) >> np.uint64(32)) * np.uint64(blocks) >> np.uint64(32)).astype(np.uint16)
    starts = _starts(np.bincount(of, minlength=blocks))
    return rows.take(pa.array(np.argsort(of, kind="stable"))), starts


def _subjects(rows: "pa.RecordBatch") -> Subjects:
    import numpy as np
    import pyarrow as pa

    rows = rows.take(pa.array(np.argsort(_hashes(rows))))
    hashes = _hashes(rows)
    same = hashes[1:] == hashes[:-1]
    doubtful = np.zeros(len(hashes), np.bool_)
    doubtful[1:] |= same
    doubtful[:-1] |= same
    return Subjects(rows.drop_columns([HASH]), hashes, doubtful)


def _owned(rows: "pa.RecordBatch", subjects: Subjects) -> Owned:
    """The records that belong to subjects; of several subjects with one hash, to the first."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    owners = pc.index_in(rows.column(HASH), value_set=pa.array(subjects.hashes))
    belongs = pc.equal(subjects.rows.column(KEY).take(owners), rows.column(KEY)).fill_null(False)
    if not pc.all(belongs, min_count=0).as_py():
        rows, owners = rows.filter(belongs), owners.filter(belongs)
    # Numbers of 16 bits are put into order by their digits, several times as fast as others.
    size = np.uint16 if len(subjects.hashes) <= 1 << 16 else np.uint32
    of = owners.to_numpy().astype(size)
    order = pa.array(np.argsort(of, kind="stable"))
    return Owned(_starts(np.bincount(of, minlength=len(subjects.hashes))), rows.drop_columns([HASH, KEY]).take(order))


def _hashes(rows: "pa.RecordBatch") -> "Hashes":
    hashes: Hashes = rows.column(HASH).to_numpy()
    return hashes


def _starts(counts: "NDArray[np.integer] | Truths") -> "Positions":
    """Where each of several runs starts, one behind the other, and behind the last one."""
    import numpy as np

    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])
