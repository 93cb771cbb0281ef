"""Aggregates over records, copied into an emitted module with the names that it uses.

In: columns of the records that match, and `owners`, the position of the subject of each, ascending. Out: a column with a value
for each of `size` subjects.
"""

from collections.abc import Iterable

import numpy as np

from creditdsl.backends.columns.runtime import Integers, Truths

Key = Integers | Truths | tuple[Integers | Truths, Truths]


class Partition:
    """The records of a block by the value of one column, so that those of a value are found without looking at all."""

    def __init__(self, column: Integers) -> None:
        self.order = np.argsort(column, kind="stable")
        self.starts = np.searchsorted(column[self.order], np.arange(int(column.max(initial=-1)) + 2))

    def rows(self, value: int) -> Integers:
        """The positions of the records with a value, ascending."""
        if value + 1 >= self.starts.size:
            return self.order[:0]
        return self.order[self.starts[value] : self.starts[value + 1]]


def counted(owners: Integers, size: int) -> Integers:
    return np.bincount(owners, minlength=size)


def found(owners: Integers, size: int) -> Truths:
    result = np.zeros(size, np.bool_)
    result[owners] = True
    return result


def summed(owners: Integers, size: int, values: Integers) -> Integers:
    result = np.zeros(size, np.int64)
    if owners.size:
        firsts = changes(owners)
        result[owners[firsts]] = np.add.reduceat(values, firsts, dtype=np.int64)
    return result


def greatest(owners: Integers, size: int, values: Integers) -> tuple[Integers, Truths]:
    return extreme(np.maximum, owners, size, values)


def least(owners: Integers, size: int, values: Integers) -> tuple[Integers, Truths]:
    return extreme(np.minimum, owners, size, values)


def extreme(operation: np.ufunc, owners: Integers, size: int, values: Integers) -> tuple[Integers, Truths]:
    result, present = np.zeros(size, values.dtype), np.zeros(size, np.bool_)
    if owners.size:
        firsts = changes(owners)
        result[owners[firsts]] = operation.reduceat(values, firsts)
        present[owners] = True
    return result, present


def changes(*columns: Integers | Truths) -> Integers:
    """The positions at which a group begins, of rows that are sorted by their group."""
    new = np.zeros(columns[0].size, np.bool_)
    new[:1] = True
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(new)


def keyed(keys: Iterable[Key]) -> list[Integers | Truths]:
    """Keys as plain columns: an absent one is 0 and not present, so that it equals every other absent one."""
    plain: list[Integers | Truths] = []
    for key in keys:
        if isinstance(key, tuple):
            plain += [np.where(key[1], key[0], 0), key[1]]
        else:
            plain.append(key)
    return plain


def counted_distinct(owners: Integers, size: int, *keys: Key) -> Integers:
    """How many distinct keys each subject has."""
    columns: list[Integers | Truths] = [owners, *keyed(keys)]
    order = np.lexsort(columns[::-1])
    firsts = changes(*(column[order] for column in columns))
    return np.bincount(owners[order[firsts]], minlength=size)


def sum_of_least(owners: Integers, size: int, values: Integers, *keys: Key) -> Integers:
    """For each distinct key the least value, summed."""
    columns: list[Integers | Truths] = [owners, *keyed(keys)]
    order = np.lexsort([values, *columns[::-1]])
    firsts = order[changes(*(column[order] for column in columns))]
    return summed(owners[firsts], size, values[firsts])


def runs(owners: Integers, values: Integers) -> tuple[Integers, Integers, Integers]:
    """The runs of consecutive values: the owner, the first value and the last value of each."""
    order = np.lexsort([values, owners])
    owners, values = owners[order], values[order].astype(np.int64)
    new = np.zeros(owners.size, np.bool_)
    new[:1] = True
    new[1:] = (owners[1:] != owners[:-1]) | ((values[1:] != values[:-1]) & (values[1:] != values[:-1] + 1))
    firsts = np.flatnonzero(new)
    lasts = np.append(firsts[1:], owners.size) - 1
    return owners[firsts], values[firsts], values[lasts]


def longest_run(owners: Integers, size: int, values: Integers) -> Integers:
    """The length of the longest run of consecutive values."""
    result = np.zeros(size, np.int64)
    if owners.size:
        of, first, last = runs(owners, values)
        starts = changes(of)
        result[of[starts]] = np.maximum.reduceat(last - first + 1, starts)
    return result


def streak(owners: Integers, size: int, values: Integers, start: Integers | int) -> Integers:
    """How many of start, start - 1, … stand without a gap among the values."""
    result = np.zeros(size, np.int64)
    if owners.size:
        of, first, last = runs(owners, values)
        begins = start[of].astype(np.int64) if isinstance(start, np.ndarray) else np.int64(start)
        within = (first <= begins) & (begins <= last)
        result[of[within]] = (begins - first + 1)[within]
    return result
