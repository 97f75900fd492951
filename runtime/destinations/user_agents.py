"""What a browser's user agent tells of the device, with ua-parser where installed."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fql.compiler.values import Json

DEVICE_MEMBERS = ("os_name", "os_version", "device_manufacturer", "device_model")
"""The members of an Amplitude event that a user agent may tell, in their order."""


def device_of(user_agent: Json, hints: Json) -> Mapping[str, str]:
    """Return the members of an Amplitude event that a user agent tells.

    Args:
        user_agent: The text that the browser sent.
        hints: The ``model`` and ``platformVersion`` of client hints, which are more
            exact.

    Returns:
        ``os_name``, ``os_version``, ``device_manufacturer`` and ``device_model`` as far
        as they are known; nothing where ua-parser, of the extra ``delivery``, is not
        installed.
    """
    told = hints if isinstance(hints, dict) else {}
    parsed = _parsed(user_agent) if isinstance(user_agent, str) else {}
    exact = {
        "os_version": told.get("platformVersion"),
        "device_model": told.get("model"),
    }
    known = {key: value for key, value in exact.items() if isinstance(value, str)}
    return {**parsed, **known}


def _parsed(user_agent: str) -> dict[str, str]:
    try:
        parser = import_module("ua_parser")
    except ImportError:
        return {}
    result = parser.parse(user_agent)
    system, browser, device = result.os, result.user_agent, result.device
    told = {
        "os_name": system.family if system else browser and browser.family,
        "os_version": browser and browser.major,
        "device_manufacturer": device and device.brand,
        "device_model": (device and device.model) or (system and system.family),
    }
    return {key: value for key, value in told.items() if value}
