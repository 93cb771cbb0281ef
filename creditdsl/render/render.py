"""The formats of a report, and the one function that writes any of them."""

from collections.abc import Iterable
from enum import Enum

from creditdsl.diagnostics import Diagnostic
from creditdsl.render.concise import concise
from creditdsl.render.full import full
from creditdsl.render.github import github
from creditdsl.render.sarif import sarif
from creditdsl.render.structured import structured
from creditdsl.render.style import Sources, Style


class Format(Enum):
    FULL = "full"
    CONCISE = "concise"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


def render(diagnostics: Iterable[Diagnostic], sources: Sources, format_: Format, style: Style) -> str:
    """The diagnostics in one format, each line ended; JSON and SARIF are whole documents also for no diagnostics."""
    match format_:
        case Format.FULL:
            return full(diagnostics, sources, style)
        case Format.CONCISE:
            return concise(diagnostics, sources, style)
        case Format.JSON:
            return structured(diagnostics, sources)
        case Format.SARIF:
            return sarif(diagnostics, sources, style)
        case Format.GITHUB:
            return github(diagnostics, sources, style)
