"""A program as one module that scores whole columns with NumPy."""
