"""What a check found, as diagnostics: one for each expectation that is not met, one for each property that fails."""

from dataclasses import dataclass

from creditdsl.core.ir import HoldsClaim, MoreClaim
from creditdsl.diagnostics import Code, Diagnostic
from creditdsl.source import NOWHERE
from creditdsl.syntax.tree import Case
from creditdsl.testing import messages
from creditdsl.testing.attempt import BrokenOff, attempt
from creditdsl.testing.case_tree import case_tree
from creditdsl.testing.cases import CaseOutcome
from creditdsl.testing.check import Counterexample, PropertyOutcome, Report
from creditdsl.testing.machines import interpreter


@dataclass(frozen=True, slots=True)
class Checked:
    """One line of the report: a case or a property, what was found, and for a counterexample its case."""

    kind: str
    """`case`, `property` or `invariant`"""
    name: str
    diagnostics: tuple[Diagnostic, ...]
    reproduction: Case | None = None

    @property
    def passed(self) -> bool:
        return not self.diagnostics


def checked(report: Report) -> tuple[Checked, ...]:
    """Every case and property of a report, in its order."""
    cases = tuple(_case(outcome) for outcome in report.cases)
    return (*cases, *(_property(report, outcome) for outcome in report.properties))


def _case(outcome: CaseOutcome) -> Checked:
    return Checked("case", outcome.case.name, outcome.diagnostics)


def _property(report: Report, outcome: PropertyOutcome) -> Checked:
    claim = None if outcome.checked is None else outcome.checked.claim
    kind = "property" if claim is None else "invariant"
    example = outcome.counterexample
    if example is None:
        return Checked(kind, outcome.name, ())
    reproduction = attempt(lambda: _reproduction(report, outcome, example))
    case = None if isinstance(reproduction, BrokenOff) else reproduction
    diagnostic = _diagnostic(claim, outcome, example, pasted=case is not None)
    return Checked(kind, outcome.name, (diagnostic,), case)


def _diagnostic(
    claim: HoldsClaim | MoreClaim | None, outcome: PropertyOutcome, example: Counterexample, *, pasted: bool
) -> Diagnostic:
    facts = example.violation.facts
    if not pasted:
        facts = (*facts, (messages.FACTS["subject"], str(example.subject)))
    help_ = messages.PASTE if pasted else None
    if claim is None:
        return Diagnostic(Code.CR0604, NOWHERE, messages.property_fails(outcome.title), help_, facts=facts)
    return Diagnostic(Code.CR0602, claim.span, messages.invariant_fails(claim.name), help_, facts=facts)


def _reproduction(report: Report, outcome: PropertyOutcome, example: Counterexample) -> Case:
    """The counterexample as a case, with what the interpreter computes for it, if it computes anything."""
    run = (example.period, example.as_of)
    answer = attempt(lambda: interpreter(report.program).explain(example.subject, *run))
    computed = None if isinstance(answer, BrokenOff) else answer
    return case_tree(report.program, f"counterexample: {outcome.name}", run, example.subject, computed)
