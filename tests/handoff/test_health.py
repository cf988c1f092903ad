"""Alive, ready, measured: what supervisors and monitoring ask."""

import pytest
from django.conf import LazySettings
from django.db import OperationalError
from django.db.migrations.executor import MigrationExecutor
from django.test import Client


def test_alive_asks_nobody(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert client.post("/healthz").status_code == 405


@pytest.mark.django_db
def test_ready_with_a_database_and_all_migrations(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "migrations_missing": 0}


@pytest.mark.django_db
def test_not_ready_while_a_migration_is_missing(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_: [("one", False)])
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["migrations_missing"] == 1


@pytest.mark.django_db
def test_not_ready_without_a_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(MigrationExecutor, "migration_plan", gone)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": "does not answer"}


@pytest.mark.parametrize("shown", ["", "Bearer ", "Bearer wrong", "token"])
def test_metrics_are_for_who_holds_the_token(
    client: Client, settings: LazySettings, shown: str
) -> None:
    for token in ("", "token"):
        settings.METRICS_TOKEN = token
        assert client.get("/metrics", headers={"Authorization": shown}).status_code == 404


@pytest.mark.django_db
def test_metrics_with_the_token(client: Client, settings: LazySettings) -> None:
    settings.METRICS_TOKEN = "token"
    answer = client.get("/metrics", headers={"Authorization": "Bearer token"})
    assert answer.status_code == 200
    assert b"python_info" in answer.content and b"handoff_messages" in answer.content
