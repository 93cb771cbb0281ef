"""`creditdsl score` as a whole, Parquet to Parquet, against what DuckDB needs for the same tables.

In: numbers of subjects and of records a subject. Out: seconds and the largest resident memory of each process, start included:

- `creditdsl score` on the scheme of thirty indicators: rows checked, results, findings, measures, rejects and summary written;
- DuckDB merely reading the tables, joining and aggregating them by subject, and writing one row a subject;
- DuckDB grading by the hand-written SQL, one row a subject, nothing checked.

The scores and grades of the first are compared with those of the last for every subject.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.benchmarks import scheme_policy
from tests.benchmarks.contest import Disagreement
from tests.benchmarks.contestants.records_by_hand import grouped_query, rule_statements
from tests.benchmarks.records import AS_OF, PERIOD, TABLES, RecordScheme, record_scheme_of, table_statements
from tests.benchmarks.surroundings import environment

INDICATORS = 30


@dataclass(slots=True)
class Process:
    """One command: seconds of each round, and the most resident memory of its processes in MiB."""

    name: str
    title: str
    seconds: list[float] = field(default_factory=list)
    memory: int = 0

    @property
    def median(self) -> float:
        return median(self.seconds)


def end_to_end(subjects: int, each: int, rounds: int) -> tuple[int, list[Process]]:
    """The number of records, and the three processes, measured in turns."""
    scheme = record_scheme_of(INDICATORS)
    with tempfile.TemporaryDirectory(prefix="creditdsl-benchmark-", dir=os.environ.get("TMPDIR")) as name:
        folder = Path(name)
        records = _write(scheme, subjects, each, folder)
        commands = _commands(scheme, folder)
        found = [Process(key, title) for key, title, _ in commands]
        for _ in range(rounds):
            for process, (_, _, command) in zip(found, commands, strict=True):
                seconds, memory = _run(command)
                process.seconds.append(seconds)
                process.memory = max(process.memory, memory)
        _compare(folder, subjects)
    return records, found


def _write(scheme: RecordScheme, subjects: int, each: int, folder: Path) -> int:
    """The policy and its tables; gives the number of records."""
    import duckdb

    scheme_policy.write_policy(INDICATORS, "records", folder / "policy")
    (folder / "tables").mkdir()
    connection = duckdb.connect(str(folder / "made.duckdb"))
    for statement in table_statements(scheme, subjects, each):
        connection.execute(statement)
    records = 0
    for table in ("entity", *TABLES):
        connection.execute(f"COPY \"{table}\" TO '{folder}/tables/{table}.parquet' (FORMAT parquet)")
        if table != "entity":
            records += connection.execute(f'SELECT count(*) FROM "{table}"').fetchall()[0][0]
    connection.close()
    (folder / "made.duckdb").unlink()
    return records


def _commands(scheme: RecordScheme, folder: Path) -> list[tuple[str, str, list[str]]]:
    views = [f"CREATE VIEW \"{name}\" AS FROM '{folder}/tables/{name}.parquet'" for name in ("entity", *TABLES)]
    read = [*views, f"COPY ({_aggregated()}) TO '{folder}/aggregated.parquet' (FORMAT parquet)"]
    grade = [
        *views,
        *rule_statements(scheme),
        f"COPY ({grouped_query(scheme)}) TO '{folder}/graded.parquet' (FORMAT parquet)",
    ]
    score = ["-m", "creditdsl", "score", "policy", "tables", "-o", "scored", "--period", PERIOD, "--as-of", str(AS_OF)]
    places = {"policy", "tables", "scored"}
    return [
        ("duckdb-read", "DuckDB: read, join, aggregate, write", _duckdb(folder, "read", read)),
        ("duckdb-grade", "DuckDB: the SQL by hand", _duckdb(folder, "grade", grade)),
        (
            "creditdsl-score",
            "`creditdsl score`",
            [sys.executable, *(str(folder / part) if part in places else part for part in score)],
        ),
    ]


def _aggregated() -> str:
    """One row a subject with a few aggregates of every table: what nobody who grades can do without."""
    parts = {
        "violation": "count(*) AS violations, sum(amount) AS fined, max(decided) AS last_decided",
        "default": "count(*) AS defaults, sum(amount) AS owed, max(due) AS last_due",
        "award": "count(*) AS awards, max(granted) AS last_granted",
    }
    joins = " ".join(
        f'LEFT JOIN (SELECT uscc, {columns} FROM "{table}" GROUP BY uscc) USING (uscc)'
        for table, columns in parts.items()
    )
    return f"SELECT * FROM entity {joins}"


def _duckdb(folder: Path, name: str, statements: list[str]) -> list[str]:
    script = folder / f"{name}.py"
    lines = ["import duckdb", "connection = duckdb.connect()"]
    lines += [f"connection.execute({statement!r})" for statement in statements]
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [sys.executable, str(script)]


def _run(command: list[str]) -> tuple[float, int]:
    """Seconds of a process, and MiB of the largest one that it consisted of."""
    launched = [sys.executable, str(Path(__file__).with_name("launch.py")), *command]
    finished = subprocess.run(launched, capture_output=True, text=True, env=environment(), check=False)
    if finished.returncode:
        raise SystemExit(f"{command}: status {finished.returncode}\n{finished.stderr[-2000:]}")
    told = json.loads(finished.stdout)
    return told["seconds"], told["memory"]


def _compare(folder: Path, subjects: int) -> None:
    """Disagreement unless the batch engine and the SQL by hand gave every subject the same score and grade."""
    import duckdb

    names = ", ".join(f"'{name}'" for name, _ in scheme_policy.GRADES)
    different = duckdb.sql(
        f"""
        SELECT count(*), count(*) FILTER (WHERE s.score * 10 = g.score AND s.grade = [{names}][g.grade + 1])
        FROM '{folder}/scored/results.parquet' s FULL JOIN '{folder}/graded.parquet' g ON s.uscc = g.uscc
        """
    ).fetchall()[0]
    if different != (subjects, subjects):
        raise Disagreement(f"of {different[0]} subjects, {different[1]} are graded alike")
