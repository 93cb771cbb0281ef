"""`dataclass` for what the compiler makes by the hundred thousand, and for the hundreds of classes that it loads at start-up.

`@dataclass(frozen=True)` of the standard library guards a class at run time: making an object then takes three times as long, loading
the class twice as long. Here that nothing is assigned to afterwards is for the type checker alone, to which this is the same decorator.
Equality, order, hash and representation are the same too.
"""

import dataclasses
from typing import TYPE_CHECKING

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, frozen: bool = False, slots: bool = False, order: bool = False):
        def made(plain: type) -> type:
            # Without a text, the standard library composes one from the signature, which takes as long as all else.
            plain.__doc__ = plain.__doc__ or plain.__name__
            return dataclasses.dataclass(slots=slots, order=order, unsafe_hash=frozen)(plain)

        return made
