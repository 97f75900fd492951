"""The original's engines, in V8.

Usage: ``python -m benchmarks.original`` installs their packages in `FOLDER` by npm.

They run in a process of Node.js that times itself, so that nothing between the two
languages counts. Its events are parsed and its rules read before.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from benchmarks.hand_triggers import Event

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parent / ".peers"

PACKAGES = {
    "subscriptions": ("@segment/destination-subscriptions", "3.37.0"),
    "device": ("@segment/tsub", "2.0.1"),
}
"""The package and the version of each engine."""


class Original:
    """A process that asks the engines.

    Args:
        to_node: Where requests go, a line each.
        from_node: Where answers come from.
        events: What they are asked about.
    """

    def __init__(
        self, to_node: IO[str], from_node: IO[str], events: Sequence[Event]
    ) -> None:
        self._to_node = to_node
        self._from_node = from_node
        self._ask(events=events)

    def compile(self, engine: str, text: str) -> int:
        """Return the number of a test. Raises: RuntimeError, if the text is refused."""
        number: int = self._ask(engine=engine, text=text)
        return number

    def answers(self, test: int) -> list[bool]:
        """Return what a test says of each event."""
        given: list[bool] = self._ask(answers=test)
        return given

    def time(self, test: int, at: Sequence[int]) -> int:
        """Return the nanoseconds of the events of those numbers, by its own clock."""
        taken: int = self._ask(time=test, at=at)
        return taken

    def _ask(self, **request: object) -> Any:
        self._to_node.write(f"{json.dumps(request)}\n")
        self._to_node.flush()
        line = self._from_node.readline()
        if not line:
            raise RuntimeError("Node.js ended; what it said is above")
        return json.loads(line)


def missing() -> str:
    """Return why the engines cannot run; empty if they can."""
    if shutil.which("node") is None:
        return "Node.js is not installed"
    for name, version in PACKAGES.values():
        file = FOLDER / "node_modules" / name / "package.json"
        if not file.is_file():
            return f"{name} is not installed"
        found = json.loads(file.read_text(encoding="utf-8"))["version"]
        if found != version:
            return f"{name} is {found}, not {version}"
    return ""


@contextmanager
def started(events: Sequence[Event]) -> Generator[Original]:
    """Run the engines for as long as the context lasts."""
    node = shutil.which("node")
    if node is None:
        raise FileNotFoundError("node")
    command = [node, str(HERE / "original.js"), str(FOLDER)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise AssertionError("both are pipes")
        try:
            yield Original(process.stdin, process.stdout, events)
        finally:
            process.kill()


def install() -> None:
    """Install the packages, and nothing that they would run."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is not installed: the original's engines are left out")
    FOLDER.mkdir(exist_ok=True)
    wanted = [f"{name}@{version}" for name, version in PACKAGES.values()]
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(FOLDER)]
    done = subprocess.run([npm, "install", *options, *wanted], check=False)
    sys.exit(done.returncode)


if __name__ == "__main__":
    install()
