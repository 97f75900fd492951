"""Logs of delivery: what fails is told, as lines for people or as JSON.

Everything goes through the standard library's logging, to loggers below ``fql``. What
this module sets up, for a command or for an embedder, lasts as long as its block.
Secrets are masked in the whole line, whoever wrote it: HTTP libraries log URLs.
"""

from __future__ import annotations

import json
import logging
import re
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, final

from fql.runtime.delivery.jobs import State
from fql.runtime.delivery.masking import MASK, Masker, secrets_in

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from typing import TextIO

    from fql.runtime.delivery.jobs import Claim, Result
    from fql.runtime.workspace import Workspace

LogForm: TypeAlias = Literal["human", "json"]
"""How lines are written."""

LIBRARIES = (
    *("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2"),
    *("httpcore.proxy", "httpcore.socks"),
)
"""Loggers of libraries that write of requests."""

_LOG = logging.getLogger("fql.delivery")

_CREDENTIALS = re.compile(r"(?i)\b(bearer|basic)( +)[^\s'\",;)]+")
_USER = re.compile(r"(\w+://)[^\s/@'\"]+@")

_LEVELS: Mapping[State, int] = {
    State.DELIVERED: logging.DEBUG,
    State.PENDING: logging.WARNING,
    State.CLAIMED: logging.WARNING,
    State.DEAD: logging.ERROR,
}
_WORDS: Mapping[State, str] = {
    State.DELIVERED: "delivered to %s",
    State.PENDING: "not delivered to %s, tried again: %s",
    State.CLAIMED: "not delivered to %s, tried again: %s",
    State.DEAD: "given up for %s: %s",
}


def log_result(claim: Claim, result: Result) -> None:
    """Log what became of a payload: failures as warnings, the last one as an error.

    What makes up the line is in the record's ``fql`` too, which JSON lines show.
    """
    level = _LEVELS[result.state]
    if not result.is_attempt or not _LOG.isEnabledFor(level):
        return
    job = claim.job
    told: dict[str, object] = {
        "destination": job.destination,
        "mapping": job.mapping,
        "messageId": job.message_id,
        "key": job.key,
        "attempt": claim.attempt,
        "state": result.state.value,
        "reason": result.reason or None,
        "detail": result.detail or None,
        "status": result.status,
    }
    why = () if result.state is State.DELIVERED else (_why(result),)
    where = f"{job.destination}/{job.mapping}"
    known = {key: value for key, value in told.items() if value is not None}
    _LOG.log(level, _WORDS[result.state], where, *why, extra={"fql": known})


def _why(result: Result) -> str:
    return f"{result.reason} {result.detail}".strip()


# --- secrets --------------------------------------------------------------------------


def masker_for(workspace: Workspace) -> Callable[[str], str]:
    """Return what masks the secrets of a program in any text.

    Besides the settings that are secret, it masks what stands before the host in URLs
    and what follows ``Bearer`` and ``Basic``: tokens are no settings.
    """
    settings = [each.settings for each in workspace.destinations]
    settings += [each.settings for each in workspace.sources]
    mask = Masker([secret for each in settings for secret in secrets_in(each)])

    def masked(text: str) -> str:
        text = _CREDENTIALS.sub(rf"\1\2{MASK}", mask(text))
        return _USER.sub(rf"\1{MASK}@", text)

    return masked


@final
class MaskingFilter(logging.Filter):
    """Masks secrets in records: the message, what is in it, and what was raised.

    Args:
        mask: Masks the secrets in a text.
    """

    def __init__(self, mask: Callable[[str], str]) -> None:
        super().__init__()
        self._mask = mask

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask *record*, and let it pass."""
        record.msg, record.args = self._mask(record.getMessage()), None
        if record.exc_info:
            text = logging.Formatter().formatException(record.exc_info)
            record.exc_text, record.exc_info = self._mask(text), None
        elif record.exc_text:
            record.exc_text = self._mask(record.exc_text)
        told = getattr(record, "fql", None)
        if isinstance(told, dict):
            record.fql = {key: self._plain(value) for key, value in told.items()}
        return True

    def _plain(self, value: object) -> object:
        return self._mask(value) if isinstance(value, str) else value


@contextmanager
def masked_libraries(mask: Callable[[str], str]) -> Generator[None]:
    """Mask what HTTP libraries log, wherever it goes, as long as the block lasts."""
    with ExitStack() as stack:
        masking = MaskingFilter(mask)
        for name in LIBRARIES:
            logger = logging.getLogger(name)
            logger.addFilter(masking)
            stack.callback(logger.removeFilter, masking)
        yield


# --- lines ----------------------------------------------------------------------------


@final
class JsonFormatter(logging.Formatter):
    """Makes one line of JSON of a record."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        told: dict[str, Any] = {
            "time": _moment(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        told |= getattr(record, "fql", {})
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        elif record.exc_text:
            told["exception"] = record.exc_text
        return json.dumps(told, ensure_ascii=False, default=str)


@final
class HumanFormatter(logging.Formatter):
    """Makes one line for people of a record; what was raised follows it."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(message)s")

    def formatTime(  # noqa: N802 - the base class names it
        self, record: logging.LogRecord, datefmt: str | None = None
    ) -> str:
        """Return when it was, in UTC."""
        return _moment(record.created)


def _moment(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@contextmanager
def logging_to(
    stream: TextIO,
    *,
    form: LogForm,
    level: int,
    mask: Callable[[str], str],
) -> Generator[None]:
    """Write what is logged below ``fql`` to *stream*, as long as the block lasts.

    Args:
        stream: Where lines go.
        form: How they are written.
        level: What is less than this is not written.
        mask: Masks the secrets in a text.
    """
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter() if form == "json" else HumanFormatter())
    handler.addFilter(MaskingFilter(mask))
    logger = logging.getLogger("fql")
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(level)
    try:
        with masked_libraries(mask):
            yield
    finally:
        logger.setLevel(before)
        logger.removeHandler(handler)
        handler.close()
