"""The way of a policy through the compiler: read, parse, follow `use`, check and lower, verify.

In: the path of a policy, a file or a folder. Out: `Compiled`. `PolicyError` carries everything that is wrong at the
first stage that found errors.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from creditdsl.checking.lower import lower
from creditdsl.checking.uses import read_modules
from creditdsl.core.ir import Program
from creditdsl.core.verify import verify
from creditdsl.diagnostics import Diagnostic
from creditdsl.source import SourceFile
from creditdsl.syntax.tree import Module


@dataclass(frozen=True, slots=True)
class Compiled:
    """A policy that has no error: its meaning, its text, and what it was warned of."""

    program: Program
    modules: tuple[Module, ...]
    sources: dict[str, SourceFile]
    warnings: tuple[Diagnostic, ...]


def compile_policy(path: Path) -> Compiled:
    """The compiled policy; PolicyError when its text, its names, its types or its rules are wrong."""
    read = read_modules(path)
    program, warnings = lower(read.modules, content_hash(read.sources, read.root))
    verify(program)
    return Compiled(program, read.modules, read.sources, warnings)


def content_hash(sources: dict[str, SourceFile], root: Path) -> str:
    """Sixteen hex digits that change with any rule file, and not with the folder that the policy lies in."""
    digest = hashlib.sha256()
    for path in sorted(sources):
        name = Path(path).resolve().relative_to(root.resolve()).as_posix()
        digest.update(f"{name}\0{len(sources[path].text)}\0{sources[path].text}".encode())
    return digest.hexdigest()[:16]
