"""Rules, records and values as they are shown: labels in the policy's languages beside the JSON value."""

from collections.abc import Mapping

from creditdsl.analyses.explanation_model import FieldView, Labels, RuleView
from creditdsl.core.ir import InputField, InputTable, Program, Rule, Value
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
