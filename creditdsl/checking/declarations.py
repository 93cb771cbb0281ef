"""All declarations of a policy by name.

In: the parsed modules of one policy. Out: `Declarations`, in which every name stands once; names that stand twice, or
that differ only in ways the eye cannot see, are diagnosed. Nothing is typed yet.
"""

from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import TypeVar

from creditdsl.checking import messages
from creditdsl.diagnostics import Diagnostic
from creditdsl.frozen import dataclass
from creditdsl.source import Span
from creditdsl.syntax import tree

StepRule = tree.Exempt | tree.Direct | tree.Assign | tree.Demote | tree.Ceiling
CodedRule = StepRule | tree.Indicator | tree.Measure
Named = tree.Parameter | tree.Define | tree.Table | StepRule | tree.Measure
Kind = TypeVar("Kind")
NAMED_MEASURES = (tree.MeasureWord.LIST, tree.MeasureWord.PLEDGE)
"""The measures that conditions may name: whether a subject is on a list, whether it may pledge."""


@dataclass(slots=True)
class Declarations:
    """Declarations in the order written. `named` is what an expression may name besides fields and enum values."""

    policy: tree.Policy | None = None
    sources: dict[str, tree.Source] = field(default_factory=dict)
    enums: dict[str, tree.Enumeration] = field(default_factory=dict)
    subject: tree.Subject | None = None
    records: dict[str, tree.Record] = field(default_factory=dict)
    score: tree.Score | None = None
    grades: tree.Grades | None = None
    named: dict[str, Named] = field(default_factory=dict)
    rules: dict[str, CodedRule] = field(default_factory=dict)
    overriders: dict[str, list[CodedRule]] = field(default_factory=dict)
    """For the code of a rule, the rules that displace it."""
    points_repairs: dict[str, tree.RepairPoints] = field(default_factory=dict)
    direct_repairs: list[tree.RepairDirect] = field(default_factory=list)
    matters: dict[str, tree.Matter] = field(default_factory=dict)
    catalogues: dict[str, tree.Catalogue] = field(default_factory=dict)
    populations: dict[str, tree.Population] = field(default_factory=dict)
    cases: dict[str, tree.Case] = field(default_factory=dict)
    invariants: dict[str, tree.Invariant] = field(default_factory=dict)

    def of_kind(self, kind: type[Kind]) -> tuple[Kind, ...]:
        return tuple(rule for rule in self.rules.values() if isinstance(rule, kind))


def declare(modules: Iterable[tree.Module]) -> tuple[Declarations, list[Diagnostic]]:
    """The declarations of the modules and what is wrong with their names."""
    collector = _Collector()
    for module in modules:
        for declaration in module.declarations:
            collector.take(declaration)
    found = collector.declarations
    if found.policy is None or found.subject is None:
        span = found.policy.name.span if found.policy else next(_spans(modules), Span("", 0, 0))
        if found.policy is None:
            collector.diagnostics.append(messages.missing_declaration("policy", "政策", span))
        if found.subject is None:
            collector.diagnostics.append(messages.missing_declaration("subject", "主体", span))
    collector.find_look_alikes()
    return found, collector.diagnostics


def _spans(modules: Iterable[tree.Module]) -> Iterator[Span]:
    for module in modules:
        for declaration in module.declarations:
            yield declaration.span
        yield Span(module.path, 0, 0)


class _Collector:
    def __init__(self) -> None:
        self.declarations = Declarations()
        self.diagnostics: list[Diagnostic] = []
        self.places: dict[tuple[str, str], Span] = {}

    def _first(self, space: str, name: tree.Identifier) -> bool:
        """Whether the name is new in its space; the second one is diagnosed."""
        earlier = self.places.setdefault((space, name.text), name.span)
        if earlier == name.span:
            return True
        self.diagnostics.append(messages.declared_twice(name, earlier))
        return False

    def _rule(self, rule: CodedRule) -> bool:
        if not self._first("rule", rule.code):
            return False
        self.declarations.rules[rule.code.text] = rule
        for code in dict.fromkeys(item.text for item in rule.clauses.overrides):
            self.declarations.overriders.setdefault(code, []).append(rule)
        return True

    def take(self, declaration: tree.Declaration) -> None:
        found = self.declarations
        match declaration:
            case tree.Policy():
                if self._first("policy", tree.Identifier("policy", span=declaration.name.span)):
                    found.policy = declaration
                self._distinct(declaration.periods, "policy")
            case tree.Use():
                pass
            case tree.Source():
                if self._first("source", declaration.name):
                    found.sources[declaration.name.text] = declaration
            case tree.Enumeration():
                if self._first("type", declaration.name):
                    found.enums[declaration.name.text] = declaration
                self._distinct(tuple(value.name for value in declaration.values), declaration.name.text)
            case tree.Subject():
                if self._first("subject", tree.Identifier("subject", span=declaration.name.span)):
                    found.subject = declaration
                for item in declaration.fields:
                    self._first("name", item.name)
            case tree.Record():
                if self._first("record", declaration.name):
                    found.records[declaration.name.text] = declaration
                self._distinct(tuple(item.name for item in declaration.fields), declaration.name.text)
            case tree.Parameter() | tree.Define() | tree.Table():
                if self._first("name", declaration.name):
                    found.named[declaration.name.text] = declaration
                if isinstance(declaration, tree.Table):
                    self._distinct(tuple(column.name for column in declaration.columns), declaration.name.text)
            case tree.Score():
                if self._first("score", tree.Identifier("score", span=declaration.span)):
                    found.score = declaration
            case tree.Grades():
                if self._first("grades", tree.Identifier("grades", span=declaration.name.span)):
                    found.grades = declaration
                    self._first("type", declaration.name)
                self._distinct(tuple(band.grade for band in declaration.bands), declaration.name.text)
            case tree.Indicator() | tree.Measure():
                named = isinstance(declaration, tree.Measure) and declaration.word in NAMED_MEASURES
                if self._rule(declaration) and named:
                    self._first("name", declaration.code)
            case tree.Matter():
                if self._first("matter", declaration.code):
                    found.matters[declaration.code.text] = declaration
            case tree.Catalogue():
                if self._first("catalogue", declaration.name):
                    found.catalogues[declaration.name.text] = declaration
            case tree.Population():
                if self._first("population", tree.Identifier(declaration.name.value, span=declaration.name.span)):
                    found.populations[declaration.name.value] = declaration
            case tree.Exempt() | tree.Direct() | tree.Assign() | tree.Demote() | tree.Ceiling():
                if self._rule(declaration) and self._first("name", declaration.code):
                    found.named[declaration.code.text] = declaration
            case tree.RepairPoints():
                if self._first("repair", declaration.indicator):
                    found.points_repairs[declaration.indicator.text] = declaration
            case tree.RepairDirect():
                found.direct_repairs.append(declaration)
            case tree.Case():
                if self._first("case", tree.Identifier(declaration.name.value, span=declaration.name.span)):
                    found.cases[declaration.name.value] = declaration
            case tree.Invariant():
                if self._first("invariant", tree.Identifier(declaration.name.value, span=declaration.name.span)):
                    found.invariants[declaration.name.value] = declaration

    def _distinct(self, names: tuple[tree.Identifier, ...], owner: str) -> None:
        for name in names:
            self._first(f"in {owner}", name)

    def find_look_alikes(self) -> None:
        """Names of one space that differ in nothing but the case of letters are told apart by nobody."""
        folded: dict[tuple[str, str], tuple[str, Span]] = {}
        for (space, name), span in self.places.items():
            if space in ("case", "invariant", "population"):
                continue
            key = (space, name.casefold())
            earlier = folded.setdefault(key, (name, span))
            if earlier[0] != name:
                self.diagnostics.append(messages.look_alike(name, span, *earlier))
