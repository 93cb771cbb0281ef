"""Amendments: concrete nodes into declarations.

What stands in a `change` block is built by the builders of whole declarations, one clause or alternative at a time; a part that
the changed declaration cannot have is reported.
"""

from collections.abc import Callable, Mapping

from creditdsl.diagnostics import InternalError
from creditdsl.syntax import messages, tree
from creditdsl.syntax.cases import jurisdiction
from creditdsl.syntax.clauses import (
    SAME_PLACE,
    SHAPES,
    citations,
    effective,
    for_each_of,
    gather,
    judged_validity,
    locators,
    notes,
    validity,
)
from creditdsl.syntax.concrete import Node, Word
from creditdsl.syntax.declarations import (
    SINGLE,
    article,
    enum_value,
    field_declaration,
    successor_of,
)
from creditdsl.syntax.expressions import branch, operands
from creditdsl.syntax.literals import (
    PERIODS,
    Desk,
    canonical,
    day,
    identifier,
    identifiers,
    label,
    name_text,
    optional_label,
    period_literal,
    quantity,
    required_node,
    required_word,
    rounding_mode,
    text_literal,
)
from creditdsl.syntax.measures import dated_value, grant, publications
from creditdsl.syntax.rules import band
from creditdsl.syntax.tables import row

UNCHANGEABLE = frozenset({"languages", "subject_clause", "period", "effective", "jurisdiction"})
"""Clauses of the policy that no amendment touches: its results, and when there are any, would be others."""
CLAUSES_OF: Mapping[str, frozenset[str]] = {
    **{kind: shape.allowed for kind, shape in SHAPES.items() if kind not in ("case", "amend")},
    "policy": SHAPES["policy"].allowed - UNCHANGEABLE,
    "parameter": frozenset({"basis"}),
    "table": frozenset({"basis"}),
    "record": frozenset({"absent_means_none"}),
}
"""The clauses that an amendment may touch in a declaration."""
PARTS_OF: Mapping[str, frozenset[tree.TargetWord]] = {
    "band": frozenset({tree.TargetWord.GRADES}),
    "row": frozenset({tree.TargetWord.TABLE}),
    "branch": frozenset(
        {
            tree.TargetWord.SCORE,
            tree.TargetWord.INDICATOR,
            tree.TargetWord.REPAIR,
            tree.TargetWord.DEFINE,
            tree.TargetWord.INSPECTION,
        }
    ),
    "dated_value": frozenset({tree.TargetWord.PARAMETER}),
    "enum_value": frozenset({tree.TargetWord.ENUM}),
    "field": frozenset({tree.TargetWord.SUBJECT, tree.TargetWord.RECORD}),
}
"""The declarations that have an alternative, a field or a value of each kind."""
PARTS: Mapping[str, Callable[[Node, Desk], tree.Component]] = {
    "band": band,
    "row": row,
    "branch": branch,
    "otherwise": branch,
    "dated_value": dated_value,
    "enum_value": enum_value,
    "field": field_declaration,
    "source_article": article,
    "source_omission": article,
}
REPEALED_WORDS: Mapping[str, str] = {"GRANTS": "grants", "RESTRICTS": "restricts"}
TARGETS = tuple(word.name if word is not tree.TargetWord.GRADES else "GRADE" for word in tree.TargetWord)


def amend(node: Node, desk: Desk) -> tree.Amend:
    """`amend notice15 "…" { … }`."""
    clauses = gather(node, desk)
    changes = tuple(_change(child, desk) for child in node.nodes("inserted", "replaced", "repealed", "changed"))
    if not changes:
        desk.report(messages.nothing_inside(desk.span(node.words()[0]), "amend"))
    return tree.Amend(
        identifier(required_node(node, "name"), desk),
        optional_label(node, desk),
        citations(clauses.every("basis"), desk),
        notes(clauses, desk),
        effective(clauses, desk),
        _applies(clauses.one("applies"), desk),
        tuple(name for clause in clauses.every("follows") for name in identifiers(clause, desk)),
        jurisdiction(clauses, desk),
        changes,
        span=desk.span(node),
    )


def _applies(node: Node | None, desk: Desk) -> tree.Applies | None:
    if node is None:
        return None
    periods = [period_literal(child, desk) for child in node.nodes(*PERIODS)]
    return tree.Applies(periods[0], periods[1] if len(periods) == 2 else None, span=desk.span(node))


def _change(node: Node, desk: Desk) -> tree.Change:
    span = desk.span(node)
    if node.rule in ("inserted", "replaced"):
        declared = next(node.nodes())
        # The grammar lets only declarations that can be amended stand here.
        declaration = SINGLE[declared.rule](declared, desk)
        if isinstance(declaration, tree.Policy | tree.Use | tree.Case | tree.Population | tree.Amend):
            raise InternalError(f"no amendment contains a {declared.rule}")
        if node.rule == "inserted":
            return tree.InsertDeclaration(declaration, span=span)
        return tree.ReplaceDeclaration(declaration, span=span)
    target = _target(required_node(node, "target"), desk)
    if node.rule == "repealed":
        if target.word is tree.TargetWord.POLICY:
            desk.report(messages.nothing_to_repeal(target.span))
        return tree.RepealDeclaration(target, span=span)
    parts = tuple(
        part
        for child in node.nodes("insert_part", "replace_part", "repeal_part")
        if (part := _part_change(child, target, desk)) is not None
    )
    if not any(node.nodes("insert_part", "replace_part", "repeal_part")):
        desk.report(messages.nothing_inside(desk.span(node.words()[0]), "change"))
    return tree.ChangeDeclaration(target, parts, span=span)


def _target(node: Node, desk: Desk) -> tree.Target:
    word = required_word(node, *TARGETS)
    kind = tree.TargetWord.GRADES if word.terminal == "GRADE" else tree.TargetWord(word.terminal.lower())
    if kind is tree.TargetWord.REPAIR and node.word("DIRECT") is not None:
        kind = tree.TargetWord.REPAIR_DIRECT
    text = node.word("STRING")
    named = node.node("name", "code")
    name = None if named is None else identifier(named, desk)
    if text is not None:
        name = tree.Identifier(text_literal(text, desk).value, span=desk.span(text))
    return tree.Target(kind, name, span=desk.span(node))


def _part_change(node: Node, target: tree.Target, desk: Desk) -> tree.PartChange | None:
    span = desk.span(node)
    if node.rule == "repeal_part":
        removed = _part_name(node, target, desk)
        return None if removed is None else tree.RepealPart(removed, span=span)
    content = next(child for child in node.nodes() if child.rule != "placement")
    part = _part(content, target, desk)
    if part is None:
        return None
    if node.rule == "insert_part":
        return tree.InsertPart(part, _placement(node.node("placement"), desk), span=span)
    number = node.word("CODE")
    return tree.ReplacePart(part, None if number is None else _named(number, desk), span=span)


def _named(word: Word, desk: Desk) -> tree.Identifier:
    return tree.Identifier(name_text(word.text), span=desk.span(word))


def _placement(node: Node | None, desk: Desk) -> tree.Placement | None:
    if node is None:
        return None
    anchor = node.word("CODE")
    named = identifier(required_node(node, "name"), desk) if anchor is None else _named(anchor, desk)
    return tree.Placement(node.word("PLACED_BEFORE") is not None, named, span=desk.span(node))


def _part(node: Node, target: tree.Target, desk: Desk) -> tree.Component | None:
    """The clause, alternative, field or value of a node, if the target can have it."""
    kind = target.word
    rule = "branch" if node.rule == "otherwise" else node.rule
    if rule in PARTS_OF:
        fits = kind in PARTS_OF[rule]
    else:
        fits = rule in CLAUSES_OF.get(kind.value, frozenset())
    if not fits:
        desk.report(messages.misplaced_clause(desk.span(node), rule, kind.value))
        return None
    build = PARTS.get(node.rule)
    if build is not None:
        return build(node, desk)
    return tree.ClausePart(SAME_PLACE.get(rule, rule), clause_value(node, desk), span=desk.span(node))


def _part_name(node: Node, target: tree.Target, desk: Desk) -> tree.ComponentName | None:
    """What a repeal names."""
    span = desk.span(node)
    found = _alternative(node, target, desk) or _place(node, target, desk)
    if found is not None:
        word, rule, name = found
        if rule != "article" and target.word not in PARTS_OF.get(rule, frozenset()):
            desk.report(messages.misplaced_clause(span, rule, target.word.value))
            return None
        places = locators(node, desk) if word is tree.ComponentWord.ARTICLE else ()
        return tree.ComponentName(word, name, None, places, span=span)
    word_ = node.words()[1]
    rule = REPEALED_WORDS.get(word_.terminal, word_.terminal.lower())
    if rule not in CLAUSES_OF.get(target.word.value, frozenset()):
        desk.report(messages.misplaced_clause(desk.span(word_), rule, target.word.value))
        return None
    granted = node.node("name")
    name = tree.Identifier(rule, span=desk.span(word_))
    return tree.ComponentName(
        tree.ComponentWord.CLAUSE, name, None if granted is None else identifier(granted, desk), span=span
    )


def _alternative(node: Node, target: tree.Target, desk: Desk) -> tuple[tree.ComponentWord, str, tree.Identifier] | None:
    """`band M`, `branch 2`, `field due`, `value 2020-01-01` or `value vat`."""
    for terminal, word in (
        ("BAND", tree.ComponentWord.BAND),
        ("BRANCH", tree.ComponentWord.BRANCH),
        ("FIELD", tree.ComponentWord.FIELD),
        ("VALUE", tree.ComponentWord.VALUE),
    ):
        if node.word(terminal) is None:
            continue
        number, date_, named = node.word("CODE"), node.word("DATE"), node.node("name")
        if date_ is not None:
            iso = day(date_, desk).isoformat()
            return word, "dated_value", tree.Identifier(iso, span=desk.span(date_))
        if number is not None:
            return word, word.value, _named(number, desk)
        rule = "enum_value" if word is tree.ComponentWord.VALUE else word.value
        return word, rule, identifier(required_node(node, "name") if named is None else named, desk)
    return None


def _place(node: Node, target: tree.Target, desk: Desk) -> tuple[tree.ComponentWord, str, tree.Identifier] | None:
    """The place of an article; `row 2` of a table is its row."""
    places = locators(node, desk)
    if not places:
        return None
    first = places[0]
    span = desk.span(node)
    if target.word is tree.TargetWord.SOURCE:
        return tree.ComponentWord.ARTICLE, "article", tree.Identifier("", span=span)
    if first.word is tree.LocatorWord.ROW and len(places) == 1:
        return tree.ComponentWord.ROW, "row", tree.Identifier(first.number or "", span=first.span)
    return tree.ComponentWord.ARTICLE, "source_article", tree.Identifier("", span=span)


def clause_value(node: Node, desk: Desk) -> tree.ClauseValue:
    """The value of a clause, whichever it is."""
    build = CLAUSE_VALUES.get(node.rule)
    if build is None:
        raise InternalError(f"no clause is built from rule {node.rule}")
    return build(node, desk)


def _points(node: Node, desk: Desk) -> tree.ClauseValue:
    return tree.Points(tree.Sign(node.rule), operands(node, desk)[0], span=desk.span(node))


def _limits(node: Node, desk: Desk) -> tree.ClauseValue:
    low, high = operands(node, desk)
    return tree.Limits(low, high, span=desk.span(node))


def _lifetime(node: Node, desk: Desk) -> tree.ClauseValue:
    start = node.node("name")
    duration = quantity(required_node(node, "quantity"), desk)
    return tree.Lifetime(duration, None if start is None else identifier(start, desk), span=desk.span(node))


def _rank(node: Node, desk: Desk) -> tree.ClauseValue:
    return canonical("rank", required_word(node, "RANK_KIND"), desk)


def _expression(node: Node, desk: Desk) -> tree.ClauseValue:
    return operands(node, desk)[0]


def _name(node: Node, desk: Desk) -> tree.ClauseValue:
    return identifier(required_node(node, "name"), desk)


def _names(node: Node, desk: Desk) -> tree.ClauseValue:
    return identifiers(node, desk)


def _label(node: Node, desk: Desk) -> tree.ClauseValue:
    return label(required_node(node, "label"), desk)


def _labels(node: Node, desk: Desk) -> tree.ClauseValue:
    return tuple(label(child, desk) for child in node.nodes("label"))


def _flag(node: Node, desk: Desk) -> tree.ClauseValue:
    return tree.Flag(span=desk.span(node))


def _text(node: Node, desk: Desk) -> tree.ClauseValue:
    return text_literal(required_word(node, "STRING"), desk)


def _citations(node: Node, desk: Desk) -> tree.ClauseValue:
    return citations([node], desk)


def _interval(node: Node, desk: Desk) -> tree.ClauseValue:
    return validity(required_node(node, "validity", "validity_until"), desk)


CLAUSE_VALUES: Mapping[str, Callable[[Node, Desk], tree.ClauseValue]] = {
    "basis": _citations,
    "note": _labels,
    "effective": judged_validity,
    **dict.fromkeys(("when", "unless", "where", "base", "capped", "restore"), _expression),
    "overrides": _names,
    "excludes": _names,
    "for_each": for_each_of,
    "deduct": _points,
    "add": _points,
    "bounds": _limits,
    "lasts": _lifetime,
    "by": _labels,
    "on": _label,
    "authority": _label,
    "title": _label,
    "may": _flag,
    "once_per_year": _flag,
    "absent_means_none": _flag,
    **dict.fromkeys(("leave", "breach", "ranked"), _expression),
    "publish": publications,
    "through": _labels,
    "seed": _text,
    "rate": _expression,
    "rounded": rounding_mode,
    "grants": grant,
    "restricts": grant,
    **dict.fromkeys(("from", "to", "regrade", "calendar"), _name),
    "replaced_by": successor_of,
    "rank": _rank,
    "in_force": _interval,
    "address": _text,
}
"""One function for each clause that an amendment can touch."""
