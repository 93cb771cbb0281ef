"""Who takes part in which contest, in the order of the page; what cannot be imported takes no part."""

from collections.abc import Sequence
from importlib import import_module

from tests.benchmarks import national
from tests.benchmarks.contest import Contestant
from tests.benchmarks.contestants import columns, records_by_hand, sql
from tests.benchmarks.national import City, Policy
from tests.benchmarks.records import RecordScheme, RecordTables
from tests.benchmarks.scheme import Scheme, Table

PACKAGE = "tests.benchmarks.contestants"

SCALAR_MODULES = (
    "python_by_hand",
    "numpy_by_hand",
    "numba_by_hand",
    "compiled",
    "columns",
    "sql",
    "polars_by_hand",
    "duckdb_by_hand",
    "openfisca",
    "zen",
    "cel",
    "python_rules",
)
COLUMN_FORMS = (
    "reading",
    "numpy-blocks",
    "numba-blocks",
    "columns",
    "columns-jit",
    "polars",
    "duckdb",
    "duckdb-results",
    "sql",
    "sql-grades",
    "sql-checking",
    "openfisca",
)
"""Those that take columns, which can be given millions of rows; in growth and memory they stand alone."""


def scalar_contestants(names: Sequence[str] = ()) -> list[Contestant[Scheme, Table]]:
    """The contestants over scalar indicators; with names, these alone."""
    found = [item for module in SCALAR_MODULES for item in import_module(f"{PACKAGE}.{module}").CONTESTANTS]
    return [item for item in found if not names or item.name in names]


def record_contestants() -> list[Contestant[RecordScheme, RecordTables]]:
    return [*records_by_hand.CONTESTANTS, *columns.RECORD_CONTESTANTS, *sql.RECORD_CONTESTANTS]


def national_contestants() -> list[Contestant[Policy, City]]:
    return [*national.CONTESTANTS, *columns.NATIONAL_CONTESTANTS, *sql.NATIONAL_CONTESTANTS]
