"""Rule text in one style.

In: the text of a file and its module. Out: the same module as text: clauses one a line with their values in one column, ASCII
punctuation, keywords of one language, every comment in its place. Formatting twice changes nothing more, and the result parses to
the same tree.
"""

import re

from creditdsl.diagnostics import Language
from creditdsl.source import SourceFile
from creditdsl.syntax import tree
from creditdsl.syntax.format_declarations import declaration_lines
from creditdsl.syntax.keywords import keyword_table
from creditdsl.syntax.layout import Line, laid_out
from creditdsl.syntax.limits import STANDARD
from creditdsl.syntax.scan import scan
from creditdsl.syntax.spelling import Speller

WORD = re.compile(r"\"[^\"\n]*\"|“[^”\n]*”|(?P<word>[^\W\d]\w*)")


def format_module(source_text: str, module: tree.Module, *, keywords: Language | None) -> str:
    """The text of `module`, which was parsed from `source_text`; `keywords` None keeps the language that most keywords have."""
    source = SourceFile(module.path, source_text)
    spell = Speller(keywords or majority_language(source), _own_names(module))
    lines: list[Line] = []
    for declaration in module.declarations:
        lines.extend(declaration_lines(declaration, spell))
    return laid_out(lines, module.comments, source)


def majority_language(source: SourceFile) -> Language:
    """The language of more keywords of the text; Chinese when they are equally many."""
    words = [match["word"] for match in WORD.finditer(scan(source, STANDARD).text) if match["word"]]
    table = keyword_table().values()
    first_words = {
        language: {spelling.split()[0] for item in table for spelling in (item.zh if language == "zh" else item.en)}
        for language in ("zh", "en")
    }
    chinese, english = (sum(word in first_words[language] for word in words) for language in ("zh", "en"))
    return "zh" if chinese >= english else "en"


def _own_names(module: tree.Module) -> frozenset[str]:
    """Fields, columns and definitions of the file."""
    names: set[str] = set()
    for declaration in module.declarations:
        match declaration:
            case tree.Subject() | tree.Record():
                names.update(item.name.text for item in declaration.fields)
            case tree.Table():
                names.update(item.name.text for item in declaration.columns)
            case tree.Parameter() | tree.Define():
                names.add(declaration.name.text)
            case _:  # The other declarations name no operand.
                pass
    return frozenset(names)
