"""The wording of the checking stage: parameters over time, tables and bands."""

from datetime import date
from fractions import Fraction

from creditdsl.checking.regions import Cut, Stretch
from creditdsl.checking.wording import show_value, simple
from creditdsl.core import ir
from creditdsl.core.notation import decimal
from creditdsl.core.types import Type
from creditdsl.diagnostics import Code, Diagnostic, Label, Text
from creditdsl.source import Span
from creditdsl.syntax import tree

Facts = list[tuple[str, str]]


def parameter_gap(parameter: tree.Parameter, start: date | None, end: date | None) -> Diagnostic:
    when = f"{start or '…'} .. {end or '…'}"
    return Diagnostic(
        Code.CR0501,
        parameter.name.span,
        Text(
            f"参数 `{parameter.name.text}` 在一段时间里没有值",
            f"the parameter `{parameter.name.text}` has no value for some time",
        ),
        Text(
            "补上这段时间的值,或缩短政策的施行期", "give it a value for that time, or narrow the policy's `effective`"
        ),
        facts=((Text("时间", "time"), when),),
    )


def parameter_overlap(parameter: tree.Parameter, earlier: tree.DatedValue, later: tree.DatedValue) -> Diagnostic:
    return Diagnostic(
        Code.CR0502,
        later.span,
        Text(
            f"参数 `{parameter.name.text}` 在 {later.start} 有两个值",
            f"the parameter `{parameter.name.text}` has two values on {later.start}",
        ),
        Text("让前一个值先结束", "let the earlier value end before"),
        (Label(earlier.span, Text("前一个值", "the earlier value")),),
    )


def wrong_column_type(span: Span) -> Diagnostic:
    return simple(
        Code.CR0202,
        span,
        ("表的列不能是文本,也不能可缺失", "a column of a table is neither text nor optional"),
        ("用枚举、数、日期或是非", "use an enum, a number, a date or a truth value"),
    )


def wrong_number_of_cells(cells: int, columns: int, span: Span) -> Diagnostic:
    return simple(
        Code.CR0212,
        span,
        (f"这一行有 {cells} 格,表有 {columns} 列", f"this row has {cells} cells, and the table {columns} columns"),
        ("每列写一格,不限的写 `任一`", "write one cell a column, `any` where it does not matter"),
    )


def wrong_number_of_arguments(given: int, columns: int, span: Span) -> Diagnostic:
    return simple(
        Code.CR0212,
        span,
        (f"给了 {given} 个参数,表有 {columns} 列", f"{given} arguments for a table of {columns} columns"),
        ("每列给一个参数", "give one argument a column"),
    )


def outside_the_column(
    column: tree.Column, proved: ir.Interval, range_: ir.Interval, type_: Type, span: Span
) -> Diagnostic:
    own = f"{show_value(proved.low, type_)} .. {show_value(proved.high, type_)}"
    allowed = f"{show_value(range_.low, type_)} .. {show_value(range_.high, type_)}"
    return Diagnostic(
        Code.CR0208,
        span,
        Text(f"这个值可能超出列 `{column.name.text}` 的范围", f"this may lie outside the column `{column.name.text}`"),
        Text("放宽列的范围,或先限定这个值", "widen the column's range, or bound the value first"),
        facts=((Text("值", "value"), own), (Text("列", "column"), allowed)),
    )


def no_row(table: tree.Table, facts: Facts) -> Diagnostic:
    return Diagnostic(
        Code.CR0403,
        table.name.span,
        Text(f"表 `{table.name.text}` 漏了一种情况", f"no row of `{table.name.text}` matches a combination"),
        Text("为它加一行", "add a row for it"),
        facts=tuple((Text(name, name), value) for name, value in facts),
    )


def two_rows(first: tree.Row, second: tree.Row, facts: Facts) -> Diagnostic:
    return Diagnostic(
        Code.CR0404,
        second.span,
        Text("两行都适用于同一种情况", "two rows match the same combination"),
        Text("让两行分开", "part the two rows"),
        (Label(first.span, Text("另一行", "the other row")),),
        tuple((Text(name, name), value) for name, value in facts),
    )


def _number(value: Fraction) -> str:
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
    return decimal(int(value * 10**places), places)


def _ends(stretch: Stretch) -> tuple[Text, str]:
    """The stretch in words, and a score in it."""
    low, high = stretch.low, stretch.high
    if low.infinite:
        return Text(f"{_number(high.value)} 分以下", f"below {_number(high.value)}"), _number(high.value - 1)
    if high.infinite:
        return Text(f"{_number(low.value)} 分以上", f"above {_number(low.value)}"), _number(low.value + 1)
    if low.value == high.value:
        return Text(f"{_number(low.value)} 分", f"of {_number(low.value)}"), _number(low.value)
    text = Text(
        f"{_number(low.value)} 至 {_number(high.value)} 分", f"from {_number(low.value)} to {_number(high.value)}"
    )
    return text, _number(_example(low, high))


def _example(low: Cut, high: Cut) -> Fraction:
    if not low.after:
        return low.value
    return high.value if high.after else (low.value + high.value) / 2


def band_gap(gap: Stretch, bands: list[tree.Band], beside: tree.Band) -> Diagnostic:
    where, example = _ends(gap)
    others = tuple(Label(band.span, Text("另一级", "another band")) for band in bands if band is not beside)
    return Diagnostic(
        Code.CR0401,
        beside.span,
        Text(f"没有一级包括 {where.zh}", f"no grade takes a score {where.en}"),
        Text("让相邻两级首尾相接,如 `70 以上` 接 `不满 70`", "let the bands meet, as `70 or more` meets `under 70`"),
        others[:2],
        ((Text("得分", "score"), example),),
    )


def two_bands(first: tree.Band, second: tree.Band, both: Stretch) -> Diagnostic:
    where, example = _ends(both)
    return Diagnostic(
        Code.CR0402,
        second.span,
        Text(f"两级都包括 {where.zh}", f"two grades take a score {where.en}"),
        Text("用 `不满` 代替其中一个 `以上`、`以下`", "use `under` where one of them says `or less`"),
        (Label(first.span, Text("另一级", "the other band")),),
        ((Text("得分", "score"), example),),
    )


def no_band_at_all(span: Span) -> Diagnostic:
    return simple(
        Code.CR0401,
        span,
        ("没有一级由得分决定", "no grade is given by the score"),
        ("至少一级写明分数范围", "give at least one grade a band"),
    )
