"""What follows from credit on the published pages: measures of every kind, service items, catalogues, figures, as they are written."""

import re
from functools import cache

from publishing_sample import SAMPLE, Page, read, sample_history, timelines

from creditdsl.publish import history_of
from creditdsl.publishing.site import site
from creditdsl.publishing.texts import NEWEST
from creditdsl.syntax.tree import MeasureWord


@cache
def page(language: str) -> Page:
    return read(html(language))


@cache
def html(language: str) -> str:
    return site(sample_history())[{"zh": NEWEST["zh"], "en": NEWEST["en"]}[language]].decode("utf-8")


def text_at(language: str, anchor: str) -> str:
    """The words inside the element with this id."""
    [element] = [item for item in page(language).elements if item.attributes.get("id") == anchor]
    return " ".join(element.text.split())


def words(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", markup).split())


def section(language: str, name: str) -> str:
    return html(language).split(f'<h2 id="section-{name}"')[1].split("</section>")[0]


def test_every_kind_of_measure_has_a_heading_with_its_own_word() -> None:
    for language, headings in (
        ("zh", ["激励", "惩戒", "名单", "产品", "承诺", "抽查"]),
        ("en", ["Rewards", "Penalties", "Lists", "Offers", "Pledges", "Inspections"]),
    ):
        assert re.findall(r'<h3 id="measures-\w+">(.*?)</h3>', section(language, "measures")) == headings
    anchors = re.findall(r'<h3 id="measures-(\w+)">', section("zh", "measures"))
    assert anchors == [word.value for word in MeasureWord]


def test_a_list_says_who_enters_it_from_which_day_for_how_long_and_how_one_leaves() -> None:
    shown = text_at("zh", "serious")
    assert "有事故记录，且“重大”为“是”，且损失超过1万元" in shown
    assert "起算日：发生之日" in shown
    assert "期限：发生之日早于2021年1月1日 的：最短6个月，最长3年 其他情形：最短3个月，最长1年" in shown
    assert "最短期限届满后的移出条件：“持有许可”为“是”" in shown
    assert "公示渠道：信用网站、公告栏" in shown
    assert "Left after the shortest time when: Licensed is “yes”" in text_at("en", "serious")
    assert "at least 3 months, at most 1 year" in text_at("en", "serious")


def test_a_list_without_records_shows_its_condition_and_no_clock() -> None:
    shown = text_at("zh", "warned")
    assert "逾期报告的次数不低于5" in shown
    assert "移出条件：“持有许可”为“是”" in shown
    assert "起算日" not in shown
    assert "期限" not in shown


def test_an_offer_says_whose_it_is_who_is_eligible_how_much_and_how_it_is_ranked() -> None:
    shown = text_at("zh", "loan")
    assert "级别为甲级、乙级之一，且未列入“严重失信名单”" in shown
    assert "给予：额度 级别为甲级的：营业收入 × 2 （最高500万元 ） 其他情形：10万元" in shown
    assert "排序值：营业收入" in shown
    assert "不得与下列措施并用：公开表彰" in shown
    assert "<h4>合作银行</h4>" in section("zh", "measures")


def test_a_pledge_says_who_may_not_pledge_and_what_breaks_it() -> None:
    shown = text_at("zh", "promise")
    assert "列入“严重失信名单”，或者经营月数不满6 的，不得承诺" in shown
    assert "违背承诺：有逾期报告记录，且无“报告之日”" in shown
    assert "期限：6个月" in shown
    assert "Broken when: there is a record of Late report where Filed is not recorded" in text_at("en", "promise")


def test_an_inspection_numbers_its_strata_and_says_how_it_is_drawn() -> None:
    row = html("zh").split('<tr id="daily"')[1].split("</tr>")[0]
    strata = re.findall(r"<li>(.*?)</li>", row.split("<ol>")[1].split("</ol>")[0])
    assert [words(item) for item in strata] == ["级别为 丙级 的： 100%", "级别为 乙级 的： 10%", "其他情形： 2.5%"]
    assert "抽取数取整：进位" in text_at("zh", "daily")
    assert "种子：2020-1" in text_at("zh", "daily")
    assert "Number drawn: rounded up" in text_at("en", "daily")


def test_the_document_shows_what_the_author_wrote_and_not_what_it_is_spelled_out_to() -> None:
    made = {item.rule.code: item for item in sample_history().newest.program.result.measures}
    assert [grant.name for grant in made["serious"].grants] == ["listed", "leaves_from", "until"]
    for words_of_the_compiler in ("列入日", "最早移出日", "抽查层", "列入“告知承诺”"):
        assert words_of_the_compiler not in html("zh").split('id="section-measures"')[1].split("</section>")[0]
    assert "违背" not in text_at("zh", "promise").split("违背承诺")[0]


def test_conditions_name_lists_and_breaches_in_words() -> None:
    assert "违背“告知承诺”，且未列入“严重失信名单”" in text_at("zh", "revoked")
    link = next(
        item
        for item in page("zh").elements
        if item.tag == "a" and item.attributes.get("href") == "#serious" and "td" in item.inside
    )
    assert link.text == "严重失信名单"


def test_a_citation_of_a_measure_has_the_word_of_its_kind() -> None:
    citations = [e.attributes["data-citation"] for e in page("zh").elements if "data-citation" in e.attributes]
    assert [item for item in citations if item.startswith("《运输企业信用评价》名单serious“严重失信名单”")]
    assert [item for item in citations if item.startswith("《运输企业信用评价》抽查daily“日常抽查”")]


def test_a_service_item_shows_its_measures_with_their_kinds_and_the_time_limit_of_each_time() -> None:
    shown = text_at("zh", "matter-permit")
    assert "道路运输许可 permit 办理机关：交通运输局" in shown
    assert "绿色通道 （激励） 告知承诺 （承诺）" in shown
    assert "10个工作日 2018年1月1日至2020年12月31日 1个工作日 2021年1月1日起" in shown
    assert "一并办理：道路运输许可" in text_at("zh", "matter-renewal")
    assert "不适用任何措施" in text_at("zh", "matter-enquiry")
    assert "10 working days 1 January 2018 to 31 December 2020" in " ".join(text_at("en", "matter-permit").split())


def test_a_catalogue_links_its_rows_to_their_rules_and_says_which_have_none() -> None:
    shown = section("zh", "catalogues")
    table = shown.split('<h3 id="catalogue-applied">')[1].split("<h3")[0]
    rows = re.findall(r"<tr data-find>(.*?)</tr>", table, flags=re.DOTALL)
    assert len(rows) == 10
    assert 'href="#serious"' in rows[3]
    assert words(rows[7]).startswith("8 承诺 promise 交运规〔2020〕7号第九条")
    assert words(rows[9]) == "10 从业禁止 没有对应的规则 —"
    assert "项目 10 · 其中有对应规则或者数据项的 9" in words(table)
    assert "依据须为：法律、规范性文件" in words(table)
    data = shown.split('<h3 id="catalogue-known">')[1]
    assert 'href="#firm.months"' in data
    assert 'href="#record-late"' in data
    assert "规则只使用目录所列的数据" in data


def test_figures_show_the_evaluation_that_they_are_of_and_what_must_hold() -> None:
    shown = words(section("zh", "figures"))
    assert "评价期 2022年度 评价日 2023年4月30日" in shown
    assert "合计 运输企业 （有“级别”）的数量不低于 100" in shown
    assert "产品覆盖 每个 运输企业 均符合：不适用“ 运输贷 ”，或者适用“ 绿色通道 ”" in shown
    english = words(section("en", "figures"))
    assert "the number of Haulier (grade is First ) ÷ the number of Haulier" in english


def test_the_sources_count_what_service_items_catalogues_and_figures_rest_on() -> None:
    links = re.search(r'id="law2".*?<tr [^>]*data-find>(.*?)</tr>', html("zh"), flags=re.DOTALL)
    assert links is not None
    assert {"#matter-enquiry", "#catalogue-applied", "#population"} <= set(re.findall(r'href="(#[^"]*)"', links[1]))


AMENDING = """
amend later "第5号" / "No. 5" {
  effective 2024-01-01 ..
  replace matter enquiry "咨询服务" / "Advice" { basis law2  no measures }
  insert matter closing "注销" / "Closing" { basis law2  measures serious }
  replace list serious "严重失信名单" / "List of serious offenders" {
    basis    rules7 article 6 (1)
    for each accident
    where    grave
    from     day
    publish  at least 1 months at most 2 years
  }
  replace catalogue known of data "数据目录" / "Catalogue of data" {
    | months | revenue | licensed | prior | late | accident
  }
}
"""


@cache
def amended() -> dict[str, Page]:
    nation = history_of(timelines(SAMPLE + AMENDING)[0])
    return {name: read(made.decode("utf-8")) for name, made in site(nation).items() if name.endswith(".html")}


def test_the_history_leads_to_what_an_amendment_did_to_them() -> None:
    for name, other in (("history.html", "index.html"), ("history.en.html", "index.en.html")):
        ids = {item.attributes["id"] for item in amended()[other].elements if "id" in item.attributes}
        links = [item.attributes.get("href", "") for item in amended()[name].elements if item.tag == "a"]
        targets = [link.partition("#")[2] for link in links if link.startswith(f"{other}#")]
        assert {"matter-enquiry", "matter-closing", "serious", "catalogue-known"} <= set(targets) <= ids


def test_what_an_amendment_touched_says_so() -> None:
    [row] = [item for item in amended()["index.html"].elements if item.attributes.get("id") == "matter-enquiry"]
    assert "修订：2024年1月1日起由第5号全文替换" in row.text
    [listed] = [item for item in amended()["index.html"].elements if item.attributes.get("id") == "serious"]
    assert "期限：最短1个月，最长2年" in listed.text
    assert "2024年1月1日起由第5号全文替换" in listed.text


def test_the_pages_of_every_text_are_sound() -> None:
    assert len(amended()) == 6
    for made in amended().values():
        ids = [item.attributes["id"] for item in made.elements if "id" in item.attributes]
        assert made.faults == []
        assert len(ids) == len(set(ids))
