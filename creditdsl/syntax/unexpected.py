"""Text that cannot stand where it stands: what to say about it, and where to go on.

In: the text, the place, the terminals that could stand there. Out: a `Mistake`, and the places behind it at which a clause, a
declaration or a closing brace begins.
"""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache

from creditdsl.diagnostics import Diagnostic, Language, Text
from creditdsl.frozen import dataclass
from creditdsl.source import Span
from creditdsl.syntax import messages
from creditdsl.syntax.clauses import CLAUSE_RULES
from creditdsl.syntax.keywords import Keyword, keyword_table, keywords_of_terminal
from creditdsl.syntax.names import NAME_PATTERN

LEXEME = re.compile(NAME_PATTERN + r"|`[^`\n]*`|[0-9][0-9.\-_]*|\"[^\"\n]*\"|“[^”\n]*”|->|\.\.|[<>!=]=|&&|\|\||\S")
STARTERS = re.compile(r"\"[^\"\n]*\"|“[^”\n]*”|`[^`\n]*`|(?P<word>" + NAME_PATTERN + r")|(?P<sign>[{}|])")
SECTIONS = ("declaration", "clause", "amendment")

NOT_WORDS: Mapping[str, Text] = {
    "NAME": Text("名称", "a name"),
    "CODE": Text("编号", "a code"),
    "NUMBER": Text("数", "a number"),
    "DATE": Text("日期", "a date"),
    "MONTH": Text("月份", "a month"),
    "STRING": Text("引号内的文字", "a text in quotes"),
    "UNIT": Text("单位", "a unit"),
    "$END": Text("文件结尾", "the end of the file"),
    "TYPE": Text("类型", "a type"),
    "MODE": Text("舍入方式", "a way of rounding"),
}
SIGNS: Mapping[str, str] = {
    "LBRACE": "{",
    "RBRACE": "}",
    "LPAR": "(",
    "RPAR": ")",
    "COLON": ":",
    "COMMA": ",",
    "EQUAL": "=",
    "VBAR": "|",
    "SLASH": "/",
    "QMARK": "?",
}
ABSENCE = re.compile(r":[ \t]*(optional|nullable|maybe|可选|选填|可空)[ \t]+(" + NAME_PATTERN + r")\s*\Z")
"""A field of a type that other languages put a word before where its value may be absent."""
OPERAND = frozenset({"NUMBER", "NAME", "LPAR", "YES", "NO"})
"""Terminals that together stand where a value begins."""
OPERATORS = frozenset({"PLUS", "MINUS", "STAR", "SLASH"})
VALUE = Text("一个值", "a value")
OPERATOR = Text("运算符", "an operator")
MOST_LISTED = 8

HINTS: Mapping[str, Text] = {
    ";": Text("子句之间不需要分号。", "Clauses need no separator."),
    ",": Text("子句之间不需要逗号。", "Clauses need no comma."),
    "。": Text("子句之间不需要句号。", "Clauses need no full stop."),
    "==": Text("相等写作 `=`。", "Equality is written `=`."),
    "<>": Text("不相等写作 `!=`。", "Inequality is written `!=`."),
    "&&": Text("写作 `且`。", "Write `and`."),
    "||": Text("写作 `或`。", "Write `or`."),
    "!": Text("写作 `非`。", "Write `not`."),
    "'": Text('文字用双引号 `"`。', 'Texts stand in double quotes `"`.'),
    "‘": Text('文字用双引号 `"`。', 'Texts stand in double quotes `"`.'),
    "’": Text('文字用双引号 `"`。', 'Texts stand in double quotes `"`.'),
    "「": Text('文字用双引号 `"`。', 'Texts stand in double quotes `"`.'),
    "[": Text("集合用花括号 `{ }`。", "Sets stand in braces `{ }`."),
    "【": Text("集合用花括号 `{ }`。", "Sets stand in braces `{ }`."),
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """The finding; `keyword` is the terminal and the end of a keyword that was glued to a name, to go on behind it."""

    diagnostic: Diagnostic
    keyword: tuple[str, int] | None = None


def explain(path: str, text: str, at: int, accepted: frozenset[str], context: tuple[str, ...]) -> Mistake:
    """What is wrong at offset `at`, where only `accepted` terminals may stand; `context` are the terminals around it."""
    match = LEXEME.search(text, at)
    if match is None:
        return Mistake(_end_of_text(path, text, accepted))
    found, start = match[0], match.start()
    if start > 0 and text[start - 1 : start + 1] in HINTS and len(found) == 1:
        start -= 1
        found = text[start : start + 2]
    span = Span(path, start, start + len(found))
    glued = _glued(found, start, span, accepted)
    if glued is not None:
        return glued
    return Mistake(_misplaced(found, span, accepted, context) or _unexpected(text, found, span, accepted))


def _end_of_text(path: str, text: str, accepted: frozenset[str]) -> Diagnostic:
    end = len(text.rstrip())
    return messages.unexpected(
        Span(path, max(end - 1, 0), end), Text("文件在这里结束, ", "The end of the file"), _may_stand(accepted)
    )


def _glued(found: str, start: int, span: Span, accepted: frozenset[str]) -> Mistake | None:
    """A Chinese keyword with a name or a number stuck to it, or an English one with a number or Chinese."""
    best: tuple[str, Keyword] | None = None
    for keyword in keyword_table().values():
        for spelling in keyword.spellings if keyword.terminal in accepted and not keyword.before else ():
            rest = found.removeprefix(spelling)
            separable = rest[:1].isdigit() or not (spelling.isascii() and rest[:1].isascii())
            if rest and rest != found and separable and (best is None or len(spelling) > len(best[0])):
                best = spelling, keyword
    if best is None:
        return None
    spelling, keyword = best
    diagnostic = messages.glued(span, spelling, found.removeprefix(spelling))
    return Mistake(diagnostic, (keyword.terminal, start + len(spelling)))


def _misplaced(found: str, span: Span, accepted: frozenset[str], context: tuple[str, ...]) -> Diagnostic | None:
    """A clause of another declaration, where a clause may begin."""
    clause = next(
        (item for item in _starters().get(found, ()) if item.section == "clause" and item.key in CLAUSE_RULES), None
    )
    owner = next((name.lower() for name in reversed(context) if ("declaration", name.lower()) in keyword_table()), None)
    if clause is None or owner is None or "RBRACE" not in accepted or clause.terminal in accepted:
        return None
    return messages.misplaced_clause(span, clause.key, owner)


def _unexpected(text: str, found: str, span: Span, accepted: frozenset[str]) -> Diagnostic:
    shown = found if len(found) <= 40 else found[:39] + "…"
    return messages.unexpected(
        span,
        Text(f"`{shown}` ", f"`{shown}`"),
        HINTS.get(found)
        or _keyword_as_name(text, found, span)
        or _absence_in_words(text, span)
        or _did_you_mean(found, accepted)
        or _may_stand(accepted),
    )


def _keyword_as_name(text: str, found: str, span: Span) -> Text | None:
    """`key : text`: the word before is a keyword that was meant as a name."""
    before = re.search(r"([^\W\d]\w*)\s*\Z", text[max(span.start - 100, 0) : span.start])
    if found not in (":", "=") or before is None or before[1] not in _starters():
        return None
    name = before[1]
    return Text(
        f"`{name}` 是关键词; 作名称时写在反引号里: `` `{name}` ``。",
        f"`{name}` is a keyword; as a name it stands in backticks: `` `{name}` ``.",
    )


def _absence_in_words(text: str, span: Span) -> Text | None:
    """`place : optional text` reads as a field of a type `optional` and another one `text`."""
    before = ABSENCE.search(text[max(span.start - 300, 0) : span.start])
    if before is None:
        return None
    word, name = before.groups()
    return Text(
        f"可能没有的值在类型后面写 `?`: 把 `{word} {name}` 写作 `{name}?`。",
        f"A value that may be absent has `?` behind its type: `{name}?` instead of `{word} {name}`.",
    )


def _did_you_mean(found: str, accepted: frozenset[str]) -> Text | None:
    words = [
        spelling
        for terminal in sorted(accepted)
        for keyword in keywords_of_terminal(terminal)
        for spelling in keyword.spellings
    ]
    close = get_close_matches(found.lower(), words, 1, 0.7 if found.isascii() else 0.5)
    if not close or close[0] == found:
        return None
    return Text(f"是不是 `{close[0]}`?", f"Did you mean `{close[0]}`?")


def _may_stand(accepted: frozenset[str]) -> Text:
    return Text("这里可以是: " + _listed(accepted, "zh") + "。", "Here may stand: " + _listed(accepted, "en") + ".")


def _listed(accepted: frozenset[str], language: Language) -> str:
    """The accepted terminals in words, the most telling first."""
    words: list[str] = []
    left = set(accepted)
    if OPERAND <= accepted:
        words.append(VALUE.in_language(language))
        left -= set(NOT_WORDS) | {"LPAR", "MINUS"} | {item.terminal for item in _of_sections("expression", "function")}
    elif OPERATORS <= accepted:
        words.append(OPERATOR.in_language(language))
        left -= OPERATORS | {item.terminal for item in _of_sections("expression")}
        left -= {"EQUAL", "NOT_EQUAL", "LESS", "LESS_OR_EQUAL", "GREATER", "GREATER_OR_EQUAL"}
    for terminal in sorted(left, key=_rank):
        words.extend(_in_words(terminal, language))
    distinct = list(dict.fromkeys(words))
    more = {"zh": " 等", "en": ", and more"}[language] if len(distinct) > MOST_LISTED else ""
    return ("、" if language == "zh" else ", ").join(distinct[:MOST_LISTED]) + more


def _rank(terminal: str) -> tuple[int, str]:
    order = 0 if terminal in NOT_WORDS else 1 if terminal in SIGNS else 2
    return order, terminal


def _in_words(terminal: str, language: Language) -> list[str]:
    if terminal in NOT_WORDS:
        return [NOT_WORDS[terminal].in_language(language)]
    if terminal in SIGNS:
        return [f"`{SIGNS[terminal]}`"]
    return [f"`{keyword.written(language)}`" for keyword in keywords_of_terminal(terminal)[:1]]


def _of_sections(*sections: str) -> list[Keyword]:
    return [keyword for keyword in keyword_table().values() if keyword.section in sections]


@cache
def _starters() -> Mapping[str, tuple[Keyword, ...]]:
    """The keywords of declarations and clauses by their first word."""
    found: dict[str, list[Keyword]] = {}
    for keyword in _of_sections(*SECTIONS):
        for spelling in keyword.spellings:
            found.setdefault(spelling.split()[0], []).append(keyword)
    return {word: tuple(keywords) for word, keywords in found.items()}


def resumptions(text: str, start: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Places from `start` on where a clause, an alternative, a declaration or a closing brace begins, with its terminals."""
    depth = 0
    for match in STARTERS.finditer(text, start):
        sign, word = match["sign"], match["word"]
        if sign == "{":
            depth += 1
        elif sign == "}" and depth > 0:
            depth -= 1
        elif depth == 0 and sign is not None:
            yield match.start(), ("RBRACE" if sign == "}" else "VBAR",)
        elif depth == 0 and word in _starters():
            yield match.start(), tuple(dict.fromkeys(keyword.terminal for keyword in _starters()[word]))
    yield len(text), ("$END",)
