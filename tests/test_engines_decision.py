"""Which step decided a grade: the last one that changed it, in the order of grading."""

from dataclasses import replace
from pathlib import Path

import pytest

from creditdsl.core.ir import DirectRepair, Program, Rule, RuleKind, Step
from creditdsl.engines.decision import Decider, Decision
from creditdsl.engines.evaluator import ExplanationJson, StepsJson
from tests.engines_town import town
from tests.policies import BANDS, FIRM, compiled, run


def step(kind: RuleKind, code: str, grade: str | None = None, demote: int = 0) -> Step:
    return Step(Rule(kind, code, ("规则", "Rule")), "graded", "graded", grade, demote)


def policy() -> Program:
    """Grades A, B, C, D with rules of every step; the repair of `worst` has a new evaluation of at most C."""
    program = town()
    plan = replace(
        program.result,
        exempts=(step(RuleKind.EXEMPT, "out"),),
        directs=(step(RuleKind.DIRECT, "bad", "C"), step(RuleKind.DIRECT, "worst", "D")),
        assigns=(step(RuleKind.ASSIGN, "new", "B"),),
        demotes=(step(RuleKind.DEMOTE, "one", demote=1), step(RuleKind.DEMOTE, "two", demote=2)),
        ceilings=(
            step(RuleKind.CEILING, "low", "C"),
            step(RuleKind.CEILING, "high", "B"),
            step(RuleKind.REPAIR_DIRECT, "worst", "C"),
        ),
        direct_repairs=(DirectRepair(Rule(RuleKind.REPAIR_DIRECT, "worst", ("", "")), "worst", "graded", "C"),),
    )
    return replace(program, result=plan)


def explanation(band: str | None, **holds: list[str]) -> ExplanationJson:
    steps: StepsJson = {
        "exempt": holds.get("exempt", []),
        "direct": holds.get("direct", []),
        "assign": holds.get("assign", []),
        "demote": holds.get("demote", []),
        "ceiling": holds.get("ceiling", []),
    }
    return {
        "graded": True, "score": "95", "score_after_repair": "95", "grade": "A", "grade_after_repair": "A",
        "findings": [], "band": band, "band_after_repair": band, "steps": steps, "steps_after_repair": steps,
        "measures": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("band", "holds", "decision"),
    [
        ("A", {}, Decision("band", None)),
        ("A", {"exempt": ["out"], "direct": ["worst"]}, Decision("exempt", "out")),
        ("A", {"direct": ["bad"]}, Decision("direct", "bad")),
        ("A", {"direct": ["bad", "worst"], "assign": ["new"]}, Decision("direct", "worst")),
        ("A", {"assign": ["new"]}, Decision("assign", "new")),
        ("A", {"assign": ["new"], "ceiling": ["high"]}, Decision("assign", "new")),
        ("A", {"demote": ["one", "two"]}, Decision("demote", "one")),
        ("D", {"demote": ["one"]}, Decision("band", None)),
        ("A", {"ceiling": ["high"]}, Decision("ceiling", "high")),
        ("A", {"ceiling": ["low", "high"]}, Decision("ceiling", "low")),
        ("A", {"demote": ["one"], "ceiling": ["high"]}, Decision("demote", "one")),
        ("A", {"demote": ["one"], "ceiling": ["low"]}, Decision("ceiling", "low")),
        ("D", {"ceiling": ["low", "high"]}, Decision("band", None)),
    ],
)
def test_the_last_step_that_changed_the_grade_decided_it(
    band: str, holds: dict[str, list[str]], decision: Decision
) -> None:
    assert Decider(policy()).before_repair(explanation(band, **holds)) == decision


def test_a_new_evaluation_after_a_direct_grade_decides_where_it_limits() -> None:
    decider = Decider(policy())
    assert decider.after_repair(explanation("A", ceiling=["worst"])) == Decision("repair", "worst")
    assert decider.after_repair(explanation("D", ceiling=["worst"])) == Decision("band", None)


def test_a_direct_grade_keeps_its_weight_beside_the_limit_of_its_own_repair() -> None:
    assert Decider(policy()).before_repair(explanation("A", direct=["bad", "worst"])) == Decision("direct", "worst")


def test_in_a_policy_without_grades_nothing_decides() -> None:
    program = policy()
    ungraded = replace(program, result=replace(program.result, grades=None))
    assert Decider(ungraded).before_repair(explanation(None)) is None


def test_a_demotion_that_passes_over_a_grade_by_rule_is_what_decided(tmp_path: Path) -> None:
    bands = BANDS.replace("| C : 40", "| M : by rule | C : 40")
    rules = "demote 1 down { when large } ceiling C low { when large } assign M new { when months < 3 }"
    frame_rules = rules + " indicator a { when large deduct 20 points }"
    program = compiled(tmp_path, frame_rules, bands=bands)
    result = run(program, {**FIRM, "large": True}, full=True)
    decision = Decider(program).before_repair(result)  # type: ignore[arg-type]
    assert result["grade"] == "C"
    assert decision is not None
    assert (decision.step, decision.rule) == ("demote", "down")
