"""A case as rule text, with the keywords of one language."""

from creditdsl.diagnostics import Language
from creditdsl.syntax.format import format_module
from creditdsl.syntax.tree import Case, Module


def case_text(case: Case, language: Language) -> str:
    """The text of the case as the formatter writes it, each line ended; it parses back to the same tree."""
    return format_module("", Module("", (case,)), keywords=language)
