"""Cases and invariants: concrete nodes into declarations."""

from creditdsl.syntax import messages, tree
from creditdsl.syntax.clauses import Clauses, citations, gather, notes
from creditdsl.syntax.concrete import Node
from creditdsl.syntax.expressions import operands
from creditdsl.syntax.literals import (
    PERIODS,
    Desk,
    day,
    identifier,
    label,
    period_literal,
    required_node,
    required_word,
    text_literal,
)


def case(node: Node, desk: Desk) -> tree.Case:
    """A worked example; without `like` it needs a period and a date."""
    clauses = gather(node, desk)
    like, date, given, expect = (clauses.one(rule) for rule in ("like", "case_date", "given", "expect"))
    if like is None:
        _require_time(clauses, node, desk)
    fields = () if given is None else tuple(_given_field(item, desk) for item in given.nodes("given_field"))
    records = () if given is None else tuple(_given_record(item, desk) for item in given.nodes("given_record"))
    expectations = () if expect is None else tuple(_expectation(item, desk) for item in expect.nodes("expectation"))
    return tree.Case(
        text_literal(required_word(node, "STRING"), desk),
        None if like is None else text_literal(required_word(like, "STRING"), desk),
        _period(clauses, desk),
        None if date is None else _date(date, desk),
        fields,
        records,
        expectations,
        jurisdiction(clauses, desk),
        span=desk.span(node),
    )


def jurisdiction(clauses: Clauses, desk: Desk) -> tree.TextLiteral | None:
    node = clauses.one("jurisdiction")
    return None if node is None else text_literal(required_word(node, "STRING"), desk)


def _require_time(clauses: Clauses, node: Node, desk: Desk) -> None:
    for rule in ("case_period", "case_date"):
        if not clauses.has(rule):
            desk.report(messages.missing_clause(desk.span(node.words()[0]), rule, "case"))


def _period(clauses: Clauses, desk: Desk) -> tree.PeriodLiteral | None:
    node = clauses.one("case_period")
    return None if node is None else period_literal(required_node(node, *PERIODS), desk)


def _date(node: Node, desk: Desk) -> tree.DateLiteral:
    word = required_word(node, "DATE")
    return tree.DateLiteral(day(word, desk), span=desk.span(word))


def _given_field(node: Node, desk: Desk) -> tree.GivenField:
    name, value = operands_after_name(node, desk)
    return tree.GivenField(name, value, span=desk.span(node))


def operands_after_name(node: Node, desk: Desk) -> tuple[tree.Identifier, tree.Expression]:
    """`name = value`: the name itself stands first and is no operand."""
    first, *rest = node.nodes()
    value = operands(Node(node.rule, tuple(rest), node.start, node.end, node.depth), desk)[0]
    return identifier(first, desk), value


def _given_record(node: Node, desk: Desk) -> tree.GivenRecord:
    name = identifier(required_node(node, "name"), desk)
    fields = tuple(_given_field(item, desk) for item in node.nodes("given_field"))
    return tree.GivenRecord(name, fields, span=desk.span(node))


def _expectation(node: Node, desk: Desk) -> tree.Expectation:
    subject = required_node(node, "expect_score", "expect_grade", "expect_graded", "expect_in_force", "expect_rule")
    code, value = subject.node("code"), node.node("expected_value")
    return tree.Expectation(
        tree.ExpectWord(required_word(subject).terminal.lower()),
        None if code is None else identifier(code, desk),
        None if value is None else operands(value, desk)[0],
        node.node("repaired") is not None,
        node.node("not") is not None,
        span=desk.span(node),
    )


def invariant(node: Node, desk: Desk) -> tree.Invariant:
    """`invariant "…" { … }`."""
    name = text_literal(required_word(node, "STRING"), desk)
    more = node.node("more")
    claim: tree.HoldsInvariant | tree.MoreInvariant
    if more is None:
        held = operands(node, desk)[0]
        claim = tree.HoldsInvariant(held, span=held.span)
    else:
        claim = _more(more, desk)
    return tree.Invariant(name, claim, span=desk.span(node))


def population(node: Node, desk: Desk) -> tree.Population:
    """`population "…" { period 2019  | "…" : count(taxpayer where grade is A) = 806 }`."""
    clauses = gather(node, desk)
    figures = [
        tree.Figure(label(required_node(item, "label"), desk), operands(item, desk)[0], span=desk.span(item))
        for item in node.nodes("figure")
    ]
    date = clauses.one("case_date")
    if not figures:
        desk.report(messages.nothing_inside(desk.span(node.words()[0]), "population"))
    return tree.Population(
        text_literal(required_word(node, "STRING"), desk),
        citations(clauses.every("basis"), desk),
        notes(clauses, desk),
        _period(clauses, desk),
        None if date is None else _date(date, desk),
        jurisdiction(clauses, desk),
        tuple(figures),
        span=desk.span(node),
    )


def _more(node: Node, desk: Desk) -> tree.MoreInvariant:
    record = identifier(required_node(node, "name"), desk)
    never = tree.NeverWord(required_word(node, "RAISES", "LOWERS").terminal.lower())
    target = tree.ExpectWord(required_word(node, "SCORE", "GRADE").terminal.lower())
    return tree.MoreInvariant(record, never, target, span=desk.span(node))
