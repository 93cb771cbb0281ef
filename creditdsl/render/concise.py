"""One line a finding: `path:line:column: error[CR0201]: message`."""

from collections.abc import Iterable

from creditdsl.diagnostics import Diagnostic
from creditdsl.render.cells import printable
from creditdsl.render.style import SEVERITIES, SEVERITY_ROLES, Sources, Style


def concise(diagnostics: Iterable[Diagnostic], sources: Sources, style: Style) -> str:
    """One line for each diagnostic, in the order given."""
    return "".join(f"{_line(item, sources, style)}\n" for item in diagnostics)


def _line(diagnostic: Diagnostic, sources: Sources, style: Style) -> str:
    severity = SEVERITIES[diagnostic.severity].in_language(style.language)
    code = style.paint(f"{severity}[{diagnostic.code.name}]", SEVERITY_ROLES[diagnostic.severity])
    return f"{_place(diagnostic, sources)}{code}: {printable(diagnostic.message.in_language(style.language))}"


def _place(diagnostic: Diagnostic, sources: Sources) -> str:
    path = diagnostic.span.path
    if not path:
        return ""
    if path not in sources:
        return f"{printable(path)}: "
    position = sources[path].position(diagnostic.span.start)
    return f"{printable(path)}:{position.line}:{position.column}: "
