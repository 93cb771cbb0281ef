"""The queries of the SQL backend in Spark, in ANSI mode, give what the interpreter says, to the last digit.

Spark takes a second or more for a query over a large program, nearly all of it for its plan and not for rows. So a few
programs run with Spark's usual plans, and more of them in a session whose plans are cheap to make and to start: each table
is one part, so that nothing is exchanged. Most are asked for the one wide row of each subject that the engine on Spark makes
its tables of: it has every definition of a result. And most of those are small, with a plan that takes a part of the time.
They come first, so that Java has compiled Spark when the large ones come.
CREDITDSL_AGREEMENT_EXAMPLES=n asks n small programs and n others for that row, and a tenth as many for all tables.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from creditdsl.backends.sql.emit import Dialect, Part
from tests.engines_spark import SPARK, session_with
from tests.sql_support import (
    EXECUTED,
    LONG,
    TABLE_PARTS,
    Batch,
    Row,
    Table,
    database_tables,
    drawn_batch,
    expected,
    expected_wide,
    normal,
    queries,
)

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pyspark = pytest.importorskip("pyspark")
pytestmark = SPARK
FEW = settings(LONG, max_examples=2)
EXAMPLES = int(os.environ.get("CREDITDSL_AGREEMENT_EXAMPLES", "0"))
MANY = settings(LONG, max_examples=EXAMPLES // 10 or 6)
TOGETHER = 10
"""From the eleventh example on, Hypothesis makes many of parts of earlier ones: nearly half of the programs would be there twice."""
ONCE = settings(LONG, max_examples=TOGETHER, database=None)


def runs_of(programs: int) -> range:
    """Numbers of runs that together have so many programs, or as many as are asked for."""
    return range(-(-(EXAMPLES or programs) // TOGETHER))


OPTIMIZER = "org.apache.spark.sql.catalyst.optimizer"
USUAL = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.adaptive.enabled": "false",
    # Compiling Java for a query takes far longer than these few rows; what is computed is the same.
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
LEAN = {
    **USUAL,
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.leafNodeDefaultParallelism": "1",
    "spark.sql.codegen.wholeStage": "false",
    # Nobody reads the description of a plan, and Spark need not check its own rules after each of them.
    "spark.sql.maxPlanStringLength": "0",
    "spark.sql.debug.maxToStringFields": "0",
    "spark.sql.lightweightPlanChangeValidation": "false",
    # What follows from conditions is for leaving out rows early, and takes long for many columns.
    "spark.sql.constraintPropagation.enabled": "false",
    # A broadcast is a job of its own; tables of one part are joined where they are.
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    # The optimizer would compute with the few rows it sees, and leave out what none are there for; in files it sees no rows.
    "spark.sql.optimizer.excludedRules": f"{OPTIMIZER}.ConvertToLocalRelation,{OPTIMIZER}.PropagateEmptyRelation",
}
"""Settings of sessions."""


@pytest.fixture(scope="module")
def usual(spark: "SparkSession") -> "SparkSession":
    """A session whose plans are Spark's own."""
    return session_with(spark, USUAL)


@pytest.fixture(scope="module")
def lean(spark: "SparkSession") -> "SparkSession":
    """A session in the same Spark whose plans are cheap."""
    # Otherwise each node of a plan looks through the stack for the place that has asked for it.
    spark.sparkContext.setLocalProperty("callSite.long", "test")
    return session_with(spark, LEAN)


def load(spark: "SparkSession", tables: list[Table]) -> None:
    """The tables as views, whose rows come from Python."""
    for name, columns, rows in tables:
        schema = ", ".join(f"`{column}` {type_.replace('VARCHAR', 'STRING')}" for column, type_ in columns)
        typed = [tuple(_scaled(value, type_) for value, (_, type_) in zip(row, columns, strict=True)) for row in rows]
        spark.createDataFrame(typed, schema).createOrReplaceTempView(f"`{name}`")


def load_whole(spark: "SparkSession", tables: list[Table]) -> None:
    """The tables as views of one part each, whose rows Java has: no query asks Python for them."""
    for name, columns, rows in tables:
        values = [
            pa.array([_scaled(row[place], type_) for row in rows], _arrow_type(type_))
            for place, (_, type_) in enumerate(columns)
        ]
        table = pa.table(values, names=[column for column, _ in columns])
        spark.createDataFrame(table).coalesce(1).createOrReplaceTempView(f"`{name}`")


def _arrow_type(type_: str) -> pa.DataType:
    match type_.replace("(", " ").replace(",", " ").replace(")", " ").split():
        case ["DECIMAL", digits, scale]:
            return pa.decimal128(int(digits), int(scale))
        case [name]:
            return {"VARCHAR": pa.string(), "BOOLEAN": pa.bool_(), "BIGINT": pa.int64(), "DATE": pa.date32()}[name]
    raise AssertionError(type_)


def _scaled(value: object, type_: str) -> object:
    if isinstance(value, Decimal):
        return value.quantize(Decimal(1).scaleb(-int(type_.split(",")[1].strip(" )"))))
    return value


def agree(spark: "SparkSession", load: Callable[["SparkSession", list[Table]], None], data: st.DataObject) -> None:
    """All tables of the result of a drawn program are those of the interpreter, and nothing is wrong with its input.

    Spark makes a plan in one thread, so that two queries are under way at a time.
    """
    batch = drawn_batch(data)
    load(spark, database_tables(batch.program, batch.subjects))
    statements = queries(batch, Dialect.SPARK, parts=EXECUTED)
    with ThreadPoolExecutor(2) as pool:
        started = {part: pool.submit(rows, spark, statement) for part, statement in statements.items()}
        meant = expected(batch)
        for part in TABLE_PARTS:
            assert normal(started[part].result()) == meant[part], statements[part]
        assert started[Part.PROBLEMS].result() == []


def rows(spark: "SparkSession", statement: str) -> list[Row]:
    found: list[Row] = spark.sql(statement).collect()
    return found


def agree_in_width(spark: "SparkSession", batch: Batch, *, checked: bool = False) -> None:
    load_whole(spark, database_tables(batch.program, batch.subjects))
    [statement] = queries(batch, Dialect.SPARK, checked=checked, parts=[Part.WIDE]).values()
    assert normal(rows(spark, statement)) == expected_wide(batch), statement


def agrees_in_width(lean: "SparkSession", run: int, *, small: bool) -> None:
    """Ten programs of a run, which differ from those of the others."""

    @seed(run)
    @ONCE
    @given(st.data())
    def agrees(data: st.DataObject) -> None:
        batch = drawn_batch(data, small=small)
        agree_in_width(lean, batch, checked=data.draw(st.booleans(), label="input that is known to be valid"))

    agrees()


@pytest.mark.slow
@pytest.mark.parametrize("run", runs_of(200))
def test_every_definition_of_a_small_program_is_that_of_the_interpreter(lean: "SparkSession", run: int) -> None:
    agrees_in_width(lean, run, small=True)


@pytest.mark.slow
@MANY
@given(st.data())
def test_every_table_of_the_result_is_that_of_the_interpreter(lean: "SparkSession", data: st.DataObject) -> None:
    agree(lean, load_whole, data)


@pytest.mark.slow
@pytest.mark.parametrize("run", runs_of(30))
def test_every_definition_of_the_result_is_that_of_the_interpreter(lean: "SparkSession", run: int) -> None:
    agrees_in_width(lean, run, small=False)


@FEW
@given(st.data())
def test_usual_plans_give_what_the_interpreter_gives(usual: "SparkSession", data: st.DataObject) -> None:
    agree(usual, load, data)
