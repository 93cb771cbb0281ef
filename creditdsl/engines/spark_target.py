"""The folder of a result whose tables are folders of part files: what it may replace, and how its parts come together.

In: tables that Spark has written and tables of the subjects that were graded one by one. Out: one folder a table.
"""

from pathlib import Path

from creditdsl.diagnostics import Code, Diagnostic, PolicyError
from creditdsl.engines import messages
from creditdsl.engines.duck import rows_of_parts
from creditdsl.engines.run import OUR_NAMES
from creditdsl.engines.spark_tables import part_files
from creditdsl.engines.summary import SUMMARY, is_summary
from creditdsl.source import Span

CAREFUL = "part-one-by-one.parquet"
"""The part of a table with the subjects that were graded one by one."""


def refuse_foreign(target: Path) -> None:
    """PolicyError when something stands at the target that is not wholly the result of an earlier run."""
    if "?" in str(target.absolute()):
        raise PolicyError((Diagnostic(Code.CR0912, Span(str(target), 0, 0), messages.question_mark()),))
    if not target.exists() and not target.is_symlink():
        return
    if target.is_dir() and not target.is_symlink() and is_replaceable(target):
        return
    raise PolicyError((Diagnostic(Code.CR0912, Span(str(target), 0, 0), messages.foreign_target()),))


def is_replaceable(target: Path) -> bool:
    """Whether a folder is empty, or holds the result of a run, with tables in one file or in parts, and nothing else."""
    entries = list(target.iterdir())
    if not entries:
        return True
    names = {path.name for path in entries}
    return names <= OUR_NAMES and is_summary(target / SUMMARY) and all(_is_table(path) for path in entries)


def _is_table(path: Path) -> bool:
    if path.is_symlink():
        return False
    return path.is_file() or all(part.is_file() and part.suffix == ".parquet" for part in path.iterdir())


def assemble(name: str, written: Path, careful: Path, target: Path) -> int:
    """Put the part files of a table and what was graded one by one into one folder; how many rows they have."""
    folder = target / f"{name}.parquet"
    folder.mkdir()
    for part in part_files(written):
        part.rename(folder / part.name)
    careful.rename(folder / CAREFUL)
    return sum(rows_of_parts(sorted(folder.iterdir())))
