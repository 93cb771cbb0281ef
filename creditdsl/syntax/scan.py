"""One form for everything that is typed in several: the pass over the characters before parsing.

In: a `SourceFile`. Out: text of the same length, so that every offset stays, in which comments are blank and, outside of strings,
full-width punctuation and digits are ASCII; the comments; and what is wrong with characters, strings, numbers and nesting.

    指标 010101 {扣 5分}  # 注    becomes    指标 010101 {扣 5分}
"""

import re
import unicodedata
from collections.abc import Iterator

from creditdsl.diagnostics import Diagnostic, Text
from creditdsl.frozen import dataclass
from creditdsl.source import SourceFile, Span
from creditdsl.syntax import messages
from creditdsl.syntax.limits import Limits
from creditdsl.syntax.names import NAME_PATTERN
from creditdsl.syntax.tree import Comment

FULL_WIDTH = {chr(0xFF01 + offset): chr(0x21 + offset) for offset in range(0x5E)}
PUNCTUATION = {wide: plain for wide, plain in FULL_WIDTH.items() if not plain.isalnum()} | {
    "、": ",",
    "×": "*",
    "÷": "/",
    "−": "-",
}
DIGITS = {wide: plain for wide, plain in FULL_WIDTH.items() if plain.isdigit()}
TO_PLAIN = str.maketrans(PUNCTUATION | DIGITS)

HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)
DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
TOKENS = re.compile(
    r"""
      (?P<comment>[#\uFF03][^\n]*)
    | (?P<string>"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+" | “[^”\\\n]*+(?:\\.[^”\\\n]*+)*+”)
    | (?P<unclosed>["“\uFF02][^\n]*)
    | (?P<quoted>`[^`\n]*+`)
    | (?P<number>[0-9\uFF10-\uFF19][0-9\uFF10-\uFF19_]*+(?:[.\uFF0E][0-9\uFF10-\uFF19]+)?)
    | (?P<word>NAME)
    | (?P<bracket>[(){}\[\]\uFF08\uFF09\uFF5B\uFF5D\uFF3B\uFF3D])
    """.replace("NAME", NAME_PATTERN),
    re.VERBOSE,
)
PLAIN_IN_ASCII = frozenset({"word", "quoted", "string", "number"})
LOOK_ALIKES = str.maketrans(
    dict(zip("аеорсухіјѕԁԛԝһӏАВЕКМНОРСТУХІЈЅԚԜ", "aeopcyxijsdqwhlABEKMHOPCTYXIJSQW", strict=True))
    | dict(zip("ονικαρυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ovikapuxABEZHIKMNOPTYX", strict=True))
)


@dataclass(frozen=True, slots=True)
class Scan:
    """`text` has the length of the file's; `complete` is False when it is too deep to be parsed at all."""

    text: str
    comments: tuple[Comment, ...]
    diagnostics: tuple[Diagnostic, ...]
    complete: bool


def scan(source: SourceFile, limits: Limits) -> Scan:
    """Brings the text of a file to one form and checks its characters, strings, numbers and nesting."""
    scanner = _Scanner(source, limits)
    text = scanner.plain_text()
    diagnostics = sorted([*_hidden_characters(source), *scanner.diagnostics], key=lambda item: item.span.start)
    return Scan(text, tuple(scanner.comments), tuple(diagnostics), not scanner.too_deep)


def _hidden_characters(source: SourceFile) -> Iterator[Diagnostic]:
    """Control, direction and zero-width characters, in comments and strings too."""
    for match in HIDDEN.finditer(source.text):
        if DIRECTIONS.match(match[0]):
            kind = Text("文字方向控制符", "direction control")
        elif ord(match[0]) < 0xA0:
            kind = Text("控制字符", "control character")
        else:
            kind = Text("零宽字符", "zero-width character")
        yield messages.hidden_character(Span(source.path, match.start(), match.end()), match[0], kind)


class _Scanner:
    """Walks over the tokens of one file once."""

    def __init__(self, source: SourceFile, limits: Limits) -> None:
        self.source = source
        self.limits = limits
        self.comments: list[Comment] = []
        self.diagnostics: list[Diagnostic] = []
        self.depth = 0
        self.too_deep = False

    def plain_text(self) -> str:
        text = self.source.text
        short = min(self.limits.token, self.limits.digits)
        pieces: list[str] = []
        done = 0
        for match in TOKENS.finditer(text):
            found, kind = match[0], match.lastgroup
            if kind in PLAIN_IN_ASCII and len(found) <= short and found.isascii():
                # Most tokens: nothing can be wrong with it, and it stays with the text around it.
                continue
            start, end = match.span()
            pieces.append(_plain(text[done:start]))
            pieces.append(self._token(match, found, kind))
            done = end
            if self.too_deep:
                break
        pieces.append(_plain(text[done:]))
        return HIDDEN.sub(" ", "".join(pieces))

    def _token(self, match: re.Match[str], text: str, kind: str | None) -> str:
        """The text that stands for one token, as long as the token."""
        if len(text) > self.limits.token and kind != "comment":
            self.diagnostics.append(messages.token_too_long(self._span(match), self.limits.token))
        match kind:
            case "word" | "quoted":
                return text if text.isascii() else self._name(self._span(match), text)
            case "number":
                return self._number(self._span(match), text)
            case "bracket":
                return self._bracket(match, text)
            case "comment":
                self._comment(self._span(match), text)
                return " " * len(text)
            case "unclosed":
                return self._unclosed(self._span(match), text)
            case _:
                return text

    def _span(self, match: re.Match[str]) -> Span:
        return Span(self.source.path, match.start(), match.end())

    def _comment(self, span: Span, text: str) -> None:
        line_start = self.source.text.rfind("\n", 0, span.start) + 1
        own_line = not self.source.text[line_start : span.start].strip()
        self.comments.append(Comment("#" + text[1:].rstrip(), own_line, span=span))

    def _unclosed(self, span: Span, text: str) -> str:
        closing = "”" if text[0] == "“" else '"'
        self.diagnostics.append(messages.unclosed_string(span, closing))
        return '"' + "_" * (len(text) - 2) + '"' if len(text) > 1 else " "

    def _number(self, span: Span, text: str) -> str:
        plain = text.translate(TO_PLAIN)
        if sum(character.isdigit() for character in plain) > self.limits.digits:
            self.diagnostics.append(messages.too_many_digits(span, self.limits.digits))
        return plain

    def _name(self, span: Span, text: str) -> str:
        """A name with letters that look like others is reported, and read as what it looks like."""
        if unicodedata.is_normalized("NFKC", text) and not text.translate(LOOK_ALIKES).isascii():
            return text
        plain = text.translate(TO_PLAIN)
        composed = unicodedata.normalize("NFC", plain)
        alike = unicodedata.normalize("NFKC", composed)
        latin = alike.translate(LOOK_ALIKES)
        if latin != alike and latin.isascii():
            alike = latin
        if alike != composed:
            strange = [character for character in dict.fromkeys(composed) if character not in alike]
            self.diagnostics.append(messages.look_alike(span, text, alike, strange))
        return alike if alike != composed and len(alike) == len(text) else plain

    def _bracket(self, match: re.Match[str], text: str) -> str:
        plain = _plain(text)
        self.depth = self.depth + 1 if plain in "([{" else max(self.depth - 1, 0)
        if self.depth > self.limits.nesting:
            self.diagnostics.append(messages.too_deep(self._span(match), self.limits.nesting))
            self.too_deep = True
        return plain


def _plain(text: str) -> str:
    return text if text.isascii() else text.translate(TO_PLAIN)
