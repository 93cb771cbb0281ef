"""The wording of the checking stage: measures, service items and catalogues."""

from creditdsl.checking.wording import simple
from creditdsl.diagnostics import Code, Diagnostic, Label, Text
from creditdsl.source import Span
from creditdsl.syntax import tree

WORDS: dict[tree.CatalogueWord | tree.MeasureWord, Text] = {
    tree.CatalogueWord.DATA: Text("数据目录", "the catalogue of data"),
    tree.CatalogueWord.CONDUCT: Text("行为目录", "the catalogue of conduct"),
    tree.CatalogueWord.MEASURES: Text("措施目录", "the catalogue of measures"),
    tree.MeasureWord.REWARD: Text("激励目录", "the catalogue of rewards"),
    tree.MeasureWord.PENALTY: Text("惩戒目录", "the catalogue of penalties"),
    tree.MeasureWord.LIST: Text("名单目录", "the catalogue of lists"),
    tree.MeasureWord.OFFER: Text("产品目录", "the catalogue of offers"),
    tree.MeasureWord.PLEDGE: Text("承诺目录", "the catalogue of pledges"),
    tree.MeasureWord.INSPECTION: Text("抽查目录", "the catalogue of inspections"),
}


def no_time_limit(span: Span) -> Diagnostic:
    return simple(
        Code.CR0202,
        span,
        ("时限是一段时间", "a time limit is a length of time"),
        ("写数字和单位,如 `10个工作日`、`30 天`", "write a number with its unit, such as `10 workdays` or `30 days`"),
    )


def two_limits(matter: tree.Matter, earlier: tree.DatedValue, later: tree.DatedValue) -> Diagnostic:
    name = matter.code.text
    return Diagnostic(
        Code.CR0502,
        later.span,
        Text(f"事项 `{name}` 在 {later.start} 有两个时限", f"the matter `{name}` has two time limits on {later.start}"),
        Text("让前一个时限先结束", "let the earlier limit end before"),
        (Label(earlier.span, Text("前一个时限", "the earlier limit")),),
    )


def not_catalogued(name: tree.Identifier, catalogue: tree.Catalogue) -> Diagnostic:
    words = WORDS[catalogue.word]
    return Diagnostic(
        Code.CR0408,
        name.span,
        Text(
            f"`{name.text}` 不在{words.zh} `{catalogue.name.text}` 里",
            f"`{name.text}` is not in {words.en} `{catalogue.name.text}`",
        ),
        Text(
            "目录是封闭的:把它列入目录,或者从政策里去掉",
            "a catalogue is closed: list it there, or take it out of the policy",
        ),
        (Label(catalogue.name.span, Text("目录", "the catalogue")),),
    )


def other_count(count: tree.Number, rows: int) -> Diagnostic:
    return simple(
        Code.CR0409,
        count.span,
        (f"目录有 {rows} 项", f"the catalogue has {rows} rows"),
        ("改共计数,或者增减条目", "change the count, or the rows"),
    )


def rank_too_low(rule: tree.Identifier, row: tree.Identifier, catalogue: tree.Catalogue) -> Diagnostic:
    ranks = ", ".join(item.text for item in catalogue.ranks)
    return Diagnostic(
        Code.CR0304,
        rule.span,
        Text(
            f"`{rule.text}` 的依据没有目录 `{catalogue.name.text}` 要求的效力",
            f"no basis of `{rule.text}` has a rank that the catalogue `{catalogue.name.text}` asks for",
        ),
        Text(
            "引用效力相符的文件,或者把它移出目录",
            f"cite a source of such a rank ({ranks}), or take it off the catalogue",
        ),
        (Label(row.span, Text("目录里的条目", "its row in the catalogue")),),
    )
