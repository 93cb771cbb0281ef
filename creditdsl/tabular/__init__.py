"""A program as it is run over whole tables: what the columnar and the SQL backend and the batch engine share."""
