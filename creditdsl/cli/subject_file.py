"""The JSON file of one subject, read strictly: exact numbers, no name twice, no number that JSON does not know."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from creditdsl.diagnostics import Code, Diagnostic, PolicyError, Text
from creditdsl.source import SourceFile, Span

LARGEST_BYTES = 64 << 20
"""100,000 records of every kind are far below this."""


class _Refused(ValueError):
    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def read_subject(path: Path) -> object:
    """The value in a JSON file, decimals as Decimal; `-` is standard input; PolicyError when there is none."""
    try:
        data = sys.stdin.buffer.read(LARGEST_BYTES + 1) if str(path) == "-" else _bytes(path)
    except OSError as fault:
        raise _error(
            path, Text(f"无法读取文件:{fault.strerror}", f"the file cannot be read: {fault.strerror}")
        ) from fault
    if len(data) > LARGEST_BYTES:
        raise _error(path, Text("文件超过 64 MiB", "the file is larger than 64 MiB"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        message = Text(
            f"不是 UTF-8 文本:第 {fault.start + 1} 个字节不合规",
            f"the file is not UTF-8 text: byte {fault.start + 1} is wrong",
        )
        raise _error(path, message) from fault
    return _parsed(path, text)


@contextmanager
def problems_in(subject: Path) -> Iterator[None]:
    """The problems of a subject name their place in it; which file it came from is known here only."""
    try:
        yield
    except PolicyError as error:
        raise PolicyError(tuple(_in_file(item, subject) for item in error.diagnostics)) from error


def _in_file(item: Diagnostic, subject: Path) -> Diagnostic:
    about_data = item.code not in (Code.CR0911, Code.CR0914)
    return replace(item, span=Span(str(subject), 0, 0)) if about_data and not item.span.path else item


def _bytes(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(LARGEST_BYTES + 1)


def _parsed(path: Path, text: str) -> object:
    try:
        value: object = json.loads(
            text, parse_float=Decimal, parse_int=_integer, parse_constant=_constant, object_pairs_hook=_object
        )
    except json.JSONDecodeError as fault:
        position = SourceFile(str(path), text).position(fault.pos)
        raise _error(
            path,
            Text(
                f"第 {position.line} 行第 {position.column} 列不是有效的 JSON",
                f"line {position.line}, column {position.column} is not valid JSON",
            ),
        ) from fault
    except _Refused as fault:
        raise _error(path, fault.text) from fault
    except RecursionError as fault:
        raise _error(path, Text("JSON 嵌套过深", "the JSON is nested too deeply")) from fault
    return value


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise _Refused(Text(f"同一对象中 `{name}` 出现两次", f"`{name}` stands twice in one object"))
        found[name] = value
    return found


def _integer(digits: str) -> int:
    if len(digits) > 40:
        raise _Refused(Text(f"数字过长,有 {len(digits)} 位", f"a number of {len(digits)} digits is too long"))
    return int(digits)


def _constant(word: str) -> object:
    raise _Refused(Text(f"`{word}` 不是 JSON 数字", f"`{word}` is not a JSON number"))


def _error(path: Path, message: Text) -> PolicyError:
    return PolicyError((Diagnostic(Code.CR0912, Span(str(path), 0, 0), message),))
