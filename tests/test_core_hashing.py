"""What an expression remembers of itself: its hash, in one process only."""

import copy
import pickle

from creditdsl.core.ir import And, Constant, SubjectField
from creditdsl.core.types import Truth


def test_an_expression_is_copied_and_pickled_without_its_hash() -> None:
    expression = And((SubjectField("listed", Truth()), Constant(True, Truth())))
    hash(expression)
    for other in (pickle.loads(pickle.dumps(expression)), copy.deepcopy(expression)):
        assert other == expression
        assert not hasattr(other, "_hash")
        assert hash(other) == hash(expression)
