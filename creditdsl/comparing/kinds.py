"""The kind and the name of a declaration, what it rests on, and what of it has an effect."""

from dataclasses import replace

from creditdsl.comparing.model import Kind
from creditdsl.syntax import tree

Rule = (
    tree.Score
    | tree.Indicator
    | tree.Grades
    | tree.Direct
    | tree.Assign
    | tree.Ceiling
    | tree.Demote
    | tree.Exempt
    | tree.Measure
    | tree.RepairPoints
    | tree.RepairDirect
)

STATIC_KINDS: dict[type, Kind] = {
    tree.Policy: Kind.POLICY,
    tree.Source: Kind.SOURCE,
    tree.Enumeration: Kind.ENUM,
    tree.Subject: Kind.SUBJECT,
    tree.Record: Kind.RECORD,
    tree.Parameter: Kind.PARAMETER,
    tree.Define: Kind.DEFINE,
    tree.Table: Kind.TABLE,
    tree.Score: Kind.SCORE,
    tree.Indicator: Kind.INDICATOR,
    tree.Grades: Kind.GRADES,
    tree.Direct: Kind.DIRECT,
    tree.Assign: Kind.ASSIGN,
    tree.Ceiling: Kind.CEILING,
    tree.Demote: Kind.DEMOTE,
    tree.Exempt: Kind.EXEMPT,
    tree.RepairPoints: Kind.REPAIR,
    tree.RepairDirect: Kind.REPAIR_DIRECT,
    tree.Case: Kind.CASE,
    tree.Invariant: Kind.INVARIANT,
    tree.Amend: Kind.AMEND,
    tree.Matter: Kind.MATTER,
    tree.Catalogue: Kind.CATALOGUE,
    tree.Population: Kind.POPULATION,
}


def kind_of(declaration: tree.Declaration) -> Kind | None:
    """The kind; None for `use`, which says where declarations stand and nothing else."""
    match declaration:
        case tree.Use():
            return None
        case tree.Measure(word=word):
            return Kind(word.value)
        case _:  # The kinds of all others are their classes.
            return STATIC_KINDS[type(declaration)]


def name_of(declaration: tree.Declaration) -> str:
    """The name or code; nothing for the score, of which a policy has one. Repairs are called as what they repair."""
    match declaration:
        case (
            tree.Policy(name=name)
            | tree.Source(name=name)
            | tree.Enumeration(name=name)
            | tree.Subject(name=name)
            | tree.Record(name=name)
            | tree.Parameter(name=name)
            | tree.Define(name=name)
            | tree.Table(name=name)
            | tree.Grades(name=name)
            | tree.Catalogue(name=name)
            | tree.Amend(name=name)
        ):
            return name.text
        case tree.Case(name=text) | tree.Invariant(name=text) | tree.Population(name=text):
            return text.value
        case (
            tree.Indicator(code=code)
            | tree.Direct(code=code)
            | tree.Assign(code=code)
            | tree.Ceiling(code=code)
            | tree.Demote(code=code)
            | tree.Exempt(code=code)
            | tree.Measure(code=code)
            | tree.Matter(code=code)
            | tree.RepairPoints(indicator=code)
            | tree.RepairDirect(direct=code)
        ):
            return code.text
        case tree.Score() | tree.Use():
            return ""


def label_of(declaration: tree.Declaration) -> tree.Label | None:
    match declaration:
        case tree.Use() | tree.Case() | tree.Invariant() | tree.Population():
            return None
        case _:  # All others have a label, or may have one.
            return declaration.label


def basis_of(declaration: tree.Declaration) -> tuple[tree.Citation, ...]:
    """The places that a declaration rests on."""
    match declaration:
        case tree.Parameter() | tree.Table() | tree.Population() | tree.Amend():
            return declaration.basis
        case (
            tree.Score()
            | tree.Indicator()
            | tree.Grades()
            | tree.Direct()
            | tree.Assign()
            | tree.Ceiling()
            | tree.Demote()
            | tree.Exempt()
            | tree.Measure()
            | tree.RepairPoints()
            | tree.RepairDirect()
            | tree.Matter()
            | tree.Catalogue()
        ):
            return declaration.clauses.basis
        case _:  # The others cite nothing.
            return ()


def essence(declaration: tree.Declaration) -> tree.Declaration:
    """The declaration without what has no effect on a result: labels, notes and basis."""
    match declaration:
        case (
            tree.Score()
            | tree.Indicator()
            | tree.Direct()
            | tree.Assign()
            | tree.Ceiling()
            | tree.Demote()
            | tree.Exempt()
            | tree.RepairPoints()
            | tree.RepairDirect()
        ):
            return replace(declaration, label=None, clauses=_conditions(declaration.clauses))
        case tree.Measure():
            grants = tuple(replace(item, label=None) for item in declaration.grants)
            return replace(declaration, label=None, clauses=_conditions(declaration.clauses), grants=grants)
        case tree.Grades():
            bands = tuple(replace(item, label=None) for item in declaration.bands)
            return replace(declaration, label=None, clauses=_conditions(declaration.clauses), bands=bands)
        case tree.Parameter() | tree.Table():
            return replace(declaration, label=None, basis=())
        case tree.Define():
            return replace(declaration, label=None)
        case tree.Enumeration():
            values = tuple(replace(item, label=None) for item in declaration.values)
            return replace(declaration, label=None, values=values)
        case tree.Subject() | tree.Record():
            fields = tuple(replace(item, label=None) for item in declaration.fields)
            return replace(declaration, label=None, fields=fields)
        case _:  # Of the others every part says something, or none does.
            return declaration


def _conditions(clauses: tree.RuleClauses) -> tree.RuleClauses:
    return replace(clauses, basis=(), notes=())
