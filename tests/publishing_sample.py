"""A policy with every kind of declaration, and readers of published pages, for the tests of publishing."""

from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory

from creditdsl.compile import Timeline, compile_timeline, open_policy
from creditdsl.publish import history_of
from creditdsl.publishing.texts import PolicyHistory

SAMPLE = """
policy sample "运输企业信用评价" / "Credit evaluation of hauliers" {
  languages zh, en
  authority "交通运输局" / "Transport Bureau"
  subject   firm
  period    year
  effective 2020-01-01 .. 2029-12-31
  note      "自2020年度评价起适用。" / "From the evaluation of 2020."
}
source rules7 "交运规〔2020〕7号" / "Transport Rules [2020] No. 7" {
  title    "运输企业信用评价办法" / "Measures for the evaluation of hauliers"
  rank     normative
  in force 2020-01-01 ..
  article 3 "起评分一百分" / "The start score is 100"
  article 4 "九十分以上为甲级" / "First class from 90"
  article 5 not encoded "原文未能确认" / "The wording could not be confirmed"
  article 6 (1) "重大事故" / "Grave accident"
  article 9 "不满一年不评" / "Not in the first year"
  annex 1 "指标" / "Indicators"
}
source law2 "道路运输条例" / "Road Transport Regulation" { rank regulation }
enum Cargo "货类" / "Cargo" { bulk "散货" / "Bulk"  tank "罐装" / "Tank" }
subject firm "运输企业" / "Haulier" {
  key id   : text                    "统一社会信用代码" / "Unified code"
  months   : int in 0 .. 2_400       "经营月数(至期末)" / "Months in business (at the end)"
  revenue  : yuan in 0 .. 1_000 亿元 "营业收入" / "Revenue"
  licensed : truth                   "持有许可" / "Licensed"
  prior    : Grade?                  "上一年度级别" / "Grade of last year"
}
record late of firm "逾期报告" / "Late report" {
  cargo  : Cargo                  "货类" / "Cargo"
  due    : date                   "期限" / "Due"
  filed  : date?                  "报告之日(未报告的为空)" / "Filed (absent: not yet)"
  listed : date?                  "列入之日" / "Listed"
  amount : yuan in 0 .. 1 亿元    "涉及金额" / "Amount"
}
record accident of firm "事故" / "Accident" {
  absent means none
  grave : truth                   "重大" / "Grave"
  day   : date                    "发生之日" / "Day"
  loss  : yuan in 0 .. 1 亿元     "损失" / "Loss"
}
parameter small : yuan "小额" / "Small amount" {
  basis rules7 annex 1
  | 1_000 yuan from 2020-01-01 to 2021-12-31
  | 2_000 yuan from 2022-01-01
}
define young "经营不满三年" / "In business under three years" = months < 36
table weight (cargo: Cargo, amount: yuan) : points "货类扣分" / "Points by cargo" {
  basis rules7 annex 1
  | bulk | any         -> 1 points
  | tank | < 1 万元    -> 2 points
  | tank | >= 1 万元   -> 4 points
}
score "年度得分" / "Score of the year" {
  basis rules7 article 3
  base {
    | young     -> 90 points
    | otherwise -> 100 points
  }
  bounds 0 points .. 110 points
}
indicator 010101 "未按期报告" / "Report not filed on time" {
  basis    rules7 annex 1, law2
  note     "按货类、期限计次。" / "Counted by cargo and due day."
  for each late per cargo, due
  where    filed is absent or filed > due
  deduct   5 points
  capped   20 points
}
indicator 010102 "逾期涉及大额" / "Large late report" {
  basis    rules7 annex 1
  for each late
  where    amount > small
  deduct   weight(cargo, amount)
  unless   licensed
}
indicator losses "事故损失" / "Losses" {
  basis     rules7 annex 1
  effective 2021-01-01 ..
  when      sum(loss for each accident where not grave) >= 10 万元 and count(accident) >= 2
  deduct    3 points
}
indicator loyal "连续守信" / "Good record" {
  basis rules7 annex 1
  when  prior is present and prior is A and not any(late where amount > 5_000 yuan)
  add   2 points
}
grades Grade "信用级别" / "Credit grade" {
  basis rules7 article 4
  | A "甲级" / "First" : 90 points or more
  | B "乙级" / "Second" : 70 points or more under 90 points
  | N "新户" / "New" : by rule
  | C "丙级" / "Third" : under 70 points
}
exempt first_year "不满一年" / "First year" { basis rules7 article 9  when months < 12 }
direct C grave_accident "重大事故" / "Grave accident" {
  basis rules7 article 6 (1)
  when  any(accident where grave and day in period.start .. period.end)
}
assign N newcomer "新设企业" / "New firm" { basis rules7 article 9  when months in 12 .. 17 }
demote 1 unlicensed "未持许可" / "Unlicensed" { basis law2  when not licensed }
ceiling B under_three "三年以内不评甲级" / "Not first class in three years" { basis rules7 article 9  when young }
reward channel "绿色通道" / "Green channel" {
  basis  rules7 article 4
  by     "交通运输局" / "Transport Bureau"
  by     "税务局" / "Tax Bureau"
  when   grade is A and revenue >= 100 万元
  grants priority "优先办理" / "Priority"
}
reward praise "公开表彰" / "Commendation" {
  basis rules7 article 4
  by    "交通运输局" / "Transport Bureau"
  may
  when  grade in {A, B}
  lasts 1 years
}
penalty watch "重点监管" / "Close supervision" {
  basis     rules7 article 6 (1)
  on        "法定代表人" / "The legal representative"
  when      grade is C
  restricts routes "新增线路" / "New routes" = 6 months
}
list serious "严重失信名单" / "List of serious offenders" {
  basis    rules7 article 6 (1)
  by       "交通运输局" / "Transport Bureau"
  for each accident
  where    grave and loss > 1 万元
  from     day
  leave when licensed
  publish {
    | day < 2021-01-01 -> at least 6 months at most 3 years
    | otherwise        -> at least 3 months at most 1 years
  }
  through  "信用网站" / "Credit website", "公告栏" / "Notice board"
}
list warned "重点关注名单" / "Watch list" { basis rules7 article 3  when count(late) >= 5  leave when licensed }
penalty revoked "撤销许可" / "Licence revoked" {
  basis     rules7 article 6 (1)
  when      breach of promise and not serious
  restricts licence "许可" / "Licence"
}
offer loan "运输贷" / "Haulage loan" {
  basis     rules7 article 4
  by        "合作银行" / "Partner bank"
  when      grade in {A, B} and not serious
  grants    amount "额度" / "Amount" = if grade is A then least(revenue * 2, 500 万元) else 10 万元
  ranked by revenue
  excludes  praise
}
pledge promise "告知承诺" / "Licence by promise" {
  basis  rules7 article 9
  unless serious or months < 6
  breach when any(late where filed is absent)
  lasts  6 months
}
inspection daily "日常抽查" / "Daily inspection" {
  basis rules7 article 6 (1)
  when  grade in {A, B, C}
  rate {
    | grade is C -> 100%
    | grade is B -> 10%
    | otherwise  -> 2.5%
  }
  seed "2020-1"
  rounded up
}
matter permit "道路运输许可" / "Haulage permit" {
  basis    rules7 article 9
  by       "交通运输局" / "Transport Bureau"
  measures channel, promise
  time limit { | 10 workdays from 2018-01-01 to 2020-12-31 | 1 workday from 2021-01-01 }
}
matter renewal "换证" / "Renewal" { basis rules7 article 9  includes permit }
matter enquiry "咨询" / "Enquiry" { basis law2  no measures }
catalogue applied of measures "应用目录" / "Catalogue of measures" {
  basis law2
  rank  law, normative
  count 10
  | channel | praise | watch | serious | warned | revoked | loan | promise "承诺" / "Promise" | daily
  | "从业禁止" / "Ban from the trade"
}
catalogue known of data "数据目录" / "Catalogue of data" {
  | months | revenue | licensed | prior | late | accident | "纳税记录" / "Tax record"
}
repair of 010101 "逾期报告的修复" / "Repair of late reports" {
  basis    rules7 annex 1
  for each late
  from     listed
  to       filed
  restore {
    | within 30 days after listed and amount <= small -> 100%
    | within 30 days after listed                     -> 80%
    | otherwise                                       -> 20%
  }
}
repair of direct grave_accident "重大事故的修复" / "Repair of a grave accident" {
  basis   rules7 article 6 (1)
  when    licensed
  regrade at most B
}
case "逾期一次" {
  period 2022  as of 2023-04-30
  given {
    id = "1"  months = 60  revenue = 200 万元  licensed = yes
    late { cargo = tank  due = 2022-03-01  filed = 2022-03-20  listed = 2022-03-10  amount = 1_500 yuan }
  }
  expect { score = 95 points  repaired score = 100 points  grade = A  reward channel }
}
population "2022年度结果" {
  basis  law2
  period 2022
  as of  2023-04-30
  note   "据公报。" / "From the bulletin."
  | "合计" / "Total"        : count(firm where grade is present) >= 100
  | "甲级占比" / "Share of first class" : round(count(firm where grade is A) / count(firm), 2 places, half up) = 50%
  | "产品覆盖" / "Coverage" : every(firm where not loan or channel)
}
case "重大事故判为丙级" {
  period 2022  as of 2023-04-30
  given {
    id = "2"  months = 24  revenue = 0 yuan  licensed = no
    accident { grave = yes  day = 2022-06-01  loss = 5_000 yuan }
  }
  expect { grade = C  direct grave_accident }
}
case "不满一年" {
  period 2022  as of 2023-04-30
  given { id = "3"  months = 6  revenue = 0 yuan  licensed = yes }
  expect { not graded  exempt first_year }
}
"""
"""Forms: `for each` with and without keys, tables, caps, `unless`, every grading step, both repairs, measures of every kind, service items,
catalogues, figures, three cases."""


AMENDED = (
    SAMPLE.replace(
        "effective 2020-01-01 .. 2029-12-31",
        'effective 2020-01-01 .. 2029-12-31\n  replaced by next "运输企业信用管理" / "Credit of hauliers"',
    )
    .replace("  unless   licensed\n", "  unless   licensed\n  effective 2021-01-01 .. judged by due\n")
    .replace("effective 2021-01-01 ..\n", "effective 2021-01-01 .. 2028-12-31 judged by as of\n")
    + """
source notice3 "交运公告2022年第3号" / "Transport Notice No. 3 of 2022" {
  rank     normative
  in force 2022-06-01 ..
  article 1 "级别" / "Grades"
  article 2 "指标" / "Indicators"
}
amend grades_of_2022 "交运公告2022年第3号第一条" / "Article 1 of Notice No. 3" {
  basis     notice3 article 1
  effective 2022-06-01 .. judged by as of
  note      "以前各期重新评价的也适用。" / "Also when an earlier period is evaluated again."
  change grades Grade {
    replace band | B "乙级" / "Second" : 80 points or more under 90 points
    replace band | C "丙级" / "Third" : under 80 points
  }
}
amend rules_of_2023 "交运公告2022年第3号第二条" / "Article 2 of Notice No. 3" {
  basis     notice3 article 2
  effective 2023-01-01 ..
  applies from 2022
  insert indicator silent "未答复" / "No answer" {
    basis  notice3 article 2
    when   count(late where filed is absent) >= 3
    deduct 2 points
  }
  repeal indicator losses
  change indicator 010101 { replace deduct 6 points }
  replace define young "经营不满五年" / "In business under five years" = months < 60
}
amend pilot "试点" / "Pilot" {
  effective 2024-01-01 .. 2025-12-31
  insert indicator piloted "试点指标" / "Pilot indicator" { when licensed  add 1 points }
}
amend city "本市" / "Of the city" {
  effective    2024-01-01 ..
  jurisdiction "2102"
  change indicator 010101 { replace capped 30 points }
  repeal ceiling under_three
}
"""
)
"""The sample with amendments: by the as-of date, from a period on, for a time, and of a division alone."""


@cache
def timelines(text: str) -> tuple[Timeline, ...]:
    """A policy of one file, compiled by the compiler itself: for the nation, then for each division."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sample.credit"
        path.write_text(text, encoding="utf-8")
        return tuple(compile_timeline(path, code) for code in open_policy(path).jurisdictions())


def sample() -> Timeline:
    """The sample, which has one text."""
    return timelines(SAMPLE)[0]


def sample_history() -> PolicyHistory:
    """The sample as publishing takes it."""
    return history_of(sample())


@cache
def amended_histories() -> tuple[PolicyHistory, ...]:
    """The amended sample for the nation and the division."""
    return tuple(history_of(item) for item in timelines(AMENDED))


VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])


@dataclass
class Element:
    """One start tag: its name, its attributes, the names of the elements around it, and the text inside it."""

    tag: str
    attributes: dict[str, str]
    inside: tuple[str, ...]
    text: str = ""


@dataclass
class Page(HTMLParser):
    """Reads a page strictly: every element but the void ones must be closed, in order."""

    elements: list[Element] = field(default_factory=list)
    skeleton: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attributes]
        if len(set(names)) < len(names):
            self.faults.append(f"<{tag}> has an attribute twice")
        element = Element(tag, {name: value or "" for name, value in attributes}, tuple(e.tag for e in self.open))
        self.elements.append(element)
        self.skeleton.append(f"<{tag} {' '.join(sorted(names))}>")
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1].tag != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1].tag if self.open else 'nothing'}")
            return
        self.open.pop()
        self.skeleton.append(f"</{tag}>")
        if tag in ("th", "td", "dt", "dd", "li", "span", "p", "caption"):
            self.separate()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data

    def separate(self) -> None:
        """A cell ends a word."""
        for element in self.open:
            element.text += " "

    def handle_comment(self, data: str) -> None:
        self.skeleton.append("<!-->")

    def unknown_decl(self, data: str) -> None:
        self.skeleton.append("<![>")


def read(html: str) -> Page:
    """The page, read to its end."""
    page = Page()
    page.feed(html)
    page.close()
    page.faults.extend(f"<{element.tag}> is not closed" for element in page.open)
    return page
