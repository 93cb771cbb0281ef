"""Expressions: from what was written to the core, typed on the way.

In: a surface expression and the scope it stands in. Out: the core expression with its type, or None after every fault
in it was reported. Units, scales, presence and flow typing are settled here; aggregates and quotients have modules of
their own.
"""

from dataclasses import replace

from creditdsl.checking import messages, operators, rule_messages
from creditdsl.checking.aggregates import elaborate_aggregate
from creditdsl.checking.measure_forms import breach_name
from creditdsl.checking.names import means_something, reference
from creditdsl.checking.operators import arithmetic
from creditdsl.checking.quotients import compare_quotients, contains_division, elaborate_round
from creditdsl.checking.scope import (
    DAY,
    NUMBER,
    TRUTH,
    ContextDays,
    Scope,
    Typed,
    conjunction,
    disjunction,
    negation,
)
from creditdsl.checking.tables import look_up
from creditdsl.checking.terms import align, condition, day_number, enum_value, value
from creditdsl.checking.workdays import calendar_at, roll, workdays_between
from creditdsl.core import ir
from creditdsl.core.periods import PERIOD_MONTHS
from creditdsl.core.types import Day, Month, Number, Optional, Text, Truth, Type, Unit, plain
from creditdsl.syntax import tree


def elaborate(expression: tree.Expression, scope: Scope, expected: Type | None = None) -> Typed | None:
    """The core expression and its type, which is Optional where the value may be absent.

    `expected` helps enum values, which are known only by their type; it is not checked here.
    """
    match expression:
        case tree.Number():
            if expression.unit is tree.UnitWord.WORKDAYS and calendar_at(scope, expression.span) is None:
                return None
            return operators.literal(expression)
        case tree.TextLiteral():
            return Typed(ir.Constant(expression.value, Text()), Text())
        case tree.DateLiteral():
            return Typed(ir.Constant(day_number(expression), DAY), DAY)
        case tree.MonthLiteral():
            return Typed(ir.Constant(expression.year * 12 + expression.month - 1, Month()), Month())
        case tree.TruthLiteral():
            return Typed(ir.Constant(expression.value, TRUTH), TRUTH)
        case tree.Reference():
            return reference(expression, scope, expected)
        case tree.Context(word=tree.ContextWord.PERIOD_MONTHS):
            return Typed(PERIOD_MONTHS, NUMBER)
        case tree.BreachOf():
            return _breach(expression, scope)
        case tree.Context():
            return Typed(ContextDays[ir.ContextDay(expression.word.value)], DAY)
        case tree.Unary():
            return _unary(expression, scope)
        case tree.Binary():
            return _binary(expression, scope, expected)
        case tree.IsPresent():
            return _presence(expression, scope)
        case tree.Is():
            return _is(expression, scope)
        case tree.InSet():
            return _in_set(expression, scope)
        case tree.InRange():
            return _in_range(expression, scope)
        case tree.Within():
            return _within(expression, scope)
        case tree.OrElse():
            return _or_else(expression, scope, expected)
        case tree.At():
            return scope.elaboration.value_at(expression, scope)
        case tree.If():
            branches = (
                tree.Branch(expression.condition, expression.then, span=expression.then.span),
                tree.Branch(None, expression.otherwise, span=expression.otherwise.span),
            )
            return _branches(branches, scope, expected, expression)
        case tree.Cases():
            return _branches(expression.branches, scope, expected, expression)
        case tree.Aggregate():
            return elaborate_aggregate(expression, scope)
        case tree.Call():
            return _call(expression, scope)
        case tree.Rolled():
            day = value(expression.operand, scope)
            return None if day is None else roll(expression, day, scope)
        case tree.Between():
            return _between(expression, scope)
        case tree.Part():
            return _part(expression, scope)
        case tree.Round():
            return elaborate_round(expression, scope)


def _breach(expression: tree.BreachOf, scope: Scope) -> Typed | None:
    """Whether a pledge was broken."""
    name = breach_name(expression.pledge).text
    declarations = scope.elaboration.declarations
    if name not in declarations.named:
        pledges = [item.code.text for item in declarations.of_kind(tree.Measure) if item.breach is not None]
        scope.report(messages.not_declared(expression.pledge.text, expression.pledge.span, pledges))
        return None
    scope.elaboration.used.add(name)
    return scope.elaboration.named(name, scope)


def _truth(expression: ir.Expression | None) -> Typed | None:
    return None if expression is None else Typed(expression, TRUTH)


def _unary(expression: tree.Unary, scope: Scope) -> Typed | None:
    match expression.operator:
        case tree.UnaryOperator.NOT:
            operand = condition(expression.operand, scope)
            return None if operand is None else Typed(negation(operand), TRUTH)
        case tree.UnaryOperator.NEGATE:
            typed = value(expression.operand, scope)
            match typed:
                case None:
                    return None
                case Typed(expression=ir.Constant(value=int() as number), type=Number() as type_):
                    return Typed(ir.Constant(-number, type_), type_)
                case Typed(type=Number() as type_):
                    return replace(typed, expression=ir.Negate(typed.expression, type_))
                case Typed():
                    scope.report(messages.types_do_not_fit(typed.type, NUMBER, expression.span))
                    return None


def _binary(expression: tree.Binary, scope: Scope, expected: Type | None) -> Typed | None:
    match expression.operator:
        case tree.BinaryOperator.AND | tree.BinaryOperator.OR | tree.BinaryOperator.IMPLIES:
            return _logical(expression, scope)
        case operator if operator in operators.COMPARISONS:
            return _comparison(expression, scope)
        case tree.BinaryOperator.DIVIDE:
            scope.report(messages.division_without_rounding(expression.span))
            return None
        case _:
            left, right = value(expression.left, scope, expected), value(expression.right, scope, expected)
            if left is None or right is None:
                return None
            return arithmetic(expression, left, right, scope)


def _logical(expression: tree.Binary, scope: Scope) -> Typed | None:
    left = condition(expression.left, scope)
    when_left = scope if left is None else scope.assuming(left, holds=expression.operator is not tree.BinaryOperator.OR)
    right = condition(expression.right, when_left)
    if left is None or right is None:
        return None
    match expression.operator:
        case tree.BinaryOperator.AND:
            return Typed(conjunction([left, right]), TRUTH)
        case tree.BinaryOperator.OR:
            return Typed(disjunction([left, right]), TRUTH)
        case _:
            return Typed(disjunction([negation(left), right]), TRUTH)


def _comparison(expression: tree.Binary, scope: Scope) -> Typed | None:
    if contains_division(expression.left) or contains_division(expression.right):
        return _truth(compare_quotients(expression, scope))
    pair = _pair(expression.left, expression.right, scope)
    if pair is None:
        return None
    left, right = pair
    match right:
        case Typed(expression=ir.Constant(value=bool() as wanted)) if isinstance(left.type, Truth):
            same = wanted == (expression.operator is tree.BinaryOperator.EQUAL)
            return Typed(left.expression if same else negation(left.expression), TRUTH)
        case _:
            compared = operators.compare(expression.operator, left, right, scope, expression.span)
            if compared is not None:
                _warn_if_settled(compared, expression, scope)
            return _truth(compared)


def _warn_if_settled(compared: ir.Expression, expression: tree.Binary, scope: Scope) -> None:
    """Warns of a comparison that the ranges of its two sides decide for every subject."""
    interval = scope.interval(compared)
    if interval.low == interval.high:
        scope.report(rule_messages.always_the_same(expression.span, holds=interval.low == 1))


def _pair(left: tree.Expression, right: tree.Expression, scope: Scope) -> tuple[Typed, Typed] | None:
    """Two present values; an enum value on either side is found through the type of the other side."""
    if isinstance(left, tree.Reference) and not means_something(left, scope):
        second = value(right, scope)
        first = value(left, scope, second.type if second else None)
    else:
        first = value(left, scope)
        if first is None and isinstance(right, tree.Reference) and not means_something(right, scope):
            return None
        second = value(right, scope, first.type if first else None)
    return None if first is None or second is None else (first, second)


def _presence(expression: tree.IsPresent, scope: Scope) -> Typed | None:
    typed = elaborate(expression.operand, scope)
    if typed is None:
        return None
    if not isinstance(typed.type, Optional):
        scope.report(messages.never_absent(expression.operand))
        return None
    present: ir.Expression = ir.IsPresent(typed.expression)
    return Typed(negation(present) if expression.negated else present, TRUTH)


def _is(expression: tree.Is, scope: Scope) -> Typed | None:
    operand = value(expression.operand, scope)
    if operand is None:
        return None
    constant = enum_value(expression.value, operand.type, scope)
    if constant is None:
        return None
    equal: ir.Expression = ir.Equal(operand.expression, constant)
    return Typed(negation(equal) if expression.negated else equal, TRUTH)


def _in_set(expression: tree.InSet, scope: Scope) -> Typed | None:
    operand = value(expression.operand, scope)
    if operand is None:
        return None
    items = [value(item, scope, operand.type) for item in expression.items]
    tests: list[ir.Expression] = []
    constants: list[ir.Constant] = []
    for item, written in zip(items, expression.items, strict=True):
        if item is None:
            return None
        equal = operators.compare(tree.BinaryOperator.EQUAL, operand, item, scope, written.span)
        if equal is None:
            return None
        tests.append(equal)
        if isinstance(equal, ir.Equal) and equal.left == operand.expression and isinstance(equal.right, ir.Constant):
            constants.append(equal.right)
    among = len(constants) == len(tests) and len(tests) > 1
    test = ir.Among(operand.expression, tuple(constants)) if among else disjunction(tests)
    return Typed(negation(test) if expression.negated else test, TRUTH)


def _in_range(expression: tree.InRange, scope: Scope) -> Typed | None:
    operand = value(expression.operand, scope)
    low, high = value(expression.low, scope), value(expression.high, scope)
    if operand is None or low is None or high is None:
        return None
    at_least = operators.compare(tree.BinaryOperator.LESS_OR_EQUAL, low, operand, scope, expression.low.span)
    at_most = operators.compare(tree.BinaryOperator.LESS_OR_EQUAL, operand, high, scope, expression.high.span)
    if at_least is None or at_most is None:
        return None
    inside = conjunction([at_least, at_most])
    return Typed(negation(inside) if expression.negated else inside, TRUTH)


def _within(expression: tree.Within, scope: Scope) -> Typed | None:
    """The first day is not counted and the last is (Civil Code, articles 201 and 1259)."""
    day = scope.day if expression.operand is None else value(expression.operand, scope)
    if day is None and expression.operand is None:
        scope.report(rule_messages.within_needs_a_day(expression.span))
    anchor = value(expression.anchor, scope)
    duration = elaborate(expression.duration, scope)
    if day is None or anchor is None or duration is None:
        return None
    for typed, written in ((day, expression), (anchor, expression.anchor)):
        if not isinstance(typed.type, Day):
            scope.report(messages.types_do_not_fit(typed.type, DAY, written.span))
            return None
    end = operators.shift(anchor, duration, scope, expression.duration.span, backwards=expression.before)
    if end is None:
        return None
    first, last = (end, anchor) if expression.before else (anchor, end)
    return Typed(
        conjunction(
            [ir.LessOrEqual(first.expression, day.expression), ir.LessOrEqual(day.expression, last.expression)]
        ),
        TRUTH,
    )


def _or_else(expression: tree.OrElse, scope: Scope, expected: Type | None) -> Typed | None:
    operand = elaborate(expression.operand, scope, expected)
    default = value(expression.default, scope, plain(operand.type) if operand else expected)
    if operand is None or default is None:
        return None
    if not isinstance(operand.type, Optional):
        scope.report(messages.never_absent(expression.operand))
        return None
    present = Typed(ir.Presume(operand.expression), operand.type.of, operand.product)
    aligned = align([present, default], scope, expression)
    if aligned is None:
        return None
    if aligned[0] == present:
        return Typed(ir.OrElse(operand.expression, aligned[1].expression), present.type, present.product)
    branch = ir.Branch(ir.IsPresent(operand.expression), aligned[0].expression)
    return Typed(ir.Choose((branch,), aligned[1].expression, aligned[0].type), aligned[0].type)


def _branches(
    branches: tuple[tree.Branch, ...], scope: Scope, expected: Type | None, where: tree.Expression
) -> Typed | None:
    """Alternatives from top to bottom, the last one `otherwise`; each knows that those above it did not hold."""
    if not branches or branches[-1].condition is not None:
        scope.report(rule_messages.no_otherwise(where.span))
        return None
    conditions: list[ir.Expression | None] = []
    values: list[Typed | None] = []
    for branch in branches:
        if branch.condition is None:
            if branch is not branches[-1]:
                scope.report(rule_messages.never_reached(branches[-1].span, branch.span))
            values.append(value(branch.value, scope, expected))
            continue
        test = condition(branch.condition, scope)
        conditions.append(test)
        values.append(value(branch.value, scope if test is None else scope.assuming(test), expected))
        if test is not None:
            scope = scope.assuming(test, holds=False)
    tests = [test for test in conditions if test is not None]
    results = [item for item in values if item is not None]
    if len(tests) < len(branches) - 1 or len(results) < len(branches):
        return None
    aligned = align(results, scope, where)
    if aligned is None:
        return None
    arms = tuple(ir.Branch(test, item.expression) for test, item in zip(tests, aligned[:-1], strict=True))
    if not arms:
        return aligned[-1]
    return Typed(ir.Choose(arms, aligned[-1].expression, aligned[-1].type), aligned[-1].type, aligned[-1].product)


def _call(expression: tree.Call, scope: Scope) -> Typed | None:
    name = expression.name.text
    if name in ("least", "greatest"):
        arguments = [value(argument, scope) for argument in expression.arguments]
        given = [argument for argument in arguments if argument is not None]
        if len(given) < len(arguments):
            return None
        aligned = align(given, scope, expression)
        if aligned is None:
            return None
        node = ir.Least if name == "least" else ir.Greatest
        type_ = aligned[0].type
        if not isinstance(type_, Number | Day | Month):
            scope.report(messages.no_order(type_, expression.span))
            return None
        return Typed(node(tuple(item.expression for item in aligned), type_), type_)
    return look_up(expression, scope)


def _between(expression: tree.Between, scope: Scope) -> Typed | None:
    first, second = value(expression.first, scope), value(expression.second, scope)
    if first is None or second is None:
        return None
    for typed, written in ((first, expression.first), (second, expression.second)):
        if not isinstance(typed.type, Day):
            scope.report(messages.types_do_not_fit(typed.type, DAY, written.span))
            return None
    match expression.word:
        case tree.BetweenWord.DAYS:
            days = Number(Unit.DAYS)
            return Typed(ir.DaysBetween(first.expression, second.expression, days), days)
        case tree.BetweenWord.WORKDAYS:
            return workdays_between(first, second, scope, expression.span)
        case tree.BetweenWord.MONTHS:
            months = Number(Unit.MONTHS)
            return Typed(ir.MonthsBetween(first.expression, second.expression, months), months)
        case tree.BetweenWord.YEARS:
            whole_months = ir.MonthsBetween(first.expression, second.expression, Number(Unit.MONTHS))
            years = Number(Unit.YEARS)
            twelve = ir.Constant(12, NUMBER)
            return Typed(ir.DivideRounded(whole_months, twelve, ir.Rounding.DOWN, years), years)


def _part(expression: tree.Part, scope: Scope) -> Typed | None:
    operand = value(expression.operand, scope)
    if operand is None:
        return None
    if not isinstance(operand.type, Day):
        scope.report(messages.types_do_not_fit(operand.type, DAY, expression.operand.span))
        return None
    match expression.word:
        case tree.PartWord.YEAR:
            return Typed(ir.YearOf(operand.expression), NUMBER)
        case tree.PartWord.MONTH:
            return Typed(ir.MonthOf(operand.expression), Month())
