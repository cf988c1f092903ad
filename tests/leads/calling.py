"""How tests call the API."""

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from handoff.models import ApiKey
from tests.factories import ApiKeyFactory

PROBLEM = "application/problem+json"


class Caller:
    """A system with a key; paths are below `/api/v1`."""

    def __init__(self, *scopes: str, name: str = "crm") -> None:
        given = list(scopes) or list(ApiKey.Scope.values)
        self.key = ApiKeyFactory(name=name, scopes=given)
        self.text = f"ho_{name}"
        self.client = Client(raise_request_exception=False)

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1{path}", headers=self.headers())

    def post(self, path: str, body: Any, *, once: str = "") -> Any:
        return self._send("POST", path, body, once)

    def put(self, path: str, body: Any) -> Any:
        return self._send("PUT", path, body, "")

    def headers(self, once: str = "") -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self.text}"}
        return {**headers, "Idempotency-Key": once} if once else headers

    def _send(self, method: str, path: str, body: Any, once: str) -> HttpResponse:
        data = body if isinstance(body, bytes) else json.dumps(body)
        return self.client.generic(
            method,
            f"/api/v1{path}",
            data,
            content_type="application/json",
            headers=self.headers(once),
        )


def problem(response: Any, status: int) -> dict[str, Any]:
    """The problem document of `response`, which must have that status."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == PROBLEM
    document = response.json()
    assert document["status"] == status
    assert document["detail"]
    return dict(document)
