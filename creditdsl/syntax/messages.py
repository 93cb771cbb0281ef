"""The wording of everything that reading rule text finds wrong, in Chinese and English."""

from collections.abc import Mapping, Sequence

from creditdsl.diagnostics import Code, Diagnostic, Label, Language, Text
from creditdsl.source import Span
from creditdsl.syntax.keywords import keyword_table

CLAUSE_WORDS: Mapping[str, tuple[str, str]] = {
    "subject_clause": ("declaration", "subject"),
    "case_period": ("clause", "period"),
    "case_date": ("expression", "as_of"),
    "source_article": ("clause", "article"),
    "source_omission": ("clause", "not_encoded"),
    "repair_direct": ("declaration", "repair"),
    "dated_value": ("amendment", "value"),
    "enum_value": ("amendment", "value"),
    "value": ("amendment", "value"),
    "band": ("amendment", "band"),
    "branch": ("amendment", "branch"),
    "field": ("amendment", "field"),
    "change": ("amendment", "change"),
}
"""Grammar rules that are not named like their keyword."""


def word(rule: str, language: Language) -> str:
    """The keyword that a clause or declaration begins with."""
    table = keyword_table()
    if rule in CLAUSE_WORDS:
        return table[CLAUSE_WORDS[rule]].written(language)
    entry = table.get(("clause", rule)) or table[("declaration", rule)]
    return entry.written(language)


def quoted(rule: str) -> Text:
    return Text(f"`{word(rule, 'zh')}`", f"`{word(rule, 'en')}`")


# The file as a whole


def not_utf8(span: Span, *, gb18030: bool) -> Diagnostic:
    message = Text("文件不是 UTF-8 编码的文本。", "The file is not UTF-8 text.")
    if gb18030:
        help_ = Text(
            "它看来是 GB 18030 编码; 请用编辑器另存为 UTF-8。",
            "It looks like GB 18030; save it as UTF-8 in your editor.",
        )
    else:
        help_ = Text("请用编辑器另存为 UTF-8。", "Save it as UTF-8 in your editor.")
    return Diagnostic(Code.CR0001, span, message, help_)


def binary(span: Span) -> Diagnostic:
    return Diagnostic(
        Code.CR0001,
        span,
        Text("这是二进制文件, 不是规则文本。", "This is a binary file, not rule text."),
        Text(
            "规则文件是扩展名为 .credit 的 UTF-8 纯文本。", "A rule file is plain UTF-8 text with the ending .credit."
        ),
    )


def empty(span: Span) -> Diagnostic:
    return Diagnostic(
        Code.CR0002,
        span,
        Text("文件是空的。", "The file is empty."),
        Text(
            "可用 `creditdsl new NAME` 建一份完整的政策作为开端。",
            "Start from a complete policy with `creditdsl new NAME`.",
        ),
    )


def too_large(span: Span, size: int, limit: int) -> Diagnostic:
    return Diagnostic(
        Code.CR0003,
        span,
        Text(
            f"文件有 {size:_} 字节, 超过了 {limit:_} 字节的上限。",
            f"The file has {size:_} bytes, more than the limit of {limit:_}.",
        ),
        Text("请拆成几个文件, 用 `引用` 连接。", "Split it into several files and join them with `use`."),
    )


def unreadable(span: Span, reason: Text) -> Diagnostic:
    return Diagnostic(
        Code.CR0010,
        span,
        Text(f"文件无法读取: {reason.zh}。", f"The file cannot be read: {reason.en}."),
        Text("请检查路径和权限。", "Check the path and the permissions."),
    )


def too_deep(span: Span, limit: int) -> Diagnostic:
    return Diagnostic(
        Code.CR0004,
        span,
        Text(f"括号嵌套超过 {limit} 层。", f"Brackets are nested more than {limit} levels deep."),
        Text("请用 `定义` 给其中一部分起名。", "Give a part of it a name with `define`."),
    )


def too_long_expression(span: Span, limit: int) -> Diagnostic:
    return Diagnostic(
        Code.CR0004,
        span,
        Text(f"表达式超过 {limit} 层。", f"The expression is more than {limit} levels deep."),
        Text(
            "请用 `定义` 给其中一部分起名, 或改用集合或表。",
            "Give a part of it a name with `define`, or use a set or a table.",
        ),
    )


def token_too_long(span: Span, limit: int) -> Diagnostic:
    return Diagnostic(
        Code.CR0005,
        span,
        Text(
            f"一个词或一段引号内的文字超过 {limit:_} 个字符。",
            f"A word or a text in quotes is longer than {limit:_} characters.",
        ),
        Text("请拆成几条 `说明`。", "Split it into several `note` clauses."),
    )


def too_many_digits(span: Span, limit: int) -> Diagnostic:
    return Diagnostic(
        Code.CR0009,
        span,
        Text(f"这个数超过 {limit} 位数字。", f"The number has more than {limit} digits."),
        Text(
            "金额最大以万亿计, 十八位足够; 请检查是否多输了。",
            "Eighteen digits hold any amount of a policy; check for a typing error.",
        ),
    )


# Characters


def hidden_character(span: Span, character: str, kind: Text) -> Diagnostic:
    code_point = f"U+{ord(character):04X}"
    return Diagnostic(
        Code.CR0006,
        span,
        Text(f"这里有看不见的{kind.zh} {code_point}。", f"There is an invisible {kind.en} {code_point} here."),
        Text(
            "请删除它; 它会让人看到的文字与实际不同。", "Delete it; it makes the text look different from what it is."
        ),
    )


def look_alike(span: Span, name: str, plain: str, characters: Sequence[str]) -> Diagnostic:
    listed = ", ".join(f"{character} U+{ord(character):04X}" for character in characters)
    return Diagnostic(
        Code.CR0006,
        span,
        Text(f"名称 `{name}` 里有形似字母: {listed}。", f"The name `{name}` contains look-alike letters: {listed}."),
        Text(f"请写 `{plain}`。", f"Write `{plain}`."),
    )


def unknown_escape(span: Span, text: str) -> Diagnostic:
    return Diagnostic(
        Code.CR0006,
        span,
        Text(f"引号内不能用 `{text}`。", f"`{text}` has no meaning in a text."),
        Text(
            '反斜杠写作 `\\\\`, 引号写作 `\\"`, 换行写作 `\\n`。',
            'Write `\\\\` for a backslash, `\\"` for a quote, `\\n` for a line break.',
        ),
    )


def unclosed_string(span: Span, closing: str) -> Diagnostic:
    return Diagnostic(
        Code.CR0007,
        span,
        Text(
            "引号没有配对: 文字必须在同一行内结束。", "The text is not closed: it must end on the line where it begins."
        ),
        Text(f"请在行末之前加上 `{closing}`。", f"Add `{closing}` before the end of the line."),
    )


# Words


def unexpected(span: Span, found: Text, help_: Text | None) -> Diagnostic:
    return Diagnostic(Code.CR0008, span, Text(f"{found.zh}不能出现在这里。", f"{found.en} cannot stand here."), help_)


def glued(span: Span, keyword: str, rest: str) -> Diagnostic:
    return Diagnostic(
        Code.CR0011,
        span,
        Text(f"关键词 `{keyword}` 与后面的文字连在了一起。", f"The keyword `{keyword}` is glued to what follows."),
        Text(f"请用空格隔开: `{keyword} {rest}`。", f"Put a space between them: `{keyword} {rest}`."),
    )


# Clauses


def clause_twice(span: Span, first: Span, rule: str) -> Diagnostic:
    name = quoted(rule)
    return Diagnostic(
        Code.CR0012,
        span,
        Text(f"{name.zh} 写了两次。", f"{name.en} is given twice."),
        Text("请只保留一个。", "Keep one of them."),
        (Label(first, Text("第一次在这里", "first given here")),),
    )


def missing_clause(span: Span, rule: str, declaration: str) -> Diagnostic:
    name, owner = quoted(rule), quoted(declaration)
    return Diagnostic(
        Code.CR0013,
        span,
        Text(f"{owner.zh} 缺少 {name.zh}。", f"This {owner.en} has no {name.en}."),
        Text(f"请在花括号内加上 {name.zh}。", f"Add {name.en} between the braces."),
    )


def clause_needs(span: Span, rule: str, needed: str) -> Diagnostic:
    name, other = quoted(rule), quoted(needed)
    return Diagnostic(
        Code.CR0013,
        span,
        Text(f"有 {name.zh} 就必须有 {other.zh}。", f"{name.en} needs {other.en}."),
        Text(f"请加上 {other.zh}, 或去掉 {name.zh}。", f"Add {other.en}, or remove {name.en}."),
    )


def nothing_inside(span: Span, declaration: str) -> Diagnostic:
    owner = quoted(declaration)
    return Diagnostic(
        Code.CR0013,
        span,
        Text(f"{owner.zh} 里没有任何内容。", f"There is nothing in this {owner.en}."),
        Text(INSIDE[declaration].zh, INSIDE[declaration].en),
    )


INSIDE: Mapping[str, Text] = {
    "enum": Text("请列出取值, 如 `枚举 税种 { 增值税 所得税 }`。", "List its values: `enum Tax { vat cit }`."),
    "parameter": Text(
        "请写出值和起始日, 如 `| 1000 元 自 2020-01-01`。",
        "Give a value and its first day: `| 1000 yuan from 2020-01-01`.",
    ),
    "table": Text("请至少写一行, 如 `| 任意 -> 1%`。", "Write at least one row: `| any -> 1%`."),
    "amend": Text("请写出修订的内容, 如 `废止 指标 010101`。", "Say what it changes: `repeal indicator 010101`."),
    "change": Text("请写出改动, 如 `替换 扣 3 分`。", "Say what changes in it: `replace deduct 3 points`."),
    "grades": Text("请由好到差列出各级, 如 `| A : 90 以上`。", "List the grades, best first: `| A : 90 or more`."),
}


def nothing_to_repeal(span: Span) -> Diagnostic:
    return Diagnostic(
        Code.CR0015,
        span,
        Text("不能用修订废止整个政策。", "An amendment cannot repeal the whole policy."),
        Text(
            "写在政策的 `施行` 里: 最后一天放在 `..` 之后。",
            "Say it in the `effective` of the policy: put its last day behind the `..`.",
        ),
    )


def misplaced_clause(span: Span, rule: str, declaration: str) -> Diagnostic:
    name, owner = quoted(rule), quoted(declaration)
    return Diagnostic(
        Code.CR0015,
        span,
        Text(f"{name.zh} 不属于 {owner.zh}。", f"{name.en} does not belong in {owner.en}."),
        Text("请把它移到该用它的声明里, 或删去。", "Move it to the declaration that takes it, or delete it."),
    )


# Literals


def no_such_date(span: Span, text: str) -> Diagnostic:
    return Diagnostic(
        Code.CR0503,
        span,
        Text(f"没有 `{text}` 这一天。", f"There is no day `{text}`."),
        Text("请写实际存在的日期, 如 `2020-02-29`。", "Write a day that exists, such as `2020-02-29`."),
    )


def no_such_month(span: Span, text: str) -> Diagnostic:
    return Diagnostic(
        Code.CR0503,
        span,
        Text(f"没有 `{text}` 这个月。", f"There is no month `{text}`."),
        Text("月份从 01 到 12, 如 `2020-11`。", "Months go from 01 to 12, such as `2020-11`."),
    )


def not_whole(span: Span, text: str) -> Diagnostic:
    return Diagnostic(
        Code.CR0008,
        span,
        Text(f"这里的 `{text}` 必须是整数。", f"`{text}` must be a whole number here."),
        Text("请写不带小数的数。", "Write it without decimals."),
    )
