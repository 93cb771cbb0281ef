"""Whole runs: nothing half-written, the same result however it is made, and every row accounted for."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creditdsl.diagnostics import InternalError, PolicyError
from creditdsl.engines import pool
from creditdsl.engines.layout import FileFormat
from creditdsl.engines.run import RunOptions, run
from creditdsl.engines.target import LOCK
from tests.engines_support import read_csv, score
from tests.engines_town import town

ROOT = Path(__file__).parents[1]
HEADER = "uscc,operating_months,tax_payable,general_vat,prior_grade,share,founded,remark\n"
LATE = "uscc,tax,due,filed,tax_due\n"


def write_city(folder: Path, subjects: int, seed: int, faults: float) -> dict[str, int]:
    """Tables of which a share of the rows is wrong in one of many ways; gives the number of rows of each."""
    draw = random.Random(seed)
    taxpayers, filings = [], []
    for number in range(subjects):
        key = f"K{draw.randrange(subjects * 3) if draw.random() < faults else number:07}"
        months = "x" if draw.random() < faults else str(draw.randrange(100))
        taxpayers.append(f"{key},{months},{draw.randrange(10**6) / 100:.2f},yes,,,,")
        if draw.random() < faults:
            taxpayers[-1] = draw.choice(
                [taxpayers[-1] + ",", key, '"' + taxpayers[-1], ",,,,,,,", taxpayers[-1] + '"a"b']
            )
        for _ in range(draw.choice((0, 1, 2, 5))):
            owner = f"K{draw.randrange(subjects * 3) if draw.random() < faults else number:07}"
            due = (
                draw.choice(["2020-02-30", "", "43831"])
                if draw.random() < faults
                else f"2020-01-{draw.randrange(1, 29)}"
            )
            filings.append(f"{owner},010101,{due},,{draw.randrange(1000)}")
            if draw.random() < faults:
                filings[-1] = draw.choice([filings[-1][:12], filings[-1] + ",,", '"'])
    draw.shuffle(taxpayers)
    draw.shuffle(filings)
    folder.mkdir(exist_ok=True)
    (folder / "taxpayer.csv").write_text(HEADER + "\n".join(taxpayers) + "\n", encoding="utf-8")
    (folder / "late_filing.csv").write_text(LATE + "\n".join(filings) + "\n", encoding="utf-8")
    return {"taxpayer": len(taxpayers), "late_filing": len(filings)}


def rows_accounted_for(out: Path) -> Counter[str]:
    refused = {(row["table"], row["row"]) for row in read_csv(out / "rejects.csv")}
    return Counter(table for table, _ in refused)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), faults=st.sampled_from([0.0, 0.05, 0.5]))
def test_every_row_is_used_or_refused(tmp_path_factory: pytest.TempPathFactory, seed: int, faults: float) -> None:
    folder = tmp_path_factory.mktemp("city")
    rows = write_city(folder / "tables", 60, seed, faults)
    summary = score(town(), folder / "tables", folder / "out")
    refused = rows_accounted_for(folder / "out")
    keys = [row["uscc"] for row in read_csv(folder / "out" / "results.csv")]
    assert {table.name: table.rows for table in summary.tables} == rows
    assert {table.name: table.used + refused[table.name] for table in summary.tables} == rows
    assert len(keys) == summary.scored
    assert keys == sorted(set(keys))


@pytest.mark.slow
def test_a_hundred_thousand_rows_with_faults_are_accounted_for_by_two_processes(tmp_path: Path) -> None:
    rows = write_city(tmp_path / "tables", 35_000, 7, 0.02)
    assert sum(rows.values()) > 100_000
    from creditdsl.score import score as score_compiled

    summary = score_compiled(
        town(), tmp_path / "tables", tmp_path / "out", RunOptions("2020", date(2021, 4, 30), "zh", jobs=2)
    )
    refused = rows_accounted_for(tmp_path / "out")
    assert {table.name: table.used + refused[table.name] for table in summary.tables} == rows
    assert 0 < summary.scored < 35_000
    assert sum(count for _, count in summary.grades) == summary.scored


def test_the_result_does_not_depend_on_the_number_of_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "BATCH", 40)
    write_city(tmp_path / "tables", 300, 3, 0.05)
    for jobs in (1, 3):
        score(town(), tmp_path / "tables", tmp_path / f"out{jobs}", jobs=jobs)
    for name in ("results.csv", "findings.csv", "measures.csv", "rejects.csv", "summary.json"):
        assert (tmp_path / "out1" / name).read_bytes() == (tmp_path / "out3" / name).read_bytes()


def test_the_compiled_module_gives_what_the_interpreter_gives(tmp_path: Path) -> None:
    from creditdsl.score import score as score_compiled

    write_city(tmp_path / "tables", 200, 5, 0.05)
    score(town(), tmp_path / "tables", tmp_path / "slow")
    score_compiled(town(), tmp_path / "tables", tmp_path / "fast", RunOptions("2020", date(2021, 4, 30), "en"))
    for name in ("results.csv", "findings.csv", "measures.csv", "rejects.csv", "summary.json"):
        assert (tmp_path / "slow" / name).read_text() == (tmp_path / "fast" / name).read_text()


def test_csv_and_parquet_results_say_the_same(tmp_path: Path) -> None:
    write_city(tmp_path / "tables", 100, 9, 0.05)
    for form in FileFormat:
        score(town(), tmp_path / "tables", tmp_path / form.value, format=form)
    with duckdb.connect() as connection:
        for name in ("results", "findings", "measures", "rejects"):
            parquet = connection.execute(
                f"SELECT columns(*)::VARCHAR FROM '{tmp_path}/parquet/{name}.parquet' ORDER BY file_row_number"
            ).fetchall()
            points = ("score", "score_after_repair", "points", "points_after_repair")
            for row, line in zip(parquet, read_csv(tmp_path / "csv" / f"{name}.csv"), strict=True):
                assert [
                    value.rstrip("0").rstrip(".") if column in points else value or ""
                    for column, value in zip(line, row, strict=True)
                ] == list(line.values())


def test_the_summary_counts_rows_and_grades_and_names_the_policy(tmp_path: Path) -> None:
    write_city(tmp_path / "tables", 50, 1, 0.0)
    summary = score(town(), tmp_path / "tables", tmp_path / "out")
    written = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert (written["policy"], written["hash"], written["period"], written["as_of"]) == (
        "town", "0" * 16, "2020", "2021-04-30",
    )  # fmt: skip
    assert written["tables"]["taxpayer"] == {"rows": 50, "used": 50, "refused": 0}
    assert [(item["grade"], item["subjects"]) for item in written["grades"]] == list(summary.grades)


def test_a_csv_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    write_city(tmp_path / "tables", 3, 1, 0.0)
    score(town(), tmp_path / "tables", tmp_path / "out", byte_order_mark=True)
    for name in ("results", "findings", "measures", "rejects"):
        content = (tmp_path / "out" / f"{name}.csv").read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        assert content.count(b"\xef\xbb\xbf") == 1


def test_an_earlier_result_is_replaced_as_a_whole(tmp_path: Path) -> None:
    write_city(tmp_path / "tables", 3, 1, 0.0)
    score(town(), tmp_path / "tables", tmp_path / "out", format=FileFormat.PARQUET)
    score(town(), tmp_path / "tables", tmp_path / "out", format=FileFormat.CSV)
    assert sorted(path.suffix for path in (tmp_path / "out").iterdir()) == [".csv"] * 4 + [".json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "tables"]


@pytest.mark.parametrize("name", ["thesis.txt", "summary.json", "results.csv"])
def test_a_folder_with_anything_else_in_it_is_never_replaced(tmp_path: Path, name: str) -> None:
    write_city(tmp_path / "tables", 3, 1, 0.0)
    score(town(), tmp_path / "tables", tmp_path / "out")
    (tmp_path / "out" / name).unlink(missing_ok=True)
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(PolicyError, match="not the result of an earlier run"):
        score(town(), tmp_path / "tables", tmp_path / "out")
    assert (tmp_path / "out" / "mine.txt").read_text() == "mine"


def test_a_table_in_parts_is_replaced_and_anything_else_among_its_parts_never(tmp_path: Path) -> None:
    write_city(tmp_path / "tables", 5, 1, 0.0)
    score(town(), tmp_path / "tables", tmp_path / "out")
    parts = tmp_path / "out" / "results.parquet"
    parts.mkdir()
    (parts / "part-0.parquet").touch()
    (parts / "notes.txt").write_text("mine")
    with pytest.raises(PolicyError, match="CR0912"):
        score(town(), tmp_path / "tables", tmp_path / "out")
    assert (parts / "notes.txt").read_text() == "mine"
    (parts / "notes.txt").unlink()
    score(town(), tmp_path / "tables", tmp_path / "out")
    assert not parts.exists()


def test_an_empty_folder_takes_the_result(tmp_path: Path) -> None:
    write_city(tmp_path / "tables", 3, 1, 0.0)
    (tmp_path / "out").mkdir()
    score(town(), tmp_path / "tables", tmp_path / "out")
    assert (tmp_path / "out" / "results.csv").is_file()


def test_names_that_sql_and_patterns_give_a_meaning_to_are_just_names(tmp_path: Path) -> None:
    odd = tmp_path / "o'dd [1]* %20结果"
    odd.mkdir()
    write_city(odd / "tables", 3, 1, 0.0)
    assert score(town(), odd / "tables", odd / "out[2]").scored == 3
    assert len(read_csv(odd / "out[2]" / "results.csv")) == 3


def test_tables_may_lie_below_a_question_mark_and_results_may_not(tmp_path: Path) -> None:
    (tmp_path / "why?").mkdir()
    write_city(tmp_path / "why?" / "tables", 3, 1, 0.0)
    assert score(town(), tmp_path / "why?" / "tables", tmp_path / "out", format=FileFormat.PARQUET).scored == 3
    with pytest.raises(PolicyError, match="question mark"):
        score(town(), tmp_path / "why?" / "tables", tmp_path / "why?" / "out")


def _broken() -> None:
    raise RuntimeError("no evaluator today")


def test_a_fault_in_a_worker_ends_the_run_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "BATCH", 10)
    write_city(tmp_path / "tables", 50, 1, 0.0)
    options = RunOptions("2020", date(2021, 4, 30), "en", jobs=2)
    with pytest.raises(InternalError, match="no evaluator today"):
        run(town(), (tmp_path / "tables", tmp_path / "out"), _broken, options)  # type: ignore[arg-type]  # that is the fault
    assert [path.name for path in tmp_path.iterdir()] == ["tables"]


KILLED = """
import sys
from datetime import date
from pathlib import Path
from creditdsl.engines import pool
from creditdsl.engines.run import RunOptions, run
from tests.engines_support import interpreter
from tests.engines_town import town

if __name__ == "__main__":
    pool.BATCH = 500
    def report(done, total):
        print(done, flush=True)
    make = interpreter(town(), "2020", date(2021, 4, 30))
    options = RunOptions("2020", date(2021, 4, 30), "en", jobs=2)
    run(town(), (Path(sys.argv[1]), Path(sys.argv[2])), make, options, report)
"""


def children(process: int) -> list[int]:
    task = Path(f"/proc/{process}/task/{process}/children")
    return [int(child) for child in task.read_text().split()]


def is_running(process: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks at processes through /proc")
@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_is_stopped_leaves_no_result_and_no_process(tmp_path: Path, stop: signal.Signals) -> None:
    write_city(tmp_path / "tables", 12_000, 1, 0.0)
    script = tmp_path / "killed.py"
    script.write_text(KILLED, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "tables"), str(tmp_path / "out")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    )
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == "0\n"
        assert process.stdout.readline() == "500\n"
        workers = children(process.pid)
        process.send_signal(stop)
        process.wait(timeout=30)
    assert len(workers) >= 2
    assert not (tmp_path / "out").exists()
    until = time.monotonic() + 30
    while any(is_running(worker) for worker in workers) and time.monotonic() < until:
        time.sleep(0.1)
    assert not [worker for worker in workers if is_running(worker)]
    left = [path.name for path in tmp_path.iterdir() if path.name.endswith(".unfinished")]
    assert len(left) == (1 if stop is signal.SIGKILL else 0)


def test_a_later_run_takes_away_what_a_dead_one_left_and_not_what_a_living_one_has(tmp_path: Path) -> None:
    write_city(tmp_path / "tables", 10, 1, 0.0)
    dead, alive, another = (tmp_path / name for name in (".out.a.unfinished", ".out.b.unfinished", ".o.c.unfinished"))
    for folder in (dead, alive, another):
        folder.mkdir()
        (folder / LOCK).touch()
        (folder / "work").mkdir()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(alive / LOCK)], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "locked\n"
    score(town(), tmp_path / "tables", tmp_path / "out")
    assert [folder.exists() for folder in (dead, alive, another)] == [False, True, True]
    holder.kill()
    holder.communicate()
    score(town(), tmp_path / "tables", tmp_path / "out")
    assert not alive.exists()


HOLD = """
import fcntl, sys
file = open(sys.argv[1])
fcntl.flock(file, fcntl.LOCK_EX)
print("locked", flush=True)
sys.stdin.read()
"""
