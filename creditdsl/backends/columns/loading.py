"""An emitted module in this process, for engines and tests."""

import sys
from types import ModuleType


def load_columns(source_text: str, name: str) -> ModuleType:
    """The module whose text `emit_columns` gave, registered under `name`; one registered before is replaced.

    The text must come from `emit_columns`: it is executed.
    """
    module = ModuleType(name)
    module.__dict__["__file__"] = f"<{name}>"
    sys.modules[name] = module
    code = compile(source_text, f"<{name}>", "exec", dont_inherit=True)
    exec(code, module.__dict__)  # noqa: S102 - a text of this compiler
    return module
