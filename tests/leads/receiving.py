"""A receiver of webhooks on this machine that answers as a test tells it to."""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Got:
    """One request as it came: the raw bytes, the headers in lower case, and when."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float


@dataclass
class Receiver:
    """`answer` is called with each request's handler, after its body was read."""

    url: str
    answer: Callable[[BaseHTTPRequestHandler], None]
    got: list[Got] = field(default_factory=list)
    most_at_once: int = 0
    now: int = 0
    lock: Any = field(default_factory=threading.Lock)

    @property
    def ids(self) -> list[str]:
        return [one.headers["webhook-id"] for one in self.got]


def says(status: int, text: bytes = b"ok", **headers: str) -> Callable[..., None]:
    """An answer of one status; underscores in header names are hyphens."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(text)))
        handler.end_headers()
        handler.wfile.write(text)

    return answer


def hangs(seconds: float) -> Callable[..., None]:
    """Takes the request and says nothing for so long."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)

    return answer


def drips(seconds: float, *, first: bytes = b"") -> Callable[..., None]:
    """A byte every tenth of a second; `first` at once."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(first)
        for _ in range(round(seconds * 10)):
            handler.wfile.write(b"H")
            handler.wfile.flush()
            time.sleep(0.1)

    return answer


def hangs_up(handler: BaseHTTPRequestHandler) -> None:
    """Closes the connection without a word."""
    handler.connection.shutdown(socket.SHUT_RDWR)


class Listening:
    """A receiver, for as long as the `with` lasts."""

    def __init__(self, answer: Callable[..., None] | None = None) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler())
        self.server.daemon_threads = True
        address = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        self.receiver = Receiver(address, answer or says(200))
        self.server.receiver = self.receiver  # type: ignore[attr-defined]

    def __enter__(self) -> Receiver:
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self.receiver

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def _handler() -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver: Receiver = self.server.receiver  # type: ignore[attr-defined]
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            with receiver.lock:
                receiver.got.append(Got(self.path, headers, body, time.monotonic()))
                receiver.now += 1
                receiver.most_at_once = max(receiver.most_at_once, receiver.now)
            try:
                receiver.answer(self)
            except OSError:
                return
            finally:
                with receiver.lock:
                    receiver.now -= 1

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            """Quiet."""

    return Handler
