"""The wording of everything that is wrong with amendments, in Chinese and English."""

import dataclasses
from collections.abc import Sequence
from datetime import date
from difflib import get_close_matches

from creditdsl.amending.moments import ALWAYS, Days, Moment, Slice, days_of
from creditdsl.amending.paths import Key
from creditdsl.core.ir import PeriodKind
from creditdsl.core.periods import EXAMPLES
from creditdsl.diagnostics import Code, Diagnostic, Label, Language, Severity, Text
from creditdsl.source import NOWHERE, Span
from creditdsl.syntax import tree
from creditdsl.syntax.messages import quoted, word

MOST_TEXTS = 3
"""How many of the texts that a fault is in are named."""


def described(key: Key) -> Text:
    """`indicator 010101`, 指标 `010101`."""
    kind, name = key
    repaired = kind == "repair_direct"
    zh = word("repair", "zh") + word("direct", "zh") if repaired else word(kind, "zh")
    en = f"{word('repair', 'en')} of {word('direct', 'en')}" if repaired else word(kind, "en")
    shown = f" `{name}`" if name else ""
    return Text(f"{zh}{shown}", f"{en}{shown}")


def _near(name: str, names: Sequence[str]) -> Text | None:
    close = get_close_matches(name, list(names), 1, 0.6)
    if close:
        return Text(f"是不是 `{close[0]}`?", f"did you mean `{close[0]}`?")
    listed = [item for item in names if item][:8]
    if not listed:
        return None
    more = len(names) > len(listed)
    return Text(
        "现有的是 " + "、".join(f"`{item}`" for item in listed) + (" 等" if more else ""),
        "what is there: " + ", ".join(f"`{item}`" for item in listed) + (" and more" if more else ""),
    )


def nothing_there(key: Key, span: Span, day: Text, names: Sequence[str]) -> Diagnostic:
    what = described(key)
    return Diagnostic(
        Code.CR0506,
        span,
        Text(f"{day.zh}的文本里没有{what.zh}", f"there is no {what.en} in the text {day.en}"),
        _near(key[1], names) or Text("增加它用 `增加`", "to add it, use `insert`"),
    )


def several_there(key: Key, span: Span) -> Diagnostic:
    what = described(key)
    return Diagnostic(
        Code.CR0506,
        span,
        Text(
            f"有几个{what.zh},不清楚改的是哪一个",
            f"there is more than one {what.en}, and it is not clear which is meant",
        ),
        Text("先 `废止`(全部),再 `增加` 新的", "`repeal` it (all of them), then `insert` the new ones"),
    )


def no_such_part(name: str, span: Span, kind: str, names: Sequence[str]) -> Diagnostic:
    owner = quoted(kind)
    return Diagnostic(
        Code.CR0506,
        span,
        Text(f"{owner.zh} 里没有 `{name}`", f"there is no `{name}` in this {owner.en}"),
        _near(name, names),
    )


def no_such_clause(rule: str, span: Span, kind: str) -> Diagnostic:
    clause, owner = quoted(rule), quoted(kind)
    return Diagnostic(
        Code.CR0506,
        span,
        Text(f"{owner.zh} 没有 {clause.zh}", f"this {owner.en} has no {clause.en}"),
        Text(f"增加它用 `增加 {word(rule, 'zh')} …`", f"to add it, write `insert {word(rule, 'en')} …`"),
    )


def no_branches(span: Span, kind: str) -> Diagnostic:
    owner = quoted(kind)
    return Diagnostic(
        Code.CR0506,
        span,
        Text(f"{owner.zh} 的值不分情况,没有分支", f"the value of this {owner.en} has no branches"),
        Text("用 `替换` 换掉整个值", "`replace` the whole value"),
    )


def there_already(key: Key, span: Span, first: Span) -> Diagnostic:
    what = described(key)
    return Diagnostic(
        Code.CR0507,
        span,
        Text(f"已经有{what.zh}了", f"there is a {what.en} already"),
        Text("换掉它用 `替换`,改其中一处用 `修改`", "use `replace` for another one, `change` for a part of it"),
        (Label(first, Text("现有的在这里", "here it is")),),
    )


def clause_there_already(part: tree.ClausePart, kind: str) -> Diagnostic:
    clause, owner = quoted(part.rule), quoted(kind)
    return Diagnostic(
        Code.CR0507,
        part.span,
        Text(f"{owner.zh} 已经有 {clause.zh} 了", f"this {owner.en} has its {clause.en} already"),
        Text("换掉它用 `替换`", "use `replace` for another one"),
    )


def part_there_already(name: str, span: Span) -> Diagnostic:
    return Diagnostic(
        Code.CR0507,
        span,
        Text(f"已经有 `{name}` 了", f"there is `{name}` already"),
        Text("换掉它用 `替换`", "use `replace` for another one"),
    )


def without_order(first: tree.Amend, second: tree.Amend, places: tuple[Span, Span]) -> Diagnostic:
    return Diagnostic(
        Code.CR0508,
        places[1],
        Text(
            f"`{first.name.text}` 和 `{second.name.text}` 同一天起施行,改的是同一处,先后不明",
            f"`{first.name.text}` and `{second.name.text}` begin on one day and touch the same thing, in no order",
        ),
        Text(
            f"在后改的一个里写 `后于 {first.name.text}`",
            f"write `follows {first.name.text}` in the one that is made later",
        ),
        (Label(places[0], Text("另一处改动", "the other change")),),
    )


def follows_unknown(name: tree.Identifier, names: Sequence[str]) -> Diagnostic:
    return Diagnostic(
        Code.CR0101,
        name.span,
        Text(f"没有名为 `{name.text}` 的修订", f"there is no amendment named `{name.text}`"),
        _near(name.text, names),
    )


def declared_twice(name: tree.Identifier, first: Span) -> Diagnostic:
    return Diagnostic(
        Code.CR0102,
        name.span,
        Text(f"`{name.text}` 已经声明过了", f"`{name.text}` is declared twice"),
        Text("给其中一个另起名称", "give one of them another name"),
        (Label(first, Text("第一次声明在这里", "first declared here")),),
    )


def in_a_circle(amendments: Sequence[tree.Amend]) -> Diagnostic:
    names = " → ".join(item.name.text for item in amendments)
    return Diagnostic(
        Code.CR0509,
        amendments[0].name.span,
        Text(f"修订互相排在对方之后: {names}", f"the amendments follow each other in a circle: {names}"),
        Text("去掉其中一个 `后于`", "take one of the `follows` out"),
    )


def follows_a_later_one(name: tree.Identifier, later: tree.Amend) -> Diagnostic:
    return Diagnostic(
        Code.CR0509,
        name.span,
        Text(f"`{name.text}` 的施行日在后,不能排在它之后", f"`{name.text}` begins later, and this cannot follow it"),
        Text(
            "先施行的先改;`后于` 只用来排同一天的修订",
            "what begins earlier is made earlier; `follows` orders those of one day",
        ),
        (Label(later.name.span, Text("这个修订", "the amendment")),),
    )


def without_effect(amendment: tree.Amend, *, outside: bool) -> Diagnostic:
    name = amendment.name
    reason = (
        Text("政策在那时不施行", "the policy is not in force then")
        if outside
        else Text("没有一次评价落在它的时间里", "no evaluation falls into its time")
    )
    return Diagnostic(
        Code.CR0510,
        name.span,
        Text(
            f"修订 `{name.text}` 从不起作用: {reason.zh}",
            f"the amendment `{name.text}` never takes effect: {reason.en}",
        ),
        Text(
            "检查它的 `施行`、`适用`,以及政策的 `施行`",
            "look at its `effective` and `applies`, and at the policy's `effective`",
        ),
        severity=Severity.WARNING,
    )


def not_in_force(policy: tree.Policy, moment: Moment) -> Diagnostic:
    """The policy is not in force yet, or no more, for an evaluation; with the policy that took its place."""
    ends, made = days_of(policy.effective), days_of(policy.evaluated)
    early = moment.period_end < ends.first or moment.as_of < made.first
    shown = moment.period_end if moment.period_end not in ends else moment.as_of
    bounds = ends if moment.period_end not in ends else made
    if early:
        message = Text(
            f"{shown.isoformat()} 时政策 `{policy.name.text}` 尚未施行(自 {bounds.first.isoformat()} 起施行)",
            f"the policy `{policy.name.text}` is not yet in force on {shown.isoformat()}: it begins on {bounds.first.isoformat()}",
        )
    else:
        message = Text(
            f"{shown.isoformat()} 时政策 `{policy.name.text}` 已不再施行(施行至 {bounds.last.isoformat()})",
            f"the policy `{policy.name.text}` is no longer in force on {shown.isoformat()}: it ended on {bounds.last.isoformat()}",
        )
    return Diagnostic(Code.CR0911, NOWHERE, message, None if early else _successor(policy))


def _successor(policy: tree.Policy) -> Text | None:
    successor = policy.replaced_by
    if successor is None:
        return None
    texts = successor.label.texts if successor.label is not None else ()
    by_language = dict(zip((item.text for item in policy.languages), texts, strict=False))
    zh = f" “{by_language['zh']}”" if "zh" in by_language else ""
    en = f" “{by_language['en']}”" if "en" in by_language else ""
    return Text(
        f"此后施行的是政策 `{successor.name.text}`{zh}", f"the policy `{successor.name.text}`{en} took its place"
    )


def case_out_of_force(case: tree.Case, policy: tree.Policy, moment: Moment) -> Diagnostic:
    said = not_in_force(policy, moment).message
    return Diagnostic(
        Code.CR0603,
        case.name.span,
        Text(
            f"案例“{case.name.value}”没有可用的规则: {said.zh}", f"the case “{case.name.value}” has no rules: {said.en}"
        ),
        Text("改它的日期,或只写 `未 有效`", "change its dates, or expect nothing but `not in force`"),
    )


def population_out_of_force(population: tree.Population, policy: tree.Policy, moment: Moment) -> Diagnostic:
    said = not_in_force(policy, moment).message
    name = population.name.value
    return Diagnostic(
        Code.CR0911,
        population.name.span,
        Text(f"总体 `{name}` 没有可用的规则: {said.zh}", f"the population `{name}` has no rules: {said.en}"),
        Text("改它的评价期或截至日", "change its period or its as-of date"),
    )


def in_texts(item: Diagnostic, slices: Sequence[Slice]) -> Diagnostic:
    """A finding with the texts that it is in."""
    shown = [shown_slice(slice_) for slice_ in slices]
    name = Text("文本", "text")
    if len(shown) > MOST_TEXTS:
        shown[MOST_TEXTS:] = [f"… ({len(shown)})"]
    return dataclasses.replace(item, facts=(*item.facts, *((name, text) for text in shown)))


def shown_slice(slice_: Slice, language: Language = "en") -> str:
    """`2014-10-01 .. 2020-10-31`, and behind a comma the as-of dates where they matter."""
    parts = [shown_days(slice_.ends)] if slice_.ends != ALWAYS or slice_.made == ALWAYS else []
    if slice_.made != ALWAYS:
        word = "截至日" if language == "zh" else "as of"
        parts.append(f"{word} {shown_days(slice_.made)}")
    if slice_.jurisdiction is not None:
        parts.append(slice_.jurisdiction)
    return ", ".join(parts)


def shown_days(days: Days) -> str:
    first = "" if days.first == date.min else days.first.isoformat()
    last = "" if days.last == date.max else days.last.isoformat()
    return f"{first} .. {last}".strip()


def period_not_fitting(period: tree.PeriodLiteral, kinds: Sequence[PeriodKind]) -> Diagnostic:
    shown = [f"`{EXAMPLES[kind]}`" for kind in kinds]
    return Diagnostic(
        Code.CR0914,
        period.span,
        Text("评价期与政策的评价期长短不符", "the period is not of the policy's length"),
        Text(f"写成 {'、'.join(shown)} 的样子", f"write it like {', '.join(shown)}"),
    )


def start_inside_a_period(amendment: tree.Amend, longest: PeriodKind) -> Diagnostic:
    """Where periods have several lengths, one that begins in the middle of another cannot divide them."""
    words = {PeriodKind.YEAR: Text("年", "year"), PeriodKind.QUARTER: Text("季度", "quarter")}
    word = words.get(longest, Text("月", "month"))
    span = amendment.span if amendment.effective is None else amendment.effective.span
    return Diagnostic(
        Code.CR0914,
        span,
        Text(
            f"评价期有几种长短,以评价期第一日为准的修订只能从一{word.zh}的第一日施行,到一{word.zh}的最后一日",
            f"with periods of several lengths, an amendment judged by the start of a period begins and ends with a {word.en}",
        ),
        Text(
            "改它的日期,或以评价期末日、截至日为准",
            "change its days, or judge it by the end of the period or by the as-of date",
        ),
    )


def too_many_texts(policy: tree.Policy, count: int, most: int) -> Diagnostic:
    return Diagnostic(
        Code.CR0513,
        policy.name.span,
        Text(
            f"修订的施行日把评价期和评价日分成了 {count:_} 格,最多 {most:_} 格",
            f"the days of the amendments part periods and days of evaluation into {count:_} fields, at most {most:_} are allowed",
        ),
        Text(
            "把早已取代的修订并入原文(`creditdsl consolidate`),以后的时间另作一个政策",
            "make the older amendments part of the original with `creditdsl consolidate`, as a policy of a later time",
        ),
    )


def judged_by_a_field(span: Span) -> Diagnostic:
    return Diagnostic(
        Code.CR0511,
        span,
        Text("修订不能以记录的日期为准", "an amendment cannot be judged by a record's day"),
        Text(
            "写 `以 截至日 为准`,或在规则里写 `施行 … 以 … 为准`",
            "write `judged by as of`, or put `effective … judged by …` into the rule",
        ),
    )
