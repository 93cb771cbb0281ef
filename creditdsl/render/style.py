"""How a report is to look: language, widths, colours; and the words that every report shares."""

from collections.abc import Callable, Mapping
from enum import Enum

from creditdsl.diagnostics import Language, Severity, Text
from creditdsl.frozen import dataclass
from creditdsl.source import SourceFile

Sources = Mapping[str, SourceFile]
"""The rule files that spans point into, by path."""


class Role(Enum):
    """What a piece of a report is, for whoever colours it."""

    ERROR = "error"
    WARNING = "warning"
    MESSAGE = "message"
    GUTTER = "gutter"
    SECONDARY = "secondary"


Painter = Callable[[str, Role], str]


def unpainted(text: str, _role: Role) -> str:
    """The text as it is, for files and pipes."""
    return text


@dataclass(frozen=True, slots=True)
class Style:
    """`ambiguous_width` is the cells that a terminal gives to characters such as `“` and `·`: 2 on Chinese ones.

    `line_cells` is the widest part of a source line that is shown.
    """

    language: Language
    ambiguous_width: int = 1
    line_cells: int = 110
    paint: Painter = unpainted


SEVERITIES = {
    Severity.ERROR: Text("错误", "error"),
    Severity.WARNING: Text("警告", "warning"),
}

SEVERITY_ROLES = {
    Severity.ERROR: Role.ERROR,
    Severity.WARNING: Role.WARNING,
}

HELP = Text("建议", "help")
MORE = Text("详见", "more")


def more_command(code: str) -> str:
    """The command that shows the page of a code."""
    return f"creditdsl explain {code}"


def up_to_line(line: int) -> Text:
    """What stands behind the marks of a place that goes on to a later line."""
    return Text(f"(至第 {line} 行)", f"(up to line {line})")
