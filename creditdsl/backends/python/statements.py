"""Core expressions as Python statements.

In: an expression too large for one Python expression, or one that reads better as `if` … `elif`. Out: statements that
assign it to a variable. CPython's own limits (200 parentheses, 100 levels of indentation, a few thousand levels of
syntax) are never met: sums and conditions are cut into pieces of `BREADTH` terms, choices into runs of `BRANCHES`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from creditdsl.backends.python.expressions import Code, Expressions
from creditdsl.backends.python.layout import INDENT, Document, joined, render, wrapped
from creditdsl.backends.python.rewrite import FALSE, TRUE
from creditdsl.core.ir import (
    Add,
    Aggregate,
    Among,
    And,
    Branch,
    Choose,
    Expression,
    Greatest,
    Least,
    Or,
    OrElse,
)
from creditdsl.core.walk import LEAVES, children, walk

DEPTH = 10
BREADTH = 40
BRANCHES = 200
SHORT = 9
"""The most nodes of the condition of a conditional expression."""

CONDITIONALS = 3
"""The most branches of a conditional expression."""


@dataclass(frozen=True, slots=True)
class Line:
    document: Document


@dataclass(frozen=True, slots=True)
class Comment:
    text: str
    """already safe to stand in a comment"""


@dataclass(frozen=True, slots=True)
class Suite:
    """A header such as `if …:` over an indented body."""

    header: Document
    body: "Body"


Statement = Line | Comment | Suite


@dataclass(slots=True)
class Body:
    statements: list[Statement] = field(default_factory=list)

    def line(self, *parts: Document) -> None:
        self.statements.append(Line(joined(*parts)))

    def comment(self, text: str) -> None:
        self.statements.append(Comment(text))

    def suite(self, *header: Document) -> "Body":
        """The body under a new header."""
        body = Body()
        self.statements.append(Suite(joined(*header), body))
        return body

    def extend(self, other: "Body") -> None:
        self.statements.extend(other.statements)


def lines_of(body: Body, indent: int) -> Iterator[str]:
    """The lines of a body, laid out and indented."""
    for statement in body.statements:
        match statement:
            case Line(document):
                yield " " * indent + render(document, indent)
            case Comment(text):
                yield f"{' ' * indent}# {text}".rstrip()
            case Suite(header, inner):
                yield " " * indent + render(header, indent)
                yield from lines_of(inner, indent + INDENT)
                if not any(not isinstance(item, Comment) for item in inner.statements):
                    yield " " * (indent + INDENT) + "pass"


@dataclass(slots=True)
class Statements(Expressions):
    """Writes statements at one place of one function. `loops` counts the loops around the place."""

    loops: int = 0

    def value(self, expression: Expression, body: Body, wanted: str = "value") -> Code:
        """The expression as code; what does not fit in one expression is assigned to a variable before."""
        if self.is_plain(expression, DEPTH, lazy=False):
            return self.express(expression)
        name = self.scope.allocate(wanted)
        self.assign(name, expression, body)
        self.reads[expression] = Code(name, name=True)
        return self.reads[expression]

    def assign(self, target: str, expression: Expression, body: Body) -> None:
        """Statements that give `target` the value of the expression."""
        known = expression in self.reads
        plain = self.is_plain(expression, DEPTH, lazy=False)
        match expression:
            case Choose() if not known and not self.is_conditional_expression(expression):
                self._assign_choice(target, expression, body)
            case Add(operands) if not plain:
                self._assign_sum(target, operands, expression, body)
            case Least(operands) | Greatest(operands) if not known:
                self._assign_extreme(target, operands, ">" if isinstance(expression, Least) else "<", body)
            case And(operands) | Or(operands) if not plain:
                self._assign_condition(target, operands, type(expression), body)
            case Aggregate() if not known:
                self.assign_aggregate(target, expression, body)
            case OrElse(operand, default) if not plain:
                self.assign(target, operand, body)
                with self.branch(body.suite(f"if {target} is None:")) as inner:
                    self.assign(target, default, inner)
            case _:
                if not plain:
                    self._lift(expression, body)
                body.line(f"{target} = ", wrapped(self.express(expression).document))

    def assign_aggregate(self, target: str, aggregate: Aggregate, body: Body) -> None:
        """Statements that work out an aggregate where it stands; for what no pass has worked out before."""
        raise NotImplementedError

    def condition(self, expression: Expression, body: Body) -> Document:
        """The expression for the header of an `if`."""
        return wrapped(self.value(expression, body, "holds").document)

    @contextmanager
    def branch(self, body: Body) -> Iterator[Body]:
        """A place that is not always reached: variables that are assigned there are not read after it."""
        with self.reads.inner():
            yield body

    @contextmanager
    def where(self, condition: Expression, body: Body) -> Iterator[Body | None]:
        """The place where a condition holds; None when it never does."""
        if condition == FALSE:
            yield None
        elif condition == TRUE:
            yield body
        else:
            with self.branch(body.suite("if ", self.condition(condition, body), ":")) as inner:
                yield inner

    def _lift(self, expression: Expression, body: Body) -> None:
        """Assign the operands that are too large; only for nodes that evaluate all of them."""
        for child in children(expression):
            if not self.is_plain(child, DEPTH - 1, lazy=False):
                self.assign_part(child, body)

    def assign_part(self, expression: Expression, body: Body) -> Code:
        """The expression in a variable of its own."""
        name = self.scope.allocate("part")
        self.assign(name, expression, body)
        self.reads[expression] = Code(name, name=True)
        return self.reads[expression]

    def _assign_choice(self, target: str, choice: Choose, body: Body) -> None:
        """`if` … `elif` … `else`, in several runs on one level when one would be too long or a condition too large."""
        branches, place, undecided = choice.branches, body, ""
        while branches:
            if undecided:
                place = body.suite(f"if {undecided}:")
            run = self._run_of(branches)
            last = len(run) == len(branches)
            if not last:
                undecided = undecided or self.scope.allocate("undecided")
                place.line(f"{undecided} = False")
            with self.reads.inner():
                self._write_run(target, run, place)
                with self.branch(place.suite("else:")) as inner:
                    if last:
                        self.assign(target, choice.otherwise, inner)
                    else:
                        inner.line(f"{undecided} = True")
            branches = branches[len(run) :]
        if not choice.branches:
            self.assign(target, choice.otherwise, body)

    def _run_of(self, branches: tuple[Branch, ...]) -> tuple[Branch, ...]:
        """The branches that one `if` … `elif` can take; the condition of the first may be large."""
        length = 1
        while length < min(len(branches), BRANCHES) and self.is_plain(branches[length].when, DEPTH, lazy=True):
            length += 1
        return branches[:length]

    def _write_run(self, target: str, run: tuple[Branch, ...], place: Body) -> None:
        for number, item in enumerate(run):
            word = "elif " if number else "if "
            test = wrapped(self.express(item.when).document) if number else self.condition(item.when, place)
            with self.branch(place.suite(word, test, ":")) as inner:
                self.assign(target, item.then, inner)

    def _assign_sum(self, target: str, operands: tuple[Expression, ...], whole: Add, body: Body) -> None:
        for start in range(0, len(operands), BREADTH):
            terms = operands[start : start + BREADTH]
            for term in terms:
                if not self.is_plain(term, DEPTH - 1, lazy=False):
                    self.assign_part(term, body)
            total = self.express(Add(terms, whole.type))
            body.line(f"{target} {'+=' if start else '='} ", wrapped(total.document))

    def _assign_extreme(self, target: str, operands: tuple[Expression, ...], operator: str, body: Body) -> None:
        """`if` is several times faster than `min` and `max`."""
        self.assign(target, operands[0], body)
        for operand in operands[1:]:
            code = self.value(operand, body, "part")
            if not code.name:
                code = self.assign_part(operand, body)
            body.suite(f"if {target} {operator} ", code.document, ":").line(f"{target} = ", code.document)

    def _assign_condition(
        self, target: str, operands: tuple[Expression, ...], kind: type[And | Or], body: Body
    ) -> None:
        place = body
        test = f"if {target}:" if kind is And else f"if not {target}:"
        while operands:
            length = 1
            if self.is_plain(operands[0], DEPTH - 1, lazy=False):
                while length < min(len(operands), BREADTH) and self.is_plain(operands[length], DEPTH - 1, lazy=True):
                    length += 1
            run, operands = operands[:length], operands[length:]
            with self.branch(place) as inner:
                self.assign(target, kind(run) if len(run) > 1 else run[0], inner)
            place = body.suite(test) if operands else body

    def is_plain(self, expression: Expression, depth: int, *, lazy: bool) -> bool:
        """Whether the expression is short and flat enough for one Python expression.

        `lazy` says that it is not always evaluated: then nothing can be worked out before it, and `min` is a call.
        """
        if type(expression) in LEAVES or expression in self.reads:
            return True
        if depth == 0:
            return False
        match expression:
            case And(operands) | Or(operands):
                rest = all(self.is_plain(operand, depth - 1, lazy=True) for operand in operands[1:])
                return len(operands) <= BREADTH and self.is_plain(operands[0], depth - 1, lazy=lazy) and rest
            case Add(operands):
                parts = (self.is_plain(operand, depth - 1, lazy=lazy) for operand in operands)
                return len(operands) <= BREADTH and all(parts)
            case Least(operands) | Greatest(operands):
                parts = (self.is_plain(operand, depth - 1, lazy=True) for operand in operands)
                return lazy and len(operands) <= BREADTH and all(parts)
            case Choose(branches):
                parts = (self.is_plain(part, depth - 1, lazy=True) for part in children(expression))
                short = len(branches) <= CONDITIONALS if lazy else self.is_conditional_expression(expression)
                return short and all(parts)
            case OrElse(operand, default):
                return self.is_plain(operand, depth - 1, lazy=lazy) and self.is_plain(default, depth - 1, lazy=True)
            case Aggregate():
                return False
            case Among(operand):
                return self.is_plain(operand, depth - 1, lazy=lazy)
            case _:
                return all(self.is_plain(child, depth - 1, lazy=lazy) for child in children(expression))

    def is_conditional_expression(self, choice: Choose) -> bool:
        """Whether a choice between two short values reads best on one line."""
        if len(choice.branches) != 1 or not self.is_plain(choice.branches[0].when, 3, lazy=True):
            return False
        if sum(1 for _ in walk(choice.branches[0].when)) > SHORT:
            return False
        return all(self.is_plain(value, 1, lazy=True) for value in (choice.branches[0].then, choice.otherwise))
