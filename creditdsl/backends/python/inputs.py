"""The part of an emitted module that stands for the input: types of choices, dataclasses, and how they are read.

In: the enums, the subject and the records of a program. Out: lines of Python, and the names of what they define.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from creditdsl.backends.python.expressions import Module
from creditdsl.backends.python.layout import Document, bracketed, joined, render, tupled
from creditdsl.backends.python.names import class_name, docstring_text, identifier, literal, variable_name
from creditdsl.backends.python.wording import label_comment, unit_comment
from creditdsl.core.calendar import date_of
from creditdsl.core.intervals import INPUT_DAYS, INPUT_MONTHS, INT64
from creditdsl.core.ir import InputField, InputTable, Program
from creditdsl.core.types import Choice, Day, Month, Number, Optional, Text, Truth, Type, Unit, plain

MOST_LABELLED = 60
"""The most values of an enum whose labels are listed."""


@dataclass(slots=True)
class Inputs:
    """The names that the input has in one emitted module."""

    program: Program
    module: Module
    classes: dict[str, str] = field(default_factory=dict)
    """by table"""
    readers: dict[str, str] = field(default_factory=dict)
    """by record table: the function that reads one record"""
    choices: dict[str, str] = field(default_factory=dict)
    """by enum: the type of its values"""
    values: dict[str, str] = field(default_factory=dict)
    """by enum: the tuple of its values"""

    @property
    def subject(self) -> str:
        return self.classes[self.program.subject.name]

    def annotation(self, type_: Type) -> str:
        """The Python type of values of a type."""
        optional = " | None" if isinstance(type_, Optional) else ""
        match plain(type_):
            case Truth():
                return "bool" + optional
            case Number() | Month():
                return "int" + optional
            case Day():
                return "date" + optional
            case Choice(enum):
                return self.choices[enum] + optional
            case Text():
                return "str" + optional


def name_inputs(program: Program, module: Module) -> Inputs:
    """Names for every class, type and reader, before anything is written."""
    inputs = Inputs(program, module)
    for table in (program.subject, *program.records):
        inputs.classes[table.name] = module.scope.allocate(class_name(table.name))
    for enum in program.enums:
        inputs.choices[enum.name] = module.scope.allocate(class_name(enum.name))
        upper = identifier(enum.name.upper() if enum.name.isascii() else enum.name).rstrip("_")
        inputs.values[enum.name] = module.scope.allocate(f"{upper}_VALUES")
    for table in program.records:
        inputs.readers[table.name] = module.scope.allocate(f"read_{variable_name(table.name)}")
    module.value_tables.update(inputs.values)
    return inputs


def choice_lines(inputs: Inputs) -> Iterator[str]:
    """A type for each enum, and the tuple of its values."""
    for enum in inputs.program.enums:
        yield f"# {label_comment(enum.label)}"
        if len(enum.values) <= MOST_LABELLED:
            for value in enum.values:
                yield f"#   {label_comment((value.name, *value.label))}"
        names = tuple(literal(name) for name in enum.names)
        choice = inputs.choices[enum.name]
        yield render(joined(f"{choice} = ", bracketed("Literal[", names, "]")), 0)
        yield render(joined(f"{inputs.values[enum.name]}: tuple[{choice}, ...] = ", tupled(names)), 0)
        yield ""


def class_lines(inputs: Inputs) -> Iterator[str]:
    """A dataclass for each kind of record, and last for the subject."""
    yield ""
    for table in inputs.program.records:
        yield from _class_head(inputs, table)
        for item in table.fields:
            yield _field_line(inputs, item)
        if not table.fields:
            yield "    pass"
        yield from ("", "")
    subject = inputs.program.subject
    yield from _class_head(inputs, subject)
    for item in subject.fields:
        yield _field_line(inputs, item)
    for table in inputs.program.records:
        default = " = ()" if table.absent_means_none else ""
        yield f"    {identifier(table.name)}: tuple[{inputs.classes[table.name]}, ...]{default}"
    if not subject.fields and not inputs.program.records:
        yield "    pass"
    yield from ("", "")


def reader_lines(inputs: Inputs) -> Iterator[str]:
    """A function for each kind of record, and `load`."""
    program, subject = inputs.program, inputs.program.subject
    for table in program.records:
        yield f"def {inputs.readers[table.name]}(row: Row) -> {inputs.classes[table.name]}:"
        arguments = tuple(_argument(inputs, item) for item in table.fields)
        yield "    " + render(joined("read = ", bracketed(f"{inputs.classes[table.name]}(", arguments, ")")), 4)
        yield "    " + render(joined("row.refuse_unknown(", _names(table), ")"), 4)
        yield from ("    return read", "", "")
    yield f"def load(json_like: Mapping[str, object]) -> {inputs.subject}:"
    yield '    """The subject that a JSON object describes; InputError with every problem when it is not a valid one."""'
    yield "    problems: list[Problem] = []"
    yield "    if not isinstance(json_like, Mapping):"
    yield '        raise InputError([Problem("", "CR0903", "一个主体应是一个 JSON 对象", "a subject must be a JSON object")])'
    yield '    row = Row(json_like, "", problems)'
    arguments = tuple(_argument(inputs, item) for item in subject.fields)
    empty = tuple(f"{identifier(table.name)}=()" for table in program.records)
    yield "    " + render(joined("subject = ", bracketed(f"{inputs.subject}(", (*arguments, *empty), ")")), 4)
    tables = tupled(tuple(literal(table.name) for table in program.records))
    yield "    " + render(joined("row.refuse_unknown", bracketed("(", (_names(subject), tables), ")")), 4)
    for table in program.records:
        required = () if table.absent_means_none else (f"required={_label(inputs, table.label)}",)
        call = bracketed("row.records(", (literal(table.name), inputs.readers[table.name], *required), ")")
        yield "    " + render(joined(f"subject.{identifier(table.name)} = ", call), 4)
    yield from ("    if problems:", "        raise InputError(problems)", "    return subject", "", "")


def _class_head(inputs: Inputs, table: InputTable) -> Iterator[str]:
    yield "@dataclass(slots=True, kw_only=True)"
    yield f"class {inputs.classes[table.name]}:"
    yield f'    """{docstring_text(" / ".join((*table.label, f"`{table.name}`")))}"""'
    yield ""


def _field_line(inputs: Inputs, item: InputField) -> str:
    notes = "; ".join(note for note in (label_comment(item.label), unit_comment(item.type)) if note)
    default = " = None" if isinstance(item.type, Optional) else ""
    comment = f"  # {notes}" if notes else ""
    return f"    {identifier(item.name)}: {inputs.annotation(item.type)}{default}{comment}"


def _argument(inputs: Inputs, item: InputField) -> Document:
    """How one field is read: `due=row.day("due", FIRST_DAY, LAST_DAY, required=("申报期限", "Due"))`."""
    method, bounds = _reading(inputs, item)
    parts: list[Document] = [literal(item.name), *bounds]
    if not isinstance(item.type, Optional):
        parts.append(f"required={_label(inputs, item.label)}")
    return joined(f"{identifier(item.name)}=", bracketed(f"row.{method}(", tuple(parts), ")"))


def _reading(inputs: Inputs, item: InputField) -> tuple[str, tuple[str, ...]]:
    """The method of `Row` and what it is told beside the name."""
    match plain(item.type):
        case Truth():
            return "truth", ()
        case Number(unit, scale):
            bounds = item.range or INT64
            method = "rate" if unit is Unit.RATE else "number"
            return method, (literal(scale), literal(bounds.low), literal(bounds.high))
        case Day():
            bounds = item.range or INPUT_DAYS
            if bounds == INPUT_DAYS:
                return "day", (inputs.module.function("FIRST_DAY"), inputs.module.function("LAST_DAY"))
            return "day", (inputs.module.day(date_of(bounds.low)), inputs.module.day(date_of(bounds.high)))
        case Month():
            bounds = item.range or INPUT_MONTHS
            return "month", (literal(bounds.low), literal(bounds.high))
        case Choice(enum):
            return "choice", (inputs.values[enum],)
        case Text():
            return "text", ()


def _names(table: InputTable) -> Document:
    return tupled(tuple(literal(item.name) for item in table.fields))


def _label(inputs: Inputs, label: tuple[str, ...]) -> str:
    """The Chinese and the English label; the first one stands for a language that the policy does not have."""
    by_language = dict(zip(inputs.program.header.languages, label, strict=False))
    first = label[0] if label else ""
    return f"({literal(by_language.get('zh', first))}, {literal(by_language.get('en', first))})"
