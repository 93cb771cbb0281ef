"""From a JSON object to a valid subject, and from texts to the period and the day of a run.

In: what docs/result.md calls the input. Out: every field and record at the types of the program, nothing left to check.
All problems are found in one go; each message begins with the path of its place, such as `late_filing[2].due`.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from difflib import get_close_matches

from creditdsl.core import messages
from creditdsl.core.ir import (
    FIRST_DAY,
    LAST_DAY,
    MAX_RECORDS,
    Enumeration,
    InputField,
    InputTable,
    Program,
    Value,
)
from creditdsl.core.periods import written_period
from creditdsl.core.scalars import Problem, load_value, raw_form
from creditdsl.core.subject import LoadedSubject, Period, Record, RunContext
from creditdsl.core.types import Choice, Optional, plain
from creditdsl.diagnostics import Code, Diagnostic, PolicyError, Text
from creditdsl.source import NOWHERE


def load(program: Program, json_object: object) -> LoadedSubject:
    """The subject that a JSON object describes; PolicyError with every problem when it is not a valid one.

    Numbers may be integers, Decimals, decimal strings and floats of at most 15 significant digits, rates also `"10%"`;
    dates `"2020-11-01"` or `datetime.date`, months `"2020-11"`. Order: subject's fields, unknown names, records.
    """
    loader = _Loader(program)
    subject = loader.load(json_object)
    if loader.problems:
        raise PolicyError(tuple(loader.problems))
    return subject


def parse_period(program: Program, text: str) -> Period:
    """The assessment period that `2020`, `2020-Q1` or `2020-11` names, as far as the policy has periods of that length.

    PolicyError when it names none or the policy is not in force.
    """
    kinds = program.header.periods
    found = written_period(text, kinds)
    if found is None:
        raise _refused(Code.CR0914, messages.no_such_period(text, kinds))
    if not FIRST_DAY.year <= found.year <= LAST_DAY.year:
        raise _refused(Code.CR0914, messages.outside_calendar(text, str(FIRST_DAY.year), str(LAST_DAY.year)))
    _refuse_out_of_force(program, found.end)
    return Period(text, found.start, found.end)


def run_context(program: Program, period: str, as_of: date) -> RunContext:
    """The period and the as-of date of a run; PolicyError when they do not fit the policy or each other."""
    parsed = parse_period(program, period)
    if as_of < parsed.start:
        raise _refused(Code.CR0914, messages.as_of_before_period(as_of.isoformat(), parsed.start.isoformat()))
    if as_of > LAST_DAY:
        raise _refused(
            Code.CR0914, messages.outside_calendar(as_of.isoformat(), FIRST_DAY.isoformat(), LAST_DAY.isoformat())
        )
    _refuse_other_days(program, as_of)
    return RunContext(parsed, as_of)


def _refuse_out_of_force(program: Program, end: date) -> None:
    header = program.header
    first, last = header.effective_start, header.effective_end
    if (first is not None and end < first) or (last is not None and end > last):
        raise _refused(Code.CR0911, messages.not_in_force(end, first, last))


def _refuse_other_days(program: Program, as_of: date) -> None:
    header = program.header
    first, last = header.evaluated_start, header.evaluated_end
    if (first is not None and as_of < first) or (last is not None and as_of > last):
        raise _refused(Code.CR0911, messages.not_for_that_day(as_of, first, last))


def _refused(code: Code, message: Text) -> PolicyError:
    return PolicyError((Diagnostic(code, NOWHERE, message),))


class _Loader:
    """Collects the problems of one subject while it is read."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.enums = {enum.name: enum for enum in program.enums}
        self.problems: list[Diagnostic] = []

    def load(self, raw: object) -> LoadedSubject:
        if not isinstance(raw, Mapping):
            self._report(Problem(Code.CR0903, messages.not_an_object("")))
            return LoadedSubject({}, {})
        fields = self._fields(raw, self.program.subject, "")
        self._report_unknown(raw)
        return LoadedSubject(fields, {table.name: self._records(raw, table) for table in self.program.records})

    def _fields(self, raw: Mapping[object, object], table: InputTable, prefix: str) -> Record:
        return {item.name: self._field(raw.get(item.name), item, prefix + item.name) for item in table.fields}

    def _field(self, raw: object, item: InputField, path: str) -> Value:
        if raw is None:
            if not isinstance(item.type, Optional):
                self._report(Problem(Code.CR0901, messages.missing_field(path, self._label(item.label))))
            return None
        loaded = load_value(raw, item, path, self._enum(item))
        if isinstance(loaded, Problem):
            self._report(loaded)
            return None
        return loaded

    def _enum(self, item: InputField) -> Enumeration | None:
        type_ = plain(item.type)
        return self.enums[type_.enum] if isinstance(type_, Choice) else None

    def _records(self, raw: Mapping[object, object], table: InputTable) -> tuple[Record, ...]:
        records = raw.get(table.name)
        if records is None:
            if not table.absent_means_none:
                self._report(Problem(Code.CR0906, messages.missing_table(table.name, self._label(table.label))))
            return ()
        if not isinstance(records, list | tuple):
            self._report(Problem(Code.CR0903, messages.not_a_list(table.name)))
            return ()
        if len(records) > MAX_RECORDS:
            self._report(Problem(Code.CR0913, messages.too_many_records(table.name, len(records), MAX_RECORDS)))
            return ()
        return tuple(self._record(record, table, f"{table.name}[{place}]") for place, record in enumerate(records))

    def _record(self, raw: object, table: InputTable, path: str) -> Record:
        if not isinstance(raw, Mapping):
            self._report(Problem(Code.CR0903, messages.not_an_object(path)))
            return {}
        fields = self._fields(raw, table, f"{path}.")
        names = [item.name for item in table.fields]
        for name in raw:
            if name not in names:
                shown = f"{path}.{_name_form(name)}"
                self._report(Problem(Code.CR0902, messages.unknown_field(shown), _nearest(name, names)))
        return fields

    def _report_unknown(self, raw: Mapping[object, object]) -> None:
        fields = [item.name for item in self.program.subject.fields]
        tables = [table.name for table in self.program.records]
        for name, value in raw.items():
            if name in fields or name in tables:
                continue
            path = _name_form(name)
            if isinstance(value, list | tuple):
                self._report(Problem(Code.CR0905, messages.unknown_record(path), _nearest(name, tables)))
            else:
                self._report(Problem(Code.CR0902, messages.unknown_field(path), _nearest(name, fields + tables)))

    def _label(self, label: tuple[str, ...]) -> Text:
        by_language = dict(zip(self.program.header.languages, label, strict=False))
        first = label[0] if label else ""
        return Text(zh=by_language.get("zh", first), en=by_language.get("en", first))

    def _report(self, problem: Problem) -> None:
        self.problems.append(Diagnostic(problem.code, NOWHERE, problem.message, problem.help))


def _name_form(name: object) -> str:
    """An unknown name as it is shown: control characters escaped, cut off where it is long."""
    return raw_form(name).removeprefix('"').removesuffix('"')


def _nearest(name: object, names: Iterable[str]) -> Text | None:
    near = get_close_matches(name[:60], list(names), 1) if isinstance(name, str) else []
    return messages.did_you_mean(near[0]) if near else None
