"""The door to Spark: a session that computes exactly, and says nothing of its own accord.

In: the address of a master, or none. Out: a session of its own, with ANSI arithmetic and days in UTC. Where Spark is running
already in this process (a session of the caller's, or `spark-submit`) it is used and left running; otherwise it is started,
with whatever SPARK_CONF_DIR says, and stopped at the end.

pyspark is imported inside the functions: nothing else needs it, and it may not be installed.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from creditdsl.diagnostics import Text
from creditdsl.engines import messages

if TYPE_CHECKING:
    from pyspark import SparkConf
    from pyspark.sql import SparkSession

SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.caseSensitive": "true",
    "spark.sql.legacy.parquet.nanosAsLong": "true",
    # Days before 1900 are refused by their number, whatever calendar the writer had; reading them must not fail.
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.int96RebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    # No row is passed over in silence.
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.files.ignoreMissingFiles": "false",
}
"""What the exactness of a run depends on, whatever the cluster's own settings are."""

LOG_LINES = 3
"""How many of the last lines of what Java said are repeated when it does not start."""


class SparkTrouble(Exception):
    """Spark cannot be used, or has failed: what happened, and what can be done about it."""

    def __init__(self, message: Text, remedy: Text | None = None) -> None:
        super().__init__(message.en)
        self.message = message
        self.remedy = remedy


@contextmanager
def spark_session(master: str | None, work: Path) -> Iterator["SparkSession"]:
    """A session with the settings of a run; what Java says to standard error goes into a file in `work`.

    SparkTrouble when there is no Spark, no Java, or when Spark fails while the session is in use.
    """
    try:
        from pyspark import SparkContext
        from pyspark.sql import SparkSession
    except ImportError:
        raise SparkTrouble(messages.no_pyspark(), messages.install_pyspark()) from None
    with spark_faults():
        is_running = SparkContext._active_spark_context is not None
        given = SparkSession.builder.getOrCreate() if is_running else _started(master, work / "spark.log")
        try:
            session = given.newSession()
            for name, value in SETTINGS.items():
                session.conf.set(name, value)
            yield session
        finally:
            if not is_running:
                _stop(given)


@contextmanager
def spark_faults() -> Iterator[None]:
    """What Spark raises as SparkTrouble, with the first line of its message."""
    from py4j.protocol import Py4JError, Py4JJavaError  # type: ignore[import-untyped]  # comes with pyspark
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as fault:
        said = str(fault.java_exception.getMessage()) if isinstance(fault, Py4JJavaError) else str(fault)
        first = next((line for line in said.splitlines() if line.strip()), type(fault).__name__)
        raise SparkTrouble(messages.spark_failed(first)) from fault


def _started(master: str | None, log: Path) -> "SparkSession":
    """A new session. Java is started here, so that its output can be kept off the terminal."""
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    submitted = "PYSPARK_GATEWAY_PORT" in os.environ
    if not submitted and not _has_java():
        raise SparkTrouble(messages.no_java(), messages.install_java())
    conf = _conf(SparkConf(loadDefaults=submitted), master)
    with log.open("wb") as out:
        try:
            gateway = launch_gateway(conf, {"stdout": out, "stderr": out})
            context = SparkContext(gateway=gateway, conf=conf)
        except Exception as fault:
            said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-LOG_LINES:]
            raise SparkTrouble(messages.spark_not_started(" ".join(said) or str(fault).partition("\n")[0])) from fault
    context.setLogLevel("ERROR")
    return SparkSession(context)


def _conf(conf: "SparkConf", master: str | None) -> "SparkConf":
    """What Spark is started with; what it is not told here, its own files of settings say."""
    if master is not None:
        conf.set("spark.master", master)
    conf.setIfMissing("spark.app.name", "creditdsl score")
    conf.set("spark.sql.catalogImplementation", "in-memory")
    conf.set("spark.ui.showConsoleProgress", "false")
    if master is None or master.startswith("local"):
        conf.setIfMissing("spark.ui.enabled", "false")
    return conf


def _has_java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java") is not None if home is None else (Path(home) / "bin" / "java").exists()


def _stop(session: "SparkSession") -> None:
    """Stop Spark, and the Java process with it."""
    from pyspark import SparkContext

    # pyspark has no function that ends the process which it has started.
    gateway = SparkContext._gateway
    session.stop()
    if gateway is None or (process := getattr(gateway, "proc", None)) is None:
        return
    gateway.shutdown()
    process.stdin.close()
    process.wait()
    # The next run in this process starts a Java of its own.
    SparkContext._gateway = SparkContext._jvm = None
