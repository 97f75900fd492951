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

_BASE64_TAIL = 4


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

    def __call__(self, text: str) -> str:
        """Return *text* with every secret masked."""
        return text if self._pattern is None else self._pattern.sub(MASK, text)

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
    """Yield a secret as it is, and as URLs, forms, JSON and basic auth have it.

    In basic authentication it stands behind a name, so that its Base64 has one of three
    forms; their ends, which depend on what is beside them, are left off.
    """
    if not secret:
        return
    yield secret
    yield quote(secret, safe="")
    yield quote(secret)
    yield quote_plus(secret)
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    data = secret.encode("utf-8", "surrogatepass")
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + data).decode().rstrip("=")
        core = encoded[_BASE64_TAIL if before else 0 : -_BASE64_TAIL]
        if len(core) >= 2 * SHORTEST:
            yield core
