"""How findings look on a terminal and in reports for programs."""

import json
import re
from pathlib import Path

import pytest

from creditdsl.diagnostics import Code, Diagnostic, Label, Severity, Text
from creditdsl.render.render import Format, render
from creditdsl.render.style import Role, Style
from creditdsl.source import SourceFile, Span

ROAD = """\
grades Grade "信用级别" / "Credit grade" {
  | A "A级" : 70 以上
  | B "B级" : 60 以上 不满 69.5
}
"""
OTHER = "source order40 “第40号” {\n}\n"


def span(text: str, part: str, path: str = "road.credit") -> Span:
    start = text.index(part)
    return Span(path, start, start + len(part))


GAP = Diagnostic(
    Code.CR0401,
    span(ROAD, "60 以上 不满 69.5"),
    Text("没有级别接收 69.5 至 70 之间的分数", "no grade takes a score from 69.5 to 70"),
    help=Text("写作 `不满 70`,或增加一个级别", "write `不满 70`, or add a band"),
    labels=(Label(span(ROAD, "70 以上"), Text("70 分以上", "from 70 up")),),
    facts=(
        (Text("条款", "article"), "苏交规〔2024〕2号 第十二条"),
        (Text("得分", "score"), "69.6"),
    ),
)
SOURCES = {"road.credit": SourceFile("road.credit", ROAD), "law.credit": SourceFile("law.credit", OTHER)}


ENGLISH = Style("en")


def full(diagnostic: Diagnostic, style: Style = ENGLISH, text: str | None = None) -> str:
    sources = SOURCES if text is None else {"road.credit": SourceFile("road.credit", text)}
    return render([diagnostic], sources, Format.FULL, style)


def test_the_full_form_shows_lines_marks_facts_and_help() -> None:
    assert full(GAP) == (
        "error[CR0401]: no grade takes a score from 69.5 to 70\n"
        " --> road.credit:3:14\n"
        "  |\n"
        '2 |   | A "A级" : 70 以上\n'
        "  |               ------- from 70 up\n"
        '3 |   | B "B级" : 60 以上 不满 69.5\n'
        "  |               ^^^^^^^^^^^^^^^^^\n"
        "  |\n"
        "  = article: 苏交规〔2024〕2号 第十二条\n"
        "  = score:   69.6\n"
        "  = help:    write `不满 70`, or add a band\n"
        "  = more:    creditdsl explain CR0401\n"
    )


def test_the_full_form_in_chinese_aligns_the_names_of_facts() -> None:
    assert full(GAP, Style("zh")) == (
        "错误[CR0401]: 没有级别接收 69.5 至 70 之间的分数\n"
        " --> road.credit:3:14\n"
        "  |\n"
        '2 |   | A "A级" : 70 以上\n'
        "  |               ------- 70 分以上\n"
        '3 |   | B "B级" : 60 以上 不满 69.5\n'
        "  |               ^^^^^^^^^^^^^^^^^\n"
        "  |\n"
        "  = 条款: 苏交规〔2024〕2号 第十二条\n"
        "  = 得分: 69.6\n"
        "  = 建议: 写作 `不满 70`,或增加一个级别\n"
        "  = 详见: creditdsl explain CR0401\n"
    )


def test_a_warning_says_so_and_ambiguous_characters_take_two_cells_where_asked() -> None:
    text = "note “信用”  x\n"
    warning = Diagnostic(Code.CR0701, span(text, "x"), Text("未使用", "`x` is never used"), severity=Severity.WARNING)
    assert full(warning, Style("en", ambiguous_width=1), text).splitlines()[3:5] == [
        "1 | note “信用”  x",
        "  |              ^",
    ]
    assert full(warning, Style("en", ambiguous_width=2), text).splitlines()[4] == "  |                ^"
    assert full(warning, Style("en"), text).startswith("warning[CR0701]: `x` is never used\n")


def test_lines_apart_are_joined_by_dots_and_a_single_line_between_is_shown() -> None:
    text = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"
    labels = (Label(span(text, "one"), Text("甲", "first")), Label(span(text, "three"), Text("丙", "third")))
    found = Diagnostic(Code.CR0102, span(text, "seven"), Text("重复", "twice"), labels=labels)
    assert full(found, text=text).splitlines()[3:11] == [
        "1 | one",
        "  | --- first",
        "2 | two",
        "3 | three",
        "  | ----- third",
        "...",
        "7 | seven",
        "  | ^^^^^",
    ]


def test_a_label_in_another_file_has_a_block_of_its_own() -> None:
    label = Label(span(OTHER, "order40", "law.credit"), Text("文件", "declared here"))
    found = Diagnostic(Code.CR0301, span(ROAD, "Grade"), Text("无此条", "no such article"), labels=(label,))
    assert full(found).splitlines()[1:9] == [
        " --> road.credit:1:8",
        "  |",
        '1 | grades Grade "信用级别" / "Credit grade" {',
        "  |        ^^^^^",
        " ::: law.credit:1:8",
        "  |",
        "1 | source order40 “第40号” {",
        "  |        ------- declared here",
    ]


def test_a_place_over_several_lines_is_marked_on_its_first_line() -> None:
    found = Diagnostic(Code.CR0012, Span("road.credit", 0, len(ROAD) - 1), Text("重复", "twice"))
    assert full(found).splitlines()[4] == "  | " + "^" * 42 + " (up to line 4)"


def test_a_long_line_is_cut_around_its_mark() -> None:
    text = "x" * 5000 + " here " + "y" * 5000
    lines = full(Diagnostic(Code.CR0005, span(text, "here"), Text("过长", "too long")), text=text).splitlines()
    assert len(lines[3]) == 114
    assert lines[3].startswith("1 | ...xxx") and lines[3].endswith("yyy...")
    assert lines[3].index("here") == lines[4].index("^^^^")
    assert lines[4].count("^") == 4


def test_a_line_of_a_mebibyte_is_rendered_quickly_even_for_twenty_findings() -> None:
    text = "级" * (1 << 20)
    found = Diagnostic(Code.CR0005, Span("road.credit", 500_000, 500_002), Text("过长", "too long"))
    report = render([found] * 20, {"road.credit": SourceFile("road.credit", text)}, Format.FULL, Style("en"))
    assert all(len(line) < 120 for line in report.splitlines())


def test_invisible_characters_are_shown_by_number_and_stay_aligned() -> None:
    text = "name\u202egrade\u200b\there\n"
    lines = full(Diagnostic(Code.CR0006, span(text, "here"), Text("禁用", "forbidden")), text=text).splitlines()
    assert lines[3] == "1 | name<U+202E>grade<U+200B>    here"
    assert lines[4] == "  | " + " " * 29 + "^^^^"


def test_a_message_that_quotes_control_characters_cannot_move_the_cursor() -> None:
    found = Diagnostic(Code.CR0902, Span("a\x1b[2J.json", 0, 0), Text("字段 `\x1b[31m`", "field `\x1b[31m\n`"))
    for format_ in (Format.FULL, Format.CONCISE):
        assert "\x1b" not in render([found], {}, format_, Style("en"))


def test_a_finding_in_a_file_without_text_names_the_file_alone() -> None:
    found = Diagnostic(Code.CR0010, Span("lost.credit", 0, 0), Text("无法读取", "the file cannot be read"))
    assert full(found) == (
        "error[CR0010]: the file cannot be read\n --> lost.credit\n  = more: creditdsl explain CR0010\n"
    )


def test_a_finding_without_a_place_has_no_arrow() -> None:
    found = Diagnostic(Code.CR0911, Span("", 0, 0), Text("不在施行期", "not in force"))
    assert full(found) == "error[CR0911]: not in force\n = more: creditdsl explain CR0911\n".replace("\n =", "\n  =")


def test_a_mark_at_the_end_of_the_text_is_one_caret_wide() -> None:
    text = "policy"
    found = Diagnostic(Code.CR0008, Span("road.credit", 6, 6), Text("意外结尾", "the text ends"))
    assert full(found, text=text).splitlines()[4] == "  |       ^"


def test_findings_are_separated_by_an_empty_line_and_none_give_nothing() -> None:
    assert render([GAP, GAP], SOURCES, Format.FULL, Style("en")).count("\n\n") == 1
    assert render([], SOURCES, Format.FULL, Style("en")) == ""


def test_every_part_is_painted_by_its_role() -> None:
    painted = full(GAP, Style("en", paint=lambda text, role: f"<{role.value}>{text}</>"))
    assert painted.startswith("<error>error[CR0401]</><message>: no grade takes a score from 69.5 to 70</>\n")
    assert "<gutter>  |</>               <error>^^^^^^^^^^^^^^^^^</>" in painted
    assert "<gutter>  |</>               <secondary>------- from 70 up</>" in painted
    assert re.sub(r"</?\w*>", "", painted) == full(GAP)


def test_a_terminal_in_gbk_can_print_everything_that_is_not_quoted() -> None:
    for language in ("zh", "en"):
        for format_ in Format:
            render([GAP], SOURCES, format_, Style(language)).encode("gbk" if format_ is not Format.SARIF else "utf-8")
    assert {role.value for role in Role} >= {"error", "warning"}


def test_the_concise_form_is_one_line() -> None:
    assert render([GAP], SOURCES, Format.CONCISE, Style("en")) == (
        "road.credit:3:14: error[CR0401]: no grade takes a score from 69.5 to 70\n"
    )


def test_the_github_form_escapes_what_would_end_a_property() -> None:
    found = Diagnostic(Code.CR0008, Span("a,b:c.credit", 0, 2), Text("不对", "50% is\nwrong"), Text("改", "mend"))
    sources = {"a,b:c.credit": SourceFile("a,b:c.credit", "xyz")}
    assert render([found], sources, Format.GITHUB, Style("en")) == (
        "::error file=a%2Cb%3Ac.credit,line=1,endLine=1,col=1,endColumn=3,title=CR0008::50%25 is%0Awrong%0Ahelp: mend\n"
    )


def test_the_json_form_holds_both_languages_and_places() -> None:
    document = json.loads(render([GAP], SOURCES, Format.JSON, Style("en")))
    assert document["schema"] == 1
    assert document["diagnostics"] == [
        {
            "code": "CR0401",
            "severity": "error",
            "title": "no grade takes a score",
            "message": {"zh": "没有级别接收 69.5 至 70 之间的分数", "en": "no grade takes a score from 69.5 to 70"},
            "place": {
                "path": "road.credit",
                "start": {"line": 3, "column": 14, "offset": ROAD.index("60 以上")},
                "end": {"line": 3, "column": 27, "offset": ROAD.index("69.5") + 4},
            },
            "labels": [
                {
                    "place": {
                        "path": "road.credit",
                        "start": {"line": 2, "column": 14, "offset": ROAD.index("70 以上")},
                        "end": {"line": 2, "column": 19, "offset": ROAD.index("70 以上") + 5},
                    },
                    "text": {"zh": "70 分以上", "en": "from 70 up"},
                }
            ],
            "facts": [
                {"name": {"zh": "条款", "en": "article"}, "value": "苏交规〔2024〕2号 第十二条"},
                {"name": {"zh": "得分", "en": "score"}, "value": "69.6"},
            ],
            "help": {"zh": "写作 `不满 70`,或增加一个级别", "en": "write `不满 70`, or add a band"},
            "more": "creditdsl explain CR0401",
        }
    ]


def test_the_json_form_of_nothing_is_a_whole_document() -> None:
    assert json.loads(render([], {}, Format.JSON, Style("en"))) == {"schema": 1, "diagnostics": []}


def test_the_sarif_form_has_rules_with_their_pages_and_regions() -> None:
    log = json.loads(render([GAP], SOURCES, Format.SARIF, Style("en")))
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    run = log["runs"][0]
    rule = run["tool"]["driver"]["rules"][0]
    assert rule["id"] == "CR0401"
    assert rule["helpUri"].startswith("file:///") and Path(rule["helpUri"].removeprefix("file://")).is_file()
    assert rule["help"]["markdown"].startswith("# CR0401")
    result = run["results"][0]
    assert (result["ruleId"], result["ruleIndex"], result["level"]) == ("CR0401", 0, "error")
    assert result["message"]["text"].startswith("no grade takes a score from 69.5 to 70\n")
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"] == {"uri": "road.credit"}
    assert location["region"] == {"startLine": 3, "startColumn": 14, "endLine": 3, "endColumn": 27}
    assert result["relatedLocations"][0]["message"] == {"text": "from 70 up"}


def test_sarif_addresses_are_percent_encoded() -> None:
    path = "政策/规则 一.credit"
    found = Diagnostic(Code.CR0002, Span(path, 0, 0), Text("空", "empty"))
    log = json.loads(render([found], {path: SourceFile(path, "")}, Format.SARIF, Style("zh")))
    address = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert address == "%E6%94%BF%E7%AD%96/%E8%A7%84%E5%88%99%20%E4%B8%80.credit"


@pytest.mark.parametrize("format_", list(Format))
def test_every_format_takes_a_finding_without_a_place(format_: Format) -> None:
    found = Diagnostic(Code.CR0911, Span("", 0, 0), Text("不在施行期", "not in force"))
    assert "CR0911" in render([found], {}, format_, Style("zh"))
