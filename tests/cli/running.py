"""The command line as tests call it: in this process, and as a program of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from fql.cli import main

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fql.compiler.values import Json

FQL = Path(sys.executable).with_name("fql")
"""The installed command."""

PROGRAM = """\
source site {}

destination crm: stdout from site {
  filter "staff" when userId = "staff" { drop }

  mapping "Order" when event = "Order Completed" send send { id: properties.id }
}
"""
ORDER: dict[str, Json] = {
    "type": "track",
    "event": "Order Completed",
    "userId": "u1",
    "messageId": "m1",
    "properties": {"id": "o-1"},
}
STAFF: dict[str, Json] = {"type": "page", "userId": "staff"}
NOBODY: dict[str, Json] = {"type": "page"}
OTHER: dict[str, Json] = {"type": "page", "userId": "u2"}


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        """The values of the JSON lines on standard output."""
        return [json.loads(line) for line in self.out.splitlines()]


def fql(
    *arguments: object,
    stdin: bytes | None = None,
    environment: Mapping[str, str] | None = None,
) -> Ended:
    """Run the command in this process. A mistake of ours is raised, not shown."""
    variables = {"FQL_DEBUG": "1", **(environment or {})}
    result = CliRunner().invoke(
        main, [str(each) for each in arguments], input=stdin, env=variables
    )
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    out, err = result.stdout_bytes.decode(), result.stderr_bytes.decode()
    return Ended(result.exit_code, out, err)


def fql_process(*arguments: object, stdin: bytes = b"") -> Ended:
    """Run the installed command as a process."""
    done = subprocess.run(
        [FQL, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        check=False,
        timeout=60,
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def ndjson(*events: object) -> bytes:
    """Return *events* as JSON lines."""
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)
