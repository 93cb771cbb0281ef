"""Records find their subjects by hash, and belong to them by key alone, whatever hashes are shared."""

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from creditdsl.engines import gathered
from creditdsl.engines.layout import FileFormat
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
