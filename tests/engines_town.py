"""A small policy, built by hand, and taxpayers for it: what the tests of the batch engine score."""

from datetime import date

from creditdsl.core.intervals import range_of
from creditdsl.core.ir import (
    Add,
    Aggregate,
    AggregateKind,
    And,
    Band,
    Branch,
    Choose,
    Citation,
    Constant,
    Definition,
    DefinitionReference,
    Enumeration,
    EnumValue,
    Equal,
    Expression,
    Finding,
    Grant,
    Header,
    InputField,
    InputTable,
    Interval,
    IsPresent,
    Less,
    LessOrEqual,
    Measure,
    Multiply,
    Not,
    Or,
    PeriodKind,
    Presume,
    Program,
    RecordField,
    Result,
    Rule,
    RuleKind,
    Step,
    SubjectField,
)
from creditdsl.core.ranges import known_inputs
from creditdsl.core.types import Choice, Day, Month, Number, Optional, Text, Truth, Type, Unit

COUNT, POINTS, YUAN, RATE = Number(Unit.NUMBER), Number(Unit.POINTS, 1), Number(Unit.YUAN, 2), Number(Unit.RATE, 4)
TAX = Enumeration(
    "TaxType",
    ("税种", "Tax"),
    (EnumValue("010101", ("增值税", "VAT")), EnumValue("010104", ("企业所得税", "Corporate income tax"))),
)
GRADE = Enumeration("Grade", ("级别", "Grade"), tuple(EnumValue(name, (f"{name}级", name)) for name in "ABCD"))
ARTICLE = Citation("order40", (("article", "18"),), ("40号公告 第十八条", "Order 40, article 18"))

TAXPAYER = InputTable(
    "taxpayer",
    ("纳税人", "Taxpayer"),
    (
        InputField("uscc", Text(), ("统一社会信用代码", "Unified social credit code"), None, key=True),
        InputField("operating_months", COUNT, ("经营月数", "Months in operation"), Interval(0, 2400)),
        InputField("tax_payable", YUAN, ("应纳税额", "Tax payable"), Interval(0, 10**14)),
        InputField("general_vat", Truth(), ("一般纳税人", "General VAT payer"), None),
        InputField("prior_grade", Optional(Choice("Grade")), ("上年级别", "Prior grade"), None),
        InputField("share", Optional(RATE), ("比例", "Share"), Interval(0, 10_000)),
        InputField("founded", Optional(Month()), ("成立月份", "Founded"), Interval(1900 * 12, 2199 * 12 + 11)),
        InputField("remark", Optional(Text()), ("备注", "Remark"), None),
    ),
)
LATE_FILING = InputTable(
    "late_filing",
    ("逾期申报", "Late filing"),
    (
        InputField("tax", Choice("TaxType"), ("税种", "Tax"), None),
        InputField("due", Day(), ("申报期限", "Due"), Interval(0, 40_000)),
        InputField("filed", Optional(Day()), ("申报日期", "Filed"), Interval(0, 40_000)),
        InputField("tax_due", YUAN, ("涉及税款", "Tax concerned"), Interval(0, 10**12)),
    ),
)
EVASION = InputTable(
    "evasion",
    ("偷税", "Evasion"),
    (InputField("amount", YUAN, ("金额", "Amount"), Interval(0, 10**14)),),
    absent_means_none=True,
)


def _rule(kind: RuleKind, code: str, zh: str, en: str) -> Rule:
    return Rule(kind, code, (zh, en), (ARTICLE,))


def _late() -> Expression:
    due, filed = RecordField("late_filing", "due", Day()), RecordField("late_filing", "filed", Optional(Day()))
    return Or((Not(IsPresent(filed)), And((IsPresent(filed), Less(due, Presume(filed))))))


def _definitions() -> tuple[Definition, ...]:
    """Five points a late return by tax and day, half a point more for a remark; D for evasion above 100,000 yuan."""
    known = known_inputs(TAXPAYER, (LATE_FILING, EVASION), (TAX, GRADE))
    definitions: list[Definition] = []

    def define(name: str, type_: Type, expression: Expression) -> DefinitionReference:
        reference = DefinitionReference(name, type_)
        range_ = range_of(expression, known)
        if range_ is not None:
            known[reference] = range_
        definitions.append(Definition(name, type_, expression, range_))
        return reference

    grade = Optional(Choice("Grade"))
    keys = (RecordField("late_filing", "tax", Choice("TaxType")), RecordField("late_filing", "due", Day()))
    count = define("late.count", COUNT, Aggregate(AggregateKind.COUNT, "late_filing", _late(), None, keys, COUNT))
    define("late.fires", Truth(), Less(Constant(0, COUNT), count))
    points = define("late.points", POINTS, Multiply(Constant(-50, POINTS), count, POINTS))
    remarked = define("remark.fires", Truth(), IsPresent(SubjectField("remark", Optional(Text()))))
    define("remark.count", COUNT, Choose((Branch(remarked, Constant(1, COUNT)),), Constant(0, COUNT), COUNT))
    remark = define(
        "remark.points", POINTS, Choose((Branch(remarked, Constant(-5, POINTS)),), Constant(0, POINTS), POINTS)
    )
    base = define("score.base", POINTS, Constant(1000, POINTS))
    score = define("score", POINTS, Add((base, points, remark), POINTS))
    ruler = tuple(
        Branch(LessOrEqual(Constant(low, POINTS), score), Constant(name, Choice("Grade")))
        for name, low in (("A", 900), ("B", 700), ("C", 400))
    )
    band = define("band", grade, Choose(ruler, Constant("D", Choice("Grade")), grade))
    evader = define(
        "direct.evasion",
        Truth(),
        Aggregate(
            AggregateKind.ANY,
            "evasion",
            LessOrEqual(Constant(10_000_000, YUAN), RecordField("evasion", "amount", YUAN)),
            None,
            (),
            Truth(),
        ),
    )
    young = define("ceiling.young", Truth(), Less(SubjectField("operating_months", COUNT), Constant(36, COUNT)))
    closed = define("exempt.closed", Truth(), Equal(SubjectField("operating_months", COUNT), Constant(0, COUNT)))
    define("graded", Truth(), Not(closed))
    is_a = And((IsPresent(band), Equal(Presume(band), Constant("A", Choice("Grade")))))
    decided = Choose(
        (
            Branch(closed, Constant(None, grade)),
            Branch(evader, Constant("D", Choice("Grade"))),
            Branch(And((young, is_a)), Constant("B", Choice("Grade"))),
        ),
        band,
        grade,
    )
    final = define("grade", grade, decided)
    is_final_a = And((IsPresent(final), Equal(Presume(final), Constant("A", Choice("Grade")))))
    define("measure.invoices", Truth(), And((is_final_a, SubjectField("general_vat", Truth()))))
    define("measure.invoices.months", COUNT, Constant(3, COUNT))
    return tuple(definitions)


def _findings() -> tuple[Finding, ...]:
    late = _rule(RuleKind.INDICATOR, "010101", "未按规定期限申报", "Return not filed on time")
    remark = _rule(RuleKind.INDICATOR, "remark", "=有备注", "=Has a remark")
    return (
        Finding(late, "late.fires", "late.count", "late.points", "late.points", "late_filing", _late()),
        Finding(remark, "remark.fires", "remark.count", "remark.points", "remark.points"),
    )


def town() -> Program:
    """The policy."""
    plan = Result(
        base="score.base",
        score="score",
        score_after="score",
        score_low=None,
        score_high=None,
        grades="Grade",
        graded="graded",
        band="band",
        band_after="band",
        grade="grade",
        grade_after="grade",
        bands=(
            Band("A", False, 900, None),
            Band("B", False, 700, 899),
            Band("C", False, 400, 699),
            Band("D", False, None, 399),
        ),
        findings=_findings(),
        exempts=(Step(_rule(RuleKind.EXEMPT, "closed", "已停业", "Closed"), "exempt.closed", "exempt.closed"),),
        directs=(
            Step(_rule(RuleKind.DIRECT, "evader", "偷税", "Evasion"), "direct.evasion", "direct.evasion", grade="D"),
        ),
        assigns=(),
        demotes=(),
        ceilings=(
            Step(_rule(RuleKind.CEILING, "young", "未满三年", "Too young"), "ceiling.young", "ceiling.young", "B"),
        ),
        measures=(
            Measure(
                _rule(RuleKind.REWARD, "invoices", "领票三个月", "Three months of invoices"),
                "measure.invoices",
                (("税务机关", "Tax authority"),),
                (),
                False,
                (Grant("invoice_months", False, ("月数", "Months"), "measure.invoices.months"),),
                None,
                (),
            ),
        ),
        points_repairs=(),
        direct_repairs=(),
    )
    header = Header(
        "town", ("镇", "Town"), ("zh", "en"), ("局", "Office"), (PeriodKind.YEAR,), date(2014, 10, 1), None, "0" * 16
    )
    return Program(header, (TAX, GRADE), TAXPAYER, (LATE_FILING, EVASION), _definitions(), plan, (), ())
