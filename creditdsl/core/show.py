"""A program as text, for `--emit core`: inputs, definitions with where they come from, and the plan of the result.

The text is for people and is the same for the same program; nothing reads it back.
"""

from creditdsl.core.ir import (
    Band,
    Calendar,
    Definition,
    Finding,
    HoldsClaim,
    InputTable,
    Interval,
    Measure,
    Population,
    Program,
    Result,
    Rule,
    Step,
)
from creditdsl.core.notation import written
from creditdsl.core.show_expression import expression_lines, show_expression, show_type
from creditdsl.core.types import Day, Number, Type, Unit, plain


def show(program: Program) -> str:
    """The whole program, ending in a line break."""
    header = program.header
    lines = [f"policy {header.name}  {_labels(header.label)}"]
    lines += [
        f"  period {', '.join(kind.value for kind in header.periods)}, in force {header.effective_start or ''} .. {header.effective_end or ''}"
    ]
    lines += [f"  hash {header.content_hash}", *_calendar(program.calendar), ""]
    for enum in program.enums:
        lines += [f"enum {enum.name} = {', '.join(enum.names)}"]
    for word, table in (("subject", program.subject), *(("record", table) for table in program.records)):
        lines += ["", *_table(word, table)]
    for definition in program.definitions:
        lines += ["", *_definition(definition)]
    lines += ["", "result", *_result(program, program.result)]
    for claim in program.claims:
        if isinstance(claim, HoldsClaim):
            lines += [f"claim {claim.name!r}: @{claim.condition}"]
        else:
            lines += [f"claim {claim.name!r}: more {claim.table} never {_effect(claim.raises)} the {claim.target}"]
    for population in program.populations:
        lines += ["", *_population(population)]
    return "\n".join(lines) + "\n"


def _calendar(calendar: Calendar | None) -> list[str]:
    if calendar is None:
        return []
    covered = _range(calendar.span, Day()).removeprefix(" in ")
    exceptions = f"{len(calendar.days_off)} weekdays off, {len(calendar.make_up_days)} weekend days made up"
    return [f"  calendar {calendar.name} {covered}, {exceptions}"]


def _effect(raises: bool) -> str:
    return "raises" if raises else "lowers"


def _labels(texts: tuple[str, ...]) -> str:
    return " / ".join(texts)


def _range(interval: Interval | None, type_: Type) -> str:
    """The range in the unit of the type, such as ` in -11 .. 0`."""
    if interval is None:
        return ""
    bare = plain(type_)
    low, high = (written(end, bare) for end in (interval.low, interval.high))
    unit = f" {bare.unit.value}" if isinstance(bare, Number) and bare.unit is not Unit.NUMBER else ""
    return f" in {low} .. {high}{unit}"


def _table(word: str, table: InputTable) -> list[str]:
    lines = [f"{word} {table.name}  {_labels(table.label)}{'  (absent means none)' if table.absent_means_none else ''}"]
    for item in table.fields:
        key = "key " if item.key else ""
        lines.append(
            f"  {key}{item.name} : {show_type(item.type)}{_range(item.range, item.type)}  {_labels(item.label)}"
        )
    return lines


def _rule(rule: Rule) -> list[str]:
    cited = "; ".join(citation.texts[0] for citation in rule.basis if citation.texts)
    return [f"# {rule.kind.value} {rule.code}  {_labels(rule.label)}{'  [' + cited + ']' if cited else ''}"]


def _definition(definition: Definition) -> list[str]:
    heading = f"{definition.name} : {show_type(definition.type)}{_range(definition.range, definition.type)} ="
    above = [] if definition.rule is None else _rule(definition.rule)
    return [*above, heading, *expression_lines(definition.expression, 2)]


def _result(program: Program, result: Result) -> list[str]:
    lines = [
        f"  {word} = @{name}"
        for word, name in (
            ("base", result.base),
            ("score", result.score),
            ("score after repair", result.score_after),
            ("graded", result.graded),
            ("band", result.band),
            ("band after repair", result.band_after),
            ("grade", result.grade),
            ("grade after repair", result.grade_after),
        )
        if name is not None
    ]
    points = Number(Unit.POINTS) if result.score is None else program.definition(result.score).type
    lines += [_band(band, points) for band in result.bands]
    lines += [line for finding in result.findings for line in _finding(finding)]
    steps = (*result.exempts, *result.directs, *result.assigns, *result.demotes, *result.ceilings)
    lines += [line for step in steps for line in _step(step)]
    lines += [line for measure in result.measures for line in _measure(measure)]
    for repair in result.points_repairs:
        lines += [f"  repair of {repair.indicator}: restores @{repair.restored}, for each {repair.table}"]
        lines += [f"    where {show_expression(repair.where)}", f"    share {show_expression(repair.share)}"]
        lines += [f"    open {show_expression(repair.open)}"]
    for direct in result.direct_repairs:
        limit = f", at most {direct.at_most}" if direct.at_most is not None else ""
        lines += [f"  repair of direct {direct.direct}: @{direct.repaired}{limit}"]
    return lines


def _band(band: Band, points: Type) -> str:
    if band.by_rule:
        return f"  band {band.grade}: by rule"
    ends = [written(end, points) if end is not None else "" for end in (band.low, band.high)]
    condition = f" when @{band.condition}" if band.condition is not None else ""
    return f"  band {band.grade}: {ends[0]} .. {ends[1]}{condition}"


def _finding(finding: Finding) -> list[str]:
    lines = [f"  indicator {finding.rule.code}: fires @{finding.fires}, count @{finding.count}"]
    lines += [f"    points @{finding.points}, after repair @{finding.points_after}"]
    if finding.table is not None:
        where = "" if finding.where is None else f" where {show_expression(finding.where)}"
        keys = f" per {', '.join(show_expression(key) for key in finding.keys)}" if finding.keys else ""
        lines += [f"    for each {finding.table}{keys}{where}"]
    return lines


def _step(step: Step) -> list[str]:
    outcome = step.grade if step.grade is not None else f"{step.demote} down" if step.demote else "not graded"
    lines = [f"  {step.rule.kind.value} {step.rule.code} -> {outcome}: @{step.holds}, after repair @{step.holds_after}"]
    return lines + [f"    evidence {table} where {show_expression(where)}" for table, where in step.evidence]


def _measure(measure: Measure) -> list[str]:
    by = ", ".join(label[0] for label in measure.by if label)
    lines = [
        f"  {measure.rule.kind.value} {measure.rule.code}{' (may)' if measure.may else ''} by {by}: @{measure.holds}"
    ]
    for grant in measure.grants:
        value = "" if grant.value is None else f" = @{grant.value}"
        lines += [f"    {'restricts' if grant.restricts else 'grants'} {grant.name}{value}"]
    if measure.lasts is not None:
        lines += [f"    lasts {written(*measure.lasts)} {show_type(measure.lasts[1])}"]
    return lines + [f"    excludes {code}" for code in measure.excludes]


def _population(population: Population) -> list[str]:
    place = f" in {population.jurisdiction}" if population.jurisdiction else ""
    lines = [f"population {population.name!r} of {population.period} as of {population.as_of}{place}"]
    for figure in population.figures:
        lines += [f"  figure {_labels(figure.label)}: {show_expression(figure.claim)}"]
        for total in figure.totals:
            what = "count" if total.value is None else f"sum of @{total.value}"
            lines += [f"    {total.name} : {show_type(total.type)} = {what} where {show_expression(total.where)}"]
    return lines
