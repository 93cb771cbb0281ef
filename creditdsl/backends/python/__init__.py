"""The Python backend: a program of the core as one readable module that needs the standard library alone."""
