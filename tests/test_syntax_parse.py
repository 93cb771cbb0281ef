"""The grammar, its tables and the tree that text is read to."""

from datetime import date
from pathlib import Path

import pytest

from creditdsl.resources import grammar_file
from creditdsl.source import SourceFile
from creditdsl.syntax import tree as t
from creditdsl.syntax.grammar import grammar_text
from creditdsl.syntax.keywords import keyword_table
from creditdsl.syntax.parse import parse, parser_from_grammar, parser_tables
from grammar.collisions import quick_comparisons

SAMPLES = Path(__file__).parent / "syntax"


def module(text: str) -> t.Module:
    parsed = parse(SourceFile("x.credit", text))
    assert parsed.module is not None, [(item.message.en, item.help) for item in parsed.diagnostics]
    return parsed.module


def sample(name: str) -> t.Module:
    return module((SAMPLES / f"{name}.credit").read_text(encoding="utf-8"))


def value(text: str) -> t.Expression:
    (definition,) = module(f"define x = {text}").declarations
    assert isinstance(definition, t.Define)
    return definition.value


def test_the_grammar_has_no_conflicts_or_collisions_and_the_tables_are_its_own() -> None:
    with quick_comparisons():
        parser = parser_from_grammar(grammar_text(), strict=True)
    assert parser_tables(parser) == grammar_file("tables.json").read_text(encoding="utf-8")


def test_a_file_in_chinese_keywords_is_the_same_tree_as_in_english_ones() -> None:
    assert sample("chinese").declarations == sample("english").declarations


def test_the_samples_hold_every_declaration() -> None:
    kinds = {type(item) for item in sample("english").declarations}
    assert kinds == set(t.Declaration.__args__)


def test_every_keyword_has_a_spelling_and_no_two_keys_of_a_section_share_one() -> None:
    seen: dict[tuple[str, str], str] = {}
    for keyword in keyword_table().values():
        assert keyword.spellings
        for spelling in keyword.spellings:
            first = seen.setdefault((keyword.section, spelling), keyword.key)
            shares_a_terminal = keyword.terminal != keyword.key.upper()
            assert first == keyword.key or shares_a_terminal


@pytest.mark.parametrize(
    ("wide", "plain"),
    [
        ("define x = f(a,b)", "define x = f(a, b)"),
        ("define x = 12 yuan", "define x = 12 yuan"),
        ("define x = 10% of y", "define x = 10% of y"),
        ("use “a”", 'use "a"'),
        ("define x = a in {b、c}", "define x = a in {b, c}"),
        ("define x = a >= 3 且 b = 2", "define x = a >= 3 and b = 2"),
        ("define x = a \u3000+ b", "define x = a + b"),
        ("define x = 2020年1月5日", "define x = 2020-01-05"),
        ("define x = 2020-1-5", "define x = 2020-01-05"),
    ],
)
def test_full_width_and_chinese_forms_mean_the_same(wide: str, plain: str) -> None:
    assert module(wide).declarations == module(plain).declarations


def test_a_text_keeps_its_full_width_characters() -> None:
    (use,) = module('use "(一),%"').declarations
    assert use == t.Use(t.TextLiteral("(一),%"))


def test_numbers_are_exact() -> None:
    assert value("1_000.50 yuan") == t.Number(100050, 2, t.UnitWord.YUAN)
    assert value("1.5万元") == t.Number(15, 1, t.UnitWord.TEN_THOUSAND_YUAN)


def test_a_keyword_begins_a_name_without_being_read_as_one() -> None:
    assert value("非正常户") == t.Reference("非正常户")
    assert value("notes") == t.Reference("notes")
    assert value("any + count") == t.Binary(t.BinaryOperator.ADD, t.Reference("any"), t.Reference("count"))


def test_keywords_in_backticks_are_names() -> None:
    assert value("`if` + `010101`") == t.Binary(t.BinaryOperator.ADD, t.Reference("if"), t.Reference("010101"))


def test_clause_words_are_names_where_a_name_stands() -> None:
    text = 'case "x" { period 2019 as of 2020-01-01 given { note = 3 by = 4 title = "a" where = 1 } expect { } }'
    (case,) = module(text).declarations
    assert isinstance(case, t.Case)
    assert [item.name.text for item in case.fields] == ["note", "by", "title", "where"]


def test_names_are_composed() -> None:
    assert value("e\u0301tat") == t.Reference("état")


@pytest.mark.parametrize(
    ("written", "grouped"),
    [
        ("a or b and c", "a or (b and c)"),
        ("not a = b and c", "(not (a = b)) and c"),
        ("a implies b implies c", "a implies (b implies c)"),
        ("a - b - c", "(a - b) - c"),
        ("a + b * c", "a + (b * c)"),
        ("10% of a + b", "(10% of a) + b"),
        ("-a or else b * c", "(-(a or else b)) * c"),
        ("year of a = year of b + 1", "(year of a) = ((year of b) + 1)"),
        ("months between a and b >= 3 and c", "((months between a and b) >= 3) and c"),
        ("a 的 10% + b", "(10% of a) + b"),
        ("d within 30 days after a + 1 day and c", "(d within 30 days after (a + 1 day)) and c"),
        ("if a then b else c + 1", "if a then b else (c + 1)"),
    ],
)
def test_operators_bind_as_the_specification_says(written: str, grouped: str) -> None:
    assert value(written) == value(grouped)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("第十条", "10"),
        ("第二十一条", "21"),
        ("第一百零三条", "103"),
        ("第 5 条", "5"),
        ("条 5", "5"),
        ("第十八条之一", "18-1"),
    ],
)
def test_chinese_article_numbers_are_read(written: str, number: str) -> None:
    (direct,) = module(f"direct D x {{ basis s {written} when yes }}").declarations
    assert isinstance(direct, t.Direct)
    assert direct.clauses.basis[0].locators == (t.Locator(t.LocatorWord.ARTICLE, number),)


def test_codes_keep_their_zeros_dots_and_hyphens() -> None:
    codes = ["010101", "01.02", "3-1", "0102.1.2"]
    read = module("\n".join(f"direct D {code} {{ when yes }}" for code in codes)).declarations
    assert [item.code.text for item in read if isinstance(item, t.Direct)] == codes


def test_signs_and_words_give_the_same_bounds() -> None:
    signs = module("grades G { | A : >= 90 | B : > 1 <= 3 | C : < 70 }")
    words = module("grades G { | A : 90 or more | B : over 1 and 3 or less | C : under 70 }")
    assert signs.declarations == words.declarations


def test_spans_point_at_the_text() -> None:
    text = "direct D x {\n  when  amount >= 3\n}"
    (direct,) = module(text).declarations
    assert isinstance(direct, t.Direct) and direct.clauses.when is not None
    span = direct.clauses.when.span
    assert text[span.start : span.end] == "amount >= 3"
    assert (direct.span.start, direct.span.end) == (0, len(text))


def test_comments_are_kept_with_their_places() -> None:
    comments = module("# one\ndefine x = 1 # two\n\uff03三\n").comments
    assert [(item.text, item.own_line) for item in comments] == [("# one", True), ("# two", False), ("#三", True)]


def test_dates_of_values_include_both_ends() -> None:
    (parameter,) = module("parameter p : yuan { | 1 yuan from 2020-01-01 to 2020-12-31 }").declarations
    assert isinstance(parameter, t.Parameter)
    assert (parameter.values[0].start, parameter.values[0].end) == (date(2020, 1, 1), date(2020, 12, 31))


def test_a_file_with_comments_only_is_an_empty_module() -> None:
    assert module("# nothing yet\n").declarations == ()
