"""The shapes that a field's text may be asked to have, each checked in linear time.

Accepted is what Ajv 8 with its full formats (ajv-formats 2) accepts, observed from its
answers; that is mostly what the RFCs say, and each function names where it is not. No
pattern backtracks: every repetition is possessive or of bounded length.

This module changes no text, and does not know which field a text is in.
"""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv6Address
from typing import TYPE_CHECKING, assert_never

from fql.compiler.date_texts import is_date, is_date_time, is_time
from fql.compiler.field_specs import Format
from fql.compiler.js_regex import is_js_regex

if TYPE_CHECKING:
    from collections.abc import Callable

_FLAGS = re.ASCII | re.IGNORECASE


def format_test(wanted: Format) -> Callable[[str], bool] | None:
    """Return the test of a format, or None where every text passes."""
    match wanted:
        case Format.DATE:
            return is_date
        case Format.TIME:
            return is_time
        case Format.DATE_TIME:
            return is_date_time
        case Format.URI:
            return is_uri
        case Format.URI_REFERENCE:
            return is_uri_reference
        case Format.URI_TEMPLATE:
            return is_uri_template
        case Format.EMAIL:
            return is_email
        case Format.HOSTNAME:
            return is_hostname
        case Format.IPV4:
            return is_ipv4
        case Format.IPV6:
            return is_ipv6
        case Format.REGEX:
            return is_regex
        case Format.UUID:
            return is_uuid
        case Format.PASSWORD | Format.TEXT:
            return None
        case _:
            assert_never(wanted)


# --- names and addresses ----------------------------------------------------------

_LABEL = r"[a-z0-9]++(?:-++[a-z0-9]++)*+"
_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]++"
_EMAIL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*+@{_LABEL}(?:\.{_LABEL})++", _FLAGS)
_HOSTNAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*+", _FLAGS)
_OCTET = re.compile(r"\d{1,3}", re.ASCII)
_UUID = re.compile(r"(?:urn:uuid:)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", _FLAGS)

_LONGEST_HOSTNAME = 253
_LONGEST_LABEL = 63
_LONGEST_IPV6 = 45


def is_email(text: str) -> bool:
    """Return whether *text* is an address of ASCII atoms at a domain with a dot.

    Quoted local parts and address literals, which RFC 5321 has, are none.
    """
    return _EMAIL.fullmatch(text) is not None


def is_hostname(text: str) -> bool:
    """Return whether *text* is an RFC 1123 host name; it may end in one dot."""
    name = text.removesuffix(".")
    if not 1 <= len(name) <= _LONGEST_HOSTNAME or not _HOSTNAME.fullmatch(name):
        return False
    return all(len(label) <= _LONGEST_LABEL for label in name.split("."))


def is_ipv4(text: str) -> bool:
    """Return whether *text* is a dotted quad; leading zeros are allowed."""
    octets = text.split(".", 4)
    return len(octets) == 4 and all(
        _OCTET.fullmatch(octet) and int(octet) <= 255 for octet in octets
    )


def is_ipv6(text: str) -> bool:
    """Return whether *text* is an IPv6 address without brackets and zone."""
    if len(text) > _LONGEST_IPV6 or "%" in text:
        return False
    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True


def is_uuid(text: str) -> bool:
    """Return whether *text* is a UUID of any version, perhaps as a URN."""
    return _UUID.fullmatch(text) is not None


_ABSOLUTE_END = re.compile(r"[^\\]\\Z")


def is_regex(text: str) -> bool:
    r"""Return whether *text* is a JavaScript regular expression without ``\Z``."""
    return is_js_regex(text) and _ABSOLUTE_END.search(text) is None


# --- URIs (RFC 3986, RFC 6570) ----------------------------------------------------

_ESCAPE = "%[0-9a-f]{2}"
_PLAIN = r"a-z0-9\-._~!$&'()*+,;="


def _uri_pattern(extra: str, *, is_reference: bool) -> re.Pattern[str]:
    """Compile the pattern of a URI, *extra* being allowed in all but its authority.

    An authority without brackets is made of the characters of a path, so only one
    with an IP literal needs a form of its own.
    """
    path = rf"(?:[{_PLAIN}{extra}:@/]++|{_ESCAPE})"
    tail = rf"(?:[{_PLAIN}{extra}:@/?]++|{_ESCAPE})*+"
    scheme = r"[a-z][a-z0-9+\-.]*+:"
    user = rf"(?:(?:[{_PLAIN}:]++|{_ESCAPE})*+@)?"
    literal = rf"//?{user}\[(?P<literal>[^\]]*+)\](?::\d*+)?(?:/{path}*+)?"
    if is_reference:
        # A scheme, too, is made of the characters of a path.
        place = rf"(?:(?:{scheme})?{literal}|{path}*+)"
    else:
        place = rf"{scheme}(?:{literal}|{path}++)"
    return re.compile(rf"{place}(?:\?{tail})?(?:\#{tail})?", _FLAGS)


_URI = _uri_pattern("", is_reference=False)
_URI_REFERENCE = _uri_pattern('"', is_reference=True)
_FUTURE_ADDRESS = re.compile(rf"v[0-9a-f]++\.[{_PLAIN}:]++", _FLAGS)

_VARIABLE = rf"(?:[a-z0-9_]|{_ESCAPE})++(?::[1-9][0-9]{{0,3}}|\*)?"
_URI_TEMPLATE = re.compile(
    rf"(?:[^\x00-\x20\"'<>%\\^`{{|}}]|{_ESCAPE}"
    rf"|\{{[+#./;?&=,!@|]?{_VARIABLE}(?:,{_VARIABLE})*+\}})*+",
    _FLAGS,
)


def is_uri(text: str) -> bool:
    """Return whether *text* is an absolute URI: a scheme and something after it.

    Stricter than RFC 3986 in that nothing at all after the scheme is refused.
    """
    return _is_uri(_URI.fullmatch(text))


def is_uri_reference(text: str) -> bool:
    """Return whether *text* is a URI, a part of one, or empty.

    A double quote is allowed where a path, query or fragment may hold a character.
    """
    return _is_uri(_URI_REFERENCE.fullmatch(text))


def is_uri_template(text: str) -> bool:
    """Return whether *text* is an RFC 6570 template."""
    return _URI_TEMPLATE.fullmatch(text) is not None


def _is_uri(found: re.Match[str] | None) -> bool:
    if found is None:
        return False
    literal = found["literal"]
    if literal is None or is_ipv6(literal):
        return True
    return _FUTURE_ADDRESS.fullmatch(literal) is not None
