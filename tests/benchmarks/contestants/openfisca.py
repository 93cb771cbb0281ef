"""The scheme in OpenFisca-core, as its users encode law: a variable for each input and each indicator, a tree of parameters.

The formulas are vectorial, over all subjects at once. Between two runs only what was computed is forgotten, not the input.
"""

from typing import TYPE_CHECKING

from tests.benchmarks.contest import Contestant, Pace, Prepared
from tests.benchmarks.contestants.numpy_by_hand import matrix
from tests.benchmarks.scheme import Indicator, Scheme, Table

if TYPE_CHECKING:
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

PERIOD = "2020"
START = "2020-01-01"
MOST = 300
"""With every intermediate result of every indicator kept in 32 bits, more indicators ask for gigabytes."""


def system(scheme: Scheme) -> "TaxBenefitSystem":
    from openfisca_core.entities import build_entity
    from openfisca_core.parameters import ParameterNode
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem

    entity = build_entity(key="subject", plural="subjects", label="Subject of credit", is_person=True)
    made = TaxBenefitSystem([entity])
    made.parameters = ParameterNode("", data=_parameters(scheme))
    for item in scheme.indicators:
        made.add_variable(_input(entity, item))
        made.add_variable(_deduction(entity, item))
    made.add_variable(_score(entity, scheme))
    made.add_variable(_grade(entity, scheme))
    return made


def _parameters(scheme: Scheme) -> dict[str, object]:
    def value(number: int) -> dict[str, object]:
        return {"values": {START: {"value": number}}}

    return {
        "score": {"base": value(scheme.base), "floor": value(scheme.floor)},
        "limits": {f"grade_{number}": value(limit) for number, limit in enumerate(scheme.limits)},
        "indicators": {
            item.field: {"points": value(item.points), "cap": value(item.cap)} for item in scheme.indicators
        },
    }


def _variable(name: str, entity: object, **more: object) -> "type[Variable]":
    from openfisca_core.periods import DateUnit
    from openfisca_core.variables import Variable

    common = {"value_type": int, "entity": entity, "definition_period": DateUnit.YEAR, "label": name}
    return type(name, (Variable,), {**common, **more})


def _input(entity: object, item: Indicator) -> "type[Variable]":
    return _variable(item.field, entity)


def _deduction(entity: object, item: Indicator) -> "type[Variable]":
    import numpy as np

    def formula(subject, period, parameters):  # type: ignore[no-untyped-def]
        rule = parameters(period).indicators[item.field]
        return np.minimum(subject(item.field, period) * rule.points, rule.cap)

    return _variable(f"deduction_{item.field}", entity, formula=formula)


def _score(entity: object, scheme: Scheme) -> "type[Variable]":
    import numpy as np

    def formula(subject, period, parameters):  # type: ignore[no-untyped-def]
        rule = parameters(period).score
        deducted = sum(subject(f"deduction_{field}", period) for field in scheme.fields)
        return np.maximum(rule.base - deducted, rule.floor)

    return _variable("score", entity, formula=formula)


def _grade(entity: object, scheme: Scheme) -> "type[Variable]":
    import numpy as np

    last = len(scheme.limits)

    def formula(subject, period, parameters):  # type: ignore[no-untyped-def]
        limits = parameters(period).limits
        score = subject("score", period)
        grade = np.select([score >= limits[f"grade_{number}"] for number in range(last)], range(last), last)
        for item in reversed(scheme.directs):
            grade = np.where(subject(item.field, period) >= item.least, item.grade, grade)
        return grade

    return _variable("grade", entity, formula=formula)


def prepare(scheme: Scheme, table: Table) -> Prepared:
    import numpy as np
    from openfisca_core.simulations import SimulationBuilder

    simulation = SimulationBuilder().build_default_simulation(system(scheme), table.rows)
    for field, values in zip(table.fields, matrix(table), strict=True):
        simulation.set_input(field, PERIOD, values.astype(np.int32))
    computed = [*(f"deduction_{field}" for field in scheme.fields), "score", "grade"]

    def run() -> tuple[np.ndarray, np.ndarray]:
        for name in computed:
            simulation.delete_arrays(name)
        grade = simulation.calculate("grade", PERIOD)
        return simulation.calculate("score", PERIOD), grade

    return Prepared(run, lambda result: result)  # type: ignore[arg-type, return-value]


def fits(scheme: Scheme) -> bool:
    return len(scheme.indicators) <= MOST


CONTESTANTS = (Contestant("openfisca", "OpenFisca-core", Pace.COLUMNS, prepare, ("openfisca_core", "numpy"), fits),)
