"""How a person signs in: by email, with an account that somebody made for them."""

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):
    """Nobody signs up: accounts come from the playbook, an administrator, or the demo."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def tried_as(request: HttpRequest | None, credentials: Mapping[str, Any] | None = None) -> str:
    """The address somebody tried to sign in with; attempts are counted under it."""
    tried = (credentials or {}).get("email") or (credentials or {}).get("username")
    if not tried and request is not None:
        tried = request.POST.get("login")
    return str(tried or "").strip().lower()
