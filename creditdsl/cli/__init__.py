"""The command line: one module a command, imported only when it is asked for.

A command's module has one public function, `command(language) -> click.Command`, so that every text of it is in the
reader's language. The callback gets the `Session` by `click.pass_obj`, writes results to standard output and everything
else to standard error, and raises `PolicyError` for what the author must mend.
"""
