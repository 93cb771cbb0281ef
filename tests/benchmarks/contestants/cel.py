"""The scheme in the Common Expression Language, by the Rust engine that `common-expression-language` binds.

CEL has whole numbers and no local names, so there are two expressions, compiled once: the score in tenths of a point, and the
grade of a score. Terms stand in groups, because a long chain of one operator is nested as deep as it is long.
"""

from tests.benchmarks.contest import Contestant, Pace, Prepared
from tests.benchmarks.scheme import Scheme, Table

TERMS = 40


def score_expression(scheme: Scheme) -> str:
    terms = [f"({item.field} < {item.times} ? {item.field} * {item.points} : {item.cap})" for item in scheme.indicators]
    groups = [f"({' + '.join(terms[begin : begin + TERMS])})" for begin in range(0, len(terms), TERMS)]
    return f"{scheme.base} - ({' + '.join(groups)})"


def grade_expression(scheme: Scheme) -> str:
    bands = "".join(f'score >= {limit} ? "{scheme.grades[number]}" : ' for number, limit in enumerate(scheme.limits))
    directs = "".join(f'{item.field} >= {item.least} ? "{scheme.grades[item.grade]}" : ' for item in scheme.directs)
    return f'{directs}{bands}"{scheme.grades[-1]}"'


def prepare(scheme: Scheme, table: Table) -> Prepared:
    import cel

    score_of, grade_of = cel.compile(score_expression(scheme)), cel.compile(grade_expression(scheme))
    floor, subjects = scheme.floor, table.subjects()
    fields = list(dict.fromkeys(item.field for item in scheme.directs))
    numbers = {name: number for number, name in enumerate(scheme.grades)}

    def one(row: int) -> tuple[int, str]:
        subject = subjects[row]
        score = max(score_of.execute(subject), floor)
        return score, grade_of.execute({"score": score, **{field: subject[field] for field in fields}})

    def graded(result: object) -> tuple[list[int], list[int]]:
        found: list[tuple[int, str]] = result  # type: ignore[assignment]
        return [score for score, _ in found], [numbers[grade] for _, grade in found]

    return Prepared(lambda: [one(row) for row in range(len(subjects))], graded, one)


CONTESTANTS = (Contestant("cel", "CEL (Rust)", Pace.SUBJECTS, prepare, ("cel",)),)
