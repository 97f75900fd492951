"""What can go wrong while a mapping builds one payload.

Only directives fail at run time, where the original does; mapping texts never do. A
payload that is built and does not fit its action is `field_errors.PayloadError`'s.
"""

from __future__ import annotations


class MappingError(ValueError):
    """A mapping has no payload for this event.

    Attributes:
        message: What is wrong, without a full stop.
        member: The member of the mapping, its keys joined by dots; may be empty.
        path: The path of the event that was read; may be empty.
    """

    def __init__(self, message: str, member: str = "", path: str = "") -> None:
        self.message = message
        self.member = member
        self.path = path
        super().__init__(message, member, path)

    def __str__(self) -> str:
        places = [
            f"{name} `{value}`"
            for name, value in (("in", self.member), ("from", self.path))
            if value
        ]
        return " ".join([self.message, *places])
