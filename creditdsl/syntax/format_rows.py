"""Bands, rows, dated values and fields as text: the columns that are aligned among their like, or one of them alone."""

from creditdsl.syntax import tree
from creditdsl.syntax.format_expressions import SUM, written, written_set, written_type
from creditdsl.syntax.spelling import Speller, written_label, written_name

RESERVED_FIELD_WORDS = ("key", "absent_means_none")


def band_text(band: tree.Band, spell: Speller) -> str:
    """`| B "B级" : 70 or more under 90`."""
    name, label, limits = band_cells(band, spell)
    return " ".join(item for item in (name, label, limits) if item)


def band_cells(band: tree.Band, spell: Speller) -> tuple[str, str, str]:
    label = "" if band.label is None else written_label(band.label)
    return f"| {written_name(band.grade.text)}", label, f": {_limits(band.limits, spell)}"


def _limits(limits: tree.BandLimits, spell: Speller) -> str:
    match limits:
        case tree.ByRule():
            return spell.clause("by_rule")
        case tree.WhenBand(condition):
            return f"{spell.clause('when')} {written(condition, spell)}"
        case tree.BoundsBand(bounds):
            return written_bounds(bounds, spell)


def written_bounds(bounds: tuple[tree.Bound, ...], spell: Speller) -> str:
    """`70 or more under 90`; a second limit that begins with its number stands behind `and`."""
    text = ""
    for bound in bounds:
        number, word = written(bound.number, spell, SUM), spell.clause(bound.word.value)
        number_first = bound.word in (tree.BoundWord.OR_MORE, tree.BoundWord.OR_LESS)
        if text:
            text += f" {spell.expression('and')} " if number_first else " "
        text += f"{number} {word}" if number_first else f"{word} {number}"
    return text


def row_text(row: tree.Row, spell: Speller) -> str:
    """`| 3亿元 or more | any -> 1%`."""
    return " ".join(row_cells(row, spell))


def row_cells(row: tree.Row, spell: Speller) -> tuple[str, ...]:
    return (*(f"| {_cell(cell, spell)}" for cell in row.cells), f"-> {written(row.value, spell)}")


def _cell(cell: tree.Cell, spell: Speller) -> str:
    match cell:
        case tree.AnyCell():
            return spell.clause("any_cell")
        case tree.BoundsCell(bounds):
            return written_bounds(bounds, spell)
        case tree.ItemsCell(items):
            return written(items[0], spell, SUM) if len(items) == 1 else written_set(items, spell)
        case tree.RangeCell(low, high):
            return f"{written(low, spell, SUM)} .. {written(high, spell, SUM)}"


def dated_value_text(value: tree.DatedValue, spell: Speller) -> str:
    """`| 1000 yuan from 2020-01-01 to 2021-12-31`."""
    return " ".join(cell for cell in dated_value_cells(value, spell) if cell)


def dated_value_cells(value: tree.DatedValue, spell: Speller) -> tuple[str, str, str]:
    until = "" if value.end is None else f"{spell.clause('to')} {value.end.isoformat()}"
    return f"| {written(value.value, spell, SUM)}", f"{spell.clause('from')} {value.start.isoformat()}", until


def field_text(field: tree.FieldDeclaration, spell: Speller, *, also: frozenset[str] = frozenset()) -> str:
    """`due : date "申报期限" / "Due"`; a name among `also` stands in backticks."""
    return " ".join(cell for cell in field_cells(field, spell, also=also) if cell)


def field_cells(
    field: tree.FieldDeclaration, spell: Speller, *, also: frozenset[str] = frozenset()
) -> tuple[str, str, str]:
    key = spell.clause("key") + " " if field.key else ""
    name = key + written_name(field.name.text, also=also | frozenset(_field_words(spell)))
    label = "" if field.label is None else written_label(field.label)
    return name, ": " + written_type(field.type, spell), label


def _field_words(spell: Speller) -> list[str]:
    other = Speller("en" if spell.language == "zh" else "zh")
    return [item.clause(key) for item in (spell, other) for key in RESERVED_FIELD_WORDS]
