"""What to say of a code that a policy does not have: those that are near it, or all of them where they are few."""

from collections.abc import Sequence
from difflib import get_close_matches

import click

from creditdsl.cli.session import Session
from creditdsl.core.ir import Rule

LISTED = 12
"""How many codes are listed at most."""


def unknown_code(code: str, rules: Sequence[Rule], kind: tuple[str, str], session: Session) -> click.UsageError:
    """The error for a code that none of these rules has; `kind` is what they are, in Chinese and English."""
    if not rules:
        return click.UsageError(session.say(f"这个政策没有{kind[0]}。", f"The policy has no {kind[1]}."))
    by_name = {name: rule for rule in rules for name in (rule.code, *rule.label)}
    close = [by_name[name] for name in get_close_matches(code, list(by_name), n=3)]
    near = tuple(dict.fromkeys(rule.code for rule in close))
    codes = near or tuple(rule.code for rule in rules[:LISTED])
    more = "" if near or len(rules) <= LISTED else " …"
    said = session.say(f"没有{kind[0]} {code}。", f"The policy has no {kind[1]} {code}.")
    listed = session.say("、", ", ").join(codes) + more
    if near:
        return click.UsageError(said + session.say(f"是否指 {listed}?", f" Did you mean {listed}?"))
    return click.UsageError(said + session.say(f"有 {listed}。", f" It has {listed}."))
