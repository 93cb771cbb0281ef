"""Two versions of a policy as text, compared; and subjects to try both on."""

import random
from collections.abc import Iterator
from datetime import date
from functools import partial

from creditdsl.comparing.compare import compare
from creditdsl.comparing.model import Comparison, DeclarationChange
from creditdsl.core.inputs import parse_period
from creditdsl.core.ir import JsonObject, Program
from creditdsl.source import SourceFile
from creditdsl.syntax.parse import parse
from creditdsl.syntax.tree import Module
from creditdsl.testing.strategies import World, drawn_subject
from tests.policies import BANDS, FRAME

AS_OF = date(2021, 4, 30)


def module(text: str, path: str = "policy.credit") -> Module:
    """Rule text as a module; it must be without faults of its form."""
    parsed = parse(SourceFile(path, text))
    assert parsed.module is not None and parsed.diagnostics == ()
    return parsed.module


def compared(old: str, new: str, *, frame: str = FRAME, bands: str = BANDS) -> Comparison:
    """The comparison of two sets of rules that stand in one frame."""
    return compare((module(frame + old + bands),), (module(frame + new + bands),))


def only(comparison: Comparison) -> DeclarationChange:
    """The one declaration that differs."""
    (change,) = comparison.changes
    return change


def drawn_subjects(program: Program, count: int, seed: int = 0) -> Iterator[JsonObject]:
    """Valid subjects for 2020 that aim at the constants of a program."""
    world, period = World(program), parse_period(program, "2020")
    setting = world.setting(period, AS_OF)
    chance = random.Random(seed)
    for _ in range(count):
        yield drawn_subject(partial(_between, chance), world, setting)


def _between(chance: random.Random, low: int, high: int) -> int:
    return chance.randint(low, high)
