"""A file of leads in the browser: upload, look, import, watch, mend."""

import csv

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from leads.journey import importing
from leads.models import ImportBatch, Lead
from tests import factories as make

pytestmark = pytest.mark.django_db

FILE = """Email,First name,Company,Country,Employees,Shirt size
ana@novapay.com,Ana,Nova Pay,US,400,M
=cmd@evil,Eve,Evil,US,10,S
ben@brightloop.com,Ben,Brightloop,CA,90,L
"""


@pytest.fixture
def mara(client):
    make.agreement_in_force()
    person = make.mara()
    client.force_login(person)
    return person


def upload(client, text=FILE, name="leads.csv"):
    content = text if isinstance(text, bytes) else text.encode()
    return client.post(reverse("leads:imports"), {"file": SimpleUploadedFile(name, content)})


@pytest.fixture
def uploaded(client, mara):
    upload(client)
    return ImportBatch.objects.get()


def mapped(client, batch, **changes):
    address = reverse("leads:import", args=[batch.pk])
    form = client.get(address).context["form"]
    values = {name: form[name].initial or "" for name in form.fields if name != "history"}
    return client.post(address, {**values, **changes})


def test_a_file_is_looked_at_before_anything_happens(client, uploaded):
    text = client.get(reverse("leads:import", args=[uploaded.pk])).content.decode()
    assert "ana@novapay.com · =cmd@evil" in text
    assert "Of the first rows, 1 would go to quarantine. Line 3" in text
    form = client.get(reverse("leads:import", args=[uploaded.pk])).context["form"]
    guesses = [form[f"column-{place}"].initial for place in range(6)]
    assert guesses == [
        "email", "first_name", "company", "country", "employees", "answers.Shirt size"
    ]  # fmt: skip
    assert Lead.objects.count() == 0


def test_the_whole_way_of_a_file(client, uploaded):
    assert mapped(client, uploaded).status_code == 302
    address = reverse("leads:import", args=[uploaded.pk])
    assert "hx-get" in client.get(address).content.decode()
    importing.run(uploaded.pk, at=timezone.now())
    page = client.get(address)
    text = page.content.decode()
    assert "hx-get" not in text and "3 of 3 rows" in text
    uploaded.refresh_from_db()
    assert (uploaded.created, uploaded.quarantined, uploaded.state) == (2, 1, "done")
    assert [row.row for row in page.context["failures"]] == [3]
    assert Lead.objects.get(first_name="Ana").answers == {"Shirt size": "M"}
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith('<div id="progress"') and "<html" not in part


def test_failures_come_as_a_file_that_no_spreadsheet_runs(client, uploaded):
    mapped(client, uploaded)
    importing.run(uploaded.pk, at=timezone.now())
    answer = client.get(reverse("leads:import-failures", args=[uploaded.pk]))
    assert 'filename="leads-to-mend.csv"' in answer["Content-Disposition"]
    header, row = csv.reader(answer.getvalue().decode().splitlines())
    assert "Email" in header and "'=cmd@evil" in row


def test_a_mapping_that_cannot_be_is_said_at_its_column(client, uploaded):
    twice = mapped(client, uploaded, **{"column-1": "email"})
    assert twice.status_code == 422 and "becomes email already" in twice.content.decode()
    nobody = mapped(client, uploaded, **{"column-0": ""})
    assert nobody.status_code == 422 and "One column must be" in nobody.content.decode()
    uploaded.refresh_from_db()
    assert uploaded.state == "mapping"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"Email,Email\na@b.co,c@d.co\n", "2 columns named"),
        (b"PK\x03\x04rubbish", ""),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(client, mara, content, said):
    answer = upload(client, content)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert ImportBatch.objects.count() == 0


def test_reps_import_nothing(client, uploaded):
    client.force_login(make.sam())
    for name in ("leads:import", "leads:import-failures"):
        assert client.get(reverse(name, args=[uploaded.pk])).status_code == 404
    assert upload(client).status_code == 404


def test_a_file_that_could_not_be_read_says_why(client, mara):
    batch = make.ImportBatchFactory(state="failed", error="The file is empty.")
    assert (
        "The file is empty."
        in client.get(reverse("leads:import", args=[batch.pk])).content.decode()
    )
