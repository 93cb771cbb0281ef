"""What stands under an expression, for every kind of expression there is."""

from dataclasses import fields
from typing import get_args

from creditdsl.core import ir
from creditdsl.core.types import Number, Truth, Unit
from creditdsl.core.walk import CHILDREN, PARTS, children, rebuilt, walk

NUMBER = Number(Unit.NUMBER)
ONE, TWO = ir.Constant(1, NUMBER), ir.Constant(2, NUMBER)


def test_every_kind_of_expression_is_known() -> None:
    kinds = set(get_args(ir.Expression))
    assert set(CHILDREN) == kinds
    for kind in kinds:
        held = {item.name for item in fields(kind) if item.type is ir.Expression or item.type == "Expression"}
        assert held <= set(PARTS.get(kind, ())) | {"operand", "otherwise", "where"}, kind


def test_outermost_first_in_the_order_of_evaluation() -> None:
    less = ir.Less(ONE, TWO)
    choice = ir.Choose((ir.Branch(less, TWO),), ONE, NUMBER)
    assert list(walk(choice)) == [choice, less, ONE, TWO, TWO, ONE]


def test_what_is_not_changed_is_the_same_expression() -> None:
    same = ir.Less(ONE, TWO)
    choice = ir.Choose((ir.Branch(same, TWO),), ONE, NUMBER)
    aggregate = ir.Aggregate(ir.AggregateKind.COUNT, "r", same, None, (ONE,), NUMBER)
    for expression in (same, choice, aggregate, ir.And((same,)), ir.Among(ONE, (TWO,)), ir.Constant(True, Truth())):
        assert rebuilt(expression, lambda part: part) is expression


def test_every_part_is_changed_and_nothing_else() -> None:
    def doubled(part: ir.Expression) -> ir.Expression:
        return TWO if part == ONE else part

    less = ir.Less(ONE, ONE)
    assert rebuilt(less, doubled) == ir.Less(TWO, TWO)
    assert rebuilt(ir.Choose((ir.Branch(less, ONE),), ONE, NUMBER), doubled) == ir.Choose(
        (ir.Branch(less, TWO),), TWO, NUMBER
    )
    aggregate = ir.Aggregate(ir.AggregateKind.SUM, "r", less, ONE, (ONE, TWO), NUMBER, ONE)
    assert rebuilt(aggregate, doubled) == ir.Aggregate(ir.AggregateKind.SUM, "r", less, TWO, (TWO, TWO), NUMBER, TWO)
    assert children(aggregate) == (ONE, less, ONE, ONE, TWO)
    assert rebuilt(ir.Among(ONE, (ONE, TWO)), doubled) == ir.Among(TWO, (ONE, TWO))
