"""The function of an emitted module that scores one block of subjects.

In: a program for columns. Out: its statements, in the order in which the result asks for values: the heading first, what
stands in a sum where the sum needs it, so that few columns are alive at a time. Findings stand beside their points, under
`if details is not None`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from creditdsl.backends.columns.arithmetic import constant_width
from creditdsl.backends.columns.code import Code, at_width, number, plain, plus, presence, times
from creditdsl.backends.columns.linear import Linear, linear
from creditdsl.backends.columns.records import Aggregates
from creditdsl.backends.columns.statements import Statement, Suite
from creditdsl.backends.columns.widths import width_of
from creditdsl.backends.columns.writer import SUBJECT, Place, stripped
from creditdsl.backends.python.names import variable_name
from creditdsl.backends.python.wording import rule_comment
from creditdsl.core.ir import Aggregate, Definition, DefinitionReference, Expression, Interval, Rule
from creditdsl.core.types import Optional

SHORT = 4
"""A sum of so many terms is written as one expression."""
DETAILS = "if details is not None:"


@dataclass(slots=True)
class Block(Aggregates):
    """Writes the block."""

    commented: set[Rule] = field(default_factory=set)
    findings: dict[Expression, list[int]] = field(default_factory=dict)
    """the findings whose points are a multiple of a term"""
    written: set[int] = field(default_factory=set)
    sums: list[tuple[Linear, Code]] = field(default_factory=list)

    def write(self) -> None:
        """All statements."""
        self._find_terms()
        for name in self.columns.heading():
            self._output(name, self.rooted(self.columns.reference(name)))
        for position in range(len(self.columns.program.result.findings)):
            self._finding(position)
        for position in range(len(self.columns.program.result.measures)):
            self._measure(position)

    def _output(self, name: str, code: Code) -> None:
        if isinstance(self.columns.definitions[name].type, Optional):
            self.statement(f"out[{name!r}][0][:] = {stripped(code.text)}", uses=code.uses)
            present = presence(code)
            self.statement(f"out[{name!r}][1][:] = {stripped(present.text)}", uses=present.uses)
        else:
            self.statement(f"out[{name!r}][:] = {stripped(code.text)}", uses=code.uses)

    # Definitions

    def definition(self, reference: DefinitionReference) -> Code:
        item = self.columns.definitions[reference.name]
        expression = self.columns.expressions[reference.name]
        if self.given and isinstance(expression, Aggregate):
            return self._given(item)
        self._comment(item.rule)
        return self.read(expression)

    def _given(self, item: Definition) -> Code:
        text, width = f"aggregates[{item.name!r}]", self.columns.definition_width(item.name)
        if isinstance(item.type, Optional):
            return Code(f"{text}[0]", width, present=Code(f"{text}[1]", 1))
        return Code(text, width)

    def _comment(self, rule: Rule | None) -> None:
        if rule is None or rule in self.commented:
            return
        self.commented.add(rule)
        for line in rule_comment(rule):
            # Outside of details, which would be empty with a comment alone.
            self.suite.items.append(Statement(f"# {line}"))

    # Sums

    def sum_of(self, form: Linear, width: int, place: Place) -> Code:
        if place != SUBJECT or len(form.terms) <= SHORT:
            return Aggregates.sum_of(self, form, width, place)
        for known, code in self.sums:
            rest = Linear(form.constant, dict(form.terms))
            rest.add(known, -1)
            if len(rest.terms) < len(form.terms) // 2:
                # What this sum has in common with an earlier one is not added up again.
                return self._with(code, rest, width)
        code = _LongSum(self, form, width).write()
        if self.inner is None:
            self.sums.append((form, code))
        return code

    def _with(self, code: Code, rest: Linear, width: int) -> Code:
        """An earlier sum with what it lacks."""
        other = self.sum_of(rest, width, SUBJECT)
        width = max(width, code.width, other.width, constant_width(other))
        return plus(at_width(code, width), at_width(other, width))

    # Details

    def _find_terms(self) -> None:
        for position, finding in enumerate(self.columns.program.result.findings):
            form = linear(self.columns.reference(finding.points), self.columns.taken_apart)
            if len(form.terms) == 1:
                self.findings.setdefault(next(iter(form.terms)), []).append(position)

    def term(self, term: Expression) -> Code:
        """A term of a sum; its variable is called like the finding whose points it makes."""
        wanted = self.wanted
        for position in self.findings.get(term, ())[:1]:
            rule = self.columns.program.result.findings[position].rule
            self._comment(rule)
            self.wanted = variable_name(rule.code)
        code = self.read(term)
        self.wanted = wanted
        return code

    def added(self, term: Expression) -> None:
        """A term was added to a sum: the findings that it is the points of follow at once."""
        if self.inner is None:
            for position in self.findings.get(term, ()):
                self._finding(position)

    def _finding(self, position: int) -> None:
        if position in self.written:
            return
        self.written.add(position)
        finding = self.columns.program.result.findings[position]
        self._comment(finding.rule)

        def write() -> None:
            fires = self.rooted(self.columns.reference(finding.fires))
            if fires.constant == 0:
                return
            columns = [
                self._where(name, finding.fires) for name in (finding.count, finding.points, finding.points_after)
            ]
            arguments = (str(position), self._truth_column(fires), *(stripped(column.text) for column in columns))
            uses = fires.uses.union(*(column.uses for column in columns))
            self.statement(f"details.finding({', '.join(arguments)})", uses=uses)

        self._detailed(write)

    def _measure(self, position: int) -> None:
        measure = self.columns.program.result.measures[position]
        self._comment(measure.rule)

        def write() -> None:
            holds = self.rooted(self.columns.reference(measure.holds))
            if holds.constant == 0:
                return
            arguments, uses = [str(position), self._truth_column(holds)], holds.uses
            for grant in measure.grants:
                if grant.value is None:
                    arguments.append("None")
                    continue
                code = self._where(grant.value, measure.holds)
                optional = isinstance(self.columns.definitions[grant.value].type, Optional)
                arguments.append(f"({code.text}, {presence(code).text})" if optional else stripped(code.text))
                uses |= code.everything
            self.statement(f"details.measure({', '.join(arguments)})", uses=uses)

        self._detailed(write)

    def _where(self, name: str, truth: str) -> Code:
        """A definition in the rows in which a condition holds."""
        reference = self.columns.reference(name)
        if (SUBJECT, reference) in self.memo:
            return self.read(reference)
        return self.rooted(self.columns.assuming(name, truth))

    def _truth_column(self, code: Code) -> str:
        return "np.ones(size, np.bool_)" if code.constant is not None else stripped(code.text)

    def _detailed(self, write: Callable[[], None]) -> None:
        """Statements for details alone; what is read outside of them too goes before."""
        self.inner = Suite(DETAILS)
        write()
        inner, self.inner = self.inner, None
        self.inner_memo.clear()
        last = self.suite.items[-1] if self.suite.items else None
        if isinstance(last, Suite):
            last.items += inner.items
        elif inner.items:
            self.suite.items.append(inner)


@dataclass(slots=True)
class _LongSum:
    """A sum of many terms, term by term: those with one factor first among themselves, in a narrow integer while they fit.

    Whatever fits the sum at last may wrap on the way there.
    """

    block: Block
    form: Linear
    width: int
    constant: int = 0
    """what terms that turned out to be constant add"""
    total: Code | None = None

    def write(self) -> Code:
        groups: dict[int, list[tuple[Expression, int]]] = {}
        for term, factor in self.form.terms.items():
            groups.setdefault(abs(factor), []).append((term, factor))
        for size, terms in groups.items():
            self._group(size, terms)
        if self.total is None:
            return number(self.form.constant + self.constant)
        return plus(self.total, number(self.constant))

    def _group(self, size: int, terms: list[tuple[Expression, int]]) -> None:
        """Terms with one factor, apart from its sign, are added up and then multiplied."""
        part: _Part | None = None
        for term, factor in terms:
            code = plain(self.block.term(term))
            if code.constant is not None:
                self.constant += factor * code.constant
                continue
            inner = self.block.interval(term)
            if part is not None and not self._takes(part, code, inner, factor):
                self._add(part, size)
                part = None
            if part is None:
                part = _Part(code, 1 if factor > 0 else -1, inner)
            self.block.added(term)
        if part is not None:
            self._add(part, size)

    def _takes(self, part: "_Part", code: Code, inner: Interval, factor: int) -> bool:
        """Add a term to a part, if the part still fits its integers then."""
        minus = (factor > 0) != (part.sign > 0)
        grown = _grown(part.span, inner, minus=minus)
        width = max(part.code.width, code.width)
        if width_of(grown) > width and width < self.width:
            return False
        part.span = grown
        if part.own and part.code.width == width:
            self._in_place(part.code, code, minus=minus)
        else:
            part.code = self.block.assigned(
                "part", plus(at_width(part.code, width), at_width(code, width), minus=minus)
            )
            part.own = True
        return True

    def _in_place(self, target: Code, code: Code, *, minus: bool) -> None:
        operator = "-=" if minus else "+="
        self.block.statement(f"{target.text} {operator} {stripped(code.text)}", uses=target.uses | code.uses)

    def _add(self, part: "_Part", size: int) -> None:
        """Add a multiple of a part to the total."""
        needed = width_of(Interval(min(part.span.low * size, 0), max(part.span.high * size, size)))
        width = max(self.width, part.code.width)
        multiple = at_width(times(at_width(part.code, min(max(needed, part.code.width), width)), size), width)
        minus = part.sign < 0
        if self.total is None:
            start = number(self.form.constant)
            multiple = at_width(multiple, max(width, constant_width(start)))
            made = plus(start, multiple, minus=True) if minus else plus(multiple, start)
            # A sum of its own, which may be changed in place.
            self.total = self.block.assigned("total", made if made != part.code else plus(made, number(0), minus=True))
        elif multiple.width > self.total.width:
            self.total = self.block.assigned("total", plus(at_width(self.total, multiple.width), multiple, minus=minus))
        else:
            self._in_place(self.total, multiple, minus=minus)


@dataclass(slots=True)
class _Part:
    """A sum of some terms, times `sign`; `own` when it is a column that nothing else reads."""

    code: Code
    sign: int
    span: Interval
    own: bool = False


def _grown(span: Interval, inner: Interval, *, minus: bool) -> Interval:
    """The interval of a sum, or of a difference."""
    if minus:
        return Interval(span.low - inner.high, span.high - inner.low)
    return Interval(span.low + inner.low, span.high + inner.high)
