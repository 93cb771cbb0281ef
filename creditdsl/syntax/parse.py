"""Text into the surface tree.

In: a `SourceFile`. Out: a `Module`, or everything that is wrong with the text. After a mistake the parser goes on at the next clause
or declaration, so that the mistakes of a file are reported together.

Lark makes the tables of the parser from `credit.lark` and `keywords.toml` ahead of time: they stand in `grammar/tables.json`, which
`grammar/make_tables.py` writes and a test compares with the grammar. Nothing of lark is needed to parse.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from creditdsl.collector import collector_paused
from creditdsl.diagnostics import Code, Diagnostic
from creditdsl.frozen import dataclass
from creditdsl.source import SourceFile, Span
from creditdsl.syntax import messages
from creditdsl.syntax.amendments import amend
from creditdsl.syntax.automaton import Run, UnexpectedError
from creditdsl.syntax.concrete import Node, Word
from creditdsl.syntax.declarations import SINGLE
from creditdsl.syntax.lexer import lexer
from creditdsl.syntax.limits import STANDARD, Limits
from creditdsl.syntax.literals import Desk
from creditdsl.syntax.names import CODE_FORM, NAME_FORM
from creditdsl.syntax.scan import Scan, scan
from creditdsl.syntax.tree import Module
from creditdsl.syntax.unexpected import Mistake, explain, resumptions

if TYPE_CHECKING:
    from lark import Lark
    from lark.grammar import Rule
    from lark.lexer import TerminalDef

DECLARATIONS = {**SINGLE, "amend": amend}
"""One function for each declaration of the grammar."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The module of a text without mistakes, or None and the mistakes, in order of place."""

    module: Module | None
    diagnostics: tuple[Diagnostic, ...]


def parse(source: SourceFile, *, limits: Limits = STANDARD) -> Parsed:
    """The surface tree of one file; at most `limits.diagnostics` mistakes are reported."""
    start = Span(source.path, 0, 0)
    if len(source.text) > limits.size:
        return Parsed(None, (messages.too_large(start, len(source.text), limits.size),))
    if not source.text.strip():
        return Parsed(None, (messages.empty(start),))
    scanned = scan(source, limits)
    if not scanned.complete:
        return Parsed(None, scanned.diagnostics[: limits.diagnostics])
    with collector_paused():
        return _parse_scanned(source, scanned, limits)


def _parse_scanned(source: SourceFile, scanned: Scan, limits: Limits) -> Parsed:
    reading = _Reading(source.path, scanned.text, limits.diagnostics)
    root = reading.read()
    desk = Desk(source.path)
    declarations = []
    for node in () if root is None else root.nodes():
        if node.depth > limits.depth:
            desk.report(messages.too_long_expression(desk.span(node), limits.depth))
        else:
            declarations.append(DECLARATIONS[node.rule](node, desk))
    found = _reported(source, scanned, reading.diagnostics, desk.diagnostics)
    if found:
        return Parsed(None, found[: limits.diagnostics])
    return Parsed(Module(source.path, tuple(declarations), scanned.comments), ())


def _reported(
    source: SourceFile, scanned: Scan, unexpected: list[Diagnostic], built: list[Diagnostic]
) -> tuple[Diagnostic, ...]:
    """All findings in order; none that only follow from another one."""
    broken_lines = {source.position(item.span.start).line for item in scanned.diagnostics}
    syntax = [item for item in unexpected if source.position(item.span.start).line not in broken_lines]
    if scanned.diagnostics or syntax:
        built = [item for item in built if item.code is not Code.CR0013]
    return tuple(sorted([*scanned.diagnostics, *syntax, *built], key=lambda item: item.span.start))


class _Reading:
    """One reading of a text, with recovery."""

    def __init__(self, path: str, text: str, most: int) -> None:
        self.path = path
        self.text = text
        self.most = most
        self.diagnostics: list[Diagnostic] = []
        self.run = Run()
        self.place = 0
        self.furthest = -1

    def read(self) -> Node | None:
        """The node of the whole text; None when recovery did not reach its end."""
        while len(self.diagnostics) < self.most:
            try:
                return self._to_the_end()
            except UnexpectedError as error:
                mistake = explain(self.path, self.text, error.at, self.run.accepted(), self.run.open_terminals())
                self.diagnostics.append(mistake.diagnostic)
                if not self._resume(mistake, error.at):
                    return None
        return None

    def _to_the_end(self) -> Node:
        words = lexer()
        while (word := words.next_word(self.text, self.place, self.run.state)) is not None:
            self.place = word.end
            try:
                self.run.feed(word)
            except UnexpectedError:
                self._feed_otherwise(word)
        return self.run.finish(len(self.text))

    def _feed_otherwise(self, word: Word) -> None:
        """A keyword that cannot stand here is a name where one can, and a number a code.

        LALR states of one form serve several places: behind a value, the lexer knows a clause may begin but not whether this
        is a rule or the facts of a case, where `note = 3` gives the field `note`.
        """
        accepted = self.run.accepted()
        code = CODE_FORM.match(self.text, word.start)
        if code is not None and "CODE" in accepted:
            self.place = code.end()
            self.run.feed(Word("CODE", code[0], code.start(), code.end()))
            return
        if not NAME_FORM.fullmatch(word.text) or "NAME" not in accepted:
            raise UnexpectedError(word.start)
        self.run.feed(word._replace(terminal="NAME"))

    def _resume(self, mistake: Mistake, at: int) -> bool:
        """Brings the reading to where it can go on; False when it cannot."""
        if mistake.keyword is not None:
            terminal, end = mistake.keyword
            self.run.feed(Word(terminal, self.text[at:end], at, end))
            self.place = end
            return True
        start = at if at > self.furthest else self.furthest + 1
        for place, terminals in resumptions(self.text, start):
            if any(self.run.unwind(terminal) for terminal in terminals):
                self.furthest = self.place = place
                return True
        return False


def parser_from_grammar(grammar: str, *, strict: bool = False) -> "Lark":
    """Lark's parser for the text of the grammar; `strict` refuses conflicts and collisions, which takes half a minute."""
    from lark import Lark

    return Lark(grammar, parser="lalr", lexer="contextual", keep_all_tokens=True, strict=strict)


def parser_tables(parser: "Lark") -> str:
    """The tables of a parser as JSON, the same for the same grammar; see `automaton.Automaton`.

    Each row is a state: token and action in turn. Lark numbers states, tokens and rules differently in each run; here they are
    sorted, and states are numbered as they are met from the start.
    """
    table = parser.parser.parser._parse_table
    productions = sorted({_production(rule) for rule in parser.rules})
    rows = {
        state: {name: _action(found[1], productions) for name, found in row.items()}
        for state, row in table.states.items()
    }
    start, end = table.start_states["start"], table.end_states["start"]
    order = _met_from(rows, start)
    tokens = sorted({name for row in rows.values() for name in row})
    terminals = sorted((item for item in parser.terminals if item.name not in parser.ignore_tokens), key=_precedence)
    packed = {
        "terminals": [_terminal(item) for item in terminals],
        "productions": productions,
        "tokens": tokens,
        "rows": [
            [
                number
                for name, action in sorted(rows[state].items())
                for number in (tokens.index(name), order.get(action, action))
            ]
            for state in order
        ],
        "start": order[start],
        "end": order[end],
    }
    return json.dumps(packed, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n"


def _production(rule: "Rule") -> tuple[str, int, str, bool, bool]:
    """The fields of a `Production`. A rule with an alias keeps its node, whatever it has one part of."""
    origin: str = rule.origin.name
    name: str = rule.alias or origin
    transparent = rule.options.expand1 and rule.alias is None
    return origin, len(rule.expansion), name, name.startswith("_"), transparent


def _terminal(terminal: "TerminalDef") -> tuple[str, str, str | None]:
    """The fields of a `Terminal`."""
    pattern = terminal.pattern
    return terminal.name, pattern.to_regexp(), pattern.value if pattern.type == "str" else None


def _precedence(terminal: "TerminalDef") -> tuple[int, int, int, str]:
    """Which of two terminals lark tries first: the higher priority, what may be longer, the longer form."""
    pattern = terminal.pattern
    return -terminal.priority, -pattern.max_width, -len(pattern.value), terminal.name


def _action(argument: "int | Rule", productions: list[tuple[str, int, str, bool, bool]]) -> int:
    """A state to go to, or -1 - the number of the production to apply."""
    return argument if isinstance(argument, int) else -1 - productions.index(_production(argument))


def _met_from(rows: Mapping[int, Mapping[str, int]], start: int) -> dict[int, int]:
    """New numbers of the states, in the order in which they are met from the start."""
    order = {start: 0}
    for state in (queue := [start]):
        for _, action in sorted(rows[state].items()):
            if action >= 0 and action not in order:
                order[action] = len(order)
                queue.append(action)
    return order
