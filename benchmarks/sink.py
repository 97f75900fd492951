"""A partner's server that takes everything and keeps nothing, in a process of its own.

Started as a module, it prints its port and serves until its standard input ends. A
request for a path that ends in a number is answered after so many seconds.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_SECONDS = re.compile(rb"\A\S+ \S*/(\d+) ")


class Sink(asyncio.Protocol):
    """One connection: reads a request at a time and says that all is well."""

    def __init__(self) -> None:
        self._data = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take note of who is there."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer what is whole."""
        self._data += data
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            head = self._data[:end]
            length = _LENGTH.search(head)
            size = end + 4 + (int(length[1]) if length else 0)
            if len(self._data) < size:
                return
            self._data = self._data[size:]
            seconds = _SECONDS.match(head)
            self._answer(int(seconds[1]) if seconds else 0)

    def _answer(self, seconds: int) -> None:
        transport = self._transport
        if transport is None:
            return
        if seconds:
            asyncio.get_running_loop().call_later(seconds, transport.write, ANSWER)
        else:
            transport.write(ANSWER)


@contextmanager
def sink() -> Iterator[str]:
    """Yield the URL of a sink that serves until the block ends."""
    command = [sys.executable, "-m", "benchmarks.sink"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        if process.stdin is None or process.stdout is None:
            raise AssertionError("a pipe was asked for")
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.stdin.close()


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Sink, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve())
