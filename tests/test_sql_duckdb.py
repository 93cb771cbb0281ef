"""The queries of the SQL backend in DuckDB give what the interpreter says, to the last digit.

CREDITDSL_AGREEMENT_EXAMPLES=n tries n programs instead of the few of the gate.
"""

import os
from unittest.mock import patch

import duckdb
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from creditdsl.backends.sql import pipeline
from creditdsl.backends.sql.emit import Dialect, Part
from creditdsl.backends.sql.pipeline import NARROW
from tests.sql_support import TABLE_PARTS, Table, database_tables, drawn_batch, expected, normal, queries

EXAMPLES = int(os.environ.get("CREDITDSL_AGREEMENT_EXAMPLES", "40"))
LONG = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)


def loaded(tables: list[Table]) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for name, columns, rows in tables:
        declared = ", ".join(f'"{column}" {type_}' for column, type_ in columns)
        connection.execute(f'CREATE TABLE "{name}" ({declared})')
        if rows:
            connection.executemany(f'INSERT INTO "{name}" VALUES ({", ".join("?" * len(columns))})', rows)
    return connection


@LONG
@given(st.data())
def test_every_table_of_the_result_is_that_of_the_interpreter(data: st.DataObject) -> None:
    batch = drawn_batch(data)
    checked, language = data.draw(st.booleans()), data.draw(st.sampled_from(["zh", "en"]))
    narrow = data.draw(st.sampled_from([0, NARROW]), label="columns that are carried along as *")
    connection = loaded(database_tables(batch.program, batch.subjects))
    with patch.object(pipeline, "NARROW", narrow):
        statements = queries(batch, Dialect.DUCKDB, checked=checked, language=language)
    meant = expected(batch, language)
    for part in TABLE_PARTS:
        assert normal(connection.execute(statements[part]).fetchall()) == meant[part], statements[part]
    assert connection.execute(statements[Part.PROBLEMS]).fetchall() == []
