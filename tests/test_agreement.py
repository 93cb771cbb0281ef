"""Policies made at random, as rule text: the compiler takes them, and every evaluator gives them the same meaning.

`CREDITDSL_EXAMPLES` sets how many policies are made in all; each is tried on some generated subjects.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, seed, settings

from creditdsl.compile import compile_policy
from creditdsl.core.ir import Program
from creditdsl.testing.case_text import case_text
from creditdsl.testing.check import Options, Report, check_policy
from creditdsl.testing.findings import checked
from creditdsl.verify_policy import compiled_machine
from tests.strategies_policy import policies

POLICIES = int(os.environ.get("CREDITDSL_EXAMPLES", "120"))
SUBJECTS = 16
SHARDS = 4


def program_of(text: str, folder: Path) -> Program:
    """The verified program of a policy in one file."""
    path = folder / "made.credit"
    path.write_text(text, encoding="utf-8")
    return compile_policy(path).program


def failures(report: Report) -> list[str]:
    """What does not hold, with the case that shows it."""
    found = []
    for item in checked(report):
        for diagnostic in item.diagnostics:
            facts = "; ".join(f"{name.en} = {value}" for name, value in diagnostic.facts)
            shown = "" if item.reproduction is None else case_text(item.reproduction, "en")
            found.append(f"{item.name}: {diagnostic.message.en}: {facts}\n{shown}")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_evaluator_gives_a_generated_policy_the_same_meaning(shard: int, tmp_path: Path) -> None:
    @seed(shard)
    @settings(max_examples=POLICIES // SHARDS, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(policies())
    def agree(text: str) -> None:
        program = program_of(text, tmp_path)
        report = check_policy(program, compiled_machine(program), Options(SUBJECTS))
        assert not failures(report), "\n\n".join((text, *failures(report)))

    agree()
