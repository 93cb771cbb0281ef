"""What the lexer tries at a character is all that can begin with it."""

import re
from collections.abc import Iterator

import pytest

from creditdsl.syntax.automaton import automaton
from creditdsl.syntax.lexer import OPENINGS

PARSER = re._parser  # type: ignore[attr-defined]


def openings(parsed: object) -> Iterator[str]:
    """The characters that texts of a parsed regular expression begin with; an error for what this does not know."""
    operation, argument = parsed[0]  # type: ignore[index]
    match str(operation):
        case "LITERAL":
            yield chr(argument)
        case "IN":
            for kind, found in argument:
                low, high = (found, found) if str(kind) == "LITERAL" else found
                yield from map(chr, range(low, high + 1))
        case "BRANCH":
            for branch in argument[1]:
                yield from openings(branch)
        case "MAX_REPEAT" | "POSSESSIVE_REPEAT" if argument[0] > 0:
            yield from openings(argument[2])
        case other:
            raise AssertionError(other)


@pytest.mark.parametrize("name", OPENINGS)
def test_a_terminal_begins_with_the_characters_that_it_is_tried_at(name: str) -> None:
    [pattern] = [item.pattern for item in automaton().terminals if item.name == name]
    assert set(openings(PARSER.parse(pattern))) == set(OPENINGS[name])
