"""Wording of what changes for those who supply data and those who read results."""

from creditdsl.diagnostics import Text


def field_required(owner: str, name: str) -> Text:
    return Text(
        f"`{owner}` 新增必填字段 `{name}`,没有它的数据不再接受",
        f"the field `{name}` of `{owner}` is new and required: data without it are refused",
    )


def field_optional(owner: str, name: str) -> Text:
    return Text(f"`{owner}` 新增可缺失的字段 `{name}`", f"the field `{name}` of `{owner}` is new and may be absent")


def field_gone(owner: str, name: str) -> Text:
    return Text(
        f"`{owner}` 不再有字段 `{name}`,带有它的数据不再接受",
        f"the field `{name}` of `{owner}` is gone: data that have it are refused",
    )


def now_required(owner: str, name: str) -> Text:
    return Text(
        f"`{owner}` 的字段 `{name}` 由可缺失改为必填", f"the field `{name}` of `{owner}` may no longer be absent"
    )


def now_optional(owner: str, name: str) -> Text:
    return Text(f"`{owner}` 的字段 `{name}` 由必填改为可缺失", f"the field `{name}` of `{owner}` may be absent now")


def other_type(owner: str, name: str, types: tuple[Text, Text]) -> Text:
    old, new = types
    return Text(
        f"`{owner}` 的字段 `{name}` 的类型由 `{old.zh}` 改为 `{new.zh}`",
        f"the field `{name}` of `{owner}` has another type: `{old.en}` is now `{new.en}`",
    )


def range_narrower(owner: str, name: str, types: tuple[Text, Text]) -> Text:
    old, new = types
    return Text(
        f"`{owner}` 的字段 `{name}` 的取值范围变窄:由 `{old.zh}` 改为 `{new.zh}`",
        f"the field `{name}` of `{owner}` takes fewer values: `{old.en}` is now `{new.en}`",
    )


def range_wider(owner: str, name: str, types: tuple[Text, Text]) -> Text:
    old, new = types
    return Text(
        f"`{owner}` 的字段 `{name}` 的取值范围变宽:由 `{old.zh}` 改为 `{new.zh}`",
        f"the field `{name}` of `{owner}` takes more values: `{old.en}` is now `{new.en}`",
    )


def other_key(owner: str, name: str) -> Text:
    return Text(
        f"`{owner}` 的字段 `{name}` 改变了是否主键", f"the field `{name}` of `{owner}` became, or is no longer, the key"
    )


def record_required(name: str) -> Text:
    return Text(
        f"新增记录 `{name}`,没有它的表就不接受数据",
        f"the records `{name}` are new and required: data without their table are refused",
    )


def record_optional(name: str) -> Text:
    return Text(f"新增记录 `{name}`,缺表即无", f"the records `{name}` are new; without their table there are none")


def record_gone(name: str) -> Text:
    return Text(
        f"不再有记录 `{name}`,带有它的数据不再接受", f"the records `{name}` are gone: data that have them are refused"
    )


def table_required(name: str) -> Text:
    return Text(f"记录 `{name}` 的表不能再缺", f"the table of the records `{name}` may no longer be missing")


def table_optional(name: str) -> Text:
    return Text(f"记录 `{name}` 的表可以缺", f"the table of the records `{name}` may be missing now")


def subject_renamed(old: str, new: str) -> Text:
    return Text(
        f"主体由 `{old}` 改称 `{new}`,它的数据表也改名",
        f"the subject `{old}` is called `{new}` now, and so is its table",
    )


def value_gone(enum: str, value: str) -> Text:
    return Text(f"枚举 `{enum}` 不再有值 `{value}`", f"the enum `{enum}` no longer has the value `{value}`")


def value_new(enum: str, value: str) -> Text:
    return Text(
        f"枚举 `{enum}` 新增值 `{value}`,数据和结果中可能出现",
        f"the enum `{enum}` has the new value `{value}`, which data and results may hold",
    )


PERIOD_LENGTH = Text(
    "评价期的长短变了,原来的评价期不再接受", "the length of the period differs: the periods of before are refused"
)
FEWER_PERIODS = Text(
    "施行期间变了,有的评价期不再接受", "the policy is in force for other periods: some are no longer accepted"
)
MORE_PERIODS = Text("施行期间变长,接受更多评价期", "the policy is in force for more periods")
FEWER_DAYS = Text(
    "可以评价的日期变了,有的日期不再接受", "the policy is evaluated on other days: some are no longer accepted"
)
MORE_DAYS = Text("可以评价的日期变多", "the policy can be evaluated on more days")


# Results


def grade_gone(name: str) -> Text:
    return Text(f"结果中不再有级别 `{name}`", f"the grade `{name}` is gone from results")


def grade_new(name: str) -> Text:
    return Text(f"结果中新增级别 `{name}`", f"results may have the new grade `{name}`")


GRADE_ORDER = Text("级别的先后顺序变了", "the grades stand in another order")


def code_gone(kind: Text, name: str) -> Text:
    return Text(f"结果中不再有{kind.zh} `{name}`", f"the {kind.en} `{name}` is gone from results")


def code_renamed(kind: Text, old: str, new: str) -> Text:
    return Text(f"结果中的{kind.zh} `{old}` 改称 `{new}`", f"the {kind.en} `{old}` is called `{new}` in results")


def granted_gone(measure: str, name: str) -> Text:
    return Text(
        f"措施 `{measure}` 的结果中不再有 `{name}`", f"`{name}` is gone from the results of the measure `{measure}`"
    )


def languages(old: str, new: str) -> Text:
    return Text(f"名称的语言由 {old} 改为 {new}", f"labels are in {new} and no longer in {old}")
