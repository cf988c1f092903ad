"""Pages of alerts: what holds, how it stands, who looks after it, what is watched; and the call."""

import pytest
from django.urls import reverse

from handoff.models import ApiKey
from reviews.alerting import watching
from reviews.models import Alert, AlertRule
from reviews.views.alerts.page import PER_PAGE
from tests import factories as make
from tests.reviews import meeting
from tests.reviews.alerting import DAY, NOW, an_alert, answered

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)
    make.agreement_in_force()


@pytest.fixture
def signed_in(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def text(answer):
    return " ".join(answer.content.decode().split())


def test_with_nothing_open_it_says_what_is_watched_and_how_it_stands(signed_in):
    answered(4, 26)
    page = text(signed_in(make.mara()).get(reverse("reviews:alerts")))
    assert "Alerts: nothing is open" in page
    assert "all together, by source and by fit at hand-over" in page
    assert "5 to 30%, n 30" in page


def test_with_nothing_answered_it_says_what_would_fill_it(signed_in):
    page = text(signed_in(make.mara()).get(reverse("reviews:alerts")))
    assert "Not enough was answered to say anything" in page


def test_the_address_of_a_closed_one_opens_the_page_it_stands_on(signed_in):
    closed = [
        an_alert(key=f"s{n}", closed_at=NOW - n * DAY / 24, closed_because="below")
        for n in range(PER_PAGE + 2)
    ]
    still = an_alert(key="open")
    client = signed_in(make.mara())
    for one in (closed[0], closed[PER_PAGE - 1], closed[PER_PAGE], closed[-1], still):
        page, place = one.get_absolute_url().split("#")
        assert f'id="{place}"' in client.get(page).content.decode(), one.key
    for odd in ("x", "0", "999999"):
        assert client.get(reverse("reviews:alerts"), {"alert": odd}).status_code == 200


def test_an_open_one_tells_its_share_its_reasons_and_its_leads(signed_in):
    answered(24, 16)
    watching.watch(at=NOW)
    client = signed_in(make.lena())
    answer = client.get(reverse("reviews:alerts"))
    page = text(answer)
    assert "3 alerts: sales rejects more than 25%" in page
    assert "45 to 74%, n 40" in page and "Out of segment" in page
    told = next(one for one in answer.context["told"] if one.alert.dimension == "source")
    assert "24 leads" in text(client.get(told.leads))
    assert "40 leads" in text(client.get(f"{told.leads}&of=all"))
    assert client.get(told.reasons).context["mix"].now == 24
    lines = b"".join(client.get(f"{told.leads}&format=csv").streaming_content).splitlines()
    assert len(lines) == 25


def test_a_closed_one_stays_with_why(signed_in):
    an_alert(closed_at=NOW, closed_because="below", rejected=12, answered=70)
    page = text(signed_in(make.mara()).get(reverse("reviews:alerts")))
    assert "Fewer are rejected than the threshold: 12 of 70" in page


def test_a_rep_reads_it_only_where_they_take_part_in_reviews(signed_in):
    client = signed_in(make.sam())
    for name in ("alerts", "alert-leads", "alert-rule"):
        assert client.get(reverse(f"reviews:{name}")).status_code == 404
    meeting.planned(at=NOW)
    assert client.get(reverse("reviews:alerts")).status_code == 200
    assert "Alerts" in text(client.get(reverse("reviews:reviews")))


def test_a_rep_sees_only_their_leads_behind_a_share(signed_in):
    meeting.planned(at=NOW)
    answered(3, 0)
    answered(2, 0, owner=make.otto(), team=make.TeamFactory())
    address = reverse("reviews:alert-leads") + "?dimension=source&key=webinar"
    assert "3 leads" in text(signed_in(make.sam()).get(address))
    assert "5 leads" in text(signed_in(make.lena()).get(address))


@pytest.mark.parametrize(
    "asked",
    ["dimension=rep", "days=0", "until=0001-01-01", "until=9999-12-31T23:59:59-14:00", "until=x"],
)
def test_what_cannot_be_asked_is_not_there(signed_in, asked):
    address = reverse("reviews:alert-leads")
    assert signed_in(make.mara()).get(f"{address}?{asked}").status_code == 404


class TestAcknowledging:
    def test_it_is_noted_and_shown(self, signed_in):
        alert, client = an_alert(), signed_in(make.lena())
        address = reverse("reviews:alert-acknowledge", args=[alert.pk])
        page = client.post(address, {"note": "Asked Devon"}, follow=True)
        assert "Noted: you look after Webinar." in text(page)
        assert "Asked Devon" in text(page)

    def test_twice_says_who_was_first(self, signed_in):
        alert, client = an_alert(), signed_in(make.lena())
        address = reverse("reviews:alert-acknowledge", args=[alert.pk])
        client.post(address, {"note": "Asked Devon"})
        again = client.post(address, {"note": "Once more"}, follow=True)
        assert "looks after it already" in text(again)
        assert Alert.objects.get().note == "Asked Devon"

    def test_without_a_note_the_page_says_so(self, signed_in):
        answered(24, 16)
        watching.watch(at=NOW)
        alert = Alert.objects.get(dimension="source")
        address = reverse("reviews:alert-acknowledge", args=[alert.pk])
        answer = signed_in(make.lena()).post(address, {"note": " "})
        assert answer.status_code == 422
        assert f'id="wrong-{alert.pk}"' in text(answer)

    def test_only_by_post_and_only_by_who_may(self, signed_in):
        meeting.planned(at=NOW)
        address = reverse("reviews:alert-acknowledge", args=[an_alert().pk])
        assert signed_in(make.lena()).get(address).status_code == 405
        assert signed_in(make.sam()).post(address, {"note": "Mine"}).status_code == 403
        assert signed_in(make.otto()).post(address, {"note": "Mine"}).status_code == 404


class TestWhatIsWatched:
    def test_marketing_operations_sets_it(self, signed_in):
        client, address = signed_in(make.mara()), reverse("reviews:alert-rule")
        posted = {"threshold": "30", "days": "14", "dimensions": ["source", "campaign"]}
        page = client.post(address, posted, follow=True)
        assert "This is watched from the next look on" in text(page)
        assert "by source and by campaign" in text(page)
        rule = AlertRule.objects.get()
        assert (rule.threshold, rule.days, rule.set_by) == (30, 14, make.mara())
        assert "Mara" in text(client.get(address))
        assert "Nothing changed." in text(client.post(address, posted, follow=True))

    @pytest.mark.parametrize("wrong", [
        {"threshold": "0"}, {"threshold": "100"}, {"days": "6"}, {"days": "x"},
        {"dimensions": ["rep"]},
    ])  # fmt: skip
    def test_what_cannot_be_is_refused(self, signed_in, wrong):
        posted = {"threshold": "30", "days": "14", "dimensions": ["source"], **wrong}
        answer = signed_in(make.mara()).post(reverse("reviews:alert-rule"), posted)
        assert answer.status_code == 422
        assert not AlertRule.objects.exists()

    def test_a_manager_reads_it_only(self, signed_in):
        client, address = signed_in(make.lena()), reverse("reviews:alert-rule")
        assert "Watch this" not in text(client.get(address))
        assert client.post(address, {"threshold": "30", "days": "14"}).status_code == 403


def test_the_measures_say_that_one_is_open(signed_in):
    client = signed_in(make.mara())
    address = reverse("reviews:alerts")
    assert f'href="{address}"' not in text(client.get(reverse("reviews:measures")))
    an_alert()
    assert f'href="{address}"' in text(client.get(reverse("reviews:measures")))


class TestTheCall:
    @pytest.fixture
    def ask(self, client):
        key = ApiKey.make("reporting", ["read"])[1]

        def call(**query):
            headers = {"Authorization": f"Bearer {key}"}
            return client.get("/api/v1/alerts", query, headers=headers)

        return call

    def test_it_tells_open_and_closed(self, ask):
        an_alert()
        an_alert(key="organic", closed_at=NOW, closed_because="below", opened_at=NOW - 9 * DAY)
        every = ask().json()["items"]
        assert [one["key"] for one in every] == ["webinar", "organic"]
        assert [one["key"] for one in ask(state="closed").json()["items"]] == ["organic"]
        (one,) = ask(state="open").json()["items"]
        assert one["opened"] == {
            "rejected": 41, "answered": 100, "low": 0.319, "high": 0.508, "threshold": 0.25,
            "days": 28,
        }  # fmt: skip
        assert one["acknowledged_by"] is None

    def test_another_state_is_refused(self, ask):
        assert ask(state="old").status_code == 422
