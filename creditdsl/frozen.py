"""`dataclass` for what the compiler makes by the hundred thousand, and for the hundreds of classes that it loads at start-up.

`@dataclass(frozen=True)` of the standard library guards a class at run time: making an object then takes three times as long, loading
the class twice as long. Here that nothing is assigned to afterwards is for the type checker alone, to which this is the same decorator.
Equality, order, hash and representation are the same too.
"""

import dataclasses
from collections.abc import Callable
from reprlib import recursive_repr
from typing import TYPE_CHECKING

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, frozen: bool = False, slots: bool = False, order: bool = False):
        def made(plain: type) -> type:
            # Without a text, the standard library composes one from the signature, which takes as long as all else.
            plain.__doc__ = plain.__doc__ or plain.__name__
            if order:
                return dataclasses.dataclass(slots=slots, order=True, unsafe_hash=frozen)(plain)
            kind = dataclasses.dataclass(slots=slots, eq=False, repr=False)(plain)
            for name in ("__repr__", "__eq__", "__hash__"):
                if vars(plain).get(name) is None:
                    setattr(kind, name, None if name == "__hash__" and not frozen else _later(kind, name))
            return kind

        return made


def _later(kind: type, name: str) -> Callable[..., object]:
    """A method that is composed when it is first called: most classes are neither compared nor shown in a run."""

    method: Callable[..., object] | None = None

    def later(self: object, *others: object) -> object:
        nonlocal method
        if method is None:
            method = COMPOSERS[name](kind)
            if vars(kind)[name] is later:
                setattr(kind, name, method)
        return method(self, *others)

    return later


def _equality(kind: type) -> Callable[..., object]:
    sides = [
        f"({''.join(f'{side}.{item.name}, ' for item in dataclasses.fields(kind) if item.compare)})"
        for side in ("self", "other")
    ]
    return _composed(
        "__eq__(self, other)", f"{sides[0]} == {sides[1]} if other.__class__ is self.__class__ else NotImplemented"
    )


def _hashing(kind: type) -> Callable[..., object]:
    fields = [item.name for item in dataclasses.fields(kind) if (item.compare if item.hash is None else item.hash)]
    return _composed("__hash__(self)", f"hash(({''.join(f'self.{name}, ' for name in fields)}))")


def _representation(kind: type) -> Callable[..., object]:
    fields = [item.name for item in dataclasses.fields(kind) if item.repr]

    @recursive_repr()
    def __repr__(self: object) -> str:
        shown = (f"{name}={getattr(self, name)!r}" for name in fields)
        return f"{type(self).__qualname__}({', '.join(shown)})"

    return __repr__


def _composed(header: str, result: str) -> Callable[..., object]:
    names: dict[str, Callable[..., object]] = {}
    exec(f"def {header}: return {result}", names)  # noqa: S102  # of names of fields, as the standard library does it
    return names[header[: header.index("(")]]


COMPOSERS = {"__eq__": _equality, "__hash__": _hashing, "__repr__": _representation}
