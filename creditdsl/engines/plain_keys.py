"""What is odd about keys that have been read as they stand.

In: an array of texts. Out: whether one has blanks at its ends, or may be a code that a spreadsheet took for a number. All is
told from the bytes of the array, so that ten million keys take a fraction of a second.
"""

from typing import TYPE_CHECKING

from creditdsl.engines.cells import BLANKS
from creditdsl.engines.plain_cells import DAMAGE

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray


def have_blanks(keys: "pa.Array") -> bool:
    """Whether a key begins or ends with a blank; only those are looked at that have no visible ASCII at both ends."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    text = keys.cast(pa.large_string())
    offsets, data = _bytes_of(text)
    starts, ends = offsets[:-1], offsets[1:] - 1
    full = ends >= starts
    visible = np.zeros(len(text), np.bool_)
    first, last = data[starts[full]], data[ends[full]]
    visible[full] = (first > 32) & (first < 127) & (last > 32) & (last < 127)
    if visible.all():
        return False
    doubtful = text.filter(pa.array(~visible))
    return not pc.all(pc.equal(pc.utf8_trim(doubtful, BLANKS), doubtful)).as_py()


def may_be_damaged(keys: "pa.Array") -> bool:
    """Whether there is a character that a spreadsheet leaves in a code that it took for a number."""
    import numpy as np
    import pyarrow as pa

    offsets, data = _bytes_of(keys.cast(pa.large_string()))
    found = np.zeros(256, np.bool_)
    found[[ord(character) for character in DAMAGE]] = True
    return bool(found[data[offsets[0] : offsets[-1]]].any())


def _bytes_of(text: "pa.Array") -> "tuple[NDArray[np.int64], NDArray[np.uint8]]":
    """Where each text of an array begins, and behind the last one ends, among the bytes of all."""
    import numpy as np

    offsets = np.frombuffer(text.buffers()[1], np.int64)[text.offset : text.offset + len(text) + 1]
    return offsets, np.frombuffer(text.buffers()[2] or b"", np.uint8)
