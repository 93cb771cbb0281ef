"""Where a result stands: as a whole, or not at all.

In: the folder that a run is asked to write. Out: a folder beside it to work in, and the result in its place when everything
is there. A run that is killed leaves the folder beside it, which the next run to the same place takes away; a run that goes
on at the same time holds a lock on its own.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from creditdsl.diagnostics import Code, Diagnostic, PolicyError
from creditdsl.engines import messages
from creditdsl.engines.layout import FileFormat
from creditdsl.engines.summary import KIND, SUMMARY, is_summary
from creditdsl.source import Span
from creditdsl.tabular.result_tables import TABLE_NAMES


@dataclass(frozen=True, slots=True)
class ResultFolder:
    """What a command writes: the kind of its summary, by which an earlier one is known, and the names of its tables."""

    kind: str
    tables: tuple[str, ...]

    @property
    def names(self) -> set[str]:
        """What may stand in a folder that the command replaces."""
        return {SUMMARY} | {f"{name}.{form.value}" for name in self.tables for form in FileFormat}


SCORED = ResultFolder(KIND, TABLE_NAMES)

LOCK = "running"
"""The file in a folder of work that is locked while its run goes on."""


def refuse_foreign(target: Path, folder: ResultFolder = SCORED) -> None:
    """PolicyError when something stands at the target that is not wholly the result of an earlier run of the same command.

    DuckDB takes what stands behind a question mark in the path of a database for options; no such folder will do.
    """
    if "?" in str(target.absolute()):
        raise PolicyError((Diagnostic(Code.CR0912, Span(str(target), 0, 0), messages.question_mark()),))
    if not target.exists() and not target.is_symlink():
        return
    if target.is_dir() and not target.is_symlink() and _is_replaceable(target, folder):
        return
    raise PolicyError((Diagnostic(Code.CR0912, Span(str(target), 0, 0), messages.foreign_target()),))


def _is_replaceable(target: Path, folder: ResultFolder) -> bool:
    """Whether a folder is empty, or holds the result of a run, with tables in one file or in parts, and nothing else."""
    entries = list(target.iterdir())
    if not entries:
        return True
    names = {path.name for path in entries}
    return (
        names <= folder.names and is_summary(target / SUMMARY, folder.kind) and all(_is_table(path) for path in entries)
    )


def _is_table(path: Path) -> bool:
    if path.is_symlink():
        return False
    return path.is_file() or all(part.is_file() and part.suffix == ".parquet" for part in path.iterdir())


@contextmanager
def new_result(target: Path) -> Iterator[tuple[Path, Path]]:
    """New folders on the same volume as the target, one to work in and one for the result.

    When all went well the result takes the place of the target, and an earlier one goes away; otherwise nothing is left.
    """
    with _beside(target) as folder:
        work, result = folder / "work", folder / "result"
        work.mkdir()
        result.mkdir()
        yield work, result
        if target.exists():
            target.rename(folder / "earlier")
        result.rename(target)


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A new folder beside the target, gone afterwards."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f".{_glob_text(target.name)}.*.unfinished"):
        _take_away_what_is_dead(left)
    folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".unfinished", dir=target.parent))
    try:
        with (folder / LOCK).open("w") as lock:
            _lock(lock)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _glob_text(name: str) -> str:
    """A name in a pattern that matches nothing else."""
    return "".join(f"[{character}]" if character in "[*?" else character for character in name)


def _take_away_what_is_dead(folder: Path) -> None:
    """Remove the folder of a run that is no more: nobody holds its lock."""
    try:
        with (folder / LOCK).open("r+") as lock:
            alive = not _lock(lock)
    except OSError:
        return
    if not alive:
        shutil.rmtree(folder, ignore_errors=True)


def _lock(file: IO[str]) -> bool:
    """Lock a file until it is closed or the process ends; False when another process has it, or the system has no locks."""
    try:
        import fcntl
    except ImportError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
