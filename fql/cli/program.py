"""The command ``fql``: its subcommands, each loaded when it is asked for.

Exit codes: 0 for success, 1 where what was checked has errors, 2 for wrong use.
`endings.py` has the rest.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import click

from fql.cli.endings import ended_well

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "run": "fql.cli.run",
        "deliver": "fql.cli.deliver",
        "outbox": "fql.cli.outbox",
        "overview": "fql.cli.overview",
        "check": "fql.cli.check",
        "schema": "fql.cli.schema",
        "overlaps": "fql.cli.overlaps",
        "fmt": "fql.cli.fmt",
        "test": "fql.cli.test",
        "eval": "fql.cli.eval",
        "example": "fql.cli.example",
        "explain": "fql.cli.explain",
        "repl": "fql.cli.repl",
        "compile": "fql.cli.compile",
        "convert": "fql.cli.convert",
        "fields": "fql.cli.fields",
        "destinations": "fql.cli.destinations",
        "init": "fql.cli.init",
        "test-event": "fql.cli.try_event",
        "test-mapping": "fql.cli.try_mapping",
        "test-authentication": "fql.cli.try_authentication",
        "delete-user": "fql.cli.delete_user",
        "preview": "fql.cli.preview",
        "preview-mapping": "fql.cli.preview_mapping",
        "export": "fql.cli.export",
        "migrate": "fql.cli.migrate",
        "explain-code": "fql.cli.explain_code",
    }
)
"""Where each subcommand is: a module with a `click.Command` named ``command``."""


NEW_OBJECTS = 50_000
"""How many more objects there must be before a command looks for garbage.

While it is loaded and compiles its rules, what comes stays: to look through it each 700
objects, as Python does by default, is a tenth of the time to the first event. Later on
there are seldom so many more.
"""


class Program(click.Group):
    """A group that imports a command's module only for that command."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the subcommands in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the subcommand of that name, or None."""
        home = COMMANDS.get(cmd_name)
        if home is None:
            return None
        command: click.Command = import_module(home).command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the subcommand; its number is the exit code, and no fault shows raw."""
        with ended_well(), _collecting_less_often():
            code = super().invoke(ctx)
        ctx.exit(code if isinstance(code, int) else 0)


@contextmanager
def _collecting_less_often() -> Generator[None]:
    usual = gc.get_threshold()
    gc.set_threshold(NEW_OBJECTS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@click.group(
    "fql", cls=Program, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(package_name="fql", message="%(prog)s %(version)s")
def main() -> None:
    """Compile trigger expressions, filters and mappings, and run events past them."""
