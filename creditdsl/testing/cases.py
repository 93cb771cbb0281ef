"""Worked cases: what an author expects of a subject, compared with what the evaluators compute.

In: a case of the core and the explanation of one evaluator. Out: a diagnostic for each expectation that is not met.
"""

from dataclasses import dataclass
from functools import partial

from creditdsl.core.inputs import load, run_context
from creditdsl.core.ir import Case, ExpectedValue, Program
from creditdsl.core.notation import decimal
from creditdsl.core.types import Number
from creditdsl.diagnostics import Code, Diagnostic, PolicyError, Text
from creditdsl.testing import messages
from creditdsl.testing.attempt import BrokenOff, attempt
from creditdsl.testing.machines import Answer, Machine
from creditdsl.testing.reading import codes, objects, optional_text, steps_of, text_of
from creditdsl.testing.trial import Evaluators

STEPS = tuple(messages.STEPS)


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """A case, the explanation that the interpreter gave (None when there is none), and what is wrong."""

    case: Case
    explained: Answer | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def passed(self) -> bool:
        return not self.diagnostics


def run_case(evaluators: Evaluators, case: Case) -> CaseOutcome:
    """The outcome of one case with the interpreter and the compiled module; what both get wrong is said once."""
    program = evaluators.program
    problems = _problems(program, case)
    if problems:
        return CaseOutcome(case, None, problems)
    explained: Answer | None = None
    found: dict[Diagnostic, None] = {}
    for machine in evaluators.machines:
        answer = attempt(partial(machine.explain, case.subject, case.period, case.as_of))
        if isinstance(answer, BrokenOff):
            message = messages.case_breaks_off(case.name, answer.error)
            found[Diagnostic(Code.CR0601, case.span, message, facts=_by(machine))] = None
            continue
        if machine is evaluators.interpreter:
            explained = answer
        for item in case.expected:
            failure = _unmet(program, case, item, answer)
            if failure is not None and failure not in found:
                found[failure] = None
    return CaseOutcome(case, explained, tuple(found))


def _problems(program: Program, case: Case) -> tuple[Diagnostic, ...]:
    """Why the case does not describe a valid subject."""
    found: list[Diagnostic] = []
    for check in (lambda: run_context(program, case.period, case.as_of), lambda: load(program, case.subject)):
        try:
            check()
        except PolicyError as error:
            for item in error.diagnostics:
                message = messages.invalid_subject(case.name, item.message)
                found.append(Diagnostic(Code.CR0603, case.span, message, item.help or messages.GIVE_SUBJECT))
    return tuple(found)


def _by(machine: Machine) -> tuple[tuple[Text, str], ...]:
    return ((messages.FACTS["evaluator"], machine.name),)


def _unmet(program: Program, case: Case, item: ExpectedValue, answer: Answer) -> Diagnostic | None:
    """The diagnostic of an expectation that an answer does not meet."""
    computed = computed_value(program, item, answer)
    expected = expected_value(program, item)
    met = computed == expected if not item.negated or item.value is None else computed != expected
    if met:
        return None
    what = messages.expectation(item.word, item.code, repaired=item.repaired)
    wanted = messages.other_than(_shown(expected)) if item.negated and item.value is not None else _shown(expected)
    message = messages.case_fails(case.name, what, wanted, _shown(computed))
    facts = [
        (messages.FACTS[name], str(answer[name]))
        for name in ("score", "score_after_repair", "grade", "grade_after_repair")
        if answer[name] is not None
    ]
    return Diagnostic(Code.CR0601, item.span, message, messages.RUN_CASE, facts=tuple(facts))


def expected_value(program: Program, item: ExpectedValue) -> str | bool | None:
    """What is expected, as `computed_value` gives it: a decimal, a grade, or whether something applies."""
    if isinstance(item.value, int):
        return decimal(abs(item.value) if item.word == "indicator" else item.value, _score_scale(program))
    return item.value if item.value is not None else not item.negated


def computed_value(program: Program, item: ExpectedValue, answer: Answer) -> str | bool | None:
    """What an answer says about the thing that an expectation speaks of; None is an absent score or grade.

    The points of an indicator are given without their sign, those of a repair are what it gives back.
    """
    suffix = "_after_repair" if item.repaired else ""
    match item.word:
        case "score" | "grade":
            return optional_text(answer[f"{item.word}{suffix}"])
        case "graded":
            return answer["graded"] is True
        case "in_force":
            return True
        case "indicator":
            finding = _entry(answer, "findings", item.code)
            if item.value is None:
                return finding is not None
            return "0" if finding is None else text_of(finding[f"points{suffix}"]).removeprefix("-")
        case "repair":
            return _repair(item, answer)
        case word if word in messages.MEASURES:
            return item.code in codes(answer["measures"])
        case _:
            return item.code in steps_of(answer, after=item.repaired)[item.word]


def _repair(item: ExpectedValue, answer: Answer) -> str | bool:
    """Points given back, or whether the repair has given anything back or set its direct grade aside."""
    entries = [entry for entry in objects(answer["repairs"]) if entry["rule"] == item.code]
    restored = next((text_of(entry["restored"]) for entry in entries if "restored" in entry), "0")
    if item.value is not None:
        return restored
    return restored != "0" or any(entry.get("repaired") is True for entry in entries)


def _entry(answer: Answer, part: str, code: str | None) -> Answer | None:
    return next((entry for entry in objects(answer[part]) if entry["rule"] == code), None)


def _score_scale(program: Program) -> int:
    name = program.result.score
    type_ = program.definition(name).type if name is not None else None
    return type_.scale if isinstance(type_, Number) else 0


def _shown(value: str | bool | None) -> Text:
    if value is None:
        return messages.NOT_GRADED
    if isinstance(value, bool):
        return messages.APPLIES if value else messages.DOES_NOT_APPLY
    return messages.verbatim(f"`{value}`")
