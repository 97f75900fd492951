"""The one exception that a mapping raises for an event."""

from __future__ import annotations


class MappingError(Exception):
    """An event for which a mapping has no payload.

    Only directive JSON can fail so, where the original fails: the mapping language has
    a value for every event.

    Attributes:
        message: What went wrong, without a full stop.
        member: Where in the payload, such as ``context.ip`` or ``items[0].id``; empty
            for the whole of it.
        path: Which field of the event was read, as the mapping writes it; empty where
            none or several were.
    """

    def __init__(self, message: str, member: str = "", path: str = "") -> None:
        super().__init__(message, member, path)
        self.message = message
        self.member = member
        self.path = path

    def __str__(self) -> str:
        member = f"`{self.member}`" if self.member else "the payload"
        path = f" (from `{self.path}`)" if self.path else ""
        return f"{member}: {self.message}{path}"
