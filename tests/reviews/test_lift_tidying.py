"""Old studies keep what they found and let their leads go; plain words where one fails."""

import datetime as dt

import pytest
from django.db import connection
from django.urls import reverse

from reviews.lifting import drafting, running, tidying
from reviews.models import LiftLead, LiftStudy
from tests import factories as make
from tests.reviews.lifting import NOW, ask, handed, planted, study_of

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


def studies(number, **changes):
    return [study_of(at=NOW - n * DAY, **changes) for n in range(number)]


def kept():
    return set(LiftLead.objects.values_list("study", flat=True))


def test_the_last_five_of_each_person_keep_their_leads(client):
    make.agreement_in_force()
    handed()
    of_mara, of_ada = studies(7), studies(2, actor=make.ada())
    assert tidying.tidy(at=NOW) == 2
    assert kept() == {one.pk for one in (*of_mara[:5], *of_ada)}
    assert tidying.tidy(at=NOW) == 0
    oldest = LiftStudy.objects.get(pk=of_mara[6].pk)
    assert oldest.result is not None and oldest.leads_gone_at == NOW
    client.force_login(make.lena())
    assert client.get(reverse("reviews:study", args=[oldest.pk])).status_code == 200
    leads = client.get(reverse("reviews:study-leads", args=[oldest.pk])).content.decode()
    assert "The leads behind this study are not kept any more" in leads


def test_the_evidence_of_a_draft_stays():
    planted()
    oldest = study_of(at=NOW - 9 * DAY)
    drafting.draft(oldest, "won", actor=make.mara(), at=NOW)
    studies(5)
    assert tidying.tidy(at=NOW) == 0


def test_what_nobody_took_up_goes_after_thirty_days():
    make.agreement_in_force()
    for days, state in ((31, "failed"), (31, "waiting"), (29, "cancelled")):
        study = ask(at=NOW - days * DAY)
        LiftStudy.objects.filter(pk=study.pk).update(state=state)
    assert tidying.tidy(at=NOW) == 1
    assert set(LiftStudy.objects.values_list("state", flat=True)) == {"waiting", "cancelled"}


def test_a_fault_nobody_knows_is_told_in_plain_words_and_logged():
    make.agreement_in_force()
    handed()
    study = ask()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE reviews_liftlead ADD CONSTRAINT never CHECK (false)")
    assert running.run(study.pk, at=NOW)
    study.refresh_from_db()
    assert study.state == "failed"
    assert "never" not in study.error and "check" not in study.error.lower()
    assert f"study failed, {study.pk}" in study.error
