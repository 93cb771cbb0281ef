"""All wording of comparisons but for what concerns input and results: names of parts and kinds, and why a change goes its way."""

from creditdsl.comparing.model import Direction, Kind
from creditdsl.diagnostics import Text

LABEL = Text("名称", "label")
NAME = Text("名字", "name")
TYPE = Text("类型", "type")
VALUE = Text("值", "value")
TEXT = Text("全文", "text")
ORDER = Text("顺序", "order")
ROW = Text("行", "row")
GRADE = Text("级别", "grade")
STEPS = Text("降几级", "grades down")

KINDS: dict[Kind, Text] = {
    Kind.POLICY: Text("政策", "policy"),
    Kind.SOURCE: Text("文件", "source"),
    Kind.ENUM: Text("枚举", "enum"),
    Kind.SUBJECT: Text("主体", "subject"),
    Kind.RECORD: Text("记录", "record"),
    Kind.PARAMETER: Text("参数", "parameter"),
    Kind.DEFINE: Text("定义", "definition"),
    Kind.TABLE: Text("表", "table"),
    Kind.SCORE: Text("计分", "score"),
    Kind.INDICATOR: Text("指标", "indicator"),
    Kind.GRADES: Text("分级", "grades"),
    Kind.DIRECT: Text("直接判级", "direct grade"),
    Kind.ASSIGN: Text("评为", "assigned grade"),
    Kind.CEILING: Text("不高于", "ceiling"),
    Kind.DEMOTE: Text("降级", "demotion"),
    Kind.EXEMPT: Text("不予评价", "exemption"),
    Kind.REWARD: Text("激励", "reward"),
    Kind.PENALTY: Text("惩戒", "penalty"),
    Kind.LIST: Text("名单", "list"),
    Kind.OFFER: Text("产品", "offer"),
    Kind.PLEDGE: Text("承诺", "pledge"),
    Kind.INSPECTION: Text("抽查", "inspection"),
    Kind.MATTER: Text("事项", "matter"),
    Kind.CATALOGUE: Text("目录", "catalogue"),
    Kind.REPAIR: Text("修复", "repair of"),
    Kind.REPAIR_DIRECT: Text("修复直接判级", "repair of direct grade"),
    Kind.CASE: Text("案例", "case"),
    Kind.INVARIANT: Text("不变式", "invariant"),
    Kind.POPULATION: Text("总体", "population"),
    Kind.AMEND: Text("修订", "amendment"),
}

DIRECTIONS: dict[Direction, Text] = {
    Direction.STRICTER: Text("更严", "Stricter"),
    Direction.LOOSER: Text("更宽", "Looser"),
    Direction.BOTH: Text("有严有宽", "Stricter and looser"),
    Direction.UNCLEAR: Text("方向不明", "Unclear"),
    Direction.NEUTRAL: Text("不影响结果", "No effect on results"),
}


def value_part(name: str) -> Text:
    return Text(f"枚举值 {name}", f"value {name}")


def field_part(name: str) -> Text:
    return Text(f"字段 {name}", f"field {name}")


def column_part(name: str) -> Text:
    return Text(f"列 {name}", f"column {name}")


def grade_part(name: str) -> Text:
    return Text(f"级别 {name}", f"grade {name}")


# Reasons: what a change does. Each completes "It is stricter: …".

WORDING_ONLY = Text(
    "只改了名称、说明、依据或者书写顺序", "only labels, notes, legal basis or the order of writing differ"
)
RENAMED_ONLY = Text("只改了代码或者名字", "only its code or name differs")
SOURCE_ONLY = Text("文件的条文和信息不参与计算", "the text of a source is not computed with")
CHECK_ONLY = Text(
    "案例、不变式和总体数字只用来检验政策", "cases, invariants and figures of a population only check the policy"
)
NOT_OF_RESULTS = Text("事项和目录不影响任何主体的结果", "matters and catalogues change the result of no subject")
MEASURE_ITSELF = Text("名单、产品、承诺或者抽查的内容有变化", "a list, an offer, a pledge or an inspection differs")
DATA_ONLY = Text(
    "对两个版本都接受的数据,结果不变;数据的变化另列",
    "data that both versions accept give the same; what changes for data is listed apart",
)
POLICY_ONLY = Text(
    "对两个版本都施行的评价期,结果不变", "nothing changes for periods in which both versions are in force"
)
NOT_BY_ITSELF = Text("它自己不产生结果;用到它的规则另列", "it has no effect by itself; rules that use it are listed")
WITH_ITS_RULE = Text("它随所修复的规则一并增删", "it comes or goes with the rule that it repairs")
NOTHING_USES_IT = Text("没有规则用到它", "no rule uses it")
EXCLUDES_ONLY = Text("互斥只用来检验政策", "what a measure excludes only checks the policy")
PERIOD = Text("评价期的长短变了", "the length of the period differs")
POLICY_FRAME = Text("工作日历或者适用地区变了", "the calendar or the jurisdiction differs")
AMENDMENT = Text(
    "修订自施行之日起改变政策;请按日期比较",
    "an amendment changes the policy from a day on; compare the policy at dates",
)
SCORE_ITSELF = Text("计分或者分级整个增删", "the whole score or grading is there in one version only")
MORE_CASES = Text("适用的情形更多", "it applies in more cases")
FEWER_CASES = Text("适用的情形更少", "it applies in fewer cases")
OTHER_CASES = Text("适用的情形不同,不能证明更多或者更少", "it applies in other cases, neither provably more nor fewer")
MORE_PERIODS = Text("适用的评价期更多", "it applies in more periods")
FEWER_PERIODS = Text("适用的评价期更少", "it applies in fewer periods")
OTHER_PERIODS = Text("适用的评价期不同", "it applies in other periods")
MORE_DEDUCTED = Text("扣分更多", "it deducts more points")
FEWER_DEDUCTED = Text("扣分更少", "it deducts fewer points")
MORE_ADDED = Text("加分更多", "it adds more points")
FEWER_ADDED = Text("加分更少", "it adds fewer points")
OTHER_POINTS = Text("分数不同,不能证明更多或者更少", "its points differ, neither provably more nor fewer")
ADDS_NOW = Text("由扣分改为加分", "it adds points and no longer deducts them")
DEDUCTS_NOW = Text("由加分改为扣分", "it deducts points and no longer adds them")
CAP_HIGHER = Text("封顶更高或者不再封顶", "its cap is higher or gone")
CAP_LOWER = Text("封顶更低或者新设封顶", "its cap is lower or new")
CAP_OTHER = Text("封顶不同", "its cap differs")
LASTS_LONGER = Text("持续时间更长", "it lasts longer")
LASTS_SHORTER = Text("持续时间更短", "it lasts for a shorter time")
LASTS_OTHER = Text("持续时间不同", "it lasts for another time")
MORE_COUNTED = Text("分别计算的项更多", "more is counted separately")
FEWER_COUNTED = Text("合并计算,次数更少", "more is counted as one")
OTHER_COUNTED = Text("计算的单位不同", "it counts by something else")
OTHER_RECORDS = Text("逐项计算的记录不同", "it goes through other records")
OVERRIDES = Text("它所优先于的规则不同", "the rules that it displaces differ")
BASE_HIGHER = Text("起评分更高", "the score starts higher")
BASE_LOWER = Text("起评分更低", "the score starts lower")
BASE_OTHER = Text("起评分不同,不能证明更高或者更低", "the score starts elsewhere, neither provably higher nor lower")
LOW_HIGHER = Text("得分的下限更高", "the least score is higher")
LOW_LOWER = Text("得分的下限更低", "the least score is lower")
HIGH_HIGHER = Text("得分的上限更高", "the greatest score is higher")
HIGH_LOWER = Text("得分的上限更低", "the greatest score is lower")
BOUND_OTHER = Text("得分的上下限不同", "the bounds of the score differ")
THRESHOLD_HIGHER = Text("较好级别要求的得分更高", "a better grade needs a higher score")
THRESHOLD_LOWER = Text("较好级别要求的得分更低", "a better grade needs a lower score")
GRADES_OTHER = Text("级别本身或者其条件变了", "the grades themselves or their conditions differ")
GRADE_WORSE = Text("给予的级别更差", "the grade that it gives is worse")
GRADE_BETTER = Text("给予的级别更好", "the grade that it gives is better")
GRADE_OTHER = Text("级别的排列变了,无法比较级别", "the order of the grades differs, so that grades cannot be compared")
MORE_STEPS = Text("降得更多", "it takes more grades off")
FEWER_STEPS = Text("降得更少", "it takes fewer grades off")
GRANT_NEW = Text("新增给予的事项", "it grants something new")
GRANT_GONE = Text("少了给予的事项", "it no longer grants something")
RESTRICT_NEW = Text("新增限制的事项", "it restricts something new")
RESTRICT_GONE = Text("少了限制的事项", "it no longer restricts something")
GRANT_OTHER = Text(
    "给予或者限制的数值不同,看不出大的是好是坏",
    "a granted or restricted value differs; whether more is better is not said",
)
MAY_NEW = Text("由必须实施改为可以实施", "it is discretionary now")
MAY_GONE = Text("由可以实施改为必须实施", "it is no longer discretionary")
BY_MORE = Text("实施的机关更多", "more authorities take it")
BY_FEWER = Text("实施的机关更少", "fewer authorities take it")
BY_OTHER = Text("实施的机关不同", "other authorities take it")
ON_OTHER = Text("实施的对象不同", "it is taken on someone else")
SHARE_HIGHER = Text("加回的比例更高", "it gives back a higher share")
SHARE_LOWER = Text("加回的比例更低", "it gives back a lower share")
SHARE_OTHER = Text(
    "加回的比例不同,不能证明更高或者更低", "it gives back another share, neither provably higher nor lower"
)
OTHER_DAYS = Text("计时的日期不同", "it counts from or to another day")
ONCE_NEW = Text("一年只能修复一次", "it can be used once a year only")
ONCE_GONE = Text("不再限一年一次", "it is no longer limited to once a year")
REGRADE_BETTER = Text("重新评价可以得到更好的级别", "the new evaluation may give a better grade")
REGRADE_WORSE = Text("重新评价的级别上限更低", "the new evaluation is limited to a worse grade")
GREATER = Text("它的值更大", "its value is greater")
SMALLER = Text("它的值更小", "its value is smaller")
WIDER = Text("它成立的情形更多", "it holds in more cases")
NARROWER = Text("它成立的情形更少", "it holds in fewer cases")
OTHER_VALUE = Text("它的值不同,不能证明更大或者更小", "its value differs, neither provably greater nor smaller")
OTHER_TYPE = Text("类型变了", "a type differs")
OTHER_TABLE = Text("各行的条件不同", "its rows have other conditions")
IS_NEW: dict[Kind, Text] = {
    Kind.INDICATOR: Text("新增一项指标", "there is one indicator more"),
    Kind.EXEMPT: Text(
        "符合条件的主体不再评级,不能说更好或者更差",
        "those it applies to are no longer graded, which is neither better nor worse",
    ),
    Kind.REWARD: Text("新增一项激励", "there is one reward more"),
    Kind.PENALTY: Text("新增一项惩戒", "there is one penalty more"),
    Kind.REPAIR: Text("新增一种修复", "there is one repair more"),
    Kind.REPAIR_DIRECT: Text("新增一种修复", "there is one repair more"),
}
IS_GONE: dict[Kind, Text] = {
    Kind.INDICATOR: Text("少了一项指标", "there is one indicator less"),
    Kind.EXEMPT: Text(
        "符合条件的主体重新参加评级,不能说更好或者更差",
        "those it applied to are graded, which is neither better nor worse",
    ),
    Kind.REWARD: Text("少了一项激励", "there is one reward less"),
    Kind.PENALTY: Text("少了一项惩戒", "there is one penalty less"),
    Kind.REPAIR: Text("少了一种修复", "there is one repair less"),
    Kind.REPAIR_DIRECT: Text("少了一种修复", "there is one repair less"),
}
MEASURE_NEW = Text("新增一项措施", "there is one measure more")
MEASURE_GONE = Text("少了一项措施", "there is one measure less")
RULE_NEW = Text("新增一条级别规则", "there is one rule on the grade more")
RULE_GONE = Text("少了一条级别规则", "there is one rule on the grade less")


def open_direction(what: Text) -> Text:
    """Said where a change is plain and its effect on score, grade or measures is not."""
    return Text(f"{what.zh},但对结果是好是坏不能一概而论", f"{what.en}, which may be for better or worse")
