"""The queries of the SQL backend in Spark, in ANSI mode, give what the interpreter says, to the last digit.

A query takes Spark a second or two, so that each program has many subjects. CREDITDSL_AGREEMENT_EXAMPLES=n tries a tenth as
many programs.
"""

import os
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditdsl.backends.sql.emit import Dialect, Part
from tests.conftest import tool
from tests.sql_support import (
    EXECUTED,
    LONG,
    TABLE_PARTS,
    Table,
    database_tables,
    drawn_batch,
    expected,
    normal,
    queries,
)

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pyspark = pytest.importorskip("pyspark")
pytestmark = [
    pytest.mark.xdist_group("spark"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
FEW = settings(LONG, max_examples=max(2, int(os.environ.get("CREDITDSL_AGREEMENT_EXAMPLES", "20")) // 10))


@pytest.fixture(scope="session")
def spark() -> Iterator["SparkSession"]:
    tool("java")
    from pyspark.sql import SparkSession

    settings_ = {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.default.parallelism": "1",
        "spark.sql.ansi.enabled": "true",
        "spark.sql.adaptive.enabled": "false",
        # Compiling Java for a query takes far longer than these few rows; what is computed is the same.
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.session.timeZone": "UTC",
        "spark.driver.memory": "2g",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.log.level": "ERROR",
    }
    builder = SparkSession.builder.master("local[2]")
    for name, value in settings_.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


def load(spark: "SparkSession", tables: list[Table]) -> None:
    """The tables as views."""
    for name, columns, rows in tables:
        schema = ", ".join(f"`{column}` {type_.replace('VARCHAR', 'STRING')}" for column, type_ in columns)
        typed = [tuple(_scaled(value, type_) for value, (_, type_) in zip(row, columns, strict=True)) for row in rows]
        spark.createDataFrame(typed, schema).createOrReplaceTempView(f"`{name}`")


def _scaled(value: object, type_: str) -> object:
    if isinstance(value, Decimal):
        return value.quantize(Decimal(1).scaleb(-int(type_.split(",")[1].strip(" )"))))
    return value


@FEW
@given(st.data())
def test_every_table_of_the_result_is_that_of_the_interpreter(spark: "SparkSession", data: st.DataObject) -> None:
    batch = drawn_batch(data)
    load(spark, database_tables(batch.program, batch.subjects))
    statements = queries(batch, Dialect.SPARK, parts=EXECUTED)
    meant = expected(batch)
    for part in TABLE_PARTS:
        assert normal(spark.sql(statements[part]).collect()) == meant[part], statements[part]
    assert spark.sql(statements[Part.PROBLEMS]).collect() == []
