"""`evaluate` and `explain` of an emitted module.

In: a program and the names of its input and result. Out: lines of Python. What a policy computes stands once, as
straight-line code in `evaluate`: an evaluation leaves it when it has the grade, the scores and the measures, and an
explanation goes on.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date

from creditdsl.backends.python.body import BodyWriter
from creditdsl.backends.python.conditions import exclusive, operands_of
from creditdsl.backends.python.constants import Constants
from creditdsl.backends.python.entries import collected, entries_of
from creditdsl.backends.python.expressions import Code, Reads
from creditdsl.backends.python.layout import INDENT, Document, bracketed, joined
from creditdsl.backends.python.names import Scope, literal, variable_name
from creditdsl.backends.python.plan import Plan, Request, make_plan, resolved_plan
from creditdsl.backends.python.results import Results, subject_key
from creditdsl.backends.python.rewrite import FALSE
from creditdsl.backends.python.statements import DEPTH, Body, lines_of
from creditdsl.backends.python.wording import rule_comment
from creditdsl.core.ir import And, Constant, Definition, Expression, Measure, Program, RuleKind, Step
from creditdsl.core.notation import json_value

STEPS = ("exempt", "direct", "assign", "demote", "ceiling")


@dataclass(slots=True)
class FunctionWriter:
    """Writes one function; `constants` are the parameters that the module names."""

    results: Results
    constants: Constants
    program: Program
    definitions: dict[str, Definition]
    plan: Plan
    writer: BodyWriter = field(init=False)

    def __post_init__(self) -> None:
        read = {name: self.plan.value(item) for name, item in self.definitions.items()}
        measures = tuple(item.holds for item in self.program.result.measures)
        self.writer = BodyWriter(
            self.results.module,
            Scope(frozenset(self.results.module.scope.taken)),
            Reads({expression: Code(text, name=True) for expression, text in self.constants.items()}),
            program=self.program,
            plan=self.plan,
            read_after=tuple(read[name] for name in (*_heading_values(self.program), *measures)),
            explained=tuple(read[name] for name in _explained_values(self.program)),
            entries=list(entries_of(self.program, self.plan)),
            comments=_comments(self.program),
            definitions=self.definitions,
            names=_variables(self.program),
            totals=frozenset(_totals(self.program)),
        )
        for name in ("findings", "steps", "steps_after_repair", "measures", "repairs", "period", "explained", "number"):
            self.writer.scope.taken.add(name)

    def lines(self) -> Iterator[str]:
        """The lines of both functions."""
        given, parameters = self.results.inputs.subject, "period: Period, as_of: date"
        yield f"def evaluate(subject: {given}, {parameters}, explained: bool = False) -> Evaluation:"
        yield '    """Scores, grades and measures of one subject; `explained` is for `explain`."""'
        body = self._start()
        self.writer.write(body)
        with self.writer.branch(body.suite("if not explained:")) as evaluated:
            self._write_measures(evaluated, self._code)
            evaluated.line("return ", bracketed("Evaluation(", (*self._heading(evaluated), "measures"), ")"))
        self._write_explanation(body)
        yield from lines_of(body, INDENT)
        yield from ("", "")
        yield f"def explain(subject: {given}, {parameters}) -> Explanation:"
        yield '    """The result of one subject with findings, grading steps, measures and repairs."""'
        yield "    return evaluate(subject, period, as_of, True)"
        yield from ("", "")

    def _write_explanation(self, body: Body) -> None:
        """What stands only in an explanation."""
        plan = self.program.result
        self.writer.write_rest(body)
        if not self.writer.gathers:
            body.line("findings, repairs = [], []")
        left, self.writer.entries = self.writer.entries, []
        self.writer.write_entries(left, body)
        if self.writer.gathers:
            for name in ("findings", "repairs"):
                body.line(f"{name} = [{name}[number] for number in sorted({name})]")
        self._write_steps(body, "steps", after=False)
        self._write_steps(body, "steps_after_repair", after=True)
        self._write_measures(body, self._full)
        self._write_direct_repairs(body)
        base, band, band_after = (self._value(name, body) for name in (plan.base, plan.band, plan.band_after))
        explained = (base, "findings", band, band_after, "steps", "steps_after_repair", "measures", "repairs")
        body.line("return ", bracketed("Explanation(", (*self._heading(body), *explained), ")"))

    def _start(self) -> Body:
        body = Body()
        last, problem = self.results.module.function("LAST_DAY"), self.results.module.function("as_of_problem")
        refused = body.suite(f"if not period.start <= as_of <= {last}:")
        refused.line(f"raise InputError([{problem}(as_of, period)])")
        first, last_ = (_day(day) for day in (self.program.header.evaluated_start, self.program.header.evaluated_end))
        if first is not None or last_ is not None:
            other = self.results.module.function("not_for_that_day")
            between = " <= ".join(part for part in (first, "as_of", last_) if part is not None)
            body.suite(f"if not {between}:").line(f"raise InputError([{other}(as_of, {first}, {last_})])")
        return body

    def _heading(self, body: Body) -> tuple[Document, ...]:
        plan = self.program.result
        parts = (plan.graded, plan.score, plan.score_after, plan.grade, plan.grade_after)
        return (subject_key(self.results), "period.text", "as_of", *(self._value(name, body) for name in parts))

    def _value(self, name: str | None, body: Body) -> Document:
        """A definition as an argument."""
        return "None" if name is None else self.writer.value(self.plan.value(self.definitions[name]), body).document

    # Measures

    def _write_measures(self, body: Body, form: "Form") -> None:
        body.line("measures = []")
        items = [(self._condition(item), item) for item in self.program.result.measures]
        self._write_measure_tree([(operands_of(when), item) for when, item in items if when != FALSE], body, form)

    def _condition(self, measure: Measure) -> Expression:
        return self.plan.value(self.definitions[measure.holds])

    def _write_measure_tree(self, items: "list[Conditional]", body: Body, form: "Form") -> None:
        """Neighbours that begin with one condition stand under it; conditions that exclude each other are `elif`."""
        chain: Expression | None = None
        while items:
            (operands, measure), length = items[0], 1
            if not operands:
                self._write_measure(measure, body, form)
                items, chain = items[1:], None
                continue
            while length < len(items) and items[length][0][:1] == operands[:1]:
                length += 1
            run, items = items[:length], items[length:]
            shared = operands if length == 1 else operands[:1]
            condition = And(shared) if len(shared) > 1 else shared[0]
            plain = self.writer.is_plain(condition, DEPTH, lazy=False)
            word = "elif " if chain is not None and plain and exclusive(chain, condition) else "if "
            chain = condition if word == "if " else chain
            with self.writer.branch(body.suite(word, self.writer.condition(condition, body), ":")) as inner:
                self._write_measure_tree([(rest[len(shared) :], item) for rest, item in run], inner, form)

    def _write_measure(self, measure: Measure, body: Body, form: "Form") -> None:
        for text in rule_comment(measure.rule):
            body.comment(text)
        body.line(bracketed("measures.append(", (form(measure, body),), ")"))

    def _code(self, measure: Measure, _: Body) -> Document:
        return literal(measure.rule.code)

    def _full(self, measure: Measure, body: Body) -> Document:
        items = []
        for grant in measure.grants:
            value: Document = "True" if grant.value is None else self._grant(self.definitions[grant.value], body)
            items.append(joined(f"{literal(grant.name)}: ", value))
        parts = (literal(measure.rule.code), literal(measure.may), bracketed("{", tuple(items), "}"))
        return bracketed("Measure(", parts, ")")

    def _grant(self, definition: Definition, body: Body) -> Document:
        value = self.plan.value(definition)
        if isinstance(value, Constant):
            return literal(json_value(value.value, definition.type))
        code = self.writer.value(value, body).document
        converted = self.results.json_of(definition.type, "\0")
        before, _, after = converted.partition("\0")
        return joined(before, code, after)

    # Steps and repairs

    def _write_steps(self, body: Body, variable: str, *, after: bool) -> None:
        body.line(f"{variable} = Steps(", ", ".join("[]" for _ in STEPS), ")")
        plan = self.program.result
        by_step = (plan.exempts, plan.directs, plan.assigns, plan.demotes, plan.ceilings)
        for name, steps in zip(STEPS, by_step, strict=True):
            for step in steps:
                with self._where(step.holds_after if after else step.holds, body) as inner:
                    if inner is not None:
                        inner.line(f"{variable}.{name}.append({literal(step.rule.code)})")

    def _write_direct_repairs(self, body: Body) -> None:
        holds = {item.rule.code: item.holds for item in reversed(self.program.result.directs)}
        for repair in self.program.result.direct_repairs:
            with self._where(holds.get(repair.direct), body) as inner:
                if inner is not None:
                    call = ("DirectRepair(", (literal(repair.rule.code), self._value(repair.repaired, inner)), ")")
                    inner.line(bracketed("repairs.append(", (bracketed(*call),), ")"))

    def _where(self, name: str | None, body: Body) -> AbstractContextManager[Body | None]:
        """The place where a definition holds; None when it never does."""
        condition = FALSE if name is None else self.plan.value(self.definitions[name])
        return self.writer.where(condition, body)


Form = Callable[[Measure, Body], Document]
Conditional = tuple[tuple[Expression, ...], Measure]
"""A measure with the operands of its condition."""


def function_lines(results: Results, constants: Constants) -> Iterator[str]:
    """The lines of `evaluate` and `explain`."""
    program = results.program
    definitions = {item.name: item for item in program.definitions}
    conditions = frozenset(item.holds for item in program.result.measures)
    anchors = frozenset(_anchors(program))
    whole = resolved_plan(program, anchors, conditions)
    request = Request(
        _heading_values(program),
        tuple(item.holds for item in program.result.measures),
        anchors,
        _kept(program),
        (*_explained_values(program), *_values_of_entries(program)),
        tuple(collected(program)),
    )
    plan = make_plan(program, request, whole)
    yield from FunctionWriter(results, constants, program, definitions, plan).lines()


def _heading_values(program: Program) -> tuple[str, ...]:
    plan = program.result
    return _named((plan.graded, plan.score, plan.score_after, plan.grade, plan.grade_after))


def _explained_values(program: Program) -> tuple[str, ...]:
    """What an explanation reads beside that, but for its findings and repairs of points."""
    plan = program.result
    names: list[str | None] = [plan.base, plan.band, plan.band_after]
    for step in _steps(program):
        names += (step.holds, step.holds_after)
    names += [grant.value for measure in plan.measures for grant in measure.grants]
    names += [repair.repaired for repair in plan.direct_repairs]
    return _named(names)


def _values_of_entries(program: Program) -> tuple[str, ...]:
    """What findings and repairs of points read."""
    names: list[str | None] = []
    for finding in program.result.findings:
        names += (finding.fires, finding.count, finding.points, finding.points_after)
    return _named((*names, *(repair.restored for repair in program.result.points_repairs)))


def _named(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name is not None))


def _steps(program: Program) -> tuple[Step, ...]:
    plan = program.result
    return (*plan.exempts, *plan.directs, *plan.assigns, *plan.demotes, *plan.ceilings)


def _anchors(program: Program) -> Iterator[str]:
    """The definitions that stand for a rule."""
    yield from (item.points for item in program.result.findings)
    yield from (item.holds for item in _steps(program))


def _kept(program: Program) -> frozenset[str]:
    return frozenset(item.points_after for item in program.result.findings)


def _comments(program: Program) -> dict[str, tuple[str, ...]]:
    """What stands above definitions: rules with code, label and basis, named expressions with their label."""
    plan = program.result
    comments = {item.points: rule_comment(item.rule) for item in plan.findings}
    comments |= {item.holds: rule_comment(item.rule) for item in _steps(program)}
    for rule, name in ((plan.score_rule, plan.base), (plan.grades_rule, plan.band)):
        if rule is not None and name is not None:
            comments[name] = rule_comment(rule)
    for item in program.definitions:
        if item.rule is not None and item.rule.kind in (RuleKind.DEFINE, RuleKind.PARAMETER):
            comments.setdefault(item.name, rule_comment(item.rule))
    return comments


def _variables(program: Program) -> dict[str, str]:
    """Names of variables for definitions that the plan names."""
    plan = program.result
    names: dict[str, str] = {}
    for finding in plan.findings:
        code = variable_name(finding.rule.code, part=True)
        names |= {finding.fires: f"fires_{code}", finding.count: f"count_{code}"}
        names |= {finding.points_after: f"points_after_{code}", finding.points: f"points_{code}"}
    for repair in plan.points_repairs:
        names.setdefault(repair.restored, f"restored_{variable_name(repair.rule.code, part=True)}")
    return names


def _totals(program: Program) -> Iterator[str]:
    plan = program.result
    totals = (plan.base, plan.score, plan.score_after, plan.band, plan.band_after, plan.grade, plan.grade_after)
    yield from _named((*totals, plan.graded))


def _day(day: date | None) -> str | None:
    return None if day is None else f"date({day.year}, {day.month}, {day.day})"
