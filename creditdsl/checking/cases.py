"""Worked cases and invariants: from rule text to subjects, expectations and claims of the core."""

from collections.abc import Mapping

from creditdsl.checking import messages, rule_messages
from creditdsl.checking.grading import ONE_BAND
from creditdsl.checking.input_types import limit
from creditdsl.checking.measures import final_scope
from creditdsl.checking.scope import TRUTH, Elaboration, disjunction, negation
from creditdsl.checking.terms import condition
from creditdsl.core import ir
from creditdsl.core.inputs import load, run_context
from creditdsl.core.notation import decimal
from creditdsl.core.types import Choice, Day, Month, Number, Text, Truth, Unit, plain
from creditdsl.diagnostics import PolicyError
from creditdsl.syntax import tree

ONE_BAND_ZH, ONE_BAND_EN = "分级的条件恰有一个成立", "exactly one band holds"


def claims(elaboration: Elaboration) -> tuple[ir.Claim, ...]:
    """The invariants; those over an expression become definitions."""
    found: list[ir.Claim] = []
    for number, invariant in enumerate(elaboration.declarations.invariants.values(), start=1):
        match invariant.claim:
            case tree.HoldsInvariant(condition=written):
                scope, guard = final_scope(written, elaboration)
                test = condition(written, scope)
                if test is None:
                    continue
                holds = test if guard == ir.Constant(True, TRUTH) else disjunction([negation(guard), test])
                made = elaboration.define(f"invariant.{number}", holds, TRUTH)
                found.append(ir.HoldsClaim(invariant.name.value, made.name, invariant.span))
            case tree.MoreInvariant(record=record, never=never, target=target):
                if record.text not in elaboration.records:
                    elaboration.report(messages.not_declared(record.text, record.span, list(elaboration.records)))
                    continue
                raises = never is tree.NeverWord.RAISES
                found.append(ir.MoreClaim(invariant.name.value, record.text, raises, target.value, invariant.span))
    grades = elaboration.declarations.grades
    if grades is not None:
        text = ONE_BAND_ZH if elaboration.languages[0] == "zh" else ONE_BAND_EN
        made_claims = [name for name in (ONE_BAND, f"{ONE_BAND}.after") if name in elaboration.definitions]
        found += [ir.HoldsClaim(text, name, grades.name.span) for name in made_claims]
    return tuple(found)


def cases(elaboration: Elaboration, scale: int) -> tuple[ir.Case, ...]:
    """The worked cases with what they take over from others."""
    declared = elaboration.declarations.cases
    found: list[ir.Case] = []
    for case in declared.values():
        chain = _chain(case, declared, elaboration)
        if chain is not None:
            made = _case(case, chain, scale, elaboration)
            if made is not None:
                found.append(made)
    return tuple(found)


def _chain(case: tree.Case, declared: Mapping[str, tree.Case], elaboration: Elaboration) -> list[tree.Case] | None:
    """The case and those that it is like, the farthest first."""
    chain = [case]
    while chain[0].like is not None:
        name = chain[0].like
        if name.value not in declared:
            elaboration.report(messages.not_declared(name.value, name.span, list(declared)))
            return None
        if declared[name.value] in chain:
            elaboration.report(rule_messages.circle([*chain, declared[name.value]]))
            return None
        chain.insert(0, declared[name.value])
    return chain


def _case(case: tree.Case, chain: list[tree.Case], scale: int, elaboration: Elaboration) -> ir.Case | None:
    period = next((item.period for item in reversed(chain) if item.period is not None), None)
    as_of = next((item.as_of for item in reversed(chain) if item.as_of is not None), None)
    if period is None or as_of is None:
        elaboration.report(rule_messages.case_without_dates(case.name.span))
        return None
    subject: ir.JsonObject = {record: [] for record in elaboration.records}
    for item in chain:
        for given in item.fields:
            value = _given(given, elaboration.subject, elaboration)
            if value is not None:
                subject[given.name.text] = value
        for record in item.records:
            made = _record(record, elaboration)
            rows = subject.get(record.name.text)
            if made is not None and isinstance(rows, list):
                rows.append(made)
    wanted = [_expected(item, scale, elaboration) for item in case.expectations]
    expected = tuple(item for item in wanted if item is not None)
    return ir.Case(case.name.value, period_text(period), as_of.value, subject, expected, case.name.span)


def period_text(period: tree.PeriodLiteral) -> str:
    """A period as `core.inputs.parse_period` takes it."""
    match period:
        case tree.Number(digits=digits):
            return str(digits)
        case tree.MonthLiteral(year=year, month=month):
            return f"{year:04}-{month:02}"
        case tree.QuarterLiteral(year=year, quarter=quarter):
            return f"{year:04}-Q{quarter}"


def _record(record: tree.GivenRecord, elaboration: Elaboration) -> ir.JsonRecord | None:
    table = elaboration.records.get(record.name.text)
    if table is None:
        elaboration.report(messages.not_declared(record.name.text, record.name.span, list(elaboration.records)))
        return None
    made: ir.JsonRecord = {}
    for given in record.fields:
        value = _given(given, table, elaboration)
        if value is not None:
            made[given.name.text] = value
    return made


def _given(given: tree.GivenField, table: ir.InputTable, elaboration: Elaboration) -> ir.JsonScalar:
    """A given value as input has it, None after reporting."""
    item = next((field for field in table.fields if field.name == given.name.text), None)
    if item is None and given.name.text in elaboration.untyped:
        return None
    if item is None:
        names = [field.name for field in table.fields]
        elaboration.report(messages.not_declared(given.name.text, given.name.span, names))
        return None
    type_ = plain(item.type)
    match type_, given.value:
        case Choice(enum=enum), tree.Reference(name=name):
            names = list(elaboration.enums[enum].names)
            if name not in names:
                identifier = tree.Identifier(name, span=given.value.span)
                elaboration.report(messages.no_such_value(identifier, enum, tuple(names)))
                return None
            return name
        case Text(), tree.TextLiteral(value=text):
            return text
        case Truth(), tree.TruthLiteral(value=truth):
            return truth
        case Day(), tree.DateLiteral(value=day):
            return day.isoformat()
        case Month(), tree.MonthLiteral(year=year, month=month):
            return f"{year:04}-{month:02}"
        case Number(scale=scale), _:
            number = limit(given.value, type_, elaboration)
            return None if number is None else decimal(number, scale)
        case _:
            elaboration.report(messages.wrong_literal(type_, given.value.span))
            return None


RULE_WORDS: dict[tree.ExpectWord, type[tree.Declaration]] = {
    tree.ExpectWord.EXEMPT: tree.Exempt,
    tree.ExpectWord.INDICATOR: tree.Indicator,
    tree.ExpectWord.DIRECT: tree.Direct,
    tree.ExpectWord.ASSIGN: tree.Assign,
    tree.ExpectWord.CEILING: tree.Ceiling,
    tree.ExpectWord.DEMOTE: tree.Demote,
    tree.ExpectWord.REWARD: tree.Measure,
    tree.ExpectWord.PENALTY: tree.Measure,
    tree.ExpectWord.LIST: tree.Measure,
    tree.ExpectWord.OFFER: tree.Measure,
    tree.ExpectWord.PLEDGE: tree.Measure,
    tree.ExpectWord.INSPECTION: tree.Measure,
}


def _expected(item: tree.Expectation, scale: int, elaboration: Elaboration) -> ir.ExpectedValue | None:
    if item.code is not None and not _is_rule(item.word, item.code, elaboration):
        return None
    value: int | str | None = None
    match item.word, item.value:
        case _, None:
            pass
        case tree.ExpectWord.GRADE, tree.Reference(name=name):
            grades = elaboration.declarations.grades
            names = [band.grade.text for band in grades.bands] if grades else []
            if name not in names:
                elaboration.report(messages.not_declared(name, item.value.span, names))
                return None
            value = name
        case tree.ExpectWord.GRADE, written if written is not None:
            elaboration.report(messages.wrong_literal(Choice("grade"), written.span))
            return None
        case _, written if written is not None:
            value = limit(written, Number(Unit.POINTS, scale), elaboration)
            if value is None:
                return None
    code = item.code.text if item.code else None
    return ir.ExpectedValue(item.word.value, code, value, item.repaired, item.negated, item.span)


def _is_rule(word: tree.ExpectWord, code: tree.Identifier, elaboration: Elaboration) -> bool:
    declarations = elaboration.declarations
    if word is tree.ExpectWord.REPAIR:
        names = [*declarations.points_repairs, *(repair.direct.text for repair in declarations.direct_repairs)]
    elif word in RULE_WORDS:
        names = [name for name, rule in declarations.rules.items() if isinstance(rule, RULE_WORDS[word])]
    else:
        return True
    if code.text in names:
        return True
    elaboration.report(messages.not_declared(code.text, code.span, names))
    return False


def check_subjects(program: ir.Program, elaboration: Elaboration) -> None:
    """Reports the cases whose subject the policy would refuse."""
    for case in program.cases:
        try:
            load(program, case.subject)
            run_context(program, case.period, case.as_of)
        except PolicyError as error:
            for diagnostic in error.diagnostics:
                elaboration.report(rule_messages.invalid_case(case, diagnostic))
