"""The options that say of which text of a policy a command speaks."""

from collections.abc import Callable
from typing import TypeVar

import click

from creditdsl.cli.language import say
from creditdsl.diagnostics import Language

Function = TypeVar("Function", bound=Callable[..., object])


def as_of_option(language: Language, *, required: bool) -> Callable[[Function], Function]:
    """`--as-of DATE`, the day on which an evaluation is made or a text is in force."""
    return click.option(
        "--as-of",
        type=click.DateTime(["%Y-%m-%d"]),
        required=required,
        metavar=say(language, "日期", "DATE"),
        help=say(
            language,
            "哪一日的文本;评价时为评价日",
            "The day of the text; in an evaluation the day on which it is made.",
        ),
    )


def period_option(language: Language, *, required: bool) -> Callable[[Function], Function]:
    """`--period PERIOD`, the period that is evaluated."""
    return click.option(
        "--period",
        required=required,
        metavar=say(language, "评价期", "PERIOD"),
        help=say(language, "评价期,如 2020、2020-Q1 或 2020-11", "The assessment period: 2020, 2020-Q1 or 2020-11."),
    )


def jurisdiction_option(language: Language) -> Callable[[Function], Function]:
    """`--jurisdiction CODE`, the division whose own amendments are made too."""
    return click.option(
        "--jurisdiction",
        metavar=say(language, "行政区划代码", "CODE"),
        help=say(
            language,
            "行政区划代码:加入该地及其上级的修订;默认只用全国的",
            "A division's code: its own amendments, and those of the ones around it, are made; default is the national text.",
        ),
    )
