"""What must hold for every valid subject of every policy, as a table of named properties.

A property takes a `Trial` and gives None, or a `Violation`: what was expected and what was computed. The claims of an
author (`invariant`) become properties of their policy.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from creditdsl.core.ir import Claim, HoldsClaim, JsonObject, MoreClaim, Program
from creditdsl.core.result import Json
from creditdsl.core.types import Number
from creditdsl.diagnostics import Text
from creditdsl.source import NOWHERE, Span
from creditdsl.testing import messages
from creditdsl.testing.machines import Answer
from creditdsl.testing.order import grade_in_order
from creditdsl.testing.reading import codes, decimal_of, objects, optional_text
from creditdsl.testing.trial import Evaluators, Trial

MOST_LEFT_OUT = 6
"""Of the records of one kind so many, from the end, are left out one at a time to check a claim about one more."""

Fact = tuple[Text, str]


@dataclass(frozen=True, slots=True)
class Violation:
    """What shows that a property does not hold, as names and values."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Property:
    """`name` is stable; `claim` is the author's, for an invariant; `check` may raise only what the evaluators raise."""

    name: str
    title: Text
    check: Callable[[Trial], Violation | None]
    claim: Claim | None = None

    @property
    def span(self) -> Span:
        return self.claim.span if self.claim is not None else NOWHERE


def properties(program: Program, *, compiled: bool) -> tuple[Property, ...]:
    """The properties of a program: those of every policy, what concerns a compiled module, and the author's claims."""
    shared = [Property(name, messages.PROPERTIES[name], check) for name, check in CHECKS.items()]
    compared = [Property(name, messages.PROPERTIES[name], check) for name, check in COMPILED_CHECKS.items()]
    return (*shared, *(compared if compiled else ()), *(_of_claim(claim) for claim in program.claims))


def _of_claim(claim: Claim) -> Property:
    match claim:
        case HoldsClaim(name=name):
            return Property(name, messages.claim_title(name), lambda trial: _holds(claim, trial), claim)
        case MoreClaim(name=name):
            return Property(name, messages.claim_title(name), lambda trial: _monotone(claim, trial), claim)


def _total(trial: Trial) -> Violation | None:
    """Every evaluator answers at both levels."""
    for machine in trial.evaluators.machines:
        trial.evaluate(machine)
        trial.explain(machine)
    return None


def _deterministic(trial: Trial) -> Violation | None:
    """The same question asked again has the same answer, with the fields of the subject in another order too."""
    turned = trial.of(_fields_turned(trial.sample.subject))
    for machine in trial.evaluators.machines:
        difference = different(trial.explain(machine), turned.explain(machine))
        if difference is not None:
            return difference
    return None


def _order_free(trial: Trial) -> Violation | None:
    """The order of records changes nothing but the positions that are listed."""
    turned = trial.of(_records_turned(trial.sample.subject))
    for machine in trial.evaluators.machines:
        first, second = trial.explain(machine), turned.explain(machine)
        difference = different(_without_positions(first), _without_positions(second))
        if difference is not None:
            return difference
    return None


def _adds_up(trial: Trial) -> Violation | None:
    """The base and the points of the findings give the score, within its bounds, before and after repair."""
    plan, answer = trial.evaluators.program.result, trial.explained
    if plan.score is None or answer["base"] is None:
        return None
    scale = Decimal(10) ** -_scale(trial.evaluators.program, plan.score)
    low = None if plan.score_low is None else plan.score_low * scale
    high = None if plan.score_high is None else plan.score_high * scale
    for points, score in (("points", "score"), ("points_after_repair", "score_after_repair")):
        total = decimal_of(answer["base"])
        total += sum((decimal_of(finding[points]) for finding in objects(answer["findings"])), Decimal(0))
        total = total if low is None else max(total, low)
        total = total if high is None else min(total, high)
        if total != decimal_of(answer[score]):
            return violated((messages.FACTS[score], f"{total:f}", str(answer[score])))
    return None


def _in_order(trial: Trial) -> Violation | None:
    """Both grades follow from the band and the steps that the explanation gives."""
    program, answer = trial.evaluators.program, trial.explained
    for after, name in ((False, "grade"), (True, "grade_after_repair")):
        expected = grade_in_order(program, answer, after=after)
        if expected != answer[name]:
            return violated((messages.FACTS[name], str(expected), str(answer[name])))
    return None


def _levels_agree(trial: Trial) -> Violation | None:
    """The explanation says the same as the evaluation wherever both speak."""
    for machine in trial.evaluators.machines:
        short, long = trial.evaluate(machine), trial.explain(machine)
        shared: Answer = {name: long.get(name) for name in short}
        measures: list[Json] = list(codes(long["measures"]))
        difference = different(short, {**shared, "measures": measures})
        if difference is not None:
            return difference
    return None


def _repair_helps(trial: Trial) -> Violation | None:
    """No repair lowers the score or the grade."""
    program, answer = trial.evaluators.program, trial.explained
    if answer["score"] is not None and decimal_of(answer["score_after_repair"]) < decimal_of(answer["score"]):
        return before_and_after(messages.FACTS["score"], str(answer["score"]), str(answer["score_after_repair"]))
    before, after = optional_text(answer["grade"]), optional_text(answer["grade_after_repair"])
    if (before is None) != (after is None) or (before and after and rank(program, after) > rank(program, before)):
        return before_and_after(messages.FACTS["grade"], str(before), str(after))
    return None


def _compiled_evaluates(trial: Trial) -> Violation | None:
    compiled = trial.evaluators.compiled
    if compiled is None:
        return None
    return different(trial.evaluate(trial.evaluators.interpreter), trial.evaluate(compiled))


def _compiled_explains(trial: Trial) -> Violation | None:
    compiled = trial.evaluators.compiled
    return None if compiled is None else different(trial.explained, trial.explain(compiled))


def refuses_alike(evaluators: Evaluators, subject: object, period: str, as_of: date) -> Violation | None:
    """Interpreter and compiled module refuse the same data, for the same reasons at the same places."""
    found = [sorted(machine.refusals(subject, period, as_of)) for machine in evaluators.machines]
    if found[0] == found[-1]:
        return None
    return violated((messages.FACTS["refusals"], _listed(found[0]), _listed(found[-1])))


CHECKS: dict[str, Callable[[Trial], Violation | None]] = {
    "total": _total,
    "deterministic": _deterministic,
    "order-free": _order_free,
    "adds-up": _adds_up,
    "in-order": _in_order,
    "levels-agree": _levels_agree,
    "repair-helps": _repair_helps,
}

COMPILED_CHECKS: dict[str, Callable[[Trial], Violation | None]] = {
    "compiled-evaluates": _compiled_evaluates,
    "compiled-explains": _compiled_explains,
}


def _holds(claim: HoldsClaim, trial: Trial) -> Violation | None:
    if trial.values[claim.condition] is True:
        return None
    return Violation(tuple((messages.FACTS[name], str(trial.explained[name])) for name in ("score", "grade")))


def _monotone(claim: MoreClaim, trial: Trial) -> Violation | None:
    """Compare with each subject that has one record less."""
    records = trial.sample.subject.get(claim.table)
    if not isinstance(records, list):
        return None
    for position in range(len(records) - 1, max(len(records) - 1 - MOST_LEFT_OUT, -1), -1):
        fewer = trial.of({**trial.sample.subject, claim.table: records[:position] + records[position + 1 :]})
        moved = _moved(claim, fewer.explained, trial.explained, trial.evaluators.program)
        if moved is not None:
            without, with_it = moved
            return Violation(
                (
                    (messages.FACTS["record"], f"{claim.table}[{position}]"),
                    (messages.FACTS["without"], without),
                    (messages.FACTS["with"], with_it),
                )
            )
    return None


def _moved(claim: MoreClaim, fewer: Answer, more: Answer, program: Program) -> tuple[str, str] | None:
    """The target without and with the record, when it moved the way that the claim excludes."""
    if claim.target == "score":
        if fewer["score"] is None:
            return None
        change = decimal_of(more["score"]) - decimal_of(fewer["score"])
        shown = str(fewer["score"]), str(more["score"])
    else:
        without, with_it = optional_text(fewer["grade"]), optional_text(more["grade"])
        if without is None or with_it is None:
            return None
        change = Decimal(rank(program, without) - rank(program, with_it))
        shown = without, with_it
    wrong = change > 0 if claim.raises else change < 0
    return shown if wrong else None


def rank(program: Program, grade: str) -> int:
    """The position of a grade from the best, 0."""
    grades = program.result.grades
    return 0 if grades is None else program.enum(grades).names.index(grade)


def violated(*compared: tuple[Text, str, str]) -> Violation:
    """A violation from (what, expected, computed)."""
    return Violation(tuple(fact for item in compared for fact in messages.expected_and_computed(*item)))


def before_and_after(what: Text, before: str, after: str) -> Violation:
    return Violation(messages.before_and_after(what, before, after))


def different(expected: Answer, computed: Answer) -> Violation | None:
    """The first parts at which two answers differ, as facts; None when they are equal."""
    found = list(_differences("", expected, computed))[:5]
    return violated(*((Text(path, path), one, other) for path, one, other in found)) if found else None


def _differences(path: str, expected: object, computed: object) -> Iterator[tuple[str, str, str]]:
    if isinstance(expected, dict) and isinstance(computed, dict):
        for name in dict.fromkeys((*expected, *computed)):
            inner = f"{path}.{name}" if path else str(name)
            if (name in expected) != (name in computed):
                yield inner, _json(expected.get(name)), _json(computed.get(name))
            else:
                yield from _differences(inner, expected[name], computed[name])
    elif isinstance(expected, list) and isinstance(computed, list) and len(expected) == len(computed):
        for position, (one, other) in enumerate(zip(expected, computed, strict=True)):
            yield from _differences(f"{path}[{position}]", one, other)
    elif type(expected) is not type(computed) or expected != computed:
        yield path, _json(expected), _json(computed)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _listed(refusals: list[tuple[str, str]]) -> str:
    return ", ".join(f"{path or '.'} {code}" for path, code in refusals) or "-"


def _scale(program: Program, name: str) -> int:
    type_ = program.definition(name).type
    return type_.scale if isinstance(type_, Number) else 0


def _fields_turned(subject: JsonObject) -> JsonObject:
    return dict(reversed(subject.items()))


def _records_turned(subject: JsonObject) -> JsonObject:
    return {name: value[::-1] if isinstance(value, list) else value for name, value in subject.items()}


def _without_positions(answer: Answer) -> Answer:
    """An explanation with the number of listed records in place of their positions."""
    return {name: _counted(value) if name in ("findings", "repairs") else value for name, value in answer.items()}


def _counted(entries: Json) -> Json:
    listed = ("records", "open")
    counted: list[Json] = []
    for entry in objects(entries):
        counts = {name: len(value) for name, value in entry.items() if name in listed and isinstance(value, list)}
        counted.append({**entry, **counts})
    return counted
