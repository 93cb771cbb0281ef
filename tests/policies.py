"""Small policies as text for tests: a frame with room for rules, compiled from a temporary folder."""

from datetime import date
from pathlib import Path

from creditdsl.compile import check_policy_text, compile_policy
from creditdsl.core.evaluate import evaluate
from creditdsl.core.inputs import load, run_context
from creditdsl.core.ir import JsonObject, Program
from creditdsl.core.result import evaluated, explained
from creditdsl.diagnostics import PolicyError

FRAME = """
policy sample "示例" / "Sample" {
  languages zh, en
  subject   firm
  period    year
  effective 2020-01-01 ..
}
enum Kind { vat "增值税" / "VAT"  cit "企业所得税" / "Corporate income tax" }
subject firm "企业" / "Firm" {
  key id  : text
  months  : int in 0 .. 2_400
  tax     : yuan in 0 .. 1_000亿元
  prior   : Grade?
  started : date?
  large   : truth
}
record late of firm "逾期" / "Late" {
  kind   : Kind
  due    : date
  filed  : date?
  listed : date?
  amount : yuan in 0 .. 1亿元
}
score { base 100 points }
"""

BANDS = """
grades Grade {
  | A : 90 or more
  | B : 70 or more under 90
  | C : 40 or more under 70
  | D : under 40
}
"""

FIRM: JsonObject = {"id": "1", "months": 60, "tax": "1000", "large": False, "late": []}


def compiled(folder: Path, rules: str, *, frame: str = FRAME, bands: str = BANDS) -> Program:
    """The program of the frame with the rules and bands given."""
    path = folder / "sample.credit"
    path.write_text(frame + rules + bands, encoding="utf-8")
    return compile_policy(path).program


def codes(folder: Path, rules: str, *, frame: str = FRAME, bands: str = BANDS) -> list[str]:
    """The codes of the errors of a policy, sorted; none when it compiles."""
    try:
        compiled(folder, rules, frame=frame, bands=bands)
        check_policy_text(folder)
    except PolicyError as error:
        return sorted(item.code.name for item in error.diagnostics if item.severity.value == "error")
    return []


def run(program: Program, subject: JsonObject, *, full: bool = False) -> dict[str, object]:
    """The interpreter's result for 2020 as of the end of April 2021."""
    loaded = load(program, subject)
    context = run_context(program, "2020", date(2021, 4, 30))
    values = evaluate(program, loaded, context)
    write = explained if full else evaluated
    return write(program, loaded, context, values)


def late(kind: str = "vat", due: str = "2020-07-15", **fields: str | None) -> dict[str, str | int | bool | None]:
    """One late record, by default never filed."""
    return {"kind": kind, "due": due, "filed": None, "listed": None, "amount": "100", **fields}
