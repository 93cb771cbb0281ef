"""What an amendment touches: declarations by kind and name, and the parts inside them.

`Key` names a declaration, `Path` a declaration or a part of it; a path touches another when one is the beginning of the other.
"""

from creditdsl.syntax import tree

Key = tuple[str, str]
"""The kind, as `tree.TargetWord` has it, and the name; the name is empty where a policy has one of the kind."""
Path = tuple[str, ...]

SINGLE = frozenset({"policy", "subject", "score", "grades"})


def key_of(declaration: tree.Declaration) -> Key | None:
    """The key of a declaration; None for what no amendment touches."""
    match declaration:
        case tree.Policy():
            return "policy", ""
        case tree.Source(name=name):
            return "source", name.text
        case tree.Enumeration(name=name):
            return "enum", name.text
        case tree.Subject():
            return "subject", ""
        case tree.Record(name=name):
            return "record", name.text
        case tree.Parameter(name=name):
            return "parameter", name.text
        case tree.Define(name=name):
            return "define", name.text
        case tree.Table(name=name):
            return "table", name.text
        case tree.Score():
            return "score", ""
        case tree.Grades():
            return "grades", ""
        case tree.Indicator(code=code):
            return "indicator", code.text
        case tree.Direct(code=code):
            return "direct", code.text
        case tree.Assign(code=code):
            return "assign", code.text
        case tree.Ceiling(code=code):
            return "ceiling", code.text
        case tree.Demote(code=code):
            return "demote", code.text
        case tree.Exempt(code=code):
            return "exempt", code.text
        case tree.Measure(word=word, code=code):
            return word.value, code.text
        case tree.Matter(code=code):
            return "matter", code.text
        case tree.Catalogue(name=name):
            return "catalogue", name.text
        case tree.RepairPoints(indicator=code):
            return "repair", code.text
        case tree.RepairDirect(direct=code):
            return "repair_direct", code.text
        case tree.Invariant(name=text):
            return "invariant", text.value
        case tree.Use() | tree.Case() | tree.Population() | tree.Amend():
            return None


def key_of_target(target: tree.Target) -> Key:
    kind = target.word.value
    return kind, "" if kind in SINGLE or target.name is None else target.name.text


def touching(first: Path, second: Path) -> bool:
    """Whether one of the paths is the other one or lies inside it."""
    shorter = min(len(first), len(second))
    return first[:shorter] == second[:shorter]


def part_path(key: Key, change: tree.PartChange) -> Path:
    """The path of what a change inside a declaration touches.

    Rows and branches count by number, so that all of them are one path; what is added to a clause of several touches only itself.
    """
    inserted = isinstance(change, tree.InsertPart)
    match change.part:
        case tree.ComponentName(word=tree.ComponentWord.CLAUSE, name=name, granted=granted):
            return (*key, "clause", _granting(name.text), *(() if granted is None else (granted.text,)))
        case tree.ComponentName(word=tree.ComponentWord.ARTICLE, locators=locators):
            return (*key, "article", *_place(locators))
        case tree.ComponentName(word=tree.ComponentWord.ROW | tree.ComponentWord.BRANCH as word):
            return (*key, word.value)
        case tree.ComponentName(word=word, name=name):
            return (*key, word.value, name.text)
        case tree.ClausePart(value=tree.Grant(name=name)):
            return (*key, "clause", "grants", name.text)
        case tree.ClausePart(rule=rule, value=tuple() as values):
            return (*key, "clause", rule, *((repr(values),) if inserted else ()))
        case tree.ClausePart(rule=rule):
            return (*key, "clause", rule)
        case tree.Band(grade=name):
            return (*key, "band", name.text)
        case tree.Row():
            return (*key, "row")
        case tree.Branch():
            return (*key, "branch")
        case tree.DatedValue(start=start):
            return (*key, "value", start.isoformat())
        case tree.EnumValue(name=name):
            return (*key, "value", name.text)
        case tree.FieldDeclaration(name=name):
            return (*key, "field", name.text)
        case tree.SourceArticle(locators=locators):
            return (*key, "article", *_place(locators))


def _granting(rule: str) -> str:
    return "grants" if rule == "restricts" else rule


def _place(locators: tuple[tree.Locator, ...]) -> tuple[str, ...]:
    # The end mark keeps article 20 apart from its items: they are places of their own.
    return (*(f"{item.word.value} {item.number}" for item in locators), ".")
