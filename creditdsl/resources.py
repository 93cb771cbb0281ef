"""Where the files that are not Python lie: the grammar and the keyword table.

In a wheel they stand inside the package, in a checkout and an editable install one level up.
"""

from functools import cache
from pathlib import Path

from creditdsl.diagnostics import InternalError

PACKAGE = Path(__file__).resolve().parent


@cache
def grammar_file(name: str) -> Path:
    """The path of a file of `grammar/`; InternalError if the installation is broken."""
    for folder in (PACKAGE / "grammar", PACKAGE.parent / "grammar"):
        path = folder / name
        if path.is_file():
            return path
    raise InternalError(f"grammar file {name} is not installed")
