"""What authors are told: one type for every finding of every stage.

A stage returns diagnostics as data; wording lives in the `messages.py` of the stage, in Chinese and English; how they
look on a terminal, in JSON or in SARIF is decided in `creditdsl.render`. `PolicyError` is the only exception that
leaves the library for a fault of the author; `InternalError` is a fault of the compiler and never a diagnostic.
"""

from enum import Enum
from typing import Literal

from creditdsl.frozen import dataclass
from creditdsl.source import NOWHERE, Span

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages."""

    zh: str
    en: str

    def in_language(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


class Severity(Enum):
    ERROR = "error"
    WARNING = "warning"


class Code(Enum):
    """Stable codes by stage; a number is never reused and never renumbered. The value is the English title.

    00 text, 01 names, 02 types and units, 03 citations, 04 bands and tables, 05 dates, 06 cases and properties,
    07 style, 08 compatibility, 09 data.
    """

    CR0001 = "the file is not UTF-8 text"
    CR0002 = "the file is empty"
    CR0003 = "the file is too large"
    CR0004 = "nested too deeply"
    CR0005 = "a token is too long"
    CR0006 = "a character that is not allowed in rule text"
    CR0007 = "a string is not closed"
    CR0008 = "this cannot stand here"
    CR0009 = "a number has too many digits"
    CR0010 = "the file cannot be read"
    CR0011 = "a keyword is glued to a name"
    CR0012 = "a clause is given twice"
    CR0013 = "a clause is missing"
    CR0014 = "a label does not have one text for each language"
    CR0015 = "a clause does not belong here"
    CR0101 = "a name is not declared"
    CR0102 = "a name is declared twice"
    CR0103 = "definitions depend on each other in a circle"
    CR0104 = "files use each other in a circle"
    CR0105 = "a file lies outside the policy's folder"
    CR0106 = "names look the same"
    CR0107 = "a name of the wrong kind"
    CR0108 = "a record's field is used outside its record"
    CR0201 = "units do not match"
    CR0202 = "the type does not fit"
    CR0203 = "a value that may be absent is used as if it were present"
    CR0204 = "a division without rounding"
    CR0205 = "a division by a possible zero"
    CR0206 = "a total may leave 64 bits"
    CR0207 = "more decimal places than allowed"
    CR0208 = "a value outside the range of its type"
    CR0209 = "a range that contains nothing"
    CR0210 = "a comparison that is always the same"
    CR0211 = "a share outside 0 % to 100 %"
    CR0212 = "the number of arguments is wrong"
    CR0301 = "a source has no such article"
    CR0302 = "a rule has no legal basis"
    CR0303 = "a source was not in force"
    CR0304 = "a legal basis does not have the rank that is asked for"
    CR0401 = "no grade takes a score"
    CR0402 = "two grades take the same score"
    CR0403 = "no row matches a combination"
    CR0404 = "two rows match the same combination"
    CR0405 = "a branch that is never reached"
    CR0406 = "a choice without `otherwise`"
    CR0407 = "a grade that nothing gives"
    CR0408 = "a catalogue does not list what is used"
    CR0409 = "a catalogue has another number of entries"
    CR0501 = "a parameter has no value on some day"
    CR0502 = "a parameter has two values on one day"
    CR0503 = "a date that does not exist"
    CR0504 = "an interval ends before it begins"
    CR0505 = "workdays need a calendar"
    CR0506 = "an amendment touches what is not there"
    CR0507 = "an amendment inserts what is there already"
    CR0508 = "two amendments of one day touch the same thing"
    CR0509 = "amendments follow each other in a circle"
    CR0510 = "an amendment never takes effect"
    CR0511 = "no record is at hand whose day could be looked at"
    CR0512 = "the calendar does not cover a day"
    CR0513 = "a policy has too many texts in time"
    CR0601 = "a case does not give what it expects"
    CR0602 = "an invariant does not hold"
    CR0603 = "a case does not describe a valid subject"
    CR0604 = "a property does not hold"
    CR0605 = "a figure of the population does not hold"
    CR0701 = "never used"
    CR0801 = "the input is no longer accepted"
    CR0802 = "the result has another form"
    CR0803 = "the target language cannot express it"
    CR0901 = "a field is missing"
    CR0902 = "an unknown field"
    CR0903 = "a value of the wrong type"
    CR0904 = "a value outside its range"
    CR0905 = "an unknown kind of record"
    CR0906 = "a table of records is missing"
    CR0907 = "a table has a wrong header"
    CR0908 = "a row is too short or too long"
    CR0909 = "a key stands twice"
    CR0910 = "a record belongs to no subject"
    CR0911 = "the policy is not in force in this period"
    CR0912 = "the data cannot be read"
    CR0913 = "too many records"
    CR0914 = "the period or the as-of date does not fit"
    CR0915 = "a row is set aside with its subject"

    @property
    def title(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Label:
    """A second place that explains the first one."""

    span: Span
    text: Text


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: where, what, and one thing to do about it. `facts` are offending values, name and value."""

    code: Code
    span: Span
    message: Text
    help: Text | None = None
    labels: tuple[Label, ...] = ()
    facts: tuple[tuple[Text, str], ...] = ()
    severity: Severity = Severity.ERROR


class PolicyError(Exception):
    """A policy, a case or data is wrong; carries every diagnostic of the stage that found it, in order of place."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__("; ".join(f"{item.code.name}: {item.message.en}" for item in diagnostics[:20]))
        self.diagnostics = diagnostics


def cannot_express(message: Text, remedy: Text) -> PolicyError:
    """The error that a target language, or an engine that was asked for, has no exact way to write a policy."""
    return PolicyError((Diagnostic(Code.CR0803, NOWHERE, message, remedy),))


class InternalError(Exception):
    """A fault of the compiler: the command line answers it with exit status 70."""


def errors_in(diagnostics: tuple[Diagnostic, ...] | list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics that end a run, in the order given."""
    return tuple(item for item in diagnostics if item.severity is Severity.ERROR)
