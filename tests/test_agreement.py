"""Policies made at random, as rule text: the compiler takes them, and every evaluator gives them the same meaning.

`CREDITDSL_EXAMPLES` sets how many policies are made in all; each is tried on some generated subjects.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from creditdsl.compile import compile_policy
from creditdsl.diagnostics import PolicyError
from creditdsl.testing.case_text import case_text
from creditdsl.testing.check import Options, Report, check_policy
from creditdsl.testing.findings import checked
from creditdsl.verify_policy import compiled_machine
from tests.strategies_policy import policies

POLICIES = int(os.environ.get("CREDITDSL_EXAMPLES", "200"))
SUBJECTS = 12
SHARDS = 4


def report_of(text: str, folder: Path) -> Report:
    """The check of a policy in one file: compiled, verified, emitted, and tried on generated subjects."""
    path = folder / "made.credit"
    path.write_text(text, encoding="utf-8")
    program = compile_policy(path).program
    return check_policy(program, compiled_machine(program), Options(SUBJECTS))


def failures(report: Report) -> list[str]:
    """What does not hold, with the case that shows it."""
    found = []
    for item in checked(report):
        for diagnostic in item.diagnostics:
            facts = "; ".join(f"{name.en} = {value}" for name, value in diagnostic.facts)
            shown = "" if item.reproduction is None else case_text(item.reproduction, "en")
            found.append(f"{item.name}: {diagnostic.message.en}: {facts}\n{shown}")
    return found


def without_needless_lines(text: str, folder: Path) -> str:
    """The policy without the declarations that the failure does not need; each stands on a line of its own."""
    lines = text.splitlines()
    for line in list(reversed(lines)):
        fewer = [other for other in lines if other is not line]
        try:
            if failures(report_of("\n".join(fewer), folder)):
                lines = fewer
        except PolicyError:
            continue
    return "\n".join(lines)


@pytest.mark.slow
@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_evaluator_gives_a_generated_policy_the_same_meaning(shard: int, tmp_path: Path) -> None:
    @seed(shard)
    @settings(
        max_examples=max(1, POLICIES // SHARDS),
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(policies())
    def agree(text: str) -> None:
        if failures(report_of(text, tmp_path)):
            smallest = without_needless_lines(text, tmp_path)
            pytest.fail("\n\n".join((smallest, *failures(report_of(smallest, tmp_path)))), pytrace=False)

    agree()
