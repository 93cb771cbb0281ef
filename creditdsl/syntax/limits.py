"""How large rule text may be. Each limit keeps the answer to hostile text under a tenth of a second."""

from creditdsl.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """`size` in bytes of a file, `nesting` in brackets, `token` in characters, `depth` in levels of an expression."""

    size: int = 1 << 20
    nesting: int = 64
    token: int = 4096
    digits: int = 18
    depth: int = 128
    diagnostics: int = 20


STANDARD = Limits()
