"""One POST to one address: where it may go, how long it may take, what came back.

No redirect is followed and no proxy asked. The whole of it, name, handshake, headers and body,
takes `LIMIT` seconds at most, however slowly the other side talks.
"""

import datetime as dt
import email.utils
import http.client
import re
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from handoff import outside

LIMIT = 20.0
KEPT = 2048
"""How many bytes of an answer are read and kept."""

TLS = ssl.create_default_context()


@dataclass(frozen=True)
class Answer:
    """What became of an attempt. `status` is None where nothing was answered; `error` is then a
    sentence, and empty only where it was taken. `wait`: what the other side asked us to wait."""

    status: int | None
    text: str
    error: str
    took: int
    wait: dt.timedelta | None = None

    @property
    def is_taken(self) -> bool:
        return not self.error

    @property
    def is_gone(self) -> bool:
        return self.status == 410


class _Connection(http.client.HTTPConnection):
    """A connection to the address that was checked, under the name that was asked for."""

    def __init__(self, place: outside.Place, *, limit: float) -> None:
        super().__init__(place.host, place.port, timeout=limit)
        self.place, self.ends = place, time.monotonic() + limit
        self.was_cut = False
        if place.secure:
            self.default_port = 443

    def connect(self) -> None:
        self.sock = self._reach()
        if self.place.secure:
            self.sock = TLS.wrap_socket(
                self.sock, server_hostname=self.place.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()

    def _reach(self) -> socket.socket:
        """The first address that answers."""
        *others, last = self.place.addresses
        for address in others:
            try:
                return self._dial(address)
            except OSError:
                continue
        return self._dial(last)

    def _dial(self, address: str) -> socket.socket:
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return socket.create_connection((address, self.place.port), left)

    def cut(self) -> None:
        """End it from another thread; whoever waits on it wakes up. Past TLS, which would wait."""
        self.was_cut = True
        if self.sock is not None:
            try:
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
            except OSError:
                return


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allowed: outside.Allowed,
    limit: float = LIMIT,
) -> Answer:
    """Post and say what became of it; raises nothing that the other side could cause."""
    started = time.monotonic()

    def took() -> int:
        return round((time.monotonic() - started) * 1000)

    try:
        place = outside.locate(url, allowed)
        left = limit - (time.monotonic() - started)
        if left <= 0:
            raise TimeoutError
        status, text, asked = _exchange(_Connection(place, limit=left), place, body, headers, left)
    except outside.Refused as refused:
        return Answer(None, "", str(refused), took())
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        late = time.monotonic() - started >= limit - 0.05
        return Answer(None, "", _no_answer(error, limit if late else None), took())
    wait = _wait(asked) if asked else None
    return Answer(status, text, _refusal(status), took(), wait)


def _exchange(
    connection: _Connection,
    place: outside.Place,
    body: bytes,
    headers: Mapping[str, str],
    limit: float,
) -> tuple[int, str, str]:
    """Status, the beginning of the body and `Retry-After`. A body that is cut off is no failure:
    the status was said."""
    guard = threading.Timer(limit, connection.cut)
    guard.daemon = True
    guard.start()
    try:
        connection.request("POST", place.path, body, dict(headers))
        response = connection.getresponse()
        if connection.was_cut:
            raise TimeoutError("in the middle of the headers")
        try:
            text = response.read(KEPT)
        except (OSError, http.client.HTTPException):
            text = b""
        said = text.decode("utf-8", "replace").replace("\0", "�")
        return response.status, said, response.headers.get("Retry-After", "")
    finally:
        guard.cancel()
        connection.close()


def _refusal(status: int) -> str:
    """Why an answer does not count as taken; empty where it does."""
    if 200 <= status < 300:
        return ""
    phrase = http.client.responses.get(status, "")
    if 300 <= status < 400:
        return f"Answered {status} {phrase}: redirects are not followed.".replace(" :", ":")
    return f"Answered {status} {phrase}".strip() + "."


def _no_answer(error: Exception, limit: float | None) -> str:
    if limit is not None or isinstance(error, TimeoutError):
        return f"No answer within {limit or LIMIT:g} seconds."
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"Its certificate is not valid: {error.verify_message}."
    if isinstance(error, ssl.SSLError):
        return f"No secure connection: {error.reason or error}."
    if isinstance(error, socket.gaierror):
        return "Its name is not known."
    if isinstance(error, ConnectionRefusedError):
        return "It refused the connection."
    if isinstance(error, http.client.RemoteDisconnected | ConnectionError):
        return "It hung up without an answer."
    return f"No answer that can be read: {error or type(error).__name__}."


def _wait(asked: str) -> dt.timedelta | None:
    """`Retry-After`: seconds, or a date."""
    if re.fullmatch(r"\d{1,9}", asked.strip()):
        return dt.timedelta(seconds=int(asked))
    try:
        until = email.utils.parsedate_to_datetime(asked)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=dt.UTC)
    return max(until - dt.datetime.now(dt.UTC), dt.timedelta())
