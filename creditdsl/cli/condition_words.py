"""Conditions of measures in the words of the published documents, one text for each language of the policy."""

from creditdsl.compile import Compiled
from creditdsl.diagnostics import Language, Text
from creditdsl.publishing.figures import interval_text
from creditdsl.publishing.names import lexicon
from creditdsl.publishing.pieces import Voice, as_text
from creditdsl.publishing.prose import Scope, describe, name_text, truth
from creditdsl.syntax import tree


class Words:
    """Conditions in the words that the published documents use, one text for each language of the policy."""

    def __init__(self, compiled: Compiled) -> None:
        self.names = lexicon(compiled.modules)
        languages = compiled.program.header.languages
        self.scopes = tuple(Scope(self.names, Voice(language_of(one), languages)) for one in languages)

    def condition(self, condition: tree.Expression) -> tuple[str, ...]:
        return tuple(as_text(truth(condition, scope)) for scope in self.scopes)

    def value(self, value: tree.Expression) -> tuple[str, ...]:
        return tuple(as_text(describe(value, scope)) for scope in self.scopes)

    def rule(self, rule: tree.Measure) -> tuple[str, ...]:
        return tuple(as_text(name_text(rule.code.text, scope)) for scope in self.scopes)

    def effective(self, validity: tree.Validity | None) -> tuple[str, ...]:
        if validity is None:
            return ()
        return tuple(
            scope.voice.text(Text("{0}施行", "in force {0}")).format(
                interval_text(validity.start, validity.end, scope.voice.language)
            )
            for scope in self.scopes
        )


def language_of(name: str) -> Language:
    """A language of a policy as one of the program's."""
    return "zh" if name == "zh" else "en"


def strata_of(compiled: Compiled, code: str, language: Language) -> tuple[str, ...]:
    """The conditions of the strata of an inspection in words, in their order."""
    declarations = (item for module in compiled.modules for item in module.declarations)
    written = next(item for item in declarations if isinstance(item, tree.Measure) and item.code.text == code)
    if written.sampling is None or not isinstance(written.sampling.rate, tree.Cases):
        return ()
    scope = Scope(lexicon(compiled.modules), Voice(language, compiled.program.header.languages))
    otherwise = scope.voice.text(Text("其他", "all others"))
    return tuple(
        otherwise if branch.condition is None else as_text(truth(branch.condition, scope))
        for branch in written.sampling.rate.branches
    )
