"""Expressions in words: each form reads as a regulation would put it, and says whether a limit counts."""

import pytest
from publishing_sample import SAMPLE

from creditdsl.diagnostics import Language
from creditdsl.publishing.conditions import condition
from creditdsl.publishing.names import lexicon
from creditdsl.publishing.pieces import Block, Group, Voice, as_text
from creditdsl.publishing.prose import Scope, describe
from creditdsl.syntax.tree import Define, Expression, Module


def parsed(text: str) -> Module:
    from creditdsl.source import SourceFile
    from creditdsl.syntax.parse import parse

    module = parse(SourceFile("sample.credit", text)).module
    assert module is not None
    return module


def expression(text: str) -> tuple[Expression, Module]:
    """The expression, parsed inside the sample policy."""
    module = parsed(f"{SAMPLE}\ndefine probe = {text}\n")
    probe = next(item for item in module.declarations if isinstance(item, Define) and item.name.text == "probe")
    return probe.value, module


def said(text: str, language: Language = "zh") -> str:
    value, module = expression(text)
    return as_text(describe(value, Scope(lexicon((module,)), Voice(language, ("zh", "en")))))


def outline(block: Block, depth: int = 0) -> list[str]:
    if isinstance(block, Group):
        inner = [line for item in block.items for line in outline(item, depth + 1)]
        return ["  " * depth + as_text(block.lead), *inner]
    return ["  " * depth + as_text(block.pieces)]


def laid_out(text: str) -> list[str]:
    value, module = expression(text)
    return outline(condition(value, Scope(lexicon((module,)), Voice("zh", ("zh", "en")))))


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("not serious", "未列入“严重失信名单”", "not listed on “List of serious offenders”"),
        ("not promise", "不得作出“告知承诺”", "“Licence by promise” may not be pledged"),
        ("not channel", "不适用“绿色通道”", "“Green channel” does not apply"),
        ("breach of promise", "违背“告知承诺”", "“Licence by promise” was broken"),
        ("not breach of promise", "未违背“告知承诺”", "“Licence by promise” was not broken"),
        ("period.months >= 3", "评价期的月数不低于3", "the number of months in the period is at least 3"),
        ("count(firm where grade is A)", "运输企业（级别为甲级）的数量", "the number of Haulier (grade is First)"),
        (
            "every(firm where licensed)",
            "每个运输企业均符合：“持有许可”为“是”",
            "every Haulier meets: Licensed is “yes”",
        ),
        ("sum(amount for each firm where loan)", "运输企业（适用“运输贷”）的额度合计", None),
        (
            "worst(cargo for each late) is tank",
            "逾期报告中最差的货类属于罐装",
            "the worst Cargo of Late report is Tank",
        ),
        ("best(cargo for each late) is tank", "逾期报告中最好的货类属于罐装", "the best Cargo of Late report is Tank"),
        ("least(revenue, 5 万元)", "营业收入（最高5万元）", "Revenue (at most 50,000 yuan)"),
        ("greatest(revenue, 5 万元)", "营业收入（最低5万元）", "Revenue (at least 50,000 yuan)"),
        ("least(revenue, revenue * 2)", "营业收入、营业收入 × 2中的最小者", None),
        ("months < 36", "经营月数不满36", "Months in business is under 36"),
        ("months <= 36", "经营月数不超过36", "Months in business is at most 36"),
        ("months > 36", "经营月数超过36", "Months in business is over 36"),
        ("months >= 36", "经营月数不低于36", "Months in business is at least 36"),
        ("revenue >= 10 万元", "营业收入不低于10万元", "Revenue is at least 100,000 yuan"),
        ("not licensed", "“持有许可”为“否”", "Licensed is “no”"),
        ("prior is absent", "无“上一年度级别”", "Grade of last year is not recorded"),
        ("prior is present and prior is A", "有“上一年度级别”，且上一年度级别为甲级", None),
        ("grade is not A", "级别不为甲级", "grade is not First"),
        ("grade in {A, B}", "级别为甲级、乙级之一", "grade is one of First, Second"),
        ("months in 12 .. 17", "经营月数在12至17之间（含两端）", None),
        ("any(accident where grave)", "有事故记录（“重大”为“是”）", "there is a record of Accident (Grave is “yes”)"),
        ("not any(accident)", "无事故记录", "there is no record of Accident"),
        (
            "any(late where filed is present and filed > due)",
            "有逾期报告记录（有“报告之日”，且报告之日晚于期限）",
            None,
        ),
        ("count(late per cargo) >= 3", "逾期报告的次数（按货类计）不低于3", None),
        ("sum(loss for each accident where not grave)", "事故（“重大”为“否”）的损失合计", None),
        ("any(late where due <= 2020-11-01)", "有逾期报告记录（期限不晚于2020年11月1日）", None),
        ("any(late where cargo = tank)", "有逾期报告记录（货类为罐装）", None),
        ("any(late where due in period.start .. period.end)", "有逾期报告记录（期限在评价期内）", None),
        (
            "any(late where month of due in month of period.start .. month of period.end)",
            "有逾期报告记录（期限所在月份在评价期内）",
            None,
        ),
        ("young or licensed", "符合“经营不满三年”，或者“持有许可”为“是”", None),
        ("(young or licensed) and months > 1", "（符合“经营不满三年”，或者“持有许可”为“是”），且经营月数超过1", None),
        ("10% of revenue", "营业收入的10%", "10% of Revenue"),
        ("(revenue - 1 yuan) * 2", "（营业收入 − 1元） × 2", None),
        ("if young then 1 else 2", "符合“经营不满三年”的，为1；否则为2", None),
        ("round(revenue / 3, 2 places, half up)", "（营业收入 ÷ 3，四舍五入至小数点后2位）", None),
        ("any(late where due <= as of - 30 days)", "有逾期报告记录（期限不晚于评价日前30日）", None),
        (
            "any(late where filed is present and filed within 10 workdays after due)",
            "有逾期报告记录（有“报告之日”，且报告之日在期限后10个工作日内）",
            None,
        ),
        (
            "any(late where rolled(due + 15 days) < as of)",
            "有逾期报告记录（期限后15日（遇休息日顺延至下一工作日）早于评价日）",
            None,
        ),
        (
            "rolled(period.end)",
            "评价期末日（遇休息日顺延至下一工作日）",
            "the last day of the period (or the next working day, when that is a day of rest)",
        ),
        (
            "any(late where workdays between due and as of > 5 workdays)",
            "有逾期报告记录（期限至评价日的工作日数超过5个工作日）",
            None,
        ),
        ("year of period.end + 1", "评价期末日所在年度的次年", "the year after the year of the last day of the period"),
        ("year of period.end", "评价期末日所在年度", "the year of the last day of the period"),
    ],
)
def test_an_expression_is_put_in_words(text: str, zh: str | None, en: str | None) -> None:
    if zh is not None:
        assert said(text) == zh
    if en is not None:
        assert said(text, "en") == en


def test_a_remark_behind_a_label_stays_in_the_data_dictionary() -> None:
    assert "未报告" not in said("any(late where filed is absent)")


def test_names_lead_to_their_definitions() -> None:
    value, module = expression("any(late where amount > small)")
    pieces = describe(value, Scope(lexicon((module,)), Voice("zh", ("zh", "en"))))
    assert [(piece.text, piece.href) for piece in pieces if piece.href] == [
        ("逾期报告", "#record-late"),
        ("涉及金额", "#late.amount"),
        ("小额", "#parameter-small"),
    ]


def test_a_conjunction_is_set_out_as_items() -> None:
    assert laid_out("licensed and months > 12 and revenue > 1 万元") == [
        "同时符合下列各项：",
        "  “持有许可”为“是”",
        "  经营月数超过12",
        "  营业收入超过1万元",
    ]


def test_conditions_on_records_are_set_out_under_the_record() -> None:
    assert laid_out("any(late where cargo is tank and filed is absent and amount > small)") == [
        "有逾期报告记录，且同时符合下列各项：",
        "  货类属于罐装",
        "  无“报告之日”",
        "  涉及金额超过小额",
    ]


def test_two_short_clauses_stay_on_one_line() -> None:
    assert laid_out("licensed and months > 12") == ["“持有许可”为“是”，且经营月数超过12"]


def test_an_enumeration_is_belonged_to_and_a_grade_is_had() -> None:
    assert said("any(late where cargo is tank)") == "有逾期报告记录（货类属于罐装）"
    assert said("any(late where cargo in {tank, bulk})") == "有逾期报告记录（货类属于罐装、散货之一）"
    assert said("grade is A") == "级别为甲级"


def test_a_measure_that_stands_alone_is_a_condition() -> None:
    assert laid_out("serious") == ["列入“严重失信名单”"]
    assert laid_out("promise") == ["可以作出“告知承诺”"]
    assert laid_out("loan or licensed") == ["适用“运输贷”，或者“持有许可”为“是”"]
