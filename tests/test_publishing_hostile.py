"""Whatever the labels, notes and case names of a policy hold, they are text on the page and never markup."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from itertools import cycle

from hypothesis import given, settings
from hypothesis import strategies as st
from publishing_sample import Page, amended_histories, read, sample_history

from creditdsl.core.ir import Program
from creditdsl.publishing.names import Anchors, slug
from creditdsl.publishing.rendering import printable, typeset
from creditdsl.publishing.site import site
from creditdsl.publishing.texts import HISTORY, NEWEST, PolicyHistory
from creditdsl.syntax.tree import Label, Population, Sampling

EXAMPLES = int(os.environ.get("CREDITDSL_HOSTILE_EXAMPLES", "15"))
"""Pages made from hostile labels; every one holds 20 of them, each in several places and in both languages."""

PIECES = st.sampled_from(
    [
        "<script>alert(1)</script>",
        "</script>",
        "</title><b>",
        '" onmouseover="x',
        "' autofocus onfocus='x",
        "<!--",
        "-->",
        "]]>",
        "<![CDATA[",
        "{{ 7 * 7 }}",
        "{% raw %}",
        "{# x #}",
        "&lt;",
        "&#60;script&#62;",
        "&amp;amp;",
        "javascript:alert(1)",
        "\\",
        "`",
        "\u2028",
        "\u2029",
        "\u202e",
        "\u2066",
        "\u200f",
        "\x00",
        "\x1b[31m",
        "\ud800",
        "\ufeff",
        "\n",
        "</td></tr></table>",
        "<a href=x>",
        "逾期,申报",
        "a=b>c",
    ]
)
HOSTILE = st.lists(PIECES | st.text(max_size=6), min_size=1, max_size=5).map("".join)


def relabelled(node: object, labels: Iterator[str], done: dict[int, object]) -> object:
    """A copy of a tree in which every text for people is the next of the labels; one node has one copy, in `done`."""
    if id(node) in done:
        return done[id(node)]
    copy = node
    if isinstance(node, Label):
        copy = Label(tuple(next(labels) for _ in node.texts))
    elif isinstance(node, tuple):
        copy = tuple(relabelled(item, labels, done) for item in node)
    elif isinstance(node, Program):
        copy = relabelled_program(node, labels)
    elif is_dataclass(node) and not isinstance(node, type):
        changes = {item.name: relabelled(getattr(node, item.name), labels, done) for item in fields(node) if item.init}
        if isinstance(node, Population):
            changes["name"] = replace(node.name, value=next(labels))
        if isinstance(node, Sampling):
            changes["seed"] = replace(node.seed, value=next(labels))
        copy = replace(node, **changes)
    done[id(node)] = copy
    return copy


def relabelled_program(program: Program, labels: Iterator[str]) -> Program:
    """The program with other texts in its header, its input, its enumerations and its cases."""

    def texts(old: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(next(labels) for _ in old)

    def table(old):  # type: ignore[no-untyped-def]
        return replace(old, label=texts(old.label), fields=tuple(replace(f, label=texts(f.label)) for f in old.fields))

    return replace(
        program,
        header=replace(program.header, label=texts(program.header.label), authority=texts(program.header.authority)),
        subject=table(program.subject),
        records=tuple(table(item) for item in program.records),
        enums=tuple(replace(item, label=texts(item.label)) for item in program.enums),
        cases=tuple(replace(item, name=next(labels)) for item in program.cases),
    )


def pages(history: PolicyHistory, names: Iterable[str], labels: list[str]) -> list[Page]:
    """Pages of a policy with these labels in turn."""
    copy = relabelled(history, cycle(labels), {})
    assert isinstance(copy, PolicyHistory)
    files = site(copy)
    return [read(files[name].decode("utf-8")) for name in names]


def newest_pages(labels: list[str]) -> list[Page]:
    """Both main pages of the sample."""
    return pages(sample_history(), NEWEST.values(), labels)


def harmless(labels: list[str]) -> list[str]:
    """Labels that are equal where those given are equal, and otherwise say nothing."""
    return [f"label {labels.index(label)}" for label in labels]


@settings(max_examples=EXAMPLES, deadline=None, database=None)
@given(st.lists(HOSTILE, min_size=20, max_size=20))
def test_no_label_changes_the_structure_of_a_page(labels: list[str]) -> None:
    made = newest_pages(labels)
    assert [page.faults for page in made] == [[], []]
    assert [page.skeleton for page in made] == [page.skeleton for page in newest_pages(harmless(labels))]


LENGTHS = {
    "<del >",
    "</del>",
    "<ins >",
    "</ins>",
    "<span class>",
    "<details class>",
    "</details>",
    "<summary >",
    "</summary>",
}
"""What a history has more or less of when labels are longer: marks, and folds around long texts."""


@settings(max_examples=EXAMPLES, deadline=None, database=None)
@given(st.lists(HOSTILE, min_size=20, max_size=20))
def test_no_label_brings_an_element_into_the_history(labels: list[str]) -> None:
    history = amended_histories()[0]
    short = replace(history, texts=history.texts[-1:])
    names = (*NEWEST.values(), *HISTORY.values())
    made, expected = (pages(short, names, texts) for texts in (labels, harmless(labels)))
    assert [page.faults for page in made] == [[], [], [], []]
    for one, other in zip(made, expected, strict=True):
        assert set(one.skeleton) <= set(other.skeleton) | LENGTHS
    assert [page.skeleton for page in made[:2]] == [page.skeleton for page in expected[:2]]


@settings(max_examples=5, deadline=None, database=None)
@given(HOSTILE)
def test_a_label_is_shown_as_it_is_written(label: str) -> None:
    for page, shown in zip(newest_pages([label]), (typeset(printable(label)), printable(label)), strict=True):
        title = next(item for item in page.elements if item.tag == "title")
        assert title.text.strip() == shown.strip()


@given(st.text(max_size=20))
def test_no_printed_text_has_controls_or_turns_the_direction_of_writing(text: str) -> None:
    shown = printable(text)
    assert not set(shown) & {chr(code) for code in (*range(0x20), 0x7F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))}
    shown.encode("utf-8")
    assert len(shown) == len(text)


@given(st.text())
def test_an_anchor_holds_letters_digits_and_three_signs_only(text: str) -> None:
    assert all(character.isalnum() or character in "_.-" for character in slug(text))


@given(st.lists(st.tuples(st.text(max_size=3), st.sampled_from(["a", "a-2", "b"])), max_size=12))
def test_no_two_things_get_one_anchor(asked: list[tuple[str, str]]) -> None:
    anchors = Anchors()
    given_out = {(key,): anchors.claim((key,), wanted) for key, wanted in asked}
    assert len(set(given_out.values())) == len(given_out)
    assert all(anchors.claim(key, "other") == anchor for key, anchor in given_out.items())
