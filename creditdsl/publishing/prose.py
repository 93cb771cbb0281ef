"""Expressions in words: what a rule's condition or amount says, for a reader who does not know the language.

In: an expression of the surface tree and the scope it stands in. Out: running text in which every name is the label of
what it names, linked to its definition. `申报日期 缺失 或 申报日期 > 申报期限` becomes 无申报日期,或者申报日期晚于申报期限.
The wording says whether a limit includes its number, as the expression does.
"""

import re
from dataclasses import dataclass, replace

from creditdsl.diagnostics import Text
from creditdsl.publishing.figures import day_text, month_text, quantity
from creditdsl.publishing.flavours import Flavour, enum_in, flavour
from creditdsl.publishing.names import Entry, Lexicon, NameKind
from creditdsl.publishing.phrases import (
    AGGREGATES,
    ARITHMETIC,
    BELONGS,
    BELONGS_IN_SET,
    BETWEEN,
    BROKEN,
    CAPPED,
    COMPARISONS,
    CONTEXT,
    EXTREMES,
    IN_PERIOD,
    IN_RANGE,
    IN_SET,
    IS,
    LATER,
    LISTING,
    LOGIC,
    MEASURE_APPLIES,
    MEASURE_HOLDS,
    NEXT_YEAR,
    NOT_RECORDED,
    PARTS,
    POPULATION_AGGREGATES,
    RESULTS,
    ROLLED,
    ROUNDING,
    TIME_COMPARISONS,
    WITHIN,
)
from creditdsl.publishing.pieces import Inline, Piece, Voice, as_text, fill, join, plain, value
from creditdsl.syntax.tree import (
    Aggregate,
    AggregateWord,
    At,
    Between,
    Binary,
    BinaryOperator,
    BreachOf,
    Call,
    Cases,
    Context,
    ContextWord,
    DateLiteral,
    Expression,
    Identifier,
    If,
    InRange,
    InSet,
    Is,
    IsPresent,
    MonthLiteral,
    Number,
    OrElse,
    Part,
    PartWord,
    Reference,
    Rolled,
    Round,
    TextLiteral,
    TruthLiteral,
    Unary,
    UnaryOperator,
    Within,
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands: the names, the voice, the record at hand, and what a bare `within` speaks of."""

    lexicon: Lexicon
    voice: Voice
    record: str | None = None
    subject_of_within: Inline = ()

    def under(self, record: str) -> "Scope":
        """The scope of an expression over one record."""
        return replace(self, record=record)


REMARK = re.compile(r"(?<=[^\s((])\s*[((][^()()]*[))]$")
"""A remark such as `(未申报的为空)` that the data dictionary shows in full."""


def describe(expression: Expression, scope: Scope) -> Inline:
    """The words for an expression."""
    voice = scope.voice
    match expression:
        case Number(digits=digits, places=places, unit=unit):
            return value(quantity(digits, places, unit, voice.language))
        case TextLiteral(value=text):
            return value(f"“{text}”")
        case DateLiteral(value=day):
            return value(day_text(day, voice.language))
        case MonthLiteral(year=year, month=month):
            return value(month_text(year, month, voice.language))
        case TruthLiteral(value=yes):
            return value(voice.text(Text("是", "yes") if yes else Text("否", "no")))
        case Reference(name=name):
            return name_text(name, scope)
        case Context(word=word):
            return plain(voice.text(CONTEXT[word]))
        case Unary(operator=operator, operand=operand):
            if operator is UnaryOperator.NOT:
                return _negation(operand, scope)
            return fill("\u2212{a}", a=_factor(operand, scope))
        case Binary():
            return _binary(expression, scope)
        case IsPresent(operand=operand, negated=negated):
            return _say(NOT_RECORDED[negated], scope, a=describe(operand, scope))
        case Is(operand=operand, value=name, negated=negated):
            enum = enum_in(operand, scope.lexicon, scope.record)
            table = IS if enum is None or enum == scope.lexicon.grades else BELONGS
            return _say(table[negated], scope, a=describe(operand, scope), b=name_text(name.text, scope, enum))
        case InSet(operand=operand, items=items, negated=negated):
            enum = enum_in(operand, scope.lexicon, scope.record)
            named = join([_item(item, enum, scope) for item in items], voice.text(LISTING))
            table = IN_SET if enum is None or enum == scope.lexicon.grades else BELONGS_IN_SET
            return _say(table[negated], scope, a=describe(operand, scope), b=named)
        case InRange(low=low, high=high) if _is_period(low, high):
            return _say(IN_PERIOD[expression.negated], scope, a=describe(expression.operand, scope))
        case InRange(operand=operand, low=low, high=high, negated=negated):
            ends = {"b": describe(low, scope), "c": describe(high, scope)}
            return _say(IN_RANGE[negated], scope, a=describe(operand, scope), **ends)
        case Within():
            return _within(expression, scope)
        case OrElse(operand=operand, default=default):
            template = Text("{a}（无记录时按{b}计）", "{a} ({b} if not recorded)")
            return _say(template, scope, a=describe(operand, scope), b=describe(default, scope))
        case At(parameter=parameter, day=day):
            template = Text("{b}适用的{a}", "the {a} of {b}")
            return _say(template, scope, a=name_text(parameter.text, scope), b=describe(day, scope))
        case If(condition=condition, then=then, otherwise=otherwise):
            template = Text("{a}的，为{b}；否则为{c}", "{b} if {a}, otherwise {c}")
            slots = {"b": describe(then, scope), "c": describe(otherwise, scope)}
            return _say(template, scope, a=truth(condition, scope), **slots)
        case Cases(branches=branches):
            template = Text("{a}的，为{b}", "{b} if {a}")
            rest = Text("其他情形为{b}", "otherwise {b}")
            parts = [
                _say(template, scope, a=truth(branch.condition, scope), b=describe(branch.value, scope))
                if branch.condition is not None
                else _say(rest, scope, b=describe(branch.value, scope))
                for branch in branches
            ]
            return join(parts, voice.text(Text("；", "; ")))
        case Aggregate():
            return aggregate(expression, scope, where=None)
        case Call():
            return _call(expression, scope)
        case Rolled(operand=operand):
            return _say(ROLLED, scope, a=describe(operand, scope))
        case Between(word=between, first=first, second=second):
            return _say(BETWEEN[between], scope, a=describe(first, scope), b=describe(second, scope))
        case Part(word=part, operand=operand):
            return _say(PARTS[part], scope, a=describe(operand, scope))
        case BreachOf(pledge=pledge):
            return _say(BROKEN[0], scope, a=name_text(pledge.text, scope))
        case Round(operand=operand, places=places, mode=mode):
            template = Text("（{a}，{m}至小数点后{n}位）", "({a}, {m} to {n} places)")
            if places == 0:
                template = Text("（{a}，{m}取整）", "({a}, {m} to a whole number)")
            slots = {"m": plain(voice.text(ROUNDING[mode])), "n": plain(str(places))}
            return _say(template, scope, a=describe(operand, scope), **slots)


def truth(expression: Expression, scope: Scope) -> Inline:
    """The words for a condition: a bare name of yes and no is made a clause."""
    if isinstance(expression, Reference):
        entry = scope.lexicon.find(expression.name, scope.record)
        named = describe(expression, scope)
        if entry is not None and entry.kind is NameKind.FIELD:
            return _say(Text("“{a}”为“是”", "{a} is “yes”"), scope, a=named)
        if entry is not None and entry.measure is not None:
            return _say(MEASURE_HOLDS.get(entry.measure, MEASURE_APPLIES)[0], scope, a=named)
        return _say(Text("符合“{a}”", "“{a}” holds"), scope, a=named)
    return describe(expression, scope)


def clause(expression: Expression, scope: Scope) -> Inline:
    """The words for a condition that stands beside others: in parentheses when it joins several."""
    compound = isinstance(expression, Binary) and expression.operator in LOGIC or isinstance(expression, If | Cases)
    inner = truth(expression, scope)
    return _parenthesised(inner, scope) if compound else inner


def name_text(name: str, scope: Scope, enum: str | None = None) -> Inline:
    """The label of what a name stands for, linked to its definition."""
    entry = scope.lexicon.find(name, scope.record, enum)
    if entry is None:
        return plain(scope.voice.text(RESULTS[name])) if name in RESULTS else (Piece(name),)
    return (linked(entry, scope.voice),)


def linked(entry: Entry, voice: Voice) -> Piece:
    """The label of an entry with a link to its anchor; a field's without the remark in parentheses at its end."""
    piece = voice.written(entry.label, entry.name, f"#{entry.anchor}")
    return replace(piece, text=REMARK.sub("", piece.text)) if entry.kind is NameKind.FIELD else piece


def aggregate(expression: Aggregate, scope: Scope, where: Inline | None) -> Inline:
    """The words for a total over records; `where` replaces the words of its condition when it is said elsewhere."""
    inner = scope.under(expression.record.text)
    records = expression.word in (AggregateWord.ANY, AggregateWord.EVERY)
    record = (record_text if records else name_text)(expression.record.text, replace(scope, record=None))
    condition = _condition(expression, inner) if where is None else where
    keys = _keys(expression.keys, inner)
    subjects = expression.record.text == scope.lexicon.subject
    wording = (AGGREGATES | POPULATION_AGGREGATES if subjects else AGGREGATES)[expression.word]
    operand = describe(expression.value, inner) if expression.value is not None else ()
    return _say(wording, scope, r=record, w=condition, k=keys, v=operand)


def record_text(name: str, scope: Scope) -> Inline:
    """The label of a kind of record with 记录 behind it in Chinese, unless it ends so already; a subject is none."""
    pieces = name_text(name, scope)
    subject = name == scope.lexicon.subject
    if scope.voice.language == "zh" and not subject and not as_text(pieces).endswith("记录"):
        return (*pieces, Piece("记录"))
    return pieces


def _condition(expression: Aggregate, inner: Scope) -> Inline:
    every = expression.word is AggregateWord.EVERY
    if expression.where is None:
        return ()
    words = truth(expression.where, inner)
    if every:
        return _say(Text("符合：{a}", "meets: {a}"), inner, a=words)
    return _say(Text("（{a}）", " ({a})"), inner, a=words)


def _keys(keys: tuple[Identifier, ...], inner: Scope) -> Inline:
    if not keys:
        return ()
    names = join([name_text(key.text, inner) for key in keys], inner.voice.text(LISTING))
    return _say(Text("（按{a}计）", " counted by {a}"), inner, a=names)


def _say(template: Text, scope: Scope, **slots: Inline) -> Inline:
    return fill(scope.voice.text(template), **slots)


def _is_period(low: Expression, high: Expression) -> bool:
    """Whether these are the first and last day of the period, or the months or years that they lie in."""
    match low, high:
        case Part(word=first, operand=start), Part(word=last, operand=end):
            return first is last and _is_period(start, end)
        case Context(word=ContextWord.PERIOD_START), Context(word=ContextWord.PERIOD_END):
            return True
    return False


def _parenthesised(inner: Inline, scope: Scope) -> Inline:
    return _say(Text("（{a}）", "({a})"), scope, a=inner)


def _negation(operand: Expression, scope: Scope) -> Inline:
    if isinstance(operand, Reference):
        entry = scope.lexicon.find(operand.name, scope.record)
        named = describe(operand, scope)
        if entry is not None and entry.kind is NameKind.FIELD:
            return _say(Text("“{a}”为“否”", "{a} is “no”"), scope, a=named)
        if entry is not None and entry.measure is not None:
            return _say(MEASURE_HOLDS.get(entry.measure, MEASURE_APPLIES)[1], scope, a=named)
        return _say(Text("不符合“{a}”", "“{a}” does not hold"), scope, a=named)
    if isinstance(operand, BreachOf):
        return _say(BROKEN[1], scope, a=name_text(operand.pledge.text, scope))
    if isinstance(operand, Aggregate) and operand.word is AggregateWord.ANY:
        record = record_text(operand.record.text, replace(scope, record=None))
        condition = _condition(operand, scope.under(operand.record.text))
        return _say(Text("无{r}{w}", "there is no record of {r}{w}"), scope, r=record, w=condition)
    return _say(Text("并非（{a}）", "not ({a})"), scope, a=truth(operand, scope))


def _binary(expression: Binary, scope: Scope) -> Inline:
    operator, left, right = expression.operator, expression.left, expression.right
    if operator in LOGIC:
        return _say(LOGIC[operator], scope, a=_joined(left, operator, scope), b=_joined(right, operator, scope))
    if operator in LATER and isinstance(left, Part) and left.word is PartWord.YEAR and right == Number(1, 0):
        return _say(NEXT_YEAR[operator], scope, a=describe(left.operand, scope))
    if operator in LATER and flavour(expression, scope.lexicon, scope.record) is Flavour.TIME:
        return _say(LATER[operator], scope, a=describe(left, scope), b=describe(right, scope))
    if operator in ARITHMETIC:
        tight = operator in (BinaryOperator.MULTIPLY, BinaryOperator.DIVIDE, BinaryOperator.OF)
        first = _factor(left, scope) if tight else describe(left, scope)
        loose = operator is BinaryOperator.ADD
        return _say(ARITHMETIC[operator], scope, a=first, b=describe(right, scope) if loose else _factor(right, scope))
    table = (
        TIME_COMPARISONS
        if Flavour.TIME in (flavour(left, scope.lexicon, scope.record), flavour(right, scope.lexicon, scope.record))
        else COMPARISONS
    )
    first = _item(left, enum_in(right, scope.lexicon, scope.record), scope)
    return _say(table[operator], scope, a=first, b=_item(right, enum_in(left, scope.lexicon, scope.record), scope))


def _joined(expression: Expression, operator: BinaryOperator, scope: Scope) -> Inline:
    same = isinstance(expression, Binary) and expression.operator is operator
    return truth(expression, scope) if same else clause(expression, scope)


def _factor(expression: Expression, scope: Scope) -> Inline:
    loose = isinstance(expression, Binary) and expression.operator in (BinaryOperator.ADD, BinaryOperator.SUBTRACT)
    inner = describe(expression, scope)
    return _parenthesised(inner, scope) if loose or isinstance(expression, If | Cases) else inner


def _item(expression: Expression, enum: str | None, scope: Scope) -> Inline:
    return name_text(expression.name, scope, enum) if isinstance(expression, Reference) else describe(expression, scope)


def _within(expression: Within, scope: Scope) -> Inline:
    duration, anchor = describe(expression.duration, scope), describe(expression.anchor, scope)
    operand = scope.subject_of_within if expression.operand is None else describe(expression.operand, scope)
    return _say(WITHIN[expression.before], scope, a=operand, b=duration, c=anchor)


def _call(expression: Call, scope: Scope) -> Inline:
    name, operands = expression.name.text, expression.arguments
    if name in CAPPED and len(operands) == 2 and isinstance(operands[1], Number):
        return _say(CAPPED[name], scope, a=describe(operands[0], scope), b=describe(operands[1], scope))
    arguments = join([describe(item, scope) for item in operands], scope.voice.text(LISTING))
    if name in EXTREMES:
        return _say(EXTREMES[name], scope, a=arguments)
    table = name_text(expression.name.text, replace(scope, record=None))
    return _say(Text("按{a}查“{t}”所得", "“{t}” for {a}"), scope, a=arguments, t=table)
