"""Tokens as they are kept: for whoever has the settings, and for nobody else."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fql.runtime.delivery.oauth import Client, MemoryTokens, Tokens
from fql.runtime.delivery.sealed_tokens import SealedTokens, seal, unseal

CREDENTIALS = Client("https://login.test/token", "me", "planted secret", "read")
REFRESHED = replace(CREDENTIALS, refresh="planted refresh")
ANOTHER = "a new one"
TOKENS = Tokens("planted access", "planted next", 5.0)


@settings(max_examples=25)
@given(text=st.text(), secret=st.binary(), other=st.binary())
def test_only_its_secret_opens_a_text(text: str, secret: bytes, other: bytes) -> None:
    """Law: unsealing undoes sealing, with the same secret alone."""
    sealed = seal(text, secret)
    assert unseal(sealed, secret) == text
    assert (unseal(sealed, other) is None) == (secret != other)


@settings(max_examples=25)
@given(st.text(min_size=1), st.data())
def test_what_was_changed_does_not_open(text: str, data: st.DataObject) -> None:
    """Law: no changed byte passes."""
    sealed = bytearray(b64decode(seal(text, b"secret")))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    assert unseal(b64encode(sealed).decode(), b"secret") is None


@pytest.mark.parametrize("text", ["", "plain", "AAAA", "é", "a" * 100])
def test_what_is_not_sealed_is_nothing(text: str) -> None:
    assert unseal(text, b"secret") is None


def test_a_text_never_looks_the_same() -> None:
    assert seal("a", b"secret") != seal("a", b"secret")


@pytest.mark.parametrize("client", [CREDENTIALS, REFRESHED])
@pytest.mark.parametrize("tokens", [TOKENS, replace(TOKENS, refresh=None)])
def test_a_store_holds_no_token(client: Client, tokens: Tokens) -> None:
    store = MemoryTokens()
    sealed = SealedTokens(store, client)
    assert sealed.load("crm") is None
    sealed.save("crm", tokens)
    kept = store.kept["crm"]
    assert "planted" not in f"{kept.access} {kept.refresh}"
    assert SealedTokens(store, client).load("crm") == tokens


@pytest.mark.parametrize(
    ("client", "other", "is_same"),
    [
        (REFRESHED, replace(REFRESHED, refresh="a new one"), False),
        (REFRESHED, replace(REFRESHED, url="https://other.test/token"), False),
        (REFRESHED, replace(REFRESHED, secret=ANOTHER), True),
        (CREDENTIALS, replace(CREDENTIALS, id="somebody else"), False),
        (CREDENTIALS, replace(CREDENTIALS, secret=ANOTHER), False),
        (CREDENTIALS, replace(CREDENTIALS, scope="read write"), False),
    ],
)
def test_other_settings_have_other_tokens(
    client: Client, other: Client, is_same: bool
) -> None:
    store = MemoryTokens()
    SealedTokens(store, client).save("crm", TOKENS)
    assert SealedTokens(store, other).load("crm") == (TOKENS if is_same else None)
