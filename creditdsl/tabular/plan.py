"""A program in the order in which whole tables can be computed.

In: a program, and the days of a run when they are known. Out: a `Tabular`: the definitions that the tables of a result
need, in layers. In it

- what the run alone decides is a constant (or, while its days are not known, written out where it is used);
- every aggregate is a definition of its own, once, so that a layer takes all aggregates over a table in one pass;
- which rule decided a grade is a definition too (`tabular.decision`).

`core.evaluate` gives the same values for the definitions of both programs.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from creditdsl.core.ir import Aggregate, Definition, DefinitionReference, Expression, Program
from creditdsl.core.subject import RunContext
from creditdsl.core.walk import walk
from creditdsl.frozen import dataclass
from creditdsl.tabular.decision import Outcomes, with_decisions
from creditdsl.tabular.fold import Folder
from creditdsl.tabular.hoist import Hoister


@dataclass(frozen=True, slots=True)
class Scalars:
    """Definitions of one value a subject, without aggregates, in dependency order."""

    definitions: tuple[Definition, ...]


@dataclass(frozen=True, slots=True)
class Grouped:
    """Definitions that are aggregates over the records of `table`, which need only what stands in earlier layers."""

    table: str
    definitions: tuple[Definition, ...]


Layer = Scalars | Grouped


@dataclass(frozen=True, slots=True)
class Tabular:
    """`program` has the definitions of all layers, in order, and the plan of the result unchanged.

    A definition in `decided` or `decided_after` (None for a policy that grades nobody and exempts nobody) is a number: 0
    when nothing decided the grade, else the place in `outcomes`, from 1.
    """

    program: Program
    layers: tuple[Layer, ...]
    decided: str | None
    decided_after: str | None
    outcomes: Outcomes


def tabulate(program: Program, context: RunContext | None = None) -> Tabular:
    """The program as layers; with a context, for that run alone.

    Raises CannotTabulate for an aggregate whose condition looks into the records of another table.
    """
    decided = with_decisions(program)
    folder, hoister = Folder(program, context), Hoister(program)
    for definition in decided.definitions:
        folded = folder.definition(definition)
        hoister.add(folded)
    names = (*result_names(program), *(name for name in (decided.before, decided.after) if name is not None))
    needed = needed_names(hoister.definitions, names)
    layers = tuple(_layers([item for name, item in hoister.definitions.items() if name in needed]))
    ordered = tuple(definition for layer in layers for definition in layer.definitions)
    claimless = replace(program, definitions=ordered, claims=(), cases=())
    return Tabular(claimless, layers, decided.before, decided.after, decided.outcomes)


def result_names(program: Program) -> tuple[str, ...]:
    """The definitions that the tables of a result are made of, each once, in the order of the plan."""
    plan = program.result
    heading = (plan.graded, plan.score, plan.score_after, plan.grade, plan.grade_after)
    names = [name for name in heading if name is not None]
    for finding in plan.findings:
        names += (finding.fires, finding.count, finding.points, finding.points_after)
    for measure in plan.measures:
        names += (measure.holds, *(grant.value for grant in measure.grants if grant.value is not None))
    return tuple(dict.fromkeys(names))


def references(expression: Expression) -> Iterator[str]:
    """The names of the definitions that an expression refers to, with repetitions."""
    return (part.name for part in walk(expression) if type(part) is DefinitionReference)


def needed_names(definitions: Mapping[str, Definition], names: Iterable[str]) -> set[str]:
    """These names, and those of all definitions that they refer to in turn."""
    needed: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting.extend(references(definitions[name].expression))
    return needed


def _layers(definitions: Sequence[Definition]) -> Iterator[Layer]:
    for grouped, scalars in in_rounds(definitions):
        for table, aggregates in grouped.items():
            yield Grouped(table, tuple(aggregates))
        if scalars:
            yield Scalars(tuple(scalars))


Round = tuple[dict[str, list[Definition]], list[Definition]]
"""Aggregates by table, and scalars."""


def in_rounds(definitions: Iterable[Definition]) -> Iterator[Round]:
    """Round by round: aggregates as early as what they need allows, then the scalars that need no later one.

    What is referred to and not among the definitions is there before.
    """
    rounds: dict[str, int] = {}
    made: dict[int, Round] = {}
    for definition in definitions:
        before = max((rounds.get(name, 0) for name in references(definition.expression)), default=0)
        number = rounds[definition.name] = before + isinstance(definition.expression, Aggregate)
        grouped, scalars = made.setdefault(number, ({}, []))
        if isinstance(definition.expression, Aggregate):
            grouped.setdefault(definition.expression.table, []).append(definition)
        else:
            scalars.append(definition)
    yield from (made[number] for number in sorted(made))
