"""The tables of a result, from the definitions that the plan of the result names.

In: a pipeline and a language. Out: queries with exactly the columns of docs/scoring.md. Their rows are in no order.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlglot import exp

from creditdsl.backends.sql import build
from creditdsl.backends.sql.build import Tree
from creditdsl.backends.sql.names import Names
from creditdsl.backends.sql.pipeline import Pipeline, Setting
from creditdsl.backends.sql.query import Stage
from creditdsl.backends.sql.scope import sql_type
from creditdsl.backends.sql.shown import decimal, grants_text, month_text
from creditdsl.backends.sql.source import subject_key
from creditdsl.backends.sql.tables import HEADING, Part, table_columns, too_many_columns
from creditdsl.backends.sql.unpivot import HERE, Case, unpivoted
from creditdsl.core.ir import DefinitionReference, Finding, Measure, Program, Rule
from creditdsl.core.types import Choice, Month, Number, Text, Type, plain
from creditdsl.diagnostics import Language
from creditdsl.tabular.plan import Tabular, result_names
from creditdsl.tabular.result_tables import points_size

Item = TypeVar("Item")

TYPES = {"count": "BIGINT", "points": "DECIMAL(18, 0)", "points_after_repair": "DECIMAL(18, 0)", "may": "BOOLEAN"}
"""The types of columns that are not text."""


class Output:
    """Writes the tables of one program in one language."""

    def __init__(self, setting: Setting, language: Language) -> None:
        self.setting = setting
        self.tabular: Tabular = setting.tabular
        self.program: Program = setting.tabular.program
        self.definitions = {item.name: item for item in self.program.definitions}
        languages = self.program.header.languages
        self.language = languages.index(language) if language in languages else 0
        self.size = points_size(self.program)

    def results(self) -> exp.Query:
        """One row for each subject that is scored."""
        key, *_ = table_columns(self.program, Part.RESULTS)
        names = self._heading_names()
        pipeline = Pipeline(self.setting, names)
        stage = pipeline.computed(names)
        trees = [build.named(self._key(build.column(stage.key)), key), *self._heading(stage)]
        return pipeline.query.finished(build.select(trees, stage.tree()))

    def wide(self) -> exp.Query:
        """One row for each subject that is scored, with every definition that a result is made of."""
        key, *_ = table_columns(self.program, Part.RESULTS)
        names = list(dict.fromkeys((*self._heading_names(), *result_names(self.program))))
        pipeline = Pipeline(self.setting, names)
        stage = pipeline.computed(names)
        trees = [build.named(self._key(build.column(stage.key)), key), *self._heading(stage)]
        given = Names(pipeline.target.most_bytes_of_a_name, (key, *HEADING))
        trees += [build.named(self._column(name, stage), given.new(name)) for name in self._detail_names()]
        most = pipeline.target.most_columns
        if most is not None and len(trees) > most:
            raise too_many_columns(len(trees), most)
        return pipeline.query.finished(build.select(trees, stage.tree()))

    def findings(self) -> exp.Query:
        """One row for each indicator that fired."""
        findings = self.program.result.findings
        return self._listed(Part.FINDINGS, findings, _finding_names, self._finding)

    def measures(self) -> exp.Query:
        """One row for each reward or penalty that applies."""
        measures = self.program.result.measures
        return self._listed(Part.MEASURES, measures, _measure_names, self._measure)

    def _listed(
        self,
        part: Part,
        items: Sequence[Item],
        names: Callable[[Item], tuple[str, ...]],
        case: Callable[[Item, Stage], Case],
    ) -> exp.Query:
        """One row for each item that holds of a subject. Where columns are few, some items are computed at a time."""
        key, *columns = table_columns(self.program, part)
        target = self.setting.target
        groups = _groups(items, None if target.most_columns is None else target.most_columns // 8)
        pipeline = Pipeline(self.setting, self._names(items, names), several=len(groups) > 1)
        queries: list[exp.Query] = []
        for group in groups:
            stage = pipeline.computed(self._names(group, names))
            many = target.most_cases is not None and len(group) > target.most_cases
            if many:
                stage = pipeline.only(stage, stage.columns, name="computed")
            for some in _groups(group, target.most_cases) if many else [group]:
                kept = [self._reference(name) for name in self._names(some, names)]
                scored = pipeline.only(stage, kept, name="scored")
                keys = [build.named(self._key(build.column(scored.key, HERE)), key)]
                query = unpivoted(scored.name, keys, columns, [case(item, scored) for item in some], target)
                queries.append(pipeline.query.read_back(part.value, query) if many else query)
        if not queries:
            queries.append(self._nothing(part))
        return pipeline.query.finished(build.union_all(queries))

    def _names(self, items: Sequence[Item], names: Callable[[Item], tuple[str, ...]]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for item in items for name in names(item)))

    def _nothing(self, part: Part) -> exp.Select:
        """A table without rows."""
        names = table_columns(self.program, part)
        types = (key_type(self.program), *(TYPES.get(name, "TEXT") for name in names[1:]))
        trees = [build.named(build.nothing(type_), name) for name, type_ in zip(names, types, strict=True)]
        query = exp.Select(expressions=trees)
        query.set("where", exp.Where(this=build.truth(False)))
        return query

    def _finding(self, finding: Finding, stage: Stage) -> Case:
        points, after = (
            decimal(self._column(name, stage, HERE), self._scale(name), self.size)
            for name in (finding.points, finding.points_after)
        )
        count = build.cast(self._column(finding.count, stage, HERE), "BIGINT")
        rule, label, basis = self._words(finding.rule)
        return Case(self._column(finding.fires, stage, HERE), (rule, label, count, points, after, basis))

    def _measure(self, measure: Measure, stage: Stage) -> Case:
        rule, label, basis = self._words(measure.rule)
        kind = build.text(measure.rule.kind.value)
        authorities = build.text("; ".join(self._text(authority) for authority in measure.by))
        grants = grants_text(
            [
                (grant.name, *((None, None) if grant.value is None else self._typed(grant.value, stage)))
                for grant in measure.grants
            ],
            self.setting.target,
        )
        may = build.truth(measure.may)
        holds = self._column(measure.holds, stage, HERE)
        return Case(holds, (rule, kind, label, authorities, may, grants, basis))

    def _typed(self, name: str, stage: Stage) -> tuple[Tree, Type]:
        return self._column(name, stage, HERE), self.definitions[name].type

    def _words(self, rule: Rule) -> tuple[Tree, Tree, Tree]:
        """The code, the label and the basis of a rule."""
        basis = "; ".join(self._text(citation.texts) for citation in rule.basis)
        return build.text(rule.code), build.text(self._text(rule.label)), build.text(basis)

    def _text(self, texts: tuple[str, ...]) -> str:
        """The text in the language of the query, the first one where there is none."""
        return texts[self.language] if self.language < len(texts) else "".join(texts[:1])

    def _key(self, tree: Tree) -> Tree:
        """The key of a subject as it is shown."""
        match plain(subject_key(self.program).type):
            case Number(_, scale) if scale:
                return decimal(tree, scale, (38, scale))
            case Month():
                return month_text(tree, self.setting.target)
            case Text() | Choice():
                return build.cast(tree, "TEXT")
            case _:
                return tree

    # The heading of a result

    def _heading_names(self) -> tuple[str, ...]:
        plan, tabular = self.program.result, self.tabular
        names = (plan.graded, plan.score, plan.score_after, plan.grade, plan.grade_after)
        return tuple(
            dict.fromkeys(name for name in (*names, tabular.decided, tabular.decided_after) if name is not None)
        )

    def _detail_names(self) -> list[str]:
        """The definitions of findings and measures."""
        plan = self.program.result
        names = [name for item in plan.findings for name in _finding_names(item)]
        return list(dict.fromkeys((*names, *(name for item in plan.measures for name in _measure_names(item)))))

    def _heading(self, stage: Stage) -> list[Tree]:
        plan, tabular = self.program.result, self.tabular
        trees = [
            self._column(plan.graded, stage),
            *(self._points(name, stage) for name in (plan.score, plan.score_after)),
            *(self._grade(name, stage) for name in (plan.grade, plan.grade_after)),
            *self._decided(tabular.decided, stage),
            *self._decided(tabular.decided_after, stage),
        ]
        return [build.named(tree, name) for tree, name in zip(trees, HEADING, strict=True)]

    def _points(self, name: str | None, stage: Stage) -> Tree:
        if name is None:
            return build.nothing(f"DECIMAL({self.size[0]}, {self.size[1]})")
        return decimal(self._column(name, stage), self._scale(name), self.size)

    def _grade(self, name: str | None, stage: Stage) -> Tree:
        return build.nothing("TEXT") if name is None else self._column(name, stage)

    def _decided(self, name: str | None, stage: Stage) -> tuple[Tree, Tree]:
        """The step that decided a grade, and its rule."""
        if name is None or not self.tabular.outcomes:
            return build.nothing("TEXT"), build.nothing("TEXT")
        numbered = list(enumerate(self.tabular.outcomes, start=1))
        steps = [(build.integer(number), build.text(step)) for number, (step, _) in numbered]
        rules = [(build.integer(number), build.text(rule)) for number, (_, rule) in numbered if rule is not None]
        step = build.matched(self._column(name, stage), steps)
        if not rules:
            return step, build.nothing("TEXT")
        return step, build.matched(self._column(name, stage), rules)

    def _scale(self, name: str) -> int:
        type_ = plain(self.definitions[name].type)
        return type_.scale if isinstance(type_, Number) else 0

    def _reference(self, name: str) -> DefinitionReference:
        return DefinitionReference(name, self.definitions[name].type)

    def _column(self, name: str, stage: Stage, alias: str | None = None) -> Tree:
        return build.column(stage.columns[self._reference(name)], alias)


def key_type(program: Program) -> str:
    """The SQL type of the subject's key in a result."""
    type_ = plain(subject_key(program).type)
    if isinstance(type_, Number) and type_.scale:
        return f"DECIMAL(38, {type_.scale})"
    return "TEXT" if isinstance(type_, Month) else sql_type(type_)


def _groups(items: Sequence[Item], most: int | None) -> list[Sequence[Item]]:
    """The items in groups of at most so many."""
    if most is None:
        return [items] if items else []
    return [items[start : start + most] for start in range(0, len(items), most)]


def _finding_names(finding: Finding) -> tuple[str, ...]:
    return finding.fires, finding.count, finding.points, finding.points_after


def _measure_names(measure: Measure) -> tuple[str, ...]:
    return measure.holds, *(grant.value for grant in measure.grants if grant.value is not None)
