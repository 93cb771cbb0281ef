"""`evaluate` and `explain` of an emitted module.

In: a program and the names of its input and result. Out: lines of Python. Both are straight-line code from the same
definitions; `evaluate` has only what the grade, the scores and the measures need.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from creditdsl.backends.python.body import BodyWriter
from creditdsl.backends.python.conditions import exclusive, operands_of
from creditdsl.backends.python.constants import Constants
from creditdsl.backends.python.expressions import Code, Reads
from creditdsl.backends.python.layout import Document, bracketed, joined
from creditdsl.backends.python.names import Scope, identifier, literal, variable_name
from creditdsl.backends.python.passes import PassWriter, Target
from creditdsl.backends.python.plan import (
    Collection,
    Plan,
    Request,
    make_plan,
    resolved_plan,
)
from creditdsl.backends.python.results import Results, subject_key
from creditdsl.backends.python.rewrite import FALSE, TRUE
from creditdsl.backends.python.statements import DEPTH, Body, lines_of
from creditdsl.backends.python.wording import rule_comment
from creditdsl.core.ir import (
    And,
    Constant,
    Definition,
    Expression,
    Finding,
    Measure,
    PointsRepair,
    Program,
    RuleKind,
    Step,
)
from creditdsl.core.notation import json_value

STEPS = ("exempt", "direct", "assign", "demote", "ceiling")


@dataclass(slots=True)
class FunctionWriter:
    """Writes one function; `constants` are the parameters that the module names."""

    results: Results
    constants: Constants
    program: Program
    definitions: dict[str, Definition]
    whole: Plan
    """all definitions, as every function reads them"""
    plan: Plan = field(init=False)
    writer: BodyWriter = field(init=False)

    def evaluate_lines(self) -> Iterator[str]:
        """The lines of `evaluate`."""
        self._plan(_heading_values(self.program), {})
        body = self._start()
        self.writer.write(body)
        self._write_codes(body)
        arguments = (*self._heading(), "measures")
        body.line("return ", bracketed("Evaluation(", arguments, ")"))
        summary = "Scores, grades and measures of one subject."
        return self._function("evaluate", "Evaluation", summary, body)

    def explain_lines(self) -> Iterator[str]:
        """The lines of `explain`."""
        plan = self.program.result
        collections: dict[Collection, str] = {}
        for finding in plan.findings:
            if finding.table is not None:
                collections.setdefault(_matching(finding), f"records_{variable_name(finding.rule.code, part=True)}")
        for repair in plan.points_repairs:
            collections.setdefault(_still_open(repair), f"open_{variable_name(repair.rule.code, part=True)}")
        self._plan(_all_values(self.program), collections)
        body = self._start()
        self.writer.write(body)
        self._write_findings(body)
        self._write_steps(body, "steps", after=False)
        self._write_steps(body, "steps_after_repair", after=True)
        self._write_measures(body)
        self._write_repairs(body)
        explained = (self._value(plan.base), "findings", self._value(plan.band), self._value(plan.band_after))
        arguments = (*self._heading(), *explained, "steps", "steps_after_repair", "measures", "repairs")
        body.line("return ", bracketed("Explanation(", arguments, ")"))
        summary = "The result of one subject with findings, grading steps, measures and repairs."
        return self._function("explain", "Explanation", summary, body)

    def _plan(self, values: tuple[str, ...], collections: dict[Collection, str]) -> None:
        """What the function computes, and a writer for it."""
        measures = tuple(item.holds for item in self.program.result.measures)
        request = Request(values, measures, collections, frozenset(_anchors(self.program)), _kept(self.program))
        self.plan = make_plan(self.program, request, self.whole)
        self.writer = BodyWriter(
            self.results.module,
            Scope(frozenset(self.results.module.scope.taken)),
            Reads({expression: Code(text, name=True) for expression, text in self.constants.items()}),
            program=self.program,
            plan=self.plan,
            read_after=tuple(self.plan.value(self.definitions[name]) for name in (*values, *measures)),
            comments=_comments(self.program),
            definitions=self.definitions,
            names=_variables(self.program),
            collection_names={self.plan.collections[item]: name for item, name in reversed(collections.items())},
            totals=frozenset(_totals(self.program)),
        )
        for name in ("findings", "steps", "steps_after_repair", "measures", "repairs", "period"):
            self.writer.scope.taken.add(name)

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

    def _function(self, name: str, result: str, summary: str, body: Body) -> Iterator[str]:
        subject = self.results.inputs.subject
        yield f"def {name}(subject: {subject}, period: Period, as_of: date) -> {result}:"
        yield f'    """{summary}"""'
        yield from lines_of(body, 4)
        yield from ("", "")

    def _heading(self) -> tuple[Document, ...]:
        plan = self.program.result
        parts = (plan.graded, plan.score, plan.score_after, plan.grade, plan.grade_after)
        return (subject_key(self.results), "period.text", "as_of", *(self._value(name) for name in parts))

    def _value(self, name: str | None) -> Document:
        """A definition as an argument."""
        return "None" if name is None else self.writer.express(self.plan.value(self.definitions[name])).document

    # Measures

    def _write_codes(self, body: Body) -> None:
        body.line("measures = []")
        items = [(self._condition(item), item) for item in self.program.result.measures]
        self._write_measure_tree([(operands_of(when), item) for when, item in items if when != FALSE], body, self._code)

    def _write_measures(self, body: Body) -> None:
        body.line("measures = []")
        items = [(self._condition(item), item) for item in self.program.result.measures]
        self._write_measure_tree([(operands_of(when), item) for when, item in items if when != FALSE], body, self._full)

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
        body.line(bracketed("measures.append(", (form(measure),), ")"))

    def _code(self, measure: Measure) -> Document:
        return literal(measure.rule.code)

    def _full(self, measure: Measure) -> Document:
        items = []
        for grant in measure.grants:
            value: Document = "True" if grant.value is None else self._grant(self.definitions[grant.value])
            items.append(joined(f"{literal(grant.name)}: ", value))
        parts = (literal(measure.rule.code), literal(measure.may), bracketed("{", tuple(items), "}"))
        return bracketed("Measure(", parts, ")")

    def _grant(self, definition: Definition) -> Document:
        value = self.plan.value(definition)
        if isinstance(value, Constant):
            return literal(json_value(value.value, definition.type))
        code = self.writer.express(value).document
        converted = self.results.json_of(definition.type, "\0")
        before, _, after = converted.partition("\0")
        return joined(before, code, after)

    # Findings, steps, repairs

    def _write_findings(self, body: Body) -> None:
        body.line("findings = []")
        for finding in self.program.result.findings:
            with self._where(finding.fires, body) as inner:
                if inner is None:
                    continue
                records: Document = "None"
                if finding.table is not None:
                    records = self._records(_matching(finding), inner)
                parts = (
                    literal(finding.rule.code),
                    self._value(finding.count),
                    self._value(finding.points),
                    self._value(finding.points_after),
                    literal(finding.table),
                    records,
                )
                inner.line(bracketed("findings.append(", (bracketed("Finding(", parts, ")"),), ")"))

    def _write_steps(self, body: Body, variable: str, *, after: bool) -> None:
        body.line(f"{variable} = Steps(", ", ".join("[]" for _ in STEPS), ")")
        plan = self.program.result
        by_step = (plan.exempts, plan.directs, plan.assigns, plan.demotes, plan.ceilings)
        for name, steps in zip(STEPS, by_step, strict=True):
            for step in steps:
                with self._where(step.holds_after if after else step.holds, body) as inner:
                    if inner is not None:
                        inner.line(f"{variable}.{name}.append({literal(step.rule.code)})")

    def _write_repairs(self, body: Body) -> None:
        plan = self.program.result
        body.line("repairs: list[PointsRepair | DirectRepair] = []")
        fires = {item.rule.code: item.fires for item in reversed(plan.findings)}
        holds = {item.rule.code: item.holds for item in reversed(plan.directs)}
        for repair in plan.points_repairs:
            with self._where(fires.get(repair.indicator), body) as inner:
                if inner is not None:
                    records = self._records(_still_open(repair), inner)
                    parts = (literal(repair.rule.code), self._value(repair.restored), records)
                    inner.line(bracketed("repairs.append(", (bracketed("PointsRepair(", parts, ")"),), ")"))
        for direct in plan.direct_repairs:
            with self._where(holds.get(direct.direct), body) as inner:
                if inner is not None:
                    repaired = self._value(direct.repaired)
                    call = bracketed("DirectRepair(", (literal(direct.rule.code), repaired), ")")
                    inner.line(bracketed("repairs.append(", (call,), ")"))

    @contextmanager
    def _where(self, name: str | None, body: Body) -> Iterator[Body | None]:
        """The place where a definition holds; None when it never does."""
        condition = FALSE if name is None else self.plan.value(self.definitions[name])
        if condition == FALSE:
            yield None
        elif condition == TRUE:
            yield body
        else:
            with self.writer.branch(body.suite("if ", self.writer.condition(condition, body), ":")) as inner:
                yield inner

    def _records(self, collection: Collection, body: Body) -> Document:
        """The positions of the records of a collection, gathered here when no pass has done so."""
        resolved = self.plan.collections[collection]
        if resolved not in self.writer.reads:
            name = self.writer.scope.allocate(self.writer.collection_names[resolved])
            table = self.program.table(collection.table)
            body.line(f"{name}: Sequence[int] = ()")
            PassWriter(self.writer, table, f"subject.{identifier(table.name)}", {resolved: Target(name)}).write(body)
            return name
        return self.writer.reads[resolved].document


Form = Callable[[Measure], Document]
Conditional = tuple[tuple[Expression, ...], Measure]
"""A measure with the operands of its condition."""


def function_lines(results: Results, constants: Constants) -> Iterator[str]:
    """The lines of `evaluate` and `explain`."""
    program = results.program
    definitions = {item.name: item for item in program.definitions}
    conditions = frozenset(item.holds for item in program.result.measures)
    whole = resolved_plan(program, frozenset(_anchors(program)), conditions)
    yield from FunctionWriter(results, constants, program, definitions, whole).evaluate_lines()
    yield from FunctionWriter(results, constants, program, definitions, whole).explain_lines()


def _heading_values(program: Program) -> tuple[str, ...]:
    plan = program.result
    return _named((plan.graded, plan.score, plan.score_after, plan.grade, plan.grade_after))


def _all_values(program: Program) -> tuple[str, ...]:
    """Every definition that `explain` reads, but for the conditions of measures."""
    plan = program.result
    names: list[str | None] = [*_heading_values(program), plan.base, plan.band, plan.band_after]
    for finding in plan.findings:
        names += (finding.fires, finding.count, finding.points, finding.points_after)
    for step in _steps(program):
        names += (step.holds, step.holds_after)
    names += [grant.value for measure in plan.measures for grant in measure.grants]
    names += [repair.restored for repair in plan.points_repairs]
    names += [repair.repaired for repair in plan.direct_repairs]
    return _named(names)


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


def _matching(finding: Finding) -> Collection:
    assert finding.table is not None
    return Collection(finding.table, TRUE if finding.where is None else finding.where)


def _still_open(repair: PointsRepair) -> Collection:
    return Collection(repair.table, And((repair.where, repair.open)))


def _day(day: date | None) -> str | None:
    return None if day is None else f"date({day.year}, {day.month}, {day.day})"
