"""Parameters with one value, which an emitted module names.

In: a program. Out: the names of the constants by the expressions that they stand for, and lines that define them.
"""

from collections.abc import Iterator

from creditdsl.backends.python.names import constant_name, literal, variable_name
from creditdsl.backends.python.plan import is_module_constant, reference
from creditdsl.backends.python.results import Results
from creditdsl.backends.python.rewrite import simplify
from creditdsl.backends.python.wording import rule_comment, unit_comment
from creditdsl.core.calendar import date_of
from creditdsl.core.ir import Constant, Definition, DefinitionReference, Expression, Multiply
from creditdsl.core.type_of import type_of
from creditdsl.core.types import Day, Number, Unit, plain
from creditdsl.core.walk import walk

Constants = dict[Expression, str]
"""The names of module constants, by the expressions that they stand for."""


def name_constants(results: Results) -> Constants:
    """The names of the parameters that have one value, and of their values at other scales."""
    program, scope = results.program, results.module.scope
    enums = {enum.name: enum.names for enum in program.enums}
    found: Constants = {}
    for item in program.definitions:
        if item.rule is not None and is_module_constant(item, enums):
            found[reference(item)] = scope.allocate(constant_name(variable_name(item.rule.code)))
    for item in program.definitions:
        for part in walk(item.expression):
            match part:
                case Multiply(Constant() as factor, DefinitionReference() as read, type_) | Multiply(
                    DefinitionReference() as read, Constant() as factor, type_
                ) if read in found and Multiply(factor, read, type_) not in found:
                    suffix = "FEN" if type_ == Number(Unit.YUAN, 2) else f"X{factor.value}"
                    found[Multiply(factor, read, type_)] = scope.allocate(f"{found[read]}_{suffix}")
                case _:
                    pass
    return found


def constant_lines(results: Results, constants: Constants) -> Iterator[str]:
    """A line for each parameter that has one value, below its label and basis."""
    enums = {enum.name: enum.names for enum in results.program.enums}
    definitions: dict[Expression, Definition] = {reference(item): item for item in results.program.definitions}
    for expression, name in constants.items():
        unit = unit_comment(type_of(expression))
        ending = f"  # {unit}" if unit else ""
        if isinstance(expression, Multiply):
            yield f"{name} = {literal(_factor(expression))} * {constants[expression.right]}{ending}"
            continue
        definition = definitions[expression]
        value = simplify(definition.expression, enums)
        assert isinstance(value, Constant) and definition.rule is not None
        yield from (f"# {text}".rstrip() for text in rule_comment(definition.rule))
        yield f"{name} = {_constant_text(value)}{ending}"


def _factor(product: Multiply) -> int:
    assert isinstance(product.left, Constant) and isinstance(product.left.value, int)
    return product.left.value


def _constant_text(value: Constant) -> str:
    if isinstance(plain(value.type), Day) and isinstance(value.value, int):
        day = date_of(value.value)
        return f"date({day.year}, {day.month}, {day.day})"
    return literal(value.value)
