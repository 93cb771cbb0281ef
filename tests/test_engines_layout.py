"""Folders and headers: what is understood, and that everything wrong is listed at once and nothing is written."""

from collections.abc import Callable
from pathlib import Path

import pytest

from creditdsl.diagnostics import PolicyError
from creditdsl.engines.encoding import Encoding
from creditdsl.engines.layout import read_layout
from tests.engines_support import score
from tests.engines_town import town

HEADER = "uscc,operating_months,tax_payable,general_vat,prior_grade,share,founded,remark\n"
LATE = "uscc,tax,due,filed,tax_due\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "taxpayer.csv").write_text(HEADER, encoding="utf-8")
    (folder / "late_filing.csv").write_text(LATE, encoding="utf-8")
    return folder


def faults(folder: Path) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        read_layout(town(), folder)
    return [f"{item.code.name} {Path(item.span.path).name}: {item.message.en}" for item in caught.value.diagnostics]


def test_the_tables_of_a_folder_are_found(folder: Path) -> None:
    layout = read_layout(town(), folder)
    assert layout.subject.path == folder / "taxpayer.csv"
    assert [file.table.name for file in layout.records] == ["late_filing"]


def test_labels_name_files_and_columns_in_either_language(folder: Path) -> None:
    (folder / "taxpayer.csv").rename(folder / "纳税人.csv")
    header = "统一社会信用代码,Months in operation,应纳税额,一般纳税人\n"
    (folder / "纳税人.csv").write_text(header, encoding="gb18030")
    layout = read_layout(town(), folder)
    assert layout.subject.encoding is Encoding.GB_18030
    assert [(column.field.name, column.position) for column in layout.subject.columns] == [
        ("uscc", 0),
        ("operating_months", 1),
        ("tax_payable", 2),
        ("general_vat", 3),
    ]


def test_the_key_of_a_record_may_stand_in_any_column(folder: Path) -> None:
    (folder / "late_filing.csv").write_text("tax,due,统一社会信用代码,tax_due\n", encoding="utf-8")
    assert read_layout(town(), folder).records[0].key == 2


def test_everything_wrong_with_a_folder_is_listed_at_once(folder: Path) -> None:
    (folder / "late_filing.csv").unlink()
    (folder / "taxpayer.csv").write_text("uscc,operating_month,general_vat,general_vat\n", encoding="utf-8")
    (folder / "late_fillings.csv").write_text("", encoding="utf-8")
    (folder / "evasion.xlsx").write_bytes(b"PK")
    (folder / "notes.md").write_text("", encoding="utf-8")
    (folder / ".hidden.csv").write_text("", encoding="utf-8")
    assert faults(folder) == [
        "CR0912 evasion.xlsx: `evasion.xlsx` cannot be read; save it as CSV or Parquet, or take it out of the folder",
        "CR0905 late_fillings.csv: the policy has no table `late_fillings`; did you mean `late_filing`?",
        "CR0907 taxpayer.csv: the policy has no column `operating_month`",
        "CR0907 taxpayer.csv: the field `general_vat` has two columns: `general_vat` and `general_vat`",
        "CR0907 taxpayer.csv: the header lacks the columns `operating_months`, `tax_payable`",
        "CR0906 tables: there is no file `late_filing.csv` or `late_filing.parquet` for the table `late_filing`",
    ]


def test_a_misspelt_column_comes_with_the_nearest_name(folder: Path) -> None:
    (folder / "taxpayer.csv").write_text("uscc,operating_month,tax_payable,general_vat\n", encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        read_layout(town(), folder)
    help_ = caught.value.diagnostics[0].help
    assert help_ is not None
    assert help_.en == "did you mean `operating_months`?"
    assert (caught.value.diagnostics[0].span.start, caught.value.diagnostics[0].span.end) == (5, 20)


def test_two_files_for_one_table_are_refused(folder: Path) -> None:
    (folder / "Taxpayer.csv").write_text(HEADER, encoding="utf-8")
    assert faults(folder) == [
        "CR0906 tables: the table `taxpayer` has more than one file: `Taxpayer.csv`, `taxpayer.csv`"
    ]


def test_an_empty_file_has_no_header(folder: Path) -> None:
    (folder / "taxpayer.csv").write_bytes(b"")
    assert faults(folder) == ["CR0907 taxpayer.csv: the first line is not a header"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HEADER.encode("utf-16"), "UTF-16"),
        (b"uscc\0,operating_months\n", "zero bytes"),
        ((HEADER + "A,1,1,yes,,,,\u00d7\n").encode(), "as UTF-8 and as GB 18030"),
        (HEADER.replace(",", ";").encode(), "the policy has no column"),
        (HEADER.replace(",", "\t").encode(), "the policy has no column"),
    ],
)
def test_a_file_that_cannot_be_understood_is_refused_before_a_row_is_read(
    folder: Path, content: bytes, said: str
) -> None:
    (folder / "taxpayer.csv").write_bytes(content)
    assert any(said in fault for fault in faults(folder))


def test_semicolons_between_the_columns_are_recognised(folder: Path) -> None:
    (folder / "taxpayer.csv").write_text(HEADER.replace(",", ";"), encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        read_layout(town(), folder)
    assert [item.help.en for item in caught.value.diagnostics if item.help] == [
        "the columns seem to be separated by `;`; use commas"
    ]


def test_a_file_that_is_no_parquet_is_refused(folder: Path) -> None:
    (folder / "evasion.parquet").write_bytes(b"not parquet at all")
    assert faults(folder)[0].startswith("CR0912 evasion.parquet: the file is not readable Parquet")


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    assert faults(tmp_path / "nowhere") == ["CR0912 nowhere: this is not a folder that can be read"]


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_text("wrong\n")])
def test_a_wrong_folder_leaves_nothing_behind(folder: Path, damage: Callable[[Path], object]) -> None:
    damage(folder / "late_filing.csv")
    with pytest.raises(PolicyError):
        score(town(), folder, folder.parent / "out")
    assert [path.name for path in folder.parent.iterdir()] == ["tables"]
