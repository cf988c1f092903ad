"""Owners are reminded of their reviews: once a due day, in the application and by email."""

import datetime as dt

import pytest
from django.core import mail

from handoff import reviewing as looking
from handoff.models import AreaOwner
from leads import sending, tasks
from leads.journey import reviewing
from leads.models import Message
from tests import factories as make

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture
def area() -> AreaOwner:
    """Ines looks at routing every week; the next time is MONDAY."""
    owner = make.ines()
    last = make.MONDAY - 7 * DAY
    return make.AreaOwnerFactory(area="routing", owner=owner, cadence="weekly", reviewed_at=last)


def letters() -> list[tuple[str, str]]:
    return list(Message.objects.order_by("channel").values_list("channel", "recipient__email"))


def test_nobody_is_reminded_before_the_day(area: AreaOwner) -> None:
    assert reviewing.remind(at=make.MONDAY - DAY) == 0
    assert letters() == []


def test_the_owner_is_reminded_on_the_day_and_only_once(area: AreaOwner) -> None:
    for days in (0, 0, 1, 6):
        assert reviewing.remind(at=make.MONDAY + days * DAY) == 1
    assert letters() == [("email", area.owner.email), ("in_app", area.owner.email)]
    letter = Message.objects.get(channel="in_app")
    assert letter.subject == "Time to look at routing again: due 12 Oct 2026"
    assert letter.body["path"] == "/playbook/#area-routing"


def test_the_next_due_day_is_reminded_of_again(area: AreaOwner) -> None:
    reviewing.remind(at=make.MONDAY)
    looking.mark_reviewed(area, actor=make.ines(), at=make.MONDAY)
    assert reviewing.remind(at=make.MONDAY + DAY) == 0
    reviewing.remind(at=make.MONDAY + 7 * DAY)
    assert len(letters()) == 4


def test_the_mail_leads_to_the_area(area: AreaOwner) -> None:
    reviewing.remind(at=make.MONDAY)
    sending.send_due(at=make.MONDAY)
    (letter,) = mail.outbox
    assert letter.to == [area.owner.email]
    assert "/playbook/#area-routing" in letter.body
    assert "Every week. It was last looked at on 5 Oct 2026." in letter.body


def test_where_the_owner_has_left_those_who_decide_are_told(area: AreaOwner) -> None:
    area.owner.is_active = False
    area.owner.save()
    mara, ada = make.mara(), make.ada()
    reviewing.remind(at=make.MONDAY)
    told = Message.objects.filter(channel="in_app").values_list("recipient__email", flat=True)
    assert sorted(told) == sorted([mara.email, ada.email])


def test_the_nightly_task_reminds(area: AreaOwner) -> None:
    assert tasks.remind_of_reviews() == 1
    assert len(letters()) == 2
