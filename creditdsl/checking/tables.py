"""Decision tables: every combination of the columns is matched by exactly one row.

`check_table` reports combinations that no row or two rows match. `look_up` turns a use of a table into a choice between
its rows, in the order written; the last row needs no test, since some row matches.
"""

from dataclasses import replace
from fractions import Fraction

from creditdsl.checking import band_messages, messages, operators, wording
from creditdsl.checking.input_types import input_type, limit
from creditdsl.checking.regions import Cut, Region, Side, Stretch, before, intersect, uncovered
from creditdsl.checking.scope import TRUE, Elaboration, Scope, Typed, conjunction
from creditdsl.checking.terms import align, value
from creditdsl.core import ir
from creditdsl.core.types import Choice, Day, Month, Number, Optional, Plain, Text, Truth
from creditdsl.syntax import tree

Bounds = tuple[int, int]
TRUTHS = frozenset({"yes", "no"})


def check_table(table: tree.Table, elaboration: Elaboration) -> None:
    """Reports gaps and overlaps of the rows, and rows whose values do not fit the table's type."""
    columns = [input_type(column.type, elaboration) for column in table.columns]
    if any(column is None for column in columns):
        return
    wholes: list[Side] = []
    for column in columns:
        if column is None or isinstance(column[0], Optional | Text):
            elaboration.report(band_messages.wrong_column_type(table.span))
            return
        wholes.append(_whole(column[0], column[1], elaboration))
    regions: list[Region] = []
    for row in table.rows:
        if len(row.cells) != len(columns):
            elaboration.report(band_messages.wrong_number_of_cells(len(row.cells), len(columns), row.span))
            return
        sides = [
            _side(cell, column[0], whole, elaboration)
            for cell, column, whole in zip(row.cells, columns, wholes, strict=True)
            if column is not None and not isinstance(column[0], Optional)
        ]
        if any(side is None for side in sides):
            return
        regions.append(tuple(side for side in sides if side is not None))
    _report_overlaps(table, regions, elaboration)
    for gap in uncovered(tuple(wholes), regions)[:1]:
        elaboration.report(band_messages.no_row(table, _facts(gap, table, elaboration)))


def _report_overlaps(table: tree.Table, regions: list[Region], elaboration: Elaboration) -> None:
    for index, region in enumerate(regions):
        for earlier in range(index):
            both = intersect(regions[earlier], region)
            if both is not None:
                facts = _facts(both, table, elaboration)
                elaboration.report(band_messages.two_rows(table.rows[earlier], table.rows[index], facts))
                return


def _whole(type_: Plain, range_: ir.Interval | None, elaboration: Elaboration) -> Side:
    match type_:
        case Choice(enum=enum):
            return frozenset(elaboration.enums[enum].names)
        case Truth():
            return TRUTHS
        case _:
            return _stretch(range_.low, range_.high) if range_ else frozenset()


def _stretch(low: int, high: int) -> Stretch:
    """Whole numbers at the column's scale, so that `<= 999.99 yuan` and `>= 1000 yuan` leave no gap."""
    return Stretch(before(Fraction(low)), before(Fraction(high + 1)))


def _side(cell: tree.Cell, type_: Plain, whole: Side, elaboration: Elaboration) -> Side | None:
    match cell:
        case tree.AnyCell():
            return whole
        case tree.ItemsCell(items=items):
            return _items_side(items, type_, whole, elaboration)
        case tree.RangeCell(low=low, high=high):
            bounds = (limit(low, type_, elaboration), limit(high, type_, elaboration))
            return None if bounds[0] is None or bounds[1] is None else _stretch(bounds[0], bounds[1])
        case tree.BoundsCell(bounds=written):
            if not isinstance(whole, Stretch):
                elaboration.report(messages.no_order(type_, cell.span))
                return None
            low_cut, high_cut = whole.low, whole.high
            for bound in written:
                number = limit(bound.number, type_, elaboration)
                if number is None:
                    return None
                low_cut, high_cut = narrowed(bound.word, Fraction(number), low_cut, high_cut)
            return Stretch(low_cut, high_cut)


def narrowed(word: tree.BoundWord, number: Fraction, low: Cut, high: Cut) -> tuple[Cut, Cut]:
    """The stretch of whole numbers narrowed by one bound."""
    match word:
        case tree.BoundWord.OR_MORE:
            return max(low, before(number)), high
        case tree.BoundWord.OVER:
            return max(low, before(number + 1)), high
        case tree.BoundWord.OR_LESS:
            return low, min(high, before(number + 1))
        case tree.BoundWord.UNDER:
            return low, min(high, before(number))


def _items_side(items: tuple[tree.Expression, ...], type_: Plain, whole: Side, elaboration: Elaboration) -> Side | None:
    names: set[str] = set()
    for item in items:
        match item, whole:
            case tree.Reference(name=name), frozenset() if isinstance(type_, Choice):
                if name not in whole:
                    identifier = tree.Identifier(name, span=item.span)
                    elaboration.report(messages.no_such_value(identifier, type_.enum, tuple(whole)))
                    return None
                names.add(name)
            case tree.TruthLiteral(value=truth), frozenset():
                names.add("yes" if truth else "no")
            case _, Stretch():
                number = limit(item, type_, elaboration)
                if number is None or len(items) > 1:
                    return None
                return _stretch(number, number)
            case _:
                elaboration.report(messages.wrong_literal(type_, item.span))
                return None
    return frozenset(names)


def _facts(region: Region, table: tree.Table, elaboration: Elaboration) -> list[tuple[str, str]]:
    """An example combination: the least value of each side."""
    facts: list[tuple[str, str]] = []
    for side, column in zip(region, table.columns, strict=True):
        written = input_type(column.type, elaboration)
        match side:
            case Stretch(low=low):
                type_ = written[0] if written else None
                facts.append((column.name.text, wording.show_value(int(low.value), type_)))
            case frozenset():
                facts.append((column.name.text, min(side)))
    return facts


def look_up(call: tree.Call, scope: Scope) -> Typed | None:
    """The value of the row that matches the arguments."""
    elaboration = scope.elaboration
    table = elaboration.declarations.named.get(call.name.text)
    if not isinstance(table, tree.Table):
        tables = [name for name, item in elaboration.declarations.named.items() if isinstance(item, tree.Table)]
        scope.report(messages.not_declared(call.name.text, call.name.span, [*tables, "least", "greatest"]))
        return None
    elaboration.used.add(call.name.text)
    if len(call.arguments) != len(table.columns):
        scope.report(band_messages.wrong_number_of_arguments(len(call.arguments), len(table.columns), call.span))
        return None
    arguments: dict[str, Typed] = {}
    for column, written in zip(table.columns, call.arguments, strict=True):
        argument = _argument(column, written, scope)
        if argument is None:
            return None
        arguments[column.name.text] = argument
    return _rows(table, arguments, scope)


def _argument(column: tree.Column, written: tree.Expression, scope: Scope) -> Typed | None:
    expected = input_type(column.type, scope.elaboration)
    if expected is None:
        return None
    type_, range_ = expected
    argument = value(written, scope, type_)
    if argument is None:
        return None
    match argument.type, type_:
        case Number(unit=own, scale=a), Number(unit=unit, scale=b):
            argument = operators.adapt(argument, unit)
            if own is not unit and not operators.is_zero(argument) and argument.type != Number(unit, 0):
                scope.report(messages.units_do_not_match(own, unit, written.span))
                return None
            if a > b:
                scope.report(messages.too_many_places(a, b, written.span))
                return None
            argument = operators.scaled(argument, b)
        case own_type, _ if own_type != type_:
            scope.report(messages.types_do_not_fit(own_type, type_, written.span))
            return None
        case _:
            pass
    if range_ is not None and isinstance(argument.type, Number | Day | Month):
        proved = scope.interval(argument.expression)
        if proved.low < range_.low or proved.high > range_.high:
            scope.report(band_messages.outside_the_column(column, proved, range_, type_, written.span))
            return None
    return argument


def _rows(table: tree.Table, arguments: dict[str, Typed], scope: Scope) -> Typed | None:
    inner = replace(scope, values={**scope.values, **arguments})
    written = input_type(table.type, scope.elaboration)
    values = [value(row.value, inner, None if written is None else written[0]) for row in table.rows]
    results = [item for item in values if item is not None]
    if len(results) < len(values) or not results or any(len(row.cells) != len(arguments) for row in table.rows):
        return None
    aligned = align(results, scope, table.rows[0].value)
    if aligned is None or written is None:
        return None
    if not _fits(aligned[0], written[0]):
        scope.report(messages.types_do_not_fit(aligned[0].type, written[0], table.rows[0].value.span))
        return None
    tests = [
        conjunction(
            [
                _test(cell, argument, scope.elaboration)
                for cell, argument in zip(row.cells, arguments.values(), strict=True)
            ]
        )
        for row in table.rows
    ]
    arms = tuple(ir.Branch(test, item.expression) for test, item in zip(tests[:-1], aligned[:-1], strict=True))
    if not arms:
        return aligned[-1]
    return Typed(ir.Choose(arms, aligned[-1].expression, aligned[-1].type), aligned[-1].type)


def _fits(typed: Typed, type_: object) -> bool:
    match typed.type, type_:
        case Number(unit=own), Number(unit=unit):
            return own is unit or operators.is_zero(typed)
        case own_type, _:
            return own_type == type_


def _test(cell: tree.Cell, argument: Typed, elaboration: Elaboration) -> ir.Expression:
    """Whether an argument lies in a cell; faults of the cell were reported by `check_table`."""
    if isinstance(argument.type, Optional):
        return TRUE
    type_: Plain = argument.type
    match cell:
        case tree.AnyCell():
            return TRUE
        case tree.ItemsCell(items=items):
            return _item_test(items, argument, type_, elaboration)
        case tree.RangeCell(low=low, high=high):
            return conjunction(
                [
                    _bound(tree.BoundWord.OR_MORE, low, argument, type_, elaboration),
                    _bound(tree.BoundWord.OR_LESS, high, argument, type_, elaboration),
                ]
            )
        case tree.BoundsCell(bounds=bounds):
            return conjunction([_bound(item.word, item.number, argument, type_, elaboration) for item in bounds])


def _item_test(
    items: tuple[tree.Expression, ...], argument: Typed, type_: Plain, elaboration: Elaboration
) -> ir.Expression:
    match type_, items:
        case Choice(), _:
            names = tuple(ir.Constant(item.name, type_) for item in items if isinstance(item, tree.Reference))
            return ir.Among(argument.expression, names)
        case Truth(), (tree.TruthLiteral(value=truth),):
            return argument.expression if truth else ir.Not(argument.expression)
        case Truth(), _:
            return TRUE
        case _:
            number = limit(items[0], type_, elaboration)
            return ir.Equal(argument.expression, ir.Constant(number, type_))


def _bound(
    word: tree.BoundWord, written: tree.Expression, argument: Typed, type_: Plain, elaboration: Elaboration
) -> ir.Expression:
    number = limit(written, type_, elaboration)
    return bound_test(word, argument.expression, ir.Constant(number if number is not None else 0, type_))


def bound_test(word: tree.BoundWord, operand: ir.Expression, number: ir.Expression) -> ir.Expression:
    """Whether a number lies within one bound (Civil Code, article 1259)."""
    match word:
        case tree.BoundWord.OR_MORE:
            return ir.LessOrEqual(number, operand)
        case tree.BoundWord.OVER:
            return ir.Less(number, operand)
        case tree.BoundWord.OR_LESS:
            return ir.LessOrEqual(operand, number)
        case tree.BoundWord.UNDER:
            return ir.Less(operand, number)
