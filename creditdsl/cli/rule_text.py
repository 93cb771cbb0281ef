"""A rule as text: what it is called, where it comes from, what was noted about it, and how it is written."""

from textwrap import indent

from creditdsl.amending.consolidate import Action
from creditdsl.amending.paths import key_of
from creditdsl.amending.rule_text import origin_text
from creditdsl.cli.session import Session
from creditdsl.compile import Compiled
from creditdsl.core.ir import Program, Rule, RuleKind
from creditdsl.diagnostics import Text
from creditdsl.source import Span
from creditdsl.syntax import tree
from creditdsl.syntax.bare import without_spans
from creditdsl.syntax.format import format_module, majority_language

KINDS = {
    RuleKind.SCORE: Text("计分", "score"),
    RuleKind.INDICATOR: Text("指标", "indicator"),
    RuleKind.GRADES: Text("分级", "grades"),
    RuleKind.DIRECT: Text("直接判级", "direct grade"),
    RuleKind.ASSIGN: Text("评为", "assigned grade"),
    RuleKind.CEILING: Text("不高于", "ceiling"),
    RuleKind.DEMOTE: Text("降级", "demotion"),
    RuleKind.EXEMPT: Text("不予评价", "exemption"),
    RuleKind.REWARD: Text("激励", "reward"),
    RuleKind.PENALTY: Text("惩戒", "penalty"),
    RuleKind.LIST: Text("名单", "list"),
    RuleKind.OFFER: Text("产品", "offer"),
    RuleKind.PLEDGE: Text("承诺", "pledge"),
    RuleKind.INSPECTION: Text("抽查", "inspection"),
    RuleKind.MATTER: Text("事项", "matter"),
    RuleKind.REPAIR: Text("修复", "repair"),
    RuleKind.REPAIR_DIRECT: Text("直接判级的修复", "repair of a direct grade"),
    RuleKind.DEFINE: Text("定义", "definition"),
    RuleKind.PARAMETER: Text("参数", "parameter"),
}


def rules_of(program: Program) -> tuple[Rule, ...]:
    """Every rule of a policy once, in the order of the result: score, grades, steps, measures, repairs, definitions."""
    result = program.result
    rules = [rule for rule in (result.score_rule, result.grades_rule) if rule is not None]
    rules += [finding.rule for finding in result.findings]
    for steps in (result.exempts, result.directs, result.assigns, result.demotes, result.ceilings):
        rules += [step.rule for step in steps]
    rules += [measure.rule for measure in result.measures]
    rules += [repair.rule for repair in result.points_repairs]
    rules += [repair.rule for repair in result.direct_repairs]
    rules += [item.rule for item in program.definitions if item.rule is not None]
    return tuple({(rule.kind, rule.code): rule for rule in reversed(rules)}.values())[::-1]


def rule_text(rule: Rule, compiled: Compiled, session: Session) -> str:
    """One rule for a terminal; labels in the language of the session where the policy has it, else in its first."""
    languages = compiled.program.header.languages
    index = languages.index(session.language) if session.language in languages else 0
    lines = [f"{rule.code}  {_text(rule.label, index)}".rstrip(), ""]
    lines.append(session.say("类别:", "kind:  ") + KINDS[rule.kind].in_language(session.language))
    lines += [session.say("依据:", "basis: ") + _text(citation.texts, index) for citation in rule.basis]
    lines += [session.say("说明:", "note:  ") + _text(note, index) for note in rule.notes]
    lines += _written(rule.span, compiled, session)
    return "\n".join(lines) + "\n"


def _written(span: Span, compiled: Compiled, session: Session) -> list[str]:
    """Where the declaration around a rule's code stands, what amendments did to it, and how it reads.

    Nothing for a rule that stands nowhere. One that was changed in part reads as no file has it.
    """
    declarations = (item for module in compiled.modules for item in module.declarations)
    whole = next((item for item in declarations if _inside(span, item.span)), None)
    if whole is None:
        return []
    source = compiled.sources[whole.span.path]
    place = session.say("位置:", "place: ") + f"{whole.span.path}:{source.position(whole.span.start).line}"
    key = key_of(whole)
    steps = compiled.origins.get(key, ()) if key is not None else ()
    amendments = {item.name.text: item for item in compiled.slice.amendments}
    history = [session.say("修订:", "made:  ") + origin_text(step, amendments, session.language) for step in steps]
    text = source.text[whole.span.start : whole.span.end]
    if any(step.action is Action.CHANGED for step in steps):
        bare = tree.Module(whole.span.path, (without_spans(whole),))
        text = format_module("", bare, keywords=majority_language(source))
    return [place, *history, "", indent(text.rstrip(), "    ")]


def _inside(span: Span, whole: Span) -> bool:
    return span.path == whole.path and whole.start <= span.start and span.end <= whole.end


def _text(texts: tuple[str, ...], index: int) -> str:
    return texts[index] if index < len(texts) else "".join(texts[:1])
