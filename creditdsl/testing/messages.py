"""The wording of cases and properties, in Chinese and English."""

from creditdsl.diagnostics import Text

PROPERTIES: dict[str, Text] = {
    "total": Text(zh="每个有效主体都有结果", en="every valid subject has a result"),
    "deterministic": Text(zh="同一主体的结果总是相同", en="the same subject always has the same result"),
    "order-free": Text(zh="记录的先后次序不影响结果", en="the order of records does not change the result"),
    "adds-up": Text(zh="起评分与各项分值之和等于得分", en="the base and the findings add up to the score"),
    "in-order": Text(zh="级别按规定的次序得出", en="the grade follows the order of the steps"),
    "levels-agree": Text(zh="评价结果与说明一致", en="evaluation and explanation agree"),
    "repair-helps": Text(zh="修复不会降低得分或者级别", en="repair never lowers the score or the grade"),
    "compiled-evaluates": Text(
        zh="编译模块的评价与解释器一致", en="the compiled module evaluates as the interpreter does"
    ),
    "compiled-explains": Text(
        zh="编译模块的说明与解释器一致", en="the compiled module explains as the interpreter does"
    ),
    "refuses-alike": Text(
        zh="编译模块与解释器拒绝同样的数据", en="the compiled module refuses what the interpreter refuses"
    ),
}

FACTS: dict[str, Text] = {
    "score": Text(zh="得分", en="score"),
    "score_after_repair": Text(zh="修复后得分", en="score after repair"),
    "grade": Text(zh="级别", en="grade"),
    "grade_after_repair": Text(zh="修复后级别", en="grade after repair"),
    "refusals": Text(zh="拒绝的数据", en="refused data"),
    "record": Text(zh="记录", en="record"),
    "without": Text(zh="没有这条记录时", en="without the record"),
    "with": Text(zh="有这条记录时", en="with the record"),
    "error": Text(zh="错误", en="error"),
    "expected": Text(zh="期望", en="expected"),
    "computed": Text(zh="计算结果", en="computed"),
    "evaluator": Text(zh="计算方", en="computed by"),
    "subject": Text(zh="主体", en="subject"),
    "text": Text(zh="文本", en="text"),
}

MACHINES: dict[str, Text] = {
    "interpreter": Text(zh="解释器", en="the interpreter"),
    "python": Text(zh="编译的 Python 模块", en="the compiled Python module"),
}

PASTE = Text(zh="把下面的案例写进规则文件,即可重现", en="to reproduce it, paste this case into the rule file")
RUN_CASE = Text(
    zh="改正规则,或者改正案例中的期望值",
    en="correct the rule, or what the case expects",
)
GIVE_SUBJECT = Text(zh="改正案例中 `given` 部分的数据", en="correct the data that the case gives")

NOT_GRADED = Text(zh="不予评价", en="not graded")
APPLIES = Text(zh="适用", en="applies")
DOES_NOT_APPLY = Text(zh="不适用", en="does not apply")


def claim_title(name: str) -> Text:
    return Text(zh=f"不变式“{name}”", en=f'invariant "{name}"')


def expected_and_computed(what: Text, expected: str, computed: str) -> tuple[tuple[Text, str], ...]:
    """Two facts: what was expected of `what`, and what was computed."""
    return (
        (Text(zh=f"期望的{_spaced(what.zh)}", en=f"expected {what.en}"), expected),
        (Text(zh=f"得出的{_spaced(what.zh)}", en=f"computed {what.en}"), computed),
    )


def before_and_after(what: Text, before: str, after: str) -> tuple[tuple[Text, str], ...]:
    return (
        (Text(zh=f"修复前{what.zh}", en=f"{what.en} before repair"), before),
        (Text(zh=f"修复后{what.zh}", en=f"{what.en} after repair"), after),
    )


def property_fails(title: Text) -> Text:
    return Text(zh=f"性质不成立:{title.zh}", en=f"this does not hold: {title.en}")


def invariant_fails(name: str) -> Text:
    return Text(zh=f"不变式“{name}”对下面的主体不成立", en=f'the invariant "{name}" does not hold for this subject')


def case_fails(case: str, what: Text, expected: Text, computed: Text) -> Text:
    return Text(
        zh=f"案例“{case}”:`{what.zh}` 应为{_spaced(expected.zh)},得出{_spaced(computed.zh)}",
        en=f'case "{case}": `{what.en}`: expected {expected.en}, computed {computed.en}',
    )


def invalid_subject(case: str, problem: Text) -> Text:
    return Text(zh=f"案例“{case}”:{problem.zh}", en=f'case "{case}": {problem.en}')


def case_breaks_off(case: str, error: str) -> Text:
    return Text(zh=f"案例“{case}”无法算出结果:{error}", en=f'case "{case}" has no result: {error}')


def _spaced(text: str) -> str:
    """The text with a space before it where it begins with a Latin letter, a digit or a quoted value."""
    return f" {text}" if text[:1].isascii() and (text[:1].isalnum() or text[:1] == "`") else text


MEASURES: dict[str, Text] = {
    "reward": Text(zh="激励", en="reward"),
    "penalty": Text(zh="惩戒", en="penalty"),
    "list": Text(zh="名单", en="list"),
    "offer": Text(zh="产品", en="offer"),
    "pledge": Text(zh="承诺", en="pledge"),
    "inspection": Text(zh="抽查", en="inspection"),
}
"""The kinds of measures."""

STEPS: dict[str, Text] = {
    "exempt": Text(zh="不予评价", en="exempt"),
    "direct": Text(zh="直接判级", en="direct"),
    "assign": Text(zh="评为", en="assign"),
    "demote": Text(zh="降级", en="demote"),
    "ceiling": Text(zh="不高于", en="ceiling"),
}
"""The steps of grading."""

WORDS: dict[str, Text] = {
    "score": Text(zh="得分", en="score"),
    "grade": Text(zh="级别", en="grade"),
    "graded": Text(zh="参加评价", en="graded"),
    "in_force": Text(zh="施行中", en="in force"),
    "indicator": Text(zh="指标", en="indicator"),
    **STEPS,
    **MEASURES,
    "repair": Text(zh="修复", en="repair"),
}


def other_than(value: Text) -> Text:
    return Text(zh=f"{value.zh} 以外的结果", en=f"something other than {value.en}")


def expectation(word: str, code: str | None, *, repaired: bool) -> Text:
    """What an expectation speaks of, such as `repaired grade` or `indicator 010101`."""
    named = WORDS[word]
    behind = f" {code}" if code is not None else ""
    before_zh, before_en = ("修复后", "repaired ") if repaired else ("", "")
    return Text(zh=f"{before_zh}{named.zh}{behind}", en=f"{before_en}{named.en}{behind}")


def verbatim(text: str) -> Text:
    return Text(zh=text, en=text)


HOLDS = Text(zh="成立", en="ok")
FAILS = Text(zh="不成立", en="FAIL")
UNCOVERED = Text(zh="没有案例涉及的规则:", en="Not exercised by any case:")

KINDS: dict[str, Text] = {
    "base": Text(zh="起评分", en="start score"),
    "indicator": Text(zh="指标", en="indicator"),
    "band": Text(zh="得分区间", en="band"),
    **STEPS,
    **MEASURES,
    "repair": Text(zh="修复", en="repair"),
    "repair_direct": Text(zh="直接判级的修复", en="repair of a direct grade"),
}

ASPECTS: dict[str, Text] = {
    "fires": Text(zh="扣分或者加分", en="takes or gives points"),
    "taken": Text(zh="得出这一级别", en="gives this grade"),
    "holds": Text(zh="适用", en="applies"),
    "does-not-hold": Text(zh="不适用", en="does not apply"),
    "applies": Text(zh="适用", en="applies"),
    "gives-back": Text(zh="加回分值", en="gives points back"),
    "sets-aside": Text(zh="不再直接判级", en="sets the direct grade aside"),
}


def branch(number: int) -> Text:
    return Text(zh=f"第 {number} 种情形", en=f"alternative {number}")


def cases_counted(count: int, failed: int) -> Text:
    noun = "case" if count == 1 else "cases"
    if not failed:
        return Text(zh=f"{count} 个案例,全部符合期望", en=f"{count} {noun}, all as expected")
    return Text(zh=f"{count} 个案例,{failed} 个不符合期望", en=f"{count} {noun}, {failed} not as expected")


def subjects_tried(count: int) -> Text:
    return Text(zh=f"{count} 个主体", en=f"{count} subjects")


def coverage_counted(covered: int, count: int, percent: int) -> Text:
    return Text(
        zh=f"案例涉及的规则:{covered} / {count}({percent}%)",
        en=f"Rules exercised by the cases: {covered} of {count} ({percent} %)",
    )


def coverage_too_low(percent: int, least: int) -> Text:
    return Text(
        zh=f"案例涉及的规则为 {percent}%,低于要求的 {least}%",
        en=f"the cases exercise {percent} % of the rules, less than the {least} % asked for",
    )
