"""Bad rows: each is refused with its place and its cause, its subject as a whole with it, and nothing else is lost."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from creditdsl.engines import encoding
from creditdsl.engines.duck import connect
from creditdsl.engines.encoding import Encoding
from creditdsl.engines.layout import FileFormat, read_layout
from creditdsl.engines.staging import count, take_in_tables
from creditdsl.engines.summary import Summary
from tests.engines_support import read_csv, score
from tests.engines_town import town

HEADER = "uscc,operating_months,tax_payable,general_vat,prior_grade,share,founded,remark\n"
LATE = "uscc,tax,due,filed,tax_due\n"
GOOD = "A1,60,1000.50,yes,B,10%,2010-05,\n"

Reject = tuple[str, int, str, str, str]


class Town:
    """The tables of the town, and what scoring them gives."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "tables"
        self.out = folder / "out"
        self.folder.mkdir()
        self.write("late_filing", LATE)

    def write(self, table: str, text: str | bytes) -> None:
        content = text.encode() if isinstance(text, str) else text
        (self.folder / f"{table}.csv").write_bytes(content)

    def score(self, **options: object) -> Summary:
        return score(town(), self.folder, self.out, **options)

    def rows(self, table: str) -> list[dict[str, str]]:
        return read_csv(self.out / f"{table}.csv")

    def rejects(self) -> list[Reject]:
        return [(row["table"], int(row["row"]), row["key"], row["column"], row["code"]) for row in self.rows("rejects")]

    def scored(self) -> list[str]:
        return [row["uscc"] for row in self.rows("results")]


@pytest.fixture
def tables(tmp_path: Path) -> Town:
    return Town(tmp_path)


def test_a_good_subject_is_scored_with_findings_and_measures(tables: Town) -> None:
    tables.write("taxpayer", HEADER + GOOD + "A0,12,5,否,,,,=cmd()\n")
    tables.write(
        "late_filing", LATE + "A1,增值税,2020/1/15,20200120,800\nA1,010101,2020-01-15,,\n".replace(",,\n", ",,1\n")
    )
    summary = tables.score()
    assert tables.rows("results") == [
        {
            "uscc": "A0", "graded": "true", "score": "99.5", "score_after_repair": "99.5", "grade": "B",
            "grade_after_repair": "B", "decided_step": "ceiling", "decided_by": "young",
            "decided_step_after_repair": "ceiling", "decided_by_after_repair": "young",
        },
        {
            "uscc": "A1", "graded": "true", "score": "95", "score_after_repair": "95", "grade": "A",
            "grade_after_repair": "A", "decided_step": "band", "decided_by": "",
            "decided_step_after_repair": "band", "decided_by_after_repair": "",
        },
    ]  # fmt: skip
    assert [list(row.values()) for row in tables.rows("findings")] == [
        ["A0", "remark", "'=Has a remark", "1", "-0.5", "-0.5", "Order 40, article 18"],
        ["A1", "010101", "Return not filed on time", "1", "-5", "-5", "Order 40, article 18"],
    ]
    assert [list(row.values()) for row in tables.rows("measures")] == [
        ["A1", "invoices", "reward", "Three months of invoices", "Tax authority", "false", '{"invoice_months": 3}',
         "Order 40, article 18"],
    ]  # fmt: skip
    assert [(table.name, table.rows, table.used, table.refused) for table in summary.tables] == [
        ("taxpayer", 2, 2, 0),
        ("late_filing", 2, 2, 0),
    ]
    assert summary.grades == (("A", 1), ("B", 1), ("C", 0), ("D", 0), (None, 0))


def test_an_exempt_subject_has_no_grade_and_names_the_rule(tables: Town) -> None:
    tables.write("taxpayer", HEADER + "A1,0,5,no,,,,\n")
    summary = tables.score()
    row = tables.rows("results")[0]
    assert (row["graded"], row["grade"], row["decided_step"], row["decided_by"]) == ("false", "", "exempt", "closed")
    assert summary.grades[-1] == (None, 1)


def test_all_problems_of_a_subject_are_listed_and_all_its_rows_set_aside(tables: Town) -> None:
    tables.write("taxpayer", HEADER + "A1,-1,1.234,perhaps,,,,\n" + GOOD.replace("A1", "A2"))
    tables.write(
        "late_filing",
        LATE + "A1,010101,2020-02-30,,-5\nA2,010101,2020-01-15,,5\nA1,010101,2020-01-15,,5\nA1,10101.0,,43831,x\n",
    )
    summary = tables.score()
    assert tables.rejects() == [
        ("taxpayer", 2, "A1", "general_vat", "CR0903"),
        ("taxpayer", 2, "A1", "operating_months", "CR0904"),
        ("taxpayer", 2, "A1", "tax_payable", "CR0903"),
        ("late_filing", 2, "A1", "due", "CR0903"),
        ("late_filing", 2, "A1", "tax_due", "CR0904"),
        ("late_filing", 4, "A1", "", "CR0915"),
        ("late_filing", 5, "A1", "tax", "CR0903"),
        ("late_filing", 5, "A1", "filed", "CR0903"),
        ("late_filing", 5, "A1", "tax_due", "CR0903"),
        ("late_filing", 5, "A1", "due", "CR0901"),
    ]
    assert tables.scored() == ["A2"]
    assert [(table.rows, table.used, table.refused) for table in summary.tables] == [(2, 1, 1), (4, 1, 3)]


def test_a_reject_keeps_the_row_and_says_what_to_do(tables: Town) -> None:
    tables.write("taxpayer", HEADER + 'A1,60,1000,yes,,,,"two\nlines, ""quoted"""\n=1+1,60,x,yes,,,,\n')
    tables.write("late_filing", LATE + "A1,010101,43831,,5\n")
    tables.score()
    rows = tables.rows("rejects")
    assert rows[0]["raw"] == 'A1,60,1000,yes,,,,"two\nlines, ""quoted"""'
    assert rows[0]["message"] == "set aside with its subject, which row 2 of `late_filing` keeps from being scored"
    assert (rows[1]["row"], rows[1]["key"], rows[1]["raw"]) == ("4", "'=1+1", "'=1+1,60,x,yes,,,,")
    assert "2020-01-01" in rows[2]["message"]


def test_messages_are_in_the_language_of_the_run(tables: Town) -> None:
    tables.write("taxpayer", HEADER + "A1,x,1,yes,,,,\nA2,5000,1,yes,,,,\n")
    tables.score(language="zh")
    assert [row["message"] for row in tables.rows("rejects")] == [
        "`x` 不是数字,请只写数字和小数点,例如 `1234.5`",
        "应在 0 至 2400 之间,实际为 5000",
    ]


def test_short_long_and_broken_rows_are_refused_with_their_line(tables: Town) -> None:
    lines = [
        GOOD,
        "A2,1\n",
        "A3,1,1,yes,,,,,\n",
        '"A4,1,1,yes,,,,\n',
        "\n",
        'A5,60,5,yes,,,,"x"y\n',
        "A6,60,5,yes,,,,\n",
    ]
    tables.write("taxpayer", HEADER + "".join(lines))
    tables.score()
    assert tables.rejects() == [
        ("taxpayer", 3, "A2", "", "CR0908"),
        ("taxpayer", 4, "A3", "", "CR0908"),
        ("taxpayer", 5, "", "", "CR0908"),
        ("taxpayer", 7, "A5", "", "CR0908"),
    ]
    assert tables.scored() == ["A1", "A6"]


LINES = 160_000
"""As many as several threads cut at once: each takes pieces of 8 MB."""


@pytest.mark.parametrize(("columns_on", "line_break"), [(None, "\n"), (2, "\n"), (2, "\r\n")])
def test_lines_that_several_threads_cut_keep_their_numbers(
    tables: Town, columns_on: int | None, line_break: str
) -> None:
    line = ",".join(("60", "1000.50", "yes", "B", "10%", "2010-05", "x" * 120))
    lines = [HEADER.strip(), *(f"{number},{line}" for number in range(2, LINES + 2))]
    tables.write("taxpayer", "".join(text + line_break for text in lines))
    layout = read_layout(town(), tables.folder)
    with connect(tables.folder, columns_on=columns_on) as connection:
        assert take_in_tables(connection, layout, tables.folder, "en")[0] == LINES
        wrong = connection.execute("SELECT count(*) FROM taken0 WHERE number <> key::BIGINT").fetchone()
        assert (wrong, count(connection, "SELECT count(DISTINCT number) FROM taken0")) == ((0,), LINES)
        assert count(connection, "SELECT count(*) FROM cells0") == LINES


@pytest.mark.parametrize("piece", [1, 2, 3, 5, 1000])
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a,b\n1,2\n", (2, 2, False)),
        ("a,b\n1,2", (2, 2, False)),
        ("a,b\r\n1,2\r\n3,4\r\n", (3, 3, True)),
        ("a,b\r\n1,2", (2, 2, True)),
        ("\ufeffa\r\n企业\r\n", (2, 0, True)),
        ("", (0, 0, False)),
        ("a,b\r\n1,2\n", None),
        ("a,b\n1,2\r\n", None),
        ("a,b\n1,2\r", None),
        ("a\r1\r2\n", None),
        ("a,b\n\n1,2\n", None),
        ("a,b\r\n\r\n1,2\r\n", None),
        ("\na\n", None),
        ("\r\na\r\n", None),
        ('a\n"1"\n', None),
        ("a\n\0\n", None),
    ],
)
def test_plain_lines_are_told_from_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int, text: str, found: tuple[int, int, bool] | None
) -> None:
    monkeypatch.setattr(encoding, "PIECE", piece)
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode())
    assert encoding.plain_lines(path) == found


@pytest.mark.parametrize("cells", ["short", "long,60,1,yes,,,,,"])
def test_no_thread_passes_over_a_line_with_another_number_of_cells(tables: Town, cells: str) -> None:
    """One that begins in the middle of a file looks for a line that fits, and must not lose the one that does not."""
    line = ",".join(("60", "1000.50", "yes", "B", "10%", "2010-05", "x" * 120))
    lines = [cells if number % 20_000 == 7 else f"{number},{line}" for number in range(2, LINES + 2)]
    tables.write("taxpayer", HEADER + "\n".join(lines))
    layout = read_layout(town(), tables.folder)
    with connect(tables.folder, columns_on=2) as connection:
        rows = take_in_tables(connection, layout, tables.folder, "en")[0]
        refused = connection.execute("SELECT number::BIGINT FROM unplaced ORDER BY 1").fetchall()
        assert [number for (number,) in refused] == [number for number in range(2, LINES + 2) if number % 20_000 == 7]
        assert rows == LINES == len(refused) + count(connection, "SELECT count(*) FROM taken0")
        assert count(connection, "SELECT count(*) FROM taken0 WHERE number <> key::BIGINT") == 0


def test_two_quotes_too_many_do_not_swallow_the_rows_between_them(tables: Town) -> None:
    row = "A1,010101,2020-01-15,,5\n"
    tables.write("taxpayer", HEADER + GOOD + 'A2,60,5,yes,,,,"open\n' + "A3,60,5,yes,,,,\n" + 'A4,60,5,yes,,,,close"\n')
    tables.write("late_filing", LATE + 'A1,010101,2020-01-15,,"5\n' + row * 3 + 'A3,010101,2020-01-15,,5"\n')
    tables.score()
    assert [item for item in tables.rejects() if item[4] != "CR0915"] == [
        ("taxpayer", 3, "A2", "", "CR0908"),
        ("late_filing", 2, "A1", "", "CR0908"),
        ("late_filing", 6, "A3", "tax_due", "CR0903"),
    ]
    assert tables.scored() == ["A4"]


def test_a_malformed_record_keeps_its_subject_from_being_scored(tables: Town) -> None:
    tables.write("taxpayer", HEADER + GOOD + GOOD.replace("A1", "A2"))
    tables.write("late_filing", LATE + 'A1,010101\nA2,010101,2020-01-15,,5\nA9,"\n')
    tables.score()
    assert tables.rejects() == [
        ("taxpayer", 2, "A1", "", "CR0915"),
        ("late_filing", 2, "A1", "", "CR0908"),
        ("late_filing", 4, "A9", "", "CR0908"),
    ]
    assert tables.scored() == ["A2"]


def test_records_of_a_malformed_subject_are_set_aside_and_are_no_orphans(tables: Town) -> None:
    tables.write("taxpayer", HEADER + "A1,60\n")
    tables.write("late_filing", LATE + "A1,010101,2020-01-15,,5\n")
    tables.score()
    assert tables.rejects() == [("taxpayer", 2, "A1", "", "CR0908"), ("late_filing", 2, "A1", "", "CR0915")]


def test_every_row_of_a_key_that_stands_twice_is_refused_with_the_others_place(tables: Town) -> None:
    tables.write("taxpayer", HEADER + GOOD + GOOD.replace("A1", "A2") + GOOD.replace("A1", " A1\t") + "A1,5\n")
    tables.score()
    assert tables.rejects() == [
        ("taxpayer", 2, "A1", "uscc", "CR0909"),
        ("taxpayer", 4, "A1", "uscc", "CR0909"),
        ("taxpayer", 5, "A1", "", "CR0908"),
        ("taxpayer", 5, "A1", "uscc", "CR0909"),
    ]
    assert tables.rows("rejects")[0]["message"] == "the same key stands also in row 4, 5 of `taxpayer`"
    assert tables.scored() == ["A2"]


def test_orphans_and_rows_without_a_key_are_refused(tables: Town) -> None:
    tables.write("taxpayer", HEADER + GOOD + ",60,5,yes,,,,\n,,,,,,,\n")
    tables.write("late_filing", LATE + "B7,010101,2020-01-15,,5\n \t,010101,2020-01-15,,5\n")
    tables.score()
    assert tables.rejects() == [
        ("taxpayer", 3, "", "uscc", "CR0901"),
        ("taxpayer", 4, "", "uscc", "CR0901"),
        ("late_filing", 2, "B7", "uscc", "CR0910"),
        ("late_filing", 3, "", "uscc", "CR0901"),
    ]


def test_more_records_than_one_subject_may_have_are_refused_with_it(tables: Town) -> None:
    tables.write("taxpayer", HEADER + GOOD + GOOD.replace("A1", "A2"))
    tables.write("late_filing", LATE + "A1,010101,2020-01-15,,5\n" * 5 + "A2,010101,2020-01-15,,5\n" * 3)
    summary = tables.score(most_records=3)
    assert [item for item in tables.rejects() if item[4] != "CR0915"] == [
        ("taxpayer", 2, "A1", "", "CR0913"),
        ("late_filing", 5, "A1", "", "CR0913"),
        ("late_filing", 6, "A1", "", "CR0913"),
    ]
    assert tables.scored() == ["A2"]
    assert [(table.rows, table.used, table.refused) for table in summary.tables] == [(2, 1, 1), (8, 3, 5)]


def test_the_header_of_the_file_names_the_column_in_a_reject(tables: Town) -> None:
    header = "统一社会信用代码,经营月数,应纳税额,一般纳税人\n"
    tables.write("taxpayer", (header + "甲,60,5,是\n乙,六十,5,是\n丙,9999,5,是\n").encode("gb18030"))
    tables.score()
    assert tables.scored() == ["甲"]
    assert tables.rejects() == [
        ("taxpayer", 3, "乙", "经营月数", "CR0903"),
        ("taxpayer", 4, "丙", "经营月数", "CR0904"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_gives_the_same_in_every_encoding(tables: Town, encoding: str) -> None:
    text = HEADER + "甲乙\U00020000,60,5,是,,,,备注,含逗号\n".replace("备注,含逗号", '"备注,含逗号"')
    tables.write("taxpayer", text.encode(encoding))
    tables.score()
    assert tables.scored() == ["甲乙\U00020000"]


def test_a_line_in_another_encoding_is_refused_and_never_garbled(tables: Town) -> None:
    good = "".join(f"甲{number},60,5,是,,,,备注\n" for number in range(5))
    tables.write("taxpayer", (HEADER + good).encode() + "乙,60,5,是,,,,备注\n".encode("gb18030"))
    tables.score()
    assert len(tables.scored()) == 5
    assert tables.rejects() == [("taxpayer", 7, "", "", "CR0912")]
    assert tables.rows("rejects")[0]["raw"].startswith("\\xd2\\xd2,60,5,")


def test_a_broken_byte_costs_one_row(tables: Town) -> None:
    tables.write("taxpayer", HEADER.encode() + GOOD.encode() + b"A2,60,5,yes,,,,\xff\xfe\n")
    tables.score()
    assert tables.scored() == ["A1"]
    assert tables.rejects() == [("taxpayer", 3, "A2", "", "CR0912")]


def test_an_encoding_that_is_given_is_not_guessed(tables: Town) -> None:
    tables.write("taxpayer", HEADER.encode() + "A1,60,5,yes,,,,\u00d7\n".encode())
    tables.score(encoding=Encoding.UTF_8)
    assert tables.scored() == ["A1"]


def test_parquet_with_native_types_gives_what_csv_gives(tables: Town) -> None:
    (tables.folder / "late_filing.csv").unlink()
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT uscc, months::SMALLINT AS operating_months, tax::DECIMAL(18, 4) AS tax_payable, "
            "true AS general_vat, 'B'::ENUM ('A', 'B') AS prior_grade, 0.1::DOUBLE AS share, '2010-05' AS founded "
            f"FROM (VALUES ('A2', 60, 12.5), ('A1', 12, 99)) AS t(uscc, months, tax)) TO '{tables.folder}/taxpayer.parquet'"
        )
        connection.execute(
            "COPY (SELECT 'A1' AS uscc, '010101' AS tax, DATE '2020-01-15' AS due, "
            f"TIMESTAMP '2020-01-20 00:00:00' AS filed, 800::HUGEINT AS tax_due) TO '{tables.folder}/late_filing.parquet'"
        )
    summary = tables.score()
    assert [path.name for path in sorted(tables.out.iterdir())] == [
        "findings.parquet", "measures.parquet", "rejects.parquet", "results.parquet", "summary.json",
    ]  # fmt: skip
    assert summary.refused == 0
    with duckdb.connect() as connection:
        results = connection.execute(
            f"SELECT uscc, score, grade FROM '{tables.out}/results.parquet' ORDER BY file_row_number"
        )
        assert [(key, str(points), grade) for key, points, grade in results.fetchall()] == [
            ("A1", "95.0", "B"),
            ("A2", "100.0", "A"),
        ]
        types = connection.execute(f"DESCRIBE SELECT * FROM '{tables.out}/findings.parquet'").fetchall()
    assert [row[1] for row in types] == [
        "VARCHAR", "VARCHAR", "VARCHAR", "BIGINT", "DECIMAL(18,1)", "DECIMAL(18,1)", "VARCHAR",
    ]  # fmt: skip


def test_numbers_that_a_dataframe_turned_into_doubles_are_read_exactly_or_refused(tables: Town) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT uscc, months::DOUBLE AS operating_months, tax::DOUBLE AS tax_payable, true AS general_vat "
            "FROM (VALUES ('A1', '60', '0.1'), ('A2', 'nan', '5'), ('A3', '60.5', '5'), ('A4', '60', '1e20')) AS t(uscc, months, tax)) "
            f"TO '{tables.folder}/taxpayer.parquet'"
        )
    tables.score(format=FileFormat.CSV)
    assert tables.scored() == ["A1"]
    assert tables.rejects() == [
        ("taxpayer", 2, "A2", "operating_months", "CR0903"),
        ("taxpayer", 3, "A3", "operating_months", "CR0903"),
        ("taxpayer", 4, "A4", "tax_payable", "CR0903"),
    ]


def test_a_parquet_column_without_an_exact_text_is_refused(tables: Town) -> None:
    from creditdsl.diagnostics import PolicyError

    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT 'A1' AS uscc, [60] AS operating_months, 5 AS tax_payable, true AS general_vat) "
            f"TO '{tables.folder}/taxpayer.parquet'"
        )
    with pytest.raises(PolicyError, match="operating_months"):
        tables.score()


def test_tables_without_a_row_give_tables_without_a_row(tables: Town) -> None:
    tables.write("taxpayer", HEADER)
    summary = tables.score()
    assert (summary.scored, summary.refused) == (0, 0)
    assert [tables.rows(name) for name in ("results", "findings", "measures", "rejects")] == [[], [], [], []]


def test_parquet_of_another_writer_is_read(tables: Town) -> None:
    import pyarrow
    import pyarrow.parquet

    columns = {
        "统一社会信用代码": pyarrow.array(["甲1", "甲2"], pyarrow.large_string()),
        "operating_months": pyarrow.array([60, 61], pyarrow.uint8()),
        "tax_payable": pyarrow.array([Decimal("12.50"), Decimal("0.01")], pyarrow.decimal128(38, 2)),
        "general_vat": pyarrow.array([True, False]),
        "prior_grade": pyarrow.array(["A", None]).dictionary_encode(),
    }
    pyarrow.parquet.write_table(pyarrow.table(columns), tables.folder / "taxpayer.parquet")
    filings = {
        "uscc": ["甲1", "甲1"],
        "tax": ["010101", "010104"],
        "due": pyarrow.array([date(2020, 1, 15)] * 2, pyarrow.date64()),
        "filed": pyarrow.array([datetime(2020, 1, 20), None], pyarrow.timestamp("ns")),
        "tax_due": pyarrow.array([5, 6], pyarrow.int32()),
    }
    (tables.folder / "late_filing.csv").unlink()
    pyarrow.parquet.write_table(pyarrow.table(filings), tables.folder / "late_filing.parquet")
    tables.score(format=FileFormat.CSV)
    assert [(row["uscc"], row["score"]) for row in tables.rows("results")] == [("甲1", "90"), ("甲2", "100")]
    assert tables.rejects() == []
