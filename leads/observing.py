"""What monitoring asks about the outbox, read from the database when it asks."""

from collections.abc import Iterator

from django.db import Error
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from handoff import statements

OUTBOX = """
SELECT channel, 'waiting', count(*), min(written_at) FROM leads_message
WHERE state = 'waiting' AND channel = 'email' GROUP BY 1
UNION ALL
SELECT channel, 'waiting', count(*), min(written_at) FROM leads_message
WHERE state = 'waiting' AND webhook_id IS NOT NULL GROUP BY 1
UNION ALL
SELECT channel, 'dead', count(*), min(written_at) FROM leads_message
WHERE state = 'dead' GROUP BY 1"""


class Outbox(Collector):
    """How many messages wait or were given up, and since when the oldest was written."""

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing to say before it is asked: at the start there may be no table."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Nothing while the database does not answer: the rest of the figures still come."""
        number = GaugeMetricFamily(
            "handoff_messages",
            "Messages not sent, by channel and state.",
            labels=["channel", "state"],
        )
        oldest = GaugeMetricFamily(
            "handoff_messages_oldest_timestamp_seconds",
            "When the oldest of them was written.",
            labels=["channel", "state"],
        )
        try:
            rows = statements.fetch(OUTBOX)
        except Error:
            return
        for channel, state, count, since in rows:
            number.add_metric([channel, state], count)
            oldest.add_metric([channel, state], since.timestamp())
        yield number
        yield oldest
