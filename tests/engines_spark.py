"""What the tests of the engine on Spark share: one Spark in a process, and its results beside those of the local engine."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from creditdsl.core.ir import Program
from creditdsl.engines.duck import read_parquet
from creditdsl.engines.layout import FileFormat
from creditdsl.engines.run import RunOptions
from creditdsl.engines.spark_session import SETTINGS
from creditdsl.engines.summary import Summary
from creditdsl.score import score, score_on_spark

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SPARK = [
    pytest.mark.xdist_group("spark"),
    # What pyspark leaves open is not this program's matter.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
QUICK = "-XX:TieredStopAtLevel=1"
"""Java compiles once and not too well: a process of its own does not run long enough for more; the one that all tests share does."""
SERIAL = "-XX:+UseSerialGC"
"""The collector that takes least where two processors have other work."""
TABLES = ("results", "findings", "measures", "rejects")
TOWN_RUN = ("2020", date(2021, 4, 30))


@contextmanager
def shared_spark() -> Iterator["SparkSession"]:
    """The Spark of this process, with settings that a run must not depend on."""
    from pyspark.sql import SparkSession

    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.default.parallelism": "2",
        # Tables are small here, and compiling each stage takes longer than running it; a run of its own process compiles.
        "spark.sql.codegen.wholeStage": "false",
        "spark.driver.memory": "2g",
        "spark.driver.extraJavaOptions": SERIAL,
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.log.level": "ERROR",
    }
    builder = SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    try:
        yield session
    finally:
        session.stop()


def session_with(spark: "SparkSession", settings: Mapping[str, str] = SETTINGS) -> "SparkSession":
    """A session with settings of its own, by themselves those of a run."""
    session = spark.newSession()
    for name, value in settings.items():
        session.conf.set(name, value)
    return session


def both(
    program: Program, folder: Path, out: Path, period: str = "2020", as_of: date = TOWN_RUN[1], **options: object
) -> Summary:
    """A run on Spark into `out`/spark and one of single subjects into `out`/local, which must say the same."""
    chosen = RunOptions(period, as_of, "en", format=FileFormat.PARQUET, **options)  # type: ignore[arg-type]
    local = score(program, folder, out / "local", chosen, engine="python")
    given = score_on_spark(program, (folder, out / "spark"), chosen)
    assert_same(out / "spark", out / "local")
    assert given == local
    return given


def assert_same(spark: Path, local: Path) -> None:
    """The same tables: columns, types and rows, those of rejects in the same order; and the same summary."""
    for name in TABLES:
        assert (spark / f"{name}.parquet").is_dir() == (name != "rejects")
        assert rows(spark, name) == rows(local, name), name
    assert (spark / "summary.json").read_text() == (local / "summary.json").read_text()
    assert {path.name for path in spark.iterdir()} == {path.name for path in local.iterdir()}


def rows(out: Path, name: str) -> tuple[list[tuple[str, str]], list[tuple[object, ...]]]:
    """The columns of a table with their types, and its rows; as they stand for rejects, else sorted."""
    path = out / f"{name}.parquet"
    files = read_parquet(sorted(path.iterdir()) if path.is_dir() else (path,))
    with duckdb.connect() as connection:
        columns = [(row[0], row[1]) for row in connection.execute(f"DESCRIBE SELECT * FROM {files}").fetchall()]
        found = connection.execute(f"SELECT * FROM {files}").fetchall()
    return columns, found if name == "rejects" else sorted(found, key=str)


def summary_of(out: Path) -> dict[str, object]:
    content: dict[str, object] = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    return content
