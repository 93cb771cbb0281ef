"""What is read, how often, and where its statements go.

In: requests for expressions, in the order in which values are needed. Out: pieces and statements. What is read more than
once becomes a variable; how often that is, a first writer finds out, whose text is thrown away. What a node is as NumPy is
in `arithmetic` and `expressions`.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from creditdsl.backends.columns.code import (
    FALSE,
    TRUE,
    Code,
    combined,
    number,
    plain,
)
from creditdsl.backends.columns.program import Columns
from creditdsl.backends.columns.statements import Statement, Suite
from creditdsl.backends.python.names import Scope, variable_name
from creditdsl.core.ir import (
    Aggregate,
    Constant,
    DefinitionReference,
    Expression,
    Interval,
    RecordField,
    SubjectField,
)
from creditdsl.core.types import plain as plain_type

LONG = 90
"""A piece of more characters becomes a variable, so that lines stay readable."""


@dataclass(frozen=True, slots=True)
class Place:
    """For which rows an expression is computed: the subjects of a block, all records of a table, or some of them.

    `table` is the variable of the records, `owners` that of the positions of their subjects, `rows` that of the records'
    own positions, empty where all are meant.
    """

    table: str = ""
    rows: str = ""
    owners: str = ""

    @property
    def uses(self) -> frozenset[str]:
        return frozenset(name for name in (self.rows, self.owners) if name.isidentifier())


SUBJECT = Place()
Key = tuple[Place, Expression]


@dataclass(slots=True)
class Writer:
    """Writes expressions; statements that they need go to `suite`. `counts` is None while it is being found out."""

    columns: Columns
    scope: Scope
    given: bool = False
    """whether aggregates are columns of the input instead of being computed from records"""
    counts: Counter[Key] | None = None
    suite: Suite = field(default_factory=Suite)
    inner: Suite | None = None
    """statements that are only run when details are wanted, while such are written"""
    requests: Counter[Key] = field(default_factory=Counter)
    outside: set[Key] = field(default_factory=set)
    """what is read outside of details too; from the first writer"""
    memo: dict[Key, Code] = field(default_factory=dict)
    inner_memo: dict[Key, Code] = field(default_factory=dict)
    wanted: str = "part"
    """what a variable of the definition at hand is called"""
    constants: dict[tuple[int, int], str] = field(default_factory=dict)
    """names of columns of one value, by width and value"""

    # Reading

    def read(self, expression: Expression, place: Place = SUBJECT) -> Code:
        """The code of an expression: a variable where it is read more than once."""
        if isinstance(expression, Constant):
            return self.constant(expression)
        return self.shared((place, expression), lambda: self._placed(expression, place))

    def rooted(self, expression: Expression, place: Place = SUBJECT) -> Code:
        """The code of an expression however deep it is: what stands deep in it is written first, level by level."""
        for part in self.columns.levels(expression, given=self.given):
            self.read(part, place if self.columns.reads_records(part) else SUBJECT)
        return self.read(expression, place)

    def shared(self, key: Key, compute: Callable[[], Code]) -> Code:
        """What `compute` gives, computed once where it is read more than once."""
        self.requests[key] += 1
        if self.inner is None:
            self.outside.add(key)
        known = self.memo.get(key) or self.inner_memo.get(key)
        if known is not None:
            return known
        inner, wanted = self.inner, self.wanted
        outwards = inner is not None and key in self.outside
        if outwards:
            self.inner = None
        self.wanted = _variable_for(key[1]) or wanted
        code = compute()
        often = self.counts is None or self.counts[key] > 1
        if often or len(code.text) > LONG:
            code = self.bound(code)
        self.wanted = wanted
        if outwards:
            self.inner = inner
        if often:
            (self.memo if self.inner is None or outwards else self.inner_memo)[key] = code
        return code

    def bound(self, code: Code) -> Code:
        """The code as a variable, unless it is one or a constant."""
        present = code.present
        if present is not None and present.constant is None and not present.text.isidentifier():
            present = self.assigned(f"{self.wanted}_present", present)
        value = plain(code)
        if value.constant is None and not value.text.isidentifier():
            value = self.assigned(self.wanted, value)
        return replace(value, present=present)

    def short(self, code: Code) -> Code:
        """The code, as a variable where it is long."""
        return self.bound(code) if len(code.text) > LONG else code

    def folded(self, operation: Callable[[Code, Code], Code], neutral: Code, codes: Iterable[Code]) -> Code:
        """An operation on many codes, from the left."""
        result = neutral
        for code in codes:
            result = operation(self.short(result), code)
        return result

    def assigned(self, wanted: str, code: Code) -> Code:
        """A new variable that is a code."""
        name = self.scope.allocate(wanted)
        self.statement(f"{name} = {stripped(code.text)}", (name,), code.uses)
        return Code(name, code.width, frozenset((name,)))

    def statement(self, text: str, defines: tuple[str, ...] = (), uses: frozenset[str] = frozenset()) -> None:
        (self.suite if self.inner is None else self.inner).items.append(Statement(text, defines, uses))

    def _placed(self, expression: Expression, place: Place) -> Code:
        if place != SUBJECT and not self.columns.reads_records(expression):
            return self._of_owners(self.read(expression), place)
        if place.rows:
            dense = self.memo.get((replace(place, rows="", owners=f"{place.table}.owner"), expression))
            if dense is not None:
                return _each(dense, f"{{}}[{place.rows}]", place.uses)
        return self.computed(expression, place)

    def _of_owners(self, code: Code, place: Place) -> Code:
        """What a value of the subject is for each record."""
        return _each(code, f"{{}}[{place.owners}]", place.uses)

    def interval(self, expression: Expression) -> Interval:
        return self.columns.interval(expression)

    # What `expressions`, `records` and `block` add

    def computed(self, expression: Expression, place: Place) -> Code:
        """The value of an expression, which no variable has yet."""
        raise NotImplementedError

    def definition(self, reference: DefinitionReference) -> Code:
        """The value of a definition of the subject."""
        raise NotImplementedError

    def aggregate(self, aggregate: Aggregate) -> Code:
        """The value of an aggregate for each subject."""
        raise NotImplementedError

    def constant(self, constant: Constant) -> Code:
        value = constant.value
        if value is None:
            return Code("0", 0, constant=0, present=FALSE)
        if isinstance(value, bool):
            return TRUE if value else FALSE
        if isinstance(value, str):
            return number(self.columns.ordinal(value, plain_type(constant.type)))
        return number(value)


def _variable_for(expression: Expression) -> str:
    """What the variable of a field or a definition is called; empty for any other expression."""
    match expression:
        case SubjectField(name) | RecordField(_, name):
            return variable_name(name)
        case DefinitionReference(name) if not name.startswith("aggregate."):
            return variable_name(name.removeprefix("indicator."))
        case _:
            return ""


def stripped(text: str) -> str:
    """The text without the parentheses around all of it."""
    if not (text.startswith("(") and text.endswith(")")):
        return text
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0 and place < len(text) - 1:
            return text
    return text[1:-1]


def _each(code: Code, pattern: str, uses: frozenset[str]) -> Code:
    """A pattern applied to the values and to their presence; a constant stays what it is."""

    def one(part: Code) -> Code:
        if part.constant is not None:
            return plain(part)
        made = combined(pattern, part, width=part.width)
        return replace(made, uses=made.uses | uses)

    value = one(code)
    return value if code.present is None else replace(value, present=one(code.present))
