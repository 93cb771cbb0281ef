"""The wording of the checking stage, names and types: one function a message, Chinese and English.

The messages of rules and cases are in `checking.rule_messages`, of parameters, tables and bands in `checking.band_messages`.
"""

from difflib import get_close_matches

from creditdsl.checking.wording import UNITS, type_name
from creditdsl.core.types import Type, Unit
from creditdsl.diagnostics import Code, Diagnostic, Label, Severity, Text
from creditdsl.source import Span
from creditdsl.syntax import tree
from creditdsl.syntax.keywords import keyword_table

ELSEWHERE = {
    **dict.fromkeys(("bool", "boolean", "flag", "logical", "布尔", "布尔值", "是否"), tree.TypeWord.TRUTH),
    **dict.fromkeys(("string", "str", "char", "varchar", "字符串", "字符"), tree.TypeWord.TEXT),
    **dict.fromkeys(("integer", "number", "long", "bigint", "整型", "数字", "数"), tree.TypeWord.INT),
    **dict.fromkeys(("decimal", "numeric", "money", "currency", "货币", "小数"), tree.TypeWord.YUAN),
    **dict.fromkeys(("datetime", "timestamp", "day", "时间", "日"), tree.TypeWord.DATE),
    **dict.fromkeys(("rate", "ratio", "比例", "比率"), tree.TypeWord.PERCENT),
}
"""What types are called in other languages, and which is meant."""


def missing_declaration(english: str, chinese: str, span: Span) -> Diagnostic:
    return Diagnostic(
        Code.CR0013,
        span,
        Text(f"缺少 `{chinese}` 声明", f"there is no `{english}` declaration"),
        Text(f"加上一个 `{chinese} … {{ … }}`", f"add a `{english} … {{ … }}`"),
    )


def declared_twice(name: tree.Identifier, earlier: Span) -> Diagnostic:
    return Diagnostic(
        Code.CR0102,
        name.span,
        Text(f"`{name.text}` 声明了两次", f"`{name.text}` is declared twice"),
        Text("给其中一个改名,或删去重复的一个", "rename one of them, or delete the second"),
        (Label(earlier, Text("第一次在这里", "first declared here")),),
    )


def look_alike(name: str, span: Span, other: str, earlier: Span) -> Diagnostic:
    return Diagnostic(
        Code.CR0106,
        span,
        Text(f"`{name}` 与 `{other}` 只有大小写不同", f"`{name}` and `{other}` differ only in the case of letters"),
        Text("给其中一个改名", "rename one of them"),
        (Label(earlier, Text("另一个在这里", "the other one is here")),),
        severity=Severity.WARNING,
    )


def not_declared(name: str, span: Span, candidates: list[str]) -> Diagnostic:
    """`candidates` are the names that would do here; the nearest is suggested."""
    near = _nearest(name, candidates)
    if near is not None:
        remedy = _meant(near, near)
    elif candidates:
        remedy = _would_do(candidates[:8], candidates[:8])
    else:
        remedy = Text("先声明它", "declare it first")
    return _undeclared(name, span, remedy)


def no_such_type(name: str, span: Span, enums: list[str]) -> Diagnostic:
    """`enums` are the enumerations of the policy; the type that is meant is suggested, or all of them are shown."""
    words = {key: keyword for (section, key), keyword in keyword_table().items() if section == "type"}
    elsewhere = ELSEWHERE.get(name.lower())
    near = _nearest(name, [*enums, *(spelling for word in words.values() for spelling in word.spellings)])
    if elsewhere is not None:
        remedy = _meant(words[elsewhere.value].zh[0], words[elsewhere.value].en[0])
    elif near is not None:
        remedy = _meant(near, near)
    else:
        zh, en = [word.zh[0] for word in words.values()], [word.en[0] for word in words.values()]
        remedy = _would_do([*enums, *zh], [*enums, *en])
    return _undeclared(name, span, remedy)


def _undeclared(name: str, span: Span, remedy: Text) -> Diagnostic:
    return Diagnostic(Code.CR0101, span, Text(f"没有声明 `{name}`", f"`{name}` is not declared"), remedy)


def _nearest(name: str, candidates: list[str]) -> str | None:
    return next(iter(get_close_matches(name, candidates, n=1, cutoff=0.6)), None)


def _meant(zh: str, en: str) -> Text:
    return Text(f"是否想写 `{zh}`?", f"did you mean `{en}`?")


def _would_do(zh: list[str], en: list[str]) -> Text:
    shown_zh, shown_en = (", ".join(f"`{item}`" for item in items) for items in (zh, en))
    return Text(f"这里可以用:{shown_zh}", f"these would do here: {shown_en}")


def wrong_kind_of_name(name: str, span: Span) -> Diagnostic:
    return Diagnostic(
        Code.CR0107,
        span,
        Text(f"`{name}` 不是一个值", f"`{name}` is not a value"),
        Text(
            f"记录要放在 `计数({name} 其中 …)` 之类里面,表要带上参数 `{name}(…)`",
            f"records stand inside `count({name} where …)` and the like, tables take arguments: `{name}(…)`",
        ),
    )


def field_outside_its_record(name: tree.Reference, record: str) -> Diagnostic:
    return Diagnostic(
        Code.CR0108,
        name.span,
        Text(
            f"`{name.name}` 是记录 `{record}` 的字段,这里没有指明哪一条记录",
            f"`{name.name}` is a field of the record `{record}`, and no record is at hand here",
        ),
        Text(
            f"写成 `任一({record} 其中 …)`、`计数({record} 其中 …)` 或 `合计({name.name} 逐项 {record})`",
            f"write `any({record} where …)`, `count({record} where …)` or `sum({name.name} for each {record})`",
        ),
    )


def not_known_yet(name: tree.Reference) -> Diagnostic:
    english = "the score" if name.name == "score" else "the grade"
    chinese = "得分" if name.name == "score" else "级别"
    return Diagnostic(
        Code.CR0103,
        name.span,
        Text(f"在这里{chinese}还没有算出来", f"{english} is not known yet at this point"),
        Text(
            "得分可用于判级步骤与措施,级别只能用于措施与不变式",
            "the score may be used in grading steps and measures, the grade in measures and invariants only",
        ),
    )


def units_do_not_match(first: Unit, second: Unit, span: Span) -> Diagnostic:
    left, right = UNITS[first], UNITS[second]
    return Diagnostic(
        Code.CR0201,
        span,
        Text(f"单位不一致:一边是{left.zh},另一边是{right.zh}", f"units do not match: {left.en} and {right.en}"),
        Text("写出单位,如 `70 分`、`1000 元`、`10%`", "write the unit, such as `70 points`, `1000 yuan` or `10%`"),
    )


def types_do_not_fit(first: Type, second: Type, span: Span) -> Diagnostic:
    left, right = type_name(first), type_name(second)
    return Diagnostic(
        Code.CR0202,
        span,
        Text(f"{left.zh}与{right.zh}不能放在一起", f"{left.en} and {right.en} do not go together here"),
        Text(f"这里应为{right.zh}", f"this should be {right.en}"),
    )


def not_a_condition(type_: Type, span: Span) -> Diagnostic:
    name = type_name(type_)
    return Diagnostic(
        Code.CR0202,
        span,
        Text(f"这里要一个条件,写的却是{name.zh}", f"a condition is needed here, and this is {name.en}"),
        Text("写一个比较,如 `金额 >= 1000 元`", "write a comparison, such as `amount >= 1000 yuan`"),
    )


def not_a_choice(type_: Type, span: Span) -> Diagnostic:
    name = type_name(type_)
    return Diagnostic(
        Code.CR0202,
        span,
        Text(f"`为` 只用于枚举的取值,这里是{name.zh}", f"`is` compares with an enum value, and this is {name.en}"),
        Text("用 `=` 比较", "compare with `=`"),
    )


def not_a_duration(type_: Type, span: Span) -> Diagnostic:
    name = type_name(type_)
    return Diagnostic(
        Code.CR0201,
        span,
        Text(
            f"日期只能加减天、个工作日、个月、年,这里是{name.zh}",
            f"a date takes days, workdays, months or years, and this is {name.en}",
        ),
        Text("写成 `30 天` 或 `6 个月`", "write `30 days` or `6 months`"),
    )


def not_a_rate(type_: Type, span: Span) -> Diagnostic:
    name = type_name(type_)
    return Diagnostic(
        Code.CR0201,
        span,
        Text(f"这里要一个百分比,写的却是{name.zh}", f"a rate is needed here, and this is {name.en}"),
        Text("写成 `80%`", "write `80%`"),
    )


def wrong_literal(type_: Type, span: Span) -> Diagnostic:
    name = type_name(type_)
    return Diagnostic(
        Code.CR0202,
        span,
        Text(f"这里要写{name.zh}", f"this should be {name.en}"),
        Text("写一个确定的值", "write a constant of that kind"),
    )


def no_such_value(name: tree.Identifier, enum: str, names: tuple[str, ...]) -> Diagnostic:
    near = get_close_matches(name.text, names, n=1, cutoff=0.6)
    shown = ", ".join(f"`{item}`" for item in sorted(names)[:12])
    return Diagnostic(
        Code.CR0101,
        name.span,
        Text(f"`{enum}` 没有取值 `{name.text}`", f"`{enum}` has no value `{name.text}`"),
        Text(f"是否想写 `{near[0]}`?", f"did you mean `{near[0]}`?")
        if near
        else Text(f"可用的取值:{shown}", f"its values are {shown}"),
    )


def no_order(type_: Type, span: Span) -> Diagnostic:
    name = type_name(type_)
    return Diagnostic(
        Code.CR0202,
        span,
        Text(f"{name.zh}不分大小", f"{name.en} has no order"),
        Text("用 `=`、`为` 或 `在 {…}` 比较", "compare with `=`, `is` or `in {…}`"),
    )


def may_be_absent(expression: tree.Expression) -> Diagnostic:
    name = expression.name if isinstance(expression, tree.Reference) else None
    english = f"`{name}`" if name else "this value"
    chinese = f"`{name}`" if name else "这个值"
    shown = name or "x"
    return Diagnostic(
        Code.CR0203,
        expression.span,
        Text(f"{chinese}可能缺失,不能直接使用", f"{english} may be absent and cannot be used as if it were present"),
        Text(
            f"先写 `{shown} 为 已填 且 …`,或用 `{shown} 缺省 …` 给出缺失时的值",
            f"write `{shown} is present and …` first, or give a value for absence with `{shown} or else …`",
        ),
    )


def never_absent(expression: tree.Expression) -> Diagnostic:
    return Diagnostic(
        Code.CR0202,
        expression.span,
        Text("这个值不会缺失", "this value is never absent"),
        Text(
            "去掉这个判断,或把字段的类型写成可缺失的(加 `?`)",
            "leave the test out, or give the field an optional type (`?`)",
        ),
    )


def division_without_rounding(span: Span) -> Diagnostic:
    return Diagnostic(
        Code.CR0204,
        span,
        Text("相除没有写明如何舍入", "a division without rounding"),
        Text(
            "写成 `舍入(a / b, 2 位, 四舍五入)`,或把商直接用来比较:`a / b >= 10%`",
            "write `round(a / b, 2 places, half up)`, or compare the quotient: `a / b >= 10%`",
        ),
    )


def division_by_possible_zero(expression: tree.Expression) -> Diagnostic:
    shown = expression.name if isinstance(expression, tree.Reference) else "b"
    return Diagnostic(
        Code.CR0205,
        expression.span,
        Text("除数可能为零或为负", "the divisor may be zero or negative"),
        Text(f"前面加上 `{shown} > 0 且 …`", f"guard it: `{shown} > 0 and …`"),
    )


def product_without_quotient(span: Span) -> Diagnostic:
    return Diagnostic(
        Code.CR0201,
        span,
        Text("两个带单位的数相乘,结果没有单位", "a product of two units has no unit of its own"),
        Text("只能再除以其中一个单位的数", "divide it by a number of one of the two units"),
    )


def too_many_places(places: int, allowed: int, span: Span) -> Diagnostic:
    return Diagnostic(
        Code.CR0207,
        span,
        Text(
            f"小数有 {places} 位,这里最多 {allowed} 位", f"{places} decimal places, where at most {allowed} are allowed"
        ),
        Text("减少小数位,或用 `舍入(…)` 写明如何舍入", "write fewer places, or round with `round(…)`"),
    )


def aggregate_of_wrong_type(word: tree.AggregateWord, type_: Type, span: Span) -> Diagnostic:
    name = type_name(type_)
    return Diagnostic(
        Code.CR0202,
        span,
        Text(f"这里不能用{name.zh}", f"`{word.value.replace('_', ' ')}` does not take {name.en}"),
        Text(
            "合计用于数;最晚、最早用于日期;最长连续、连续用于年份或月份",
            "sum takes numbers, latest and earliest dates, longest run and streak years or months",
        ),
    )


def label_count(label: tree.Label, languages: tuple[str, ...]) -> Diagnostic:
    count = len(languages)
    return Diagnostic(
        Code.CR0014,
        label.span,
        Text(
            f"这里有 {len(label.texts)} 段文字,政策有 {count} 种语言",
            f"{len(label.texts)} texts for the {count} languages of the policy",
        ),
        Text(
            f"按 {', '.join(languages)} 的次序各写一段,用 `/` 隔开",
            f"write one for each of {', '.join(languages)}, with `/` between",
        ),
        severity=Severity.WARNING,
    )
