"""A Hypothesis strategy for valid policies as rule text.

Policies are valid by construction: every comparison is with a constant inside the range of what it is compared with,
bands and table rows part what they cover, optional fields are guarded. Together the policies use every declaration and
every form of indicator; points are in arbitrary hundredths and sometimes very large, names Chinese and English.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from hypothesis import strategies as st

from tests import strategies_measures

Item = TypeVar("Item")

KINDS = ("vat", "cit", "其他税")
GRADES = ("A", "B", "M", "C", "D")
ENUM_TYPE, GRADE_TYPE = "Kind", "Grade"
DEEPEST = 2


@dataclass(frozen=True)
class Field:
    """`type` is int, yuan, points, percent, date, month, text, truth, Kind or Grade; limits in hundredths."""

    name: str
    type: str
    optional: bool = False
    low: int = 0
    high: int = 0

    @property
    def is_number(self) -> bool:
        return self.type in ("int", "yuan", "points", "percent")

    @property
    def step(self) -> int:
        return 100 if self.type == "int" else 1


@dataclass(frozen=True)
class Record:
    name: str
    fields: tuple[Field, ...]
    absent_means_none: bool


@st.composite
def policies(draw: st.DrawFn) -> str:
    """The text of a policy in one file, with the keywords of English."""
    return Writer(draw).policy()


def hundredths(value: int) -> str:
    """`12.5` for 1250."""
    whole, rest = divmod(abs(value), 100)
    return f"{'-' if value < 0 else ''}{whole}" + (f".{rest:02}".rstrip("0") if rest else "")


def literal(field_type: str, value: int) -> str:
    unit = {"int": "", "yuan": " yuan", "points": " points", "percent": "%"}[field_type]
    shown = hundredths(value)
    return f"{shown}{unit}"


class Writer:
    """Draws one policy, declaration by declaration."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.subject: tuple[Field, ...] = ()
        self.records: tuple[Record, ...] = ()
        self.record: Record | None = None
        self.conditions: list[str] = []
        self.has_table = False
        self.has_calendar = False

    def pick(self, items: "tuple[Item, ...] | list[Item]") -> Item:
        return self.draw(st.sampled_from(list(items)))

    def often(self, chances: int = 2) -> bool:
        """True in one of `chances` draws; shrinks to False."""
        return self.draw(st.integers(0, chances - 1)) == chances - 1

    def number(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    # Declarations

    def policy(self) -> str:
        period = self.pick(("year", "month", "quarter", "year, quarter", "month, year, quarter"))
        has_grade_field = self.often()
        self.has_calendar = self.often()
        calendar = "calendar china " if self.has_calendar else ""
        grades = self.grades()
        self.subject = self.fields("f", 3, 7, grade=has_grade_field)
        names = self.pick((("late",), ("late", "欠税"), ("late", "欠税", "审计")))
        self.records = tuple(Record(name, self.fields(f"{name}_", 2, 5, date=True), self.often()) for name in names)
        parts = [
            f'policy made "自动生成" / "Generated" {{ languages zh, en subject firm period {period} {calendar}effective 2019-01-01 .. }}',
            f"enum {ENUM_TYPE} {{ {' '.join(KINDS)} }}",
            f"subject firm {{ key id : text {' '.join(map(declared, self.subject))} }}",
            *(record_text(record) for record in self.records),
            *self.parameters(),
            *self.table(),
            *self.defines(),
            self.score(),
            *self.indicators(),
            grades,
            *self.steps(),
            *self.measures(),
            *strategies_measures.measures(self),
        ]
        return "\n".join(parts) + "\n"

    def fields(
        self, prefix: str, least: int, most: int, *, date: bool = False, grade: bool = False
    ) -> tuple[Field, ...]:
        kinds = ("int", "yuan", "points", "percent", "date", "month", "text", "truth", ENUM_TYPE)
        drawn = self.draw(st.lists(st.sampled_from(kinds), min_size=least, max_size=most))
        made = [self.field(f"{prefix}{position}", kind) for position, kind in enumerate(drawn)]
        if date:
            made += [Field(f"{prefix}due", "date"), Field(f"{prefix}filed", "date", optional=True)]
        if grade:
            made.append(Field(f"{prefix}prior", GRADE_TYPE, optional=True))
        return tuple(made)

    def field(self, name: str, kind: str) -> Field:
        optional = self.often(3)
        if kind not in ("int", "yuan", "points", "percent"):
            return Field(name, kind, optional)
        low = self.pick((0, 0, 100, -12_300))
        span = self.pick((100, 1_200, 10_000, 123_400, 99_999_999_00))
        return Field(name, kind, optional, low, low + span)

    def parameters(self) -> list[str]:
        first, second = self.number(1, 5_000), self.number(1, 50_000)
        one = f"parameter 小额 : yuan {{ | {literal('yuan', first)} from 2019-01-01 | {literal('yuan', second)} from 2021-07-01 }}"
        two = f"parameter step : points {{ | {literal('points', self.points_value())} from 2018-01-01 }}"
        return [one, two]

    def points_value(self) -> int:
        """Points in hundredths, arbitrary ones preferred, now and then very large."""
        return self.draw(st.one_of(st.integers(1, 4_000), st.sampled_from([1, 33, 1_000, 123_456_789])))

    def table(self) -> list[str]:
        cut = self.number(1, 99)
        cells = [f"< {cut}", f"{cut} or more"]
        rows = [
            f"| {cell} | {kinds} -> {literal('points', self.points_value())}"
            for cell in cells
            for kinds in self.parted()
        ]
        self.has_table = True
        return [f"table 扣分表 (count: int in 0 .. 100, kind: {ENUM_TYPE}) : points {{ {' '.join(rows)} }}"]

    def parted(self) -> tuple[str, ...]:
        return self.pick((("any",), ("vat", "{cit, 其他税}"), ("{vat, 其他税}", "cit"), KINDS))

    def defines(self) -> list[str]:
        made = []
        for position in range(self.number(0, 2)):
            made.append(f"define 情形{position} = {self.condition(DEEPEST)}")
            self.conditions.append(f"情形{position}")
        return made

    def score(self) -> str:
        base = literal("points", self.number(0, 20_000))
        if self.often():
            base = f"{{ | {self.condition(1)} -> {base} | otherwise -> {literal('points', self.number(0, 20_000))} }}"
        bounds = f" bounds 0 .. {literal('points', self.number(9_000, 15_000))}" if self.often(3) else ""
        return f"score {{ base {base}{bounds} }}"

    def grades(self) -> str:
        cuts = sorted(self.draw(st.lists(st.integers(-500, 12_000), min_size=3, max_size=3, unique=True)))
        low, middle, high = (literal("points", cut) for cut in cuts)
        return (
            f"grades {GRADE_TYPE} {{ | A : {high} or more | B : {middle} or more under {high} | M : by rule "
            f"| C : {low} or more under {middle} | D : under {low} }}"
        )

    def steps(self) -> list[str]:
        made = [f"assign M fresh {{ when {self.condition(1)} }}"]
        kinds = self.draw(st.lists(st.sampled_from(("direct", "ceiling", "demote", "exempt", "assign")), max_size=6))
        for position, kind in enumerate(kinds):
            grade = self.pick(GRADES)
            heads = {"demote": f"demote {self.number(1, 3)}", "exempt": "exempt"}
            head = heads.get(kind, f"{kind} {grade}")
            clauses = f"when {self.condition(DEEPEST)}"
            if self.often(4):
                clauses += f" unless {self.condition(0)}"
            if self.often(4):
                interval = self.pick(("2020-01-01 ..", "2019-06-30 .. 2020-12-31", ".. 2020-06-30"))
                clauses += f" effective {interval}{self.pick(('', '', ' judged by as of'))}"
            made.append(f"{head} {kind}_{position} {{ {clauses} }}")
            # Setting a better direct grade aside could lower the grade, which a repair must not.
            if kind == "direct" and grade == GRADES[-1] and self.often():
                made.append(self.direct_repair(f"{kind}_{position}"))
        return made

    def direct_repair(self, code: str) -> str:
        regrade = f" regrade at most {self.pick(GRADES)}" if self.often() else ""
        if self.often():
            record = self.pick(self.records)
            due, filed = f"{record.name}_due", f"{record.name}_filed"
            once = " once per year" if self.often() else ""
            return f"repair of direct {code} {{ for each {record.name} from {due} to {filed}{regrade}{once} }}"
        return f"repair of direct {code} {{ when {self.condition(1)}{regrade} }}"

    def measures(self) -> list[str]:
        made = []
        for position in range(self.number(0, 3)):
            kind = self.pick(("reward", "penalty"))
            holds = self.pick(("grade is A", "grade in {A, B}", "grade is not D", "score >= 50 points"))
            if self.often():
                holds = f"{holds} and {self.condition(0)}"
            grant = self.pick(
                ("grants 便利", f"grants months = {self.number(0, 9)}", "restricts invoices", "may grants visit")
            )
            made.append(f'{kind} measure_{position} {{ by "税务机关" / "Tax authority" when {holds} {grant} }}')
        return made

    # Indicators

    def indicators(self) -> list[str]:
        made = []
        for position in range(self.number(1, 6)):
            code = self.pick((f"0101{position:02}", f"指标{position}", f"x{position}.1"))
            code = code if not code.startswith("x") else f"9{position}.01"
            made += self.indicator(code)
        return made

    def indicator(self, code: str) -> list[str]:
        if self.often(3):
            return [
                f"indicator {code} {{ {self.common()}{self.pick(('deduct', 'add'))} {self.once_points()}{self.cap()} }}"
            ]
        record = self.pick(self.records)
        keys = self.draw(st.lists(st.sampled_from([field.name for field in record.fields]), max_size=2, unique=True))
        per = f" per {', '.join(keys)}" if keys else ""
        where = f" where {self.inside(record, DEEPEST)}" if self.often() else ""
        sign = self.pick(("deduct", "deduct", "add"))
        points = self.plain_points() if keys else self.record_points(record)
        lasts = f" lasts {self.number(1, 18)} months from {record.name}_due" if self.often(4) else ""
        judged = self.pick((f"{record.name}_due", f"{record.name}_filed", "as of", "period.end"))
        effective = f" effective 2019-06-30 .. 2021-03-31 judged by {judged}" if self.often(4) else ""
        each = f"for each {record.name}{per}{where}"
        made = [f"indicator {code} {{ {each} {sign} {points}{self.cap()}{lasts}{effective} }}"]
        if sign == "deduct" and self.often():
            made.append(self.repair(code, record))
        return made

    def common(self) -> str:
        return f"when {self.condition(DEEPEST)} "

    def cap(self) -> str:
        return f" capped {literal('points', self.points_value())}" if self.often(3) else ""

    def plain_points(self) -> str:
        return self.pick((literal("points", self.points_value()), "step"))

    def once_points(self) -> str:
        """Points of an indicator that counts once: constant, or computed from the subject."""
        ways: list[Callable[[], str]] = [self.plain_points, self.by_cases, self.by_count]
        numbers = [field for field in self.subject if field.type == "yuan" and not field.optional and field.low >= 0]
        if numbers:
            ways.append(lambda: self.by_amount(self.pick(numbers).name))
        return self.pick(ways)()

    def by_cases(self) -> str:
        return f"{{ | {self.condition(0)} -> {self.plain_points()} | otherwise -> {self.plain_points()} }}"

    def by_count(self) -> str:
        record = self.pick(self.records)
        return f"least(100, count({record.name})) * {literal('points', self.number(1, 999))}"

    def by_amount(self, name: str) -> str:
        unit, worth = self.pick((1_000_00, 33_00, 1_000_000_00)), self.number(1, 999)
        mode = self.pick(("half up", "half even", "down", "up"))
        return (
            f"round({name} / {literal('yuan', unit)} * {literal('points', worth)}, {self.number(0, 2)} places, {mode})"
        )

    def record_points(self, record: Record) -> str:
        """Points of one record, which may look at its fields."""
        previous, self.record = self.record, record
        ways: list[Callable[[], str]] = [self.plain_points, self.plain_points, self.by_cases]
        amounts = [field for field in record.fields if field.type == "yuan" and not field.optional and field.low >= 0]
        kinds = [field for field in record.fields if field.type == ENUM_TYPE and not field.optional]
        if amounts:
            ways.append(lambda: self.by_amount(self.pick(amounts).name))
        if kinds and self.has_table:
            ways.append(lambda: f"扣分表({self.number(0, 100)}, {self.pick(kinds).name})")
        points = self.pick(ways)()
        self.record = previous
        return points

    def repair(self, code: str, record: Record) -> str:
        """A repair whose shares look at the time, at the year and at the record."""
        due, filed = f"{record.name}_due", f"{record.name}_filed"
        conditions = [
            f"within {self.number(1, 60)} days after {due}",
            f"within {self.number(1, 12)} months after {due} and {self.inside(record, 0)}",
            f"year of {filed} = year of {due}",
            f"year of {filed} = year of {due} + 1",
        ]
        chosen = self.draw(st.lists(st.sampled_from(conditions), max_size=3, unique=True))
        branches = [f"| {condition} -> {self.share()}" for condition in chosen]
        restore = f"{{ {' '.join(branches)} | otherwise -> {self.share()} }}" if branches else self.share()
        return f"repair of {code} {{ for each {record.name} from {due} to {filed} restore {restore} }}"

    def share(self) -> str:
        return f"{self.pick((0, 20, 33, 40, 80, 100))}%"

    # Conditions

    def inside(self, record: Record, depth: int) -> str:
        """A condition on one record."""
        previous, self.record = self.record, record
        made = self.condition(depth)
        self.record = previous
        return made

    def condition(self, depth: int) -> str:
        """A condition of the subject, or of the record at hand."""
        if depth > 0 and self.often():
            first, second = self.condition(depth - 1), self.condition(depth - 1)
            return self.pick(
                (
                    f"({first}) and ({second})",
                    f"({first}) or ({second})",
                    f"not ({first})",
                    f"({first}) implies ({second})",
                )
            )
        ways: list[Callable[[], str]] = [self.field_test, self.field_test]
        if self.record is None:
            ways += [self.record_test, self.record_test, self.record_test]
            if self.conditions:
                ways.append(lambda: self.pick(self.conditions))
        return self.pick(ways)()

    def field_test(self) -> str:
        """A test of one field, guarded where it may be absent."""
        own = self.record.fields if self.record is not None else ()
        fields = list(own) * 2 + [field for field in self.subject if self.record is None or self.often()]
        field = self.pick(fields or list(self.subject))
        test = self.plain_test(field)
        if not field.optional:
            return test
        name = field.name
        return self.pick(
            (
                f"{name} is absent",
                f"{name} is present",
                f"({name} is present and {test})",
                f"({name} is absent or {test})",
            )
        )

    def plain_test(self, field: Field) -> str:
        name = field.name
        match field.type:
            case "truth":
                return name
            case "text":
                return self.pick((f'{name} = "甲"', f'{name} != "乙"'))
            case "date":
                return self.date_test(name)
            case "month":
                return self.pick(
                    (f"{name} <= month of period.end", f"{name} = 2020-06", f"{name} > month of period.start")
                )
            case "Kind":
                return self.pick((f"{name} is vat", f"{name} is not cit", f"{name} in {{vat, 其他税}}"))
            case "Grade":
                return self.pick((f"{name} is D", f"{name} in {{A, M}}", f"{name} is not A"))
            case _:
                return self.number_test(field)

    def number_test(self, field: Field) -> str:
        """A comparison with a constant strictly inside the field's range."""
        steps = (field.high - field.low) // field.step
        value = field.low + field.step * self.number(1, max(steps - 1, 1))
        sign = self.pick(("<", "<=", ">", ">=", "=", "!=")) if steps > 2 else self.pick(("=", "!="))
        if field.type == "yuan" and field.high > 10_000 * 100 and self.often(3):
            return f"{field.name} {self.pick(('<', '<=', '>', '>='))} 小额"
        return f"{field.name} {sign} {literal(field.type, value)}"

    def date_test(self, name: str) -> str:
        if self.has_calendar and self.often(3):
            return self.workday_test(name)
        return self.pick(
            (
                f"{name} in period.start .. period.end",
                f"period.months >= {self.number(2, 12)} and {name} > period.start",
                f"{name} > period.end",
                f"{name} <= as of",
                f"days between {name} and as of >= {self.number(1, 400)} days",
                f"months between {name} and period.end < {self.number(1, 36)} months",
                f"{name} within {self.number(1, 90)} days before as of",
                f"{name} within {self.number(1, 12)} months after period.start",
                f"year of {name} = year of period.end",
                f"{name} < 2020-0{self.number(1, 9)}-29",
                f"(小额 at {name} or else 0 yuan) >= {literal('yuan', self.number(1, 50_000))}",
                f"({name} >= 2019-01-01 and 小额 at {name} < {literal('yuan', self.number(1, 50_000))})",
            )
        )

    def workday_test(self, name: str) -> str:
        """A test that counts workdays, behind a guard that keeps it inside the calendar."""
        count = self.number(0, 60)
        test = self.pick(
            (
                f"{name} + {count} workdays >= as of",
                f"{name} - {count} workdays < period.start",
                f"as of within {count} workdays after {name}",
                f"rolled({name}) > period.end",
                f"rolled({name} + {count} days) <= as of",
                f"rolled({name} + 1 month) = {name} + {count} workdays",
                f"workdays between {name} and 2020-02-{self.number(1, 29):02} > {count} workdays",
                f"workdays between 2020-10-{self.number(1, 12):02} and {name} <= {count}",
            )
        )
        return f"({name} in 2018-01-01 .. 2025-12-31 and {test})"

    def record_test(self) -> str:
        """A test of an aggregate over records."""
        record = self.pick(self.records)
        name = record.name
        where = f" where {self.inside(record, 1)}" if self.often() else ""
        due, filed = f"{name}_due", f"{name}_filed"
        amounts = [
            field.name for field in record.fields if field.type == "yuan" and not field.optional and field.low >= 0
        ]
        ways = [
            f"any({name}{where})",
            f"count({name}{where}) >= {self.number(1, 6)}",
            f"count({name} per {due}{where}) > {self.number(1, 4)}",
            f"every({name}{where or f' where {due} <= as of'})",
            f"(latest({due} for each {name}{where}) or else period.start) > period.end",
            f"(earliest({due} for each {name}{where}) or else as of) < period.start",
            f"longest run(month of {due} for each {name}{where}) >= {self.number(2, 5)}",
            f"streak(year of {due} for each {name}{where}) >= {self.number(1, 3)}",
            f"latest({filed} for each {name} where {filed} is present) is present",
        ]
        kinds = [field.name for field in record.fields if field.type == ENUM_TYPE and not field.optional]
        if kinds:
            kind = self.pick(kinds)
            ways.append(f"(worst({kind} for each {name}{where}) or else vat) is cit")
            ways.append(f"(best({kind} for each {name}{where}) or else 其他税) is not vat")
        if amounts:
            limit = literal("yuan", self.number(1, 1_000_000))
            ways += [
                f"sum({self.pick(amounts)} for each {name}{where}) >= {limit}",
                f"(max({self.pick(amounts)} for each {name}{where}) or else 0) > {limit}",
                f"(min({self.pick(amounts)} for each {name}{where}) or else 0) <= {limit}",
            ]
        return self.pick(ways)


def declared(field: Field) -> str:
    """A field's declaration."""
    optional = "?" if field.optional else ""
    if not field.is_number:
        return f"{field.name} : {field.type}{optional}"
    return f"{field.name} : {field.type}{optional} in {literal(field.type, field.low)} .. {literal(field.type, field.high)}"


def record_text(record: Record) -> str:
    fields = " ".join(map(declared, record.fields))
    return f"record {record.name} of firm {{ {'absent means none ' if record.absent_means_none else ''}{fields} }}"
