"""Conditions set out as a regulation would: a lead and its items, one clause a line.

In: the condition of a rule. Out: blocks, in which `and` of several clauses becomes 同时符合下列各项 and `or` becomes
有下列情形之一; two simple clauses stay on one line.
"""

from creditdsl.diagnostics import Text
from creditdsl.publishing.phrases import LISTING
from creditdsl.publishing.pieces import Block, Group, Inline, Line, fill, join, plain
from creditdsl.publishing.prose import Scope, aggregate, clause, describe, name_text, record_text, truth
from creditdsl.syntax.tree import (
    Aggregate,
    AggregateWord,
    Binary,
    BinaryOperator,
    Branch,
    Cases,
    Expression,
    ForEach,
    If,
    RuleClauses,
)

ALL_OF = Text("同时符合下列各项：", "All of the following:")
ONE_OF = Text("有下列情形之一：", "One of the following:")
Slots = dict[str, Inline]


def condition(expression: Expression, scope: Scope) -> Block:
    """The block of a condition."""
    items = _flatten(expression, BinaryOperator.AND)
    if len(items) > 1:
        return _list(expression, items, ALL_OF, scope)
    items = _flatten(expression, BinaryOperator.OR)
    if len(items) > 1:
        return _list(expression, items, ONE_OF, scope)
    if isinstance(expression, Aggregate) and expression.word is AggregateWord.ANY and expression.where is not None:
        return _any(expression, expression.where, scope)
    return Line(truth(expression, scope))


def rule_condition(clauses: RuleClauses, scope: Scope) -> tuple[Block, ...]:
    """The blocks of `when` and `unless`, in this order; none when the rule always applies."""
    blocks: list[Block] = []
    if clauses.when is not None:
        blocks.append(condition(clauses.when, scope))
    if clauses.unless is not None:
        template = scope.voice.text(Text("但{a}的除外", "Except if {a}"))
        blocks.append(Line(fill(template, a=clause(clauses.unless, scope))))
    return tuple(blocks)


COUNTED = (
    Text("{r}的，每条计一次", "Each record of {r} is counted"),
    Text("{r}中{w}的，每条计一次", "Each record of {r} where {w}"),
    Text("{r}中同时符合下列各项的，每条计一次：", "Each record of {r} where all of the following hold:"),
    Text("{r}中有下列情形之一的，每条计一次：", "Each record of {r} where one of the following holds:"),
)
COUNTED_BY_KEY = (
    Text("{r}的，每一{k}计一次", "Records of {r}, counted once for each {k}"),
    Text("{r}中{w}的，每一{k}计一次", "Records of {r} where {w}, counted once for each {k}"),
    Text(
        "{r}中同时符合下列各项的，每一{k}计一次：", "Records of {r} that meet all of these, counted once for each {k}:"
    ),
    Text("{r}中有下列情形之一的，每一{k}计一次：", "Records of {r} that meet one of these, counted once for each {k}:"),
)
CHOSEN = (
    Text("{r}", "Records of {r}"),
    Text("{r}中{w}的", "Records of {r} where {w}"),
    Text("{r}中同时符合下列各项的：", "Records of {r} where all of the following hold:"),
    Text("{r}中有下列情形之一的：", "Records of {r} where one of the following holds:"),
)
HAVING = (
    Text("{r}", "{r}"),
    Text("{r}，且{w}", "{r} where {w}"),
    Text("{r}，且同时符合下列各项：", "{r} where all of the following hold:"),
    Text("{r}，且有下列情形之一：", "{r} where one of the following holds:"),
)
"""How records are spoken of: without a condition, with one on the same line, with items that all or one must hold."""


def counted_records(for_each: ForEach, where: Expression | None, scope: Scope) -> Block:
    """The block of `for each R per k where C` in an indicator."""
    inner = scope.under(for_each.record.text)
    keys = join([name_text(key.text, inner) for key in for_each.keys], scope.voice.text(LISTING))
    return _governed(COUNTED_BY_KEY if keys else COUNTED, where, inner, {"r": _records(for_each, scope), "k": keys})


def chosen_records(for_each: ForEach, where: Expression | None, scope: Scope) -> Block:
    """The block of `for each R where C` in a repair."""
    return _governed(CHOSEN, where, scope.under(for_each.record.text), {"r": _records(for_each, scope)})


def _records(for_each: ForEach, scope: Scope) -> Inline:
    return record_text(for_each.record.text, scope)


def alternatives(expression: Expression, scope: Scope, template: Text) -> tuple[Block, ...]:
    """The lines of a choice, or the one line of a plain value; `template` words a value as `{v}`."""
    if not isinstance(expression, Cases):
        return (Line(_valued(expression, scope, template)),)
    return tuple(_branch(branch, scope, template) for branch in expression.branches)


def _branch(branch: Branch, scope: Scope, template: Text) -> Block:
    return branch_line(branch.condition, _valued(branch.value, scope, template), scope)


def branch_line(when: Expression | None, words: Inline, scope: Scope) -> Line:
    """The words of one branch of a choice behind its condition, or behind `otherwise`."""
    if when is None:
        return Line(fill(scope.voice.text(Text("其他情形：{v}", "Otherwise: {v}")), v=words))
    return Line(fill(scope.voice.text(Text("{c}的：{v}", "If {c}: {v}")), c=truth(when, scope), v=words))


def _valued(expression: Expression, scope: Scope, template: Text) -> Inline:
    return fill(scope.voice.text(template), v=describe(expression, scope))


def _flatten(expression: Expression, operator: BinaryOperator) -> list[Expression]:
    if isinstance(expression, Binary) and expression.operator is operator:
        return _flatten(expression.left, operator) + _flatten(expression.right, operator)
    return [expression]


def _list(expression: Expression, items: list[Expression], lead: Text, scope: Scope) -> Block:
    if len(items) == 2 and all(map(_simple, items)):
        return Line(truth(expression, scope))
    return Group(plain(scope.voice.text(lead)), tuple(condition(item, scope) for item in items))


def _simple(expression: Expression) -> bool:
    """Whether a clause is short enough to share a line; what its labels are does not matter."""
    if isinstance(expression, Binary):
        return expression.operator not in (BinaryOperator.AND, BinaryOperator.OR, BinaryOperator.IMPLIES)
    return not isinstance(expression, Aggregate | If | Cases)


def _any(expression: Aggregate, where: Expression, scope: Scope) -> Block:
    lead = aggregate(expression, scope, where=())
    return _governed(HAVING, where, scope.under(expression.record.text), {"r": lead})


def _governed(wordings: tuple[Text, Text, Text, Text], where: Expression | None, inner: Scope, slots: Slots) -> Block:
    """Records with the condition on them: on one line when it is short, else as items under their lead."""
    bare, on_line, all_of, one_of = (inner.voice.text(wording) for wording in wordings)
    if where is None:
        return Line(fill(bare, **slots))
    block = condition(where, inner)
    if isinstance(block, Line):
        return Line(fill(on_line, w=block.pieces, **slots))
    several = len(_flatten(where, BinaryOperator.AND)) > 1
    if several or len(_flatten(where, BinaryOperator.OR)) > 1:
        return Group(fill(all_of if several else one_of, **slots), block.items)
    return Group(fill(all_of, **slots), (block,))
