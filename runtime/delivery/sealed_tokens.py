"""Tokens sealed before they are kept: a database, or a copy of it, gives none away.

What opens them is what a destination's settings hold and no database does: its refresh
token to start with, or else its client's secret. So tokens that were handed out for
other settings do not open, and count as none: whoever sets a new refresh token, because
the old one has expired, has that one used.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace
from typing import TYPE_CHECKING, final

from cryptography.fernet import Fernet, InvalidToken

if TYPE_CHECKING:
    from fql.runtime.delivery.oauth import Client, Tokens, TokenStore

ROUNDS = 20_000
"""How often a secret is hashed to make a key of it; some milliseconds."""

_SALT = 16
"""Bytes."""


@final
class SealedTokens:
    """Keeps the tokens of one client in *store*, so that only that client reads them.

    Args:
        store: Is handed sealed tokens alone.
        client: Whose settings open them.
    """

    def __init__(self, store: TokenStore, client: Client) -> None:
        self._store = store
        self._secret = _secret_of(client)

    def load(self, name: str) -> Tokens | None:
        """Return the tokens kept for a destination, or None if there are none of ours.

        Raises:
            StoreError: The store cannot be used.
        """
        kept = self._store.load(name)
        access = None if kept is None else unseal(kept.access, self._secret)
        if kept is None or access is None:
            return None
        refresh = None if kept.refresh is None else unseal(kept.refresh, self._secret)
        return replace(kept, access=access, refresh=refresh)

    def save(self, name: str, tokens: Tokens) -> None:
        """Keep the tokens of a destination.

        Raises:
            StoreError: The store cannot be used.
        """
        refresh = None if tokens.refresh is None else seal(tokens.refresh, self._secret)
        access = seal(tokens.access, self._secret)
        self._store.save(name, replace(tokens, access=access, refresh=refresh))


def _secret_of(client: Client) -> bytes:
    """Return what opens the tokens of a client.

    With a refresh token the client's secret is left out: it may be changed while the
    tokens live on, and the refresh token of now is kept nowhere else.
    """
    own = [client.refresh] if client.refresh else [client.secret, client.scope]
    return json.dumps([client.url, client.id, *own]).encode()


def seal(text: str, secret: bytes) -> str:
    """Return *text* as only *secret* opens it, in Base64. No two are the same.

    It is a Fernet token behind the salt of its key.

    >>> sealed = seal("a token", b"secret")
    >>> unseal(sealed, b"secret"), unseal(sealed, b"a guess")
    ('a token', None)
    """
    salt, data = secrets.token_bytes(_SALT), text.encode("utf-8", "surrogatepass")
    token = Fernet(_key(secret, salt)).encrypt(data)
    return b64encode(salt + urlsafe_b64decode(token)).decode()


def unseal(sealed: str, secret: bytes) -> str | None:
    """Return the text that was sealed, or None: of another secret, changed, or none."""
    try:
        data = b64decode(sealed, validate=True)
        salt, token = data[:_SALT], urlsafe_b64encode(data[_SALT:])
        text = Fernet(_key(secret, salt)).decrypt(token)
    except (ValueError, InvalidToken):
        return None
    return text.decode("utf-8", "surrogatepass")


def _key(secret: bytes, salt: bytes) -> bytes:
    """Return the key that a secret makes, as Fernet takes one."""
    # Hashed first: HMAC takes short secrets for the same if they end in other zeros.
    password = hashlib.sha256(secret).digest()
    return urlsafe_b64encode(hashlib.pbkdf2_hmac("sha256", password, salt, ROUNDS))
