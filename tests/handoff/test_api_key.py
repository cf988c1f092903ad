"""`manage.py api_key`."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from handoff.models import ApiKey

pytestmark = pytest.mark.django_db


def test_the_key_alone_is_the_last_line() -> None:
    out = StringIO()
    call_command("api_key", "crm", "--scope", "leads, read,leads", stdout=out)
    text = out.getvalue().splitlines()[-1]
    key = ApiKey.objects.get(digest=ApiKey.digest_of(text))
    assert (key.name, key.scopes) == ("crm", ["leads", "read"])


@pytest.mark.parametrize("scope", ["", ",", "leads,everything", "Leads"])
def test_a_scope_that_there_is_not(scope: str) -> None:
    with pytest.raises(CommandError, match="There are: leads, handoffs, read"):
        call_command("api_key", "crm", "--scope", scope)
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("name", ["", "  ", "x" * 101])
def test_a_key_needs_a_name(name: str) -> None:
    with pytest.raises(CommandError, match="name"):
        call_command("api_key", name, "--scope", "read")
