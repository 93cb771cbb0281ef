"""Publishing a policy: a folder of static pages that opens from a disk as well as from a server."""

from collections.abc import Sequence
from pathlib import Path

from creditdsl.compile import Timeline
from creditdsl.publishing.texts import PolicyHistory, PolicyText


def publish(timeline: Timeline, out_dir: Path, divisions: Sequence[Timeline] = ()) -> tuple[Path, ...]:
    """Writes the site of a policy into `out_dir`, which is made if need be; gives the files written, the Chinese page first.

    `divisions` are the timelines of the administrative divisions whose own amendments are to be published too. The same policy gives
    the same bytes. PolicyError when a worked case does not describe a valid subject; OSError when the folder cannot be written.
    """
    from creditdsl.publishing.site import site

    files = site(history_of(timeline), tuple(history_of(item) for item in divisions))
    out_dir.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in files.items():
        path = out_dir / name
        path.write_bytes(content)
        written.append(path)
    return tuple(written)


def history_of(timeline: Timeline) -> PolicyHistory:
    """The timeline as publishing takes it."""
    texts = tuple(PolicyText(item.program, item.modules, item.slice, item.origins) for item in timeline.texts)
    return PolicyHistory(timeline.policy, timeline.written, texts)
