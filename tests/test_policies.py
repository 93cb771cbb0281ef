"""Every policy of the repository: checked, its cases worked, its sample tables scored, and the same in every backend."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from creditdsl.backends.columns.emit import emit_columns
from creditdsl.backends.columns.loading import load_columns
from creditdsl.backends.sql.emit import Dialect
from creditdsl.cli.main import run as run_command
from creditdsl.compile import check_policy_text
from creditdsl.core import inputs
from creditdsl.engines.encoding import Encoding
from creditdsl.engines.run import RunOptions
from creditdsl.score import score
from creditdsl.tabular.plan import tabulate
from creditdsl.testing.strategies import subjects
from tests.columns_support import meant, outcomes, subject_columns
from tests.engines_support import write_tables
from tests.policy_runs import FOLDERS, PolicyRun, folder_of, policy_runs
from tests.sql_support import TABLE_PARTS, Batch, database_tables, expected, in_duckdb, keyed, normal, queries

TESTED_ELSEWHERE = {"tax_credit", "tax_payment_credit", "repair_publicity"}
"""Policies whose cases have test modules of their own."""
ONCE = settings(
    max_examples=1, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.generate,), derandomize=True
)
RESULTS = ("results.csv", "findings.csv", "measures.csv", "rejects.csv")


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_policy_has_no_errors_and_no_warnings(folder: str) -> None:
    assert check_policy_text(folder_of(folder)) == ()


@pytest.mark.parametrize("folder", [name for name in FOLDERS if name not in TESTED_ELSEWHERE])
def test_every_case_holds_and_every_rule_has_one(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["test", str(folder_of(folder)), "--examples", "20", "--min-coverage", "100", "--lang", "en"]
    assert run_command(arguments) == 0, capsys.readouterr().out


@pytest.mark.parametrize("folder", FOLDERS)
@ONCE
@given(st.data())
def test_backends_give_cases_and_generated_subjects_what_the_interpreter_does(folder: str, data: st.DataObject) -> None:
    for run in policy_runs(folder):
        assert_backends_agree(run, data)


def assert_backends_agree(run: PolicyRun, data: st.DataObject) -> None:
    program, key = run.program, run.program.subject.key
    assert key is not None
    drawn = data.draw(st.lists(subjects(program, run.period, run.as_of), min_size=8, max_size=8))
    batch = Batch(program, keyed([*run.subjects[:60], *drawn], key.name), run.period, run.as_of)
    wanted = expected(batch, "en")
    database = in_duckdb(database_tables(program, batch.subjects))
    for part, statement in queries(batch, Dialect.DUCKDB, language="en").items():
        if part in TABLE_PARTS:
            assert normal(database.execute(statement).fetchall()) == wanted[part], part

    context = inputs.run_context(program, run.period, run.as_of)
    tabular = tabulate(program, context)
    module = load_columns(emit_columns(tabular, context), f"columns_of_{run.folder}")
    given_subjects = [inputs.load(program, dict(subject)) for subject in batch.subjects]
    columns, records = subject_columns(module, program, given_subjects)
    scored = module.score(columns, records, size=len(given_subjects))
    assert outcomes(scored, len(given_subjects)) == [meant(tabular, module, item, context) for item in given_subjects]


@pytest.mark.parametrize("folder", FOLDERS)
def test_both_engines_write_the_same_of_the_cases(folder: str, tmp_path: Path) -> None:
    for number, run in enumerate(policy_runs(folder)):
        key = run.program.subject.key
        assert key is not None
        tables = tmp_path / f"tables_{number}"
        write_tables(tables, run.program, keyed(list(run.subjects)[:60], key.name))
        for engine in ("columns", "python"):
            options = RunOptions(run.period, run.as_of, "zh", encoding=Encoding.UTF_8)
            score(run.program, tables, tmp_path / f"{engine}_{number}", options, engine=engine)  # type: ignore[arg-type]
        for name in RESULTS:
            both = [(tmp_path / f"{engine}_{number}" / name).read_bytes() for engine in ("columns", "python")]
            assert both[0] == both[1], name
