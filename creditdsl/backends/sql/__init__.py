"""A policy as one SQL query for DuckDB, PostgreSQL (15 and later) or Spark SQL (4, in ANSI mode).

Everything that touches sqlglot stands in this package; `emit` is its door.
"""
