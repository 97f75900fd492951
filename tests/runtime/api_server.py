"""A public API on a real socket: filters in memory, and every kind of trouble."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Generator

TOKEN = "sgp_secret"  # noqa: S105 - of the tests' own server


@dataclass(frozen=True)
class Trouble:
    """What goes wrong with one request.

    Attributes:
        kind: ``status``, ``drop``, ``drop after``, ``slow``, ``late``, ``cut``,
            ``garbage`` or ``none``.
        status: The status to answer with.
        headers: Headers of that answer.
        seconds: How long to wait first.
    """

    kind: str
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0


NO_TROUBLE = Trouble("none")


class ApiServer(ThreadingHTTPServer):
    """Holds the filters of destinations.

    Attributes:
        stored: The filters of each destination.
        troubles: What happens to the next requests, one each; none after that.
        page_sizes: The largest page of the next answers; the last one stays.
        requests: Method, path and body of every request so far.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.stored: dict[str, list[dict[str, Any]]] = {}
        self.troubles: list[Trouble] = []
        self.page_sizes = [1000]
        self.requests: list[tuple[str, str, Any]] = []
        self.lock = threading.Lock()
        self._ids = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: connections that break are what is tested."""

    def put(self, destination: str, *filters: dict[str, Any]) -> None:
        for each in filters:
            self.add(destination, each)

    def add(self, destination: str, definition: dict[str, Any]) -> dict[str, Any]:
        self._ids += 1
        made = {
            **definition,
            "id": f"filter-{self._ids}",
            "destinationId": destination,
            "createdAt": "2026-01-02T03:04:05.000Z",
            "updatedAt": "2026-01-02T03:04:05.000Z",
        }
        self.stored.setdefault(destination, []).append(made)
        return made

    def methods(self) -> list[str]:
        return [method for method, _, _ in self.requests]


class Handler(BaseHTTPRequestHandler):
    """Answers as the public API does."""

    server: ApiServer  # pyright: ignore[reportIncompatibleVariableOverride]
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PATCH(self) -> None:
        self._serve()

    def _serve(self) -> None:
        size = int(self.headers.get("content-length") or 0)
        text = self.rfile.read(size)
        body = json.loads(text) if text else None
        with self.server.lock:
            self.server.requests.append((self.command, self.path, body))
            troubles = self.server.troubles
            trouble = troubles.pop(0) if troubles else NO_TROUBLE
        if trouble.kind == "slow":
            time.sleep(trouble.seconds)
        if trouble.kind == "drop":
            self._hang_up()
        elif trouble.kind == "status":
            answer = {"errors": [{"type": "trouble", "message": "come back later"}]}
            self._answer(trouble.status, answer, trouble.headers)
        else:
            self._act(body, trouble)

    def _act(self, body: Any, trouble: Trouble) -> None:
        with self.server.lock:
            status, answer = self._result(body)
        match trouble.kind:
            case "drop after":
                self._hang_up()
            case "late":
                time.sleep(trouble.seconds)
                self._answer(status, answer)
            case "failed after":
                self._answer(trouble.status, {"errors": []})
            case "garbage":
                self._write(status, b"<html>", {})
            case "cut":
                self._write(status, b'{"data": ', {"Content-Length": "500"})
                self._hang_up()
            case _:
                self._answer(status, answer)

    def _result(self, body: Any) -> tuple[int, dict[str, Any]]:
        if self.headers.get("authorization") != f"Bearer {TOKEN}":
            return 401, {"errors": [{"type": "unauthorized"}]}
        url = urlsplit(self.path)
        match self.command, url.path.split("/")[1:]:
            case "GET", ["destination", destination, "filters"]:
                return 200, {"data": self._page(destination, parse_qs(url.query))}
            case "POST", ["destination", destination, "filters"]:
                return 200, {"data": {"filter": self.server.add(destination, body)}}
            case "PATCH", ["destination", destination, "filters", identity]:
                stored = self.server.stored[destination]
                found = next(each for each in stored if each["id"] == identity)
                found.update(body)
                return 200, {"data": {"filter": found}}
            case _:
                return 404, {"errors": [{"type": "not-found", "message": self.path}]}

    def _page(self, destination: str, query: dict[str, list[str]]) -> dict[str, Any]:
        sizes = self.server.page_sizes
        largest = sizes.pop(0) if len(sizes) > 1 else sizes[0]
        size = min(int(query["pagination.count"][0]), largest)
        start = int(query.get("pagination.cursor", ["0"])[0])
        stored = self.server.stored.get(destination, [])
        pagination: dict[str, Any] = {
            "current": str(start),
            "totalEntries": len(stored),
        }
        if start + size < len(stored):
            pagination["next"] = str(start + size)
        return {"filters": stored[start : start + size], "pagination": pagination}

    def _answer(
        self, status: int, value: Any, headers: dict[str, str] | None = None
    ) -> None:
        self._write(status, json.dumps(value).encode(), headers or {})

    def _write(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        with suppress(OSError):
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    def _hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def serving() -> Generator[ApiServer]:
    """Run a server until the block ends."""
    server = ApiServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
