"""The rule files of one policy: the main file and all that it uses, directly or through others.

Files are read only below the policy's folder. Every file is read once; circles and faults of all files are reported
together.
"""

from dataclasses import field
from pathlib import Path

from creditdsl.diagnostics import Code, Diagnostic, Label, PolicyError, Text, errors_in
from creditdsl.frozen import dataclass
from creditdsl.source import SourceFile
from creditdsl.syntax import tree
from creditdsl.syntax.limits import STANDARD
from creditdsl.syntax.parse import parse
from creditdsl.syntax.text import read


@dataclass(slots=True)
class ReadModules:
    """The parsed files in the order of use, the text of each by its path, and the policy's folder."""

    root: Path
    modules: tuple[tree.Module, ...] = ()
    sources: dict[str, SourceFile] = field(default_factory=dict)


def main_file(path: Path) -> Path:
    """The main file of a policy: the file itself, or in a folder the one that a person would open.

    That is the file named like the folder, `policy.credit`, or the first one that declares a policy.
    """
    if not path.is_dir():
        return path
    named = [path / f"{path.resolve().name}.credit", path / "policy.credit"]
    files = sorted(path.glob("*.credit"))
    candidates = [*named, *(file for file in files if _declares_policy(file)), *files[:1]]
    return next((candidate for candidate in candidates if candidate.is_file()), named[0])


def _declares_policy(file: Path) -> bool:
    """Whether a line begins with the declaration; files that cannot be read are diagnosed when they are opened."""
    try:
        head = file.read_bytes()[: STANDARD.size]
    except OSError:
        return False
    text = head.decode("utf-8", errors="replace")
    # Most files of a policy do not even have the word.
    lines = text.splitlines() if "policy" in text or "政策" in text else ()
    return any(line.split(None, 1)[:1] in (["policy"], ["政策"]) for line in lines)


def read_modules(path: Path) -> ReadModules:
    """All files of a policy; PolicyError with every fault of their text."""
    main = main_file(path)
    reader = _Reader(ReadModules(main.parent))
    reader.follow(main, (), None)
    if errors_in(reader.diagnostics):
        raise PolicyError(tuple(sorted(reader.diagnostics, key=lambda item: (item.span, item.code.name))))
    reader.found.modules = tuple(reader.modules)
    return reader.found


class _Reader:
    def __init__(self, found: ReadModules) -> None:
        self.found = found
        self.modules: list[tree.Module] = []
        self.diagnostics: list[Diagnostic] = []

    def follow(self, path: Path, above: tuple[Path, ...], use: tree.Use | None) -> None:
        if path.resolve() in above:
            if use is not None:
                self.diagnostics.append(_circle(use, (*above, path.resolve())))
            return
        if str(path) in self.found.sources:
            return
        try:
            source = read(path)
        except PolicyError as error:
            used = (Label(use.span, Text("在这里引用", "used here")),) if use is not None else ()
            self.diagnostics.extend(
                Diagnostic(item.code, item.span, item.message, item.help, (*item.labels, *used), item.facts)
                for item in error.diagnostics
            )
            return
        self.found.sources[str(path)] = source
        parsed = parse(source)
        self.diagnostics.extend(parsed.diagnostics)
        if parsed.module is None:
            return
        self.modules.append(parsed.module)
        for declaration in parsed.module.declarations:
            if isinstance(declaration, tree.Use):
                self._use(declaration, path, (*above, path.resolve()))

    def _use(self, use: tree.Use, path: Path, above: tuple[Path, ...]) -> None:
        target = path.parent / use.path.value
        root = self.found.root.resolve()
        if not target.resolve().is_relative_to(root):
            self.diagnostics.append(_outside(use))
            return
        # One file has one path, however it is written, so that it is read once.
        self.follow(self.found.root / target.resolve().relative_to(root), above, use)


def _outside(use: tree.Use) -> Diagnostic:
    return Diagnostic(
        Code.CR0105,
        use.path.span,
        Text("只能引用政策文件夹里的文件", "only files below the policy's folder can be used"),
        Text("把文件放进政策文件夹,再写相对路径", "put the file into the policy's folder and write its relative path"),
    )


def _circle(use: tree.Use, chain: tuple[Path, ...]) -> Diagnostic:
    names = " → ".join(path.name for path in chain[chain.index(chain[-1]) :])
    return Diagnostic(
        Code.CR0104,
        use.path.span,
        Text(f"文件互相引用:{names}", f"files use each other in a circle: {names}"),
        Text("去掉其中一处 `引用`", "take one of the `use` lines out"),
    )
