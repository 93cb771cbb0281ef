"""Rules, records and values as they are shown: labels in the policy's languages beside the JSON value."""

from collections.abc import Mapping

from creditdsl.analyses.explanation_model import FieldView, GrantView, Labels, MeasureView, RuleView
from creditdsl.core.ir import Grant, InputField, InputTable, Measure, Program, Rule, Value
from creditdsl.core.notation import decimal, json_value, written
from creditdsl.core.types import Choice, Number, Truth, Type, Unit, plain


def rule_view(rule: Rule) -> RuleView:
    """A rule with its label and the texts of its citations."""
    return RuleView(rule.kind.value, rule.code, rule.label, tuple(citation.texts for citation in rule.basis))


def texts(value: Value, type_: Type, program: Program) -> Labels:
    """What to show of a value in each language of the policy; empty where it is absent."""
    languages = program.header.languages
    if value is None:
        return tuple("" for _ in languages)
    match plain(type_):
        case Choice(enum):
            item = next(item for item in program.enum(enum).values if item.name == value)
            return item.label or tuple(item.name for _ in languages)
        case Truth():
            return tuple(_truth(value is True, language) for language in languages)
        case Number(Unit.RATE, scale) if isinstance(value, int):
            return tuple(f"{decimal(value * 100, scale)}%" for _ in languages)
        case Number(Unit.YUAN) as money:
            return tuple(f"{written(value, money)}{'元' if language == 'zh' else ' yuan'}" for language in languages)
        case other:
            return tuple(written(value, other) for _ in languages)


def _truth(value: bool, language: str) -> str:
    if language == "zh":
        return "是" if value else "否"
    return "yes" if value else "no"


def field_view(item: InputField, value: Value, program: Program) -> FieldView:
    """A field with its value."""
    return FieldView(item.name, item.label, json_value(value, item.type), texts(value, item.type, program))


def record_fields(table: InputTable, record: Mapping[str, Value], program: Program) -> tuple[FieldView, ...]:
    """The fields of a record that are present, in the order of their declaration."""
    return tuple(field_view(item, record[item.name], program) for item in table.fields if record[item.name] is not None)


def measure_view(measure: Measure, values: Mapping[str, Value], program: Program) -> MeasureView:
    """A measure with what it grants or restricts by the values of a subject."""
    lasts = None
    if measure.lasts is not None and isinstance(measure.lasts[1], Number):
        lasts = (measure.lasts[0], measure.lasts[1].unit.value)
    grants = tuple(_grant_view(item, values, program) for item in measure.grants)
    return MeasureView(rule_view(measure.rule), measure.may, measure.by, measure.on, grants, lasts)


def _grant_view(grant: Grant, values: Mapping[str, Value], program: Program) -> GrantView:
    if grant.value is None:
        return GrantView(grant.name, grant.label, grant.restricts, True, ())
    value, type_ = values[grant.value], program.definition(grant.value).type
    shown = texts(value, type_, program)
    return GrantView(grant.name, grant.label, grant.restricts, json_value(value, type_), shown)
