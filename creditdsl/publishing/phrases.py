"""The wording of expressions: one table for each family of them, with `{slots}` for what they join.

A comparison says whether it includes its number: 不满 and 超过 exclude it, 不低于 and 不超过 include it.
"""

from creditdsl.diagnostics import Text
from creditdsl.syntax.tree import (
    AggregateWord,
    BetweenWord,
    BinaryOperator,
    ContextWord,
    MeasureWord,
    PartWord,
    RoundingMode,
)

COMPARISONS: dict[BinaryOperator, Text] = {
    BinaryOperator.EQUAL: Text("{a}为{b}", "{a} is {b}"),
    BinaryOperator.NOT_EQUAL: Text("{a}不为{b}", "{a} is not {b}"),
    BinaryOperator.LESS: Text("{a}不满{b}", "{a} is under {b}"),
    BinaryOperator.LESS_OR_EQUAL: Text("{a}不超过{b}", "{a} is at most {b}"),
    BinaryOperator.GREATER: Text("{a}超过{b}", "{a} is over {b}"),
    BinaryOperator.GREATER_OR_EQUAL: Text("{a}不低于{b}", "{a} is at least {b}"),
}
TIME_COMPARISONS: dict[BinaryOperator, Text] = {
    BinaryOperator.EQUAL: Text("{a}为{b}", "{a} is {b}"),
    BinaryOperator.NOT_EQUAL: Text("{a}不为{b}", "{a} is not {b}"),
    BinaryOperator.LESS: Text("{a}早于{b}", "{a} is before {b}"),
    BinaryOperator.LESS_OR_EQUAL: Text("{a}不晚于{b}", "{a} is not after {b}"),
    BinaryOperator.GREATER: Text("{a}晚于{b}", "{a} is after {b}"),
    BinaryOperator.GREATER_OR_EQUAL: Text("{a}不早于{b}", "{a} is not before {b}"),
}
LOGIC: dict[BinaryOperator, Text] = {
    BinaryOperator.AND: Text("{a}，且{b}", "{a} and {b}"),
    BinaryOperator.OR: Text("{a}，或者{b}", "{a} or {b}"),
    BinaryOperator.IMPLIES: Text("如{a}，则{b}", "if {a}, then {b}"),
}
ARITHMETIC: dict[BinaryOperator, Text] = {
    BinaryOperator.ADD: Text("{a} + {b}", "{a} + {b}"),
    BinaryOperator.SUBTRACT: Text("{a} \u2212 {b}", "{a} \u2212 {b}"),
    BinaryOperator.MULTIPLY: Text("{a} × {b}", "{a} × {b}"),
    BinaryOperator.DIVIDE: Text("{a} ÷ {b}", "{a} ÷ {b}"),
    BinaryOperator.OF: Text("{b}的{a}", "{a} of {b}"),
}
CONTEXT: dict[ContextWord, Text] = {
    ContextWord.PERIOD_START: Text("评价期首日", "the first day of the period"),
    ContextWord.PERIOD_END: Text("评价期末日", "the last day of the period"),
    ContextWord.PERIOD_MONTHS: Text("评价期的月数", "the number of months in the period"),
    ContextWord.AS_OF: Text("评价日", "the as-of date"),
}
RESULTS: dict[str, Text] = {
    "score": Text("得分", "score"),
    "score_after": Text("修复后得分", "score after repair"),
    "grade": Text("级别", "grade"),
    "grade_after": Text("修复后级别", "grade after repair"),
}
BETWEEN: dict[BetweenWord, Text] = {
    BetweenWord.DAYS: Text("{a}至{b}的天数", "the days from {a} to {b}"),
    BetweenWord.WORKDAYS: Text("{a}至{b}的工作日数", "the working days from {a} to {b}"),
    BetweenWord.MONTHS: Text("{a}至{b}的足月数", "the whole months from {a} to {b}"),
    BetweenWord.YEARS: Text("{a}至{b}的周年数", "the whole years from {a} to {b}"),
}
ROLLED = Text("{a}（遇休息日顺延至下一工作日）", "{a} (or the next working day, when that is a day of rest)")
PARTS: dict[PartWord, Text] = {
    PartWord.YEAR: Text("{a}所在年度", "the year of {a}"),
    PartWord.MONTH: Text("{a}所在月份", "the month of {a}"),
}
ROUNDING: dict[RoundingMode, Text] = {
    RoundingMode.HALF_UP: Text("四舍五入", "rounded half up"),
    RoundingMode.HALF_EVEN: Text("四舍六入五成双", "rounded half to even"),
    RoundingMode.DOWN: Text("舍尾", "rounded down"),
    RoundingMode.UP: Text("进位", "rounded up"),
}
AGGREGATES: dict[AggregateWord, Text] = {
    AggregateWord.COUNT: Text("{r}的次数{k}{w}", "the number of {r}{k}{w}"),
    AggregateWord.ANY: Text("有{r}{w}", "there is a record of {r}{w}"),
    AggregateWord.EVERY: Text("每条{r}均{w}", "every record of {r} {w}"),
    AggregateWord.SUM: Text("{r}{w}的{v}合计", "the sum of {v} over {r}{w}"),
    AggregateWord.MAXIMUM: Text("{r}{w}中最大的{v}", "the greatest {v} of {r}{w}"),
    AggregateWord.MINIMUM: Text("{r}{w}中最小的{v}", "the least {v} of {r}{w}"),
    AggregateWord.LATEST: Text("{r}{w}中最晚的{v}", "the latest {v} of {r}{w}"),
    AggregateWord.EARLIEST: Text("{r}{w}中最早的{v}", "the earliest {v} of {r}{w}"),
    AggregateWord.WORST: Text("{r}{w}中最差的{v}", "the worst {v} of {r}{w}"),
    AggregateWord.BEST: Text("{r}{w}中最好的{v}", "the best {v} of {r}{w}"),
    AggregateWord.LONGEST_RUN: Text("{r}{w}的{v}最长连续期数", "the longest unbroken run of {v} in {r}{w}"),
    AggregateWord.STREAK: Text("至本期连续有{r}{w}的{v}数", "the unbroken run of {v} up to this period in {r}{w}"),
}
POPULATION_AGGREGATES: dict[AggregateWord, Text] = {
    AggregateWord.COUNT: Text("{r}{w}的数量", "the number of {r}{w}"),
    AggregateWord.ANY: Text("有{r}{w}", "there is a {r}{w}"),
    AggregateWord.EVERY: Text("每个{r}均{w}", "every {r} {w}"),
}
"""Those over the subjects of a population; the others read as over records."""
MEASURES: dict[MeasureWord, Text] = {
    MeasureWord.REWARD: Text("激励", "reward"),
    MeasureWord.PENALTY: Text("惩戒", "penalty"),
    MeasureWord.LIST: Text("名单", "list"),
    MeasureWord.OFFER: Text("产品", "offer"),
    MeasureWord.PLEDGE: Text("承诺", "pledge"),
    MeasureWord.INSPECTION: Text("抽查", "inspection"),
}
MEASURE_HOLDS: dict[MeasureWord, tuple[Text, Text]] = {
    MeasureWord.LIST: (Text("列入“{a}”", "listed on “{a}”"), Text("未列入“{a}”", "not listed on “{a}”")),
    MeasureWord.PLEDGE: (
        Text("可以作出“{a}”", "“{a}” may be pledged"),
        Text("不得作出“{a}”", "“{a}” may not be pledged"),
    ),
}
MEASURE_APPLIES = (Text("适用“{a}”", "“{a}” applies"), Text("不适用“{a}”", "“{a}” does not apply"))
"""A measure as a condition, and its negation."""
BROKEN = (Text("违背“{a}”", "“{a}” was broken"), Text("未违背“{a}”", "“{a}” was not broken"))
EXTREMES: dict[str, Text] = {
    "least": Text("{a}中的最小者", "the least of {a}"),
    "greatest": Text("{a}中的最大者", "the greatest of {a}"),
}
CAPPED: dict[str, Text] = {
    "least": Text("{a}（最高{b}）", "{a} (at most {b})"),
    "greatest": Text("{a}（最低{b}）", "{a} (at least {b})"),
}
"""The least and the greatest of a value and a fixed limit."""
LISTING = Text("、", ", ")
NOT_RECORDED = {False: Text("有“{a}”", "{a} is recorded"), True: Text("无“{a}”", "{a} is not recorded")}
IS = {False: Text("{a}为{b}", "{a} is {b}"), True: Text("{a}不为{b}", "{a} is not {b}")}
BELONGS = {False: Text("{a}属于{b}", "{a} is {b}"), True: Text("{a}不属于{b}", "{a} is not {b}")}
"""For the values of an enumeration that is not the grades: 事项属于行政复议, but 级别为甲级."""
IN_SET = {False: Text("{a}为{b}之一", "{a} is one of {b}"), True: Text("{a}不为{b}中的任何一项", "{a} is none of {b}")}
BELONGS_IN_SET = {
    False: Text("{a}属于{b}之一", "{a} is one of {b}"),
    True: Text("{a}不属于{b}中的任何一项", "{a} is none of {b}"),
}
IN_RANGE = {
    False: Text("{a}在{b}至{c}之间（含两端）", "{a} is from {b} to {c}, both included"),
    True: Text("{a}不在{b}至{c}之间（含两端）", "{a} is not from {b} to {c}, both included"),
}
IN_PERIOD = {
    False: Text("{a}在评价期内", "{a} is in the period"),
    True: Text("{a}不在评价期内", "{a} is not in the period"),
}
WITHIN = {
    False: Text("{a}在{c}后{b}内", "{a} is within {b} after {c}"),
    True: Text("{a}在{c}前{b}内", "{a} is within {b} before {c}"),
}
LATER: dict[BinaryOperator, Text] = {
    BinaryOperator.ADD: Text("{a}后{b}", "{b} after {a}"),
    BinaryOperator.SUBTRACT: Text("{a}前{b}", "{b} before {a}"),
}
"""A day and a duration."""
NEXT_YEAR: dict[BinaryOperator, Text] = {
    BinaryOperator.ADD: Text("{a}所在年度的次年", "the year after the year of {a}"),
    BinaryOperator.SUBTRACT: Text("{a}所在年度的上一年", "the year before the year of {a}"),
}
"""The year of a day and one."""
