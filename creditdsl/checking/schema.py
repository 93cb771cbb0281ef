"""Enums, the subject, the records and the sources of a policy: what input looks like, and what may be cited."""

from creditdsl.checking import messages, rule_messages
from creditdsl.checking.declarations import Declarations
from creditdsl.checking.input_types import input_type
from creditdsl.checking.named import backwards, texts_of
from creditdsl.checking.scope import Elaboration
from creditdsl.core import ir
from creditdsl.core.ranges import known_inputs
from creditdsl.core.types import Optional
from creditdsl.syntax import tree


def build_schema(elaboration: Elaboration) -> None:
    """Fills the enums, the subject, the records and the ranges of their fields."""
    declarations = elaboration.declarations
    for enum in declarations.enums.values():
        values = tuple(
            ir.EnumValue(item.name.text, texts_of(item.label, item.name.text, elaboration)) for item in enum.values
        )
        if not values:
            elaboration.report(rule_messages.empty_range(enum.span))
        label = texts_of(enum.label, enum.name.text, elaboration)
        elaboration.enums[enum.name.text] = ir.Enumeration(enum.name.text, label, values)
    _grades(elaboration)
    subject = declarations.subject
    if subject is None:
        return
    elaboration.subject = _table(subject.name, subject.label, subject.fields, elaboration)
    policy = declarations.policy
    if policy and policy.subject and policy.subject.text != subject.name.text:
        elaboration.report(messages.not_declared(policy.subject.text, policy.subject.span, [subject.name.text]))
    for record in declarations.records.values():
        if record.subject.text != subject.name.text:
            elaboration.report(messages.not_declared(record.subject.text, record.subject.span, [subject.name.text]))
        if any(item.name.text == record.name.text for item in subject.fields):
            first = next(item for item in subject.fields if item.name.text == record.name.text)
            elaboration.report(messages.declared_twice(record.name, first.name.span))
        table = _table(record.name, record.label, record.fields, elaboration)
        elaboration.records[record.name.text] = ir.InputTable(
            table.name, table.label, table.fields, record.absent_means_none
        )
    tables = elaboration.records.values()
    elaboration.ranges.update(known_inputs(elaboration.subject, tables, elaboration.enums.values()))


def _grades(elaboration: Elaboration) -> None:
    grades = elaboration.declarations.grades
    if grades is not None:
        values = tuple(
            ir.EnumValue(band.grade.text, texts_of(band.label, band.grade.text, elaboration)) for band in grades.bands
        )
        label = texts_of(grades.label, grades.name.text, elaboration)
        elaboration.enums[grades.name.text] = ir.Enumeration(grades.name.text, label, values)
        elaboration.used.add(f"type {grades.name.text}")


def _table(
    name: tree.Identifier,
    label: tree.Label | None,
    fields: tuple[tree.FieldDeclaration, ...],
    elaboration: Elaboration,
) -> ir.InputTable:
    made: list[ir.InputField] = []
    for item in fields:
        typed = input_type(item.type, elaboration)
        if typed is None:
            elaboration.untyped.add(item.name.text)
            continue
        type_, range_ = typed
        if item.key and (isinstance(type_, Optional) or any(other.key for other in made)):
            elaboration.report(rule_messages.bad_key(item.name))
        made.append(
            ir.InputField(item.name.text, type_, texts_of(item.label, item.name.text, elaboration), range_, item.key)
        )
    return ir.InputTable(name.text, texts_of(label, name.text, elaboration), tuple(made))


RANKS = ("law", "regulation", "rule", "normative")


def check_sources(elaboration: Elaboration) -> None:
    """Reports sources of an unknown rank, and cited ones that were no longer in force when the policy began."""
    policy = elaboration.declarations.policy
    start = policy.effective.start if policy and policy.effective else None
    cited = _cited(elaboration.declarations)
    for source in elaboration.declarations.sources.values():
        texts_of(source.label, source.name.text, elaboration)
        if source.rank is not None and source.rank.text not in RANKS:
            elaboration.report(messages.not_declared(source.rank.text, source.rank.span, list(RANKS)))
        force = source.in_force
        if force is None:
            continue
        elaboration.diagnostics.extend(backwards(force))
        if start is not None and force.end is not None and force.end < start and source.name.text in cited:
            elaboration.report(rule_messages.source_not_in_force(source, force.end, start))
    elaboration.diagnostics.extend(backwards(policy.effective if policy else None))


def _cited(declarations: Declarations) -> frozenset[str]:
    """The sources that some rule, parameter or table rests on."""
    rules = (*declarations.rules.values(), *declarations.points_repairs.values(), *declarations.direct_repairs)
    citations = [item for rule in rules for item in rule.clauses.basis]
    for named in declarations.named.values():
        if isinstance(named, tree.Parameter | tree.Table):
            citations.extend(named.basis)
    for single in (declarations.score, declarations.grades):
        citations.extend(single.clauses.basis if single is not None else ())
    return frozenset(item.source.text for item in citations)
