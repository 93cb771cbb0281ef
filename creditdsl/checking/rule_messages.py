"""The wording of the checking stage: rules, sources, bands, tables, parameters, cases."""

from collections.abc import Sequence
from datetime import date

from creditdsl.checking.wording import simple
from creditdsl.core import ir
from creditdsl.diagnostics import Code, Diagnostic, Label, Severity, Text
from creditdsl.source import NOWHERE, Span
from creditdsl.syntax import tree

Facts = list[tuple[str, str]]


def circle(declarations: Sequence[tree.Declaration]) -> Diagnostic:
    """Declarations that need each other, the first one again at the end."""
    names = [_identifier(item) for item in declarations]
    path = " → ".join(name.text for name in names)
    return Diagnostic(
        Code.CR0103,
        names[0].span,
        Text(f"这些定义互相依赖:{path}", f"these depend on each other in a circle: {path}"),
        Text("去掉其中一处引用", "take one of the references out"),
        tuple(Label(name.span, Text("在这个圈里", "in the circle")) for name in names[1:-1]),
    )


def _identifier(declaration: tree.Declaration) -> tree.Identifier:
    match declaration:
        case tree.Parameter(name=name) | tree.Define(name=name) | tree.Table(name=name):
            return name
        case (
            tree.Exempt(code=code)
            | tree.Direct(code=code)
            | tree.Assign(code=code)
            | tree.Demote(code=code)
            | tree.Ceiling(code=code)
            | tree.Measure(code=code)
            | tree.Matter(code=code)
        ):
            return code
        case tree.Case(name=name):
            return tree.Identifier(name.value, span=name.span)
        case _:
            return tree.Identifier("?", span=NOWHERE)


def ends_before_it_begins(span: Span) -> Diagnostic:
    return simple(
        Code.CR0504,
        span,
        ("结束日期早于开始日期", "the interval ends before it begins"),
        ("把两个日期对调", "exchange the two dates"),
    )


def judged_without_record(field: tree.Reference) -> Diagnostic:
    return simple(
        Code.CR0511,
        field.span,
        (
            f"施行期以 `{field.name}` 为准,可是这里没有逐项的记录",
            f"the interval is judged by `{field.name}`, and no record is at hand here",
        ),
        (
            "只有写了 `逐项` 的规则才能以记录的日期为准;也可以写 `以 期末 为准` 或 `以 截至日 为准`",
            "only a rule with `for each` can be judged by a record's day; or write `judged by period.end` or `judged by as of`",
        ),
    )


def empty_range(span: Span) -> Diagnostic:
    return simple(
        Code.CR0209,
        span,
        ("这个范围里什么也没有", "this range contains nothing"),
        ("下限应不大于上限", "the lower end must not lie above the upper end"),
    )


def within_needs_a_day(span: Span) -> Diagnostic:
    return simple(
        Code.CR0013,
        span,
        ("没有写明是哪一天在期限之内", "it is not said which day lies within the time"),
        ("写成 `申报日 在 期限 之后 30 天 内`", "write `filed within 30 days after due`"),
    )


def aggregate_inside_a_record(span: Span) -> Diagnostic:
    return simple(
        Code.CR0107,
        span,
        ("对记录逐项判断时不能再汇总记录", "records cannot be aggregated while one record is judged"),
        ("先用 `定义` 给汇总值起名,再在这里引用", "name the aggregate with `define` and use the name here"),
    )


def bad_key(name: tree.Identifier) -> Diagnostic:
    return simple(
        Code.CR0107,
        name.span,
        (f"`{name.text}` 不能作主键", f"`{name.text}` cannot be the key"),
        ("主体只有一个主键,且不可缺失", "a subject has one key, and it is never absent"),
    )


def never_used(name: tree.Identifier) -> Diagnostic:
    return Diagnostic(
        Code.CR0701,
        name.span,
        Text(f"`{name.text}` 没有被用到", f"`{name.text}` is never used"),
        Text("删去它,或检查是否漏写了规则", "delete it, or see whether a rule was forgotten"),
        severity=Severity.WARNING,
    )


def no_basis(code: tree.Identifier) -> Diagnostic:
    return Diagnostic(
        Code.CR0302,
        code.span,
        Text(f"`{code.text}` 没有写依据", f"`{code.text}` has no legal basis"),
        Text("加上 `依据 文件 条 …`", "add `basis SOURCE article …`"),
        severity=Severity.WARNING,
    )


def no_such_article(citation: tree.Citation, source: tree.Source, listed: list[str]) -> Diagnostic:
    shown = ", ".join(listed[:20])
    return Diagnostic(
        Code.CR0301,
        citation.span,
        Text(f"`{source.name.text}` 没有列出这一条", f"`{source.name.text}` does not list this place"),
        Text(f"已列出:{shown}", f"it lists {shown}"),
        (Label(source.name.span, Text("文件在这里声明", "the source is declared here")),),
    )


def cites_not_encoded(citation: tree.Citation, article: tree.SourceArticle) -> Diagnostic:
    return Diagnostic(
        Code.CR0301,
        citation.span,
        Text("引用的条文被声明为未编码", "the place cited is declared as not encoded"),
        Text("改正引用,或去掉 `未编码`", "mend the citation, or take `not encoded` away"),
        (Label(article.span, Text("在这里声明", "declared here")),),
    )


def source_not_in_force(source: tree.Source, end: date, start: date) -> Diagnostic:
    return Diagnostic(
        Code.CR0303,
        source.name.span,
        Text(
            f"`{source.name.text}` 于 {end} 失效,政策自 {start} 起施行",
            f"`{source.name.text}` ended on {end}, and the policy begins on {start}",
        ),
        Text("检查有效期", "check the dates"),
        severity=Severity.WARNING,
    )


def always_the_same(span: Span, *, holds: bool) -> Diagnostic:
    return Diagnostic(
        Code.CR0210,
        span,
        Text(
            "这个比较对所有主体都成立" if holds else "这个比较对任何主体都不成立",
            "this comparison always holds" if holds else "this comparison never holds",
        ),
        Text("检查数值和单位,或删去它", "check the number and its unit, or leave it out"),
        severity=Severity.WARNING,
    )


def grade_never_given(name: tree.Identifier) -> Diagnostic:
    return Diagnostic(
        Code.CR0407,
        name.span,
        Text(f"没有一条规则评出 `{name.text}`", f"no rule gives the grade `{name.text}`"),
        Text("加上 `评为` 或 `直接判级`,或写出它的分数范围", "add an `assign` or a `direct`, or give it a band"),
        severity=Severity.WARNING,
    )


def no_otherwise(span: Span) -> Diagnostic:
    return simple(
        Code.CR0406,
        span,
        ("没有写其他情况", "nothing is said for all other cases"),
        ("最后加上 `| 其他 -> …`", "end with `| otherwise -> …`"),
    )


def never_reached(span: Span, earlier: Span) -> Diagnostic:
    return Diagnostic(
        Code.CR0405,
        span,
        Text("这一支永远到不了", "this branch is never reached"),
        Text("`其他` 放在最后", "`otherwise` stands last"),
        (Label(earlier, Text("这里已经包括了其他情况", "this one takes all that is left")),),
    )


def overrides_needs_a_step(code: tree.Identifier) -> Diagnostic:
    return simple(
        Code.CR0107,
        code.span,
        (f"`{code.text}` 不能优先于另一类规则", f"`{code.text}` cannot override a rule of another kind"),
        (
            "判级步骤之间、措施之间可以写 `优先于`;判级步骤还可优先于指标",
            "steps override steps and indicators, measures override measures",
        ),
    )


def negative_points(span: Span) -> Diagnostic:
    return simple(
        Code.CR0208,
        span,
        ("这里的分数可能为负", "these points may be negative"),
        ("扣分用 `扣`,加分用 `加`,分数本身不为负", "deduct or add points that are not negative"),
    )


def share_out_of_bounds(span: Span) -> Diagnostic:
    return simple(
        Code.CR0211,
        span,
        ("加回的比例可能超出 0% 至 100%", "the share given back may lie outside 0% to 100%"),
        ("修复不能倒扣,也不能多还", "a repair neither takes points nor gives back more than was lost"),
    )


def bound_not_constant(span: tree.Expression) -> Diagnostic:
    return simple(
        Code.CR0202,
        span.span,
        ("上下限要写确定的分数", "a bound of the score is a constant"),
        ("写成 `上下限 0 分 .. 100 分`", "write `bounds 0 points .. 100 points`"),
    )


def total_too_large(definition: ir.Definition, span: Span | None) -> Diagnostic:
    code = definition.rule.code if definition.rule else definition.name
    return simple(
        Code.CR0206,
        span or NOWHERE,
        (f"`{code}` 的计算可能超出 64 位整数", f"the computation of `{code}` may leave 64 bits"),
        ("给字段写上更窄的范围,如 `元 在 0 .. 1亿元`", "give the fields narrower ranges, such as `yuan in 0 .. 1亿元`"),
    )


def where_without_records(span: Span) -> Diagnostic:
    return simple(
        Code.CR0015,
        span,
        ("没有 `逐项`,这一句没有意义", "this clause means nothing without `for each`"),
        ("加上 `逐项 记录`,或改写成 `当 …`", "add `for each RECORD`, or write a `when`"),
    )


def repair_without_records(name: tree.Identifier) -> Diagnostic:
    return simple(
        Code.CR0107,
        name.span,
        (
            f"`{name.text}` 不是逐项计分的指标,不能按记录修复",
            f"`{name.text}` does not go through records, so no record repairs it",
        ),
        ("给指标加上 `逐项`", "give the indicator a `for each`"),
    )


def repair_of_bonus(name: tree.Identifier) -> Diagnostic:
    return simple(
        Code.CR0107,
        name.span,
        (f"`{name.text}` 是加分指标,没有可修复的", f"`{name.text}` adds points, and there is nothing to repair"),
        ("修复只用于扣分指标", "only deductions are repaired"),
    )


def repair_of_other_records(name: tree.Identifier, record: str) -> Diagnostic:
    return simple(
        Code.CR0107,
        name.span,
        (f"指标逐项的是 `{record}`,不是 `{name.text}`", f"the indicator goes through `{record}`, not `{name.text}`"),
        (f"写 `逐项 {record}`", f"write `for each {record}`"),
    )


def repair_without_grounds(name: tree.Identifier) -> Diagnostic:
    return simple(
        Code.CR0013,
        name.span,
        ("没有写在什么情况下修复", "it is not said when this is repaired"),
        ("加上 `当 …`,或 `逐项 记录 …`", "add `when …`, or `for each RECORD …`"),
    )


def case_without_dates(span: Span) -> Diagnostic:
    return simple(
        Code.CR0013,
        span,
        ("案例没有写评价期和截至日", "the case does not say its period and as-of date"),
        ("写上 `评价期 2020 截至 2021-04-30`", "write `period 2020 as of 2021-04-30`"),
    )


def invalid_case(case: ir.Case, problem: Diagnostic) -> Diagnostic:
    return Diagnostic(
        Code.CR0603,
        case.span,
        Text(
            f"案例的主体不合格:{problem.message.zh}",
            f"the case does not describe a valid subject: {problem.message.en}",
        ),
        problem.help,
    )
