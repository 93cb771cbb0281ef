"""The tables of a batch say what the interpreter says of each subject, and account for every row."""

import tempfile
from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creditdsl.core.ir import Program
from creditdsl.engines.cells import BLANKS
from creditdsl.engines.layout import FileFormat
from tests.engines_support import interpreter, read_csv, score, write_tables
from tests.strategies_core import programs, runs, subjects

SLOW = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def as_a_cell_keeps_it(value: object) -> object:
    """A text without what a cell cannot carry: blanks at its ends, control characters, nothing at all."""
    if isinstance(value, list):
        return [{name: as_a_cell_keeps_it(item) for name, item in record.items()} for record in value]
    if not isinstance(value, str):
        return value
    kept = "".join(character for character in value if character.isprintable() and character != "#")
    return kept.strip(BLANKS) or "x"


@st.composite
def batches(draw: st.DrawFn) -> tuple[Program, list[dict[str, object]], str, date]:
    program = draw(programs())
    drawn = draw(st.lists(subjects(program), min_size=0, max_size=6))
    batch = [
        {name: as_a_cell_keeps_it(value) for name, value in subject.items()} | {"key": f"甲{position:02}"}
        for position, subject in enumerate(drawn)
    ]
    return program, draw(st.permutations(batch)), *draw(runs(program))


@SLOW
@given(batches())
def test_results_findings_and_measures_are_those_of_the_interpreter(
    batch: tuple[Program, list[dict[str, object]], str, date],
) -> None:
    program, given_subjects, period, as_of = batch
    evaluator = interpreter(program, period, as_of)()
    with tempfile.TemporaryDirectory() as name:
        folder, out = Path(name, "in"), Path(name, "out")
        write_tables(folder, program, given_subjects)
        summary = score(program, folder, out, period=period, as_of=as_of, format=FileFormat.CSV)
        assert read_csv(out / "rejects.csv") == []
        assert summary.scored == len(given_subjects)
        expected = [evaluator.explain(subject) for subject in sorted(given_subjects, key=lambda item: str(item["key"]))]
        rows = read_csv(out / "results.csv")
        for row, explanation in zip(rows, expected, strict=True):
            assert not isinstance(explanation, tuple)
            assert row["graded"] == str(explanation["graded"]).lower()
            assert (row["score"], row["score_after_repair"]) == (
                explanation["score"] or "",
                explanation["score_after_repair"] or "",
            )
            assert (row["grade"] or None) == explanation["grade"]
            assert (row["grade_after_repair"] or None) == explanation["grade_after_repair"]
        findings = [
            (finding["rule"], str(finding["count"]), finding["points"], finding["points_after_repair"])
            for explanation in expected
            if not isinstance(explanation, tuple)
            for finding in explanation["findings"]
        ]
        assert findings == [
            (row["rule"], row["count"], row["points"], row["points_after_repair"])
            for row in read_csv(out / "findings.csv")
        ]
        measures = [
            measure["rule"]
            for explanation in expected
            if not isinstance(explanation, tuple)
            for measure in explanation["measures"]
        ]
        assert measures == [row["rule"] for row in read_csv(out / "measures.csv")]
