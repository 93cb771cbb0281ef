"""Tables that are too large for the memory are graded in shares, with the same result to the byte.

The memory and the sizes are set small here.
"""

import sys
from collections.abc import Iterator
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import pytest

from creditdsl.core.inputs import run_context
from creditdsl.engines import disk, duck, gathered, plain_shares
from creditdsl.engines.gathered import Gatherer, Owned
from creditdsl.engines.layout import FileFormat, read_layout
from creditdsl.engines.plain_shares import Share, Shares
from creditdsl.engines.run import RunOptions, run
from creditdsl.engines.summary import Summary
from creditdsl.score import column_plan
from tests.engines_support import interpreter
from tests.engines_town import town
from tests.test_engines_columns import FILES, GOOD, ROWS, TAXPAYERS, assert_same, both, write_parquet
from tests.test_engines_run import write_city

AS_OF = date(2021, 4, 30)


class Seen:
    """What became of shares: those that were looked at, and those that took too much memory."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shares: list[Share] = []
        self.refused: list[Share] = []
        each, refuse = Shares.__iter__, Shares.refuse

        def seen(shares: Shares) -> Iterator[Share]:
            for share in each(shares):
                self.shares.append(share)
                yield share

        def refused(shares: Shares, share: Share) -> bool:
            self.refused.append(share)
            return refuse(shares, share)

        monkeypatch.setattr(Shares, "__iter__", seen)
        monkeypatch.setattr(Shares, "refuse", refused)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    return Seen(monkeypatch)


def in_shares_of(bytes_: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_shares, "BYTES_AT_ONCE", bytes_)
    monkeypatch.setattr(plain_shares, "BYTES_OF_A_SHARE", bytes_)


def write_large(folder: Path, subjects: int, records: int) -> None:
    """Tables of so many subjects and records, in no order."""
    folder.mkdir()
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT printf('91440300MA%08d', i * 7919 % {subjects}) AS uscc, (hash(i) % 100)::INTEGER AS operating_months, "
            "(hash(i + 1) % 100000)::DECIMAL(18, 2) AS tax_payable, hash(i + 2) % 3 > 0 AS general_vat "
            f"FROM range({subjects}) AS t(i)) TO '{folder}/taxpayer.parquet'"
        )
        connection.execute(
            f"COPY (SELECT printf('91440300MA%08d', hash(i) % {subjects}) AS uscc, '010101' AS tax, "
            "DATE '2020-01-01' + (hash(i + 1) % 300)::INTEGER AS due, NULL::DATE AS filed, "
            f"(hash(i + 2) % 1000)::DECIMAL(18, 2) AS tax_due FROM range({records}) AS t(i)) TO '{folder}/late_filing.parquet'"
        )


def with_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole columns get 4 MB for rows, and 40 MB of DuckDB without a disk: with one it sometimes takes minutes to give up."""
    connect = duckdb.connect

    def without_spilling(*arguments: Any, config: dict[str, Any] | None = None, **others: Any) -> Any:
        given = dict(config or {})
        if given.get("memory_limit") == duck.MEMORY_OF_COLUMNS:
            given["max_temp_directory_size"] = "0KB"
        return connect(*arguments, config=given, **others)

    monkeypatch.setattr(gathered, "BYTES_HELD", 4 << 20)
    monkeypatch.setattr(duck, "MEMORY_OF_COLUMNS", "40MB")
    monkeypatch.setattr(duckdb, "connect", without_spilling)


def scored(folder: Path, out: Path, **options: object) -> Summary:
    """A run with columns over the tables of the town."""
    program, chosen = town(), RunOptions("2020", AS_OF, "en", jobs=2, **options)  # type: ignore[arg-type]
    plan = column_plan(program, run_context(program, "2020", AS_OF), "en")
    return run(program, (folder, out), interpreter(program, "2020", AS_OF, "en"), chosen, plan=plan)


@pytest.mark.parametrize("form", FileFormat)
def test_what_there_is_no_memory_for_is_divided(
    form: FileFormat, tmp_path: Path, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_large(tmp_path / "in", 120_000, 360_000)
    expected = scored(tmp_path / "in", tmp_path / "at_once", format=form, sort=True)
    assert [share.of for share in seen.shares] == [1]
    with_little_memory(monkeypatch)
    assert scored(tmp_path / "in", tmp_path / "in_shares", format=form, sort=True) == expected
    assert seen.refused
    assert len(seen.shares) > 4
    for name in FILES:
        at_once, in_shares = (tmp_path / part / f"{name}.{form.value}" for part in ("at_once", "in_shares"))
        assert at_once.read_bytes() == in_shares.read_bytes(), name


@pytest.mark.parametrize("seed", range(4))
def test_shares_are_refused_and_graded_like_the_whole(
    seed: int, tmp_path: Path, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_shares_of(2_000, monkeypatch)
    write_city(tmp_path / "in", 120, seed, (0.0, 0.02, 0.1, 0.3)[seed])
    watched, summary = both(town(), tmp_path / "in", tmp_path / "out", "2020", AS_OF)
    assert_same(tmp_path / "out")
    assert len({(share.of, share.remainder) for share in seen.shares}) > 5
    assert watched.subjects <= summary.scored


@pytest.mark.parametrize("case", sorted(ROWS))
def test_whatever_is_odd_is_seen_in_shares(
    case: str, tmp_path: Path, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_shares_of(100, monkeypatch)
    taxpayers, filings, graded = ROWS[case]
    write_parquet(tmp_path / "in", taxpayers or TAXPAYERS[1], filings)
    watched, _ = both(town(), tmp_path / "in", tmp_path / "out", "2020", AS_OF, format=FileFormat.CSV)
    assert_same(tmp_path / "out")
    # A share that has been graded before the first blank was met is graded once more.
    assert watched.subjects >= (graded if taxpayers else 3)
    assert any(share.of > 1 for share in seen.shares)


def test_a_key_with_nearly_all_records_is_a_share_of_its_own(
    tmp_path: Path, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_shares_of(500, monkeypatch)
    people = [(f"K{number}", 36, "1", True) for number in range(10)]
    write_parquet(tmp_path / "in", people, [("K7", "010101", "2020-01-05", None, "1")] * 300)
    watched, _ = both(town(), tmp_path / "in", tmp_path / "out", "2020", AS_OF, format=FileFormat.CSV)
    assert_same(tmp_path / "out")
    assert watched.subjects == 10
    assert max(share.size for share in seen.shares) > 500


@pytest.mark.parametrize("can_be_divided", [True, False])
def test_a_share_that_is_still_too_large_is_divided_or_graded_one_by_one(
    can_be_divided: bool, tmp_path: Path, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_shares_of(3_000, monkeypatch)
    too_large = 1
    if not can_be_divided:
        monkeypatch.setattr(plain_shares, "IN_VAIN", 0)
        too_large = 3
    records, answers = Gatherer.records, count()

    def not_the_first_ones(gatherer: Gatherer, *given: Any) -> list[Owned]:
        if next(answers) < too_large:
            raise duck.OutOfMemory
        return records(gatherer, *given)

    monkeypatch.setattr(Gatherer, "records", not_the_first_ones)
    write_city(tmp_path / "in", 120, 7, 0.0)
    watched, summary = both(town(), tmp_path / "in", tmp_path / "out", "2020", AS_OF)
    assert_same(tmp_path / "out")
    assert len(seen.refused) == too_large
    assert summary.scored == 120
    assert (watched.subjects == 120) == can_be_divided
    assert watched.subjects > 60


def test_nothing_of_a_run_in_shares_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_shares_of(1_000, monkeypatch)
    write_parquet(tmp_path / "in", TAXPAYERS[1], GOOD)
    scored(tmp_path / "in", tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]
    assert len(list((tmp_path / "out").iterdir())) == len(FILES) + 1


@pytest.mark.skipif(sys.platform != "linux", reason="there is no /dev/full")
@pytest.mark.parametrize("writer", ["duckdb", "python"])
def test_a_full_disk_is_told_with_the_room_that_is_wanted(writer: str, tmp_path: Path) -> None:
    write_parquet(tmp_path / "in", TAXPAYERS[1], GOOD)
    layout = read_layout(town(), tmp_path / "in")
    with (
        duckdb.connect() as connection,
        pytest.raises(OSError, match=r"磁盘空间不足:本次运行可用 [0-9.]+ GB,约需 [0-9.]+ GB"),
        disk.room_wanted(layout, tmp_path, "zh"),
    ):
        if writer == "duckdb":
            connection.execute("COPY (SELECT * FROM range(1000000)) TO '/dev/full' (FORMAT csv)")
        else:
            Path("/dev/full").write_text("x")


def test_other_faults_are_not_taken_for_a_full_disk(tmp_path: Path) -> None:
    write_parquet(tmp_path / "in", TAXPAYERS[1], GOOD)
    layout = read_layout(town(), tmp_path / "in")
    with pytest.raises(FileNotFoundError), disk.room_wanted(layout, tmp_path, "en"):
        (tmp_path / "none").read_text()
