"""What a bare name means where it stands.

Looked up in this order: columns of the table at hand, fields of the record at hand, fields of the subject, `score` and
`grade`, parameters, defines and step rules, and last the values of the enum that is expected. What is found nowhere is
reported with the nearest name that would do.
"""

from creditdsl.checking import messages
from creditdsl.checking.scope import Scope, Stage, Typed, choice_of
from creditdsl.core import ir
from creditdsl.core.types import Choice, Type
from creditdsl.diagnostics import errors_in
from creditdsl.syntax import tree


def reference(name: tree.Reference, scope: Scope, expected: Type | None) -> Typed | None:
    """The value of a name, or None after reporting it."""
    found = known(name.name, scope)
    if found is not None:
        return _used(name.name, found, scope)
    if name.name in scope.elaboration.untyped:
        return None
    elaboration = scope.elaboration
    if name.name in elaboration.declarations.named:
        elaboration.used.add(name.name)
        if isinstance(elaboration.declarations.named[name.name], tree.Table):
            scope.report(messages.wrong_kind_of_name(name.name, name.span))
            return None
        return elaboration.named(name.name, scope)
    if name.name in ("score", "grade"):
        # Where it would be known, it failed, and what is wrong with it has been said.
        if not (_is_due(name.name, scope) and errors_in(elaboration.diagnostics)):
            scope.report(messages.not_known_yet(name))
        return None
    choice = choice_of(expected) if expected else None
    if choice is not None and name.name in elaboration.enums[choice.enum].ordinals:
        return Typed(ir.Constant(name.name, choice), choice)
    _report(name, scope, choice)
    return None


def means_something(name: tree.Reference, scope: Scope) -> bool:
    """Whether the name has a meaning of its own, without an expected type."""
    return (
        known(name.name, scope) is not None
        or name.name in scope.elaboration.declarations.named
        or name.name in ("score", "grade")
    )


def known(name: str, scope: Scope) -> Typed | None:
    """A column, field, score or grade of that name."""
    if name in scope.values:
        return scope.values[name]
    of_record = None if scope.record is None else scope.record.find(name)
    if scope.record is not None and of_record is not None:
        return Typed(ir.RecordField(scope.record.name, name, of_record.type), of_record.type)
    of_subject = scope.elaboration.subject.find(name)
    if of_subject is not None:
        return Typed(ir.SubjectField(name, of_subject.type), of_subject.type)
    return _result(name, scope)


def _result(name: str, scope: Scope) -> Typed | None:
    """The score, once there is one; the grade, once grading is over."""
    if not _is_due(name, scope):
        return None
    after = scope.stage is not Stage.BEFORE
    full = f"{name}.after" if after and scope.elaboration.has_repairs else name
    definition = scope.elaboration.definitions.get(full)
    return None if definition is None else Typed(ir.DefinitionReference(full, definition.type), definition.type)


def _is_due(name: str, scope: Scope) -> bool:
    """Whether the score or the grade is known at this stage of an evaluation."""
    if name == "score":
        return scope.stage is not Stage.NONE
    return name == "grade" and scope.stage is Stage.FINAL


def _used(name: str, found: Typed, scope: Scope) -> Typed:
    if isinstance(found.expression, ir.RecordField):
        scope.elaboration.used.add(f"{found.expression.table}.{name}")
    else:
        scope.elaboration.used.add(name)
    return found


def _report(name: tree.Reference, scope: Scope, choice: Choice | None) -> None:
    elaboration = scope.elaboration
    owners = [
        record.name for record in elaboration.records.values() for item in record.fields if item.name == name.name
    ]
    if owners and scope.record is None:
        scope.report(messages.field_outside_its_record(name, owners[0]))
        return
    if name.name in elaboration.records:
        scope.report(messages.wrong_kind_of_name(name.name, name.span))
        return
    candidates = [item.name for item in elaboration.subject.fields] + list(elaboration.declarations.named)
    candidates += [item.name for item in scope.record.fields] if scope.record else []
    candidates += list(elaboration.enums[choice.enum].names) if choice else []
    scope.report(messages.not_declared(name.name, name.span, candidates))
