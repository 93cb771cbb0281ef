"""The evaluators of one policy that are compared: the interpreter, and the module that was compiled to Python.

A `Machine` answers the same questions for both: what is the result, what is the explanation, why is a subject refused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from creditdsl.core.evaluate import evaluate
from creditdsl.core.inputs import load, run_context
from creditdsl.core.ir import Program, Value
from creditdsl.core.result import Json, evaluated, explained
from creditdsl.diagnostics import PolicyError

Answer = dict[str, Json]
Refusal = tuple[str, str]
"""The path of a problem and its code, such as `late_filing[2].due` and `CR0901`."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Three functions of a subject (JSON), a period and an as-of day.

    `evaluate` and `explain` raise for a subject that is refused; `refusals` gives the problems, none for a valid one.
    """

    name: str
    evaluate: Callable[[object, str, date], Answer]
    explain: Callable[[object, str, date], Answer]
    refusals: Callable[[object, str, date], tuple[Refusal, ...]]


def interpreter(program: Program) -> Machine:
    """The reference interpreter as a machine."""

    def evaluate_subject(subject: object, period: str, as_of: date) -> Answer:
        loaded, context = load(program, subject), run_context(program, period, as_of)
        return evaluated(program, loaded, context, evaluate(program, loaded, context))

    def explain_subject(subject: object, period: str, as_of: date) -> Answer:
        loaded, context = load(program, subject), run_context(program, period, as_of)
        return explained(program, loaded, context, evaluate(program, loaded, context))

    def refusals(subject: object, period: str, as_of: date) -> tuple[Refusal, ...]:
        try:
            load(program, subject)
        except PolicyError as refused:
            return tuple((_path(item.message.en), item.code.name) for item in refused.diagnostics)
        return ()

    return Machine("interpreter", evaluate_subject, explain_subject, refusals)


def definition_value(program: Program, name: str, subject: object, period: str, as_of: date) -> Value:
    """The value of one definition for a valid subject."""
    loaded, context = load(program, subject), run_context(program, period, as_of)
    return evaluate(program, loaded, context)[name]


def _path(message: str) -> str:
    """The path that leads a message about data, empty for the whole subject."""
    return message.split("`")[1] if message.startswith("`") else ""
