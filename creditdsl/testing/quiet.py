"""The subject that few rules concern: where generated subjects begin, so that one rule alone can be seen to act.

Without it a policy with ten direct grades on truth fields would give its worst grade to nearly every subject.
"""

from creditdsl.core.evaluate import evaluate
from creditdsl.core.ir import Program, Value
from creditdsl.core.subject import LoadedSubject
from creditdsl.core.types import Optional
from creditdsl.testing.setting import Row, Setting

MOST_TRIED = 30
"""At most so many values of one field are tried."""


def quiet_row(program: Program, setting: Setting) -> Row:
    """The fields of a subject without records for which the fewest exemptions, grade rules and deductions hold,
    and of those one with the best score.

    Found by changing one field at a time; a field stays ordinary unless another value makes it quieter.
    """
    row = setting.plain_row(None)
    least = _burden(program, setting, row)
    for field in program.subject.fields:
        if field.key:
            continue
        absent = (None,) if isinstance(field.type, Optional) else ()
        for value in (*absent, *setting.values(None, field.name)[:MOST_TRIED]):
            tried = row | {field.name: value}
            burden = _burden(program, setting, tried)
            if burden < least:
                row, least = tried, burden
    return row


def _burden(program: Program, setting: Setting, row: Row) -> tuple[int, int]:
    """How many rules that decide or lower a grade hold for a subject without records; then minus its score."""
    plan = program.result
    values = evaluate(program, LoadedSubject(row, {table.name: () for table in program.records}), setting.run)
    steps = (*plan.exempts, *plan.directs, *plan.assigns, *plan.demotes, *plan.ceilings)
    held = sum(values[step.holds] is True for step in steps)
    deductions = sum(_whole(values[finding.points]) < 0 for finding in plan.findings)
    return held + deductions, 0 if plan.score is None else -_whole(values[plan.score])


def _whole(value: Value) -> int:
    return value if isinstance(value, int) else 0
