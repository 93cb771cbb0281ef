"""The scheme whose indicators count records: what a hand-written program knows of it, and its tables in DuckDB.

In: a number of indicators, subjects, and records a subject. Out: a `RecordScheme` of whole numbers, and `RecordTables`, which
DuckDB makes by hashing numbers, the same for the same arguments: text keys of 18 characters, kinds as text, dates, yuan with
two decimals. A few subjects have as many records of one kind as give a grade directly.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from tests.benchmarks import scheme_policy
from tests.benchmarks.scheme import SCALE

if TYPE_CHECKING:
    import duckdb

PERIOD = "2020"
AS_OF = date(2021, 4, 30)
FIRST_DAY, LAST_DAY = date(2020, 1, 1), date(2020, 12, 31)
LASTING_FROM = date(2019, 4, 30)
"""24 months before the as-of date: what was decided on this day or later still counts."""
TIERS = (1_000_000, 10_000_000)
"""The fen at which the second and the third tier of an amount begin; they cost twice and three times as much."""
TABLES = ("violation", "default", "award")


@dataclass(frozen=True, slots=True)
class Indicator:
    """What a record of `kind` costs: `points` tenths (negative when it adds), once more for each tier of its amount."""

    kind: str
    table: str
    points: int
    cap: int
    tiered: bool
    lasting: bool


@dataclass(frozen=True, slots=True)
class Direct:
    code: str
    table: str
    kind: str
    least: int
    grade: int


@dataclass(frozen=True, slots=True)
class RecordScheme:
    """As `Scheme` is; `ceiling` bounds the score too, since records may add points."""

    indicators: tuple[Indicator, ...]
    directs: tuple[Direct, ...]
    base: int
    floor: int
    ceiling: int
    grades: tuple[str, ...]
    limits: tuple[int, ...]

    def of(self, table: str) -> tuple[Indicator, ...]:
        return tuple(item for item in self.indicators if item.table == table)


def record_scheme_of(count: int) -> RecordScheme:
    """The scheme of `scheme_policy.policy_text(count, "records")`."""
    rows = scheme_policy.indicators(count)
    grades = tuple(name for name, _ in scheme_policy.GRADES)
    found = tuple(_indicator(row) for row in rows)
    tables = {item.kind: item.table for item in found}
    directs = [
        Direct(item.code, tables[item.indicator.kind], item.indicator.kind, item.least // 100, grades.index(item.grade))
        for item in scheme_policy.directs(rows)
    ]
    return RecordScheme(
        found,
        tuple(sorted(directs, key=lambda item: -item.grade)),
        scheme_policy.BASE * SCALE,
        scheme_policy.FLOOR * SCALE,
        1300 * SCALE,
        grades,
        tuple(least * SCALE for _, least in scheme_policy.GRADES if least is not None),
    )


def _indicator(row: scheme_policy.Indicator) -> Indicator:
    points, cap = int(row.points * SCALE), int(row.cap * SCALE)
    if row.number % 9 == 4:
        return Indicator(row.kind, "award", -points, cap, tiered=False, lasting=False)
    table = "default" if row.number % 2 else "violation"
    lasting = table == "violation" and row.number % 5 == 0
    return Indicator(row.kind, table, points, cap, tiered=row.number % 3 == 0, lasting=lasting)


@dataclass(frozen=True, slots=True)
class RecordTables:
    """The tables `entity`, `violation`, `default` and `award` of a connection; the first `rows` subjects count."""

    connection: "duckdb.DuckDBPyConnection"
    rows: int
    records: int

    def first(self, rows: int) -> "RecordTables":
        return RecordTables(self.connection, min(rows, self.rows), self.records)

    def subjects(self) -> list[dict[str, Any]]:
        """The subjects as JSON objects with their records, in the order of their keys."""
        bound = key_of(self.rows)
        keys = self.connection.execute("SELECT uscc FROM entity WHERE uscc < $1 ORDER BY uscc", [bound]).fetchall()
        found: dict[str, dict[str, Any]] = {key: {"uscc": key, **{table: [] for table in TABLES}} for (key,) in keys}
        for table in TABLES:
            cursor = self.connection.execute(f'SELECT * FROM "{table}" WHERE uscc < $1 ORDER BY rowid', [bound])
            names = [column[0] for column in cursor.description or ()]
            for row in cursor.fetchall():
                record = dict(zip(names, row, strict=True))
                if "amount" in record:
                    record["amount"] = str(record["amount"])
                found[record.pop("uscc")][table].append(record)
        return list(found.values())


def key_of(number: int) -> str:
    return f"91150{number:013}"


KEY = "'91150' || lpad(({number})::VARCHAR, 13, '0')"
BURST = 997
"""One subject in so many has a burst of records of one kind."""


def make_tables(scheme: RecordScheme, subjects: int, each: int) -> RecordTables:
    """Tables in memory; about `each` records a subject, a fifth of them awards."""
    import duckdb

    connection = duckdb.connect(":memory:")
    for statement in table_statements(scheme, subjects, each):
        connection.execute(statement)
    total = sum(_count(connection, table) for table in TABLES)
    return RecordTables(connection, subjects, total)


def _count(connection: "duckdb.DuckDBPyConnection", table: str) -> int:
    row = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()
    assert row is not None
    return int(row[0])


def table_statements(scheme: RecordScheme, subjects: int, each: int) -> Iterator[str]:
    """One statement a table, for DuckDB."""
    yield f"CREATE TABLE entity AS SELECT {KEY.format(number='i')} AS uscc FROM range({subjects}) r(i)"
    shares = {"violation": 2, "default": 2, "award": 1}
    for seed, table in enumerate(TABLES, 1):
        rows = subjects * each * shares[table] // 5
        kinds = [item.kind for item in scheme.of(table)]
        yield f"""
            CREATE TABLE "{table}" AS
            SELECT {KEY.format(number=f"hash(i, {seed}) % {subjects}")} AS uscc, {_columns(table, kinds, seed)}
            FROM range({rows}) r(i)
        """
    for number, item in enumerate(scheme.directs):
        columns = _columns(item.table, [item.kind], 10 + number)
        yield f"""
            INSERT INTO "{item.table}"
            SELECT {KEY.format(number=f"i // {item.least} * {BURST} + {number}")} AS uscc, {columns}
            FROM range({item.least} * ({subjects} // {BURST})) r(i)
        """


def _columns(table: str, kinds: list[str], seed: int) -> str:
    """The columns of a table behind its key."""
    names = "[" + ", ".join(f"'{kind}'" for kind in kinds) + "]"
    kind = f"{names}[(hash(i, {seed}, 1) % {len(kinds)})::INTEGER + 1] AS kind"
    day = f"DATE '2019-03-01' + (hash(i, {seed}, 2) % 780)::INTEGER"
    amount = f"((hash(i, {seed}, 3) % 20000000) / 100)::DECIMAL(14, 2) AS amount"
    paid = f"CASE WHEN hash(i, {seed}, 4) % 3 > 0 THEN {day} + (hash(i, {seed}, 5) % 60)::INTEGER END AS paid"
    match table:
        case "violation":
            return f"{kind}, {day} AS decided, {amount}"
        case "default":
            return f"{kind}, {day} AS due, {paid}, {amount}"
        case _:
            return f"{kind}, {day} AS granted"
