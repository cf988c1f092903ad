"""Housekeeping of the house itself."""

import datetime as dt
from contextlib import suppress

from celery import shared_task
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from handoff.calendars import EPOCH, CalendarError
from handoff.models import Calendar
from handoff.working_parts import LEAST_LAST, PART_DAYS

AHEAD = dt.timedelta(days=2 * 366)


@shared_task
def lay_out_calendars() -> int:
    """Have the database know the working time of every calendar as it is now, two years ahead; one
    that cannot be read stays as it was."""
    last = (timezone.now() + AHEAD - EPOCH).days // PART_DAYS
    calendars = list(Calendar.objects.order_by("pk").values_list("pk", flat=True))
    for pk in calendars:
        with suppress(CalendarError), transaction.atomic():
            for one in Calendar.objects.select_for_update(no_key=True).filter(pk=pk):
                one.lay_out(last=max(last, LEAST_LAST))
    return len(calendars)


@shared_task
def clear_sessions() -> int:
    """Drop sessions that have expired."""
    return Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]
