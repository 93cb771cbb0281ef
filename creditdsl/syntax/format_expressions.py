"""Expressions of the surface tree as text, with the parentheses that they need and no others."""

import re
from collections.abc import Mapping
from dataclasses import replace

from creditdsl.syntax import tree
from creditdsl.syntax.spelling import (
    BREAK,
    Speller,
    words_behind_is,
    words_of_section,
    written_code,
    written_label,
    written_name,
    written_text,
)

IF, IMPLIES, OR, AND, NOT, COMPARISON, SUM, PRODUCT, UNARY, FALLBACK, ATOM = range(11)
"""How tightly a form binds; an operand that binds less stands in parentheses."""

BINARY_LEVELS: Mapping[tree.BinaryOperator, tuple[int, int, int]] = {
    tree.BinaryOperator.IMPLIES: (IMPLIES, OR, IMPLIES),
    tree.BinaryOperator.OR: (OR, OR, AND),
    tree.BinaryOperator.AND: (AND, AND, NOT),
    tree.BinaryOperator.ADD: (SUM, SUM, PRODUCT),
    tree.BinaryOperator.SUBTRACT: (SUM, SUM, PRODUCT),
    tree.BinaryOperator.MULTIPLY: (PRODUCT, PRODUCT, UNARY),
    tree.BinaryOperator.DIVIDE: (PRODUCT, PRODUCT, UNARY),
    tree.BinaryOperator.OF: (PRODUCT, PRODUCT, UNARY),
    tree.BinaryOperator.EQUAL: (COMPARISON, SUM, SUM),
    tree.BinaryOperator.NOT_EQUAL: (COMPARISON, SUM, SUM),
    tree.BinaryOperator.LESS: (COMPARISON, SUM, SUM),
    tree.BinaryOperator.LESS_OR_EQUAL: (COMPARISON, SUM, SUM),
    tree.BinaryOperator.GREATER: (COMPARISON, SUM, SUM),
    tree.BinaryOperator.GREATER_OR_EQUAL: (COMPARISON, SUM, SUM),
}
"""The level of each operator, and the least levels of its operands."""
WORD_OPERATORS = frozenset({tree.BinaryOperator.IMPLIES, tree.BinaryOperator.OR, tree.BinaryOperator.AND})
BEFORE_OF = frozenset({"year", "month", "as"})
"""Names that would be read as one keyword with an `of` behind them."""

RESULTS = frozenset({"score", "grade"})

CHINESE_NUMERALS = "零一二三四五六七八九"
INSERTED_ARTICLE = re.compile(r"[1-9][0-9]*-[1-9]")
"""`18-1` is the article that an amendment put behind article 18: 第18条之一."""


def level(expression: tree.Expression) -> int:
    """How tightly an expression binds."""
    match expression:
        case tree.Unary(operator):
            return NOT if operator is tree.UnaryOperator.NOT else UNARY
        case tree.Binary(operator):
            return BINARY_LEVELS[operator][0]
        case tree.IsPresent() | tree.Is() | tree.InSet() | tree.InRange() | tree.Within():
            return COMPARISON
        case tree.OrElse() | tree.At():
            return FALLBACK
        case tree.If():
            return IF
        case tree.Between() | tree.Part() | tree.BreachOf():
            return UNARY
        case (
            tree.Number()
            | tree.TextLiteral()
            | tree.DateLiteral()
            | tree.MonthLiteral()
            | tree.TruthLiteral()
            | tree.Reference()
            | tree.Context()
            | tree.Cases()
            | tree.Aggregate()
            | tree.Call()
            | tree.Rolled()
            | tree.Round()
        ):
            return ATOM


def written(expression: tree.Expression, spell: Speller, least: int = IF) -> str:
    """The expression on one line, in parentheses when it binds less than `least`."""
    text = _written(expression, spell)
    return f"({text})" if level(expression) < least else text


def written_period(period: tree.PeriodLiteral, spell: Speller) -> str:
    """`2020`, `2020-Q1`, `2020-11`."""
    if isinstance(period, tree.QuarterLiteral):
        return f"{period.year:04}-Q{period.quarter}"
    return written(period, spell)


def _written(expression: tree.Expression, spell: Speller) -> str:
    match expression:
        case tree.Number():
            return spell.number(expression)
        case tree.TextLiteral(value):
            return written_text(value)
        case tree.DateLiteral(value):
            return value.isoformat()
        case tree.MonthLiteral(year, month):
            return f"{year:04}-{month:02}"
        case tree.TruthLiteral(value):
            return spell.expression("yes" if value else "no")
        case tree.Reference(name):
            return spell.reference(name)
        case tree.Context(word):
            return spell.expression(word.value)
        case tree.Unary(operator, operand):
            if operator is tree.UnaryOperator.NOT:
                return f"{spell.expression('not')} {written(operand, spell, NOT)}"
            return f"-{written(operand, spell, UNARY)}"
        case tree.Binary():
            return _binary(expression, spell)
        case tree.IsPresent(operand, negated):
            return f"{written(operand, spell, SUM)} {spell.expression('is_absent' if negated else 'is_present')}"
        case tree.Is(operand, value, negated):
            verb = spell.expression("is_not" if negated else "is")
            return f"{written(operand, spell, SUM)} {verb} {written_name(value.text, also=words_behind_is())}"
        case tree.InSet(operand, items, negated):
            verb = spell.expression("not_in" if negated else "in")
            return f"{written(operand, spell, SUM)} {verb} {written_set(items, spell)}"
        case tree.InRange(operand, low, high, negated):
            verb = spell.expression("not_in" if negated else "in")
            return f"{written(operand, spell, SUM)} {verb} {written(low, spell, SUM)} .. {written(high, spell, SUM)}"
        case tree.Within():
            return _within(expression, spell)
        case tree.OrElse(operand, default):
            return f"{written(operand, spell, FALLBACK)} {spell.expression('or_else')} {written(default, spell, ATOM)}"
        case tree.At(parameter, day):
            return f"{written_name(parameter.text)} {spell.expression('at')} {written(day, spell, ATOM)}"
        case tree.BreachOf(pledge):
            return f"{spell.expression('breach_of')} {written_code(pledge.text)}"
        case tree.Rolled(operand):
            return f"{spell.word('function', 'rolled')}({written(operand, spell)})"
        case tree.If(condition, then, otherwise):
            words = [spell.expression(key) for key in ("if", "then", "else")]
            parts = [written(part, spell) for part in (condition, then, otherwise)]
            return BREAK.join(f"{word} {part}" for word, part in zip(words, parts, strict=True))
        case tree.Cases(branches):
            arms = " ".join(written_branch(branch, spell) for branch in branches)
            return f"{spell.expression('cases')} {{ {arms} }}" if arms else f"{spell.expression('cases')} {{ }}"
        case tree.Aggregate():
            return _aggregate(expression, spell)
        case tree.Call(name, arguments):
            return f"{_called(name.text, spell)}({', '.join(written(item, spell) for item in arguments)})"
        case tree.Between(word, first, second):
            joined = spell.expression("between_and")
            return f"{spell.expression(word.value)} {written(first, spell, UNARY)} {joined} {written(second, spell, UNARY)}"
        case tree.Part(word, operand):
            return f"{spell.expression(word.value)} {written(operand, spell, UNARY)}"
        case tree.Round(operand, places, mode):
            rounded, mode_word = spell.word("function", "round"), spell.word("rounding", mode.value)
            return f"{rounded}({written(operand, spell)}, {places} {spell.clause('places')}, {mode_word})"


def _binary(binary: tree.Binary, spell: Speller) -> str:
    _, left, right = BINARY_LEVELS[binary.operator]
    if binary.operator is tree.BinaryOperator.OF:
        return _share(binary, spell)
    operator = spell.expression(binary.operator.value) if binary.operator in WORD_OPERATORS else binary.operator.value
    gap = BREAK if binary.operator in WORD_OPERATORS else " "
    return f"{written(binary.left, spell, left)}{gap}{operator} {written(binary.right, spell, right)}"


def _share(binary: tree.Binary, spell: Speller) -> str:
    """`10% of payable`; in Chinese `payable 的 10%`."""
    if spell.language == "zh":
        return (
            f"{written(binary.right, spell, PRODUCT)} {spell.expression('part')} {written(binary.left, spell, UNARY)}"
        )
    share = written(binary.left, spell, PRODUCT)
    if share.rpartition(" ")[2] in BEFORE_OF:
        share = f"({share})"
    return f"{share} {spell.expression('of')} {written(binary.right, spell, UNARY)}"


def _within(within: tree.Within, spell: Speller) -> str:
    """`d within 30 days after a`; in Chinese `d 在 a 之后 30 天 内`."""
    operand = "" if within.operand is None else written(within.operand, spell, SUM) + " "
    direction = spell.expression("before" if within.before else "after")
    anchor, length = written(within.anchor, spell, SUM), spell.number(within.duration)
    if spell.language == "zh":
        return f"{operand}{spell.expression('in')} {anchor} {direction} {length} {spell.expression('inside')}"
    return f"{operand}{spell.expression('within')} {length} {direction} {anchor}"


def _aggregate(aggregate: tree.Aggregate, spell: Speller) -> str:
    # Here `grade` may be the record's own field, in whichever file that is declared: it stays as it is called.
    spell = replace(spell, own_names=spell.own_names | RESULTS)
    parts = []
    if aggregate.value is not None:
        parts += [written(aggregate.value, spell), spell.clause("for_each")]
    parts.append(written_name(aggregate.record.text))
    if aggregate.keys:
        parts += [spell.clause("per"), ", ".join(written_name(key.text) for key in aggregate.keys)]
    if aggregate.where is not None:
        parts[-1] += f"{BREAK}{spell.clause('where')} {written(aggregate.where, spell)}"
    return f"{spell.word('function', aggregate.word.value)}({' '.join(parts)})"


def _called(name: str, spell: Speller) -> str:
    if name in ("least", "greatest"):
        return spell.word("function", name)
    return written_name(name, also=words_of_section("function"))


def written_set(items: tuple[tree.Expression, ...], spell: Speller) -> str:
    return "{" + ", ".join(written(item, spell, SUM) for item in items) + "}"


def written_branch(branch: tree.Branch, spell: Speller) -> str:
    """`| condition -> value`."""
    condition = spell.clause("otherwise") if branch.condition is None else written(branch.condition, spell)
    return f"| {condition} -> {written(branch.value, spell)}"


def written_type(kind: tree.TypeExpression, spell: Speller) -> str:
    """`yuan 4 places? in 0 .. 100`."""
    if isinstance(kind.name, tree.Identifier):
        text = written_name(kind.name.text, also=words_of_section("type"))
    else:
        text = spell.word("type", kind.name.value)
    if kind.places is not None:
        text += f" {kind.places} {spell.clause('places')}"
    if kind.optional:
        text += "?"
    if kind.low is not None and kind.high is not None:
        text += f" {spell.clause('range')} {written(kind.low, spell, SUM)} .. {written(kind.high, spell, SUM)}"
    return text


def written_locator(locator: tree.Locator, spell: Speller) -> str:
    """`article 18`, `(2)`; in Chinese `第18条`, `第2项`, `附件2`."""
    word, number = spell.clause(locator.word.value), locator.number
    if number is None:
        return word
    simple = number.isascii() and number.isdigit()
    match locator.word:
        case tree.LocatorWord.ITEM if spell.language == "en":
            return f"({number})"
        case tree.LocatorWord.ARTICLE | tree.LocatorWord.PARAGRAPH | tree.LocatorWord.ITEM if (
            spell.language == "zh" and simple
        ):
            return f"第{number}{word}"
        case tree.LocatorWord.ARTICLE if spell.language == "zh" and INSERTED_ARTICLE.fullmatch(number):
            article, inserted = number.split("-")
            return f"第{article}{word}之{CHINESE_NUMERALS[int(inserted)]}"
        case tree.LocatorWord.ANNEX if spell.language == "zh" and simple:
            return f"{word}{number}"
        case tree.LocatorWord.ROW if not number[:1].isdigit():
            return f"{word} {written_name(number)}"
        case _:
            return f"{word} {number}"


def written_citation(citation: tree.Citation, spell: Speller) -> str:
    return " ".join([written_name(citation.source.text), *(written_locator(item, spell) for item in citation.locators)])


def optional_label(label: tree.Label | None) -> str:
    """A label with a space before it, or nothing."""
    return "" if label is None else " " + written_label(label)
