"""A consolidated text as JSON, for programs.

In: a `Consolidated` and its rule text. Out: an object with `format` 1, the `policy`, the days for which the text is (`period_end` and
`as_of`, each with `from` and `to`, null where open), the `jurisdiction`, the `amendments` in their order, the `declarations` that
amendments touched with every step, and the `text`.
"""

import json
from datetime import date

from creditdsl.amending.consolidate import Consolidated
from creditdsl.amending.moments import Days
from creditdsl.syntax import tree

FORMAT = 1


def structured(text: Consolidated, written: str) -> str:
    """The JSON text, ended by a line break; the same for the same policy."""
    policies = [item for item in text.module.declarations if isinstance(item, tree.Policy)]
    report = {
        "format": FORMAT,
        "policy": policies[0].name.text if policies else None,
        "period_end": _days(text.slice.ends),
        "as_of": _days(text.slice.made),
        "jurisdiction": text.slice.jurisdiction,
        "amendments": [_amendment(item) for item in text.slice.amendments],
        "declarations": [
            {
                "kind": kind,
                "name": name or None,
                "steps": [{"amendment": step.amendment, "action": step.action.value} for step in steps],
            }
            for (kind, name), steps in text.origins.items()
        ],
        "text": written,
    }
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


def _days(days: Days) -> dict[str, str | None]:
    return {
        "from": None if days.first == date.min else days.first.isoformat(),
        "to": None if days.last == date.max else days.last.isoformat(),
    }


def _amendment(amendment: tree.Amend) -> dict[str, object]:
    start = amendment.effective.start if amendment.effective is not None else None
    return {
        "name": amendment.name.text,
        "label": list(amendment.label.texts) if amendment.label is not None else [],
        "effective": None if start is None else start.isoformat(),
    }
