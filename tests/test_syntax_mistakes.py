"""Rule text that is wrong: the code, the place and the help of each mistake, several in one run, and never a traceback."""

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creditdsl.diagnostics import Diagnostic, PolicyError
from creditdsl.source import SourceFile
from creditdsl.syntax.parse import parse
from creditdsl.syntax.text import decode, read

SAMPLES = Path(__file__).parent / "syntax"
ENGLISH = (SAMPLES / "english.credit").read_text(encoding="utf-8")
CHINESE = (SAMPLES / "chinese.credit").read_text(encoding="utf-8")


def mistakes(text: str) -> tuple[Diagnostic, ...]:
    return parse(SourceFile("x.credit", text)).diagnostics


def only(text: str) -> Diagnostic:
    found = mistakes(text)
    assert len(found) == 1, [(item.code.name, item.message.en) for item in found]
    return found[0]


def shown(text: str, diagnostic: Diagnostic) -> str:
    return text[diagnostic.span.start : diagnostic.span.end]


# Files


def refused(data: bytes) -> Diagnostic:
    with pytest.raises(PolicyError) as caught:
        decode(data, "x.credit")
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


def test_gb18030_is_refused_with_the_encoding_named() -> None:
    diagnostic = refused("指标 010101 { 扣 5 分 }".encode("gb18030"))
    assert diagnostic.code.name == "CR0001"
    assert diagnostic.help is not None and "GB 18030" in diagnostic.help.zh


def test_a_binary_file_is_refused_as_one() -> None:
    assert "binary" in refused(b"PK\x03\x04\x00\x00").message.en


@pytest.mark.parametrize("data", [b"", b"\n  \n", b"\xef\xbb\xbf", "\u3000".encode()])
def test_a_file_without_text_is_empty(data: bytes) -> None:
    assert refused(data).code.name == "CR0002"


def test_a_file_over_the_limit_is_refused_by_its_size_alone(tmp_path: Path) -> None:
    path = tmp_path / "large.credit"
    path.write_bytes(b"#" * (50 << 20))
    started = time.perf_counter()
    with pytest.raises(PolicyError) as caught:
        read(path)
    assert caught.value.diagnostics[0].code.name == "CR0003"
    assert time.perf_counter() - started < 0.5


def test_missing_files_folders_and_impossible_paths_are_unreadable(tmp_path: Path) -> None:
    for path in (tmp_path / "none.credit", tmp_path, "a\x00b"):
        with pytest.raises(PolicyError) as caught:
            read(path)
        assert caught.value.diagnostics[0].code.name == "CR0010"


def test_a_byte_order_mark_is_taken_off() -> None:
    assert decode(b"\xef\xbb\xbf# x", "x.credit").text == "# x"


# Limits


def test_ten_thousand_parentheses_are_answered_at_once() -> None:
    started = time.perf_counter()
    assert only("define x = " + "(" * 10_000 + "1" + ")" * 10_000).code.name == "CR0004"
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize(
    "text", ["1 + " * 5_000 + "1", "not " * 5_000 + "yes", "if yes then 1 else " * 5_000 + "1", "- " * 3_000 + "1"]
)
def test_an_expression_that_is_deep_without_brackets_is_refused(text: str) -> None:
    assert only("define x = " + text).code.name == "CR0004"


def test_sixty_four_brackets_are_allowed() -> None:
    assert mistakes("define x = " + "(" * 64 + "1" + ")" * 64) == ()


@pytest.mark.parametrize("text", ["define " + "x" * 5_000 + " = 1", 'use "' + "x" * 5_000 + '"'])
def test_a_token_over_four_kibibytes_is_refused(text: str) -> None:
    assert only(text).code.name == "CR0005"


@pytest.mark.parametrize("digits", ["1" * 19, "1_" * 18 + "1", "1" * 10 + "." + "1" * 9])
def test_a_number_of_nineteen_digits_is_refused(digits: str) -> None:
    assert only(f"define x = {digits}").code.name == "CR0009"


@pytest.mark.parametrize(
    "text",
    [
        "define x = {}",
        "define x = round(1, {} places, up)",
        "demote {} x {{ when yes }}",
        "subject s {{ a : yuan {} places }}",
        'case "x" {{ period {} as of 2020-01-01 expect {{ }} }}',
    ],
)
@pytest.mark.parametrize("count", [400, 4_000, 60_000])
def test_no_number_is_too_long_for_the_parser(text: str, count: int) -> None:
    assert {item.code.name for item in mistakes(text.format("9" * count))} <= {"CR0005", "CR0009"}
    assert mistakes(text.format("9" * count))


def test_the_number_of_an_article_is_text_of_any_length() -> None:
    assert mistakes(f"direct D x {{ basis s 第{'9' * 4_000}条 when yes }}") == ()


def test_a_chinese_numeral_of_any_length_is_answered() -> None:
    assert only(f"direct D x {{ basis s 第{'九' * 6_000}条 when yes }}").code.name == "CR0005"


def test_eighteen_digits_are_allowed() -> None:
    assert mistakes("define x = " + "9" * 18) == ()


def test_an_unclosed_string_of_a_megabyte_is_answered_at_once() -> None:
    started = time.perf_counter()
    assert "CR0007" in {item.code.name for item in mistakes('use "' + "\\x" * 500_000)}
    assert time.perf_counter() - started < 1


def test_at_most_twenty_mistakes_are_reported() -> None:
    assert len(mistakes("define x = = 1\n" * 100)) == 20


# Characters


@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\x07", "\u2028"])
@pytest.mark.parametrize("form", ["# a{}b\n", 'use "a{}b"\n', "define a{}b = 1\n"])
def test_hidden_characters_are_refused_everywhere(character: str, form: str) -> None:
    text = form.format(character)
    diagnostic = only(text)
    assert diagnostic.code.name == "CR0006"
    assert shown(text, diagnostic) == character


@pytest.mark.parametrize(
    ("name", "plain"),
    [("sсore", "score"), ("Ρoints", "Points"), ("\uff53core", "score"), ("\ufb01rm", "firm"), ("асе", "ace")],
)
def test_look_alike_letters_in_a_name_are_refused_with_the_plain_name(name: str, plain: str) -> None:
    diagnostic = only(f"define {name} = 1")
    assert diagnostic.code.name == "CR0006"
    assert diagnostic.help is not None and plain in diagnostic.help.en


@pytest.mark.parametrize("name", ["纳税人", "налог", "βάση", "e\u0301tat", "བོད་".rstrip("་"), "税１"])
def test_names_of_any_script_are_allowed(name: str) -> None:
    assert mistakes(f"define {name} = 1") == ()


def test_a_string_ends_on_its_line() -> None:
    text = 'use "a\nuse "b"\ndefine x = = 1\n'
    assert [item.code.name for item in mistakes(text)] == ["CR0007", "CR0008"]


def test_an_unknown_escape_is_refused() -> None:
    text = 'use "a\\d"'
    assert shown(text, only(text)) == "\\d"


# Words


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("指标 1 { 逐项逾期申报 扣 5 分 }", "逐项 逾期申报"),
        ("指标 1 { 扣5分 }", "扣 5分"),
        ("指标 1 { 当金额 > 3 扣 5 分 }", "当 金额"),
        ("indicator 1 { deduct5 points }", "deduct 5"),
    ],
)
def test_a_keyword_glued_to_a_name_is_reported_with_the_split(text: str, split: str) -> None:
    diagnostic = only(text)
    assert diagnostic.code.name == "CR0011"
    assert diagnostic.help is not None and split in diagnostic.help.zh


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("indicater 1 { deduct 1 point }", "indicator"),
        ("indicator 1 { deducts 1 point }", "deduct"),
        ("indicator 1 { when yes\n dedcut 1 point }", "deduct"),
        ("指标 1 { 逐向 r 扣 1 分 }", "逐项"),
        ("define x = round(1 / 2, 2 places, half upp)", "half up"),
        ('policy x "y" { languages zh subject s period yaer }', "year"),
    ],
)
def test_a_misspelt_keyword_gets_the_right_one_suggested(text: str, word: str) -> None:
    diagnostic = mistakes(text)[0]
    assert diagnostic.help is not None and f"`{word}`" in diagnostic.help.en


def test_a_keyword_as_a_name_is_told_to_take_backticks() -> None:
    diagnostic = mistakes("subject s { key : text }")[0]
    assert diagnostic.help is not None and "`` `key` ``" in diagnostic.help.en


@pytest.mark.parametrize(("word", "type_"), [("optional", "text"), ("可选", "文本"), ("nullable", "number")])
@pytest.mark.parametrize("behind", ["b : number\n}", "}"])
def test_a_word_for_what_may_be_absent_is_answered_with_the_sign(word: str, type_: str, behind: str) -> None:
    diagnostic = mistakes(f'subject x "x" / "x" {{\n  a : {word} {type_}\n{behind}')[0]
    assert diagnostic.help is not None and f"`{type_}?` instead of `{word} {type_}`" in diagnostic.help.en


@pytest.mark.parametrize(("sign", "help_"), [("==", "`=`"), ("&&", "`and`"), (";", "no separator")])
def test_signs_of_other_languages_are_explained(sign: str, help_: str) -> None:
    diagnostic = mistakes(f"define x = a {sign} b")[0]
    assert diagnostic.help is not None and help_ in diagnostic.help.en


def test_what_may_stand_is_said_in_words() -> None:
    diagnostic = only("define x = ")
    assert diagnostic.help is not None and "a value" in diagnostic.help.en and "一个值" in diagnostic.help.zh


def test_a_missing_brace_is_reported_at_the_next_declaration_and_the_rest_is_read() -> None:
    text = "indicator 1 { deduct 1 point\nindicator 2 { deduct = }\n"
    assert [shown(text, item) for item in mistakes(text)] == ["indicator", "="]


def test_several_mistakes_are_reported_together() -> None:
    text = """
indicator 1 { basis a article = 3
  deduct 5 points
  capped )
}
define x = 1 +
define y = 2
grades G { | A : 90 or more | B 3 | C : under 40 }
case "x" { period 2019 as of 2020-01-01 expect { score == 3 } }
"""
    lines = [SourceFile("x", text).position(item.span.start).line for item in mistakes(text)]
    assert lines == [2, 4, 7, 8, 9]


# Clauses


def test_a_clause_given_twice_is_reported_with_the_first() -> None:
    text = "indicator 1 { when yes\n when no\n deduct 1 point\n add 2 points }"
    first, second = mistakes(text)
    assert (first.code.name, second.code.name) == ("CR0012", "CR0012")
    assert text[first.labels[0].span.start :].startswith("when yes")


@pytest.mark.parametrize(
    "text",
    [
        "indicator 1 { when yes }",
        "direct D x { }",
        "score { bounds 0 .. 1 }",
        "enum x { }",
        "parameter p : int { }",
        "table t (a: int) : int { }",
        "grades G { }",
        'policy p "x" { languages zh }',
        'case "x" { period 2019 expect { } }',
        "repair of 1 { for each r from a to b }",
        "indicator 1 { where yes deduct 1 point }",
        "indicator 1 { for each r deduct 1 point lasts 6 months }",
        "repair of direct x { once per year }",
    ],
)
def test_a_missing_clause_is_reported(text: str) -> None:
    assert {item.code.name for item in mistakes(text)} == {"CR0013"}


@pytest.mark.parametrize(
    "text",
    [
        "direct D x { when yes deduct 5 points }",
        'indicator 1 { deduct 1 point by "x" }',
        "indicator 1 { deduct 1 point\n restore { | otherwise -> 1% } }",
        'policy p "x" { languages zh subject s deduct 5 points }',
        "reward r { lasts 6 months from x }",
        "repair of 1 { for each r from a to b restore 100% regrade at most B }",
    ],
)
def test_a_clause_of_another_declaration_is_reported_as_misplaced(text: str) -> None:
    assert [item.code.name for item in mistakes(text)] == ["CR0015"]


@pytest.mark.parametrize("day", ["2021-02-29", "2020-13-01", "2020-00-10", "2020年2月30日", "0000-01-01"])
def test_a_date_that_does_not_exist_is_reported(day: str) -> None:
    assert only(f"define x = {day}").code.name == "CR0503"


def test_a_month_that_does_not_exist_is_reported() -> None:
    assert only("define x = 2020-13").code.name == "CR0503"


@pytest.mark.parametrize("text", ["demote 1.5 x { when yes }", "define x = round(1, 1.5 places, up)"])
def test_steps_and_places_are_whole(text: str) -> None:
    assert only(text).code.name == "CR0008"


# Anything at all

positions = st.integers(0, 4_000)
pieces = st.sampled_from(
    [
        "{",
        "}",
        "(",
        ")",
        '"',
        "“",
        "|",
        "->",
        "..",
        "`",
        "指标",
        "when",
        "扣5",
        "#",
        "1",
        "9" * 30,
        "\u202e",
        "=",
        "％",
        "\n",
        "\\",
        "a b",
    ]
)
edits = st.lists(st.tuples(positions, st.integers(0, 12), pieces | st.text(max_size=3)), min_size=1, max_size=6)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(sample=st.sampled_from([ENGLISH, CHINESE]), changes=edits)
def test_no_change_to_a_good_file_makes_the_parser_fail(sample: str, changes: list[tuple[int, int, str]]) -> None:
    text = sample
    for start, removed, added in changes:
        text = text[:start] + added + text[start + removed :]
    parsed = parse(SourceFile("x.credit", text))
    assert (parsed.module is None) == bool(parsed.diagnostics)
    assert len(parsed.diagnostics) <= 20
    assert all(0 <= item.span.start <= item.span.end <= len(text) and item.help for item in parsed.diagnostics)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_fail(data: bytes) -> None:
    try:
        source = decode(data, "x.credit")
    except PolicyError:
        return
    parse(source)


def test_a_mistake_at_the_first_character_is_placed_there() -> None:
    parsed = parse(SourceFile("x.credit", ";" + ENGLISH))
    assert [(item.code.name, item.span.start) for item in parsed.diagnostics] == [("CR0008", 0)]
