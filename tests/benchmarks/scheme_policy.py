"""Writes a credit scheme of a city with any number of indicators, for measurements; the same arguments give the same bytes.

    python tests/benchmarks/scheme_policy.py --indicators 1685 --form scalar|records -o FOLDER

`scalar`: the subject has one whole number for each indicator, which costs points a unit, up to a cap. `records`: every indicator
looks at the records of one kind within the period; some have tiers by amount, some last for months, some add points. Base, floor,
grades, direct grades and measures are alike. 1,685 indicators are what the largest published scheme of a city has.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

BASE = 1000
FLOOR = 0
GRADES = (("A", 960), ("B", 850), ("C", 700), ("D", 600), ("E", None))
"""Each grade with the least score of its band, the best first."""
POINTS = tuple(Decimal(text) for text in ("1", "2", "3", "5", "0.5", "11", "2.5", "4", "6", "8", "10", "7", "9"))
TIMES = (5, 10, 3, 20, 2, 4, 8)
"""How often an indicator counts before its cap is reached."""
LARGEST_UNITS = 1000
AREAS = (
    ("商业履约", "Commerce"),
    ("税费缴纳", "Taxes and fees"),
    ("合同履约", "Contracts"),
    ("安全生产", "Safety at work"),
    ("环境保护", "Environment"),
    ("劳动用工", "Employment"),
    ("工程建设", "Construction"),
    ("食品药品", "Food and drugs"),
    ("交通运输", "Transport"),
    ("司法执行", "Judgments"),
    ("公益慈善", "Charity"),
    ("社会治理", "Public order"),
)
FEWEST = 10


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row of the scheme; `field` is where a scalar subject has its units, `kind` what its records are called."""

    number: int
    area: int
    code: str
    field: str
    kind: str
    points: Decimal
    cap: Decimal


@dataclass(frozen=True, slots=True)
class Direct:
    """A direct grade: given from so many units of an indicator on."""

    grade: str
    code: str
    indicator: Indicator
    least: int


def indicators(count: int) -> tuple[Indicator, ...]:
    """The rows of a scheme of so many indicators, area by area."""
    if count < FEWEST:
        raise ValueError(f"a scheme has {FEWEST} indicators or more")
    areas = min(len(AREAS), count // FEWEST)
    return tuple(_indicator(number, (number - 1) * areas // count) for number in range(1, count + 1))


def _indicator(number: int, area: int) -> Indicator:
    points = POINTS[number % len(POINTS)]
    cap = points * TIMES[number % len(TIMES)]
    return Indicator(
        number, area, f"{area + 1:02}{number:04}", f"n{number:04}", f"k{number:04}", points, cap.normalize()
    )


def directs(rows: tuple[Indicator, ...]) -> tuple[Direct, ...]:
    """The direct grades of a scheme: two of them the worst grade, one the last but one."""
    third = len(rows) // 3
    return (
        Direct("E", "grave_breach", rows[third], 900),
        Direct("E", "repeated_breach", rows[2 * third], 950),
        Direct("D", "persistent_breach", rows[-1], 800),
    )


def policy_text(count: int, form: str) -> dict[str, str]:
    """The files of a scheme, text by name; `scheme.credit` has the policy."""
    rows = indicators(count)
    data, rule, evidence = FORMS[form]
    files = {"data.credit": data(rows)}
    for area in sorted({row.area for row in rows}):
        title = " / ".join(AREAS[area])
        files[f"area_{area + 1:02}.credit"] = f"# {title}\n\n" + "\n".join(
            rule(row) for row in rows if row.area == area
        )
    return {"scheme.credit": _scheme(rows, tuple(files), evidence), **files}


def _scheme(rows: tuple[Indicator, ...], files: tuple[str, ...], evidence: Callable[[Direct], str]) -> str:
    uses = "\n".join(f'use "{name}"' for name in files)
    return f"""\
policy city_scheme "城市信用评价" / "Credit scheme of a city" {{
  languages zh, en
  authority "市信用主管部门" / "Credit authority of the city"
  subject   entity
  period    year
  effective 2020-01-01 ..
}}

{uses}

source measures "城市信用评价管理办法" / "Measures for the credit scheme of the city" {{
  title   "城市信用评价管理办法" / "Measures for the credit scheme of the city"
  rank    normative
  article 5 "起评分为{BASE}分,得分不低于{FLOOR}分。" / "The base is {BASE} points, the floor {FLOOR}."
  article 6 "信用级别分为A、B、C、D、E五级。" / "There are five grades, A to E."
  article 7 "有严重失信行为的,直接判级。" / "Serious breaches are graded directly."
  article 8 "按级别激励和惩戒。" / "Rewards and penalties follow the grade."
}}

source catalogue "城市信用评价指标目录" / "Catalogue of indicators of the city" {{
  title "城市信用评价指标目录" / "Catalogue of indicators of the city"
  rank  normative
}}

score "信用得分" / "Credit score" {{
  basis  measures article 5
  base   {BASE} points
  bounds {FLOOR} .. 1300 points
}}

{_grades()}
{"".join(_direct(item, evidence) for item in directs(rows))}
reward green_channel "办事绿色通道" / "Green channel" {{
  basis measures article 8
  by    "市信用主管部门" / "Credit authority of the city"
  when  grade is A
}}

reward deposit_reduced "减免保证金" / "Reduced deposit" {{
  basis    measures article 8
  by       "公共资源交易中心" / "Public resources exchange"
  may
  when     grade in {{A, B}} and score >= 900 points
  grants   deposit "保证金比例" / "Share of deposit" = 50%
  excludes inspected_often
}}

penalty inspected_often "提高抽查比例" / "More inspections" {{
  basis measures article 8
  by    "行业主管部门" / "Authority of the trade"
  when  grade in {{D, E}}
}}

penalty funds_restricted "限制申请财政资金" / "Public funds restricted" {{
  basis     measures article 8
  by        "市财政部门" / "Finance authority of the city"
  when      grade is E
  lasts     12 months
  restricts funds
}}
"""


def _grades() -> str:
    bands: list[str] = []
    above: int | None = None
    for name, least in GRADES:
        parts = ([] if least is None else [f"{least} or more"]) + ([] if above is None else [f"under {above}"])
        bands.append(f'  | {name} "{name}级" / "Grade {name}" : {" ".join(parts)}\n')
        above = least
    return f'grades Grade "信用级别" / "Credit grade" {{\n  basis measures article 6\n{"".join(bands)}}}\n'


def _direct(item: Direct, evidence: Callable[[Direct], str]) -> str:
    row = item.indicator
    return f"""
direct {item.grade} {item.code} "第{row.number}项严重失信" / "Serious breach of item {row.number}" {{
  basis measures article 7
  when  {evidence(item)}
}}
"""


def _scalar_data(rows: tuple[Indicator, ...]) -> str:
    fields = "".join(
        f'  {row.field} : int in 0 .. {LARGEST_UNITS} "第{row.number}项次数" / "Units of item {row.number}"\n'
        for row in rows
    )
    return (
        'subject entity "信用主体" / "Entity" {\n'
        '  key uscc : text "统一社会信用代码" / "Unified social credit code"\n' + fields + "}\n"
    )


def _scalar_rule(row: Indicator) -> str:
    return _rule(row, f"  deduct {row.field} * {_points(row.points)}\n  capped {_points(row.cap)}\n")


def _scalar_evidence(item: Direct) -> str:
    return f"{item.indicator.field} >= {item.least}"


TABLES = ("violation", "default", "award")


def _table(row: Indicator) -> str:
    """One indicator of nine is about awards, the others about violations and defaults in turn."""
    return "award" if row.number % 9 == 4 else TABLES[row.number % 2]


def _record_data(rows: tuple[Indicator, ...]) -> str:
    return "\n".join((*_kinds(rows), _RECORDS))


def _kinds(rows: tuple[Indicator, ...]) -> Iterator[str]:
    for table, chinese, english in (
        ("violation", "违法违规", "Violation"),
        ("default", "违约", "Default"),
        ("award", "表彰", "Award"),
    ):
        values = "".join(
            f'  {row.kind} "{chinese}第{row.number}类" / "{english} of kind {row.number}"\n'
            for row in rows
            if _table(row) == table
        )
        yield f'enum {table.capitalize()}Kind "{chinese}类别" / "Kind of {english.lower()}" {{\n{values}}}\n'


_RECORDS = """\
subject entity "信用主体" / "Entity" {
  key uscc : text "统一社会信用代码" / "Unified social credit code"
}

record violation of entity "违法违规" / "Violation" {
  kind    : ViolationKind         "类别" / "Kind"
  decided : date                  "处理决定之日" / "Day of the decision"
  amount  : yuan in 0 .. 100亿元  "涉及金额" / "Amount concerned"
}

record default of entity "违约" / "Default" {
  kind   : DefaultKind           "类别" / "Kind"
  due    : date                  "履行期限" / "Due"
  paid   : date?                 "履行之日" / "Performed"
  amount : yuan in 0 .. 100亿元  "欠缴金额" / "Amount owed"
}

record award of entity "表彰" / "Award" {
  kind    : AwardKind "类别" / "Kind"
  granted : date      "授予之日" / "Day of the award"
}
"""


def _record_rule(row: Indicator) -> str:
    table = _table(row)
    capped = f"  capped {_points(row.cap)}\n"
    if table == "award":
        where = f"kind is {row.kind} and granted in period.start .. period.end"
        return _rule(row, f"  for each award\n  where  {where}\n  add    {_points(row.points)}\n{capped}")
    if table == "default":
        late = "(paid is absent or paid > due + 30 days)"
        where = f"kind is {row.kind} and due in period.start .. period.end and {late}"
    elif row.number % 5 == 0:
        where = f"kind is {row.kind}"
        capped += "  lasts  24 months from decided\n"
    else:
        where = f"kind is {row.kind} and decided in period.start .. period.end"
    points = _tiers(row) if row.number % 3 == 0 else _points(row.points)
    return _rule(row, f"  for each {table}\n  where  {where}\n  deduct {points}\n{capped}")


def _tiers(row: Indicator) -> str:
    first, second, third = (_points(row.points * times) for times in (1, 2, 3))
    return f"""{{
    | amount < 1万元  -> {first}
    | amount < 10万元 -> {second}
    | otherwise       -> {third}
  }}"""


def _record_evidence(item: Direct) -> str:
    row = item.indicator
    return f"count({_table(row)} where kind is {row.kind}) >= {item.least // 100}"


def _rule(row: Indicator, clauses: str) -> str:
    chinese, english = AREAS[row.area]
    return (
        f'indicator {row.code} "{chinese}第{row.number}项" / "{english}, item {row.number}" {{\n'
        f"  basis  catalogue row {row.code}\n{clauses}}}\n"
    )


def _points(value: Decimal) -> str:
    return f"{value:f} {'point' if value == 1 else 'points'}"


FORMS: dict[str, tuple[Callable[[tuple[Indicator, ...]], str], Callable[[Indicator], str], Callable[[Direct], str]]] = {
    "scalar": (_scalar_data, _scalar_rule, _scalar_evidence),
    "records": (_record_data, _record_rule, _record_evidence),
}
"""For each form: the data, the rule of one indicator, and the evidence of a direct grade."""


def write_policy(count: int, form: str, folder: Path) -> None:
    """The files of a scheme in a folder, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in policy_text(count, form).items():
        (folder / name).write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--indicators", type=int, default=1685)
    parser.add_argument("--form", choices=sorted(FORMS), default="scalar")
    parser.add_argument("-o", "--output", type=Path, required=True)
    arguments = parser.parse_args()
    write_policy(arguments.indicators, arguments.form, arguments.output)


if __name__ == "__main__":
    main()
