"""One run and what the evaluators answer to it, worked out once and only when asked."""

from dataclasses import dataclass
from functools import cached_property

from creditdsl.core.evaluate import evaluate
from creditdsl.core.inputs import load, run_context
from creditdsl.core.ir import JsonObject, Program, Value
from creditdsl.testing.machines import Answer, Machine
from creditdsl.testing.strategies import Sample


@dataclass(frozen=True, slots=True)
class Evaluators:
    """A program, its interpreter, and its compiled module where there is one."""

    program: Program
    interpreter: Machine
    compiled: Machine | None

    @property
    def machines(self) -> tuple[Machine, ...]:
        return (self.interpreter,) if self.compiled is None else (self.interpreter, self.compiled)


class Trial:
    """A sample with the answers of the evaluators."""

    def __init__(self, evaluators: Evaluators, sample: Sample) -> None:
        self.evaluators = evaluators
        self.sample = sample
        self._explained: dict[str, Answer] = {}
        self._evaluated: dict[str, Answer] = {}

    @property
    def explained(self) -> Answer:
        """The interpreter's explanation."""
        return self.explain(self.evaluators.interpreter)

    @cached_property
    def values(self) -> dict[str, Value]:
        """The interpreter's value of every definition."""
        program, sample = self.evaluators.program, self.sample
        return evaluate(program, load(program, sample.subject), run_context(program, sample.period, sample.as_of))

    def explain(self, machine: Machine) -> Answer:
        """A machine's explanation."""
        found = self._explained.get(machine.name)
        if found is None:
            found = machine.explain(self.sample.subject, self.sample.period, self.sample.as_of)
            self._explained[machine.name] = found
        return found

    def evaluate(self, machine: Machine) -> Answer:
        """A machine's evaluation."""
        found = self._evaluated.get(machine.name)
        if found is None:
            found = machine.evaluate(self.sample.subject, self.sample.period, self.sample.as_of)
            self._evaluated[machine.name] = found
        return found

    def of(self, subject: JsonObject) -> "Trial":
        """The same run for another subject."""
        return Trial(self.evaluators, Sample(self.sample.period, self.sample.as_of, subject))
