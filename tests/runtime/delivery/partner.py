"""A partner's server on this machine, which behaves as it is told."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

Manner: TypeAlias = Literal[
    "answer", "reset", "reset in the answer", "hang", "drip", "endless"
]


@dataclass(frozen=True, slots=True)
class Reply:
    """How one request is met.

    Attributes:
        status: Of the answer.
        body: Of the answer.
        headers: Of the answer.
        manner: Whether there is an answer, and how it comes.
        seconds: To wait first.
    """

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    manner: Manner = "answer"
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came, with its header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Partner:
    """What the server was asked, and what it is going to say."""

    received: list[Received] = field(default_factory=list)
    replies: deque[Reply] = field(default_factory=deque)
    usual: Reply = Reply()
    decide: Callable[[Received], Reply | None] = lambda request: None
    most_at_once: int = 0
    port: int = 0
    _at_once: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def bodies(self) -> list[bytes]:
        return [each.body for each in self.received]

    def _reply_to(self, request: Received) -> Reply:
        decided = self.decide(request)
        if decided is not None:
            return decided
        return self.replies.popleft() if self.replies else self.usual

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            while (request := await _read(reader)) is not None:
                self._at_once += 1
                self.most_at_once = max(self.most_at_once, self._at_once)
                try:
                    self.received.append(request)
                    is_open = await _say(self._reply_to(request), writer)
                finally:
                    self._at_once -= 1
                if not is_open:
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Received | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines if line)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(method, path, headers, body)


async def _say(reply: Reply, writer: asyncio.StreamWriter) -> bool:
    """Write a reply; return whether the connection stays open."""
    await asyncio.sleep(reply.seconds)
    length = 1 << 62 if reply.manner == "endless" else len(reply.body)
    headers = {"content-length": str(length), **reply.headers}
    lines = [f"HTTP/1.1 {reply.status} So", *(f"{k}: {v}" for k, v in headers.items())]
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
    match reply.manner:
        case "answer":
            writer.write(head + reply.body)
            await writer.drain()
            return True
        case "reset":
            writer.transport.abort()
        case "reset in the answer":
            writer.write(head + reply.body[:-1])
            await writer.drain()
            await asyncio.sleep(0.02)
            writer.transport.abort()
        case "hang":
            await asyncio.sleep(60)
        case "drip":
            for byte in head * 50:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.01)
        case "endless":
            writer.write(head)
            while True:
                writer.write(b"x" * 65_536)
                await writer.drain()
    return False


@contextmanager
def serving() -> Generator[Partner]:
    """Yield a partner that listens until the block ends."""
    partner = Partner()
    loop = asyncio.new_event_loop()
    started = threading.Event()

    async def listen() -> None:
        server = await asyncio.start_server(partner.serve, "127.0.0.1", 0)
        partner.port = server.sockets[0].getsockname()[1]
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            server.close()

    def run() -> None:
        asyncio.set_event_loop(loop)
        task = loop.create_task(listen())
        try:
            loop.run_forever()
        finally:
            task.cancel()
            # Connections that were just accepted get what closes them in the end.
            loop.run_until_complete(asyncio.sleep(0.01))
            others = asyncio.all_tasks(loop)
            for each in others:
                each.cancel()
            loop.run_until_complete(asyncio.gather(*others, return_exceptions=True))
            loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert started.wait(5)
    try:
        yield partner
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
