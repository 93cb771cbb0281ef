"""Reading answers: the parts of a result's JSON at the types that docs/result.md gives them.

A part of another type is a fault of the evaluator that gave it, and is reported as one.
"""

from decimal import Decimal

from creditdsl.core.result import Json
from creditdsl.diagnostics import InternalError
from creditdsl.testing.machines import Answer


def text_of(value: Json) -> str:
    if not isinstance(value, str):
        raise InternalError(f"a text is expected in a result, not {value!r}")
    return value


def optional_text(value: Json) -> str | None:
    return None if value is None else text_of(value)


def decimal_of(value: Json) -> Decimal:
    """A number that a policy computes, which a result gives as a decimal string."""
    return Decimal(text_of(value))


def objects(value: Json) -> list[Answer]:
    if not isinstance(value, list):
        raise InternalError(f"a list is expected in a result, not {value!r}")
    found = [item for item in value if isinstance(item, dict)]
    if len(found) != len(value):
        raise InternalError(f"objects are expected in a result, not {value!r}")
    return found


def codes(value: Json) -> list[str]:
    """The codes of a list of codes, or of a list of objects that name their `rule`."""
    if not isinstance(value, list):
        raise InternalError(f"a list is expected in a result, not {value!r}")
    return [text_of(item["rule"] if isinstance(item, dict) else item) for item in value]


def steps_of(answer: Answer, *, after: bool) -> dict[str, list[str]]:
    """The codes of the rules that hold, by grading step."""
    steps = answer["steps_after_repair" if after else "steps"]
    if not isinstance(steps, dict):
        raise InternalError(f"grading steps are expected in a result, not {steps!r}")
    return {name: codes(held) for name, held in steps.items()}
