"""The queries of the SQL backend in PostgreSQL give what the interpreter says, to the last digit.

CREDITDSL_AGREEMENT_EXAMPLES=n tries n programs instead of the few of the gate.
"""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditdsl.backends.sql.emit import Dialect, Part
from tests.conftest import tool
from tests.sql_support import (
    TABLE_PARTS,
    Table,
    database_tables,
    drawn_batch,
    expected,
    normal,
    postgres_server,
    queries,
)
from tests.test_sql_duckdb import LONG

psycopg = pytest.importorskip("psycopg")
pytestmark = pytest.mark.xdist_group("postgres")


@pytest.fixture(scope="session")
def connection() -> Iterator["psycopg.Connection"]:
    with postgres_server(tool) as address, psycopg.connect(address, autocommit=True) as connected:
        yield connected


def load(connection: "psycopg.Connection", tables: list[Table]) -> None:
    """The tables in an empty schema `public`."""
    connection.execute("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public; SET search_path = public")
    with connection.cursor() as cursor:
        for name, columns, rows in tables:
            declared = ", ".join(f'"{column}" {type_}' for column, type_ in columns)
            cursor.execute(f'CREATE TABLE "{name}" ({declared})')
            if rows:
                cursor.executemany(f'INSERT INTO "{name}" VALUES ({", ".join(["%s"] * len(columns))})', rows)


@LONG
@given(st.data())
def test_every_table_of_the_result_is_that_of_the_interpreter(
    connection: "psycopg.Connection", data: st.DataObject
) -> None:
    batch, checked = drawn_batch(data), data.draw(st.booleans())
    load(connection, database_tables(batch.program, batch.subjects))
    statements = queries(batch, Dialect.POSTGRES, checked=checked)
    meant = expected(batch)
    for part in TABLE_PARTS:
        assert normal(connection.execute(statements[part]).fetchall()) == meant[part], statements[part]
    assert connection.execute(statements[Part.PROBLEMS]).fetchall() == []
