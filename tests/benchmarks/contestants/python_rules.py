"""The scheme in two rule engines written in Python: rule-engine and business-rules, each as its documentation shows.

rule-engine has expressions, so an indicator is one expression and the host adds up. business-rules has conditions and actions, so
an indicator is a rule whose action deducts points, and a band is a rule whose action gives the grade.
"""

from typing import Any

from tests.benchmarks.contest import Contestant, Pace, Prepared
from tests.benchmarks.scheme import Scheme, Table


def prepare_rule_engine(scheme: Scheme, table: Table) -> Prepared:
    from rule_engine import Rule

    deductions = [
        Rule(f"{item.field} < {item.times} ? {item.field} * {item.points} : {item.cap}") for item in scheme.indicators
    ]
    directs = [(Rule(f"{item.field} >= {item.least}"), item.grade) for item in scheme.directs]
    bands = [(Rule(f"score >= {limit}"), number) for number, limit in enumerate(scheme.limits)]
    subjects, last = table.subjects(), len(scheme.limits)

    def one(row: int) -> tuple[int, int]:
        subject: dict[str, int] = dict(subjects[row])
        points = sum(rule.evaluate(subject) for rule in deductions)
        subject["score"] = score = max(scheme.base - int(points), scheme.floor)
        return score, next((grade for rule, grade in (*directs, *bands) if rule.matches(subject)), last)

    return Prepared(lambda: [one(row) for row in range(len(subjects))], _pairs, one)


def _pairs(result: object) -> tuple[list[int], list[int]]:
    found: list[tuple[int, int]] = result  # type: ignore[assignment]
    return [score for score, _ in found], [grade for _, grade in found]


def prepare_business_rules(scheme: Scheme, table: Table) -> Prepared:
    from business_rules import run_all

    variables, actions = _business_classes(scheme)
    deductions = [
        _business_rule((item.field, "greater_than", 0), "deduct", number=number)
        for number, item in enumerate(scheme.indicators)
    ]
    grading = [
        _business_rule((item.field, "greater_than_or_equal_to", item.least), "give_grade", number=item.grade)
        for item in scheme.directs
    ] + [
        _business_rule(("score", "greater_than_or_equal_to", limit), "give_grade", number=number)
        for number, limit in enumerate(scheme.limits)
    ]
    subjects = table.subjects()

    def one(row: int) -> tuple[int, int]:
        subject = {**subjects[row], "points": scheme.base, "grade": len(scheme.limits)}
        seen, done = variables(subject), actions(subject)
        run_all(deductions, seen, done)
        subject["points"] = max(subject["points"], scheme.floor)
        run_all(grading, seen, done, stop_on_first_trigger=True)
        return subject["points"], subject["grade"]

    return Prepared(lambda: [one(row) for row in range(len(subjects))], _pairs, one)


def _business_rule(condition: tuple[str, str, int], action: str, number: int) -> dict[str, Any]:
    name, operator, value = condition
    return {
        "conditions": {"all": [{"name": name, "operator": operator, "value": value}]},
        "actions": [{"name": action, "params": {"number": number}}],
    }


def _business_classes(scheme: Scheme) -> tuple[Any, Any]:
    """The class of variables, a method for each field, and the class of actions."""
    from business_rules.actions import BaseActions, rule_action
    from business_rules.fields import FIELD_NUMERIC
    from business_rules.variables import BaseVariables, numeric_rule_variable

    def variable(field: str, key: str) -> Any:
        def read(self: Any) -> int:
            return self.subject[key]

        read.__name__ = field
        return numeric_rule_variable(read)

    def begin(self: Any, subject: dict[str, int]) -> None:
        self.subject = subject

    methods = {field: variable(field, field) for field in scheme.fields}
    variables = type("Facts", (BaseVariables,), {"__init__": begin, **methods, "score": variable("score", "points")})

    class Actions(BaseActions):  # type: ignore[misc]
        def __init__(self, subject: dict[str, int]) -> None:
            self.subject = subject

        @rule_action(params={"number": FIELD_NUMERIC})
        def deduct(self, number: int) -> None:
            item = scheme.indicators[number]
            self.subject["points"] -= min(self.subject[item.field] * item.points, item.cap)

        @rule_action(params={"number": FIELD_NUMERIC})
        def give_grade(self, number: int) -> None:
            self.subject["grade"] = number

    return variables, Actions


CONTESTANTS = (
    Contestant("rule-engine", "rule-engine", Pace.SUBJECTS, prepare_rule_engine, ("rule_engine",)),
    Contestant("business-rules", "business-rules", Pace.SUBJECTS, prepare_business_rules, ("business_rules",)),
)
