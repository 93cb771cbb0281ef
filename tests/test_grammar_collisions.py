"""Terminals are compared the quick way with the same verdicts as the usual one."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from interegular.comparator import Comparator
from lark import Lark
from lark.exceptions import LexError

from grammar.collisions import QuickComparator, numbered, quick_comparisons

LETTERS = st.sampled_from(["a", "b", "级", "[ab]", "[^a]", "."])
PATTERNS = st.recursive(
    LETTERS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
        inner.map(lambda part: f"(?:{part})*"),
        st.tuples(inner, LETTERS).map(lambda pair: f"{pair[0]}(?!{pair[1]})"),
    ),
    max_leaves=5,
)


@given(st.lists(PATTERNS, min_size=2, max_size=4, unique=True))
def test_two_patterns_are_disjoint_as_the_library_says(patterns: list[str]) -> None:
    named = dict(enumerate(patterns))
    quick, usual = QuickComparator.from_regexes(named), Comparator.from_regexes(named)
    pairs = list(combinations(named, 2))
    assert [quick.isdisjoint(*pair) for pair in pairs] == [usual.isdisjoint(*pair) for pair in pairs]
    assert all((quick.get_fsm(name) is None) == (quick.numbered[name] is None) for name in named)


def test_other_letters_are_left_to_the_library() -> None:
    both = Comparator.from_regexes({"a": "[ab]", "b": "[bc]"})
    alone = Comparator.from_regexes({"a": "[ab]"})
    assert numbered(both.get_fsm("a"), both._alphabet) is not None
    assert numbered(alone.get_fsm("a"), both._alphabet) is None


@pytest.mark.parametrize(("second", "collides"), [("b+", False), ("a(b|c)*", True), ("[ab]c", False)])
def test_a_collision_is_refused(second: str, collides: bool) -> None:
    grammar = f"start: A | B\nA: /ab?/\nB: /{second}/"
    with quick_comparisons():
        if collides:
            with pytest.raises(LexError, match="Collision between Terminals"):
                Lark(grammar, parser="lalr", lexer="contextual", strict=True)
        else:
            Lark(grammar, parser="lalr", lexer="contextual", strict=True)
