"""A rule language for credit policy and its compiler."""

__version__ = "0.1.0"
