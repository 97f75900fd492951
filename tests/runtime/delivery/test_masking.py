"""No secret survives."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from fql.runtime.delivery.masking import MASK, Masker, secrets_in

if TYPE_CHECKING:
    from collections.abc import Callable

SECRETS = st.text(st.characters(codec="utf-8"), min_size=5, max_size=30)
SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": lambda secret: f"a {secret} b",
    "in a path": lambda secret: quote(secret, safe=""),
    "in a path with slashes": quote,
    "in lower case escapes": lambda secret: urlencode({"k": secret}).lower(),
    "in a form": quote_plus,
    "in JSON": lambda secret: json.dumps({"a": secret}),
    "in JSON as UTF-8": lambda secret: json.dumps([secret], ensure_ascii=False),
    "in a message": lambda secret: f"{{'a': {secret!r}}}",
    "in ASCII": ascii,
    "in basic authentication": lambda secret: _base64(f":{secret}"),
    "behind a name": lambda secret: _base64(f"me:{secret}"),
    "behind a longer name": lambda secret: _base64(f"you:{secret}"),
    "in a token": lambda secret: _base64(f"{secret}:x", b"-_"),
}


def _base64(text: str, others: bytes = b"+/") -> str:
    return base64.b64encode(text.encode(), others).decode()


@pytest.mark.parametrize("how", SPELLINGS)
@given(secret=SECRETS)
def test_no_spelling_of_a_secret_survives(how: str, secret: str) -> None:
    """Law: what is left does not hold the spelling any more."""
    spelled = SPELLINGS[how](secret)
    masked = Masker([secret])(spelled)
    if how != "in lower case escapes" or secret.islower():
        assert MASK in masked


@given(texts=st.text(max_size=50), secrets=st.lists(st.text(max_size=3), max_size=3))
def test_short_secrets_and_no_secrets_mask_nothing(
    texts: str, secrets: list[str]
) -> None:
    """Law: what may stand anywhere by chance is not masked."""
    short = [each for each in secrets if each.isalnum() and each.isascii()]
    assert Masker(short)(texts) == texts


def test_the_longest_secret_is_masked_first() -> None:
    masker = Masker(["secret", "secret-and-more"])
    assert masker("a secret-and-more secret") == f"a {MASK} {MASK}"


@given(secret=SECRETS, before=st.integers(0, 60), length=st.integers(0, 40))
def test_no_beginning_ends_in_a_secret(secret: str, before: int, length: int) -> None:
    """Law: wherever a body is cut, no more than two characters are seen of a secret."""
    whole = "." * before + secret * 20
    shown = Masker([secret]).beginning(whole.encode(), length)
    assert len(shown) <= length
    rest = shown.lstrip(".").replace(MASK, "").strip("*")
    assert len(rest) <= 2 or secret[:3] not in rest


def test_a_beginning_is_the_beginning() -> None:
    assert Masker([]).beginning(b"abcdef", 3) == "abc"
    assert Masker(["x-secret"]).beginning("äöü".encode(), 10) == "äöü"
    assert Masker([]).beginning(b"\xff\xfe", 10) == "\ufffd\ufffd"


def test_addresses_are_shown_without_who_is_calling() -> None:
    masker = Masker(["my secret"])
    url = "https://me:pw@crm.test:8/a%20b?key=my+secret#x"
    assert masker.url(url) == f"https://crm.test:8/a%20b?key={MASK}#x"
    assert masker.url("http://[my secret") == f"http://[{MASK}"


def test_secrets_are_found_at_any_depth() -> None:
    secret = SecretStr("deep")
    found = secrets_in({"a": [{"b": secret}, "open"], "c": SecretStr("flat"), "d": 1})
    assert sorted(found) == ["deep", "flat"]


def test_broken_texts_can_be_secrets() -> None:
    assert Masker(["ab\udcffcd", ""])("x ab\udcffcd") == f"x {MASK}"
