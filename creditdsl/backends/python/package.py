"""Several texts of a policy as one Python package.

In: the programs of a timeline, each bounded by the days of its header. Out: files by name: a module for each text, as `emit_python`
writes it, and an `__init__` that selects one by the period and the as-of date. The package needs the standard library only. When the
policy is not in force, `NotInForce` says whether it is not yet or no more.
"""

import ast
from collections.abc import Sequence
from datetime import date

from creditdsl.backends.python.emit import emit_python
from creditdsl.backends.python.names import docstring_text, literal
from creditdsl.core.ir import Header, PeriodKind, Program
from creditdsl.core.periods import EXAMPLES, MONTHS

PATTERNS = {
    PeriodKind.YEAR: "([0-9]{4})",
    PeriodKind.QUARTER: "([0-9]{4})-Q([1-4])",
    PeriodKind.MONTH: "([0-9]{4})-(0[1-9]|1[0-2])",
}
SELECTION = '''

@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where, with its stable code, in both languages."""

    path: str
    code: str
    zh: str
    en: str


class NotInForce(ValueError):
    """No text of the policy is for an evaluation; `problems` says why, as the InputError of a text does."""

    def __init__(self, path: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.problems = [Problem(path, "CR0911", zh, en)]


def text_for(period: str, as_of: date) -> ModuleType:
    """The module of the text by which a period is evaluated on a day; NotInForce when there is none.

    A period that cannot be read is left to the newest text, which says what is wrong with it.
    """
    end = _last_day(period)
    if end is None:
        return import_module(f"{__name__}.{TEXTS[-1].name}")
    for text in TEXTS:
        if text.first_end <= end <= text.last_end and text.first_made <= as_of <= text.last_made:
            return import_module(f"{__name__}.{text.name}")
    raise _not_in_force(end, as_of)


def evaluate(subject: object, period: str, as_of: date):
    """The result of a subject given as JSON, by the text for the period and the day; InputError of that text."""
    text = text_for(period, as_of)
    return text.evaluate(text.load(subject), text.period(period), as_of)


def explain(subject: object, period: str, as_of: date):
    """The result of a subject given as JSON with its findings, by the text for the period and the day."""
    text = text_for(period, as_of)
    return text.explain(text.load(subject), text.period(period), as_of)


def _last_day(period: str) -> date | None:
    for months, pattern in PERIODS:
        found = re.fullmatch(pattern, period)
        if found is not None:
            year, month = int(found[1]), months * int(found[2]) if months < 12 else 12
            return date(year, month, monthrange(year, month)[1]) if year > 0 else None
    return None


def _not_in_force(end: date, as_of: date) -> NotInForce:
    for path, day, first, last in (
        ("period", end, min(text.first_end for text in TEXTS), max(text.last_end for text in TEXTS)),
        ("as_of", as_of, min(text.first_made for text in TEXTS), max(text.last_made for text in TEXTS)),
    ):
        if day < first:
            return NotInForce(
                path,
                f"{day} 时政策尚未施行(自 {first} 起施行)",
                f"the policy is not yet in force on {day}: it begins on {first}",
            )
        if day > last:
            return NotInForce(
                path,
                f"{day} 时政策已不再施行(施行至 {last})",
                f"the policy is no longer in force on {day}: it ended on {last}",
            )
    return NotInForce("period", f"{end} 没有施行的文本", f"there is no text for {end} as of {as_of}")
'''


def emit_package(programs: Sequence[Program]) -> dict[str, str]:
    """The files of the package by name, `__init__.py` first; the same programs give the same bytes."""
    names = text_names([program.header for program in programs])
    files = {"__init__.py": _selection(programs, names)}
    for name, program in zip(names, programs, strict=True):
        files[f"{name}.py"] = emit_python(program)
    return files


def text_names(headers: Sequence[Header]) -> list[str]:
    """A module name for each text: the first last day of its periods, and where it matters the first as-of date."""
    return [_name(header) for header in headers]


def _name(header: Header) -> str:
    first = header.effective_start
    name = "text_" + (first.isoformat().replace("-", "_") if first is not None else "first")
    made = header.evaluated_start
    return name if made is None else f"{name}_made_{made.isoformat().replace('-', '_')}"


def _selection(programs: Sequence[Program], names: Sequence[str]) -> str:
    header = programs[-1].header
    shown = EXAMPLES[header.periods[0]]
    lines = [
        '"""A compiled credit policy, with all of its texts in time. Written by creditdsl; change the policy, not this file.',
        "",
        f"    {docstring_text(header.name)}: {docstring_text(' / '.join(header.label))}",
        f"    content hash {docstring_text(header.content_hash)}",
        "",
        "It needs CPython 3.11 or later and nothing else. The text is selected by the last day of the period and the as-of date:",
        "",
        f'    evaluate(json_object, "{shown}", date(2021, 4, 30)).to_dict()',
        f'    text_for("{shown}", date(2021, 4, 30))           # the module of the text, to load and evaluate with',
        '"""',
        "",
        "import re",
        "from calendar import monthrange",
        "from dataclasses import dataclass",
        "from datetime import date",
        "from importlib import import_module",
        "from types import ModuleType",
        "",
        f"POLICY = {literal(header.name)}",
        f"POLICY_HASH = {literal(header.content_hash)}",
        "PERIODS = (",
        *(f'    ({MONTHS[kind]}, r"{PATTERNS[kind]}"),' for kind in header.periods),
        ")",
        '"""The months of a period of each length, and how it is written."""',
        "",
        "",
        "@dataclass(frozen=True, slots=True)",
        "class Text:",
        '    """A text: the last days of its periods, and the days on which it is used, both ends included."""',
        "",
        "    name: str",
        "    first_end: date",
        "    last_end: date",
        "    first_made: date",
        "    last_made: date",
        "",
        "",
        "TEXTS = (",
        *(_entry(name, program.header) for name, program in zip(names, programs, strict=True)),
        ")",
    ]
    text = "\n".join(lines) + SELECTION
    # Nothing of the policy but literals went into it; that it is Python is checked all the same.
    ast.parse(text)
    return text


def _entry(name: str, header: Header) -> str:
    days = (
        _day(header.effective_start, "date.min"),
        _day(header.effective_end, "date.max"),
        _day(header.evaluated_start, "date.min"),
        _day(header.evaluated_end, "date.max"),
    )
    return f"    Text({literal(name)}, {', '.join(days)}),"


def _day(day: date | None, open_: str) -> str:
    return open_ if day is None else f"date({day.year}, {day.month}, {day.day})"
