"""Text into the surface tree.

In: a `SourceFile`. Out: a `Module`, or everything that is wrong with the text. After a mistake the parser goes on at the next clause
or declaration, so that the mistakes of a file are reported together. Nothing of lark leaves this module.

The parser is built from `credit.lark` and `keywords.toml` ahead of time: its tables stand in `grammar/tables.json`, which
`grammar/make_tables.py` writes and a test compares with the grammar.
"""

import gc
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from lark import Lark, Token
from lark.exceptions import UnexpectedInput, UnexpectedToken
from lark.grammar import Rule
from lark.lexer import TerminalDef

from creditdsl.diagnostics import Code, Diagnostic, InternalError
from creditdsl.resources import grammar_file
from creditdsl.source import SourceFile, Span
from creditdsl.syntax import messages
from creditdsl.syntax.amendments import amend
from creditdsl.syntax.concrete import Node, Word
from creditdsl.syntax.declarations import SINGLE
from creditdsl.syntax.limits import STANDARD, Limits
from creditdsl.syntax.literals import Desk
from creditdsl.syntax.names import CODE_FORM, NAME_FORM
from creditdsl.syntax.scan import Scan, scan
from creditdsl.syntax.tree import Module
from creditdsl.syntax.unexpected import Mistake, explain, resumptions

DECLARATIONS = {**SINGLE, "amend": amend}
"""One function for each declaration of the grammar."""
KEPT_OPTIONS = frozenset(
    {"parser", "lexer", "start", "keep_all_tokens", "maybe_placeholders", "priority", "g_regex_flags"}
)
"""What of lark's options a loaded parser needs."""


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
    with _collector_paused():
        return _parse_scanned(source, scanned, limits)


def _parse_scanned(source: SourceFile, scanned: Scan, limits: Limits) -> Parsed:
    reading = _Reading(source.path, scanned.text, limits.diagnostics)
    root = reading.run()
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


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Nothing in a parse is garbage before its end; looking for it doubles the time on large files."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


class _Reading:
    """One run of the parser over one text, with recovery."""

    def __init__(self, path: str, text: str, most: int) -> None:
        self.path = path
        self.text = text
        self.most = most
        self.diagnostics: list[Diagnostic] = []
        self.interactive = _parser().parse_interactive(text)
        self.furthest = -1

    def run(self) -> Node | None:
        """The node of the whole text; None when recovery did not reach its end."""
        while len(self.diagnostics) < self.most:
            try:
                return self._to_the_end()
            except UnexpectedInput as error:
                at = self._place(error)
                mistake = explain(self.path, self.text, at, self._accepted(), self._context())
                self.diagnostics.append(mistake.diagnostic)
                if not self._resume(mistake, at):
                    return None
        return None

    def _to_the_end(self) -> Node:
        for token in self.interactive.lexer_thread.lex(self.interactive.parser_state):  # type: ignore[no-untyped-call]
            try:
                self.interactive.feed_token(token)
            except UnexpectedToken:
                self._feed_otherwise(token)
        root: object = self.interactive.feed_token(Token("$END", "", start_pos=len(self.text)))
        if not isinstance(root, Node):
            raise InternalError("the parser gave no root")
        return root

    def _feed_otherwise(self, token: Token) -> None:
        """A keyword that cannot stand here is a name where one can, and a number a code.

        LALR states of one form serve several places: behind a value, the lexer knows a clause may begin but not whether this
        is a rule or the facts of a case, where `note = 3` gives the field `note`.
        """
        accepted = self._accepted()
        code = CODE_FORM.match(self.text, token.start_pos or 0)
        if code is not None and "CODE" in accepted:
            self._go_to(code.end())
            self.interactive.feed_token(Token("CODE", code[0], start_pos=code.start(), end_pos=code.end()))
            return
        if not NAME_FORM.fullmatch(token) or "NAME" not in accepted:
            raise UnexpectedToken(token, set())  # type: ignore[no-untyped-call]
        self.interactive.feed_token(Token.new_borrow_pos("NAME", str(token), token))

    def _place(self, error: UnexpectedInput) -> int:
        """Where the offending text begins."""
        at = error.pos_in_stream
        return len(self.text) if at is None else at

    def _accepted(self) -> frozenset[str]:
        return frozenset(self.interactive.accepts())  # type: ignore[no-untyped-call]

    def _context(self) -> tuple[str, ...]:
        """The terminals read and not yet reduced, from the beginning: what the text stands inside of."""
        return tuple(item.type for item in self.interactive.parser_state.value_stack if isinstance(item, Token))

    def _resume(self, mistake: Mistake, at: int) -> bool:
        """Brings the parser to where it can go on; False when it cannot."""
        if mistake.keyword is not None:
            terminal, end = mistake.keyword
            self.interactive.feed_token(Token(terminal, self.text[at:end], start_pos=at, end_pos=end))
            self._go_to(end)
            return True
        start = at if at > self.furthest else self.furthest + 1
        for place, terminals in resumptions(self.text, start):
            if any(self._unwind(terminal) for terminal in terminals):
                self.furthest = place
                self._go_to(place)
                return True
        return False

    def _go_to(self, place: int) -> None:
        state = self.interactive.lexer_thread.state
        if state is None:
            raise InternalError("the lexer has no text")
        state.line_ctr.char_pos = place

    def _unwind(self, terminal: str) -> bool:
        """Drops what was begun, back to the innermost state in which `terminal` can stand."""
        state = self.interactive.parser_state
        table: Mapping[int, Mapping[str, object]] = state.parse_conf.states
        for height in range(len(state.state_stack), 0, -1):
            if terminal in table[state.state_stack[height - 1]]:
                trial = self.interactive.copy(deepcopy_values=False)  # type: ignore[no-untyped-call]
                del trial.parser_state.state_stack[height:]
                del trial.parser_state.value_stack[height - 1 :]
                if terminal in trial.accepts():
                    del state.state_stack[height:]
                    del state.value_stack[height - 1 :]
                    return True
        return False


class _Shaper:
    """What lark calls for each rule that it recognised."""

    def __default__(self, rule: str, children: list[object], _meta: object) -> "Node | _Fragment":
        if rule.startswith("_"):
            return _Fragment(children)
        parts = tuple(_part(child) for child in children)
        depth = 1 + max((part.depth for part in parts if isinstance(part, Node)), default=0)
        start, end = (parts[0].start, parts[-1].end) if parts else (0, 0)
        return Node(rule, parts, start, end, depth)


@dataclass(frozen=True, slots=True)
class _Fragment:
    """Children of a rule that lark unfolds into the rule above it."""

    children: list[object]


def _part(child: object) -> Node | Word:
    if isinstance(child, Token):
        return Word(child.type, str(child), child.start_pos or 0, child.end_pos or 0)
    if isinstance(child, Node):
        return child
    raise InternalError(f"the parser gave {child!r}")


@cache
def _parser() -> Lark:
    """The parser, made from its tables."""
    packed = json.loads(grammar_file("tables.json").read_text(encoding="utf-8"))
    data, memo = packed["data"], {int(number): entry for number, entry in packed["memo"].items()}
    data["parser"]["parser"]["tokens"] = dict(enumerate(packed["tokens"]))
    data["parser"]["parser"]["states"] = _unpacked(packed["rows"], len(memo))
    # What lark's own generated parsers call; the public `load` takes no transformer.
    parser: Lark = Lark._load_from_dict(data, memo, transformer=_Shaper())  # type: ignore[no-untyped-call]
    return parser


def parser_from_grammar(grammar: str, *, strict: bool = False) -> Lark:
    """A parser made from the text of the grammar; `strict` refuses conflicts and collisions. Takes ten seconds."""
    return Lark(grammar, parser="lalr", lexer="contextual", keep_all_tokens=True, strict=strict, transformer=_Shaper())


def parser_tables(parser: Lark) -> str:
    """The tables of a parser as JSON, the same for the same grammar.

    Each row is a state: token and action in turn, the action a state to go to, or -1 - n to apply rule n of the memo. Lark numbers
    states and tokens differently in each run; here tokens are sorted, and states numbered as they are met from the start.
    """
    data, memo = parser.memo_serialize([TerminalDef, Rule])
    table = data["parser"]["parser"]
    names, states = table.pop("tokens"), table.pop("states")
    rows = {
        state: {names[token]: _action(action) for token, action in sorted(row.items(), key=lambda item: names[item[0]])}
        for state, row in states.items()
    }
    order = _met_from(rows, table["start_states"]["start"])
    tokens = sorted(names.values())
    table["start_states"] = {"start": order[table["start_states"]["start"]]}
    table["end_states"] = {"start": order[table["end_states"]["start"]]}
    data["options"] = {name: value for name, value in data["options"].items() if name in KEPT_OPTIONS}
    packed = {
        "data": data,
        "memo": memo,
        "tokens": tokens,
        "rows": [
            [
                number
                for token, action in rows[state].items()
                for number in (tokens.index(token), order.get(action, action))
            ]
            for state in order
        ],
    }
    return json.dumps(packed, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n"


def _action(action: tuple[int, object]) -> int:
    """A state to go to, or -1 - the number of a rule."""
    kind, argument = action
    number = argument.get("@") if isinstance(argument, dict) else argument
    if not isinstance(number, int):
        raise InternalError("lark's tables have another form")
    return number if kind == 0 else -1 - number


def _met_from(rows: Mapping[int, Mapping[str, int]], start: int) -> dict[int, int]:
    """New numbers of the states, in the order in which they are met from the start."""
    order = {start: 0}
    for state in (queue := [start]):
        for action in rows[state].values():
            if action >= 0 and action not in order:
                order[action] = len(order)
                queue.append(action)
    return order


def _unpacked(rows: list[list[int]], rules: int) -> dict[int, dict[int, tuple[int, object]]]:
    """The rows as lark writes them; equal actions are one object."""
    shifts = [(0, number) for number in range(len(rows))]
    reductions = [(1, {"@": number}) for number in range(rules)]
    return {
        state: {
            token: shifts[action] if action >= 0 else reductions[-1 - action]
            for token, action in zip(row[::2], row[1::2], strict=True)
        }
        for state, row in enumerate(rows)
    }
