"""The goals of both halves: read by everybody, set by those who decide, by tier where one likes."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from handoff import goals
from handoff.models import Goal
from tests import factories as make

pytestmark = pytest.mark.django_db

PAGE = "reviews:sla-goals"


def told(client, **more):
    form = {"sales": "80", "sales.urgent": "95", "marketing": "70", **more}
    return client.post(reverse(PAGE), form)


def test_nobody_having_set_one_the_goal_is_ninety():
    found = goals.read()
    assert (found.percent("sales"), found.share("marketing", "urgent")) == (90, 0.9)


def test_a_tier_without_a_goal_of_its_own_takes_that_of_its_half(client):
    make.agreement_in_force()
    client.force_login(make.mara())
    assert told(client).status_code == 302
    found = goals.read()
    asked = [("sales", ""), ("sales", "urgent"), ("sales", "standard"), ("marketing", "urgent")]
    assert [found.percent(*one) for one in asked] == [80, 95, 80, 70]
    html = client.get(reverse("reviews:sla")).content.decode()
    assert "Goal: Sales 80%, marketing 70%." in html
    html = client.get(reverse("reviews:sla"), {"tier": "urgent"}).content.decode()
    assert "Goal: Sales 95%, marketing 70%." in html


def test_a_goal_is_changed_and_taken_away_and_what_it_was_stays(client):
    make.agreement_in_force()
    client.force_login(make.mara())
    told(client)
    told(client, **{"sales": "85", "sales.urgent": ""})
    assert {str(goal) for goal in Goal.objects.all()} == {"Sales: 85%", "Marketing: 70%"}
    answer = client.post(
        reverse(PAGE), {"sales": "85", "marketing": "70"}, follow=True
    ).content.decode()
    assert "Nothing changed." in answer
    with connection.cursor() as cursor:
        cursor.execute("SELECT percent FROM handoff_goalhistory WHERE half = 'sales' ORDER BY 1")
        assert [percent for (percent,) in cursor.fetchall()] == [80, 85, 95, 95]
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute("DELETE FROM handoff_goalhistory")


@pytest.mark.parametrize("wrong", ["0", "101", "x", ""])
def test_what_is_no_percentage_is_refused_and_nothing_typed_is_lost(client, wrong):
    make.agreement_in_force()
    client.force_login(make.mara())
    answer = told(client, sales=wrong)
    assert answer.status_code == 422 and not Goal.objects.exists()
    assert 'value="95"' in answer.content.decode()


def test_others_read_the_goals_and_do_not_set_them(client):
    make.agreement_in_force()
    for person in (make.sam(), make.lena(), make.otto()):
        client.force_login(person)
        assert client.get(reverse(PAGE)).status_code == 403
        assert told(client).status_code == 403
        assert "Change the goals" not in client.get(reverse("reviews:sla")).content.decode()


def test_a_later_hand_over_has_goals_of_its_own_shown_where_it_is_shown(client):
    make.agreement_in_force()
    tiers = [{"key": "qualified", "label": "Qualified", "first_touch": 60}]
    make.StepFactory(tiers=tiers)
    client.force_login(make.mara())
    page = client.get(reverse(PAGE)).content.decode()
    assert "SDR to AE" in page and "AE, Qualified" in page and "SDR, every tier" in page
    assert told(client, **{"ae.sales": "60", "ae.sales.qualified": "65"}).status_code == 302
    html = client.get(reverse("reviews:sla"), {"step": "ae"}).content.decode()
    assert "Goal: AE 60%, SDR 70%." in html
    html = client.get(reverse("reviews:sla"), {"step": "ae", "tier": "qualified"}).content.decode()
    assert "Goal: AE 65%, SDR 70%." in html
    html = client.get(reverse("reviews:sla")).content.decode()
    assert "Goal: Sales 80%, marketing 70%." in html
    refused = told(client, **{"ae.sales": "101"})
    assert refused.status_code == 422 and 'value="101"' in refused.content.decode()
