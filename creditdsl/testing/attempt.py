"""Asking an evaluator what it may not survive."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

Answered = TypeVar("Answered")


@dataclass(frozen=True, slots=True)
class BrokenOff:
    """An evaluator raised where it should have answered."""

    error: str


def attempt(call: Callable[[], Answered]) -> Answered | BrokenOff:
    """What the call gives, or how it broke off: a test must outlive what it tests, whatever that raises."""
    try:
        return call()
    except Exception as error:  # noqa: BLE001
        return BrokenOff(f"{type(error).__name__}: {error}")
