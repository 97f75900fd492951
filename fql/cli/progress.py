"""How far a long reading is: a bar on standard error, where somebody sees it.

It needs a terminal, the package ``rich``, and patience: what is done at once has none.
Output that goes to the same terminal would tear it, so then there is none either.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from rich.progress import Progress as Bar

PATIENCE = 1.0
"""Seconds before a bar appears."""


class Progress:
    """Tells how much of an input has been read; use it as a context.

    Args:
        total: The bytes of the input, or None where nobody knows.
        clock: Gives the time in seconds.
    """

    def __init__(
        self, total: int | None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._total = total
        self._clock = clock
        self._due = clock() + PATIENCE
        self._is_wanted = _is_seen()
        self._bar: Bar | None = None

    def __call__(self, position: int) -> None:
        """Show that *position* bytes have been read."""
        if self._is_wanted and self._bar is None and self._clock() >= self._due:
            self._bar = _make_bar(self._total)
            self._is_wanted = self._bar is not None
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=position)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()


def _is_seen() -> bool:
    """Return whether a bar would be seen, and be alone."""
    if sys.stderr is None or not sys.stderr.isatty():
        return False
    return sys.stdout is None or not sys.stdout.isatty()


def _make_bar(total: int | None) -> Bar | None:
    """Return a bar that is shown from now on, or None without ``rich``."""
    try:
        from rich import progress
        from rich.console import Console
    except ImportError:
        return None
    bar = progress.Progress(
        progress.SpinnerColumn(),
        progress.BarColumn(),
        progress.TaskProgressColumn(),
        progress.DownloadColumn(),
        progress.TransferSpeedColumn(),
        progress.TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,
    )
    bar.add_task("events", total=total)
    bar.start()
    return bar
