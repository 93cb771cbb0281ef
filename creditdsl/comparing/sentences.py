"""A comparison in whole sentences, for every renderer: headings, what became of a declaration and why, places, and the summary."""

from collections.abc import Iterable, Mapping

from creditdsl.comparing.messages import DIRECTIONS, KINDS
from creditdsl.comparing.model import Comparison, DeclarationChange, Direction, Fate, InterfaceChange, Kind, NamedRule
from creditdsl.diagnostics import Code, Text
from creditdsl.source import SourceFile, Span

INPUT_HEADING = Text("输入不再被接受", "Input that is no longer accepted")
RESULT_HEADING = Text("结果的形式不同", "Results that have another form")
COMPATIBLE_HEADING = Text("输入可以增加的内容", "Input that may be supplied in addition")
PLACE = Text("位置", "place")
BASIS = Text("依据", "basis")
AFFECTS = Text("涉及", "affects")
OLD = Text("旧", "old")
NEW = Text("新", "new")
NOT_THERE = Text("没有", "not there")
COLON = Text(":", ": ")
COMMA = Text("、", ", ")
DIFFERENCES = Text("政策的变化", "What a policy changes")

COUNTED: dict[Direction, Text] = {
    Direction.STRICTER: Text("更严", "stricter"),
    Direction.LOOSER: Text("更宽", "looser"),
    Direction.BOTH: Text("有严有宽", "stricter and looser"),
    Direction.UNCLEAR: Text("方向不明", "unclear"),
    Direction.NEUTRAL: Text("不影响结果", "without effect on results"),
}


def interface_groups(comparison: Comparison) -> tuple[tuple[Text, tuple[InterfaceChange, ...]], ...]:
    """What concerns input and results, what breaks supply first; only groups that have something."""
    every = (*comparison.inputs, *comparison.results)
    groups = (
        (INPUT_HEADING, tuple(item for item in every if item.code is Code.CR0801)),
        (RESULT_HEADING, tuple(item for item in every if item.code is Code.CR0802)),
        (COMPATIBLE_HEADING, tuple(item for item in every if item.code is None)),
    )
    return tuple((heading, items) for heading, items in groups if items)


def declaration_groups(comparison: Comparison) -> tuple[tuple[Direction, tuple[DeclarationChange, ...]], ...]:
    """The declarations by direction, in the order of `Direction`; only groups that have something."""
    groups = ((way, tuple(item for item in comparison.changes if item.direction is way)) for way in Direction)
    return tuple((way, items) for way, items in groups if items)


def heading(direction: Direction) -> Text:
    return DIRECTIONS[direction]


def called(kind: Kind, name: str) -> Text:
    """`indicator 010101`, `指标 010101`; cases and invariants in quotation marks."""
    shown = f"“{name}”" if kind in (Kind.CASE, Kind.INVARIANT) else name
    shown_en = f'"{name}"' if kind in (Kind.CASE, Kind.INVARIANT) else name
    word = KINDS[kind]
    return Text(f"{word.zh} {shown}".rstrip(), f"{word.en} {shown_en}".rstrip())


def subject_of(change: DeclarationChange) -> Text:
    """What changed, with its label."""
    name, label = called(change.kind, change.name), change.label
    if label is None:
        return name
    return Text(f"{name.zh}“{label.zh}”", f'{name.en} "{label.en}"')


def fate(change: DeclarationChange) -> Text:
    match change.fate:
        case Fate.NEW:
            return Text("是新增的", "is new")
        case Fate.GONE:
            return Text("已删除", "is gone")
        case Fate.CHANGED:
            return Text("有修改", "has changed")
        case Fate.RENAMED:
            return Text(f"由 {change.old_name} 改名而来", f"was called {change.old_name}")


def reasons(change: DeclarationChange) -> Text:
    """All reasons as one clause."""
    return Text(";".join(item.zh for item in change.reasons), "; ".join(item.en for item in change.reasons))


def sentence(change: DeclarationChange) -> Text:
    """`The indicator 010101 "…" has changed: it deducts more points.`"""
    who, what, why = subject_of(change), fate(change), reasons(change)
    gap = "" if who.zh.endswith("”") else " "
    return Text(f"{who.zh}{gap}{what.zh}:{why.zh}。", f"The {who.en} {what.en}: {why.en}.")


def interface_sentence(change: InterfaceChange) -> Text:
    text = change.text
    return Text(f"{text.zh}。", f"{text.en[:1].upper()}{text.en[1:]}.")


def listed(rules: Iterable[NamedRule]) -> Text:
    names = [called(rule.kind, rule.name) for rule in rules]
    return Text("、".join(item.zh for item in names), ", ".join(item.en for item in names))


def line_of(span: Span | None, sources: Mapping[str, SourceFile]) -> str | None:
    """`scoring.credit:24`; None for what does not exist in a version."""
    if span is None:
        return None
    source = sources.get(span.path)
    return span.path if source is None else f"{span.path}:{source.position(span.start).line}"


def between(old: str | None, new: str | None) -> Text:
    """The places in both versions."""
    if old is not None and new is not None:
        return Text(f"{old} -> {new}", f"{old} -> {new}")
    there = old or new or ""
    version = OLD if new is None else NEW
    return Text(f"{there}({version.zh})", f"{there} ({version.en})")


def summary(comparison: Comparison) -> Text:
    """How many declarations differ, by direction, and how many do not."""
    total = len(comparison.changes)
    counts = [(COUNTED[way], len(items)) for way, items in declaration_groups(comparison)]
    zh = [f"{total} 条声明不同"] + [f"{count} 条{word.zh}" for word, count in counts]
    en = [f"{count} {word.en}" for word, count in counts]
    codes = [item.code for item in (*comparison.inputs, *comparison.results)]
    broken, other = codes.count(Code.CR0801), codes.count(Code.CR0802)
    differ = "1 declaration differs" if total == 1 else f"{total} declarations differ"
    head = f"{differ}: {', '.join(en)}" if en else differ
    same = f"{comparison.unchanged} are the same" if comparison.unchanged != 1 else "1 is the same"
    return Text(
        f"{zh[0]}{':' if counts else ''}{','.join(zh[1:])};{comparison.unchanged} 条相同。"
        f"输入不再被接受 {broken} 处,结果的形式不同 {other} 处。",
        f"{head}; {same}. Input that is no longer accepted: {broken}. Results that have another form: {other}.",
    )


def nothing(comparison: Comparison) -> Text:
    """Said of two versions that do not differ."""
    return Text(
        f"两个版本的 {comparison.unchanged} 条声明全部相同。",
        f"The two versions are the same: {comparison.unchanged} declarations.",
    )
