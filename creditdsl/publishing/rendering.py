"""Templates and what passes into them: Jinja2 with autoescape for every template, rule text only ever a value.

Every value is made printable on its way into a page, and set as Chinese print has it on a Chinese one.
"""

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, is_undefined
from markupsafe import Markup

from creditdsl.diagnostics import InternalError, Language

HERE = Path(__file__).resolve().parent
UNPRINTABLE = {
    **{code: "\ufffd" for code in (*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF)},
    **{code: "\ufffd" for code in (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))},
    **{code: " " for code in (0x09, 0x0A, 0x0C, 0x0D, 0x2028, 0x2029)},
}
"""Characters that HTML does not allow or that turn the direction of the text around them, and what stands for them."""


def printable(text: str) -> str:
    """The text without control characters and without bidirectional controls, line breaks as spaces."""
    return text.translate(UNPRINTABLE)


CJK = "\u2e80-\u9fff\uf900-\ufaff\uff01-\uff60“”〔〕…"
FULL_WIDTH = str.maketrans({",": "，", ";": "；", ":": "：", "?": "？", "!": "！"})
PARENTHESES = re.compile(rf"\(([^()]*[{CJK}][^()]*)\)|(?<=[{CJK}])\(([^()]*)\)|\(([^()]*)\)(?=[{CJK}])")
PUNCTUATION = re.compile(rf"(?<=[{CJK}])[,;:?!] ?|[,;:?!](?=[{CJK}])")


def typeset(text: str) -> str:
    """The text with full-width punctuation beside Chinese characters, as Chinese print has it.

    >>> typeset("偷税10万元以上,且占10%以上(第20条)"), typeset("1,000 (one)")
    ('偷税10万元以上，且占10%以上（第20条）', '1,000 (one)')
    """
    wide = PARENTHESES.sub(lambda found: "（" + found[0][1:-1] + "）", text)
    return PUNCTUATION.sub(lambda found: found[0].strip().translate(FULL_WIDTH), wide)


@cache
def environment(language: Language) -> Environment:
    """The templates' environment: autoescape whatever a template is called, and undefined names are errors."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize_chinese if language == "zh" else _finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _finalize(value: object) -> object:
    """Every value on its way into a page; markup made by our own macros passes, it was finalized inside them."""
    if type(value) is str:
        return printable(value)
    if isinstance(value, Markup | int) or is_undefined(value):
        return value
    raise InternalError(f"a template writes a {type(value).__name__}")


def _finalize_chinese(value: object) -> object:
    """As `_finalize`, for a page in Chinese."""
    return typeset(printable(value)) if type(value) is str else _finalize(value)
