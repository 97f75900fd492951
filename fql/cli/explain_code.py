"""``fql explain-code``: what a code means, with examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from fql.cli.output import heading, say
from fql.grammar.diagnostics import Code

if TYPE_CHECKING:
    from fql.grammar.codes import CodePage

_PREFIX = "FQL"


def complete_code(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the codes that start as *incomplete* does, with their titles."""
    from fql.grammar.codes import pages

    start = incomplete.upper()
    return [
        CompletionItem(page.code.value, help=page.title)
        for page in pages().values()
        if page.code.startswith(start)
    ]


@click.command("explain-code", short_help="Say what a code means.")
@click.argument("code", required=False, shell_complete=complete_code)
def command(code: str | None) -> int:
    """Print what CODE means, with a text that gives it and one that does not.

    CODE is one such as FQL204, or its number. Without it, all codes are listed.
    """
    from fql.grammar.codes import pages

    if code is not None:
        say(_explained(pages()[_as_code(code)]))
        return 0
    for page in pages().values():
        say(f"{page.code}  {page.title}")
    return 0


def _as_code(text: str) -> Code:
    """Return the code that *text* names, in any letter case, with its letters or not.

    Raises:
        BadParameter: There is none.
    """
    name = _PREFIX + text.upper().removeprefix(_PREFIX)
    if name not in set(Code):
        message = f"there is no code {text!r}; `fql explain-code` lists all"
        raise click.BadParameter(message, param_hint="CODE")
    return Code(name)


def _explained(page: CodePage) -> str:
    """Return *page* as text for a terminal."""
    parts = [heading(f"{page.code}: {page.title}"), page.text]
    if page.failing_note or page.failing:
        parts += [heading("Reported:"), page.failing_note, _indented(page.failing)]
    if page.fixed:
        parts += [heading("Not reported:"), _indented(page.fixed)]
    return "\n\n".join(part for part in parts if part)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())
