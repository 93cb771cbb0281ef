"""What an expression remembers of itself: its hash, in one process only."""

import copy
import pickle
import subprocess
import sys
from dataclasses import fields
from typing import get_args

import pytest

from creditdsl.core.hashing import Hashed
from creditdsl.core.ir import And, Constant, Expression, SubjectField
from creditdsl.core.types import Truth
from tests.conftest import command_environment

EXPRESSION = And((SubjectField("listed", Truth()), Constant(True, Truth())))


@pytest.mark.parametrize("other", [pickle.loads(pickle.dumps(EXPRESSION)), copy.deepcopy(EXPRESSION)])
def test_a_copy_is_another_expression_that_is_equal(other: Expression) -> None:
    assert other is not EXPRESSION
    assert other == EXPRESSION
    assert hash(other) == hash(EXPRESSION)


@pytest.mark.parametrize("seed", ["1", "2"])
def test_in_another_process_an_expression_has_the_hash_of_that_process(seed: str) -> None:
    """The hash of a text is another one in each process."""
    made = "And((SubjectField('listed', Truth()), Constant(True, Truth())))"
    lines = (
        "import pickle, sys",
        "from creditdsl.core.ir import And, Constant, SubjectField",
        "from creditdsl.core.types import Truth",
        f"given, made = pickle.load(sys.stdin.buffer), {made}",
        "assert given == made and hash(given) == hash(made), 'another hash'",
        "print(hash(made))",
    )
    shown = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        env=command_environment(PYTHONHASHSEED=seed),
        input=pickle.dumps(EXPRESSION),
        capture_output=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr.decode()
    assert int(shown.stdout) != hash(EXPRESSION)


@pytest.mark.parametrize("kind", get_args(Expression), ids=lambda kind: kind.__name__)
def test_every_node_is_made_of_its_fields_and_hashed_by_what_is_compared(kind: type[Hashed]) -> None:
    names = [item.name for item in fields(kind)]  # type: ignore[arg-type]  # a dataclass, which `Hashed` by itself is not
    compared = [item.name for item in fields(kind) if item.compare]  # type: ignore[arg-type]
    node = kind(*names)  # type: ignore[call-arg]  # any value will do
    assert [getattr(node, name) for name in names] == names
    assert node == kind(**dict(zip(names, names, strict=True)))
    assert hash(node) == hash(tuple(compared))
    assert node.walked is None
