"""Records find their subjects by hash, and belong to them by key alone, whatever hashes are shared."""

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from creditdsl.engines import gathered
from creditdsl.engines.layout import FileFormat
from creditdsl.engines.plain import pages_kept
from tests.engines_town import town
from tests.test_engines_columns import assert_same, both, write_parquet
from tests.test_engines_run import write_city

AS_OF = date(2021, 4, 30)


@pytest.mark.parametrize(("bits", "at_least"), [(1, 0), (8, 30), (64, 119)])
def test_hashes_that_are_shared_change_nothing(
    bits: int, at_least: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathered, "HASHED", f"hash(key) >> {64 - bits} << {64 - bits}")
    write_city(tmp_path / "in", 120, 5, 0.0)
    watched, summary = both(town(), tmp_path / "in", tmp_path / "out", "2020", AS_OF)
    assert_same(tmp_path / "out")
    assert summary.scored == 120
    assert at_least <= watched.subjects
    assert bits == 64 or watched.subjects < 120


def test_a_record_with_the_hash_of_a_subject_but_another_key_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathered, "HASHED", "CASE WHEN key IN ('A', 'Z') THEN 7 ELSE hash(key) END::UBIGINT")
    filing = ("010101", "2020-01-05", None, "1")
    write_parquet(tmp_path / "in", [("A", 36, "1", True), ("B", 36, "1", True)], [("A", *filing), ("Z", *filing)])
    watched, summary = both(town(), tmp_path / "in", tmp_path / "out", "2020", AS_OF, format=FileFormat.CSV)
    assert_same(tmp_path / "out")
    assert watched.graded == {"A", "B"}
    assert [table.refused for table in summary.tables] == [0, 1]


def test_many_blocks_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_city(tmp_path / "in", 120, 9, 0.05)
    both(town(), tmp_path / "in", tmp_path / "whole", "2020", AS_OF)
    monkeypatch.setattr(gathered, "BLOCK", 4)
    monkeypatch.setattr(gathered, "READ_AT_ONCE", 16)
    both(town(), tmp_path / "in", tmp_path / "blocks", "2020", AS_OF)
    for name in ("results", "findings", "measures", "rejects"):
        whole, blocks = (tmp_path / part / "columns" / f"{name}.csv" for part in ("whole", "blocks"))
        assert whole.read_bytes() == blocks.read_bytes(), name


def test_parquet_stands_in_one_order_however_many_threads_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathered, "BLOCK", 4)
    monkeypatch.setattr(gathered, "READ_AT_ONCE", 16)
    write_city(tmp_path / "in", 120, 3, 0.0)
    for jobs in (1, 3):
        both(town(), tmp_path / "in", tmp_path / f"{jobs}", "2020", AS_OF, format=FileFormat.PARQUET, jobs=jobs)
    for name in ("results", "findings", "measures"):
        first, second = (tmp_path / jobs / "columns" / f"{name}.parquet" for jobs in ("1", "3"))
        assert pq.read_table(first).equals(pq.read_table(second)), name


@pytest.mark.parametrize("subjects", [0, 1, 65_536, 65_537, 70_000])
def test_a_block_may_have_more_subjects_than_sixteen_bits_tell(subjects: int) -> None:
    """Three records of each subject, the last subject's first, and two of nobody."""
    hashes = np.arange(subjects, dtype=np.uint64) * 3
    keys = pa.array([str(number) for number in hashes])
    block = gathered.Subjects(pa.record_batch({"key": keys}), hashes, np.zeros(subjects, np.bool_))
    of = [*(number for number in reversed(hashes.tolist()) for _ in range(3)), 1, 2]
    rows = pa.record_batch(
        {
            "hash": pa.array(of, pa.uint64()),
            "key": pa.array([str(number) for number in of]),
            "amount": pa.array(of, pa.int64()),
        }
    )
    owned = gathered._owned(rows, block)
    assert owned.rows.column("amount").to_pylist() == [number for number in hashes.tolist() for _ in range(3)]
    assert owned.starts.tolist() == list(range(0, subjects * 3 + 1, 3))


def test_arrow_has_its_own_memory_back_after_a_pass() -> None:
    before = pa.default_memory_pool().backend_name
    with pytest.raises(KeyError), pages_kept():
        assert pa.default_memory_pool().backend_name in {"jemalloc", "system"}
        raise KeyError
    assert pa.default_memory_pool().backend_name == before
