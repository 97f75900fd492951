"""What goes wrong at a destination, and whether trying again may help.

The classes and codes are those of the public actions library, so that reports of both
can be compared.
"""

from __future__ import annotations

from http import HTTPStatus

_RETRIED_BELOW_500 = frozenset({408, 423, 429})
_NOT_RETRIED_ABOVE = frozenset({501})


def is_retryable(status: int) -> bool:
    """Return whether a request that was answered with *status* is sent again.

    >>> is_retryable(503), is_retryable(501), is_retryable(429), is_retryable(400)
    (True, False, True, False)
    """
    if status >= 500:
        return status not in _NOT_RETRIED_ABOVE
    return status in _RETRIED_BELOW_500


def status_code_name(status: int) -> str:
    """Return the name of a status: ``NOT_FOUND``; ``UNKNOWN_ERROR`` for others."""
    try:
        return HTTPStatus(status).name
    except ValueError:
        return "UNKNOWN_ERROR"


class IntegrationError(Exception):
    """A payload that cannot be delivered.

    Attributes:
        message: Why, in a sentence.
        code: A name for the kind of failure.
        status: The HTTP status, or the nearest one.
        retryable: Whether trying again may help; follows from the status.
    """

    def __init__(self, message: str, code: str, status: int) -> None:
        self.message = message
        self.code = code
        self.status = status
        super().__init__(message)

    @property
    def retryable(self) -> bool:
        """Whether trying again may help."""
        return is_retryable(self.status)


class RetryableError(IntegrationError):
    """A failure that may pass."""

    def __init__(
        self, message: str, code: str = "RETRYABLE_ERROR", status: int = 500
    ) -> None:
        super().__init__(message, code, status)

    @property
    def retryable(self) -> bool:
        """Always: that is what the class says."""
        return True


class InvalidAuthenticationError(IntegrationError):
    """The destination does not accept the credentials."""

    def __init__(
        self, message: str, code: str = "INVALID_AUTHENTICATION", status: int = 401
    ) -> None:
        super().__init__(message, code, status)


class PayloadValidationError(IntegrationError):
    """The payload is not what the action takes."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "PAYLOAD_VALIDATION_FAILED", 400)
