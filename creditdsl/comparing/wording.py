"""Labels and legal basis in both languages, as a version of a policy has them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from creditdsl.diagnostics import Language, Text
from creditdsl.syntax import tree
from creditdsl.syntax.format_expressions import written_locator
from creditdsl.syntax.spelling import Speller


@dataclass(frozen=True, slots=True)
class Labels:
    """The languages of all labels in their order, and the label of each source."""

    languages: tuple[str, ...]
    sources: Mapping[str, tree.Label]

    def text(self, label: tree.Label | None) -> Text | None:
        """A label in both languages; in the first of the policy where it has none in that one."""
        if label is None or not label.texts:
            return None
        return Text(self._in(label, "zh"), self._in(label, "en"))

    def _in(self, label: tree.Label, language: Language) -> str:
        index = self.languages.index(language) if language in self.languages else 0
        return label.texts[index] if index < len(label.texts) else label.texts[0]

    def citation(self, citation: tree.Citation) -> Text:
        """`国家税务总局公告2014年第40号 第20条`."""
        label = self.sources.get(citation.source.text)
        name = self.text(label) or Text(citation.source.text, citation.source.text)
        return Text(_cited(name.zh, citation, Speller("zh")), _cited(name.en, citation, Speller("en")))


def _cited(name: str, citation: tree.Citation, spell: Speller) -> str:
    return " ".join([name, *(written_locator(item, spell) for item in citation.locators)])


def labels_of(declarations: Iterable[tree.Declaration]) -> Labels:
    """The labels of one version."""
    languages: tuple[str, ...] = ()
    sources: dict[str, tree.Label] = {}
    for item in declarations:
        match item:
            case tree.Policy():
                languages = tuple(name.text for name in item.languages)
            case tree.Source(name=name, label=label):
                sources[name.text] = label
            case _:  # Only these two say how labels are read.
                pass
    return Labels(languages, sources)
