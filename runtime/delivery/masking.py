"""Secrets out of everything that is kept, shown or logged.

Masked is by value: whatever a secret setting or a token is, it is masked wherever it
turns up, in any of the spellings that requests use.
"""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, final
from urllib.parse import quote, quote_plus, urlsplit, urlunsplit

from pydantic import SecretStr

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fql.runtime.workspace_parts import Setting

MASK = "********"

SHORTEST = 4
"""Characters of the shortest secret that is looked for: shorter ones are everywhere."""

_SHORTEST_BASE64 = 6
"""Characters of the shortest Base64 text that is looked for."""

_ESCAPE = re.compile("%[0-9A-F]{2}")


@final
class Masker:
    """Masks secrets in texts. It never changes.

    Args:
        secrets: The texts that must not be seen.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        spellings = {
            spelling
            for secret in secrets
            for spelling in _spellings(secret)
            if len(spelling) >= SHORTEST
        }
        longest_first = sorted(spellings, key=lambda each: (-len(each), each))
        pattern = "|".join(map(re.escape, longest_first))
        self._pattern = re.compile(pattern) if pattern else None
        self._longest = max(map(len, spellings), default=0)

    def __call__(self, text: str) -> str:
        """Return *text* with every secret masked."""
        return text if self._pattern is None else self._pattern.sub(MASK, text)

    def beginning(self, data: bytes, length: int) -> str:
        """Return the first *length* characters of *data* as masked text.

        More than that is masked: what is cut in the middle of a secret is none that
        would be known, so nothing is shown of what stands next to the cut.
        """
        most = 4 * (length + self._longest)
        text = self(data[:most].decode("utf-8", "replace"))
        if len(data) > most:
            text = text[: max(0, len(text) - self._longest)]
        return text[:length]

    def url(self, url: str) -> str:
        """Return *url* without who is calling, and with every secret masked."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return self(url)
        host = parts.netloc.rpartition("@")[2]
        return self(urlunsplit(parts._replace(netloc=host)))


def secrets_in(settings: Mapping[str, Setting]) -> Iterator[str]:
    """Yield the secrets among *settings*, nested ones too."""
    yield from _secrets(list(settings.values()))


def _secrets(value: Setting) -> Iterator[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, list):
        for each in value:
            yield from _secrets(each)
    elif isinstance(value, dict):
        yield from _secrets(list(value.values()))


def _spellings(secret: str) -> Iterator[str]:
    """Yield a secret as it is, and as requests, answers and messages spell it."""
    if not secret:
        return
    yield secret
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield repr(secret)[1:-1]
    yield ascii(secret)[1:-1]
    for spelled in (
        quote(secret, safe="", errors="surrogatepass"),
        quote(secret, errors="surrogatepass"),
        quote_plus(secret, errors="surrogatepass"),
    ):
        yield spelled
        yield _ESCAPE.sub(lambda found: found[0].lower(), spelled)
    yield from _in_base64(secret.encode("utf-8", "surrogatepass"))


def _in_base64(data: bytes) -> Iterator[str]:
    """Yield what is in any Base64 text of something that holds *data*.

    Basic authentication puts a name before it. So it has one of three forms, whose ends
    depend on what is beside them and are left off.
    """
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + data)
        start, end = -(-8 * before // 6), 8 * (before + len(data)) // 6
        core = encoded[start:end].decode()
        if len(core) >= _SHORTEST_BASE64:
            yield core
            yield core.replace("+", "-").replace("/", "_")
