"""Mail to people: what stands in it, and what becomes of it at a real mail server."""

import datetime as dt

import pytest

from handoff.models import Team
from leads import sending
from leads.journey import owning
from leads.models import Handoff, Message
from leads.sending.composing import compose
from tests import factories as make
from tests.factories import MONDAY
from tests.leads.arriving import agreement, handed_over
from tests.leads.mailing import Mailing

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter():
    """Sam's mail of a new lead."""
    agreement()
    handoff = handed_over(role="CTO", problem="Slow payouts")
    return Message.objects.get(handoff=handoff, channel="email")


@pytest.fixture
def post(settings):
    """Send what is due through a server that says what the test wants."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 5

    def run(box, *, at=MONDAY):
        settings.EMAIL_PORT = box.port
        return sending.send_due(at=at)

    return run


def test_a_letter_says_who_why_now_until_when_and_what_to_do(letter, post):
    Handoff.objects.update(missing=["timing"])
    with Mailing() as box:
        assert post(box) == (1, 0)
    (mail,) = box.came
    text = mail.get_body(("plain",)).get_content()
    assert "New lead: Ana" in text and "CTO" in text and "Why now:" in text
    assert "accept by Mon 12 Oct" in text and "New York time" in text
    assert "Missing: timing" in text and "Next step: Accept it" in text
    assert f"/leads/{letter.lead_id}/" in text
    html = mail.get_body(("html",)).get_content()
    assert "prefers-color-scheme: dark" in html and 'style="' not in html
    assert mail["Subject"] == letter.subject and mail["To"] == letter.recipient.email


def test_what_a_lead_typed_is_text_and_no_markup():
    agreement()
    handoff = handed_over(first_name="<b>Ana</b>", company="Nova\r\nBcc: all@example.com")
    made = compose(Message.objects.get(handoff=handoff, channel="email"))
    assert "<b>Ana" not in made.html and "\n" not in made.subject


def test_a_lead_that_went_to_others_meanwhile_is_not_told(letter):
    ae = make.TeamFactory(key="ae", account_executives=True, members=(make.otto(),))
    owning.reassign(letter.handoff_id, to=ae, reason="out_of_segment", actor=make.lena(), at=MONDAY)
    Team.objects.get(key="sdr-na").memberships.update(active=False)
    made = compose(Message.objects.get(pk=letter.pk))
    assert letter.subject in made.text and "CTO" not in made.text


def test_a_lead_s_letters_are_one_thread(letter, post):
    again = Message.objects.get(pk=letter.pk)
    again.pk, again.once = None, "another"
    again.save()
    with Mailing() as box:
        assert post(box) == (2, 0)
    first, second = box.came
    assert first["References"] == second["References"] == first["In-Reply-To"]
    assert first["Message-ID"] != second["Message-ID"]
    assert first["Auto-Submitted"] == "auto-generated"


def test_it_can_be_stopped_with_one_click(letter, post, client):
    with Mailing() as box:
        post(box)
    (mail,) = box.came
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = mail["List-Unsubscribe"].strip(" <>")
    assert address.startswith("http://localhost") and "/messages/stop/" in address
    path = address.split("localhost", 1)[1].partition("/")[2]
    client.post(f"/{path}", {"List-Unsubscribe": "One-Click"})
    agreement()
    handed_over(at=MONDAY + dt.timedelta(minutes=1))
    told = Message.objects.filter(recipient=letter.recipient, kind="assigned")
    assert told.filter(channel="email").count() == 1


def test_not_now_is_tried_again_with_the_same_id(letter, post):
    with Mailing(data="451 try later") as box:
        assert post(box) == (0, 1)
        letter.refresh_from_db()
        assert (letter.state, letter.attempts) == ("waiting", 1) and "451" in letter.error
        box.data = "250 taken"
        assert post(box, at=letter.next_attempt_at) == (1, 0)
    assert len(set(box.ids)) == 1 and len(box.ids) == 2
    letter.refresh_from_db()
    assert letter.state == "sent"


@pytest.mark.parametrize("said", [{"rcpt": "550 nobody here"}, {"data": "554 not this"}])
def test_refused_for_good_is_given_up_at_once_and_can_be_sent_again(letter, post, said):
    with Mailing(**said) as box:
        assert post(box) == (0, 1)
        letter.refresh_from_db()
        assert letter.state == "dead" and letter.error[-40:]
        box.rcpt = box.data = "250 ok"
        assert sending.send_again(Message.objects.filter(pk=letter.pk), at=MONDAY) == 1
        assert post(box) == (1, 0)


def test_a_connection_lost_after_the_text_is_tried_again_and_can_be_told_apart(letter, post):
    with Mailing(drops=1) as box:
        assert post(box) == (0, 1)
        letter.refresh_from_db()
        assert letter.state == "waiting"
        assert post(box, at=letter.next_attempt_at) == (1, 0)
    assert len(box.ids) == 2 and len(set(box.ids)) == 1


def test_a_server_that_is_away_loses_nothing(letter, post):
    with Mailing() as box:
        pass
    assert post(box) == (0, 1)
    letter.refresh_from_db()
    assert letter.state == "waiting" and letter.next_attempt_at > MONDAY
