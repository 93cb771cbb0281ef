"""What a run did, in numbers: as data, and as the `summary.json` that stands with its tables."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from creditdsl.core.ir import Value
from creditdsl.core.notation import json_value
from creditdsl.engines.populations import CheckedFigure

SUMMARY = "summary.json"
KIND = "creditdsl score"
"""By this `kind` a folder is known as the result of a run, which a later run may replace."""
SCHEMA = 1
"""The version of the schema of `summary.json`."""


@dataclass(frozen=True, slots=True)
class TableCounts:
    """The rows of one table of the input: rows = used + refused."""

    name: str
    rows: int
    used: int
    refused: int


@dataclass(frozen=True, slots=True)
class Summary:
    """`grades` counts the scored subjects by grade, best first, then those without a grade under None."""

    policy: str
    content_hash: str
    period: str
    as_of: date
    tables: tuple[TableCounts, ...]
    grades: tuple[tuple[str | None, int], ...]
    grades_after_repair: tuple[tuple[str | None, int], ...]
    figures: tuple[CheckedFigure, ...] = ()

    @property
    def scored(self) -> int:
        return self.tables[0].used

    @property
    def refused(self) -> int:
        """The rows of every table that were refused."""
        return sum(table.refused for table in self.tables)


def written_summary(summary: Summary) -> str:
    """The summary as JSON; the same run gives the same text."""
    content = {
        **summary_head(KIND, SCHEMA, summary),
        "grades": _counts(summary.grades),
        "grades_after_repair": _counts(summary.grades_after_repair),
    }
    if summary.figures:
        content["figures"] = [_figure(item) for item in summary.figures]
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def summary_head(kind: str, schema: int, summary: Summary) -> dict[str, object]:
    """What every `summary.json` begins with: what kind it is, of which policy and run, and the rows of the input."""
    return {
        "kind": kind,
        "schema": schema,
        "policy": summary.policy,
        "hash": summary.content_hash,
        "period": summary.period,
        "as_of": summary.as_of.isoformat(),
        "tables": {
            table.name: {"rows": table.rows, "used": table.used, "refused": table.refused} for table in summary.tables
        },
    }


def _counts(grades: tuple[tuple[str | None, int], ...]) -> list[dict[str, str | int | None]]:
    return [{"grade": grade, "subjects": count} for grade, count in grades]


def _figure(checked: CheckedFigure) -> dict[str, str | bool | list[str] | list[Value]]:
    return {
        "population": checked.population,
        "label": list(checked.figure.label),
        "found": [json_value(value, type_) for value, type_ in checked.found],
        "relation": checked.figure.relation,
        "holds": checked.holds,
    }


def is_summary(path: Path, kind: str = KIND) -> bool:
    """Whether a file is the summary of a run, or of another command that writes a folder of tables."""
    try:
        content: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and content.get("kind") == kind
