"""Service items: what each looks up, what it takes in, and its time limits.

In: the matters of a policy. Out: `ir.Matter`s; names that are not declared, matters that take each other in, and days with two
time limits are reported.
"""

from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from creditdsl.checking import measure_messages, messages, operators, rule_messages
from creditdsl.checking.named import provenance, texts_of
from creditdsl.checking.scope import Elaboration, Scope
from creditdsl.core import ir
from creditdsl.core.types import Number, Unit
from creditdsl.syntax import tree

TIMES = (Unit.DAYS, Unit.WORKDAYS, Unit.MONTHS)


def matters(elaboration: Elaboration) -> tuple[ir.Matter, ...]:
    """The matters in the order written."""
    declared = elaboration.declarations.matters
    graph = {code: {item.text for item in matter.includes} & declared.keys() for code, matter in declared.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        elaboration.report(rule_messages.circle([declared[code] for code in reversed(circle)]))
    return tuple(_matter(matter, elaboration) for matter in declared.values())


def _matter(matter: tree.Matter, elaboration: Elaboration) -> ir.Matter:
    declarations = elaboration.declarations
    measures = {item.code.text for item in declarations.of_kind(tree.Measure)}
    for names, known in ((matter.measures, measures), (matter.includes, set(declarations.matters))):
        for name in names:
            if name.text not in known:
                elaboration.report(messages.not_declared(name.text, name.span, sorted(known)))
    dated = sorted(matter.limit, key=lambda item: item.start)
    for earlier, later in pairwise(dated):
        if earlier.end is None or earlier.end >= later.start:
            elaboration.report(measure_messages.two_limits(matter, earlier, later))
    return ir.Matter(
        provenance(ir.RuleKind.MATTER, matter.code, matter.label, matter.clauses, elaboration),
        tuple(texts_of(label, "", elaboration) for label in matter.by),
        tuple(item.text for item in matter.measures),
        tuple(item.text for item in matter.includes),
        tuple(limit for value in matter.limit if (limit := _limit(value, Scope(elaboration))) is not None),
    )


def _limit(value: tree.DatedValue, scope: Scope) -> ir.TimeLimit | None:
    typed = operators.literal(value.value) if isinstance(value.value, tree.Number) else None
    match typed.expression if typed else None, typed.type if typed else None:
        case ir.Constant(value=int() as number), Number(unit=unit) as type_ if unit in TIMES:
            return ir.TimeLimit(number, type_, value.start, value.end)
        case _:
            scope.report(measure_messages.no_time_limit(value.value.span))
            return None
