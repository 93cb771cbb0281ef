"""Bytes into text: reading a rule file, with everything refused that is not sensible UTF-8 text of sensible size."""

from pathlib import Path

from creditdsl.diagnostics import Diagnostic, PolicyError, Text
from creditdsl.source import SourceFile, Span
from creditdsl.syntax import messages
from creditdsl.syntax.limits import STANDARD, Limits


def read(path: Path | str, *, limits: Limits = STANDARD) -> SourceFile:
    """The decoded rule file, its path as given with `/`; PolicyError (CR0001, CR0002, CR0003, CR0010) when it is none."""
    file = Path(path)
    name = file.as_posix()
    try:
        if not file.is_file():
            raise PolicyError((_not_a_file(file, name),))
        size = file.stat().st_size
        if size > limits.size:
            raise PolicyError((messages.too_large(Span(name, 0, 0), size, limits.size),))
        data = file.read_bytes()
    except (OSError, ValueError) as error:
        raise PolicyError((_unreadable(error, name),)) from error
    return decode(data, name, limits=limits)


def decode(data: bytes, path: str, *, limits: Limits = STANDARD) -> SourceFile:
    """The text of a rule file's bytes, a byte-order mark removed; PolicyError (CR0001, CR0002, CR0003) when it is none."""
    start = Span(path, 0, 0)
    if len(data) > limits.size:
        raise PolicyError((messages.too_large(start, len(data), limits.size),))
    if b"\x00" in data:
        raise PolicyError((messages.binary(start),))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PolicyError((messages.not_utf8(start, gb18030=_is_gb18030(data)),)) from error
    if not text.strip():
        raise PolicyError((messages.empty(start),))
    return SourceFile(path, text)


def _is_gb18030(data: bytes) -> bool:
    """Whether the bytes decode as GB 18030 into text that holds Chinese and no control characters."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return False
    chinese = sum("\u4e00" <= character <= "\u9fff" for character in text)
    return chinese > 0 and all(character.isprintable() or character.isspace() for character in text)


def _not_a_file(file: Path, name: str) -> Diagnostic:
    if file.is_dir():
        return messages.unreadable(Span(name, 0, 0), Text("这是一个文件夹", "it is a folder"))
    return messages.unreadable(Span(name, 0, 0), Text("文件不存在", "it does not exist"))


def _unreadable(error: OSError | ValueError, name: str) -> Diagnostic:
    if isinstance(error, PermissionError):
        return messages.unreadable(Span(name, 0, 0), Text("没有读取权限", "permission denied"))
    return messages.unreadable(Span(name, 0, 0), Text("系统拒绝了这个路径", "the system refused this path"))
