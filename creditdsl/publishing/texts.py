"""The texts that a policy has in time, as publishing takes them, and the names of their pages.

In: what the compiler makes of a policy, for the nation or for one division. Out: data, and the file names of a site, which stay the
same when a later amendment is added.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from creditdsl.amending.consolidate import Origin
from creditdsl.amending.moments import Slice, days_of
from creditdsl.amending.paths import Key
from creditdsl.core.ir import Program
from creditdsl.diagnostics import Language
from creditdsl.publishing.names import slug
from creditdsl.syntax.tree import Amend, Module, Policy

NEWEST: dict[Language, str] = {"zh": "index.html", "en": "index.en.html"}
HISTORY: dict[Language, str] = {"zh": "history.html", "en": "history.en.html"}


@dataclass(frozen=True, slots=True)
class PolicyText:
    """One text: its meaning, its declarations, the evaluations that it is for, and what amendments did to its declarations."""

    program: Program
    modules: tuple[Module, ...]
    slice: Slice
    origins: Mapping[Key, tuple[Origin, ...]]


@dataclass(frozen=True, slots=True)
class PolicyHistory:
    """The texts of a policy for the nation or one division, oldest first, and the modules as they are written, with all amendments."""

    policy: Policy
    written: tuple[Module, ...]
    texts: tuple[PolicyText, ...]

    @property
    def newest(self) -> PolicyText:
        return self.texts[-1]

    @property
    def jurisdiction(self) -> str | None:
        return self.newest.slice.jurisdiction

    @property
    def whole(self) -> Slice:
        """All evaluations of the policy, without an amendment."""
        return Slice(days_of(self.policy.effective), days_of(self.policy.evaluated), self.jurisdiction, ())


@dataclass(frozen=True, slots=True)
class Links:
    """Where a page leads: to itself in the other language, to the newest text, and to the history, empty when there is none.

    `gallery` is the list of policies that the page is published with, empty when there is none.
    """

    other: str
    newest: str
    history: str
    gallery: str = ""


def text_page(text: PolicyText, newest: PolicyText, language: Language) -> str:
    """The file of a text's page; the newest text of the nation has the main page.

    The name has the first day of the text, and the first as-of date where that matters: both stay when a later amendment ends it.
    """
    if text is newest:
        return NEWEST[language]
    slice_ = text.slice
    parts = ["text"]
    if slice_.jurisdiction is not None:
        parts.append(slug(slice_.jurisdiction))
    parts.append("first" if slice_.ends.first == date.min else slice_.ends.first.isoformat())
    if slice_.made.first != date.min:
        parts.append(f"evaluated-{slice_.made.first.isoformat()}")
    return "-".join(parts) + (".html" if language == "zh" else ".en.html")


def is_local(amendment: Amend) -> bool:
    """Whether an amendment is made for a division alone."""
    return amendment.jurisdiction is not None


def published_texts(history: PolicyHistory) -> tuple[PolicyText, ...]:
    """The texts that have a page: all of the nation, and of a division those that its own amendments made."""
    if history.jurisdiction is None:
        return history.texts
    return tuple(text for text in history.texts if any(is_local(item) for item in text.slice.amendments))


def amendment_anchor(amendment: str) -> str:
    """The anchor of an amendment on the page of the history."""
    return f"amend-{slug(amendment)}"


def change_anchor(amendment: str, key: Key) -> str:
    """The anchor of what an amendment did to one declaration; no name has a full stop before the kind."""
    kind, name = key
    return ".".join(filter(None, (amendment_anchor(amendment), kind, slug(name))))
