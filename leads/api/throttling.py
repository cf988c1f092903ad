"""How fast one key may call: a bucket of calls that fills up again every second.

The bucket is one web process's own, so that counting costs no statement; with several processes
a key gets as many times the rate.
"""

import math
import threading
import time

from django.conf import settings

from .auth import Caller
from .problems import Refusal

DEFAULT_RATE = 1000.0
"""Calls a second and key, where the setting `API_CALLS_PER_SECOND` says nothing else."""

_lock = threading.Lock()
_buckets: dict[int, tuple[float, float]] = {}


def take(caller: Caller) -> None:
    """Count one call. Refuses with 429 and Retry-After (seconds) once the bucket is empty."""
    rate = float(getattr(settings, "API_CALLS_PER_SECOND", DEFAULT_RATE))
    size = max(rate, 1.0)
    now = time.monotonic()
    with _lock:
        left, then = _buckets.get(caller.key_id, (size, now))
        left = min(size, left + (now - then) * rate)
        allowed = left >= 1.0
        _buckets[caller.key_id] = (left - 1.0 if allowed else left, now)
    if not allowed:
        seconds = max(1, math.ceil((1.0 - left) / rate))
        raise Refusal(
            429,
            f"Too many calls with this key. Try again in {seconds} s.",
            headers={"Retry-After": str(seconds)},
        )


def forget() -> None:
    """Fill every bucket again."""
    with _lock:
        _buckets.clear()
