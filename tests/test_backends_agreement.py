"""Generated programs and subjects mean the same in every backend: Python, columns, and SQL in DuckDB and in PostgreSQL.

CREDITDSL_AGREEMENT_EXAMPLES=n tries n programs instead of those of the gate. Spark, which takes seconds for each, has a file of
its own (`test_sql_spark.py`), as has rule text (`test_agreement.py`).
"""

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast
from unittest.mock import patch

import pytest
from columns_support import aggregate_columns, heading_names, meant, outcomes, subject_columns
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from creditdsl.backends.columns.emit import emit_columns
from creditdsl.backends.columns.loading import load_columns
from creditdsl.backends.python.emit import emit_python
from creditdsl.backends.python.loading import load_module
from creditdsl.backends.sql import pipeline, tables_apart
from creditdsl.backends.sql.emit import Dialect, Part
from creditdsl.backends.sql.pipeline import NARROW
from creditdsl.backends.sql.tables_apart import LEAST_SAVED
from creditdsl.core import inputs
from creditdsl.core.evaluate import evaluate
from creditdsl.core.result import evaluated, explained
from creditdsl.tabular.plan import tabulate
from tests.sql_support import (
    EXECUTED,
    LONG,
    TABLE_PARTS,
    Batch,
    database_tables,
    drawn_batch,
    expected,
    in_duckdb,
    in_postgres,
    normal,
    queries,
)

if TYPE_CHECKING:
    import psycopg

EXAMPLES = int(os.environ.get("CREDITDSL_AGREEMENT_EXAMPLES", "300"))
SHARDS = 6
"""In so many tests, which run beside each other."""
ALL = 1_000_000
"""More columns than any program has."""
BLOCK = re.compile(r"^BLOCK = .*\n", re.MULTILINE)


@pytest.fixture(scope="module")
def servers(request: pytest.FixtureRequest) -> "tuple[psycopg.Connection, ...]":
    """PostgreSQL; none on a machine that lacks it, of which the tests of `test_sql_policies.py` tell."""
    try:
        return (request.getfixturevalue("postgres"),)
    except pytest.skip.Exception:
        return ()


@pytest.mark.slow
@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_backend_gives_what_the_interpreter_gives(shard: int, servers: "tuple[psycopg.Connection, ...]") -> None:
    @seed(shard)
    @settings(LONG, max_examples=max(1, EXAMPLES // SHARDS), database=None)
    @given(st.data())
    def agree(data: st.DataObject) -> None:
        batch = drawn_batch(data)
        python_agrees(batch)
        columns_agree(batch)
        checked, language = data.draw(st.booleans()), data.draw(st.sampled_from(["zh", "en"]))
        narrow = data.draw(st.sampled_from([0, NARROW]), label="columns that are carried along as *")
        saved = data.draw(st.sampled_from([-ALL, LEAST_SAVED]), label="columns less that must pass the join")
        tables, wanted = database_tables(batch.program, batch.subjects), expected(batch, language)
        databases = [
            (Dialect.DUCKDB, in_duckdb(tables)),
            *((Dialect.POSTGRES, in_postgres(server, tables)) for server in servers),
        ]
        for dialect, connection in databases:
            with patch.object(pipeline, "NARROW", narrow), patch.object(tables_apart, "LEAST_SAVED", saved):
                statements = queries(batch, dialect, checked=checked, language=language, parts=EXECUTED)
            for part in TABLE_PARTS:
                found = connection.execute(statements[part]).fetchall()
                assert normal(found) == wanted[part], (dialect, statements[part])
            assert connection.execute(statements[Part.PROBLEMS]).fetchall() == []

    agree()


def python_agrees(batch: Batch) -> None:
    """Both levels of the result are those of the interpreter."""
    program = batch.program
    module = load_module(emit_python(program), "emitted_agreement")
    context, run = inputs.run_context(program, batch.period, batch.as_of), module.period(batch.period)
    for subject in batch.subjects:
        loaded = inputs.load(program, dict(subject))
        values = evaluate(program, loaded, context)
        own = module.load(subject)
        assert module.evaluate(own, run, batch.as_of).to_dict() == evaluated(program, loaded, context, values)
        assert module.explain(own, run, batch.as_of).to_dict() == explained(program, loaded, context, values)


def columns_agree(batch: Batch) -> None:
    """Whole columns, columns in small blocks by two threads, and aggregates made elsewhere give the interpreter's results."""
    program, size = batch.program, len(batch.subjects)
    context = inputs.run_context(program, batch.period, batch.as_of)
    tabular = tabulate(program, context)
    text = emit_columns(tabular, context)
    module = load_columns(text, "columns_agreement")
    assert set(module.COLUMNS) == heading_names(tabular)
    loaded = [inputs.load(program, cast(Mapping[str, object], item)) for item in batch.subjects]
    wanted = [meant(tabular, module, item, context) for item in loaded]
    subject, records = subject_columns(module, program, loaded)
    assert outcomes(module.score(subject, records, size=size), size) == wanted
    in_blocks = load_columns(BLOCK.sub("BLOCK = 5\n", text), "columns_agreement_in_blocks")
    assert outcomes(in_blocks.score(subject, records, threads=2, size=size), size) == wanted
    aggregates = aggregate_columns(module, tabular, loaded, context)
    assert outcomes(module.score_aggregated(subject, aggregates, size=size), size) == wanted
