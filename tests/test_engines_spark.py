"""A run on Spark gives row for row what the local engine gives, whatever stands in the tables, or nothing at all."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from creditdsl.compile import compile_for
from creditdsl.core.ir import Program
from creditdsl.diagnostics import PolicyError
from creditdsl.engines.layout import read_layout
from creditdsl.engines.run import RunOptions
from creditdsl.score import score, score_on_spark
from tests.announced import fences
from tests.conftest import REPOSITORY, Run, command_environment
from tests.engines_spark import QUICK, SPARK, TOWN_RUN, both, rows, summary_of
from tests.engines_support import table_rows
from tests.engines_town import town
from tests.strategies_core import programs, runs, subjects
from tests.tax_credit_taxpayers import taxpayer
from tests.test_engines_agreement import as_a_cell_keeps_it
from tests.test_engines_columns import ROWS, TAXPAYERS, write_parquet

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = [*SPARK, pytest.mark.usefixtures("spark")]
EXAMPLES = max(1, int(os.environ.get("CREDITDSL_AGREEMENT_EXAMPLES", "10")) // 10)
FEW = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
LONG_RUN = pytest.mark.skipif(
    "CREDITDSL_AGREEMENT_EXAMPLES" not in os.environ, reason="minutes of Spark; part of the long run"
)
SPOILT = ("x", "", " ", "10102.0", "=1", "9.1E+17", "2020-02-30", "１２")


def write_parts(folder: Path, name: str, header: Sequence[str], table: Sequence[Sequence[object]], parts: int) -> None:
    """A table of text in a folder of part files, with what else Spark leaves there."""
    path = folder / f"{name}.parquet"
    path.mkdir(parents=True)
    columns = [[None if cell is None else _text(cell) for cell in column] for column in zip(*table, strict=True)]
    arrays = [pa.array(cells, pa.string()) for cells in columns or [[] for _ in header]]
    whole = pa.table(arrays, names=list(header))
    size = len(whole) // parts + 1
    for number in range(parts):
        pq.write_table(whole.slice(number * size, size), path / f"part-{number:05}.parquet")
    (path / "_SUCCESS").touch()
    (path / ".hidden").touch()


def _text(cell: object) -> str:
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def spoil(draw: random.Random, table: list[list[object]], share: float) -> list[list[object]]:
    """A share of the rows is wrong: in a cell, in the key, or because it stands twice; then all are mixed."""
    found = [list(row) for row in table]
    for row in list(found):
        if draw.random() < share:
            row[draw.randrange(len(row))] = draw.choice((*SPOILT, None))
        if draw.random() < share / 2:
            found.append(list(row))
    draw.shuffle(found)
    return found


def write_people(
    folder: Path, program: Program, people: Sequence[dict[str, object]], seed: int, share: float, parts: int
) -> None:
    draw = random.Random(seed)
    for table in (program.subject, *program.records):
        header, given_rows = table_rows(program, table, people)
        write_parts(folder, table.name, header, spoil(draw, given_rows, share), parts)


@st.composite
def peoples(draw: st.DrawFn) -> tuple[Program, list[dict[str, object]], str, date]:
    program = draw(programs())
    people = [
        {name: as_a_cell_keeps_it(value) for name, value in draw(subjects(program)).items()} | {"key": f"甲{place:02}"}
        for place in range(draw(st.integers(10, 20)))
    ]
    return program, people, *draw(runs(program))


@FEW
@given(peoples(), st.integers(0, 2**32))
def test_generated_policies_and_spoilt_subjects_give_the_same_tables(
    tmp_path_factory: pytest.TempPathFactory, people: tuple[Program, list[dict[str, object]], str, date], seed: int
) -> None:
    program, given_people, period, as_of = people
    folder = tmp_path_factory.mktemp("people")
    write_people(folder / "in", program, given_people, seed, 0.03, 3)
    both(program, folder / "in", folder, period, as_of)


@LONG_RUN
def test_a_city_of_taxpayers_with_faults_gives_the_same_tables(tmp_path: Path) -> None:
    program = compile_for(REPOSITORY / "policies" / "tax_credit", "2020", date(2021, 4, 30), None).program
    draw = random.Random(5)
    key = program.subject.key
    assert key is not None
    people = [{**taxpayer(draw), key.name: f"91150{number:013}"} for number in range(300)]
    write_people(tmp_path / "in", program, people, 7, 0.01, 4)
    summary = both(program, tmp_path / "in", tmp_path, *TOWN_RUN)
    assert summary.scored > 100
    assert summary.refused > 10


def all_cases() -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """The tables of all cases of what may be odd about Parquet, each with keys of its own."""
    taxpayers, filings = list[tuple[object, ...]](), list[tuple[object, ...]]()
    for number, (some, late, _) in enumerate(ROWS.values()):
        for row, table in [(row, taxpayers) for row in some] + [(row, filings) for row in late]:
            key = row[0]
            named = isinstance(key, str) and key.strip() and "." not in key
            table.append((f"{key[:1]}{number}{key[1:]}" if named else key, *row[1:]))
    return taxpayers, filings


def test_whatever_is_odd_about_typed_parquet_is_seen(tmp_path: Path) -> None:
    taxpayers, filings = all_cases()
    write_parquet(tmp_path / "in", taxpayers, filings)
    summary = both(town(), tmp_path / "in", tmp_path)
    assert 20 < summary.scored < len(taxpayers)


@LONG_RUN
def test_too_many_records_of_one_subject_or_of_none_are_refused(tmp_path: Path) -> None:
    late = ("010101", "2020-01-05", None, "1")
    filings = [(key, *late) for key, times in (("A", 5), ("B", 3), (None, 9), ("Z", 6)) for _ in range(times)]
    write_parquet(tmp_path / "in", TAXPAYERS[1], filings)
    summary = both(town(), tmp_path / "in", tmp_path, most_records=4)
    assert summary.scored == 2


def test_whole_numbers_as_keys_and_times_as_days_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "o'dd [1]* {a,b} %20结果" / "in"
    folder.mkdir(parents=True)
    days = pa.array([1_577_836_800_000_000_000 + add for add in (0, 86_400_000_000_000, 1)], pa.timestamp("ns"))
    keys = pa.array([7, 8, 9], pa.int64())
    months, yuan = pa.array([40, 50, 60], pa.int16()), pa.array([1.25, 12345678.5, 0.125])
    truth = pa.array(["是", "no", "TRUE"])
    pq.write_table(
        pa.table(
            [keys, months, yuan, truth], names=["统一社会信用代码", "operating_months", "应纳税额", "general_vat"]
        ),
        folder / "纳税人.parquet",
    )
    pq.write_table(
        pa.table(
            [pa.array(["010101"] * 3), days, pa.array([1, 2, 3], pa.uint64()), pa.array(["7", " 8", "9"])],
            names=["tax", "due", "tax_due", "uscc"],
        ),
        folder / "late_filing.parquet",
    )
    summary = both(town(), folder, tmp_path / "out*[1]")
    assert summary.scored == 2
    assert [row[0] for row in rows(tmp_path / "out*[1]" / "spark", "results")[1]] == ["7", "8"]


def test_nobody_is_scored_when_there_is_nobody(tmp_path: Path) -> None:
    write_parts(tmp_path / "in", "taxpayer", ["uscc", "operating_months", "tax_payable", "general_vat"], [], 2)
    write_parts(tmp_path / "in", "late_filing", ["uscc", "tax", "due", "tax_due"], [], 1)
    assert both(town(), tmp_path / "in", tmp_path).scored == 0


TOWN_HEADER = ["uscc", "operating_months", "tax_payable", "general_vat"]
LATE_HEADER = ["uscc", "tax", "due", "tax_due"]


def write_small_town(folder: Path) -> None:
    people = [[f"K{number:02}", number if number != 7 else "x", "1", "yes"] for number in range(20)]
    write_parts(folder, "taxpayer", TOWN_HEADER, people, 3)
    write_parts(folder, "late_filing", LATE_HEADER, [["K03", "010101", "2020-01-05", "1"]], 1)


def test_rows_are_counted_on_from_one_part_file_to_the_next(tmp_path: Path) -> None:
    write_small_town(tmp_path / "in")
    options = RunOptions(*TOWN_RUN, "en")
    score(town(), tmp_path / "in", tmp_path / "out", options, engine="python")
    _, refused = rows(tmp_path / "out", "rejects")
    assert [(row[0], row[1], row[2]) for row in refused] == [("taxpayer", 8, "K07")]


@LONG_RUN
def test_an_earlier_result_is_replaced_and_a_folder_with_anything_else_never(tmp_path: Path) -> None:
    write_small_town(tmp_path / "in")
    options = RunOptions(*TOWN_RUN, "en")
    for _ in range(2):
        score_on_spark(town(), (tmp_path / "in", tmp_path / "out"), options)
    kept = summary_of(tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]
    (tmp_path / "out" / "results.parquet" / "thesis.txt").write_text("mine")
    with pytest.raises(PolicyError, match="not the result of an earlier run"):
        score_on_spark(town(), (tmp_path / "in", tmp_path / "out"), options)
    assert (tmp_path / "out" / "results.parquet" / "thesis.txt").read_text() == "mine"
    assert summary_of(tmp_path / "out") == kept


@LONG_RUN
def test_the_session_of_the_caller_goes_on_as_it_was(tmp_path: Path, spark: "SparkSession") -> None:
    spark.conf.set("spark.sql.ansi.enabled", "false")
    spark.conf.set("spark.sql.session.timeZone", "Asia/Shanghai")
    before = spark.conf.getAll
    write_small_town(tmp_path / "in")
    score_on_spark(town(), (tmp_path / "in", tmp_path / "out"), RunOptions(*TOWN_RUN, "en"))
    assert spark.conf.getAll == before
    assert spark.sql("SHOW TABLES").collect() == []
    assert spark.range(3).count() == 3


def change_csv(folder: Path) -> None:
    (folder / "evasion.csv").write_text("uscc,amount\n")


def change_colon(folder: Path) -> None:
    (folder / "taxpayer.parquet" / "part-00000.parquet").rename(folder / "taxpayer.parquet" / "a:b.parquet")


def change_columns(folder: Path) -> None:
    path = folder / "taxpayer.parquet" / "part-00001.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["general_vat"]), path)


def change_types(folder: Path) -> None:
    path = folder / "taxpayer.parquet" / "part-00001.parquet"
    table = pq.read_table(path)
    pq.write_table(table.set_column(0, "uscc", pa.array([1] * len(table))), path)


def change_to_nothing(folder: Path) -> None:
    for path in (folder / "late_filing.parquet").glob("*.parquet"):
        path.unlink()


def change_garbage(folder: Path) -> None:
    (folder / "taxpayer.parquet" / "part-00002.parquet").write_bytes(b"PAR1")


def change_strange(folder: Path) -> None:
    (folder / "taxpayer.parquet" / "year=2020").mkdir()


CHANGES: list[tuple[Callable[[Path], None], str, bool]] = [
    (change_csv, "`evasion.csv` is not Parquet", False),
    (change_colon, "has a colon in it", False),
    (change_columns, "are not those of `part-00000.parquet`", True),
    (change_types, "are not those of `part-00000.parquet`", True),
    (change_to_nothing, "has no Parquet file in it", True),
    (change_garbage, "not readable Parquet", True),
    (change_strange, "cannot be a part of the table", True),
]


@pytest.mark.parametrize(("change", "said", "locally_too"), CHANGES)
def test_tables_that_cannot_be_read_are_refused_before_anything_is_written(
    tmp_path: Path, change: Callable[[Path], None], said: str, locally_too: bool
) -> None:
    write_small_town(tmp_path / "in")
    change(tmp_path / "in")
    with pytest.raises(PolicyError, match=said):
        score_on_spark(town(), (tmp_path / "in", tmp_path / "out"), RunOptions(*TOWN_RUN, "en"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in"]
    if locally_too:
        with pytest.raises(PolicyError, match=said):
            read_layout(town(), tmp_path / "in")
    else:
        read_layout(town(), tmp_path / "in")


POLICY = REPOSITORY / "policies" / "tax_credit"
GIVEN = ("-o", "out", "--period", "2020", "--as-of", "2021-04-30")


@pytest.mark.parametrize(
    ("options", "zh", "en"),
    [
        (("--master", "local[1]"), "只能与 --engine spark 同时使用", "--master goes with --engine spark alone"),
        (("--engine", "spark", "--sort"), "不能与 --sort 同时使用", "does not go with --sort"),
        (
            ("--engine", "spark", "--bom", "--format", "csv"),
            "不能与 --format csv, --bom 同时使用",
            "does not go with --format csv, --bom",
        ),
        (("--engine", "spark", "--encoding", "utf-8"), "--encoding", "does not go with --encoding"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    creditdsl: Run, options: tuple[str, ...], zh: str, en: str
) -> None:
    for language, said in (("zh", zh), ("en", en)):
        done = creditdsl("--lang", language, "score", POLICY, "tables", *GIVEN, *options)
        assert done.returncode == 2
        assert said in done.stderr


def write_shop(folder: Path, subjects: int) -> None:
    """The policy of docs/scoring.md, and tables for it."""
    text = next(item.text for item in fences(REPOSITORY / "docs" / "scoring.md") if item.words == ("shop.credit",))
    (folder / "shop.credit").write_text(text, encoding="utf-8")
    shops = [[f"S{number:05}", "food", number % 50, "1500.50"] for number in range(subjects)]
    write_parts(folder / "in", "shop", ["code", "trade", "months", "turnover"], shops, 2)
    complaints = [[f"S{number:05}", "2020-03-09", "yes"] for number in range(0, subjects, 2)]
    write_parts(folder / "in", "complaint", ["code", "received", "upheld"], complaints, 2)


SHOP = ("score", "shop.credit", "in", *GIVEN, "--engine", "spark")


def test_a_machine_without_java_or_pyspark_is_told_so(creditdsl: Run, tmp_path: Path) -> None:
    write_shop(tmp_path, 2)
    done = creditdsl("--lang", "en", *SHOP, PATH="/nowhere", JAVA_HOME="/nowhere")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "install Java 17" in done.stderr
    (tmp_path / "pyspark.py").write_text("raise ImportError('none here')\n")
    done = creditdsl("--lang", "zh", *SHOP, PYTHONPATH=f"{tmp_path}:{REPOSITORY}")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "pip install 'creditdsl[spark]'" in done.stderr
    assert not [path for path in tmp_path.iterdir() if path.name.startswith((".out", "out"))]


def children(pid: int) -> list[int]:
    """The processes that a process has started, and those that they have."""
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    direct = [int(word) for word in found.stdout.split()]
    return [*direct, *(other for child in direct for other in children(child))]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@LONG_RUN
def test_a_killed_run_leaves_no_result_and_no_java_and_the_next_one_completes(tmp_path: Path, creditdsl: Run) -> None:
    write_shop(tmp_path, 50)
    (tmp_path / "spark-defaults.conf").write_text(
        f"spark.sql.shuffle.partitions 2\nspark.driver.extraJavaOptions {QUICK}\n"
    )
    own = {"SPARK_CONF_DIR": str(tmp_path)}
    command = [*SHOP, "--master", "local[2]", "--lang", "en"]
    process = subprocess.Popen(
        [sys.executable, "-m", "creditdsl", *command],
        cwd=tmp_path,
        env=command_environment(**own),
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + 100
    while not list(tmp_path.glob(".out.*.unfinished/work/odd")) and time.monotonic() < until:
        time.sleep(0.05)
    started = children(process.pid)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    assert started
    assert not (tmp_path / "out").exists()
    while any(is_running(child) for child in started) and time.monotonic() < until:
        time.sleep(0.1)
    assert not [child for child in started if is_running(child)]
    done = creditdsl(*command, **own)
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("table ")
    assert done.stderr.endswith("results written to out\n")
    assert "WARN" not in done.stderr
    assert len(rows(tmp_path / "out", "results")[1]) == 50
