"""What a house's own database and its mail say, for tests that hurt it."""

from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import psycopg

from handoff import embedded


class Ledger:
    """Asked over a connection of its own each time, since the database may have been restarted."""

    def __init__(self, data_dir: Path) -> None:
        self.mail = data_dir / "mail"
        self.conninfo = embedded.place(data_dir).conninfo(embedded.DATABASE, embedded.APP)

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.conninfo) as connection:
            return connection.execute(question).fetchall()  # type: ignore[arg-type]

    def do(self, statement: str) -> None:
        with psycopg.connect(self.conninfo) as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    def count(self, question: str) -> int:
        return int(self.ask(f"SELECT count(*) FROM ({question}) AS counted")[0][0])

    def settled(self) -> bool:
        """Whether nothing waits to be judged, and no letter to be sent."""
        return not self.count(
            "SELECT 1 FROM leads_delivery WHERE state = 'stored'"
            " UNION ALL SELECT 1 FROM leads_message WHERE state = 'waiting'"
        )

    def sent(self) -> set[str]:
        """The ids of the letters that were mailed, as the house remembers."""
        mailed = "SELECT id FROM leads_message WHERE channel = 'email' AND state = 'sent'"
        return {str(pk) for (pk,) in self.ask(mailed)}

    def posted(self) -> Counter[str]:
        """How often each letter arrived, by its id."""
        return Counter(_ids(self.mail))


def _ids(directory: Path) -> Iterator[str]:
    for path in directory.iterdir():
        for part in path.read_bytes().split(b"\n" + b"-" * 79 + b"\n"):
            if part.strip():
                named = str(message_from_bytes(part.lstrip())["Message-ID"])
                yield named.strip("<>").partition("@")[0]
