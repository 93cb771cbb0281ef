"""The scheme in zen-engine, in the two ways that it offers.

As a decision graph: one expression an indicator, then a table of the bands, which is what its users draw; the engine's own
loader keeps the graph compiled. As one expression compiled beforehand for the score, and a table in Python for the grade: no
graph, the fastest form that was found.
"""

import itertools
from typing import Any

from tests.benchmarks.contest import Contestant, Pace, Prepared
from tests.benchmarks.scheme import Scheme, Table

GRAPH = "scheme"


def decimal(tenths: int) -> str:
    """Tenths as the number that the scheme prints: 25 is 2.5."""
    return f"{tenths // 10}.{tenths % 10}".removesuffix(".0")


def graph(scheme: Scheme) -> dict[str, Any]:
    """The nodes and edges of the decision: input, points, bands, output."""
    points = [
        {
            "id": item.field,
            "key": f"d_{item.field}",
            "value": f"min([{item.field} * {decimal(item.points)}, {decimal(item.cap)}])",
        }
        for item in scheme.indicators
    ]
    total = ", ".join(f"$.d_{field}" for field in scheme.fields)
    score = f"max([{decimal(scheme.base)} - sum([{total}]), {decimal(scheme.floor)}])"
    nodes = [
        {"id": "in", "type": "inputNode", "name": "subject"},
        {
            "id": "points",
            "type": "expressionNode",
            "name": "points",
            "content": {"passThrough": True, "expressions": [*points, {"id": "score", "key": "score", "value": score}]},
        },
        {"id": "bands", "type": "decisionTableNode", "name": "bands", "content": _bands(scheme)},
        {"id": "out", "type": "outputNode", "name": "result"},
    ]
    order = ["in", "points", "bands", "out"]
    edges = [
        {"id": f"{source}-{target}", "type": "edge", "sourceId": source, "targetId": target}
        for source, target in itertools.pairwise(order)
    ]
    return {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}


def _bands(scheme: Scheme) -> dict[str, Any]:
    """A table whose first matching row decides: the direct grades, worst first, then the bands; both outputs pass."""
    fields = list(dict.fromkeys(item.field for item in scheme.directs))
    inputs = [{"id": name, "name": name, "field": name} for name in (*fields, "score")]
    outputs = [
        {"id": "o_grade", "name": "grade", "field": "grade"},
        {"id": "o_score", "name": "score", "field": "score"},
    ]
    rules: list[dict[str, str]] = []

    def row(when: dict[str, str], grade: int) -> None:
        rules.append(
            {
                "_id": str(len(rules)),
                **{item["id"]: when.get(item["id"], "") for item in inputs},
                "o_grade": f'"{scheme.grades[grade]}"',
                "o_score": "score",
            }
        )

    for item in scheme.directs:
        row({item.field: f">= {item.least}"}, item.grade)
    for grade, limit in enumerate(scheme.limits):
        row({"score": f">= {decimal(limit)}"}, grade)
    row({}, len(scheme.limits))
    return {"hitPolicy": "first", "inputs": inputs, "outputs": outputs, "rules": rules, "passThrough": False}


def prepare_graph(scheme: Scheme, table: Table) -> Prepared:
    from zen import ZenEngine

    engine = ZenEngine({"loader": {"type": "static", "content": {GRAPH: graph(scheme)}}})
    subjects = table.subjects()
    numbers = {name: number for number, name in enumerate(scheme.grades)}

    def one(row: int) -> object:
        return engine.evaluate(GRAPH, subjects[row])["result"]

    def graded(result: object) -> tuple[list[int], list[int]]:
        found: list[dict[str, Any]] = result  # type: ignore[assignment]
        return [round(item["score"] * 10) for item in found], [numbers[item["grade"]] for item in found]

    return Prepared(lambda: [one(row) for row in range(len(subjects))], graded, one)


def prepare_expression(scheme: Scheme, table: Table) -> Prepared:
    import zen

    terms = " + ".join(
        f"min([{item.field} * {decimal(item.points)}, {decimal(item.cap)}])" for item in scheme.indicators
    )
    expression = zen.compile_expression(f"max([{decimal(scheme.base)} - ({terms}), {decimal(scheme.floor)}])")
    subjects = table.subjects()
    limits = [limit / 10 for limit in scheme.limits]

    def one(row: int) -> tuple[float, int]:
        subject = subjects[row]
        score = expression.evaluate(subject)
        for item in scheme.directs:
            if subject[item.field] >= item.least:
                return score, item.grade
        return score, next((number for number, limit in enumerate(limits) if score >= limit), len(limits))

    def graded(result: object) -> tuple[list[int], list[int]]:
        found: list[tuple[float, int]] = result  # type: ignore[assignment]
        return [round(score * 10) for score, _ in found], [grade for _, grade in found]

    return Prepared(lambda: [one(row) for row in range(len(subjects))], graded, one)


CONTESTANTS = (
    Contestant("zen-graph", "zen-engine, a decision graph", Pace.SUBJECTS, prepare_graph, ("zen",)),
    Contestant("zen-expression", "zen-engine, one compiled expression", Pace.SUBJECTS, prepare_expression, ("zen",)),
)
