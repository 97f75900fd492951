"""Which addresses requests may go to: public ones, and those that are allowed.

Where a mapping takes its URL from events, whoever sends events could make this process
call the machines around it. So a name is looked up, every address that it stands for is
checked, and the connection goes to an address that was checked, never to the name: a
name that changes its mind in between (DNS rebinding) changes nothing.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""The network whose addresses hold one of IPv4 in their last four bytes."""

_NEVER_PUBLIC = tuple(
    ipaddress.ip_network(each)
    for each in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "240.0.0.0/4",
        "::/96",
        "64:ff9b:1::/48",
        "fec0::/10",
    )
)
"""Networks that Python's versions do not agree about."""


class RefusedAddressError(Exception):
    """Requests may not go to an address.

    Attributes:
        host: The name or address as the URL has it.
        address: What it stands for.
    """

    def __init__(self, host: str, address: str) -> None:
        self.host = host
        self.address = address
        super().__init__(f"{host} is {address}, which is no public address")


@final
@dataclass(frozen=True, slots=True)
class AddressGuard:
    """Says where requests may go. It never changes.

    Attributes:
        networks: Networks that are allowed although they are not public.
        hosts: Names that are allowed whatever they stand for, in lower case.
    """

    networks: tuple[Network, ...] = ()
    hosts: frozenset[str] = frozenset()

    def choose(self, host: str, addresses: Sequence[str]) -> list[str]:
        """Return the addresses of *host* to connect to, in their order.

        Raises:
            RefusedAddressError: One of them is not allowed. One is enough: a name
                that stands for both kinds is not to be trusted.
        """
        if host.lower() not in self.hosts:
            for each in addresses:
                if not self.allows(each):
                    raise RefusedAddressError(host, each)
        return list(addresses)

    def allows(self, address: str) -> bool:
        """Return whether requests may go to an address, written in numbers."""
        try:
            read = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        if self._names(read):
            return True
        forms = [read, *_embedded(read)]
        return all(_is_public(each) or self._names(each) for each in forms)

    def _names(self, address: Address) -> bool:
        return any(address in network for network in self.networks)


def guard_for(allowed: Iterable[str]) -> AddressGuard:
    """Return a guard that also allows the networks, addresses and names in *allowed*.

    >>> guard_for(["127.0.0.0/8", "crm.internal"]).allows("127.0.0.1")
    True
    """
    networks: list[Network] = []
    hosts: list[str] = []
    for each in allowed:
        try:
            networks.append(ipaddress.ip_network(each, strict=False))
        except ValueError:
            hosts.append(each.lower())
    return AddressGuard(tuple(networks), frozenset(hosts))


def _embedded(address: Address) -> list[ipaddress.IPv4Address]:
    """Return the addresses of IPv4 that one of IPv6 leads to."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    return [each for each in found if each is not None]


def _is_public(address: Address) -> bool:
    if any(address in network for network in _NEVER_PUBLIC):
        return False
    if _embedded(address):
        return True  # these decide
    return address.is_global and not address.is_multicast and not address.is_reserved
