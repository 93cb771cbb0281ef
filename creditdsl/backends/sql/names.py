"""Names inside a query: readable, never twice, never too long.

Two names that differ only in case are one name to DuckDB and Spark, and PostgreSQL cuts off what is beyond 63 bytes.
"""

from collections.abc import Iterable


class Names:
    """Gives each thing a name of its own; `taken` are names that are not to be had."""

    def __init__(self, most_bytes: int, taken: Iterable[str] = ()) -> None:
        self.most_bytes = most_bytes
        self.taken = {name.casefold() for name in taken}

    def new(self, wish: str) -> str:
        """The name that is wished for, shortened and numbered where it has to be."""
        number, name = 1, shortened(wish, self.most_bytes)
        while name.casefold() in self.taken:
            number += 1
            ending = f"_{number}"
            name = shortened(wish, self.most_bytes - len(ending)) + ending
        self.taken.add(name.casefold())
        return name


def shortened(name: str, most_bytes: int) -> str:
    """As many characters of a name as so many bytes hold."""
    return name.encode()[:most_bytes].decode(errors="ignore")
