"""The scheme as a Python function that an engineer would write: one line an indicator, no compiler.

Dictionaries as JSON gives them go in; a score in tenths and the name of a grade come out.
"""

from collections.abc import Callable

from tests.benchmarks.contest import Contestant, Pace, Prepared
from tests.benchmarks.scheme import Scheme, Table

Evaluate = Callable[[dict[str, int]], tuple[int, str]]


def source(scheme: Scheme) -> str:
    """The text of `evaluate(subject)`."""
    lines = ["def evaluate(subject):", f"    score = {scheme.base}"]
    for item in scheme.indicators:
        lines += [
            f'    units = subject["{item.field}"]',
            f"    score -= units * {item.points} if units < {item.times} else {item.cap}",
        ]
    lines += [f"    if score < {scheme.floor}:", f"        score = {scheme.floor}"]
    word = "if"
    for grade, limit in enumerate(scheme.limits):
        lines += [f"    {word} score >= {limit}:", f"        grade = {grade}"]
        word = "elif"
    lines += ["    else:", f"        grade = {len(scheme.grades) - 1}"]
    word = "if"
    for item in scheme.directs:
        lines += [f'    {word} subject["{item.field}"] >= {item.least}:', f"        grade = {item.grade}"]
        word = "elif"
    return "\n".join([*lines, "    return score, GRADES[grade]", ""])


def by_hand(scheme: Scheme) -> Evaluate:
    names: dict[str, object] = {"GRADES": scheme.grades}
    exec(compile(source(scheme), "<by hand>", "exec"), names)  # noqa: S102 - the baseline is written by this file
    return names["evaluate"]  # type: ignore[return-value]


def prepare(scheme: Scheme, table: Table) -> Prepared:
    evaluate, subjects = by_hand(scheme), table.subjects()
    numbers = {name: number for number, name in enumerate(scheme.grades)}

    def graded(result: object) -> tuple[list[int], list[int]]:
        return [score for score, _ in result], [numbers[grade] for _, grade in result]  # type: ignore[attr-defined]

    return Prepared(lambda: [evaluate(item) for item in subjects], graded, lambda row: evaluate(subjects[row]))


CONTESTANTS = (Contestant("python-by-hand", "Python by hand", Pace.SUBJECTS, prepare),)
