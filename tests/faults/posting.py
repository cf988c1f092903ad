"""Clients that post leads until each is acknowledged, and a hand that kills the house meanwhile."""

import http.client
import itertools
import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import psutil

from tests.faults.house import House, until

WHOLE_AGAIN = 60.0
"""Seconds within which the house mends itself after any kill."""

PARTS = ("granian", "postgres", "worker", "beat")
COUNTRIES = ("US", "CA", "GB", "DE", "JP")
SIGNALS = ("demo_request", "contact_request", "pricing_page", "event_met", "email_open")


@dataclass(frozen=True)
class Post:
    """One lead to send, under a key of its own; every tenth is somebody who came before."""

    number: int

    @property
    def key(self) -> str:
        return f"post-{self.number}"

    @property
    def person(self) -> int:
        return self.number - 7 if self.number % 10 == 9 else self.number

    @property
    def email(self) -> str:
        return f"ana{self.person}@firm{self.person % 211}.com"

    def body(self) -> bytes:
        person = self.person
        lead = {
            "email": self.email,
            "first_name": f"Ana{person}",
            "last_name": "Ribeiro",
            "company": f"Firm {person % 211}",
            "role": "Head of Finance" if person % 3 else "Student",
            "industry": "fintech",
            "employees": 20 * (person % 40),
            "country": COUNTRIES[person % len(COUNTRIES)],
            "source": "organic",
            "trigger": SIGNALS[self.number % len(SIGNALS)],
            "problem": "Our close takes nine days",
            "touchpoints": [
                {
                    "signal": SIGNALS[self.number % len(SIGNALS)],
                    "occurred_at": "2026-01-05T10:00:00Z"
                    if person % 17 == 0
                    else f"{time.strftime('%Y-%m-%dT%H:00:00Z', time.gmtime())}",
                    "detail": f"post {self.number}",
                }
            ],
        }
        return json.dumps(lead).encode()


@dataclass
class Posters:
    """Posts `number` leads with so many clients; `answers` holds what was acknowledged, by key."""

    house: House
    secret: str
    number: int
    clients: int = 8
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    tries: Iterator[int] = field(default_factory=itertools.count)
    stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._todo = iter(range(self.number))
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._work) for _ in range(self.clients)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def finish(self, seconds: float) -> None:
        """Wait until every post is acknowledged."""
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self.stopping.set()
        for thread in self._threads:
            thread.join(60)

    def _work(self) -> None:
        while not self.stopping.is_set():
            with self._lock:
                number = next(self._todo, None)
            if number is None:
                return
            post = Post(number)
            body = post.body()
            answer = self._until_acknowledged(post, body)
            with self._lock:
                self.bodies[post.key] = body
                if answer is not None:
                    self.answers[post.key] = answer

    def _until_acknowledged(self, post: Post, body: bytes) -> tuple[int, bytes] | None:
        while not self.stopping.is_set():
            next(self.tries)
            status, answer, wait = self.send(post.key, body)
            if status in (201, 202):
                return status, answer
            if status and status < 500 and status not in (409, 429):
                self.refused.append(f"{post.key}: {status} {answer[:300]!r}")
                return None
            time.sleep(wait)
        return None

    def send(self, key: str, body: bytes) -> tuple[int, bytes, float]:
        """Status (0: no answer), body, and how long to wait before another try."""
        web = http.client.HTTPConnection("127.0.0.1", self.house.port, timeout=15)
        headers = {
            "Authorization": f"Bearer {self.secret}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        try:
            web.request("POST", "/api/v1/leads", body, headers)
            answer = web.getresponse()
            wait = float(answer.headers.get("Retry-After") or 0.5)
            return answer.status, answer.read(), min(wait, 2.0)
        except (OSError, http.client.HTTPException):
            return 0, b"", 0.3
        finally:
            web.close()


@dataclass
class Killer:
    """Kills any process of any part with SIGKILL, `number` times, spread over the posting."""

    house: House
    number: int
    luck: random.Random
    killed: list[str] = field(default_factory=list)
    mended: list[float] = field(default_factory=list)

    def spread_over(self, posters: Posters) -> None:
        """Each kill comes once its share of the posts is acknowledged and the last is mended."""
        parts = [*self.luck.sample(PARTS, len(PARTS)), "up"]
        for place in range(self.number):
            due = posters.number * (place + 1) // (self.number + 2)
            until(lambda due=due: len(posters.answers) >= due, f"{due} posts", 900)  # type: ignore[misc]
            time.sleep(self.luck.uniform(0, 0.5))
            part = parts[place] if place < len(parts) else self.luck.choice(parts[:-1])
            began = time.monotonic()
            self._kill(part)
            until(self.is_whole, f"whole again after {part}", WHOLE_AGAIN)
            self.killed.append(part)
            self.mended.append(time.monotonic() - began)

    def _kill(self, part: str) -> None:
        if part == "up":
            assert self.house.up is not None
            self.house.up.kill()
            self.house.up.wait()
            self.house.start()
            return
        victims: list[psutil.Process] = []
        until(lambda: victims.extend(self._alive(part)) or victims, f"a {part} to kill", 30)
        with suppress(psutil.Error):
            self.luck.choice(victims).kill()

    def _alive(self, word: str) -> list[psutil.Process]:
        found = []
        for process in self.house.processes():
            with suppress(psutil.Error):
                if self._is_named(process, word):
                    found.append(process)
        return sorted(found, key=lambda process: process.pid)

    def _is_named(self, process: psutil.Process, word: str) -> bool:
        command = " ".join(process.cmdline())
        if word in ("worker", "beat"):
            return "celery" in command and word in command
        return word in command

    def is_whole(self) -> bool:
        """Whether the house is ready and every part of it runs."""
        if self.house.get("/readyz") != 200:
            return False
        return all(self._alive(part) for part in PARTS)


def eventually(holds: Callable[[], Any], what: str, seconds: float) -> None:
    """As `until`, asking once a second: what is asked for costs something."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(1)
