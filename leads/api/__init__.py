"""The HTTP API: what other systems may ask and send. `api.urls` is all of it."""

from . import accounts, feed, handoffs, leads, touchpoints, try_it
from .openapi import HandoffAPI

api = HandoffAPI(
    title="Handoff",
    version="1",
    description=(
        "Send leads and what they do; answer hand-overs; follow what changes. "
        "Times are ISO-8601 UTC. What does not apply is null."
    ),
    urls_namespace="api",
    docs_url=None,
)
for part in (leads, touchpoints, accounts, feed, handoffs, try_it):
    api.add_router("", part.router)

__all__ = ["api"]
