"""Documents to files: the newest text, the older ones, and the history of a policy.

In: a policy's texts for the nation, and for each division with amendments of its own. Out: the bytes of each file by name; nothing is
written here, and nothing depends on the machine, the time or the order of a set.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from creditdsl.diagnostics import LANGUAGES, Language
from creditdsl.publishing.document import document
from creditdsl.publishing.history import amendments_by_history, history_document
from creditdsl.publishing.rendering import HERE, environment
from creditdsl.publishing.texts import (
    HISTORY,
    NEWEST,
    Links,
    PolicyHistory,
    PolicyText,
    published_texts,
    text_page,
)
from creditdsl.publishing.words import words

ASSETS = ("style.css", "page.js")
OTHER: dict[Language, Language] = {"zh": "en", "en": "zh"}


def site(
    nation: PolicyHistory, divisions: tuple[PolicyHistory, ...] = (), gallery: str | None = None
) -> Mapping[str, bytes]:
    """The files of a policy's site by name, in the order in which they are to be written: the newest text first.

    A policy without amendments has one text and no history. `gallery` leads from the site to the folder of the list of policies.
    """
    histories = (nation, *divisions)
    amended = any(amendments_by_history(histories))
    linking = _Linking(amended, gallery)
    files = dict(_text_files(nation, nation.newest, nation.newest, linking))
    for name in ASSETS:
        files[name] = (HERE / "assets" / name).read_bytes()
    if amended:
        files |= dict(_history_files(histories, linking))
    for history in histories:
        for text in published_texts(history):
            if text is not nation.newest:
                files |= dict(_text_files(history, text, nation.newest, linking))
    return files


@dataclass(frozen=True, slots=True)
class _Linking:
    """What the pages of a site lead to beside each other: a history, and a list of policies in some folder."""

    amended: bool
    gallery: str | None

    def links(self, language: Language, other: str) -> Links:
        """The links of a page, of which `other` is the one in the other language."""
        history = HISTORY[language] if self.amended else ""
        gallery = "" if self.gallery is None else f"{self.gallery}/{NEWEST[language]}"
        return Links(other, NEWEST[language], history, gallery)


def _text_files(
    history: PolicyHistory, text: PolicyText, newest: PolicyText, linking: _Linking
) -> Iterator[tuple[str, bytes]]:
    for language in LANGUAGES:
        links = linking.links(language, text_page(text, newest, OTHER[language]))
        made = document(text, history, links, language)
        yield text_page(text, newest, language), _rendered("page.html", made, language)


def _history_files(histories: tuple[PolicyHistory, ...], linking: _Linking) -> Iterator[tuple[str, bytes]]:
    for language in LANGUAGES:
        made = history_document(histories, linking.links(language, HISTORY[OTHER[language]]), language)
        yield HISTORY[language], _rendered("history.html", made, language)


def _rendered(template: str, made: object, language: Language) -> bytes:
    return environment(language).get_template(template).render(doc=made, w=words(language)).encode("utf-8")
