"""A small program built by hand, close to a real policy, and a subject for it."""

from datetime import date

from creditdsl.core.calendar import day_of
from creditdsl.core.ir import (
    Add,
    Aggregate,
    AggregateKind,
    And,
    Band,
    Branch,
    ChoiceAt,
    Choose,
    Citation,
    Constant,
    Definition,
    DefinitionReference,
    DirectRepair,
    DivideRounded,
    Enumeration,
    EnumValue,
    Equal,
    Expression,
    Finding,
    Grant,
    Greatest,
    Header,
    InputField,
    InputTable,
    Interval,
    IsPresent,
    Least,
    Less,
    LessOrEqual,
    Measure,
    Multiply,
    Negate,
    Not,
    Or,
    OrdinalOf,
    PeriodKind,
    PointsRepair,
    Presume,
    Program,
    RecordField,
    Result,
    Rounding,
    Rule,
    RuleKind,
    Step,
    SubjectField,
)
from creditdsl.core.ranges import known_inputs, range_of, type_of
from creditdsl.core.types import Choice, Day, Month, Number, Optional, Text, Truth, Unit

COUNT, POINTS, YUAN = Number(Unit.NUMBER), Number(Unit.POINTS), Number(Unit.YUAN, 2)
SHARE, TRUTH, GRADE = Number(Unit.RATE, 2), Truth(), Choice("Grade")
DAYS_OF_INPUT = Interval(day_of(date(1900, 1, 1)), day_of(date(2199, 12, 31)))

GRADES = Enumeration(
    "Grade",
    ("纳税信用级别", "Credit grade"),
    tuple(EnumValue(name, (f"{name}级", f"Grade {name}")) for name in "ABMCD"),
)
TAX = Enumeration(
    "TaxType",
    ("税种", "Tax"),
    (EnumValue("vat", ("增值税", "VAT")), EnumValue("cit", ("企业所得税", "Corporate income tax"))),
)
SUBJECT = InputTable(
    "taxpayer",
    ("纳税人", "Taxpayer"),
    (
        InputField("uscc", Text(), ("统一社会信用代码", "Unified social credit code"), None, key=True),
        InputField("operating_months", COUNT, ("实际生产经营月数", "Months in operation"), Interval(0, 2400)),
        InputField("tax_payable", YUAN, ("应纳税额", "Tax payable"), Interval(0, 10**13)),
        InputField("rate", Optional(SHARE), ("比率", "Rate"), Interval(0, 100)),
        InputField("since", Optional(Month()), ("起始月", "Since"), Interval(2000 * 12, 2030 * 12)),
        InputField("new_firm", TRUTH, ("新设立", "New firm"), None),
    ),
)
LATE = InputTable(
    "late_filing",
    ("逾期申报", "Late return"),
    (
        InputField("tax", Choice("TaxType"), ("税种", "Tax"), None),
        InputField("due", Day(), ("申报期限", "Due"), DAYS_OF_INPUT),
        InputField("filed", Optional(Day()), ("申报日期", "Filed"), DAYS_OF_INPUT),
    ),
)
EVASION = InputTable(
    "evasion",
    ("偷税", "Evasion"),
    (InputField("amount", YUAN, ("金额", "Amount"), Interval(0, 10**12)),),
    absent_means_none=True,
)
DUE, FILED = RecordField("late_filing", "due", Day()), RecordField("late_filing", "filed", Optional(Day()))
IS_LATE = Or((Not(IsPresent(FILED)), Less(DUE, Presume(FILED))))
EVADED = LessOrEqual(Constant(10_000_000, YUAN), RecordField("evasion", "amount", YUAN))
NEEDED = And((IS_LATE, IsPresent(FILED)))


def rule(kind: RuleKind, code: str, zh: str, en: str, article: str) -> Rule:
    cited = Citation(
        "order40", (("article", article),), (f"2014年第40号 第{article}条", f"Order 40, article {article}")
    )
    return Rule(kind, code, (zh, en), (cited,))


LATE_RULE = rule(RuleKind.INDICATOR, "010101", "未按规定期限纳税申报", "Return not filed on time", "16")
FREE_RULE = rule(RuleKind.INDICATOR, "020201", "主动披露", "Own disclosure", "17")
EVASION_RULE = rule(RuleKind.DIRECT, "evasion", "偷税达到标准", "Evasion above the line", "20")
YOUNG_RULE = rule(RuleKind.CEILING, "under_three_years", "经营期不满三年不得评A", "No A in the first three years", "19")
NEW_RULE = rule(RuleKind.ASSIGN, "new", "新设立企业评为M", "New firms are M", "3")
DORMANT_RULE = rule(RuleKind.EXEMPT, "dormant", "未满一个月", "Less than a month", "17")
DEMOTE_RULE = rule(RuleKind.DEMOTE, "poor", "降一级", "One grade down", "21")
INVOICE_RULE = rule(RuleKind.REWARD, "invoices", "单次领取三个月发票", "Three months of invoices", "29")
LATE_REPAIR = rule(RuleKind.REPAIR, "010101", "逾期申报修复", "Repair of late returns", "5")
EVASION_REPAIR = rule(RuleKind.REPAIR_DIRECT, "evasion", "直接判级修复", "Repair of evasion", "6")


def reference(name: str, type_: Number | Truth | Optional) -> DefinitionReference:
    return DefinitionReference(name, type_)


def position(grade: str) -> Constant:
    return Constant(GRADES.names.index(grade), COUNT)


def band_of(score: Expression) -> Expression:
    type_ = Optional(GRADE)
    lines = (("A", 90), ("B", 70), ("C", 40))
    branches = [Branch(LessOrEqual(Constant(line, POINTS), score), Constant(name, GRADE)) for name, line in lines]
    return Choose(tuple(branches), Constant("D", GRADE), type_)


def grade_of(band: str, after: str) -> Expression:
    direct = Branch(reference(f"direct.evasion{after}", TRUTH), position("D"))
    assigned = Branch(reference("assign.new", TRUTH), position("M"))
    scored = OrdinalOf(Presume(reference(band, Optional(GRADE))), "Grade")
    start = Choose(
        (direct, assigned),
        Choose((Branch(IsPresent(reference(band, Optional(GRADE))), scored),), position("D"), COUNT),
        COUNT,
    )
    poor = reference("demote.poor", TRUTH)
    one_down = zip("ABM", "BCC", strict=True)  # M is given by rule only, so a demotion passes over it
    falls = [Branch(And((poor, Equal(start, position(grade)))), position(lower)) for grade, lower in one_down]
    lowered = Choose((*falls, Branch(poor, position("D"))), start, COUNT)
    limit = Choose((Branch(reference("ceiling.under_three_years", TRUTH), position("B")),), position("A"), COUNT)
    grade = ChoiceAt(Greatest((lowered, limit), COUNT), "Grade")
    return Choose((Branch(reference("graded", TRUTH), grade),), Constant(None, Optional(GRADE)), Optional(GRADE))


def expressions() -> list[tuple[str, Expression, Rule | None]]:
    """The definitions in order: late returns cost 5 each, at most 11; each repaired one gives back 80 %."""
    months = SubjectField("operating_months", COUNT)
    records = Aggregate(AggregateKind.COUNT, "late_filing", IS_LATE, None, (), COUNT)
    count = reference("indicator.010101.count", COUNT)
    cost = Least((Multiply(count, Constant(5, POINTS), POINTS), Constant(11, POINTS)), POINTS)
    points = reference("indicator.010101.points", POINTS)
    share = Constant(80, SHARE)
    exact = Number(Unit.POINTS, 2)
    given = Aggregate(AggregateKind.SUM, "late_filing", NEEDED, Multiply(Constant(5, POINTS), share, exact), (), exact)
    rounded = DivideRounded(given, Constant(100, COUNT), Rounding.HALF_UP, POINTS)
    restored = reference("indicator.010101.restored", POINTS)
    bonus = Less(Constant(1000, COUNT), months)
    bonus_fires = reference("indicator.020201.fires", TRUTH)
    grade_after = reference("grade.after", Optional(GRADE))
    base, bonus_points = reference("score.base", POINTS), reference("indicator.020201.points", POINTS)
    after = reference("indicator.010101.points_after", POINTS)
    is_best = And((IsPresent(grade_after), Equal(Presume(grade_after), Constant("A", GRADE))))
    return [
        ("score.base", Constant(100, POINTS), None),
        ("indicator.010101.count", records, LATE_RULE),
        ("indicator.010101.fires", Less(Constant(0, COUNT), count), LATE_RULE),
        ("indicator.010101.points", Negate(cost, POINTS), LATE_RULE),
        ("indicator.010101.restored", Least((rounded, Negate(points, POINTS)), POINTS), LATE_REPAIR),
        ("indicator.010101.points_after", Add((points, restored), POINTS), LATE_RULE),
        ("indicator.020201.fires", bonus, FREE_RULE),
        ("indicator.020201.count", Choose((Branch(bonus_fires, Constant(1, COUNT)),), Constant(0, COUNT), COUNT), FREE_RULE),
        ("indicator.020201.points", Choose((Branch(bonus_fires, Constant(3, POINTS)),), Constant(0, POINTS), POINTS), FREE_RULE),
        ("score", Add((base, points, bonus_points), POINTS), None),
        ("score.after", Add((base, after, bonus_points), POINTS), None),
        ("band", band_of(reference("score", POINTS)), None),
        ("band.after", band_of(reference("score.after", POINTS)), None),
        ("exempt.dormant", Less(months, Constant(1, COUNT)), DORMANT_RULE),
        ("graded", Not(reference("exempt.dormant", TRUTH)), None),
        ("direct.evasion", Aggregate(AggregateKind.ANY, "evasion", EVADED, None, (), TRUTH), EVASION_RULE),
        ("repair.evasion", Less(Constant(120, COUNT), months), EVASION_REPAIR),
        ("direct.evasion.after", And((reference("direct.evasion", TRUTH), Not(reference("repair.evasion", TRUTH)))), EVASION_RULE),
        ("assign.new", SubjectField("new_firm", TRUTH), NEW_RULE),
        ("demote.poor", Less(SubjectField("tax_payable", YUAN), Constant(100, YUAN)), DEMOTE_RULE),
        ("ceiling.under_three_years", Less(months, Constant(36, COUNT)), YOUNG_RULE),
        ("grade", grade_of("band", ""), None),
        ("grade.after", grade_of("band.after", ".after"), None),
        ("measure.invoices", is_best, INVOICE_RULE),
        ("measure.invoices.months", Constant(3, COUNT), INVOICE_RULE),
        ("measure.invoices.limit", Constant(150_050, YUAN), INVOICE_RULE),
    ]  # fmt: skip


def defined() -> tuple[Definition, ...]:
    known = known_inputs(SUBJECT, (LATE, EVASION), (GRADES, TAX))
    definitions = []
    for name, expression, origin in expressions():
        range_ = range_of(expression, known)
        definitions.append(Definition(name, type_of(expression), expression, range_, origin))
        if range_ is not None:
            known[DefinitionReference(name, type_of(expression))] = range_
    return tuple(definitions)


def plan() -> Result:
    finding = Finding(
        LATE_RULE, "indicator.010101.fires", "indicator.010101.count", "indicator.010101.points",
        "indicator.010101.points_after", "late_filing", IS_LATE,
    )  # fmt: skip
    bonus = Finding(
        FREE_RULE, "indicator.020201.fires", "indicator.020201.count", "indicator.020201.points",
        "indicator.020201.points",
    )  # fmt: skip
    direct = Step(EVASION_RULE, "direct.evasion", "direct.evasion.after", "D", evidence=(("evasion", EVADED),))
    young = Step(YOUNG_RULE, "ceiling.under_three_years", "ceiling.under_three_years", "B")
    grants = (
        Grant("invoice_months", False, ("发票月数", "Months of invoices"), "measure.invoices.months"),
        Grant("limit", False, ("限额", "Limit"), "measure.invoices.limit"),
        Grant("fast_lane", False, ("绿色通道", "Fast lane"), None),
    )
    bands = (
        Band("A", False, 90, None),
        Band("B", False, 70, 89),
        Band("M", True, None, None),
        Band("C", False, 40, 69),
        Band("D", False, None, 39),
    )
    return Result(
        base="score.base", score="score", score_after="score.after", score_low=None, score_high=None, grades="Grade",
        graded="graded", band="band", band_after="band.after", grade="grade", grade_after="grade.after", bands=bands,
        findings=(finding, bonus), exempts=(Step(DORMANT_RULE, "exempt.dormant", "exempt.dormant"),), directs=(direct,),
        assigns=(Step(NEW_RULE, "assign.new", "assign.new", "M"),),
        demotes=(Step(DEMOTE_RULE, "demote.poor", "demote.poor", demote=1),), ceilings=(young,),
        measures=(Measure(INVOICE_RULE, "measure.invoices", (("税务机关", "Tax authority"),), (), False, grants, None, ()),),
        points_repairs=(
            PointsRepair(
                LATE_REPAIR, "010101", "late_filing", IS_LATE,
                Choose((Branch(IsPresent(FILED), Constant(80, SHARE)),), Constant(0, SHARE), SHARE), 2,
                "indicator.010101.restored", Not(IsPresent(FILED)),
            ),
        ),
        direct_repairs=(DirectRepair(EVASION_REPAIR, "evasion", "repair.evasion", None),),
        score_rule=rule(RuleKind.SCORE, "score", "年度评价指标得分", "Annual score", "15"),
        grades_rule=rule(RuleKind.GRADES, "Grade", "纳税信用级别", "Credit grade", "18"),
    )  # fmt: skip


PROGRAM = Program(
    Header(
        "tax_credit", ("纳税信用评价", "Taxpayer credit evaluation"), ("zh", "en"), ("国家税务总局", "STA"),
        (PeriodKind.YEAR,), date(2014, 10, 1), None, "3f0c9a1b22d4e5f6",
    ),
    (GRADES, TAX),
    SUBJECT,
    (LATE, EVASION),
    defined(),
    plan(),
    (),
    (),
)  # fmt: skip


def late(filed: str | None) -> dict[str, object]:
    return {"tax": "vat", "due": "2019-07-15", "filed": filed}


def taxpayer(*records: dict[str, object], **fields: object) -> dict[str, object]:
    """An ordinary taxpayer of five years with late returns, and whatever is said otherwise."""
    plain: dict[str, object] = {"uscc": "91", "operating_months": 60, "tax_payable": "1200000.5", "new_firm": False}
    return plain | {"late_filing": list(records)} | fields
