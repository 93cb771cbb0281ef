"""The clauses of a declaration: which may stand in it, which must, which only once.

In: the children of a declaration's node. Out: `Clauses`, the clauses by rule; a clause given twice, missing or out of place is
reported and the rest is still built.
"""

from collections.abc import Mapping
from dataclasses import field

from creditdsl.diagnostics import InternalError
from creditdsl.frozen import dataclass
from creditdsl.syntax import messages, tree
from creditdsl.syntax.concrete import Node
from creditdsl.syntax.expressions import operands
from creditdsl.syntax.literals import (
    Desk,
    day,
    identifier,
    identifiers,
    label,
    name_text,
    place_number,
    required_node,
)

REPEATABLE = frozenset(
    {
        "basis",
        "note",
        "overrides",
        "grants",
        "restricts",
        "excludes",
        "by",
        "through",
        "measures",
        "includes",
        "figure",
        "follows",
        "source_article",
        "source_omission",
    }
)
SAME_PLACE: Mapping[str, str] = {
    "add": "deduct",
    "source_omission": "source_article",
    "no_measures": "measures",
}
"""Clauses of which a declaration has one or the other."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a declaration may and must have; `needs` are pairs: the first clause has no meaning without the second."""

    allowed: frozenset[str]
    required: tuple[str, ...] = ()
    needs: tuple[tuple[str, str], ...] = ()


PLAIN = frozenset({"basis", "note", "effective"})
COMMON = PLAIN | {"when", "unless", "overrides"}
OF_MEASURES = COMMON | {"by", "on", "may", "grants", "restricts", "lasts", "excludes"}
MEASURE = Shape(OF_MEASURES)
RULE = Shape(COMMON, ("when",))
SHAPES: Mapping[str, Shape] = {
    "policy": Shape(
        frozenset(
            {
                "languages",
                "authority",
                "subject_clause",
                "period",
                "effective",
                "note",
                "calendar",
                "replaced_by",
                "jurisdiction",
            }
        ),
        ("languages", "subject_clause"),
    ),
    "source": Shape(frozenset({"title", "rank", "in_force", "address", "source_article", "source_omission", "note"})),
    "score": Shape(frozenset({"basis", "note", "base", "bounds"}), ("base",)),
    "indicator": Shape(
        COMMON | {"for_each", "where", "deduct", "add", "capped", "lasts"},
        ("deduct",),
        (("where", "for_each"), ("lasts", "for_each")),
    ),
    "grades": Shape(frozenset({"basis", "note"})),
    "direct": RULE,
    "assign": RULE,
    "ceiling": RULE,
    "demote": RULE,
    "exempt": RULE,
    "reward": MEASURE,
    "penalty": MEASURE,
    "list": Shape(
        OF_MEASURES - {"lasts"} | {"for_each", "where", "from", "leave", "publish", "through"},
        (),
        (("where", "for_each"), ("from", "for_each"), ("publish", "from")),
    ),
    "offer": Shape(OF_MEASURES | {"ranked"}),
    "pledge": Shape(OF_MEASURES | {"breach"}),
    "inspection": Shape(OF_MEASURES - {"lasts"} | {"rate", "seed", "rounded"}, ("rate", "seed", "rounded")),
    "matter": Shape(PLAIN | {"by", "measures", "no_measures", "includes", "time_limit"}),
    "catalogue": Shape(PLAIN | {"ranks", "counts"}),
    "population": Shape(
        frozenset({"basis", "note", "case_period", "case_date", "jurisdiction", "figure"}), ("case_period", "case_date")
    ),
    "repair": Shape(COMMON | {"for_each", "from", "to", "restore"}, ("from", "to", "restore")),
    "repair_direct": Shape(
        COMMON | {"for_each", "where", "from", "to", "regrade", "once_per_year"},
        (),
        (("where", "for_each"), ("from", "for_each"), ("to", "for_each"), ("once_per_year", "to")),
    ),
    "case": Shape(frozenset({"like", "case_period", "case_date", "jurisdiction", "given", "expect"}), ("expect",)),
    "amend": Shape(
        PLAIN | {"applies", "follows", "jurisdiction"},
        ("effective",),
    ),
}


@dataclass(slots=True)
class Clauses:
    """The clauses of one declaration, by rule, in the order written."""

    declaration: Node
    found: dict[str, list[Node]] = field(default_factory=dict)

    def one(self, rule: str) -> Node | None:
        return next(iter(self.found.get(rule, ())), None)

    def every(self, *rules: str) -> list[Node]:
        """The clauses of all of `rules`, in the order written."""
        return sorted((child for rule in rules for child in self.found.get(rule, ())), key=lambda child: child.start)

    def has(self, rule: str) -> bool:
        return rule in self.found


def gather(declaration: Node, desk: Desk) -> Clauses:
    """The clauses of a declaration that has a `Shape`; what breaks the shape is reported."""
    shape = SHAPES[declaration.rule]
    clauses = Clauses(declaration)
    seen: dict[str, Node] = {}
    for child in declaration.nodes():
        if child.rule not in CLAUSE_RULES:
            continue
        group = SAME_PLACE.get(child.rule, child.rule)
        if declaration.rule == "policy" and judged_by_as_of(child):
            group = "evaluated"
        if child.rule not in shape.allowed:
            desk.report(messages.misplaced_clause(desk.span(child), child.rule, declaration.rule))
        elif group in seen and child.rule not in REPEATABLE:
            desk.report(messages.clause_twice(desk.span(child), desk.span(seen[group]), child.rule))
        else:
            seen.setdefault(group, child)
            clauses.found.setdefault(child.rule, []).append(child)
    _require(shape, seen, declaration, desk)
    return clauses


def judged_by_as_of(clause: Node) -> bool:
    """Whether this is `effective … judged by as of`."""
    judged = clause.node("judged_by")
    context = None if judged is None else judged.node("context")
    return context is not None and context.word("AS_OF") is not None


def _require(shape: Shape, seen: Mapping[str, Node], declaration: Node, desk: Desk) -> None:
    heading = declaration.words()[0]
    for rule in shape.required:
        if rule not in seen:
            desk.report(messages.missing_clause(desk.span(heading), rule, declaration.rule))
    for rule, needed in shape.needs:
        if rule in seen and needed not in seen:
            desk.report(messages.clause_needs(desk.span(seen[rule]), rule, needed))


CLAUSE_RULES: frozenset[str] = frozenset().union(*(shape.allowed for shape in SHAPES.values()))


def condition(clauses: Clauses, rule: str, desk: Desk) -> tree.Expression | None:
    """The expression of a clause that has one."""
    node = clauses.one(rule)
    return None if node is None else operands(node, desk)[0]


def rule_clauses(clauses: Clauses, desk: Desk) -> tree.RuleClauses:
    """What every rule may have."""
    overridden = [item for node in clauses.every("overrides") for item in identifiers(node, desk)]
    return tree.RuleClauses(
        citations(clauses.every("basis"), desk),
        notes(clauses, desk),
        effective(clauses, desk),
        condition(clauses, "when", desk),
        condition(clauses, "unless", desk),
        tuple(overridden),
    )


def notes(clauses: Clauses, desk: Desk) -> tuple[tree.Label, ...]:
    return tuple(label(required_node(node, "label"), desk) for node in clauses.every("note"))


def one_label(clauses: Clauses, rule: str, desk: Desk) -> tree.Label | None:
    node = clauses.one(rule)
    return None if node is None else label(required_node(node, "label"), desk)


def effective(clauses: Clauses, desk: Desk) -> tree.Validity | None:
    node = clauses.one("effective")
    return None if node is None else judged_validity(node, desk)


def judged_validity(node: Node, desk: Desk) -> tree.Validity:
    """`effective 2020-01-01 .. judged by as of`."""
    interval = validity(required_node(node, "validity", "validity_until"), desk)
    judged = node.node("judged_by")
    if judged is None:
        return interval
    day = operands(judged, desk)[0]
    if not isinstance(day, tree.Context | tree.Reference):
        raise InternalError("an interval is judged by a day of the run or a field")
    return tree.Validity(interval.start, interval.end, day, span=desk.span(node))


def validity(node: Node, desk: Desk) -> tree.Validity:
    days = [day(word, desk) for word in node.words("DATE")]
    if node.rule == "validity_until":
        return tree.Validity(None, days[0], span=desk.span(node))
    return tree.Validity(days[0], days[1] if len(days) == 2 else None, span=desk.span(node))


def citations(bases: list[Node], desk: Desk) -> tuple[tree.Citation, ...]:
    return tuple(_citation(node, desk) for basis in bases for node in basis.nodes("citation"))


def _citation(node: Node, desk: Desk) -> tree.Citation:
    source = identifier(required_node(node, "name"), desk)
    return tree.Citation(source, locators(node, desk), span=desk.span(node))


LOCATOR_RULES: Mapping[str, tree.LocatorWord] = {
    "article": tree.LocatorWord.ARTICLE,
    "paragraph": tree.LocatorWord.PARAGRAPH,
    "item": tree.LocatorWord.ITEM,
    "annex": tree.LocatorWord.ANNEX,
    "row_place": tree.LocatorWord.ROW,
}


def locators(node: Node, desk: Desk) -> tuple[tree.Locator, ...]:
    """The places of a citation or a source's article, from the outermost inwards."""
    return tuple(_locator(child, desk) for child in node.nodes(*LOCATOR_RULES))


def _locator(node: Node, desk: Desk) -> tree.Locator:
    numbered = node.word("ARTICLE_NUMBERED", "PARAGRAPH_NUMBERED", "ITEM_NUMBERED", "ANNEX_NUMBERED")
    if numbered is not None:
        number: str | None = place_number(numbered.text)
    else:
        word = node.word("CODE", "NAME")
        number = None if word is None else name_text(word.text)
    return tree.Locator(LOCATOR_RULES[node.rule], number, span=desk.span(node))


def for_each(clauses: Clauses, desk: Desk) -> tree.ForEach | None:
    node = clauses.one("for_each")
    return None if node is None else for_each_of(node, desk)


def for_each_of(node: Node, desk: Desk) -> tree.ForEach:
    keys = node.node("keys")
    record = identifier(required_node(node, "name"), desk)
    return tree.ForEach(record, () if keys is None else identifiers(keys, desk), span=desk.span(node))


def named(clauses: Clauses, rule: str, desk: Desk) -> tree.Identifier | None:
    """The name of a clause that has one."""
    node = clauses.one(rule)
    return None if node is None else identifier(required_node(node, "name"), desk)
