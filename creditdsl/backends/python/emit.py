"""A program of the core as one Python module.

In: a program that keeps the invariants of `core.verify`. Out: the text of a module that needs CPython 3.11 or later and
its standard library: dataclasses for input and result, `load`, `period`, `evaluate` and `explain`. The same program
gives the same bytes. The text is parsed again and refused, as a fault of the compiler, if it holds any kind of syntax,
import or call that this backend does not write.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from creditdsl.backends.python.calendars import calendar_lines, workday_lines
from creditdsl.backends.python.constants import constant_lines, name_constants
from creditdsl.backends.python.copying import copied_definitions, needed_imports
from creditdsl.backends.python.expressions import Module
from creditdsl.backends.python.functions import function_lines
from creditdsl.backends.python.inputs import choice_lines, class_lines, name_inputs, reader_lines
from creditdsl.backends.python.layout import Document, bracketed, joined, render
from creditdsl.backends.python.names import RESERVED, Scope, docstring_text, literal
from creditdsl.backends.python.results import describe_results, result_lines
from creditdsl.backends.python.safety import check_emitted
from creditdsl.collector import collector_paused
from creditdsl.core.ir import Program
from creditdsl.core.periods import EXAMPLES


def emit_python(program: Program) -> str:
    """The module as text, to be stored as UTF-8; InternalError when it is not what this backend may write."""
    with collector_paused():
        text = _module_text(program)
        check_emitted(text)
    return text


def _module_text(program: Program) -> str:
    module = Module(Scope(RESERVED | copied_definitions(frozenset()).names))
    inputs = name_inputs(program, module)
    results = describe_results(program, module, inputs)
    constants = name_constants(results)
    classes = [*choice_lines(inputs), *class_lines(inputs)]
    result_classes = list(result_lines(results))
    functions = [*reader_lines(inputs), *_period_lines(program, module), *function_lines(results, constants)]
    parameters = list(constant_lines(results, constants))
    if module.calendars:
        module.function("workdays_of")
    runtime = copied_definitions(frozenset(module.runtime) | {"Row", "Problem", "InputError", "Period", "read_period"})
    head = [*_policy_lines(program), *parameters, *_table_lines(program, module), *calendar_lines(module), "", "", ""]
    alike = [*classes, *result_classes, *runtime.lines]
    tail = [*workday_lines(module), *functions]
    imports = needed_imports(["\n".join(part) for part in (alike, head, tail)])
    lines = [*_docstring(program, inputs.subject), *imports, "", *head, *alike, *tail]
    return "\n".join(_without_double_gaps(line.rstrip() for line in "\n".join(lines).split("\n"))).rstrip("\n") + "\n"


def _docstring(program: Program, subject: str) -> Iterator[str]:
    header = program.header
    first = EXAMPLES[header.periods[0]]
    yield '"""A compiled credit policy. Written by creditdsl; change the policy, not this file.'
    yield ""
    yield f"    {docstring_text(header.name)}: {docstring_text(' / '.join(header.label))}"
    if header.authority:
        yield f"    {docstring_text(' / '.join(header.authority))}"
    yield f"    content hash {docstring_text(header.content_hash)}, in force {_validity(program)}"
    yield ""
    yield "It needs CPython 3.11 or later and nothing else:"
    yield ""
    yield f"    subject = load(json_object)         # a `{docstring_text(subject)}`; InputError lists all that is wrong"
    yield f'    year = period("{first}")'.ljust(40) + "# InputError outside the policy's validity"
    yield "    result = evaluate(subject, year, date(2021, 4, 30))"
    yield "    result.grade, result.score, result.to_dict()"
    yield "    explain(subject, year, date(2021, 4, 30)).to_dict()"
    yield '"""'
    yield ""


def _validity(program: Program) -> str:
    """For which evaluations the text is: by the end of the period, the as-of date and the division, as far as they are bounded."""
    header = program.header
    parts = [_interval(header.effective_start, header.effective_end) or "without limit"]
    made = _interval(header.evaluated_start, header.evaluated_end)
    if made:
        parts.append(f"for evaluations made {made}")
    if header.jurisdiction:
        parts.append(f"in {docstring_text(header.jurisdiction)}")
    return ", ".join(parts)


def _interval(start: date | None, end: date | None) -> str:
    """`2014-10-01 .. 2025-06-30`; empty when both sides are open."""
    if start is None and end is None:
        return ""
    return f"{start.isoformat() if start else ''} .. {end.isoformat() if end else ''}".strip()


def _policy_lines(program: Program) -> Iterator[str]:
    yield f"POLICY = {literal(program.header.name)}"
    yield f"POLICY_HASH = {literal(program.header.content_hash)}"
    yield ""


def _table_lines(program: Program, module: Module) -> Iterator[str]:
    """The day, span and rank constants that the functions use."""
    for day, name in sorted(module.days.items()):
        yield f"{name} = date({day.year}, {day.month}, {day.day})"
    for days, name in sorted(module.spans.items()):
        yield f"{name} = timedelta(days={days})"
    for enum, name in sorted(module.rank_tables.items()):
        ranks = tuple(f"{literal(value)}: {position}" for position, value in enumerate(program.enum(enum).names))
        yield render(joined(f"{name} = ", _dictionary(ranks)), 0)


def _dictionary(items: tuple[str, ...]) -> Document:
    return bracketed("{", items, "}")


def _period_lines(program: Program, module: Module) -> Iterator[str]:
    header = program.header
    lengths = tuple(kind.value for kind in header.periods)
    call = f"read_period(text, {_texts(lengths)}, {_day(header.effective_start)}, {_day(header.effective_end)})"
    yield "def period(text: str) -> Period:"
    shown = " or ".join(f"`{EXAMPLES[kind]}`" for kind in header.periods)
    yield f'    """The assessment period that a text such as {shown} names; InputError when the policy is not in force."""'
    yield f"    return {call}"
    yield from ("", "")


def _texts(texts: tuple[str, ...]) -> str:
    """A tuple of texts as Python."""
    return f"({', '.join(literal(text) for text in texts)}{',' if len(texts) == 1 else ''})"


def _day(day: date | None) -> str:
    return "None" if day is None else f"date({day.year}, {day.month}, {day.day})"


def _without_double_gaps(lines: Iterable[str]) -> Iterator[str]:
    """At most two empty lines in a row."""
    empty = 0
    for line in lines:
        empty = empty + 1 if not line else 0
        if empty <= 2:
            yield line
