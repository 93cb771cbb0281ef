"""What emitted modules say in comments and docstrings about rules, types and units. All of it is safe to print."""

from creditdsl.backends.python.layout import WIDTH
from creditdsl.backends.python.names import comment_text
from creditdsl.core.ir import Rule
from creditdsl.core.types import Month, Number, Type, Unit, plain

PARTS = {1: "tenths", 2: "hundredths", 3: "thousandths", 4: "ten_thousandths"}
"""How whole numbers at a scale are called; scale 0 is the unit itself."""


def rule_comment(rule: Rule) -> tuple[str, ...]:
    """Code, label and legal basis (in the first language), one line each where they are long."""
    heading = comment_text(f"{rule.code} {' / '.join(rule.label)}")
    citations = [comment_text(citation.texts[0] if citation.texts else citation.source) for citation in rule.basis]
    together = " — ".join((heading, *citations))
    return (together,) if len(together) < WIDTH * 2 // 3 else (heading, *(f"    {text}" for text in citations))


def label_comment(label: tuple[str, ...]) -> str:
    return comment_text(" / ".join(label))


def parts_of(scale: int) -> str:
    """`hundredths` for scale 2: part of the name of what is counted in hundredths of a point."""
    return "points" if scale == 0 else PARTS.get(scale, f"scaled_{scale}")


def unit_comment(type_: Type) -> str:
    """In what a whole number counts, such as `fen`; empty when its type says enough."""
    bare = plain(type_)
    if isinstance(bare, Month):
        return "year x 12 + month - 1"
    if not isinstance(bare, Number):
        return ""
    if bare.unit is Unit.YUAN and bare.scale in (0, 2):
        return "fen" if bare.scale else "yuan"
    if bare.unit is Unit.RATE:
        return f"rate x {10**bare.scale:_}, 10 % is {10**bare.scale // 10:_}" if bare.scale else "rate"
    name = "" if bare.unit is Unit.NUMBER else bare.unit.value
    return name if bare.scale == 0 else f"{name} x {10**bare.scale:_}".strip()
