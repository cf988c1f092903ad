"""What people send is read without trusting it."""

import pytest
from django.urls import reverse

from handoff.views.sent import moment, pasted, whole
from tests import factories as make


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), ("0", 0), ("", None), ("-1", None), ("x", None), ("٣", None), ("9" * 5000, None)],
)
def test_whole_numbers(text, number):
    assert whole(text) == number


@pytest.mark.parametrize("text", ["{", "[" * 100_000, r'"\ud800"', ""])
def test_json_that_cannot_be_kept_is_refused_with_a_reason(text):
    with pytest.raises(ValueError, match=r"\w"):
        pasted(text)


def test_json_that_can_be_kept():
    assert pasted('{"country": "Österreich"}') == {"country": "Österreich"}


@pytest.mark.django_db
def test_an_address_with_a_nul_is_refused_before_the_database_is_asked(client):
    client.force_login(make.sam())
    answer = client.get(reverse("leads:leads") + "?source=a%00b")
    assert answer.status_code == 400
    assert "cannot be read" in answer.content.decode()
    assert client.get(reverse("leads:leads") + "?source=a%0Ab").status_code == 200


@pytest.mark.parametrize("text", ["", "soon", "2026-02-30T10:00Z", "2026-11-21T10:00", "9" * 40])
def test_what_is_no_moment_with_its_offset_is_none(text):
    assert moment(text) is None


def test_a_moment_keeps_its_offset():
    assert moment("2026-11-21T10:00:00+01:00").isoformat() == "2026-11-21T10:00:00+01:00"
