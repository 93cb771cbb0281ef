"""The wording of comparisons: complete, in two languages, and within what a Chinese terminal can show."""

import re

import pytest

from creditdsl.comparing import interface_messages, messages, sentences
from creditdsl.comparing.kinds import STATIC_KINDS
from creditdsl.comparing.model import DeclarationChange, Direction, Fate, Kind
from creditdsl.diagnostics import Text
from creditdsl.syntax import tree

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def texts() -> list[Text]:
    """Every fixed text of the three modules, those in tables included."""
    found: list[Text] = []
    for module in (messages, interface_messages, sentences):
        for value in vars(module).values():
            if isinstance(value, Text):
                found.append(value)
            elif isinstance(value, dict):
                found.extend(item for item in value.values() if isinstance(item, Text))
    return found


def test_every_kind_and_direction_has_its_words() -> None:
    assert messages.KINDS.keys() == set(Kind)
    assert messages.DIRECTIONS.keys() == sentences.COUNTED.keys() == set(Direction)


def test_every_declaration_has_a_kind() -> None:
    measures = {Kind(word.value) for word in tree.MeasureWord}
    assert {*STATIC_KINDS.values(), *measures} == set(Kind)


def test_every_text_is_in_two_languages_that_gbk_can_write() -> None:
    assert len(texts()) > 100
    for text in texts():
        assert text.zh.encode("gbk") and text.en.encode("ascii")
        assert not CHINESE.search(text.en)
        assert CHINESE.search(text.zh) or not re.search(r"[A-Za-z]", text.zh)


@pytest.mark.parametrize(
    ("fate", "label", "chinese", "english"),
    [
        (
            Fate.NEW,
            Text("一", "One"),
            "指标 x“一”是新增的:扣分更多。",
            'The indicator x "One" is new: it deducts more points.',
        ),
        (Fate.GONE, None, "指标 x 已删除:扣分更多。", "The indicator x is gone: it deducts more points."),
        (
            Fate.RENAMED,
            None,
            "指标 x 由 w 改名而来:扣分更多。",
            "The indicator x was called w: it deducts more points.",
        ),
    ],
)
def test_a_change_is_one_sentence(fate: Fate, label: Text | None, chinese: str, english: str) -> None:
    change = DeclarationChange(
        Kind.INDICATOR,
        "x",
        "w",
        fate,
        label,
        (),
        None,
        None,
        Direction.STRICTER,
        (messages.MORE_DEDUCTED,),
        (),
        (),
    )
    assert sentences.sentence(change) == Text(chinese, english)
