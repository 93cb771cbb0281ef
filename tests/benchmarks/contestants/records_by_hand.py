"""The scheme of records by hand: two forms of SQL that experts of DuckDB write, and a Python function.

The usual SQL aggregates each table once, with a `FILTER` for each indicator. The other one never names an indicator: it groups by
subject and kind, looks points and caps up in a small table, and sums over kinds.
"""

from collections.abc import Iterator
from typing import Any

from tests.benchmarks.contest import Contestant, Graded, Pace, Prepared
from tests.benchmarks.contestants import compiled
from tests.benchmarks.contestants.duckdb_by_hand import all_results, columns_of, number_of, tenths
from tests.benchmarks.records import (
    AS_OF,
    FIRST_DAY,
    LAST_DAY,
    LASTING_FROM,
    PERIOD,
    TABLES,
    TIERS,
    Indicator,
    RecordScheme,
    RecordTables,
)

FIRST, SECOND = (tier // 100 for tier in TIERS)
IN_PERIOD = f"BETWEEN DATE '{FIRST_DAY}' AND DATE '{LAST_DAY}'"
COUNTS = {
    "violation": f"decided {IN_PERIOD}",
    "default": f"due {IN_PERIOD} AND (paid IS NULL OR paid > due + 30)",
    "award": f"granted {IN_PERIOD}",
}
"""When a record counts, unless it is of a kind that lasts."""
LASTING = f"decided >= DATE '{LASTING_FROM}'"
TERMS = 100


def filtered_query(scheme: RecordScheme) -> str:
    """One aggregation of each table, with a filter an indicator."""
    parts = [_filtered(scheme, table) for table in TABLES]
    return _graded(scheme, f"WITH {', '.join(parts)}", _joined(scheme))


def _filtered(scheme: RecordScheme, table: str) -> str:
    """A common table expression: the points of each subject from one table, and its counts for direct grades."""
    rows = scheme.of(table)
    columns = [f"{_sum(item)} AS {item.kind}" for item in rows] + [
        f"count(*) FILTER (WHERE kind = '{item.kind}')::INTEGER AS all_{item.kind}"
        for item in scheme.directs
        if item.table == table
    ]
    total = _total(rows)
    kept = "".join(f", all_{item.kind}" for item in scheme.directs if item.table == table)
    return f"""{table}_points AS (
        SELECT uscc, {total} AS points{kept} FROM (SELECT uscc, {", ".join(columns)} FROM "{table}" GROUP BY uscc)
    )"""


def _sum(item: Indicator) -> str:
    counts = f"kind = '{item.kind}' AND {LASTING if item.lasting else COUNTS[item.table]}"
    if not item.tiered:
        return f"count(*) FILTER (WHERE {counts})::INTEGER"
    tiers = f"CASE WHEN amount < {FIRST} THEN 1 WHEN amount < {SECOND} THEN 2 ELSE 3 END"
    return f"(sum({tiers}) FILTER (WHERE {counts}))::INTEGER"


def _total(rows: tuple[Indicator, ...]) -> str:
    """The points of all indicators, each capped; in groups, because expressions may not be nested without end."""
    terms = [
        f"CASE WHEN {item.kind} IS NULL THEN 0 WHEN {item.kind} >= {-(-item.cap // abs(item.points))} "
        f"THEN {item.cap if item.points > 0 else -item.cap} ELSE {item.kind} * {item.points} END"
        for item in rows
    ]
    groups = [" + ".join(terms[begin : begin + TERMS]) for begin in range(0, len(terms), TERMS)]
    return " + ".join(f"({group})" for group in groups)


def _joined(scheme: RecordScheme) -> str:
    kept = "".join(f", all_{item.kind}" for item in scheme.directs)
    total = " - ".join(f"coalesce({table}_points.points, 0)" for table in TABLES)
    joins = " ".join(f"LEFT JOIN {table}_points USING (uscc)" for table in TABLES)
    return f"SELECT uscc, {scheme.base} - {total} AS points{kept} FROM entity {joins}"


def filtered_results_query(scheme: RecordScheme) -> str:
    """The same for the table of results as the compiled query gives it."""
    parts = [_filtered(scheme, table) for table in TABLES]
    directs = {item.code: (f"all_{item.kind} >= {item.least}", scheme.grades[item.grade]) for item in scheme.directs}
    return f"WITH {', '.join(parts)} {all_results(scheme, directs, _scored(scheme, _joined(scheme)))}"


def _graded(scheme: RecordScheme, preamble: str, points: str) -> str:
    """The score and the grade of a query that gives points and counts."""
    bands = " ".join(f"WHEN score >= {limit} THEN {number}" for number, limit in enumerate(scheme.limits))
    directs = " ".join(f"WHEN all_{item.kind} >= {item.least} THEN {item.grade}" for item in scheme.directs)
    return f"""{preamble}
        SELECT uscc, score, (CASE {directs} {bands} ELSE {len(scheme.limits)} END)::TINYINT AS grade
        FROM ({_scored(scheme, points)})
    """


def _scored(scheme: RecordScheme, points: str) -> str:
    """The points within the limits of the score."""
    kept = "".join(f", all_{item.kind}" for item in scheme.directs)
    return f"""
        SELECT uscc,
            CASE WHEN points < {scheme.floor} THEN {scheme.floor} WHEN points > {scheme.ceiling} THEN {scheme.ceiling}
            ELSE points END::INTEGER AS score{kept}
        FROM ({points})
    """


def grouped_query(scheme: RecordScheme) -> str:
    """Subject and kind first, then sums over kinds; the table `rule` has one row an indicator."""
    parts = [_grouped(scheme, table) for table in TABLES]
    return _graded(scheme, f"WITH {', '.join(parts)}", _joined(scheme))


def _grouped(scheme: RecordScheme, table: str) -> str:
    counts = COUNTS[table]
    if table == "violation":
        counts = f"CASE WHEN lasting THEN {LASTING} ELSE {counts} END"
    tiers = "1"
    if table != "award":
        tiers = f"CASE WHEN NOT tiered OR amount < {FIRST} THEN 1 WHEN amount < {SECOND} THEN 2 ELSE 3 END"
    directs = [item for item in scheme.directs if item.table == table]
    kept = "".join(f", max(records) FILTER (WHERE kind = '{item.kind}') AS all_{item.kind}" for item in directs)
    capped = "CASE WHEN units * points > cap THEN cap ELSE units * points END"
    sign = "-" if table == "award" else ""
    return f"""{table}_points AS (
        SELECT uscc, {sign}sum({capped})::INTEGER AS points{kept}
        FROM (
            SELECT uscc, kind, any_value(points) AS points, any_value(cap) AS cap, count(*)::INTEGER AS records,
                coalesce(sum({tiers}) FILTER (WHERE {counts}), 0)::INTEGER AS units
            FROM "{table}" JOIN rule USING (kind)
            GROUP BY uscc, kind
        )
        GROUP BY uscc
    )"""


def rule_statements(scheme: RecordScheme) -> Iterator[str]:
    yield "CREATE OR REPLACE TABLE rule (kind VARCHAR, points INTEGER, cap INTEGER, tiered BOOLEAN, lasting BOOLEAN)"
    rows = ", ".join(
        f"('{item.kind}', {abs(item.points)}, {item.cap}, {item.tiered}, {item.lasting})" for item in scheme.indicators
    )
    yield f"INSERT INTO rule VALUES {rows}"


def prepare_filtered(scheme: RecordScheme, tables: RecordTables) -> Prepared:
    return prepare_sql(tables, filtered_query(scheme), "graded_by_filter")


def prepare_filtered_results(scheme: RecordScheme, tables: RecordTables) -> Prepared:
    name = "results_by_filter"
    statement = f"CREATE OR REPLACE TEMP TABLE {name} AS {filtered_results_query(scheme)}"

    def graded(_: object) -> Graded:
        score, grade = tenths("score"), number_of("grade", scheme.grades)
        return columns_of(tables.connection, f"SELECT {score}, {grade} FROM {name} ORDER BY uscc")

    return Prepared(lambda: tables.connection.execute(statement), graded)


def prepare_grouped(scheme: RecordScheme, tables: RecordTables) -> Prepared:
    for statement in rule_statements(scheme):
        tables.connection.execute(statement)
    return prepare_sql(tables, grouped_query(scheme), "graded_by_kind")


def prepare_sql(tables: RecordTables, query: str, name: str) -> Prepared:
    """A query for key, score in tenths and grade by number, whose result becomes a table."""
    statement = f"CREATE OR REPLACE TEMP TABLE {name} AS {query}"

    def graded(_: object) -> Graded:
        return columns_of(tables.connection, f"SELECT score, grade FROM {name} ORDER BY uscc")

    return Prepared(lambda: tables.connection.execute(statement), graded)


def evaluate(rules: dict[str, Indicator], scheme: RecordScheme, subject: Any) -> tuple[int, int]:
    """Score and grade of one subject as the emitted module loads it; what a programmer writes who thinks of kinds."""
    units: dict[str, int] = {}
    records: dict[str, int] = {}
    for record in subject.violation:
        kind, decided = record.kind, record.decided
        records[kind] = records.get(kind, 0) + 1
        if decided >= LASTING_FROM if rules[kind].lasting else FIRST_DAY <= decided <= LAST_DAY:
            units[kind] = units.get(kind, 0) + _units(rules[kind], record.amount)
    for record in subject.default:
        kind, due, paid = record.kind, record.due, record.paid
        records[kind] = records.get(kind, 0) + 1
        if FIRST_DAY <= due <= LAST_DAY and (paid is None or (paid - due).days > 30):
            units[kind] = units.get(kind, 0) + _units(rules[kind], record.amount)
    for record in subject.award:
        if FIRST_DAY <= record.granted <= LAST_DAY:
            units[record.kind] = units.get(record.kind, 0) + 1
    score = scheme.base
    for kind, count in units.items():
        rule = rules[kind]
        score -= max(count * rule.points, -rule.cap) if rule.points < 0 else min(count * rule.points, rule.cap)
    score = min(max(score, scheme.floor), scheme.ceiling)
    for direct in scheme.directs:
        if records.get(direct.kind, 0) >= direct.least:
            return score, direct.grade
    return score, sum(score < limit for limit in scheme.limits)


def _units(rule: Indicator, amount: int) -> int:
    return 1 + (amount >= TIERS[0]) + (amount >= TIERS[1]) if rule.tiered else 1


def prepare_python(scheme: RecordScheme, tables: RecordTables) -> Prepared:
    module = compiled.emitted(len(scheme.indicators), "records")
    subjects = [module.load(item) for item in tables.subjects()]
    rules = {item.kind: item for item in scheme.indicators}

    def graded(result: Any) -> Graded:
        return [score for score, _ in result], [grade for _, grade in result]

    return Prepared(
        lambda: [evaluate(rules, scheme, subject) for subject in subjects],
        graded,
        lambda row: evaluate(rules, scheme, subjects[row]),
    )


def prepare_compiled(scheme: RecordScheme, tables: RecordTables) -> Prepared:
    module = compiled.emitted(len(scheme.indicators), "records")
    subjects, period = [module.load(item) for item in tables.subjects()], module.period(PERIOD)
    return Prepared(
        lambda: [module.evaluate(subject, period, AS_OF) for subject in subjects],
        compiled.grades_of(scheme.grades),
        lambda row: module.evaluate(subjects[row], period, AS_OF),
    )


CONTESTANTS = (
    Contestant("python-by-hand", "Python by hand", Pace.SUBJECTS, prepare_python, ("duckdb",)),
    Contestant("compiled-python", "compiled Python, `evaluate`", Pace.SUBJECTS, prepare_compiled, ("duckdb",)),
    Contestant("duckdb-filter", "DuckDB SQL by hand, `FILTER`", Pace.COLUMNS, prepare_filtered, ("duckdb",)),
    Contestant(
        "duckdb-filter-results",
        "DuckDB SQL by hand, `FILTER`, all results",
        Pace.COLUMNS,
        prepare_filtered_results,
        ("duckdb",),
    ),
    Contestant("duckdb-kinds", "DuckDB SQL by hand, by kind", Pace.COLUMNS, prepare_grouped, ("duckdb",)),
)
