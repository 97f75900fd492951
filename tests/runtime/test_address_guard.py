"""Where requests may go."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from typing import Any

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.runtime import guarded_network
from fql.runtime.address_guard import RefusedAddressError, guard_for
from fql.runtime.guarded_network import GuardedNetwork

PRIVATE = [
    *("127.0.0.1", "127.255.0.3", "0.0.0.1", "0.1.2.3", "10.0.0.1", "172.16.0.1"),
    *("192.168.1.1", "169.254.169.254", "100.64.0.1", "198.18.0.1", "192.0.0.8"),
    *("224.0.0.1", "240.0.0.1", "255.255.255.255", "192.88.99.1", "192.0.2.1"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1"),
    *("fec0::1", "2001:db8::1", "::127.0.0.1", "64:ff9b:1::7f00:1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1"),
    *("2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:7f00:1::", "nonsense", ""),
]
PUBLIC = [
    *("8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700::1111"),
    *("::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"),
]
LOOPBACK = [
    *("127.0.0.1", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "0"),
    "::ffff:127.0.0.1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_public_is_refused(address: str) -> None:
    assert not guard_for([]).allows(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_is_allowed(address: str) -> None:
    assert guard_for([]).allows(address)


@given(number=st.integers(0, 2**32 - 1))
def test_no_private_address_of_ipv4_is_allowed_in_any_dress(number: int) -> None:
    """Law: an address of IPv4 inside one of IPv6 is judged like itself."""
    guard, plain = guard_for([]), ipaddress.IPv4Address(number)
    if not plain.is_global:
        assert not guard.allows(str(plain))
    for dress in (0xFFFF << 32, 0x64FF9B << 96):
        dressed = ipaddress.IPv6Address(dress | number)
        assert guard.allows(str(dressed)) == guard.allows(str(plain))


def test_what_is_named_is_allowed() -> None:
    guard = guard_for(["127.0.0.0/8", "fd00::/8", "169.254.1.1", "2002:7f00::/32"])
    for each in ("127.0.0.1", "::ffff:127.0.0.1", "fd12::1", "169.254.1.1"):
        assert guard.allows(each)
    assert guard.allows("2002:7f00:1::")
    assert not guard.allows("169.254.1.2")
    assert not guard.allows("::ffff:10.0.0.1")


def test_every_address_of_a_name_has_to_be_allowed() -> None:
    guard = guard_for(["CRM.internal"])
    assert guard.choose("a.test", ["8.8.8.8", "1.1.1.1"]) == ["8.8.8.8", "1.1.1.1"]
    with pytest.raises(RefusedAddressError, match=r"10\.0\.0\.1, which is no public"):
        guard.choose("a.test", ["8.8.8.8", "10.0.0.1"])
    assert guard.choose("crm.Internal", ["10.0.0.1"]) == ["10.0.0.1"]


# --- connections --------------------------------------------------------------------


def connect(host: str, *allow: str, port: int = 9) -> None:
    async def whole() -> None:
        network = GuardedNetwork(guard_for(allow))
        try:
            stream = await network.connect_tcp(host, port, timeout=2.0)
            await stream.aclose()
        finally:
            network.close()

    asyncio.run(whole())


@pytest.mark.parametrize("host", LOOPBACK)
def test_no_spelling_of_loopback_is_connected_to(host: str) -> None:
    with pytest.raises(RefusedAddressError):
        connect(host)


@pytest.mark.parametrize("host", LOOPBACK[:6])
def test_loopback_is_connected_to_where_it_is_allowed(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        connect(host, "127.0.0.0/8", "::1", port=port)


def looking_up(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let names stand for *answers*, one after the other; return what is asked."""
    asked: list[str] = []
    left = list(answers)

    def look_up(host: str, port: int) -> list[str]:
        asked.append(host)
        return left.pop(0)

    monkeypatch.setattr(guarded_network, "_look_up", look_up)
    return asked


def test_a_name_that_changes_its_mind_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = looking_up(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    connected: list[Any] = []

    async def below(self: object, host: str, *about: object) -> None:
        connected.append(host)
        raise httpcore.ConnectError("refused")

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", below)
    with pytest.raises(httpcore.ConnectError):
        connect("rebinding.test")
    with pytest.raises(RefusedAddressError):
        connect("rebinding.test")
    assert asked == ["rebinding.test"] * 2
    assert connected == ["8.8.8.8"]


def test_addresses_are_tried_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = [f"127.0.0.{number}" for number in range(2, 9)]
    looking_up(monkeypatch, many, [])
    tried: list[tuple[object, ...]] = []

    async def below(self: object, *about: object) -> None:
        tried.append(about[:3])
        raise httpcore.ConnectTimeout("late")

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", below)
    with pytest.raises(httpcore.ConnectTimeout):
        connect("many.test", "127.0.0.0/8")
    assert tried == [(f"127.0.0.{number}", 9, 0.5) for number in range(2, 6)]
    with pytest.raises(httpcore.ConnectError, match="has no address"):
        connect("none.test", "127.0.0.0/8")


def test_names_that_are_none_cannot_be_looked_up() -> None:
    for host in ("a" * 300, "..", "x\udcff"):
        with pytest.raises(httpcore.ConnectError, match="cannot be looked up"):
            connect(host)


def test_sockets_of_this_machine_are_refused() -> None:
    async def whole() -> None:
        network = GuardedNetwork(guard_for(["127.0.0.0/8"]))
        await network.sleep(0)
        network.close()
        await network.connect_unix_socket("/run/secret.sock")

    with pytest.raises(RefusedAddressError, match="a socket of this machine"):
        asyncio.run(whole())


def test_without_a_time_there_is_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    looking_up(monkeypatch, ["127.0.0.1"])

    async def below(self: object, *about: object) -> object:
        return about[2]

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", below)

    async def whole() -> object:
        network = GuardedNetwork(guard_for(["127.0.0.1"]))
        return await network.connect_tcp("a.test", 80)

    assert asyncio.run(whole()) is None
