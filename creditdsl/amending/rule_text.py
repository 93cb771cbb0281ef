"""A consolidated text as a rule file.

In: a `Consolidated` and a keyword language. Out: formatted rule text that compiles to the same meaning. Comments say which text it is
and where each declaration comes from; those of the original files stand in the original files.
"""

from collections.abc import Mapping

from creditdsl.amending.consolidate import Action, Consolidated, Origin
from creditdsl.amending.messages import shown_slice
from creditdsl.amending.paths import key_of
from creditdsl.diagnostics import InternalError, Language, Text
from creditdsl.source import SourceFile
from creditdsl.syntax import tree
from creditdsl.syntax.bare import without_spans
from creditdsl.syntax.format import format_module
from creditdsl.syntax.limits import Limits
from creditdsl.syntax.parse import parse

ACTIONS: Mapping[Action, Text] = {
    Action.INSERTED: Text("增加", "inserted"),
    Action.REPLACED: Text("替换", "replaced"),
    Action.CHANGED: Text("修改", "changed"),
    Action.REPEALED: Text("废止", "repealed"),
}
NO_LIMITS = Limits(size=2**30)
"""The text was written by this program; many small files together may be larger than one may be."""


def rule_text(text: Consolidated, keywords: Language) -> str:
    """The text as a rule file, with the keywords of a language."""
    amendments = {item.name.text: item for item in text.slice.amendments}
    parts = [_heading(text, keywords)]
    for declaration in text.module.declarations:
        key = key_of(declaration)
        steps = text.origins.get(key, ()) if key is not None else ()
        comment = "".join(f"# {origin_text(step, amendments, keywords)}\n" for step in steps)
        bare = tree.Module(text.module.path, (without_spans(declaration),))
        parts.append(comment + format_module("", bare, keywords=keywords))
    joined = "\n".join(parts)
    parsed = parse(SourceFile(text.module.path, joined), limits=NO_LIMITS)
    if parsed.module is None:
        raise InternalError(f"a consolidated text does not parse: {parsed.diagnostics[0].message.en}")
    return format_module(joined, parsed.module, keywords=keywords)


def _heading(text: Consolidated, language: Language) -> str:
    names = [item.name.text for item in text.slice.amendments]
    zh, en = shown_slice(text.slice, "zh"), shown_slice(text.slice, "en")
    shown = Text(f"文本 {zh}", f"the text of {en}").in_language(language)
    made = Text("已作的修订: ", "amendments made: ").in_language(language)
    none = Text("无", "none").in_language(language)
    return f"# {shown}\n# {made}{', '.join(names) or none}\n"


def origin_text(step: Origin, amendments: Mapping[str, tree.Amend], language: Language) -> str:
    """`inserted by notice15 from 2020-11-01`."""
    amendment = amendments.get(step.amendment)
    start = amendment.effective.start if amendment is not None and amendment.effective is not None else None
    action = ACTIONS[step.action]
    zh_day, en_day = (f"自 {start} 起", f" from {start}") if start is not None else ("", "")
    return Text(f"{zh_day}由修订 {step.amendment} {action.zh}", f"{action.en} by {step.amendment}{en_day}").in_language(
        language
    )
