"""The API describes itself."""

import pytest
from django.test import Client

from leads.api import api

CALLS = {
    ("post", "/api/v1/leads"),
    ("post", "/api/v1/leads/bulk"),
    ("get", "/api/v1/leads/{lead_id}"),
    ("post", "/api/v1/touchpoints"),
    ("put", "/api/v1/accounts/{domain}"),
    ("put", "/api/v1/opportunities/{ref}"),
    *(
        ("post", f"/api/v1/handoffs/{{handoff_id}}/{verb}")
        for verb in (
            "accept",
            "reject",
            "return",
            "touch",
            "dispose",
            "reassign",
            "advance",
            "answers",
        )
    ),
    ("post", "/api/v1/queues/{key}/next"),
    ("get", "/api/v1/handoffs"),
    ("post", "/api/v1/try"),
    ("get", "/api/v1/alerts"),
    ("get", "/api/v1/measures/{name}"),
    ("get", "/api/v1/measures/reasons"),
    ("get", "/api/v1/measures/seams"),
}

pytestmark = pytest.mark.django_db


def test_the_document_names_every_call() -> None:
    document = Client().get("/api/v1/openapi.json").json()
    assert {
        (method, path) for path, methods in document["paths"].items() for method in methods
    } == CALLS
    for methods in document["paths"].values():
        for call in methods.values():
            problem = call["responses"]["422"]["content"]
            assert list(problem) == ["application/problem+json"]


def test_every_reference_in_the_document_leads_somewhere() -> None:
    document = Client().get("/api/v1/openapi.json").json()

    def references(value: object) -> set[str]:
        if isinstance(value, dict):
            own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
            return own.union(*map(references, value.values()))
        return set().union(*map(references, value)) if isinstance(value, list) else set()

    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert references(document) <= known


def test_the_page_shows_every_call_and_runs_no_foreign_script() -> None:
    response = Client().get("/api/docs")
    assert response.status_code == 200
    page = response.content.decode()
    for operation in ("post_lead", "accept_handoff", "handoff_feed"):
        assert f'id="{operation}"' in page
    assert "https://cdn" not in page
    assert "<script>" not in page
    assert 'style="' not in page


def test_the_page_only_answers_reading() -> None:
    assert Client().post("/api/docs").status_code == 405
    assert api.get_openapi_schema() is api.get_openapi_schema()
