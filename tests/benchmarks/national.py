"""The national tax-credit policy on a synthetic city: what an engineer writes by hand, and what the compiler makes.

In: a number of taxpayers. Out: a `City`, whose taxpayers are those of `make_city.py`, repeated when there are to be more, and
contestants over it. Every contestant gives scores and grades before and after repair.
"""

from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from creditdsl.backends.python.emit import emit_python
from creditdsl.backends.python.loading import load_module
from creditdsl.compile import compile_for
from creditdsl.core.ir import Program
from tests.benchmarks import python_speed, tax_credit_by_hand
from tests.benchmarks.contest import Contestant, Graded, Pace, Prepared
from tests.benchmarks.python_speed import AS_OF, ROOT, YEAR

DISTINCT = 35_519
"""The taxpayers of the city that `make_city.py` is made after; more are the same ones again."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy in the text of the year; `grades` best first."""

    program: Program
    grades: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class City:
    """Taxpayers as JSON objects; taxpayer i is `distinct[i % len(distinct)]`."""

    distinct: tuple[dict[str, Any], ...]
    rows: int

    def first(self, rows: int) -> "City":
        return City(self.distinct, min(rows, self.rows))

    def subjects(self) -> list[dict[str, Any]]:
        return [self.distinct[row % len(self.distinct)] for row in range(self.rows)]

    @property
    def records(self) -> int:
        """About how many records there are."""
        lists = sum(len(value) for item in self.distinct for value in item.values() if isinstance(value, list))
        return lists * self.rows // len(self.distinct)


@cache
def national_policy() -> Policy:
    program = compile_for(ROOT / "policies" / "tax_credit", str(YEAR), AS_OF).program
    assert program.result.grades is not None
    return Policy(program, program.enum(program.result.grades).names)


def city_of(policy: Policy, taxpayers: int) -> City:
    distinct = tuple(python_speed.city(policy.program, min(taxpayers, DISTINCT)))
    return City(distinct, taxpayers)


@cache
def emitted() -> ModuleType:
    return load_module(emit_python(national_policy().program), "tax_credit_emitted")


def graded_of(policy: Policy) -> Any:
    """What reads scores and grades; a taxpayer that is not graded has the number behind the worst grade."""
    numbers = {name: number for number, name in enumerate((*policy.grades, None))}

    def graded(result: Any) -> Graded:
        return (
            [item.score_tenths for item in result],
            [numbers[item.grade] for item in result],
            [item.score_after_repair_tenths for item in result],
            [numbers[item.grade_after_repair] for item in result],
        )

    return graded


def prepare_by_hand(policy: Policy, city: City) -> Prepared:
    evaluate, subjects = tax_credit_by_hand.evaluate, [emitted().load(item) for item in city.subjects()]
    return Prepared(
        lambda: [evaluate(subject, YEAR, AS_OF) for subject in subjects],
        graded_of(policy),
        lambda row: evaluate(subjects[row], YEAR, AS_OF),
    )


def prepare_evaluate(policy: Policy, city: City) -> Prepared:
    return _prepared(policy, city, emitted().evaluate)


def prepare_explain(policy: Policy, city: City) -> Prepared:
    return _prepared(policy, city, emitted().explain)


def _prepared(policy: Policy, city: City, function: Any) -> Prepared:
    subjects, period = [emitted().load(item) for item in city.subjects()], emitted().period(str(YEAR))
    return Prepared(
        lambda: [function(subject, period, AS_OF) for subject in subjects],
        graded_of(policy),
        lambda row: function(subjects[row], period, AS_OF),
    )


def prepare_load_and_evaluate(policy: Policy, city: City) -> Prepared:
    module, subjects, period = emitted(), city.subjects(), emitted().period(str(YEAR))

    def one(row: int) -> object:
        return module.evaluate(module.load(subjects[row]), period, AS_OF)

    return Prepared(lambda: [one(row) for row in range(len(subjects))], graded_of(policy), one)


CONTESTANTS = (
    Contestant("python-by-hand", "Python by hand", Pace.SUBJECTS, prepare_by_hand),
    Contestant("compiled-python", "compiled Python, `evaluate`", Pace.SUBJECTS, prepare_evaluate),
    Contestant("compiled-python-explain", "compiled Python, `explain`", Pace.SUBJECTS, prepare_explain),
    Contestant(
        "compiled-python-load", "compiled Python, `load` and `evaluate`", Pace.SUBJECTS, prepare_load_and_evaluate
    ),
)
