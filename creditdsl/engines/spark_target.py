"""The folder of a result whose tables are folders of part files: how its parts come together.

In: tables that Spark has written and tables of the subjects that were graded one by one. Out: one folder a table.
"""

from pathlib import Path

from creditdsl.engines.duck import rows_of_parts
from creditdsl.engines.spark_tables import part_files

CAREFUL = "part-one-by-one.parquet"
"""The part of a table with the subjects that were graded one by one."""


def assemble(name: str, written: Path, careful: Path, target: Path) -> int:
    """Put the part files of a table and what was graded one by one into one folder; how many rows they have."""
    folder = target / f"{name}.parquet"
    folder.mkdir()
    for part in part_files(written):
        part.rename(folder / part.name)
    careful.rename(folder / CAREFUL)
    return sum(rows_of_parts(sorted(folder.iterdir())))
