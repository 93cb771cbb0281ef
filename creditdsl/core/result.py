"""The result of one subject as JSON, at the two levels of docs/result.md.

In: a program, the subject, the run and the values of all definitions. Out: dictionaries in the order of the document.
"""

from creditdsl.core.evaluate import Scope, matching
from creditdsl.core.ir import (
    And,
    Definition,
    DirectRepair,
    Finding,
    Measure,
    PointsRepair,
    Program,
    Step,
    Value,
)
from creditdsl.core.notation import json_value
from creditdsl.core.subject import LoadedSubject, RunContext

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]

SCHEMA = 1
"""The version of the result's schema."""


class ResultWriter:
    """Reads the parts of one subject's result out of the values that the plan names."""

    def __init__(self, program: Program, subject: LoadedSubject, context: RunContext, values: dict[str, Value]) -> None:
        self.program = program
        self.plan = program.result
        self.subject = subject
        self.context = context
        self.values = values
        self.definitions: dict[str, Definition] = {item.name: item for item in program.definitions}
        self.scope = Scope(program, subject, context, values, {})

    def evaluated(self) -> dict[str, Json]:
        """The result at the level `evaluate`."""
        plan = self.plan
        return {
            **self._heading(),
            "measures": [measure.rule.code for measure in plan.measures if self.values[measure.holds]],
        }

    def explained(self) -> dict[str, Json]:
        """The result at the level `explain`."""
        plan = self.plan
        return {
            **self._heading(),
            "base": self.value(plan.base),
            "findings": [self._finding(item) for item in plan.findings if self.values[item.fires]],
            "band": self.value(plan.band),
            "band_after_repair": self.value(plan.band_after),
            "steps": self._steps(after=False),
            "steps_after_repair": self._steps(after=True),
            "measures": [self._measure(item) for item in plan.measures if self.values[item.holds]],
            "repairs": [
                *(self._points_repair(item) for item in plan.points_repairs if self._indicator_fires(item)),
                *(self._direct_repair(item) for item in plan.direct_repairs if self._direct_holds(item)),
            ],
        }

    def value(self, name: str | None) -> Json:
        """A definition's value as JSON; null for a part that the policy does not have."""
        return None if name is None else json_value(self.values[name], self.definitions[name].type)

    def _heading(self) -> dict[str, Json]:
        key, plan = self.program.subject.key, self.plan
        return {
            "schema": SCHEMA,
            "policy": self.program.header.name,
            "hash": self.program.header.content_hash,
            "subject": None if key is None else json_value(self.subject.fields[key.name], key.type),
            "period": self.context.period.text,
            "as_of": self.context.as_of.isoformat(),
            "graded": self.value(plan.graded),
            "score": self.value(plan.score),
            "score_after_repair": self.value(plan.score_after),
            "grade": self.value(plan.grade),
            "grade_after_repair": self.value(plan.grade_after),
        }

    def _finding(self, finding: Finding) -> dict[str, Json]:
        table = finding.table
        return {
            "rule": finding.rule.code,
            "count": self.value(finding.count),
            "points": self.value(finding.points),
            "points_after_repair": self.value(finding.points_after),
            "table": table,
            "records": None if table is None else list(matching(table, finding.where, self.scope)),
        }

    def _steps(self, *, after: bool) -> dict[str, Json]:
        plan = self.plan
        by_step = {
            "exempt": plan.exempts,
            "direct": plan.directs,
            "assign": plan.assigns,
            "demote": plan.demotes,
            "ceiling": plan.ceilings,
        }
        return {step: [rule.rule.code for rule in rules if self._holds(rule, after)] for step, rules in by_step.items()}

    def _holds(self, step: Step, after: bool) -> bool:
        return self.values[step.holds_after if after else step.holds] is True

    def _measure(self, measure: Measure) -> dict[str, Json]:
        grants: dict[str, Json] = {
            grant.name: True if grant.value is None else self.value(grant.value) for grant in measure.grants
        }
        return {"rule": measure.rule.code, "may": measure.may, "grants": grants}

    def _indicator_fires(self, repair: PointsRepair) -> bool:
        return any(item.rule.code == repair.indicator and self.values[item.fires] for item in self.plan.findings)

    def _points_repair(self, repair: PointsRepair) -> dict[str, Json]:
        still_open = matching(repair.table, And((repair.where, repair.open)), self.scope)
        return {"rule": repair.rule.code, "restored": self.value(repair.restored), "open": list(still_open)}

    def _direct_holds(self, repair: DirectRepair) -> bool:
        return any(item.rule.code == repair.direct and self.values[item.holds] for item in self.plan.directs)

    def _direct_repair(self, repair: DirectRepair) -> dict[str, Json]:
        return {"rule": repair.rule.code, "repaired": self.value(repair.repaired)}


def evaluated(
    program: Program, subject: LoadedSubject, context: RunContext, values: dict[str, Value]
) -> dict[str, Json]:
    """The result at the level `evaluate`, from the values that `core.evaluate.evaluate` gave."""
    return ResultWriter(program, subject, context, values).evaluated()


def explained(
    program: Program, subject: LoadedSubject, context: RunContext, values: dict[str, Value]
) -> dict[str, Json]:
    """The result at the level `explain`, from the values that `core.evaluate.evaluate` gave."""
    return ResultWriter(program, subject, context, values).explained()
