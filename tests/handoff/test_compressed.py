"""Pages leave compressed for whoever can read it, and are as they were for others."""

import gzip

import pytest
from django.urls import reverse

from tests import factories as make

pytestmark = pytest.mark.django_db


def test_a_page_is_sent_compressed_to_a_browser(client):
    client.force_login(make.sam())
    page = reverse("playbook")
    plain = client.get(page)
    small = client.get(page, headers={"accept-encoding": "gzip, br"})
    assert not plain.has_header("Content-Encoding")
    assert small["Content-Encoding"] == "gzip" and "Accept-Encoding" in small["Vary"]
    assert len(small.content) < len(plain.content) / 2
    assert b"Playbook" in gzip.decompress(small.content)
