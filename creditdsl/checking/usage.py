"""What a policy declares and never uses: warnings that often show a rule that was forgotten."""

from creditdsl.checking import rule_messages
from creditdsl.checking.scope import Elaboration
from creditdsl.core.ir import InputField
from creditdsl.core.types import Text, plain
from creditdsl.syntax import tree


def find_unused(elaboration: Elaboration) -> None:
    """Warns of fields, records, enums, parameters, defines and tables that no rule looks at.

    Keys and texts are exempt: they are carried for people.
    """
    declarations = elaboration.declarations
    if declarations.subject is not None:
        _fields(declarations.subject.fields, elaboration.subject.fields, "", elaboration)
    for name, record in declarations.records.items():
        if f"record {name}" not in elaboration.used and not _claimed(name, elaboration):
            elaboration.report(rule_messages.never_used(record.name))
        else:
            _fields(record.fields, elaboration.records[name].fields, f"{name}.", elaboration)
    for name, declaration in declarations.named.items():
        if isinstance(declaration, tree.Parameter | tree.Define | tree.Table) and name not in elaboration.used:
            elaboration.report(rule_messages.never_used(declaration.name))
    for name, enum in declarations.enums.items():
        if f"type {name}" not in elaboration.used:
            elaboration.report(rule_messages.never_used(enum.name))


def _claimed(record: str, elaboration: Elaboration) -> bool:
    return any(
        isinstance(item.claim, tree.MoreInvariant) and item.claim.record.text == record
        for item in elaboration.declarations.invariants.values()
    )


def _fields(
    written: tuple[tree.FieldDeclaration, ...],
    fields: tuple[InputField, ...],
    owner: str,
    elaboration: Elaboration,
) -> None:
    types = {item.name: item.type for item in fields}
    for item in written:
        type_ = types.get(item.name.text)
        carried = item.key or type_ is None or isinstance(plain(type_), Text)
        if not carried and f"{owner}{item.name.text}" not in elaboration.used:
            elaboration.report(rule_messages.never_used(item.name))
