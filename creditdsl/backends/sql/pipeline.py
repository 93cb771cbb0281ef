"""The stages of a query: from the rows of the input to the values of definitions.

In: a program in layers, where its input stands, and the definitions that are wanted. Out: stages, the last of which has one
row for each subject that is scored, with the columns that are wanted.

    <subject>_rows       the valid rows of the subjects, as fields
    <record>_rows        the valid rows of a kind of record
    <record>_totals      its aggregates by subject
    <record>_values      with what they alone decide, where fewer columns are left to join
    stage_1, stage_2 …   the subjects with aggregates, then with the values computed from them, step by step
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from creditdsl.backends.sql import build
from creditdsl.backends.sql.aggregates import (
    OWN_COLUMNS,
    RECORD,
    SUBJECT,
    Records,
    is_simple,
    leaf,
    ordered_stage,
    reads_subject,
    rule_comment,
    simple_stage,
    without_records,
)
from creditdsl.backends.sql.bounds import Bounds
from creditdsl.backends.sql.build import Tree
from creditdsl.backends.sql.conditions import asked_together, with_columns
from creditdsl.backends.sql.expressions import constant, write
from creditdsl.backends.sql.layout import Block, Grouped, blocks
from creditdsl.backends.sql.names import Names
from creditdsl.backends.sql.parts import Parts
from creditdsl.backends.sql.query import Query, Stage
from creditdsl.backends.sql.rows import Rows
from creditdsl.backends.sql.runs import fits_calendar, in_force
from creditdsl.backends.sql.scope import Scope, is_leaf
from creditdsl.backends.sql.simplify import simplified
from creditdsl.backends.sql.source import Source
from creditdsl.backends.sql.target import Target
from creditdsl.backends.sql.validity import read_tables
from creditdsl.core.intervals import Facts
from creditdsl.core.ir import (
    MAX_RECORDS,
    Aggregate,
    Branch,
    Choose,
    Constant,
    Definition,
    DefinitionReference,
    Expression,
    Program,
    RecordField,
    SubjectField,
)
from creditdsl.core.ranges import known_inputs, stated_interval
from creditdsl.core.types import Day, Month, Number, Truth, Type, plain
from creditdsl.core.walk import walk
from creditdsl.tabular.plan import Tabular


@dataclass(frozen=True, slots=True)
class Setting:
    """What a query is for: `open_run` has the days of the run as parameters, those of `function` where it has a name."""

    tabular: Tabular
    target: Target
    source: Source
    open_run: bool = False
    function: str | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """Something that becomes a column: a definition, or a part of one."""

    leaf: Expression
    expression: Expression
    comment: str | None = None


NARROW = 40
"""So many columns are carried along as `*`, which is easier to read than their names, and no slower."""


class Pipeline:
    """Writes the stages of one query for the definitions `names`.

    With `several`, more than one set of them is computed from the same rows.
    """

    def __init__(self, setting: Setting, names: Iterable[str], *, several: bool = False) -> None:
        program = setting.tabular.program
        self.setting = setting
        self.program = program
        self.target = setting.target
        self.several = several
        self.tables = read_tables(program, setting.source, setting.target)
        self.query = Query(setting.target, [table.source.name[-1] for table in self.tables.values()])
        self.enums = {enum.name: enum for enum in program.enums}
        self.known: Facts = dict(known_inputs(program.subject, program.records, program.enums))
        self.bounds = Bounds(self.known)
        self.columns = Names(setting.target.most_bytes_of_a_name, OWN_COLUMNS)
        self.rows = Rows(self.tables, setting.source, self.query, self.columns)
        self.record_rows: dict[str, Stage] = {}
        self.record_fields = {
            part for item in _aggregates(program) for part in walk(item) if isinstance(part, RecordField)
        }
        self.subjects: Stage | None = None
        self.parts = Parts(self.target, self.known, self.bounds, self._make_definition)
        self.definitions: dict[Expression, Definition] = {}
        self.nothing: dict[Expression, Constant] = {}
        """what values beside aggregates are for a subject without records"""
        self.simple = simplified(program, names)
        self.part_count = 0

    def computed(self, names: Sequence[str], fields: Sequence[SubjectField] = ()) -> Stage:
        """A stage with the definitions `names` and some fields of the subject."""
        planned = blocks(self.program, self.simple, names, fields, self.target.most_columns)
        stage = self._subject_rows(planned)
        for block in planned:
            stage = self._block(stage, block)
            if len(planned) > 1:
                stage = self.only(stage, block.kept)
        return stage

    def only(self, stage: Stage, kept: Iterable[Expression], name: str | None = None) -> Stage:
        """A stage without the columns that are not needed any more; one with a name is read more than once."""
        columns = {item: stage.columns[item] for item in stage.columns if item in set(kept)}
        names = dict.fromkeys((stage.key, *columns.values()))
        select = self.query.fenced(build.select([build.column(column) for column in names], stage.tree()))
        if name is None:
            return Stage(self.query.add_step(select), stage.key, columns)
        return Stage(self.query.add(name, select, materialized=True), stage.key, columns)

    def scope(self, stage: Stage, alias: str | None = None) -> Scope:
        """What an expression over the columns of a stage can see."""
        return Scope(self.target, self.enums, self.bounds, stage.seen_as(alias), self.setting.function)

    # The rows

    def _subject_rows(self, planned: Sequence[Block]) -> Stage:
        if self.subjects is None:
            wanted, grouped = set[str](), set[str]()
            for block in planned:
                wanted |= {item.name for item in block.kept if isinstance(item, SubjectField)}
                for layer in block.layers:
                    grouped |= {layer.table} if isinstance(layer, Grouped) else set()
                    wanted |= {part.name for part in _parts(layer.definitions) if isinstance(part, SubjectField)}
            if self.several:
                wanted, grouped = {item.name for item in self.program.subject.fields}, set()
            self.subjects = self.rows.subjects(wanted, grouped, self._run_conditions())
        return self.subjects

    def _run_conditions(self) -> list[Tree]:
        if not self.setting.open_run:
            return []
        scope = Scope(self.target, self.enums, self.bounds, {}, self.setting.function)
        return [fits_calendar(self.program, scope), in_force(self.program, scope)]

    def _record_rows(self, table: str) -> Stage:
        if table not in self.record_rows:
            wanted = {part.name for part in self.record_fields if part.table == table}
            self.record_rows[table] = self.rows.records(table, wanted)
        return self.record_rows[table]

    # Blocks and their layers

    def _block(self, stage: Stage, block: Block) -> Stage:
        pending: list[Stage] = []
        reads = [_reads(layer.definitions) for layer in block.layers]
        for place, layer in enumerate(block.layers):
            later, after = block.kept.union(*reads[place:]), block.kept.union(*reads[place + 1 :])
            if isinstance(layer, Grouped):
                if any(reference in other.columns for reference in _parts(layer.definitions) for other in pending):
                    stage, pending = self._joined(stage, pending, later), []
                counted = None if self.setting.source.checked or self.several else "records"
                pending += self._aggregates(layer, stage, after, counted=counted)
            else:
                joined = self._joined(stage, pending, later)
                stage, pending = self._scalars(joined, layer.definitions, after), []
        return self._joined(stage, pending, block.kept)

    def _joined(self, stage: Stage, aggregates: Sequence[Stage], later: Collection[Expression]) -> Stage:
        """The subjects with their aggregates, without those that have too many records."""
        if not aggregates:
            return stage
        columns, trees = self._carried(stage, later, SUBJECT)
        joins, limits = [], []
        for place, other in enumerate(aggregates):
            alias = f"a{place + 1}"
            same = build.equal(build.column(other.key, alias), build.column(stage.key, SUBJECT))
            joins.append(exp.Join(this=other.tree(alias), on=same, side="LEFT"))
            passing = {reference: column for reference, column in other.columns.items() if reference in later}
            # What only repeats another value has its column, which is joined once.
            once = {column: reference for reference, column in passing.items()}
            trees += [
                build.named(self._of_all(item, build.column(column, alias)), column) for column, item in once.items()
            ]
            columns |= passing
            if other.records is not None:
                count = build.coalesce(build.column(other.records, alias), build.integer(0))
                limits.append(build.at_most(count, build.integer(MAX_RECORDS)))
        select = build.select(trees, stage.tree(SUBJECT))
        select.set("joins", joins)
        if limits:
            select.set("where", exp.Where(this=build.all_of(limits)))
        return self._stage(select, columns)

    def _of_all(self, reference: Expression, tree: Tree) -> Tree:
        """An aggregate, or a value beside one, of all subjects, of whom some have no row in the aggregates."""
        nothing = self.nothing.get(reference)
        if nothing is None:
            return without_records(self.definitions[reference], tree)
        if nothing.value is None:
            return tree
        return build.coalesce(tree, constant(nothing, Scope(self.target, self.enums, self.bounds, {})))

    def _carried(
        self, stage: Stage, later: Collection[Expression], alias: str | None
    ) -> tuple[dict[Expression, str], list[Tree]]:
        """The columns of a stage that the next one has too: all of a narrow one, what is still read of a wide one."""
        if len(stage.columns) <= NARROW:
            return dict(stage.columns), [build.star(alias)]
        columns = {item: name for item, name in stage.columns.items() if item in later}
        counted = () if stage.records is None else (stage.records,)
        names = dict.fromkeys((stage.key, *counted, *columns.values()))
        return columns, [build.column(name, alias) for name in names]

    def _scalars(
        self, stage: Stage, definitions: Sequence[Definition], later: frozenset[Expression], wish: str | None = None
    ) -> Stage:
        """The rows of a stage with more values, step by step: a step needs only what stands in those before it.

        The stages of the subjects are numbered, others have a name that they wish for.
        """
        values: list[Value] = []
        # Parts are columns of the stages of one layer: those behind it may be without them.
        self.parts.leaves.clear()
        for definition in definitions:
            expression = self.parts.of(definition.expression, definition.name)
            values += [Value(part.leaf, part.expression) for part in self.parts.taken()]
            values.append(Value(leaf(definition), expression, rule_comment(definition)))
            self._know(definition, expression)
        steps = _levels(values)
        for place, step in enumerate(steps):
            read = (part for other in steps[place + 1 :] for value in other for part in walk(value.expression))
            stage = self._step(stage, step, later.union(read), wish)
        return stage

    def _step(self, stage: Stage, step: Sequence[Value], later: frozenset[Expression], wish: str | None) -> Stage:
        scope, columns, new = self.scope(stage), dict[Expression, str](), list[Tree]()
        for value in step:
            repeated = _repeated(value.expression)
            if repeated is not None and repeated in stage.columns:
                name = stage.columns[repeated]
                later |= {repeated}
            else:
                name = self.columns.new(_name(value.leaf))
                new.append(build.named(write(value.expression, scope), name, value.comment))
            columns[value.leaf] = name
        if not new:
            return replace(stage, columns={**stage.columns, **columns})
        carried, trees = self._carried(stage, later, None)
        select = build.select([*trees, *new], stage.tree())
        return replace(self._stage(select, {**carried, **columns}, wish), records=stage.records)

    def _stage(self, select: exp.Select, columns: dict[Expression, str], wish: str | None = None) -> Stage:
        fenced = self.query.fenced(select)
        name = self.query.add_step(fenced) if wish is None else self.query.add(wish, fenced)
        return Stage(name, self.rows.key, columns)

    # Aggregates

    def _aggregates(
        self, layer: Grouped, subjects: Stage, later: frozenset[Expression], *, counted: str | None
    ) -> list[Stage]:
        """The stages of the aggregates of a layer, and of what stands beside them."""
        definitions, records = self._over_parts(layer, subjects)
        scope = self._record_scope(records)
        simple = [item for item in definitions if is_simple(item)]
        stages = []
        if simple:
            columns = {self.columns.new(item.name): item for item in simple}
            totals = simple_stage(self.query, records, columns, scope, counted=counted, final=bool(layer.values))
            if layer.values:
                self.nothing |= layer.nothing
                totals = self._scalars(totals, layer.values, later, f"{layer.table}_values")
            stages.append(totals)
        for item in definitions:
            if not is_simple(item):
                column = self.columns.new(item.name)
                stages.append(ordered_stage(self.query, records, column, item, scope))
        if counted is not None and not simple:
            stages.append(self._record_count(records))
        return stages

    def _over_parts(self, layer: Grouped, subjects: Stage) -> tuple[list[Definition], Records]:
        """The aggregates over records that have a column for each part of their expressions."""
        rows = self._record_rows(layer.table)
        parts = Parts(
            self.target, self.known, self.bounds, _record_maker(layer.table, self.rows.record_columns(layer.table))
        )
        aggregates = {item: item.expression for item in layer.definitions if isinstance(item.expression, Aggregate)}
        together = asked_together(aggregate.where for aggregate in aggregates.values())
        asked = {condition: parts.make_leaf("condition", Truth()) for condition in together}
        conditions = [Value(column, parts.of(condition, "condition")) for condition, column in asked.items()]
        definitions = []
        for item, aggregate in aggregates.items():
            split = replace(
                aggregate,
                where=parts.of(with_columns(aggregate.where, asked), item.name),
                value=None if aggregate.value is None else parts.of(aggregate.value, item.name),
                keys=tuple(parts.of(key, item.name) for key in aggregate.keys),
            )
            definitions.append(replace(item, expression=split))
            self._know(item, split)
        records = Records(rows, subjects)
        for step in _levels([*(Value(part.leaf, part.expression) for part in parts.taken()), *conditions]):
            records = self._record_step(records, step)
        return definitions, records

    def _record_step(self, records: Records, step: Sequence[Value]) -> Records:
        """The records with a column more for each value."""
        columns, trees, scope = dict(records.rows.columns), [build.star(RECORD)], self._record_scope(records)
        for value in step:
            columns[value.leaf] = _name(value.leaf)
            trees.append(build.named(write(value.expression, scope), _name(value.leaf)))
        joined = any(reads_subject(value.expression) for value in step)
        select = self.query.fenced(records.select(trees, joined=joined))
        name = self.query.add(records.rows.name, select)
        return Records(Stage(name, records.rows.key, columns), records.subjects)

    def _record_scope(self, records: Records) -> Scope:
        return Scope(self.target, self.enums, self.bounds, records.columns, self.setting.function)

    def _record_count(self, records: Records) -> Stage:
        count = build.named(exp.Count(this=exp.Star()), "records")
        select = records.select([records.key, count], joined=False)
        select.set("group", exp.Group(expressions=[build.column(records.rows.key, RECORD)]))
        return Stage(self.query.add(f"{records.rows.name}_count", select), records.rows.key, {}, "records")

    # What is known

    def _know(self, definition: Definition, expression: Expression) -> None:
        reference = leaf(definition)
        self.definitions[reference] = definition
        stated = stated_interval(definition, self.program.enums)
        if stated is not None:
            self.known[reference] = stated
        elif isinstance(plain(definition.type), Number | Day | Month) and not isinstance(expression, Aggregate):
            self.known[reference] = self.bounds.of(expression)

    def _make_definition(self, name: str, type_: Type) -> Expression:
        """The reference to a part; no definition has a blank in its name."""
        self.part_count += 1
        return DefinitionReference(f"{name} {self.part_count}", type_)


def _aggregates(program: Program) -> Iterable[Aggregate]:
    """The aggregates of a tabular program, which are definitions of their own."""
    return (item.expression for item in program.definitions if isinstance(item.expression, Aggregate))


def _record_maker(table: str, columns: Names) -> Callable[[str, Type], Expression]:
    return lambda name, type_: RecordField(table, columns.new(name), type_)


def _name(reference: Expression) -> str:
    """The name of the leaf that a column is for."""
    return reference.name if isinstance(reference, DefinitionReference | RecordField) else "value"


def _repeated(expression: Expression) -> Expression | None:
    """The value that an expression only repeats, perhaps as one that may be absent, which `tabular.fold` has as a choice."""
    match expression:
        case Choose((Branch(Constant(True), value), *_)):
            return _repeated(value)
        case _:
            return expression if is_leaf(expression) else None


def _parts(definitions: Iterable[Definition]) -> Iterable[Expression]:
    return (part for item in definitions for part in walk(item.expression))


def _reads(definitions: Iterable[Definition]) -> frozenset[Expression]:
    """The columns that definitions read."""
    return frozenset(part for part in _parts(definitions) if is_leaf(part))


def _levels(values: Sequence[Value]) -> list[list[Value]]:
    """The values in steps: each needs only what earlier steps have."""
    level: dict[Expression, int] = {}
    steps: list[list[Value]] = []
    for value in values:
        place = max((level[part] + 1 for part in walk(value.expression) if part in level), default=0)
        level[value.leaf] = place
        steps += [[] for _ in range(place + 1 - len(steps))]
        steps[place].append(value)
    return steps
