"""The days in which a rule is in force, and which day must lie in them."""

from creditdsl.diagnostics import Text
from creditdsl.publishing.figures import interval_text
from creditdsl.publishing.phrases import CONTEXT
from creditdsl.publishing.pieces import Inline, fill, plain
from creditdsl.publishing.prose import Scope, name_text
from creditdsl.syntax.tree import Context, Reference, Validity

JUDGED = Text("{days}（以{day}为准）", "{days} (judged by {day})")


def validity_text(validity: Validity, scope: Scope) -> Inline:
    """The interval in words; what it is judged by where that is written, a field of a record linked to its definition."""
    days = plain(interval_text(validity.start, validity.end, scope.voice.language))
    template = scope.voice.text(JUDGED)
    match validity.judged_by:
        case None:
            return days
        case Context(word=word):
            return fill(template, days=days, day=plain(scope.voice.text(CONTEXT[word])))
        case Reference(name=name):
            return fill(template, days=days, day=name_text(name, scope))
