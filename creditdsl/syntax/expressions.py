"""Expressions: concrete nodes into the surface tree, one function for each rule of the grammar."""

from collections.abc import Callable, Mapping

from creditdsl.diagnostics import InternalError
from creditdsl.syntax import tree
from creditdsl.syntax.concrete import Node
from creditdsl.syntax.literals import (
    Desk,
    day,
    identifier,
    identifiers,
    month,
    name_text,
    quantity,
    required_node,
    required_word,
    rounding_mode,
    text_literal,
    whole_number,
)

COMPARISONS: Mapping[str, tree.BinaryOperator] = {
    "EQUAL": tree.BinaryOperator.EQUAL,
    "NOT_EQUAL": tree.BinaryOperator.NOT_EQUAL,
    "LESS": tree.BinaryOperator.LESS,
    "LESS_OR_EQUAL": tree.BinaryOperator.LESS_OR_EQUAL,
    "GREATER": tree.BinaryOperator.GREATER,
    "GREATER_OR_EQUAL": tree.BinaryOperator.GREATER_OR_EQUAL,
}
BINARIES: Mapping[str, tree.BinaryOperator] = {
    "implies": tree.BinaryOperator.IMPLIES,
    "or": tree.BinaryOperator.OR,
    "and": tree.BinaryOperator.AND,
    "add_": tree.BinaryOperator.ADD,
    "subtract": tree.BinaryOperator.SUBTRACT,
    "multiply": tree.BinaryOperator.MULTIPLY,
    "divide": tree.BinaryOperator.DIVIDE,
    "of": tree.BinaryOperator.OF,
}
AGGREGATES = tuple(word.value.upper() for word in tree.AggregateWord)


def expression(node: Node, desk: Desk) -> tree.Expression:
    """The expression of any node that stands for one."""
    build = BUILDERS.get(node.rule)
    if build is None:
        raise InternalError(f"no expression is built from rule {node.rule}")
    return build(node, desk)


def operands(node: Node, desk: Desk) -> list[tree.Expression]:
    """The expressions among the children, in order."""
    return [expression(child, desk) for child in node.nodes() if child.rule in BUILDERS]


def branches(node: Node, desk: Desk) -> tree.Cases:
    """`{ | C -> a | otherwise -> b }`."""
    return tree.Cases(tuple(branch(child, desk) for child in node.nodes("branch", "otherwise")), span=desk.span(node))


def branch(node: Node, desk: Desk) -> tree.Branch:
    parts = operands(node, desk)
    condition = parts[0] if node.rule == "branch" else None
    return tree.Branch(condition, parts[-1], span=desk.span(node))


def _binary(node: Node, desk: Desk) -> tree.Expression:
    left, right = operands(node, desk)
    return tree.Binary(BINARIES[node.rule], left, right, span=desk.span(node))


def _part(node: Node, desk: Desk) -> tree.Expression:
    """`应纳税总额 的 10%` is `10% of 应纳税总额`."""
    whole, share = operands(node, desk)
    return tree.Binary(tree.BinaryOperator.OF, share, whole, span=desk.span(node))


def _compare(node: Node, desk: Desk) -> tree.Expression:
    left, right = operands(node, desk)
    sign = required_word(node, *COMPARISONS)
    return tree.Binary(COMPARISONS[sign.terminal], left, right, span=desk.span(node))


def _unary(node: Node, desk: Desk) -> tree.Expression:
    operator = tree.UnaryOperator.NOT if node.rule == "not_" else tree.UnaryOperator.NEGATE
    return tree.Unary(operator, operands(node, desk)[0], span=desk.span(node))


def _in_set(node: Node, desk: Desk) -> tree.Expression:
    items = tuple(operands(required_node(node, "set"), desk))
    return tree.InSet(operands(node, desk)[0], items, node.rule == "not_in_set", span=desk.span(node))


def _in_range(node: Node, desk: Desk) -> tree.Expression:
    operand, low, high = operands(node, desk)
    return tree.InRange(operand, low, high, node.rule == "not_in_range", span=desk.span(node))


def _presence(node: Node, desk: Desk) -> tree.Expression:
    return tree.IsPresent(operands(node, desk)[0], node.rule == "is_absent", span=desk.span(node))


def _is(node: Node, desk: Desk) -> tree.Expression:
    operand, value = tuple(node.nodes())
    return tree.Is(expression(operand, desk), identifier(value, desk), node.rule == "is_not", span=desk.span(node))


def _within(node: Node, desk: Desk) -> tree.Expression:
    """`d within 30 days after a`, or in Chinese order `d 在 a 之后 30 天 内`; d may be left out."""
    direction = required_word(node, "AFTER", "BEFORE")
    if node.rule == "within_reversed":
        *parts, length = node.nodes()
    else:
        opening = required_word(node, "WITHIN")
        length = next(child for child in node.nodes() if child.start > opening.start)
        parts = [child for child in node.nodes() if child is not length]
    found = [expression(part, desk) for part in parts]
    operand = found[0] if len(found) == 2 else None
    before = direction.terminal == "BEFORE"
    return tree.Within(operand, quantity(length, desk), before, found[-1], span=desk.span(node))


def _or_else(node: Node, desk: Desk) -> tree.Expression:
    operand, default = operands(node, desk)
    return tree.OrElse(operand, default, span=desk.span(node))


def _at(node: Node, desk: Desk) -> tree.Expression:
    parameter, day_ = tuple(node.nodes())
    return tree.At(identifier(parameter, desk), expression(day_, desk), span=desk.span(node))


def _rolled(node: Node, desk: Desk) -> tree.Expression:
    return tree.Rolled(operands(node, desk)[0], span=desk.span(node))


def _if(node: Node, desk: Desk) -> tree.Expression:
    condition, then, otherwise = operands(node, desk)
    return tree.If(condition, then, otherwise, span=desk.span(node))


def _cases(node: Node, desk: Desk) -> tree.Expression:
    cases = branches(required_node(node, "branches"), desk)
    return tree.Cases(cases.branches, span=desk.span(node))


def _aggregate(node: Node, desk: Desk) -> tree.Expression:
    word = required_word(node, *AGGREGATES)
    keys, where = node.node("keys"), node.node("where_")
    *values, record = (child for child in node.nodes() if child.rule not in ("keys", "where_"))
    return tree.Aggregate(
        tree.AggregateWord(word.terminal.lower()),
        expression(values[0], desk) if values else None,
        identifier(record, desk),
        () if keys is None else identifiers(keys, desk),
        None if where is None else operands(where, desk)[0],
        span=desk.span(node),
    )


def _call(node: Node, desk: Desk) -> tree.Expression:
    word = required_word(node, "NAME", "LEAST", "GREATEST")
    text = name_text(word.text) if word.terminal == "NAME" else word.terminal.lower()
    name = tree.Identifier(text, span=desk.span(word))
    return tree.Call(name, tuple(operands(node, desk)), span=desk.span(node))


def _between(node: Node, desk: Desk) -> tree.Expression:
    word = required_word(node, *(item.value.upper() for item in tree.BetweenWord))
    first, second = operands(node, desk)
    return tree.Between(tree.BetweenWord(word.terminal.lower()), first, second, span=desk.span(node))


def _part_of_date(node: Node, desk: Desk) -> tree.Expression:
    word = required_word(node, *(item.value.upper() for item in tree.PartWord))
    return tree.Part(tree.PartWord(word.terminal.lower()), operands(node, desk)[0], span=desk.span(node))


def _breach_of(node: Node, desk: Desk) -> tree.Expression:
    return tree.BreachOf(identifier(required_node(node, "code"), desk), span=desk.span(node))


def _round(node: Node, desk: Desk) -> tree.Expression:
    places = whole_number(required_word(node, "NUMBER"), desk)
    mode = rounding_mode(node, desk)
    return tree.Round(operands(node, desk)[0], places, mode, span=desk.span(node))


def _date(node: Node, desk: Desk) -> tree.Expression:
    return tree.DateLiteral(day(required_word(node, "DATE"), desk), span=desk.span(node))


def _month(node: Node, desk: Desk) -> tree.Expression:
    return tree.MonthLiteral(*month(required_word(node, "MONTH"), desk), span=desk.span(node))


def _text(node: Node, desk: Desk) -> tree.Expression:
    return text_literal(required_word(node, "STRING"), desk)


def _truth(node: Node, desk: Desk) -> tree.Expression:
    return tree.TruthLiteral(node.rule == "yes", span=desk.span(node))


def _reference(node: Node, desk: Desk) -> tree.Expression:
    return tree.Reference(identifier(node, desk).text, span=desk.span(node))


def _result(node: Node, desk: Desk) -> tree.Expression:
    """`本次得分` and `本次级别` are the names `score` and `grade`."""
    return tree.Reference("score" if node.rule == "score_value" else "grade", span=desk.span(node))


def _context(node: Node, desk: Desk) -> tree.Expression:
    word = required_word(node)
    return tree.Context(tree.ContextWord(word.terminal.lower()), span=desk.span(node))


BUILDERS: Mapping[str, Callable[[Node, Desk], tree.Expression]] = {
    **dict.fromkeys(BINARIES, _binary),
    "part": _part,
    "compare": _compare,
    "not_": _unary,
    "negate": _unary,
    "in_set": _in_set,
    "not_in_set": _in_set,
    "in_range": _in_range,
    "not_in_range": _in_range,
    "is_absent": _presence,
    "is_present": _presence,
    "is": _is,
    "is_not": _is,
    "within": _within,
    "within_reversed": _within,
    "or_else": _or_else,
    "at": _at,
    "rolled": _rolled,
    "if": _if,
    "cases": _cases,
    "branches": branches,
    "aggregate": _aggregate,
    "call": _call,
    "between": _between,
    "part_of_date": _part_of_date,
    "breach_of": _breach_of,
    "round": _round,
    "quantity": quantity,
    "date": _date,
    "month": _month,
    "text": _text,
    "yes": _truth,
    "no": _truth,
    "name": _reference,
    "score_value": _result,
    "grade_value": _result,
    "context": _context,
    "period_months": _context,
    "parentheses": lambda node, desk: operands(node, desk)[0],
}
"""One function for each rule that stands for an expression."""
