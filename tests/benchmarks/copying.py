"""A house made larger by copies of its own leads: what a million leads read like, within minutes.

What a backtest reads is copied, and what a rep's pages read of a lead; everything else of a copy
stays with the lead it was made of. Nobody else works in a house of copies, so it is the last thing
that a run measures.
"""

from collections.abc import Mapping

from . import house

COPIED: Mapping[str, Mapping[str, str]] = {
    "leads_lead": {
        "id": "id + shift",
        "email": "'copy' || shift || '.' || email",
        "judgement_id": "judgement_id + shift",
        "merged_into_id": "merged_into_id + shift",
    },
    "leads_delivery": {
        "id": "id + shift",
        "lead_id": "lead_id + shift",
        "key": "'copy' || shift || '.' || key",
    },
    "leads_touchpoint": {"id": "id + shift", "lead_id": "lead_id + shift"},
    "leads_judgement": {"id": "id + shift", "lead_id": "lead_id + shift"},
    "leads_handoff": {
        "id": "id + shift",
        "lead_id": "lead_id + shift",
        "judgement_id": "judgement_id + shift",
        "previous_id": "previous_id + shift",
    },
    "leads_clock": {"id": "id + shift", "handoff_id": "handoff_id + shift"},
    "leads_assignment": {"id": "id + shift", "handoff_id": "handoff_id + shift"},
    "leads_promise": {"handoff_id": "handoff_id + shift"},
    "leads_nothandedover": {"lead_id": "lead_id + shift"},
    "leads_event": {
        "id": "id + shift",
        "lead_id": "lead_id + shift",
        "handoff_id": "handoff_id + shift",
    },
}
"""Each table with what a copy has of its own. SQL; `shift` is above every number in use."""


def multiply(factor: int) -> None:
    """Have `factor` times as many leads, each a copy but for the numbers that tell it apart."""
    with house.administrator(house.DATABASE) as admin:
        admin.execute("SET session_replication_role = replica")
        newest = [
            admin.execute(f"SELECT coalesce(max({next(iter(own))}), 0) FROM {table}")
            for table, own in COPIED.items()
        ]
        shift = max(int(str(found.fetchall()[0][0])) for found in newest) + 1
        for table, own in COPIED.items():
            names = house.columns(admin, table)
            values = ", ".join(own.get(name, f'"{name}"') for name in names)
            written = ", ".join(f'"{name}"' for name in names)
            admin.execute(
                f"INSERT INTO {table} ({written}) SELECT {values} FROM {table},"
                " (SELECT n * %s::bigint AS shift FROM generate_series(1, %s) n) copies",
                [shift, factor - 1],
            )
