"""The part of an emitted module that stands for the result: its classes, and how they become JSON.

In: a program and the names of its input. Out: lines of Python, and the names of the fields that count points.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from creditdsl.backends.python.expressions import Module
from creditdsl.backends.python.inputs import Inputs
from creditdsl.backends.python.names import identifier
from creditdsl.backends.python.wording import parts_of
from creditdsl.core.ir import Program
from creditdsl.core.notation import WHOLE_UNITS
from creditdsl.core.types import Choice, Day, Month, Number, Optional, Text, Truth, Type, plain
from creditdsl.diagnostics import InternalError

SCHEMA = 1
"""The version of the result's schema, docs/result.md."""


@dataclass(slots=True)
class Results:
    """What the classes of the result have in common: the scale of points, and the grade's type."""

    program: Program
    module: Module
    inputs: Inputs
    points: Type
    """the type of the score and of all points"""

    @property
    def scale(self) -> int:
        return self.points.scale if isinstance(self.points, Number) else 0

    @property
    def unit(self) -> str:
        """What ends the name of a whole number of points, such as `hundredths`."""
        return parts_of(self.scale)

    @property
    def grade(self) -> str:
        grades = self.program.result.grades
        return "None" if grades is None else f"{self.inputs.choices[grades]} | None"

    def json_of(self, type_: Type, text: str) -> str:
        """The expression for a value of a type as docs/result.md has it; `text` is the expression for the value."""
        match plain(type_):
            case Truth() | Choice() | Text():
                return text
            case Number(unit, scale):
                whole = scale == 0 and unit in WHOLE_UNITS
                return text if whole else f"{self.module.function('decimal_text')}({text}, {scale})"
            case Day():
                return f"{self.module.function('day_text')}({text})"
            case Month():
                return f"{self.module.function('month_text')}({text})"


def describe_results(program: Program, module: Module, inputs: Inputs) -> Results:
    """The results of a program; every number of points stands at one scale."""
    plan = program.result
    names = [name for name in (plan.score, plan.score_after, plan.base) if name is not None]
    names += [name for item in plan.findings for name in (item.points, item.points_after)]
    names += [item.restored for item in plan.points_repairs]
    definitions = {item.name: item for item in program.definitions}
    types = {plain(definitions[name].type) for name in names}
    if len(types) > 1:
        raise InternalError(f"points of several types: {sorted(map(str, types))}")
    return Results(program, module, inputs, next(iter(types), Number(WHOLE_UNITS[0])))


def result_lines(results: Results) -> Iterator[str]:
    """The classes, from the smallest to `Evaluation` and `Explanation`."""
    yield from _finding_lines(results)
    yield from _small_class_lines(results)
    yield from _evaluation_lines(results)
    yield from _explanation_lines(results)


def _finding_lines(results: Results) -> Iterator[str]:
    unit = results.unit
    yield "@dataclass(slots=True)"
    yield "class Finding:"
    yield '    """An indicator that fired. `records` are positions in the list of `table`, from 0."""'
    yield ""
    yield "    rule: str"
    yield "    count: int"
    yield f"    points_{unit}: int"
    yield f"    points_after_repair_{unit}: int"
    yield "    table: str | None"
    yield "    records: Sequence[int] | None"
    yield ""
    yield "    def to_dict(self) -> dict[str, object]:"
    yield "        return {"
    yield '            "rule": self.rule,'
    yield '            "count": self.count,'
    yield f'            "points": {results.json_of(results.points, f"self.points_{unit}")},'
    yield f'            "points_after_repair": {results.json_of(results.points, f"self.points_after_repair_{unit}")},'
    yield '            "table": self.table,'
    yield '            "records": None if self.records is None else list(self.records),'
    yield "        }"
    yield from ("", "")


def _small_class_lines(results: Results) -> Iterator[str]:
    yield "@dataclass(slots=True)"
    yield "class Steps:"
    yield '    """The codes of the rules that hold, by step of the grading."""'
    yield ""
    for step in ("exempt", "direct", "assign", "demote", "ceiling"):
        yield f"    {step}: list[str]"
    yield ""
    yield "    def to_dict(self) -> dict[str, object]:"
    yield "        return {"
    for step in ("exempt", "direct", "assign", "demote", "ceiling"):
        yield f'            "{step}": list(self.{step}),'
    yield "        }"
    yield from ("", "")
    yield "@dataclass(slots=True)"
    yield "class Measure:"
    yield '    """A reward or penalty that applies; `grants` has what it grants or restricts as JSON."""'
    yield ""
    yield from ("    rule: str", "    may: bool", "    grants: Mapping[str, object]", "")
    yield "    def to_dict(self) -> dict[str, object]:"
    yield '        return {"rule": self.rule, "may": self.may, "grants": dict(self.grants)}'
    yield from ("", "")
    yield "@dataclass(slots=True)"
    yield "class PointsRepair:"
    yield '    """What a repair gives back; `open` are the positions of the records that can still be repaired."""'
    yield ""
    yield from ("    rule: str", f"    restored_{results.unit}: int", "    open: Sequence[int]", "")
    yield "    def to_dict(self) -> dict[str, object]:"
    restored = results.json_of(results.points, f"self.restored_{results.unit}")
    yield f'        return {{"rule": self.rule, "restored": {restored}, "open": list(self.open)}}'
    yield from ("", "")
    yield "@dataclass(slots=True)"
    yield "class DirectRepair:"
    yield '    """Whether a direct grade has been set aside."""'
    yield ""
    yield from ("    rule: str", "    repaired: bool", "")
    yield "    def to_dict(self) -> dict[str, object]:"
    yield '        return {"rule": self.rule, "repaired": self.repaired}'
    yield from ("", "")


def _heading_fields(results: Results) -> Iterator[str]:
    plan, key = results.program.result, results.program.subject.key
    yield f"    subject: {'None' if key is None else results.inputs.annotation(key.type)}"
    yield "    period: str"
    yield "    as_of: date"
    yield "    graded: bool"
    score = "None" if plan.score is None else "int"
    after = "None" if plan.score_after is None else "int"
    yield f"    score_{results.unit}: {score}"
    yield f"    score_after_repair_{results.unit}: {after}"
    yield f"    grade: {results.grade if plan.grade else 'None'}"
    yield f"    grade_after_repair: {results.grade if plan.grade_after else 'None'}"


def _score_properties(results: Results) -> Iterator[str]:
    function = results.module.function("exact_decimal")
    for name in ("score", "score_after_repair"):
        yield ""
        yield "    @property"
        yield f"    def {name}(self) -> Decimal | None:"
        yield f"        return {function}(self.{name}_{results.unit}, {results.scale})"


def _heading_items(results: Results) -> Iterator[str]:
    plan, key = results.program.result, results.program.subject.key
    yield f'            "schema": {SCHEMA},'
    yield '            "policy": POLICY,'
    yield '            "hash": POLICY_HASH,'
    subject = "None" if key is None else results.json_of(_optional(key.type), "self.subject")
    yield f'            "subject": {subject},'
    yield '            "period": self.period,'
    yield '            "as_of": self.as_of.isoformat(),'
    yield '            "graded": self.graded,'
    for name, definition in (("score", plan.score), ("score_after_repair", plan.score_after)):
        text = f"self.{name}_{results.unit}"
        yield f'            "{name}": {"None" if definition is None else results.json_of(results.points, text)},'
    yield '            "grade": self.grade,'
    yield '            "grade_after_repair": self.grade_after_repair,'


def _optional(type_: Type) -> Type:
    bare = plain(type_)
    return Optional(bare)


def _evaluation_lines(results: Results) -> Iterator[str]:
    yield "@dataclass(slots=True)"
    yield "class Evaluation:"
    yield f'    """The result of one subject. Scores are whole numbers of {_worded(results)}; `score` has the Decimal."""'
    yield ""
    yield from _heading_fields(results)
    yield "    measures: list[str]"
    yield from _score_properties(results)
    yield ""
    yield "    def to_dict(self) -> dict[str, object]:"
    yield '        """The result as JSON-like data."""'
    yield "        return {"
    yield from _heading_items(results)
    yield '            "measures": list(self.measures),'
    yield "        }"
    yield from ("", "")


def _explanation_lines(results: Results) -> Iterator[str]:
    plan = results.program.result
    yield "@dataclass(slots=True)"
    yield "class Explanation:"
    yield '    """The result of one subject with how it came about."""'
    yield ""
    yield from _heading_fields(results)
    yield f"    base_{results.unit}: {'None' if plan.base is None else 'int'}"
    yield "    findings: list[Finding]"
    yield f"    band: {results.grade if plan.band else 'None'}"
    yield f"    band_after_repair: {results.grade if plan.band_after else 'None'}"
    yield "    steps: Steps"
    yield "    steps_after_repair: Steps"
    yield "    measures: list[Measure]"
    yield "    repairs: list[PointsRepair | DirectRepair]"
    yield from _score_properties(results)
    base = "None" if plan.base is None else results.json_of(results.points, f"self.base_{results.unit}")
    yield ""
    yield "    def to_dict(self) -> dict[str, object]:"
    yield '        """The result as JSON-like data."""'
    yield "        return {"
    yield from _heading_items(results)
    yield f'            "base": {base},'
    yield '            "findings": [finding.to_dict() for finding in self.findings],'
    yield '            "band": self.band,'
    yield '            "band_after_repair": self.band_after_repair,'
    yield '            "steps": self.steps.to_dict(),'
    yield '            "steps_after_repair": self.steps_after_repair.to_dict(),'
    yield '            "measures": [measure.to_dict() for measure in self.measures],'
    yield '            "repairs": [repair.to_dict() for repair in self.repairs],'
    yield "        }"
    yield from ("", "")


def _worded(results: Results) -> str:
    return "points" if results.scale == 0 else f"1/{10**results.scale:_} points"


def subject_key(results: Results) -> str:
    """The expression for the key of the subject in `evaluate` and `explain`."""
    key = results.program.subject.key
    return "None" if key is None else f"subject.{identifier(key.name)}"
