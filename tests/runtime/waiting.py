"""Pauses that take no time, and are written down."""

from __future__ import annotations

from fql.runtime.public_api import Pauses

NOW = 1_785_542_400.0
"""2026-08-01T00:00:00Z"""


class Waiting:
    """What was waited for: `pauses` writes it to `seconds`."""

    def __init__(self, fraction: float = 1.0) -> None:
        self.seconds: list[float] = []
        self.pauses = Pauses(self.seconds.append, lambda: NOW, lambda: fraction)
