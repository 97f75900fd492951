"""Connections to addresses that a guard allows: the network below the HTTP client.

The addresses of a name are looked up here, checked, and connected to as numbers. TLS
still asks for a certificate of the name.
"""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, cast, final

import httpcore

from fql.runtime.address_guard import RefusedAddressError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fql.runtime.address_guard import AddressGuard

    SocketOption = (
        tuple[int, int, int]
        | tuple[int, int, bytes | bytearray]
        | tuple[int, int, None, int]
    )

MAX_ADDRESSES = 4
"""Addresses of one name that are tried, one after the other."""


MAX_LOOKUPS = 8
"""Names that are looked up at a time."""


@final
class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Opens connections where *guard* allows it."""

    def __init__(self, guard: AddressGuard) -> None:
        self._guard = guard
        # Checkers may take the stand-in that the package has for a missing anyio.
        self._below = cast("httpcore.AsyncNetworkBackend", httpcore.AnyIOBackend())
        # Names that are slow to look up keep nothing else waiting.
        self._threads = ThreadPoolExecutor(MAX_LOOKUPS, "fql-names")

    def close(self) -> None:
        """Look up no more names."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of *host* that answers.

        Raises:
            RefusedAddressError: The guard does not allow it.
            httpcore.ConnectError: None of them answers, or there is none.
        """
        found = await self._addresses(host, port)
        addresses = self._guard.choose(host, found)[:MAX_ADDRESSES]
        each_timeout = None if timeout is None else timeout / max(1, len(addresses))
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses:
            try:
                return await self._below.connect_tcp(
                    address, port, each_timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: no URL leads to a socket of this machine."""
        raise RefusedAddressError(path, "a socket of this machine")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._below.sleep(seconds)

    async def _addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses that a name stands for, in the order to be tried."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._threads, _look_up, host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} cannot be looked up") from error
        return list(dict.fromkeys(found))


def _look_up(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]
