"""Generated surface trees: whatever the tree can say, the formatter writes and the parser reads back."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creditdsl.diagnostics import Language
from creditdsl.source import SourceFile
from creditdsl.syntax import tree as t
from creditdsl.syntax.format import format_module
from creditdsl.syntax.keywords import keyword_table
from creditdsl.syntax.parse import parse

KEYWORD_WORDS = sorted(
    {part for item in keyword_table().values() for word in item.spellings for part in word.split()} - {"%"}
)
"""Names that look like keywords are the ones that go wrong."""

names = st.sampled_from(["纳税人", "late_filing", "x1", "Grade", "非正常户", "a b", "010101"]) | st.sampled_from(
    [word for word in KEYWORD_WORDS if "." not in word]
)
identifiers = st.builds(t.Identifier, names)
codes = identifiers | st.sampled_from(["010101", "0102.1", "3-2"]).map(t.Identifier)
texts = st.text(
    st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp"), max_codepoint=0xFFFF), max_size=8
) | st.just('a"b\\c\nd')
labels = st.lists(texts, min_size=1, max_size=2).map(lambda items: t.Label(tuple(items)))
text_literals = st.builds(t.TextLiteral, texts)
days = st.dates(date(1970, 1, 1), date(9999, 12, 31))
numbers = st.builds(t.Number, st.integers(0, 10**12), st.integers(0, 4), st.none() | st.sampled_from(t.UnitWord))
durations = st.builds(t.Number, st.integers(0, 999), st.just(0), st.sampled_from([t.UnitWord.DAYS, t.UnitWord.MONTHS]))
validities = st.builds(t.Validity, days, st.none() | days) | st.builds(t.Validity, st.none(), days)
flags = st.booleans()


def several(items: st.SearchStrategy[object], least: int = 0, most: int = 2) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(items, min_size=least, max_size=most).map(tuple)


def optional(items: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | items


def composed(children: st.SearchStrategy[t.Expression]) -> st.SearchStrategy[t.Expression]:
    named = st.sampled_from([t.AggregateWord.COUNT])
    tested = st.sampled_from([t.AggregateWord.ANY, t.AggregateWord.EVERY])
    valued = st.sampled_from([item for item in t.AggregateWord if item.value not in ("count", "any", "every")])
    branches = several(st.builds(t.Branch, optional(children), children))
    return st.one_of(
        st.builds(t.Unary, st.sampled_from(t.UnaryOperator), children),
        st.builds(t.Binary, st.sampled_from(t.BinaryOperator), children, children),
        st.builds(t.IsPresent, children, flags),
        st.builds(t.Is, children, identifiers, flags),
        st.builds(t.InSet, children, several(children, 1), flags),
        st.builds(t.InRange, children, children, children, flags),
        st.builds(t.Within, optional(children), durations, flags, children),
        st.builds(t.OrElse, children, children),
        st.builds(t.If, children, children, children),
        st.builds(t.Cases, branches),
        st.builds(t.Aggregate, named, st.none(), identifiers, several(identifiers), optional(children)),
        st.builds(t.Aggregate, tested, st.none(), identifiers, st.just(()), optional(children)),
        st.builds(t.Aggregate, valued, children, identifiers, st.just(()), optional(children)),
        st.builds(t.Call, identifiers, several(children, 1)),
        st.builds(t.At, identifiers, children),
        st.builds(t.Rolled, children),
        st.builds(t.Between, st.sampled_from(t.BetweenWord), children, children),
        st.builds(t.Part, st.sampled_from(t.PartWord), children),
        st.builds(t.BreachOf, identifiers),
        st.builds(t.Round, children, st.integers(0, 4), st.sampled_from(t.RoundingMode)),
    )


leaves = st.one_of(
    numbers,
    text_literals,
    st.builds(t.DateLiteral, days),
    st.builds(t.MonthLiteral, st.integers(1, 9999), st.integers(1, 12)),
    st.builds(t.TruthLiteral, flags),
    st.builds(t.Reference, names),
    st.builds(t.Context, st.sampled_from(t.ContextWord)),
)
expressions = st.recursive(leaves, composed, max_leaves=6)

judged = st.builds(
    t.Validity,
    days,
    optional(days),
    st.builds(t.Context, st.sampled_from([t.ContextWord.PERIOD_START, t.ContextWord.PERIOD_END, t.ContextWord.AS_OF]))
    | st.builds(t.Reference, names),
)
inner_locators = st.one_of(
    st.builds(t.Locator, st.just(t.LocatorWord.ARTICLE), st.sampled_from(["18", "18-1", "3.2"])),
    st.builds(t.Locator, st.just(t.LocatorWord.PARAGRAPH), st.sampled_from(["1", "12"])),
    st.builds(t.Locator, st.just(t.LocatorWord.ITEM), st.sampled_from(["2", "10"])),
    st.builds(t.Locator, st.just(t.LocatorWord.ANNEX), st.sampled_from([None, "1"])),
    st.builds(t.Locator, st.just(t.LocatorWord.ROW), st.sampled_from(["010101", "逾期", "title"])),
)
citations = st.builds(t.Citation, identifiers, several(inner_locators))
clauses = st.builds(
    t.RuleClauses,
    several(citations),
    several(labels),
    optional(validities | judged),
    optional(expressions),
    optional(expressions),
    several(codes),
)
headed = st.builds(t.RuleClauses, several(citations), several(labels))
ruled = st.builds(
    t.RuleClauses,
    several(citations),
    several(labels),
    optional(validities),
    expressions,
    optional(expressions),
    several(codes),
)
plain_types = st.builds(t.TypeExpression, st.sampled_from(t.TypeWord) | identifiers, flags, optional(st.integers(0, 6)))
types = plain_types | st.builds(
    t.TypeExpression, st.sampled_from(t.TypeWord), flags, st.none(), expressions, expressions
)
for_eaches = st.builds(t.ForEach, identifiers, several(identifiers))
bound_words = st.sampled_from(t.BoundWord)
bounds = several(st.builds(t.Bound, bound_words, expressions), 1)
cells = st.one_of(
    st.builds(t.AnyCell),
    st.builds(t.BoundsCell, bounds),
    st.builds(t.ItemsCell, several(expressions, 1)),
    st.builds(t.RangeCell, expressions, expressions),
)
fields = st.builds(t.FieldDeclaration, flags, identifiers, types, optional(labels))
bands = st.builds(
    t.Band,
    identifiers,
    optional(labels),
    st.one_of(st.builds(t.ByRule), st.builds(t.WhenBand, expressions), st.builds(t.BoundsBand, bounds)),
)
grants = st.builds(t.Grant, flags, identifiers, optional(labels), optional(expressions))
given_fields = st.builds(t.GivenField, identifiers, expressions)
given_records = st.builds(t.GivenRecord, identifiers, several(given_fields))
rule_words = [item for item in t.ExpectWord if item.value not in ("score", "grade", "graded", "in_force")]
expectations = st.one_of(
    st.builds(
        t.Expectation, st.sampled_from([t.ExpectWord.SCORE, t.ExpectWord.GRADE]), st.none(), expressions, flags, flags
    ),
    st.builds(
        t.Expectation,
        st.sampled_from([t.ExpectWord.GRADED, t.ExpectWord.IN_FORCE]),
        st.none(),
        st.none(),
        flags,
        flags,
    ),
    st.builds(t.Expectation, st.sampled_from(rule_words), codes, optional(expressions), flags, flags),
)
articles = st.builds(t.SourceArticle, several(inner_locators, 1), flags, labels)
dated_values = st.builds(t.DatedValue, expressions, days, optional(days))
points = st.builds(t.Points, st.sampled_from(t.Sign), expressions)

publications = st.builds(t.Publication, st.none(), durations, optional(durations)) | st.builds(
    t.Publication, st.none(), st.none(), durations
)
branching = st.builds(t.Publication, optional(expressions), durations, durations)
entries = st.builds(
    t.Entry,
    for_eaches,
    optional(expressions),
    identifiers,
    optional(expressions),
    publications.map(lambda item: (item,)) | several(branching, 2, 3) | st.just(()),
    several(labels),
)
samplings = st.builds(t.Sampling, expressions, text_literals, st.sampled_from(t.RoundingMode))


def measure_of(
    word: t.MeasureWord, lasts: st.SearchStrategy[object], **own: st.SearchStrategy[object]
) -> st.SearchStrategy[object]:
    """A measure that has clauses of its own."""
    return st.builds(
        t.Measure,
        st.just(word),
        codes,
        optional(labels),
        clauses,
        several(labels),
        optional(labels),
        flags,
        several(grants),
        lasts,
        several(codes),
        **own,
    )


policies_and_uses = st.one_of(
    st.builds(
        t.Policy,
        identifiers,
        labels,
        st.sampled_from([(t.Identifier("zh"), t.Identifier("en")), (t.Identifier("fr"),)]),
        optional(labels),
        identifiers,
        several(st.sampled_from(["year", "quarter", "month"]).map(t.Identifier)),
        optional(validities),
        several(labels),
        optional(st.builds(t.Validity, days, optional(days), st.just(t.Context(t.ContextWord.AS_OF)))),
        optional(identifiers),
        optional(st.builds(t.Successor, identifiers, optional(labels))),
        optional(text_literals),
    ),
    st.builds(t.Use, text_literals),
)
amendable = st.one_of(
    st.builds(
        t.Source,
        identifiers,
        labels,
        optional(labels),
        optional(st.sampled_from(["law", "regulation", "rule", "normative"]).map(t.Identifier)),
        optional(validities),
        optional(text_literals),
        several(articles),
        several(labels),
    ),
    st.builds(
        t.Enumeration, identifiers, optional(labels), several(st.builds(t.EnumValue, identifiers, optional(labels)), 1)
    ),
    st.builds(t.Subject, identifiers, optional(labels), several(fields)),
    st.builds(t.Record, identifiers, identifiers, optional(labels), flags, several(fields)),
    st.builds(t.Parameter, identifiers, types, optional(labels), several(citations), several(dated_values, 1)),
    st.builds(t.Define, identifiers, optional(labels), expressions),
    st.builds(
        t.Table,
        identifiers,
        optional(labels),
        several(st.builds(t.Column, identifiers, types), 1),
        types,
        several(citations),
        several(st.builds(t.Row, several(cells, 1), expressions), 1),
    ),
    st.builds(t.Score, optional(labels), headed, expressions, st.none(), st.none()),
    st.builds(t.Score, optional(labels), headed, expressions, expressions, expressions),
    st.builds(
        t.Indicator,
        codes,
        optional(labels),
        clauses,
        for_eaches,
        optional(expressions),
        points,
        optional(expressions),
        optional(st.builds(t.Lasts, durations, identifiers)),
    ),
    st.builds(
        t.Indicator, codes, optional(labels), clauses, st.none(), st.none(), points, optional(expressions), st.none()
    ),
    st.builds(t.Grades, identifiers, optional(labels), headed, several(bands, 1)),
    st.builds(t.Direct, identifiers, codes, optional(labels), ruled),
    st.builds(t.Assign, identifiers, codes, optional(labels), ruled),
    st.builds(t.Ceiling, identifiers, codes, optional(labels), ruled),
    st.builds(t.Demote, st.integers(1, 9), codes, optional(labels), ruled),
    st.builds(t.Exempt, codes, optional(labels), ruled),
    st.builds(
        t.Measure,
        st.sampled_from([t.MeasureWord.REWARD, t.MeasureWord.PENALTY]),
        codes,
        optional(labels),
        clauses,
        several(labels),
        optional(labels),
        flags,
        several(grants),
        optional(durations),
        several(codes),
    ),
    measure_of(t.MeasureWord.LIST, st.none(), entry=entries),
    measure_of(t.MeasureWord.OFFER, optional(durations), ranked=optional(expressions)),
    measure_of(t.MeasureWord.PLEDGE, optional(durations), breach=optional(expressions)),
    measure_of(t.MeasureWord.INSPECTION, st.none(), sampling=samplings),
    st.builds(
        t.Matter,
        codes,
        optional(labels),
        headed,
        several(labels),
        several(codes, 1),
        st.just(False),
        several(codes),
        several(dated_values),
    ),
    st.builds(
        t.Matter,
        codes,
        optional(labels),
        headed,
        several(labels),
        st.just(()),
        st.just(True),
        several(codes),
        several(dated_values),
    ),
    st.builds(
        t.Catalogue,
        identifiers,
        st.sampled_from([*t.CatalogueWord, *t.MeasureWord]),
        optional(labels),
        headed,
        several(st.sampled_from(["law", "rule"]).map(t.Identifier)),
        optional(st.builds(t.Number, st.integers(0, 999), st.just(0), st.none())),
        several(
            st.builds(t.Catalogued, several(codes, 1), optional(labels)) | st.builds(t.Catalogued, st.just(()), labels),
            1,
        ),
    ),
    st.builds(t.RepairPoints, codes, optional(labels), clauses, for_eaches, identifiers, identifiers, expressions),
    st.builds(
        t.RepairDirect,
        codes,
        optional(labels),
        clauses,
        for_eaches,
        optional(expressions),
        optional(identifiers),
        identifiers,
        optional(identifiers),
        flags,
    ),
    st.builds(t.Invariant, text_literals, st.builds(t.HoldsInvariant, expressions)),
    st.builds(
        t.Invariant,
        text_literals,
        st.builds(
            t.MoreInvariant,
            identifiers,
            st.sampled_from(t.NeverWord),
            st.sampled_from([t.ExpectWord.SCORE, t.ExpectWord.GRADE]),
        ),
    ),
)
periods = st.one_of(
    numbers,
    st.builds(t.MonthLiteral, st.integers(1, 9999), st.integers(1, 12)),
    st.builds(t.QuarterLiteral, st.integers(1, 9999), st.integers(1, 4)),
)
populations = st.builds(
    t.Population,
    text_literals,
    several(citations),
    several(labels),
    periods,
    st.builds(t.DateLiteral, days),
    optional(text_literals),
    several(st.builds(t.Figure, labels, expressions), 1),
)
cases = st.builds(
    t.Case,
    text_literals,
    optional(text_literals),
    periods,
    st.builds(t.DateLiteral, days),
    several(given_fields),
    several(given_records),
    several(expectations),
    optional(text_literals),
)
score_clauses = st.one_of(
    st.builds(t.ClausePart, st.just("base"), expressions),
    st.builds(t.ClausePart, st.just("bounds"), st.builds(t.Limits, expressions, expressions)),
    st.builds(t.ClausePart, st.just("note"), labels.map(lambda label: (label,))),
    st.builds(t.ClausePart, st.just("basis"), several(citations, 1)),
)
measure_clauses = st.one_of(
    st.builds(t.ClausePart, st.sampled_from(["when", "unless"]), expressions),
    st.builds(t.ClausePart, st.just("by"), several(labels, 1)),
    st.builds(t.ClausePart, st.just("on"), labels),
    st.builds(t.ClausePart, st.just("may"), st.builds(t.Flag)),
    st.builds(t.ClausePart, st.just("effective"), validities | judged),
    st.builds(t.ClausePart, st.sampled_from(["overrides", "excludes"]), several(codes, 1)),
    st.builds(t.ClausePart, st.just("lasts"), st.builds(t.Lifetime, durations, optional(identifiers))),
    grants.map(lambda grant: t.ClausePart("restricts" if grant.restricts else "grants", grant)),
)
repair_clauses = st.one_of(
    st.builds(t.ClausePart, st.sampled_from(["from", "to", "regrade"]), identifiers),
    st.builds(t.ClausePart, st.just("once_per_year"), st.builds(t.Flag)),
    st.builds(t.ClausePart, st.just("for_each"), for_eaches),
    st.builds(t.ClausePart, st.just("where"), expressions),
)
policy_clauses = st.one_of(
    st.builds(t.ClausePart, st.just("authority"), labels),
    st.builds(t.ClausePart, st.just("calendar"), identifiers),
    st.builds(t.ClausePart, st.just("replaced_by"), st.builds(t.Successor, identifiers, optional(labels))),
)
source_clauses = st.one_of(
    st.builds(t.ClausePart, st.just("title"), labels),
    st.builds(t.ClausePart, st.just("rank"), st.sampled_from(["law", "rule"]).map(t.Identifier)),
    st.builds(t.ClausePart, st.just("in_force"), validities),
    st.builds(t.ClausePart, st.just("address"), text_literals),
    articles,
)
numbered = st.sampled_from(["1", "12"]).map(t.Identifier)
branches = st.builds(t.Branch, optional(expressions), expressions)
enum_values = st.builds(t.EnumValue, identifiers, optional(labels))


def placed(anchors: st.SearchStrategy[t.Identifier]) -> st.SearchStrategy[object]:
    return optional(st.builds(t.Placement, flags, anchors))


def edits(
    words: st.SearchStrategy[t.TargetWord],
    target_names: st.SearchStrategy[object],
    inserted: st.SearchStrategy[object],
    replaced: st.SearchStrategy[object],
    repealed: st.SearchStrategy[object],
) -> st.SearchStrategy[object]:
    parts = several(inserted | replaced | st.builds(t.RepealPart, repealed), 1)
    return st.builds(t.ChangeDeclaration, st.builds(t.Target, words, target_names), parts)


def whole(
    word: t.TargetWord,
    components: st.SearchStrategy[object],
    anchors: st.SearchStrategy[t.Identifier],
    repealed: st.SearchStrategy[object],
) -> st.SearchStrategy[object]:
    """Changes of a declaration by components that carry their own name."""
    return edits(
        st.just(word),
        identifiers,
        st.builds(t.InsertPart, components, placed(anchors)),
        st.builds(t.ReplacePart, components, st.none()),
        repealed,
    )


def by_number(
    words: list[t.TargetWord], components: st.SearchStrategy[object], word: t.ComponentWord
) -> st.SearchStrategy[object]:
    return edits(
        st.sampled_from(words),
        identifiers,
        st.builds(t.InsertPart, components, placed(numbered)),
        st.builds(t.ReplacePart, components, numbered),
        st.builds(t.ComponentName, st.just(word), numbered),
    )


def clause_changes(
    word: t.TargetWord,
    parts: st.SearchStrategy[object],
    names: st.SearchStrategy[object],
    repealed: st.SearchStrategy[object],
) -> st.SearchStrategy[object]:
    return edits(
        st.just(word),
        names,
        st.builds(t.InsertPart, parts, st.none()),
        st.builds(t.ReplacePart, parts, st.none()),
        repealed,
    )


def clause_names(*rules: str) -> st.SearchStrategy[object]:
    return st.builds(t.ComponentName, st.just(t.ComponentWord.CLAUSE), st.sampled_from(rules).map(t.Identifier))


def named_components(word: t.ComponentWord, named: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.builds(t.ComponentName, st.just(word), named)


changes = st.one_of(
    st.builds(t.InsertDeclaration, amendable),
    st.builds(t.ReplaceDeclaration, amendable),
    st.builds(t.RepealDeclaration, st.builds(t.Target, st.just(t.TargetWord.SCORE), st.none())),
    st.builds(
        t.RepealDeclaration,
        st.builds(
            t.Target,
            st.sampled_from([t.TargetWord.SUBJECT, t.TargetWord.GRADES]),
            optional(identifiers),
        ),
    ),
    st.builds(
        t.RepealDeclaration,
        st.builds(
            t.Target,
            st.sampled_from(
                [t.TargetWord.SOURCE, t.TargetWord.ENUM, t.TargetWord.RECORD, t.TargetWord.DEFINE, t.TargetWord.TABLE]
            ),
            identifiers,
        ),
    ),
    st.builds(
        t.RepealDeclaration,
        st.builds(
            t.Target,
            st.sampled_from(
                [t.TargetWord.INDICATOR, t.TargetWord.DIRECT, t.TargetWord.REPAIR, t.TargetWord.REPAIR_DIRECT]
            ),
            codes,
        ),
    ),
    st.builds(t.RepealDeclaration, st.builds(t.Target, st.just(t.TargetWord.INVARIANT), texts.map(t.Identifier))),
    clause_changes(t.TargetWord.SCORE, score_clauses, st.none(), clause_names("bounds", "note", "basis")),
    clause_changes(
        t.TargetWord.REWARD,
        measure_clauses,
        codes,
        clause_names("when", "by", "may", "excludes")
        | st.builds(
            t.ComponentName,
            st.just(t.ComponentWord.CLAUSE),
            st.sampled_from(["grants", "restricts"]).map(t.Identifier),
            identifiers,
        ),
    ),
    clause_changes(
        t.TargetWord.LIST,
        st.one_of(
            st.builds(t.ClausePart, st.just("leave"), expressions),
            st.builds(t.ClausePart, st.just("publish"), publications.map(lambda item: (item,))),
            st.builds(t.ClausePart, st.just("through"), several(labels, 1)),
        ),
        codes,
        clause_names("leave", "publish", "through"),
    ),
    clause_changes(
        t.TargetWord.REPAIR_DIRECT, repair_clauses, codes, clause_names("once_per_year", "where", "from", "to")
    ),
    clause_changes(t.TargetWord.POLICY, policy_clauses, optional(identifiers), clause_names("calendar", "replaced_by")),
    clause_changes(
        t.TargetWord.SOURCE,
        source_clauses,
        identifiers,
        clause_names("title", "address")
        | st.builds(
            t.ComponentName,
            st.just(t.ComponentWord.ARTICLE),
            st.just(t.Identifier("")),
            st.none(),
            several(inner_locators, 1),
        ),
    ),
    clause_changes(
        t.TargetWord.RECORD,
        st.builds(t.ClausePart, st.just("absent_means_none"), st.builds(t.Flag)),
        identifiers,
        clause_names("absent_means_none"),
    ),
    whole(t.TargetWord.GRADES, bands, identifiers, named_components(t.ComponentWord.BAND, identifiers)),
    whole(t.TargetWord.ENUM, enum_values, identifiers, named_components(t.ComponentWord.VALUE, identifiers)),
    whole(t.TargetWord.RECORD, fields, identifiers, named_components(t.ComponentWord.FIELD, identifiers)),
    whole(
        t.TargetWord.PARAMETER,
        dated_values,
        identifiers,
        named_components(t.ComponentWord.VALUE, days.map(lambda day: t.Identifier(day.isoformat()))),
    ),
    by_number([t.TargetWord.TABLE], st.builds(t.Row, several(cells, 1), expressions), t.ComponentWord.ROW),
    by_number([t.TargetWord.INDICATOR, t.TargetWord.REPAIR, t.TargetWord.DEFINE], branches, t.ComponentWord.BRANCH),
)
amendments = st.builds(
    t.Amend,
    identifiers,
    optional(labels),
    several(citations),
    several(labels),
    validities | judged,
    st.one_of(
        st.none(),
        st.builds(t.Applies, periods, optional(periods)),
    ),
    several(identifiers),
    optional(text_literals),
    several(changes, 1),
)
declarations = st.one_of(policies_and_uses, amendable, cases, populations, amendments)
modules = several(declarations, 1, 3).map(lambda items: t.Module("generated.credit", items))


@pytest.mark.parametrize("keywords", ["zh", "en"])
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(module=modules)
def test_every_tree_is_written_so_that_it_is_read_back(keywords: Language, module: t.Module) -> None:
    written = format_module("", module, keywords=keywords)
    parsed = parse(SourceFile("generated.credit", written))
    assert parsed.module == module, (written, [item.message.en for item in parsed.diagnostics])


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(module=modules)
def test_formatting_twice_changes_nothing_more(module: t.Module) -> None:
    once = format_module("", module, keywords="zh")
    parsed = parse(SourceFile("generated.credit", once))
    assert parsed.module is not None
    assert format_module(once, parsed.module, keywords="zh") == once


@pytest.mark.parametrize("keywords", ["zh", "en"])
@pytest.mark.parametrize("word", [*KEYWORD_WORDS, "010101", "a b"])
def test_every_word_can_name_what_an_amendment_touches(word: str, keywords: Language) -> None:
    name, other = t.Identifier(word), t.Identifier("x")
    kind = t.TypeExpression(t.TypeWord.INT)
    parts: list[tuple[t.TargetWord, t.Component, t.ComponentWord]] = [
        (t.TargetWord.GRADES, t.Band(name, None, t.ByRule()), t.ComponentWord.BAND),
        (t.TargetWord.ENUM, t.EnumValue(name, None), t.ComponentWord.VALUE),
        (t.TargetWord.RECORD, t.FieldDeclaration(False, name, kind, None), t.ComponentWord.FIELD),
    ]
    changes: list[t.Change] = []
    for target, part, component in parts:
        edits = (
            t.InsertPart(part, None),
            t.InsertPart(part, t.Placement(True, name)),
            t.ReplacePart(part, None),
            t.RepealPart(t.ComponentName(component, name)),
        )
        changes.append(t.ChangeDeclaration(t.Target(target, name), edits))
    changes += [t.RepealDeclaration(t.Target(target, name)) for target in (t.TargetWord.SUBJECT, t.TargetWord.DEFINE)]
    changes += [t.RepealDeclaration(t.Target(target, name)) for target in (t.TargetWord.INDICATOR, t.TargetWord.REPAIR)]
    granted = t.ComponentName(t.ComponentWord.CLAUSE, t.Identifier("grants"), name)
    changes.append(t.ChangeDeclaration(t.Target(t.TargetWord.REWARD, name), (t.RepealPart(granted),)))
    days_ = t.Validity(date(2020, 1, 1), None, t.Reference(word))
    amendment = t.Amend(name, None, (), (), days_, None, (name, other), None, tuple(changes))
    module = t.Module("generated.credit", (amendment,))
    written = format_module("", module, keywords=keywords)
    parsed = parse(SourceFile("generated.credit", written))
    assert parsed.module == module, (written, [item.message.en for item in parsed.diagnostics])
