"""The language of a run: from `--lang`, else from the locale; and click's own messages in that language."""

import gettext
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from creditdsl.diagnostics import LANGUAGES, Language, Text

LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
TRANSLATIONS = Path(__file__).parent / "locale"
DOMAIN = "creditdsl"


def language_of(arguments: Sequence[str], environment: Mapping[str, str]) -> Language:
    """The language asked for by `--lang`, or the locale's: Chinese for a Chinese locale, English for any other.

    >>> language_of(["check", "--lang", "zh"], {"LANG": "en_US.UTF-8"})
    'zh'
    >>> language_of(["check"], {"LC_ALL": "zh_CN.GB18030", "LANG": "en_US.UTF-8"})
    'zh'
    >>> language_of(["check"], {})
    'en'
    """
    asked = option_value("--lang", arguments)
    for language in LANGUAGES:
        if asked == language:
            return language
    locale = next((environment[name] for name in LOCALE_VARIABLES if environment.get(name)), "")
    return "zh" if locale.lower().startswith("zh") else "en"


def option_value(option: str, arguments: Sequence[str]) -> str:
    """What an option is given, wherever it stands; the last one counts, and nothing is empty.

    >>> option_value("--color", ["check", "--color=never", "a", "--color", "always"])
    'always'
    >>> option_value("--color", ["check", "--color"])
    ''
    """
    value = ""
    for argument, following in zip(arguments, [*arguments[1:], ""], strict=False):
        if argument == option:
            value = following
        elif argument.startswith(f"{option}="):
            value = argument.removeprefix(f"{option}=")
    return value


def speak(language: Language) -> None:
    """Let click's own messages (usage, option errors) come in `language` from now on."""
    gettext.bindtextdomain(DOMAIN, str(TRANSLATIONS))
    gettext.textdomain(DOMAIN)
    # The standard library finds a catalogue by this variable alone; nothing that we start reads it.
    os.environ["LANGUAGE"] = language


def say(language: Language, zh: str, en: str) -> str:
    """One of two wordings."""
    return Text(zh, en).in_language(language)
