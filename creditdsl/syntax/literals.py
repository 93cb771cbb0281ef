"""Words into values: names, labels, numbers, dates, and the numerals of Chinese articles.

In: nodes and words of the concrete syntax. Out: leaves of the surface tree. What is wrong with a literal is reported to the `Desk`.
"""

import re
import unicodedata
from dataclasses import field
from datetime import date

from creditdsl.diagnostics import Diagnostic, InternalError
from creditdsl.frozen import dataclass
from creditdsl.source import Span
from creditdsl.syntax import messages
from creditdsl.syntax.concrete import Node, Word
from creditdsl.syntax.keywords import key_of
from creditdsl.syntax.limits import STANDARD
from creditdsl.syntax.tree import (
    Identifier,
    Label,
    MonthLiteral,
    Number,
    PeriodLiteral,
    QuarterLiteral,
    RoundingMode,
    TextLiteral,
    UnitWord,
)

CHINESE_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0}
CHINESE_WEIGHTS = {"十": 10, "百": 100, "千": 1000}
ESCAPES = {'"': '"', "\\": "\\", "n": "\n", "”": "”", "“": "“"}
NO_DAY = date(1970, 1, 1)
"""Stands for a date that does not exist, which has been reported."""


@dataclass(slots=True)
class Desk:
    """Where the builders of one file leave what they find wrong."""

    path: str
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def span(self, place: Node | Word) -> Span:
        return Span(self.path, place.start, place.end)

    def report(self, diagnostic: Diagnostic) -> None:
        self.diagnostics.append(diagnostic)


def required_word(node: Node, *terminals: str) -> Word:
    """A token that the grammar promises."""
    word = node.word(*terminals)
    if word is None:
        raise InternalError(f"rule {node.rule} has no token {terminals}")
    return word


def required_node(node: Node, *rules: str) -> Node:
    """A child that the grammar promises."""
    child = node.node(*rules)
    if child is None:
        raise InternalError(f"rule {node.rule} has no child {rules}")
    return child


def name_text(text: str) -> str:
    """A name as the tree keeps it: without backticks, NFC."""
    return unicodedata.normalize("NFC", text.removeprefix("`").removesuffix("`"))


def identifier(node: Node, desk: Desk) -> Identifier:
    """The name or code of a `name` or `code` node."""
    word = required_word(node, "NAME", "CODE")
    return Identifier(name_text(word.text), span=desk.span(word))


def identifiers(node: Node, desk: Desk) -> tuple[Identifier, ...]:
    return tuple(identifier(child, desk) for child in node.nodes("name", "code"))


def code(node: Node, desk: Desk) -> Identifier:
    """The code of a rule."""
    return identifier(required_node(node, "code"), desk)


def canonical(section: str, word: Word, desk: Desk) -> Identifier:
    """The key of a word of the table, whichever spelling was written."""
    key = key_of(section, word.text)
    if key is None:
        raise InternalError(f"no {section} {word.text}")
    return Identifier(key, span=desk.span(word))


def text_literal(word: Word, desk: Desk) -> TextLiteral:
    """The text between the quotes, escapes resolved; an unknown escape is reported and kept as written."""
    content = word.text[1:-1]
    if "\\" not in content:
        return TextLiteral(content, span=desk.span(word))
    for match in re.finditer(r"\\(.)", content):
        if match[1] not in ESCAPES:
            start = word.start + 1 + match.start()
            desk.report(messages.unknown_escape(Span(desk.path, start, start + 2), match[0]))
    value = re.sub(r"\\(.)", lambda match: ESCAPES.get(match[1], match[0]), content)
    return TextLiteral(value, span=desk.span(word))


def label(node: Node, desk: Desk) -> Label:
    return Label(tuple(text_literal(word, desk).value for word in node.words("STRING")), span=desk.span(node))


def optional_label(node: Node, desk: Desk) -> Label | None:
    child = node.node("label")
    return None if child is None else label(child, desk)


def number(word: Word, unit: Word | None, desk: Desk) -> Number:
    """`1_000.5` with its unit: digits 10005, places 1."""
    whole, _, fraction = word.text.replace("_", "").partition(".")
    span = desk.span(word) if unit is None else desk.span(word).to(desk.span(unit))
    # Too many digits were reported by the scan; the value of the first ones keeps the tree whole.
    digits = (whole + fraction)[: 2 * STANDARD.digits]
    return Number(int(digits), len(fraction), None if unit is None else unit_word(unit), span=span)


def whole_number(word: Word, desk: Desk) -> int:
    """A NUMBER that must be whole: digits kept, steps down."""
    if "." in word.text:
        desk.report(messages.not_whole(desk.span(word), word.text))
    return int(word.text.replace("_", "").partition(".")[0][: STANDARD.digits])


def quantity(node: Node, desk: Desk) -> Number:
    return number(required_word(node, "NUMBER"), node.word("UNIT"), desk)


def unit_word(word: Word) -> UnitWord:
    key = key_of("unit", word.text)
    if key is None:
        raise InternalError(f"no unit {word.text}")
    return UnitWord(key)


def day(word: Word, desk: Desk) -> date:
    """The date of a DATE token; one that does not exist is reported."""
    year, month, day_of_month = (int(part) for part in re.findall(r"[0-9]+", word.text))
    try:
        return date(year, month, day_of_month)
    except ValueError:
        desk.report(messages.no_such_date(desk.span(word), word.text))
        return NO_DAY


def month(word: Word, desk: Desk) -> tuple[int, int]:
    """Year and month of a MONTH token; one that does not exist is reported."""
    year, month_of_year = (int(part) for part in re.findall(r"[0-9]+", word.text))
    if year < 1 or not 1 <= month_of_year <= 12:
        desk.report(messages.no_such_month(desk.span(word), word.text))
        return 1970, 1
    return year, month_of_year


def quarter(word: Word, desk: Desk) -> tuple[int, int]:
    """Year and quarter of a QUARTER token."""
    year, number_ = word.text[:4], word.text.removesuffix("季度")[-1]
    if int(year) < 1:
        desk.report(messages.no_such_month(desk.span(word), word.text))
        return 1970, 1
    return int(year), CHINESE_DIGITS.get(number_) or int(number_)


def rounding_mode(node: Node, desk: Desk) -> RoundingMode:
    """The way of rounding that a node has."""
    return RoundingMode(canonical("rounding", required_word(node, "MODE"), desk).text)


PERIODS = ("quantity", "month", "quarter")
"""The rules of what may stand for an assessment period."""


def period_literal(node: Node, desk: Desk) -> PeriodLiteral:
    """A year as a number, a quarter or a month."""
    span = desk.span(node)
    match node.rule:
        case "month":
            return MonthLiteral(*month(required_word(node, "MONTH"), desk), span=span)
        case "quarter":
            return QuarterLiteral(*quarter(required_word(node, "QUARTER"), desk), span=span)
        case _:
            return quantity(node, desk)


def place_number(text: str) -> str:
    """The number inside `第二十条`, `第3款`, `第(二)项`, `附件2`, in Arabic digits; `第十八条之一` gives `18-1`."""
    numerals = re.findall(r"[0-9]+|[零〇一二三四五六七八九十百千]+", text)
    return "-".join(_without_zeros(item) if item.isascii() else str(_chinese_number(item)) for item in numerals)


def _without_zeros(digits: str) -> str:
    return digits.lstrip("0") or "0"


def _chinese_number(text: str) -> int:
    total, digit = 0, 0
    for character in text[: STANDARD.digits]:
        if character in CHINESE_WEIGHTS:
            total += max(digit, 1) * CHINESE_WEIGHTS[character]
            digit = 0
        else:
            digit = digit * 10 + CHINESE_DIGITS[character]
    return total + digit
