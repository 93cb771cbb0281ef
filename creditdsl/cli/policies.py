"""Which policies and rule files a path on the command line means."""

from collections.abc import Iterator, Sequence
from pathlib import Path

SUFFIX = ".credit"


def policies_at(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The policies that paths mean, each once: a rule file, a policy's folder, or a folder with policies below it.

    Without paths: those of the working folder. A path that means none stays as it is, and fails where it is read.
    """
    found = [policy for path in paths or [Path()] for policy in _policies_at(path)]
    return tuple(dict.fromkeys(found))


def rule_files_at(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The rule files that paths mean, each once: itself, or all below a folder, in order of their names."""
    found = []
    for path in paths or [Path()]:
        found.extend(sorted(path.rglob(f"*{SUFFIX}")) if path.is_dir() else [path])
    return tuple(dict.fromkeys(found))


def _policies_at(path: Path) -> Iterator[Path]:
    if not path.is_dir() or _is_policy(path):
        yield path
        return
    below = sorted(folder for folder in path.rglob("*") if folder.is_dir() and _is_policy(folder))
    yield from below or [path]


def _is_policy(folder: Path) -> bool:
    return any((folder / name).is_file() for name in (f"{folder.resolve().name}{SUFFIX}", f"policy{SUFFIX}"))
