"""What every name of a policy stands for on a page: its label, its type and the anchor of its definition.

In: the modules of a policy. Out: a `Lexicon`, in which each name has exactly one anchor; the anchor of a rule is its
code (`010101`), of a place in a source the source and the numbers (`order40-20-2`), the same in every language.
"""

from dataclasses import dataclass, replace
from enum import Enum

from creditdsl.syntax.tree import (
    Assign,
    Band,
    Case,
    Catalogue,
    Ceiling,
    Declaration,
    Define,
    Demote,
    Direct,
    Enumeration,
    EnumValue,
    Exempt,
    Expression,
    FieldDeclaration,
    Grades,
    Identifier,
    Indicator,
    Invariant,
    Label,
    Locator,
    LocatorWord,
    Matter,
    Measure,
    MeasureWord,
    Module,
    Parameter,
    Policy,
    Population,
    Record,
    RepairDirect,
    RepairPoints,
    Score,
    Source,
    Subject,
    Table,
    TypeExpression,
    TypeWord,
    Use,
)


class NameKind(Enum):
    FIELD = "field"
    RECORD = "record"
    PARAMETER = "parameter"
    DEFINE = "define"
    TABLE = "table"
    ENUM = "enum"
    VALUE = "value"
    RULE = "rule"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Entry:
    """A declared name: what kind it is, its label if it has one, its anchor, its type and meaning where written.

    `measure` is the kind of a rule that is a measure.
    """

    kind: NameKind
    name: str
    label: Label | None
    anchor: str
    type: TypeExpression | None = None
    meaning: Expression | None = None
    measure: MeasureWord | None = None


def slug(text: str) -> str:
    """A text as part of an anchor: letters and digits of any script, `_`, `.` and `-`; the rest as code points.

    >>> slug("010101"), slug("逾期申报"), slug("a b<")
    ('010101', '逾期申报', 'a-20-b-3c-')
    """
    return "".join(c if c.isalnum() or c in "_.-" else f"-{ord(c):x}-" for c in text)


class Anchors:
    """Gives each key one anchor, never the same to two keys; who asks first gets the plain form."""

    def __init__(self) -> None:
        self._by_key: dict[tuple[str, ...], str] = {}
        self._taken: set[str] = set()

    def claim(self, key: tuple[str, ...], wanted: str) -> str:
        """The anchor of `key`: `wanted`, or with a number behind it when another key has it."""
        if key not in self._by_key:
            anchor, number = wanted, 1
            while anchor in self._taken:
                number += 1
                anchor = f"{wanted}-{number}"
            self._taken.add(anchor)
            self._by_key[key] = anchor
        return self._by_key[key]


RuleDeclaration = Indicator | Direct | Assign | Ceiling | Demote | Exempt | Measure


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Every name of a policy. `fields` by table and name, `values` by enumeration and name, `names` for the rest.

    `grants` are the values that measures grant, by name: what figures of a population may name.
    """

    anchors: Anchors
    fields: dict[tuple[str, str], Entry]
    values: dict[str, dict[str, Entry]]
    names: dict[str, Entry]
    grants: dict[str, Entry]
    subject: str
    grades: str | None

    def find(self, name: str, record: str | None, enum: str | None = None) -> Entry | None:
        """What `name` means under a record (or none), where a value of `enum` is expected (or none)."""
        if enum is not None and name in self.values.get(enum, {}):
            return self.values[enum][name]
        if record is not None and (record, name) in self.fields:
            return self.fields[record, name]
        if (self.subject, name) in self.fields:
            return self.fields[self.subject, name]
        if name in self.names:
            return self.names[name]
        return next((values[name] for values in self.values.values() if name in values), self.grants.get(name))

    def source_anchor(self, source: str, locators: tuple[Locator, ...]) -> str:
        """The anchor of a place in a source; that of the source itself without locators."""
        if not locators:
            return self.anchors.claim((NameKind.SOURCE.value, source), slug(source))
        return self.anchors.claim(("place", *_place(source, locators)), "-".join(map(slug, _place(source, locators))))

    def repair_anchor(self, code: str, number: int = 1) -> str:
        """The anchor of a repair of a rule, the first one or another in the order in which they are written."""
        suffix = "" if number == 1 else f"-{number}"
        return self.anchors.claim(("repair", code, suffix), f"repair-{slug(code)}{suffix}")

    def case_anchor(self, number: int) -> str:
        """The anchor of the worked case that stands in this place, from 1."""
        return self.anchors.claim(("case", str(number)), f"case-{number}")

    def matter_anchor(self, code: str) -> str:
        """The anchor of a service item."""
        return self.anchors.claim(("matter", code), f"matter-{slug(code)}")

    def catalogue_anchor(self, name: str) -> str:
        """The anchor of a catalogue."""
        return self.anchors.claim(("catalogue", name), f"catalogue-{slug(name)}")

    def population_anchor(self, name: str) -> str:
        """The anchor of the figures of a population: `population`, and for those further down `population-2` and on."""
        return self.anchors.claim(("population", name), "population")

    def measures_anchor(self, word: MeasureWord) -> str:
        """The anchor of the measures of one kind."""
        return self.anchors.claim(("measures", word.value), f"measures-{word.value}")

    def grade_anchor(self, grade: str) -> str:
        """The anchor of a grade."""
        return self.anchors.claim(("grade", grade), f"grade-{slug(grade)}")


def _place(source: str, locators: tuple[Locator, ...]) -> tuple[str, ...]:
    parts = [source]
    for locator in locators:
        if locator.word in (LocatorWord.ARTICLE, LocatorWord.ITEM, LocatorWord.ROW):
            parts.append(locator.number or locator.word.value)
        else:
            parts.append(locator.word.value + (locator.number or ""))
    return tuple(parts)


SECTIONS = (
    "overview",
    "grades",
    "procedure",
    "score",
    "indicators",
    "decisions",
    "measures",
    "repair",
    "matters",
    "catalogues",
    "reference",
    "data",
    "cases",
    "figures",
    "sources",
)
"""The sections of the document in order; the anchor of each is `section-` and this word."""

SUBSECTIONS = ("exempt", "direct", "assign", "demote", "ceiling")
"""The parts of the section of special rules; the anchor of each is `rules-` and this word."""

FIXTURES = ("page-top", "page-text", "page-find", "page-found", "page-contents")
"""Anchors of the page itself."""


def lexicon(modules: tuple[Module, ...]) -> Lexicon:
    """The names of all the modules of one policy."""
    declarations = tuple(item for module in modules for item in module.declarations)
    subject = next((item.name.text for item in declarations if isinstance(item, Subject)), "")
    grades = next((item.name.text for item in declarations if isinstance(item, Grades)), None)
    result = Lexicon(Anchors(), {}, {}, {}, {}, subject, grades)
    for section in SECTIONS:
        result.anchors.claim(("section", section), f"section-{section}")
    for part in SUBSECTIONS:
        result.anchors.claim(("section", part), f"rules-{part}")
    for fixture in FIXTURES:
        result.anchors.claim(("page", fixture), fixture)
    for word in MeasureWord:
        result.measures_anchor(word)
    for item in declarations:
        if isinstance(item, RuleDeclaration):
            _rule(result, item)
    for item in declarations:
        _declare(result, item)
    return result


def _name(
    result: Lexicon, kind: NameKind, name: Identifier, label: Label | None, type_: TypeExpression | None = None
) -> None:
    wanted = slug(name.text) if kind in (NameKind.RULE, NameKind.SOURCE) else f"{kind.value}-{slug(name.text)}"
    anchor = result.anchors.claim((kind.value, name.text), wanted)
    result.names.setdefault(name.text, Entry(kind, name.text, label, anchor, type_))


def _rule(result: Lexicon, rule: RuleDeclaration) -> None:
    _name(result, NameKind.RULE, rule.code, rule.label)
    if isinstance(rule, Measure):
        entry = replace(result.names[rule.code.text], measure=rule.word)
        result.names[rule.code.text] = entry
        for grant in rule.grants:
            granted = replace(entry, name=grant.name.text, label=grant.label, measure=None)
            result.grants.setdefault(grant.name.text, granted)


def _fields(result: Lexicon, table: Identifier, fields: tuple[FieldDeclaration, ...]) -> None:
    for item in fields:
        wanted = f"{slug(table.text)}.{slug(item.name.text)}"
        anchor = result.anchors.claim(("field", table.text, item.name.text), wanted)
        entry = Entry(NameKind.FIELD, item.name.text, item.label, anchor, item.type)
        result.fields[table.text, item.name.text] = entry


def _values(result: Lexicon, enum: Identifier, values: tuple[EnumValue, ...]) -> None:
    entries = result.values.setdefault(enum.text, {})
    for item in values:
        wanted = f"{slug(enum.text)}.{slug(item.name.text)}"
        anchor = result.anchors.claim(("value", enum.text, item.name.text), wanted)
        entries[item.name.text] = Entry(NameKind.VALUE, item.name.text, item.label, anchor, _type_of(enum))


def _bands(result: Lexicon, enum: Identifier, bands: tuple[Band, ...]) -> None:
    entries = result.values.setdefault(enum.text, {})
    for band in bands:
        anchor = result.grade_anchor(band.grade.text)
        entries[band.grade.text] = Entry(NameKind.VALUE, band.grade.text, band.label, anchor, _type_of(enum))


def _type_of(enum: Identifier) -> TypeExpression:
    return TypeExpression(enum)


def _declare(result: Lexicon, item: Declaration) -> None:
    match item:
        case Policy() | Use() | Score() | RepairPoints() | RepairDirect() | Case() | Invariant():
            pass
        case Matter(code=code):
            result.matter_anchor(code.text)
        case Catalogue(name=name):
            result.catalogue_anchor(name.text)
        case Population(name=name):
            result.population_anchor(name.value)
        case Indicator() | Direct() | Assign() | Ceiling() | Demote() | Exempt() | Measure():
            pass
        case Source(name=name, label=label):
            _name(result, NameKind.SOURCE, name, label)
        case Enumeration(name=name, label=label, values=values):
            _name(result, NameKind.ENUM, name, label)
            _values(result, name, values)
        case Subject(name=name, label=label, fields=fields):
            _name(result, NameKind.RECORD, name, label)
            _fields(result, name, fields)
        case Record(name=name, label=label, fields=fields):
            _name(result, NameKind.RECORD, name, label)
            _fields(result, name, fields)
        case Parameter(name=name, label=label, type=type_):
            _name(result, NameKind.PARAMETER, name, label, type_)
        case Define(name=name, label=label, value=meaning):
            anchor = result.anchors.claim(("define", name.text), f"define-{slug(name.text)}")
            result.names.setdefault(name.text, Entry(NameKind.DEFINE, name.text, label, anchor, None, meaning))
        case Table(name=name, label=label, type=type_):
            _name(result, NameKind.TABLE, name, label, type_)
        case Grades(name=name, label=label, bands=bands):
            result.anchors.claim(("enum", name.text), f"enum-{slug(name.text)}")
            _bands(result, name, bands)


def truth_type(type_: TypeExpression | None) -> bool:
    """Whether this is the type of yes and no."""
    return type_ is not None and type_.name is TypeWord.TRUTH


def enum_of(type_: TypeExpression | None) -> str | None:
    """The enumeration that a written type names, None for the built-in types."""
    return type_.name.text if type_ is not None and isinstance(type_.name, Identifier) else None
