"""The module of columns that the compiler emits: over scalars, over records, and of the national policy.

Columns go in as the module's schema says, in the narrow types that it asks for. Once grades alone are asked for, once findings and
measures as well. Records stand subject by subject, as whoever reads tables sorts them; sorting is not timed here.
"""

import os
from functools import cache
from itertools import cycle, islice
from types import ModuleType
from typing import TYPE_CHECKING, Any

from creditdsl.backends.columns.emit import emit_columns
from creditdsl.backends.columns.loading import load_columns
from creditdsl.core.inputs import load, run_context
from creditdsl.core.ir import InputTable, Program
from creditdsl.core.types import Choice, Day, Number, Type, plain
from creditdsl.tabular.plan import tabulate
from tests.benchmarks import national, records
from tests.benchmarks.contest import Contestant, Graded, Pace, Prepared
from tests.benchmarks.contestants import compiled
from tests.benchmarks.contestants.numpy_by_hand import matrix
from tests.benchmarks.scheme import Scheme, Table

if TYPE_CHECKING:
    import numpy as np

NEEDS = ("numpy",)
THREADS = os.cpu_count() or 1


@cache
def module_of(count: int, form: str) -> ModuleType:
    """The emitted module of a scheme, for the run of the benchmarks."""
    return _emitted(compiled.program(count, form), f"columns_{form}_{count}", compiled.PERIOD, compiled.AS_OF)


def _emitted(program: Program, name: str, period: str, as_of: Any) -> ModuleType:
    context = run_context(program, period, as_of)
    return load_columns(emit_columns(tabulate(program, context), context), name)


def _prepared(module: ModuleType, program: Program, given: tuple[Any, Any, int], details: bool) -> Prepared:
    """The run over columns, and what reads score and grade, before and after repair when the two differ."""
    subject, tables, size = given
    plan = program.result
    assert plan.grades is not None
    last = len(program.enum(plan.grades).names)
    names = [(plan.score, plan.grade)]
    if plan.points_repairs or plan.direct_repairs:
        names.append((plan.score_after, plan.grade_after))

    def run() -> Any:
        return module.score(subject, tables, details=details, threads=THREADS, size=size)

    def graded(result: Any) -> Graded:
        pairs = [(result.columns[score], _grades(result.columns[grade], last)) for score, grade in names]
        return tuple(column for pair in pairs for column in pair)

    return Prepared(run, graded)


def _grades(column: Any, last: int) -> "np.ndarray":
    """Grades by number; the number behind the worst one where there is none."""
    import numpy as np

    if not isinstance(column, tuple):
        return column
    return np.where(column[1], column[0], last)


def prepare_scalar(scheme: Scheme, table: Table, *, details: bool = False) -> Prepared:
    module = module_of(len(scheme.indicators), "scalar")
    columns = dict(zip(table.fields, matrix(table), strict=True))
    subject = {name: columns[name].astype(kind, copy=False) for name, (kind, _) in module.SUBJECT.items()}
    return _prepared(module, compiled.program(len(scheme.indicators)), (subject, {}, table.rows), details)


def prepare_scalar_details(scheme: Scheme, table: Table) -> Prepared:
    return prepare_scalar(scheme, table, details=True)


def prepare_records(scheme: records.RecordScheme, tables: records.RecordTables, *, details: bool = False) -> Prepared:
    count = len(scheme.indicators)
    module, program = module_of(count, "records"), compiled.program(count, "records")
    given = {
        name: _sorted_records(tables, program, program.table(name), schema) for name, schema in module.RECORDS.items()
    }
    return _prepared(module, program, ({}, given, tables.rows), details)


def prepare_records_details(scheme: records.RecordScheme, tables: records.RecordTables) -> Prepared:
    return prepare_records(scheme, tables, details=True)


def _sorted_records(
    tables: records.RecordTables, program: Program, table: InputTable, schema: dict[str, tuple[Any, bool]]
) -> tuple["np.ndarray", dict[str, Any]]:
    """The starts of each subject, and the columns of a table in the order of the subjects' keys."""
    import numpy as np

    counts = tables.connection.execute(
        f'SELECT count(r.uscc) AS n FROM entity e LEFT JOIN "{table.name}" r USING (uscc) GROUP BY e.uscc ORDER BY e.uscc'
    ).fetchnumpy()["n"]
    read = ", ".join(f"{_number(name, table.field(name).type, program)} AS {name}" for name in schema)
    found = tables.connection.execute(f'SELECT {read} FROM "{table.name}" ORDER BY uscc, rowid').fetchnumpy()
    columns: dict[str, Any] = {}
    for name, (kind, optional) in schema.items():
        values = found[name]
        filled = np.ma.filled(values, 0).astype(kind)
        columns[name] = (filled, ~np.ma.getmaskarray(values)) if optional else filled
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), columns


def _number(name: str, type_: Type, program: Program) -> str:
    """The SQL that reads a column into the numbers of the core."""
    match plain(type_):
        case Choice(enum):
            names = ", ".join(f"'{item}'" for item in program.enum(enum).names)
            return f"list_position([{names}], {name}) - 1"
        case Day():
            return f"{name} - DATE '1970-01-01'"
        case Number(scale=scale):
            return f"({name} * {10**scale})::BIGINT"
        case other:
            raise ValueError(f"{name}: {other}")


@cache
def _national_module() -> ModuleType:
    program = national.national_policy().program
    return _emitted(program, "columns_tax_credit", str(national.YEAR), national.AS_OF)


def prepare_national(policy: national.Policy, city: national.City, *, details: bool = False) -> Prepared:
    from tests.columns_support import subject_columns

    module = _national_module()
    distinct = list(islice(city.distinct, city.rows))
    loaded = [load(policy.program, item) for item in distinct]
    subject, tables = subject_columns(module, policy.program, loaded)
    order = list(islice(cycle(range(len(distinct))), city.rows))
    given = ({name: _taken(column, order) for name, column in subject.items()}, _repeated(tables, order), city.rows)
    return _prepared(module, policy.program, given, details)


def prepare_national_details(policy: national.Policy, city: national.City) -> Prepared:
    return prepare_national(policy, city, details=True)


def _taken(column: Any, order: Any) -> Any:
    """The column in another order; one that may be absent is a pair."""
    return tuple(part[order] for part in column) if isinstance(column, tuple) else column[order]


def _repeated(tables: dict[str, tuple["np.ndarray", dict[str, Any]]], order: list[int]) -> dict[str, tuple[Any, Any]]:
    """The records of the subjects in that order."""
    import numpy as np

    found = {}
    for name, (starts, columns) in tables.items():
        counts = np.diff(starts)[order]
        ends = np.cumsum(counts)
        rows = np.arange(int(ends[-1])) + np.repeat(starts[:-1][order] - (ends - counts), counts)
        found[name] = (
            np.concatenate([[0], ends]).astype(np.int64),
            {field: _taken(column, rows) for field, column in columns.items()},
        )
    return found


CONTESTANTS = (
    Contestant("columns", "compiled columns (NumPy), grades", Pace.COLUMNS, prepare_scalar, NEEDS),
    Contestant("columns-details", "compiled columns, with findings", Pace.COLUMNS, prepare_scalar_details, NEEDS),
)
RECORD_CONTESTANTS = (
    Contestant("columns", "compiled columns (NumPy), grades", Pace.COLUMNS, prepare_records, NEEDS),
    Contestant("columns-details", "compiled columns, with findings", Pace.COLUMNS, prepare_records_details, NEEDS),
)
NATIONAL_CONTESTANTS = (
    Contestant("columns", "compiled columns (NumPy), grades", Pace.COLUMNS, prepare_national, NEEDS),
    Contestant("columns-details", "compiled columns, with findings", Pace.COLUMNS, prepare_national_details, NEEDS),
)
