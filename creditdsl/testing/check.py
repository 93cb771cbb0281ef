"""A policy checked: its worked cases, and its properties on generated subjects.

In: a program, its interpreter and its compiled module. Out: a `Report` with the outcome of every case and property;
nothing stops at the first failure. The same program and the same number of examples give the same report.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import integers

from creditdsl.core.ir import Program
from creditdsl.diagnostics import Text
from creditdsl.testing import messages
from creditdsl.testing.attempt import BrokenOff, attempt
from creditdsl.testing.cases import CaseOutcome, run_case
from creditdsl.testing.invalid import drawn_wrong_run
from creditdsl.testing.machines import Machine, interpreter
from creditdsl.testing.properties import Property, Violation, properties, refuses_alike
from creditdsl.testing.setting import Integers
from creditdsl.testing.shrink import shrink
from creditdsl.testing.strategies import Sample, World, drawn_sample
from creditdsl.testing.trial import Evaluators, Trial

DEFAULT_EXAMPLES = 300
REFUSES_ALIKE = "refuses-alike"
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Options:
    """How many subjects to generate; without a seed always the same ones."""

    examples: int = DEFAULT_EXAMPLES
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Counterexample:
    """The smallest subject found for which a property does not hold, and what shows it."""

    period: str
    as_of: date
    subject: object
    violation: Violation


@dataclass(frozen=True, slots=True)
class PropertyOutcome:
    """`name` as in `properties`; `tried`: how many subjects were tried."""

    name: str
    title: Text
    checked: Property | None
    tried: int
    counterexample: Counterexample | None

    @property
    def passed(self) -> bool:
        return self.counterexample is None


@dataclass(frozen=True, slots=True)
class Report:
    program: Program
    cases: tuple[CaseOutcome, ...]
    properties: tuple[PropertyOutcome, ...]

    @property
    def passed(self) -> bool:
        return all(item.passed for item in self.cases) and all(item.passed for item in self.properties)


def check_policy(program: Program, compiled: Machine | None, options: Options | None = None) -> Report:
    """The outcome of all cases and properties of a policy; `compiled` is its compiled module, if that is compared."""
    evaluators = Evaluators(program, interpreter(program), compiled)
    cases = tuple(run_case(evaluators, case) for case in program.cases)
    return Report(program, cases, check_properties(evaluators, options or Options()))


def names(program: Program, *, compiled: bool) -> tuple[str, ...]:
    """What a report of the program will hold, in its order, without computing it."""
    claims = [item for item in properties(program, compiled=compiled) if item.claim is not None]
    shared = [item for item in properties(program, compiled=compiled) if item.claim is None]
    return (
        *(f"case: {case.name}" for case in program.cases),
        *(f"property: {item.name}" for item in shared),
        *(f"invariant: {item.name}" for item in claims),
        *((f"property: {REFUSES_ALIKE}",) if compiled else ()),
    )


def check_properties(evaluators: Evaluators, options: Options) -> tuple[PropertyOutcome, ...]:
    """The outcome of every property on all generated subjects; one without a result is only held against `total`."""
    world = World(evaluators.program)
    checked = properties(evaluators.program, compiled=evaluators.compiled is not None)
    total = checked[0]
    first: dict[str, Sample] = {}
    tried = 0

    def try_sample(sample: Sample) -> None:
        nonlocal tried
        tried += 1
        trial = Trial(evaluators, sample)
        for item in checked:
            if item.name in first and item is not total:
                continue
            if found(item, trial) is not None:
                first.setdefault(item.name, sample)
                if item is total:
                    return

    generate(lambda integer: drawn_sample(integer, world), options, try_sample)
    outcomes = [_outcome(world, evaluators, item, tried, first.get(item.name)) for item in checked]
    if evaluators.compiled is not None:
        outcomes.append(check_refusals(world, evaluators, options))
    return tuple(outcomes)


def found(item: Property, trial: Trial) -> Violation | None:
    """How a property is violated; an evaluator that raises violates what it was asked for."""
    return _answered(lambda: item.check(trial))


def _answered(check: Callable[[], Violation | None]) -> Violation | None:
    result = attempt(check)
    return Violation(((messages.FACTS["error"], result.error),)) if isinstance(result, BrokenOff) else result


def _outcome(
    world: World, evaluators: Evaluators, item: Property, tried: int, sample: Sample | None
) -> PropertyOutcome:
    if sample is None:
        return PropertyOutcome(item.name, item.title, item, tried, None)
    smallest = shrink(world, sample, lambda other: found(item, Trial(evaluators, other)) is not None)
    violation = found(item, Trial(evaluators, smallest)) or Violation(())
    example = Counterexample(smallest.period, smallest.as_of, smallest.subject, violation)
    return PropertyOutcome(item.name, item.title, item, tried, example)


def check_refusals(world: World, evaluators: Evaluators, options: Options) -> PropertyOutcome:
    """Whether interpreter and compiled module refuse the same wrong subjects alike."""
    first: list[Counterexample] = []
    tried = 0

    def try_subject(drawn: tuple[str, date, dict[str, object]]) -> None:
        nonlocal tried
        tried += 1
        period, as_of, subject = drawn
        if first:
            return
        violation = _answered(lambda: refuses_alike(evaluators, subject, period, as_of))
        if violation is not None:
            first.append(Counterexample(period, as_of, subject, violation))

    generate(lambda integer: drawn_wrong_run(integer, world), options, try_subject)
    return PropertyOutcome(REFUSES_ALIKE, messages.PROPERTIES[REFUSES_ALIKE], None, tried, first[0] if first else None)


def generate(make: Callable[[Integers], Made], options: Options, visit: Callable[[Made], None]) -> None:
    """Call `visit` with what `make` makes of drawn numbers, as often as the options say; `visit` must not raise.

    Hypothesis draws one seed for each example, which costs a tenth of drawing every number; what fails is made smaller
    by `shrink`, which knows what a small subject is.
    """

    @settings(
        max_examples=options.examples,
        derandomize=options.seed is None,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(integers(0, 2**62))
    def run(number: int) -> None:
        visit(make(Random(number).randint))

    (run if options.seed is None else seed(options.seed)(run))()
