"""The page that lists several published policies: what each grades, by which rules, since when, and resting on what.

In: for each policy its histories and the folder of its pages. Out: views for the template, and the files of the list in both languages;
the pages of the policies themselves are made by `site`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from creditdsl.core.ir import RuleKind
from creditdsl.diagnostics import LANGUAGES, Language, Text
from creditdsl.publishing.figures import interval_text
from creditdsl.publishing.history import amendments_by_history
from creditdsl.publishing.names import slug
from creditdsl.publishing.phrases import LISTING, MEASURES
from creditdsl.publishing.pieces import Piece, Voice
from creditdsl.publishing.rendering import HERE, environment
from creditdsl.publishing.site import ASSETS, OTHER
from creditdsl.publishing.texts import HISTORY, NEWEST, PolicyHistory
from creditdsl.publishing.words import WORDS, words
from creditdsl.syntax.tree import Policy, Source, Subject

RANKS = ("law", "regulation", "rule", "normative")


@dataclass(frozen=True, slots=True)
class EntryView:
    """A policy in one language. `measures` and `sources` are counted by their words; `history` is empty without amendments."""

    href: str
    name: str
    label: Piece
    authority: Piece | None
    subject: Piece
    grades: tuple[Piece, ...]
    indicators: int
    cases: int
    measures: tuple[tuple[str, int], ...]
    matters: int
    period: str
    in_force: str
    jurisdiction: str
    divisions: str
    amendments: int
    history: str
    sources: tuple[tuple[str, int], ...]
    notes: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A policy of the list: the group that it stands in, as path and title in each language, and its views."""

    group: str
    titles: Mapping[Language, str]
    views: Mapping[Language, EntryView]


@dataclass(frozen=True, slots=True)
class GroupView:
    anchor: str
    title: str
    entries: tuple[EntryView, ...]


@dataclass(frozen=True, slots=True)
class Gallery:
    """The list in one language; `other` is the page in the other one."""

    language: Language
    other: str
    groups: tuple[GroupView, ...]

    @property
    def count(self) -> int:
        """How many policies there are."""
        return sum(len(group.entries) for group in self.groups)


def entry_view(nation: PolicyHistory, divisions: Sequence[PolicyHistory], folder: str, language: Language) -> EntryView:
    """A policy as its newest text says; `folder` is that of its pages."""
    text = nation.newest
    header, plan = text.program.header, text.program.result
    voice = Voice(language, header.languages)
    declarations = [item for module in text.modules for item in module.declarations]
    policy = next((item for item in declarations if isinstance(item, Policy)), nation.policy)
    subject = next(item for item in declarations if isinstance(item, Subject))
    effective = nation.policy.effective or nation.policy.evaluated
    amendments = sum(map(len, amendments_by_history((nation, *divisions))))
    grades = text.program.enum(plan.grades).values if plan.grades is not None else ()
    return EntryView(
        href=f"{folder}/{NEWEST[language]}",
        name=header.name,
        label=voice.label(header.label, header.name),
        authority=voice.label(header.authority) if header.authority else None,
        subject=voice.written(subject.label, subject.name.text),
        grades=tuple(voice.label(value.label, value.name) for value in grades),
        indicators=len(plan.findings),
        cases=len(text.program.cases),
        measures=_measures([item.rule.kind for item in plan.measures], voice),
        matters=len(plan.matters),
        period=voice.text(LISTING).join(voice.text(WORDS[f"period_{kind.value}"]) for kind in header.periods),
        in_force=interval_text(effective.start, effective.end, language) if effective is not None else "",
        jurisdiction=header.jurisdiction,
        divisions=voice.text(LISTING).join(item.jurisdiction for item in divisions if item.jurisdiction is not None),
        amendments=amendments,
        history=f"{folder}/{HISTORY[language]}" if amendments else "",
        sources=_sources([item for item in declarations if isinstance(item, Source)], voice),
        notes=tuple(voice.written(note) for note in policy.notes),
    )


def _measures(kinds: Sequence[RuleKind], voice: Voice) -> tuple[tuple[str, int], ...]:
    values = [kind.value for kind in kinds]
    return tuple(
        (voice.text(text), values.count(word.value)) for word, text in MEASURES.items() if word.value in values
    )


def _sources(sources: Sequence[Source], voice: Voice) -> tuple[tuple[str, int], ...]:
    """How many sources of each rank there are, the highest first and those without one last."""
    ranks = [source.rank.text if source.rank is not None else "" for source in sources]
    named = [(voice.text(WORDS[f"rank_{rank}"]), ranks.count(rank)) for rank in RANKS if rank in ranks]
    unranked = [(voice.text(Text("未标明效力级别", "rank not stated")), ranks.count(""))] if "" in ranks else []
    return (*named, *unranked)


def gallery_files(entries: Sequence[Entry]) -> Mapping[str, bytes]:
    """The list in both languages and what its pages need, by name."""
    files = {}
    for language in LANGUAGES:
        made = Gallery(language, NEWEST[OTHER[language]], _groups(entries, language))
        page = environment(language).get_template("gallery.html").render(doc=made, w=words(language))
        files[NEWEST[language]] = page.encode("utf-8")
    return files | {name: (HERE / "assets" / name).read_bytes() for name in ASSETS}


def _groups(entries: Sequence[Entry], language: Language) -> tuple[GroupView, ...]:
    """The groups by their paths, the policies without one last; in each the policies in the order given."""
    groups: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=lambda item: (not item.group, item.group)):
        groups.setdefault(entry.group, []).append(entry)
    return tuple(
        GroupView(
            f"group-{slug(path)}",
            items[0].titles[language],
            tuple(item.views[language] for item in items),
        )
        for path, items in groups.items()
    )
