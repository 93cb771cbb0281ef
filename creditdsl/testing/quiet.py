"""The subject that few rules concern: where generated subjects begin, so that one rule alone can be seen to act.

Without it a policy with ten direct grades on truth fields would give its worst grade to nearly every subject.
"""

from creditdsl.core.evaluate import evaluate
from creditdsl.core.ir import Program
from creditdsl.core.subject import LoadedSubject
from creditdsl.core.types import Optional
from creditdsl.testing.setting import Row, Setting

MOST_TRIED = 30
"""At most so many values of one field are tried."""


def quiet_row(program: Program, setting: Setting) -> Row:
    """The fields of a subject without records for which the fewest exemptions, grade rules and deductions hold.

    Found by changing one field at a time; a field stays ordinary unless another value makes it quieter.
    """
    row = setting.plain_row(None)
    least = _burden(program, setting, row)
    for field in program.subject.fields:
        if field.key or least == 0:
            continue
        absent = (None,) if isinstance(field.type, Optional) else ()
        for value in (*absent, *setting.values(None, field.name)[:MOST_TRIED]):
            tried = row | {field.name: value}
            burden = _burden(program, setting, tried)
            if burden < least:
                row, least = tried, burden
    return row


def _burden(program: Program, setting: Setting, row: Row) -> int:
    """How many rules that decide or lower a grade hold for a subject without records."""
    plan = program.result
    values = evaluate(program, LoadedSubject(row, {table.name: () for table in program.records}), setting.run)
    steps = (*plan.exempts, *plan.directs, *plan.assigns, *plan.demotes, *plan.ceilings)
    held = sum(values[step.holds] is True for step in steps)
    return held + sum(_is_negative(values[finding.points]) for finding in plan.findings)


def _is_negative(points: bool | int | str | None) -> bool:
    return isinstance(points, int) and points < 0
