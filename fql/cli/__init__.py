"""The command line: one module a command."""

from fql.cli.program import main

__all__ = ["main"]
