"""How words, names, numbers and texts are written in rule text, in one keyword language."""

from collections.abc import Set as AbstractSet
from functools import cache

from creditdsl.diagnostics import Language
from creditdsl.frozen import dataclass
from creditdsl.syntax import tree
from creditdsl.syntax.keywords import keyword_table
from creditdsl.syntax.names import CODE_FORM, NAME_FORM

GLUED_UNITS = frozenset({"%", "万元", "亿元"})
"""Units that stand directly behind their number."""
BREAK = "\x1f"
"""Stands for a space at which a long line may be broken; rule text cannot contain it."""
GROUPED_FROM = 4
"""Quantities with so many digits before the point are written in groups of three, bare numbers from one digit more on: years."""


@dataclass(frozen=True, slots=True)
class Speller:
    """Writes in `language`. `own_names` are names that the file declares and that a keyword must not be put in place of."""

    language: Language
    own_names: frozenset[str] = frozenset()

    def word(self, section: str, key: str) -> str:
        return keyword_table()[section, key].written(self.language)

    def clause(self, key: str) -> str:
        return self.word("clause", key)

    def declaration(self, key: str) -> str:
        return self.word("declaration", key)

    def amendment(self, key: str) -> str:
        return self.word("amendment", key)

    def expression(self, key: str) -> str:
        return self.word("expression", key)

    def reference(self, name: str) -> str:
        """A name as an operand; `score` and `grade` have a Chinese form."""
        if self.language == "zh" and name in ("score", "grade") and name not in self.own_names:
            return self.expression(f"{name}_value")
        return written_name(name)

    def number(self, number: tree.Number) -> str:
        text = written_digits(number.digits, number.places, GROUPED_FROM + (number.unit is None))
        if number.unit is None:
            return text
        unit = self.word("unit", number.unit.value)
        return text + unit if unit in GLUED_UNITS else f"{text} {unit}"

    def validity(self, validity: tree.Validity) -> str:
        days = [day.isoformat() if day else "" for day in (validity.start, validity.end)]
        return f"{days[0]} .. {days[1]}".strip()


def written_name(name: str, *, also: AbstractSet[str] = frozenset()) -> str:
    """A name, in backticks when it is no plain name, a word of the expressions, or one of `also`."""
    if NAME_FORM.fullmatch(name) and name not in reserved_words() and name not in also:
        return name
    return f"`{name}`"


def written_code(name: str, *, also: AbstractSet[str] = frozenset()) -> str:
    """A rule's code, which may be digits."""
    return name if CODE_FORM.fullmatch(name) else written_name(name, also=also)


def written_text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def written_label(label: tree.Label) -> str:
    return f"{BREAK}/ ".join(written_text(text) for text in label.texts)


def written_digits(digits: int, places: int, grouped_from: int) -> str:
    text = str(digits).zfill(places + 1)
    whole, fraction = (text[:-places], text[-places:]) if places else (text, "")
    if len(whole) >= grouped_from:
        whole = f"{int(whole):_}"
    return f"{whole}.{fraction}" if fraction else whole


@cache
def reserved_words() -> frozenset[str]:
    """Words that are read as keywords where an expression may stand: a name like them needs backticks."""
    clause_words = ("any_cell", "otherwise", "more", "or_more", "or_less", "under", "over", "places", "range")
    of_expressions = [item for item in keyword_table().values() if item.section == "expression" and not item.before]
    # A word of another section that shares a terminal with one of them is read like it.
    terminals = {item.terminal for item in of_expressions}
    keywords = [item for item in keyword_table().values() if item.terminal in terminals and not item.before]
    keywords += [keyword_table()["clause", key] for key in clause_words]
    return frozenset(
        part for keyword in keywords for spelling in keyword.spellings for part in _readable_alone(spelling)
    )


def _readable_alone(spelling: str) -> tuple[str, ...]:
    """A word itself; of `or more` the second word, which a name behind `or` would be read as."""
    parts = spelling.split()
    if len(parts) == 1:
        return (spelling,)
    return (parts[1],) if parts[0] == "or" else ()


@cache
def words_behind_is() -> frozenset[str]:
    """Names that would be read as one keyword with the `is` before them."""
    table = keyword_table()
    spellings = table["expression", "is_absent"].spellings + table["expression", "is_present"].spellings
    return frozenset(spelling.split()[1] for spelling in spellings if " " in spelling)


@cache
def words_of_section(section: str) -> frozenset[str]:
    """The single words of a section in both languages."""
    return frozenset(word for item in keyword_table().values() if item.section == section for word in item.spellings)
