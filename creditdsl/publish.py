"""Publishing policies: folders of static pages that open from a disk as well as from a server."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from creditdsl.compile import Timeline
from creditdsl.diagnostics import LANGUAGES
from creditdsl.publishing.texts import PolicyHistory, PolicyText

if TYPE_CHECKING:
    from creditdsl.publishing.gallery import Entry


def publish(timeline: Timeline, out_dir: Path, divisions: Sequence[Timeline] = ()) -> tuple[Path, ...]:
    """Writes the site of a policy into `out_dir`, which is made if need be; gives the files written, the Chinese page first.

    `divisions` are the timelines of the administrative divisions whose own amendments are to be published too. The same policy gives
    the same bytes. PolicyError when a worked case does not describe a valid subject; OSError when the folder cannot be written.
    """
    from creditdsl.publishing.site import site

    return write(site(history_of(timeline), tuple(history_of(item) for item in divisions)), out_dir)


def history_of(timeline: Timeline) -> PolicyHistory:
    """The timeline as publishing takes it."""
    texts = tuple(PolicyText(item.program, item.modules, item.slice, item.origins) for item in timeline.texts)
    return PolicyHistory(timeline.policy, timeline.written, texts)


def write(files: Mapping[str, bytes], out_dir: Path) -> tuple[Path, ...]:
    """Writes files by their paths below a folder; gives their paths in this order."""
    written = []
    for name, content in files.items():
        path = out_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append(path)
    return tuple(written)


@dataclass(frozen=True, slots=True)
class Published:
    """A policy of a gallery: its files by their paths, and how the list shows it."""

    files: Mapping[str, bytes]
    entry: "Entry"


def policies_in(folder: Path) -> tuple[Path, ...]:
    """The folders of the policies below a folder that is no policy itself, by their paths; a policy's own folders are its parts."""
    if not folder.is_dir() or _has_rules(folder):
        return ()
    return tuple(_policies_below(folder))


def _policies_below(folder: Path) -> Iterator[Path]:
    for inner in sorted(item for item in folder.iterdir() if item.is_dir() and not item.name.startswith(".")):
        if _has_rules(inner):
            yield inner
        else:
            yield from _policies_below(inner)


def _has_rules(folder: Path) -> bool:
    return any(folder.glob("*.credit"))


def published(policy: Path, root: Path, nation: Timeline, divisions: Sequence[Timeline]) -> Published:
    """A policy of the folder `root` as a gallery has it: its site in the folder of the same path, and its entry in the list.

    Its group is the folder between `root` and its own; one that stands in `root` has none.
    """
    from creditdsl.publishing.gallery import Entry, entry_view
    from creditdsl.publishing.site import site

    place = policy.relative_to(root)
    folder, group = place.as_posix(), place.parent
    histories = (history_of(nation), tuple(history_of(item) for item in divisions))
    made = site(*histories, gallery="/".join([".."] * len(place.parts)))
    views = {language: entry_view(*histories, folder, language) for language in LANGUAGES}
    titles = group_titles(root / group) if group.parts else ("", "")
    titled = dict(zip(LANGUAGES, titles, strict=True))
    entry = Entry(group.as_posix() if group.parts else "", titled, views)
    return Published({f"{folder}/{name}": content for name, content in made.items()}, entry)


def group_titles(folder: Path) -> tuple[str, str]:
    """What a folder of policies is called, in Chinese and English.

    That is the heading in the first line of its `README.md`, `# 税务 / Taxes`, and without one the name of the folder.
    """
    readme = folder / "README.md"
    lines = readme.read_text(encoding="utf-8").splitlines() if readme.is_file() else []
    heading = lines[0].removeprefix("# ").strip() if lines and lines[0].startswith("# ") else folder.name
    chinese, _, english = heading.partition(" / ")
    return chinese, english or chinese


def publish_gallery(policies: Sequence[Published], out_dir: Path) -> tuple[Path, ...]:
    """Writes the list of policies and the site of each into `out_dir`; gives the files written, the Chinese list first.

    OSError when the folder cannot be written.
    """
    from creditdsl.publishing.gallery import gallery_files

    files = dict(gallery_files([item.entry for item in policies]))
    for item in policies:
        files |= item.files
    return write(files, out_dir)
