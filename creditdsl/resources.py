"""Where the files that are not Python lie: the grammar, the keyword table and the pages of the diagnostics.

In a wheel they stand inside the package, in a checkout and an editable install one level up.
"""

from functools import cache
from pathlib import Path

from creditdsl.diagnostics import InternalError

PACKAGE = Path(__file__).resolve().parent


@cache
def grammar_file(name: str) -> Path:
    """The path of a file of `grammar/`; InternalError if the installation is broken."""
    return _installed(Path("grammar", name))


@cache
def error_page(code: str) -> Path:
    """The path of the page about a diagnostic code such as `CR0201`; InternalError if the installation is broken."""
    return _installed(Path("docs", "errors", f"{code}.md"))


def _installed(name: Path) -> Path:
    for folder in (PACKAGE, PACKAGE.parent):
        path = folder / name
        if path.is_file():
            return path
    raise InternalError(f"{name} is not installed")
