"""The policies of the repository and the evaluations that their cases are about.

Out: for every folder of `policies/`, runs: a period, an as-of date and a division that cases are worked
in, with the subjects of those cases.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from creditdsl.compile import Opened, compile_text, open_policy, slice_for, timeline_of
from creditdsl.core.ir import Case, Program
from tests.conftest import REPOSITORY

FOLDERS = sorted(path.name for path in (REPOSITORY / "policies").iterdir() if path.is_dir())


@dataclass(frozen=True)
class PolicyRun:
    """One evaluation of a policy; `subjects` are those of the cases that are worked in it."""

    folder: str
    period: str
    as_of: date
    jurisdiction: str | None
    program: Program
    subjects: Sequence[dict[str, object]]


def folder_of(name: str) -> Path:
    return REPOSITORY / "policies" / name


@cache
def policy_runs(name: str) -> tuple[PolicyRun, ...]:
    """The evaluation that most cases are worked in, and the last one of another text."""
    opened = open_policy(folder_of(name))
    found: dict[tuple[str, date, str | None], list[Case]] = {}
    for jurisdiction in opened.jurisdictions(with_cases=True):
        for text in timeline_of(opened, jurisdiction, own=jurisdiction is not None).texts:
            for case in text.program.cases:
                found.setdefault((case.period, case.as_of, jurisdiction), []).append(case)
    fullest = max(found, key=lambda key: len(found[key]))
    others = [key for key in found if (key[0], key[2]) != (fullest[0], fullest[2])]
    last = max(others, key=lambda key: (key[1], key[2] or ""), default=fullest)
    return tuple(_run(name, opened, key, found[key]) for key in dict.fromkeys((fullest, last)))


def _run(name: str, opened: Opened, key: tuple[str, date, str | None], cases: Sequence[Case]) -> PolicyRun:
    period, as_of, jurisdiction = key
    program = compile_text(opened, slice_for(opened, period, as_of, jurisdiction)).program
    return PolicyRun(name, period, as_of, jurisdiction, program, [dict(case.subject) for case in cases])
