"""Inspection samples: which subjects of a scored population are drawn.

In: the inspections of a program, and the subjects that each applies to, with the stratum and the rate of each. Out: a sample and
its summary. From the subjects of a stratum with one rate, the pool, `rounded(pool × rate)` are drawn, at least none and at most
all of them: the first in the order of the hexadecimal SHA-256 of

    SEED:CODE:KEY

in UTF-8, where SEED is that of the inspection, CODE its code and KEY the subject's key as the results have it. Nothing else takes
part: neither the order of rows, nor the format of files, nor the engine. Everything is computed in DuckDB, in whole numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from creditdsl.core.ir import Measure, Program, Rounding, Sampling
from creditdsl.core.types import Number, plain
from creditdsl.diagnostics import InternalError
from creditdsl.engines.derived import REJECTS, ScoreInto, key_column, ordered_by, scored, with_measures
from creditdsl.engines.duck import connect, quoted_name, quoted_path, quoted_text
from creditdsl.engines.run import RunOptions
from creditdsl.engines.summary import TableCounts
from creditdsl.engines.target import ResultFolder
from creditdsl.tabular.result_tables import ColumnKind, OutputColumns

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SAMPLE = ResultFolder("creditdsl draw", ("sample", REJECTS))
RATE, STRATUM = "rate", "stratum"
"""The values of an inspection, as the checking stage calls them."""

SAMPLE_COLUMNS: OutputColumns = (
    ("inspection", ColumnKind.CODE),
    ("stratum", ColumnKind.COUNT),
    ("rate", ColumnKind.POINTS),
    ("rank", ColumnKind.COUNT),
)


@dataclass(frozen=True, slots=True)
class Pool:
    """The subjects of one stratum with one rate, a decimal, None for a stratum without subjects."""

    stratum: int
    rate: str | None
    subjects: int
    drawn: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn for one inspection."""

    inspection: Measure
    pools: tuple[Pool, ...]


@dataclass(frozen=True, slots=True)
class SampleSummary:
    """The rows of each table of the input, and what was drawn for each inspection."""

    tables: tuple[TableCounts, ...]
    drawn: tuple[Drawn, ...]

    @property
    def refused(self) -> int:
        """The rows of every table that were refused."""
        return sum(table.refused for table in self.tables)


def draw(
    program: Program,
    inspections: tuple[Measure, ...],
    folders: tuple[Path, Path],
    options: RunOptions,
    score_into: ScoreInto,
    strata: Mapping[str, tuple[str, ...]],
) -> SampleSummary:
    """Draw the samples of these inspections from the tables of the first folder into the second one.

    `strata` has for each code the words for the conditions of its strata, in their order.
    """
    with scored(with_measures(program, inspections), folders, options, SAMPLE, score_into) as population:
        name, kind = key_column(program)
        scale = max(_rate_scale(item, program) for item in inspections)
        path = population.work / "sample.parquet"
        with connect(population.work, columns_on=options.jobs) as connection:
            _find_pools(connection, population.read("measures"), (inspections, scale), name)
            connection.execute(f"COPY ({_drawn_subjects(inspections)}) TO {quoted_path(path)} (FORMAT parquet)")
            drawn = tuple(_drawn(connection, item) for item in inspections)
        columns = ((name, kind), *SAMPLE_COLUMNS)
        population.write("sample", columns, _in_order(path, name, inspections), scale)
        population.write_rejects()
        population.write_summary(
            SAMPLE.kind,
            {"inspections": [_summarized(item, strata.get(item.inspection.rule.code, ())) for item in drawn]},
        )
    return SampleSummary(population.summary.tables, drawn)


def sampling_of(inspection: Measure) -> Sampling:
    """How an inspection is drawn; every one of them says it."""
    if inspection.sampling is None:
        raise InternalError(f"{inspection.rule.code} says not how it is drawn")
    return inspection.sampling


def _find_pools(
    connection: "DuckDBPyConnection", measures: str, drawn: tuple[tuple[Measure, ...], int], key: str
) -> None:
    """The tables `eligible`, one row a subject and inspection, and `pools` with how many of each are drawn.

    `drawn` are the inspections, and how many decimal places their rates have.
    """
    inspections, scale = drawn
    connection.execute(
        f"CREATE TABLE eligible AS SELECT rule, CAST(json_extract_string(grants, '$.{STRATUM}') AS INTEGER) AS stratum, "
        f"json_extract_string(grants, '$.{RATE}') AS rate, {quoted_name(key)} AS subject FROM {measures}"
    )
    # The rate as a whole number of its smallest unit, by its digits: no decimal is multiplied.
    parts = f"replace(CAST(CAST(rate AS DECIMAL(38, {scale})) AS VARCHAR), '.', '')"
    connection.execute(
        "CREATE TABLE pools AS SELECT rule, stratum, rate, parts, subjects, "
        f"least(subjects, greatest(0, {_rounded(inspections, 10**scale)})) AS drawn FROM (SELECT rule, stratum, rate, "
        f"CAST({parts} AS HUGEINT) AS parts, CAST(count(*) AS HUGEINT) AS subjects FROM eligible GROUP BY ALL)"
    )


def _rate_scale(inspection: Measure, program: Program) -> int:
    """How many decimal places the rate of an inspection has."""
    name = next(grant.value for grant in inspection.grants if grant.name == RATE)
    type_ = plain(program.definition(name or "").type)
    if not isinstance(type_, Number):
        raise InternalError(f"the rate of {inspection.rule.code} is no number")
    return type_.scale


def _rounded(inspections: tuple[Measure, ...], unit: int) -> str:
    """The expression of subjects × parts ÷ unit, made whole as each inspection says; a negative product draws nobody."""
    nearest = f"(2 * subjects * parts + {unit}) // {2 * unit}"
    ways = {
        Rounding.DOWN: f"(subjects * parts) // {unit}",
        Rounding.UP: f"(subjects * parts + {unit - 1}) // {unit}",
        Rounding.HALF_UP: nearest,
        # Half-way is rounded up as well, and taken back where that gives an odd number.
        Rounding.HALF_EVEN: f"{nearest} - CAST((2 * subjects * parts) % {2 * unit} = {unit} AND {nearest} % 2 = 1 AS INTEGER)",
    }
    cases = (f"WHEN {quoted_text(item.rule.code)} THEN {ways[sampling_of(item).rounding]}" for item in inspections)
    return f"CASE rule {' '.join(cases)} END"


def _drawn_subjects(inspections: tuple[Measure, ...]) -> str:
    """The query of the subjects that are drawn, with the place of each in its pool, from 1."""
    seeds = " ".join(
        f"WHEN {quoted_text(item.rule.code)} THEN {quoted_text(f'{sampling_of(item).seed}:{item.rule.code}:')}"
        for item in inspections
    )
    order = f"sha256(CASE rule {seeds} END || subject), subject"
    return (
        f"SELECT rule, stratum, rate, parts, subject, row_number() OVER (PARTITION BY rule, stratum, rate ORDER BY {order}) AS place "
        "FROM eligible JOIN pools USING (rule, stratum, rate) QUALIFY place <= drawn"
    )


def _drawn(connection: "DuckDBPyConnection", inspection: Measure) -> Drawn:
    """The pools of an inspection in the order of its strata, the greatest rate first; a stratum without subjects is one too."""
    found = connection.execute(
        "SELECT stratum, rate, CAST(subjects AS BIGINT), CAST(drawn AS BIGINT) FROM pools WHERE rule = ? "
        "ORDER BY stratum, parts DESC",
        [inspection.rule.code],
    ).fetchall()
    pools = [Pool(int(stratum), str(rate), int(subjects), int(drawn)) for stratum, rate, subjects, drawn in found]
    present = {pool.stratum for pool in pools}
    strata = range(1, sampling_of(inspection).strata + 1)
    empty = [Pool(stratum, None, 0, 0) for stratum in strata if stratum not in present]
    return Drawn(inspection, tuple(sorted([*pools, *empty], key=lambda pool: pool.stratum)))


def _in_order(path: Path, key: str, inspections: tuple[Measure, ...]) -> str:
    """The query of the sample as text: by inspection, stratum, rate and place."""
    codes = tuple(item.rule.code for item in inspections)
    return (
        f"SELECT subject AS {quoted_name(key)}, rule AS inspection, CAST(stratum AS VARCHAR) AS stratum, rate, "
        f"CAST(place AS VARCHAR) AS rank FROM read_parquet({quoted_path(path)}) "
        f"ORDER BY {ordered_by(codes)}, {quoted_name('stratum')}::INTEGER, parts DESC, place"
    )


def _summarized(drawn: Drawn, strata: tuple[str, ...]) -> dict[str, object]:
    sampling = sampling_of(drawn.inspection)
    return {
        "inspection": drawn.inspection.rule.code,
        "seed": sampling.seed,
        "rounded": sampling.rounding.value,
        "strata": [
            {
                "stratum": pool.stratum,
                "condition": strata[pool.stratum - 1] if pool.stratum <= len(strata) else "",
                "rate": pool.rate,
                "pool": pool.subjects,
                "drawn": pool.drawn,
            }
            for pool in drawn.pools
        ],
    }
